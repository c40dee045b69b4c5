#include "tui/job-again.h"

#include "backend/base/mem.h"
#include "backend/job/job.h"
#include "tui/making.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct again {
    int job;
    const struct root *root;
    const struct settings *settings;
    const struct plan *was;
    struct buf *spec;
    struct plan *plan; /* the result */
};

/* --- a create ---------------------------------------------------------------------------------------------------- */

static int first_problem(const struct spec_problems *problems, struct err *err)
{
    const struct spec_problem *p = problems->n ? &problems->v[0] : NULL;
    if (!p)
        return err_set(err, -EINVAL, "The spec of this job cannot be planned on this host now.");
    return err_set(err, -EINVAL, "%s%s%s", p->field ? p->field : "", p->field && *p->field ? ": " : "", p->reason);
}

static struct plan *plan_now(const struct again *a, const struct spec *spec, const struct host *host,
                             const struct image_facts *facts, struct err *err)
{
    struct spec_problems problems = {0};
    int *taken = NULL;
    size_t ntaken = job_claimed_vmids(&taken);
    char id[17];
    plan_new_id(id);
    struct plan *plan = plan_create(spec, host, facts, a->settings, id, taken, ntaken, &problems);
    if (!plan)
        first_problem(&problems, err);
    spec_problems_clear(&problems);
    free(taken);
    return plan;
}

static int create_from(struct again *a, const struct spec *spec, struct err *err)
{
    struct host *host = NULL;
    struct image_facts facts = {0};
    int rc = host_load(a->root, HOST_ALL, &host, err);
    for (size_t i = 0; !rc && i < spec->nmounts; i++)
        if (spec->mounts[i].source)
            host_look_at(host, a->root, spec->mounts[i].source);
    if (!rc && !(a->plan = plan_now(a, spec, host, NULL, err)))
        rc = -EINVAL;
    if (!rc && spec->kind == SPEC_OCI && making_pulls(a->plan)) {
        plan_free(a->plan);
        a->plan = NULL;
        rc = making_facts(a->settings, &spec->image, spec->arch ? spec->arch : host->arch, &facts, err);
        if (!rc && !(a->plan = plan_now(a, spec, host, &facts, err)))
            rc = -EINVAL;
    }
    image_facts_clear(&facts);
    host_free(host);
    return rc;
}

static int create(struct again *a, struct err *err)
{
    struct spec spec;
    struct spec_problems problems = {0};
    struct argv notes = ARGV_INIT;
    int rc = job_spec(a->job, a->spec, err);
    if (rc)
        return rc;
    spec_init(&spec);
    rc = spec_read(a->spec->s, a->spec->len, &spec, &problems, &notes);
    if (rc)
        first_problem(&problems, err);
    else
        rc = create_from(a, &spec, err);
    spec_problems_clear(&problems);
    argv_clear(&notes);
    spec_clear(&spec);
    return rc;
}

/* --- a pull ------------------------------------------------------------------------------------------------------ */

bool job_again_image(const struct plan *plan, const char **reference, const char **arch)
{
    *reference = *arch = NULL;
    for (size_t i = 0; i < plan->nsteps; i++) {
        const struct argv *argv = &plan->steps[i].argv;
        bool archive = argv->n > 1 && strcmp(argv->v[1], "archive") == 0;
        for (size_t k = 2; archive && k + 1 < argv->n; k++) {
            if (strcmp(argv->v[k], "--reference") == 0)
                *reference = argv->v[k + 1];
            else if (strcmp(argv->v[k], "--arch") == 0)
                *arch = argv->v[k + 1];
        }
    }
    return *reference && *arch;
}

static int pull(struct again *a, struct err *err)
{
    const char *reference, *arch, *volid = a->was->image_volid ? a->was->image_volid : "";
    struct imageref ref = {0};
    struct image_facts facts = {0};
    struct host *host = NULL;
    char id[17];
    if (!job_again_image(a->was, &reference, &arch))
        return err_set(err, -EINVAL, "The plan of this job does not say which image it pulled.");
    char *storage = mem_dup(volid, strcspn(volid, ":"));
    int rc = imageref_parse(reference, &ref, err);
    if (!rc)
        rc = host_load(a->root, HOST_IMAGES | HOST_SPACE | HOST_VERSION | HOST_DEVICES, &host, err);
    if (!rc)
        rc = making_facts(a->settings, &ref, arch, &facts, err);
    plan_new_id(id);
    if (!rc && !(a->plan = plan_pull(&ref, arch, *storage ? storage : NULL, host, &facts, a->settings, id, err)))
        rc = -EINVAL;
    free(storage);
    imageref_clear(&ref);
    image_facts_clear(&facts);
    host_free(host);
    return rc;
}

/* --- a download -------------------------------------------------------------------------------------------------- */

static void rename_in(struct argv *argv, const char *from, const char *to)
{
    for (size_t i = 0; i < argv->n; i++)
        if (strcmp(argv->v[i], from) == 0)
            mem_set(&argv->v[i], to);
}

void job_again_rename(struct plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->nsteps; i++) {
        rename_in(&plan->steps[i].argv, plan->id, id);
        rename_in(&plan->steps[i].undo, plan->id, id);
    }
    snprintf(plan->id, sizeof(plan->id), "%s", id);
}

static int download(struct again *a, struct err *err)
{
    char id[17];
    int rc = job_plan(a->job, &a->plan, err);
    plan_new_id(id);
    if (!rc)
        job_again_rename(a->plan, id);
    return rc;
}

/* --- which ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    int (*make)(struct again *a, struct err *err);
} kinds[] = {{"create", create}, {"pull", pull}, {"download", download}};

bool job_again_knows(const char *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return true;
    return false;
}

int job_again(int job, const struct root *root, const struct settings *settings, struct plan **plan, struct buf *spec,
              struct err *err)
{
    struct plan *was = NULL;
    struct again a = {.job = job, .root = root, .settings = settings, .spec = spec};
    int rc = job_plan(job, &was, err);
    a.was = was;
    for (size_t i = 0; !rc && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, was->kind) == 0)
            rc = kinds[i].make(&a, err);
    if (!rc && !a.plan)
        rc = err_set(err, -ENOTSUP, "A job of this kind cannot be run again.");
    if (rc)
        plan_free(a.plan);
    else
        *plan = a.plan;
    plan_free(was);
    return rc;
}
