#include "tui/create-form.h"

#include "backend/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From a spec back to the form: what a create was made from, to be changed and run again. */

static void *base_of(const struct spec *spec, enum spec_place place)
{
    return place == SPEC_AT_NET ? (void *)&spec->nets[0] : (void *)spec;
}

static void put(struct create_form *c, const char *id, const char *text)
{
    form_set(c->form, id, text ? text : "");
}

static void load_source(struct create_form *c, const struct spec *spec)
{
    struct buf ref = BUF_INIT;
    put(c, "from", spec->kind == SPEC_LXC ? "lxc" : "oci");
    if (spec->kind == SPEC_LXC) {
        put(c, "template", spec->template);
    } else if (spec->image.repository) {
        imageref_add(&ref, &spec->image);
        put(c, "image", ref.s);
    }
    buf_clear(&ref);
}

/* A tick that the spec says nothing of was not set, but for what is yes by itself. */
static void load_field(struct create_form *c, const struct create_link *link, const struct spec *spec)
{
    const struct spec_field *field = spec_field_find(link->id, link->place);
    const void *base = base_of(spec, link->place);
    bool own = strcmp(link->id, "unprivileged") == 0 || strcmp(link->id, "nesting") == 0;
    struct buf text = BUF_INIT;
    if (field->type == SPEC_BOOL) {
        int yes = *(const int *)((const char *)base + field->offset);
        if (yes != SPEC_BOOL_UNSET || !own)
            put(c, link->id, yes == SPEC_TRUE ? "1" : "0");
    } else if (spec_field_is_set(field, base)) {
        spec_field_get(field, base, &text);
        put(c, link->id, text.s);
    }
    buf_clear(&text);
}

static void load_address(struct create_form *c, const struct spec_net *net)
{
    bool word = !net->ip || strcmp(net->ip, "dhcp") == 0 || strcmp(net->ip, "none") == 0;
    put(c, "ipv4", word ? (net->ip ? net->ip : "dhcp") : "static");
    if (word)
        put(c, "ip", "");
}

/* "auto" is the first that the host has. */
static void load_gpu(struct create_form *c, const struct spec *spec, struct argv *lost)
{
    const char *pci = spec->gpu.pci;
    if (spec->gpu.passthrough != SPEC_TRUE)
        return;
    for (int i = 0; !pci && i < c->ngpus; i++)
        if (strcmp(c->gpus[i].value, "none") != 0)
            pci = c->gpus[i].value;
    if (pci)
        put(c, "gpu", pci);
    else
        argv_push(lost, "gpu");
}

static void load_lists(struct create_form *c, const struct spec *spec)
{
    for (size_t i = 0; i < spec->nmounts; i++) {
        const struct spec_mount *m = &spec->mounts[i];
        MEM_GROW(c->mounts, c->nmounts);
        c->mounts[c->nmounts++] = (struct create_mount){
            .source = mem_strdup(m->source ? m->source : ""),
            .storage = mem_strdup(m->storage ? m->storage : ""),
            .size = m->size == SPEC_UNSET ? mem_strdup("") : mem_printf("%ld", m->size),
            .target = mem_strdup(m->target ? m->target : ""),
            .volume = !m->source,
            .readonly = m->readonly == SPEC_TRUE,
        };
    }
    for (size_t i = 0; i < spec->nenv; i++) {
        const struct spec_env *env = &spec->env[i];
        MEM_GROW(c->env, c->nenv);
        c->env[c->nenv++] = (struct create_variable){
            .name = mem_strdup(env->name ? env->name : ""),
            .value = env->file ? mem_printf("@%s", env->file) : mem_strdup(env->value ? env->value : ""),
        };
    }
}

/* What the spec says and the form has no field for. */
static void find_lost(const struct spec *spec, struct argv *lost)
{
    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *field = &spec_fields[i];
        bool net = field->place == SPEC_AT_NET;
        if ((field->place != SPEC_AT_TOP && field->place != SPEC_AT_FEATURES && !net) || field->type >= SPEC_KIND)
            continue;
        if (create_link(field->name) || strcmp(field->name, "template") == 0 || (net && spec->nnets == 0))
            continue;
        if (spec_field_is_set(field, base_of(spec, field->place)) && !argv_has(lost, field->name))
            argv_push(lost, field->name);
    }
    if (spec->nnets > 1)
        argv_push(lost, "further networks");
    for (size_t i = 0; i < spec->nmounts; i++)
        if (spec->mounts[i].backup != SPEC_BOOL_UNSET && !argv_has(lost, "backup of a mount"))
            argv_push(lost, "backup of a mount");
    if (spec->arch)
        argv_push(lost, "arch");
}

void create_load(struct create_form *c, const struct spec *spec, struct argv *lost)
{
    load_source(c, spec);
    for (size_t i = 0; i < create_nlinks; i++)
        if (create_links[i].place != SPEC_AT_NET || spec->nnets > 0)
            load_field(c, &create_links[i], spec);
    if (spec->nnets > 0)
        load_address(c, &spec->nets[0]);
    load_gpu(c, spec, lost);
    load_lists(c, spec);
    find_lost(spec, lost);
    create_show_fields(c);
    create_check(c);
}
