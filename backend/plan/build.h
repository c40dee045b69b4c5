#ifndef TENGIL_PLAN_BUILD_H
#define TENGIL_PLAN_BUILD_H

#include "backend/plan/plan.h"

/*
 * How plans are put together; for the files of this folder only. A step that is returned stays valid until the next one
 * is added.
 */

/* The names that plan.kind may have; ends in NULL. */
extern const char *const plan_kinds[];

/* Of another plan's JSON and of ours: more is a mistake or an attack. */
#define PLAN_STEPS_MAX    64
#define PLAN_CLAIMS_MAX   16
#define PLAN_NOTES_MAX    1024
#define PLAN_NOTES_OWN    200  /* of which our own: whoever read the spec has some too */
#define PLAN_SENTENCE_MAX 1000 /* bytes of a title or note, before what is no text is shown as \xNN */
#define PLAN_WORDS_MAX    4096
#define PLAN_WORD_MAX     131071     /* bytes that execve(2) takes for one argument, its NUL apart (MAX_ARG_STRLEN) */
#define PLAN_CALL_MAX     (1u << 20) /* bytes of all arguments: half of what Linux gives a program by default */
#define PLAN_JSON_MAX     (4u << 20)

bool plan_id_ok(const char *id);
bool plan_claim_ok(const char *name); /* a plain file name of letters, digits and _.- */

struct plan *plan_new(const char *kind, const char *id, int vmid);
struct plan_step *plan_add_step(struct plan *plan, enum plan_stop stop, const char *title, ...)
    __attribute__((format(printf, 3, 4)));
void plan_add_claim(struct plan *plan, bool wait, const char *name, ...) __attribute__((format(printf, 3, 4)));
/* A sentence more; those over PLAN_NOTES_OWN are left out. Here and in titles, what is no text becomes \xNN. */
void plan_add_note(struct plan *plan, const char *note, ...) __attribute__((format(printf, 2, 3)));
void plan_set_title(struct plan *plan, const char *title, ...) __attribute__((format(printf, 2, 3)));

#endif
