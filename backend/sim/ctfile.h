#ifndef TENGIL_SIM_CTFILE_H
#define TENGIL_SIM_CTFILE_H

#include "backend/sim/sim.h"

/*
 * A CT's conf as pct reads and writes it (pve-container 6.1.10): description first, keys by byte order, environment
 * lines, other lxc lines in their order; then [pve:pending]; then snapshots by name. A value is kept as typed; what is
 * wrong with it is a warning on stderr, as pct's.
 */

/* The environment stands under the key `env`, its variables parted by this byte, which none of them can hold. */
#define SIM_ENV_GAP '\001'

struct sim_section {
    char *name;            /* NULL: the current one; "pve:pending", or a snapshot's */
    struct sim_props keys; /* description, env and delete among them */
    struct sim_props lxc;  /* raw lines, in order */
};

struct sim_ctfile {
    struct sim_section *sections; /* the current one is the first and always there */
    size_t n;
    char sha1[41]; /* of the file as read */
};

/* Reads a conf's text; `vmid` is for the warnings. */
void sim_ctfile_parse(const char *text, size_t len, long long vmid, struct sim_ctfile *c);
/* Fails when a value holds a line feed (0, or -1 after sim_fail). */
int sim_ctfile_print(struct sim *s, const struct sim_ctfile *c, struct buf *out);

/* 0, or -1 after sim_fail (`Configuration file … does not exist`). */
int sim_ctfile_load(struct sim *s, long long vmid, struct sim_ctfile *c);
int sim_ctfile_save(struct sim *s, long long vmid, const struct sim_ctfile *c);

/* The section of that name (NULL: current), made when `make`; else NULL when it is not there. */
struct sim_section *sim_section(struct sim_ctfile *c, const char *name, bool make);

#define SIM_PENDING "pve:pending"
const char *sim_conf_get(const struct sim_ctfile *c, const char *key);       /* of the current section */
void sim_conf_set(struct sim_ctfile *c, const char *key, const char *value); /* NULL removes */

/* -1 after sim_fail(`CT is locked (…)`). */
int sim_conf_check_lock(struct sim *s, const struct sim_ctfile *c);

/* %-encodes what the first line of a conf or a listing cannot hold. */
void sim_encode_text(const char *text, size_t len, struct buf *out);

#endif
