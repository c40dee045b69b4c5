#include "tui/cli.h"

#include <stdio.h>

int cli_config(struct cli *cli)
{
    struct buf out = BUF_INIT;
    if (!cli->flags[CLI_CHECK])
        return cli_say(CLI_USAGE, "The call is: tengil-tui config --check");
    settings_print(&cli->settings, &out);
    fputs(out.s, stdout);
    buf_clear(&out);
    return CLI_DONE;
}
