#include "backend/spec/spec.h"

#include "backend/base/mem.h"
#include "backend/spec/spec-fields.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void spec_init(struct spec *spec)
{
    *spec = (struct spec){
        .vmid = SPEC_UNSET,
        .cores = SPEC_UNSET,
        .cpulimit = SPEC_UNSET,
        .cpuunits = SPEC_UNSET,
        .memory = SPEC_UNSET,
        .swap = SPEC_UNSET,
        .disk = SPEC_UNSET,
        .unprivileged = SPEC_BOOL_UNSET,
        .onboot = SPEC_BOOL_UNSET,
        .protection = SPEC_BOOL_UNSET,
        .start = SPEC_BOOL_UNSET,
        .nesting = SPEC_BOOL_UNSET,
        .keyctl = SPEC_BOOL_UNSET,
        .fuse = SPEC_BOOL_UNSET,
        .mknod = SPEC_BOOL_UNSET,
        .gpu = {.passthrough = SPEC_BOOL_UNSET, .gid = SPEC_UNSET},
        .startup_order = SPEC_UNSET,
        .startup_delay = SPEC_UNSET,
    };
}

struct spec_net *spec_add_net(struct spec *spec)
{
    MEM_GROW(spec->nets, spec->nnets);
    struct spec_net *net = &spec->nets[spec->nnets++];
    *net = (struct spec_net){.vlan = SPEC_UNSET,
                             .mtu = SPEC_UNSET,
                             .rate = SPEC_UNSET,
                             .firewall = SPEC_BOOL_UNSET,
                             .host_managed = SPEC_BOOL_UNSET};
    return net;
}

struct spec_mount *spec_add_mount(struct spec *spec)
{
    MEM_GROW(spec->mounts, spec->nmounts);
    struct spec_mount *mount = &spec->mounts[spec->nmounts++];
    *mount = (struct spec_mount){.size = SPEC_UNSET, .readonly = SPEC_BOOL_UNSET, .backup = SPEC_BOOL_UNSET};
    return mount;
}

struct spec_env *spec_add_env(struct spec *spec)
{
    MEM_GROW(spec->env, spec->nenv);
    struct spec_env *env = &spec->env[spec->nenv++];
    *env = (struct spec_env){0};
    return env;
}

/* Frees what the rows of one place own. */
static void clear_place(enum spec_place place, void *base)
{
    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        char *at = (char *)base + f->offset;
        if (f->place != place)
            continue;
        if (f->type == SPEC_STRING || f->type == SPEC_PATH)
            mem_set((char **)at, NULL);
        else if (f->type == SPEC_WORDS)
            argv_clear((struct argv *)at);
    }
}

void spec_clear(struct spec *spec)
{
    clear_place(SPEC_AT_TOP, spec);
    clear_place(SPEC_AT_GPU, &spec->gpu);
    for (size_t i = 0; i < spec->nnets; i++)
        clear_place(SPEC_AT_NET, &spec->nets[i]);
    for (size_t i = 0; i < spec->nmounts; i++)
        clear_place(SPEC_AT_MOUNT, &spec->mounts[i]);
    for (size_t i = 0; i < spec->nenv; i++) {
        free(spec->env[i].name);
        free(spec->env[i].value);
        free(spec->env[i].file);
    }
    free(spec->nets);
    free(spec->mounts);
    free(spec->env);
    free(spec->arch);
    imageref_clear(&spec->image);
    spec_init(spec);
}

void spec_problems_add(struct spec_problems *p, int line, int column, const char *field, const char *fmt, ...)
{
    struct buf reason = BUF_INIT;
    va_list args;

    va_start(args, fmt);
    buf_vaddf(&reason, fmt, args);
    va_end(args);
    MEM_GROW(p->v, p->n);
    p->v[p->n++] = (struct spec_problem){
        .line = line, .column = column, .field = mem_strdup(field), .reason = buf_detach(&reason)};
}

void spec_problems_sort(struct spec_problems *p)
{
    /* Insertion keeps the order of those on one place, and there are few. Those without a place come last. */
    for (size_t i = 1; i < p->n; i++) {
        struct spec_problem one = p->v[i];
        long key = one.line ? one.line * 100000L + one.column : LONG_MAX;
        size_t j = i;
        for (; j > 0; j--) {
            const struct spec_problem *before = &p->v[j - 1];
            if ((before->line ? before->line * 100000L + before->column : LONG_MAX) <= key)
                break;
            p->v[j] = *before;
        }
        p->v[j] = one;
    }
}

void spec_problems_clear(struct spec_problems *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->v[i].field);
        free(p->v[i].reason);
    }
    free(p->v);
    *p = (struct spec_problems){0};
}
