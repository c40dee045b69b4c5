#ifndef TENGIL_HOST_CTS_H
#define TENGIL_HOST_CTS_H

#include "backend/host/host.h"
#include "backend/host/live.h"

/* The CTs of the snapshot. Private to host. */

/* host->cts, sorted by VMID: those of this node by its folder, the others by host->guests. */
int cts_load(const struct root *root, const struct live *live, struct host *host, struct err *err);
void cts_free(struct ct *cts, size_t n);

#endif
