#include "tui/making.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/base/spawn.h"
#include "backend/registry/inspect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool making_pulls(const struct plan *plan)
{
    return plan->nsteps && plan->steps[0].argv.n && strcmp(plan->steps[0].argv.v[0], "skopeo") == 0;
}

int making_facts(const struct settings *settings, const struct imageref *ref, const char *arch,
                 struct image_facts *facts, struct err *err)
{
    if (!spawn_on_path("skopeo"))
        return err_set(err, -ENOENT,
                       "skopeo is not installed, and only it can pull images. Install it: apt install skopeo");
    int rc = places_make(err);
    if (!rc)
        rc = settings_write_registries_conf(settings, err);
    if (rc)
        return rc;
    char *blobs = mem_printf("%s/blobs", places_cache());
    rc = image_facts_fetch(ref, arch, settings, blobs, facts, err);
    free(blobs);
    return rc;
}

/* --- commands as text --- */

static void add_word(struct buf *out, const char *word)
{
    if (strcmp(word, MAKING_UNKNOWN) == 0)
        buf_adds(out, word);
    else
        argv_quote_word(out, word);
}

/* Words stay whole where they fit in a line of their own; an option stays with its value where both do. */
void making_command(const struct argv *argv, int width, struct buf *out)
{
    size_t room = width > 24 ? (size_t)width - 2 : 22, at = 2;
    buf_adds(out, "  ");
    for (size_t i = 0; i < argv->n; i++) {
        struct buf word = BUF_INIT;
        add_word(&word, argv->v[i]);
        if (argv->v[i][0] == '-' && i + 1 < argv->n && argv->v[i + 1][0] != '-') {
            struct buf pair = BUF_INIT;
            buf_addf(&pair, "%s ", word.s);
            add_word(&pair, argv->v[i + 1]);
            if (pair.len + 4 <= room) {
                buf_reset(&word);
                buf_adds(&word, pair.s);
                i++;
            }
            buf_clear(&pair);
        }
        if (i > 0 && at + 1 + word.len > room) {
            buf_adds(out, " \\\n    ");
            at = 4;
        } else if (at > 2) {
            buf_addch(out, ' ');
            at++;
        }
        buf_adds(out, word.s);
        at += word.len;
        buf_clear(&word);
    }
    buf_addch(out, '\n');
}

void making_steps(const struct plan *plan, int width, struct buf *out)
{
    for (size_t i = 0; i < plan->nsteps; i++) {
        buf_addf(out, "%zu %s\n", i + 1, plan->steps[i].title);
        making_command(&plan->steps[i].argv, width, out);
    }
}

void making_text(const struct plan *plan, int width, struct buf *out)
{
    for (size_t i = 0; i < plan->notes.n; i++)
        buf_addf(out, "# %s\n", plan->notes.v[i]);
    if (plan->notes.n)
        buf_addch(out, '\n');
    making_steps(plan, width, out);
}
