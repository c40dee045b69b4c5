#ifndef TENGIL_PLAN_LIFECYCLE_H
#define TENGIL_PLAN_LIFECYCLE_H

#include "backend/plan/build.h"

/* The CT when it is on this node and no job of Proxmox holds it; else NULL and a sentence. `mounted_ok`: the lock that
 * `pct mount` leaves does not matter (it stops neither start nor stop). */
const struct ct *lifecycle_ct(const struct host *host, int vmid, bool mounted_ok, struct err *err);

/* A plan for this CT with its title, and the claim that waits for other jobs on it. */
struct plan *lifecycle_plan(const char *kind, const char *verb, const struct ct *ct, const char *id);

bool ct_flag(const struct ct *ct, const char *key); /* `key: 1` in its conf */

#endif
