#ifndef TENGIL_BASE_SPAWN_H
#define TENGIL_BASE_SPAWN_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"

#include <sys/types.h>

/*
 * Children that run and end while the caller waits: for the command line and the verbs, never on the path of a key
 * press. The child is found on PATH, has stdin from /dev/null, signals and mask reset, and no descriptor of ours but 0,
 * 1, 2.
 */
struct spawn_result {
    int exit;        /* exit code, or -1 when a signal ended it */
    int signal;      /* 0 when it exited */
    struct buf out;  /* stdout */
    struct buf errs; /* stderr */
};

#define SPAWN_RESULT_INIT                                                                                              \
    {                                                                                                                  \
        .out = BUF_INIT, .errs = BUF_INIT                                                                              \
    }

/*
 * Runs to the end and keeps what it printed, each stream up to `max` bytes (-EFBIG beyond; the child is then killed).
 * -ETIMEDOUT after `ms` milliseconds (killed too; 0 waits for ever), -ENOENT when the program is not there. An exit
 * code other than 0 is a result, not an error.
 */
int spawn_capture(const struct argv *argv, size_t max, int ms, struct spawn_result *result, struct err *err);
void spawn_result_clear(struct spawn_result *result);

/* True when PATH has an executable of this name. */
bool spawn_on_path(const char *name);

#endif
