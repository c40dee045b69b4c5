#ifndef TENGIL_TUI_LOG_OWN_H
#define TENGIL_TUI_LOG_OWN_H

#include "tui/app.h"
#include "tui/job-steps.h"
#include "widgets/logview.h"

/* The page of a job's log: what view-log.c (its life and keys) and log-draw.c (its paint) share. Nobody else includes
 * this. */

#define LOG_BUTTONS 4

/* What is offered when a job did not end well. */
struct log_button {
    const char *id; /* an act of job-acts.h, or "leave" */
    char label[64];
};

/* A command in the log, and whose it is. */
struct log_heading {
    char *command;
    int step; /* from 1 */
    bool undo;
};

struct log_view {
    struct view view;
    int id;
    struct plan *plan; /* NULL: it cannot be shown, `problem` says why */
    char *problem;
    struct job_follow *follow;
    struct job_steps steps;
    struct logview *log;
    int size_fd;     /* of the log, to know its size; -1: it is not there yet */
    int64_t grown;   /* bytes that the view was given */
    int64_t stamped; /* Unix ms of the last time that was noted */
    bool live;       /* what comes from now on comes now */
    bool searching;  /* further pieces of the log are still to be looked through */
    bool known;      /* the list of jobs had it once */
    struct log_heading *headings;
    size_t nheadings;
    struct log_button buttons[LOG_BUTTONS];
    int nbuttons, pressed; /* `pressed`: the button with the focus */
    struct loop_watch *watch;
    struct loop_timer *more;
};

/* The job as the newest list has it; one that has just begun may not be there yet. */
const struct job *log_job(const struct log_view *v);
enum job_state log_state(const struct log_view *v);

void log_draw(struct log_view *v, const struct canvas *body);
/* Asks for a name on the message row, and saves the log there. */
void log_save(struct log_view *v);
/* "failed Sun 21:17 at step 3 of 7", "running 15s, following". */
void log_title(const struct log_view *v, char *out, size_t size);

#endif
