#ifndef TENGIL_HOST_STORAGE_H
#define TENGIL_HOST_STORAGE_H

#include "backend/host/host.h"

/* Storages: /etc/pve/storage.cfg and what `pvesm status` prints. Private to host. */

/* Fills the list in the file's order; odd lines are skipped. `node`: this node's name, may be NULL. `local` is always
 * there, as it is for Proxmox. */
void storage_parse_cfg(const char *text, size_t len, const char *node, struct storage **storages, size_t *n);

/* Sets active, total, used and avail of the storages named there. -EBADMSG when it has no header that we know. */
int storage_parse_status(const char *text, size_t len, struct storage *storages, size_t n);

/* HOST_STORAGES, and HOST_SPACE when `space`. */
int storage_load(const struct root *root, bool space, struct host *host, struct err *err);
void storage_free(struct storage *storages, size_t n);

#endif
