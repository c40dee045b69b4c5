/* The rest of pct, as far as the records go: looking into a CT, mounting it, snapshots, sizes. */
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/fault.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"
#include "backend/sim/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int need_running(struct sim *s)
{
    struct sim_ctfile c;
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    if (!pct_running(s, pct_vmid(s)))
        return sim_fail(s, "container '%lld' not running!\n", pct_vmid(s));
    return 0;
}

/*
 * Only `echo`, `true` and `false` run. A simulated CT has no programs, and whatever is asked for must never run on the
 * machine that the simulation runs on.
 */
int pct_exec(struct sim *s)
{
    size_t from = 1;
    if (need_running(s) < 0)
        return -1;
    if (s->extra.n == 0)
        return sim_fail(s, "missing command at /usr/share/perl5/PVE/CLI/pct.pm line 246.\n");
    const char *name = s->extra.v[0];
    if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0)
        return name[0] == 'f';
    if (strcmp(name, "echo") != 0) {
        fprintf(stderr,
                "lxc-attach: %lld: ../src/lxc/attach.c: lxc_attach_run_command: 1841 No such file or directory - "
                "Failed to exec \"%s\"\n",
                pct_vmid(s), name);
        return 127;
    }
    bool bare = s->extra.n > 1 && strcmp(s->extra.v[1], "-n") == 0;
    for (size_t i = from += bare; i < s->extra.n; i++)
        printf("%s%s", i > from ? " " : "", s->extra.v[i]);
    printf("%s", bare ? "" : "\n");
    return 0;
}

int pct_enter(struct sim *s)
{
    return need_running(s) < 0 ? -1 : sim_fail(s, "pct enter is not simulated\n");
}

int pct_push(struct sim *s)
{
    if (!pct_running(s, pct_vmid(s)))
        return sim_fail(s, "can only push files to a running CT\n");
    return sim_fail(s, "pct push is not simulated\n");
}

int pct_pull(struct sim *s)
{
    if (!pct_running(s, pct_vmid(s)))
        return sim_fail(s, "can only pull files from a running VM at /usr/share/perl5/PVE/CLI/pct.pm line 664.\n");
    return sim_fail(s, "pct pull is not simulated\n");
}

int pct_mount(struct sim *s)
{
    struct sim_ctfile c;
    long long vmid = pct_vmid(s);
    if (sim_lock_conf(s, vmid) < 0 || sim_ctfile_load(s, vmid, &c) < 0 || sim_conf_check_lock(s, &c) < 0)
        return -1;
    sim_conf_set(&c, "lock", "mounted");
    if (sim_ctfile_save(s, vmid, &c) < 0)
        return -1;
    printf("mounted CT %lld in '/var/lib/lxc/%lld/rootfs'\n", vmid, vmid);
    return 0;
}

int pct_unmount(struct sim *s)
{
    struct sim_ctfile c;
    long long vmid = pct_vmid(s);
    if (sim_lock_conf(s, vmid) < 0 || sim_ctfile_load(s, vmid, &c) < 0)
        return -1;
    const char *lock = sim_conf_get(&c, "lock");
    if (lock == NULL)
        return sim_fail(s, "no lock found trying to remove 'mounted'  lock\n");
    if (strcmp(lock, "mounted") != 0)
        return sim_fail(s, "found lock '%s' trying to remove 'mounted' lock\n", lock);
    sim_conf_set(&c, "lock", NULL);
    return sim_ctfile_save(s, vmid, &c);
}

int pct_df(struct sim *s)
{
    struct sim_ctfile c;
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    return sim_fail(s, "pct df is not simulated\n");
}

int pct_rescan(struct sim *s)
{
    if (sim_flag(s, "dryrun", false))
        printf("NOTE: running in dry-run mode, won't write changes out!\n");
    printf("rescan volumes...\n");
    return 0;
}

/* No storage of the simulated host can make snapshots; the refusals are those of a dir storage. */
static int no_snapshot_of_that_name(struct sim *s)
{
    struct sim_ctfile c;
    const char *name = sim_get(s, "snapname");
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    if (sim_section(&c, name, false) == NULL)
        return sim_fail(s, "snapshot '%s' does not exist\n", name);
    return sim_fail(s, "snapshot feature is not available\n");
}

int pct_delsnapshot(struct sim *s)
{
    return no_snapshot_of_that_name(s);
}

int pct_rollback(struct sim *s)
{
    return no_snapshot_of_that_name(s);
}

int pct_snapshot(struct sim *s)
{
    struct sim_ctfile c;
    const char *name = sim_get(s, "snapname");
    if (strcmp(name, "current") == 0)
        return sim_fail(s, "unable to use snapshot name 'current' (reserved name)\n");
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    if (sim_section(&c, name, false) != NULL)
        return sim_fail(s, "snapshot name '%s' already used\n", name);
    return sim_fail(s, "snapshot feature is not available\n");
}

int pct_migrate(struct sim *s)
{
    const char *target = sim_get(s, "target");
    char *path = mem_printf("/etc/pve/nodes/%s", target);
    bool known = sim_exists(s, path);
    free(path);
    if (!known)
        return sim_fail(s, "no such cluster node '%s'\n", target);
    return sim_fail(s, "pct migrate is not simulated\n");
}

static int restore_work(struct sim *s, void *data)
{
    const char *archive = sim_get(s, "ostemplate");
    (void)data;
    printf("recovering backed-up configuration from '%s'\n", archive);
    if (!sim_volume_exists(s, archive))
        return sim_fail(s, "unable to restore CT %lld - volume '%s' does not exist\n", pct_vmid(s), archive);
    return sim_fail(s, "unable to restore CT %lld - not simulated\n", pct_vmid(s));
}

int pct_restore(struct sim *s)
{
    return sim_worker(s, "vzrestore", pct_vmid(s), restore_work, NULL);
}

/* A template's volume is called base-…, and nothing writes to it any more. */
static int template_work(struct sim *s, void *data)
{
    struct sim_ctfile *c = data;
    struct sim_props parts;
    bool volume;
    if (sim_lock_conf(s, pct_vmid(s)) < 0 || sim_ctfile_load(s, pct_vmid(s), c) < 0)
        return -1;
    const char *value = sim_conf_get(c, "rootfs");
    if (value == NULL || pct_mount_read(s, "rootfs", value, &parts, &volume) < 0)
        return -1;
    const char *old = sim_props_get(&parts, "volume"), *name = strstr(old, "vm-");
    if (volume && name != NULL) {
        char *new = mem_printf("%.*sbase-%s", (int)(name - old), old, name + 3);
        char *from = sim_volume_path(s, old), *to = sim_volume_path(s, new);
        if (from == NULL || to == NULL || sim_rename(s, from, to) < 0)
            return sim_fail(s, "unable to rename volume '%s'\n", old);
        sim_props_set(&parts, "volume", new);
        char *now = pct_mount_print("rootfs", &parts);
        sim_conf_set(c, "rootfs", now);
        free(new);
        free(from);
        free(to);
        free(now);
    }
    sim_conf_set(c, "template", "1");
    return sim_ctfile_save(s, pct_vmid(s), c);
}

int pct_template(struct sim *s)
{
    struct sim_ctfile c;
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0 || sim_conf_check_lock(s, &c) < 0)
        return -1;
    if (pct_running(s, pct_vmid(s)))
        return sim_fail(s, "you can't convert a CT to template if the CT is running\n");
    return sim_worker_lenient(s, "vztemplate", pct_vmid(s), template_work, &c);
}

int pct_clone(struct sim *s)
{
    struct sim_ctfile c;
    char node[64];
    const char *kind, *pool = sim_get(s, "pool"), *snapshot = sim_get(s, "snapname");
    long long to = sim_number(s, "newid", 0);
    if (pool != NULL && !pct_pool_exists(s, pool))
        return sim_fail(s, "403 Permission check failed (pool '%s' does not exist)\n", pool);
    if (sim_guest_find(s, to, node, &kind))
        return sim_fail(s, "%s %lld already exists on node '%s'\n", kind, to, node);
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    if (snapshot != NULL && sim_section(&c, snapshot, false) == NULL)
        return sim_fail(s, "snapshot '%s' does not exist\n", snapshot);
    if (pct_running(s, pct_vmid(s)) && snapshot == NULL)
        return sim_fail(s, "Full clone of a running container is only possible from a snapshot\n");
    return sim_fail(s, "pct clone is not simulated\n");
}

int pct_move_volume(struct sim *s)
{
    struct sim_ctfile c;
    struct sim_props parts;
    struct sim_storage st;
    bool volume;
    const char *key = sim_get(s, "volume"), *to = sim_get(s, "storage"), *value;
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    value = sim_conf_get(&c, key);
    if (pct_mount_read(s, key, value != NULL ? value : "", &parts, &volume) < 0)
        return -1;
    if (to != NULL && sim_storage_enabled(s, to, &st) < 0)
        return -1;
    if (to != NULL && !sim_storage_has(&st, "rootdir"))
        return sim_fail(s, "content type 'rootdir' is not available or configured on storage '%s'\n", to);
    return sim_fail(s, "pct move-volume is not simulated\n");
}
