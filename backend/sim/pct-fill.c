/* pct create's middle part: the archive, and what it makes of the conf. */
#include "backend/sim/pct-create.h"

#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/pct-oci.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"
#include "backend/sim/unpack.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All mounts are active while the image is unpacked, so a host folder has to be there. */
static int mount_all(struct sim *s, struct create *c)
{
    for (size_t i = 0; i < c->mounts.names.n; i++) {
        struct sim_props parts;
        bool volume;
        pct_mount_read(s, c->mounts.names.v[i], c->mounts.values.v[i], &parts, &volume);
        const char *source = sim_props_get(&parts, "volume");
        if (!volume && !sim_exists(s, source)) {
            fputs("mounting container failed\n", stderr);
            return sim_fail(s, "directory '%s' does not exist\n", source);
        }
    }
    return 0;
}

/* Where the archive lies; what is wrong with that is told twice, as pct does. */
static char *archive_path(struct sim *s)
{
    const char *given = sim_get(s, "ostemplate");
    struct buf why = BUF_INIT;
    struct sim_storage st;
    char *path = NULL, *id, *name;
    if (sim_format_check("pve-volume-id", given, &why)) {
        sim_volume_split(s, given, &id, &name);
        if (sim_storage_enabled(s, id, &st) == 0 && (path = sim_volume_path(s, given)) != NULL &&
            !sim_exists(s, path)) {
            path = NULL;
            sim_fail(s, "volume '%s' does not exist\n", given);
        }
    } else if (given[0] == '/' && sim_exists(s, given)) {
        path = mem_strdup(given);
    } else {
        sim_fail(s, "can't find file '%s'\n", given);
    }
    if (path == NULL)
        fputs(s->error.s, stderr);
    return path;
}

static bool template_name(const char *path)
{
    static const char *const endings[] = {".tar", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t len = strlen(path), end = strlen(endings[i]);
        if (len > end && strcmp(path + len - end, endings[i]) == 0)
            return true;
    }
    return false;
}

/* What fits on an ext4 disk of that size. */
static bool fits(const struct create *c, const struct sim_tree *tree)
{
    return c->root_bytes == 0 || tree->unpacked < c->root_bytes - c->root_bytes / 20;
}

/* A number of bytes as tar prints it: rounded up, one decimal below ten. */
static void print_tar_size(uint64_t bytes, const char *behind)
{
    static const char units[] = "KMGT";
    double value = (double)bytes / 1024;
    int unit = 0;
    for (; value >= 1024 && unit < 3; unit++)
        value /= 1024;
    if (value < 10 && value > floor(value))
        printf("%.1f%ciB%s", ceil(value * 10) / 10, units[unit], behind);
    else
        printf("%.0f%ciB%s", ceil(value), units[unit], behind);
}

static int unpack_template(struct sim *s, struct create *c, const char *path, struct sim_tree *tree)
{
    if (!template_name(path))
        return sim_fail(s, "file does not look like a template archive: %s\n", path);
    printf("extracting archive '%s'\n", path);
    if (sim_unpack_template(s, path, tree) < 0 || sim_pass(s, 1.0 + (double)tree->unpacked / 100e6) < 0)
        return -1;
    if (!fits(c, tree)) {
        printf("tar: ./usr: Cannot write: No space left on device\n");
        printf("tar: Exiting with failure status due to previous errors\n");
        return sim_fail(s, "command 'tar xpf - --totals -C /var/lib/lxc/%lld/rootfs' failed: exit code 2\n", c->vmid);
    }
    printf("Total bytes read: %llu (", (unsigned long long)tree->read);
    print_tar_size(tree->read, ", ");
    print_tar_size(200u << 20, "/s)\n");
    return 0;
}

static int unpack_oci(struct sim *s, struct create *c, const char *path, struct sim_tree *tree)
{
    printf("Detected OCI archive\n");
    if (!sim_flag(s, "unprivileged", true))
        return sim_fail(s, "setgid(0): Invalid argument\n");
    if (sim_unpack_oci(s, path, tree) < 0 || sim_pass(s, 1.0 + (double)tree->unpacked / 100e6) < 0)
        return -1;
    if (!fits(c, tree))
        return sim_fail(s, "Error: failed to unpack layer: No space left on device (os error 28)\n");
    return pct_take_image_config(s, &c->conf, tree);
}

/* Distribution and architecture, unless they were given. */
static int detect(struct sim *s, struct create *c, const struct sim_tree *tree)
{
    const char *given = sim_conf_get(&c->conf, "ostype"), *type = "unmanaged", *arch = NULL;
    if (given == NULL || strcmp(given, "unmanaged") != 0) {
        type = sim_tree_ostype(s, tree);
        if (type == NULL)
            return -1;
        if (given != NULL && strcmp(given, type) != 0)
            fprintf(stderr, "got unexpected ostype (%s != %s)\n", type, given);
    }
    sim_conf_set(&c->conf, "ostype", type);
    if (sim_conf_get(&c->conf, "arch") != NULL)
        return 0;
    if (strcmp(type, "unmanaged") != 0)
        arch = sim_tree_arch(tree);
    if (arch != NULL)
        printf("Detected container architecture: %s\n", arch);
    else
        printf("Falling back to amd64.\nUse `pct set VMID --arch ARCH` to change.\n");
    sim_conf_set(&c->conf, "arch", arch != NULL ? arch : "amd64");
    return 0;
}

/* A new host key of each kind, where the root file system has a place for them. */
static void make_host_keys(const struct create *c, const struct sim_tree *tree)
{
    static const char *const kinds[] = {"rsa", "ecdsa", "ed25519"};
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *host = sim_conf_get(&c->conf, "hostname"), *type = sim_conf_get(&c->conf, "ostype");
    if (strcmp(type, "unmanaged") == 0 || sim_tree_find(tree, "etc/ssh") == NULL)
        return;
    for (size_t i = 0; i < 3; i++) {
        unsigned char b[43];
        char print[44] = {0};
        if (getentropy(b, sizeof(b)) != 0)
            memset(b, 0, sizeof(b));
        for (size_t k = 0; k < sizeof(b); k++)
            print[k] = digits[b[k] & 63];
        printf("Creating SSH host key 'ssh_host_%s_key' - this may take some time ...\n", kinds[i]);
        printf("done: SHA256:%s root@%.*s\n", print, host != NULL ? (int)strcspn(host, ".") : 9,
               host != NULL ? host : "localhost");
    }
}

int pct_fill(struct sim *s, struct create *c)
{
    struct sim_tree tree;
    if (mount_all(s, c) < 0 || sim_fault(s, SIM_EARLY) < 0)
        return -1;
    char *path = archive_path(s);
    if (path == NULL)
        return -1;
    int rc = sim_is_oci(s, path) ? unpack_oci(s, c, path, &tree) : unpack_template(s, c, path, &tree);
    if (rc < 0 || detect(s, c, &tree) < 0)
        return -1;
    /* As much of the conf as is known by now, still locked. */
    sim_conf_set(&c->conf, "lock", "create");
    if (sim_ctfile_save(s, c->vmid, &c->conf) < 0 || sim_fault(s, SIM_DURING) < 0)
        return -1;
    make_host_keys(c, &tree);
    return sim_pass(s, 0.5);
}
