#ifndef TENGIL_WIDGETS_MENU_H
#define TENGIL_WIDGETS_MENU_H

#include "widgets/draw.h"
#include "widgets/keys.h"

/* A dialog whose rows have a digit or letter that picks at once; arrows, j and k move, Enter picks, Esc, h and q close.
 */
struct menu_row {
    const char *id, *label, *note; /* copied */
    uint32_t letter;               /* 0: none */
    const char *not_possible;      /* the reason; NULL: can be picked */
};

enum menu_event { MENU_NOTHING, MENU_MOVED, MENU_PICKED, MENU_REFUSED, MENU_CLOSED };

struct menu;
struct menu *menu_new(const char *title, const struct menu_row *rows, int n, int selected);
void menu_free(struct menu *m);
enum menu_event menu_key(struct menu *m, const struct key *key);
const char *menu_id(const struct menu *m);     /* of the row with the cursor */
const char *menu_reason(const struct menu *m); /* why it cannot be picked; NULL: it can */
void menu_draw(struct menu *m, const struct canvas *body);

#endif
