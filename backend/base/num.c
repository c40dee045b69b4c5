#include "backend/base/num.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool num_parse(const char *s, int64_t min, int64_t max, int64_t *out)
{
    char *end;
    const char *digits = *s == '-' ? s + 1 : s;
    if (!isdigit((unsigned char)*digits))
        return false;
    errno = 0;
    long long n = strtoll(s, &end, 10);
    if (errno || *end || n < min || n > max)
        return false;
    *out = n;
    return true;
}

bool num_parse_u64(const char *s, uint64_t *out)
{
    char *end;
    if (!isdigit((unsigned char)*s))
        return false;
    errno = 0;
    unsigned long long n = strtoull(s, &end, 10);
    if (errno || *end)
        return false;
    *out = n;
    return true;
}

/* Reads digits and one point by hand: strtod takes hexadecimal, infinities, and the point of the locale. */
static bool read_decimal(const char *s, const char **end, double *out)
{
    double value = 0, scale = 1;
    const char *p = s;
    while (isdigit((unsigned char)*p))
        value = value * 10 + (*p++ - '0');
    if (*p == '.' && p > s && isdigit((unsigned char)p[1])) {
        p++;
        while (isdigit((unsigned char)*p)) {
            scale /= 10;
            value += (*p++ - '0') * scale;
        }
    }
    if (p == s || p - s > 40)
        return false;
    *end = p;
    *out = value;
    return true;
}

bool num_parse_double(const char *s, double *out)
{
    const char *end;
    double value;
    bool minus = *s == '-';
    if (!read_decimal(s + minus, &end, &value) || *end)
        return false;
    *out = minus ? -value : value;
    return true;
}

bool num_parse_size(const char *s, uint64_t unit, uint64_t *bytes)
{
    static const char letters[] = "KMGTP";
    const char *p;
    double value;

    if (!read_decimal(s, &p, &value))
        return false;
    while (*p == ' ')
        p++;
    double factor = (double)unit;
    if (*p) {
        const char *letter = strchr(letters, toupper((unsigned char)*p));
        if (letter && *letter) {
            factor = pow(1024, (double)(letter - letters + 1));
            p++;
            if (*p && strcasecmp(p, "b") != 0 && strcasecmp(p, "ib") != 0)
                return false;
        } else if (strcasecmp(p, "b") == 0) {
            factor = 1;
        } else {
            return false;
        }
    }
    double total = value * factor;
    if (total > 4.6e18)
        return false;
    *bytes = (uint64_t)(total + 0.5);
    return true;
}

void num_add_size4(struct buf *out, uint64_t bytes)
{
    static const char letters[] = "BKMGTPE";
    double value = (double)bytes;
    size_t unit = 0;
    /* 999.5 would be written as four digits: it belongs to the next unit. */
    while (value >= 999.5 && letters[unit + 1]) {
        value /= 1024;
        unit++;
    }
    if (unit && value < 9.95)
        buf_addf(out, "%.1f%c", value, letters[unit]);
    else
        buf_addf(out, "%.0f%c", value, letters[unit]);
}

void num_add_size(struct buf *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        value /= 1024;
        unit++;
    }
    if (unit && value < 99.95 && fabs(value - round(value)) >= 0.05)
        buf_addf(out, "%.1f %s", value, units[unit]);
    else
        buf_addf(out, "%.0f %s", value, units[unit]);
}

void num_add_duration(struct buf *out, int64_t seconds)
{
    long long s = seconds < 0 ? 0 : seconds;
    if (s < 60)
        buf_addf(out, "%llds", s);
    else if (s < 3600)
        buf_addf(out, "%lldm%02llds", s / 60, s % 60);
    else if (s < 86400)
        buf_addf(out, "%lldh%02lldm", s / 3600, s % 3600 / 60);
    else if (s < 10 * 86400)
        buf_addf(out, "%lldd %lldh", s / 86400, s % 86400 / 3600);
    else
        buf_addf(out, "%lldd", s / 86400);
}
