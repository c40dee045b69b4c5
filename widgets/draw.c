#include "widgets/draw.h"

#include "widgets/wmem.h"

#include <stdlib.h>
#include <string.h>

static struct {
    bool placed, visible;
    int y, x;
} cursor;

struct canvas canvas_part(const struct canvas *c, int y, int x, int height, int width)
{
    struct canvas part = *c;
    if (y < 0)
        height += y, y = 0;
    if (x < 0)
        width += x, x = 0;
    part.y = c->y + y;
    part.x = c->x + x;
    part.height = height < c->height - y ? height : c->height - y;
    part.width = width < c->width - x ? width : c->width - x;
    if (part.height < 0)
        part.height = 0;
    if (part.width < 0)
        part.width = 0;
    return part;
}

static void look(const struct canvas *c, enum role role)
{
    short pair = c->theme->pairs[role];
    attr_t attrs = c->theme->attrs[role];
    if (role == ROLE_FOCUS && c->theme->slow)
        attrs = A_NORMAL;
    wattr_set(c->win, attrs, pair, NULL);
}

/* Columns that are there from `x` on, at most `width` (0: all); 0 when the place is outside. */
static int room(const struct canvas *c, int y, int x, int width)
{
    if (y < 0 || y >= c->height || x < 0 || x >= c->width)
        return 0;
    int left = c->width - x;
    return width > 0 && width < left ? width : left;
}

/* Text that is fit to be shown. */
static void put(const struct canvas *c, int y, int x, enum role role, const char *shown)
{
    look(c, role);
    mvwaddstr(c->win, c->y + y, c->x + x, shown);
    wattr_set(c->win, A_NORMAL, 0, NULL);
}

void draw_clear_rows(const struct canvas *c, int y, int rows)
{
    wattr_set(c->win, A_NORMAL, 0, NULL);
    for (int row = y; row < y + rows; row++)
        if (room(c, row, 0, 0) > 0)
            mvwhline(c->win, c->y + row, c->x, ' ', c->width);
}

void draw_clear(const struct canvas *c)
{
    draw_clear_rows(c, 0, c->height);
}

int draw_text(const struct canvas *c, int y, int x, int width, enum role role, enum shown_cut cut, const char *text)
{
    char small[1024], *out = small;
    int fits = room(c, y, x, width);
    if (fits == 0 || !text || !*text)
        return 0;
    size_t size = (size_t)fits * 20 + 1;
    if (size > sizeof(small))
        out = wmem_resize(NULL, size);
    shown_fit(out, size, text, fits, cut, false, c->theme->glyphs[GLYPH_CUT], c->theme->utf8);
    /* The mark is UTF-8 even where foreign text is not: it is measured as what it is. */
    int used = shown_width(out, strlen(out), c->theme->utf8);
    put(c, y, x, role, out);
    if (out != small)
        free(out);
    return used;
}

int draw_bytes(const struct canvas *c, int y, int x, int width, enum role role, const char *s, size_t len)
{
    int fits = room(c, y, x, width), used = 0;
    struct shown_char ch;
    look(c, role);
    if (fits > 0)
        wmove(c->win, c->y + y, c->x + x);
    for (size_t at = 0; fits > 0 && shown_next(s + at, len - at, c->theme->utf8, &ch); at += ch.taken) {
        if (used + ch.width > fits)
            break;
        waddstr(c->win, ch.bytes);
        used += ch.width;
    }
    wattr_set(c->win, A_NORMAL, 0, NULL);
    return used;
}

int draw_right(const struct canvas *c, int y, int right, enum role role, const char *text)
{
    int width = shown_width(text, strlen(text), c->theme->utf8);
    if (right > c->width)
        right = c->width;
    if (width > right)
        return draw_text(c, y, 0, right, role, SHOWN_CUT_END, text);
    return draw_text(c, y, right - width, width, role, SHOWN_CUT_NEVER, text);
}

/* `n` times the same glyph, to the right or downwards. */
static void put_glyphs(const struct canvas *c, int y, int x, int n, bool down, enum role role, enum glyph glyph)
{
    const char *s = c->theme->glyphs[glyph];
    chtype acs = c->theme->acs[glyph];
    look(c, role);
    for (int i = 0; i < n; i++) {
        int row = y + (down ? i : 0), column = x + (down ? 0 : i);
        if (room(c, row, column, 0) == 0)
            continue;
        if (acs)
            mvwaddch(c->win, c->y + row, c->x + column, acs | c->theme->attrs[role]);
        else
            mvwaddnstr(c->win, c->y + row, c->x + column, s, -1);
    }
    wattr_set(c->win, A_NORMAL, 0, NULL);
}

void draw_glyph(const struct canvas *c, int y, int x, enum role role, enum glyph glyph)
{
    if (glyph != GLYPH_NONE)
        put_glyphs(c, y, x, 1, false, role, glyph);
}

void draw_hline(const struct canvas *c, int y, int x, int width, enum role role)
{
    put_glyphs(c, y, x, room(c, y, x, width), false, role, GLYPH_HLINE);
}

void draw_vline(const struct canvas *c, int y, int x, int height, enum role role)
{
    put_glyphs(c, y, x, height, true, role, GLYPH_VLINE);
}

void draw_rule(const struct canvas *c, int y, int x, int width, enum role role, const char *title)
{
    int fits = room(c, y, x, width);
    draw_hline(c, y, x, fits, role);
    if (!title || !*title || fits < 8)
        return;
    int used = draw_text(c, y, x + 3, fits - 7, ROLE_TEXT, SHOWN_CUT_END, title);
    draw_bytes(c, y, x + 2, 1, ROLE_TEXT, " ", 1);
    draw_bytes(c, y, x + 3 + used, 1, ROLE_TEXT, " ", 1);
}

void draw_box(const struct canvas *c, enum role role, const char *title)
{
    int right = c->width - 1, bottom = c->height - 1;
    if (right < 1 || bottom < 1)
        return;
    draw_hline(c, 0, 1, right - 1, role);
    draw_hline(c, bottom, 1, right - 1, role);
    draw_vline(c, 1, 0, bottom - 1, role);
    draw_vline(c, 1, right, bottom - 1, role);
    draw_glyph(c, 0, 0, role, GLYPH_UL);
    draw_glyph(c, 0, right, role, GLYPH_UR);
    draw_glyph(c, bottom, 0, role, GLYPH_LL);
    draw_glyph(c, bottom, right, role, GLYPH_LR);
    if (title && *title && right > 6) {
        int used = draw_text(c, 0, 2, right - 4, ROLE_TITLE, SHOWN_CUT_END, title);
        draw_bytes(c, 0, 1, 1, role, " ", 1);
        draw_bytes(c, 0, 2 + used, 1, role, " ", 1);
    }
}

void draw_bar(const struct canvas *c, int y, int x, int width, enum role role, unsigned long long part,
              unsigned long long whole)
{
    int cells = room(c, y, x, width), full = 0;
    if (c->theme->slow)
        return;
    if (whole > 0)
        full = part >= whole ? cells : (int)((double)part / (double)whole * cells);
    put_glyphs(c, y, x, full, false, role, GLYPH_BAR_FULL);
    put_glyphs(c, y, x + full, cells - full, false, ROLE_DIM, GLYPH_BAR_EMPTY);
}

void draw_history(const struct canvas *c, int y, int x, int width, enum role role, const double *values, int n)
{
    int cells = room(c, y, x, width);
    if (c->theme->slow || !c->theme->history[0])
        return;
    for (int i = 0; i < cells && i < n; i++) {
        double value = values[n - 1 - i];
        int step = value <= 0 ? 0 : value >= 1 ? 7 : (int)(value * 8);
        if (c->theme->history[step])
            put(c, y, x + cells - 1 - i, role, c->theme->history[step]);
    }
}

void draw_focus(const struct canvas *c, int y, int x, int width)
{
    int cells = room(c, y, x, width);
    if (cells > 0 && !c->theme->slow)
        mvwchgat(c->win, c->y + y, c->x + x, cells, A_REVERSE, 0, NULL);
}

void draw_focus_row(const struct canvas *c, int y)
{
    draw_focus(c, y, 0, 0);
}

void draw_cursor(const struct canvas *c, int y, int x, bool visible)
{
    if (c->height < 1 || c->width < 1)
        return;
    cursor.placed = true;
    cursor.visible = visible || c->theme->cursor_always;
    cursor.y = getbegy(c->win) + c->y + (y < 0 ? 0 : y < c->height ? y : c->height - 1);
    cursor.x = getbegx(c->win) + c->x + (x < 0 ? 0 : x < c->width ? x : c->width - 1);
}

void draw_cursor_none(void)
{
    cursor.placed = cursor.visible = false;
}

bool draw_cursor_get(int *y, int *x, bool *visible)
{
    *y = cursor.y;
    *x = cursor.x;
    *visible = cursor.visible;
    return cursor.placed;
}
