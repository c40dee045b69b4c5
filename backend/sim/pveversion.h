#ifndef TENGIL_SIM_PVEVERSION_H
#define TENGIL_SIM_PVEVERSION_H

/* `pveversion [-v]`: the versions of a host of Proxmox VE 9.2. Exit code. */
int sim_pveversion(int argc, char **argv);

#endif
