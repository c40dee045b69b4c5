#include "widgets/form-own.h"

#include <curses.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What keys do to each kind of field. */

static struct field *focused(const struct form *f)
{
    return &f->fields[f->focus];
}

static enum form_event changed(struct form *f)
{
    f->warned = false;
    form_check(f, focused(f));
    return FORM_CHANGED;
}

static enum form_event set(struct form *f, const char *value)
{
    form_set_value(f, focused(f), value);
    return changed(f);
}

static enum form_event go(struct form *f, int step)
{
    int before = f->focus;
    form_focus_to(f, f->focus + step < 0 || f->focus + step >= f->n ? f->focus : f->focus + step, step);
    return f->focus != before ? FORM_LEFT_FIELD : FORM_TAKEN;
}

static enum form_event go_on(struct form *f)
{
    if (f->options.one_page)
        return go(f, 1);
    return form_may_go_on(f) ? FORM_GO_ON : FORM_LEFT_FIELD;
}

/* --- numbers --- */

/* As short as it is exact to three decimals. */
static void print_number(double value, char *out, size_t size)
{
    snprintf(out, size, "%.3f", value);
    char *end = out + strlen(out) - 1;
    while (strchr(out, '.') && *end == '0')
        *end-- = '\0';
    if (*end == '.')
        *end = '\0';
}

static enum form_event step(struct form *f, int direction)
{
    struct field *field = focused(f);
    char text[40];
    double by = field->f->step > 0 ? field->f->step : 1;
    double value = strtod(field_effective(field), NULL) + direction * by;
    if (!isfinite(value) || value < 0)
        value = 0;
    if (value > 1e15)
        return FORM_TAKEN;
    print_number(value, text, sizeof(text));
    enum form_event event = set(f, text);
    field->edit.fresh = false;
    return event;
}

/* "4" and G where a bare number is MiB: 4096. */
static enum form_event convert(struct form *f, char letter)
{
    static const char letters[] = "KMGT";
    struct field *field = focused(f);
    char text[40], *end;
    double bytes = 1, value = strtod(field->edit.text, &end);
    if (field->f->unit_bytes <= 0 || field->edit.len == 0 || field->edit.fresh || *end)
        return FORM_TAKEN;
    for (const char *at = letters;; at++) {
        bytes *= 1024;
        if (*at == letter)
            break;
    }
    value = value * bytes / field->f->unit_bytes;
    if (!isfinite(value) || value > 1e15)
        return FORM_TAKEN;
    /* What is no whole number of the field's unit is rounded up: never less than what was typed. */
    print_number(ceil(value), text, sizeof(text));
    enum form_event event = set(f, text);
    field->edit.fresh = false;
    return event;
}

static enum form_event number_char(struct form *f, const struct key *key)
{
    struct field *field = focused(f);
    uint32_t ch = key->ch;
    if (ch == '+' || ch == '-')
        return step(f, ch == '+' ? 1 : -1);
    if (ch < 0x80 && ch && strchr("KMGTkmgt", (int)ch))
        return convert(f, (char)(ch & ~0x20U));
    if ((ch >= '0' && ch <= '9') || ch == '.') {
        edit_key(&field->edit, key, NULL, 0);
        return changed(f);
    }
    return ch == '?' ? FORM_NOTHING : FORM_TAKEN;
}

/* --- text --- */

static enum form_event text_key(struct form *f, const struct key *key, const char *paste, size_t npaste)
{
    struct field *field = focused(f);
    int len = field->edit.len;
    bool typed = key->type == KEY_CHAR || key->type == KEY_PASTED;
    if (field->f->kind == FORM_NUMBER && key->type == KEY_CHAR && !key->alt)
        return number_char(f, key);
    if (field->f->kind == FORM_FOLDER && key_is(key, ' '))
        return FORM_BROWSE;
    if (field->f->kind == FORM_FOLDER && key_is_code(key, KEY_RIGHT) && field->edit.at == len)
        return FORM_COMPLETE;
    if (!edit_key(&field->edit, key, paste, npaste))
        return FORM_NOTHING;
    return typed || field->edit.len != len ? changed(f) : FORM_TAKEN;
}

/* --- choices --- */

static enum form_event choose(struct form *f, int direction, bool around)
{
    struct field *field = focused(f);
    int at = field_choice(field), n = field->nchoices;
    for (int tries = 0; tries < n; tries++) {
        at += direction;
        if (around && n > 0)
            at = (at + n) % n;
        if (at < 0 || at >= n)
            return FORM_TAKEN;
        if (!field->choices[at].not_possible)
            return set(f, field->choices[at].value);
    }
    return FORM_TAKEN;
}

static enum form_event open_picker(struct form *f)
{
    struct field *field = focused(f);
    struct picker_item *items = calloc((size_t)field->nchoices + 1, sizeof(*items));
    if (!items || field->nchoices == 0) {
        free(items);
        return FORM_TAKEN;
    }
    for (int i = 0; i < field->nchoices; i++)
        items[i] = (struct picker_item){.label = field->choices[i].label,
                                        .note = field->choices[i].note,
                                        .not_possible = field->choices[i].not_possible};
    f->picker = picker_new(field->f->label, items, field->nchoices, field_choice(field));
    free(items);
    return FORM_TAKEN;
}

static enum form_event in_picker(struct form *f, const struct key *key, const char *paste, size_t npaste)
{
    struct field *field = focused(f);
    enum picker_event event = picker_key(f->picker, key, paste, npaste);
    int item = picker_item(f->picker);
    if (event == PICKER_TAKEN || event == PICKER_CLOSED) {
        picker_free(f->picker);
        f->picker = NULL;
    }
    return event == PICKER_TAKEN ? set(f, field->choices[item].value) : FORM_TAKEN;
}

static enum form_event choice_key(struct form *f, const struct key *key)
{
    enum form_kind kind = focused(f)->f->kind;
    if (key_is_code(key, KEY_LEFT) || key_is(key, '-'))
        return choose(f, -1, false);
    if (key_is_code(key, KEY_RIGHT) || key_is(key, '+'))
        return choose(f, 1, false);
    if (key_is(key, ' '))
        return kind == FORM_CHOICE ? open_picker(f) : choose(f, 1, true);
    return FORM_NOTHING;
}

static enum form_event toggle_key(struct form *f, const struct key *key)
{
    if (!key_is(key, ' '))
        return FORM_NOTHING;
    return set(f, strcmp(field_effective(focused(f)), "1") == 0 ? "0" : "1");
}

/* --- lists --- */

static enum form_event list_act(struct form *f)
{
    return form_list_row(f) < 0 ? FORM_LIST_ADD : FORM_LIST_EDIT;
}

static enum form_event list_move(struct form *f, int step)
{
    struct field *field = focused(f);
    int last = field_rows(f, field) - (field->f->add_label ? 0 : 1);
    int row = field->row + step;
    if (row < 0 || row > last)
        return go(f, step);
    field->row = row;
    return FORM_TAKEN;
}

static enum form_event list_shift(struct form *f, int step)
{
    struct field *field = focused(f);
    int row = form_list_row(f);
    if (row < 0 || row + step < 0 || row + step >= field_rows(f, field))
        return FORM_TAKEN;
    return step < 0 ? FORM_LIST_UP : FORM_LIST_DOWN;
}

static enum form_event list_key(struct form *f, const struct key *key)
{
    bool on_row = form_list_row(f) >= 0;
    if (key_is(key, ' ') || key_is_code(key, KEYS_ENTER) || (on_row && key_is(key, 'e')))
        return list_act(f);
    if (key_is(key, 'a'))
        return FORM_LIST_ADD;
    if (key_is(key, 'd'))
        return on_row ? FORM_LIST_REMOVE : FORM_TAKEN;
    if (key_is(key, 'K'))
        return list_shift(f, -1);
    if (key_is(key, 'J'))
        return list_shift(f, 1);
    if (key_is_code(key, KEY_DOWN) || key_is(key, 'j'))
        return list_move(f, 1);
    if (key_is_code(key, KEY_UP) || key_is(key, 'k'))
        return list_move(f, -1);
    return FORM_NOTHING;
}

/* --- buttons --- */

static enum form_event button_key(struct form *f, const struct key *key)
{
    if (key_is(key, ' ') || key_is_code(key, KEYS_ENTER))
        return focused(f)->disabled ? FORM_REFUSED : FORM_PRESSED;
    if (key_is_code(key, KEY_RIGHT))
        return go(f, 1);
    if (key_is_code(key, KEY_LEFT))
        return go(f, -1);
    return FORM_NOTHING;
}

static enum form_event own_key(struct form *f, const struct key *key, const char *paste, size_t npaste)
{
    switch (focused(f)->f->kind) {
    case FORM_TEXT:
    case FORM_NUMBER:
    case FORM_FOLDER:
    case FORM_SECRET:
        return text_key(f, key, paste, npaste);
    case FORM_CHOICE:
    case FORM_RADIO:
        return choice_key(f, key);
    case FORM_TOGGLE:
        return toggle_key(f, key);
    case FORM_LIST:
        return list_key(f, key);
    case FORM_BUTTON:
        return button_key(f, key);
    default:
        return FORM_NOTHING;
    }
}

static enum form_event any_key(struct form *f, const struct key *key)
{
    if (key_is_code(key, KEYS_TAB) || key_is_code(key, KEY_DOWN))
        return go(f, 1);
    if (key_is_code(key, KEY_BTAB) || key_is_code(key, KEY_UP))
        return go(f, -1);
    if (key_is_code(key, KEYS_ENTER))
        return go_on(f);
    if (key_is_code(key, KEY_CTRL('R')))
        return focused(f)->f->kind == FORM_LIST ? FORM_LIST_RESTORE : set(f, "");
    return FORM_NOTHING;
}

enum form_event form_key(struct form *f, const struct key *key, const char *paste, size_t npaste)
{
    if (f->n == 0 || !form_can_focus(focused(f)))
        return FORM_NOTHING;
    if (f->picker)
        return in_picker(f, key, paste, npaste);
    enum form_event event = own_key(f, key, paste, npaste);
    return event == FORM_NOTHING && !key->alt ? any_key(f, key) : event;
}
