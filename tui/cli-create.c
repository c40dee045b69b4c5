#include "tui/cli.h"
#include "tui/making.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/base/spawn.h"
#include "backend/base/text.h"
#include "backend/job/job.h"
#include "backend/spec/spec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPEC_MAX (1 << 20)

static void say_problems(const char *file, const struct spec_problems *problems)
{
    for (size_t i = 0; i < problems->n; i++) {
        const struct spec_problem *p = &problems->v[i];
        const char *field = p->field ? p->field : "";
        if (p->line && !p->column)
            cli_say(0, "%s:%d: %s%s%s", file, p->line, field, *field ? ": " : "", p->reason);
        else if (p->line)
            cli_say(0, "%s:%d:%d: %s%s%s", file, p->line, p->column, field, *field ? ": " : "", p->reason);
        else
            cli_say(0, "%s: %s%s%s", file, field, *field ? ": " : "", p->reason);
    }
}

/* Reads and checks a spec file. `change`: of an existing CT. 0 or an exit code. */
static int read_spec(const char *file, bool change, struct spec *spec, struct argv *notes)
{
    struct buf text = BUF_INIT;
    struct spec_problems problems = {0};
    struct err err = {0};
    int rc = strcmp(file, "-") == 0 ? file_read_fd(STDIN_FILENO, SPEC_MAX, &text)
                                    : file_read(AT_FDCWD, file, SPEC_MAX, &text, &err);
    if (rc) {
        if (rc == -EFBIG)
            cli_say(0, "%s is larger than 1 MiB: that is no spec.", file);
        else
            cli_say(0, "%s", err.text[0] ? err.text : "The spec could not be read from stdin.");
        buf_clear(&text);
        return CLI_USAGE;
    }
    rc = change ? spec_read_change(text.s, text.len, spec, &problems, notes)
                : spec_read(text.s, text.len, spec, &problems, notes);
    say_problems(file, &problems);
    rc = rc ? CLI_USAGE : 0;
    spec_problems_clear(&problems);
    buf_clear(&text);
    return rc;
}

/* The host as far as the plan of this spec needs it, the folders that it wants mounted included. */
static int host_for(struct cli *cli, const struct spec *spec, unsigned parts, struct host **host)
{
    int rc = cli_host(cli, parts, host);
    for (size_t i = 0; !rc && i < spec->nmounts; i++)
        if (spec->mounts[i].source)
            host_look_at(*host, &cli->root, spec->mounts[i].source);
    return rc;
}

/* Adds what was said while the spec was read in front of the plan's own notes. */
static void take_notes(struct plan *plan, const struct argv *notes)
{
    struct argv all = ARGV_INIT;
    argv_append(&all, notes);
    argv_append(&all, &plan->notes);
    argv_clear(&plan->notes);
    plan->notes = all;
}

static struct plan *make_create(struct cli *cli, const char *file, const struct spec *spec, const struct host *host,
                                const struct image_facts *facts, const struct argv *notes, const int *taken,
                                size_t ntaken)
{
    struct spec_problems problems = {0};
    char id[17];
    plan_new_id(id);
    struct plan *plan = plan_create(spec, host, facts, &cli->settings, id, taken, ntaken, &problems);
    if (plan)
        take_notes(plan, notes);
    say_problems(file, &problems);
    spec_problems_clear(&problems);
    return plan;
}

int cli_plan(struct cli *cli)
{
    struct spec spec;
    struct argv notes = ARGV_INIT;
    struct host *host = NULL;
    struct err err = {0};
    int *taken = NULL;

    spec_init(&spec);
    int rc = read_spec(cli->args.v[0], false, &spec, &notes);
    if (!rc)
        rc = host_for(cli, &spec, HOST_ALL, &host);
    /* Nothing of the host changes by these; a command of the plan finds them when it is pasted into a shell. */
    if (!rc && (places_make(&err) || settings_write_registries_conf(&cli->settings, &err)))
        cli_say(0, "%s", err.text);
    if (!rc) {
        size_t ntaken = job_claimed_vmids(&taken);
        struct plan *plan = make_create(cli, cli->args.v[0], &spec, host, NULL, &notes, taken, ntaken);
        rc = plan ? CLI_DONE : CLI_USAGE;
        if (plan) {
            struct buf out = BUF_INIT;
            plan_print(plan, &out);
            fputs(out.s, stdout);
            buf_clear(&out);
        }
        plan_free(plan);
    }
    free(taken);
    host_free(host);
    argv_clear(&notes);
    spec_clear(&spec);
    return rc;
}

/* Asks the registry about an image, with the settings that the pull will use. */
static int fetch_facts(struct cli *cli, const struct imageref *ref, const char *arch, struct image_facts *facts)
{
    struct err err = {0};
    int rc = making_facts(&cli->settings, ref, arch, facts, &err);
    if (!rc)
        return 0;
    if (!spawn_on_path("skopeo"))
        return cli_say(CLI_LACKS, "%s", err.text);
    return cli_say(CLI_FAILED, "%s Nothing was run.", err.text);
}

/* Starts the create; when another job took the automatic VMID in between, plans again with the next and says so. */
static int start_create(struct cli *cli, const struct spec *spec, const struct host *host,
                        const struct image_facts *facts, const struct argv *notes, int *job)
{
    int *taken = NULL;
    size_t ntaken = job_claimed_vmids(&taken);
    struct buf yaml = BUF_INIT;
    int rc = CLI_FAILED;

    spec_write(spec, &yaml);
    for (int tries = 0; tries < 100; tries++) {
        struct err err = {0};
        struct plan *plan = make_create(cli, cli->args.v[0], spec, host, facts, notes, taken, ntaken);
        if (!plan) {
            rc = CLI_USAGE;
            break;
        }
        int vmid = plan->vmid;
        int started = job_start(plan, yaml.s, job, &err);
        bool again = started == -EBUSY && plan->auto_vmid;
        for (size_t i = 0; i < plan->notes.n && !started; i++)
            cli_say(0, "%s", plan->notes.v[i]);
        plan_free(plan);
        if (!started) {
            rc = CLI_DONE;
            break;
        }
        if (!again) {
            rc = cli_say(CLI_FAILED, "%s", err.text);
            break;
        }
        cli_say(0, "VMID %d was taken by another job meanwhile: planning again with the next.", vmid);
        MEM_GROW(taken, ntaken);
        taken[ntaken++] = vmid;
    }
    buf_clear(&yaml);
    free(taken);
    return rc;
}

static int apply_file(struct cli *cli, const char *file, int *job)
{
    struct spec spec;
    struct argv notes = ARGV_INIT;
    struct host *host = NULL;
    struct image_facts facts = {0};
    bool known = false;

    spec_init(&spec);
    int rc = read_spec(file, false, &spec, &notes);
    if (!rc)
        rc = host_for(cli, &spec, HOST_ALL, &host);
    if (!rc && spec.kind == SPEC_OCI) {
        /* A plan without facts tells whether there is anything to pull, and finds what is wrong before the network is
         * asked. */
        struct plan *dry = make_create(cli, file, &spec, host, NULL, &notes, NULL, 0);
        if (!dry)
            rc = CLI_USAGE;
        else if (making_pulls(dry)) {
            rc = fetch_facts(cli, &spec.image, spec.arch ? spec.arch : host->arch, &facts);
            known = !rc;
        }
        plan_free(dry);
    }
    if (!rc)
        rc = start_create(cli, &spec, host, known ? &facts : NULL, &notes, job);
    image_facts_clear(&facts);
    host_free(host);
    argv_clear(&notes);
    spec_clear(&spec);
    return rc;
}

int cli_apply(struct cli *cli)
{
    int job;
    int rc = apply_file(cli, cli->args.v[0], &job);
    if (rc)
        return rc;
    fprintf(stderr, "job %d\n", job);
    return cli->flags[CLI_DETACH] ? CLI_LEFT : cli_follow(job);
}

int cli_demo_headless(struct cli *cli)
{
    argv_pushf(&cli->args, "%s/examples/jellyfin.yaml", places_data());
    cli_say(0, "No terminal: running the main job on the simulated host, %s.", cli->args.v[0]);
    int rc = cli_apply(cli);
    return rc ? rc : cli_list(cli);
}

int cli_pull(struct cli *cli)
{
    struct imageref ref = {0};
    struct err err = {0};
    struct host *host = NULL;
    struct image_facts facts = {0};
    struct plan *plan = NULL;
    char id[17];

    if (imageref_parse(cli->args.v[0], &ref, &err))
        return cli_say(CLI_USAGE, "%s", err.text);
    int rc = cli_host(cli, HOST_IMAGES | HOST_SPACE | HOST_VERSION | HOST_DEVICES, &host);
    const char *arch = cli->flags[CLI_ARCH] ? cli->flags[CLI_ARCH] : host ? host->arch : NULL;
    if (!rc)
        rc = fetch_facts(cli, &ref, arch, &facts);
    plan_new_id(id);
    if (!rc && !(plan = plan_pull(&ref, arch, cli->flags[CLI_STORAGE], host, &facts, &cli->settings, id, &err)))
        rc = cli_say(CLI_USAGE, "%s", err.text);
    if (!rc)
        rc = cli_run_plan(cli, plan);
    image_facts_clear(&facts);
    host_free(host);
    imageref_clear(&ref);
    return rc;
}

int cli_change(struct cli *cli)
{
    struct spec spec;
    struct argv notes = ARGV_INIT;
    struct spec_problems problems = {0};
    struct host *host = NULL;
    struct plan *plan = NULL;
    char id[17];
    int vmid;

    if (!cli_number(cli->args.v[0], "VMID", &vmid))
        return CLI_USAGE;
    spec_init(&spec);
    int rc = read_spec(cli->args.v[1], true, &spec, &notes);
    if (!rc)
        rc = host_for(cli, &spec, HOST_ALL & ~(unsigned)HOST_IMAGES, &host);
    plan_new_id(id);
    if (!rc && !(plan = plan_change(&spec, host, vmid, id, &problems)))
        rc = CLI_USAGE;
    say_problems(cli->args.v[1], &problems);
    if (!rc) {
        take_notes(plan, &notes);
        rc = cli_run_plan(cli, plan);
    }
    spec_problems_clear(&problems);
    host_free(host);
    argv_clear(&notes);
    spec_clear(&spec);
    return rc;
}
