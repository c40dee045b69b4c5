#ifndef TENGIL_BASE_BUF_H
#define TENGIL_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A growing run of bytes. `s` is never NULL and always ends in a NUL that `len` does not count; it may hold NULs.
 * The calls that grow end the program when memory runs out (see mem.h); whoever reads foreign input caps its size
 * first.
 */
struct buf {
    char *s;
    size_t len;
    size_t cap; /* 0: `s` is a shared empty string, not ours to free */
};

extern char buf_empty[];
#define BUF_INIT                                                                                                       \
    {                                                                                                                  \
        .s = buf_empty                                                                                                 \
    }

void buf_init(struct buf *b);
void buf_clear(struct buf *b); /* frees; ready for use again */
void buf_reset(struct buf *b); /* keeps the memory, empties */
void buf_reserve(struct buf *b, size_t extra);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addch(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
void buf_cut(struct buf *b, size_t len); /* shortens to `len`; longer stays as it is */
bool buf_ends_with(const struct buf *b, const char *tail);
/* Hands the bytes over to the caller (free()) and leaves the buffer empty. */
char *buf_detach(struct buf *b);

#endif
