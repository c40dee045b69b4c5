#include "tui/job-acts.h"

#include "backend/base/mem.h"
#include "tui/acts.h"
#include "tui/job-again.h"
#include "tui/job-words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct job *job_acts_find(const struct app *app, int id)
{
    for (size_t i = 0; i < app->njobs; i++)
        if (app->jobs[i].id == id)
            return &app->jobs[i];
    return NULL;
}

/* --- what is possible -------------------------------------------------------------------------------------------- */

static const char *not_cancel(const struct job *job)
{
    if (job->state == JOB_INTERRUPTED)
        return "It does not run any more; z undoes what is left.";
    if (job_state_ended(job->state))
        return "The job has ended.";
    if (job->state == JOB_CANCELLING || job->state == JOB_UNDOING)
        return "It is being undone already.";
    return NULL;
}

static const char *not_again(const struct job *job)
{
    if (!job_state_ended(job->state))
        return "The job has not ended.";
    if (job->state == JOB_INTERRUPTED)
        return "Undo what is left of it first, with z.";
    if (strcmp(job->kind, "change") == 0)
        return "A change follows from what was: make it anew.";
    if (!job_again_knows(job->kind) && !acts_knows(job->kind))
        return "A job of this kind cannot be run again.";
    return NULL;
}

static const char *not_change(const struct job *job)
{
    if (strcmp(job->kind, "create") != 0)
        return "Only the making of a CT has a form.";
    return not_again(job);
}

static const char *not_undo(const struct job *job)
{
    return job->state == JOB_INTERRUPTED ? NULL : "Only an interrupted job leaves things to undo.";
}

static const char *not_forget(const struct job *job)
{
    return job_state_ended(job->state) ? NULL : "The job has not ended: x cancels it.";
}

/* --- the acts ---------------------------------------------------------------------------------------------------- */

static void cancel(struct app *app, const struct view *from, const struct job *job)
{
    (void)from;
    app_cancel_job(app, job->id);
}

static void again(struct app *app, const struct view *from, const struct job *job);
static void change(struct app *app, const struct view *from, const struct job *job);
static void forget(struct app *app, const struct view *from, const struct job *job);

static const struct act {
    const char *id;
    const char *(*why_not)(const struct job *job);
    void (*act)(struct app *app, const struct view *from, const struct job *job);
    bool one; /* not with several at once */
    /* Of the question; NULL: none is asked. */
    const char *title, *button, *harmless, *says, *says_of_many;
} acts[] = {
    {.id = "cancel",
     .why_not = not_cancel,
     .act = cancel,
     .title = "Cancel",
     .button = "Cancel the job",
     .harmless = "Let it run",
     .says = "The step that runs is stopped, and what the job did to the host is undone.",
     .says_of_many = "The steps that run are stopped, and what the jobs did to the host is undone."},
    {.id = "again", .why_not = not_again, .act = again, .one = true},
    {.id = "change", .why_not = not_change, .act = change, .one = true},
    {.id = "undo",
     .why_not = not_undo,
     .act = cancel,
     .title = "Undo what is left",
     .button = "Undo it",
     .harmless = "Leave it",
     .says = "What still runs of it is stopped, and what it did to the host is undone.",
     .says_of_many = "What still runs of them is stopped, and what they did to the host is undone."},
    {.id = "forget",
     .why_not = not_forget,
     .act = forget,
     .title = "Forget",
     .button = "Forget",
     .harmless = "Keep it",
     .says = "Its log goes for good. Nothing on the host changes.",
     .says_of_many = "Their logs go for good. Nothing on the host changes."},
};

static const struct act *find(const char *id)
{
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
        if (strcmp(acts[i].id, id) == 0)
            return &acts[i];
    return NULL;
}

bool job_acts_knows(const char *act)
{
    return find(act) != NULL;
}

const char *job_acts_why_not(struct app *app, const char *name, const int *ids, int n)
{
    const struct act *act = find(name);
    const char *why = "There is no job here.";
    if (act && act->one && n > 1)
        return "Several jobs are marked: this is done with one at a time. U lifts the marks.";
    for (int i = 0; act && i < n; i++) {
        const struct job *job = job_acts_find(app, ids[i]);
        if (job && !(why = act->why_not(job)))
            return NULL;
    }
    return why;
}

/* --- run again --------------------------------------------------------------------------------------------------- */

struct again {
    struct app *app;
    const struct view *from;
    int job, rc;
    struct plan *plan;
    struct buf spec;
    struct err err;
};

static void plan_again(void *data)
{
    struct again *a = data;
    a->rc = job_again(a->job, &a->app->root, a->app->settings, &a->plan, &a->spec, &a->err);
}

static void started_again(void *data, int job, const char *why)
{
    struct again *a = data;
    (void)why;
    if (job > 0 && app_top(a->app) == a->from)
        app_push(a->app, view_log_new(a->app, job));
    free(a);
}

static void planned_again(void *data)
{
    struct again *a = data;
    if (a->rc) {
        app_error(a->app, "Nothing was run. %s", a->err.text);
        buf_clear(&a->spec);
        free(a);
        return;
    }
    app_start_job(a->app, a->plan, a->spec.len ? a->spec.s : NULL, started_again, a);
    buf_clear(&a->spec);
}

static void again(struct app *app, const struct view *from, const struct job *job)
{
    if (acts_knows(job->kind)) {
        acts_do(app, job->kind, &job->vmid, 1);
        return;
    }
    struct again *a = mem_zero(1, sizeof(*a));
    *a = (struct again){.app = app, .from = from, .job = job->id, .spec = BUF_INIT};
    app_say(app, "Planning %s once more.", job->title);
    app_work(app, plan_again, planned_again, a);
}

/* --- change and run again ---------------------------------------------------------------------------------------- */

/* Unpacked, an image takes two to three times what was fetched; a disk wants room besides. In steps of 4 GiB. */
#define UNPACKS_TO 4
#define DISK_STEP  4

static int read_job_spec(const struct job *job, struct spec *spec, struct err *err)
{
    struct buf yaml = BUF_INIT;
    struct spec_problems problems = {0};
    struct argv notes = ARGV_INIT;
    int rc = job_spec(job->id, &yaml, err);
    spec_init(spec);
    if (!rc && (rc = spec_read(yaml.s, yaml.len, spec, &problems, &notes)))
        err_set(err, rc, "The spec of job %d cannot be read: %s", job->id,
                problems.n ? problems.v[0].reason : "it is damaged.");
    spec_problems_clear(&problems);
    argv_clear(&notes);
    buf_clear(&yaml);
    return rc;
}

static uint64_t bytes_fetched(int id)
{
    struct plan *plan = NULL;
    uint64_t bytes = 0;
    if (job_plan(id, &plan, NULL) == 0)
        for (size_t i = 0; i < plan->nsteps; i++)
            bytes += plan->steps[i].progress_total;
    plan_free(plan);
    return bytes;
}

long job_acts_disk(const struct job *job)
{
    struct spec spec;
    long disk = 0;
    if (!job_words_no_room(job->text) || strcmp(job->kind, "create") != 0)
        return 0;
    if (read_job_spec(job, &spec, NULL) == 0 && spec.disk > 0) {
        long wanted = (long)(bytes_fetched(job->id) * UNPACKS_TO >> 30) + 1;
        disk = spec.disk * 2 > wanted ? spec.disk * 2 : wanted;
        disk = (disk + DISK_STEP - 1) / DISK_STEP * DISK_STEP;
    }
    spec_clear(&spec);
    return disk;
}

static void change(struct app *app, const struct view *from, const struct job *job)
{
    struct spec spec;
    struct err err = {0};
    (void)from;
    if (read_job_spec(job, &spec, &err) == 0) {
        long disk = job_acts_disk(job);
        if (disk)
            spec.disk = disk;
        app_push(app, view_create_from(app, &spec));
    } else {
        app_error(app, "%s", err.text);
    }
    spec_clear(&spec);
}

/* --- forget ------------------------------------------------------------------------------------------------------ */

struct forgetting {
    struct app *app;
    int job, rc;
    struct err err;
};

static void forget_job(void *data)
{
    struct forgetting *f = data;
    f->rc = job_forget(f->job, &f->err);
}

static void forgotten(void *data)
{
    struct forgetting *f = data;
    if (f->rc)
        app_error(f->app, "%s", f->err.text);
    else
        app_say(f->app, "Job %d is forgotten.", f->job);
    free(f);
}

static void forget(struct app *app, const struct view *from, const struct job *job)
{
    struct forgetting *f = mem_zero(1, sizeof(*f));
    (void)from;
    *f = (struct forgetting){.app = app, .job = job->id};
    app_work(app, forget_job, forgotten, f);
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

struct asked {
    struct app *app;
    const struct view *from;
    const struct act *act;
    int n, ids[];
};

static void run(struct app *app, const struct view *from, const struct act *act, const int *ids, int n)
{
    for (int i = 0; i < n; i++) {
        const struct job *job = job_acts_find(app, ids[i]);
        const char *why = job ? act->why_not(job) : "";
        if (!why)
            act->act(app, from, job);
        else if (n == 1 && *why)
            app_error(app, "%s", why);
    }
}

static void add_one(const struct job *job, struct buf *text)
{
    buf_addf(text, "Job %d, %s, ", job->id, job->title);
    if (!job_state_ended(job->state))
        buf_addf(text, "is at step %d of %d.", job->step + 1, job->nsteps);
    else if (job->state == JOB_INTERRUPTED)
        buf_addf(text, "was interrupted at step %d of %d.", job->step + 1, job->nsteps);
    else
        buf_addf(text, "is %s.", job_state_name(job->state));
}

int job_acts_question(const struct app *app, const char *name, const int *ids, int n, struct buf *text)
{
    const struct act *act = find(name);
    int about = 0;
    bool interrupted = false;
    for (int i = 0; i < n; i++) {
        const struct job *job = job_acts_find(app, ids[i]);
        if (!job || act->why_not(job))
            continue;
        interrupted |= job->state == JOB_INTERRUPTED;
        if (n == 1)
            add_one(job, text);
        else if (about < 12)
            buf_addf(text, "%s%d %s", about ? ", " : "", job->id, job->title);
        about++;
    }
    if (about > 12)
        buf_addf(text, " and %d more", about - 12);
    buf_addf(text, "\n%s", about > 1 ? act->says_of_many : act->says);
    if (interrupted && strcmp(name, "forget") == 0)
        buf_adds(text, " What an interrupted job left on the host stays there, and z cannot undo it any more.");
    if (n - about > 0)
        buf_addf(text, "\nLeft out, as they cannot: %d.", n - about);
    return about;
}

static void answered(void *data, const char *id)
{
    struct asked *asked = data;
    if (strcmp(id, "do") == 0)
        run(asked->app, asked->from, asked->act, asked->ids, asked->n);
    free(asked);
}

static void ask(struct app *app, const struct view *from, const struct act *act, const int *ids, int n)
{
    const struct dialog_button buttons[] = {
        {.id = "leave", .label = act->harmless},
        {.id = "do", .label = act->button, .letter = 'y'},
    };
    struct asked *asked = mem_zero(1, sizeof(*asked) + (size_t)n * sizeof(asked->ids[0]));
    struct buf text = BUF_INIT;
    char title[64];
    *asked = (struct asked){.app = app, .from = from, .act = act, .n = n};
    memcpy(asked->ids, ids, (size_t)n * sizeof(asked->ids[0]));
    int about = job_acts_question(app, act->id, ids, n, &text);
    snprintf(title, sizeof(title), n == 1 ? "%s" : "%s: %d jobs", act->title, about);
    app_ask(app, title, text.s, buttons, 2, 0, answered, asked);
    buf_clear(&text);
}

void job_acts_do(struct app *app, const struct view *from, const char *name, const int *ids, int n)
{
    const struct act *act = find(name);
    const char *why = act ? job_acts_why_not(app, name, ids, n) : "";
    if (why && *why)
        app_error(app, "%s", why);
    else if (act && act->title)
        ask(app, from, act, ids, n);
    else if (act)
        run(app, from, act, ids, n);
}
