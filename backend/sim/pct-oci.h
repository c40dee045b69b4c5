#ifndef TENGIL_SIM_PCT_OCI_H
#define TENGIL_SIM_PCT_OCI_H

#include "backend/sim/ctfile.h"
#include "backend/sim/unpack.h"

/*
 * What pct makes of an OCI image's configuration (recorded from pve-container 6.1.10): it replaces env, entrypoint and
 * cmode, adds lxc.init.* and lxc.signal.halt, turns on host-managed networks, and makes the image's volumes plain
 * folders. 0, or -1 after sim_fail.
 */
int pct_take_image_config(struct sim *s, struct sim_ctfile *conf, const struct sim_tree *tree);

#endif
