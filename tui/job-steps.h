#ifndef TENGIL_TUI_JOB_STEPS_H
#define TENGIL_TUI_JOB_STEPS_H

#include "backend/job/job.h"
#include "widgets/theme.h"

/*
 * The steps of a job and how each went: the plan, and what the marks say of it. No terminal in it. Times are Unix
 * milliseconds.
 */
enum job_step_state { JOB_STEP_WAITS, JOB_STEP_RUNS, JOB_STEP_DONE, JOB_STEP_FAILED };

struct job_step {
    enum job_step_state state;
    int64_t began, ended;
    int exit, signal;
};

struct job_steps {
    const struct plan *plan; /* not owned */
    struct job_step *v;      /* plan->nsteps of them */
    bool cancelled;
    int undoing; /* the step whose undo runs; -1: none */
    int undone, not_undone;
    int64_t undo_began, undo_ended;
    char *undo_text; /* what a mark said of it; NULL: nothing */
};

void job_steps_init(struct job_steps *s, const struct plan *plan);
void job_steps_clear(struct job_steps *s);
void job_steps_mark(struct job_steps *s, const struct job_event *mark);

/* A row of the list. */
struct job_row {
    enum glyph glyph;
    enum role glyph_role, role;
    int number; /* of the step, from 1; 0: the text begins where numbers stand */
    char text[256];
    char info[48]; /* before the time: "exit code 255", "191M of 308M  13M/s" */
    char took[16];
    bool bar; /* the bar of the step that runs, not a text */
};

/* What is known of the step that runs, beside the marks. */
struct job_rows_now {
    enum job_state state;
    int64_t now;
    const char *info; /* of the running step; "" for none */
    bool bar;         /* its bytes can be counted */
    int room;         /* rows at most; steps fold together to fit */
};

/* Fills up to `max` rows; returns how many. */
int job_steps_rows(const struct job_steps *s, const struct job_rows_now *now, struct job_row *rows, int max);

#endif
