/* What several pct commands do with a CT's conf: values, mounts, volumes, pending changes. */
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/figures.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

long long pct_vmid(const struct sim *s)
{
    return sim_number(s, "vmid", 0);
}

bool pct_running(const struct sim *s, long long vmid)
{
    return sim_figures_running(s->root, (int)vmid);
}

int pct_mount_read(struct sim *s, const char *key, const char *value, struct sim_props *parts, bool *volume)
{
    struct buf why = BUF_INIT;
    *parts = (struct sim_props){.names = ARGV_INIT};
    if (!sim_props_read(sim_option_find(sim_ct_options, key)->keys, "", value, parts, &why))
        return sim_fail(s, "%s", why.s);
    *volume = sim_props_get(parts, "volume")[0] != '/';
    return 0;
}

char *pct_mount_print(const char *key, const struct sim_props *parts)
{
    static const char *const first[] = {"mp", NULL};
    struct buf out = BUF_INIT;
    sim_props_print(sim_option_find(sim_ct_options, key)->keys, parts, first, &out);
    return buf_detach(&out);
}

bool pct_is_new_volume(const char *volume, char **storage, uint64_t *bytes)
{
    const char *colon = strchr(volume, ':');
    double gib;
    if (colon == NULL || colon == volume || !isdigit((unsigned char)colon[1]) || !num_parse_double(colon + 1, &gib))
        return false;
    *storage = mem_dup(volume, (size_t)(colon - volume));
    *bytes = (uint64_t)(gib * 1024) << 20;
    return true;
}

int pct_check_storage(struct sim *s, const char *id)
{
    struct sim_storage st;
    if (sim_storage_enabled(s, id, &st) < 0)
        return -1;
    if (!sim_storage_has(&st, "rootdir"))
        return sim_refuse(s, "storage", "storage '%s' does not support container directories", id);
    return 0;
}

/* A list in the form that a conf has: parted by `gap`; sorted and without doubles when `unique`. */
static char *list_value(const char *given, const char *gap, bool unique)
{
    struct argv items = ARGV_INIT, kept = ARGV_INIT;
    struct buf out = BUF_INIT;
    sim_split(given, &items);
    for (size_t n = 0; n < items.n; n++) {
        size_t best = n;
        for (size_t i = n + 1; unique && i < items.n; i++)
            best = strcmp(items.v[i], items.v[best]) < 0 ? i : best;
        char *item = items.v[best];
        items.v[best] = items.v[n];
        items.v[n] = item;
        if (!unique || !argv_has(&kept, item))
            argv_push(&kept, item);
    }
    for (size_t i = 0; i < kept.n; i++)
        buf_addf(&out, "%s%s", i > 0 ? gap : "", kept.v[i]);
    argv_clear(&items);
    argv_clear(&kept);
    return buf_detach(&out);
}

static char *net_value(const char *key, const char *given)
{
    static const char *const first[] = {"name", "bridge", NULL};
    const struct sim_option *keys = sim_option_find(sim_ct_options, key)->keys;
    struct sim_props parts = {.names = ARGV_INIT};
    struct buf out = BUF_INIT;
    unsigned char b[3] = {0};
    sim_props_read(keys, "", given, &parts, &out);
    if (sim_props_get(&parts, "hwaddr") == NULL) {
        char address[24];
        if (getentropy(b, sizeof(b)) != 0)
            b[0] = (unsigned char)getpid();
        snprintf(address, sizeof(address), "BC:24:11:%02X:%02X:%02X", b[0], b[1], b[2]);
        sim_props_set(&parts, "hwaddr", address);
    }
    sim_props_set(&parts, "type", "veth");
    buf_reset(&out);
    sim_props_print(keys, &parts, first, &out);
    return buf_detach(&out);
}

/* A device node; the simulated host may have a plain file in its place, since making nodes needs a real root. */
static int check_device(struct sim *s, const char *value)
{
    struct sim_props parts = {.names = ARGV_INIT};
    struct buf why = BUF_INIT;
    struct stat st;
    if (!sim_props_read(sim_option_find(sim_ct_options, "dev0")->keys, "", value, &parts, &why))
        return sim_fail(s, "%s", why.s);
    const char *path = sim_props_get(&parts, "path");
    if (path == NULL)
        return sim_fail(s, "Path is not defined for passthrough device\n");
    if (sim_stat(s, path, &st) < 0)
        return sim_fail(s, "Device %s does not exist\n", path);
    return S_ISDIR(st.st_mode) ? sim_fail(s, "%s is not a device\n", path) : 0;
}

int pct_check_devices(struct sim *s, const struct sim_ctfile *c)
{
    const struct sim_props *keys = &c->sections[0].keys;
    for (size_t i = 0; i < keys->names.n; i++) {
        const struct sim_option *o = sim_option_find(sim_ct_options, keys->names.v[i]);
        if (o != NULL && strcmp(o->name, "dev") == 0 && check_device(s, keys->values.v[i]) < 0)
            return -1;
    }
    return 0;
}

static int check_hookscript(struct sim *s, const char *volid)
{
    struct sim_storage st;
    char *id, *name;
    if (sim_volume_split(s, volid, &id, &name) < 0 || sim_storage_find(s, id, &st) < 0)
        return -1;
    return sim_volume_exists(s, volid) ? 0 : sim_fail(s, "script '%s' does not exist\n", volid);
}

char *pct_option_value(struct sim *s, const char *key, const char *given)
{
    const char *name = sim_option_find(sim_ct_options, key)->name;
    if (strcmp(name, "net") == 0)
        return net_value(key, given);
    if (strcmp(name, "nameserver") == 0 || strcmp(name, "searchdomain") == 0)
        return list_value(given, " ", false);
    if (strcmp(name, "tags") == 0)
        return list_value(given, ";", true);
    if (strcmp(name, "dev") == 0 && check_device(s, given) < 0)
        return NULL;
    if (strcmp(name, "hookscript") == 0 && check_hookscript(s, given) < 0)
        return NULL;
    return mem_strdup(given);
}

char *pct_make_volume(struct sim *s, long long vmid, const char *key, const char *value, char **volid)
{
    struct sim_props parts;
    struct sim_storage st;
    struct buf size = BUF_INIT;
    char *storage;
    uint64_t bytes;
    bool volume;
    if (pct_mount_read(s, key, value, &parts, &volume) < 0 ||
        !pct_is_new_volume(sim_props_get(&parts, "volume"), &storage, &bytes) ||
        sim_storage_enabled(s, storage, &st) < 0 || sim_volume_alloc(s, &st, vmid, bytes, volid) < 0)
        return NULL;
    sim_size_print(bytes, &size);
    sim_props_set(&parts, "volume", *volid);
    sim_props_set(&parts, "size", size.s);
    buf_clear(&size);
    return pct_mount_print(key, &parts);
}

static bool still_named(const struct sim_ctfile *c, const char *volume)
{
    size_t len = strlen(volume);
    for (size_t i = 0; i < c->n; i++) {
        const struct sim_props *keys = &c->sections[i].keys;
        for (size_t k = 0; k < keys->names.n; k++) {
            const char *v = keys->values.v[k];
            if (strncmp(v, volume, len) == 0 && (v[len] == ',' || v[len] == '\0'))
                return true;
        }
    }
    return false;
}

void pct_add_unused(struct sim *s, struct sim_ctfile *c, const char *volume)
{
    char key[32];
    (void)s;
    if (still_named(c, volume))
        return;
    for (int i = 0; i < 256; i++) {
        snprintf(key, sizeof(key), "unused%d", i);
        if (sim_conf_get(c, key) == NULL) {
            sim_conf_set(c, key, volume);
            return;
        }
    }
}

static bool is_indexed(const char *key, const char *name)
{
    const struct sim_option *o = sim_option_find(sim_ct_options, key);
    return o != NULL && strcmp(o->name, name) == 0;
}

/* Takes a mount out of the conf; a volume of it becomes unused. */
static int drop_mount(struct sim *s, struct sim_ctfile *c, const char *key)
{
    struct sim_props parts;
    bool volume;
    char *old = mem_strdup(sim_conf_get(c, key));
    if (pct_mount_read(s, key, old, &parts, &volume) < 0)
        return -1;
    sim_conf_set(c, key, NULL);
    if (volume)
        pct_add_unused(s, c, sim_props_get(&parts, "volume"));
    free(old);
    return 0;
}

static int apply_delete(struct sim *s, struct sim_ctfile *c, const char *key)
{
    if (sim_conf_get(c, key) == NULL)
        return 0;
    if (is_indexed(key, "mp"))
        return drop_mount(s, c, key);
    if (is_indexed(key, "unused")) {
        char *volume = mem_strdup(sim_conf_get(c, key));
        sim_conf_set(c, key, NULL);
        if (!still_named(c, volume))
            sim_volume_free(s, volume);
        free(volume);
        buf_reset(&s->error);
        return 0;
    }
    sim_conf_set(c, key, NULL);
    return 0;
}

static int apply_mount(struct sim *s, long long vmid, struct sim_ctfile *c, const char *key, const char *value)
{
    struct sim_props parts;
    char *storage, *volid, *now;
    uint64_t bytes;
    bool volume;
    if (pct_mount_read(s, key, value, &parts, &volume) < 0)
        return -1;
    if (volume && pct_is_new_volume(sim_props_get(&parts, "volume"), &storage, &bytes))
        now = pct_make_volume(s, vmid, key, value, &volid);
    else
        now = pct_mount_print(key, &parts);
    if (now == NULL)
        return -1;
    char *old = mem_strdup(sim_conf_get(c, key));
    sim_conf_set(c, key, now);
    free(now);
    if (old != NULL && pct_mount_read(s, key, old, &parts, &volume) == 0 && volume)
        pct_add_unused(s, c, sim_props_get(&parts, "volume"));
    free(old);
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int pct_apply_pending(struct sim *s, long long vmid, struct sim_ctfile *c, const struct argv *only)
{
    struct sim_section *pending = sim_section(c, SIM_PENDING, false);
    struct argv keys = ARGV_INIT, gone = ARGV_INIT;
    struct buf left = BUF_INIT;
    if (pending == NULL)
        return 0;
    const char *list = sim_props_get(&pending->keys, "delete");
    sim_split(list != NULL ? list : "", &gone);
    for (size_t i = 0; i < gone.n; i++) {
        if (only != NULL && !argv_has(only, gone.v[i]))
            buf_addf(&left, "%s%s", left.len > 0 ? "," : "", gone.v[i]);
        else if (apply_delete(s, c, gone.v[i]) < 0)
            return -1;
    }
    sim_props_set(&pending->keys, "delete", left.len > 0 ? left.s : NULL);
    argv_append(&keys, &pending->keys.names);
    if (keys.n > 0)
        qsort(keys.v, keys.n, sizeof(*keys.v), by_bytes);
    for (size_t i = 0; i < keys.n; i++) {
        if (strcmp(keys.v[i], "delete") == 0 || (only != NULL && !argv_has(only, keys.v[i])))
            continue;
        char *value = mem_strdup(sim_props_get(&pending->keys, keys.v[i]));
        sim_props_set(&pending->keys, keys.v[i], NULL);
        if (is_indexed(keys.v[i], "mp")) {
            if (apply_mount(s, vmid, c, keys.v[i], value) < 0)
                return -1;
        } else {
            sim_conf_set(c, keys.v[i], value);
        }
        free(value);
    }
    return 0;
}
