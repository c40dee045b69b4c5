#ifndef TENGIL_WIDGETS_EDIT_H
#define TENGIL_WIDGETS_EDIT_H

#include "widgets/draw.h"
#include "widgets/keys.h"

/* One line of text being typed: the usual keys (^A ^E ^K ^U ^W, arrows, Home, End, Backspace, Delete), paste with control
 * bytes dropped and newlines as spaces, sideways scrolling. `fresh`: the first character typed replaces the whole. */
struct edit {
    char *text; /* UTF-8, owned */
    int len, at, left, max; /* bytes; `left` first shown; `max` bytes allowed */
    bool fresh, secret;
};
void edit_init(struct edit *e, int max, bool secret);
void edit_clear(struct edit *e); /* a secret's memory is wiped */
void edit_set(struct edit *e, const char *text);
bool edit_key(struct edit *e, const struct key *key, const char *paste); /* true: it was taken */
void edit_draw(struct edit *e, const struct canvas *c, int y, int x, int width, bool focus); /* "[text    ]" */

#endif
