#include "tui/create-form.h"
#include "tui/making.h"

#include "backend/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The lists of mounts and variables: rows that are edited in fields below the list while one of those has the focus. */

void create_mount_clear(struct create_mount *m)
{
    free(m->source);
    free(m->storage);
    free(m->size);
    free(m->target);
    *m = (struct create_mount){0};
}

void create_variable_clear(struct create_variable *v)
{
    free(v->name);
    free(v->value);
    *v = (struct create_variable){0};
}

static bool is_mounts(const char *id)
{
    return strcmp(id, "mounts") == 0;
}

/* --- what is seen --- */

int create_list_rows(void *data, const struct form_field *field)
{
    const struct create_form *c = data;
    return (int)(is_mounts(field->id) ? c->nmounts : c->nenv);
}

static const struct create_problem *row_problem(const struct create_form *c, const char *id, int row)
{
    for (size_t i = 0; i < c->nproblems; i++)
        if (c->problems[i].row == row && strcmp(c->problems[i].id, id) == 0)
            return &c->problems[i];
    return NULL;
}

static void mount_row(const struct create_mount *m, struct form_row *out)
{
    char what[600], size[64] = "";
    if (m->volume) {
        snprintf(what, sizeof(what), "new volume on %s", *m->storage ? m->storage : MAKING_UNKNOWN);
        snprintf(size, sizeof(size), "%s G", *m->size ? m->size : MAKING_UNKNOWN);
    } else {
        snprintf(what, sizeof(what), "host folder %s", m->source);
    }
    snprintf(out->text, sizeof(out->text), "%-12.200s %-28.200s %5.20s  %s", m->target, what, size,
             m->readonly ? "ro" : "rw");
}

void create_list_row(void *data, const struct form_field *field, int row, int width, struct form_row *out)
{
    const struct create_form *c = data;
    const struct create_problem *problem = row_problem(c, field->id, row);
    (void)width;
    if (is_mounts(field->id))
        mount_row(&c->mounts[row], out);
    else
        snprintf(out->text, sizeof(out->text), "%.100s=%.300s", c->env[row].name, c->env[row].value);
    if (problem) {
        size_t len = strlen(out->text);
        out->trouble = true;
        snprintf(out->text + len, sizeof(out->text) - len, "   %.160s", problem->reason);
    }
}

/* --- the fields below --- */

static void name_rows(struct create_form *c)
{
    const char *target = c->mount >= 0 ? c->mounts[c->mount].target : "";
    const char *name = c->variable >= 0 ? c->env[c->variable].name : "";
    snprintf(c->heading[0], sizeof(c->heading[0]), "%.60s", *target ? target : "New mount");
    snprintf(c->heading[1], sizeof(c->heading[1]), "%.60s", *name ? name : "New variable");
}

static void open_mount(struct create_form *c, int row)
{
    const struct create_mount *m = &c->mounts[row];
    c->mount = row;
    name_rows(c);
    form_set(c->form, "m.what", m->volume ? "volume" : "folder");
    form_set(c->form, "m.source", m->source);
    form_set(c->form, "m.storage", m->storage);
    form_set(c->form, "m.size", m->size);
    form_set(c->form, "m.target", m->target);
    form_set(c->form, "m.mode", m->readonly ? "ro" : "rw");
    create_show_fields(c);
    form_to(c->form, "m.what");
}

static void open_variable(struct create_form *c, int row)
{
    c->variable = row;
    name_rows(c);
    form_set(c->form, "e.name", c->env[row].name);
    form_set(c->form, "e.value", c->env[row].value);
    create_show_fields(c);
    form_to(c->form, "e.name");
}

void create_list_take(struct create_form *c)
{
    struct form *f = c->form;
    if (c->mount >= 0) {
        struct create_mount *m = &c->mounts[c->mount];
        m->volume = strcmp(form_effective(f, "m.what"), "volume") == 0;
        m->readonly = strcmp(form_effective(f, "m.mode"), "ro") == 0;
        mem_set(&m->source, form_value(f, "m.source"));
        mem_set(&m->storage, form_effective(f, "m.storage"));
        mem_set(&m->size, form_value(f, "m.size"));
        mem_set(&m->target, form_value(f, "m.target"));
    }
    if (c->variable >= 0) {
        mem_set(&c->env[c->variable].name, form_value(f, "e.name"));
        mem_set(&c->env[c->variable].value, form_value(f, "e.value"));
    }
    name_rows(c);
}

static bool untouched(const struct create_mount *m)
{
    return !*m->source && !*m->target && !*m->size;
}

static void drop_mount(struct create_form *c, int row)
{
    memmove(&c->mounts[row], &c->mounts[row + 1], (c->nmounts - (size_t)row - 1) * sizeof(c->mounts[0]));
    c->nmounts--;
}

static void drop_variable(struct create_form *c, int row)
{
    memmove(&c->env[row], &c->env[row + 1], (c->nenv - (size_t)row - 1) * sizeof(c->env[0]));
    c->nenv--;
}

/* A row that was added and left empty goes again. */
void create_list_leave(struct create_form *c)
{
    const char *focus = form_focus(c->form);
    if (c->mount >= 0 && strncmp(focus, "m.", 2) != 0) {
        struct create_mount *m = &c->mounts[c->mount];
        if (untouched(m)) {
            create_mount_clear(m);
            drop_mount(c, c->mount);
        }
        c->mount = -1;
    }
    if (c->variable >= 0 && strncmp(focus, "e.", 2) != 0) {
        struct create_variable *v = &c->env[c->variable];
        if (!*v->name && !*v->value) {
            create_variable_clear(v);
            drop_variable(c, c->variable);
        }
        c->variable = -1;
    }
}

/* --- adding, removing, moving --- */

static void add_mount(struct create_form *c)
{
    MEM_GROW(c->mounts, c->nmounts);
    c->mounts[c->nmounts++] = (struct create_mount){.source = mem_strdup(""),
                                                    .storage = mem_strdup(form_effective(c->form, "storage")),
                                                    .size = mem_strdup(""),
                                                    .target = mem_strdup("")};
    open_mount(c, (int)c->nmounts - 1);
}

static void add_variable(struct create_form *c)
{
    MEM_GROW(c->env, c->nenv);
    c->env[c->nenv++] = (struct create_variable){.name = mem_strdup(""), .value = mem_strdup("")};
    open_variable(c, (int)c->nenv - 1);
}

static void mounts_event(struct create_form *c, enum form_event event, int row)
{
    struct create_mount moved;
    int step = event == FORM_LIST_UP ? -1 : 1;
    switch (event) {
    case FORM_LIST_EDIT:
        open_mount(c, row);
        break;
    case FORM_LIST_ADD:
        add_mount(c);
        break;
    case FORM_LIST_REMOVE:
        create_mount_clear(&c->removed_mount);
        c->removed_mount = c->mounts[row];
        c->mount_removed = true;
        drop_mount(c, row);
        break;
    case FORM_LIST_RESTORE:
        if (!c->mount_removed)
            break;
        MEM_GROW(c->mounts, c->nmounts);
        c->mounts[c->nmounts++] = c->removed_mount;
        c->removed_mount = (struct create_mount){0};
        c->mount_removed = false;
        break;
    default:
        moved = c->mounts[row];
        c->mounts[row] = c->mounts[row + step];
        c->mounts[row + step] = moved;
        form_to_list_row(c->form, row + step);
    }
}

static void env_event(struct create_form *c, enum form_event event, int row)
{
    struct create_variable moved;
    int step = event == FORM_LIST_UP ? -1 : 1;
    switch (event) {
    case FORM_LIST_EDIT:
        open_variable(c, row);
        break;
    case FORM_LIST_ADD:
        add_variable(c);
        break;
    case FORM_LIST_REMOVE:
        create_variable_clear(&c->removed_variable);
        c->removed_variable = c->env[row];
        c->variable_removed = true;
        drop_variable(c, row);
        break;
    case FORM_LIST_RESTORE:
        if (!c->variable_removed)
            break;
        MEM_GROW(c->env, c->nenv);
        c->env[c->nenv++] = c->removed_variable;
        c->removed_variable = (struct create_variable){0};
        c->variable_removed = false;
        break;
    default:
        moved = c->env[row];
        c->env[row] = c->env[row + step];
        c->env[row + step] = moved;
        form_to_list_row(c->form, row + step);
    }
}

enum form_event create_list_event(struct create_form *c, enum form_event event)
{
    int row = form_list_row(c->form);
    if (is_mounts(form_focus(c->form)))
        mounts_event(c, event, row);
    else
        env_event(c, event, row);
    return FORM_CHANGED;
}
