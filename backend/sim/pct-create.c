/* pct create: checks before the worker, then volumes, unpacking, set-up and the conf, in pct's own order. */
#include "backend/sim/pct-create.h"

#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"
#include "backend/sim/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    if (sim_lock_conf(s, c->vmid) < 0 || sim_fault(s, SIM_BEFORE) < 0 || make_volumes(s, c) < 0 || pct_fill(s, c) < 0)
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
