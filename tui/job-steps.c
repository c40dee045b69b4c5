#include "tui/job-steps.h"

#include "backend/base/mem.h"
#include "tui/fmt.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void job_steps_init(struct job_steps *s, const struct plan *plan)
{
    *s = (struct job_steps){.plan = plan, .undoing = -1};
    s->v = mem_zero(plan->nsteps + 1, sizeof(*s->v));
}

void job_steps_clear(struct job_steps *s)
{
    free(s->v);
    free(s->undo_text);
    *s = (struct job_steps){.undoing = -1};
}

/* --- marks ------------------------------------------------------------------------------------------------------- */

static void begin(struct job_steps *s, const struct job_event *mark)
{
    /* After a redo the later ones have not run. */
    for (size_t i = (size_t)mark->step; i < s->plan->nsteps; i++)
        s->v[i] = (struct job_step){0};
    s->v[mark->step] = (struct job_step){.state = JOB_STEP_RUNS, .began = mark->at};
}

static void end(struct job_steps *s, const struct job_event *mark)
{
    struct job_step *step = &s->v[mark->step];
    step->state = mark->exit == 0 && mark->signal == 0 ? JOB_STEP_DONE : JOB_STEP_FAILED;
    step->ended = mark->at;
    step->exit = mark->exit;
    step->signal = mark->signal;
}

static void undo_begin(struct job_steps *s, const struct job_event *mark)
{
    s->undoing = mark->step;
    if (!s->undo_began)
        s->undo_began = mark->at;
}

static void undo_end(struct job_steps *s, const struct job_event *mark)
{
    s->undoing = -1;
    s->undo_ended = mark->at;
    s->undone += mark->exit == 0;
    s->not_undone += mark->exit != 0;
    if (mark->text && *mark->text)
        mem_set(&s->undo_text, mark->text);
}

static void cancel(struct job_steps *s, const struct job_event *mark)
{
    (void)mark;
    s->cancelled = true;
}

void job_steps_mark(struct job_steps *s, const struct job_event *mark)
{
    static const struct {
        const char *event;
        void (*take)(struct job_steps *s, const struct job_event *mark);
    } events[] = {
        {"begin", begin}, {"end", end}, {"undo-begin", undo_begin}, {"undo-end", undo_end}, {"cancel", cancel},
    };
    if (mark->step < 0 || (size_t)mark->step >= s->plan->nsteps)
        return;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (strcmp(mark->event, events[i].event) == 0)
            events[i].take(s, mark);
}

/* --- rows -------------------------------------------------------------------------------------------------------- */

static void set_took(struct job_row *row, int64_t began, int64_t ended)
{
    if (began > 0 && ended >= began)
        fmt_time(row->took, sizeof(row->took), (uint64_t)(ended - began) / 1000);
}

/* How a step ended that did not end well. */
static void set_end(struct job_row *row, const struct job_steps *s, const struct job_step *step)
{
    if (step->signal && s->cancelled)
        snprintf(row->info, sizeof(row->info), "cancelled");
    else if (step->signal && sigdescr_np(step->signal))
        snprintf(row->info, sizeof(row->info), "signal %d, %.30s", step->signal, sigdescr_np(step->signal));
    else if (step->signal)
        snprintf(row->info, sizeof(row->info), "signal %d", step->signal);
    else
        snprintf(row->info, sizeof(row->info), "exit code %d", step->exit);
}

static void set_state(struct job_row *row, const struct job_steps *s, const struct job_rows_now *now, size_t i)
{
    const struct job_step *step = &s->v[i];
    bool over = job_state_ended(now->state);
    if (step->state == JOB_STEP_DONE) {
        row->glyph = GLYPH_DONE;
        row->glyph_role = ROLE_OK;
        if (s->plan->steps[i].progress_total)
            fmt_amount(row->info, sizeof(row->info), s->plan->steps[i].progress_total);
        set_took(row, step->began, step->ended);
    } else if (step->state == JOB_STEP_FAILED) {
        row->glyph = s->cancelled ? GLYPH_NOT_DONE : GLYPH_FAILED;
        row->glyph_role = s->cancelled ? ROLE_TEXT : ROLE_DANGER;
        set_end(row, s, step);
        set_took(row, step->began, step->ended);
    } else if (step->state == JOB_STEP_RUNS && over) {
        row->glyph = GLYPH_WARN;
        row->glyph_role = ROLE_WARN;
        snprintf(row->info, sizeof(row->info), "interrupted");
    } else if (step->state == JOB_STEP_RUNS) {
        row->glyph = GLYPH_JOB;
        row->glyph_role = ROLE_ACCENT;
        snprintf(row->info, sizeof(row->info), "%s", now->info ? now->info : "");
        set_took(row, step->began, now->now);
    }
}

static struct job_row step_row(const struct job_steps *s, const struct job_rows_now *now, size_t i)
{
    struct job_row row = {.number = (int)i + 1, .role = ROLE_TEXT};
    snprintf(row.text, sizeof(row.text), "%s", s->plan->steps[i].title);
    set_state(&row, s, now, i);
    return row;
}

/* "4 to 7 were not run", "1 to 3 are done". */
static struct job_row fold(enum glyph glyph, enum role role, size_t first, size_t last, const char *one,
                           const char *many)
{
    struct job_row row = {.glyph = glyph, .glyph_role = role, .role = ROLE_TEXT};
    if (first == last)
        snprintf(row.text, sizeof(row.text), "%zu %s", first + 1, one);
    else
        snprintf(row.text, sizeof(row.text), "%zu to %zu %s", first + 1, last + 1, many);
    return row;
}

static struct job_row undo_row(const struct job_steps *s, const struct job_rows_now *now)
{
    struct job_row row = {.role = ROLE_TEXT};
    bool over = job_state_ended(now->state);
    if (s->undoing >= 0 && !over) {
        row.glyph = GLYPH_CHANGING;
        row.glyph_role = ROLE_WARN;
        snprintf(row.text, sizeof(row.text), "Undoing step %d", s->undoing + 1);
        set_took(&row, s->undo_began, now->now);
        return row;
    }
    row.glyph = s->not_undone ? GLYPH_FAILED : GLYPH_DONE;
    row.glyph_role = s->not_undone ? ROLE_DANGER : ROLE_OK;
    if (s->not_undone)
        snprintf(row.text, sizeof(row.text), "Not all is undone: what is left stands below");
    else if (s->undo_text)
        snprintf(row.text, sizeof(row.text), "%s", s->undo_text);
    else
        snprintf(row.text, sizeof(row.text), "Undone: what it did to the host is taken back");
    size_t len = strlen(row.text);
    if (len && row.text[len - 1] == '.')
        row.text[len - 1] = '\0';
    set_took(&row, s->undo_began, s->undo_ended);
    return row;
}

struct shape {
    size_t done;  /* this many at the begin stand in one row (0: each in its own) */
    size_t waits; /* from here on in one row; nsteps: each in its own */
};

static int fill(const struct job_steps *s, const struct job_rows_now *now, const struct shape *shape,
                struct job_row *rows, int max)
{
    bool over = job_state_ended(now->state) || s->undo_began;
    size_t n = s->plan->nsteps, i = 0;
    int at = 0;
    if (shape->done && max > 0) {
        rows[at++] = fold(GLYPH_DONE, ROLE_OK, 0, shape->done - 1, "is done", "are done");
        i = shape->done;
    }
    for (; i < shape->waits && at < max; i++) {
        rows[at++] = step_row(s, now, i);
        if (now->bar && s->v[i].state == JOB_STEP_RUNS && !over && at < max)
            rows[at++] = (struct job_row){.bar = true};
    }
    if (shape->waits < n && at < max)
        rows[at++] = over ? fold(GLYPH_NOT_DONE, ROLE_TEXT, shape->waits, n - 1, "was not run", "were not run")
                          : fold(GLYPH_NONE, ROLE_TEXT, shape->waits, n - 1, "comes next", "come next");
    if (s->undo_began && at < max)
        rows[at++] = undo_row(s, now);
    return at;
}

int job_steps_rows(const struct job_steps *s, const struct job_rows_now *now, struct job_row *rows, int max)
{
    bool over = job_state_ended(now->state), undoing = s->undo_began != 0;
    size_t n = s->plan->nsteps, waits = n, done = 0;
    if (now->room < max)
        max = now->room;
    while (waits > 0 && s->v[waits - 1].state == JOB_STEP_WAITS)
        waits--;
    while (done < n && s->v[done].state == JOB_STEP_DONE)
        done++;
    /* What was not run is one row; what comes next is told step by step while there is room. */
    struct shape shape = {.waits = over || undoing ? waits : n};
    size_t need = shape.waits + (shape.waits < n) + now->bar + undoing;
    if (need > (size_t)max && done > 1) {
        shape.done = done;
        need -= done - 1;
    }
    if (need > (size_t)max && shape.waits == n && waits < n)
        shape.waits = waits > 0 ? waits : 1;
    return fill(s, now, &shape, rows, max);
}
