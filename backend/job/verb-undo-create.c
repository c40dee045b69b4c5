#include "backend/job/verb.h"

#include "backend/base/fault.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Undo of `pct create`. It destroys a CT only when its conf proves that this plan made it: a create that failed because
 * the CT was there already must leave that CT alone.
 */
#define WAIT_S  60 /* for a create that may still be running */
#define LOOK_MS 200

enum whose {
    NOBODYS, /* no conf: pct took back what it had made */
    OURS,
    OURS_LOCKED, /* our mark, and still `lock: create` */
    UNKNOWN,     /* `lock: create` without a mark: half made, by this create or another */
    FOREIGN,
};

static enum whose look(const struct verb_ct *ct, const char *plan)
{
    const char *lock = ct->there ? ctconf_get(&ct->conf, "lock") : NULL;
    bool creating = lock && strcmp(lock, "create") == 0;

    if (!ct->there)
        return NOBODYS;
    if (verb_ct_is_of(ct, plan))
        return creating ? OURS_LOCKED : OURS;
    return creating && !ct->conf.description ? UNKNOWN : FOREIGN;
}

static int wait_seconds(void)
{
    const char *value = getenv("TENGIL_UNDO_WAIT");
    int64_t seconds;

    return value && num_parse(value, 0, 3600, &seconds) ? (int)seconds : WAIT_S;
}

static long long ticks_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Looks until it is clear whose CT this is, or the time is over. */
static int look_long(struct verb_ct *ct, const char *plan, enum whose *whose, struct err *err)
{
    struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    long long end = ticks_ms() + wait_seconds() * 1000LL;

    for (bool said = false;; said = true) {
        int rc = verb_ct_read(ct, err);
        if (rc < 0)
            return rc;
        *whose = look(ct, plan);
        if ((*whose != UNKNOWN && *whose != OURS_LOCKED) || ticks_ms() >= end)
            return 0;
        if (!said)
            verb_say("CT %d is still being made; waiting up to %d s for that to end.", ct->vmid, wait_seconds());
        nanosleep(&pause, NULL);
    }
}

/* The title of a worker of pct is `task UPID:node:…:vzcreate:VMID:user:` (recorded from pct 6.1.10). One that was left
 * alone by its pct may still be at work. */
static bool worker_lives(int vmid)
{
    struct argv names = ARGV_INIT;
    char *kind = mem_printf(":vzcreate:%d:", vmid);
    bool lives = false;

    file_list(AT_FDCWD, "/proc", &names, NULL);
    for (size_t i = 0; i < names.n && !lives; i++) {
        struct buf title = BUF_INIT;
        char *path = mem_printf("/proc/%s/cmdline", names.v[i]);
        if (names.v[i][0] >= '1' && names.v[i][0] <= '9' && file_read(AT_FDCWD, path, 4096, &title, NULL) == 0)
            lives = strncmp(title.s, "task UPID:", 10) == 0 && strstr(title.s, kind);
        buf_clear(&title);
        free(path);
    }
    argv_clear(&names);
    free(kind);
    return lives;
}

static int destroy(struct verb_ct *ct, bool locked, struct err *err)
{
    char vmid[16];
    const char *protection = ctconf_get(&ct->conf, "protection");

    snprintf(vmid, sizeof(vmid), "%d", ct->vmid);
    if (locked)
        verb_call("pct", "unlock", vmid, (char *)NULL);
    if (verb_ct_runs(ct->vmid))
        verb_call("pct", "stop", vmid, (char *)NULL);
    if (protection && strcmp(protection, "0") != 0)
        verb_call("pct", "set", vmid, "--protection", "0", (char *)NULL);
    fault_point("undo-create", "during");
    int code = verb_call("pct", "destroy", vmid, (char *)NULL);
    int rc = verb_ct_read(ct, err);
    if (rc < 0)
        return rc;
    if (ct->there) {
        verb_say("left: CT %d could not be removed (pct destroy: exit code %d): pct destroy %d", ct->vmid, code,
                 ct->vmid);
        return 1;
    }
    verb_say("CT %d is removed again, with its volumes.", ct->vmid);
    return 0;
}

static int undo(struct verb_ct *ct, const char *plan, struct err *err)
{
    enum whose whose = NOBODYS;
    int rc = look_long(ct, plan, &whose, err);

    if (rc < 0)
        return rc;
    if (whose == OURS_LOCKED && worker_lives(ct->vmid))
        whose = UNKNOWN;
    switch (whose) {
    case NOBODYS:
        verb_ct_tidy(ct);
        verb_say("There is no CT %d on this node: nothing of it is to be undone.", ct->vmid);
        return 0;
    case OURS:
    case OURS_LOCKED:
        verb_ct_tidy(ct);
        return destroy(ct, whose == OURS_LOCKED, err);
    case UNKNOWN:
        verb_say("left: CT %d is half made (lock: create), by this job or by another program. When nothing works on it "
                 "any more: pct unlock %d; pct destroy %d --destroy-unreferenced-disks 1",
                 ct->vmid, ct->vmid, ct->vmid);
        return 1;
    case FOREIGN:
        verb_say("CT %d was not made by this job: it stays as it is.", ct->vmid);
        return 0;
    }
    return 1;
}

int verb_undo_create(int argc, char **argv)
{
    int vmid = argc == 2 ? verb_vmid(argv[0]) : 0;
    struct root root;
    struct verb_ct ct;
    struct err err = {0};

    if (!vmid || !verb_plan_ok(argv[1]))
        return VERB_USAGE;
    int rc = root_open(&root, NULL, &err);
    if (rc < 0)
        return verb_fail(&err);
    rc = verb_ct_open(&ct, &root, vmid, &err);
    if (rc == 0) {
        rc = undo(&ct, argv[1], &err);
        verb_ct_close(&ct);
    }
    root_close(&root);
    return rc < 0 ? verb_fail(&err) : rc;
}
