#ifndef TENGIL_WIDGETS_EDIT_H
#define TENGIL_WIDGETS_EDIT_H

#include "widgets/draw.h"
#include "widgets/keys.h"

/*
 * One line of text being typed: the usual keys (^A ^E ^K ^U ^W, arrows, Home, End, Backspace, Delete), paste with
 * control bytes dropped and newlines as spaces, sideways scrolling. `fresh`: the first character typed replaces the
 * whole, any other edit keeps it. A character is moved over and deleted with its combining marks.
 */
struct edit {
    char *text;             /* UTF-8, owned, never NULL after edit_init */
    int len, at, left, max; /* bytes; `left` first shown; `max` bytes allowed */
    bool fresh, secret;
};
void edit_init(struct edit *e, int max, bool secret);
void edit_clear(struct edit *e);                                 /* frees; a secret's memory is wiped */
void edit_set(struct edit *e, const char *text);                 /* the cursor stands at the end */
void edit_insert(struct edit *e, const char *bytes, size_t len); /* as a paste */
/* True: the key was taken. `paste` is what KEY_PASTED brought. */
bool edit_key(struct edit *e, const struct key *key, const char *paste, size_t npaste);
/* Moves `left` so that the cursor is seen in `width` columns; returns the cursor's column. */
int edit_view(struct edit *e, int width, bool utf8);
/* "[text    ]", `width` columns in all; `fallback` is shown dim while it is empty. */
void edit_draw(struct edit *e, const struct canvas *c, int y, int x, int width, bool focus, const char *fallback);

#endif
