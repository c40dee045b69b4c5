#ifndef TENGIL_JOB_JOB_H
#define TENGIL_JOB_JOB_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A job: a frozen plan that `tengil-job run DIR` carries out, in <state>/jobs/ID/ (0700), ID counting from 1:
 *
 *   plan    the plan as JSON, never changed
 *   spec    the spec it was made from, as YAML (create only)
 *   log     stdout and stderr of the steps, raw, appended by the steps themselves
 *   marks   one JSON object a line, by the supervisor: {"at": ms, "log": bytes, "event": "begin|end|redo|undo-begin|
 *           undo-end|note|cancel", "step": N, "exit": N, "signal": N, "text": "…"}
 *   state   JSON: {"state": "running", "step": N, "began": ms, "ended": ms, "text": "why it failed or what is left"}
 *   lock    record lock of the supervisor; its pid is the one to signal (SIGTERM cancels)
 *   read    the bad end that somebody has looked at, as the state's name
 *   supervisor.err   what the supervisor had to say itself; empty but for bugs
 *
 * `at`, `began`, `ended` are Unix milliseconds. Steps count from 0 in files, from 1 for people. The folder is made
 * under a name that begins with a dot; the supervisor gives it its number once it holds the lock, so that every
 * numbered folder is whole and one whose lock is free has really lost its supervisor. Whoever has `log` open for
 * writing holds its flock, so that the lock is free when the last process of the job has ended.
 */
enum job_state {
    JOB_WAITING,
    JOB_RUNNING,
    JOB_CANCELLING,
    JOB_UNDOING,
    JOB_DONE,
    JOB_FAILED,
    JOB_CANCELLED,
    JOB_INTERRUPTED, /* computed by the reader: a state that runs, and nobody holds the lock */
    JOB_UNDO_FAILED,
};
const char *job_state_name(enum job_state state); /* "undo-failed" */
bool job_state_ended(enum job_state state);       /* done, failed, cancelled, interrupted, undo-failed */

struct job {
    int id;
    char *kind, *title;
    int vmid;
    enum job_state state;
    int step, nsteps; /* step: the one that runs, or that failed; counted from 0 */
    char *step_title;
    int64_t began, ended; /* Unix ms; ended 0 while it runs */
    pid_t supervisor;     /* 0: none */
    char *text;  /* a line each: the sentence of a failure, "left: …", "kept: …" as undo said it; NULL: none */
    bool unread; /* it ended badly (failed, interrupted, undo-failed) and nobody has looked at it yet */
};
void job_clear(struct job *job);

int job_load(int id, struct job *job, struct err *err);
/* All jobs, newest first. A folder that cannot be read is left out and named in *skipped when that is not NULL. */
int job_list(struct job **jobs, size_t *n, struct argv *skipped, struct err *err);
void job_list_free(struct job *jobs, size_t n);

/* VMIDs that are claimed now (claims/ct-N with a living holder). The caller frees. */
size_t job_claimed_vmids(int **vmids);

/*
 * Makes the job's folder, freezes the plan there, starts the supervisor in a session of its own and returns when its
 * claims are held or it waits for them; the job then no longer needs us. `spec_yaml` may be NULL. -EBUSY: a claim that
 * is not waited for is held by another job (the folder is gone again); the sentence says which.
 */
int job_start(const struct plan *plan, const char *spec_yaml, int *id, struct err *err);

/* SIGTERM to the supervisor; an interrupted job gets a supervisor that only undoes. -EALREADY when it has ended. */
int job_cancel(int id, struct err *err);

/* Somebody looked at how it ended: `unread` is false from now on, in other programs and after a start too. */
int job_read(int id, struct err *err);

/* Removes the folder of an ended job, its log included; what an interrupted one left on the host stays there. -EBUSY
 * when it runs, or a command of it does. Its number is not given again. */
int job_forget(int id, struct err *err);

/* The spec that a create was made from, as YAML, added to `out`; -ENOENT when the job has none. */
int job_spec(int id, struct buf *out, struct err *err);

/* What follows a job: reads `log` and `marks` in order and tells what is new. Nothing here waits. */
struct job_follow;
struct job_event {
    enum { JOB_EVENT_LOG, JOB_EVENT_MARK } type;
    const char *bytes; /* LOG: raw output; valid until the next call */
    size_t len;
    const char *event, *text; /* MARK */
    int step, exit, signal;
    int64_t at;
    int64_t log; /* bytes of the log that were there before it */
};
int job_follow_open(int id, struct job_follow **follow, struct err *err);
/* 1 and an event, 0 when there is nothing new now, negative on error. LOG events stop where a mark stands. */
int job_follow_next(struct job_follow *follow, struct job_event *event, struct err *err);
/* The same for the marks alone: what reads the log itself takes its size first, then all marks, and then no byte behind
 * that size, since a step writes after its mark stands. */
int job_follow_mark(struct job_follow *follow, struct job_event *event, struct err *err);
/* Another descriptor of the log, the caller's; -ENOENT while there is none. */
int job_follow_log(struct job_follow *follow);
void job_follow_free(struct job_follow *follow);

/* Bytes on disk of the step that runs (plan_step.progress_dir); HOST_UNKNOWN when it has none. */
uint64_t job_progress(const struct plan_step *step);

/* The frozen plan of a job. */
int job_plan(int id, struct plan **plan, struct err *err);

#endif
