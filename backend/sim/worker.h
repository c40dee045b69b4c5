#ifndef TENGIL_SIM_WORKER_H
#define TENGIL_SIM_WORKER_H

#include "backend/sim/sim.h"

/*
 * The worker process of Proxmox's tools (recorded from pve-common 9.2.1): a child in a session of its own, titled
 * `task UPID:…`, does the work; what it prints, warnings too, the parent copies to its stdout and to the task log under
 * /var/log/pve/tasks; its failure alone goes to stderr, on one line.
 *
 *   SIGTERM, SIGINT, SIGQUIT to the parent   passed on as SIGTERM to the worker's group, which stops at its next step
 *                                            with `received interrupt` and cleans up; the fourth one is SIGKILL
 *   SIGKILL or SIGHUP to the parent          the worker goes on alone; the task log stays without a last line
 *   SIGKILL to the worker                    `got unexpected control message:  `
 *   stdout that nobody reads                 `broken pipe `, and SIGTERM to the worker
 *
 * `type` names the task (vzcreate …). Returns what a command returns.
 */
int sim_worker(struct sim *s, const char *type, long long vmid, int (*work)(struct sim *s, void *data), void *data);

/* A worker's failure is told on stderr, but the command exits 0 all the same (`pct resize`, `pct template`). */
int sim_worker_lenient(struct sim *s, const char *type, long long vmid, int (*work)(struct sim *s, void *data),
                       void *data);

#endif
