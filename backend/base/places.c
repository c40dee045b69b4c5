#include "backend/base/places.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"

#include <fcntl.h>
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

int places_make(struct err *err)
{
    char *pulls = mem_printf("%s/pull", places_cache());
    char *blobs = mem_printf("%s/blobs", places_cache());
    int rc = file_make_dirs(AT_FDCWD, places_state(), 0700, err);

    if (!rc)
        rc = file_make_dirs(AT_FDCWD, pulls, 0755, err);
    if (!rc)
        rc = file_make_dirs(AT_FDCWD, blobs, 0755, err);
    free(pulls);
    free(blobs);
    return rc;
}
