#ifndef TENGIL_SIM_SIM_H
#define TENGIL_SIM_SIM_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/sim/options.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * One run of one simulated tool. A command is a function that returns 0, a positive exit code of its own, or -1 after
 * sim_fail or sim_refuse have said why; main tells it on stderr in the recorded layout and exits 255. Memory of a run
 * is not given back: the program ends.
 *
 * A new tool: a table of commands (options-TOOL.c), a line in main.c's list of tools, and a function for each command
 * named in the table's `.run`.
 */
struct sim {
    const char *tool;                  /* "pct" */
    const struct sim_command *command; /* what was asked for */
    struct argv names, values;         /* arguments and options that were given, checked; booleans as 1 or 0 */
    struct argv extra;                 /* what an array argument took (`pct exec ID -- …`) */
    struct sim_problems problems;      /* refused parameters */
    struct buf error;                  /* what sim_fail said */
    const char *refusal;               /* first line above problems; NULL: the usual one */
    int root;                          /* handle of the host's folder */
    char node[64];                     /* this node's name */
};

/* Says why the command fails; a missing line feed at the end is added when it is told. Always returns -1. */
int sim_fail(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Refuses a parameter: told under `400 Parameter verification failed.` together with the usage. Always returns -1. */
int sim_refuse(struct sim *s, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The value of an argument or option, NULL when it was not given. */
const char *sim_get(const struct sim *s, const char *name);
/* A boolean option; `otherwise` when it was not given. */
bool sim_flag(const struct sim *s, const char *name, bool otherwise);
/* A number that has been checked to be one. */
long long sim_number(const struct sim *s, const char *name, long long otherwise);

/* Writes the failure as the tool tells it: problems with usage, or the sentence. */
void sim_tell(const struct sim *s, struct buf *out);

/* The commands of a tool (options-*.c); NULL when there is no such tool. */
const struct sim_command *sim_tool_commands(const char *tool);

#endif
