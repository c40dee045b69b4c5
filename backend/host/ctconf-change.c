#include "backend/host/ctconf.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <string.h>

#define CHANGE "tengil-tui-change: "

char *ctconf_change(const char *description)
{
    const char *id;

    for (const char *line = description; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (text_starts(line, CHANGE, &id))
            return mem_dup(id, strcspn(id, " \t\r\n"));
    }
    return NULL;
}

char *ctconf_with_change(const char *description, const char *plan)
{
    struct buf out = BUF_INIT;

    for (const char *line = description ? description : ""; *line;) {
        size_t len = strcspn(line, "\n");
        if (!text_starts(line, CHANGE, NULL)) {
            buf_add(&out, line, len);
            buf_addch(&out, '\n');
        }
        line += len + (line[len] == '\n');
    }
    if (plan)
        buf_addf(&out, CHANGE "%s", plan);
    else if (buf_ends_with(&out, "\n"))
        buf_cut(&out, out.len - 1);
    return buf_detach(&out);
}
