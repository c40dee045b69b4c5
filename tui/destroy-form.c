#include "tui/destroy-form.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/host/ctconf.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct form_field fields[] = {
    {.id = "stop", .kind = FORM_TOGGLE, .unit = "Stop it first   it runs: it is shut down, within 60 seconds"},
    {.id = "lift", .kind = FORM_TOGGLE, .unit = "Lift the protection   it is protected against just this"},
    {.id = "purge", .kind = FORM_TOGGLE, .unit = "Purge           take it out of backup, replication and HA jobs too"},
    {.id = "loose", .kind = FORM_TOGGLE, .unit = "Loose disks     remove disks of this VMID that no CT uses"},
    {.id = "blank1", .kind = FORM_NOTE, .label = ""},
    {.id = "runs", .kind = FORM_NOTE, .label = ""},
    {.id = "blank2", .kind = FORM_NOTE, .label = ""},
    {.id = "name", .label = "To destroy it, type its name", .kind = FORM_TEXT, .width = 24, .max = 256},
    {.id = "blank3", .kind = FORM_NOTE, .label = ""},
    {.id = "keep", .label = "Keep it", .kind = FORM_BUTTON, .help = "Closes this page. Nothing has been changed."},
    {.id = "destroy", .label = "Destroy", .kind = FORM_BUTTON, .danger = true,
     .help = "What is listed as lost is lost for good."},
};
/* clang-format on */

/* --- what is lost --- */

void destroy_lines_clear(struct destroy_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        free(lines->v[i].what);
        free(lines->v[i].where);
        free(lines->v[i].size);
    }
    free(lines->v);
    *lines = (struct destroy_lines){0};
}

static void add(struct destroy_lines *lines, const char *what, char *where, char *size)
{
    MEM_GROW(lines->v, lines->n);
    lines->v[lines->n++] = (struct destroy_line){
        .what = mem_strdup(what), .where = where ? where : mem_strdup(""), .size = size ? size : mem_strdup("")};
}

/* "3.1 of 8.0 GiB" of the root disk, else what the conf says. */
static char *size_of(const struct ct *ct, const struct ctconf_mount *m)
{
    struct buf b = BUF_INIT;
    uint64_t bytes;
    if (strcmp(m->key, "rootfs") == 0 && ct->maxdisk != HOST_UNKNOWN) {
        if (ct->disk != HOST_UNKNOWN && ct->disk) {
            num_add_size(&b, ct->disk);
            buf_adds(&b, " of ");
        }
        num_add_size(&b, ct->maxdisk);
    } else if (m->size && num_parse_size(m->size, 1, &bytes)) {
        num_add_size(&b, bytes);
    }
    return buf_detach(&b);
}

static void list_mounts(struct destroy_form *d, const struct ct *ct)
{
    struct ctconf_mount *mounts = NULL;
    size_t n = ctconf_mounts(ct->conf, &mounts);
    for (size_t i = 0; i < n; i++) {
        const struct ctconf_mount *m = &mounts[i];
        const char *target = m->target ? m->target : m->key;
        if (m->bind)
            add(&d->stays, target, mem_printf("host folder %s", m->volume), NULL);
        else
            add(&d->lost, strcmp(m->key, "rootfs") == 0 ? "root disk" : target, mem_strdup(m->volume), size_of(ct, m));
    }
    ctconf_mounts_free(mounts, n);
}

/* Disks that were taken out of the CT and still belong to it. */
static void list_unused(struct destroy_form *d, const struct ct *ct)
{
    for (size_t i = 0; i < ct->conf->nentries; i++)
        if (strncmp(ct->conf->entries[i].key, "unused", 6) == 0)
            add(&d->lost, "a disk it no longer uses", mem_strdup(ct->conf->entries[i].value), NULL);
    for (size_t i = 0; i < ct->conf->snapshots.n; i++)
        add(&d->lost, "snapshot", mem_strdup(ct->conf->snapshots.v[i]), NULL);
}

static void list_image(struct destroy_form *d, const struct host *host, const struct ct *ct)
{
    int others = 0;
    bool here = false;
    if (!ct->reference)
        return;
    for (size_t i = 0; i < host->nimages; i++)
        here = here || (host->images[i].reference && strcmp(host->images[i].reference, ct->reference) == 0);
    for (size_t i = 0; i < host->ncts; i++)
        others += host->cts[i].vmid != ct->vmid && host->cts[i].reference &&
                  strcmp(host->cts[i].reference, ct->reference) == 0;
    if (!here)
        return;
    if (others)
        add(&d->stays, "the image", mem_printf("%s, used by %d more", ct->reference, others), NULL);
    else
        add(&d->stays, "the image", mem_printf("%s, used by no other CT", ct->reference), NULL);
}

/* --- the ticks and the name --- */

static bool ticked(const struct destroy_form *d, const char *id)
{
    return strcmp(form_value(d->form, id), "1") == 0;
}

static void guard(struct destroy_form *d)
{
    form_disable(d->form, "destroy", destroy_why_not(d));
    form_recheck(d->form);
}

const char *destroy_why_not(const struct destroy_form *d)
{
    if (!d->plan)
        return d->why;
    if (strcmp(form_value(d->form, "name"), d->name) != 0)
        return "The name is not typed yet, all of it. Nothing has been changed yet.";
    return NULL;
}

static void make_plan(struct destroy_form *d, const struct host *host)
{
    const struct plan_destroy_options options = {
        .stop_first = ticked(d, "stop"),
        .lift_protection = ticked(d, "lift"),
        .purge = ticked(d, "purge"),
        .loose_disks = ticked(d, "loose"),
    };
    struct err err = {0};
    plan_free(d->plan);
    d->plan = host ? plan_destroy(host, d->vmid, &options, d->plan_id, &err) : NULL;
    const struct ct *ct = host ? host_ct(host, d->vmid) : NULL;
    const char *protection = ct && ct->conf && !ct->lock ? ctconf_get(ct->conf, "protection") : NULL;
    /* What a tick here is for is said in the words of this page. */
    if (ct && !ct->lock && ct->state == CT_RUNNING && !options.stop_first)
        snprintf(d->why, sizeof(d->why), "%s runs: tick Stop it first, Space does it.", ct->name);
    else if (protection && strcmp(protection, "1") == 0 && !options.lift_protection)
        snprintf(d->why, sizeof(d->why), "%s is protected: tick Lift the protection, Space does it.", ct->name);
    else
        snprintf(d->why, sizeof(d->why), "%s", host ? err.text : "The host has not been read yet.");
}

void destroy_look(struct destroy_form *d, const struct host *host)
{
    const struct ct *ct = host ? host_ct(host, d->vmid) : NULL;
    const char *protection = ct && ct->conf ? ctconf_get(ct->conf, "protection") : NULL;

    destroy_lines_clear(&d->lost);
    destroy_lines_clear(&d->stays);
    mem_set(&d->name, ct ? ct->name : NULL);
    form_show(d->form, "stop", ct && ct->state == CT_RUNNING);
    form_show(d->form, "lift", protection && strcmp(protection, "1") == 0);
    if (ct && ct->conf) {
        list_mounts(d, ct);
        list_unused(d, ct);
        list_image(d, host, ct);
    }
    make_plan(d, host);
    guard(d);
}

static void note(void *data, const char *id, char *text, size_t size)
{
    const struct destroy_form *d = data;
    struct buf line = BUF_INIT;
    if (strcmp(id, "runs") != 0)
        return;
    if (!d->plan) {
        snprintf(text, size, "Runs   nothing yet. %s", d->why);
        return;
    }
    buf_adds(&line, "Runs   ");
    argv_quote(&line, &d->plan->steps[d->plan->nsteps - 1].argv);
    if (d->plan->nsteps > 2)
        buf_addf(&line, "   after %zu other steps: ^V", d->plan->nsteps - 1);
    snprintf(text, size, "%s", line.s);
    buf_clear(&line);
}

static void check(void *data, const char *id, const char *value, char *why, size_t size, bool *mendable)
{
    const struct destroy_form *d = data;
    size_t len = strlen(value);
    if (strcmp(id, "name") != 0 || !d->name || strcmp(value, d->name) == 0)
        return;
    /* Empty, or its beginning: nothing to complain about. */
    *mendable = strncmp(value, d->name, len) == 0;
    if (len)
        snprintf(why, size, "this is not its name");
}

struct destroy_form *destroy_new(int vmid, const struct host *host)
{
    struct destroy_form *d = mem_zero(1, sizeof(*d));
    const struct form_owner owner = {.data = d, .check = check, .note = note};
    const struct form_options options = {.value_column = 36, .one_page = true};
    snprintf(d->why, sizeof(d->why), "The host has not been read yet.");
    d->vmid = vmid;
    plan_new_id(d->plan_id);
    d->form = form_new(fields, (int)(sizeof(fields) / sizeof(fields[0])), &owner, &options);
    destroy_look(d, host);
    form_to(d->form, "name");
    form_to(d->form, "lift");
    form_to(d->form, "stop");
    return d;
}

void destroy_free(struct destroy_form *d)
{
    if (!d)
        return;
    destroy_lines_clear(&d->lost);
    destroy_lines_clear(&d->stays);
    plan_free(d->plan);
    form_free(d->form);
    free(d->name);
    free(d);
}

enum form_event destroy_key(struct destroy_form *d, const struct host *host, const struct key *key, const char *paste,
                            size_t npaste)
{
    if (key_is_code(key, KEYS_ENTER) && strcmp(form_focus(d->form), "name") == 0) {
        if (destroy_why_not(d))
            return FORM_REFUSED;
        form_to(d->form, "destroy");
        return FORM_PRESSED;
    }
    enum form_event event = form_key(d->form, key, paste, npaste);
    if (event == FORM_CHANGED) {
        make_plan(d, host);
        guard(d);
    }
    return event;
}

struct plan *destroy_take(struct destroy_form *d)
{
    struct plan *plan = destroy_why_not(d) ? NULL : d->plan;
    if (plan)
        d->plan = NULL;
    return plan;
}
