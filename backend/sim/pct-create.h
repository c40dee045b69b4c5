#ifndef TENGIL_SIM_PCT_CREATE_H
#define TENGIL_SIM_PCT_CREATE_H

#include "backend/sim/ctfile.h"

#include <stdint.h>

/* A CT that is being made. */
struct create {
    long long vmid;
    struct sim_ctfile conf;  /* what is written in the end */
    struct sim_props mounts; /* rootfs and mpN as given, rootfs first */
    struct argv volumes;     /* made so far */
    uint64_t root_bytes;     /* size of the rootfs volume; 0: no limit */
};

/*
 * Fills the root file system as far as it is simulated: finds the archive, takes from it what the conf depends on,
 * detects distribution and architecture and writes the conf, still locked. Volumes have been made. 0, or -1 after
 * sim_fail.
 */
int pct_fill(struct sim *s, struct create *c);

#endif
