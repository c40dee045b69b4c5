#include "tui/fmt.h"

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
