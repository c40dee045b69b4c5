/* pct resize. */
#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"
#include "backend/sim/worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct resize {
    const char *key, *volume;
    struct sim_props parts;
    struct sim_ctfile conf;
    uint64_t bytes;
};

/* What the file system's tools say of a disk that has grown; nothing has ever been written to it. */
static void print_growth(const char *path, uint64_t before, uint64_t after)
{
    printf("e2fsck 1.47.0 (5-Feb-2023)\n"
           "Pass 1: Checking inodes, blocks, and sizes\n"
           "Pass 2: Checking directory structure\n"
           "Pass 3: Checking directory connectivity\n"
           "Pass 4: Checking reference counts\n"
           "Pass 5: Checking group summary information\n"
           "%s: 11/%llu files (0.0%% non-contiguous), 12955/%llu blocks\n"
           "resize2fs 1.47.0 (5-Feb-2023)\n"
           "Resizing the filesystem on %s to %llu (4k) blocks.\n"
           "The filesystem on %s is now %llu (4k) blocks long.\n\n",
           path, (unsigned long long)before / 16384, (unsigned long long)before / 4096, path,
           (unsigned long long)after / 4096, path, (unsigned long long)after / 4096);
}

static int work(struct sim *s, void *data)
{
    struct resize *r = data;
    struct buf size = BUF_INIT;
    char *path = sim_volume_path(s, r->volume);
    uint64_t before = sim_size_read(sim_props_get(&r->parts, "size"));
    if (path == NULL || sim_lock_conf(s, pct_vmid(s)) < 0 || sim_ctfile_load(s, pct_vmid(s), &r->conf) < 0 ||
        sim_conf_check_lock(s, &r->conf) < 0 || sim_fault(s, SIM_BEFORE) < 0)
        return -1;
    int fd = strncmp(path, "/.sim/", 6) != 0 ? sim_open(s, path, O_WRONLY, 0) : -1;
    if (fd >= 0 && ftruncate(fd, (off_t)r->bytes) != 0) {
        close(fd);
        return sim_fail(s, "unable to resize '%s'\n", path);
    }
    if (fd >= 0)
        close(fd);
    printf("Image resized.\n");
    sim_size_print(r->bytes, &size);
    sim_props_set(&r->parts, "size", size.s);
    char *value = pct_mount_print(r->key, &r->parts);
    sim_conf_set(&r->conf, r->key, value);
    free(value);
    if (sim_fault(s, SIM_DURING) < 0 || sim_ctfile_save(s, pct_vmid(s), &r->conf) < 0)
        return -1;
    if (pct_running(s, pct_vmid(s)))
        return sim_fail(s, "internal error: CT running but mount point not attached to a loop device at "
                           "/usr/share/perl5/PVE/API2/LXC.pm line 2438.\n");
    if (fd >= 0)
        print_growth(path, before, r->bytes);
    return sim_fault(s, SIM_AFTER);
}

int pct_resize(struct sim *s)
{
    struct resize r = {.key = sim_get(s, "disk")};
    const char *size = sim_get(s, "size"), *digest = sim_get(s, "digest"), *value;
    bool volume, grow = size[0] == '+';
    if (sim_ctfile_load(s, pct_vmid(s), &r.conf) < 0 || sim_conf_check_lock(s, &r.conf) < 0)
        return -1;
    if (digest != NULL && strcmp(digest, r.conf.sha1) != 0)
        return sim_fail(s, "detected modified configuration - file changed by other user? Try again.\n");
    value = sim_conf_get(&r.conf, r.key);
    if (pct_mount_read(s, r.key, value != NULL ? value : "", &r.parts, &volume) < 0)
        return -1;
    if (!volume)
        return sim_fail(s, "can't resize mount point owned by another container or no volume\n");
    r.volume = sim_props_get(&r.parts, "volume");
    uint64_t now = sim_size_read(sim_props_get(&r.parts, "size"));
    r.bytes = sim_size_read(size + grow) + (grow ? now : 0);
    if (r.bytes <= now)
        return sim_fail(s, "unable to shrink disk size\n");
    return sim_worker_lenient(s, "resize", pct_vmid(s), work, &r);
}
