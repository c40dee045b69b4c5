#ifndef TENGIL_TUI_CLI_H
#define TENGIL_TUI_CLI_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/host/host.h"
#include "backend/plan/plan.h"
#include "backend/spec/settings.h"

#include <stdbool.h>

/*
 * The command line: one row for a command (cli-commands.c), from which come parsing, `--help` and the usage sentences.
 * A command prints its result on stdout, everything else on stderr, and returns its exit code.
 */
enum cli_exit {
    CLI_DONE = 0,
    CLI_FAILED = 1,    /* the work failed */
    CLI_USAGE = 2,     /* the call or the spec is wrong: nothing was run */
    CLI_LACKS = 3,     /* the host lacks something; the sentence says what to install */
    CLI_CANCELLED = 4, /* the job was cancelled */
    CLI_LEFT = 5,      /* left running */
};

enum cli_flag {
    CLI_JSON,
    CLI_CONFIRM,
    CLI_STOP_FIRST,
    CLI_LIFT_PROTECTION,
    CLI_PURGE,
    CLI_LOOSE_DISKS,
    CLI_TIMEOUT,
    CLI_FORCE,
    CLI_STORAGE,
    CLI_ARCH,
    CLI_DETACH,
    CLI_CHECK,
    CLI_NFLAGS,
};

struct cli {
    struct settings settings;
    struct root root;
    const char *flags[CLI_NFLAGS]; /* NULL: not given; "" for those without a value */
    struct argv args;              /* what stood behind the command's name */
};

struct cli_command {
    const char *name;
    const char *args;       /* "VMID …" as usage shows it */
    const char *help;       /* one sentence */
    int min, max;           /* number of arguments; max -1: any */
    enum cli_flag flags[6]; /* which flags it takes, ended by CLI_NFLAGS */
    int (*run)(struct cli *cli);
};

extern const struct cli_command cli_commands[];

struct cli_flag_row {
    const char *name;  /* "--json" */
    const char *value; /* "SECONDS"; NULL: takes none */
    const char *help;
};
extern const struct cli_flag_row cli_flag_rows[CLI_NFLAGS];

int cli_plan(struct cli *cli);
int cli_apply(struct cli *cli);
int cli_change(struct cli *cli);
int cli_pull(struct cli *cli);
int cli_list(struct cli *cli);
int cli_images(struct cli *cli);
int cli_jobs(struct cli *cli);
int cli_show(struct cli *cli);
int cli_start(struct cli *cli);
int cli_shutdown(struct cli *cli);
int cli_stop(struct cli *cli);
int cli_reboot(struct cli *cli);
int cli_destroy(struct cli *cli);
int cli_attach(struct cli *cli);
int cli_cancel(struct cli *cli);
int cli_config(struct cli *cli);

/* The main job without a terminal, for `--demo` alone: applies the shipped Jellyfin example and lists the CT. */
int cli_demo_headless(struct cli *cli);

/* "tengil-tui: " and the sentence on stderr, made harmless. Returns `code`. */
int cli_say(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Loads the parts of the host; on failure says why and returns the exit code, else 0. HOST_VERSION among the parts
 * means that this must be a Proxmox VE host. */
int cli_host(struct cli *cli, unsigned parts, struct host **host);

/* A VMID or job number from an argument; says what is wrong and returns false when it is none. */
bool cli_number(const char *text, const char *what, int *number);

/* Starts the plan as a job and follows it (unless --detach). Returns the exit code. Frees the plan. */
int cli_run_plan(struct cli *cli, struct plan *plan);

/* Follows a job to its end on stdout. */
int cli_follow(int id);

/* What --json says of a CT: one place for `list` and `show`. */
struct json_t;
struct json_t *cli_ct_json(const struct ct *ct);
/* Prints JSON that is freed. */
int cli_print_json(struct json_t *json);

#endif
