#include "backend/plan/pct.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/plan/backend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void job_call(struct argv *argv, const char *verb)
{
    argv_pushf(argv, "%s/tengil-job", places_libexec());
    argv_push(argv, verb);
}

void pct_call(struct argv *argv, const char *command, int vmid)
{
    argv_push_all(argv, "pct", command, (char *)NULL);
    argv_pushf(argv, "%d", vmid);
}

static void option(struct argv *argv, const char *name, const char *value)
{
    argv_pushf(argv, "--%s", name);
    argv_push(argv, value);
}

static void option_text(struct argv *argv, const char *name, const char *value)
{
    if (value)
        option(argv, name, value);
}

static void option_number(struct argv *argv, const char *name, long value)
{
    if (value == SPEC_UNSET)
        return;
    argv_pushf(argv, "--%s", name);
    argv_pushf(argv, "%ld", value);
}

/* With a point whatever the locale says, three decimals at most. */
static void add_decimal(struct buf *out, double value)
{
    long long thousandths = llround(value * 1000);
    int fraction = (int)(thousandths % 1000);

    buf_addf(out, "%lld", thousandths / 1000);
    if (!fraction)
        return;
    buf_addf(out, ".%03d", fraction);
    while (out->s[out->len - 1] == '0')
        buf_cut(out, out->len - 1);
}

/* --- property strings ------------------------------------------------------------------------------------------ */

char *pct_mount_value(const struct spec_mount *mount)
{
    struct buf b = BUF_INIT;

    if (mount->source)
        buf_addf(&b, "%s,mp=%s", mount->source, mount->target);
    else
        buf_addf(&b, "%s:%ld,mp=%s", mount->storage, mount->size, mount->target);
    if (!mount->source && mount->backup != SPEC_BOOL_UNSET)
        buf_addf(&b, ",backup=%d", mount->backup);
    if (mount->readonly == SPEC_TRUE)
        buf_adds(&b, ",ro=1");
    return buf_detach(&b);
}

char *pct_device_value(const struct gpu *gpu, const struct spec_gpu *wanted)
{
    return mem_printf("%s,gid=%ld,mode=0660,uid=0", gpu->render, wanted->gid == SPEC_UNSET ? 0 : wanted->gid);
}

void pct_configure_gpu(struct argv *argv, const struct gpu *gpu, const struct spec_gpu *wanted, int index)
{
    argv_pushf(argv, "--dev%d", index);
    argv_push_nodup(argv, pct_device_value(gpu, wanted));
}

static void part_text(struct buf *b, const char *key, const char *value)
{
    if (value && strcmp(value, "none") != 0)
        buf_addf(b, ",%s=%s", key, value);
}

static void part_number(struct buf *b, const char *key, long value)
{
    if (value >= 0)
        buf_addf(b, ",%s=%ld", key, value);
}

/* Name and bridge first, then by name, as pct itself writes them. */
static char *net_value(const struct spec_net *net, size_t index, const char *bridge)
{
    struct buf b = BUF_INIT;

    if (net->name)
        buf_addf(&b, "name=%s", net->name);
    else
        buf_addf(&b, "name=eth%zu", index);
    buf_addf(&b, ",bridge=%s", bridge);
    part_number(&b, "firewall", net->firewall);
    part_text(&b, "gw", net->gateway);
    part_text(&b, "gw6", net->gateway6);
    part_number(&b, "host-managed", net->host_managed);
    part_text(&b, "hwaddr", net->hwaddr);
    part_text(&b, "ip", net->ip ? net->ip : "dhcp");
    part_text(&b, "ip6", net->ip6);
    part_number(&b, "mtu", net->mtu);
    if (net->rate >= 0) {
        buf_adds(&b, ",rate=");
        add_decimal(&b, net->rate);
    }
    part_number(&b, "tag", net->vlan);
    buf_adds(&b, ",type=veth");
    return buf_detach(&b);
}

/* --- create ---------------------------------------------------------------------------------------------------- */

static void add_cpus(struct argv *argv, const struct spec *spec)
{
    option_number(argv, "cores", spec->cores);
    if (spec->cpulimit >= 0) {
        struct buf b = BUF_INIT;
        add_decimal(&b, spec->cpulimit);
        option(argv, "cpulimit", b.s);
        buf_clear(&b);
    }
    option_number(argv, "cpuunits", spec->cpuunits);
}

static void add_startup(struct argv *argv, const struct spec *spec)
{
    struct buf b = BUF_INIT;

    if (spec->startup_order != SPEC_UNSET)
        buf_addf(&b, "order=%ld", spec->startup_order);
    if (spec->startup_delay != SPEC_UNSET)
        buf_addf(&b, "%sup=%ld", b.len ? "," : "", spec->startup_delay);
    if (b.len)
        option(argv, "startup", b.s);
    buf_clear(&b);
}

static void add_disks(struct argv *argv, const struct create *c)
{
    int index = 0;

    argv_push(argv, "--rootfs");
    argv_pushf(argv, "%s:%ld", c->root_storage->id, c->disk);
    for (size_t i = 0; i < c->spec->nmounts; i++) {
        if (c->spec->mounts[i].source)
            continue;
        argv_pushf(argv, "--mp%d", index++);
        argv_push_nodup(argv, pct_mount_value(&c->spec->mounts[i]));
    }
}

static void add_nets(struct argv *argv, const struct create *c)
{
    static const struct spec_net dhcp = {
        .vlan = SPEC_UNSET,
        .mtu = SPEC_UNSET,
        .rate = SPEC_UNSET,
        .firewall = SPEC_BOOL_UNSET,
        .host_managed = SPEC_BOOL_UNSET,
    };

    for (size_t i = 0; i < c->bridges.n; i++) {
        const struct spec_net *net = c->spec->nnets ? &c->spec->nets[i] : &dhcp;
        argv_pushf(argv, "--net%zu", i);
        argv_push_nodup(argv, net_value(net, i, c->bridges.v[i]));
    }
}

static void add_tags(struct argv *argv, const struct argv *tags)
{
    struct buf b = BUF_INIT;

    for (size_t i = 0; i < tags->n; i++)
        buf_addf(&b, "%s%s", i ? "," : "", tags->v[i]);
    if (b.len)
        option(argv, "tags", b.s);
    buf_clear(&b);
}

static void add_features(struct argv *argv, const struct create *c)
{
    const struct spec *spec = c->spec;
    const struct {
        const char *name;
        bool on;
    } rows[] = {
        {"nesting", spec->nesting == SPEC_TRUE || (spec->nesting == SPEC_BOOL_UNSET && c->unprivileged)},
        {"fuse", spec->fuse == SPEC_TRUE},
        {"keyctl", spec->keyctl == SPEC_TRUE},
        {"mknod", spec->mknod == SPEC_TRUE},
    };
    struct buf b = BUF_INIT;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].on)
            buf_addf(&b, "%s%s=1", b.len ? "," : "", rows[i].name);
    if (b.len)
        option(argv, "features", b.s);
    buf_clear(&b);
}

/* The person's words, then the mark by which an undo knows our CT. */
static void add_description(struct argv *argv, const struct create *c)
{
    struct buf b = BUF_INIT;

    if (c->spec->description && *c->spec->description) {
        buf_adds(&b, c->spec->description);
        if (!buf_ends_with(&b, "\n"))
            buf_addch(&b, '\n');
    }
    buf_addf(&b, "tengil-tui: image=%s digest=%s plan=%s", c->source, c->digest, c->plan->id);
    option(argv, "description", b.s);
    buf_clear(&b);
}

static void create_argv(const struct create *c, struct argv *argv)
{
    const struct spec *spec = c->spec;

    pct_call(argv, "create", c->vmid);
    argv_push(argv, c->volid);
    option_text(argv, "hostname", spec->hostname);
    add_cpus(argv, spec);
    option_number(argv, "memory", c->memory);
    option_number(argv, "swap", c->swap);
    option_number(argv, "onboot", spec->onboot);
    add_startup(argv, spec);
    add_disks(argv, c);
    add_nets(argv, c);
    option_text(argv, "nameserver", spec->nameserver);
    option_text(argv, "searchdomain", spec->searchdomain);
    add_tags(argv, &spec->tags);
    if (c->gpu)
        pct_configure_gpu(argv, c->gpu, &spec->gpu, 0);
    add_features(argv, c);
    option(argv, "unprivileged", c->unprivileged ? "1" : "0");
    option_text(argv, "pool", spec->pool);
    option_text(argv, "timezone", spec->timezone);
    if (strcmp(c->arch, "amd64") != 0) /* what pct falls back to where the image does not tell */
        option(argv, "arch", c->arch);
    option_text(argv, "ostype", spec->ostype);
    option_number(argv, "protection", spec->protection);
    add_description(argv, c);
}

/* At create every mount is writable while the image unpacks, so a host folder would have the image unpacked into it. */
static void mount_step(const struct create *c, struct plan *plan)
{
    const struct spec_mount *first = NULL;
    size_t folders = 0;

    for (size_t i = 0; i < c->spec->nmounts; i++) {
        if (!c->spec->mounts[i].source)
            continue;
        first = first ? first : &c->spec->mounts[i];
        folders++;
    }
    if (!folders)
        return;
    struct plan_step *step =
        folders == 1 ? plan_add_step(plan, PLAN_STOP_PCT, "Mount %s at %s", first->source, first->target)
                     : plan_add_step(plan, PLAN_STOP_PCT, "Mount %zu host folders in CT %d", folders, c->vmid);
    size_t index = c->spec->nmounts - folders;
    pct_call(&step->argv, "set", c->vmid);
    for (size_t i = 0; i < c->spec->nmounts; i++) {
        if (!c->spec->mounts[i].source)
            continue;
        argv_pushf(&step->argv, "--mp%zu", index++);
        argv_push_nodup(&step->argv, pct_mount_value(&c->spec->mounts[i]));
    }
}

static void env_step(const struct create *c, struct plan *plan)
{
    const struct spec *spec = c->spec;

    if (!spec->nenv)
        return;
    struct plan_step *step =
        spec->nenv == 1
            ? plan_add_step(plan, PLAN_STOP_PROGRAM, "Set %s in the environment of CT %d", spec->env[0].name, c->vmid)
            : plan_add_step(plan, PLAN_STOP_PROGRAM, "Set %zu variables in the environment of CT %d", spec->nenv,
                            c->vmid);
    job_call(&step->argv, "env");
    argv_pushf(&step->argv, "%d", c->vmid);
    for (size_t i = 0; i < spec->nenv; i++) {
        const struct spec_env *env = &spec->env[i];
        if (env->file)
            argv_pushf(&step->argv, "%s=@%s", env->name, env->file);
        else
            argv_pushf(&step->argv, "%s=%s%s", env->name, env->value[0] == '@' ? "@" : "", env->value);
    }
}

void pct_create_steps(const struct create *c, struct plan *plan)
{
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PCT, "Create CT %d", c->vmid);

    create_argv(c, &step->argv);
    job_call(&step->undo, "undo-create");
    argv_pushf(&step->undo, "%d", c->vmid);
    argv_push(&step->undo, plan->id);
    mount_step(c, plan);
    env_step(c, plan);
}

/* --- the rest of a CT's life ------------------------------------------------------------------------------------ */

void pct_start_step(struct plan *plan, int vmid)
{
    pct_call(&plan_add_step(plan, PLAN_STOP_PCT, "Start CT %d", vmid)->argv, "start", vmid);
}

void pct_stop_step(struct plan *plan, int vmid)
{
    pct_call(&plan_add_step(plan, PLAN_STOP_PCT, "Stop CT %d", vmid)->argv, "stop", vmid);
}

void pct_shutdown_step(struct plan *plan, int vmid, int timeout_s, bool force)
{
    struct argv *argv = &plan_add_step(plan, PLAN_STOP_PCT, "Shut down CT %d", vmid)->argv;

    pct_call(argv, "shutdown", vmid);
    option_number(argv, "timeout", timeout_s);
    option(argv, "forceStop", force ? "1" : "0");
}

void pct_reboot_step(struct plan *plan, int vmid, int timeout_s)
{
    struct argv *argv = &plan_add_step(plan, PLAN_STOP_PCT, "Reboot CT %d", vmid)->argv;

    pct_call(argv, "reboot", vmid);
    option_number(argv, "timeout", timeout_s);
}

void pct_destroy_step(struct plan *plan, int vmid, const struct plan_destroy_options *options)
{
    struct argv *argv = &plan_add_step(plan, PLAN_STOP_PCT, "Destroy CT %d", vmid)->argv;

    pct_call(argv, "destroy", vmid);
    if (options->purge)
        option(argv, "purge", "1");
    if (options->loose_disks)
        option(argv, "destroy-unreferenced-disks", "1");
}

bool pct_exists(const struct host *host, int vmid)
{
    const struct guest *guest = host_guest(host, vmid);

    return host_ct(host, vmid) || (guest && !guest->qemu);
}
