#include "tui/app.h"
#include "tui/cli.h"
#include "tui/demo.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool takes_flag(const struct cli_command *command, enum cli_flag flag)
{
    size_t most = sizeof(command->flags) / sizeof(command->flags[0]);
    for (size_t i = 0; i < most && command->flags[i] != CLI_NFLAGS; i++)
        if (command->flags[i] == flag)
            return true;
    return false;
}

static void add_usage(struct buf *out, const struct cli_command *command)
{
    buf_addf(out, "%s%s%s", command->name, *command->args ? " " : "", command->args);
    for (int flag = 0; flag < CLI_NFLAGS; flag++)
        if (takes_flag(command, (enum cli_flag)flag))
            buf_addf(out, " [%s%s%s]", cli_flag_rows[flag].name, cli_flag_rows[flag].value ? " " : "",
                     cli_flag_rows[flag].value ? cli_flag_rows[flag].value : "");
}

static int print_help(void)
{
    struct buf out = BUF_INIT;
    buf_adds(&out, "tengil-tui makes and keeps containers on a Proxmox VE host.\n\n"
                   "  tengil-tui [--demo[=DIR]] COMMAND …\n\n");
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        size_t start = out.len;
        buf_addf(&out, "  %s%s%s", c->name, *c->args ? " " : "", c->args);
        /* `…` and other characters of several bytes are one column. */
        size_t width = 0;
        for (size_t i = start; i < out.len; i++)
            width += ((unsigned char)out.s[i] & 0xC0) != 0x80;
        buf_addf(&out, "%*s%s\n", (int)(width < 30 ? 30 - width : 1), "", c->help);
    }
    buf_adds(&out, "\n");
    for (int flag = 0; flag < CLI_NFLAGS; flag++) {
        char left[64];
        const struct cli_flag_row *row = &cli_flag_rows[flag];
        snprintf(left, sizeof(left), "%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
        buf_addf(&out, "  %-28s%s\n", left, row->help);
    }
    buf_adds(&out,
             "  --demo[=DIR]                work on a simulated host, kept in DIR or thrown away\n"
             "  --help, --version\n\n"
             "Exit codes: 0 done, 1 the work failed, 2 the call or the spec is wrong, 3 the host lacks something,\n"
             "4 cancelled, 5 left running.\n");
    fputs(out.s, stdout);
    buf_clear(&out);
    return CLI_DONE;
}

static const struct cli_command *find_command(const char *name)
{
    const struct cli_command *nearest = NULL;
    size_t least = 3;
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        size_t far = text_distance(name, c->name);
        if (far == 0)
            return c;
        if (far < least) {
            least = far;
            nearest = c;
        }
    }
    if (nearest)
        cli_say(CLI_USAGE, "There is no command %s. Did you mean %s?", name, nearest->name);
    else
        cli_say(CLI_USAGE, "There is no command %s. tengil-tui --help lists them.", name);
    return NULL;
}

/* Takes one argument that begins with `-`; moves *i when its value is the next one. */
static int take_flag(struct cli *cli, const struct cli_command *command, char **argv, int argc, int *i)
{
    const char *word = argv[*i];
    size_t len = strcspn(word, "=");
    for (int flag = 0; flag < CLI_NFLAGS; flag++) {
        const struct cli_flag_row *row = &cli_flag_rows[flag];
        if (strlen(row->name) != len || strncmp(row->name, word, len) != 0 || !takes_flag(command, (enum cli_flag)flag))
            continue;
        if (!row->value && word[len])
            return cli_say(CLI_USAGE, "%s takes no value.", row->name);
        if (row->value && !word[len] && *i + 1 >= argc)
            return cli_say(CLI_USAGE, "%s wants a value: %s %s.", row->name, row->name, row->value);
        cli->flags[flag] = !row->value ? "" : word[len] ? word + len + 1 : argv[++*i];
        return CLI_DONE;
    }
    struct buf usage = BUF_INIT;
    add_usage(&usage, command);
    int rc =
        cli_say(CLI_USAGE, "%s does not know %.*s. The call is: tengil-tui %s", command->name, (int)len, word, usage.s);
    buf_clear(&usage);
    return rc;
}

static int run_command(struct cli *cli, char **argv, int argc)
{
    const struct cli_command *command = find_command(argv[0]);
    bool only_args = false;
    if (!command)
        return CLI_USAGE;
    for (int i = 1; i < argc; i++) {
        if (!only_args && strcmp(argv[i], "--") == 0) {
            only_args = true;
        } else if (!only_args && strcmp(argv[i], "--help") == 0) {
            return print_help();
        } else if (!only_args && argv[i][0] == '-' && argv[i][1]) {
            int rc = take_flag(cli, command, argv, argc, &i);
            if (rc)
                return rc;
        } else {
            argv_push(&cli->args, argv[i]);
        }
    }
    if ((int)cli->args.n < command->min || (command->max >= 0 && (int)cli->args.n > command->max)) {
        struct buf usage = BUF_INIT;
        add_usage(&usage, command);
        int rc = cli_say(CLI_USAGE, "The call is: tengil-tui %s", usage.s);
        buf_clear(&usage);
        return rc;
    }
    struct err err = {0};
    if (settings_load(&cli->settings, &err))
        return cli_say(CLI_USAGE, "%s", err.text);
    if (root_open(&cli->root, NULL, &err))
        return cli_say(CLI_LACKS, "%s", err.text);
    int rc = command->run(cli);
    root_close(&cli->root);
    return rc;
}

static bool at_terminal(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Without a command the screens open; the demo does its main job where there is no terminal. */
static int run_without_command(struct cli *cli, bool demo)
{
    struct err err = {0};
    int rc;
    if (!demo && !at_terminal())
        return cli_say(CLI_USAGE,
                       "There is no terminal here. Over SSH, ask for one with ssh -t; tengil-tui --help lists the "
                       "commands that need none.");
    if (settings_load(&cli->settings, &err))
        return cli_say(CLI_USAGE, "%s", err.text);
    if (at_terminal())
        return app_run(&cli->settings, demo);
    if (root_open(&cli->root, NULL, &err))
        return cli_say(CLI_FAILED, "%s", err.text);
    rc = cli_demo_headless(cli);
    root_close(&cli->root);
    return rc;
}

int main(int argc, char **argv)
{
    struct cli cli = {0};
    struct demo demo = {0};
    bool in_demo = false;
    int i = 1, rc;

    setlocale(LC_ALL, "");
    for (; i < argc && argv[i][0] == '-'; i++) {
        const char *dir;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return print_help();
        if (strcmp(argv[i], "--version") == 0) {
            printf("tengil-tui %s\n", PACKAGE_VERSION);
            return CLI_DONE;
        }
        if (strcmp(argv[i], "--demo") == 0)
            dir = NULL;
        else if (!text_starts(argv[i], "--demo=", &dir) || !*dir)
            return cli_say(CLI_USAGE, "There is no option %s here. tengil-tui --help lists what there is.", argv[i]);
        struct err err = {0};
        if (!in_demo && demo_open(&demo, dir, &err))
            return cli_say(CLI_FAILED, "%s", err.text);
        in_demo = true;
    }
    rc = i < argc ? run_command(&cli, argv + i, argc - i) : run_without_command(&cli, in_demo);
    if (in_demo)
        demo_close(&demo);
    settings_clear(&cli.settings);
    argv_clear(&cli.args);
    return rc;
}
