#ifndef TENGIL_WIDGETS_WMEM_H
#define TENGIL_WIDGETS_WMEM_H

#include <stddef.h>

/*
 * Memory of the widgets, never refused: when there is none, the terminal is restored (by exit handlers), one sentence
 * goes to stderr, and the program ends with status 1.
 */
void *wmem_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *wmem_resize(void *p, size_t size) __attribute__((returns_nonnull));
char *wmem_dup(const char *bytes, size_t len) __attribute__((malloc, returns_nonnull)); /* a NUL behind them */
char *wmem_strdup(const char *s) __attribute__((malloc, returns_nonnull));              /* NULL becomes "" */
char *wmem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull));

/* Replaces a string that is owned: frees the old one, copies the new one (NULL allowed for both). */
void wmem_set(char **where, const char *s);

/* Room for one more element in an array that doubles at powers of two: `WMEM_GROW(v, n)`, then use v[n++]. */
void *wmem_grow(void *v, size_t n, size_t size);
#define WMEM_GROW(v, n) ((v) = wmem_grow((v), (n), sizeof(*(v))))

/* Called before the sentence is written: puts the terminal back. */
void wmem_before_end(void (*restore)(void));

#endif
