#include "tui/app-own.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"

#include <curses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- a turn of the loop --- */

void app_paint(struct app *app)
{
    app->own->dirty = true;
}

static void on_message_time(void *data)
{
    app_paint(data);
}

/* The message row changes by itself: an event goes, what the focus is comes. */
static void wait_for_message(struct app *app)
{
    int ms = messages_wait(app->own->messages, loop_ms(app->loop));
    if (ms < 0)
        loop_timer_stop(app->own->message_timer);
    else
        loop_timer_set(app->own->message_timer, ms + 1, 0);
}

static void before_wait(void *data)
{
    struct app *app = data;
    app_views_bury(app);
    if (!app->own->dirty)
        return;
    if (!term_busy(app->term)) {
        app_draw(app);
        app->own->dirty = !term_paint(app->term);
        wait_for_message(app);
    }
    loop_fd_set(app->own->output, app->own->dirty || term_busy(app->term) ? LOOP_WRITE : 0);
}

static void on_room(void *data, int ready)
{
    struct app *app = data;
    (void)ready;
    if (term_flush(app->term) && !app->own->dirty)
        loop_fd_set(app->own->output, 0);
}

static void on_input(void *data, int ready)
{
    struct app *app = data;
    struct key key;
    (void)ready;
    while ((key = keys_next(app->keys)).type != KEY_NONE)
        app_on_key(app, &key);
}

static void on_signal(void *data, int number)
{
    struct app *app = data;
    if (number == SIGWINCH) {
        term_resized(app->term);
        on_input(app, 0);
    } else if (number == SIGCONT) {
        term_redraw(app->term);
    } else if (number == SIGTSTP) {
        term_stop(app->term);
    } else {
        app->own->status = 128 + number;
        loop_stop(app->loop);
    }
    app_paint(app);
}

/* --- open and close --- */

static void watch_signals(struct app *app)
{
    static const int numbers[APP_SIGNALS] = {SIGTERM, SIGHUP, SIGINT, SIGWINCH, SIGTSTP, SIGCONT};
    for (int i = 0; i < APP_SIGNALS; i++)
        app->own->signals[i] = loop_signal_new(app->loop, numbers[i], on_signal, app);
}

static struct theme_options theme_from_environment(void)
{
    const char *name = getenv("TENGIL_THEME"), *slow = getenv("TENGIL_SLOW"), *glyphs = getenv("TENGIL_GLYPHS");
    struct theme_options options = {.colors = -1};
    if (name && strcmp(name, "dark") == 0)
        options.name = THEME_DARK;
    else if (name && strcmp(name, "light") == 0)
        options.name = THEME_LIGHT;
    else if (name && strcmp(name, "mono") == 0)
        options.name = THEME_MONO;
    options.slow = slow && strcmp(slow, "on") == 0;
    options.ascii = glyphs && strcmp(glyphs, "ascii") == 0;
    return options;
}

/* Stray words of libraries would tear the screen. */
static void divert_stderr(struct app *app)
{
    char *path = mem_printf("%s/stderr.log", places_state());
    term_divert_stderr(app->term, path);
    free(path);
}

static void start(struct app *app)
{
    const struct theme_options options = theme_from_environment();
    struct app_private *own = app->own;
    theme_init(&app->theme, &options);
    app->keys = keys_new();
    divert_stderr(app);
    own->messages = messages_new();
    own->message_timer = loop_timer_new(app->loop, on_message_time, app);
    watch_signals(app);
    own->input = loop_fd_new(app->loop, term_fd(app->term), LOOP_READ, on_input, app);
    own->output = loop_fd_new(app->loop, term_output_fd(app->term), 0, on_room, app);
    loop_before_wait(app->loop, before_wait, app);
    app_data_open(app);
    app_jobs_open(app);
    app_switch(app, APP_CONTAINERS);
}

static void finish(struct app *app)
{
    struct app_private *own = app->own;
    app_ask_free(app);
    app_views_free(app);
    app_data_free(app);
    app_jobs_free(app);
    for (int i = 0; i < APP_SIGNALS; i++)
        loop_signal_free(own->signals[i]);
    loop_fd_free(own->input);
    loop_fd_free(own->output);
    loop_timer_free(own->message_timer);
    loop_free(app->loop);
    messages_free(own->messages);
    keys_free(app->keys);
    term_close(app->term);
}

int app_run(struct settings *settings, bool demo)
{
    struct app_private own = {0};
    struct app app = {.settings = settings, .demo = demo, .own = &own};
    struct err err = {0};
    const char *why = NULL;

    if (root_open(&app.root, NULL, &err) || places_make(&err)) {
        fprintf(stderr, "tengil-tui: %s\n", err.text);
        return 3;
    }
    app.term = term_open(100, &why);
    if (!app.term) {
        fprintf(stderr, "tengil-tui: %s\n", why);
        root_close(&app.root);
        return 2;
    }
    app.loop = loop_new();
    start(&app);
    loop_run(app.loop);
    finish(&app);
    root_close(&app.root);
    return own.status;
}
