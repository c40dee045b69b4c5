#include "tui/cts.h"

#include "backend/base/mem.h"
#include "tui/ct-facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beside the list: the details of the row with the cursor. Below it: the log of the job that is nearest to its end. */

struct pane {
    struct app *app;
    int vmid;
    struct facts facts;
    struct ct_history history;
    struct view *log;
    int job;
};

struct pane *pane_new(struct app *app)
{
    struct pane *pane = mem_zero(1, sizeof(*pane));
    pane->app = app;
    return pane;
}

static void close_log(struct pane *pane)
{
    if (pane->log)
        pane->log->class->close(pane->log);
    pane->log = NULL;
    pane->job = 0;
}

void pane_free(struct pane *pane)
{
    close_log(pane);
    facts_clear(&pane->facts);
    free(pane);
}

/* --- details --- */

static const struct ct *ct_of(const struct pane *pane)
{
    return pane->app->host ? host_ct(pane->app->host, pane->vmid) : NULL;
}

static void build(struct pane *pane)
{
    const struct app *app = pane->app;
    const struct ct *ct = ct_of(pane);
    if (ct) {
        ct_facts(&pane->facts, app->host, ct, app->jobs, app->njobs, &pane->history, loop_now());
    } else {
        facts_begin(&pane->facts);
        facts_end(&pane->facts);
    }
}

static void follow(struct pane *pane, int vmid)
{
    if (pane->vmid == vmid)
        return;
    pane->vmid = vmid;
    pane->history.n = 0;
    facts_clear(&pane->facts);
    build(pane);
}

bool pane_key(struct pane *pane, const struct key *key)
{
    return facts_key(&pane->facts, key);
}

void pane_focus(const struct pane *pane, char *text, size_t size)
{
    facts_full(&pane->facts, text, size);
}

void pane_draw(struct pane *pane, int vmid, const struct canvas *c, bool focus)
{
    char line[400], state[64];
    enum glyph glyph;
    enum role role;
    follow(pane, vmid);
    const struct ct *ct = ct_of(pane);
    if (!ct)
        return;
    const char *status = cts_status(ct, pane->app->jobs, pane->app->njobs, &glyph, &role);
    snprintf(line, sizeof(line), "%d %s", ct->vmid, ct->name);
    snprintf(state, sizeof(state), ct->lock ? "locked: %.40s" : "%s", ct->lock ? ct->lock : status);
    int x = 1 + draw_text(c, 0, 1, c->width / 2, ROLE_TITLE, SHOWN_CUT_END, line) + 3;
    draw_glyph(c, 0, x, role, glyph);
    draw_text(c, 0, x + 2, c->width - x - 3, ROLE_TEXT, SHOWN_CUT_END, state);
    ct_summary(ct, line, sizeof(line));
    draw_text(c, 1, 1, c->width - 2, ROLE_DIM, SHOWN_CUT_END, line);
    /* The facts' own margin is the list's. */
    struct canvas rest = canvas_part(c, 2, 0, c->height - 2, c->width);
    facts_draw(&pane->facts, &rest, focus);
}

/* --- log --- */

bool pane_has_log(const struct pane *pane)
{
    return pane->log != NULL;
}

void pane_draw_log(struct pane *pane, const struct canvas *c)
{
    if (pane->log)
        view_log_draw_lines(pane->log, c);
}

static const struct job *running(const struct app *app)
{
    for (size_t i = 0; i < app->njobs; i++)
        if (!job_state_ended(app->jobs[i].state))
            return &app->jobs[i];
    return NULL;
}

void pane_changed(struct pane *pane, unsigned what)
{
    const struct ct *ct = ct_of(pane);
    const struct job *job = running(pane->app);
    if (what & APP_FIGURES && ct)
        ct_history_add(&pane->history, ct->cpu);
    if (what & (APP_HOST | APP_JOBS))
        build(pane);
    /* A page that sees the end of its job calls it read, which a pane does not. */
    if (!job || job->id != pane->job)
        close_log(pane);
    if (job && !pane->log) {
        pane->job = job->id;
        pane->log = view_log_new(pane->app, job->id);
    } else if (pane->log && pane->log->class->changed) {
        pane->log->class->changed(pane->log, what);
    }
}
