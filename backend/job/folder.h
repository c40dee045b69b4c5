#ifndef TENGIL_JOB_FOLDER_H
#define TENGIL_JOB_FOLDER_H

#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/job/job.h"

#include <stdint.h>

/* The files of a job folder, for the supervisor (which writes them) and the library (which reads them). See job.h. */
#define JOB_PLAN   "plan"
#define JOB_SPEC   "spec"
#define JOB_LOG    "log"
#define JOB_MARKS  "marks"
#define JOB_STATE  "state"
#define JOB_LOCK   "lock"
#define JOB_READ   "read"
#define JOB_STDERR "supervisor.err"

/* Beside the folders: the highest number that was forgotten. */
#define JOB_LAST ".last"

/* A folder that has no number yet; what mkdtemp(3) wants. */
#define JOB_NEW_PREFIX ".new."

#define JOB_MARKS_MAX (16 << 20)
#define JOB_PLAN_MAX  (4 << 20)
#define JOB_STATE_MAX (64 << 10)
#define JOB_SPEC_MAX  (1 << 20)
#define JOB_READ_MAX  64
#define JOB_CLAIM_CT  "ct-"

/* Paths, freed by the caller. */
char *job_folder(int id);
char *job_jobs_folder(void);
char *job_claim_path(const char *name);

/* Opens a folder: a descriptor, close-on-exec; -ENOENT when there is no such job. */
int job_folder_open(int id, struct err *err);

/* The number of a folder's name; 0 when it is none. */
int job_number(const char *name);

/* The highest number that was forgotten, 0: none. `jobs` is a handle of the folder of all jobs. */
int job_last_number(int jobs);

/* True when the state is a bad end that the stamp `read` does not name. */
bool job_stamp_unread(int dir, enum job_state state);

/* What `state` holds. `text` is freed by the caller. */
struct job_state_file {
    enum job_state state;
    int step;
    int64_t began, ended;
    char *text;
};
int job_state_read(int dir, struct job_state_file *file, struct err *err);
int job_plan_read(int dir, struct plan **plan, struct err *err);

/* A line of `marks`. False when it is none. `event` and `text` are freed by the caller (text may be NULL). */
struct job_mark {
    int64_t at, log;
    char *event, *text;
    int step, exit, signal;
};
bool job_mark_parse(const char *line, size_t len, struct job_mark *mark);
void job_mark_clear(struct job_mark *mark);

/*
 * What the marks of a job tell, for a supervisor that was killed. `begun` (nsteps of them) may be NULL. `done_at`: when
 * the last step ended well and nobody had asked to cancel, so that only the last state could not be written; else 0.
 */
int job_marks_read(int dir, size_t nsteps, bool *begun, int64_t *done_at, struct err *err);

/* Unix milliseconds; TENGIL_NOW fixes them. */
int64_t job_now_ms(void);

#endif
