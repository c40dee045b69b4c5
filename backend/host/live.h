#ifndef TENGIL_HOST_LIVE_H
#define TENGIL_HOST_LIVE_H

#include "backend/host/host.h"

/* What runs, and its figures. Private to host. */

/* A guest's row in /etc/pve/.rrd, about ten seconds old. HOST_UNKNOWN (cpu: -1) where it holds `U` or nothing. */
struct live_row {
    int vmid;
    bool running;
    double cpu;
    uint64_t uptime, maxmem, mem, maxdisk, disk;
};

struct live {
    int *running; /* VMIDs of CTs that run on this node, sorted */
    size_t nrunning;
    bool running_known;    /* /proc/net/unix could be read */
    struct live_row *rows; /* sorted by VMID */
    size_t nrows;
    double node_cpu; /* of this node; below 0: not known */
    uint64_t cpus;   /* of this node */
};

/* CTs with a socket @/var/lib/lxc/ID/command in the text of /proc/net/unix: what `pct list` calls running. */
void live_parse_unix(const char *text, size_t len, struct live *live);
/* Lines `pve-vm-9.0/ID:…` (before 9.0: `pve2.3-vm/ID:…`) and this node's `pve-node-9.0/NODE:…`. */
void live_parse_rrd(const char *text, size_t len, const char *node, struct live *live);

void live_load(const struct root *root, const char *node, struct live *live);
void live_clear(struct live *live);
bool live_runs(const struct live *live, int vmid);
const struct live_row *live_row(const struct live *live, int vmid);

/* State, figures and address of a CT whose conf part is filled already. `local`: it is a CT of this node. */
void live_fill(const struct root *root, const struct live *live, bool local, struct ct *ct);

#endif
