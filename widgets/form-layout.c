#include "widgets/form-own.h"

#include <string.h>

/* Which field stands in which row, for a width. */

static int columns(const char *s)
{
    return s ? shown_width(s, strlen(s), true) : 0;
}

bool field_radio_down(const struct field *field, int width)
{
    int all = 0;
    for (int i = 0; i < field->nchoices; i++) {
        if (field->choices[i].note || field->choices[i].not_possible)
            return true;
        all += columns(field->choices[i].label) + 7;
    }
    return all - 3 > width;
}

static int height_of(const struct form *f, const struct field *field, int width)
{
    char note[FORM_WHY];
    int height = 1;
    enum form_kind kind = field->f->kind;
    if (kind == FORM_HEADING || kind == FORM_NOTE || kind == FORM_BUTTON)
        return 1;
    if (kind == FORM_LIST)
        return (field->f->label != NULL) + field_rows(f, field) + (field->f->add_label != NULL);
    if (kind == FORM_RADIO && field_radio_down(field, width - (f->above ? FORM_LABEL : field->x)))
        height = field->nchoices;
    if (f->above && field->f->label)
        height++;
    if (!f->wide) {
        field_note(f, field, note, sizeof(note));
        height += note[0] != '\0';
    }
    return height;
}

/* Buttons stand in a row, and go on in the next where there is no room. */
static void place_button(struct form *f, struct field *field, const struct field *before, int width)
{
    field->x = FORM_LABEL;
    if (before && before->f->kind == FORM_BUTTON) {
        int x = before->x + columns(before->f->label) + 4 + 3;
        if (x + columns(field->f->label) + 4 <= width) {
            field->x = x;
            field->y = before->y;
            field->height = 1;
            return;
        }
    }
    field->y = f->rows++;
    field->height = 1;
}

void form_layout(struct form *f, int width)
{
    int value = f->options.value_column > 0 ? f->options.value_column - 1 : 21;
    struct field *before = NULL;
    f->wide = width >= 70;
    f->above = width < 50;
    f->rows = 0;
    for (int i = 0; i < f->n; i++) {
        struct field *field = &f->fields[i];
        if (!field->shown)
            continue;
        if (field->f->kind == FORM_BUTTON) {
            place_button(f, field, before, width);
        } else if (f->wide && field->f->beside > 0 && before) {
            int label = columns(field->f->label);
            field->y = before->y;
            field->height = 1;
            field->x = field->f->beside - 1 + (label ? label + 1 : 0);
        } else {
            field->x = f->above || (field->f->kind == FORM_TOGGLE && !field->f->label) ? FORM_LABEL : value;
            field->y = f->rows;
            field->height = height_of(f, field, width);
            f->rows += field->height;
        }
        before = field;
    }
}
