#include "widgets/table-own.h"

#include <curses.h>
#include <string.h>

/* Which column the rows are sorted by, and the keys of a list. */

static const struct table_column *column_of(const struct table *t, const char *id)
{
    for (int i = 0; i < t->ncolumns; i++)
        if (strcmp(t->columns[i].id, id) == 0)
            return &t->columns[i];
    return NULL;
}

void table_sort(struct table *t, const char *column, bool reverse)
{
    t->sorted = column ? column_of(t, column) : NULL;
    t->reverse = reverse;
    table_refresh(t);
}

const char *table_sorted_by(const struct table *t, bool *reverse)
{
    *reverse = t->reverse;
    return t->sorted ? t->sorted->id : NULL;
}

void table_sort_next(struct table *t, int step)
{
    const struct table_column *shown[TABLE_COLUMNS];
    int widths[TABLE_COLUMNS], at = -1;
    int n = table_measure(t, t->width, shown, widths);
    if (n == 0)
        return;
    for (int i = 0; i < n && t->sorted; i++)
        if (strcmp(table_sort_id(shown[i]), table_sort_id(t->sorted)) == 0)
            at = i;
    if (at < 0)
        at = step > 0 ? -1 : n;
    at = ((at + step) % n + n) % n;
    table_sort(t, shown[at]->id, t->reverse);
}

void table_group(struct table *t, bool on)
{
    t->grouped = on && t->source.group;
    table_refresh(t);
}

static bool press_code(struct table *t, int code)
{
    switch (code) {
    case KEY_DOWN:
        table_move(t, 1);
        return true;
    case KEY_UP:
        table_move(t, -1);
        return true;
    case KEY_HOME:
        table_first(t);
        return true;
    case KEY_END:
        table_last(t);
        return true;
    case KEY_NPAGE:
    case KEY_CTRL('F'):
        table_page(t, 1, false);
        return true;
    case KEY_PPAGE:
    case KEY_CTRL('B'):
        table_page(t, -1, false);
        return true;
    case KEY_CTRL('D'):
        table_page(t, 1, true);
        return true;
    case KEY_CTRL('U'):
        table_page(t, -1, true);
        return true;
    default:
        return false;
    }
}

static bool press_char(struct table *t, uint32_t ch)
{
    switch (ch) {
    case 'j':
        table_move(t, 1);
        return true;
    case 'k':
        table_move(t, -1);
        return true;
    case 'g':
        table_first(t);
        return true;
    case 'G':
        table_last(t);
        return true;
    case ' ':
        table_mark(t, !table_marked(t));
        table_move(t, 1);
        return true;
    case 'A':
        table_mark_all(t, true);
        return true;
    case 'U':
        table_mark_all(t, false);
        return true;
    case '<':
        table_sort_next(t, -1);
        return true;
    case '>':
        table_sort_next(t, 1);
        return true;
    case 'I':
        table_sort(t, t->sorted ? t->sorted->id : NULL, !t->reverse);
        return true;
    default:
        return false;
    }
}

bool table_press(struct table *t, const struct key *key)
{
    if (key->alt)
        return false;
    if (key->type == KEY_CODE)
        return press_code(t, key->code);
    return key->type == KEY_CHAR && press_char(t, key->ch);
}

bool table_click(struct table *t, int y, int x)
{
    const struct table_column *shown[TABLE_COLUMNS];
    int widths[TABLE_COLUMNS], n = table_measure(t, t->width, shown, widths);
    if (y > 0) {
        int line = t->scroll.top + y - 1;
        if (line >= t->nview || t->view[line].heading)
            return false;
        table_to_key(t, t->source.key(t->source.data, t->view[line].row));
        return true;
    }
    for (int i = 0, at = 2; i < n; at += widths[i++] + 1) {
        if (x < at || x >= at + widths[i])
            continue;
        bool again = t->sorted && strcmp(table_sort_id(t->sorted), table_sort_id(shown[i])) == 0;
        table_sort(t, shown[i]->id, again && !t->reverse);
        return true;
    }
    return false;
}
