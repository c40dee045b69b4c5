#ifndef TENGIL_WIDGETS_SCROLL_H
#define TENGIL_WIDGETS_SCROLL_H

#include <stdbool.h>

/* A window over `count` rows: which is the first shown and which has the cursor. No curses in it. */
struct scroll {
    int count, height, top, cursor;
};
void scroll_set_count(struct scroll *s, int count);   /* the cursor stays on its row, or on the last */
void scroll_set_height(struct scroll *s, int height); /* the cursor stays in view */
void scroll_to(struct scroll *s, int row);
void scroll_by(struct scroll *s, int rows);
void scroll_page(struct scroll *s, int pages, bool half);
bool scroll_more_above(const struct scroll *s);
bool scroll_more_below(const struct scroll *s);

#endif
