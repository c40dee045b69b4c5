#ifndef TENGIL_SIM_FAULT_H
#define TENGIL_SIM_FAULT_H

#include "backend/sim/sim.h"

/*
 * Failures that were asked for, and time that passes.
 *
 * .sim/faults below the root has a line for each failure: `TOOL COMMAND MOMENT ACTION [once]`. MOMENT is before, during
 * or after the command's effect, or early: the volumes of a create are there, its conf still says only `lock: create`.
 * ACTION is exit (an error, after which the tool cleans up as it would), term or kill
 * (that signal hits the process that does the work) or hang (waits for ever and answers signals). A line with `once` is
 * removed when it is used. Each failure that happens is noted in .sim/faulted, a line `TOOL COMMAND MOMENT ACTION`.
 *
 * .sim/pace holds a factor: 1 takes about as long as a real host, 0 or no file does not wait at all.
 */
enum sim_moment { SIM_BEFORE, SIM_EARLY, SIM_DURING, SIM_AFTER };

/* 0, or -1 after sim_fail when the command is to fail here. */
int sim_fault(struct sim *s, enum sim_moment moment);

/* Lets `seconds` pass at the asked-for pace. 0, or -1 after sim_fail when a signal ended it. */
int sim_pass(struct sim *s, double seconds);

/* Set by the handler of a worker's SIGTERM (see worker.h): work stops at its next step. */
extern volatile int sim_interrupted;
/* 0, or -1 after sim_fail(`received interrupt`). */
int sim_check_interrupt(struct sim *s);

#endif
