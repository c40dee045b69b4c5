#ifndef TENGIL_BASE_YAML_H
#define TENGIL_BASE_YAML_H

#include "backend/base/buf.h"
#include "backend/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * YAML as a small tree, for files that people write. What makes YAML a danger or a riddle is refused: aliases and
 * anchors, tags other than the core ones, keys that stand twice or are no words, several documents, NULs, text that is
 * not UTF-8. Types are not guessed: a scalar is its text and whether it was quoted; whoever wants a number reads it.
 */
#define YAML_SIZE_MAX   (1u << 20) /* bytes of a file */
#define YAML_DEPTH_MAX  32
#define YAML_NODES_MAX  20000
#define YAML_SCALAR_MAX (64u << 10) /* bytes of one scalar */

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct ynode {
    enum yaml_kind kind;
    int line, column;    /* from 1, columns in characters; 0 in a tree that was not read */
    char *text;          /* YAML_TEXT: without NULs, UTF-8 */
    bool quoted;         /* YAML_TEXT: quoted, a block or tagged !!str, so meant as text whatever it looks like */
    struct ynode **keys; /* YAML_MAP: scalars, in the order of the file */
    struct ynode **v;    /* YAML_LIST, YAML_MAP */
    size_t n;
};

/* Reads one document. A file without any is a null scalar. On failure err has line and column. -EINVAL, -EFBIG. */
int yaml_read(const char *text, size_t len, struct ynode **root, struct err *err);
void ynode_free(struct ynode *node); /* takes NULL */

/* True for a plain `null`, `~` or nothing. */
bool ynode_is_null(const struct ynode *node);
/* The value of a key, NULL when the map has none (or is no map). */
const struct ynode *ynode_get(const struct ynode *map, const char *key);
/* "a word", "a list", "a mapping": for sentences. */
const char *ynode_kind_words(const struct ynode *node);
/* A plain true/false, yes/no, on/off, 1/0 (also quoted). False when it is none. */
bool ynode_bool(const struct ynode *node, bool *out);

/* For writing. Adders return the new node, which belongs to the one that it was added to. */
struct ynode *ynode_new(enum yaml_kind kind);
struct ynode *ynode_set(struct ynode *map, const char *key, struct ynode *value);
struct ynode *ynode_push(struct ynode *list, struct ynode *value);
struct ynode *ynode_text(const char *text);                                             /* a string */
struct ynode *ynode_plainf(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* a number, true, false */

/* Block style, two blanks a level. Strings that a reader could take for something else are quoted, so that yaml_read
 * gives the same tree back. Bytes that are not UTF-8 become U+FFFD. */
void yaml_write(const struct ynode *root, struct buf *out);

#endif
