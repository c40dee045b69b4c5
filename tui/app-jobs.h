#ifndef TENGIL_TUI_APP_JOBS_H
#define TENGIL_TUI_APP_JOBS_H

#include <stddef.h>

/*
 * Which failed jobs somebody has looked at: <state>/read, a number a line. Shared by all who use the host, like the
 * jobs. Both read and write files: for the pool.
 */
int *jobs_read_load(size_t *n); /* free(); NULL and 0 when there are none */
void jobs_read_add(int job);

#endif
