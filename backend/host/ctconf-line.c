#include "backend/host/ctconf-line.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void set_value(struct ctconf_line *line, const char *from, const char *to)
{
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    line->value = from;
    line->value_len = (size_t)(to - from);
}

/* `[pve:pending]`, `[snapshot]`. A name with a colon that is not known yet begins a section too, no snapshot. */
static bool read_section(struct ctconf_line *line, const char *to)
{
    const char *p = line->start;
    while (to > p && is_blank(to[-1]))
        to--;
    if (to - p < 4 || *p != '[' || to[-1] != ']')
        return false;
    const char *name = p + 1;
    for (p = name; p < to - 1; p++) {
        bool letter = is_lower(*p) || (*p >= 'A' && *p <= 'Z');
        if (!letter && (p == name || (!is_digit(*p) && *p != '_' && *p != '-' && *p != ':')))
            return false;
    }
    line->kind = CTCONF_SECTION;
    line->key = name;
    line->key_len = (size_t)(to - 1 - name);
    return true;
}

static bool read_lxc(struct ctconf_line *line, const char *to)
{
    const char *p = line->start;
    if (to - p < 5 || memcmp(p, "lxc.", 4) != 0)
        return false;
    for (p += 4; p < to && (is_lower(*p) || is_digit(*p) || *p == '_' || *p == '-' || *p == '.'); p++)
        ;
    const char *key_end = p;
    if (key_end == line->start + 4)
        return false;
    if (p < to && *p != ':') {
        while (p < to && is_blank(*p))
            p++;
        if (p == to || *p != '=')
            return false;
    }
    if (p == to)
        return false;
    line->kind = CTCONF_LXC;
    line->key = line->start;
    line->key_len = (size_t)(key_end - line->start);
    set_value(line, p + 1, to);
    return true;
}

static bool read_key(struct ctconf_line *line, const char *to)
{
    const char *p = line->start;
    if (p == to || !is_lower(*p))
        return false;
    while (p < to && (is_lower(*p) || *p == '_'))
        p++;
    while (p < to && is_digit(*p))
        p++;
    if (p == to || *p != ':')
        return false;
    line->kind = CTCONF_KEY;
    line->key = line->start;
    line->key_len = (size_t)(p - line->start);
    set_value(line, p + 1, to);
    return true;
}

static bool all_blank(const char *p, const char *to)
{
    while (p < to && is_blank(*p))
        p++;
    return p == to;
}

bool ctconf_next_line(const char **at, const char *end, struct ctconf_line *line)
{
    if (*at == end)
        return false;
    const char *feed = memchr(*at, '\n', (size_t)(end - *at));
    const char *to = feed ? feed : end;
    *line = (struct ctconf_line){.kind = CTCONF_OTHER, .start = *at, .end = feed ? feed + 1 : end};
    *at = line->end;

    if (all_blank(line->start, to)) {
        line->kind = CTCONF_BLANK;
    } else if (memchr(line->start, '\0', (size_t)(to - line->start))) {
        /* No value of Proxmox's holds a NUL; a string of ours would end there. */
    } else if (*line->start == '#') {
        line->kind = CTCONF_DESCRIPTION;
        line->value = line->start + 1;
        line->value_len = (size_t)(to - line->value);
    } else if (!read_section(line, to) && !read_lxc(line, to)) {
        read_key(line, to);
    }
    return true;
}

bool ctconf_line_is(const struct ctconf_line *line, const char *key)
{
    size_t len = strlen(key);
    return line->key && line->key_len == len && memcmp(line->key, key, len) == 0;
}
