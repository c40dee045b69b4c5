#include "tui/app-own.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The job row: of the jobs that run the one that is nearest to its end. */

/* Steps done, and the part of the one that runs: 0 to 1. */
static double nearness(const struct app *app, const struct job *job)
{
    struct app_progress p;
    double part = app_job_progress(app, job->id, &p) ? (double)p.part / (double)p.whole : 0;
    return job->nsteps > 0 ? (job->step + part) / job->nsteps : 0;
}

const struct job *app_jobs_nearest(const struct app *app)
{
    const struct job *best = NULL;
    for (size_t i = 0; i < app->njobs; i++) {
        const struct job *job = &app->jobs[i];
        if (!job_state_ended(job->state) && (!best || nearness(app, job) > nearness(app, best)))
            best = job;
    }
    return best;
}

/* "1/8 pull": the verb that the step's title begins with. */
static void step_text(const struct job *job, char *out, size_t size)
{
    const char *title = job->step_title ? job->step_title : "";
    if (job->state != JOB_RUNNING) {
        snprintf(out, size, "%s", job_state_name(job->state));
        return;
    }
    int n = snprintf(out, size, "%d/%d %.*s", job->step + 1, job->nsteps, (int)strcspn(title, " "), title);
    for (int i = 0; i < n && (size_t)i < size; i++)
        out[i] = (char)tolower((unsigned char)out[i]);
    if (n > 0 && strncmp(title, "Shut down", 9) == 0)
        snprintf(out, size, "%d/%d shut down", job->step + 1, job->nsteps);
}

/* A CT that is asked to end has its time: the bar is what of it is gone. */
static void count_down(struct app *app, const struct job *job, struct gauge *gauge)
{
    struct app_job_row *row = &app->own->job_row;
    int64_t timeout = app_job_timeout(app, job->id), gone = (loop_now() - job->began) / 1000;
    if (timeout == 0 || job->state != JOB_RUNNING || gone < 0 || gone > timeout)
        return;
    gauge->part = (unsigned long long)gone;
    gauge->whole = (unsigned long long)timeout;
    snprintf(row->left, sizeof(row->left), "%llds left", (long long)(timeout - gone));
    gauge->left = row->left;
}

bool app_jobs_gauge(struct app *app, struct gauge *gauge)
{
    struct app_job_row *row = &app->own->job_row;
    const struct job *job = app_jobs_nearest(app);
    struct app_progress progress;
    int others = app_jobs_running(app) - 1;
    if (!job)
        return false;
    step_text(job, row->step, sizeof(row->step));
    *gauge = (struct gauge){
        .glyph = GLYPH_JOB,
        .role = ROLE_ACCENT,
        .title = job->title,
        .step = row->step,
        .running_ms = loop_now() - job->began,
    };
    if (app_job_progress(app, job->id, &progress)) {
        gauge->part = progress.part;
        gauge->whole = progress.whole;
        snprintf(row->rate, sizeof(row->rate), "%s", progress.rate);
        snprintf(row->left, sizeof(row->left), "%s", progress.left);
        gauge->rate = row->rate;
        gauge->left = row->left;
    }
    if (!gauge->whole)
        count_down(app, job, gauge);
    snprintf(row->more, sizeof(row->more), "+%d more", others > 0 ? others : 0);
    gauge->more = others > 0 ? row->more : NULL;
    return true;
}

void app_jobs_title(struct app *app)
{
    struct app_job_row *row = &app->own->job_row;
    const struct job *job = app_jobs_nearest(app);
    char title[sizeof(row->title)];
    if (job)
        snprintf(title, sizeof(title), "%.120s, %d/%d", job->title, job->step + 1, job->nsteps);
    else
        snprintf(title, sizeof(title), "%s", *row->title ? "tengil-tui" : "");
    if (strcmp(title, row->title) == 0)
        return;
    snprintf(row->title, sizeof(row->title), "%s", title);
    term_title(app->term, title);
}
