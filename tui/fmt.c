#include "tui/fmt.h"

#include "backend/base/num.h"

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

static void copy(char *out, size_t size, struct buf *text)
{
    snprintf(out, size, "%s", text->s);
    buf_clear(text);
}

void fmt_size(char *out, size_t size, uint64_t bytes)
{
    struct buf text = BUF_INIT;
    if (bytes == UINT64_MAX)
        buf_adds(&text, "-");
    else
        num_add_size4(&text, bytes);
    copy(out, size, &text);
}

void fmt_time(char *out, size_t size, uint64_t seconds)
{
    struct buf text = BUF_INIT;
    if (seconds == UINT64_MAX)
        buf_adds(&text, "-");
    else
        num_add_duration(&text, (int64_t)seconds);
    copy(out, size, &text);
}

void fmt_amount(char *out, size_t size, uint64_t bytes)
{
    struct buf text = BUF_INIT;
    if (bytes == UINT64_MAX)
        buf_adds(&text, "-");
    else
        num_add_size(&text, bytes);
    copy(out, size, &text);
}
