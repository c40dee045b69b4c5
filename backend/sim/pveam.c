#include "backend/sim/pveam.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/sim/apl.h"
#include "backend/sim/fault.h"
#include "backend/sim/image.h"
#include "backend/sim/seed.h"
#include "backend/sim/state.h"
#include "backend/sim/storage.h"
#include "backend/sim/worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/*
 * pveam of pve-manager 9.2.11, words as recorded. Nothing is fetched: a download makes a small system of that
 * distribution on the spot, whose digest is the one in the index. A host without network has .sim/offline.
 */
#define LOG "/var/log/pveam.log"

/* The folder that templates of a storage lie in, below the root. */
static char *template_folder(const struct sim_storage *st)
{
    const char *path = sim_props_get(&st->props, "path");
    return path ? mem_printf("%s/template/cache", path) : NULL;
}

/* --- list ------------------------------------------------------------------------------------------------------- */

static bool is_template(struct sim *s, const struct sim_storage *st, const char *file)
{
    const char *kind = "";
    char *name = mem_printf("vztmpl/%s", file);
    bool yes = sim_volume_kind(s, st, name, &kind) == 0 && strcmp(kind, "vztmpl") == 0;
    buf_reset(&s->error);
    free(name);
    return yes;
}

static int ignoring_case(const void *a, const void *b)
{
    return strcasecmp(*(char *const *)a, *(char *const *)b);
}

int pveam_list(struct sim *s)
{
    struct sim_storage st;
    struct argv names = ARGV_INIT;
    if (sim_storage_enabled(s, sim_get(s, "storage"), &st) < 0)
        return -1;
    char *folder = template_folder(&st);
    if (!folder || !sim_storage_has(&st, "vztmpl"))
        return sim_fail(s, "Storage does not support templates!\n");
    sim_names(s, folder, &names);
    if (names.n)
        qsort(names.v, names.n, sizeof(names.v[0]), ignoring_case);
    printf("%-60s %-6s\n", "NAME", "SIZE");
    for (size_t i = 0; i < names.n; i++) {
        struct stat file;
        char *path = mem_printf("%s/%s", folder, names.v[i]), *volid = mem_printf("%s:vztmpl/%s", st.id, names.v[i]);
        if (is_template(s, &st, names.v[i]) && sim_stat(s, path, &file) == 0 && S_ISREG(file.st_mode))
            printf("%-60s %-4.2fMB\n", volid, (double)file.st_size / (1 << 20));
        free(path);
        free(volid);
    }
    return 0;
}

/* --- available, update ------------------------------------------------------------------------------------------ */

int pveam_available(struct sim *s)
{
    struct sim_template *list;
    size_t n;
    const char *section = sim_get(s, "section");
    sim_apl_read(s->root, &list, &n);
    for (size_t i = 0; i < n; i++)
        if (!section || strcmp(section, list[i].section) == 0)
            printf("%-15s %-60s %s\n", list[i].section, list[i].file, list[i].arch ? list[i].arch : "");
    sim_apl_free(list, n);
    return 0;
}

static bool offline(const struct sim *s)
{
    return sim_exists(s, "/.sim/offline");
}

int pveam_update(struct sim *s)
{
    char line[160], stamp[32];
    time_t now = (time_t)places_now();
    struct tm tm;
    bool failed = offline(s) || sim_fault(s, SIM_BEFORE) < 0 || sim_pass(s, 1.5) < 0 ||
                  sim_apl_write(s->root, NULL) < 0 || sim_fault(s, SIM_AFTER) < 0;
    strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", localtime_r(&now, &tm));
    snprintf(line, sizeof(line), "%s update %s\n", stamp, failed ? "failed" : "successful");
    sim_append(s, LOG, line);
    if (failed)
        fputs("update failed - see /var/log/pveam.log for details\n", stderr);
    else
        puts("update successful");
    return 0;
}

/* --- download --------------------------------------------------------------------------------------------------- */

struct download {
    const struct sim_template *wanted;
    char *folder, *dest, *url;
    const char *host;
};

/* Where the two indexes of templates point to. */
static const struct {
    const char *source, *host, *base;
} sources[] = {
    {"download.proxmox.com", "download.proxmox.com", "http://download.proxmox.com/images/"},
    {"releases.turnkeylinux.org", "releases.turnkeylinux.org", "https://releases.turnkeylinux.org/pve/"},
};

static void say_connect(const struct download *d, bool reached)
{
    char stamp[32];
    time_t now = (time_t)places_now();
    struct tm tm;
    strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", localtime_r(&now, &tm));
    printf("--%s--  %s\nResolving %s (%s)... ", stamp, d->url, d->host, d->host);
    printf(reached ? "192.0.2.80\nConnecting to %s (%s)|192.0.2.80|:80... connected.\n"
                     "HTTP request sent, awaiting response... 200 OK\n"
                   : "failed: Name or service not known.\n",
           d->host, d->host);
}

/* An existing file is good when its digest is; a wrong one is not touched. */
static int check_existing(struct sim *s, const struct download *d, int dir)
{
    char hex[SHA512_HEX + 1];
    puts("calculating checksum of existing file...");
    if (sim_sha512(dir, d->wanted->file, hex) == 0 && d->wanted->sha512 && strcmp(hex, d->wanted->sha512) == 0) {
        puts("OK, got correct file already, no need to download");
        return 0;
    }
    return sim_fail(s, "checksum mismatch: got '%s' != expect '%s', aborting\n", hex,
                    d->wanted->sha512 ? d->wanted->sha512 : "");
}

/* As wget tells it, a line for each quarter. */
static int fetch(struct sim *s, const struct download *d, int dir, const char *tmp)
{
    struct err err = {0};
    struct stat st = {0};
    if (sim_fault(s, SIM_BEFORE) < 0)
        return -1;
    say_connect(d, true);
    if (sim_template_write(dir, tmp, d->wanted->file, seed_template_size(d->wanted->file), &err) < 0)
        return sim_fail(s, "%s\n", err.text);
    fstatat(dir, tmp, &st, 0);
    printf("Length: %lld [application/octet-stream]\nSaving to: '%s.tmp_dwnl.%ld'\n\n", (long long)st.st_size, d->dest,
           (long)getpid());
    for (int quarter = 1; quarter <= 4; quarter++) {
        if (sim_pass(s, 1.8) < 0 || (quarter == 2 && sim_fault(s, SIM_DURING) < 0))
            return -1;
        printf("%6lldK ........ ........ ........ ........ %3d%%\n", (long long)st.st_size / 4096 * quarter,
               quarter * 25);
    }
    printf("\n");
    return 0;
}

static int finish(struct sim *s, const struct download *d, int dir, const char *tmp)
{
    char hex[SHA512_HEX + 1];
    printf("calculating checksum...");
    if (sim_sha512(dir, tmp, hex) < 0 || (d->wanted->sha512 && strcmp(hex, d->wanted->sha512) != 0))
        return sim_fail(s, "checksum mismatch: got '%s' != expect '%s'\n", hex, d->wanted->sha512);
    puts("OK, checksum verified");
    if (renameat(dir, tmp, dir, d->wanted->file))
        return sim_fail(s, "unable to save file\n");
    printf("download of '%s' to '%s' finished\n", d->url, d->dest);
    return sim_fault(s, SIM_AFTER);
}

static int download_work(struct sim *s, void *data)
{
    const struct download *d = data;
    printf("downloading %s to %s\n", d->url, d->dest);
    sim_make_dir(s, d->folder);
    int dir = sim_open(s, d->folder, O_RDONLY | O_DIRECTORY, 0);
    if (dir < 0)
        return sim_fail(s, "unable to create '%s' - %s\n", d->folder, strerror(-dir));
    char *tmp = mem_printf("%s.tmp_dwnl.%ld", d->wanted->file, (long)getpid());
    int rc;
    if (faccessat(dir, d->wanted->file, F_OK, 0) == 0) {
        rc = check_existing(s, d, dir);
    } else if (offline(s)) {
        say_connect(d, false);
        rc = sim_fail(s, "download failed: wget: unable to resolve host address '%s'\n", d->host);
    } else {
        rc = fetch(s, d, dir, tmp);
        if (rc == 0)
            rc = finish(s, d, dir, tmp);
        unlinkat(dir, tmp, 0);
        if (rc < 0 && strncmp(s->error.s, "checksum", 8) != 0) {
            char *why = mem_strdup(s->error.s);
            rc = sim_fail(s, "download failed: %s", why);
            free(why);
        }
    }
    free(tmp);
    close(dir);
    return rc;
}

int pveam_download(struct sim *s)
{
    struct sim_template *list;
    struct sim_storage st;
    size_t n, row = 0;
    struct download d = {.host = sources[0].host};
    sim_apl_read(s->root, &list, &n);
    while (row < n && strcmp(list[row].file, sim_get(s, "template")) != 0)
        row++;
    if (row == n)
        return sim_refuse(s, "template", "no such template");
    if (sim_storage_enabled(s, sim_get(s, "storage"), &st) < 0)
        return -1;
    d.wanted = &list[row];
    d.folder = template_folder(&st);
    if (!d.folder || !sim_storage_has(&st, "vztmpl"))
        return sim_fail(s, "storage '%s' does not support templates\n", st.id);
    d.dest = mem_printf("%s/%s", d.folder, d.wanted->file);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (strcmp(sources[i].source, d.wanted->source) == 0) {
            d.url = mem_printf("%s%s", sources[i].base, d.wanted->location);
            d.host = sources[i].host;
        }
    }
    if (!d.url)
        d.url = mem_printf("%s%s", sources[0].base, d.wanted->location);
    /* Whatever goes wrong from here on, the exit code is 0. */
    return sim_worker_lenient(s, "download", 0, download_work, &d);
}

/* --- remove ----------------------------------------------------------------------------------------------------- */

int pveam_remove(struct sim *s)
{
    const char *what = sim_get(s, "template_path"), *kind;
    struct sim_storage st;
    char *id, *name;
    if (what[0] == '/') {
        if (!sim_exists(s, what))
            return sim_fail(s, "can't find file '%s'\n", what);
        return sim_remove(s, what) < 0 ? sim_fail(s, "unlink '%s' failed\n", what) : 0;
    }
    if (!strchr(what, ':'))
        return sim_fail(s, "can't find file '%s'\n", what);
    if (sim_volume_split(s, what, &id, &name) < 0 || sim_storage_enabled(s, id, &st) < 0 ||
        sim_volume_kind(s, &st, name, &kind) < 0)
        return -1;
    if (strcmp(kind, "vztmpl") != 0)
        return sim_fail(s, "unable to use volume %s - content type needs to be 'vztmpl'\n", what);
    if (!sim_volume_exists(s, what))
        return sim_fail(s, "volume '%s' does not exist\n", what);
    if (sim_fault(s, SIM_BEFORE) < 0 || sim_volume_free(s, what) < 0)
        return -1;
    return sim_fault(s, SIM_AFTER);
}
