/* pct set: checks, the pending section, what a running CT takes at once. */
#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_named(const char *key, const char *name)
{
    const struct sim_option *o = sim_option_find(sim_ct_options, key);
    return o != NULL && strcmp(o->name, name) == 0;
}

static int check_protection(struct sim *s, const struct sim_ctfile *c, const char *what, const char *key)
{
    const char *on = sim_conf_get(c, "protection");
    if (on == NULL || strcmp(on, "1") != 0)
        return 0;
    return sim_fail(s, "can't %s CT %lld drive '%s' - protection mode enabled\n", what, pct_vmid(s), key);
}

/* `delete` of [pve:pending] with a key put in (`add`) or taken out. */
static void change_delete(struct sim_ctfile *c, const char *key, bool add)
{
    struct sim_section *pending = sim_section(c, SIM_PENDING, true);
    const char *list = sim_props_get(&pending->keys, "delete");
    struct argv keys = ARGV_INIT;
    struct buf out = BUF_INIT;
    sim_split(list != NULL ? list : "", &keys);
    if (add && !argv_has(&keys, key))
        argv_push(&keys, key);
    for (size_t i = 0; i < keys.n; i++) {
        if (add || strcmp(keys.v[i], key) != 0)
            buf_addf(&out, "%s%s", out.len > 0 ? "," : "", keys.v[i]);
    }
    sim_props_set(&pending->keys, "delete", out.len > 0 ? out.s : NULL);
    argv_clear(&keys);
    buf_clear(&out);
}

static int check_names(struct sim *s, const char *option, const struct argv *keys)
{
    for (size_t i = 0; i < keys->n; i++) {
        if (sim_option_find(sim_ct_options, keys->v[i]) == NULL)
            return sim_refuse(s, option, "unknown option '%s'", keys->v[i]);
        if (sim_get(s, keys->v[i]) != NULL)
            return sim_refuse(s, option, "you can't use '-%s' and -%s %s' at the same time", keys->v[i], option,
                              keys->v[i]);
    }
    return 0;
}

static int mark_deleted(struct sim *s, struct sim_ctfile *c, const char *key, struct argv *modified)
{
    static const char *const needed[] = {"memory", "rootfs", "ostype"};
    struct sim_section *pending = sim_section(c, SIM_PENDING, true);
    if (sim_conf_get(c, key) == NULL && sim_props_get(&pending->keys, key) == NULL) {
        fprintf(stderr, "cannot delete '%s' - not set in current configuration!\n", key);
        return 0;
    }
    argv_push(modified, key);
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(key, needed[i]) == 0)
            return sim_fail(s, "unable to delete required option '%s'\n", key);
    }
    if (strcmp(key, "unprivileged") == 0)
        return sim_fail(s, "unable to delete read-only option: '%s'\n", key);
    if ((is_named(key, "mp") || is_named(key, "unused")) && check_protection(s, c, "remove", key) < 0)
        return -1;
    sim_props_set(&pending->keys, key, NULL);
    change_delete(c, key, true);
    return 0;
}

/* A mount is checked where its volume would lie. */
static int check_mount(struct sim *s, const struct sim_ctfile *c, const char *key, const char *value)
{
    struct sim_props parts;
    struct sim_storage st;
    char *id, *name;
    bool volume;
    if (check_protection(s, c, "update", key) < 0 || pct_mount_read(s, key, value, &parts, &volume) < 0)
        return -1;
    if (!volume)
        return 0;
    if (sim_volume_split(s, sim_props_get(&parts, "volume"), &id, &name) < 0 || sim_storage_find(s, id, &st) < 0)
        return -1;
    if (!sim_storage_has(&st, "rootdir"))
        return sim_refuse(s, "storage", "storage '%s' does not support container directories", id);
    return 0;
}

static int mark_changed(struct sim *s, struct sim_ctfile *c, const char *key, const char *given, struct argv *modified)
{
    argv_push(modified, key);
    if ((is_named(key, "mp") || is_named(key, "rootfs")) && check_mount(s, c, key, given) < 0)
        return -1;
    if (strcmp(key, "unprivileged") == 0)
        return sim_fail(s, "unable to modify read-only option: '%s'\n", key);
    char *value = pct_option_value(s, key, given);
    if (value == NULL)
        return -1;
    sim_props_set(&sim_section(c, SIM_PENDING, true)->keys, key, value);
    change_delete(c, key, false);
    free(value);
    return 0;
}

/* Drops what would change nothing: values that are in force already, deletions of what is not there. */
static void clean_pending(struct sim_ctfile *c)
{
    struct sim_section *pending = sim_section(c, SIM_PENDING, true);
    struct argv keys = ARGV_INIT, gone = ARGV_INIT;
    argv_append(&keys, &pending->keys.names);
    for (size_t i = 0; i < keys.n; i++) {
        const char *now = sim_conf_get(c, keys.v[i]);
        if (strcmp(keys.v[i], "delete") != 0 && now != NULL &&
            strcmp(now, sim_props_get(&pending->keys, keys.v[i])) == 0)
            sim_props_set(&pending->keys, keys.v[i], NULL);
    }
    const char *list = sim_props_get(&pending->keys, "delete");
    sim_split(list != NULL ? list : "", &gone);
    for (size_t i = 0; i < gone.n; i++) {
        if (sim_conf_get(c, gone.v[i]) == NULL)
            change_delete(c, gone.v[i], false);
    }
    argv_clear(&keys);
    argv_clear(&gone);
}

/* A running CT takes these at once; a mount only where there was none; the rest waits for the next start. */
static bool hot(const struct sim_ctfile *c, const char *key, bool deleted)
{
    static const char *const plain[] = {"description", "onboot", "startup", "protection", "hostname", "hookscript",
                                        "cores",       "tags",   "lock",    "cpulimit",   "cpuunits", "swap"};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (strcmp(key, plain[i]) == 0)
            return true;
    }
    if (deleted)
        return is_named(key, "net") || is_named(key, "unused");
    return is_named(key, "net") || strcmp(key, "memory") == 0 || (is_named(key, "mp") && sim_conf_get(c, key) == NULL);
}

/* A host folder that is not there cannot be mounted into a running CT (not recorded; the words are those of a start).
 */
static int check_plug(struct sim *s, const struct sim_section *pending, const char *key)
{
    struct sim_props parts;
    bool volume;
    const char *value = sim_props_get(&pending->keys, key);
    if (value == NULL || !is_named(key, "mp"))
        return 0;
    if (pct_mount_read(s, key, value, &parts, &volume) < 0)
        return -1;
    const char *source = sim_props_get(&parts, "volume");
    if (volume || sim_exists(s, source))
        return 0;
    return sim_refuse(s, key, "unable to hotplug %s: directory '%s' does not exist\n", key, source);
}

static int apply(struct sim *s, struct sim_ctfile *c, const struct argv *modified)
{
    struct argv now = ARGV_INIT;
    clean_pending(c);
    if (!pct_running(s, pct_vmid(s)))
        return pct_apply_pending(s, pct_vmid(s), c, modified);
    const struct sim_section *pending = sim_section(c, SIM_PENDING, true);
    for (size_t i = 0; i < modified->n; i++) {
        if (!hot(c, modified->v[i], sim_props_get(&pending->keys, modified->v[i]) == NULL))
            continue;
        if (check_plug(s, pending, modified->v[i]) < 0)
            return -1;
        argv_push(&now, modified->v[i]);
    }
    int rc = pct_apply_pending(s, pct_vmid(s), c, &now);
    argv_clear(&now);
    return rc;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int change(struct sim *s, struct sim_ctfile *c, const struct argv *gone, const struct argv *back)
{
    struct argv modified = ARGV_INIT, keys = ARGV_INIT;
    struct sim_section *pending = sim_section(c, SIM_PENDING, true);
    for (size_t i = 0; i < back->n; i++) {
        sim_props_set(&pending->keys, back->v[i], NULL);
        change_delete(c, back->v[i], false);
    }
    for (size_t i = 0; i < gone->n; i++) {
        if (mark_deleted(s, c, gone->v[i], &modified) < 0)
            return -1;
    }
    for (size_t i = 0; i < s->names.n; i++) {
        if (sim_option_find(sim_ct_options, s->names.v[i]) != NULL)
            argv_push(&keys, s->names.v[i]);
    }
    if (keys.n > 0)
        qsort(keys.v, keys.n, sizeof(*keys.v), by_bytes);
    for (size_t i = 0; i < keys.n; i++) {
        const char *value = sim_get(s, keys.v[i]);
        /* An empty description is none, and changes nothing. */
        if (strcmp(keys.v[i], "description") == 0 && *value == '\0' && sim_conf_get(c, "description") == NULL)
            continue;
        if (mark_changed(s, c, keys.v[i], value, &modified) < 0)
            return -1;
    }
    return apply(s, c, &modified);
}

int pct_set(struct sim *s)
{
    struct sim_ctfile c;
    struct argv gone = ARGV_INIT, back = ARGV_INIT;
    long long vmid = pct_vmid(s);
    const char *list = sim_get(s, "delete"), *revert = sim_get(s, "revert"), *digest = sim_get(s, "digest");
    sim_split(list != NULL ? list : "", &gone);
    sim_split(revert != NULL ? revert : "", &back);
    if (s->names.n - 1 - (digest != NULL) == 0)
        return sim_fail(s, "no options specified\n");
    int lock = sim_lock_conf(s, vmid);
    if (lock < 0 || sim_fault(s, SIM_BEFORE) < 0 || sim_ctfile_load(s, vmid, &c) < 0 || sim_conf_check_lock(s, &c) < 0)
        return -1;
    if (digest != NULL && strcmp(digest, c.sha1) != 0)
        return sim_fail(s, "detected modified configuration - file changed by other user? Try again.\n");
    if (check_names(s, "delete", &gone) < 0 || check_names(s, "revert", &back) < 0 || change(s, &c, &gone, &back) < 0 ||
        sim_fault(s, SIM_DURING) < 0 || sim_ctfile_save(s, vmid, &c) < 0)
        return -1;
    /* A device that has vanished is noticed when LXC's own configuration is written, after the conf. */
    if (pct_check_devices(s, &c) < 0)
        return -1;
    return sim_fault(s, SIM_AFTER);
}

int pct_unlock(struct sim *s)
{
    struct sim_ctfile c;
    long long vmid = pct_vmid(s);
    if (sim_lock_conf(s, vmid) < 0 || sim_ctfile_load(s, vmid, &c) < 0)
        return -1;
    if (sim_conf_get(&c, "lock") == NULL)
        return sim_fail(s, "no lock found trying to remove any lock\n");
    sim_conf_set(&c, "lock", NULL);
    return sim_ctfile_save(s, vmid, &c);
}
