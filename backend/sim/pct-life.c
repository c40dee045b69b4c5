/* pct start, stop, shutdown, reboot, suspend, destroy. */
#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/figures.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"
#include "backend/sim/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `mounted` is the one lock that does not keep a CT from being started and stopped. */
static int check_lock(struct sim *s, const struct sim_ctfile *c)
{
    const char *lock = sim_conf_get(c, "lock");
    if (lock == NULL || strcmp(lock, "mounted") == 0 || sim_flag(s, "skiplock", false))
        return 0;
    return sim_conf_check_lock(s, c);
}

/* What systemd says of a unit that did not start. */
static int unit_failed(struct sim *s, long long vmid)
{
    printf("Job for pve-container@%lld.service failed because the control process exited with error code.\n"
           "See \"systemctl status pve-container@%lld.service\" and \"journalctl -xeu pve-container@%lld.service\" for "
           "details.\n",
           vmid, vmid, vmid);
    return sim_fail(s, "command 'systemctl start pve-container@%lld' failed: %s\n", vmid,
                    sim_interrupted ? "received interrupt" : "exit code 1");
}

/* A start fails on a mount whose host folder or volume is not there. */
static bool mounts_there(struct sim *s, const struct sim_ctfile *c)
{
    const struct sim_props *keys = &c->sections[0].keys;
    for (size_t i = 0; i < keys->names.n; i++) {
        const struct sim_option *o = sim_option_find(sim_ct_options, keys->names.v[i]);
        struct sim_props parts;
        bool volume;
        if (o == NULL || (strcmp(o->name, "mp") != 0 && strcmp(o->name, "rootfs") != 0))
            continue;
        if (pct_mount_read(s, keys->names.v[i], keys->values.v[i], &parts, &volume) < 0)
            return false;
        const char *source = sim_props_get(&parts, "volume");
        if (volume ? !sim_volume_exists(s, source) : !sim_exists(s, source))
            return false;
    }
    return true;
}

static unsigned long long mib(const struct sim_ctfile *c, const char *key)
{
    const char *value = sim_conf_get(c, key);
    return (value != NULL ? strtoull(value, NULL, 10) : 512) << 20;
}

static int show_running(struct sim *s, long long vmid, const struct sim_ctfile *c)
{
    struct err err;
    struct sim_figures figures = {
        .vmid = (int)vmid,
        .memory = mib(c, "memory") / 8,
        .memory_max = mib(c, "memory"),
        .swap_max = mib(c, "swap"),
        .cpu_usec = 900000,
        .disk_read = 41u << 20,
        .disk_write = 3u << 20,
    };
    return sim_figures_start(s->root, &figures, &err) == 0 ? 0 : sim_fail(s, "%s\n", err.text);
}

int pct_start_locked(struct sim *s, long long vmid)
{
    struct sim_ctfile c;
    const struct sim_command *outer = s->command;
    if (sim_ctfile_load(s, vmid, &c) < 0)
        return -1;
    const char *template = sim_conf_get(&c, "template");
    if (template != NULL && strcmp(template, "1") == 0)
        return sim_fail(s, "you can't start a CT if it's a template\n");
    if (check_lock(s, &c) < 0)
        return -1;
    /* What waited for a start is in force from now on. */
    if (sim_section(&c, SIM_PENDING, false) != NULL &&
        (pct_apply_pending(s, vmid, &c, NULL) < 0 || sim_ctfile_save(s, vmid, &c) < 0))
        return -1;
    if (pct_check_devices(s, &c) < 0)
        return -1;
    /* A failure that is asked for `start` meets a create's start too. */
    static const struct sim_command start = {.name = "start"};
    s->command = &start;
    int rc = sim_fault(s, SIM_BEFORE);
    if (rc == 0 && (sim_fault(s, SIM_DURING) < 0 || sim_pass(s, 1.2) < 0 || !mounts_there(s, &c)))
        rc = unit_failed(s, vmid);
    if (rc == 0)
        rc = show_running(s, vmid, &c);
    if (rc == 0)
        rc = sim_fault(s, SIM_AFTER);
    s->command = outer;
    return rc;
}

static int start_work(struct sim *s, void *data)
{
    long long vmid = *(long long *)data;
    return sim_lock_conf(s, vmid) < 0 ? -1 : pct_start_locked(s, vmid);
}

int pct_start(struct sim *s)
{
    long long vmid = pct_vmid(s);
    if (pct_running(s, vmid))
        return sim_fail(s, "CT %lld already running\n", vmid);
    return sim_worker(s, "vzstart", vmid, start_work, &vmid);
}

int pct_stop_locked(struct sim *s, long long vmid)
{
    struct err err;
    return sim_figures_stop(s->root, (int)vmid, &err) == 0 ? 0 : sim_fail(s, "%s\n", err.text);
}

/* The part that stop and shutdown have in common; `graceful` can fail to end the CT. */
static int end_work(struct sim *s, long long vmid, bool graceful, double seconds)
{
    struct sim_ctfile c;
    if (sim_lock_conf(s, vmid) < 0 || sim_ctfile_load(s, vmid, &c) < 0 || check_lock(s, &c) < 0 ||
        sim_fault(s, SIM_BEFORE) < 0)
        return -1;
    if (sim_fault(s, SIM_DURING) < 0) {
        if (sim_interrupted || !graceful)
            return -1;
        printf("command 'lxc-stop -n %lld --nokill --timeout %lld' failed: exit code 1\n", vmid,
               sim_number(s, "timeout", 60));
        return sim_fail(s, "container did not stop\n");
    }
    if (sim_pass(s, seconds) < 0 || pct_stop_locked(s, vmid) < 0)
        return -1;
    return sim_fault(s, SIM_AFTER);
}

static int stop_work(struct sim *s, void *data)
{
    return end_work(s, *(long long *)data, false, 0.4);
}

static int shutdown_work(struct sim *s, void *data)
{
    /* A CT that does not listen is killed when its time is over. */
    if (sim_flag(s, "forceStop", false))
        return end_work(s, *(long long *)data, false, 1.5);
    return end_work(s, *(long long *)data, true, 1.5);
}

int pct_stop(struct sim *s)
{
    long long vmid = pct_vmid(s);
    if (!pct_running(s, vmid))
        return sim_fail(s, "CT %lld not running\n", vmid);
    return sim_worker(s, "vzstop", vmid, stop_work, &vmid);
}

int pct_shutdown(struct sim *s)
{
    long long vmid = pct_vmid(s);
    if (!pct_running(s, vmid))
        return sim_fail(s, "CT %lld not running\n", vmid);
    return sim_worker(s, "vzshutdown", vmid, shutdown_work, &vmid);
}

static int reboot_work(struct sim *s, void *data)
{
    long long vmid = *(long long *)data;
    if (sim_lock_conf(s, vmid) < 0 || sim_fault(s, SIM_BEFORE) < 0 || sim_pass(s, 1.5) < 0 ||
        pct_stop_locked(s, vmid) < 0 || sim_fault(s, SIM_DURING) < 0 || pct_start_locked(s, vmid) < 0)
        return -1;
    return sim_fault(s, SIM_AFTER);
}

int pct_reboot(struct sim *s)
{
    long long vmid = pct_vmid(s);
    if (!pct_running(s, vmid))
        return sim_fail(s, "VM %lld not running\n", vmid);
    return sim_worker(s, "vzreboot", vmid, reboot_work, &vmid);
}

int pct_suspend(struct sim *s)
{
    long long vmid = pct_vmid(s);
    if (!pct_running(s, vmid))
        return sim_fail(s, "CT %lld not running\n", vmid);
    return sim_fail(s, "pct suspend of a running CT is not simulated\n");
}

/* Removes the volumes that a conf names; host folders stay. */
static void remove_volumes(struct sim *s, const struct sim_ctfile *c)
{
    static const char *const kinds[] = {"rootfs", "mp", "unused"};
    const struct sim_props *keys = &c->sections[0].keys;
    for (size_t i = 0; i < keys->names.n; i++) {
        const struct sim_option *o = sim_option_find(sim_ct_options, keys->names.v[i]);
        struct sim_props parts;
        bool volume, mount = false;
        for (size_t k = 0; k < 3 && o != NULL; k++)
            mount = mount || strcmp(o->name, kinds[k]) == 0;
        if (mount && pct_mount_read(s, keys->names.v[i], keys->values.v[i], &parts, &volume) == 0 && volume)
            sim_volume_free(s, sim_props_get(&parts, "volume"));
    }
    buf_reset(&s->error);
}

static void remove_loose(struct sim *s, long long vmid)
{
    struct argv volids = ARGV_INIT;
    sim_volumes_of(s, vmid, &volids);
    for (size_t i = 0; i < volids.n; i++)
        sim_volume_free(s, volids.v[i]);
    argv_clear(&volids);
    buf_reset(&s->error);
}

static int destroy_work(struct sim *s, void *data)
{
    long long vmid = *(long long *)data;
    static const char destroyed[] = "lock: destroyed\n";
    struct sim_ctfile c;
    if (sim_lock_conf(s, vmid) < 0 || sim_ctfile_load(s, vmid, &c) < 0 || sim_conf_check_lock(s, &c) < 0)
        return -1;
    if (pct_running(s, vmid)) {
        if (!sim_flag(s, "force", false))
            return sim_fail(s, "unable to destroy CT %lld - container is running\n", vmid);
        printf("forced to stop CT %lld before destroying!\n", vmid);
        if (pct_stop_locked(s, vmid) < 0)
            return -1;
    }
    if (sim_fault(s, SIM_BEFORE) < 0 || sim_pass(s, 0.8) < 0)
        return -1;
    char *path = sim_conf_path(s, vmid), *firewall = mem_printf("/etc/pve/firewall/%lld.fw", vmid);
    sim_write(s, path, 0640, destroyed, sizeof(destroyed) - 1);
    remove_volumes(s, &c);
    if (sim_flag(s, "destroy-unreferenced-disks", false))
        remove_loose(s, vmid);
    if (sim_fault(s, SIM_DURING) < 0)
        return -1;
    pct_pool_change(s, NULL, vmid);
    sim_remove(s, firewall);
    sim_remove(s, path);
    sim_vmlist_update(s);
    free(firewall);
    free(path);
    return sim_fault(s, SIM_AFTER);
}

int pct_destroy(struct sim *s)
{
    struct sim_ctfile c;
    long long vmid = pct_vmid(s);
    if (sim_ctfile_load(s, vmid, &c) < 0)
        return -1;
    const char *protect = sim_conf_get(&c, "protection");
    if (protect != NULL && strcmp(protect, "1") == 0)
        return sim_fail(s, "can't remove CT %lld - protection mode enabled\n", vmid);
    return sim_worker(s, "vzdestroy", vmid, destroy_work, &vmid);
}
