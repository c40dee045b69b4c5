#ifndef TENGIL_WIDGETS_DRAW_H
#define TENGIL_WIDGETS_DRAW_H

#include "widgets/shown.h"
#include "widgets/theme.h"

/* All painting: a rectangle of the screen in which text is put by role. Nothing else in the program calls addstr. Rows
 * and columns count from 0 at the rectangle's corner; what lies outside of it is not drawn. */
struct canvas {
    WINDOW *win;
    const struct theme *theme;
    int y, x, height, width; /* the rectangle, in `win` */
};

struct canvas canvas_part(const struct canvas *c, int y, int x, int height, int width); /* clipped to the parent */
void draw_clear(const struct canvas *c);
void draw_clear_rows(const struct canvas *c, int y, int rows);
/* Foreign or own text; at most `width` columns (all that are left when 0). Returns the columns it took. */
int draw_text(const struct canvas *c, int y, int x, int width, enum role role, enum shown_cut cut, const char *text);
int draw_bytes(const struct canvas *c, int y, int x, int width, enum role role, const char *s,
               size_t len); /* cut at the end, no mark */
int draw_right(const struct canvas *c, int y, int right, enum role role,
               const char *text); /* ends before column `right` */
void draw_glyph(const struct canvas *c, int y, int x, enum role role, enum glyph glyph);
void draw_hline(const struct canvas *c, int y, int x, int width, enum role role);
void draw_vline(const struct canvas *c, int y, int x, int height, enum role role);
/* A rule with words in it: "── title ─────". */
void draw_rule(const struct canvas *c, int y, int x, int width, enum role role, const char *title);
void draw_box(const struct canvas *c, enum role role, const char *title);
/* `part` of `whole` in whole cells. Nothing in slow mode. */
void draw_bar(const struct canvas *c, int y, int x, int width, enum role role, unsigned long long part,
              unsigned long long whole);
/* Values 0..1, newest last. Nothing in slow mode, and where the terminal has no such characters. */
void draw_history(const struct canvas *c, int y, int x, int width, enum role role, const double *values, int n);
/* Gives cells that are drawn already the look of the focus (plain reverse; nothing in slow mode) or of a role. */
void draw_focus(const struct canvas *c, int y, int x, int width);
void draw_focus_row(const struct canvas *c, int y);
/*
 * Where the hardware cursor is left after the paint, `visible` in text. The last call before draw_cursor_get wins; a
 * frame begins with draw_cursor_none.
 */
void draw_cursor(const struct canvas *c, int y, int x, bool visible);
void draw_cursor_none(void);
bool draw_cursor_get(int *y, int *x, bool *visible); /* false: nobody placed it */

#endif
