#ifndef TENGIL_SIM_APL_H
#define TENGIL_SIM_APL_H

#include "backend/base/err.h"

#include <stddef.h>

/* The index of templates that can be had (/var/lib/pve-manager/apl-info/…), as pveam reads and renews it. */
struct sim_template {
    char *file, *section, *arch, *source, *location, *sha512; /* source: name of the index file it stands in */
};

/* All templates of all index files of the root, sorted as `pveam available` shows them. */
void sim_apl_read(int root, struct sim_template **list, size_t *n);
void sim_apl_free(struct sim_template *list, size_t n);

/* Writes the index of the demo: what `pveam update` fetches. The digests are those of the files that a download of the
 * demo makes. */
int sim_apl_write(int root, struct err *err);

#define SHA512_HEX 128
int sim_sha512(int dir, const char *path, char hex[SHA512_HEX + 1]);

#endif
