#ifndef TENGIL_HOST_CLUSTER_H
#define TENGIL_HOST_CLUSTER_H

#include "backend/host/host.h"

/* What the cluster file system tells of nodes, guests, pools and ids. Private to host. */

/* A VMID as Proxmox takes it: 100 to 999999999 without leading zeros; -1 for anything else. */
int cluster_vmid(const char *s, size_t len);

/* The guests of /etc/pve/.vmlist, sorted by VMID. -EBADMSG when it is no such JSON. */
int cluster_parse_vmlist(const char *text, size_t len, struct guest **guests, size_t *n);
/* Nodes of /etc/pve/.members, added to `nodes` where they are not in it; -EBADMSG as above. */
int cluster_parse_members(const char *text, size_t len, struct argv *nodes);
/* Pools of user.cfg, sorted. */
void cluster_parse_pools(const char *text, size_t len, struct argv *pools);
/* `next-id` of datacenter.cfg; the defaults where it says none. */
void cluster_parse_next_id(const char *text, size_t len, int *lower, int *upper);

/* This node's name, from the link /etc/pve/local, else /etc/hostname; NULL when neither says one. */
char *cluster_node(const struct root *root);
/* host->guests, by .vmlist, else by the folders of the nodes. */
void cluster_load_guests(const struct root *root, struct host *host);
/* host->nodes, pools, next_lower, next_upper. */
void cluster_load_rest(const struct root *root, struct host *host);

void cluster_free_guests(struct guest *guests, size_t n);

#endif
