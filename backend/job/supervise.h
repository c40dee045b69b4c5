#ifndef TENGIL_JOB_SUPERVISE_H
#define TENGIL_JOB_SUPERVISE_H

#include "backend/base/buf.h"
#include "backend/job/folder.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The supervisor: a straight program in a process of its own. supervise.c is its course, supervise-setup.c what comes
 * before step 1 (and may allocate), supervise-claims.c the claims, supervise-child.c one command from start to end,
 * supervise-record.c what it writes into the job's folder.
 */
struct supervisor {
    int dir;    /* the job's folder */
    int lock;   /* held for life */
    int log;    /* for appending; its flock is shared with the steps */
    int marks;  /* for appending */
    int null;   /* stdin of the steps */
    int report; /* to the process that started us; -1 once told */
    int id;     /* 0 while the folder has no number */
    struct plan *plan;
    int *claims; /* descriptors of those that are held */
    size_t nclaims;
    const char *path; /* of the folder, as it was given */
    sigset_t signals; /* SIGTERM and SIGCHLD: blocked, and waited for */
    bool *begun;      /* by step: its undo is armed */
    bool cancelled;   /* it was asked for */
    bool redone;      /* the one repetition was used */
    bool undo_failed;
    enum job_state state;
    int step;
    int64_t began, ended;
    struct buf text;  /* of the state; reserved */
    struct buf line;  /* what is being written; reserved */
    struct buf words; /* taken from the log; reserved */
};

/* How a command ended. */
struct ended {
    int exit;   /* 127 when it could not be started, 128 + signal when a signal ended it */
    int signal; /* 0: none */
    int exec;   /* errno of a start that failed; 0: it ran */
};

/* Told by the folder's path; `report` is a descriptor or -1. They return the exit status of the program. */
int supervise_run(const char *folder, int report);
int supervise_undo(const char *folder, int report);

/* supervise-setup.c: 0, or a negative errno after it was reported why not. */
int setup_open(struct supervisor *s, const char *folder, int report, bool undo);
int setup_publish(struct supervisor *s); /* gives the folder its number, if it has none */
void setup_close(struct supervisor *s);
int report_error(struct supervisor *s, const struct err *err, int rc);
void report_busy(struct supervisor *s, const char *claim, pid_t holder);
void report_started(struct supervisor *s);

/* supervise-claims.c */
enum claimed { CLAIMS_HELD, CLAIMS_BUSY, CLAIMS_CANCELLED };
/* Takes all claims. `wait`: those may be waited for which allow it; the job is told to run before the wait. */
enum claimed claims_take(struct supervisor *s, bool wait);
/* Gives them back. Comes before the state that ends the job, so that who saw the end finds the CT free. */
void claims_drop(struct supervisor *s);

/* supervise-child.c */
void child_run(struct supervisor *s, const struct argv *argv, const enum plan_stop *stop, struct ended *ended);
/* Ends what an earlier supervisor of this job left running. */
void child_end_orphans(struct supervisor *s, enum plan_stop stop);
/* SIGTERM was sent since the last look; waits up to `ms`. */
bool child_cancel_asked(struct supervisor *s, int ms);

/* supervise-record.c */
int record_mark(struct supervisor *s, const char *event, int step, const struct ended *ended, const char *text);
void record_state(struct supervisor *s, enum job_state state);
int64_t record_log_size(const struct supervisor *s);
void record_text(struct supervisor *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Why the step failed: from `ended` and what the log holds from `from` on. */
void record_reason(struct supervisor *s, int step, const struct ended *ended, int64_t from);
/* The lines "left: …" and "kept: …" that an undo wrote. True when there was a "left: ". */
bool record_leftovers(struct supervisor *s, int64_t from);

#endif
