#ifndef TENGIL_SIM_TASKLOG_H
#define TENGIL_SIM_TASKLOG_H

#include "backend/sim/sim.h"

#include <sys/types.h>

/* A task in /var/log/pve/tasks: its log, its line in `active` while it runs and in `active` and `index` afterwards. */
struct sim_task {
    char upid[160];
    int log; /* descriptor of the log file, -1 when it could not be made */
};

void sim_task_begin(const struct sim *s, struct sim_task *t, pid_t pid, const char *type, long long vmid);
/* `status` is OK or the error; the log's last line is written too. */
void sim_task_end(const struct sim *s, struct sim_task *t, const char *status);

#endif
