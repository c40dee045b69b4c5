#ifndef TENGIL_HOST_ROOT_H
#define TENGIL_HOST_ROOT_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"

#include <stdbool.h>
#include <sys/stat.h>

/*
 * The host's root folder: `/`, or the demo's. Every file of the host is opened below it, and neither `..` nor a link
 * that is absolute leads out of it (openat2 with RESOLVE_IN_ROOT; where the kernel has no such call, plain openat).
 * Paths are given as the host knows them, "/etc/pve/storage.cfg"; the first slash may be left out.
 */
struct root {
    int fd;
};

/* Opens the folder (places_root() when `path` is NULL). */
int root_open(struct root *root, const char *path, struct err *err);
void root_close(struct root *root);

int root_openat(const struct root *root, const char *path, int flags, mode_t mode); /* fd or negative errno */
int root_read(const struct root *root, const char *path, size_t max, struct buf *out, struct err *err);
int root_stat(const struct root *root, const char *path, struct stat *st); /* 0 or negative errno; follows links */
int root_list(const struct root *root, const char *path, struct argv *names, struct err *err);
bool root_exists(const struct root *root, const char *path);
/* The text of a symbolic link. */
int root_readlink(const struct root *root, const char *path, struct buf *out);

#endif
