#ifndef TENGIL_PLAN_PCT_H
#define TENGIL_PLAN_PCT_H

#include "backend/plan/create.h"

/* Calls of pct and of tengil-job, spelled once. Options and property strings as recorded from pct 6.1.10. */

/* An argv that begins with the absolute path of tengil-job and the verb. */
void job_call(struct argv *argv, const char *verb);
void pct_call(struct argv *argv, const char *command, int vmid);

void pct_create_steps(const struct create *c, struct plan *plan);
void pct_start_step(struct plan *plan, int vmid);
void pct_stop_step(struct plan *plan, int vmid);
void pct_shutdown_step(struct plan *plan, int vmid, int timeout_s, bool force);
void pct_reboot_step(struct plan *plan, int vmid, int timeout_s);
void pct_destroy_step(struct plan *plan, int vmid, const struct plan_destroy_options *options);
bool pct_exists(const struct host *host, int vmid);

/* "/tank/media,mp=/media,ro=1" and "tank:8,mp=/config,backup=1". The caller frees. */
char *pct_mount_value(const struct spec_mount *mount);
/* "/dev/dri/renderD128,gid=104,mode=0660,uid=0" */
char *pct_device_value(const struct gpu *gpu, const struct spec_gpu *wanted);
void pct_configure_gpu(struct argv *argv, const struct gpu *gpu, const struct spec_gpu *wanted, int index);

#endif
