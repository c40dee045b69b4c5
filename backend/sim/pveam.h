#ifndef TENGIL_SIM_PVEAM_H
#define TENGIL_SIM_PVEAM_H

#include "backend/sim/sim.h"

/* The commands of pveam: the table (options-pveam.c) and the functions that it names in `.run`. */
extern const struct sim_command sim_pveam_commands[];

int pveam_available(struct sim *s);
int pveam_download(struct sim *s);
int pveam_list(struct sim *s);
int pveam_remove(struct sim *s);
int pveam_update(struct sim *s);

#endif
