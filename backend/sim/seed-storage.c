#include "backend/sim/seed.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/sim/apl.h"
#include "backend/sim/image.h"
#include "backend/sim/put.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What lies in the storages: images and templates, the index of templates that can be had, backups, and how full they
 * are. */
#define CACHE "var/lib/vz/template/cache"
#define DUMP  "var/lib/vz/dump"

static struct {
    char digest[HASH_SHA256_HEX + 1];
} digests[32]; /* of the seeded images, by their row */

int64_t seed_when(unsigned days, unsigned hour, unsigned minute)
{
    return places_now() - (int64_t)days * 86400 - ((15 * 60 + 1) - ((int64_t)hour * 60 + minute)) * 60;
}

uint64_t seed_template_size(const char *file)
{
    for (size_t i = 0; i < seed_nimages; i++)
        if (seed_images[i].file && strcmp(seed_images[i].file, file) == 0)
            return seed_images[i].size;
    return 0;
}

char *seed_image_file(const char *reference)
{
    struct buf name = BUF_INIT;
    for (const char *p = reference; *p; p++) {
        buf_addch(&name, *p == '/' || *p == ':' ? '_' : *p);
        if (*p == '_')
            buf_addch(&name, '_'); /* one that stood there is doubled, so that no two references share a name */
    }
    buf_adds(&name, "_amd64.tar");
    return buf_detach(&name);
}

void seed_digest(const char *reference, char digest[HASH_SHA256_HEX + 1])
{
    for (size_t i = 0; i < seed_nimages; i++) {
        if (seed_images[i].reference && strcmp(seed_images[i].reference, reference) == 0) {
            memcpy(digest, digests[i].digest, HASH_SHA256_HEX + 1);
            return;
        }
    }
    hash_sha256(reference, strlen(reference), digest);
}

static int set_time(int dir, const char *path, int64_t when, struct err *err)
{
    struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    return utimensat(dir, path, times, 0) ? err_sys(err, -errno, "Could not set the time of %s", path) : 0;
}

static int put_image(int dir, size_t row, struct err *err)
{
    const struct seed_image *image = &seed_images[row];
    int64_t when = places_now() - (int64_t)image->days * 86400 - (int64_t)image->hours * 3600;
    char *file = image->file ? mem_strdup(image->file) : seed_image_file(image->reference);
    int rc;
    if (image->file) {
        rc = sim_template_write(dir, file, file, image->size, err);
    } else {
        const char *tag = strrchr(image->reference, ':') + 1;
        char *name = mem_dup(image->reference, (size_t)(tag - image->reference) - 1), created[32];
        time_t made = (time_t)(when - 3 * 86400);
        struct tm tm;
        struct sim_blob manifest;
        strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&made, &tm));
        rc = sim_archive_write(dir, file, sim_app(name), image->reference, tag, created, image->size, &manifest, err);
        memcpy(digests[row].digest, manifest.digest, sizeof(manifest.digest));
        free(name);
    }
    if (!rc)
        rc = set_time(dir, file, when, err);
    free(file);
    return rc;
}

/* A file that is all hole: nothing looks into a backup. */
static int put_backup(int dir, const struct seed_backup *backup, struct err *err)
{
    time_t when = (time_t)seed_when(backup->days, backup->hour, backup->minute);
    char stamp[32], *file;
    struct tm tm;
    strftime(stamp, sizeof(stamp), "%Y_%m_%d-%H_%M_%S", localtime_r(&when, &tm));
    file = mem_printf("vzdump-lxc-%d-%s.tar.zst", backup->vmid, stamp);
    int fd = openat(dir, file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644), rc = 0;
    if (fd < 0 || ftruncate(fd, (off_t)backup->size))
        rc = err_sys(err, -errno, "Could not make the backup %s", file);
    if (fd >= 0)
        close(fd);
    if (!rc)
        rc = set_time(dir, file, when, err);
    free(file);
    return rc;
}

static int put_space(int root, bool empty, struct err *err)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < seed_nstorages; i++) {
        unsigned long long total = seed_storages[i].total, used = empty ? total / 50 : seed_storages[i].used;
        buf_addf(&out, "%s %llu %llu %llu\n", seed_storages[i].id, total, used, total - used);
    }
    int rc = sim_put(root, ".sim/space", 0644, out.s, out.len, err);
    buf_clear(&out);
    return rc;
}

int seed_storage(int root, bool empty, struct err *err)
{
    int rc = put_space(root, empty, err);
    int cache = openat(root, CACHE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int dump = openat(root, DUMP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!rc && (cache < 0 || dump < 0))
        rc = err_sys(err, -errno, "Could not open the folders of the simulated storage");
    for (size_t i = 0; i < seed_nimages && !rc && !empty; i++)
        rc = put_image(cache, i, err);
    for (size_t i = 0; i < seed_nbackups && !rc && !empty; i++)
        rc = put_backup(dump, &seed_backups[i], err);
    if (!rc)
        rc = sim_apl_write(root, err);
    if (cache >= 0)
        close(cache);
    if (dump >= 0)
        close(dump);
    return rc;
}
