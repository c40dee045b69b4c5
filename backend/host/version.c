#include "backend/host/version.h"

#include "backend/base/mem.h"
#include "backend/base/spawn.h"
#include "backend/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define OUTPUT_MAX (1024 * 1024)
#define TIMEOUT_MS 20000

static void take_version(const char *line, const char *package, char **where)
{
    const char *rest;
    if (*where || !text_starts(line, package, &rest) || *rest != ':')
        return;
    rest += 1 + strspn(rest + 1, " \t");
    size_t len = strcspn(rest, " \t\r\n");
    if (len && isdigit((unsigned char)*rest))
        *where = mem_dup(rest, len);
}

void version_parse(const char *text, struct host *host)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        take_version(line, "pve-manager", &host->pve_version);
        take_version(line, "pve-container", &host->container_version);
        if (*line == '\0')
            break;
    }
}

void version_load(struct host *host)
{
    struct spawn_result result = SPAWN_RESULT_INIT;
    struct argv argv = ARGV_INIT;
    argv_push_all(&argv, "pveversion", "-v", (char *)NULL);
    if (spawn_capture(&argv, OUTPUT_MAX, TIMEOUT_MS, &result, NULL) == 0)
        version_parse(result.out.s, host);
    spawn_result_clear(&result);
    argv_clear(&argv);
}

char *version_arch(void)
{
    static const struct {
        const char *machine, *arch;
    } rows[] = {
        {"x86_64", "amd64"}, {"aarch64", "arm64"},   {"armv7l", "armhf"},    {"armv8l", "armhf"},
        {"i686", "i386"},    {"ppc64le", "ppc64el"}, {"riscv64", "riscv64"},
    };
    struct utsname name;
    if (uname(&name))
        return NULL;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(name.machine, rows[i].machine) == 0)
            return mem_strdup(rows[i].arch);
    return mem_strdup(name.machine);
}

/* The numbers between the points are compared, a missing one counts as 0; what stands behind another character (`-1`,
 * `~rc1`) is a revision and does not count. */
bool host_version_at_least(const char *version, const char *wanted)
{
    if (!version)
        return false;
    for (;;) {
        char *version_end, *wanted_end;
        unsigned long long v = isdigit((unsigned char)*version) ? strtoull(version, &version_end, 10) : 0;
        unsigned long long w = isdigit((unsigned char)*wanted) ? strtoull(wanted, &wanted_end, 10) : 0;
        if (v != w)
            return v > w;
        if (!isdigit((unsigned char)*wanted) || *wanted_end != '.')
            return true;
        wanted = wanted_end + 1;
        if (isdigit((unsigned char)*version))
            version = *version_end == '.' ? version_end + 1 : version_end + strlen(version_end);
    }
}
