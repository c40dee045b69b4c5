#include "backend/sim/registry.h"

#include <stdlib.h>
#include <string.h>

const struct reg_repo reg_repos[] = {
    {
        .name = "docker.io/jellyfin/jellyfin",
        .layers = {{"debian-13-slim", REG_BASE, 2400},
                   {"ca-certificates", REG_BASE, 260},
                   {"locales", REG_BASE, 420},
                   {"jellyfin-dependencies", REG_MINOR, 1500},
                   {"jellyfin-ffmpeg", REG_MINOR, 3200},
                   {"jellyfin-opencl", REG_MINOR, 700},
                   {"jellyfin-server", REG_VERSION, 1900},
                   {"jellyfin-web", REG_VERSION, 820}},
        .releases = {{"10.11.2", "latest 10.11 10 10.11.2.20251103-012303", "2025-11-03T01:31:12Z"},
                     {"10.11.1", "10.11.1.20251027-001914", "2025-10-27T00:27:40Z"},
                     {"10.11.0", "10.11.0.20251020-004511", "2025-10-20T00:53:02Z"},
                     {"10.10.7", "10.10 10.10.7.20250405-192030", "2025-04-05T19:31:55Z"},
                     {"10.10.6", "10.10.6.20250216-012013", "2025-02-16T01:29:11Z"},
                     {"10.10.5", "10.10.5.20250126-004432", "2025-01-26T00:52:20Z"},
                     {"10.10.3", "10.10.3.20241119-033054", "2024-11-19T03:39:48Z"},
                     {"10.9.11", "10.9", "2024-09-07T23:04:15Z"},
                     {"10.9.10", "", "2024-08-25T00:41:17Z"},
                     {"10.8.13", "10.8", "2023-11-29T02:02:02Z"},
                     {"10.8.12", "", "2023-11-04T18:17:33Z"},
                     {"10.8.11", "", "2023-09-23T22:19:46Z"},
                     {"10.8.10", "", "2023-04-23T15:13:10Z"},
                     {"2025112405", "unstable", "2025-11-24T05:20:31Z"}},
    },
    {
        .name = "docker.io/library/nginx",
        .layers = {{"debian-13-slim", REG_BASE, 2400}, {"nginx", REG_VERSION, 1800}, {"nginx-entrypoint", REG_BASE, 4}},
        .releases = {{"1.29.3", "latest 1.29 1 mainline trixie", "2025-11-04T03:11:21Z"},
                     {"1.29.2", "", "2025-10-08T02:40:05Z"},
                     {"1.28.0", "1.28 stable", "2025-04-24T18:02:54Z"},
                     {"1.27.5", "1.27", "2025-04-16T21:19:30Z"}},
    },
    {
        .name = "docker.io/library/nextcloud",
        .layers = {{"debian-13-slim", REG_BASE, 2400},
                   {"php-8.3-apache", REG_BASE, 3100},
                   {"nextcloud-extensions", REG_MINOR, 900},
                   {"nextcloud", REG_VERSION, 2600}},
        .releases = {{"33.0.0rc1", "", "2025-11-21T10:00:12Z"},
                     {"32.0.2", "latest 32 32.0 apache stable", "2025-11-20T22:31:07Z"},
                     {"32.0.1", "", "2025-10-24T03:00:51Z"},
                     {"32.0.0", "", "2025-09-27T23:58:14Z"},
                     {"31.0.11", "31 31.0", "2025-11-20T22:40:19Z"}},
    },
    {
        .name = "docker.io/vaultwarden/server",
        .layers = {{"debian-13-slim", REG_BASE, 2400},
                   {"vaultwarden-libraries", REG_BASE, 310},
                   {"vaultwarden-web", REG_VERSION, 1100},
                   {"vaultwarden", REG_VERSION, 1600}},
        .releases = {{"1.34.3", "latest", "2025-07-30T21:05:38Z"},
                     {"1.34.2", "", "2025-07-27T14:33:02Z"},
                     {"1.34.1", "", "2025-05-26T19:47:25Z"},
                     {"1.33.2", "", "2025-02-10T20:03:11Z"}},
    },
    {
        .name = "docker.io/gitea/gitea",
        .layers = {{"alpine-3.22", REG_BASE, 420}, {"gitea-tools", REG_BASE, 800}, {"gitea", REG_VERSION, 2900}},
        .releases = {{"1.25.1", "latest 1.25 1", "2025-11-04T18:12:10Z"},
                     {"1.25.0", "", "2025-10-29T19:21:52Z"},
                     {"1.24.7", "1.24", "2025-10-25T00:31:29Z"},
                     {"1.23.8", "1.23", "2025-05-11T22:08:03Z"}},
    },
    {
        .name = "docker.io/gitea/act_runner",
        .layers = {{"alpine-3.22", REG_BASE, 420}, {"act_runner", REG_VERSION, 1500}},
        .releases = {{"0.2.13", "latest", "2025-08-28T21:09:14Z"},
                     {"0.2.12", "", "2025-06-09T17:14:26Z"},
                     {"0.2.11", "", "2024-10-13T20:13:42Z"},
                     {"nightly", "", "2025-11-24T01:12:09Z"}},
    },
    {
        .name = "ghcr.io/home-assistant/home-assistant",
        .layers = {{"alpine-3.22", REG_BASE, 420},
                   {"home-assistant-python", REG_BASE, 2800},
                   {"home-assistant-wheels", REG_MINOR, 4600},
                   {"home-assistant", REG_VERSION, 1300}},
        .releases = {{"2025.11.2", "latest stable 2025.11", "2025-11-14T20:20:44Z"},
                     {"2025.11.1", "", "2025-11-07T21:44:13Z"},
                     {"2025.11.0", "", "2025-11-05T18:12:37Z"},
                     {"2025.10.4", "2025.10", "2025-10-24T19:58:56Z"},
                     {"2025.12.0b0", "beta", "2025-11-26T17:31:08Z"}},
    },
    {
        .name = "ghcr.io/immich-app/immich-server",
        .layers = {{"debian-13-slim", REG_BASE, 2400},
                   {"immich-base-libraries", REG_BASE, 4100},
                   {"immich-modules", REG_VERSION, 2700},
                   {"immich-web", REG_VERSION, 800}},
        .releases = {{"v2.2.3", "release v2.2 v2", "2025-11-04T21:17:25Z"},
                     {"v2.2.2", "", "2025-11-01T02:11:36Z"},
                     {"v2.1.0", "v2.1", "2025-10-13T20:02:45Z"},
                     {"v1.144.1", "v1", "2025-09-30T19:26:18Z"}},
    },
};
const size_t reg_nrepos = sizeof(reg_repos) / sizeof(reg_repos[0]);

const struct reg_repo *reg_repo(const char *name, size_t len)
{
    for (size_t i = 0; i < reg_nrepos; i++)
        if (strlen(reg_repos[i].name) == len && memcmp(reg_repos[i].name, name, len) == 0)
            return &reg_repos[i];
    return NULL;
}

/* The next word of a list with blanks between; *len 0 at the end. */
static const char *next_word(const char *at, size_t *len)
{
    at += strspn(at, " ");
    *len = strcspn(at, " ");
    return at;
}

const struct reg_release *reg_release(const struct reg_repo *repo, const char *tag)
{
    for (size_t i = 0; i < REG_RELEASES && repo->releases[i].version; i++) {
        const struct reg_release *release = &repo->releases[i];
        if (strcmp(release->version, tag) == 0)
            return release;
        size_t len;
        for (const char *word = next_word(release->aliases, &len); len; word = next_word(word + len, &len))
            if (strlen(tag) == len && memcmp(word, tag, len) == 0)
                return release;
    }
    return NULL;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void reg_tags(const struct reg_repo *repo, struct argv *tags)
{
    for (size_t i = 0; i < REG_RELEASES && repo->releases[i].version; i++) {
        const struct reg_release *release = &repo->releases[i];
        argv_push(tags, release->version);
        size_t len;
        for (const char *word = next_word(release->aliases, &len); len; word = next_word(word + len, &len))
            argv_pushf(tags, "%.*s", (int)len, word);
    }
    if (tags->n)
        qsort(tags->v, tags->n, sizeof(*tags->v), by_bytes);
}
