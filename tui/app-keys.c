#include "tui/app-own.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>

/* Who gets a key: the prompt, what lies over the view, a form that is typed in, the view's table, the view, all views'
 * table. */

void app_do(struct app *app, const struct keytable_action *action)
{
    struct view *top = app_top(app);
    bool shared = keytable_by_id(&app_actions, action->id) != NULL;
    const char *why = NULL;
    if (shared)
        why = app_why_not(app, action);
    else if (top->class->why_not)
        why = top->class->why_not(top, action);
    if (why)
        app_error(app, "%s", why);
    else if (shared)
        app_act(app, action->id);
    else
        top->class->act(top, action->id);
}

/* "d does nothing here. D destroys, Enter shows details.": the first two keys of the footer stand for the hint. */
static void say_nothing_here(struct app *app, const struct key *key)
{
    char name[16];
    const struct view *top = app_top(app);
    const char *hint = top->class == NULL || !top->class->keys ? "" : " ? shows all keys.";
    if (!keytable_name(key, name, sizeof(name)))
        return;
    const struct keytable_action *destroy = top->class->keys ? keytable_by_id(top->class->keys, "destroy") : NULL;
    if (destroy && (strcmp(name, "d") == 0 || strcmp(name, "Del") == 0 || strcmp(name, "Backspace") == 0))
        app_say(app, "%s does nothing here. D destroys, Enter shows details.", name);
    else
        app_say(app, "%s does nothing here.%s", name, hint);
}

static bool by_tables(struct app *app, const struct key *key)
{
    struct view *top = app_top(app);
    const struct keytable_action *action = top->class->keys ? keytable_find(top->class->keys, key) : NULL;
    if (action) {
        app_do(app, action);
        return true;
    }
    if (top->class->key && top->class->key(top, key, NULL, 0))
        return true;
    action = keytable_find(&app_actions, key);
    if (action)
        app_do(app, action);
    return action != NULL;
}

static void escape(struct app *app, const struct key *key)
{
    struct view *top = app_top(app);
    if (messages_escape(app->own->messages))
        return;
    if (top->class->keys && keytable_find(top->class->keys, key))
        app_do(app, keytable_find(top->class->keys, key));
    else if (!top->class->key || !top->class->key(top, key, NULL, 0))
        app_back(app);
}

static void to_view(struct app *app, const struct key *key, const char *paste, size_t npaste)
{
    struct view *top = app_top(app);
    bool typing = top->class->typing && top->class->typing(top);
    if (typing && key_is_code(key, KEYS_ESC) && messages_escape(app->own->messages))
        return;
    if (typing && top->class->key(top, key, paste, npaste))
        return;
    if (key->type == KEY_PASTED)
        app_say(app, "Pasted text was ignored.");
    else if (key_is_code(key, KEYS_ESC))
        escape(app, key);
    else if (key->type != KEY_POINTER && !by_tables(app, key) && !typing)
        say_nothing_here(app, key);
}

static bool too_small(void)
{
    return frame_layout(LINES, COLS, false).small;
}

void app_on_key(struct app *app, const struct key *key)
{
    const char *paste = NULL;
    size_t npaste = 0;
    app_paint(app);
    if (key->type == KEY_SIZE) {
        app_changed(app, APP_SIZE);
        return;
    }
    if (key->type == KEY_PASTED)
        paste = keys_paste(app->keys, &npaste);
    messages_key(app->own->messages, loop_ms(app->loop));
    if (too_small()) {
        if (key_is(key, 'q') || key_is(key, 'Q') || key_is_code(key, KEY_CTRL('C')) || key_is_code(key, KEY_F(10)))
            app_quit(app, false);
        return;
    }
    if (app_prompt_key(app, key, paste, npaste) || app_over_key(app, key, paste, npaste))
        return;
    to_view(app, key, paste, npaste);
}
