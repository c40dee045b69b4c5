#include "tui/app.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "tui/destroy-form.h"
#include "tui/making.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The page before a CT is destroyed: every loss above, what stands in the way below. */

struct destroy_view;
struct starting {
    struct destroy_view *view; /* NULL: the page was closed meanwhile */
};

struct destroy_view {
    struct view view;
    struct destroy_form *d;
    struct starting *starting;
    int top; /* first line of the list that is seen */
    int more;
};

/* --- starting --- */

static void on_started(void *data, int job, const char *why)
{
    struct starting *s = data;
    struct destroy_view *v = s->view;
    free(s);
    (void)why;
    if (!v)
        return;
    struct app *app = v->view.app;
    v->starting = NULL;
    if (job <= 0) {
        destroy_look(v->d, app->host);
        return;
    }
    app_back(app);
    app_push(app, view_log_new(app, job));
}

static void start(struct destroy_view *v)
{
    struct plan *plan = destroy_take(v->d);
    if (!plan || v->starting)
        return;
    v->starting = mem_zero(1, sizeof(*v->starting));
    v->starting->view = v;
    app_start_job(v->view.app, plan, NULL, on_started, v->starting);
}

/* --- keys --- */

static const struct keytable_action actions[] = {
    {.id = "next",
     .keys = "Tab",
     .label = "next",
     .priority = 3,
     .section = "PAGE",
     .sentence = "To the next tick, field or button."},
    {.id = "tick",
     .keys = "Space",
     .label = "tick",
     .priority = 4,
     .section = "PAGE",
     .sentence = "Sets or takes away the tick."},
    {.id = "destroy", .keys = "Enter", .label = "destroy", .priority = 2},
    {.id = "commands",
     .keys = "^V",
     .label = "commands",
     .priority = 5,
     .section = "PAGE",
     .sentence = "Shows what will run, whole, before it runs."},
    {.id = "keep",
     .keys = "Esc",
     .label = "keep it",
     .priority = 1,
     .section = "PAGE",
     .sentence = "Closes the page; nothing was changed."},
};
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

static void show_commands(struct destroy_view *v)
{
    struct buf text = BUF_INIT;
    char title[300];
    if (!v->d->plan) {
        app_error(v->view.app, "%s", v->d->why);
        return;
    }
    making_text(v->d->plan, COLS - 2, &text);
    snprintf(title, sizeof(title), "Containers › %d %.200s › Destroy › Commands", v->d->vmid, v->d->name);
    app_push(v->view.app, view_text_new(v->view.app, title, text.s));
    buf_clear(&text);
}

static void act(struct view *view, const char *id)
{
    struct destroy_view *v = (struct destroy_view *)view;
    if (strcmp(id, "keep") == 0)
        app_back(view->app);
    else if (strcmp(id, "commands") == 0)
        show_commands(v);
}

static bool typing(const struct view *view)
{
    (void)view;
    return true;
}

static void refuse(struct destroy_view *v)
{
    const char *why = destroy_why_not(v->d);
    if (v->d->plan && v->d->name)
        app_say(v->view.app, "Type %s, all of it. Nothing has been changed yet.", v->d->name);
    else if (why)
        app_say(v->view.app, "%s", why);
}

static bool on_key(struct view *view, const struct key *key, const char *paste, size_t npaste)
{
    struct destroy_view *v = (struct destroy_view *)view;
    int page = key_is_code(key, KEY_NPAGE) - key_is_code(key, KEY_PPAGE);
    if (v->starting)
        return key->type == KEY_CHAR || key->type == KEY_PASTED;
    if (page) {
        v->top += page * 5;
        app_paint(view->app);
        return true;
    }
    if (key_is_code(key, KEY_CTRL('V')) || key_is_code(key, KEYS_ESC))
        return false;
    enum form_event event = destroy_key(v->d, view->app->host, key, paste, npaste);
    app_paint(view->app);
    if (event == FORM_PRESSED && strcmp(form_focus(v->d->form), "keep") == 0)
        app_back(view->app);
    else if (event == FORM_PRESSED)
        start(v);
    else if (event == FORM_REFUSED)
        refuse(v);
    /* No letter is one of the screens' here: the name may begin with any. */
    return event != FORM_NOTHING || (key->type == KEY_CHAR && !key_is(key, '?'));
}

static void changed(struct view *view, unsigned what)
{
    struct destroy_view *v = (struct destroy_view *)view;
    if (what & APP_HOST && !v->starting)
        destroy_look(v->d, view->app->host);
}

/* --- what is seen --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    const struct destroy_view *v = (const struct destroy_view *)view;
    const struct ct *ct = view->app->host ? host_ct(view->app->host, v->d->vmid) : NULL;
    struct buf since = BUF_INIT;
    snprintf(left, nleft, "Containers › %d %.200s › Destroy", v->d->vmid, v->d->name ? v->d->name : "");
    if (ct && ct->state == CT_RUNNING && ct->uptime != HOST_UNKNOWN) {
        buf_adds(&since, ", running ");
        num_add_duration(&since, (int64_t)ct->uptime);
    } else if (ct) {
        buf_adds(&since, ct->state == CT_STOPPED ? ", stopped" : "");
    }
    if (ct)
        snprintf(right, nright, "on %s%s%s", ct->node, since.s, v->more ? " ▼" : "");
    buf_clear(&since);
}

static void focus(struct view *view, char *text, size_t size)
{
    const struct destroy_view *v = (const struct destroy_view *)view;
    if (!v->d->name)
        snprintf(text, size, "There is no CT %d any more.", v->d->vmid);
    else if (v->starting)
        snprintf(text, size, "The job is being started.");
    else if (!destroy_why_not(v->d))
        snprintf(text, size, "Enter destroys %s now. What is listed as lost is lost for good.", v->d->name);
    else if (!v->d->plan)
        snprintf(text, size, "%s", v->d->why);
    else
        snprintf(text, size, "Type %s, all of it. Nothing has been changed yet.", v->d->name);
}

static void draw_line(const struct canvas *c, int y, const struct destroy_line *line)
{
    int what = c->width >= 70 ? 29 : c->width / 3, size = c->width >= 60 ? 18 : 0;
    draw_text(c, y, 5, what - 1, ROLE_TEXT, SHOWN_CUT_START, line->what);
    if (!*line->size)
        size = 0;
    draw_text(c, y, 5 + what, c->width - 6 - what - size, ROLE_TEXT, SHOWN_CUT_START, line->where);
    if (size)
        draw_right(c, y, c->width - 2, ROLE_TEXT, line->size);
}

/* The list from line `v->top`; lines that are not seen are counted in `v->more`. */
static void draw_list(struct destroy_view *v, const struct canvas *c)
{
    const struct {
        const char *head;
        const struct destroy_lines *lines;
    } parts[] = {{"Lost for good", &v->d->lost}, {"Stays as it is", &v->d->stays}};
    int all = (int)(v->d->lost.n + v->d->stays.n) + 1 + (v->d->stays.n > 0), y = 0;
    char more[32] = "";
    if (v->top > all - c->height)
        v->top = all - c->height;
    if (v->top < 0)
        v->top = 0;
    v->more = all - c->height - v->top > 0 ? all - c->height - v->top : 0;
    y = -v->top;
    if (v->more)
        snprintf(more, sizeof(more), "PgDn: %d more", v->more);
    draw_right(c, 0, c->width - 2, ROLE_WARN, more);
    for (int p = 0; p < 2; p++) {
        if (p && !parts[p].lines->n)
            continue;
        if (y >= 0)
            draw_text(c, y, 3, 0, p ? ROLE_TITLE : ROLE_DANGER, SHOWN_CUT_END, parts[p].head);
        y++;
        for (size_t i = 0; i < parts[p].lines->n; i++, y++)
            if (y >= 0)
                draw_line(c, y, &parts[p].lines->v[i]);
    }
}

static void draw(struct view *view, const struct canvas *body)
{
    struct destroy_view *v = (struct destroy_view *)view;
    int lines = (int)(v->d->lost.n + v->d->stays.n) + 3, ticks = body->height > 14 ? 11 : 8;
    int room = body->height - ticks < lines ? body->height - ticks : lines;
    draw_clear(body);
    if (!v->d->name) {
        draw_text(body, 1, 3, 0, ROLE_TEXT, SHOWN_CUT_END, "This CT is gone. Esc goes back.");
        draw_cursor(body, 1, 3, false);
        return;
    }
    if (room < 2)
        room = 2;
    struct canvas list = canvas_part(body, body->height > 14, 0, room - (body->height > 14), body->width);
    struct canvas form = canvas_part(body, room + (body->height - room > 11), 0, body->height - room, body->width);
    draw_list(v, &list);
    form_draw(v->d->form, &form);
}

static void close_view(struct view *view)
{
    struct destroy_view *v = (struct destroy_view *)view;
    if (v->starting)
        v->starting->view = NULL;
    destroy_free(v->d);
    free(v);
}

static const struct view_class class = {
    .name = "Destroy",
    .close = close_view,
    .title = title,
    .keys = &keys,
    .act = act,
    .typing = typing,
    .key = on_key,
    .changed = changed,
    .focus = focus,
    .draw = draw,
};

struct view *view_destroy_new(struct app *app, int vmid)
{
    struct destroy_view *v = mem_zero(1, sizeof(*v));
    v->view = (struct view){.class = &class, .app = app};
    v->d = destroy_new(vmid, app->host);
    /* What was typed before the page is seen does not count. */
    keys_flush(app->keys);
    return &v->view;
}
