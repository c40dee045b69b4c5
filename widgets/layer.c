#include "widgets/layer.h"

#include "widgets/wmem.h"

#include <panel.h>
#include <stdlib.h>

struct layer {
    WINDOW *win;
    PANEL *panel;
};

struct layer *layer_new(int y, int x, int height, int width)
{
    struct layer *layer = wmem_zero(1, sizeof(*layer));
    layer_place(layer, y, x, height, width);
    return layer;
}

static void drop(struct layer *layer)
{
    if (layer->panel)
        del_panel(layer->panel);
    if (layer->win)
        delwin(layer->win);
    layer->panel = NULL;
    layer->win = NULL;
}

void layer_free(struct layer *layer)
{
    if (!layer)
        return;
    drop(layer);
    free(layer);
}

bool layer_place(struct layer *layer, int y, int x, int height, int width)
{
    if (layer->win && getbegy(layer->win) == y && getbegx(layer->win) == x && getmaxy(layer->win) == height &&
        getmaxx(layer->win) == width)
        return true;
    drop(layer);
    if (y < 0 || x < 0 || height < 1 || width < 1 || y + height > LINES || x + width > COLS)
        return false;
    layer->win = newwin(height, width, y, x);
    if (layer->win)
        layer->panel = new_panel(layer->win);
    return layer->panel != NULL;
}

struct canvas layer_canvas(struct layer *layer, const struct theme *theme)
{
    struct canvas c = {.win = layer->win, .theme = theme};
    if (layer->win)
        getmaxyx(layer->win, c.height, c.width);
    return c;
}
