#include "widgets/form-own.h"

#include <stdio.h>
#include <string.h>

static int columns(const struct canvas *c, const char *s)
{
    return s ? shown_width(s, strlen(s), c->theme->utf8) : 0;
}

static void mark_focus(const struct canvas *c, int y, int x, int width, int cursor)
{
    draw_glyph(c, y, cursor, ROLE_FOCUS, GLYPH_CURSOR);
    draw_focus(c, y, x, width);
    draw_cursor(c, y, x, false);
}

/* --- values: each returns the column behind it --- */

static int box_width(const struct field *field, const struct canvas *c, int x)
{
    int width = field->f->width ? field->f->width : field->f->kind == FORM_NUMBER ? 10 : 32;
    return width < c->width - x - 1 ? width : c->width - x - 1;
}

static int draw_typed(struct field *field, const struct canvas *c, int y, int x, bool focus)
{
    int width = box_width(field, c, x);
    edit_draw(&field->edit, c, y, x, width, focus, field->fallback);
    if (focus)
        draw_glyph(c, y, 1, ROLE_FOCUS, GLYPH_CURSOR);
    if (!field->f->unit)
        return x + width;
    return x + width + 1 + draw_text(c, y, x + width + 1, 0, ROLE_TEXT, SHOWN_CUT_END, field->f->unit);
}

static int draw_choice(const struct field *field, const struct canvas *c, int y, int x, bool focus)
{
    int width = box_width(field, c, x), at = field_choice(field);
    enum role role = *field->value ? ROLE_TEXT : ROLE_DIM;
    const char *label = at >= 0 ? field->choices[at].label : field_effective(field);
    draw_text(c, y, x, 1, ROLE_TEXT, SHOWN_CUT_NEVER, "<");
    if (width > 4)
        draw_text(c, y, x + 2, width - 4, role, SHOWN_CUT_END, label);
    draw_text(c, y, x + width - 1, 1, ROLE_TEXT, SHOWN_CUT_NEVER, ">");
    if (focus)
        mark_focus(c, y, x + 1, width - 2, 1);
    return x + width;
}

static int draw_toggle(const struct field *field, const struct canvas *c, int y, int x, bool focus)
{
    bool on = strcmp(field_effective(field), "1") == 0;
    draw_text(c, y, x, 3, ROLE_TEXT, SHOWN_CUT_NEVER, on ? "[x]" : "[ ]");
    int used = draw_text(c, y, x + 4, 0, ROLE_TEXT, SHOWN_CUT_END, field->f->unit);
    if (focus)
        mark_focus(c, y, x, 3, 1);
    return x + 4 + used;
}

static int draw_radio(const struct field *field, const struct canvas *c, int y, int x, bool focus)
{
    int at = field_choice(field), end = x;
    bool down = field_radio_down(field, c->width - x);
    for (int i = 0; i < field->nchoices; i++) {
        const struct form_choice *choice = &field->choices[i];
        const char *note = choice->not_possible ? choice->not_possible : choice->note;
        enum role role = choice->not_possible ? ROLE_DIM : ROLE_TEXT;
        draw_text(c, y, x, 3, role, SHOWN_CUT_NEVER, i == at ? "(*)" : "( )");
        end = x + 4 + draw_text(c, y, x + 4, 0, role, SHOWN_CUT_END, choice->label);
        if (note)
            draw_text(c, y, end + 2, 0, ROLE_DIM, SHOWN_CUT_END, note);
        if (focus && (i == at || (at < 0 && i == 0)))
            mark_focus(c, y, x, 3, 1);
        if (down)
            y++;
        else
            x = end + 3;
    }
    return end;
}

/* --- fields --- */

static void draw_list(struct form *f, struct field *field, const struct canvas *c, int y, bool focus)
{
    int rows = field_rows(f, field), width = c->width - FORM_LABEL - 1;
    if (field->row > rows)
        field->row = rows;
    if (field->f->label)
        draw_text(c, y++, FORM_LABEL, 0, ROLE_TITLE, SHOWN_CUT_END, field->f->label);
    for (int i = 0; i < rows + (field->f->add_label != NULL); i++, y++) {
        struct form_row row = {.role = ROLE_TEXT};
        if (i < rows)
            field->f->row(f->owner.data, field->f, i, width, &row);
        if (row.trouble)
            draw_glyph(c, y, 2, ROLE_WARN, GLYPH_WARN);
        if (i < rows)
            draw_text(c, y, FORM_LABEL, width, row.role, SHOWN_CUT_END, row.text);
        else
            draw_text(c, y, FORM_LABEL + draw_text(c, y, FORM_LABEL, 0, ROLE_ACCENT, SHOWN_CUT_NEVER, "+ "), 0,
                      ROLE_TEXT, SHOWN_CUT_END, field->f->add_label);
        if (focus && i == field->row)
            mark_focus(c, y, FORM_LABEL, width, 1);
    }
}

static void draw_button(const struct field *field, const struct canvas *c, int y, bool focus)
{
    const char *label = field->f->label;
    int width = columns(c, label) + 4;
    enum role role = field->disabled ? ROLE_DIM : field->f->danger ? ROLE_DANGER : ROLE_TEXT;
    draw_text(c, y, field->x, 2, ROLE_TEXT, SHOWN_CUT_NEVER, "[ ");
    draw_text(c, y, field->x + 2, 0, role, SHOWN_CUT_END, label);
    draw_text(c, y, field->x + width - 2, 2, ROLE_TEXT, SHOWN_CUT_NEVER, " ]");
    if (focus)
        mark_focus(c, y, field->x, width, field->x - 1);
}

static int draw_value(struct field *field, const struct canvas *c, int y, bool focus)
{
    switch (field->f->kind) {
    case FORM_CHOICE:
        return draw_choice(field, c, y, field->x, focus);
    case FORM_TOGGLE:
        return draw_toggle(field, c, y, field->x, focus);
    case FORM_RADIO:
        return draw_radio(field, c, y, field->x, focus);
    default:
        return draw_typed(field, c, y, field->x, focus);
    }
}

static bool shares_row(const struct form *f, const struct field *field)
{
    return field && f->wide && field->f->beside > 0;
}

static const struct field *next_shown(const struct form *f, const struct field *field)
{
    for (const struct field *next = field + 1; next < f->fields + f->n; next++)
        if (next->shown)
            return next;
    return NULL;
}

/* The note stands behind the value, under it where there is no room, and never over the next field of its row. */
static void draw_note(const struct form *f, const struct field *field, const struct canvas *c, int y, int end)
{
    const struct field *next = next_shown(f, field);
    bool error = field_error_shown(field), shared = shares_row(f, field) || shares_row(f, next);
    int at = end + 1, limit = shares_row(f, next) ? next->f->beside - 2 : c->width - 1;
    char note[FORM_WHY];
    field_note(f, field, note, sizeof(note));
    if (!note[0])
        return;
    if (!f->wide) {
        y = field->y - f->top + field->height - 1;
        at = field->x;
    } else if (!shared && at < FORM_NOTES) {
        at = FORM_NOTES;
    }
    if (at < limit)
        draw_text(c, y, at, limit - at, error ? ROLE_DANGER : ROLE_DIM, SHOWN_CUT_END, note);
}

static void draw_words(const struct form *f, const struct field *field, const struct canvas *c, int y)
{
    char text[FORM_WHY] = "";
    if (field->f->kind == FORM_HEADING) {
        draw_text(c, y, 2, c->width - 5, ROLE_TITLE, SHOWN_CUT_END, field->f->label);
        int used = columns(c, field->f->label);
        if (used + 6 < c->width)
            draw_hline(c, y, 3 + used, c->width - 6 - used, ROLE_DIM);
        return;
    }
    if (field->f->label && *field->f->label)
        draw_text(c, y, FORM_LABEL, 0, ROLE_TEXT, SHOWN_CUT_END, field->f->label);
    else if (f->owner.note && field->f->id)
        f->owner.note(f->owner.data, field->f->id, text, sizeof(text));
    draw_text(c, y, FORM_LABEL, 0, ROLE_DIM, SHOWN_CUT_END, text);
}

static void draw_field(struct form *f, struct field *field, const struct canvas *c, bool focus)
{
    int y = field->y - f->top;
    const char *label = field->f->label;
    enum form_kind kind = field->f->kind;
    if (kind == FORM_HEADING || kind == FORM_NOTE) {
        draw_words(f, field, c, y);
        return;
    }
    if (kind == FORM_BUTTON) {
        draw_button(field, c, y, focus);
        return;
    }
    if (field_error_shown(field))
        draw_glyph(c, y, 2, ROLE_DANGER, GLYPH_WARN);
    if (kind == FORM_LIST) {
        draw_list(f, field, c, y, focus);
        return;
    }
    if (label) {
        int at = shares_row(f, field) ? field->f->beside - 1 : FORM_LABEL;
        draw_text(c, y, at, f->above ? 0 : field->x - at - 1, ROLE_TEXT, SHOWN_CUT_END, label);
        y += f->above;
    }
    draw_note(f, field, c, y, draw_value(field, c, y, focus));
}

/* The rows of the field with the focus are seen, of a list the row with the cursor; else as little moves as can be. */
static void scroll_to_focus(struct form *f, int height)
{
    const struct field *field = &f->fields[f->focus];
    int first = field->y, last = field->y + field->height - 1;
    if (field->f->kind == FORM_LIST)
        first = last = field->y + (field->f->label != NULL) + field->row;
    if (last >= f->top + height)
        f->top = last - height + 1;
    if (first < f->top)
        f->top = first;
    /* What stands above the first field is seen with it. */
    if (f->top > 0 && last < height && f->focus == 0)
        f->top = 0;
    if (f->top > f->rows - height)
        f->top = f->rows - height;
    if (f->top < 0)
        f->top = 0;
    f->height = height;
}

void form_draw(struct form *f, const struct canvas *c)
{
    form_layout(f, c->width);
    draw_clear(c);
    if (f->n == 0)
        return;
    scroll_to_focus(f, c->height);
    for (int i = 0; i < f->n; i++)
        if (f->fields[i].shown)
            draw_field(f, &f->fields[i], c, i == f->focus && !f->picker);
    if (f->picker)
        picker_draw(f->picker, c);
}

bool form_more_above(const struct form *f)
{
    return f->top > 0;
}

bool form_more_below(const struct form *f)
{
    return f->top + f->height < f->rows;
}
