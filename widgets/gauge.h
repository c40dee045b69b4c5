#ifndef TENGIL_WIDGETS_GAUGE_H
#define TENGIL_WIDGETS_GAUGE_H

#include "widgets/draw.h"

/*
 * How far something is, in one row: glyph, title, step, bar, percent, rate, time left. In a narrow row the time left
 * goes first, then the rate, then the bar; percent and title stay.
 */
struct gauge {
    enum glyph glyph;
    enum role role;                 /* of the glyph and the bar */
    const char *title, *step;       /* "Create CT 110 jellyfin", "1/8 pull"; NULL: none */
    unsigned long long part, whole; /* `whole` 0: nothing can be counted, a spinner stands instead */
    const char *rate, *left;        /* "13M/s", "9s left"; NULL: not known */
    const char *more;               /* "+2 more", at the end */
    long long running_ms;           /* since it began, for the spinner, which comes after 300 ms */
};
void gauge_draw(const struct canvas *row, const struct gauge *gauge);
int gauge_percent(unsigned long long part, unsigned long long whole); /* 100 only when it is whole */
/* One of | / - \, four a second; ' ' in the first 300 ms. */
char gauge_spinner(long long running_ms);

/* Bytes a second from what was there at which time, over the last seconds. */
struct gauge_rate {
    long long at[8];
    unsigned long long bytes[8];
    int n;
};
void gauge_rate_add(struct gauge_rate *r, long long ms, unsigned long long bytes); /* at most four a second count */
double gauge_rate_get(const struct gauge_rate *r);                                 /* 0: not known yet */
/* Seconds until `whole`; -1: not known. */
long gauge_rate_left(const struct gauge_rate *r, unsigned long long part, unsigned long long whole);

#endif
