#include "tui/fmt.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void fmt_add_moment(struct buf *out, int64_t at, int64_t now)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct tm then, today;
    time_t t = (time_t)at, n = (time_t)now;
    if (!localtime_r(&t, &then) || !localtime_r(&n, &today)) {
        buf_adds(out, "?");
        return;
    }
    if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday)
        buf_addf(out, "today %02d:%02d", then.tm_hour, then.tm_min);
    else if (at < now && now - at < 6 * 86400)
        buf_addf(out, "%s %02d:%02d", days[then.tm_wday], then.tm_hour, then.tm_min);
    else
        buf_addf(out, "%04d-%02d-%02d", then.tm_year + 1900, then.tm_mon + 1, then.tm_mday);
}

void fmt_size(char *out, size_t size, uint64_t bytes)
{
    static const char units[] = "BKMGTPE";
    double value = (double)bytes;
    int unit = 0;
    if (bytes == UINT64_MAX) {
        snprintf(out, size, "-");
        return;
    }
    while (value >= 999.5 && units[unit + 1]) {
        value /= 1024;
        unit++;
    }
    snprintf(out, size, unit > 0 && value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
}

void fmt_time(char *out, size_t size, uint64_t seconds)
{
    unsigned long long s = seconds;
    if (seconds == UINT64_MAX)
        snprintf(out, size, "-");
    else if (s < 60)
        snprintf(out, size, "%llus", s);
    else if (s < 3600)
        snprintf(out, size, "%llum%02llus", s / 60, s % 60);
    else if (s < 86400)
        snprintf(out, size, "%lluh%02llum", s / 3600, s / 60 % 60);
    else if (s < 10 * 86400)
        snprintf(out, size, "%llud%02lluh", s / 86400, s / 3600 % 24);
    else
        snprintf(out, size, "%llud", s / 86400);
}

void fmt_amount(char *out, size_t size, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    int unit = 0;
    if (bytes == UINT64_MAX) {
        snprintf(out, size, "-");
        return;
    }
    while (value >= 1024 && unit < 6) {
        value /= 1024;
        unit++;
    }
    bool whole = value >= 100 || value - (double)(uint64_t)value < 0.05;
    snprintf(out, size, whole ? "%.0f %s" : "%.1f %s", value, units[unit]);
}
