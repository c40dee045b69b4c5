#include "backend/plan/backend.h"

#include "backend/spec/spec-fields.h"

#include <stdlib.h>
#include <string.h>

/* What a spec that does not say gets: Proxmox's own figures, but for the disk, for which 4 GiB is little. */
#define DEFAULT_MEMORY 512 /* MiB */
#define DEFAULT_SWAP   512 /* MiB */
#define DEFAULT_DISK   8   /* GiB */

#define DESCRIPTION_MAX 8192 /* recorded from pct 6.1.10 */

void create_clear(struct create *c)
{
    free(c->file);
    free(c->volid);
    free(c->source);
    free(c->digest);
    argv_clear(&c->bridges);
}

static void check_gpu(struct create *c)
{
    struct err err = {0};

    if (c->spec->gpu.passthrough == SPEC_TRUE && gpu_choose(c->host, &c->spec->gpu, c->plan, &c->gpu, &err) < 0)
        spec_problems_add(c->problems, 0, 0, c->spec->gpu.pci ? "gpu.pci" : "gpu.type", "%s", err.text);
}

/* Variables are arguments of a program. */
static void check_env(struct create *c)
{
    const struct spec *spec = c->spec;
    size_t total = 0;

    for (size_t i = 0; i < spec->nenv; i++) {
        const char *value = spec->env[i].file ? spec->env[i].file : spec->env[i].value;
        size_t len = strlen(spec->env[i].name) + strlen(value) + 2;
        total += len + sizeof(char *);
        if (len <= PLAN_WORD_MAX)
            continue;
        struct buf field = BUF_INIT;
        spec_env_field(spec->env[i].name, &field);
        spec_problems_add(c->problems, spec->env[i].line, 0, field.s,
                          "The value of %s is longer than the %d bytes that a program can be given.", spec->env[i].name,
                          PLAN_WORD_MAX);
        buf_clear(&field);
    }
    if (total > PLAN_CALL_MAX)
        spec_problems_add(
            c->problems, 0, 0, "env",
            "The variables are %zu bytes, and a program can be given %u in one call. Put long values into "
            "files.",
            total, PLAN_CALL_MAX);
}

static void check_description(struct create *c)
{
    const struct spec *spec = c->spec;

    /* The mark: its own words are 47 bytes and the plan's id 16. */
    size_t mark = 64 + (c->source ? strlen(c->source) : 0) + (c->digest ? strlen(c->digest) : 0);
    if (spec->description && strlen(spec->description) + mark > DESCRIPTION_MAX)
        spec_problems_add(c->problems, 0, 0, "description",
                          "The description is too long: Proxmox takes %d bytes, and a line of this program is among "
                          "them.",
                          DESCRIPTION_MAX);
}

static void check_folders(struct create *c)
{
    size_t folders = 0;

    for (size_t i = 0; i < c->spec->nmounts; i++) {
        if (!c->spec->mounts[i].source)
            continue;
        check_folder(c->host, &c->spec->mounts[i], i, c->unprivileged, c->plan, c->problems);
        folders++;
    }
    if (folders)
        note_snapshots(c->plan);
}

static void apply_defaults(struct create *c)
{
    const struct spec *spec = c->spec;

    c->memory = spec->memory == SPEC_UNSET ? DEFAULT_MEMORY : spec->memory;
    c->swap = spec->swap == SPEC_UNSET ? DEFAULT_SWAP : spec->swap;
    c->disk = spec->disk == SPEC_UNSET ? DEFAULT_DISK : spec->disk;
    c->unprivileged = spec->unprivileged != SPEC_FALSE;
}

static void check_all(struct create *c, const struct container_backend *backend)
{
    apply_defaults(c);
    check_arch(c);
    backend->resolve(c);
    backend->check(c);
    check_guests(c);
    check_capacity(c);
    check_storages(c);
    check_networks(c);
    check_pool(c);
    check_gpu(c);
    check_env(c);
    check_description(c);
    check_room(c);
    check_folders(c);
}

static void build(struct create *c, const struct container_backend *backend)
{
    struct plan *plan = c->plan;
    const char *hostname = c->spec->hostname;

    plan->vmid = c->vmid;
    plan_set_title(plan, "Create CT %d%s%s", c->vmid, hostname ? " " : "", hostname ? hostname : "");
    plan_add_claim(plan, false, "ct-%d", c->vmid);
    backend->fetch(c, plan);
    backend->create(c, plan);
    if (c->spec->start == SPEC_TRUE)
        backend->start(plan, c->vmid);
}

struct plan *plan_create(const struct spec *spec, const struct host *host, const struct image_facts *facts,
                         const struct settings *settings, const char *id, const int *taken, size_t ntaken,
                         struct spec_problems *problems)
{
    const struct container_backend *backend = spec->kind == SPEC_OCI ? &backend_oci : &backend_lxc;
    size_t before = problems->n;
    struct create c = {
        .spec = spec,
        .host = host,
        .facts = spec->kind == SPEC_OCI ? facts : NULL,
        .settings = settings,
        .taken = taken,
        .ntaken = ntaken,
        .problems = problems,
        .plan = plan_new("create", id, 0),
    };
    struct plan *plan = c.plan;

    check_all(&c, backend);
    if (problems->n == before)
        build(&c, backend);
    if (problems->n > before) {
        plan_free(plan);
        plan = NULL;
    }
    create_clear(&c);
    return plan;
}
