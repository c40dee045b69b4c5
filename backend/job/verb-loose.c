#include "backend/job/verb.h"

#include "backend/base/spawn.h"
#include "backend/base/text.h"

#include <string.h>

#define LIST_MAX (1 << 20)
#define LIST_MS  60000

/* The conf names the volume, and not only one whose name begins the same. */
static bool is_named(const struct buf *text, const char *volid, size_t len)
{
    const char *at = text->s, *end = text->s + text->len;

    while ((at = memmem(at, (size_t)(end - at), volid, len))) {
        at += len;
        if (at == end || strchr(",\n \t", *at))
            return true;
    }
    return false;
}

/* A tool that was killed between making a volume and naming it in the conf leaves one that nobody knows of. It may be
 * older than the job, so it is told of and not removed. */
int verb_loose(const struct verb_ct *ct, const char *storage, struct buf *loose)
{
    struct argv argv = ARGV_INIT;
    struct spawn_result result = SPAWN_RESULT_INIT;
    char *line, *rest;

    argv_push_all(&argv, "pvesm", "list", storage, "--vmid", (char *)NULL);
    argv_pushf(&argv, "%d", ct->vmid);
    int rc = spawn_capture(&argv, LIST_MAX, LIST_MS, &result, NULL);
    for (line = rc == 0 && result.exit == 0 ? result.out.s : NULL; line && *line; line = rest) {
        rest = line + strcspn(line, "\n");
        rest += *rest == '\n';
        size_t len = strcspn(line, " \t\n");
        /* Rows begin with the volume's id, "tank:subvol-107-disk-1"; the head does not. */
        if (!memchr(line, ':', len) || is_named(&ct->text, line, len))
            continue;
        buf_addf(loose, "%spvesm free ", loose->len ? "; " : "");
        text_add_shown(loose, line, len);
    }
    spawn_result_clear(&result);
    argv_clear(&argv);
    return rc;
}
