#ifndef TENGIL_WIDGETS_TABLE_H
#define TENGIL_WIDGETS_TABLE_H

#include "widgets/draw.h"
#include "widgets/scroll.h"

/*
 * A table over rows that somebody else holds. Columns give way step by step as the width shrinks and extras come as it grows
 * (SCREENS section 5); widths follow the content and only grow while the table is open. Column 1 is the cursor, 2 the mark.
 */
enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_cell {
    char text[256];
    enum role role;
    bool dim_rest;
};

struct table_column {
    const char *id;
    const char *head;
    enum table_align align;
    int min, max;        /* width limits */
    enum shown_cut cut;
    bool flexible;       /* gets the room that is left */
};

/* One way to lay the columns out: the ids that are shown, ended by NULL, and the least width that it needs. */
struct table_layout {
    int width;
    const char *columns[16];
};

struct table_source {
    void *data;
    int (*count)(void *data);
    void (*cell)(void *data, int row, const char *column, struct table_cell *cell);
    /* What identifies the row while rows come and go (a VMID, a job's number). */
    long (*key)(void *data, int row);
    int (*compare)(void *data, int a, int b, const char *column);
    bool (*matches)(void *data, int row, const char *field, const char *word); /* of a filter; field "" for plain words */
};

struct table; /* cursor, sort, filter, marks, widths */

struct table *table_new(const struct table_column *columns, int ncolumns, const struct table_layout *layouts, int nlayouts,
                        const struct table_source *source);
void table_free(struct table *t);
void table_refresh(struct table *t);       /* the rows have changed: filter and sort anew, the cursor stays on its key */
long table_key(const struct table *t);     /* of the row with the cursor; -1: none */
void table_to_key(struct table *t, long key);
struct scroll *table_scroll(struct table *t);
void table_sort(struct table *t, const char *column, bool reverse);
void table_sort_next(struct table *t, int step);
void table_sort_reverse(struct table *t);
/* Words are and-ed; `name:word` asks one field. Lifts the marks that it hides and returns how many. */
int table_filter(struct table *t, const char *text);
const char *table_filter_text(const struct table *t);
void table_mark(struct table *t, bool mark);
bool table_marked(const struct table *t);
void table_mark_all(struct table *t, bool mark);
int table_marks(const struct table *t, long *keys, int max); /* number of marked rows; keys up to max */
int table_shown(const struct table *t);
void table_draw(struct table *t, const struct canvas *c);

#endif
