#include "tui/app-own.h"

#include "backend/base/mem.h"

#include <curses.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Messages, dialogs, menus, prompts, help: what is asked and said. */

/* --- the message row --- */

static void say(struct app *app, enum message_kind kind, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
static void say(struct app *app, enum message_kind kind, const char *fmt, va_list args)
{
    char text[ERR_TEXT_MAX];
    vsnprintf(text, sizeof(text), fmt, args);
    messages_say(app->own->messages, loop_ms(app->loop), loop_now(), kind, text);
    app_paint(app);
}

void app_say(struct app *app, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(app, MESSAGE_EVENT, fmt, args);
    va_end(args);
}

void app_error(struct app *app, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(app, MESSAGE_ERROR, fmt, args);
    va_end(args);
}

/* --- what lies over the view --- */

void app_over_close(struct app *app)
{
    struct app_private *own = app->own;
    dialog_free(own->dialog);
    menu_free(own->menu);
    help_free(own->help);
    own->dialog = NULL;
    own->menu = NULL;
    own->help = NULL;
    for (int i = 0; i < 2; i++) {
        free(own->help_actions[i]);
        own->help_actions[i] = NULL;
    }
    own->over = OVER_NOTHING;
    own->quitting = false;
    app_paint(app);
}

/* The answer may ask the next question, so what is open is closed first. */
static void answer(struct app *app, const char *id)
{
    char copy[64];
    void (*fn)(void *data, const char *id) = app->own->answer;
    void *data = app->own->answer_data;
    snprintf(copy, sizeof(copy), "%s", id);
    app->own->answer = NULL;
    app_over_close(app);
    if (fn)
        fn(data, copy);
}

/* Whoever asked while something was open gets its answer: closed. */
static void make_room(struct app *app)
{
    if (app->own->over != OVER_NOTHING)
        answer(app, "");
    keys_flush(app->keys);
}

/* A label as the footer says it: in small letters, up to a comma. */
static void small(char *out, size_t size, const char *label)
{
    snprintf(out, size, "%.*s", (int)strcspn(label, ","), label);
    if (out[0] >= 'A' && out[0] <= 'Z')
        out[0] |= 0x20;
}

/* The footer of a dialog: buttons with a letter of their own, and what Esc comes to: the one without. */
static void name_buttons(struct app *app, const struct dialog_button *buttons, int n)
{
    struct app_private *own = app->own;
    own->nbuttons = 0;
    snprintf(own->escape, sizeof(own->escape), "Esc close");
    for (int i = 0; i < n && i < 8; i++) {
        char label[40];
        small(label, sizeof(label), buttons[i].label);
        if (!buttons[i].letter || buttons[i].letter >= 0x7F) {
            snprintf(own->escape, sizeof(own->escape), "Esc %s", label);
            continue;
        }
        int at = own->nbuttons++;
        snprintf(own->button_keys[at], sizeof(own->button_keys[at]), "%c", (char)buttons[i].letter);
        snprintf(own->button_labels[at], sizeof(own->button_labels[at]), "%s", label);
        own->buttons[at] = (struct keytable_action){
            .id = "button", .keys = own->button_keys[at], .label = own->button_labels[at], .priority = 3};
    }
}

void app_ask(struct app *app, const char *title, const char *text, const struct dialog_button *buttons, int n,
             int harmless, void (*fn)(void *data, const char *id), void *data)
{
    struct app_private *own = app->own;
    make_room(app);
    own->dialog = dialog_new(title, text, buttons, n, harmless);
    own->answer = fn;
    own->answer_data = data;
    own->over = OVER_DIALOG;
    name_buttons(app, buttons, n);
    app_paint(app);
}

void app_menu(struct app *app, const char *title, const struct menu_row *rows, int n,
              void (*picked)(void *data, const char *id), void *data)
{
    make_room(app);
    app->own->menu = menu_new(title, rows, n, 0);
    app->own->answer = picked;
    app->own->answer_data = data;
    app->own->over = OVER_MENU;
    app_paint(app);
}

/* --- help --- */

static const char *why_not(void *data, const struct keytable_action *action)
{
    struct app *app = data;
    struct view *top = app_top(app);
    if (keytable_by_id(&app_actions, action->id))
        return app_why_not(app, action);
    return top->class->why_not ? top->class->why_not(top, action) : NULL;
}

void app_help(struct app *app)
{
    struct app_private *own = app->own;
    const struct view *top = app_top(app);
    const struct keytable *tables[2];
    int n = 0;
    if (own->over != OVER_NOTHING)
        answer(app, "");
    if (top->class->keys)
        tables[n++] = top->class->keys;
    tables[n++] = &app_actions;
    /* A view's row that only places a shared action would be there twice. */
    for (int i = 0; i < n; i++) {
        struct keytable_action *copy = mem_zero((size_t)tables[i]->n, sizeof(*copy));
        memcpy(copy, tables[i]->actions, (size_t)tables[i]->n * sizeof(*copy));
        for (int k = 0; i == 0 && n == 2 && k < tables[i]->n; k++)
            if (keytable_by_id(&app_actions, copy[k].id))
                copy[k].section = NULL;
        own->help_actions[i] = copy;
        own->help_tables[i] = (struct keytable){.actions = copy, .n = tables[i]->n};
        tables[i] = &own->help_tables[i];
    }
    own->help = help_new(tables, n, why_not, app);
    own->over = OVER_HELP;
    app_paint(app);
}

static void on_help(struct app *app, enum help_event event)
{
    const struct keytable_action *action = help_action(app->own->help);
    char text[ERR_TEXT_MAX];
    if (event == HELP_CLOSED) {
        app_over_close(app);
    } else if (event == HELP_REFUSED) {
        help_message(app->own->help, text, sizeof(text));
        app_say(app, "%s", text);
    } else if (event == HELP_DO && action) {
        struct keytable_action copy = *action;
        app_over_close(app);
        app_do(app, &copy);
    }
}

/* --- their keys --- */

static void on_dialog(struct app *app, const struct key *key)
{
    enum dialog_event event = dialog_key(app->own->dialog, key);
    if (event == DIALOG_PRESSED)
        answer(app, dialog_button(app->own->dialog));
    else if (event == DIALOG_CLOSED)
        answer(app, "");
}

static void on_menu(struct app *app, const struct key *key)
{
    enum menu_event event = menu_key(app->own->menu, key);
    if (event == MENU_PICKED)
        answer(app, menu_id(app->own->menu));
    else if (event == MENU_CLOSED)
        answer(app, "");
    else if (event == MENU_REFUSED)
        app_say(app, "%s", menu_reason(app->own->menu));
}

/* Quitting from anywhere also leaves what is open; asked for once more it is done. */
static void quit_from(struct app *app)
{
    bool again = app->own->quitting;
    answer(app, "");
    if (again)
        loop_stop(app->loop);
    else
        app_act(app, "quit-all");
}

bool app_over_key(struct app *app, const struct key *key, const char *paste, size_t npaste)
{
    if (app->own->over == OVER_NOTHING)
        return false;
    if (key_is_code(key, KEY_CTRL('C')) || key_is_code(key, KEY_F(10)))
        quit_from(app);
    else if (key_is_code(key, KEY_CTRL('L')) || key_is_code(key, KEY_CTRL('Z')))
        app_act(app, key_is_code(key, KEY_CTRL('L')) ? "redraw" : "suspend");
    else if (app->own->over == OVER_HELP)
        on_help(app, help_key(app->own->help, key, paste, npaste));
    else if (app->own->over == OVER_DIALOG)
        on_dialog(app, key);
    else
        on_menu(app, key);
    return true;
}

void app_over_draw(struct app *app, const struct canvas *body)
{
    if (app->own->over == OVER_DIALOG)
        dialog_draw(app->own->dialog, body);
    else if (app->own->over == OVER_MENU)
        menu_draw(app->own->menu, body);
    else if (app->own->over == OVER_HELP)
        help_draw(app->own->help, body);
}

/* --- the prompt --- */

void app_prompt(struct app *app, const char *label, const char *text, void (*typed)(void *data, const char *text),
                void (*done)(void *data, const char *text, bool accept), void *data)
{
    struct app_private *own = app->own;
    if (own->prompting)
        edit_clear(&own->prompt);
    edit_init(&own->prompt, 512, false);
    edit_set(&own->prompt, text);
    mem_set(&own->prompt_label, label);
    own->prompt_typed = typed;
    own->prompt_done = done;
    own->prompt_data = data;
    own->prompt_hint = NULL;
    own->prompting = true;
    app_paint(app);
}

void app_prompt_hint(struct app *app, const char *hint)
{
    app->own->prompt_hint = hint;
}

static void end_prompt(struct app *app, bool accept)
{
    struct app_private *own = app->own;
    char *text = mem_strdup(own->prompt.text);
    own->prompting = false;
    edit_clear(&own->prompt);
    if (own->prompt_done)
        own->prompt_done(own->prompt_data, text, accept);
    free(text);
    app_paint(app);
}

bool app_prompt_key(struct app *app, const struct key *key, const char *paste, size_t npaste)
{
    struct app_private *own = app->own;
    if (!own->prompting)
        return false;
    if (key_is_code(key, KEYS_ESC) || key_is_code(key, KEY_CTRL('C')))
        end_prompt(app, false);
    else if (key_is_code(key, KEYS_ENTER))
        end_prompt(app, true);
    else if (key_is_code(key, KEYS_BACKSPACE) && own->prompt.len == 0)
        end_prompt(app, false);
    else if (edit_key(&own->prompt, key, paste, npaste) && own->prompt_typed)
        own->prompt_typed(own->prompt_data, own->prompt.text);
    return true;
}

void app_ask_free(struct app *app)
{
    struct app_private *own = app->own;
    if (own->over != OVER_NOTHING)
        answer(app, "");
    if (own->prompting)
        edit_clear(&own->prompt);
    free(own->prompt_label);
    own->prompt_label = NULL;
}
