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

/* How much of a word that is too long stands in one line: up to the last of what names and lists are made of. */
static size_t part_of(const char *word, size_t len, size_t room)
{
    size_t at = room;
    if (len <= room)
        return len;
    while (at > room / 2 && !strchr(",/:=_", word[at - 1]))
        at--;
    for (at = at > room / 2 ? at : room; at > 1 && ((unsigned char)word[at] & 0xC0) == 0x80;)
        at--; /* never inside of a character */
    return at;
}

static void add_broken(struct buf *out, const struct buf *word, size_t room, size_t *at)
{
    for (size_t i = 0; i < word->len;) {
        size_t n = part_of(word->s + i, word->len - i, room);
        buf_add(out, word->s + i, n);
        *at += n;
        i += n;
        if (i < word->len) {
            buf_adds(out, "\\\n    ");
            *at = 4;
        }
    }
}

/* A word, and with an option its value where both fit in a line. Returns how many words were taken. */
static size_t next_words(const struct argv *argv, size_t i, size_t room, struct buf *word)
{
    struct buf pair = BUF_INIT;
    size_t taken = 1;
    add_word(word, argv->v[i]);
    if (argv->v[i][0] == '-' && i + 1 < argv->n && argv->v[i + 1][0] != '-') {
        buf_addf(&pair, "%s ", word->s);
        add_word(&pair, argv->v[i + 1]);
        if (pair.len <= room) {
            buf_reset(word);
            buf_adds(word, pair.s);
            taken = 2;
        }
        buf_clear(&pair);
    }
    return taken;
}

void making_command(const struct argv *argv, int width, struct buf *out)
{
    size_t line = width > 24 ? (size_t)width - 2 : 22, room = line - 5, at = 2;
    buf_adds(out, "  ");
    for (size_t i = 0; i < argv->n;) {
        struct buf word = BUF_INIT;
        i += next_words(argv, i, room, &word);
        if (at > 4 && at + 1 + word.len > line) {
            buf_adds(out, " \\\n    ");
            at = 4;
        } else if (at > 4) {
            buf_addch(out, ' ');
            at++;
        }
        add_broken(out, &word, room, &at);
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
