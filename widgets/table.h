#ifndef TENGIL_WIDGETS_TABLE_H
#define TENGIL_WIDGETS_TABLE_H

#include "widgets/draw.h"
#include "widgets/keys.h"
#include "widgets/scroll.h"

/*
 * A table over rows that somebody else holds. Columns give way step by step as the width shrinks and extras come as it
 * grows; widths follow the content and only grow while the table is open. Column 1 is the cursor, 2 the mark, the cells
 * begin at 3; the heads are the first row. Figures stand at the right, words at the left, heads as their column.
 */
enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_cell {
    char text[256]; /* cleared before the source fills it */
    enum role role;
    enum glyph glyph; /* before the text, with a blank between; GLYPH_NONE: none */
    enum role glyph_role;
    bool glyph_after; /* behind the text instead */
};

struct table_column {
    const char *id;
    const char *head;
    enum table_align align;
    int width; /* what the layouts count with */
    int min,
        max; /* what the content may make of it (0: `width`); below `width` only where other columns need the room */
    enum shown_cut cut;
    const char *sort; /* id that `compare` gets; NULL: the column's own */
};

/* One way to lay the columns out: the ids that are shown, ended by NULL. It needs the sum of their widths. */
struct table_layout {
    const char *columns[16];
};

struct table_source {
    void *data;
    int (*count)(void *data);
    void (*cell)(void *data, int row, const char *column, struct table_cell *cell);
    /* What identifies the row while rows come and go (a VMID, a job's number); not negative. */
    long (*key)(void *data, int row);
    int (*compare)(void *data, int a, int b, const char *column);
    bool (*matches)(void *data, int row, const char *field,
                    const char *word); /* of a filter; field "" for plain words */
    /* The heading of the group that the row is in; groups stand in the order of these words. NULL: no groups. */
    const char *(*group)(void *data, int row);
};

struct table; /* cursor, sort, filter, marks, widths */

/* Layouts from wide to narrow; everything given stays the caller's. Sorted by nothing: the source's order. */
struct table *table_new(const struct table_column *columns, int ncolumns, const struct table_layout *layouts,
                        int nlayouts, const struct table_source *source);
void table_free(struct table *t);

/* The rows, or what they are sorted by, have changed: filter and sort anew. The cursor stays on its key, and on its
 * place when that is gone; marks of rows that are gone are lifted. Figures that nobody sorts by need no refresh, only a
 * paint. */
void table_refresh(struct table *t);
long table_key(const struct table *t); /* of the row with the cursor; -1: none */
int table_row(const struct table *t);  /* the same as the source's row number; -1: none */
void table_to_key(struct table *t, long key);
int table_position(const struct table *t); /* 1 for the first row; 0: none */
int table_shown(const struct table *t);    /* rows that pass the filter */
bool table_more_above(const struct table *t);
bool table_more_below(const struct table *t);
void table_move(struct table *t, int rows);
void table_first(struct table *t);
void table_last(struct table *t);
void table_page(struct table *t, int pages, bool half);

void table_sort(struct table *t, const char *column, bool reverse); /* NULL: the source's order */
const char *table_sorted_by(const struct table *t, bool *reverse);
void table_sort_next(struct table *t, int step); /* among the columns that are shown */
void table_group(struct table *t, bool on);      /* by source->group */

/* Words are and-ed; `name:word` asks one field. Lifts the marks that it hides and returns how many. */
int table_filter(struct table *t, const char *text);
const char *table_filter_text(const struct table *t);

void table_mark(struct table *t, bool mark); /* the row with the cursor */
bool table_marked(const struct table *t);
void table_mark_all(struct table *t, bool mark); /* all that are shown */
int table_marks(const struct table *t, long *keys,
                int max); /* number of marked rows; keys up to max, as they are shown */

/* The keys that every list has: j k g G, arrows, Home, End, PgUp, PgDn, ^B ^F ^U ^D, Space A U, < > I. True: taken. */
bool table_press(struct table *t, const struct key *key);

/* A click on a cell of the last paint: on a head sorts by it (again: reverses), on a row moves the cursor. True: it was
 * one. */
bool table_click(struct table *t, int y, int x);

/* What was cut in the row with the cursor, in full, for the message row: the first such cell; false: nothing was. */
bool table_cut_text(struct table *t, char *text, size_t size);

/* The layout for a width, and how wide each column of it is then. Returns the number of columns. */
int table_measure(struct table *t, int width, const struct table_column *shown[16], int widths[16]);

/* `focus`: the table has the keys, the row with the cursor is seen. The hardware cursor goes there. */
void table_draw(struct table *t, const struct canvas *c, bool focus);

/* True when `text` holds `word`, in letters of any case (ASCII); for `matches`. */
bool table_contains(const char *text, const char *word);

#endif
