#ifndef TENGIL_WIDGETS_KEYTABLE_H
#define TENGIL_WIDGETS_KEYTABLE_H

#include "widgets/draw.h"
#include "widgets/keys.h"

/*
 * One table of actions: what a key does, the footer, the help page and the menu of a row all come from it, so none of
 * them can name a key that does not exist.
 */
struct keytable_action {
    const char *id;
    /* How the keys are written, with blanks between, the first one first in the footer: "Enter l Right", "^B", "PgDn",
     * "F9", "S-Tab", "Alt-3", "Space", "Esc", "Del", "Backspace", "Up" … or one character. "" : no key, only in help.
     */
    const char *keys;
    const char *label;    /* "open", "shut down" */
    int priority;         /* in the footer: 1 is the last to go; 0: never there */
    const char *section;  /* of the help page; NULL: not there */
    const char *sentence; /* what it does, for the message row of the help page */
    const char *shown;    /* how the footer and help write the keys, where it is not the first of `keys`: "j k" */
    unsigned flags;       /* the owner's */
};

struct keytable {
    const struct keytable_action *actions;
    int n;
};

/* The action of a key; NULL: none. */
const struct keytable_action *keytable_find(const struct keytable *t, const struct key *key);
const struct keytable_action *keytable_by_id(const struct keytable *t, const char *id);
/* True when `key` is what one of `keys` writes. */
bool keytable_matches(const char *keys, const struct key *key);
/* How a key is written; false when there is no word for it. */
bool keytable_name(const struct key *key, char *out, size_t size);
/* The first word of `keys`, or `shown`. */
void keytable_first(const struct keytable_action *action, char *out, size_t size);

/*
 * Which actions stand in a footer of `width` columns: those of highest priority that fit beside `right`, in the order
 * of the table. `possible` says which of them can be done now (NULL: all). Returns how many; their indexes are in
 * `chosen` (up to max).
 */
int keytable_fit(const struct keytable *t, int width, const char *right, bool (*possible)(void *data, const char *id),
                 void *data, int *chosen, int max, bool utf8);
/* The footer row; `right` stands at its right end, its first word as a key: "? keys". */
void keytable_draw(const struct keytable *t, const struct canvas *row, const char *right,
                   bool (*possible)(void *data, const char *id), void *data);

#endif
