#include "widgets/logindex.h"

#include "widgets/wmem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE      65536
#define MARK_LINES 64

/* A line whose begin is remembered. */
struct mark {
    off_t at;
    long line;
};

/* A line of more than PIECE bytes: what would cost its length to find out again. */
struct long_line {
    long line;
    struct logline where;
};

struct logindex {
    int fd;
    off_t size; /* bytes read so far */
    struct mark *marks;
    size_t nmarks;
    struct long_line *longs;
    size_t nlongs;
    off_t *breaks;
    size_t nbreaks, next_break;
    long lines; /* whole ones; the one that has no end yet has this number */
    struct logline last;
    bool carriage; /* the last byte read was a carriage return */
    char cache[PIECE];
    off_t cached;
    size_t ncached;
    struct mark hint; /* the line that was asked for last */
};

struct logindex *logindex_new(int fd)
{
    struct logindex *x = wmem_zero(1, sizeof(*x));
    x->fd = fd;
    return x;
}

void logindex_free(struct logindex *x)
{
    if (!x)
        return;
    if (x->fd >= 0)
        close(x->fd);
    free(x->marks);
    free(x->longs);
    free(x->breaks);
    free(x);
}

int logindex_fd(const struct logindex *x)
{
    return x->fd;
}

off_t logindex_size(const struct logindex *x)
{
    return x->size;
}

long logindex_lines(const struct logindex *x)
{
    return x->lines + (x->size > x->last.start);
}

static ssize_t read_at(int fd, off_t at, char *out, size_t len)
{
    ssize_t n;
    do
        n = pread(fd, out, len, at);
    while (n < 0 && errno == EINTR);
    return n;
}

/* What the cache has from this byte on; *len 0 at the end. */
static const char *peek(struct logindex *x, off_t from, size_t *len)
{
    if (from < x->cached || from >= x->cached + (off_t)x->ncached) {
        /* From a round place, so that lines near by are there too; only what is indexed already, since that stays. */
        x->cached = from - from % (PIECE / 4);
        off_t left = x->size - x->cached;
        size_t want = left < PIECE ? (size_t)(left > 0 ? left : 0) : PIECE;
        ssize_t n = read_at(x->fd, x->cached, x->cache, want);
        x->ncached = n > 0 ? (size_t)n : 0;
    }
    off_t offset = from - x->cached;
    *len = offset < (off_t)x->ncached ? x->ncached - (size_t)offset : 0;
    return x->cache + (*len ? offset : 0);
}

size_t logindex_read(struct logindex *x, off_t at, char *out, size_t len)
{
    size_t done = 0, have;
    while (done < len) {
        const char *from = peek(x, at + (off_t)done, &have);
        if (have == 0)
            break;
        size_t take = have < len - done ? have : len - done;
        memcpy(out + done, from, take);
        done += take;
    }
    return done;
}

/* --- growing --- */

static void begin_line(struct logindex *x, off_t at)
{
    x->last = (struct logline){.start = at, .end = at, .shown = at};
    x->carriage = false;
    const struct mark *mark = x->nmarks ? &x->marks[x->nmarks - 1] : NULL;
    if (mark && x->lines - mark->line < MARK_LINES && at - mark->at < PIECE)
        return;
    WMEM_GROW(x->marks, x->nmarks);
    x->marks[x->nmarks++] = (struct mark){.at = at, .line = x->lines};
}

/* More bytes of the line that has no end yet; none of them is a line feed. */
static void extend_line(struct logindex *x, const char *bytes, size_t len, off_t at)
{
    size_t n = len;
    while (n > 0 && bytes[n - 1] == '\r')
        n--;
    if (n > 0) {
        const char *back = memrchr(bytes, '\r', n);
        if (back)
            x->last.shown = at + (back - bytes) + 1;
        else if (x->carriage)
            x->last.shown = at;
        x->last.end = at + (off_t)n;
    }
    if (len > 0)
        x->carriage = n < len || (n == 0 && x->carriage);
}

static void end_line(struct logindex *x, off_t next)
{
    if (next - x->last.start > PIECE) {
        WMEM_GROW(x->longs, x->nlongs);
        x->longs[x->nlongs++] = (struct long_line){.line = x->lines, .where = x->last};
    }
    x->lines++;
    begin_line(x, next);
}

static void index_bytes(struct logindex *x, const char *bytes, size_t len, off_t at)
{
    size_t from = 0;
    while (from < len) {
        off_t here = at + (off_t)from;
        size_t until = len;
        /* A break that is due: an unfinished line ends. */
        while (x->next_break < x->nbreaks && x->breaks[x->next_break] <= here) {
            if (x->breaks[x->next_break] == here && here > x->last.start)
                end_line(x, here);
            x->next_break++;
        }
        if (x->next_break < x->nbreaks && x->breaks[x->next_break] < at + (off_t)len)
            until = (size_t)(x->breaks[x->next_break] - at);
        const char *feed = memchr(bytes + from, '\n', until - from);
        size_t end = feed ? (size_t)(feed - bytes) : until;
        extend_line(x, bytes + from, end - from, here);
        if (feed)
            end_line(x, at + (off_t)end + 1);
        from = end + (feed != NULL);
    }
}

static void start_anew(struct logindex *x)
{
    x->size = 0;
    x->nmarks = x->nlongs = x->next_break = 0;
    x->lines = 0;
    x->ncached = 0;
    x->hint = (struct mark){0};
    begin_line(x, 0);
}

bool logindex_grow(struct logindex *x, size_t budget)
{
    char piece[PIECE];
    struct stat st;
    if (x->fd < 0 || fstat(x->fd, &st) < 0)
        return false;
    if (st.st_size < x->size || x->nmarks == 0)
        start_anew(x);
    while (x->size < st.st_size && budget > 0) {
        size_t want = budget < sizeof(piece) ? budget : sizeof(piece);
        ssize_t n = read_at(x->fd, x->size, piece, want);
        if (n <= 0)
            return false;
        index_bytes(x, piece, (size_t)n, x->size);
        x->size += n;
        budget -= (size_t)n;
    }
    return x->size < st.st_size;
}

void logindex_break(struct logindex *x, off_t at)
{
    WMEM_GROW(x->breaks, x->nbreaks);
    x->breaks[x->nbreaks++] = at;
}

/* --- finding --- */

/* The last mark that stands not behind what is looked for. */
static const struct mark *mark_before(const struct logindex *x, long line, off_t at)
{
    size_t low = 0, high = x->nmarks;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (line >= 0 ? x->marks[middle].line <= line : x->marks[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return &x->marks[low];
}

static const struct long_line *long_line(const struct logindex *x, long line)
{
    size_t low = 0, high = x->nlongs;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->longs[middle].line == line)
            return &x->longs[middle];
        if (x->longs[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Where the line that begins at `at` ends, in bytes that are read piece by piece; *next gets the begin of the next. */
static off_t end_from(struct logindex *x, off_t at, off_t *next)
{
    off_t from = at;
    size_t n;
    for (;;) {
        const char *piece = peek(x, from, &n), *feed = n ? memchr(piece, '\n', n) : NULL;
        off_t end = from + (feed ? feed - piece : (off_t)n);
        for (size_t i = 0; i < x->nbreaks; i++) {
            if (x->breaks[i] > at && x->breaks[i] <= end && x->breaks[i] >= from) {
                *next = x->breaks[i];
                return x->breaks[i];
            }
        }
        if (feed || n == 0) {
            *next = end + (feed != NULL);
            return end;
        }
        from = end;
    }
}

static void fold(struct logindex *x, struct logline *line)
{
    char piece[PIECE + 1];
    size_t n = logindex_read(x, line->start, piece, (size_t)(line->end - line->start));
    while (n > 0 && piece[n - 1] == '\r')
        n--;
    const char *back = n ? memrchr(piece, '\r', n) : NULL;
    line->end = line->start + (off_t)n;
    line->shown = line->start + (back ? back - piece + 1 : 0);
}

bool logindex_line(struct logindex *x, long line, struct logline *out)
{
    if (line < 0 || line >= logindex_lines(x))
        return false;
    const struct long_line *known = long_line(x, line);
    if (line == x->lines || known) {
        *out = known ? known->where : x->last;
        return true;
    }
    const struct mark *mark = mark_before(x, line, 0);
    if (x->hint.line >= mark->line && x->hint.line <= line)
        mark = &x->hint;
    off_t at = mark->at, next = at;
    for (long n = mark->line; n < line; n++, at = next)
        end_from(x, at, &next);
    x->hint = (struct mark){.at = at, .line = line};
    out->start = at;
    out->end = end_from(x, at, &next);
    fold(x, out);
    return true;
}

long logindex_line_at(struct logindex *x, off_t at)
{
    if (x->nmarks == 0)
        return 0;
    if (at >= x->last.start)
        return x->lines;
    const struct mark *mark = mark_before(x, -1, at);
    long line = mark->line;
    for (off_t from = mark->at, next; from <= at && line < x->lines; from = next, line++) {
        const struct long_line *known = long_line(x, line);
        if (known)
            next = known->where.end + 1 > at ? at + 1 : known->where.end + 1;
        else
            end_from(x, from, &next);
        if (at < next)
            return line;
    }
    return line;
}
