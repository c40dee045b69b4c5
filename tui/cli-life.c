#include "tui/cli.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/job/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How an act on one CT becomes a plan. */
typedef struct plan *(*make_plan)(struct cli *cli, const struct host *host, int vmid, const char *id, struct err *err);

/* One job for each CT: all are planned before the first starts, so that a wrong call changes nothing. */
static int act_on_all(struct cli *cli, make_plan make)
{
    struct host *host = NULL;
    size_t n = cli->args.n;
    struct plan **plans = mem_zero(n, sizeof(*plans));
    int *jobs = mem_zero(n, sizeof(*jobs));
    int rc = cli_host(cli, HOST_CTS | HOST_GUESTS, &host);

    for (size_t i = 0; i < n && !rc; i++) {
        struct err err = {0};
        char id[17];
        int vmid;
        plan_new_id(id);
        if (!cli_number(cli->args.v[i], "VMID", &vmid))
            rc = CLI_USAGE;
        else if (!(plans[i] = make(cli, host, vmid, id, &err)))
            rc = cli_say(CLI_USAGE, "%s", err.text);
    }
    for (size_t i = 0; i < n && !rc; i++) {
        struct err err = {0};
        for (size_t k = 0; k < plans[i]->notes.n; k++)
            cli_say(0, "%s", plans[i]->notes.v[k]);
        if (job_start(plans[i], NULL, &jobs[i], &err))
            rc = cli_say(CLI_FAILED, "%s", err.text);
        else
            fprintf(stderr, "job %d\n", jobs[i]);
    }
    for (size_t i = 0; i < n; i++) {
        if (jobs[i] && cli->flags[CLI_DETACH])
            rc = rc ? rc : CLI_LEFT;
        else if (jobs[i]) {
            int code = cli_follow(jobs[i]);
            rc = rc ? rc : code;
        }
        plan_free(plans[i]);
    }
    free(plans);
    free(jobs);
    host_free(host);
    return rc;
}

static int timeout_of(struct cli *cli, int *seconds)
{
    int64_t n = 60;
    if (cli->flags[CLI_TIMEOUT] && !num_parse(cli->flags[CLI_TIMEOUT], 1, 86400, &n))
        return cli_say(CLI_USAGE, "--timeout takes seconds, 1 to 86400.");
    *seconds = (int)n;
    return 0;
}

static struct plan *make_start(struct cli *cli, const struct host *host, int vmid, const char *id, struct err *err)
{
    (void)cli;
    return plan_start(host, vmid, id, err);
}

static struct plan *make_shutdown(struct cli *cli, const struct host *host, int vmid, const char *id, struct err *err)
{
    int seconds = 60;
    timeout_of(cli, &seconds);
    return plan_shutdown(host, vmid, seconds, cli->flags[CLI_FORCE] != NULL, id, err);
}

static struct plan *make_stop(struct cli *cli, const struct host *host, int vmid, const char *id, struct err *err)
{
    (void)cli;
    return plan_stop_now(host, vmid, id, err);
}

static struct plan *make_reboot(struct cli *cli, const struct host *host, int vmid, const char *id, struct err *err)
{
    int seconds = 60;
    timeout_of(cli, &seconds);
    return plan_reboot(host, vmid, seconds, id, err);
}

/* Losing data wants the name; for several CTs the words "destroy N". */
static bool confirmed(struct cli *cli, const struct ct *ct)
{
    const char *words = cli->flags[CLI_CONFIRM];
    char several[32];
    snprintf(several, sizeof(several), "destroy %zu", cli->args.n);
    return words && strcmp(words, cli->args.n == 1 ? ct->name : several) == 0;
}

static struct plan *make_destroy(struct cli *cli, const struct host *host, int vmid, const char *id, struct err *err)
{
    const struct plan_destroy_options options = {
        .stop_first = cli->flags[CLI_STOP_FIRST],
        .lift_protection = cli->flags[CLI_LIFT_PROTECTION],
        .purge = cli->flags[CLI_PURGE],
        .loose_disks = cli->flags[CLI_LOOSE_DISKS],
    };
    const struct ct *ct = host_ct(host, vmid);
    if (ct && !confirmed(cli, ct)) {
        if (cli->args.n == 1)
            err_set(err, -1, "To destroy CT %d, give its name: tengil-tui destroy %d --confirm %s", vmid, vmid,
                    ct->name);
        else
            err_set(err, -1, "To destroy %zu CTs, give the words: --confirm \"destroy %zu\"", cli->args.n, cli->args.n);
        return NULL;
    }
    struct plan *plan = plan_destroy(host, vmid, &options, id, err);
    /* The plan's sentence names no flags: a screen has others. */
    if (!plan && ct && ct->state == CT_RUNNING && !options.stop_first)
        cli_say(0, "--stop-first shuts it down before it is destroyed.");
    else if (!plan && ct && !options.lift_protection && ct->conf && ctconf_get(ct->conf, "protection"))
        cli_say(0, "--lift-protection destroys it although it is protected.");
    return plan;
}

int cli_start(struct cli *cli)
{
    return act_on_all(cli, make_start);
}

int cli_shutdown(struct cli *cli)
{
    int seconds, rc = timeout_of(cli, &seconds);
    return rc ? rc : act_on_all(cli, make_shutdown);
}

int cli_stop(struct cli *cli)
{
    return act_on_all(cli, make_stop);
}

int cli_reboot(struct cli *cli)
{
    int seconds, rc = timeout_of(cli, &seconds);
    return rc ? rc : act_on_all(cli, make_reboot);
}

int cli_destroy(struct cli *cli)
{
    return act_on_all(cli, make_destroy);
}
