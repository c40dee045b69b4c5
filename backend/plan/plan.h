#ifndef TENGIL_PLAN_PLAN_H
#define TENGIL_PLAN_PLAN_H

#include "backend/base/argv.h"
#include "backend/base/err.h"
#include "backend/host/host.h"
#include "backend/registry/facts.h"
#include "backend/spec/settings.h"
#include "backend/spec/spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A plan is a value: the steps that will be run, frozen, the same for preview, `tengil-tui plan`, tests and the job.
 * The functions that make plans are pure: all they know is in their arguments.
 */

/* How a running step is asked to stop. */
enum plan_stop {
    PLAN_STOP_PROGRAM, /* SIGTERM, after 5 s SIGKILL (skopeo, verbs) */
    /* SIGTERM up to four times, 20 s apart: pct passes three on as TERM and the next as KILL to its worker. SIGKILL to
     * pct would leave the worker running alone (recorded from pct 6.1.10), so it comes last, 20 s later */
    PLAN_STOP_PCT,
};

struct plan_step {
    char *title;      /* "Pull docker.io/jellyfin/jellyfin:10.11.2" */
    struct argv argv; /* argv[0] is a tool on PATH, or the absolute path of tengil-job */
    struct argv undo; /* armed when the step begins, run when the plan fails or is cancelled; empty: nothing to undo */
    enum plan_stop stop;
    /* A folder whose bytes on disk are the progress, NULL: none. Of a pull it is CACHE/pull/NAME: what is under way
     * lies there as oci-put-blob*, and a finished blob moves on to ../../blobs/sha256/, so those with an mtime that is
     * not older than the step's begin count too (older ones were there before and are not in the total). */
    char *progress_dir;
    uint64_t progress_total; /* bytes; 0: not known */
    int redo; /* when the step exits 75 (EX_TEMPFAIL), go back to this step once; -1: a failure like others */
};

/* clang-format off */
/*
 * What is no host tool's work is a verb of tengil-job. Plans call these. All may run twice, and an undo that finds
 * nothing to do succeeds.
 *
 *   archive --reference REF --arch ARCH --plan ID --blobs BLOBS PULL DEST
 *       makes DEST (a path of the host) from the layout in PULL and the blobs in BLOBS/sha256; replaces an older DEST,
 *       removes PULL; exit 75 when a blob was bad and must be fetched again
 *   undo-pull PULL                removes the folder
 *   undo-archive --plan ID DEST   removes what is unfinished; a finished DEST stays
 *   present PATH                  fails unless the file is there (after pveam, whose exit code says nothing)
 *   undo-download PATH            removes what pveam left unfinished beside PATH; a finished PATH stays
 *   undo-create VMID ID           destroys the CT (stopping it first) only when its mark says plan=ID
 *   env VMID NAME=VALUE ...       lines in the conf; NAME=@/path is read from the file, @@ stands for one @
 *   same VMID SHA1                fails unless the CT's conf still has this SHA-1
 *   undo-shutdown VMID            starts the CT when it is there and does not run
 *   undo-protection VMID          protects the CT when it is there
 *   undo-destroy VMID             says what there is of the CT when its destroy failed
 *   undo-set VMID ID BEFORE KEY=VALUE ...   BEFORE: the plan of the change mark that was there, "-" for none
 *       deletes each KEY that has this VALUE in the conf or, of a running CT, in its pending section; a new volume,
 *       STORAGE:GiB in VALUE, is known by storage and place, and removed
 */
/* clang-format on */

/* A lock on claims/NAME, held for the job's life. Taken in the order given, all before step 1. */
struct plan_claim {
    char *name; /* "ct-110", "image-docker.io_jellyfin_…_amd64" */
    bool wait;  /* a held one: wait for it (state `waiting`); else the job does not start */
};

struct plan {
    char id[17];       /* 16 hex digits: in the mark of a CT, and in temporary names */
    char *kind;        /* "create", "pull", "download", "destroy", "start", "shutdown", "stop", "reboot", "change" */
    char *title;       /* "Create CT 110 jellyfin" */
    int vmid;          /* 0: not about a CT */
    bool auto_vmid;    /* the id was chosen by us: may be planned again with the next */
    char *image_volid; /* the finished image that stays after an undo; NULL: none is made */
    struct plan_step *steps;
    size_t nsteps;
    struct plan_claim *claims;
    size_t nclaims;
    struct argv notes; /* sentences: what could not be learnt, what is worth knowing; `# ` lines of `plan` */
};

void plan_free(struct plan *plan); /* takes NULL */
void plan_new_id(char id[17]);     /* from getrandom(2) */

/* JSON, as jobs/ID/plan holds it; the reader refuses what it does not know. */
int plan_to_json(const struct plan *plan, struct buf *out);
int plan_from_json(const char *json, size_t len, struct plan **plan, struct err *err);

/* The commands, one a line, quoted for a root shell, notes before them as `# ` lines. */
void plan_print(const struct plan *plan, struct buf *out);

/*
 * spec: checked by spec_check. facts: NULL when nothing is known. taken: claimed VMIDs of running jobs.
 * Every rule against the host is checked here; problems name fields as spec_problems do. NULL when there are any.
 */
struct plan *plan_create(const struct spec *spec, const struct host *host, const struct image_facts *facts,
                         const struct settings *settings, const char *id, const int *taken, size_t ntaken,
                         struct spec_problems *problems);

struct plan *plan_pull(const struct imageref *ref, const char *arch, const char *storage, const struct host *host,
                       const struct image_facts *facts, const struct settings *settings, const char *id,
                       struct err *err);

struct plan *plan_start(const struct host *host, int vmid, const char *id, struct err *err);
struct plan *plan_shutdown(const struct host *host, int vmid, int timeout_s, bool force, const char *id,
                           struct err *err);
struct plan *plan_stop_now(const struct host *host, int vmid, const char *id, struct err *err);
struct plan *plan_reboot(const struct host *host, int vmid, int timeout_s, const char *id, struct err *err);

struct plan_destroy_options {
    bool stop_first, lift_protection, purge, loose_disks;
};
struct plan *plan_destroy(const struct host *host, int vmid, const struct plan_destroy_options *options, const char *id,
                          struct err *err);

/* Adds the mounts and the GPU of `spec` to an existing CT; what is there already is left and noted. A plan without
 * steps has nothing to do, and a note says so. */
struct plan *plan_change(const struct spec *spec, const struct host *host, int vmid, const char *id,
                         struct spec_problems *problems);

#endif
