#include "widgets/logview-own.h"

#include "widgets/shown.h"
#include "widgets/wmem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TAB          8
#define DIGEST       "sha256:"
#define DIGEST_HEX   64
#define DIGEST_SHOWN 12

static void draw_clock(const struct canvas *c, int y, long long ms)
{
    char text[16];
    struct tm tm;
    time_t seconds = (time_t)(ms / 1000);
    if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%H:%M:%S", &tm) > 0)
        draw_text(c, y, 1, 8, ROLE_DIM, SHOWN_CUT_NEVER, text);
}

static void draw_time(const struct logview *v, const struct canvas *c, int y, off_t at)
{
    int low = 0, high = v->nstamps;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (v->stamps[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (v->times && low > 0)
        draw_clock(c, y, v->stamps[low - 1].ms);
}

static bool is_digest(const char *s, size_t len)
{
    size_t n = strlen(DIGEST);
    if (len < n + DIGEST_HEX || memcmp(s, DIGEST, n) != 0)
        return false;
    for (size_t i = 0; i < DIGEST_HEX; i++)
        if (!isxdigit((unsigned char)s[n + i]))
            return false;
    return true;
}

/* Bytes as they are to be shown on one row: tabs become blanks, digests short. `out` has room for 8 times as many. */
static size_t prepare(const char *s, size_t len, const char *mark, char *out)
{
    size_t n = 0, tag = strlen(DIGEST) + DIGEST_SHOWN;
    for (size_t i = 0; i < len;) {
        if (s[i] == '\t') {
            do
                out[n++] = ' ';
            while (n % TAB);
            i++;
        } else if (s[i] == 's' && is_digest(s + i, len - i)) {
            memcpy(out + n, s + i, tag);
            n += tag;
            memcpy(out + n, mark, strlen(mark));
            n += strlen(mark);
            i += strlen(DIGEST) + DIGEST_HEX;
        } else {
            out[n++] = s[i++];
        }
    }
    return n;
}

/* What was searched for stands out. */
static void draw_found(const struct logview *v, const struct canvas *c, int y, int x, int width, const char *s,
                       size_t len)
{
    size_t from = 0, n = strlen(v->search);
    while (from < len && width > 0) {
        size_t at = n ? logview_find(s + from, len - from, v->search, v->search_cased) : len - from;
        int used = draw_bytes(c, y, x, width, ROLE_TEXT, s + from, at);
        from += at;
        x += used;
        width -= used;
        if (from >= len || width <= 0)
            break;
        used = draw_bytes(c, y, x, width, ROLE_MARK, s + from, n);
        from += n;
        x += used;
        width -= used;
    }
}

static void draw_line(struct logview *v, const struct canvas *c, int y, const struct item *item, off_t sub)
{
    int x = v->times ? 12 : 3, width = logview_text_width(v);
    off_t end = v->wrap ? logview_row_end(v, item, sub) : item->where.end - item->where.shown;
    /* A character takes up to 16 bytes with its marks, but hardly ever so many: what is read is bounded, whatever the
     * line. */
    size_t most = ((size_t)v->sideways + (size_t)width) * 4 + 1024;
    size_t want = (size_t)(end - sub) < most ? (size_t)(end - sub) : most;
    char *raw = wmem_resize(NULL, want), *out = wmem_resize(NULL, want * TAB + 1);
    size_t n = logindex_read(v->index, item->where.shown + sub, raw, want);
    if (v->wrap) {
        for (size_t i = 0; i < n; i++)
            out[i] = raw[i] == '\t' ? ' ' : raw[i];
    } else {
        n = prepare(raw, n, c->theme->glyphs[GLYPH_CUT], out);
    }
    size_t skip = shown_span(out, n, v->sideways, v->utf8, NULL);
    int rest = shown_width(out + skip, n - skip < want ? n - skip : want, v->utf8);
    bool cut = !v->wrap && (rest > width || (off_t)want < end - sub);
    draw_found(v, c, y, x, cut ? width - 1 : width, out + skip, n - skip);
    if (cut)
        draw_glyph(c, y, x + width - 1, ROLE_DIM, GLYPH_CUT);
    if (sub == 0)
        draw_time(v, c, y, item->where.start);
    free(raw);
    free(out);
}

static void draw_heading(struct logview *v, const struct canvas *c, int y, const struct heading *heading)
{
    int x = v->times ? 12 : 3;
    if (v->times && heading->ms)
        draw_clock(c, y, heading->ms);
    else
        draw_time(v, c, y, heading->at);
    draw_text(c, y, x - 2, 1, ROLE_ACCENT, SHOWN_CUT_NEVER, "$");
    draw_text(c, y, x, logview_text_width(v), ROLE_TITLE, SHOWN_CUT_END, heading->text);
}

void logview_draw(struct logview *v, const struct canvas *c)
{
    struct item item;
    v->height = c->height;
    v->width = c->width;
    v->utf8 = c->theme->utf8;
    draw_clear(c);
    struct place end = logview_bottom_top(v);
    if (v->following || v->top.item > end.item || (v->top.item == end.item && v->top.sub > end.sub))
        v->top = end;
    struct place at = v->top;
    for (int y = 0; y < c->height && logview_item(v, at.item, &item); y++) {
        if (item.heading)
            draw_heading(v, c, y, item.heading);
        else
            draw_line(v, c, y, &item, at.sub);
        v->seen_last = at.item;
        if (!logview_next_row(v, &at))
            break;
    }
}
