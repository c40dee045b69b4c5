#include "tui/app-own.h"

#include "backend/base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What can block: work in the pool, and the jobs that are started and cancelled there. */

/* --- any work --- */

struct work {
    struct app *app;
    void (*work)(void *data);
    void (*done)(void *data);
    void *data;
};

static void in_pool(void *data)
{
    struct work *work = data;
    work->work(work->data);
}

static void in_loop(void *data)
{
    struct work *work = data;
    if (work->done)
        work->done(work->data);
    app_paint(work->app);
    free(work);
}

void app_work(struct app *app, void (*work)(void *data), void (*done)(void *data), void *data)
{
    struct work *w = mem_zero(1, sizeof(*w));
    *w = (struct work){.app = app, .work = work, .done = done, .data = data};
    loop_work_start(app->loop, in_pool, in_loop, w);
}

/* --- starting a job --- */

struct start {
    struct app *app;
    struct plan *plan;
    char *spec;
    void (*started)(void *data, int job, const char *why);
    void *data;
    int job, rc;
    struct err err;
};

static void start_job(void *data)
{
    struct start *start = data;
    start->rc = job_start(start->plan, start->spec, &start->job, &start->err);
}

static void job_started(void *data)
{
    struct start *start = data;
    struct app *app = start->app;
    if (start->rc)
        app_error(app, "%s", start->err.text);
    else
        app_say(app, "%s: job %d. L shows its log.", start->plan->title, start->job);
    if (start->started)
        start->started(start->data, start->rc ? start->rc : start->job, start->rc ? start->err.text : NULL);
    app_jobs_look(app);
    plan_free(start->plan);
    free(start->spec);
    free(start);
}

void app_start_job(struct app *app, struct plan *plan, const char *spec_yaml,
                   void (*started)(void *data, int job, const char *why), void *data)
{
    struct start *start = mem_zero(1, sizeof(*start));
    *start = (struct start){.app = app, .plan = plan, .spec = mem_strdup(spec_yaml), .started = started, .data = data};
    app_work(app, start_job, job_started, start);
}

/* --- cancelling --- */

struct cancel {
    struct app *app;
    int job, rc;
    struct err err;
};

static void cancel_job(void *data)
{
    struct cancel *cancel = data;
    cancel->rc = job_cancel(cancel->job, &cancel->err);
}

static void job_cancelled(void *data)
{
    struct cancel *cancel = data;
    if (cancel->rc == -EALREADY)
        app_say(cancel->app, "Job %d has ended.", cancel->job);
    else if (cancel->rc)
        app_error(cancel->app, "%s", cancel->err.text);
    else
        app_say(cancel->app, "Job %d is being cancelled; what it did is undone.", cancel->job);
    app_jobs_look(cancel->app);
    free(cancel);
}

void app_cancel_job(struct app *app, int job)
{
    struct cancel *cancel = mem_zero(1, sizeof(*cancel));
    *cancel = (struct cancel){.app = app, .job = job};
    app_work(app, cancel_job, job_cancelled, cancel);
}
