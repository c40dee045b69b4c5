#include "backend/base/places.h"

#include "backend/base/num.h"

#include <stdlib.h>
#include <time.h>

static const char *place(const char *variable, const char *otherwise)
{
    const char *value = getenv(variable);
    return value && *value ? value : otherwise;
}

const char *places_root(void)
{
    return place("TENGIL_ROOT", "/");
}

const char *places_state(void)
{
    return place("TENGIL_STATE_DIR", "/var/lib/tengil-tui");
}

const char *places_cache(void)
{
    return place("TENGIL_CACHE_DIR", "/var/cache/tengil-tui");
}

const char *places_data(void)
{
    return place("TENGIL_DATA_DIR", PKGDATADIR);
}

const char *places_libexec(void)
{
    return place("TENGIL_LIBEXEC_DIR", PKGLIBEXECDIR);
}

long long places_now(void)
{
    int64_t fixed;
    const char *value = getenv("TENGIL_NOW");
    if (value && num_parse(value, 0, INT64_MAX, &fixed))
        return fixed;
    return time(NULL);
}
