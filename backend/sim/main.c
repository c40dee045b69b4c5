/*
 * tengil-sim: pct, pveam, pvesm and pveversion over a folder that is laid out like a Proxmox VE host (TENGIL_ROOT).
 * Which tool it is follows from argv[0], or from the first argument (`tengil-sim pct list`).
 */
#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/sim/demo.h"
#include "backend/sim/pct.h"
#include "backend/sim/pveam.h"
#include "backend/sim/pvesm.h"
#include "backend/sim/pveversion.h"
#include "backend/sim/sim.h"
#include "backend/sim/title.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Exit code of whatever a tool refuses. The real tools leave others behind by accident; only zero or not counts. */
#define REFUSED 255

static const struct {
    const char *name;
    const struct sim_command *commands;
} tools[] = {
    {.name = "pct", .commands = sim_pct_commands},
    {.name = "pveam", .commands = sim_pveam_commands},
    {.name = "pvesm", .commands = sim_pvesm_commands},
};

/* What is no tool with commands: it is given what stands behind its name and returns an exit code. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} programs[] = {
    {.name = "init", .run = sim_init},
    {.name = "pveversion", .run = sim_pveversion},
    {.name = "registry", .run = sim_registry},
};

const struct sim_command *sim_tool_commands(const char *tool)
{
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
        if (strcmp(tools[i].name, tool) == 0)
            return tools[i].commands;
    }
    return NULL;
}

static void list_commands(const struct sim *s, struct buf *out)
{
    struct sim each = *s;
    buf_addf(out, "USAGE: %s <COMMAND> [ARGS] [OPTIONS]\n\n", s->tool);
    for (const struct sim_command *c = sim_tool_commands(s->tool); c->name != NULL; c++) {
        if (c->alias != NULL)
            continue;
        each.command = c;
        buf_adds(out, "       ");
        sim_usage(&each, out);
        if (c->gap)
            buf_addch(out, '\n');
    }
    buf_addf(out, "\n       %s help [<extra-args>] [OPTIONS]\n", s->tool);
}

static int refuse_command(const struct sim *s, const char *line)
{
    struct buf out = BUF_INIT;
    buf_addf(&out, "%s\n", line);
    list_commands(s, &out);
    fputs(out.s, stderr);
    return REFUSED;
}

/* Words of `name` that stand at the beginning of argv, the last one possibly shortened; *full tells that it is not. */
static int words_matched(const char *name, int argc, char **argv, bool *full)
{
    int n = 0;
    for (const char *p = name; *p != '\0'; n++) {
        size_t word = strcspn(p, " "), typed = n < argc ? strlen(argv[n]) : 0;
        if (typed == 0 || typed > word || memcmp(p, argv[n], typed) != 0)
            return 0;
        *full = typed == word;
        p += word;
        p += *p == ' ';
    }
    return n;
}

/* The command that is meant: by its name, or by the beginning of one name only. */
static const struct sim_command *find_command(const struct sim_command *table, int argc, char **argv, int *used)
{
    const struct sim_command *best = NULL;
    int matches = 0;
    for (const struct sim_command *c = table; c->name != NULL; c++) {
        bool full = false;
        int n = words_matched(c->name, argc, argv, &full);
        if (n == 0)
            continue;
        best = c;
        *used = n;
        if (full) {
            matches = 1;
            break;
        }
        matches++;
    }
    if (matches != 1)
        return NULL;
    if (best->alias == NULL)
        return best;
    for (const struct sim_command *c = table; c->name != NULL; c++) {
        if (strcmp(c->name, best->alias) == 0)
            return c;
    }
    return NULL;
}

static int help(struct sim *s, int argc, char **argv)
{
    struct buf out = BUF_INIT;
    int used;
    if (argc > 0) {
        s->command = find_command(sim_tool_commands(s->tool), argc, argv, &used);
        if (s->command == NULL) {
            buf_addf(&out, "ERROR: unknown command '%s'", argv[0]);
            return refuse_command(s, out.s);
        }
        buf_adds(&out, "USAGE: ");
        sim_usage(s, &out);
    } else {
        list_commands(s, &out);
    }
    fputs(out.s, stdout);
    return 0;
}

static int tell(const struct sim *s)
{
    struct buf out = BUF_INIT;
    sim_tell(s, &out);
    fflush(stdout);
    fputs(out.s, stderr);
    return REFUSED;
}

/* Opens the root and learns the node's name, as the real tools do from the link /etc/pve/local. */
static int enter_host(struct sim *s)
{
    char to[64];
    s->root = open(places_root(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ssize_t n = s->root < 0 ? -1 : readlinkat(s->root, "etc/pve/local", to, sizeof(to) - 1);
    if (n < 0)
        return sim_fail(s, "%s is not a simulated host: it has no etc/pve/local\n", places_root());
    to[n] = '\0';
    const char *name = strrchr(to, '/');
    snprintf(s->node, sizeof(s->node), "%s", name != NULL ? name + 1 : to);
    return 0;
}

static int run_tool(struct sim *s, int argc, char **argv)
{
    struct buf line = BUF_INIT;
    int used = 0;
    if (argc == 0)
        return refuse_command(s, "ERROR: no command specified");
    if (strcmp(argv[0], "help") == 0)
        return help(s, argc - 1, argv + 1);
    s->command = find_command(sim_tool_commands(s->tool), argc, argv, &used);
    if (s->command == NULL) {
        buf_addf(&line, "ERROR: unknown command '%s %s'", s->tool, argv[0]);
        return refuse_command(s, line.s);
    }
    if (sim_options_read(s, argc - used, argv + used) < 0 || enter_host(s) < 0)
        return tell(s);
    if (s->command->run == NULL) {
        sim_fail(s, "%s %s is not simulated\n", s->tool, s->command->name);
        return tell(s);
    }
    int rc = s->command->run(s);
    return rc < 0 ? tell(s) : rc;
}

/* The row of `programs`, or -1. */
static int find_program(const char *name)
{
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        if (strcmp(programs[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* A run's memory is not given back before it ends; a build with AddressSanitizer need not look for it. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

int main(int argc, char **argv)
{
    struct sim s = {.error = BUF_INIT, .root = -1};
    sim_title_init(argc, argv);
    const char *name = argc > 0 ? strrchr(argv[0], '/') : NULL;
    name = name != NULL ? name + 1 : argc > 0 ? argv[0] : "";
    int skip = 1;
    if (sim_tool_commands(name) == NULL && find_program(name) < 0 && argc > 1) {
        name = argv[1];
        skip = 2;
    }
    int program = find_program(name);
    if (program >= 0) {
        int rc = programs[program].run(argc - skip, argv + skip);
        return fflush(stdout) == 0 ? rc : REFUSED;
    }
    if (argc < 1 || sim_tool_commands(name) == NULL) {
        fputs("usage: tengil-sim pct|pveam|pvesm|pveversion … (or under one of these names), init DIR, registry DIR\n",
              stderr);
        return 2;
    }
    s.tool = mem_strdup(name); /* a worker's title overwrites the arguments */
    int rc = run_tool(&s, argc - skip, argv + skip);
    return fflush(stdout) == 0 ? rc : REFUSED;
}
