#ifndef TENGIL_SIM_PUT_H
#define TENGIL_SIM_PUT_H

#include "backend/base/err.h"

#include <stddef.h>
#include <sys/types.h>

/*
 * Files of the simulated host. Written new and renamed, so that a reader never meets half of one, but not synced:
 * what a kernel or a demo shows need not outlive a crash. The folders above the file are made.
 */
int sim_put(int dir, const char *path, mode_t mode, const void *bytes, size_t len, struct err *err);
int sim_putf(int dir, const char *path, struct err *err, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A symbolic link; one that is there is replaced. */
int sim_link(int dir, const char *path, const char *to, struct err *err);

#endif
