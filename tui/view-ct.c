#include "tui/app.h"

#include "backend/base/mem.h"
#include "tui/acts.h"
#include "tui/ct-facts.h"
#include "tui/cts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The details of one CT: what it is, what it uses, what was done with it. */

struct ct_view {
    struct view view;
    int vmid;
    struct facts facts;
    struct ct_history history;
    char why[ERR_TEXT_MAX];
};

static const struct ct *ct_now(const struct ct_view *v)
{
    return v->view.app->host ? host_ct(v->view.app->host, v->vmid) : NULL;
}

static void build(struct ct_view *v)
{
    const struct app *app = v->view.app;
    const struct ct *ct = ct_now(v);
    if (ct)
        ct_facts(&v->facts, app->host, ct, app->jobs, app->njobs, &v->history, loop_now());
    else
        facts_begin(&v->facts), facts_end(&v->facts);
}

static void changed(struct view *view, unsigned what)
{
    struct ct_view *v = (struct ct_view *)view;
    const struct ct *ct = ct_now(v);
    if (what & APP_HOST && ct)
        ct_history_add(&v->history, ct->cpu);
    build(v);
}

/* --- keys --- */

/* clang-format off */
static const struct keytable_action actions[] = {
    {.id = "open", .keys = "Enter l Right", .label = "open", .priority = 1, .section = "THIS ROW",
     .sentence = "Opens what has the cursor: the image, a job's log, the environment."},
    ACTS_ROWS,
    {.id = "log", .keys = "L", .label = "log", .priority = 7, .section = "THIS CT", .sentence = "The log of its newest job."},
    {.id = "next", .keys = "]", .shown = "[ ]", .label = "next CT", .priority = 5, .section = "MOVE",
     .sentence = "The next CT, and [ the previous one, in the order of their VMIDs."},
    {.id = "previous", .keys = "["},
    {.id = "move", .keys = "", .shown = "j k g G", .label = "down, up, first, last", .section = "MOVE",
     .sentence = "The arrows, Home and End do the same; PgUp and PgDn move by a page."},
};
/* clang-format on */
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

static const struct job *newest_job(const struct ct_view *v)
{
    const struct app *app = v->view.app;
    for (size_t i = 0; i < app->njobs; i++)
        if (app->jobs[i].vmid == v->vmid)
            return &app->jobs[i];
    return NULL;
}

static const char *why_not(struct view *view, const struct keytable_action *action)
{
    struct ct_view *v = (struct ct_view *)view;
    const struct fact *row = facts_cursor(&v->facts);
    if (acts_knows(action->id))
        return acts_why_not(view->app->host, action->id, &v->vmid, 1, v->why, sizeof(v->why));
    if (strcmp(action->id, "open") == 0 && (!row || !row->opens))
        return "Nothing more is known of this row.";
    if (strcmp(action->id, "log") == 0 && !newest_job(v))
        return "No job about this CT is known.";
    return NULL;
}

static void open_row(struct ct_view *v)
{
    struct app *app = v->view.app;
    const struct fact *row = facts_cursor(&v->facts);
    const struct ct *ct = ct_now(v);
    int job;
    if (!row || !row->opens)
        return;
    if (strncmp(row->opens, "image ", 6) == 0) {
        app_push(app, view_image_new(app, row->opens + 6));
    } else if (sscanf(row->opens, "job %d", &job) == 1) {
        app_push(app, view_log_new(app, job));
    } else if (ct) {
        struct buf text = BUF_INIT;
        char head[300];
        ct_environment(ct, &text);
        snprintf(head, sizeof(head), "Containers › %d %.200s › Environment", ct->vmid, ct->name);
        app_push(app, view_text_new(app, head, text.s));
        buf_clear(&text);
    }
}

static void sibling(struct ct_view *v, int step)
{
    const struct host *host = v->view.app->host;
    for (size_t i = 0; host && i < host->ncts; i++) {
        if (host->cts[i].vmid != v->vmid)
            continue;
        if ((step < 0 && i == 0) || (step > 0 && i + 1 == host->ncts)) {
            app_say(v->view.app, step < 0 ? "This is the first CT." : "This is the last CT.");
            return;
        }
        v->vmid = host->cts[i + (size_t)step].vmid;
        v->history.n = 0;
        build(v);
        return;
    }
}

static void act(struct view *view, const char *id)
{
    struct ct_view *v = (struct ct_view *)view;
    if (acts_knows(id))
        acts_do(view->app, id, &v->vmid, 1);
    else if (strcmp(id, "open") == 0)
        open_row(v);
    else if (strcmp(id, "log") == 0)
        app_push(view->app, view_log_new(view->app, newest_job(v)->id));
    else
        sibling(v, strcmp(id, "next") == 0 ? 1 : strcmp(id, "previous") == 0 ? -1 : 0);
    app_paint(view->app);
}

static bool on_key(struct view *view, const struct key *key, const char *paste, size_t npaste)
{
    struct ct_view *v = (struct ct_view *)view;
    (void)paste;
    (void)npaste;
    return facts_key(&v->facts, key);
}

/* --- what is seen --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    const struct ct_view *v = (const struct ct_view *)view;
    const struct host *host = view->app->host;
    const struct ct *ct = ct_now(v);
    snprintf(left, nleft, "Containers › %d %.200s", v->vmid, ct ? ct->name : "");
    if (ct)
        snprintf(right, nright, "on %s%11d/%zu%s", ct->node, (int)(ct - host->cts) + 1, host->ncts,
                 scroll_more_below(&v->facts.scroll) ? " ▼" : "");
}

static void focus(struct view *view, char *text, size_t size)
{
    const struct ct_view *v = (const struct ct_view *)view;
    const struct fact *row = facts_cursor(&v->facts);
    char full[600];
    int job;
    facts_full(&v->facts, full, sizeof(full));
    if (row && row->opens && sscanf(row->opens, "job %d", &job) == 1)
        snprintf(text, size, "Job %d: Enter opens its log.", job);
    else if (row && row->opens)
        snprintf(text, size, "%s   Enter opens it.", full);
    else
        snprintf(text, size, "%s", full);
}

static void draw(struct view *view, const struct canvas *body)
{
    struct ct_view *v = (struct ct_view *)view;
    const struct ct *ct = ct_now(v);
    char line[400];
    enum glyph glyph;
    enum role role;
    draw_clear(body);
    if (!ct) {
        draw_text(body, 1, 3, 0, ROLE_TEXT, SHOWN_CUT_END,
                  view->app->host ? "This CT is gone. Esc goes back." : "The host is being read.");
        draw_cursor(body, 1, 3, false);
        return;
    }
    cts_status(ct, view->app->jobs, view->app->njobs, &glyph, &role);
    ct_summary(ct, line, sizeof(line));
    draw_glyph(body, 0, 1, role, glyph);
    draw_text(body, 0, 3, body->width - 4, ROLE_TEXT, SHOWN_CUT_END, line);
    struct canvas rest = canvas_part(body, 1, 0, body->height - 1, body->width);
    facts_draw(&v->facts, &rest, app_front(view->app));
}

static void close_view(struct view *view)
{
    struct ct_view *v = (struct ct_view *)view;
    facts_clear(&v->facts);
    free(v);
}

static const struct view_class class = {
    .name = "CT",
    .close = close_view,
    .title = title,
    .keys = &keys,
    .why_not = why_not,
    .act = act,
    .key = on_key,
    .changed = changed,
    .focus = focus,
    .draw = draw,
};

struct view *view_ct_new(struct app *app, int vmid)
{
    struct ct_view *v = mem_zero(1, sizeof(*v));
    v->view = (struct view){.class = &class, .app = app};
    v->vmid = vmid;
    build(v);
    return &v->view;
}
