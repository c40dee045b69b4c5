#include "tui/create-form.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "tui/making.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What is wrong, found in rounds: what is wrong is left out, and the rest is checked anew, first by the spec's own
 * rules and then against the host. The plan of the last round is the preview; what was left out stands in it as `?`.
 */
#define ROUNDS 6

/* --- where a problem stands --- */

/* How the spec and the plan name fields that have no row in create_links, or another name there. */
static const struct {
    const char *field, *id;
} names[] = {
    {"oci", "image"},           {"oci.image", "image"},   {"image", "image"},         {"oci.arch", "image"},
    {"arch", "image"},          {"template", "template"}, {"image_storage", "image"}, {"gpu", "gpu"},
    {"gpu.passthrough", "gpu"}, {"gpu.type", "gpu"},      {"gpu.pci", "gpu"},         {"gpu.gid", "gpu"},
};

static const char *field_id(const char *field)
{
    const char *rest = strchr(field, '.');
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i].field, field) == 0)
            return names[i].id;
    if (create_link(field))
        return create_link(field)->id;
    return rest && create_link(rest + 1) ? create_link(rest + 1)->id : "image";
}

/* The row of the list that the n-th element of the spec came from, as skipped ones are not in it. */
static int row_of(const struct argv *skip, const char *list, size_t element)
{
    char key[48];
    for (int row = 0;; row++) {
        snprintf(key, sizeof(key), "%s %d", list, row);
        if (!argv_has(skip, key) && element-- == 0)
            return row;
    }
}

static const char *mount_part(const struct create_form *c, int row, const char *field)
{
    const char *part = strchr(field, '.');
    bool volume = row < (int)c->nmounts && c->mounts[row].volume;
    if (part && strcmp(part, ".target") == 0)
        return "m.target";
    if (part && strcmp(part, ".size") == 0)
        return "m.size";
    return volume ? "m.storage" : "m.source";
}

static int variable_row(const struct create_form *c, const struct argv *skip, const char *name)
{
    for (size_t i = c->nenv; i-- > 0;) {
        char key[48];
        struct buf shown = BUF_INIT;
        snprintf(key, sizeof(key), "env %zu", i);
        text_add_shown(&shown, c->env[i].name, strlen(c->env[i].name));
        bool same = strcmp(shown.s, name) == 0 && !argv_has(skip, key);
        buf_clear(&shown);
        if (same)
            return (int)i;
    }
    return -1;
}

/* Notes the problem; what it is about is skipped in the next round. */
static void add(struct create_form *c, const struct spec_problem *from, const struct argv *before, struct argv *skip)
{
    const char *field = from->field ? from->field : "";
    struct create_problem p = {.row = -1, .reason = mem_strdup(from->reason)};
    size_t index;

    if (sscanf(field, "mounts[%zu]", &index) == 1) {
        p.row = row_of(before, "mounts", index);
        p.id = mem_strdup("mounts");
        p.part = mem_strdup(mount_part(c, p.row, field));
        argv_pushf(skip, "mounts %d", p.row);
    } else if (strncmp(field, "env.", 4) == 0) {
        p.row = variable_row(c, before, field + 4);
        p.id = mem_strdup("env");
        p.part = mem_strdup(p.row >= 0 && !*c->env[p.row].name ? "e.name" : "e.value");
        argv_pushf(skip, "env %d", p.row);
    } else {
        bool template = strcmp(form_effective(c->form, "from"), "lxc") == 0;
        const char *id = field_id(field);
        p.id = mem_strdup(template && strcmp(id, "image") == 0 ? "template" : id);
        argv_push(skip, p.id);
        /* A gateway is judged by the address. */
        if (strcmp(p.id, "ip") == 0)
            argv_push(skip, "gateway");
    }
    MEM_GROW(c->problems, c->nproblems);
    c->problems[c->nproblems++] = p;
}

const struct create_problem *create_problem(const struct create_form *c, const char *id)
{
    bool mount = strncmp(id, "m.", 2) == 0, variable = strncmp(id, "e.", 2) == 0;
    for (size_t i = 0; i < c->nproblems; i++) {
        const struct create_problem *p = &c->problems[i];
        if (mount || variable) {
            if (p->part && strcmp(p->part, id) == 0 && p->row == (mount ? c->mount : c->variable))
                return p;
        } else if (strcmp(p->id, id) == 0) {
            return p;
        }
    }
    return NULL;
}

bool create_to_problem(struct create_form *c)
{
    const struct create_problem *first = NULL;
    for (int i = 0; i < create_nfields && !first; i++)
        first = create_fields[i].id[1] == '.' ? NULL : create_problem(c, create_fields[i].id);
    if (!first)
        return false;
    if (first->row >= 0) {
        form_to(c->form, first->id);
        form_to_list_row(c->form, first->row);
        create_list_event(c, FORM_LIST_EDIT);
        create_show_fields(c);
    }
    form_leave_all(c->form);
    form_to(c->form, first->part ? first->part : first->id);
    return true;
}

/* --- the plan --- */

static struct plan *plan_of(struct create_form *c, struct spec *spec, const struct argv *skip,
                            struct spec_problems *problems)
{
    /* With the folders that this form had looked at, beside what the snapshot knows. */
    struct host host = *c->host;
    char reference[1024];
    struct imageref placeholder = {0};
    bool known = c->known && spec->kind == SPEC_OCI && !argv_has(skip, "image");

    if (spec->kind == SPEC_OCI && !spec->image.repository &&
        !imageref_parse("docker.io/library/image", &placeholder, NULL))
        spec->image = placeholder;
    if (spec->kind == SPEC_LXC && !spec->template)
        spec->template = mem_strdup("template.tar.zst");
    if (c->nfolders) {
        host.folders = c->folders;
        host.nfolders = c->nfolders;
    }
    if (known) {
        struct buf text = BUF_INIT;
        imageref_add(&text, &spec->image);
        snprintf(reference, sizeof(reference), "%s", text.s);
        buf_clear(&text);
        known = strcmp(reference, c->asked) == 0;
    }
    return plan_create(spec, &host, known ? &c->facts : NULL, c->settings, c->plan_id, c->taken, c->ntaken, problems);
}

static struct argv *create_call(struct plan *plan)
{
    for (size_t i = 0; i < plan->nsteps; i++) {
        struct argv *argv = &plan->steps[i].argv;
        if (argv->n > 2 && strcmp(argv->v[0], "pct") == 0 && strcmp(argv->v[1], "create") == 0)
            return argv;
    }
    return NULL;
}

/* The value of the option is not known. */
static void unknown(struct argv *argv, const char *option)
{
    for (size_t i = 0; i + 1 < argv->n; i++) {
        if (strcmp(argv->v[i], option) == 0) {
            free(argv->v[i + 1]);
            argv->v[i + 1] = mem_strdup(MAKING_UNKNOWN);
            return;
        }
    }
    argv_push_all(argv, option, MAKING_UNKNOWN, (char *)NULL);
}

static void mark_unknown(const struct create_form *c, struct plan *plan)
{
    struct argv *argv = create_call(plan);
    for (size_t i = 0; argv && i < c->nproblems; i++) {
        const struct create_problem *p = &c->problems[i];
        const struct create_link *link = create_link(p->id);
        char option[16];
        if (link && link->option) {
            unknown(argv, link->option);
        } else if (strcmp(p->id, "vmid") == 0) {
            free(argv->v[2]);
            argv->v[2] = mem_strdup(MAKING_UNKNOWN);
        } else if (strcmp(p->id, "mounts") == 0) {
            snprintf(option, sizeof(option), "--mp%d", p->row);
            argv_push_all(argv, option, MAKING_UNKNOWN, (char *)NULL);
        }
    }
}

static void forget(struct create_form *c)
{
    for (size_t i = 0; i < c->nproblems; i++) {
        free(c->problems[i].id);
        free(c->problems[i].part);
        free(c->problems[i].reason);
    }
    free(c->problems);
    c->problems = NULL;
    c->nproblems = 0;
    plan_free(c->plan);
    c->plan = NULL;
}

void create_check(struct create_form *c)
{
    struct argv skip = ARGV_INIT;
    bool again = true;

    forget(c);
    for (int round = 0; again && round < ROUNDS; round++) {
        struct spec spec;
        struct spec_problems problems = {0};
        struct argv before = ARGV_INIT;
        bool source = argv_has(&skip, "image") || argv_has(&skip, "template");

        argv_append(&before, &skip);
        create_spec(c, &skip, &spec, &problems);
        if (source) /* it was told already */
            (spec.kind == SPEC_OCI ? imageref_parse("docker.io/library/image", &spec.image, NULL)
                                   : (spec.template = mem_strdup("template.tar.zst"), 0));
        if (!problems.n)
            spec_check(&spec, &problems);
        if (!problems.n && c->host)
            c->plan = plan_of(c, &spec, &skip, &problems);
        /* A template that is only a place holder is not there; that was not the question. */
        for (size_t i = 0; i < problems.n; i++)
            if (!source || strcmp(field_id(problems.v[i].field), "image") != 0)
                add(c, &problems.v[i], &before, &skip);
        again = problems.n > 0 && skip.n > before.n;
        spec_problems_clear(&problems);
        spec_clear(&spec);
        argv_clear(&before);
    }
    if (c->plan && (argv_has(&skip, "image") || argv_has(&skip, "template"))) {
        plan_free(c->plan);
        c->plan = NULL;
    }
    if (c->plan)
        mark_unknown(c, c->plan);
    argv_clear(&skip);
    form_recheck(c->form);
}

/* --- one field --- */

/* True when more typing can make the value right. */
static bool can_mend(const struct create_link *link, const char *value)
{
    static const char *const more[] = {"a",      "0",   "00",   "0000",  "1",       ".1",       ".1.1",
                                       ".1.1.1", "/24", "1/24", ".1/24", ".1.1/24", ".1.1.1/24"};
    const struct spec_field *field = spec_field_find(link->id, link->place);
    bool mends = false;
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]) && !mends; i++) {
        char *longer = mem_printf("%s%s", value, more[i]);
        struct spec spec;
        spec_init(&spec);
        spec_add_net(&spec);
        void *base = link->place == SPEC_AT_NET ? (void *)&spec.nets[0] : (void *)&spec;
        mends = !spec_field_set(field, base, longer, NULL) && !spec_field_check(field, base, NULL);
        spec_clear(&spec);
        free(longer);
    }
    return mends;
}

void create_value_check(void *data, const char *id, const char *value, char *why, size_t size, bool *mendable)
{
    struct create_form *c = data;
    const struct create_link *link = create_link(id);
    const struct create_problem *problem = create_problem(c, id);

    if (!problem || strcmp(id, "mounts") == 0 || strcmp(id, "env") == 0) {
        if (problem && (problem->row != c->mount || strcmp(id, "env") == 0) &&
            (problem->row != c->variable || strcmp(id, "mounts") == 0))
            snprintf(why, size, "%s", problem->reason);
        return;
    }
    snprintf(why, size, "%s", problem->reason);
    *mendable = !link || !*value || can_mend(link, value);
}
