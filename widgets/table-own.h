#ifndef TENGIL_WIDGETS_TABLE_OWN_H
#define TENGIL_WIDGETS_TABLE_OWN_H

#include "widgets/table.h"

#define TABLE_COLUMNS 16

/* A line of the view: a row, or the heading of a group. */
struct table_line {
    int row; /* of the source; for a heading the first row of its group */
    bool heading;
};

struct table {
    const struct table_column *columns;
    int ncolumns;
    const struct table_layout *layouts;
    int nlayouts;
    struct table_source source;
    int *content; /* widest content of each column so far */
    struct table_line *view;
    int nview;
    struct scroll scroll;
    long key; /* of the row with the cursor */
    const struct table_column *sorted;
    bool reverse, grouped;
    char *filter;
    long *marks; /* keys, sorted */
    int nmarks;
    int width; /* of the last paint */
};

bool table_is_marked(const struct table *t, long key);
const char *table_sort_id(const struct table_column *column);
void table_cell_of(const struct table *t, int row, const struct table_column *column, struct table_cell *cell);

#endif
