#ifndef TENGIL_SIM_TITLE_H
#define TENGIL_SIM_TITLE_H

/*
 * What ps and /proc/PID/cmdline show. A worker of the real tools calls itself `task UPID:…`, and others look for that.
 * sim_title_init comes first in main: it notes where the arguments lie, which sim_title_set then writes over, so that
 * nothing may point at them any more. The environment is moved and stays as it is.
 */
void sim_title_init(int argc, char **argv);
void sim_title_set(const char *title);

#endif
