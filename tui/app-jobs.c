#include "tui/app-own.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "tui/fmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The jobs: all are listed when their folder changes; those that run are looked at twice a second, with the bytes of
 * their step. Everything is read in the pool, one request at a time.
 */

#define LOOK_MS 500

/* How far a running job's step is. The plan is read once and lent to the request. */
struct follow {
    int job, step;
    struct plan *plan;
    uint64_t part, whole;
    int64_t timeout; /* seconds that the first step has, and no more; 0: it says none */
    struct gauge_rate rate;
};

struct request {
    struct app *app;
    bool all;
    struct job *jobs; /* all of them, or those that run */
    size_t njobs;
    int *ids; /* those that run */
    size_t nids;
    struct follow *follows;
    size_t nfollows;
    int rc;
};

struct jobs {
    struct loop_work *work;
    struct loop_timer *timer;
    struct loop_watch *watch;
    bool wanted, known;
    struct job *list;
    size_t n;
    struct follow *follows;
    size_t nfollows;
};

/* --- in the pool --- */

static struct follow *follow_of(struct follow **follows, size_t *n, int job)
{
    for (size_t i = 0; i < *n; i++)
        if ((*follows)[i].job == job)
            return &(*follows)[i];
    MEM_GROW(*follows, *n);
    struct follow *follow = &(*follows)[(*n)++];
    *follow = (struct follow){.job = job, .step = -1};
    return follow;
}

static int64_t timeout_of(const struct plan_step *step)
{
    int64_t seconds;
    for (size_t i = 0; i + 1 < step->argv.n; i++)
        if (strcmp(step->argv.v[i], "--timeout") == 0 && num_parse(step->argv.v[i + 1], 1, 86400, &seconds))
            return seconds;
    return 0;
}

static void look_at_step(struct request *request, const struct job *job)
{
    struct follow *follow = follow_of(&request->follows, &request->nfollows, job->id);
    follow->step = job->step;
    follow->whole = 0;
    if (!follow->plan && job_plan(job->id, &follow->plan, NULL))
        return;
    if (job->state != JOB_RUNNING || job->step < 0 || (size_t)job->step >= follow->plan->nsteps)
        return;
    const struct plan_step *step = &follow->plan->steps[job->step];
    follow->timeout = job->step == 0 ? timeout_of(step) : 0;
    uint64_t part = step->progress_dir && step->progress_total ? job_progress(step) : HOST_UNKNOWN;
    if (part == HOST_UNKNOWN)
        return;
    follow->part = part < step->progress_total ? part : step->progress_total;
    follow->whole = step->progress_total;
}

static void read_jobs(void *data)
{
    struct request *request = data;
    if (request->all) {
        request->rc = job_list(&request->jobs, &request->njobs, NULL, NULL);
    } else {
        request->jobs = mem_zero(request->nids + 1, sizeof(*request->jobs));
        for (size_t i = 0; i < request->nids; i++)
            if (job_load(request->ids[i], &request->jobs[request->njobs], NULL) == 0)
                request->njobs++;
    }
    for (size_t i = 0; i < request->njobs; i++)
        if (!job_state_ended(request->jobs[i].state))
            look_at_step(request, &request->jobs[i]);
}

/* --- in the loop --- */

static void look(struct app *app, bool all);

static void tell_end(struct app *app, const struct job *job)
{
    char title[256];
    snprintf(title, sizeof(title), "%s", job->title);
    if (job->state == JOB_DONE)
        messages_say(app->own->messages, loop_ms(app->loop), loop_now(), MESSAGE_DONE, title);
    else if (job->state == JOB_CANCELLED)
        app_say(app, "%s: cancelled.", title);
    else if (job->state == JOB_INTERRUPTED)
        app_say(app, "%s was interrupted. 3 shows the jobs.", title);
    else
        app_say(app, "%s failed at step %d of %d. 3 shows the jobs, Enter there its log.", title, job->step + 1,
                job->nsteps);
}

static const struct job *find(const struct jobs *jobs, int id)
{
    for (size_t i = 0; i < jobs->n; i++)
        if (jobs->list[i].id == id)
            return &jobs->list[i];
    return NULL;
}

/* Jobs that ran before and have ended: says so. Returns whether there were any. */
static bool tell_ends(struct app *app, const struct job *list, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        const struct job *was = find(app->own->jobs, list[i].id);
        if (!job_state_ended(list[i].state) || (was ? job_state_ended(was->state) : !app->own->jobs->known))
            continue;
        tell_end(app, &list[i]);
        any = true;
    }
    return any;
}

static void take_all(struct jobs *jobs, struct request *request)
{
    job_list_free(jobs->list, jobs->n);
    jobs->list = request->jobs;
    jobs->n = request->njobs;
    request->jobs = NULL;
    request->njobs = 0;
}

/* Each in the place of what was known of it. */
static void take_running(struct jobs *jobs, struct request *request)
{
    for (size_t i = 0; i < request->njobs; i++) {
        struct job *known = (struct job *)find(jobs, request->jobs[i].id);
        if (!known)
            continue;
        struct job swap = *known;
        *known = request->jobs[i];
        request->jobs[i] = swap;
    }
}

static void take_follows(struct app *app, struct request *request)
{
    struct jobs *jobs = app->own->jobs;
    jobs->nfollows = 0;
    free(jobs->follows);
    jobs->follows = NULL;
    for (size_t i = 0; i < request->nfollows; i++) {
        struct follow *follow = &request->follows[i];
        const struct job *job = find(jobs, follow->job);
        if (!job || job_state_ended(job->state)) {
            plan_free(follow->plan);
            continue;
        }
        if (follow->whole)
            gauge_rate_add(&follow->rate, loop_ms(app->loop), follow->part);
        MEM_GROW(jobs->follows, jobs->nfollows);
        jobs->follows[jobs->nfollows++] = *follow;
    }
    free(request->follows);
    request->follows = NULL;
    request->nfollows = 0;
}

static void free_request(void *data)
{
    struct request *request = data;
    job_list_free(request->jobs, request->njobs);
    free(request->ids);
    for (size_t i = 0; i < request->nfollows; i++)
        plan_free(request->follows[i].plan);
    free(request->follows);
    free(request);
}

static void on_read(void *data)
{
    struct request *request = data;
    struct app *app = request->app;
    struct jobs *jobs = app->own->jobs;
    jobs->work = NULL;
    bool ended = false;
    if (!request->rc) {
        ended = tell_ends(app, request->jobs, request->njobs);
        request->all ? take_all(jobs, request) : take_running(jobs, request);
        jobs->known = true;
    }
    take_follows(app, request);
    free_request(request);
    app->jobs = jobs->list;
    app->njobs = jobs->n;
    app_changed(app, APP_JOBS);
    app_jobs_title(app);
    if (app_jobs_running(app) > 0)
        loop_timer_set(jobs->timer, LOOK_MS, 0);
    if (ended)
        app_reload(app);
    else if (jobs->wanted)
        look(app, true);
}

/* The plans that were read are lent to the request: what is shown meanwhile needs the numbers only. */
static void lend_follows(struct jobs *jobs, struct request *request)
{
    for (size_t i = 0; i < jobs->nfollows; i++) {
        MEM_GROW(request->follows, request->nfollows);
        request->follows[request->nfollows++] = jobs->follows[i];
        jobs->follows[i].plan = NULL;
    }
}

static void look(struct app *app, bool all)
{
    struct jobs *jobs = app->own->jobs;
    jobs->wanted |= all;
    if (jobs->work)
        return;
    struct request *request = mem_zero(1, sizeof(*request));
    *request = (struct request){.app = app, .all = jobs->wanted};
    jobs->wanted = false;
    for (size_t i = 0; i < jobs->n; i++) {
        if (job_state_ended(jobs->list[i].state))
            continue;
        MEM_GROW(request->ids, request->nids);
        request->ids[request->nids++] = jobs->list[i].id;
    }
    lend_follows(jobs, request);
    jobs->work = loop_work_start(app->loop, read_jobs, on_read, request);
}

void app_jobs_look(struct app *app)
{
    look(app, true);
}

static void on_folder(void *data)
{
    look(data, true);
}

static void on_time(void *data)
{
    look(data, false);
}

void app_jobs_open(struct app *app)
{
    struct jobs *jobs = mem_zero(1, sizeof(*jobs));
    char *path = mem_printf("%s/jobs", places_state());
    app->own->jobs = jobs;
    jobs->timer = loop_timer_new(app->loop, on_time, app);
    jobs->watch = loop_watch_new(app->loop, path, on_folder, app);
    free(path);
    look(app, true);
}

void app_jobs_free(struct app *app)
{
    struct jobs *jobs = app->own->jobs;
    if (jobs->work)
        loop_work_abandon(jobs->work, free_request);
    loop_timer_free(jobs->timer);
    loop_watch_free(jobs->watch);
    job_list_free(jobs->list, jobs->n);
    for (size_t i = 0; i < jobs->nfollows; i++)
        plan_free(jobs->follows[i].plan);
    free(jobs->follows);
    free(jobs);
    app->jobs = NULL;
    app->njobs = 0;
}

/* --- what is known --- */

int app_jobs_running(const struct app *app)
{
    int n = 0;
    for (size_t i = 0; i < app->njobs; i++)
        n += !job_state_ended(app->jobs[i].state);
    return n;
}

int app_jobs_unread(const struct app *app)
{
    int n = 0;
    for (size_t i = 0; i < app->njobs; i++)
        n += app->jobs[i].unread;
    return n;
}

static void save_read(void *data)
{
    job_read(*(int *)data, NULL);
}

void app_job_read(struct app *app, int id)
{
    struct job *job = (struct job *)find(app->own->jobs, id);
    if (!job || !job->unread)
        return;
    job->unread = false;
    int *copy = mem_zero(1, sizeof(*copy));
    *copy = id;
    app_work(app, save_read, free, copy);
    app_paint(app);
}

static const struct follow *followed(const struct app *app, int job)
{
    const struct jobs *jobs = app->own->jobs;
    for (size_t i = 0; i < jobs->nfollows; i++)
        if (jobs->follows[i].job == job)
            return &jobs->follows[i];
    return NULL;
}

bool app_job_progress(const struct app *app, int job, struct app_progress *progress)
{
    const struct follow *follow = followed(app, job);
    *progress = (struct app_progress){0};
    if (!follow || !follow->whole)
        return false;
    double rate = gauge_rate_get(&follow->rate);
    long left = gauge_rate_left(&follow->rate, follow->part, follow->whole);
    progress->part = follow->part;
    progress->whole = follow->whole;
    if (rate >= 1) {
        char size[14];
        fmt_size(size, sizeof(size), (uint64_t)rate);
        snprintf(progress->rate, sizeof(progress->rate), "%.12s/s", size);
    }
    if (left >= 0) {
        char time[16];
        fmt_time(time, sizeof(time), (uint64_t)left);
        snprintf(progress->left, sizeof(progress->left), "%.15s left", time);
    }
    return true;
}

int64_t app_job_timeout(const struct app *app, int job)
{
    const struct follow *follow = followed(app, job);
    return follow ? follow->timeout : 0;
}
