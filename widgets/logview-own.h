#ifndef TENGIL_WIDGETS_LOGVIEW_OWN_H
#define TENGIL_WIDGETS_LOGVIEW_OWN_H

#include "widgets/logindex.h"
#include "widgets/logview.h"

struct heading {
    long long ms; /* Unix time of the stamp that came with it; 0: none did */
    off_t at;
    long line;   /* of the file; it stands before it */
    bool placed; /* its bytes have come: the line stays */
    char *text;
};

struct stamp {
    off_t at;
    long long ms;
};

/* Where a row of the view begins: an item (a heading or a line), and for a wrapped one how many of its bytes stand
 * above. */
struct place {
    long item;
    off_t sub;
};

struct logview {
    struct logindex *index;
    struct heading *headings;
    int nheadings;
    struct stamp *stamps;
    int nstamps;
    struct place top;
    bool following, wrap, times, utf8;
    long left_at; /* items when following ended */
    int sideways, height, width;
    long seen_last; /* last item of the last paint */
    char *search;
    bool search_back, search_cased;
    off_t search_at; /* where the search goes on */
    long found;      /* line; -1: none */
};

/* What an item is. */
struct item {
    const struct heading *heading; /* NULL: a line */
    long line;
    struct logline where;
};

long logview_items(const struct logview *v);
bool logview_item(struct logview *v, long item, struct item *out);
long logview_item_of_line(const struct logview *v, long line);
int logview_text_width(const struct logview *v);
off_t logview_row_end(struct logview *v, const struct item *item, off_t sub); /* where the next row of it begins */
bool logview_next_row(struct logview *v, struct place *at);
bool logview_previous_row(struct logview *v, struct place *at);
struct place logview_bottom_top(struct logview *v); /* the top that shows the end in the last row */
void logview_unfollow(struct logview *v);
void logview_show(struct logview *v, long item);
size_t logview_find(const char *in, size_t len, const char *text, bool cased);

#endif
