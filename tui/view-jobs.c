#include "tui/app.h"

#include "backend/base/mem.h"
#include "tui/job-acts.h"
#include "tui/job-words.h"
#include "widgets/gauge.h"
#include "widgets/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The Jobs screen. Its rows are the newest list of jobs; what the cells say is in job-words.c. */

#define MARKED_MAX  1024
#define LIST        "LIST"
#define ONLY_FAILED "status:failed"

struct jobs_view {
    struct view view;
    struct table *table;
    bool in_cluster, placed; /* placed: the cursor was put where it begins */
    int led_to;              /* the unread failure that the cursor was led to last; 0: none */
};

/* --- the table --- */

static const struct table_column columns[] = {
    {.id = "job", .head = "JOB", .align = TABLE_RIGHT, .width = 4, .max = 8, .cut = SHOWN_CUT_NEVER},
    {.id = "what", .head = "WHAT", .width = 28, .min = 20, .max = 60, .cut = SHOWN_CUT_END},
    {.id = "what-short", .head = "WHAT", .width = 20, .min = 12, .max = 28, .cut = SHOWN_CUT_END, .sort = "what"},
    {.id = "node", .head = "NODE", .width = 4, .max = 12, .cut = SHOWN_CUT_END},
    {.id = "started", .head = "STARTED", .width = 11, .cut = SHOWN_CUT_NEVER},
    {.id = "took", .head = "TOOK", .align = TABLE_RIGHT, .width = 6, .cut = SHOWN_CUT_NEVER},
    {.id = "result", .head = "RESULT", .width = 25, .max = 32, .cut = SHOWN_CUT_END},
    {.id = "state", .head = "RESULT", .width = 13, .cut = SHOWN_CUT_NEVER, .sort = "result"},
};

/* From wide to narrow. The first is for a cluster. */
static const struct table_layout layouts[] = {
    {{"job", "what", "node", "started", "took", "result", NULL}},
    {{"job", "what", "started", "took", "result", NULL}},
    {{"job", "what", "started", "took", "state", NULL}},
    {{"job", "what-short", "started", "took", "state", NULL}},
    {{"job", "what-short", "started", "state", NULL}},
    {{"job", "what-short", "state", NULL}},
    {{"what-short", "state", NULL}},
};
#define NLAYOUTS ((int)(sizeof(layouts) / sizeof(layouts[0])))

static const struct app *app_of(void *data)
{
    return ((struct jobs_view *)data)->view.app;
}

static const struct job *job_at(void *data, int row)
{
    return &app_of(data)->jobs[row];
}

static int count(void *data)
{
    return (int)app_of(data)->njobs;
}

static long key_of(void *data, int row)
{
    return job_at(data, row)->id;
}

static void result_cell(void *data, const struct job *job, bool whole, struct table_cell *out)
{
    struct app_progress progress;
    int percent = -1;
    if (!whole)
        snprintf(out->text, sizeof(out->text), "%s", job_words_state(job->state));
    else if (app_job_progress(app_of(data), job->id, &progress))
        percent = gauge_percent(progress.part, progress.whole);
    if (whole)
        job_words_result(job, percent, out->text, sizeof(out->text));
    out->glyph = job_words_glyph(job->state);
    out->glyph_role = job_words_role(job->state);
}

static void cell(void *data, int row, const char *column, struct table_cell *out)
{
    const struct job *job = job_at(data, row);
    const struct app *app = app_of(data);
    if (strcmp(column, "job") == 0)
        snprintf(out->text, sizeof(out->text), "%d", job->id);
    else if (strncmp(column, "what", 4) == 0)
        snprintf(out->text, sizeof(out->text), "%s", job->title);
    else if (strcmp(column, "node") == 0)
        snprintf(out->text, sizeof(out->text), "%s", app->host ? app->host->node : "");
    else if (strcmp(column, "started") == 0)
        job_words_moment(job->began, loop_now(), out->text, sizeof(out->text));
    else if (strcmp(column, "took") == 0)
        job_words_took(job, loop_now(), out->text, sizeof(out->text));
    else
        result_cell(data, job, strcmp(column, "result") == 0, out);
}

static int64_t took(const struct job *job)
{
    return (job_state_ended(job->state) ? job->ended : loop_now()) - job->began;
}

static int sign(int64_t n)
{
    return (n > 0) - (n < 0);
}

static int compare(void *data, int a, int b, const char *column)
{
    const struct job *x = job_at(data, a), *y = job_at(data, b);
    int order = 0;
    if (strcmp(column, "what") == 0)
        order = strcmp(x->title, y->title);
    else if (strcmp(column, "started") == 0)
        order = sign(x->began - y->began);
    else if (strcmp(column, "took") == 0)
        order = sign(took(x) - took(y));
    else if (strcmp(column, "result") == 0)
        order = (int)x->state - (int)y->state;
    return order ? order : x->id - y->id;
}

static bool matches(void *data, int row, const char *field, const char *word)
{
    return job_words_matches(job_at(data, row), field, word);
}

static void make_table(struct jobs_view *v)
{
    const struct table_source source = {
        .data = v, .count = count, .cell = cell, .key = key_of, .compare = compare, .matches = matches};
    int first = v->in_cluster ? 0 : 1;
    v->table = table_new(columns, sizeof(columns) / sizeof(columns[0]), layouts + first, NLAYOUTS - first, &source);
    table_sort(v->table, "started", true);
}

/* --- what is chosen --- */

static const struct job *under_cursor(struct jobs_view *v)
{
    long key = table_key(v->table);
    return key > 0 ? job_acts_find(v->view.app, (int)key) : NULL;
}

/* The marked rows, or else the one with the cursor. */
static int chosen(struct jobs_view *v, int *ids)
{
    long keys[MARKED_MAX];
    int n = table_marks(v->table, keys, MARKED_MAX);
    n = n > MARKED_MAX ? MARKED_MAX : n;
    for (int i = 0; i < n; i++)
        ids[i] = (int)keys[i];
    if (n == 0 && table_key(v->table) > 0)
        ids[n++] = (int)table_key(v->table);
    return n;
}

/* The oldest failure that nobody has looked at; jobs are listed newest first. */
static int oldest_unread(const struct app *app)
{
    for (size_t i = app->njobs; i-- > 0;)
        if (app->jobs[i].unread)
            return app->jobs[i].id;
    return 0;
}

static int newest_running(const struct app *app)
{
    for (size_t i = 0; i < app->njobs; i++)
        if (!job_state_ended(app->jobs[i].state))
            return app->jobs[i].id;
    return 0;
}

/* The cursor begins on the oldest unread failure, else on what runs. Each failure leads it once: it then is the
 * person's. */
static void lead_cursor(struct jobs_view *v)
{
    const struct app *app = v->view.app;
    int unread = oldest_unread(app), running = newest_running(app);
    if (app->njobs == 0)
        return;
    if (unread && unread != v->led_to)
        table_to_key(v->table, v->led_to = unread);
    else if (!v->placed && running)
        table_to_key(v->table, running);
    else if (!v->placed)
        table_first(v->table);
    v->placed = true;
}

/* --- title and focus --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    struct jobs_view *v = (struct jobs_view *)view;
    const struct app *app = view->app;
    const char *filter = table_filter_text(v->table), *more = table_more_below(v->table) ? " \xe2\x96\xbc" : "";
    int running = 0, unread = 0, marks = table_marks(v->table, NULL, 0);
    int at = table_position(v->table), shown = table_shown(v->table);
    char what[128], few[64] = "";
    for (size_t i = 0; i < app->njobs; i++) {
        running += !job_state_ended(app->jobs[i].state);
        unread += app->jobs[i].unread;
    }
    snprintf(left, nleft, *filter ? "Jobs   filter: %s" : "Jobs", filter);
    if (app->njobs == 0) {
        snprintf(right, nright, "no jobs yet");
        return;
    }
    int n = *filter ? snprintf(what, sizeof(what), "%d of %zu", shown, app->njobs)
                    : snprintf(what, sizeof(what), "%zu job%s", app->njobs, app->njobs == 1 ? "" : "s");
    if (marks)
        snprintf(few, sizeof(few), ", %d marked", marks);
    else if (running)
        snprintf(few, sizeof(few), ", %d running", running);
    snprintf(what + n, sizeof(what) - (size_t)n, unread ? "%s, %d failed and unread" : "%s", few, unread);
    snprintf(right, nright, "%s   %d/%d\n%d/%d%s", what, at, shown, at, shown, more);
}

static void focus(struct view *view, char *text, size_t size)
{
    struct jobs_view *v = (struct jobs_view *)view;
    const struct job *job = under_cursor(v);
    const char *glyphs = view->app->theme.glyphs[GLYPH_FAILED];
    char sentence[512], cut[256];
    if (!job)
        return;
    job_words_sentence(job, sentence, sizeof(sentence));
    if (job_words_bad(job->state))
        snprintf(text, size, "%s %s", job->state == JOB_INTERRUPTED ? "!" : glyphs, sentence);
    else if (table_cut_text(v->table, cut, sizeof(cut)) && strcmp(cut, job->title) == 0)
        snprintf(text, size, "%s   %s", cut, sentence);
    else
        snprintf(text, size, "%s", sentence);
}

/* --- actions --- */

static const struct keytable_action actions[] = {
    {.id = "open",
     .keys = "Enter l Right",
     .shown = "Enter",
     .label = "log",
     .priority = 1,
     .section = "THIS JOB",
     .sentence = "Shows the steps of the job and what they said."},
    JOB_ACTS_ROWS(2, 3, 4),
    {.id = "failed",
     .keys = "f",
     .label = "only failed",
     .priority = 5,
     .section = LIST,
     .sentence = "Shows only jobs that failed or were interrupted; f again shows all."},
    {.id = "filter",
     .keys = "/",
     .label = "filter",
     .priority = 6,
     .section = LIST,
     .sentence = "Shows only rows with all the words; status: asks how a job ended. Esc clears it."},
    {.id = "menu", .keys = "m F9", .label = "more", .priority = 7},
    {.id = "sort", .keys = "o", .label = "sort by", .section = LIST, .sentence = "Offers the columns to sort by."},
    {.id = "sort-next",
     .keys = "",
     .shown = "< > I",
     .label = "sort by previous, next; reverse",
     .section = LIST,
     .sentence = "Sorts by the column before or behind, or the other way round."},
    {.id = "mark",
     .keys = "",
     .shown = "Space A U",
     .label = "mark; all, none",
     .section = LIST,
     .sentence = "Space marks a row and goes on, A marks all that are shown, U lifts all marks."},
    {.id = "move",
     .keys = "",
     .shown = "j k g G",
     .label = "down, up, first, last",
     .section = LIST,
     .sentence = "The arrows, Home and End do the same; PgUp, PgDn, ^B, ^F move by a page, ^U and ^D by half of one."},
};
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

static const char *why_not(struct view *view, const struct keytable_action *action)
{
    struct jobs_view *v = (struct jobs_view *)view;
    int ids[MARKED_MAX];
    if (job_acts_knows(action->id))
        return job_acts_why_not(view->app, action->id, ids, chosen(v, ids));
    if (strcmp(action->id, "open") == 0 && !under_cursor(v))
        return "There is no job here.";
    return NULL;
}

static void filter_typed(void *data, const char *text)
{
    struct jobs_view *v = data;
    int lifted = table_filter(v->table, text);
    if (lifted > 0)
        app_say(v->view.app, "%d mark%s lifted: the filter hides %s.", lifted, lifted == 1 ? " was" : "s were",
                lifted == 1 ? "it" : "them");
    app_paint(v->view.app);
}

static void filter_done(void *data, const char *text, bool accept)
{
    filter_typed(data, accept ? text : "");
}

/* The newest failed one gets the cursor, unless it stands on one. */
static void toggle_failed(struct jobs_view *v)
{
    bool on = strcmp(table_filter_text(v->table), ONLY_FAILED) != 0;
    const struct job *job = under_cursor(v);
    bool stays = job && job_words_bad(job->state);
    filter_typed(v, on ? ONLY_FAILED : "");
    if (on && !stays)
        table_first(v->table);
    if (on && table_shown(v->table) == 0)
        app_say(v->view.app, "No job has failed. f shows all.");
}

static void sort_picked(void *data, const char *id)
{
    struct jobs_view *v = data;
    bool reverse;
    const char *now = table_sorted_by(v->table, &reverse);
    bool from_top = strcmp(id, "started") == 0 || strcmp(id, "took") == 0 || strcmp(id, "job") == 0;
    if (*id)
        table_sort(v->table, id, now && strcmp(now, id) == 0 ? !reverse : from_top);
}

static void sort_menu(struct jobs_view *v)
{
    static const struct menu_row rows[] = {
        {.id = "started", .label = "Started", .letter = 's'}, {.id = "job", .label = "Job", .letter = 'j'},
        {.id = "what", .label = "What", .letter = 'w'},       {.id = "took", .label = "Took", .letter = 't'},
        {.id = "result", .label = "Result", .letter = 'r'},
    };
    app_menu(v->view.app, "Sort by", rows, sizeof(rows) / sizeof(rows[0]), sort_picked, v);
}

static void act(struct view *view, const char *id)
{
    struct jobs_view *v = (struct jobs_view *)view;
    int ids[MARKED_MAX];
    if (job_acts_knows(id))
        job_acts_do(view->app, view, id, ids, chosen(v, ids));
    else if (strcmp(id, "open") == 0)
        app_push(view->app, view_log_new(view->app, (int)table_key(v->table)));
    else if (strcmp(id, "failed") == 0)
        toggle_failed(v);
    else if (strcmp(id, "filter") == 0)
        app_prompt(view->app, "/", table_filter_text(v->table), filter_typed, filter_done, v);
    else if (strcmp(id, "sort") == 0)
        sort_menu(v);
    else if (strcmp(id, "sort-next") == 0)
        table_sort_next(v->table, 1);
    else if (strcmp(id, "mark") == 0)
        table_mark(v->table, !table_marked(v->table));
    app_paint(view->app);
}

static bool key(struct view *view, const struct key *k, const char *paste, size_t npaste)
{
    struct jobs_view *v = (struct jobs_view *)view;
    (void)paste;
    (void)npaste;
    if (!key_is_code(k, KEYS_ESC))
        return table_press(v->table, k);
    /* Esc lifts marks, then the filter. */
    if (table_marks(v->table, NULL, 0) > 0)
        table_mark_all(v->table, false);
    else if (*table_filter_text(v->table))
        table_filter(v->table, "");
    else
        return false;
    return true;
}

static bool copy(struct view *view, int i, char *label, size_t nlabel, char *value, size_t nvalue)
{
    const struct job *job = under_cursor((struct jobs_view *)view);
    if (!job)
        return false;
    return job_words_copy(job, i, label, nlabel, value, nvalue);
}

static void heading(struct view *view, char *text, size_t size)
{
    struct jobs_view *v = (struct jobs_view *)view;
    const struct job *job = under_cursor(v);
    int marks = table_marks(v->table, NULL, 0);
    if (marks > 0)
        snprintf(text, size, "%d marked jobs", marks);
    else if (job)
        snprintf(text, size, "%d %s", job->id, job->title);
}

/* --- life --- */

static void changed(struct view *view, unsigned what)
{
    struct jobs_view *v = (struct jobs_view *)view;
    const struct host *host = view->app->host;
    if (host && v->in_cluster != (host->nodes.n > 1)) {
        long key_was = table_key(v->table);
        v->in_cluster = host->nodes.n > 1;
        table_free(v->table);
        make_table(v);
        table_refresh(v->table);
        table_to_key(v->table, key_was);
    }
    if (!(what & APP_JOBS))
        return;
    table_refresh(v->table);
    /* It came up, or the jobs are known for the first time. */
    if ((what & APP_SIZE) || !v->placed)
        lead_cursor(v);
}

static void draw(struct view *view, const struct canvas *body)
{
    struct jobs_view *v = (struct jobs_view *)view;
    if (view->app->njobs > 0) {
        table_draw(v->table, body, app_front(view->app));
        return;
    }
    draw_text(body, 1, 3, 0, ROLE_TEXT, SHOWN_CUT_END, "No job has run yet.");
    draw_text(body, 3, 3, 0, ROLE_TEXT, SHOWN_CUT_END,
              "Whatever this program does to the host is a job, and is kept here");
    draw_text(body, 4, 3, 0, ROLE_TEXT, SHOWN_CUT_END, "with its commands and what they said.");
    draw_text(body, 6, 3, 0, ROLE_TEXT, SHOWN_CUT_END, "n makes the first container, 1 shows the containers.");
    draw_cursor(body, 6, 3, false);
}

static void close_view(struct view *view)
{
    struct jobs_view *v = (struct jobs_view *)view;
    table_free(v->table);
    free(v);
}

static const struct view_class jobs_class = {
    .name = "Jobs",
    .close = close_view,
    .title = title,
    .keys = &keys,
    .why_not = why_not,
    .act = act,
    .key = key,
    .changed = changed,
    .focus = focus,
    .draw = draw,
    .copy = copy,
    .heading = heading,
};

struct view *view_jobs_new(struct app *app)
{
    struct jobs_view *v = mem_zero(1, sizeof(*v));
    v->view = (struct view){.class = &jobs_class, .app = app};
    make_table(v);
    table_refresh(v->table);
    return &v->view;
}
