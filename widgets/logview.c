#include "widgets/logview-own.h"

#include "widgets/shown.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In a wrapped line each so many bytes begin a row, so that the way back never reads more than that. */
#define ANCHOR    4096
#define SIDE_STEP 8
#define SIDE_MOST 100000

struct logview *logview_new(void)
{
    struct logview *v = wmem_zero(1, sizeof(*v));
    v->index = logindex_new(-1);
    v->following = v->times = v->utf8 = true;
    v->height = 20;
    v->width = 80;
    v->search = wmem_strdup("");
    v->found = -1;
    return v;
}

static void forget(struct logview *v)
{
    for (int i = 0; i < v->nheadings; i++)
        free(v->headings[i].text);
    free(v->headings);
    free(v->stamps);
    logindex_free(v->index);
    v->headings = NULL;
    v->stamps = NULL;
    v->nheadings = v->nstamps = 0;
}

void logview_free(struct logview *v)
{
    if (!v)
        return;
    forget(v);
    free(v->search);
    free(v);
}

void logview_open(struct logview *v, int fd)
{
    forget(v);
    v->index = logindex_new(fd);
    v->top = (struct place){0};
    v->following = true;
    v->sideways = 0;
    v->found = -1;
    v->seen_last = 0;
}

/* Headings whose bytes have come get the number of their line. */
static void place_headings(struct logview *v)
{
    for (int i = 0; i < v->nheadings; i++) {
        struct heading *heading = &v->headings[i];
        if (heading->placed)
            continue;
        heading->placed = heading->at < logindex_size(v->index);
        heading->line = heading->placed ? logindex_line_at(v->index, heading->at) : logindex_lines(v->index);
    }
}

bool logview_grow(struct logview *v, size_t budget)
{
    off_t before = logindex_size(v->index);
    bool more = logindex_grow(v->index, budget);
    /* Read anew: nothing is where it was. */
    for (int i = 0; i < v->nheadings && logindex_size(v->index) < before; i++)
        v->headings[i].placed = false;
    place_headings(v);
    return more;
}

void logview_heading(struct logview *v, off_t at, const char *text)
{
    WMEM_GROW(v->headings, (size_t)v->nheadings);
    v->headings[v->nheadings++] = (struct heading){.at = at, .text = wmem_strdup(text)};
    logindex_break(v->index, at);
    place_headings(v);
}

void logview_stamp(struct logview *v, off_t at, long long unix_ms)
{
    WMEM_GROW(v->stamps, (size_t)v->nstamps);
    v->stamps[v->nstamps++] = (struct stamp){.at = at, .ms = unix_ms};
    /* Steps that say nothing begin at the same place, not at the same time. */
    for (int i = v->nheadings; i-- > 0 && v->headings[i].at == at;)
        if (!v->headings[i].ms)
            v->headings[i].ms = unix_ms;
}

/* --- items: lines and headings in one row --- */

long logview_items(const struct logview *v)
{
    return logindex_lines(v->index) + v->nheadings;
}

bool logview_item(struct logview *v, long item, struct item *out)
{
    *out = (struct item){0};
    int before = 0;
    for (; before < v->nheadings; before++) {
        long at = v->headings[before].line + before;
        if (at == item) {
            out->heading = &v->headings[before];
            return true;
        }
        if (at > item)
            break;
    }
    out->line = item - before;
    return logindex_line(v->index, out->line, &out->where);
}

long logview_item_of_line(const struct logview *v, long line)
{
    int before = 0;
    while (before < v->nheadings && v->headings[before].line <= line)
        before++;
    return line + before;
}

/* --- rows --- */

int logview_text_width(const struct logview *v)
{
    int width = v->width - (v->times ? 12 : 3) - 1;
    return width < 1 ? 1 : width;
}

/* The anchor that a row may not go beyond: a round place, at the begin of a character. */
static off_t anchor_from(struct logview *v, const struct item *item, off_t round)
{
    char bytes[4];
    size_t n = logindex_read(v->index, item->where.shown + round, bytes, sizeof(bytes)), skip = 0;
    while (skip < n && skip < 3 && ((unsigned char)bytes[skip] & 0xC0) == 0x80)
        skip++;
    return round + (off_t)skip;
}

/* Bytes of the item from `sub` that fill a row, out of `want` that are read. *all: it was enough to know. */
static size_t row_span(struct logview *v, const struct item *item, off_t sub, size_t want, bool last, bool *all)
{
    char bytes[ANCHOR + 8];
    size_t n = logindex_read(v->index, item->where.shown + sub, bytes, want < sizeof(bytes) ? want : sizeof(bytes));
    for (size_t i = 0; i < n; i++)
        if (bytes[i] == '\t')
            bytes[i] = ' ';
    size_t span = shown_span(bytes, n, logview_text_width(v), v->utf8, NULL);
    /* The end of what was read may be half a character, or want one mark more. */
    *all = last || n < want || span + 20 <= n;
    return n == 0 ? 0 : span ? span : 1;
}

off_t logview_row_end(struct logview *v, const struct item *item, off_t sub)
{
    off_t length = item->where.end - item->where.shown;
    if (!v->wrap || item->heading || sub >= length)
        return length;
    off_t next = anchor_from(v, item, (sub / ANCHOR + 1) * ANCHOR);
    size_t limit = (size_t)((next < length ? next : length) - sub);
    size_t want = (size_t)logview_text_width(v) * 2 + 64;
    bool all;
    size_t span = row_span(v, item, sub, want < limit ? want : limit, want >= limit, &all);
    if (!all)
        span = row_span(v, item, sub, limit, true, &all);
    return span == 0 ? length : sub + (off_t)span;
}

bool logview_next_row(struct logview *v, struct place *at)
{
    struct item item;
    if (!v->wrap) {
        bool more = at->item + 1 < logview_items(v);
        at->item += more;
        at->sub = 0;
        return more;
    }
    if (!logview_item(v, at->item, &item))
        return false;
    off_t end = logview_row_end(v, &item, at->sub);
    if (!item.heading && end < item.where.end - item.where.shown) {
        at->sub = end;
        return true;
    }
    if (at->item + 1 >= logview_items(v))
        return false;
    *at = (struct place){.item = at->item + 1};
    return true;
}

/* The last row of the item that begins before `limit`. */
static off_t row_before(struct logview *v, const struct item *item, off_t limit)
{
    off_t round = (limit - 1) / ANCHOR * ANCHOR;
    off_t sub = round > 0 ? anchor_from(v, item, round) : 0;
    if (sub >= limit)
        sub = round > ANCHOR ? anchor_from(v, item, round - ANCHOR) : 0;
    for (off_t next; (next = logview_row_end(v, item, sub)) < limit && next > sub;)
        sub = next;
    return sub;
}

bool logview_previous_row(struct logview *v, struct place *at)
{
    struct item item;
    if (!v->wrap) {
        bool more = at->item > 0;
        at->item -= more;
        at->sub = 0;
        return more;
    }
    if (at->sub > 0 && logview_item(v, at->item, &item)) {
        at->sub = row_before(v, &item, at->sub);
        return true;
    }
    if (at->item <= 0 || !logview_item(v, at->item - 1, &item))
        return false;
    off_t length = item.where.end - item.where.shown;
    *at = (struct place){.item = at->item - 1};
    if (!item.heading && length > 0)
        at->sub = row_before(v, &item, length);
    return true;
}

struct place logview_bottom_top(struct logview *v)
{
    struct place at = {.item = logview_items(v)};
    for (int row = 0; row < v->height; row++)
        if (!logview_previous_row(v, &at))
            break;
    return at;
}

/* --- moving --- */

void logview_unfollow(struct logview *v)
{
    if (v->following)
        v->left_at = logview_items(v);
    v->following = false;
}

void logview_follow(struct logview *v)
{
    v->following = true;
}

static bool behind(struct place a, struct place b)
{
    return a.item > b.item || (a.item == b.item && a.sub > b.sub);
}

static void move_rows(struct logview *v, int rows)
{
    struct place end = logview_bottom_top(v);
    if (v->following)
        v->top = end;
    logview_unfollow(v);
    for (; rows < 0 && logview_previous_row(v, &v->top); rows++)
        ;
    for (; rows > 0 && behind(end, v->top) && logview_next_row(v, &v->top); rows--)
        ;
}

void logview_show(struct logview *v, long item)
{
    struct place end = logview_bottom_top(v);
    logview_unfollow(v);
    v->top = (struct place){.item = item};
    if (behind(v->top, end))
        v->top = end;
}

static void to_step(struct logview *v, int direction)
{
    long from = v->following ? logview_bottom_top(v).item : v->top.item;
    for (int k = 0; k < v->nheadings; k++) {
        int i = direction > 0 ? k : v->nheadings - 1 - k;
        long at = v->headings[i].line + i;
        if (direction > 0 ? at > from : at < from) {
            logview_show(v, at);
            return;
        }
    }
    if (direction < 0)
        logview_show(v, 0);
}

static void side(struct logview *v, int step)
{
    if (v->wrap)
        return;
    v->sideways += step;
    if (v->sideways < 0)
        v->sideways = 0;
    if (v->sideways > SIDE_MOST)
        v->sideways = SIDE_MOST;
}

static void toggle_wrap(struct logview *v)
{
    v->wrap = !v->wrap;
    v->sideways = 0;
    v->top.sub = 0;
}

static bool press_char(struct logview *v, uint32_t ch)
{
    int page = v->height > 1 ? v->height - 1 : 1;
    switch (ch) {
    case 'F':
    case 'G':
        logview_follow(v);
        return true;
    case ' ':
        move_rows(v, page);
        return true;
    case 'j':
        move_rows(v, 1);
        return true;
    case 'k':
        move_rows(v, -1);
        return true;
    case 'g':
        logview_show(v, 0);
        return true;
    case '[':
        to_step(v, -1);
        return true;
    case ']':
        to_step(v, 1);
        return true;
    case 'w':
        toggle_wrap(v);
        return true;
    case 't':
        v->times = !v->times;
        return true;
    case 'n':
    case 'N':
        logview_search(v, NULL, ch == 'N');
        return true;
    default:
        return false;
    }
}

static bool press_code(struct logview *v, int code)
{
    int page = v->height > 1 ? v->height - 1 : 1;
    const struct {
        int code, rows;
    } moves[] = {
        {KEY_DOWN, 1},
        {KEY_UP, -1},
        {KEY_NPAGE, page},
        {KEY_PPAGE, -page},
        {KEY_CTRL('F'), page},
        {KEY_CTRL('B'), -page},
        {KEY_CTRL('D'), v->height / 2},
        {KEY_CTRL('U'), -v->height / 2},
    };
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (moves[i].code == code) {
            move_rows(v, moves[i].rows);
            return true;
        }
    }
    if (code == KEY_HOME)
        logview_show(v, 0);
    else if (code == KEY_END)
        logview_follow(v);
    else if (code == KEY_LEFT)
        side(v, -SIDE_STEP);
    else if (code == KEY_RIGHT)
        side(v, SIDE_STEP);
    else
        return false;
    return true;
}

bool logview_key(struct logview *v, const struct key *key)
{
    if (key->alt)
        return false;
    if (key->type == KEY_CODE)
        return press_code(v, key->code);
    return key->type == KEY_CHAR && press_char(v, key->ch);
}

/* --- what there is to say --- */

bool logview_following(const struct logview *v)
{
    return v->following;
}

long logview_lines(const struct logview *v)
{
    return logview_items(v);
}

long logview_new_lines(const struct logview *v)
{
    long n = v->following ? 0 : logview_items(v) - v->left_at;
    return n > 0 ? n : 0;
}

void logview_seen(const struct logview *v, long *first, long *last)
{
    long items = logview_items(v);
    *first = items ? v->top.item + 1 : 0;
    *last = v->seen_last + 1 < items ? v->seen_last + 1 : items;
}

bool logview_at_end(const struct logview *v)
{
    return v->following || v->seen_last + 1 >= logview_items(v);
}

bool logview_wrapped(const struct logview *v)
{
    return v->wrap;
}

const char *logview_rule(const struct logview *v)
{
    const char *text = "";
    for (int i = 0; i < v->nheadings && v->headings[i].line + i <= v->top.item; i++)
        text = v->headings[i].text;
    return text;
}

int logview_save(const struct logview *v, int fd)
{
    char piece[65536];
    off_t at = 0;
    for (;;) {
        ssize_t n = pread(logindex_fd(v->index), piece, sizeof(piece), at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        for (ssize_t done = 0; done < n;) {
            ssize_t wrote = write(fd, piece + done, (size_t)(n - done));
            if (wrote < 0 && errno != EINTR)
                return -errno;
            done += wrote > 0 ? wrote : 0;
        }
        at += n;
    }
}
