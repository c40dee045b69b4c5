#ifndef TENGIL_SIM_STORAGE_H
#define TENGIL_SIM_STORAGE_H

#include "backend/sim/sim.h"

#include <stdint.h>

/*
 * Storages of /etc/pve/storage.cfg and their volumes.
 *
 * A volume of a dir storage (and of nfs, cifs, btrfs: anything with a path) is what a real host has: a sparse image
 * file PATH/images/VMID/vm-VMID-disk-N.raw, or a folder subvol-VMID-disk-N.subvol. The others have no file system here,
 * so a volume is a mark below .sim/volumes/STORAGE/NAME: a folder for zfspool (subvol-VMID-disk-N, or base-…), a file
 * that holds the size in bytes for lvm and lvmthin (vm-VMID-disk-N). A folder's size stands in
 * .sim/volumes/STORAGE/.NAME.
 */
struct sim_storage {
    char *id, *type;
    struct sim_props props; /* path, pool, content …, as written; `disable` is there when it is disabled */
};

/* -1 after sim_fail(`storage 'x' does not exist`). */
int sim_storage_find(struct sim *s, const char *id, struct sim_storage *st);
/* Also refuses one that is disabled or not for this node. */
int sim_storage_enabled(struct sim *s, const char *id, struct sim_storage *st);
bool sim_storage_has(const struct sim_storage *st, const char *content);
/* All of them, in the file's order. */
void sim_storages(const struct sim *s, struct sim_storage **list, size_t *n);

/* Takes `STORAGE:NAME` apart (copies); -1 after sim_fail(`unable to parse volume ID '…'`). */
int sim_volume_split(struct sim *s, const char *volid, char **storage, char **name);

/* What a volume's name says: vztmpl, iso, backup, snippets, images. -1 after sim_fail when it is no name of this type
 * of storage. */
int sim_volume_kind(struct sim *s, const struct sim_storage *st, const char *name, const char **kind);

/* The path below the root (a file or a folder), whether it is there or not. NULL after sim_fail. */
char *sim_volume_path(struct sim *s, const char *volid);
bool sim_volume_exists(struct sim *s, const char *volid);

/*
 * Makes a volume for a CT, of `bytes` (0: a folder without a limit, where the storage can), under the next free name,
 * and says what the real tools say. *volid is to be freed.
 */
int sim_volume_alloc(struct sim *s, const struct sim_storage *st, long long vmid, uint64_t bytes, char **volid);
/* Removes it; one that is not there is no error. */
int sim_volume_free(struct sim *s, const char *volid);

/* All volumes that belong to a guest by their names, on all storages that are not disabled. */
void sim_volumes_of(struct sim *s, long long vmid, struct argv *volids);

/* `4G`, `102M`, `0T`: sizes as a conf has them. */
void sim_size_print(uint64_t bytes, struct buf *out);
/* `4G` in bytes; 0 when it is none. */
uint64_t sim_size_read(const char *text);

#endif
