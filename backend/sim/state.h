#ifndef TENGIL_SIM_STATE_H
#define TENGIL_SIM_STATE_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/sim/sim.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * The host's folder. Paths are as the host knows them ("/etc/pve/storage.cfg"); the first slash may be left out.
 * Neither
 * `..` nor an absolute link leads out of the root (openat2; where the kernel lacks it, paths with `..` are refused).
 * The calls return a negative errno and leave the words to the caller.
 */
int sim_open(const struct sim *s, const char *path, int flags, mode_t mode);
int sim_stat(const struct sim *s, const char *path, struct stat *st); /* follows links */
bool sim_exists(const struct sim *s, const char *path);
int sim_read(const struct sim *s, const char *path, struct buf *out); /* up to 1 MiB, the limit of /etc/pve */
/* New and renamed; the folders above are made. */
int sim_write(const struct sim *s, const char *path, mode_t mode, const void *bytes, size_t len);
int sim_append(const struct sim *s, const char *path, const char *text);
int sim_make_dir(const struct sim *s, const char *path);
int sim_remove(const struct sim *s, const char *path);                    /* a file, or a folder with all in it */
int sim_rename(const struct sim *s, const char *from, const char *to);    /* within one folder */
int sim_names(const struct sim *s, const char *path, struct argv *names); /* sorted; a missing folder is empty */

/* Where a CT's conf of this node lies. */
char *sim_conf_path(const struct sim *s, long long vmid);

/*
 * Takes the lock that Proxmox's own tools hold around a conf: flock on run/lock/lxc/pve-config-VMID.lock, waiting ten
 * seconds (or what .sim/lockwait says, in seconds). Held until the process ends or the descriptor is closed. Returns
 * the descriptor, or -1 after sim_fail. What is said while it waits goes to stderr.
 */
int sim_lock_conf(struct sim *s, long long vmid);

/* The node a guest is on and its kind ("CT", "VM"); false when the id is free. */
bool sim_guest_find(const struct sim *s, long long vmid, char node[64], const char **kind);
/* Writes /etc/pve/.vmlist anew from the confs of all nodes. */
void sim_vmlist_update(const struct sim *s);

#endif
