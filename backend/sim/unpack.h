#ifndef TENGIL_SIM_UNPACK_H
#define TENGIL_SIM_UNPACK_H

#include "backend/sim/sim.h"

#include <jansson.h>
#include <stdint.h>

/*
 * What an OCI archive or an LXC template would put into a root file system, as far as the conf depends on it. Nothing
 * is written to disk; layers lie over each other as they do for real, whiteouts included.
 */
struct sim_tree_file {
    char *path; /* without a slash in front */
    char *link; /* target of a symbolic link, else NULL */
    char *text; /* of a regular file: its beginning, NULL for a folder */
    size_t len;
};

struct sim_tree {
    struct sim_tree_file *files; /* those that matter: /etc, and programs by their first bytes */
    size_t n;
    uint64_t unpacked; /* bytes of all files together */
    uint64_t read;     /* bytes of an LXC template's tar */
    json_t *config;    /* `config` of an OCI image's configuration, an empty object when it has none */
};

/* True when pct takes the file for an OCI archive: its name ends in .tar, and it has members named exactly oci-layout,
 * index.json and blobs/…. Reads the whole list. */
bool sim_is_oci(const struct sim *s, const char *path);

/* Both: 0, or -1 after sim_fail. `path` is below the root. */
int sim_unpack_oci(struct sim *s, const char *path, struct sim_tree *tree);
int sim_unpack_template(struct sim *s, const char *path, struct sim_tree *tree);

/* A file after links have been followed; NULL when it is not there. */
const struct sim_tree_file *sim_tree_find(const struct sim_tree *tree, const char *path);

/* The distribution, with pct's words about it on stdout and stderr. NULL after sim_fail. */
const char *sim_tree_ostype(struct sim *s, const struct sim_tree *tree);
/* The architecture by the header of /bin/sh; says what went wrong and returns NULL when it cannot be told. */
const char *sim_tree_arch(const struct sim_tree *tree);

#endif
