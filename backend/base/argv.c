#include "backend/base/argv.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void argv_push_nodup(struct argv *a, char *s)
{
    if (a->n + 2 > a->cap) {
        a->cap = a->cap ? a->cap * 2 : 8;
        a->v = mem_resize(a->v, a->cap * sizeof(*a->v));
    }
    a->v[a->n++] = s;
    a->v[a->n] = NULL;
}

void argv_push(struct argv *a, const char *s)
{
    argv_push_nodup(a, mem_strdup(s));
}

void argv_pushf(struct argv *a, const char *fmt, ...)
{
    struct buf b = BUF_INIT;
    va_list args;
    va_start(args, fmt);
    buf_vaddf(&b, fmt, args);
    va_end(args);
    argv_push_nodup(a, buf_detach(&b));
}

void argv_push_all(struct argv *a, const char *first, ...)
{
    va_list args;
    va_start(args, first);
    for (const char *s = first; s; s = va_arg(args, const char *))
        argv_push(a, s);
    va_end(args);
}

void argv_append(struct argv *a, const struct argv *more)
{
    for (size_t i = 0; i < more->n; i++)
        argv_push(a, more->v[i]);
}

bool argv_has(const struct argv *a, const char *s)
{
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->v[i], s) == 0)
            return true;
    return false;
}

void argv_clear(struct argv *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->v[i]);
    free(a->v);
    *a = (struct argv)ARGV_INIT;
}

static void quote_dollar(struct buf *out, const char *word)
{
    buf_adds(out, "$'");
    for (const char *p = word; *p;) {
        size_t len = text_utf8_len(p, strlen(p));
        if (*p == '\'' || *p == '\\')
            buf_addf(out, "\\%c", *p);
        else if (*p == '\n')
            buf_adds(out, "\\n");
        else if (*p == '\t')
            buf_adds(out, "\\t");
        else if (len && !text_is_control(p, len)) {
            buf_add(out, p, len);
            p += len;
            continue;
        } else {
            /* Three octal digits, so that a digit behind it is not taken into the number. */
            for (size_t i = 0; i < (len ? len : 1); i++)
                buf_addf(out, "\\%03o", (unsigned char)p[i]);
            p += len ? len : 1;
            continue;
        }
        p++;
    }
    buf_addch(out, '\'');
}

void argv_quote_word(struct buf *out, const char *word)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@,+-%";
    size_t len = strlen(word);

    /* A first word with `=` in it would be an assignment; quoting it costs nothing. */
    if (len && strspn(word, bare) == len && word[0] != '=') {
        buf_add(out, word, len);
        return;
    }
    if (!text_is_clean(word, len)) {
        quote_dollar(out, word);
        return;
    }
    buf_addch(out, '\'');
    for (const char *p = word; *p; p++) {
        if (*p == '\'')
            buf_adds(out, "'\\''");
        else
            buf_addch(out, *p);
    }
    buf_addch(out, '\'');
}

void argv_quote(struct buf *out, const struct argv *a)
{
    for (size_t i = 0; i < a->n; i++) {
        if (i)
            buf_addch(out, ' ');
        argv_quote_word(out, a->v[i]);
    }
}
