#ifndef TENGIL_SIM_PVESM_H
#define TENGIL_SIM_PVESM_H

#include "backend/sim/sim.h"

/* The commands of pvesm: the table (options-pvesm.c) and the functions that it names in `.run`. */
extern const struct sim_command sim_pvesm_commands[];

int pvesm_alloc(struct sim *s);
int pvesm_apiinfo(struct sim *s);
int pvesm_free(struct sim *s);
int pvesm_list(struct sim *s);
int pvesm_path(struct sim *s);
int pvesm_status(struct sim *s);

#endif
