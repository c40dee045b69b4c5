#include "backend/base/buf.h"

#include "backend/base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char buf_empty[1];

void buf_init(struct buf *b)
{
    *b = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *b)
{
    if (b->cap)
        free(b->s);
    buf_init(b);
}

void buf_reset(struct buf *b)
{
    buf_cut(b, 0);
}

void buf_reserve(struct buf *b, size_t extra)
{
    size_t need = b->len + extra + 1;
    if (need <= b->len)
        mem_exhausted();
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    b->s = mem_resize(b->cap ? b->s : NULL, cap);
    b->cap = cap;
    b->s[b->len] = '\0';
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (!len)
        return;
    buf_reserve(b, len);
    memcpy(b->s + b->len, bytes, len);
    b->len += len;
    b->s[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_addch(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        return;
    buf_reserve(b, (size_t)len);
    vsnprintf(b->s + b->len, (size_t)len + 1, fmt, args);
    b->len += (size_t)len;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_vaddf(b, fmt, args);
    va_end(args);
}

void buf_cut(struct buf *b, size_t len)
{
    if (len < b->len) {
        b->len = len;
        b->s[len] = '\0';
    }
}

bool buf_ends_with(const struct buf *b, const char *tail)
{
    size_t len = strlen(tail);
    return b->len >= len && memcmp(b->s + b->len - len, tail, len) == 0;
}

char *buf_detach(struct buf *b)
{
    char *s = b->cap ? b->s : mem_dup("", 0);
    buf_init(b);
    return s;
}
