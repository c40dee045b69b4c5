#include "tui/acts.h"
#include "tui/app.h"
#include "tui/cts.h"

#include "backend/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The Containers screen: its table, keys and title. What the cells say is in cts-rows.c. */

#define MARKED_MAX  4096
#define FOCUS_WIDTH 100 /* of a reference on the message row */
#define LIST        "LIST"
#define ROW         "THIS ROW, OR THE MARKED ONES"

struct cts_view {
    struct view view;
    struct table *table;
    struct welcome *welcome;
    struct pane *pane;
    bool no_pane, in_pane; /* switched off; the pane has the keys */
    bool in_cluster;
    int width; /* of the last paint */
    enum { GROUP_NONE, GROUP_NODE, GROUP_TAG } group;
    char why[ERR_TEXT_MAX];
};

/* --- the table's source: the newest snapshot --- */

static struct cts_view *self(void *data)
{
    return data;
}

static const struct ct *ct_at(struct cts_view *v, int row)
{
    return &v->view.app->host->cts[row];
}

static int count(void *data)
{
    const struct host *host = self(data)->view.app->host;
    return host ? (int)host->ncts : 0;
}

static void cell(void *data, int row, const char *column, struct table_cell *out)
{
    const struct app *app = self(data)->view.app;
    cts_cell(ct_at(data, row), app->jobs, app->njobs, column, out);
}

static long key_of(void *data, int row)
{
    return ct_at(data, row)->vmid;
}

static int compare(void *data, int a, int b, const char *column)
{
    const struct app *app = self(data)->view.app;
    return cts_compare(ct_at(data, a), ct_at(data, b), app->jobs, app->njobs, column);
}

static bool matches(void *data, int row, const char *field, const char *word)
{
    const struct app *app = self(data)->view.app;
    return cts_matches(ct_at(data, row), app->jobs, app->njobs, field, word);
}

static const char *group_of(void *data, int row)
{
    const struct ct *ct = ct_at(data, row);
    if (self(data)->group == GROUP_NODE)
        return ct->node ? ct->node : "-";
    const char *tags = ct->conf ? ctconf_get(ct->conf, "tags") : NULL;
    return tags && *tags ? tags : "no tag";
}

static void make_table(struct cts_view *v)
{
    const struct table_source source = {.data = v,
                                        .count = count,
                                        .cell = cell,
                                        .key = key_of,
                                        .compare = compare,
                                        .matches = matches,
                                        .group = group_of};
    int n;
    const struct table_layout *layouts = cts_layouts(v->in_cluster, &n);
    v->table = table_new(cts_columns, cts_ncolumns, layouts, n, &source);
    table_sort(v->table, "vmid", false);
}

/* --- what is chosen --- */

/* The marked rows, or else the one with the cursor. */
static int chosen(struct cts_view *v, int *vmids)
{
    long keys[MARKED_MAX];
    int n = table_marks(v->table, keys, MARKED_MAX);
    n = n > MARKED_MAX ? MARKED_MAX : n;
    for (int i = 0; i < n; i++)
        vmids[i] = (int)keys[i];
    if (n == 0 && table_key(v->table) >= 0) {
        vmids[0] = (int)table_key(v->table);
        n = 1;
    }
    return n;
}

static const struct ct *under_cursor(struct cts_view *v)
{
    const struct host *host = v->view.app->host;
    long vmid = table_key(v->table);
    return host && vmid >= 0 ? host_ct(host, (int)vmid) : NULL;
}

static const struct job *newest_job(struct cts_view *v)
{
    const struct app *app = v->view.app;
    long vmid = table_key(v->table);
    for (size_t i = 0; i < app->njobs; i++)
        if (app->jobs[i].vmid == vmid)
            return &app->jobs[i];
    return NULL;
}

static bool is_empty(const struct cts_view *v)
{
    const struct host *host = v->view.app->host;
    return host && host->ncts == 0;
}

/* --- title and focus --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    struct cts_view *v = (struct cts_view *)view;
    const struct host *host = view->app->host;
    const char *filter = table_filter_text(v->table);
    const char *more = table_more_below(v->table) ? " \xe2\x96\xbc" : "";
    int marks = table_marks(v->table, NULL, 0), running = 0, at = table_position(v->table),
        shown = table_shown(v->table);
    char as_of[32] = "", what[96];
    snprintf(left, nleft, filter && *filter ? "Containers   filter: %s" : "Containers", filter);
    if (!host) {
        snprintf(right, nright, "%s", view->app->theme.glyphs[GLYPH_CUT]);
        return;
    }
    if (host->ncts == 0) {
        snprintf(right, nright, "no CTs yet");
        return;
    }
    for (size_t i = 0; i < host->ncts; i++)
        running += host->cts[i].state == CT_RUNNING;
    if (filter && *filter)
        snprintf(what, sizeof(what), "%d of %zu", shown, host->ncts);
    else if (marks > 0)
        snprintf(what, sizeof(what), "%zu CT%s", host->ncts, host->ncts == 1 ? "" : "s");
    else
        snprintf(what, sizeof(what), "%zu CT%s, %d running", host->ncts, host->ncts == 1 ? "" : "s", running);
    if (marks > 0)
        snprintf(what + strlen(what), sizeof(what) - strlen(what), ", %d marked", marks);
    if (app_as_of(view->app, as_of, sizeof(as_of)))
        snprintf(right, nright, "%s   %s   %d/%d\n%s   %d/%d\n%s%s", as_of, what, at, shown, as_of, at, shown, as_of,
                 more);
    else
        snprintf(right, nright, "%s   %d/%d\n%d/%d%s", what, at, shown, at, shown, more);
}

static void focus(struct view *view, char *text, size_t size)
{
    struct cts_view *v = (struct cts_view *)view;
    const struct ct *ct = under_cursor(v);
    char cut[256] = "";
    if (is_empty(v)) {
        snprintf(text, size, "Shows every command before it runs. Nothing is changed until you say Create.");
        return;
    }
    if (!ct)
        return;
    if (v->in_pane) {
        pane_focus(v->pane, text, size);
        return;
    }
    if (!table_cut_text(v->table, cut, sizeof(cut)) || strstr(cts_image(ct), cut))
        cut[0] = '\0';
    char image[20 * FOCUS_WIDTH + 1], more[160] = "";
    if (ct->lock && *ct->lock)
        snprintf(more, sizeof(more), "   locked: %.64s. Start, stop and change wait until it ends.", ct->lock);
    else if (ct->state == CT_UNKNOWN)
        snprintf(more, sizeof(more), "   Its node does not say how it is.");
    /* A reference that is too long for the row loses its middle, never the tag. */
    int room = v->width - 2 < FOCUS_WIDTH ? v->width - 2 : FOCUS_WIDTH;
    shown_fit(image, sizeof(image), cts_image(ct), room > 10 ? room : 10, SHOWN_CUT_MIDDLE, false,
              view->app->theme.glyphs[GLYPH_CUT], view->app->theme.utf8);
    snprintf(text, size, "%s%s%s%s", cut, *cut ? "   " : "", image, more);
}

/* --- actions --- */

/* clang-format off */
static const struct keytable_action actions[] = {
    {.id = "open", .keys = "Enter l Right", .shown = "Enter", .label = "open", .priority = 1, .section = ROW,
     .sentence = "Shows the CT: figures, disks, network, its jobs."},
    {.id = "new", .keys = "n", .label = "new", .priority = 2},
    ACTS_ROWS,
    {.id = "log", .keys = "L", .label = "log of its newest job", .section = ROW,
     .sentence = "Shows what the newest job about this CT did."},
    {.id = "menu", .keys = "m F9", .label = "more", .priority = 5},
    {.id = "filter", .keys = "/", .label = "filter", .priority = 5, .section = LIST,
     .sentence = "Shows only rows with all the words; status: tag: node: image: ask one thing. Esc clears it."},
    {.id = "sort", .keys = "o", .label = "sort by", .section = LIST, .sentence = "Offers the columns to sort by."},
    {.id = "sort-next", .keys = "", .shown = "< > I", .label = "sort by previous, next; reverse", .section = LIST,
     .sentence = "Sorts by the column before or behind, or the other way round."},
    {.id = "group", .keys = "t", .label = "group by node, tag", .section = LIST,
     .sentence = "Groups the rows by node, by tag, and not at all, in turn."},
    {.id = "pane", .keys = "v", .label = "side pane", .section = LIST,
     .sentence = "Shows or hides the details beside the list, from 120 columns on."},
    {.id = "other-pane", .keys = "Tab", .label = "next pane", .priority = 9, .section = LIST,
     .sentence = "Moves between the list and the details beside it."},
    {.id = "mark", .keys = "", .shown = "Space A U", .label = "mark; all, none", .section = LIST,
     .sentence = "Space marks a row and goes on, A marks all that are shown, U lifts all marks."},
    {.id = "move", .keys = "", .shown = "j k g G", .label = "down, up, first, last", .section = LIST,
     .sentence = "The arrows, Home and End do the same; PgUp, PgDn, ^B, ^F move by a page, ^U and ^D by half of one."},
};
/* clang-format on */
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

/* clang-format off */
static const struct keytable_action welcome_actions[] = {
    {.id = "open", .keys = "Enter l Right", .shown = "Enter", .label = "choose", .priority = 1, .section = "THE FIRST ONE",
     .sentence = "Opens the form of a new container."},
    {.id = "move", .keys = "", .shown = "j k", .label = "move", .priority = 2},
    {.id = "screen-2", .keys = "2", .label = "images", .priority = 3},
    {.id = "screen-4", .keys = "4", .label = "this host", .priority = 4},
    {.id = "quit", .keys = "q", .label = "quit", .priority = 5},
};
/* clang-format on */
static const struct keytable welcome_keys = {.actions = welcome_actions,
                                             .n = sizeof(welcome_actions) / sizeof(welcome_actions[0])};

static const char *why_not(struct view *view, const struct keytable_action *action)
{
    struct cts_view *v = (struct cts_view *)view;
    static int vmids[MARKED_MAX];
    bool empty = table_key(v->table) < 0;
    if (acts_knows(action->id))
        return acts_why_not(view->app->host, action->id, vmids, chosen(v, vmids), v->why, sizeof(v->why));
    if (strcmp(action->id, "open") == 0 && empty && !is_empty(v))
        return "There is no CT here.";
    if ((strcmp(action->id, "pane") == 0 || strcmp(action->id, "other-pane") == 0) && v->width < PANE_FROM)
        return "A pane needs 120 columns. Enter shows the details.";
    if (strcmp(action->id, "log") == 0 && !newest_job(v))
        return empty ? "There is no CT here." : "No job about this CT is known.";
    return NULL;
}

static void filter_typed(void *data, const char *text)
{
    struct cts_view *v = data;
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

static void ask_filter(struct cts_view *v)
{
    app_prompt(v->view.app, "/", table_filter_text(v->table), filter_typed, filter_done, v);
    app_prompt_hint(v->view.app, "status: tag: node: image:");
}

static void sort_picked(void *data, const char *id)
{
    struct cts_view *v = data;
    bool reverse;
    const char *now = table_sorted_by(v->table, &reverse);
    /* Figures are looked at from the top: the largest first. The same again turns round. */
    bool figures = strcmp(id, "cpu") == 0 || strcmp(id, "mem") == 0 || strcmp(id, "disk") == 0 || strcmp(id, "up") == 0;
    if (*id)
        table_sort(v->table, id, now && strcmp(now, id) == 0 ? !reverse : figures);
}

static void sort_menu(struct cts_view *v)
{
    static const struct menu_row rows[] = {
        {.id = "vmid", .label = "VMID", .letter = 'v'},       {.id = "name", .label = "Name", .letter = 'n'},
        {.id = "node", .label = "Node", .letter = 'o'},       {.id = "status", .label = "Status", .letter = 's'},
        {.id = "cpu", .label = "CPU", .letter = 'c'},         {.id = "mem", .label = "Memory", .letter = 'm'},
        {.id = "disk", .label = "Root disk", .letter = 'd'},  {.id = "address", .label = "Address", .letter = 'a'},
        {.id = "version", .label = "Version", .letter = 'r'}, {.id = "up", .label = "Running since", .letter = 'u'},
    };
    app_menu(v->view.app, "Sort by", rows, sizeof(rows) / sizeof(rows[0]), sort_picked, v);
}

static void group_next(struct cts_view *v)
{
    static const char *const words[] = {"not at all", "by node", "by tag"};
    v->group = (v->group + 1) % 3;
    table_group(v->table, v->group != GROUP_NONE);
    app_say(v->view.app, "Rows are grouped %s.", words[v->group]);
}

static void open_row(struct cts_view *v)
{
    struct app *app = v->view.app;
    if (!is_empty(v))
        app_push(app, view_ct_new(app, (int)table_key(v->table)));
    else if (strcmp(welcome_choice(v->welcome), "jellyfin") == 0)
        app_push(app, view_create_new(app, "docker.io/jellyfin/jellyfin:latest"));
    else
        app_push(app, view_create_new(app, NULL));
}

static void act(struct view *view, const char *id)
{
    struct cts_view *v = (struct cts_view *)view;
    static int vmids[MARKED_MAX];
    if (acts_knows(id))
        acts_do(view->app, id, vmids, chosen(v, vmids));
    else if (strcmp(id, "open") == 0)
        open_row(v);
    else if (strcmp(id, "log") == 0)
        app_push(view->app, view_log_new(view->app, newest_job(v)->id));
    else if (strcmp(id, "filter") == 0)
        ask_filter(v);
    else if (strcmp(id, "sort") == 0)
        sort_menu(v);
    else if (strcmp(id, "sort-next") == 0)
        table_sort_next(v->table, 1);
    else if (strcmp(id, "group") == 0)
        group_next(v);
    else if (strcmp(id, "pane") == 0)
        v->no_pane = !v->no_pane;
    else if (strcmp(id, "other-pane") == 0)
        v->in_pane = !v->in_pane && !v->no_pane;
    else if (strcmp(id, "mark") == 0)
        table_mark(v->table, !table_marked(v->table));
    app_paint(view->app);
}

static bool key(struct view *view, const struct key *k, const char *paste, size_t npaste)
{
    struct cts_view *v = (struct cts_view *)view;
    const char *filter = table_filter_text(v->table);
    (void)paste;
    (void)npaste;
    if (!key_is_code(k, KEYS_ESC))
        return is_empty(v) ? welcome_key(v->welcome, k) : v->in_pane ? pane_key(v->pane, k) : table_press(v->table, k);
    /* Esc leaves the pane, lifts marks, then the filter. */
    if (v->in_pane)
        v->in_pane = false;
    else if (table_marks(v->table, NULL, 0) > 0)
        table_mark_all(v->table, false);
    else if (filter && *filter)
        table_filter(v->table, "");
    else
        return false;
    return true;
}

static bool copy(struct view *view, int i, char *label, size_t nlabel, char *value, size_t nvalue)
{
    const struct ct *ct = under_cursor((struct cts_view *)view);
    char vmid[16];
    if (!ct)
        return false;
    snprintf(vmid, sizeof(vmid), "%d", ct->vmid);
    const struct {
        const char *label, *value;
    } values[] = {{"VMID", vmid},           {"Name", ct->name},     {"Address", ct->address},
                  {"Image", ct->reference}, {"Digest", ct->digest}, {"Node", ct->node}};
    for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
        if (!values[k].value || !*values[k].value || i-- > 0)
            continue;
        snprintf(label, nlabel, "%s", values[k].label);
        snprintf(value, nvalue, "%s", values[k].value);
        return true;
    }
    return false;
}

static void heading(struct view *view, char *text, size_t size)
{
    struct cts_view *v = (struct cts_view *)view;
    const struct ct *ct = under_cursor(v);
    int marks = table_marks(v->table, NULL, 0);
    if (marks > 0)
        snprintf(text, size, "%d marked CTs", marks);
    else if (ct)
        snprintf(text, size, "%d %s", ct->vmid, ct->name);
}

/* --- life --- */

static void choose_class(struct cts_view *v);

static void changed(struct view *view, unsigned what)
{
    struct cts_view *v = (struct cts_view *)view;
    const struct host *host = view->app->host;
    pane_changed(v->pane, what);
    if (!(what & (APP_HOST | APP_JOBS)) || !host)
        return;
    if (v->in_cluster != (host->nodes.n > 1)) {
        v->in_cluster = host->nodes.n > 1;
        table_free(v->table);
        make_table(v);
    }
    table_refresh(v->table);
    choose_class(v);
}

static bool has_pane(const struct cts_view *v)
{
    return v->width >= PANE_FROM && !v->no_pane && !is_empty(v);
}

/* The list alone, or with the pane at its right and the log below both. */
static void draw_list(struct cts_view *v, const struct canvas *body)
{
    bool focus = app_front(v->view.app);
    struct canvas list = *body;
    v->in_pane = v->in_pane && has_pane(v);
    if (!has_pane(v)) {
        table_draw(v->table, &list, focus);
        return;
    }
    if (body->height >= PANE_LOG_FROM && pane_has_log(v->pane)) {
        int lines = body->height / 3;
        struct canvas log = canvas_part(body, body->height - lines, 0, lines, body->width);
        list = canvas_part(body, 0, 0, body->height - lines, body->width);
        pane_draw_log(v->pane, &log);
    }
    int x = list.width - PANE_WIDTH;
    struct canvas left = canvas_part(&list, 0, 0, list.height, x - 1);
    struct canvas right = canvas_part(&list, 0, x, list.height, PANE_WIDTH);
    draw_vline(&list, 0, x - 1, list.height, ROLE_DIM);
    pane_draw(v->pane, (int)table_key(v->table), &right, focus && v->in_pane);
    table_draw(v->table, &left, focus && !v->in_pane);
}

static void draw(struct view *view, const struct canvas *body)
{
    struct cts_view *v = (struct cts_view *)view;
    const struct app *app = view->app;
    struct canvas rest = *body;
    v->width = body->width;
    if (app->host_error) {
        draw_glyph(body, 0, 1, ROLE_DANGER, GLYPH_FAILED);
        draw_text(body, 0, 3, body->width - 4, ROLE_DANGER, SHOWN_CUT_END, app->host_error);
        rest = canvas_part(body, 1, 0, body->height - 1, body->width);
    }
    if (!app->host) {
        draw_text(&rest, 1, 3, 0, ROLE_DIM, SHOWN_CUT_END, app->host_error ? "R reads again." : "Reading the host.");
        draw_cursor(&rest, 1, 3, false);
    } else if (is_empty(v)) {
        welcome_draw(v->welcome, app->host, &rest, app_front(app));
    } else {
        draw_list(v, &rest);
    }
}

static void close_view(struct view *view)
{
    struct cts_view *v = (struct cts_view *)view;
    table_free(v->table);
    welcome_free(v->welcome);
    pane_free(v->pane);
    free(v);
}

/* The footer of an empty host is another. */
#define CTS_CLASS(table)                                                                                               \
    {                                                                                                                  \
        .name = "Containers", .close = close_view, .title = title, .keys = (table), .why_not = why_not, .act = act,    \
        .key = key, .changed = changed, .focus = focus, .draw = draw, .copy = copy, .heading = heading                 \
    }
static const struct view_class cts_class = CTS_CLASS(&keys);
static const struct view_class welcome_class = CTS_CLASS(&welcome_keys);

static void choose_class(struct cts_view *v)
{
    v->view.class = is_empty(v) ? &welcome_class : &cts_class;
}

struct view *view_cts_new(struct app *app)
{
    struct cts_view *v = mem_zero(1, sizeof(*v));
    v->view = (struct view){.class = &cts_class, .app = app};
    v->welcome = welcome_new();
    v->pane = pane_new(app);
    make_table(v);
    return &v->view;
}
