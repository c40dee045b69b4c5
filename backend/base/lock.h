#ifndef TENGIL_BASE_LOCK_H
#define TENGIL_BASE_LOCK_H

#include "backend/base/err.h"

#include <sys/types.h>

/*
 * Two kinds of lock. A *record lock* (fcntl) says who lives: it is not inherited by children, is gone when its holder
 * dies however that happens, and names the holder's pid. An *flock* is what Proxmox's own tools take around a conf.
 */

/* Opens (and makes, 0600) the file and takes its record lock without waiting. Returns the descriptor, which holds the
 * lock until it is closed (closing *any* descriptor of this file in this process drops it); -EAGAIN when another
 * process has it. Close-on-exec. */
int lock_take(int dir, const char *path, struct err *err);

/* Like lock_take, but waits; a signal that is caught ends the wait with -EINTR. */
int lock_wait(int dir, const char *path, struct err *err);

/* The pid that holds the record lock of the file: 0 when none does or the file is not there, a negative errno on error.
 */
pid_t lock_holder(int dir, const char *path);

/* Takes flock(2) on a file, waiting up to `ms` milliseconds. Returns the descriptor, or -ETIMEDOUT. Makes the file. */
int lock_flock(int dir, const char *path, int ms, struct err *err);

#endif
