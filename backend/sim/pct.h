#ifndef TENGIL_SIM_PCT_H
#define TENGIL_SIM_PCT_H

#include "backend/sim/sim.h"

/* The commands of pct: the table (options-pct.c) and the functions that it names in `.run`. */
extern const struct sim_command sim_pct_commands[];

/* What `create` and `set` have in common: the options of a CT, which are also the keys of its conf. */
extern const struct sim_option sim_ct_options[];

#endif
