#ifndef TENGIL_WIDGETS_FORM_OWN_H
#define TENGIL_WIDGETS_FORM_OWN_H

#include "widgets/form.h"
#include "widgets/picker.h"

#define FORM_LABEL 4
#define FORM_NOTES 38
#define FORM_WHY   256

struct field {
    const struct form_field *f;
    struct edit edit; /* text kinds; else the value is `value` */
    char *value, *fallback, *disabled;
    const struct form_choice *choices;
    int nchoices;
    bool shown, left, mendable;
    char why[FORM_WHY];
    int row;          /* of a list: the row with the cursor; the number of rows means the one that adds */
    int y, x, height; /* where it stands, from the last layout; `x` of buttons and of fields beside others */
};

struct form {
    struct field *fields;
    int n, focus;
    struct form_owner owner;
    struct form_options options;
    bool warned;           /* going on has stopped at an error once */
    struct picker *picker; /* open list of the choice with the focus */
    int top, rows, height; /* scroll position, rows in all, rows seen */
    bool wide, above;      /* notes beside; labels above */
};

struct field *form_find(const struct form *f, const char *id);
bool form_can_focus(const struct field *field);
bool form_is_text(const struct field *field);
void form_focus_to(struct form *f, int index, int direction);
void form_check(struct form *f, struct field *field);
void form_set_value(struct form *f, struct field *field, const char *value);
const char *field_value(const struct field *field);
const char *field_effective(const struct field *field);
int field_rows(const struct form *f, const struct field *field);
int field_choice(const struct field *field); /* index of what counts; -1: none */
bool field_error_shown(const struct field *field);
void field_note(const struct form *f, const struct field *field, char *text, size_t size);
/* A choice list stands on a row of its own per choice, when it has notes or no room. */
bool field_radio_down(const struct field *field, int width);
void form_layout(struct form *f, int width);

#endif
