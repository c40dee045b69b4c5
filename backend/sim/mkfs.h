#ifndef TENGIL_SIM_MKFS_H
#define TENGIL_SIM_MKFS_H

#include <stdint.h>

/* What mkfs.ext4 prints for a new file system of this size (the figures follow e2fsprogs' own rules). */
void sim_print_mkfs(uint64_t bytes);

#endif
