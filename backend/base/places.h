#ifndef TENGIL_BASE_PLACES_H
#define TENGIL_BASE_PLACES_H

#include "backend/base/err.h"

/*
 * Where things are. Every place has a variable, so that demo, tests and product run the same code:
 *
 *   TENGIL_ROOT         the host's root folder            /
 *   TENGIL_STATE_DIR    jobs, claims                      /var/lib/tengil-tui
 *   TENGIL_CACHE_DIR    image layers, pulls under way     /var/cache/tengil-tui
 *   TENGIL_DATA_DIR     recipes, examples                 pkgdatadir
 *   TENGIL_LIBEXEC_DIR  tengil-job, tengil-sim            libexecdir/tengil-tui
 *   TENGIL_NOW          a fixed clock, Unix seconds       (the real one)
 *
 * State and cache are plain paths, not below the root: the real skopeo writes there too.
 */
const char *places_root(void);
const char *places_state(void);
const char *places_cache(void);
const char *places_data(void);
const char *places_libexec(void);
long long places_now(void);

/* Makes the folders that are ours, 0700 the state and 0755 the cache, so that a command of a plan finds them whether a
 * job runs it or a person. */
int places_make(struct err *err);

#endif
