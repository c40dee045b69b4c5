#ifndef TENGIL_SIM_FIGURES_H
#define TENGIL_SIM_FIGURES_H

#include "backend/base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What the kernel of a host shows of a CT that runs, as files below the simulated root:
 *
 *   proc/net/unix                       a line `@/var/lib/lxc/ID/command`: that is what makes it running
 *   sys/fs/cgroup/lxc/ID/…              memory.*, cpu.stat, io.stat, *.pressure, ns/cgroup.procs
 *   sys/fs/cgroup/lxc.monitor/ID/       cgroup.procs
 *   proc/PID/net/fib_trie               its addresses; the age of proc/PID is its uptime
 *   proc/PID/{stat,comm,cmdline}        its first process
 *   proc/net/dev                        vethIDi0
 *
 * `root` is a handle of the simulated root everywhere. Changes of the shared files are made under .sim/figures.lock.
 */
struct sim_figures {
    int vmid;
    uint64_t memory;     /* bytes as Proxmox shows them: memory.current without `file` of memory.stat */
    uint64_t memory_max; /* bytes */
    uint64_t swap, swap_max;
    uint64_t cpu_usec; /* used since its start */
    uint64_t net_in, net_out, disk_read, disk_write;
    int64_t since;       /* Unix seconds of its start; 0: places_now() */
    const char *address; /* "192.168.1.11/24"; NULL: sim_figures_address of the VMID, with /8 */
};

#define SIM_ADDRESS_MAX 16

/* The address a new CT of this VMID gets: 127.1.0.0 and up, one for each id below 16 million, never 127.0.x.y. */
void sim_figures_address(int vmid, char address[SIM_ADDRESS_MAX]);

/* The first process of a running CT: made up, the same for a VMID each time, and above what a real host counts to. */
pid_t sim_figures_pid(int vmid);

int sim_figures_start(int root, const struct sim_figures *figures, struct err *err);
/* Takes all of it away again. A CT that does not run is no error. */
int sim_figures_stop(int root, int vmid, struct err *err);
bool sim_figures_running(int root, int vmid);

#endif
