#include "backend/job/verb.h"

#include "backend/base/fault.h"
#include "backend/base/num.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * What a destroy did before the CT went, taken back when the CT is there after all: it runs again, it is protected
 * again. A CT that is gone needs neither, and one that is half gone cannot have it: pct first makes its conf
 * `lock: destroyed`, then removes its disks, then the conf. No undo brings disks back; what undo-destroy can do is say
 * what there is.
 */
#define WAIT_S 10 /* for a CT that has been asked to shut down, and may still obey */

static int wait_seconds(void)
{
    const char *value = getenv("TENGIL_UNDO_WAIT");
    int64_t seconds;

    return value && num_parse(value, 0, 3600, &seconds) ? (int)seconds : WAIT_S;
}

static bool stays_running(int vmid)
{
    struct timespec second = {.tv_sec = 1};

    for (int left = wait_seconds();; left--) {
        if (!verb_ct_runs(vmid))
            return false;
        if (left <= 0)
            return true;
        nanosleep(&second, NULL);
    }
}

static int start(struct verb_ct *ct, const char *vmid)
{
    if (stays_running(ct->vmid)) {
        verb_say("CT %s runs.", vmid);
        return 0;
    }
    fault_point("undo-shutdown", "during");
    verb_call("pct", "start", vmid, (char *)NULL);
    if (!verb_ct_runs(ct->vmid)) {
        verb_say("left: CT %s is stopped: pct start %s", vmid, vmid);
        return 1;
    }
    verb_say("CT %s runs again.", vmid);
    return 0;
}

static bool is_protected(const struct verb_ct *ct)
{
    const char *value = ct->there ? ctconf_get(&ct->conf, "protection") : NULL;

    return value && strcmp(value, "1") == 0;
}

static int protect(struct verb_ct *ct, const char *vmid)
{
    struct err err = {0};

    if (is_protected(ct)) {
        verb_say("CT %s is protected.", vmid);
        return 0;
    }
    fault_point("undo-protection", "during");
    verb_call("pct", "set", vmid, "--protection", "1", (char *)NULL);
    if (verb_ct_read(ct, &err) < 0)
        return verb_fail(&err);
    if (!is_protected(ct)) {
        verb_say("left: CT %s is not protected: pct set %s --protection 1", vmid, vmid);
        return 1;
    }
    verb_say("CT %s is protected again.", vmid);
    return 0;
}

static bool is_half_gone(const struct verb_ct *ct)
{
    const char *lock = ct->there ? ctconf_get(&ct->conf, "lock") : NULL;

    return lock && strcmp(lock, "destroyed") == 0;
}

static int on_ct(int argc, char **argv, int (*act)(struct verb_ct *ct, const char *vmid))
{
    int vmid = argc == 1 ? verb_vmid(argv[0]) : 0;
    struct verb_ct ct;
    struct root root;
    struct err err = {0};

    if (!vmid)
        return VERB_USAGE;
    if (root_open(&root, NULL, &err) < 0)
        return verb_fail(&err);
    int rc = verb_ct_open(&ct, &root, vmid, &err);
    if (rc == 0) {
        rc = verb_ct_read(&ct, &err);
        if (rc == 0)
            rc = act(&ct, argv[0]);
        verb_ct_close(&ct);
    }
    root_close(&root);
    return rc < 0 ? verb_fail(&err) : rc;
}

/* There is a CT that can be given something back. */
static bool is_whole(const struct verb_ct *ct, const char *vmid)
{
    if (!ct->there)
        verb_say("CT %s is not there any more.", vmid);
    else if (is_half_gone(ct))
        verb_say("CT %s is half destroyed: it stays as it is.", vmid);
    return ct->there && !is_half_gone(ct);
}

static int start_again(struct verb_ct *ct, const char *vmid)
{
    return is_whole(ct, vmid) ? start(ct, vmid) : 0;
}

static int protect_again(struct verb_ct *ct, const char *vmid)
{
    return is_whole(ct, vmid) ? protect(ct, vmid) : 0;
}

static int tell_what_is_left(struct verb_ct *ct, const char *vmid)
{
    if (!ct->there) {
        verb_say("left: nothing of CT %s: it was destroyed all the same.", vmid);
        return 0;
    }
    if (!is_half_gone(ct)) {
        verb_say("CT %s is still there, whole.", vmid);
        return 0;
    }
    verb_say("left: CT %s is half destroyed, and its disks are lost: pct unlock %s; pct destroy %s "
             "--destroy-unreferenced-disks 1",
             vmid, vmid, vmid);
    return 1;
}

int verb_undo_shutdown(int argc, char **argv)
{
    return on_ct(argc, argv, start_again);
}

int verb_undo_protection(int argc, char **argv)
{
    return on_ct(argc, argv, protect_again);
}

int verb_undo_destroy(int argc, char **argv)
{
    return on_ct(argc, argv, tell_what_is_left);
}
