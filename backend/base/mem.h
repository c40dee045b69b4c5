#ifndef TENGIL_BASE_MEM_H
#define TENGIL_BASE_MEM_H

#include <stddef.h>

/*
 * Memory that is not refused: when there is none, the program ends with one sentence on stderr, status 1. Jobs are
 * other processes and drafts are on disk, so nothing is half done by that. The job supervisor does not use these after
 * its start.
 */
void mem_exhausted(void) __attribute__((noreturn));

void *mem_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *mem_resize(void *p, size_t size) __attribute__((returns_nonnull));
/* A copy of `len` bytes with a NUL behind them. */
char *mem_dup(const void *bytes, size_t len) __attribute__((malloc, returns_nonnull));
char *mem_strdup(const char *s); /* NULL stays NULL */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull));

/* Replaces a string that is owned: frees the old one, copies the new one (NULL allowed for both). */
void mem_set(char **where, const char *s);

/* Makes room for one more element in an array that grows by doubling: `MEM_GROW(v, n)`, then use v[n++]. */
void *mem_grow(void *v, size_t n, size_t size);
#define MEM_GROW(v, n) ((v) = mem_grow((v), (n), sizeof(*(v))))

#endif
