#include "widgets/table-own.h"

#include <stdio.h>
#include <string.h>

#define EDGE 2 /* cursor and mark */

void table_cell_of(const struct table *t, int row, const struct table_column *column, struct table_cell *cell)
{
    cell->text[0] = '\0';
    cell->role = cell->glyph_role = ROLE_TEXT;
    cell->glyph = GLYPH_NONE;
    cell->glyph_after = false;
    t->source.cell(t->source.data, row, column->id, cell);
}

/* --- which columns, and how wide --- */

static int column_index(const struct table *t, const char *id)
{
    for (int i = 0; i < t->ncolumns; i++)
        if (strcmp(t->columns[i].id, id) == 0)
            return i;
    return -1;
}

static int lay_out(const struct table *t, const struct table_layout *layout, const struct table_column *shown[],
                   int widths[])
{
    int n = 0;
    for (int i = 0; i < TABLE_COLUMNS && layout->columns[i]; i++) {
        int index = column_index(t, layout->columns[i]);
        if (index < 0)
            continue;
        shown[n] = &t->columns[index];
        widths[n++] = t->columns[index].width;
    }
    return n;
}

static int sum(const int widths[], int n)
{
    int all = EDGE + (n > 0 ? n - 1 : 0);
    for (int i = 0; i < n; i++)
        all += widths[i];
    return all;
}

static int wish(const struct table *t, const struct table_column *column)
{
    int content = t->content[column - t->columns];
    return content > column->max ? column->max : content;
}

/* Room that is left goes to content that is wider than its column: names first, since they are cut else. */
static void widen(const struct table *t, const struct table_column *const shown[], int widths[], int n, int room)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < n && room > 0; i++) {
            int more = wish(t, shown[i]) - widths[i];
            /* What is never cut comes first. */
            if (more <= 0 || (shown[i]->cut == SHOWN_CUT_NEVER) != (pass == 0))
                continue;
            if (more > room)
                more = room;
            widths[i] += more;
            room -= more;
        }
    }
}

/* What may not be cut takes its room from columns that may; false when there is not enough. */
static bool take_room(const struct table *t, const struct table_column *const shown[], int widths[], int n)
{
    for (int i = 0; i < n; i++) {
        int need = shown[i]->cut == SHOWN_CUT_NEVER ? wish(t, shown[i]) - widths[i] : 0;
        for (int j = 0; j < n && need > 0; j++) {
            int spare = shown[j]->min > 0 ? widths[j] - shown[j]->min : 0;
            if (j == i || spare <= 0 || shown[j]->cut == SHOWN_CUT_NEVER)
                continue;
            if (spare > need)
                spare = need;
            widths[j] -= spare;
            widths[i] += spare;
            need -= spare;
        }
        if (need > 0)
            return false;
    }
    return true;
}

int table_measure(struct table *t, int width, const struct table_column *shown[16], int widths[16])
{
    int n = 0;
    for (int i = 0; i < t->nlayouts; i++) {
        n = lay_out(t, &t->layouts[i], shown, widths);
        int room = width - sum(widths, n);
        if (room < 0)
            continue;
        widen(t, shown, widths, n, room);
        if (take_room(t, shown, widths, n))
            return n;
    }
    /* Nothing fits: the last layout, cut at the edge. */
    return n;
}

/* --- paint --- */

static void draw_head(const struct table *t, const struct canvas *c, const struct table_column *column, int x,
                      int width)
{
    int len = shown_width(column->head, strlen(column->head), c->theme->utf8);
    bool sorted = t->sorted && strcmp(table_sort_id(t->sorted), table_sort_id(column)) == 0;
    int at = column->align == TABLE_RIGHT && len < width ? x + width - len : x;
    if (sorted) {
        /* The arrow stands before the head; the first column has no gap for it, so its head gives way. */
        if (at == EDGE)
            at++;
        draw_glyph(c, 0, at - 1, ROLE_TITLE, t->reverse ? GLYPH_MORE_BELOW : GLYPH_MORE_ABOVE);
    }
    draw_text(c, 0, at, x + width - at, ROLE_TITLE, SHOWN_CUT_END, column->head);
}

static void draw_cell(const struct canvas *c, int y, int x, int width, const struct table_column *column,
                      const struct table_cell *cell, bool marked)
{
    enum role role = marked && cell->role == ROLE_TEXT ? ROLE_MARK : cell->role;
    int text = shown_width(cell->text, strlen(cell->text), c->theme->utf8);
    int extra = cell->glyph == GLYPH_NONE ? 0 : text > 0 ? 2 : 1;
    int room = width - extra > 0 ? width - extra : 0;
    if (text > room)
        text = room;
    if (column->align == TABLE_RIGHT)
        x += width - text - extra;
    if (extra && !cell->glyph_after) {
        draw_glyph(c, y, x, cell->glyph_role, cell->glyph);
        x += extra;
    }
    if (room > 0)
        draw_text(c, y, x, room, role, column->cut, cell->text);
    if (extra && cell->glyph_after)
        draw_glyph(c, y, x + text + extra - 1, cell->glyph_role, cell->glyph);
}

static void draw_row(const struct table *t, const struct canvas *c, int y, int line,
                     const struct table_column *const shown[], const int widths[], int n)
{
    struct table_cell cell;
    int row = t->view[line].row, x = EDGE;
    if (t->view[line].heading) {
        draw_text(c, y, EDGE, 0, ROLE_TITLE, SHOWN_CUT_END, t->source.group(t->source.data, row));
        return;
    }
    bool marked = table_is_marked(t, t->source.key(t->source.data, row));
    if (marked)
        draw_glyph(c, y, 1, ROLE_MARK, GLYPH_MARK);
    for (int i = 0; i < n && x < c->width; i++) {
        table_cell_of(t, row, shown[i], &cell);
        draw_cell(c, y, x, widths[i] < c->width - x ? widths[i] : c->width - x, shown[i], &cell, marked);
        x += widths[i] + 1;
    }
}

void table_draw(struct table *t, const struct canvas *c, bool focus)
{
    const struct table_column *shown[TABLE_COLUMNS];
    int widths[TABLE_COLUMNS];
    t->width = c->width;
    int n = table_measure(t, c->width, shown, widths);
    draw_clear(c);
    for (int i = 0, x = EDGE; i < n; x += widths[i++] + 1)
        draw_head(t, c, shown[i], x, widths[i]);
    scroll_set_height(&t->scroll, c->height - 1);
    for (int y = 1; y < c->height && t->scroll.top + y - 1 < t->nview; y++) {
        int line = t->scroll.top + y - 1;
        draw_row(t, c, y, line, shown, widths, n);
        if (focus && line == t->scroll.cursor && !t->view[line].heading) {
            draw_glyph(c, y, 0, ROLE_FOCUS, GLYPH_CURSOR);
            draw_focus_row(c, y);
            draw_cursor(c, y, 0, false);
        }
    }
}

bool table_cut_text(struct table *t, char *text, size_t size)
{
    const struct table_column *shown[TABLE_COLUMNS];
    int widths[TABLE_COLUMNS];
    struct table_cell cell;
    int row = table_row(t), n = table_measure(t, t->width, shown, widths);
    for (int i = 0; i < n && row >= 0; i++) {
        table_cell_of(t, row, shown[i], &cell);
        if (shown_width(cell.text, strlen(cell.text), true) <= widths[i] - (cell.glyph ? 2 : 0))
            continue;
        snprintf(text, size, "%s", cell.text);
        return true;
    }
    return false;
}
