#ifndef TENGIL_BASE_ARGV_H
#define TENGIL_BASE_ARGV_H

#include "backend/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* A list of strings that ends in NULL: the arguments of a call, or any other list of words. Owns its strings. */
struct argv {
    char **v; /* v[n] is NULL; v itself is NULL while nothing was pushed */
    size_t n;
    size_t cap;
};

#define ARGV_INIT                                                                                                      \
    {                                                                                                                  \
        0                                                                                                              \
    }

void argv_push(struct argv *a, const char *s); /* copies */
void argv_pushf(struct argv *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void argv_push_nodup(struct argv *a, char *s);              /* takes ownership */
void argv_push_all(struct argv *a, const char *first, ...); /* copies; the list ends in (char *) NULL */
void argv_append(struct argv *a, const struct argv *more);  /* copies */
bool argv_has(const struct argv *a, const char *s);
void argv_clear(struct argv *a);

/*
 * Adds one argument, quoted so that a shell reads it as it is. Words of letters, digits and _./:=@,+-% stay bare;
 * others stand in '…'; a word with a line feed or another control byte, or with bytes that are not UTF-8, becomes $'…',
 * so that a command is one line of harmless text whatever it holds.
 */
void argv_quote_word(struct buf *out, const char *word);
/* All arguments with a blank between them. */
void argv_quote(struct buf *out, const struct argv *a);

#endif
