#include "widgets/wmem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*before_end)(void);

void wmem_before_end(void (*restore)(void))
{
    before_end = restore;
}

static void exhausted(void)
{
    static const char text[] = "tengil-tui: out of memory\n";
    if (before_end)
        before_end();
    ssize_t done = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)done;
    exit(1);
}

void *wmem_zero(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        exhausted();
    return p;
}

void *wmem_resize(void *p, size_t size)
{
    void *moved = realloc(p, size ? size : 1);
    if (!moved)
        exhausted();
    return moved;
}

char *wmem_dup(const char *bytes, size_t len)
{
    char *copy = wmem_resize(NULL, len + 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *wmem_strdup(const char *s)
{
    return wmem_dup(s ? s : "", s ? strlen(s) : 0);
}

char *wmem_printf(const char *fmt, ...)
{
    va_list args;
    char *s = NULL;
    va_start(args, fmt);
    int len = vasprintf(&s, fmt, args);
    va_end(args);
    if (len < 0)
        exhausted();
    return s;
}

void wmem_set(char **where, const char *s)
{
    char *copy = s ? wmem_strdup(s) : NULL;
    free(*where);
    *where = copy;
}

void *wmem_grow(void *v, size_t n, size_t size)
{
    if (n == 0)
        return wmem_resize(v, 8 * size);
    if (n < 8 || (n & (n - 1)) != 0)
        return v;
    if (n > (size_t)-1 / 2 / size)
        exhausted();
    return wmem_resize(v, 2 * n * size);
}
