#include "widgets/form-own.h"

#include "widgets/wmem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool form_is_text(const struct field *field)
{
    enum form_kind kind = field->f->kind;
    return kind == FORM_TEXT || kind == FORM_NUMBER || kind == FORM_FOLDER || kind == FORM_SECRET;
}

bool form_can_focus(const struct field *field)
{
    return field->shown && field->f->kind != FORM_HEADING && field->f->kind != FORM_NOTE;
}

struct form *form_new(const struct form_field *fields, int nfields, const struct form_owner *owner,
                      const struct form_options *options)
{
    struct form *f = wmem_zero(1, sizeof(*f));
    f->fields = wmem_zero((size_t)nfields, sizeof(*f->fields));
    f->n = nfields;
    f->owner = *owner;
    if (options)
        f->options = *options;
    for (int i = 0; i < nfields; i++) {
        struct field *field = &f->fields[i];
        field->f = &fields[i];
        field->shown = true;
        field->value = wmem_strdup("");
        field->fallback = wmem_strdup(fields[i].fallback);
        field->choices = fields[i].choices;
        field->nchoices = fields[i].nchoices;
        if (form_is_text(field))
            edit_init(&field->edit, fields[i].max ? fields[i].max : 1024, fields[i].kind == FORM_SECRET);
    }
    form_recheck(f);
    form_focus_to(f, 0, 1);
    form_layout(f, 80);
    return f;
}

void form_free(struct form *f)
{
    if (!f)
        return;
    for (int i = 0; i < f->n; i++) {
        edit_clear(&f->fields[i].edit);
        free(f->fields[i].value);
        free(f->fields[i].fallback);
        free(f->fields[i].disabled);
    }
    picker_free(f->picker);
    free(f->fields);
    free(f);
}

/* --- values --- */

struct field *form_find(const struct form *f, const char *id)
{
    for (int i = 0; i < f->n; i++)
        if (f->fields[i].f->id && strcmp(f->fields[i].f->id, id) == 0)
            return &f->fields[i];
    return NULL;
}

const char *field_value(const struct field *field)
{
    return form_is_text(field) ? field->edit.text : field->value;
}

const char *field_effective(const struct field *field)
{
    const char *value = field_value(field);
    return *value ? value : field->fallback;
}

const char *form_value(const struct form *f, const char *id)
{
    const struct field *field = form_find(f, id);
    return field ? field_value(field) : "";
}

const char *form_effective(const struct form *f, const char *id)
{
    const struct field *field = form_find(f, id);
    return field ? field_effective(field) : "";
}

int field_choice(const struct field *field)
{
    for (int i = 0; i < field->nchoices; i++)
        if (strcmp(field->choices[i].value, field_effective(field)) == 0)
            return i;
    return -1;
}

void form_check(struct form *f, struct field *field)
{
    field->why[0] = '\0';
    field->mendable = false;
    if (f->owner.check && field->f->id && form_can_focus(field) && field->f->kind != FORM_BUTTON)
        f->owner.check(f->owner.data, field->f->id, field_value(field), field->why, sizeof(field->why),
                       &field->mendable);
}

void form_recheck(struct form *f)
{
    for (int i = 0; i < f->n; i++)
        form_check(f, &f->fields[i]);
}

void form_set_value(struct form *f, struct field *field, const char *value)
{
    if (form_is_text(field)) {
        edit_set(&field->edit, value);
        field->edit.fresh = true;
    } else {
        char *copy = wmem_strdup(value); /* `value` may be the old one */
        free(field->value);
        field->value = copy;
    }
    form_check(f, field);
}

void form_set(struct form *f, const char *id, const char *value)
{
    struct field *field = form_find(f, id);
    if (field)
        form_set_value(f, field, value ? value : "");
}

void form_show(struct form *f, const char *id, bool shown)
{
    struct field *field = form_find(f, id);
    if (!field || field->shown == shown)
        return;
    field->shown = shown;
    form_check(f, field);
    if (!form_can_focus(&f->fields[f->focus]))
        form_focus_to(f, f->focus, 1);
}

void form_disable(struct form *f, const char *id, const char *why)
{
    struct field *field = form_find(f, id);
    if (!field)
        return;
    free(field->disabled);
    field->disabled = why ? wmem_strdup(why) : NULL;
}

void form_fallback(struct form *f, const char *id, const char *fallback)
{
    struct field *field = form_find(f, id);
    if (!field)
        return;
    free(field->fallback);
    field->fallback = wmem_strdup(fallback);
    form_check(f, field);
}

void form_choices(struct form *f, const char *id, const struct form_choice *choices, int n)
{
    struct field *field = form_find(f, id);
    if (!field)
        return;
    field->choices = choices;
    field->nchoices = n;
    if (f->picker && field == &f->fields[f->focus]) {
        picker_free(f->picker);
        f->picker = NULL;
    }
    form_check(f, field);
}

/* --- the focus --- */

int field_rows(const struct form *f, const struct field *field)
{
    return field->f->rows ? field->f->rows(f->owner.data, field->f) : 0;
}

/* To the next field in `direction` that can have it, `index` itself if it can; stays where there is none. */
void form_focus_to(struct form *f, int index, int direction)
{
    int at = index;
    while (at >= 0 && at < f->n && !form_can_focus(&f->fields[at]))
        at += direction;
    if (at < 0 || at >= f->n) {
        for (at = index; at >= 0 && at < f->n && !form_can_focus(&f->fields[at]);)
            at -= direction;
        if (at < 0 || at >= f->n)
            return;
    }
    struct field *old = &f->fields[f->focus], *field = &f->fields[at];
    if (at != f->focus) {
        old->left = true;
        /* The list that is open is of the field that had the focus. */
        picker_free(f->picker);
        f->picker = NULL;
    }
    f->focus = at;
    field->edit.fresh = form_is_text(field);
    if (field->f->kind == FORM_LIST && old != field)
        field->row = direction < 0 ? field_rows(f, field) : 0;
}

void form_to(struct form *f, const char *id)
{
    struct field *field = form_find(f, id);
    if (field && form_can_focus(field))
        form_focus_to(f, (int)(field - f->fields), 1);
}

const char *form_focus(const struct form *f)
{
    const struct field *field = &f->fields[f->focus];
    return f->n > 0 && form_can_focus(field) && field->f->id ? field->f->id : "";
}

int form_list_row(const struct form *f)
{
    const struct field *field = &f->fields[f->focus];
    if (field->f->kind != FORM_LIST || field->row >= field_rows(f, field))
        return -1;
    return field->row;
}

void form_to_list_row(struct form *f, int row)
{
    struct field *field = &f->fields[f->focus];
    int rows = field_rows(f, field), last = field->f->add_label ? rows : rows - 1;
    field->row = row < 0 || row > last ? (last < 0 ? 0 : last) : row;
}

bool form_in_text(const struct form *f)
{
    return f->picker || (form_is_text(&f->fields[f->focus]) && f->fields[f->focus].f->kind != FORM_NUMBER);
}

/* --- what is wrong --- */

bool field_error_shown(const struct field *field)
{
    return field->shown && field->why[0] && (field->left || !field->mendable);
}

int form_errors(const struct form *f, const char **first)
{
    int n = 0;
    for (int i = 0; i < f->n; i++) {
        if (!f->fields[i].shown || !f->fields[i].why[0])
            continue;
        if (n++ == 0 && first)
            *first = f->fields[i].f->id;
    }
    return n;
}

void form_leave_all(struct form *f)
{
    for (int i = 0; i < f->n; i++)
        f->fields[i].left = true;
}

bool form_may_go_on(struct form *f)
{
    const char *first = NULL;
    if (form_errors(f, &first) == 0 || f->warned)
        return true;
    f->warned = true;
    form_leave_all(f);
    form_to(f, first);
    return false;
}

void field_note(const struct form *f, const struct field *field, char *text, size_t size)
{
    text[0] = '\0';
    if (field_error_shown(field))
        snprintf(text, size, "%s", field->why);
    else if (f->owner.note && field->f->id)
        f->owner.note(f->owner.data, field->f->id, text, size);
}

bool form_message_is_error(const struct form *f)
{
    return field_error_shown(&f->fields[f->focus]);
}

void form_message(const struct form *f, char *text, size_t size)
{
    const struct field *field = &f->fields[f->focus];
    const char *label = field->f->label;
    text[0] = '\0';
    if (f->picker && picker_reason(f->picker))
        snprintf(text, size, "%s", picker_reason(f->picker));
    else if (field->disabled)
        snprintf(text, size, "%s", field->disabled);
    else if (field_error_shown(field) && label && *label && field->f->kind != FORM_LIST)
        snprintf(text, size, "%s: %s", label, field->why);
    else if (field_error_shown(field))
        snprintf(text, size, "%s", field->why);
    else if (field->f->help)
        snprintf(text, size, "%s", field->f->help);
}
