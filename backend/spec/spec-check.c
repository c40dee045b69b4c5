#include "backend/spec/spec.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/spec/spec-fields.h"
#include "backend/spec/spec-rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NETS_MAX = 32, MOUNTS_MAX = 256, ENV_MAX = 500, TAGS_MAX = 50 }; /* net0-31 and mp0-255 of pct; ours */

void spec_net_field(const struct spec *spec, size_t n, struct buf *out)
{
    if (spec->nnets > 1)
        buf_addf(out, "network[%zu]", n);
    else
        buf_adds(out, "network");
}

void spec_mount_field(size_t n, struct buf *out)
{
    buf_addf(out, "mounts[%zu]", n);
}

void spec_env_field(const char *name, struct buf *out)
{
    size_t len = strlen(name);
    buf_adds(out, "env.");
    text_add_shown(out, name, len > 256 ? 256 : len);
}

/* Problems of one element, under the path that names it. */
struct check {
    struct spec_problems *problems;
    struct buf prefix; /* "mounts[1]", or nothing for the top */
    int line;
};

static void add(struct check *c, const char *name, const char *reason)
{
    struct buf field = BUF_INIT;
    buf_addf(&field, "%s%s%s", c->prefix.s, c->prefix.len && *name ? "." : "", name);
    spec_problems_add(c->problems, c->line, 0, field.s, "%s", reason);
    buf_clear(&field);
}

/* Every row of a place by its own rules. */
static void check_rows(struct check *c, enum spec_place place, const void *base)
{
    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        struct err err = {0};
        if (f->place == place && f->type != SPEC_NOT && spec_field_check(f, base, &err))
            add(c, f->name, err.text);
    }
}

static void check_place(struct spec_problems *problems, enum spec_place place, const void *base)
{
    struct check c = {.problems = problems, .prefix = BUF_INIT};
    buf_adds(&c.prefix, spec_place_name(place));
    check_rows(&c, place, base);
    buf_clear(&c.prefix);
}

static void check_kind(const struct spec *spec, struct spec_problems *p)
{
    if (spec->image.repository && spec->template)
        spec_problems_add(p, 0, 0, "template",
                          "An image and a template are named both; a container is made from one. Leave one out.");
    else if (spec->kind == SPEC_NONE)
        spec_problems_add(p, 0, 0, "oci",
                          "Neither an image nor a template is named. Write oci: {image: NAME} or template: FILE.");
    else if (spec->kind == SPEC_OCI && !spec->image.repository)
        spec_problems_add(p, 0, 0, "oci.image", "No image is named. Write one like jellyfin/jellyfin.");
    else if (spec->kind == SPEC_LXC && !spec->template)
        spec_problems_add(p, 0, 0, "template",
                          "No template is named. `pveam list STORAGE` shows those that are there.");
    if (spec->kind == SPEC_OCI && spec->unprivileged == SPEC_FALSE)
        spec_problems_add(p, 0, 0, "unprivileged",
                          "Proxmox cannot make a privileged container from an OCI image (its unpacking ends in "
                          "\"setgid(0): Invalid argument\"). Leave it unprivileged, or use a template.");
}

static bool is_fixed(const char *ip)
{
    return ip && strchr(ip, '/');
}

static void check_gateway(struct check *c, const char *field, const char *gateway, const char *ip)
{
    struct err err = {0};
    if (!gateway)
        return;
    if (!is_fixed(ip))
        add(c, field, "A gateway goes with a fixed address only. Give the address too, or leave the gateway out.");
    else if (rule_gateway_in_net(ip, gateway, &err))
        add(c, field, err.text);
}

/* Proxmox turns host-managed on for an image that brings no init, and cannot do SLAAC then. */
static void check_slaac(struct check *c, const struct spec *spec, const struct spec_net *net)
{
    if (!net->ip6 || strcmp(net->ip6, "auto") != 0)
        return;
    if (net->host_managed == SPEC_TRUE)
        add(c, "ip6",
            "A card that the host manages cannot be set up by SLAAC (auto). Write dhcp or an address, or turn "
            "host_managed off.");
    else if (spec->kind == SPEC_OCI && net->host_managed == SPEC_BOOL_UNSET)
        add(c, "ip6",
            "The host manages the card of an OCI image, and cannot do SLAAC (auto) for it. Write dhcp or an "
            "address, or host_managed: false for an image that sets up its own network.");
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

static void check_net_twins(struct check *c, const struct spec *spec, size_t n)
{
    char name[32], other[32];
    snprintf(name, sizeof(name), "eth%zu", n);
    for (size_t i = 0; i < n; i++) {
        const struct spec_net *a = &spec->nets[i], *b = &spec->nets[n];
        snprintf(other, sizeof(other), "eth%zu", i);
        if (strcmp(a->name ? a->name : other, b->name ? b->name : name) == 0)
            add(c, "name", "Another card of the container has this name already.");
        if (same_text(a->hwaddr, b->hwaddr))
            add(c, "hwaddr", "Another card of the container has this MAC address already.");
    }
}

static void check_nets(const struct spec *spec, struct spec_problems *problems)
{
    if (spec->nnets > NETS_MAX)
        spec_problems_add(problems, 0, 0, "network", "Proxmox gives a container %d network cards at most.", NETS_MAX);
    for (size_t i = 0; i < spec->nnets && i < NETS_MAX; i++) {
        const struct spec_net *net = &spec->nets[i];
        struct check c = {.problems = problems, .prefix = BUF_INIT, .line = net->line};
        spec_net_field(spec, i, &c.prefix);
        check_rows(&c, SPEC_AT_NET, net);
        check_gateway(&c, "gateway", net->gateway, net->ip);
        check_gateway(&c, "gateway6", net->gateway6, net->ip6);
        check_slaac(&c, spec, net);
        check_net_twins(&c, spec, i);
        buf_clear(&c.prefix);
    }
}

static void check_mount(struct check *c, const struct spec_mount *m)
{
    bool volume = m->storage || m->size != SPEC_UNSET;

    check_rows(c, SPEC_AT_MOUNT, m);
    if (m->source && volume)
        add(c, "volume", "A host folder and a new volume are named both. Leave one out.");
    else if (!m->source && !volume)
        add(c, "source", "Nothing is named to mount. Write source: /HOST/FOLDER or volume: \"STORAGE:GIB\".");
    else if (!m->source && !m->storage)
        add(c, "storage", "The new volume lacks its storage. Write volume: \"STORAGE:GIB\".");
    else if (!m->source && m->size == SPEC_UNSET)
        add(c, "size", "The new volume lacks its size. Write volume: \"STORAGE:GIB\".");
    if (!m->target)
        add(c, "target", "It lacks the place in the container. Write target: /FOLDER.");
    if (m->source && m->backup == SPEC_TRUE)
        add(c, "backup", "Backups take volumes only, never host folders. Leave it out.");
}

static void check_mounts(const struct spec *spec, struct spec_problems *problems)
{
    if (spec->nmounts > MOUNTS_MAX)
        spec_problems_add(problems, 0, 0, "mounts", "Proxmox gives a container %d mounts at most.", MOUNTS_MAX);
    for (size_t i = 0; i < spec->nmounts && i < MOUNTS_MAX; i++) {
        const struct spec_mount *m = &spec->mounts[i];
        struct check c = {.problems = problems, .prefix = BUF_INIT, .line = m->line};
        spec_mount_field(i, &c.prefix);
        check_mount(&c, m);
        for (size_t j = 0; j < i && m->target; j++) {
            if (spec->mounts[j].target && strcmp(spec->mounts[j].target, m->target) == 0) {
                add(&c, "target", "Another mount stands at this place already.");
                break;
            }
        }
        buf_clear(&c.prefix);
    }
}

static void check_variable(struct check *c, const struct spec_env *env)
{
    struct err err = {0};
    if (rule_env_name(env->name, &err))
        add(c, "", err.text);
    if (env->value && env->file)
        add(c, "", "A value and a file are given both. Leave one out.");
    else if (!env->value && !env->file)
        add(c, "", "It has no value. Write \"\" for an empty one.");
    else if (env->value ? rule_env_value(env->value, &err) : rule_env_file(env->file, &err))
        add(c, "", err.text);
}

static void check_env(const struct spec *spec, struct spec_problems *problems)
{
    if (spec->nenv > ENV_MAX)
        spec_problems_add(problems, 0, 0, "env", "%d variables are the most for a container.", ENV_MAX);
    for (size_t i = 0; i < spec->nenv && i < ENV_MAX; i++) {
        const struct spec_env *env = &spec->env[i];
        struct check c = {.problems = problems, .prefix = BUF_INIT, .line = env->line};
        spec_env_field(env->name, &c.prefix);
        check_variable(&c, env);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(spec->env[j].name, env->name) == 0) {
                add(&c, "", "The variable is given twice. Keep one.");
                break;
            }
        }
        buf_clear(&c.prefix);
    }
}

void spec_check_parts(const struct spec *spec, struct spec_problems *problems)
{
    const struct spec_image image = {.arch = spec->arch};

    check_place(problems, SPEC_AT_TOP, spec);
    if (spec->tags.n > TAGS_MAX)
        spec_problems_add(problems, 0, 0, "tags", "%d tags are the most for a container.", TAGS_MAX);
    check_place(problems, SPEC_AT_OCI, &image);
    check_place(problems, SPEC_AT_FEATURES, spec);
    check_nets(spec, problems);
    check_place(problems, SPEC_AT_GPU, &spec->gpu);
    check_mounts(spec, problems);
    check_env(spec, problems);
    spec_problems_sort(problems);
}

void spec_check(const struct spec *spec, struct spec_problems *problems)
{
    check_kind(spec, problems);
    spec_check_parts(spec, problems);
    spec_problems_sort(problems);
}
