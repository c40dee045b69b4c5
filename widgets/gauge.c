#include "widgets/gauge.h"

#include "widgets/shown.h"

#include <stdio.h>
#include <string.h>

#define BAR_LEAST 8
#define BAR_MOST  56
#define KEPT      8

int gauge_percent(unsigned long long part, unsigned long long whole)
{
    if (whole == 0)
        return 0;
    if (part >= whole)
        return 100;
    int percent = (int)((double)part / (double)whole * 100);
    return percent > 99 ? 99 : percent;
}

char gauge_spinner(long long running_ms)
{
    static const char turns[] = "|/-\\";
    if (running_ms < 300)
        return ' ';
    return turns[running_ms / 250 % 4];
}

void gauge_rate_add(struct gauge_rate *r, long long ms, unsigned long long bytes)
{
    /* Fewer bytes than before: another file is counted now. */
    if (r->n > 0 && bytes < r->bytes[r->n - 1])
        r->n = 0;
    if (r->n > 0 && ms - r->at[r->n - 1] < 250)
        return;
    if (r->n == KEPT) {
        memmove(r->at, r->at + 1, sizeof(r->at) - sizeof(r->at[0]));
        memmove(r->bytes, r->bytes + 1, sizeof(r->bytes) - sizeof(r->bytes[0]));
        r->n--;
    }
    r->at[r->n] = ms;
    r->bytes[r->n++] = bytes;
}

double gauge_rate_get(const struct gauge_rate *r)
{
    if (r->n < 2)
        return 0;
    long long ms = r->at[r->n - 1] - r->at[0];
    return ms > 0 ? (double)(r->bytes[r->n - 1] - r->bytes[0]) * 1000 / (double)ms : 0;
}

long gauge_rate_left(const struct gauge_rate *r, unsigned long long part, unsigned long long whole)
{
    double rate = gauge_rate_get(r);
    if (rate <= 0 || part > whole)
        return -1;
    double seconds = (double)(whole - part) / rate;
    return seconds > 1e6 ? -1 : (long)(seconds + 0.999);
}

static int columns(const struct canvas *c, const char *s)
{
    return s && *s ? shown_width(s, strlen(s), c->theme->utf8) + 2 : 0;
}

/* The bar and what stands right of it have room for the longest that they come to, so that the bar does not shake. */
#define PERCENT 5
#define RATE    8
#define LEFT    13

struct parts {
    int bar;
    bool rate, left, more;
};

/* What goes first: the time left, the rate, the bar, then how many more there are. */
static struct parts fit(const struct canvas *row, const struct gauge *g, int room)
{
    bool counts = g->whole > 0 && !row->theme->slow;
    int more = columns(row, g->more), least = counts ? BAR_LEAST : 0;
    struct parts p = {.rate = g->rate != NULL, .left = g->left != NULL, .more = more > 0};
    room -= PERCENT + 1;
    if (room < least + p.rate * RATE + p.left * LEFT + more)
        p.left = false;
    if (room < least + p.rate * RATE + more)
        p.rate = false;
    if (room < least + more)
        least = 0;
    if (room < more)
        p.more = false;
    if (least > 0) {
        p.bar = room - p.rate * RATE - p.left * LEFT - more;
        p.bar = p.bar > BAR_MOST ? BAR_MOST : p.bar;
    }
    return p;
}

static int draw_part(const struct canvas *row, int x, enum role role, const char *text)
{
    return x + draw_text(row, 0, x, 0, role, SHOWN_CUT_END, text) + 2;
}

void gauge_draw(const struct canvas *row, const struct gauge *g)
{
    char percent[16] = "", spinner = gauge_spinner(g->running_ms);
    int x = 3;
    draw_clear_rows(row, 0, 1);
    if (g->whole > 0)
        snprintf(percent, sizeof(percent), "%d%%", gauge_percent(g->part, g->whole));
    else if (!row->theme->slow)
        snprintf(percent, sizeof(percent), "%c", spinner);
    draw_glyph(row, 0, 1, g->role, g->glyph);
    /* The percentage is never pushed out: a long title is cut. */
    int tail = (int)strlen(percent), title = columns(row, g->title), step = columns(row, g->step);
    if (x + title + step + tail > row->width)
        title = row->width - x - step - tail;
    if (title > 2)
        x += draw_text(row, 0, x, title - 2, ROLE_TEXT, SHOWN_CUT_END, g->title) + 2;
    if (g->step)
        x = draw_part(row, x, ROLE_TEXT, g->step);
    struct parts p = fit(row, g, row->width - x);
    if (p.bar > 0) {
        draw_bar(row, 0, x, p.bar, g->role, g->part, g->whole);
        x += p.bar + PERCENT - tail;
    }
    x = draw_part(row, x, ROLE_TEXT, percent);
    if (p.rate)
        x = draw_part(row, x, ROLE_TEXT, g->rate);
    if (p.left)
        x = draw_part(row, x, ROLE_TEXT, g->left);
    if (p.more)
        draw_part(row, x, ROLE_DIM, g->more);
}
