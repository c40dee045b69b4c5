#ifndef TENGIL_WIDGETS_FORM_H
#define TENGIL_WIDGETS_FORM_H

#include "widgets/draw.h"
#include "widgets/edit.h"
#include "widgets/keys.h"

/*
 * A form: fields under one another with labels at column 5, values at 22, notes at 39, then buttons. Below 70 columns a
 * note goes under its field, below 50 the label above it. The engine knows kinds, not meanings: what is right is asked
 * from the owner, at each change.
 *
 * Enter goes on from any field and acts only on a button or a list row; Space always acts on the field.
 */
enum form_kind {
    FORM_TEXT,
    FORM_NUMBER,
    FORM_CHOICE,
    FORM_TOGGLE, /* value "1" or "0" */
    FORM_RADIO,
    FORM_LIST,
    FORM_FOLDER,
    FORM_SECRET,
    FORM_HEADING, /* a rule with `label` in it */
    FORM_NOTE,    /* a row of text: `label`, or what the owner's `note` says; both empty: a blank row */
    FORM_BUTTON,
};

struct form_choice {
    const char *value, *label, *note; /* owned by the caller */
    const char *not_possible;         /* the reason; NULL: can be chosen */
};

/* A row of a list, as the owner wants it seen. */
struct form_row {
    char text[512]; /* columns are the owner's */
    enum role role;
    bool trouble; /* `!` before it */
};

struct form_field {
    const char *id, *label, *unit,
        *help; /* owned by the caller; `unit` stands behind the box (of a toggle: its words) */
    enum form_kind kind;
    const char *fallback; /* default, shown dim while the field is empty */
    double step;          /* of + -; 0: 1 */
    double unit_bytes;    /* of a bare number, for K M G T; 0: plain numbers */
    const struct form_choice *choices;
    int nchoices;
    int width;   /* of the box, brackets included; 0: 10 for numbers, 32 else */
    int beside;  /* on the row of the field before: column (from 1) of its label; 0: a row of its own. Only from 70
                    columns on */
    int max;     /* bytes of text; 0: 1024 */
    bool danger; /* a button that destroys */
    /* FORM_LIST: rows are the owner's; `label` is the head, `add_label` the last row. `width` columns are there for a
     * row. */
    int (*rows)(void *data, const struct form_field *field);
    void (*row)(void *data, const struct form_field *field, int row, int width, struct form_row *out);
    const char *add_label;
};

enum form_event {
    FORM_NOTHING,    /* not for the form: the key is the owner's */
    FORM_TAKEN,      /* the cursor moved inside of a field, or nothing was to do */
    FORM_LEFT_FIELD, /* another field has the focus */
    FORM_CHANGED,    /* a value changed */
    FORM_GO_ON,      /* Enter: to the next page */
    FORM_PRESSED,    /* the button with the focus */
    FORM_REFUSED,    /* it cannot be pressed: form_message says why */
    FORM_LIST_EDIT,  /* the row form_list_row() */
    FORM_LIST_ADD,
    FORM_LIST_REMOVE,
    FORM_LIST_RESTORE, /* ^R: bring the last removed back */
    FORM_LIST_UP,      /* move it up: the owner does, the cursor follows */
    FORM_LIST_DOWN,
    FORM_BROWSE,   /* a folder's Space */
    FORM_COMPLETE, /* `→` at the end of a folder's text */
};

struct form_owner {
    void *data;
    /* Writes why the value of the field ("" for a list) is wrong, and whether more typing can mend it; empty: it is
     * right. */
    void (*check)(void *data, const char *id, const char *value, char *why, size_t size, bool *mendable);
    void (*note)(void *data, const char *id, char *text, size_t size); /* right of the field when nothing is wrong */
};

struct form_options {
    int value_column; /* from 1; 0: 22 */
    bool one_page;    /* Enter is the next field; FORM_GO_ON never comes */
};

struct form;
struct form *form_new(const struct form_field *fields, int nfields, const struct form_owner *owner,
                      const struct form_options *options);
void form_free(struct form *f);

const char *form_value(const struct form *f, const char *id); /* "" when empty: the default counts */
/* What counts: the value, or else the default. */
const char *form_effective(const struct form *f, const char *id);
void form_set(struct form *f, const char *id, const char *value);
void form_show(struct form *f, const char *id, bool shown);               /* fields that depend on others */
void form_disable(struct form *f, const char *id, const char *why);       /* a button; NULL: it can be pressed */
void form_fallback(struct form *f, const char *id, const char *fallback); /* a default that others decide; copied */
void form_choices(struct form *f, const char *id, const struct form_choice *choices, int n); /* owned by the caller */
void form_recheck(struct form *f); /* asks the owner about all fields: it knows more now */

const char *form_focus(const struct form *f); /* id of the field or button with the focus */
int form_list_row(const struct form *f);      /* -1: the row that adds */
void form_to_list_row(struct form *f, int row);
void form_to(struct form *f, const char *id);
bool form_in_text(const struct form *f); /* plain letters are typed into the field with the focus */

/* Fields in error that are shown; *first (may be NULL) gets the id of the first. */
int form_errors(const struct form *f, const char **first);
/* As if each field had been left: errors are shown from now on. */
void form_leave_all(struct form *f);
/* Before going on: with errors, moves to the first of them once and says false; then lets go. */
bool form_may_go_on(struct form *f);

enum form_event form_key(struct form *f, const struct key *key, const char *paste, size_t npaste);
void form_message(const struct form *f, char *text,
                  size_t size); /* for the message row: the error in full, else the help */
bool form_message_is_error(const struct form *f);
bool form_more_above(const struct form *f);
bool form_more_below(const struct form *f);
void form_draw(struct form *f, const struct canvas *c);

#endif
