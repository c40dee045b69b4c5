#ifndef TENGIL_HOST_DEVICES_H
#define TENGIL_HOST_DEVICES_H

#include "backend/host/host.h"

/* What the machine has: processors, memory, bridges, GPUs. Private to host. */

/* Numbers of processors in a list as the kernel writes it, "0-7,9"; 0 when it is none. */
long devices_count_cpus(const char *list);
/* Of this machine: sys/devices/system/cpu/online, else proc/cpuinfo; 0 when neither says. */
long devices_cpus(const struct root *root);

/* cpus, mem_*, swap_*, bridges; cpu when it is still not known, as the mean since boot. */
void devices_load(const struct root *root, struct host *host);
void gpus_load(const struct root *root, struct host *host);

/* The name of a PCI device in the text of pci.ids, `vendor` and `device` as four hex digits; NULL: not in it. The
 * vendor's name is stored in *vendor_name. The caller frees both. */
char *gpu_name_in_pci_ids(const char *text, const char *vendor, const char *device, char **vendor_name);

void devices_free(struct host *host);

#endif
