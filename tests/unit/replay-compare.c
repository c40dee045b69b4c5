/* What a row printed against what was recorded, with what varies masked. */
#include "tests/unit/unit.h"

#include "tests/unit/replay-compare.h"

#include "backend/base/argv.h"
#include "backend/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void mask_rest(struct buf *out, const char *line, size_t len, const char *from)
{
    const char *at = memmem(line, len, from, strlen(from));
    buf_add(out, line, at != NULL ? (size_t)(at - line) + strlen(from) : len);
    buf_addch(out, '*');
}

/* Lines whose order is that of a hash. */
static bool any_order(const char *line, size_t len)
{
    static const char *const heads[] = {"creating base directory ", "Creating SSH host key ", "done: SHA256:"};
    for (size_t i = 0; i < 3; i++) {
        if (len >= strlen(heads[i]) && memcmp(line, heads[i], strlen(heads[i])) == 0)
            return true;
    }
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void flush_lines(struct argv *lines, struct buf *out)
{
    if (lines->n > 0)
        qsort(lines->v, lines->n, sizeof(*lines->v), by_bytes);
    for (size_t i = 0; i < lines->n; i++)
        buf_addf(out, "%s\n", lines->v[i]);
    argv_clear(lines);
}

static void mask_output(const char *text, size_t len, struct buf *out)
{
    struct argv loose = ARGV_INIT;
    for (size_t at = 0; at < len;) {
        const char *line = text + at, *end = memchr(line, '\n', len - at);
        size_t n = end != NULL ? (size_t)(end - line) : len - at;
        if (any_order(line, n)) {
            struct buf one = BUF_INIT;
            if (line[0] == 'd')
                mask_rest(&one, line, n, "SHA256:");
            else
                buf_add(&one, line, n);
            const char *host = line[0] == 'd' ? memmem(line, n, " root@", 6) : NULL;
            if (host != NULL)
                buf_add(&one, host, (size_t)(line + n - host));
            argv_push_nodup(&loose, buf_detach(&one));
        } else {
            flush_lines(&loose, out);
            if (n > 17 && memcmp(line, "Filesystem UUID: ", 17) == 0)
                mask_rest(out, line, n, "UUID: ");
            else if (n > 18 && memcmp(line, "Total bytes read: ", 18) == 0)
                mask_rest(out, line, n, "iB, ");
            else
                buf_add(out, line, n);
            if (end != NULL)
                buf_addch(out, '\n');
        }
        at += n + (end != NULL);
    }
    flush_lines(&loose, out);
}

/* Addresses that the tool made up: those that are not in `known`. */
void replay_mask_conf(const char *text, const char *known, struct buf *out)
{
    static const char head[] = "hwaddr=BC:24:11:";
    const char *at;
    while ((at = strstr(text, head)) != NULL) {
        size_t len = strcspn(at, ",\n");
        char *whole = mem_dup(at, len);
        buf_add(out, text, (size_t)(at - text));
        buf_adds(out, strstr(known, whole) != NULL ? whole : "hwaddr=*");
        text = at + len;
        free(whole);
    }
    buf_adds(out, text);
}

/* What is wrong with a row, sentence by sentence. */
void replay_differs(struct buf *why, const char *what, const char *want, size_t want_len, const struct buf *got)
{
    buf_addf(why, "  %s\n    want: ", what);
    buf_add(why, want, want_len);
    buf_adds(why, "\n    got:  ");
    buf_add(why, got->s, got->len);
    buf_addch(why, '\n');
    /* cmocka's messages end at a NUL */
    for (size_t i = 0; i < why->len; i++) {
        if (why->s[i] == '\0')
            why->s[i] = '@';
    }
}

static bool equal_or_cut(const struct buf *want, const struct buf *got)
{
    static const char *const cuts[] = {" …(shortened)… ", "(one line per command follows, left out)\n",
                                       "(verbose usage text, left out)"};
    if (want->len == got->len && memcmp(want->s, got->s, got->len) == 0)
        return true;
    for (size_t i = 0; i < 3; i++) {
        const char *at = strstr(want->s, cuts[i]);
        if (at == NULL)
            continue;
        size_t head = (size_t)(at - want->s), tail = want->len - head - strlen(cuts[i]);
        return got->len > head + tail && memcmp(want->s, got->s, head) == 0 &&
               memcmp(want->s + want->len - tail, got->s + got->len - tail, tail) == 0;
    }
    return false;
}

void replay_compare_output(struct buf *why, const char *what, const json_t *want, const struct buf *got)
{
    struct buf a = BUF_INIT, b = BUF_INIT;
    mask_output(json_is_string(want) ? json_string_value(want) : "", json_string_length(want), &a);
    mask_output(got->s, got->len, &b);
    if (!equal_or_cut(&a, &b))
        replay_differs(why, what, a.s, a.len, &b);
    buf_clear(&a);
    buf_clear(&b);
}

void replay_compare_exit(struct buf *why, const json_t *want, int got)
{
    int code = (int)json_integer_value(want);
    if (code < 0 ? got == 0 : got != code)
        buf_addf(why, "  exit: want %d, got %d\n", code, got);
}
