#include "tui/create-form.h"
#include "tui/making.h"
#include "backend/spec/spec-rules.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_source(struct create_form *c, const char *image)
{
    bool template = image && strstr(image, ":vztmpl/");
    if (!image)
        return;
    form_set(c->form, "from", template ? "lxc" : "oci");
    form_set(c->form, template ? "template" : "image", image);
}

/* The CT is called as the last part of the image's name, until it gets another. */
static void suggest_name(struct create_form *c)
{
    struct imageref ref = {0};
    char name[64] = "";
    if (strcmp(form_effective(c->form, "from"), "lxc") != 0 &&
        imageref_parse(form_value(c->form, "image"), &ref, NULL) == 0) {
        const char *last = strrchr(ref.repository, '/');
        snprintf(name, sizeof(name), "%s", last ? last + 1 : ref.repository);
        for (char *at = name; *at; at++)
            if (*at == '_' || *at == '.')
                *at = '-';
        imageref_clear(&ref);
    }
    form_fallback(c->form, "hostname", rule_hostname(name, NULL) == 0 ? name : "");
}

struct create_form *create_new(const char *image, const struct settings *settings)
{
    struct create_form *c = mem_zero(1, sizeof(*c));
    const struct form_owner owner = {.data = c, .check = create_value_check, .note = create_note};
    const struct form_options options = {.value_column = 15, .one_page = true};

    c->settings = settings;
    c->mount = c->variable = -1;
    plan_new_id(c->plan_id);
    c->fields = mem_zero((size_t)create_nfields, sizeof(c->fields[0]));
    memcpy(c->fields, create_fields, (size_t)create_nfields * sizeof(c->fields[0]));
    for (int i = 0; i < create_nfields; i++) {
        if (c->fields[i].kind == FORM_HEADING)
            c->fields[i].label = c->heading[c->fields[i].id[0] == 'e'];
    }
    c->form = form_new(c->fields, create_nfields, &owner, &options);
    set_source(c, image);
    suggest_name(c);
    create_show_fields(c);
    create_check(c);
    form_to(c->form, image ? "hostname" : "image");
    return c;
}

static void folders_clear(struct create_form *c)
{
    for (size_t i = 0; i < c->nfolders; i++)
        free(c->folders[i].path);
    free(c->folders);
    c->folders = NULL;
    c->nfolders = 0;
}

static void problems_clear(struct create_form *c)
{
    for (size_t i = 0; i < c->nproblems; i++) {
        free(c->problems[i].id);
        free(c->problems[i].part);
        free(c->problems[i].reason);
    }
    free(c->problems);
    c->problems = NULL;
    c->nproblems = 0;
}

void create_free(struct create_form *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->nmounts; i++)
        create_mount_clear(&c->mounts[i]);
    for (size_t i = 0; i < c->nenv; i++)
        create_variable_clear(&c->env[i]);
    create_mount_clear(&c->removed_mount);
    create_variable_clear(&c->removed_variable);
    free(c->mounts);
    free(c->env);
    folders_clear(c);
    problems_clear(c);
    plan_free(c->plan);
    free(c->asked);
    free(c->facts_error);
    image_facts_clear(&c->facts);
    form_free(c->form);
    free(c->fields);
    argv_clear(&c->words);
    free(c);
}

void create_claimed(struct create_form *c, const int *vmids, size_t n)
{
    size_t max = sizeof(c->taken) / sizeof(c->taken[0]);
    c->ntaken = n < max ? n : max;
    memcpy(c->taken, vmids, c->ntaken * sizeof(vmids[0]));
    create_check(c);
}

void create_folders(struct create_form *c, struct host_folder *folders, size_t n)
{
    folders_clear(c);
    c->folders = folders;
    c->nfolders = n;
    create_check(c);
}

void create_unseen(const struct create_form *c, struct argv *paths)
{
    for (size_t i = 0; i < c->nmounts; i++) {
        const struct create_mount *m = &c->mounts[i];
        bool seen = m->volume || m->source[0] != '/';
        for (size_t k = 0; k < c->nfolders && !seen; k++)
            seen = strcmp(c->folders[k].path, m->source) == 0;
        if (!seen && !argv_has(paths, m->source))
            argv_push(paths, m->source);
    }
}

/* --- the registry --- */

/* The reference in full; false: it is none. */
static bool reference_of(const struct create_form *c, char *out, size_t size)
{
    struct imageref ref = {0};
    struct buf text = BUF_INIT;
    const char *typed = form_value(c->form, "image");
    bool good = strcmp(form_effective(c->form, "from"), "lxc") != 0 && *typed && imageref_parse(typed, &ref, NULL) == 0;
    if (good) {
        imageref_add(&text, &ref);
        snprintf(out, size, "%s", text.s);
        imageref_clear(&ref);
    }
    buf_clear(&text);
    return good;
}

void create_facts(struct create_form *c, const char *reference, struct image_facts *facts, const char *why)
{
    image_facts_clear(&c->facts);
    mem_set(&c->asked, reference);
    mem_set(&c->facts_error, why);
    c->known = why == NULL;
    if (c->known) {
        c->facts = *facts;
        memset(facts, 0, sizeof(*facts));
    }
    create_check(c);
}

const char *create_image_to_ask(const struct create_form *c, char *reference, size_t size)
{
    if (!c->plan || !making_pulls(c->plan) || !reference_of(c, reference, size))
        return NULL;
    return c->known && strcmp(c->asked, reference) == 0 ? NULL : reference;
}

/* --- from the form to a spec --- */

static void add_problem(struct spec_problems *problems, const char *field, const struct err *err)
{
    spec_problems_add(problems, 0, 0, field, "%s", err->text);
}

static void *base_of(struct spec *spec, enum spec_place place)
{
    return place == SPEC_AT_NET ? (void *)&spec->nets[0] : (void *)spec;
}

/* What the form shows as its default and pct would not take by itself, or what has another default there. */
static const char *value_of(const struct create_form *c, const char *id)
{
    static const char *const own[] = {"hostname", "storage", "bridge", "unprivileged", "nesting", "keyctl",
                                      "fuse",     "onboot",  "start",  "protection",   "firewall"};
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(own[i], id) == 0)
            return form_effective(c->form, id);
    return form_value(c->form, id);
}

static void take_field(const struct create_form *c, const struct create_link *link, struct spec *spec,
                       struct spec_problems *problems)
{
    const struct spec_field *field = spec_field_find(link->id, link->place);
    const char *value = value_of(c, link->id);
    struct err err = {0};
    bool fixed = strcmp(form_effective(c->form, "ipv4"), "static") == 0;

    if ((strcmp(link->id, "ip") == 0 || strcmp(link->id, "gateway") == 0) && !fixed)
        return;
    /* A tick that is not set says nothing, but for what is yes by itself. */
    if (!*value || (field->type == SPEC_BOOL && strcmp(value, "0") == 0 && strcmp(link->id, "unprivileged") != 0))
        return;
    if (spec_field_set(field, base_of(spec, link->place), value, &err))
        add_problem(problems, link->id, &err);
}

static void take_source(const struct create_form *c, const struct argv *skip, struct spec *spec,
                        struct spec_problems *problems)
{
    struct err err = {0};
    if (strcmp(form_effective(c->form, "from"), "lxc") == 0) {
        const char *template = form_effective(c->form, "template");
        spec->kind = SPEC_LXC;
        if (*template && !(skip && argv_has(skip, "template")))
            spec->template = mem_strdup(template);
        return;
    }
    spec->kind = SPEC_OCI;
    const char *image = form_value(c->form, "image");
    if (!*image || (skip && argv_has(skip, "image")))
        return;
    if (imageref_parse(image, &spec->image, &err))
        add_problem(problems, "image", &err);
}

static void take_network(const struct create_form *c, const struct argv *skip, struct spec *spec,
                         struct spec_problems *problems)
{
    const char *how = form_effective(c->form, "ipv4");
    if (strcmp(how, "static") != 0)
        spec->nets[0].ip = mem_strdup(how);
    else if (!*form_value(c->form, "ip") && !(skip && argv_has(skip, "ip")))
        spec_problems_add(problems, 0, 0, "ip", "Give the address with its prefix length, such as 192.168.1.40/24.");
}

static void take_gpu(const struct create_form *c, struct spec *spec)
{
    const char *pci = form_effective(c->form, "gpu");
    if (!*pci || strcmp(pci, "none") == 0)
        return;
    spec->gpu.passthrough = SPEC_TRUE;
    spec->gpu.pci = mem_strdup(pci);
}

static bool skipped(const struct argv *skip, const char *list, size_t row)
{
    char key[48];
    snprintf(key, sizeof(key), "%s %zu", list, row);
    return skip && argv_has(skip, key);
}

static void take_mount(const struct create_mount *from, struct spec *spec, struct spec_problems *problems)
{
    struct spec_mount *m = spec_add_mount(spec);
    struct err err = {0};
    struct buf field = BUF_INIT;

    if (from->volume) {
        m->storage = *from->storage ? mem_strdup(from->storage) : NULL;
        spec_mount_field(spec->nmounts - 1, &field);
        buf_adds(&field, ".size");
        if (*from->size && spec_field_set(spec_field_find("size", SPEC_AT_MOUNT), m, from->size, &err))
            add_problem(problems, field.s, &err);
        buf_clear(&field);
    } else if (*from->source) {
        spec_field_set(spec_field_find("source", SPEC_AT_MOUNT), m, from->source, NULL);
    }
    if (*from->target)
        spec_field_set(spec_field_find("target", SPEC_AT_MOUNT), m, from->target, NULL);
    m->readonly = from->readonly ? SPEC_TRUE : SPEC_BOOL_UNSET;
}

static void take_variable(const struct create_variable *from, struct spec *spec)
{
    struct spec_env *env = spec_add_env(spec);
    env->name = mem_strdup(from->name);
    if (text_starts(from->value, "@/", NULL))
        env->file = mem_strdup(from->value + 1);
    else
        env->value = mem_strdup(from->value);
}

void create_spec(const struct create_form *c, const struct argv *skip, struct spec *spec,
                 struct spec_problems *problems)
{
    spec_init(spec);
    take_source(c, skip, spec, problems);
    /* A host without a bridge has CTs without a network. */
    bool net = !c->host || c->host->nbridges > 0 || *form_value(c->form, "bridge");
    if (net) {
        spec_add_net(spec);
        take_network(c, skip, spec, problems);
    }
    for (size_t i = 0; i < create_nlinks; i++)
        if ((net || create_links[i].place != SPEC_AT_NET) && (!skip || !argv_has(skip, create_links[i].id)))
            take_field(c, &create_links[i], spec, problems);
    if (!skip || !argv_has(skip, "gpu"))
        take_gpu(c, spec);
    for (size_t i = 0; i < c->nmounts; i++)
        if (!skipped(skip, "mounts", i))
            take_mount(&c->mounts[i], spec, problems);
    for (size_t i = 0; i < c->nenv; i++)
        if (!skipped(skip, "env", i))
            take_variable(&c->env[i], spec);
}

/* --- keys --- */

static bool group_has(const char *group, const char *id)
{
    return strncmp(id, group, 2) == 0;
}

enum form_event create_key(struct create_form *c, const struct key *key, const char *paste, size_t npaste)
{
    enum form_event event = form_key(c->form, key, paste, npaste);
    const char *focus = form_focus(c->form);
    switch (event) {
    case FORM_LIST_EDIT:
    case FORM_LIST_ADD:
    case FORM_LIST_REMOVE:
    case FORM_LIST_RESTORE:
    case FORM_LIST_UP:
    case FORM_LIST_DOWN:
        event = create_list_event(c, event);
        break;
    case FORM_CHANGED:
        if (group_has("m.", focus) || group_has("e.", focus))
            create_list_take(c);
        break;
    case FORM_LEFT_FIELD:
        create_list_leave(c);
        break;
    default:
        return event;
    }
    if (strcmp(focus, "image") == 0 || strcmp(focus, "from") == 0)
        suggest_name(c);
    create_show_fields(c);
    create_check(c);
    return event;
}

bool create_dirty(const struct create_form *c)
{
    for (int i = 0; i < create_nfields; i++)
        if (create_fields[i].kind != FORM_HEADING && *form_value(c->form, create_fields[i].id) &&
            strcmp(create_fields[i].id, "from") != 0)
            return true;
    return c->nmounts || c->nenv;
}

const char *create_option(const struct create_form *c)
{
    const struct create_link *link = create_link(form_focus(c->form));
    return link ? link->option : NULL;
}
