#ifndef TENGIL_TUI_VIEW_H
#define TENGIL_TUI_VIEW_H

#include "widgets/draw.h"
#include "widgets/keys.h"
#include "widgets/keytable.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A view is what stands in the body of the frame: one of the four screens, or a page on top of one. A view holds ids (a
 * VMID, a job's number, a volid), never pointers into a snapshot, and never waits: what can block goes through
 * app_work().
 */
struct app;

/* What changed, for view_class.changed. */
enum app_change {
    APP_HOST = 1,    /* app->host is another snapshot */
    APP_JOBS = 2,    /* app->jobs are others */
    APP_FIGURES = 4, /* the figures of the snapshot were read again (each 2 s) */
    APP_SIZE = 8,    /* the terminal has another size */
};

struct view {
    const struct view_class *class;
    struct app *app;
};

struct view_class {
    const char *name;                 /* "Containers", as help and titles say it */
    void (*close)(struct view *view); /* frees it */
    /*
     * The title row: where we are (left), its parts with " › " between; counts and position (right), several versions
     * from long to short with a line feed between, and " ▼" at the very end when more is below. Both in UTF-8:
     * terminals that lack the characters get their own.
     */
    void (*title)(struct view *view, char *left, size_t nleft, char *right, size_t nright);
    /* Actions of this view. Those that all views share are the app's (actions.c): a row with the id of one of them only
     * says where in the footer it stands ("more", "help"). Keys are asked for here first. */
    const struct keytable *keys;
    /* Why an action cannot be done now; NULL: it can. */
    const char *(*why_not)(struct view *view, const struct keytable_action *action);
    /* Does an action by its id, whether it came by key, menu or help. */
    void (*act)(struct view *view, const char *id);
    /* Has the first word on each key when it returns true from `typing`: forms, prompts. True: the key was taken. */
    bool (*typing)(const struct view *view);
    bool (*key)(struct view *view, const struct key *key, const char *paste, size_t npaste);
    void (*changed)(struct view *view, unsigned what);
    /* What the focus is, in full, for the message row. */
    void (*focus)(struct view *view, char *text, size_t size);
    void (*draw)(struct view *view, const struct canvas *body);
    /* The thing under the cursor, as the head of its menu ("104 paperless"). May be NULL. */
    void (*heading)(struct view *view, char *text, size_t size);
    /* The i-th value that `y` copies, in full ("Address", "192.168.1.12"); false: there is none. May be NULL. */
    bool (*copy)(struct view *view, int i, char *label, size_t nlabel, char *value, size_t nvalue);
    /* True: it holds text that closing it would lose; the app asks first. May be NULL. */
    bool (*unsaved)(const struct view *view);
    /* True: the job row would say what the view shows anyway. May be NULL. */
    bool (*shows_job)(const struct view *view, int job);
};

#endif
