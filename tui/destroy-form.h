#ifndef TENGIL_TUI_DESTROY_FORM_H
#define TENGIL_TUI_DESTROY_FORM_H

#include "backend/plan/plan.h"
#include "widgets/form.h"

/*
 * What stands between a person and a destroyed CT: the list of what is lost and what stays, the ticks for what is in
 * the way, the name to be typed. No terminal in it. Nothing here keeps a pointer into a snapshot.
 */
struct destroy_line {
    char *what, *where, *size; /* "" where there is nothing to say */
};
struct destroy_lines {
    struct destroy_line *v;
    size_t n;
};
void destroy_lines_clear(struct destroy_lines *lines);

struct destroy_form {
    struct form *form;
    int vmid;
    char *name; /* of the CT; NULL: it is gone */
    struct destroy_lines lost, stays;
    char plan_id[17];
    struct plan *plan; /* as the ticks are now; NULL: `why` says what is in the way */
    char why[ERR_TEXT_MAX];
};

struct destroy_form *destroy_new(int vmid, const struct host *host);
void destroy_free(struct destroy_form *d);
/* Another snapshot, or other ticks: what is lost and what would run. */
void destroy_look(struct destroy_form *d, const struct host *host);
/* A key for the form. FORM_PRESSED with the focus on "destroy" comes only when destroy_why_not is NULL; Enter in the
 * name presses it too, and is FORM_REFUSED while it cannot. */
enum form_event destroy_key(struct destroy_form *d, const struct host *host, const struct key *key, const char *paste,
                            size_t npaste);
/* Why Destroy cannot be pressed; NULL: it can. */
const char *destroy_why_not(const struct destroy_form *d);
/* The plan, which is the caller's then; NULL while it cannot be pressed. */
struct plan *destroy_take(struct destroy_form *d);

#endif
