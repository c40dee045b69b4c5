#include "backend/base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

size_t text_utf8_len(const char *s, size_t max)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t len;
    uint32_t c;

    if (!max)
        return 0;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        len = 2;
        c = p[0] & 0x1F;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        len = 3;
        c = p[0] & 0x0F;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        len = 4;
        c = p[0] & 0x07;
    } else {
        return 0;
    }
    if (len > max)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    if ((len == 3 && c < 0x800) || (len == 4 && (c < 0x10000 || c > 0x10FFFF)) || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    return len;
}

static uint32_t decode(const unsigned char *p, size_t len)
{
    uint32_t c = len == 1 ? p[0] : len == 2 ? p[0] & 0x1Fu : len == 3 ? p[0] & 0x0Fu : p[0] & 0x07u;
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    return c;
}

bool text_is_control(const char *s, size_t len)
{
    uint32_t c = decode((const unsigned char *)s, len);
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

bool text_is_clean(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t step = text_utf8_len(s + i, len - i);
        if (!step || text_is_control(s + i, step))
            return false;
        i += step;
    }
    return true;
}

void text_add_shown(struct buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t step = text_utf8_len(s + i, len - i);
        if (step && !text_is_control(s + i, step)) {
            buf_add(out, s + i, step);
            i += step;
            continue;
        }
        for (size_t end = i + (step ? step : 1); i < end; i++)
            buf_addf(out, "\\x%02x", (unsigned char)s[i]);
    }
}

char *text_trim(char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    size_t len = strlen(s);
    while (len && isspace((unsigned char)s[len - 1]))
        s[--len] = '\0';
    return s;
}

bool text_starts(const char *s, const char *prefix, const char **rest)
{
    size_t len = strlen(prefix);
    if (strncmp(s, prefix, len) != 0)
        return false;
    if (rest)
        *rest = s + len;
    return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

size_t text_distance(const char *a, const char *b)
{
    enum { MAX = 64 };
    size_t rows[3][MAX + 1];
    size_t na = strlen(a), nb = strlen(b);

    if (na > MAX || nb > MAX)
        return MAX;
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}
