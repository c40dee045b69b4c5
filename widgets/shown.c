#include "widgets/shown.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define MARKS_MAX 3

size_t shown_utf8(const char *s, size_t len, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *u = (const unsigned char *)s;
    size_t n;
    uint32_t c;

    if (len == 0)
        return 0;
    if (u[0] < 0x80) {
        *code = u[0];
        return 1;
    }
    if (u[0] >= 0xC2 && u[0] <= 0xDF)
        n = 2, c = u[0] & 0x1F;
    else if (u[0] >= 0xE0 && u[0] <= 0xEF)
        n = 3, c = u[0] & 0x0F;
    else if (u[0] >= 0xF0 && u[0] <= 0xF4)
        n = 4, c = u[0] & 0x07;
    else
        return 0;
    if (len < n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (u[i] & 0x3F);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *code = c;
    return n;
}

/* Characters that are never put on the screen as they are, whatever wcwidth says. */
static bool refused(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x034F, 0x034F}, {0x061C, 0x061C},   {0x115F, 0x1160},
        {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}, {0x1F3FB, 0x1F3FF},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

/* Columns of the character at `s`: 0 for a combining mark, -1 when it is not shown as it is. */
static int columns_of(const char *s, size_t len, size_t *taken)
{
    uint32_t code = 0;
    *taken = shown_utf8(s, len, &code);
    if (*taken == 0 || refused(code))
        return -1;
    return wcwidth((wchar_t)code);
}

static void escape_byte(char c, struct shown_char *out)
{
    snprintf(out->bytes, sizeof(out->bytes), "\\x%02X", (unsigned char)c);
    out->width = 4;
    out->taken = 1;
    out->escaped = true;
}

bool shown_next(const char *s, size_t len, bool utf8, struct shown_char *out)
{
    size_t n;
    int width;

    if (len == 0)
        return false;
    if (s[0] >= 0x20 && s[0] < 0x7F) {
        out->bytes[0] = s[0];
        n = 1;
        width = 1;
    } else {
        width = utf8 ? columns_of(s, len, &n) : -1;
        /* A mark with nothing to stand on would change the cell before it. */
        if (width <= 0) {
            escape_byte(s[0], out);
            return true;
        }
        memcpy(out->bytes, s, n);
    }
    size_t at = n;
    for (int marks = 0; utf8 && at < len && (s[at] & 0x80) && marks < MARKS_MAX; marks++) {
        size_t more;
        if (columns_of(s + at, len - at, &more) != 0)
            break;
        memcpy(out->bytes + at, s + at, more);
        at += more;
    }
    out->bytes[at] = '\0';
    out->width = width;
    out->taken = at;
    out->escaped = false;
    return true;
}

int shown_width(const char *s, size_t len, bool utf8)
{
    struct shown_char c;
    int width = 0;
    for (size_t at = 0; shown_next(s + at, len - at, utf8, &c); at += c.taken)
        width += c.width;
    return width;
}

size_t shown_span(const char *s, size_t len, int width, bool utf8, int *columns)
{
    struct shown_char c;
    size_t at = 0;
    int used = 0;
    while (shown_next(s + at, len - at, utf8, &c) && used + c.width <= width) {
        used += c.width;
        at += c.taken;
    }
    if (columns)
        *columns = used;
    return at;
}

/* What is put together in a buffer of fixed size; a character that has no room is left out whole. */
struct line {
    char *out;
    size_t size, len;
    int width;
};

static void line_put(struct line *l, const char *bytes, int width)
{
    size_t n = strlen(bytes);
    if (l->len + n + 1 > l->size)
        return;
    memcpy(l->out + l->len, bytes, n + 1);
    l->len += n;
    l->width += width;
}

static void line_add(struct line *l, const char *s, size_t len, bool utf8)
{
    struct shown_char c;
    for (size_t at = 0; shown_next(s + at, len - at, utf8, &c); at += c.taken)
        line_put(l, c.bytes, c.width);
}

/* Where the longest tail of `s` begins that takes at most `width` columns. */
static size_t tail_from(const char *s, size_t len, int width, bool utf8)
{
    struct shown_char c;
    size_t at = 0;
    int whole = shown_width(s, len, utf8);
    while (whole > width && shown_next(s + at, len - at, utf8, &c)) {
        whole -= c.width;
        at += c.taken;
    }
    return at;
}

static void fit_start(struct line *l, const char *s, size_t len, int width, const char *mark, bool utf8)
{
    size_t from = tail_from(s, len, width - 1, utf8);
    const char *slash = memchr(s + from, '/', len - from);
    /* Whole names, unless the last one alone is too long. */
    if (slash && slash + 1 < s + len)
        from = (size_t)(slash - s);
    line_put(l, mark, 1);
    line_add(l, s + from, len - from, utf8);
}

static void fit_middle(struct line *l, const char *s, size_t len, int width, const char *mark, bool utf8)
{
    const char *slash = memchr(s, '/', len);
    size_t head = slash ? (size_t)(slash - s) + 1 : 0;
    int room = width - 1 - shown_width(s, head, utf8);
    /* As many parts at the end as there is room for, one at least: "host/" mark "/last:tag". */
    for (size_t at = head; slash && at < len; at++) {
        if (s[at] == '/' && shown_width(s + at, len - at, utf8) <= room) {
            line_add(l, s, head, utf8);
            line_put(l, mark, 1);
            line_add(l, s + at, len - at, utf8);
            return;
        }
    }
    fit_start(l, s, len, width, mark, utf8);
}

bool shown_fit(char *out, size_t size, const char *s, int width, enum shown_cut cut, bool pad, const char *mark,
               bool utf8)
{
    struct line l = {.out = out, .size = size};
    size_t len = strlen(s);
    size_t fits = shown_span(s, len, width < 0 ? 0 : width, utf8, NULL);
    bool whole = fits == len;

    if (size == 0)
        return true;
    out[0] = '\0';
    if (whole) {
        line_add(&l, s, len, utf8);
    } else if (width > 0) {
        if (cut == SHOWN_CUT_START) {
            fit_start(&l, s, len, width, mark, utf8);
        } else if (cut == SHOWN_CUT_MIDDLE) {
            fit_middle(&l, s, len, width, mark, utf8);
        } else {
            line_add(&l, s, shown_span(s, len, width - 1, utf8, NULL), utf8);
            line_put(&l, mark, 1);
        }
    }
    while (pad && l.width < width && l.len + 1 < size)
        line_put(&l, " ", 1);
    return !whole;
}

bool shown_wrap(const char *s, size_t *at, int width, bool utf8, size_t *start, size_t *len)
{
    size_t all = strlen(s), from = *at;
    if (from >= all)
        return false;
    const char *feed = strchr(s + from, '\n');
    size_t end = feed ? (size_t)(feed - s) : all;
    size_t fits = shown_span(s + from, end - from, width < 1 ? 1 : width, utf8, NULL);
    *start = from;
    if (from + fits == end) {
        *len = fits;
        *at = end + (feed != NULL);
        return true;
    }
    size_t cut = fits;
    while (cut > 0 && s[from + cut] != ' ')
        cut--;
    if (cut == 0) {
        struct shown_char c;
        if (fits == 0 && shown_next(s + from, end - from, utf8, &c))
            fits = c.taken;
        *len = fits;
        *at = from + fits;
        return true;
    }
    *at = from + cut;
    while (s[*at] == ' ')
        (*at)++;
    *len = cut;
    return true;
}
