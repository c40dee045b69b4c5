#include "tui/cli.h"

#include "backend/job/job.h"

#include <errno.h>
#include <stdio.h>

int cli_run_plan(struct cli *cli, struct plan *plan)
{
    struct err err = {0};
    int id;
    for (size_t i = 0; i < plan->notes.n; i++)
        cli_say(0, "%s", plan->notes.v[i]);
    int rc = job_start(plan, NULL, &id, &err);
    plan_free(plan);
    if (rc)
        return cli_say(CLI_FAILED, "%s", err.text);
    fprintf(stderr, "job %d\n", id);
    return cli->flags[CLI_DETACH] ? CLI_LEFT : cli_follow(id);
}

int cli_attach(struct cli *cli)
{
    int id;
    return cli_number(cli->args.v[0], "job number", &id) ? cli_follow(id) : CLI_USAGE;
}

int cli_cancel(struct cli *cli)
{
    struct err err = {0};
    int id;
    if (!cli_number(cli->args.v[0], "job number", &id))
        return CLI_USAGE;
    int rc = job_cancel(id, &err);
    if (rc)
        return cli_say(rc == -ENOENT ? CLI_USAGE : CLI_FAILED, "%s", err.text);
    if (cli->flags[CLI_DETACH])
        return CLI_LEFT;
    rc = cli_follow(id);
    /* Cancelled is what was asked for. */
    return rc == CLI_CANCELLED ? CLI_DONE : rc;
}
