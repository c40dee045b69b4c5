#include "tui/app-own.h"

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "tui/fmt.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The actions that all views share: one table, from which come keys, footer and help. */

#define EVERYWHERE "EVERYWHERE"

static const struct keytable_action actions[] = {
    {.id = "menu",
     .keys = "m F9",
     .label = "more",
     .priority = 8,
     .section = EVERYWHERE,
     .sentence = "Shows what can be done with this row, and why something cannot."},
    {.id = "screen-1", .keys = "1", .label = "Containers", .section = EVERYWHERE, .sentence = "Shows the containers."},
    {.id = "screen-2", .keys = "2", .label = "Images", .section = EVERYWHERE, .sentence = "Shows the images."},
    {.id = "screen-3", .keys = "3", .label = "Jobs", .section = EVERYWHERE, .sentence = "Shows the jobs."},
    {.id = "screen-4",
     .keys = "4",
     .label = "Host",
     .section = EVERYWHERE,
     .sentence = "Shows storages, bridges, GPUs and nodes."},
    {.id = "new",
     .keys = "n",
     .label = "new",
     .section = EVERYWHERE,
     .sentence = "Offers the ways to a new container."},
    {.id = "back", .keys = "h Left", .label = "back", .section = EVERYWHERE, .sentence = "Closes this page."},
    {.id = "copy",
     .keys = "y",
     .label = "copy",
     .section = EVERYWHERE,
     .sentence = "Shows the values of this row in full; Enter sends one to the clipboard of the terminal."},
    {.id = "messages",
     .keys = "!",
     .label = "past messages",
     .section = EVERYWHERE,
     .sentence = "Shows the last 100 messages."},
    {.id = "reload",
     .keys = "R F5",
     .label = "read again",
     .section = EVERYWHERE,
     .sentence = "Reads everything from the host again."},
    {.id = "redraw", .keys = "^L", .label = "redraw", .section = EVERYWHERE, .sentence = "Draws the screen anew."},
    {.id = "suspend",
     .keys = "^Z",
     .label = "to the shell",
     .section = EVERYWHERE,
     .sentence = "Stops the program; fg brings it back."},
    {.id = "help", .keys = "? F1", .label = "keys", .section = EVERYWHERE, .sentence = "Shows all keys and actions."},
    {.id = "quit",
     .keys = "q",
     .label = "back or quit",
     .section = EVERYWHERE,
     .sentence = "Goes back one page; on the four screens, quits. Jobs go on."},
    {.id = "quit-all",
     .keys = "Q ^C F10",
     .label = "quit",
     .section = EVERYWHERE,
     .sentence = "Quits from anywhere. Jobs go on."},
};
const struct keytable app_actions = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

/* --- quitting --- */

static void quit_answered(void *data, const char *id)
{
    struct app *app = data;
    const struct job *job = app_jobs_nearest(app);
    if (strcmp(id, "cancel") == 0 && job)
        app_cancel_job(app, job->id);
    else if (strcmp(id, "quit") == 0)
        loop_stop(app->loop);
}

void app_quit(struct app *app, bool ask)
{
    static const struct dialog_button buttons[] = {
        {.id = "quit", .label = "Quit, job goes on", .letter = 'q'},
        {.id = "stay", .label = "Stay"},
        {.id = "cancel", .label = "Cancel the job", .letter = 'c'},
    };
    const struct job *job = app_jobs_nearest(app);
    int running = app_jobs_running(app);
    char text[512];
    if (!ask || !job) {
        loop_stop(app->loop);
        return;
    }
    if (running == 1)
        snprintf(
            text, sizeof(text),
            "Job %d, %s, is at step %d of %d.\nIt goes on without this window. The next start shows it, and so does a "
            "shell:  tengil-tui attach %d",
            job->id, job->title, job->step + 1, job->nsteps, job->id);
    else
        snprintf(
            text, sizeof(text),
            "%d jobs run.\nThey go on without this window. The next start shows them, and so does a shell:  tengil-tui "
            "jobs",
            running);
    app_ask(app, "Quit", text, buttons, running == 1 ? 3 : 2, 0, quit_answered, app);
    app->own->quitting = true;
}

/* --- menus --- */

/* The actions of the view that are about its row. */
static bool about_row(const struct keytable_action *action)
{
    return action->section && strncmp(action->section, "THIS", 4) == 0;
}

static void menu_picked(void *data, const char *id)
{
    struct app *app = data;
    const struct view *top = app_top(app);
    const struct keytable_action *action = *id ? keytable_by_id(top->class->keys, id) : NULL;
    if (action)
        app_do(app, action);
}

static void row_menu(struct app *app)
{
    struct view *top = app_top(app);
    struct menu_row rows[40] = {0};
    char focus[256] = "";
    int n = 0;
    for (int i = 0; i < top->class->keys->n && n < 40; i++) {
        const struct keytable_action *action = &top->class->keys->actions[i];
        if (!about_row(action))
            continue;
        rows[n++] = (struct menu_row){
            .id = action->id,
            .label = action->label,
            .letter = action->keys[0] && (!action->keys[1] || action->keys[1] == ' ') ? (uint32_t)action->keys[0] : 0,
            .not_possible = top->class->why_not ? top->class->why_not(top, action) : NULL,
        };
        /* The reasons may share a buffer of the view. */
        rows[n - 1].not_possible = mem_strdup(rows[n - 1].not_possible);
    }
    if (top->class->heading)
        top->class->heading(top, focus, sizeof(focus));
    app_menu(app, *focus ? focus : top->class->name, rows, n, menu_picked, app);
    for (int i = 0; i < n; i++)
        free((char *)rows[i].not_possible);
}

static void new_picked(void *data, const char *id)
{
    if (strcmp(id, "jellyfin") == 0)
        app_push(data, view_create_new(data, "docker.io/jellyfin/jellyfin:latest"));
    else if (strcmp(id, "oci") == 0)
        app_push(data, view_create_new(data, NULL));
}

static void new_menu(struct app *app)
{
    static const struct menu_row rows[] = {
        {.id = "jellyfin", .label = "Set up Jellyfin", .note = "the form, with its image filled in", .letter = '1'},
        {.id = "oci", .label = "OCI image", .note = "from Docker Hub, ghcr.io or your own registry", .letter = '2'},
    };
    app_menu(app, "New container", rows, 2, new_picked, app);
}

static void copy_picked(void *data, const char *id)
{
    struct app *app = data;
    struct view *top = app_top(app);
    char label[64], value[2048];
    if (!*id || !top->class->copy || !top->class->copy(top, atoi(id), label, sizeof(label), value, sizeof(value)))
        return;
    if (term_copy(app->term, value))
        app_say(app, "Sent to the terminal's clipboard: %s", value);
    else
        app_error(app, "It is too long for the clipboard of a terminal.");
}

static void copy_menu(struct app *app)
{
    struct view *top = app_top(app);
    struct menu_row rows[16] = {0};
    char ids[16][4], labels[16][64], values[16][1024];
    int n = 0;
    while (n < 16 && top->class->copy(top, n, labels[n], sizeof(labels[n]), values[n], sizeof(values[n]))) {
        snprintf(ids[n], sizeof(ids[n]), "%d", n);
        rows[n] = (struct menu_row){
            .id = ids[n], .label = labels[n], .note = values[n], .letter = n < 9 ? (uint32_t)('1' + n) : 0};
        n++;
    }
    if (n == 0)
        app_say(app, "There is nothing here to copy.");
    else
        app_menu(app, "Copy", rows, n, copy_picked, app);
}

/* --- past messages --- */

static void show_messages(struct app *app)
{
    const struct messages *messages = app->own->messages;
    struct buf text = BUF_INIT;
    for (int i = 0; i < messages_count(messages); i++) {
        const struct message *message = messages_at(messages, i);
        fmt_add_moment(&text, message->wall / 1000, loop_now() / 1000);
        buf_addf(&text, "  %s%s\n", message->kind == MESSAGE_ERROR ? "! " : "", message->text);
    }
    app_push(app, view_text_new(app, "Messages", *text.s ? text.s : "There are none yet.\n"));
    buf_clear(&text);
}

/* --- doing --- */

static bool has_row_actions(const struct view *view)
{
    for (int i = 0; view->class->keys && i < view->class->keys->n; i++)
        if (about_row(&view->class->keys->actions[i]))
            return true;
    return false;
}

const char *app_why_not(struct app *app, const struct keytable_action *action)
{
    const struct view *top = app_top(app);
    if (strcmp(action->id, "menu") == 0 && !has_row_actions(top))
        return "There is nothing here that more could be done with.";
    if (strcmp(action->id, "copy") == 0 && !top->class->copy)
        return "There is nothing here to copy.";
    return NULL;
}

static void do_suspend(struct app *app)
{
    term_stop(app->term);
}

static void do_redraw(struct app *app)
{
    term_redraw(app->term);
}

static void do_reload(struct app *app)
{
    app_reload(app);
    app_say(app, "Reading the host again.");
}

static void do_back(struct app *app)
{
    app_back(app);
}

static void do_quit(struct app *app)
{
    if (app->own->npages > 0)
        app_back(app);
    else
        app_quit(app, true);
}

static void do_quit_all(struct app *app)
{
    app_quit(app, true);
}

static const struct {
    const char *id;
    void (*act)(struct app *app);
} acts[] = {
    {"menu", row_menu},          {"new", new_menu},     {"back", do_back},         {"copy", copy_menu},
    {"messages", show_messages}, {"reload", do_reload}, {"redraw", do_redraw},     {"suspend", do_suspend},
    {"help", app_help},          {"quit", do_quit},     {"quit-all", do_quit_all},
};

/* Acts that close pages, and whether only the topmost. */
static bool closes(const char *id, bool *top_only)
{
    *top_only = strcmp(id, "back") == 0 || strcmp(id, "quit") == 0;
    return *top_only || strcmp(id, "quit-all") == 0 || strncmp(id, "screen-", 7) == 0;
}

static void perform(struct app *app, const char *id);

static void let_go(void *data, const char *id)
{
    struct app *app = data;
    if (strcmp(id, "leave") == 0)
        perform(app, app->own->leaving);
}

static void ask_to_let_go(struct app *app, const char *id)
{
    static const struct dialog_button buttons[] = {
        {.id = "stay", .label = "Go on"},
        {.id = "leave", .label = "Throw it away", .letter = 'y'},
    };
    snprintf(app->own->leaving, sizeof(app->own->leaving), "%s", id);
    app_ask(app, app_top(app)->class->name, "What was typed here is lost when the form is left.", buttons, 2, 0, let_go,
            app);
}

void app_act(struct app *app, const char *id)
{
    bool top_only;
    if (closes(id, &top_only) && app_unsaved(app, top_only))
        ask_to_let_go(app, id);
    else
        perform(app, id);
}

static void perform(struct app *app, const char *id)
{
    if (strncmp(id, "screen-", 7) == 0)
        app_switch(app, (enum app_screen)(id[7] - '1'));
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
        if (strcmp(acts[i].id, id) == 0)
            acts[i].act(app);
    app_paint(app);
}
