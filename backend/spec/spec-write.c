/* A spec as YAML, in the order of the table of fields. */
#include "backend/spec/spec.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/base/yaml.h"
#include "backend/spec/spec-fields.h"

#include <stdlib.h>
#include <string.h>

/* One value up to SPEC_WORDS; nothing when it is not given. */
static void set_value(struct ynode *map, const struct spec_field *f, const void *base)
{
    struct buf text = BUF_INIT;

    if (!spec_field_is_set(f, base))
        return;
    if (f->type == SPEC_WORDS) {
        const struct argv *words = (const struct argv *)((const char *)base + f->offset);
        struct ynode *list = ynode_set(map, f->name, ynode_new(YAML_LIST));
        for (size_t i = 0; i < words->n; i++)
            ynode_push(list, ynode_text(words->v[i]));
        return;
    }
    spec_field_get(f, base, &text);
    bool is_text = f->type == SPEC_STRING || f->type == SPEC_PATH;
    ynode_set(map, f->name, is_text ? ynode_text(text.s) : ynode_plainf("%s", text.s));
    buf_clear(&text);
}

static void set_volume(struct ynode *map, const struct spec_mount *m)
{
    if (m->storage && m->size != SPEC_UNSET) {
        char *text = mem_printf("%s:%ld", m->storage, m->size);
        ynode_set(map, "volume", ynode_text(text));
        free(text);
        return;
    }
    /* Half a volume is a draft: keep what there is. */
    set_value(map, spec_field_find("storage", SPEC_AT_MOUNT), m);
    set_value(map, spec_field_find("size", SPEC_AT_MOUNT), m);
}

static void set_rows(struct ynode *map, enum spec_place place, const void *base)
{
    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        if (f->place != place || f->quiet)
            continue;
        if (f->type == SPEC_VOLUME)
            set_volume(map, base);
        else if (f->type <= SPEC_WORDS)
            set_value(map, f, base);
    }
}

/* The parts of the image as the table's rows want them. */
static struct spec_image image_parts(const struct spec *spec)
{
    static const char library[] = "library/";
    const struct imageref *ref = &spec->image;
    struct spec_image parts = {
        .arch = mem_strdup(spec->arch), .tag = mem_strdup(ref->tag), .digest = mem_strdup(ref->digest)};
    const char *name = ref->repository;

    if (!name)
        return parts;
    bool docker = strcmp(ref->registry, "docker.io") == 0;
    if (docker && strncmp(name, library, strlen(library)) == 0 && !strchr(name + strlen(library), '/'))
        name += strlen(library);
    if (imageref_names_registry(name)) { /* a name that would be read as one with a registry */
        parts.image = mem_printf("%s/%s", ref->registry, name);
    } else {
        parts.image = mem_strdup(name);
        parts.registry = docker ? NULL : mem_strdup(ref->registry);
    }
    return parts;
}

static void set_oci(struct ynode *map, const struct spec *spec)
{
    struct spec_image parts = image_parts(spec);
    set_rows(map, SPEC_AT_OCI, &parts);
    free(parts.image);
    free(parts.tag);
    free(parts.digest);
    free(parts.registry);
    free(parts.arch);
}

static void set_group(struct ynode *map, const struct spec_field *f, const struct spec *spec)
{
    struct ynode *group = ynode_new(YAML_MAP);
    if (f->inner == SPEC_AT_OCI)
        set_oci(group, spec);
    else
        set_rows(group, f->inner, f->inner == SPEC_AT_GPU ? (const void *)&spec->gpu : spec);
    if (group->n)
        ynode_set(map, f->name, group);
    else
        ynode_free(group);
}

static void set_nets(struct ynode *map, const char *name, const struct spec *spec)
{
    struct ynode *list = spec->nnets > 1 ? ynode_set(map, name, ynode_new(YAML_LIST)) : NULL;
    for (size_t i = 0; i < spec->nnets; i++) {
        struct ynode *net = ynode_new(YAML_MAP);
        set_rows(net, SPEC_AT_NET, &spec->nets[i]);
        if (list)
            ynode_push(list, net);
        else
            ynode_set(map, name, net);
    }
}

static void set_mounts(struct ynode *map, const char *name, const struct spec *spec)
{
    struct ynode *list = spec->nmounts ? ynode_set(map, name, ynode_new(YAML_LIST)) : NULL;
    for (size_t i = 0; i < spec->nmounts; i++)
        set_rows(ynode_push(list, ynode_new(YAML_MAP)), SPEC_AT_MOUNT, &spec->mounts[i]);
}

static void set_env(struct ynode *map, const char *name, const struct spec *spec)
{
    struct ynode *env = spec->nenv ? ynode_set(map, name, ynode_new(YAML_MAP)) : NULL;
    for (size_t i = 0; i < spec->nenv; i++) {
        const struct spec_env *e = &spec->env[i];
        if (e->file)
            ynode_set(ynode_set(env, e->name, ynode_new(YAML_MAP)), "file", ynode_text(e->file));
        else
            ynode_set(env, e->name, e->value ? ynode_text(e->value) : ynode_new(YAML_TEXT));
    }
}

void spec_write(const struct spec *spec, struct buf *out)
{
    struct ynode *root = ynode_new(YAML_MAP);

    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        if (f->place != SPEC_AT_TOP || f->quiet)
            continue;
        if (f->type == SPEC_GROUP)
            set_group(root, f, spec);
        else if (f->type == SPEC_NETS)
            set_nets(root, f->name, spec);
        else if (f->type == SPEC_MOUNTS)
            set_mounts(root, f->name, spec);
        else if (f->type == SPEC_ENV)
            set_env(root, f->name, spec);
        else if (f->type <= SPEC_WORDS)
            set_value(root, f, spec);
    }
    yaml_write(root, out);
    ynode_free(root);
}
