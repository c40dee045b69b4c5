#ifndef TENGIL_SIM_PCT_FIGURES_H
#define TENGIL_SIM_PCT_FIGURES_H

#include "backend/sim/ctfile.h"

/* The lines of `pct status --verbose`: from the conf, and from cgroup files and /proc/net/dev of a CT that runs. */
void pct_print_figures(struct sim *s, long long vmid, const struct sim_ctfile *c);

#endif
