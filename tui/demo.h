#ifndef TENGIL_TUI_DEMO_H
#define TENGIL_TUI_DEMO_H

#include "backend/base/err.h"

#include <stdbool.h>

/*
 * `--demo`: the same program on a simulated host. The folder is made by `tengil-sim init`, a small registry is started
 * on loopback, and the TENGIL_* variables and PATH are set for this process and its jobs. The lock of the folder is
 * held without close-on-exec, so that jobs hold it too and the registry ends with the last of them.
 */
struct demo {
    char *dir;
    bool temporary; /* removed at the end, unless a job still runs in it */
    int lock;
};

/* `dir` NULL: a temporary folder. */
int demo_open(struct demo *demo, const char *dir, struct err *err);
void demo_close(struct demo *demo);

#endif
