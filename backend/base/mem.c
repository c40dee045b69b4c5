#include "backend/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mem_exhausted(void)
{
    static const char text[] = "tengil-tui: out of memory\n";
    ssize_t done = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)done;
    exit(1);
}

void *mem_zero(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        mem_exhausted();
    return p;
}

void *mem_resize(void *p, size_t size)
{
    void *moved = realloc(p, size ? size : 1);
    if (!moved)
        mem_exhausted();
    return moved;
}

char *mem_dup(const void *bytes, size_t len)
{
    char *copy = mem_resize(NULL, len + 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *mem_strdup(const char *s)
{
    return s ? mem_dup(s, strlen(s)) : NULL;
}

char *mem_printf(const char *fmt, ...)
{
    va_list args;
    char *s = NULL;
    va_start(args, fmt);
    int len = vasprintf(&s, fmt, args);
    va_end(args);
    if (len < 0)
        mem_exhausted();
    return s;
}

void mem_set(char **where, const char *s)
{
    char *copy = mem_strdup(s);
    free(*where);
    *where = copy;
}

void *mem_grow(void *v, size_t n, size_t size)
{
    /* Room is there for powers of two, so only a full array moves. */
    if (n && (n & (n - 1)))
        return v;
    size_t cap = n ? n * 2 : 1;
    if (cap > SIZE_MAX / size)
        mem_exhausted();
    return mem_resize(v, cap * size);
}
