#ifndef TENGIL_WIDGETS_LAYER_H
#define TENGIL_WIDGETS_LAYER_H

#include "widgets/draw.h"

/*
 * A window that lies on the screen (a curses panel): a dialog, a menu. What is under it may be painted meanwhile and
 * comes back by itself when it goes.
 */
struct layer;

struct layer *layer_new(int y, int x, int height, int width); /* on top of all */
void layer_free(struct layer *layer);
/* Moves and sizes it, after a resize of the terminal too. False: it has no room. */
bool layer_place(struct layer *layer, int y, int x, int height, int width);
struct canvas layer_canvas(struct layer *layer, const struct theme *theme);

#endif
