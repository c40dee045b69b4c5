#include "tui/app-own.h"

#include "backend/base/mem.h"
#include "tui/fmt.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The frame around the views, painted whole into curses' memory; curses finds what changed. */

/* --- header and title --- */

static void draw_header(struct app *app, const struct canvas *row)
{
    const struct frame_tab tabs[APP_NSCREENS] = {
        {.digit = '1', .name = "Containers", .running = -1, .failed = -1},
        {.digit = '2', .name = "Images", .running = -1, .failed = -1},
        {.digit = '3', .name = "Jobs", .running = app_jobs_running(app), .failed = app_jobs_unread(app)},
        {.digit = '4', .name = "Host", .running = -1, .failed = -1},
    };
    const struct host *host = app->host;
    char figures[80] = "", with_demo[96], cpu[16] = "";
    if (host && host->cpu >= 0 && host->mem_total != HOST_UNKNOWN) {
        char used[8], total[8];
        fmt_size(used, sizeof(used),
                 host->mem_avail == HOST_UNKNOWN ? HOST_UNKNOWN : host->mem_total - host->mem_avail);
        fmt_size(total, sizeof(total), host->mem_total);
        snprintf(figures, sizeof(figures), "CPU %2d%%  MEM %s/%s", (int)(host->cpu * 100 + 0.5), used, total);
    }
    if (*figures)
        snprintf(cpu, sizeof(cpu), "CPU %2d%%", (int)(host->cpu * 100 + 0.5));
    snprintf(with_demo, sizeof(with_demo), "DEMO  %s", figures);
    const struct frame_header header = {
        .host = host && host->node ? host->node : "",
        .tabs = tabs,
        .ntabs = APP_NSCREENS,
        .current = (int)app->own->screen,
        .right = {app->demo ? with_demo : figures, figures, cpu, *cpu ? cpu + 4 : cpu},
    };
    frame_draw_header(row, &header);
}

/* Cuts `text` at each `mark` in place; returns how many parts there are. */
static int split(char *text, const char *mark, const char **parts, int max)
{
    int n = 0;
    while (n < max) {
        char *next = strstr(text, mark);
        parts[n++] = text;
        if (!next)
            break;
        *next = '\0';
        text = next + strlen(mark);
    }
    return n;
}

static bool take_tail(char *text, const char *tail)
{
    size_t len = strlen(text), n = strlen(tail);
    if (len < n || strcmp(text + len - n, tail) != 0)
        return false;
    text[len - n] = '\0';
    return true;
}

static void draw_title(struct app *app, const struct canvas *row)
{
    struct view *top = app_top(app);
    char left[512] = "", right[512] = "";
    struct frame_title title = {0};
    if (top->class->title)
        top->class->title(top, left, sizeof(left), right, sizeof(right));
    if (app->own->over == OVER_HELP) {
        char *keys = strchr(left, '\0');
        snprintf(keys, sizeof(left) - (size_t)(keys - left), " \xe2\x80\xba Keys");
        snprintf(right, sizeof(right), "all of this screen");
    }
    title.more_below = take_tail(right, " \xe2\x96\xbc");
    split(left, " \xe2\x80\xba ", title.path, 5);
    if (*right)
        split(right, "\n", title.right, 4);
    frame_draw_title(row, &title);
}

/* --- message and keys --- */

static void draw_message(struct app *app, const struct canvas *row)
{
    struct app_private *own = app->own;
    struct view *top = app_top(app);
    char text[ERR_TEXT_MAX] = "";
    enum role role;
    enum glyph glyph;
    if (own->prompting) {
        frame_draw_prompt(row, own->prompt_label, &own->prompt);
        return;
    }
    if (own->over == OVER_HELP)
        help_message(own->help, text, sizeof(text));
    else if (own->quitting)
        snprintf(text, sizeof(text), "Nothing is lost either way: the job runs apart from this window.");
    else if (own->over == OVER_NOTHING && top->class->focus)
        top->class->focus(top, text, sizeof(text));
    messages_focus(own->messages, text);
    const char *shown = messages_row(own->messages, loop_ms(app->loop), &role, &glyph);
    frame_draw_message(row, role, glyph, shown);
}

static const struct keytable_action dialog_keys[] = {
    {.id = "press", .keys = "Enter", .label = "press", .priority = 1},
    {.id = "next", .keys = "Tab", .label = "next", .priority = 2},
};
static const struct keytable_action menu_keys[] = {
    {.id = "choose", .keys = "Enter", .label = "choose", .priority = 1},
    {.id = "move", .keys = "j", .shown = "j k", .label = "move", .priority = 2},
};
static const struct keytable_action help_keys[] = {
    {.id = "do", .keys = "Enter", .label = "do it", .priority = 1},
    {.id = "find", .keys = "/", .label = "find", .priority = 2},
    {.id = "move", .keys = "j", .shown = "j k", .label = "move", .priority = 3},
};
static const struct keytable_action prompt_keys[] = {
    {.id = "keep", .keys = "Enter", .label = "keep", .priority = 1},
    {.id = "clear", .keys = "Esc", .label = "clear", .priority = 2},
};
#define TABLE(a) ((struct keytable){.actions = (a), .n = (int)(sizeof(a) / sizeof((a)[0]))})

/* Footers are the same for every row; what is last in line for a place has one only where it can be done. */
#define ONLY_WHERE_POSSIBLE 9

/* The view's actions, then those of all views; a view's row with the id of a shared one gives it its place. */
static void draw_view_keys(struct app *app, const struct canvas *row)
{
    struct view *top = app_top(app);
    struct keytable_action all[96];
    int n = 0;
    for (int i = 0; top->class->keys && i < top->class->keys->n && n < 64; i++)
        if (top->class->keys->actions[i].priority < ONLY_WHERE_POSSIBLE || !top->class->why_not ||
            !top->class->why_not(top, &top->class->keys->actions[i]))
            all[n++] = top->class->keys->actions[i];
    for (int i = 0; i < app_actions.n && n < 96; i++)
        if ((!top->class->keys || !keytable_by_id(top->class->keys, app_actions.actions[i].id)) &&
            !app_why_not(app, &app_actions.actions[i]))
            all[n++] = app_actions.actions[i];
    const struct keytable table = {.actions = all, .n = n};
    keytable_draw(&table, row, "? keys", NULL, NULL);
}

static void draw_keys(struct app *app, const struct canvas *row)
{
    struct app_private *own = app->own;
    if (own->prompting) {
        struct keytable_action all[3];
        memcpy(all, prompt_keys, sizeof(prompt_keys));
        all[2] = (struct keytable_action){.id = "also", .keys = "also", .label = own->prompt_hint, .priority = 3};
        const struct keytable table = {.actions = all, .n = own->prompt_hint ? 3 : 2};
        keytable_draw(&table, row, "^U empty", NULL, NULL);
    } else if (own->over == OVER_DIALOG) {
        struct keytable_action all[10];
        memcpy(all, dialog_keys, sizeof(dialog_keys));
        memcpy(all + 2, own->buttons, (size_t)own->nbuttons * sizeof(all[0]));
        const struct keytable table = {.actions = all, .n = own->nbuttons + 2};
        keytable_draw(&table, row, own->escape, NULL, NULL);
    } else if (own->over != OVER_NOTHING) {
        const struct keytable table = own->over == OVER_MENU ? TABLE(menu_keys) : TABLE(help_keys);
        keytable_draw(&table, row, "Esc close", NULL, NULL);
    } else {
        draw_view_keys(app, row);
    }
}

/* --- the frame --- */

static void draw_small(struct app *app, const struct canvas *screen)
{
    struct gauge gauge;
    char job[64];
    bool runs = app_jobs_gauge(app, &gauge);
    int n = app_jobs_running(app);
    if (runs && gauge.whole > 0)
        snprintf(job, sizeof(job), "%d job%s: %d%%", n, n == 1 ? " runs" : "s run",
                 gauge_percent(gauge.part, gauge.whole));
    else
        snprintf(job, sizeof(job), "%d job%s", n, n == 1 ? " runs" : "s run");
    frame_draw_small(screen, runs ? job : NULL);
}

/* A page may say that the job of its log needs no row. */
static bool wants_job_row(struct app *app)
{
    const struct view *top = app_top(app);
    const struct job *job = app_jobs_nearest(app);
    return job && !(app_jobs_running(app) == 1 && top->class->shows_job && top->class->shows_job(top, job->id));
}

void app_draw(struct app *app)
{
    const struct canvas screen = {.win = stdscr, .theme = &app->theme, .height = LINES, .width = COLS};
    struct view *top = app_top(app);
    struct gauge gauge;
    const struct frame frame = frame_layout(LINES, COLS, wants_job_row(app));

    draw_cursor_none();
    if (frame.small) {
        draw_small(app, &screen);
        return;
    }
    struct canvas header = frame_row(&screen, frame.header), message = frame_row(&screen, frame.message);
    struct canvas body = frame_body(&screen, &frame), keys = frame_row(&screen, frame.keys);
    draw_clear(&body);
    if (app->own->over == OVER_HELP)
        help_draw(app->own->help, &body);
    else
        top->class->draw(top, &body);
    /* After the body: views know their positions once they are laid out. */
    draw_header(app, &header);
    if (frame.title >= 0) {
        struct canvas title = frame_row(&screen, frame.title);
        draw_title(app, &title);
    }
    if (frame.job >= 0 && app_jobs_gauge(app, &gauge)) {
        struct canvas job = frame_row(&screen, frame.job);
        gauge_draw(&job, &gauge);
    }
    app_over_draw(app, &body);
    draw_message(app, &message);
    draw_keys(app, &keys);
}
