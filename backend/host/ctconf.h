#ifndef TENGIL_HOST_CTCONF_H
#define TENGIL_HOST_CTCONF_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/base/hash.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A CT's conf file (/etc/pve/nodes/NODE/lxc/VMID.conf) as Proxmox writes it: a description in `#` lines, `key: value`
 * lines, lxc lines, then [pve:pending] and [snapshot] sections. Lines that nobody understands are kept by what edits a
 * conf (ctconf_edit_env works on the text), and left out here.
 */
struct ctconf_entry {
    char *key, *value;
};

struct ctconf {
    char *description;            /* decoded, each line ends in LF; NULL: none */
    struct ctconf_entry *entries; /* of the current section, in the file's order, lxc.* lines included; of other keys
                                     that stand there twice only the last, which is the one that counts for Proxmox */
    size_t nentries;
    struct argv snapshots;        /* names */
    bool pending;                 /* has a [pve:pending] section with something in it */
    struct argv pending_keys;     /* what it sets: "memory", "mp3" */
    char sha1[HASH_SHA1_HEX + 1]; /* of the whole file: what `--digest` compares */
};

/* Never fails on odd lines; -EFBIG over 1 MiB (the limit of /etc/pve). */
int ctconf_parse(const char *text, size_t len, struct ctconf *conf, struct err *err);
void ctconf_clear(struct ctconf *conf);
const char *ctconf_get(const struct ctconf *conf, const char *key); /* first value, or NULL */

/* A part of a property string: `mp=/data` of "tank:8,mp=/data,ro=1" by the name mp; the first part without a name by
 * `default_key`. Returns a copy (free()), NULL when it is not there. */
char *ctconf_prop(const char *value, const char *key, const char *default_key);

/* Mount of one key ("rootfs", "mp0"): the volume or the host folder and where it is mounted. */
struct ctconf_mount {
    char *key, *volume, *target; /* volume: "tank:subvol-102-disk-0" or "/tank/media" */
    char *size;                  /* "8G"; NULL: not said */
    bool bind, readonly, backup;
};
/* All mounts, rootfs first, then mp by number. The caller frees with ctconf_mounts_free. */
size_t ctconf_mounts(const struct ctconf *conf, struct ctconf_mount **mounts);
void ctconf_mounts_free(struct ctconf_mount *mounts, size_t n);

/* The smallest N up to `max` for which `prefix`N ("mp", "dev", "net") is neither in the conf nor among its pending keys
 * nor taken[N] (max + 1 elements; NULL: none are); -ENOSPC when there is none. */
int ctconf_next_index(const struct ctconf *conf, const char *prefix, int max, const bool *taken);

/* Our mark: the last line of a description that has its form, `tengil-tui: image=REF digest=sha256:… plan=ID` (people
 * write notes below it). Parts are copies or NULL. */
struct ctconf_mark {
    char *image, *digest, *plan;
};
bool ctconf_mark(const char *description, struct ctconf_mark *mark);
void ctconf_mark_clear(struct ctconf_mark *mark);

/*
 * The mark of a change that we made to a CT, a line of its own: `tengil-tui-change: PLAN`. Set in the same `pct set` as
 * the change, it proves to an undo that the change is there and is ours. The newest replaces the one before.
 */
char *ctconf_change(const char *description); /* the plan's id, a copy; NULL: none */
/* The description with the mark of this plan (NULL: without one), to be freed. Never ends in a line feed; may be empty.
 */
char *ctconf_with_change(const char *description, const char *plan);

/*
 * The text of the conf with variables set: an `lxc.environment.runtime: NAME=value` line each, an existing line of that
 * name replaced (further ones of that name dropped), new ones behind the last such line, else behind the last `key:
 * value` line and before other lxc lines; only in the current section. The rest stays byte for byte. `vars` are
 * "NAME=value"; -EINVAL when one is not, or holds a line feed or another control character but tab.
 */
int ctconf_edit_env(const char *text, size_t len, const struct argv *vars, struct buf *out, struct err *err);

#endif
