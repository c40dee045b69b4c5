#ifndef TENGIL_WIDGETS_FORM_H
#define TENGIL_WIDGETS_FORM_H

#include "widgets/draw.h"
#include "widgets/edit.h"
#include "widgets/keys.h"

/*
 * A form: fields under one another with labels at column 5, values at 22, notes at 39 (the narrower layouts of SCREENS
 * section 6), then buttons. The engine knows kinds, not meanings: what is right is asked from the owner by `check`, at each key.
 */
enum form_kind { FORM_TEXT, FORM_NUMBER, FORM_CHOICE, FORM_TOGGLE, FORM_RADIO, FORM_LIST, FORM_FOLDER, FORM_SECRET, FORM_HEADING, FORM_NOTE, FORM_BUTTON };

struct form_choice {
    const char *value, *label, *note; /* owned by the caller */
    const char *not_possible;         /* the reason; NULL: can be chosen */
};

struct form_field {
    const char *id, *label, *unit, *help; /* owned by the caller */
    enum form_kind kind;
    const char *fallback;   /* default, shown dim when the field is empty */
    double step;            /* of + - */
    double unit_bytes;      /* of a bare number, for K M G T; 0: plain numbers */
    const struct form_choice *choices;
    int nchoices;
    int width;              /* of the box */
    /* FORM_LIST: rows are the owner's */
    int (*rows)(void *data, const struct form_field *field);
    void (*row)(void *data, const struct form_field *field, int row, char *text, size_t size);
    const char *add_label;
};

enum form_event { FORM_NOTHING, FORM_CHANGED, FORM_PRESSED, FORM_LIST_EDIT, FORM_LIST_ADD, FORM_LIST_REMOVE, FORM_LIST_UP, FORM_LIST_DOWN, FORM_BROWSE, FORM_LEFT_FIELD };

struct form_owner {
    void *data;
    /* Writes why the value of the field is wrong, and whether more typing can mend it; empty: it is right. */
    void (*check)(void *data, const char *id, const char *value, char *why, size_t size, bool *mendable);
    void (*note)(void *data, const char *id, char *text, size_t size); /* right of the field when nothing is wrong */
};

struct form;
struct form *form_new(const struct form_field *fields, int nfields, const struct form_owner *owner);
void form_free(struct form *f);
const char *form_value(const struct form *f, const char *id); /* "" when empty: the default counts */
void form_set(struct form *f, const char *id, const char *value);
void form_show(struct form *f, const char *id, bool shown);   /* fields that depend on others */
const char *form_focus(const struct form *f);                 /* id of the field or button with the focus */
int form_list_row(const struct form *f);
void form_to(struct form *f, const char *id);
int form_errors(const struct form *f, const char **first);    /* number of fields in error that are shown */
enum form_event form_key(struct form *f, const struct key *key, const char *paste);
void form_message(const struct form *f, char *text, size_t size); /* for the message row: the error in full, else the help */
void form_draw(struct form *f, const struct canvas *c);

#endif
