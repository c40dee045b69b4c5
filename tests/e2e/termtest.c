/*
 * A small program for term.t: it shows on the screen what keys it saw, over the same loop and terminal as the real one.
 *   q quits   ^Z stops   ^E borrows the terminal for `sh`   ^O writes to stderr   ^P keeps the processor busy for 300
 * ms a-z else are counted. `segv`, `abrt` as argument: dies so after the first key.
 */
#include "backend/base/loop.h"
#include "widgets/draw.h"
#include "widgets/keys.h"
#include "widgets/term.h"

#include <curses.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES_KEPT 12

static struct app {
    struct loop *loop;
    struct term *term;
    struct keys *keys;
    struct theme theme;
    struct loop_fd *input, *output;
    char log[LINES_KEPT][200];
    int seen, frames, status;
    long long esc_at;
    bool dirty;
    const char *die;
} app;

static void note(const char *text)
{
    memmove(app.log, app.log + 1, sizeof(app.log) - sizeof(app.log[0]));
    snprintf(app.log[LINES_KEPT - 1], sizeof(app.log[0]), "%d %s", ++app.seen, text);
    app.dirty = true;
}

static void paint(void *data)
{
    struct canvas c = {.win = stdscr, .theme = &app.theme, .height = LINES, .width = COLS};
    char text[120];
    (void)data;
    if (!app.dirty)
        return;
    draw_cursor_none();
    draw_clear(&c);
    snprintf(text, sizeof(text), "termtest %dx%d ready", COLS, LINES);
    draw_text(&c, 0, 0, 0, ROLE_TITLE, SHOWN_CUT_END, text);
    for (int i = 0; i < LINES_KEPT; i++)
        draw_text(&c, 2 + i, 0, 0, ROLE_TEXT, SHOWN_CUT_END, app.log[i]);
    draw_cursor(&c, 1, 0, false);
    if (term_paint(app.term)) {
        app.dirty = false;
        app.frames++;
    }
    loop_fd_set(app.output, app.dirty || term_busy(app.term) ? LOOP_WRITE : 0);
}

static void quit(int status)
{
    app.status = status;
    loop_stop(app.loop);
}

static void lend(void)
{
    char *argv[] = {"sh", "-c",
                    "echo lent $(stty -a | grep -o '[-]*ixon'); read line; echo got $line; kill -TSTP $$; echo on",
                    NULL};
    char text[60];
    int status = term_lend(app.term, argv);
    snprintf(text, sizeof(text), "lent, status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    note(text);
}

static void on_char(const struct key *key)
{
    char text[60];
    snprintf(text, sizeof(text), "%schar U+%04X", key->alt ? "alt " : "", key->ch);
    note(text);
    if (app.die && strcmp(app.die, "segv") == 0)
        raise(SIGSEGV);
    if (app.die && strcmp(app.die, "abrt") == 0)
        abort();
    if (key_is(key, 'q'))
        quit(0);
}

static void on_code(const struct key *key)
{
    char text[60];
    snprintf(text, sizeof(text), "%scode %d %s", key->alt ? "alt " : "", key->code,
             key->code > 255 ? keyname(key->code) : "");
    note(text);
    if (key->code == KEY_CTRL('Z'))
        term_stop(app.term);
    else if (key->code == KEY_CTRL('E'))
        lend();
    else if (key->code == KEY_CTRL('O'))
        fputs("STRAY OUTPUT OF A LIBRARY\n\n\n", stderr);
    else if (key->code == KEY_CTRL('P'))
        usleep(300000);
    else if (key->code == KEY_CTRL('L')) {
        usleep(300000);
        keys_flush(app.keys);
    }
    app.dirty = true;
}

static void on_keys(void *data, int ready)
{
    struct key key;
    size_t len;
    char text[180];
    (void)data;
    (void)ready;
    while ((key = keys_next(app.keys)).type != KEY_NONE) {
        if (key.type == KEY_CHAR)
            on_char(&key);
        else if (key.type == KEY_CODE)
            on_code(&key);
        else if (key.type == KEY_SIZE)
            note("size");
        if (key.type == KEY_PASTED) {
            const char *paste = keys_paste(app.keys, &len);
            snprintf(text, sizeof(text), "paste of %zu: %s", len, paste);
            note(text);
        }
    }
}

static void on_room(void *data, int ready)
{
    (void)data;
    (void)ready;
    term_flush(app.term);
}

static void on_signal(void *data, int signal)
{
    (void)data;
    if (signal == SIGWINCH || signal == SIGCONT) {
        signal == SIGWINCH ? term_resized(app.term) : term_redraw(app.term);
        on_keys(NULL, 0);
        app.dirty = true;
    } else if (signal == SIGTSTP) {
        term_stop(app.term);
        app.dirty = true;
    } else {
        quit(128 + signal);
    }
}

int main(int argc, char **argv)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGWINCH, SIGTSTP, SIGCONT};
    const struct theme_options options = {.colors = -1};
    const char *why = NULL;
    setlocale(LC_ALL, "");
    app.die = argc > 1 ? argv[1] : NULL;
    app.loop = loop_new();
    app.term = term_open(100, &why);
    if (!app.term) {
        fprintf(stderr, "%s\n", why);
        return 2;
    }
    if (getenv("STRAY"))
        term_divert_stderr(app.term, getenv("STRAY"));
    theme_init(&app.theme, &options);
    app.keys = keys_new();
    term_title(app.term, "termtest \033]2;evil\a title");
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        loop_signal_new(app.loop, signals[i], on_signal, NULL);
    app.input = loop_fd_new(app.loop, term_fd(app.term), LOOP_READ, on_keys, NULL);
    app.output = loop_fd_new(app.loop, term_output_fd(app.term), 0, on_room, NULL);
    loop_before_wait(app.loop, paint, NULL);
    app.dirty = true;
    loop_run(app.loop);
    loop_free(app.loop);
    keys_free(app.keys);
    term_close(app.term);
    printf("termtest ends, %d frames\n", app.frames);
    return app.status;
}
