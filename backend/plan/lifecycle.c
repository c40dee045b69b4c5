#include "backend/plan/lifecycle.h"

#include "backend/plan/backend.h"
#include "backend/plan/pct.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool ct_flag(const struct ct *ct, const char *key)
{
    const char *value = ct->conf ? ctconf_get(ct->conf, key) : NULL;

    return value && strcmp(value, "1") == 0;
}

/* --- what stands in the way ------------------------------------------------------------------------------------- */

static int no_such_ct(const struct host *host, int vmid, struct err *err)
{
    const struct guest *guest = host_guest(host, vmid);

    if (guest && guest->qemu)
        return err_set(err, -ENOENT, "%d is a virtual machine, not a CT. `qm` manages it.", vmid);
    if (guest && strcmp(guest->node, host->node) != 0)
        return err_set(err, -EREMOTE, "CT %d is on node %s: log in to %s and do it there.", vmid, guest->node,
                       guest->node);
    return err_set(err, -ENOENT, "There is no CT %d. `tengil-tui list` shows those that are there.", vmid);
}

static const char *lock_words(const char *lock)
{
    static const struct {
        const char *lock, *words;
    } rows[] = {
        {"backup", "a backup of it is being made"},       {"create", "it is being created"},
        {"destroyed", "it is being destroyed"},           {"disk", "one of its disks is being moved"},
        {"fstrim", "its disks are being trimmed"},        {"migrate", "it is moving to another node"},
        {"mounted", "its disks are mounted on the host"}, {"rollback", "it is going back to a snapshot"},
        {"snapshot", "a snapshot of it is being made"},   {"snapshot-delete", "a snapshot of it is being removed"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].lock, lock) == 0)
            return rows[i].words;
    return "another task works on it";
}

const struct ct *lifecycle_ct(const struct host *host, int vmid, bool mounted_ok, struct err *err)
{
    const struct ct *ct = host_ct(host, vmid);

    if (!ct) {
        no_such_ct(host, vmid, err);
        return NULL;
    }
    if (strcmp(ct->node, host->node) != 0) {
        err_set(err, -EREMOTE, "CT %d %s is on node %s: log in to %s and do it there.", vmid, ct->name, ct->node,
                ct->node);
        return NULL;
    }
    if (ct->lock && !(mounted_ok && strcmp(ct->lock, "mounted") == 0)) {
        err_set(err, -EBUSY,
                "CT %d %s is locked (%s): %s. Wait until that ends; `pct unlock %d` removes a lock that was left "
                "behind.",
                vmid, ct->name, ct->lock, lock_words(ct->lock), vmid);
        return NULL;
    }
    return ct;
}

struct plan *lifecycle_plan(const char *kind, const char *verb, const struct ct *ct, const char *id)
{
    struct plan *plan = plan_new(kind, id, ct->vmid);

    plan_set_title(plan, "%s CT %d %s", verb, ct->vmid, ct->name);
    plan_add_claim(plan, true, "ct-%d", ct->vmid);
    return plan;
}

/* A running CT for what stops or reboots one. A state that is not known is left to pct. */
static const struct ct *running_ct(const struct host *host, int vmid, struct err *err)
{
    const struct ct *ct = lifecycle_ct(host, vmid, true, err);

    if (!ct || ct->state != CT_STOPPED)
        return ct;
    err_set(err, -EALREADY, "CT %d %s is not running.", vmid, ct->name);
    return NULL;
}

/* --- start, shutdown, stop, reboot ------------------------------------------------------------------------------ */

struct plan *plan_start(const struct host *host, int vmid, const char *id, struct err *err)
{
    const struct ct *ct = lifecycle_ct(host, vmid, true, err);

    if (!ct)
        return NULL;
    if (ct_flag(ct, "template")) {
        err_set(err, -EINVAL, "CT %d %s is a template: it is there to be cloned, and cannot be started.", vmid,
                ct->name);
        return NULL;
    }
    if (ct->state == CT_RUNNING) {
        err_set(err, -EALREADY, "CT %d %s is running already.", vmid, ct->name);
        return NULL;
    }
    struct plan *plan = lifecycle_plan("start", "Start", ct, id);
    pct_start_step(plan, vmid);
    return plan;
}

struct plan *plan_shutdown(const struct host *host, int vmid, int timeout_s, bool force, const char *id,
                           struct err *err)
{
    const struct ct *ct = running_ct(host, vmid, err);

    if (!ct)
        return NULL;
    struct plan *plan = lifecycle_plan("shutdown", "Shut down", ct, id);
    pct_shutdown_step(plan, vmid, timeout_s < 0 ? 60 : timeout_s, force);
    return plan;
}

struct plan *plan_stop_now(const struct host *host, int vmid, const char *id, struct err *err)
{
    const struct ct *ct = running_ct(host, vmid, err);

    if (!ct)
        return NULL;
    struct plan *plan = lifecycle_plan("stop", "Stop", ct, id);
    pct_stop_step(plan, vmid);
    return plan;
}

struct plan *plan_reboot(const struct host *host, int vmid, int timeout_s, const char *id, struct err *err)
{
    const struct ct *ct = running_ct(host, vmid, err);

    if (!ct)
        return NULL;
    struct plan *plan = lifecycle_plan("reboot", "Reboot", ct, id);
    pct_reboot_step(plan, vmid, timeout_s < 0 ? 60 : timeout_s);
    return plan;
}

/* --- destroy ---------------------------------------------------------------------------------------------------- */

static int check_destroy(const struct ct *ct, const struct plan_destroy_options *options, struct err *err)
{
    if (!ct->conf)
        return err_set(err, -ENODATA, "The conf of CT %d %s could not be read, so it is not known what would be lost.",
                       ct->vmid, ct->name);
    if (ct->state == CT_RUNNING && !options->stop_first)
        return err_set(err, -EBUSY,
                       "CT %d %s is running, and a running CT is not destroyed. Shut it down, or ask for it to be "
                       "stopped first.",
                       ct->vmid, ct->name);
    if (ct_flag(ct, "protection") && !options->lift_protection)
        return err_set(err, -EPERM,
                       "CT %d %s is protected. Ask for the protection to be lifted if it is to be destroyed all the "
                       "same.",
                       ct->vmid, ct->name);
    return 0;
}

/* The CT that was confirmed, not one that got its id meanwhile. */
static void same_step(struct plan *plan, const struct ct *ct)
{
    struct argv *argv =
        &plan_add_step(plan, PLAN_STOP_PROGRAM, "Check that CT %d is as it was confirmed", ct->vmid)->argv;

    job_call(argv, "same");
    argv_pushf(argv, "%d", ct->vmid);
    argv_push(argv, ct->conf->sha1);
}

/* A CT that is there after all, because the destroy failed, is as it was: verbs, since one that is gone needs nothing.
 */
static void take_back(struct plan *plan, const char *verb, int vmid)
{
    struct argv *undo = &plan->steps[plan->nsteps - 1].undo;

    job_call(undo, verb);
    argv_pushf(undo, "%d", vmid);
}

static void note_losses(struct plan *plan, const struct ct *ct)
{
    struct ctconf_mount *mounts = NULL;
    size_t n = ctconf_mounts(ct->conf, &mounts);

    for (size_t i = 0; i < n; i++) {
        const char *target = strcmp(mounts[i].key, "rootfs") == 0 ? "the root disk" : mounts[i].target;
        if (mounts[i].bind)
            plan_add_note(plan, "The host folder %s stays as it is.", mounts[i].volume);
        else
            plan_add_note(plan, "Lost for good: %s, %s.", mounts[i].volume, target);
    }
    for (size_t i = 0; i < ct->conf->snapshots.n; i++)
        plan_add_note(plan, "Lost for good: the snapshot %s.", ct->conf->snapshots.v[i]);
    ctconf_mounts_free(mounts, n);
}

struct plan *plan_destroy(const struct host *host, int vmid, const struct plan_destroy_options *options, const char *id,
                          struct err *err)
{
    const struct ct *ct = lifecycle_ct(host, vmid, false, err);

    if (!ct || check_destroy(ct, options, err) < 0)
        return NULL;
    struct plan *plan = lifecycle_plan("destroy", "Destroy", ct, id);
    note_losses(plan, ct);
    same_step(plan, ct);
    if (ct->state == CT_RUNNING) {
        pct_shutdown_step(plan, vmid, 60, true);
        take_back(plan, "undo-shutdown", vmid);
    }
    if (ct_flag(ct, "protection")) {
        struct plan_step *step = plan_add_step(plan, PLAN_STOP_PCT, "Lift the protection of CT %d", vmid);
        pct_call(&step->argv, "set", vmid);
        argv_push_all(&step->argv, "--protection", "0", (char *)NULL);
        take_back(plan, "undo-protection", vmid);
    }
    pct_destroy_step(plan, vmid, options);
    take_back(plan, "undo-destroy", vmid);
    return plan;
}
