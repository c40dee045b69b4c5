/* pct create: checks before the worker, then volumes, unpacking, set-up and the conf, in pct's own order. */
#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/pct.h"
#include "backend/sim/pct-oci.h"
#include "backend/sim/state.h"
#include "backend/sim/unpack.h"
#include "backend/sim/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct create {
    long long vmid;
    struct sim_ctfile conf;  /* what is written in the end */
    struct sim_props mounts; /* rootfs and mpN as given, rootfs first */
    struct argv volumes;     /* made so far */
    uint64_t root_bytes;     /* size of the rootfs volume; 0: no limit */
};

/* `--ssh-public-keys` names a file; it is read before anything else is looked at. */
static int check_keys_file(struct sim *s)
{
    const char *path = sim_get(s, "ssh-public-keys");
    struct buf text = BUF_INIT;
    int rc = path != NULL ? sim_read(s, path, &text) : 0;
    buf_clear(&text);
    return rc < 0 ? sim_fail(s, "can't open '%s' - %s\n", path, strerror(-rc)) : 0;
}

/* What can be told about the template from its name alone. */
static int check_template_name(struct sim *s)
{
    const char *given = sim_get(s, "ostemplate"), *kind;
    struct sim_storage st;
    char *id, *name;
    struct buf why = BUF_INIT;
    if (strcmp(given, "-") == 0)
        return sim_fail(s, "pipe can only be used with restore tasks\n");
    if (!sim_format_check("pve-volume-id", given, &why))
        return 0;
    if (sim_volume_split(s, given, &id, &name) < 0 || sim_storage_find(s, id, &st) < 0 ||
        sim_volume_kind(s, &st, name, &kind) < 0)
        return -1;
    if (strcmp(kind, "vztmpl") != 0)
        return sim_fail(s, "unable to use volume %s - content type needs to be 'vztmpl'\n", given);
    return 0;
}

/* Sorts the options into mounts and the rest of the conf; a bare number is a size on the default storage. */
static int sort_mounts(struct sim *s, struct create *c, const char *storage)
{
    bool any = false;
    for (int i = -1; i < 256; i++) {
        char key[16];
        snprintf(key, sizeof(key), i < 0 ? "rootfs" : "mp%d", i);
        const char *value = sim_get(s, key);
        if (value == NULL)
            continue;
        any = true;
        char *full =
            value[strspn(value, "0123456789.")] == '\0' ? mem_printf("%s:%s", storage, value) : mem_strdup(value);
        sim_props_set(&c->mounts, key, full);
        free(full);
    }
    if (any && sim_get(s, "rootfs") == NULL)
        return sim_fail(s, "mount points configured, but 'rootfs' not set - aborting\n");
    return 0;
}

static int check_mounts(struct sim *s, struct create *c, const char *storage)
{
    for (size_t i = 0; i < c->mounts.names.n; i++) {
        struct sim_props parts;
        char *id, *name;
        bool volume;
        if (pct_mount_read(s, c->mounts.names.v[i], c->mounts.values.v[i], &parts, &volume) < 0)
            return -1;
        if (volume &&
            (sim_volume_split(s, sim_props_get(&parts, "volume"), &id, &name) < 0 || pct_check_storage(s, id) < 0))
            return -1;
    }
    if (c->mounts.names.n > 0)
        return 0;
    if (pct_check_storage(s, storage) < 0)
        return -1;
    char *four = mem_printf("%s:4", storage);
    sim_props_set(&c->mounts, "rootfs", four);
    free(four);
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int take_options(struct sim *s, struct create *c)
{
    struct argv keys = ARGV_INIT;
    argv_append(&keys, &s->names);
    qsort(keys.v, keys.n, sizeof(*keys.v), by_bytes);
    for (size_t i = 0; i < keys.n; i++) {
        const char *key = keys.v[i];
        const struct sim_option *o = sim_option_find(sim_ct_options, key);
        if (o == NULL || strcmp(o->name, "rootfs") == 0 || strcmp(o->name, "mp") == 0 ||
            strcmp(key, "unprivileged") == 0)
            continue;
        if (strcmp(o->name, "unused") == 0) {
            fprintf(stderr, "ignoring '%s', cannot create/restore with unused volume\n", key);
            continue;
        }
        char *value = pct_option_value(s, key, sim_get(s, key));
        if (value == NULL)
            return -1;
        sim_conf_set(&c->conf, key, value);
        free(value);
    }
    if (sim_flag(s, "unprivileged", true))
        sim_conf_set(&c->conf, "unprivileged", "1");
    argv_clear(&keys);
    return 0;
}

/* The conf that claims the id while the CT is being made. */
static int claim(struct sim *s, long long vmid)
{
    static const char text[] = "lock: create\n";
    char *path = sim_conf_path(s, vmid);
    int rc = sim_write(s, path, 0640, text, sizeof(text) - 1);
    free(path);
    sim_vmlist_update(s);
    return rc < 0 ? sim_fail(s, "unable to write the configuration - %s\n", strerror(-rc)) : 0;
}

static int make_volumes(struct sim *s, struct create *c)
{
    for (size_t i = 0; i < c->mounts.names.n; i++) {
        const char *key = c->mounts.names.v[i], *kind;
        struct sim_props parts;
        struct sim_storage st;
        char *storage, *name, *volid, *value;
        uint64_t bytes;
        bool volume;
        pct_mount_read(s, key, c->mounts.values.v[i], &parts, &volume);
        const char *source = sim_props_get(&parts, "volume");
        if (volume && pct_is_new_volume(source, &storage, &bytes)) {
            value = pct_make_volume(s, c->vmid, key, c->mounts.values.v[i], &volid);
            if (value == NULL)
                return -1;
            argv_push(&c->volumes, volid);
            if (strcmp(key, "rootfs") == 0)
                c->root_bytes = bytes;
        } else {
            if (volume && (sim_volume_split(s, source, &storage, &name) < 0 || sim_storage_find(s, storage, &st) < 0 ||
                           sim_volume_kind(s, &st, name, &kind) < 0))
                return -1;
            if (volume && !sim_volume_exists(s, source))
                return sim_fail(s, "volume '%s' does not exist\n", source);
            value = pct_mount_print(key, &parts);
        }
        sim_conf_set(&c->conf, key, value);
        free(value);
        if (sim_pass(s, 0.6) < 0)
            return -1;
    }
    return 0;
}

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

static int fill(struct sim *s, struct create *c)
{
    struct sim_tree tree;
    if (mount_all(s, c) < 0)
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

static void set_defaults(struct sim *s, struct create *c)
{
    char *host = mem_printf("CT%lld", c->vmid);
    const char *lock = sim_get(s, "lock");
    if (sim_conf_get(&c->conf, "hostname") == NULL)
        sim_conf_set(&c->conf, "hostname", host);
    if (sim_conf_get(&c->conf, "memory") == NULL)
        sim_conf_set(&c->conf, "memory", "512");
    if (sim_conf_get(&c->conf, "swap") == NULL)
        sim_conf_set(&c->conf, "swap", "512");
    sim_conf_set(&c->conf, "lock", lock);
    free(host);
}

/* Puts what pct says in front of why a create failed. */
static int create_failed(struct sim *s, long long vmid)
{
    char *why = mem_strdup(s->error.s);
    sim_fail(s, "unable to create CT %lld - %s", vmid, why);
    free(why);
    return -1;
}

/* Takes everything away again. */
static int undo(struct sim *s, struct create *c)
{
    char *why = mem_strdup(s->error.s), *path = sim_conf_path(s, c->vmid);
    for (size_t i = 0; i < c->volumes.n; i++)
        sim_volume_free(s, c->volumes.v[i]);
    sim_remove(s, path);
    sim_vmlist_update(s);
    sim_fail(s, "%s", why);
    free(why);
    free(path);
    return create_failed(s, c->vmid);
}

static int work(struct sim *s, void *data)
{
    struct create *c = data;
    if (sim_lock_conf(s, c->vmid) < 0 || sim_fault(s, SIM_BEFORE) < 0 || make_volumes(s, c) < 0 || fill(s, c) < 0)
        return undo(s, c);
    set_defaults(s, c);
    if (sim_ctfile_save(s, c->vmid, &c->conf) < 0)
        return undo(s, c);
    const char *pool = sim_get(s, "pool");
    if (pool != NULL)
        pct_pool_change(s, pool, c->vmid);
    if (sim_fault(s, SIM_AFTER) < 0)
        return create_failed(s, c->vmid);
    /* A start that fails does not make the create fail: the words are all that tells of it. */
    if (sim_flag(s, "start", false) && pct_start_locked(s, c->vmid) < 0)
        fputs(s->error.s, stderr);
    return 0;
}

static int check_call(struct sim *s, struct create *c)
{
    const char *storage = sim_get(s, "storage") != NULL ? sim_get(s, "storage") : "local", *kind;
    const char *pool = sim_get(s, "pool");
    char node[64];
    if (check_keys_file(s) < 0)
        return -1;
    if (sim_guest_find(s, c->vmid, node, &kind))
        return sim_fail(s, "%s %lld already exists on node '%s'\n", kind, c->vmid, node);
    if (pool != NULL && !pct_pool_exists(s, pool))
        return sim_fail(s, "403 Permission check failed (pool '%s' does not exist)\n", pool);
    if (check_template_name(s) < 0 || sort_mounts(s, c, storage) < 0 || check_mounts(s, c, storage) < 0)
        return -1;
    return take_options(s, c);
}

int pct_create(struct sim *s)
{
    struct create c = {.vmid = pct_vmid(s)};
    char node[64];
    const char *kind;
    sim_section(&c.conf, NULL, true);
    if (check_call(s, &c) < 0)
        return -1;
    /* Two creates at once: whoever gets the lock first claims the id. */
    int lock = sim_lock_conf(s, c.vmid);
    if (lock < 0)
        return create_failed(s, c.vmid);
    if (sim_guest_find(s, c.vmid, node, &kind)) {
        sim_fail(s, "%s %lld already exists on node '%s'\n", kind, c.vmid, node);
        return create_failed(s, c.vmid);
    }
    if (claim(s, c.vmid) < 0)
        return create_failed(s, c.vmid);
    close(lock);
    return sim_worker(s, "vzcreate", c.vmid, work, &c);
}
