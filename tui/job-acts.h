#ifndef TENGIL_TUI_JOB_ACTS_H
#define TENGIL_TUI_JOB_ACTS_H

#include "tui/app.h"

/*
 * What can be done with jobs, wherever they are shown. Ids: "cancel" (asks), "again", "change" (the form of a create),
 * "undo" (what an interrupted one left; asks), "forget" (asks).
 */
bool job_acts_knows(const char *act);

/* Why the act can be done with none of the jobs, a sentence; NULL: it can with at least one. */
const char *job_acts_why_not(struct app *app, const char *act, const int *ids, int n);

/* Those that cannot are left out. `from`: the view that asks; a job that is run again shows its log when this view is
 * still in front. */
void job_acts_do(struct app *app, const struct view *from, const char *act, const int *ids, int n);

/* NULL: there is no such job (any more). Good until the next APP_JOBS. */
const struct job *job_acts_find(const struct app *app, int id);

/* A root disk (GiB) that the form of "change" begins with, when the last one was too small for the image; else 0. */
long job_acts_disk(const struct job *job);

/* What the question about an act says; also how many jobs it is about (tests read it). */
int job_acts_question(const struct app *app, const char *act, const int *ids, int n, struct buf *text);

/* Their rows of a view's key table. `c`: priority of cancel in the footer, and so on; 0: not there. */
/* clang-format off */
#define JOB_ACTS_ROWS(c, r, e) \
    {.id = "cancel", .keys = "x", .label = "cancel", .priority = (c), .section = "THIS JOB", \
     .sentence = "Stops the job and undoes what it did to the host. Asks before it does."}, \
    {.id = "again", .keys = "r", .label = "run again", .priority = (r), .section = "THIS JOB", \
     .sentence = "Does the same once more: planned anew against the host as it is now, with a VMID that is free."}, \
    {.id = "change", .keys = "e", .label = "change", .priority = (e), .section = "THIS JOB", \
     .sentence = "Opens the form of a create with what this job was made from, to change it and run it again."}, \
    {.id = "undo", .keys = "z", .label = "undo what is left", .section = "THIS JOB", \
     .sentence = "Undoes what an interrupted job did before its supervisor was killed. Asks before it does."}, \
    {.id = "forget", .keys = "D", .label = "forget", .section = "THIS JOB", \
     .sentence = "Removes an ended job and its log from the list. Asks before it does."}
/* clang-format on */

#endif
