#include "widgets/logview-own.h"

#include "widgets/wmem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PIECE     65536
#define BUDGET    (4 * 1024 * 1024)
#define TEXT_MOST 256

/* Where `text` begins in the bytes, `len` when it is not there. `text` is in small letters unless `cased`. */
size_t logview_find(const char *in, size_t len, const char *text, bool cased)
{
    size_t n = strlen(text);
    for (size_t at = 0; n > 0 && at + n <= len; at++) {
        size_t k = 0;
        while (k < n && (cased ? in[at + k] == text[k] : tolower((unsigned char)in[at + k]) == text[k]))
            k++;
        if (k == n)
            return at;
    }
    return len;
}

/* The same from the other end. */
static size_t find_last(const char *in, size_t len, const char *text, bool cased)
{
    size_t last = len;
    for (size_t from = 0; from < len;) {
        size_t at = from + logview_find(in + from, len - from, text, cased);
        if (at >= len)
            break;
        last = at;
        from = at + 1;
    }
    return last;
}

/* The view may have moved since it was painted. */
static bool in_sight(struct logview *v, long item)
{
    struct place at = v->following ? logview_bottom_top(v) : v->top;
    if (item < at.item)
        return false;
    for (int row = 0; row < v->height; row++)
        if (at.item == item)
            return true;
        else if (!logview_next_row(v, &at))
            return false;
    return false;
}

static long found(struct logview *v, off_t at)
{
    long line = logindex_line_at(v->index, at);
    long item = logview_item_of_line(v, line);
    struct logline where;
    v->found = line;
    if (logindex_line(v->index, line, &where))
        v->search_at = v->search_back ? where.start : where.end + 1;
    /* It stands in the middle, unless it is in sight. */
    if (!in_sight(v, item))
        logview_show(v, item > v->height / 2 ? item - v->height / 2 : 0);
    else if (v->following)
        v->top = logview_bottom_top(v);
    logview_unfollow(v);
    return line;
}

static long search_forward(struct logview *v, char *piece, size_t n)
{
    for (size_t done = 0; done < BUDGET; done += PIECE) {
        size_t got = logindex_read(v->index, v->search_at, piece, PIECE);
        size_t at = logview_find(piece, got, v->search, v->search_cased);
        if (at < got)
            return found(v, v->search_at + (off_t)at);
        if (got < PIECE)
            return LOGVIEW_NONE;
        /* What begins in the last bytes may end in the next piece. */
        v->search_at += (off_t)(PIECE - n + 1);
    }
    return LOGVIEW_MORE;
}

static long search_back(struct logview *v, char *piece, size_t n)
{
    for (size_t done = 0; done < BUDGET; done += PIECE) {
        off_t from = v->search_at > PIECE ? v->search_at - PIECE : 0;
        size_t got = logindex_read(v->index, from, piece, (size_t)(v->search_at - from));
        size_t at = find_last(piece, got, v->search, v->search_cased);
        if (at < got)
            return found(v, from + (off_t)at);
        if (from == 0)
            return LOGVIEW_NONE;
        v->search_at = from + (off_t)n - 1;
    }
    return LOGVIEW_MORE;
}

long logview_search_more(struct logview *v)
{
    size_t n = strlen(v->search);
    if (n == 0)
        return LOGVIEW_NONE;
    char *piece = wmem_resize(NULL, PIECE);
    long line = v->search_back ? search_back(v, piece, n) : search_forward(v, piece, n);
    free(piece);
    return line;
}

/* A first search begins with what is seen; a further one behind, or before, what was found. */
static void begin_at(struct logview *v, bool again)
{
    struct logline where = {0};
    struct item item;
    if (again && v->found >= 0 && logindex_line(v->index, v->found, &where)) {
        v->search_at = v->search_back ? where.start : where.end + 1;
        return;
    }
    long top = v->following ? logview_bottom_top(v).item : v->top.item;
    while (logview_item(v, top, &item) && item.heading)
        top++;
    v->search_at = item.heading ? logindex_size(v->index) : item.where.start;
}

long logview_search(struct logview *v, const char *text, bool back)
{
    bool again = !text || strcmp(text, v->search) == 0;
    if (text && !again) {
        free(v->search);
        v->search = wmem_dup(text, strnlen(text, TEXT_MOST));
        v->search_cased = false;
        for (const char *c = v->search; *c; c++)
            v->search_cased |= isupper((unsigned char)*c) != 0;
        v->found = -1;
    }
    v->search_back = back;
    begin_at(v, again);
    return logview_search_more(v);
}

const char *logview_searched(const struct logview *v)
{
    return v->search;
}
