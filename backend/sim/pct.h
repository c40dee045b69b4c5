#ifndef TENGIL_SIM_PCT_H
#define TENGIL_SIM_PCT_H

#include "backend/sim/ctfile.h"
#include "backend/sim/sim.h"
#include "backend/sim/storage.h"

/* The commands of pct: the table (options-pct.c) and the functions that it names in `.run`. */
extern const struct sim_command sim_pct_commands[];

/* What `create` and `set` have in common: the options of a CT, which are also the keys of its conf. */
extern const struct sim_option sim_ct_options[];

int pct_create(struct sim *s);
int pct_set(struct sim *s);
int pct_config(struct sim *s);
int pct_pending(struct sim *s);
int pct_listsnapshot(struct sim *s);
int pct_list(struct sim *s);
int pct_status(struct sim *s);
int pct_start(struct sim *s);
int pct_stop(struct sim *s);
int pct_shutdown(struct sim *s);
int pct_reboot(struct sim *s);
int pct_destroy(struct sim *s);
int pct_unlock(struct sim *s);
int pct_resize(struct sim *s);
int pct_exec(struct sim *s);
int pct_suspend(struct sim *s);
int pct_enter(struct sim *s);
int pct_push(struct sim *s);
int pct_pull(struct sim *s);
int pct_mount(struct sim *s);
int pct_unmount(struct sim *s);
int pct_df(struct sim *s);
int pct_rescan(struct sim *s);
int pct_snapshot(struct sim *s);
int pct_delsnapshot(struct sim *s);
int pct_rollback(struct sim *s);
int pct_clone(struct sim *s);
int pct_move_volume(struct sim *s);
int pct_template(struct sim *s);
int pct_migrate(struct sim *s);
int pct_restore(struct sim *s);

/* --- what the commands share (pct-ct.c) --- */

long long pct_vmid(const struct sim *s);
bool pct_running(const struct sim *s, long long vmid);

/* A mount's parts; what of `value` is a volume of a storage (else a host folder). Values in a conf are taken as they
 * are: wrong ones give a sentence without the usage. */
int pct_mount_read(struct sim *s, const char *key, const char *value, struct sim_props *parts, bool *volume);
char *pct_mount_print(const char *key, const struct sim_props *parts);
/* `STORAGE:SIZE`: a volume that is to be made. */
bool pct_is_new_volume(const char *volume, char **storage, uint64_t *bytes);
/* A storage that can hold CTs, enabled. */
int pct_check_storage(struct sim *s, const char *id);

/*
 * What pct makes of an option's value before it is stored: lists in their form, a net with an address of its own;
 * checks that hook scripts and devices are there. `given` is the value as typed. Returns a copy, NULL after sim_fail.
 */
char *pct_option_value(struct sim *s, const char *key, const char *given);
int pct_check_devices(struct sim *s, const struct sim_ctfile *c);

/* Makes the volume that a mount's value asks for (`local:8,mp=/data`) and returns the value that names it. */
char *pct_make_volume(struct sim *s, long long vmid, const char *key, const char *value, char **volid);
/* Keeps a volume that is no longer mounted as unusedN, unless something still names it. */
void pct_add_unused(struct sim *s, struct sim_ctfile *c, const char *volume);

/* Applies [pve:pending] of a CT that does not run: the keys in `only`, or all when it is NULL. */
int pct_apply_pending(struct sim *s, long long vmid, struct sim_ctfile *c, const struct argv *only);

/* Starts a CT whose lock is held: what `pct start` does in its worker. */
int pct_start_locked(struct sim *s, long long vmid);
int pct_stop_locked(struct sim *s, long long vmid);

/* Pools in user.cfg. */
bool pct_pool_exists(struct sim *s, const char *pool);
void pct_pool_change(struct sim *s, const char *pool, long long vmid); /* NULL: out of all pools */

#endif
