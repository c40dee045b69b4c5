#include "tui/app.h"

#include "backend/base/mem.h"
#include "tui/create-form.h"
#include "tui/making.h"
#include "widgets/gauge.h"

#include <curses.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The form of a new CT on one page, with the commands that it makes beside it. */

#define PANE_FROM  110 /* columns of the body from which the commands stand beside the form */
#define FORM_WIDTH 72
#define REST_MS    300

/* A question to the registry, under way in the pool. */
struct asking {
    struct create_view *view; /* NULL: closed meanwhile, or nobody wants it any more */
    const struct settings *settings;
    struct imageref ref;
    char *reference, *arch;
    struct image_facts facts;
    struct err err;
    int rc;
};

/* A look at host folders, under way in the pool. */
struct looking {
    struct create_view *view;
    struct root root;
    struct argv paths;
    struct host found; /* only its folders */
};

struct starting {
    struct create_view *view;
};

struct create_view {
    struct view view;
    struct create_form *c;
    struct asking *asking;
    struct looking *looking;
    struct starting *starting;
    bool create; /* ^S was pressed: the job starts when the registry has answered */
    long long since;
    struct loop_timer *rest, *spin;
};

static void try_to_start(struct create_view *v);

/* The snapshot may be another one since the form was on top; the old one is gone. */
static struct create_form *form_now(struct create_view *v)
{
    v->c->host = v->view.app->host;
    return v->c;
}

/* --- the registry, in the pool --- */

static void ask_registry(void *data)
{
    struct asking *a = data;
    a->rc = making_facts(a->settings, &a->ref, a->arch, &a->facts, &a->err);
}

static void free_asking(struct asking *a)
{
    imageref_clear(&a->ref);
    image_facts_clear(&a->facts);
    free(a->reference);
    free(a->arch);
    free(a);
}

static void on_answer(void *data)
{
    struct asking *a = data;
    struct create_view *v = a->view;
    if (v) {
        v->asking = NULL;
        create_facts(form_now(v), a->reference, &a->facts, a->rc ? a->err.text : NULL);
        app_paint(v->view.app);
        if (v->create && a->rc) {
            v->create = false;
            loop_timer_stop(v->spin);
            form_to(v->c->form, "image");
            app_error(v->view.app, "%s Nothing was run.", a->err.text);
        } else if (v->create) {
            try_to_start(v);
        }
    }
    free_asking(a);
}

/* Nobody waits for the answer to an older question. */
static void drop_asking(struct create_view *v)
{
    if (v->asking)
        v->asking->view = NULL;
    v->asking = NULL;
}

static void ask(struct create_view *v, const char *reference)
{
    struct app *app = v->view.app;
    if (v->asking && strcmp(v->asking->reference, reference) == 0)
        return;
    drop_asking(v);
    struct asking *a = mem_zero(1, sizeof(*a));
    if (imageref_parse(reference, &a->ref, NULL)) {
        free(a);
        return;
    }
    a->view = v;
    a->settings = app->settings;
    a->reference = mem_strdup(reference);
    a->arch = mem_strdup(app->host && app->host->arch ? app->host->arch : "amd64");
    v->asking = a;
    v->since = loop_ms(app->loop);
    app_work(app, ask_registry, on_answer, a);
}

/* --- host folders, in the pool --- */

static void look_at_folders(void *data)
{
    struct looking *l = data;
    for (size_t i = 0; i < l->paths.n; i++)
        host_look_at(&l->found, &l->root, l->paths.v[i]);
}

static void on_looked(void *data)
{
    struct looking *l = data;
    if (l->view) {
        l->view->looking = NULL;
        create_folders(form_now(l->view), l->found.folders, l->found.nfolders);
        app_paint(l->view->view.app);
    } else {
        for (size_t i = 0; i < l->found.nfolders; i++)
            free(l->found.folders[i].path);
        free(l->found.folders);
    }
    argv_clear(&l->paths);
    free(l);
}

static void look(struct create_view *v)
{
    struct argv paths = ARGV_INIT;
    create_unseen(v->c, &paths);
    if (!paths.n || v->looking) {
        argv_clear(&paths);
        return;
    }
    struct looking *l = mem_zero(1, sizeof(*l));
    l->view = v;
    l->root = v->view.app->root;
    /* The whole set, so that what was known stays known. */
    for (size_t i = 0; i < v->c->nfolders; i++)
        argv_push(&paths, v->c->folders[i].path);
    l->paths = paths;
    v->looking = l;
    app_work(v->view.app, look_at_folders, on_looked, l);
}

static void on_rest(void *data)
{
    struct create_view *v = data;
    char reference[1024];
    look(v);
    if (strcmp(form_focus(v->c->form), "image") != 0 && create_image_to_ask(v->c, reference, sizeof(reference)) &&
        !(v->c->asked && strcmp(v->c->asked, reference) == 0))
        ask(v, reference);
}

static void on_spin(void *data)
{
    struct create_view *v = data;
    app_paint(v->view.app);
}

/* --- starting --- */

static void on_started(void *data, int job, const char *why)
{
    struct starting *s = data;
    struct create_view *v = s->view;
    free(s);
    (void)why;
    if (!v)
        return;
    struct app *app = v->view.app;
    v->starting = NULL;
    if (job > 0) {
        app_back(app);
        app_push(app, view_log_new(app, job));
        return;
    }
    /* Another job took the id that was chosen for us: the next one, the form stays. */
    size_t max = sizeof(v->c->taken) / sizeof(v->c->taken[0]);
    if (job == -EBUSY && !*form_value(v->c->form, "vmid") && v->c->plan && v->c->ntaken < max) {
        v->c->taken[v->c->ntaken++] = v->c->plan->vmid;
        create_check(form_now(v));
        try_to_start(v);
    }
}

static void start(struct create_view *v)
{
    struct spec spec;
    struct spec_problems none = {0};
    struct buf yaml = BUF_INIT;
    struct plan *plan = v->c->plan;

    v->create = false;
    loop_timer_stop(v->spin);
    create_spec(v->c, NULL, &spec, &none);
    spec_write(&spec, &yaml);
    v->c->plan = NULL;
    create_check(v->c); /* the preview goes on */
    v->starting = mem_zero(1, sizeof(*v->starting));
    v->starting->view = v;
    app_start_job(v->view.app, plan, yaml.s, on_started, v->starting);
    spec_problems_clear(&none);
    spec_clear(&spec);
    buf_clear(&yaml);
}

static void try_to_start(struct create_view *v)
{
    char reference[1024];
    struct app *app = v->view.app;
    if (create_to_problem(v->c)) {
        char text[512];
        v->create = false;
        form_message(v->c->form, text, sizeof(text));
        app_error(app, "%s", text);
    } else if (!v->c->plan) {
        v->create = false;
        app_error(app, "The host is being read. Try again in a moment.");
    } else if (create_image_to_ask(v->c, reference, sizeof(reference))) {
        v->create = true;
        loop_timer_set(v->spin, 250, 250);
        ask(v, reference);
    } else {
        start(v);
    }
}

/* --- leaving --- */

static void on_leave(void *data, const char *id)
{
    struct create_view *v = data;
    if (strcmp(id, "leave") == 0)
        app_back(v->view.app);
}

static void leave(struct create_view *v)
{
    const struct dialog_button buttons[] = {
        {.id = "stay", .label = "Go on"},
        {.id = "leave", .label = "Throw it away", .letter = 'y'},
    };
    if (v->create) {
        v->create = false;
        loop_timer_stop(v->spin);
        drop_asking(v);
        app_say(v->view.app, "Nothing was started.");
    } else if (create_dirty(v->c)) {
        app_ask(v->view.app, "New container", "What was typed here is lost when the form is left.", buttons, 2, 0,
                on_leave, v);
    } else {
        app_back(v->view.app);
    }
}

/* --- keys --- */

/* From priority 9 on a key stands in the footer only where it can be used: lists, numbers and ticks have their own. */
/* clang-format off */
static const struct keytable_action actions[] = {
    {.id = "edit", .keys = "Enter", .label = "edit", .priority = 9},
    {.id = "add", .keys = "a", .label = "add", .priority = 9, .section = "LISTS", .sentence = "Adds a row to the list."},
    {.id = "remove", .keys = "d", .label = "remove", .priority = 9, .section = "LISTS",
     .sentence = "Takes the row out of the list; ^R brings it back."},
    {.id = "field", .keys = "Tab", .label = "next field", .priority = 3, .section = "FORM",
     .sentence = "To the next field. Enter does the same, S-Tab goes back."},
    {.id = "act", .keys = "Space", .label = "choose", .priority = 10, .section = "FORM",
     .sentence = "Acts on the field: ticks it, opens its list, presses the button."},
    {.id = "step", .keys = "+", .shown = "+ -", .label = "step", .priority = 10, .section = "FORM",
     .sentence = "The number goes up or down by a step."},
    {.id = "default", .keys = "^R", .label = "default", .priority = 11, .section = "FORM",
     .sentence = "Puts the field back to its default."},
    {.id = "commands", .keys = "^V", .label = "commands", .priority = 2, .section = "FORM",
     .sentence = "Shows what will run, whole, before it runs."},
    {.id = "create", .keys = "^S", .label = "create", .priority = 1, .section = "FORM",
     .sentence = "Makes the CT as a job; its log opens."},
    {.id = "help", .keys = "F1", .label = "keys", .priority = 0},
};
/* clang-format on */
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

static enum form_kind kind_now(const struct create_view *v)
{
    for (int i = 0; i < create_nfields; i++)
        if (strcmp(create_fields[i].id, form_focus(v->c->form)) == 0)
            return create_fields[i].kind;
    return FORM_NOTE;
}

static const char *why_not(struct view *view, const struct keytable_action *action)
{
    enum form_kind kind = kind_now((struct create_view *)view);
    bool of_list = action->section && strcmp(action->section, "LISTS") == 0;
    if (of_list || strcmp(action->id, "edit") == 0)
        return kind == FORM_LIST ? NULL : "Only lists have rows.";
    if (strcmp(action->id, "step") == 0)
        return kind == FORM_NUMBER ? NULL : "Only numbers have steps.";
    if (strcmp(action->id, "act") == 0)
        return kind == FORM_CHOICE || kind == FORM_TOGGLE || kind == FORM_RADIO || kind == FORM_BUTTON
                   ? NULL
                   : "Text is typed; lists are edited with Enter.";
    return NULL;
}

static void show_commands(struct create_view *v)
{
    struct buf text = BUF_INIT;
    char title[300];
    if (!v->c->plan) {
        app_error(v->view.app, "There is nothing to run yet: name an image first.");
        return;
    }
    making_text(v->c->plan, COLS - 2, &text);
    snprintf(title, sizeof(title), "New container › %.200s › Commands", form_effective(v->c->form, "hostname"));
    app_push(v->view.app, view_text_new(v->view.app, title, text.s));
    buf_clear(&text);
}

static void act(struct view *view, const char *id)
{
    struct create_view *v = (struct create_view *)view;
    if (strcmp(id, "create") == 0)
        try_to_start(v);
    else if (strcmp(id, "commands") == 0)
        show_commands(v);
}

static void press(struct create_view *v)
{
    const char *button = form_focus(v->c->form);
    if (strcmp(button, "b.commands") == 0) {
        show_commands(v);
        return;
    }
    form_set(v->c->form, "start", strcmp(button, "b.start") == 0 ? "1" : "0");
    create_check(v->c);
    try_to_start(v);
}

static bool typing(const struct view *view)
{
    (void)view;
    return true;
}

static bool busy(const struct create_view *v)
{
    return v->create || v->starting;
}

/* A letter that means nothing to the form is not one of the screens'. */
static bool other_key(struct create_view *v, const struct key *key)
{
    if (key_is_code(key, KEYS_ESC) || (key_is(key, 'q') && !form_in_text(v->c->form))) {
        leave(v);
        return true;
    }
    return key->type == KEY_CHAR && !key_is(key, '?');
}

static bool on_key(struct view *view, const struct key *key, const char *paste, size_t npaste)
{
    struct create_view *v = (struct create_view *)view;
    if (busy(v))
        return key_is_code(key, KEYS_ESC) ? (leave(v), true) : key->type == KEY_CHAR || key->type == KEY_PASTED;
    if (key_is_code(key, KEY_CTRL('S')) || key_is_code(key, KEY_CTRL('V')))
        return false;
    enum form_event event = create_key(v->c, key, paste, npaste);
    app_paint(view->app);
    if (event == FORM_NOTHING)
        return other_key(v, key);
    if (event == FORM_PRESSED)
        press(v);
    if (event == FORM_CHANGED || event == FORM_LEFT_FIELD)
        loop_timer_set(v->rest, REST_MS, 0);
    return true;
}

static void take_claims(struct create_view *v)
{
    int vmids[64];
    size_t n = 0;
    const struct app *app = v->view.app;
    for (size_t i = 0; i < app->njobs && n < 64; i++)
        if (!job_state_ended(app->jobs[i].state) && app->jobs[i].vmid)
            vmids[n++] = app->jobs[i].vmid;
    create_claimed(v->c, vmids, n);
}

static void changed(struct view *view, unsigned what)
{
    struct create_view *v = (struct create_view *)view;
    bool first = !v->c->host;
    form_now(v);
    if (what & APP_HOST) {
        /* Figures alone change nothing that is chosen from. */
        if (first || !(what & APP_FIGURES))
            create_host(v->c, view->app->host);
        if (first)
            loop_timer_set(v->rest, REST_MS, 0);
    }
    if (what & APP_JOBS)
        take_claims(v);
}

/* --- what is seen --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    const struct create_view *v = (const struct create_view *)view;
    const char *name = form_effective(v->c->form, "hostname");
    bool template = strcmp(form_effective(v->c->form, "from"), "lxc") == 0;
    size_t errors = v->c->nproblems;
    snprintf(left, nleft, "New container%s%.200s › One page", *name ? " › " : "", name);
    snprintf(right, nright, "%s", template ? "LXC" : "OCI");
    if (errors)
        snprintf(right, nright, "%s, %zu to fill in or mend%s", template ? "LXC" : "OCI", errors,
                 form_more_below(v->c->form) ? " ▼" : "");
    else if (form_more_below(v->c->form))
        snprintf(right, nright, "%s ▼", template ? "LXC" : "OCI");
}

static void focus(struct view *view, char *text, size_t size)
{
    struct create_view *v = (struct create_view *)view;
    if (v->create && v->asking)
        snprintf(text, size, "%c Asking the registry about %s. Esc cancels.",
                 gauge_spinner(loop_ms(view->app->loop) - v->since), v->asking->reference);
    else if (v->starting)
        snprintf(text, size, "The job is being started.");
    else
        form_message(v->c->form, text, size);
}

/* "$ pct create 110 … --memory 4096 …": the option of the field with the focus. */
static void draw_option(const struct create_view *v, const struct canvas *body, int y)
{
    const char *option = create_option(v->c);
    const char *dots = body->theme->utf8 ? "…" : "...";
    struct buf text = BUF_INIT;
    for (size_t i = 0; v->c->plan && i < v->c->plan->nsteps && !text.len; i++) {
        const struct argv *argv = &v->c->plan->steps[i].argv;
        if (argv->n < 3 || strcmp(argv->v[0], "pct") != 0 || strcmp(argv->v[1], "create") != 0)
            continue;
        buf_addf(&text, "$ pct create %s %s", argv->v[2], dots);
        for (size_t k = 3; option && k + 1 < argv->n; k++) {
            if (strcmp(argv->v[k], option) == 0) {
                buf_addf(&text, " %s ", option);
                if (strcmp(argv->v[k + 1], MAKING_UNKNOWN) == 0)
                    buf_adds(&text, MAKING_UNKNOWN);
                else
                    argv_quote_word(&text, argv->v[k + 1]);
                buf_addf(&text, " %s", dots);
            }
        }
        buf_addf(&text, "   step %zu of %zu, ^V shows all", i + 1, v->c->plan->nsteps);
    }
    draw_text(body, y, 1, body->width - 2, ROLE_DIM, SHOWN_CUT_END, text.s);
    buf_clear(&text);
}

static int draw_lines(const struct canvas *c, int y, const char *text, const char *mark)
{
    for (const char *end; *text && y < c->height; text = end + (*end == '\n'), y++) {
        end = text + strcspn(text, "\n");
        char *line = mem_dup(text, (size_t)(end - text));
        bool marked = mark && strstr(line, mark);
        if (marked)
            draw_glyph(c, y, 0, ROLE_ACCENT, GLYPH_CURSOR);
        draw_text(c, y, 1, 0, line[0] == ' ' ? ROLE_TEXT : ROLE_TITLE, SHOWN_CUT_END, line);
        free(line);
    }
    return y;
}

static void draw_pane(const struct create_view *v, const struct canvas *pane)
{
    struct buf text = BUF_INIT;
    struct spec spec;
    struct spec_problems none = {0};
    char head[80];
    if (!v->c->plan) {
        draw_text(pane, 0, 1, 0, ROLE_DIM, SHOWN_CUT_END, "The commands come once an image is named.");
        return;
    }
    snprintf(head, sizeof(head), "%zu step%s, nothing has run", v->c->plan->nsteps, v->c->plan->nsteps == 1 ? "" : "s");
    draw_text(pane, 0, 1, 0, ROLE_TITLE, SHOWN_CUT_END, head);
    draw_right(pane, 0, pane->width - 1, ROLE_DIM, "^V whole");
    making_steps(v->c->plan, pane->width - 2, &text);
    int y = draw_lines(pane, 2, text.s, create_option(v->c));
    if (y + 3 < pane->height && !v->c->nproblems) {
        buf_reset(&text);
        create_spec(v->c, NULL, &spec, &none);
        spec_write(&spec, &text);
        draw_rule(pane, y + 1, 1, pane->width - 2, ROLE_DIM, "as a spec");
        draw_lines(pane, y + 2, text.s, NULL);
        spec_clear(&spec);
        spec_problems_clear(&none);
    }
    buf_clear(&text);
}

static void draw(struct view *view, const struct canvas *body)
{
    struct create_view *v = (struct create_view *)view;
    draw_clear(body);
    if (body->width >= PANE_FROM) {
        struct canvas form = canvas_part(body, 1, 0, body->height - 1, FORM_WIDTH);
        struct canvas pane = canvas_part(body, 0, FORM_WIDTH + 1, body->height, body->width - FORM_WIDTH - 1);
        form_draw(v->c->form, &form);
        draw_vline(body, 0, FORM_WIDTH, body->height, ROLE_DIM);
        draw_pane(v, &pane);
        return;
    }
    int preview = body->height > 12;
    struct canvas form = canvas_part(body, preview, 0, body->height - 2 * preview, body->width);
    form_draw(v->c->form, &form);
    if (preview)
        draw_option(v, body, body->height - 1);
}

static void close_view(struct view *view)
{
    struct create_view *v = (struct create_view *)view;
    drop_asking(v);
    if (v->looking)
        v->looking->view = NULL;
    if (v->starting)
        v->starting->view = NULL;
    loop_timer_free(v->rest);
    loop_timer_free(v->spin);
    create_free(v->c);
    free(v);
}

static bool unsaved(const struct view *view)
{
    return create_dirty(((const struct create_view *)view)->c);
}

static const struct view_class class = {
    .name = "New container",
    .close = close_view,
    .title = title,
    .keys = &keys,
    .why_not = why_not,
    .act = act,
    .typing = typing,
    .key = on_key,
    .changed = changed,
    .focus = focus,
    .draw = draw,
    .unsaved = unsaved,
};

struct view *view_create_new(struct app *app, const char *image)
{
    struct create_view *v = mem_zero(1, sizeof(*v));
    v->view = (struct view){.class = &class, .app = app};
    v->c = create_new(image, app->settings);
    v->rest = loop_timer_new(app->loop, on_rest, v);
    v->spin = loop_timer_new(app->loop, on_spin, v);
    create_host(v->c, app->host);
    take_claims(v);
    loop_timer_set(v->rest, REST_MS, 0);
    return &v->view;
}

struct view *view_create_from(struct app *app, const struct spec *spec)
{
    struct view *view = view_create_new(app, NULL);
    struct create_view *v = (struct create_view *)view;
    struct argv lost = ARGV_INIT;
    struct buf names = BUF_INIT;
    create_load(v->c, spec, &lost);
    form_to(v->c->form, "hostname");
    for (size_t i = 0; i < lost.n; i++)
        buf_addf(&names, "%s%s", i ? ", " : "", lost.v[i]);
    if (lost.n)
        app_error(app, "The form has no field for: %s. They are left out.", names.s);
    buf_clear(&names);
    argv_clear(&lost);
    return view;
}
