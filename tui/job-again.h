#ifndef TENGIL_TUI_JOB_AGAIN_H
#define TENGIL_TUI_JOB_AGAIN_H

#include "backend/plan/plan.h"
#include "backend/spec/spec.h"

/*
 * An ended job once more, as it was: a create from its spec, a pull from its image, planned anew against the host as it
 * is now; a download by its own plan under a new id, since nothing in it depends on the host. What is done with a CT
 * (start, destroy …) is no matter of files: acts.h does those.
 */

/* True for the kinds that job_again() makes. */
bool job_again_knows(const char *kind);

/* The plan, and for a create its spec as YAML. Reads files, asks the registry: for the pool. */
int job_again(int job, const struct root *root, const struct settings *settings, struct plan **plan, struct buf *spec,
              struct err *err);

/* The frozen plan with another id wherever its own stands. */
void job_again_rename(struct plan *plan, const char *id);

/* The image that a pull fetched, from its plan; false: it names none. The words belong to the plan. */
bool job_again_image(const struct plan *plan, const char **reference, const char **arch);

#endif
