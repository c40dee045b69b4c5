#include "tui/app.h"

#include "backend/base/mem.h"
#include "tui/fmt.h"
#include "tui/images.h"
#include "tui/pulling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The images and templates that are on this host. */

struct images_view {
    struct view view;
    struct table *table;
};

/* --- the source of the table --- */

static const struct host *host_of(const struct images_view *v)
{
    static const struct host none;
    return v->view.app->host ? v->view.app->host : &none;
}

static int count(void *data)
{
    return (int)host_of(data)->nimages;
}

static void cell(void *data, int row, const char *column, struct table_cell *out)
{
    const struct host *host = host_of(data);
    images_cell(host, &host->images[row], loop_now() / 1000, column, out);
}

static long key_of(void *data, int row)
{
    return images_key(&host_of(data)->images[row]);
}

static int compare(void *data, int a, int b, const char *column)
{
    const struct host *host = host_of(data);
    return images_compare(host, &host->images[a], &host->images[b], column);
}

static bool matches(void *data, int row, const char *field, const char *word)
{
    const struct host *host = host_of(data);
    return images_matches(host, &host->images[row], field, word);
}

static const struct image *current(const struct images_view *v)
{
    int row = table_row(v->table);
    return row >= 0 && row < (int)host_of(v)->nimages ? &host_of(v)->images[row] : NULL;
}

static const char *filter_of(const struct images_view *v)
{
    const char *filter = table_filter_text(v->table);
    return filter ? filter : "";
}

/* --- keys --- */

/* clang-format off */
static const struct keytable_action actions[] = {
    {.id = "open", .keys = "Enter l Right", .label = "open", .priority = 1, .section = "THIS IMAGE",
     .sentence = "Shows what is known of the image."},
    {.id = "create", .keys = "n", .label = "new CT", .priority = 2, .section = "THIS IMAGE",
     .sentence = "Opens the form of a new CT with this image in it."},
    {.id = "pull", .keys = "p", .label = "pull", .priority = 3, .section = "MAKE",
     .sentence = "Asks for an image and fetches it into a storage, as a job."},
    {.id = "filter", .keys = "/", .label = "filter", .priority = 4, .section = "LIST",
     .sentence = "Shows the rows that hold all words; image: tag: storage: ask one column. Esc clears it."},
    {.id = "sort", .keys = "o", .label = "sort by", .priority = 5, .section = "LIST",
     .sentence = "Offers the columns to sort by; < and > go to the next one, I turns the order round."},
    {.id = "move", .keys = "", .shown = "j k g G", .label = "down, up, first, last", .section = "LIST",
     .sentence = "The arrows, Home and End do the same; PgUp, PgDn, ^B, ^F move by a page."},
};
/* clang-format on */
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

static const char *why_not(struct view *view, const struct keytable_action *action)
{
    const struct images_view *v = (const struct images_view *)view;
    bool of_row = strcmp(action->id, "open") == 0 || strcmp(action->id, "create") == 0;
    return of_row && !current(v) ? "There is no image here. p pulls one." : NULL;
}

static void filter_typed(void *data, const char *text)
{
    struct images_view *v = data;
    table_filter(v->table, text);
    app_paint(v->view.app);
}

static void filter_done(void *data, const char *text, bool accept)
{
    filter_typed(data, accept ? text : "");
}

static void sort_picked(void *data, const char *id)
{
    struct images_view *v = data;
    bool reverse = false;
    const char *now = table_sorted_by(v->table, &reverse);
    if (*id)
        table_sort(v->table, id, now && strcmp(now, id) == 0 ? !reverse : strcmp(id, "size") == 0);
    app_paint(v->view.app);
}

static void sort_menu(struct images_view *v)
{
    static const struct menu_row rows[] = {
        {.id = "image", .label = "Image", .letter = 'i'},  {.id = "tag", .label = "Tag", .letter = 't'},
        {.id = "size", .label = "Size", .letter = 's'},    {.id = "age", .label = "Age", .letter = 'a'},
        {.id = "used", .label = "Used by", .letter = 'u'}, {.id = "storage", .label = "Storage", .letter = 'o'},
    };
    app_menu(v->view.app, "Sort by", rows, sizeof(rows) / sizeof(rows[0]), sort_picked, v);
}

static void act(struct view *view, const char *id)
{
    struct images_view *v = (struct images_view *)view;
    const struct image *image = current(v);
    if (strcmp(id, "open") == 0 && image)
        app_push(view->app, view_image_new(view->app, image->volid));
    else if (strcmp(id, "create") == 0 && image)
        app_push(view->app, view_create_new(view->app, image->reference ? image->reference : image->volid));
    else if (strcmp(id, "pull") == 0)
        pulling_ask(view->app);
    else if (strcmp(id, "filter") == 0)
        app_prompt(view->app, "/", table_filter_text(v->table), filter_typed, filter_done, v);
    else if (strcmp(id, "sort") == 0)
        sort_menu(v);
    app_paint(view->app);
}

static bool on_key(struct view *view, const struct key *key, const char *paste, size_t npaste)
{
    struct images_view *v = (struct images_view *)view;
    (void)paste;
    (void)npaste;
    if (!key_is_code(key, KEYS_ESC))
        return table_press(v->table, key);
    if (!*filter_of(v))
        return false;
    table_filter(v->table, "");
    return true;
}

static void changed(struct view *view, unsigned what)
{
    if (what & APP_HOST)
        table_refresh(((struct images_view *)view)->table);
}

/* --- what is seen --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    const struct images_view *v = (const struct images_view *)view;
    const struct host *host = host_of(v);
    const char *filter = filter_of(v), *more = table_more_below(v->table) ? " ▼" : "";
    uint64_t bytes = 0;
    int unused = 0, at = table_position(v->table), shown = table_shown(v->table);
    char size[16], used[64];
    for (size_t i = 0; i < host->nimages; i++) {
        bytes += host->images[i].size;
        unused += images_used_by(host, &host->images[i], used, sizeof(used)) == 0 && host->images[i].reference;
    }
    fmt_size(size, sizeof(size), bytes);
    snprintf(left, nleft, "Images%s%s", *filter ? "   filter: " : "", filter);
    if (!view->app->host || (!host->nimages && !host->nstorages))
        snprintf(right, nright, view->app->theme.utf8 ? "…" : "...");
    else if (*filter)
        snprintf(right, nright, "%d of %zu   %d/%d%s", shown, host->nimages, at, shown, more);
    else
        snprintf(right, nright, "%zu images, %s, %d unused   %d/%d%s\n%d/%d%s", host->nimages, size, unused, at, shown,
                 more, at, shown, more);
}

static void focus(struct view *view, char *text, size_t size)
{
    const struct images_view *v = (const struct images_view *)view;
    const struct image *image = current(v);
    if (!image)
        snprintf(text, size, "p pulls an image.");
    else if (image->reference)
        snprintf(text, size, "%s   %.19s", image->reference, image->digest ? image->digest : "");
    else
        snprintf(text, size, "%s", image->volid);
}

static void draw(struct view *view, const struct canvas *body)
{
    struct images_view *v = (struct images_view *)view;
    const struct host *host = host_of(v);
    draw_clear(body);
    if (view->app->host && host->nimages == 0 && host->nstorages) {
        draw_text(body, 1, 3, 0, ROLE_TEXT, SHOWN_CUT_END, "No image and no template is on this host.");
        draw_text(body, 3, 3, 0, ROLE_TEXT, SHOWN_CUT_END,
                  "p   pulls one, and a new CT (1, then n) pulls what it needs.");
        draw_cursor(body, 1, 3, false);
        return;
    }
    table_draw(v->table, body, app_front(view->app));
}

static void close_view(struct view *view)
{
    struct images_view *v = (struct images_view *)view;
    table_free(v->table);
    free(v);
}

static const struct view_class class = {
    .name = "Images",
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

struct view *view_images_new(struct app *app)
{
    struct images_view *v = mem_zero(1, sizeof(*v));
    const struct table_source source = {
        .data = v, .count = count, .cell = cell, .key = key_of, .compare = compare, .matches = matches};
    v->view = (struct view){.class = &class, .app = app};
    v->table = table_new(images_columns, images_ncolumns, images_layouts, images_nlayouts, &source);
    table_sort(v->table, "image", false);
    table_refresh(v->table);
    table_first(v->table);
    return &v->view;
}
