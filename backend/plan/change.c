#include "backend/plan/backend.h"
#include "backend/plan/lifecycle.h"
#include "backend/plan/pct.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <stdlib.h>
#include <string.h>

#define INDEX_MAX 255 /* of mp and dev, recorded from pct 6.1.10 */

/* A change that is being planned. `pairs` are KEY, VALUE, KEY, VALUE …: the options, and what an undo takes back. */
struct change {
    const struct spec *spec;
    const struct host *host;
    const struct ct *ct;
    struct plan *plan;
    struct spec_problems *problems;
    struct argv pairs;
    size_t folders, volumes;
    bool gpu;
    struct need *needs; /* room for the new volumes */
    size_t nneeds;
};

static bool same_path(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);

    while (la > 1 && a[la - 1] == '/')
        la--;
    while (lb > 1 && b[lb - 1] == '/')
        lb--;
    return la == lb && memcmp(a, b, la) == 0;
}

/* Takes over `value`. */
static bool add_pair(struct change *c, const char *prefix, bool *taken, char *value)
{
    int index = ctconf_next_index(c->ct->conf, prefix, INDEX_MAX, taken);

    if (index < 0) {
        free(value);
        return false;
    }
    taken[index] = true;
    argv_pushf(&c->pairs, "%s%d", prefix, index);
    argv_push_nodup(&c->pairs, value);
    return true;
}

/* What is at this place of the CT already; NULL: nothing. */
static const struct ctconf_mount *mounted_at(const struct ctconf_mount *mounts, size_t n, const char *target)
{
    for (size_t i = 0; i < n; i++)
        if (mounts[i].target && same_path(mounts[i].target, target))
            return &mounts[i];
    return NULL;
}

static bool is_same_mount(const struct ctconf_mount *there, const struct spec_mount *wanted)
{
    const char *rest;

    if (wanted->source)
        return there->bind && same_path(there->volume, wanted->source);
    return !there->bind && text_starts(there->volume, wanted->storage, &rest) && *rest == ':';
}

/* True when the volume can be made, as far as storages go. */
static bool plan_volume(struct change *c, size_t i)
{
    const struct spec_mount *wanted = &c->spec->mounts[i];
    const struct storage *storage = volume_storage(c->host, wanted, i, c->problems);

    if (storage)
        need_add(c->needs, &c->nneeds, storage, (uint64_t)wanted->size << 30, "mounts", wanted->line);
    return storage;
}

static void plan_mount(struct change *c, size_t i, const struct ctconf_mount *there, bool *taken)
{
    const struct spec_mount *wanted = &c->spec->mounts[i];
    char *field = mem_printf("mounts[%zu].%s", i, there ? "target" : wanted->source ? "source" : "volume");

    if (there && is_same_mount(there, wanted)) {
        plan_add_note(c->plan, "%s is mounted at %s already (%s, %s); it stays as it is.", there->volume, there->target,
                      there->key, there->readonly ? "read only" : "read and write");
    } else if (there) {
        spec_problems_add(c->problems, wanted->line, 0, field,
                          "%s of CT %d is taken: %s is mounted there (%s). Choose another target, or remove that mount "
                          "first.",
                          wanted->target, c->ct->vmid, there->volume, there->key);
    } else if (!wanted->source && !plan_volume(c, i)) {
        ; /* the problem is told */
    } else if (!add_pair(c, "mp", taken, pct_mount_value(wanted))) {
        spec_problems_add(c->problems, wanted->line, 0, field, "CT %d has no free mount: mp0 to mp%d are taken.",
                          c->ct->vmid, INDEX_MAX);
    } else if (wanted->source) {
        check_folder(c->host, wanted, i, ct_flag(c->ct, "unprivileged"), c->plan, c->problems);
        c->folders++;
    } else {
        c->volumes++;
    }
    free(field);
}

static void plan_mounts(struct change *c)
{
    bool taken[INDEX_MAX + 1] = {false};
    struct ctconf_mount *mounts = NULL;
    size_t n = ctconf_mounts(c->ct->conf, &mounts);

    for (size_t i = 0; i < c->spec->nmounts; i++)
        plan_mount(c, i, mounted_at(mounts, n, c->spec->mounts[i].target), taken);
    ctconf_mounts_free(mounts, n);
    needs_check(c->needs, c->nneeds, c->plan, c->problems);
    if (c->folders + c->volumes && ct_flag(c->ct, "protection"))
        spec_problems_add(
            c->problems, 0, 0, "mounts",
            "CT %d %s is protected, and its mounts cannot be changed. Lift the protection first: `pct set "
            "%d --protection 0`.",
            c->ct->vmid, c->ct->name, c->ct->vmid);
    if (c->folders)
        note_snapshots(c->plan);
}

/* The key under which the CT has this device node; NULL: it has not. */
static const char *has_device(const struct ctconf *conf, const char *node)
{
    for (size_t i = 0; i < conf->nentries; i++) {
        const char *rest;
        if (!text_starts(conf->entries[i].key, "dev", &rest) || strspn(rest, "0123456789") != strlen(rest) || !*rest)
            continue;
        char *path = ctconf_prop(conf->entries[i].value, "path", "path");
        bool same = path && strcmp(path, node) == 0;
        free(path);
        if (same)
            return conf->entries[i].key;
    }
    return NULL;
}

static void plan_gpu(struct change *c)
{
    bool taken[INDEX_MAX + 1] = {false};
    const struct gpu *gpu = NULL;
    struct err err = {0};

    if (c->spec->gpu.passthrough != SPEC_TRUE)
        return;
    if (gpu_choose(c->host, &c->spec->gpu, c->plan, &gpu, &err) < 0) {
        spec_problems_add(c->problems, 0, 0, c->spec->gpu.pci ? "gpu.pci" : "gpu.type", "%s", err.text);
        return;
    }
    const char *key = has_device(c->ct->conf, gpu->render);
    if (key) {
        plan_add_note(c->plan, "The CT has %s already (%s); it stays as it is.", gpu->render, key);
        return;
    }
    c->gpu = add_pair(c, "dev", taken, pct_device_value(gpu, &c->spec->gpu));
    if (!c->gpu)
        spec_problems_add(c->problems, 0, 0, "gpu", "CT %d has no free device: dev0 to dev%d are taken.", c->ct->vmid,
                          INDEX_MAX);
    else if (c->ct->state == CT_RUNNING)
        plan_add_note(c->plan, "The CT is running: it gets the GPU when it next starts.");
}

static void add_count(struct buf *b, size_t n, const char *what)
{
    if (n)
        buf_addf(b, "%s%zu %s%s", b->len ? " and " : "", n, what, n == 1 ? "" : "s");
}

/* The one mount that is added, when it is all that is done; else NULL. */
static const struct spec_mount *only_mount(const struct change *c)
{
    if (c->folders + c->volumes != 1 || c->gpu)
        return NULL;
    for (size_t i = 0; i < c->spec->nmounts; i++) {
        char *value = pct_mount_value(&c->spec->mounts[i]);
        bool same = strcmp(value, c->pairs.v[1]) == 0;
        free(value);
        if (same)
            return &c->spec->mounts[i];
    }
    return NULL;
}

static char *step_title(const struct change *c)
{
    const struct spec_mount *only = only_mount(c);
    struct buf b = BUF_INIT;

    if (only && only->source)
        return mem_printf("Mount %s at %s", only->source, only->target);
    add_count(&b, c->folders, "host folder");
    add_count(&b, c->volumes, "new volume");
    if (c->gpu)
        buf_addf(&b, "%sthe GPU", b.len ? " and " : "");
    char *title = mem_printf("Give CT %d %s", c->ct->vmid, b.s);
    buf_clear(&b);
    return title;
}

static void add_step(struct change *c)
{
    char *title = step_title(c);
    struct plan_step *step = plan_add_step(c->plan, PLAN_STOP_PCT, "%s", title);

    free(title);
    pct_call(&step->argv, "set", c->ct->vmid);
    argv_push_all(&step->argv, "--digest", c->ct->conf->sha1, (char *)NULL);
    char *before = ctconf_change(c->ct->conf->description);
    job_call(&step->undo, "undo-set");
    argv_pushf(&step->undo, "%d", c->ct->vmid);
    argv_push(&step->undo, c->plan->id);
    argv_push(&step->undo, before ? before : "-");
    free(before);
    for (size_t i = 0; i + 1 < c->pairs.n; i += 2) {
        argv_pushf(&step->argv, "--%s", c->pairs.v[i]);
        argv_push(&step->argv, c->pairs.v[i + 1]);
        argv_pushf(&step->undo, "%s=%s", c->pairs.v[i], c->pairs.v[i + 1]);
    }
    /* In the same call, so that the mark is there exactly when the change is. */
    argv_push(&step->argv, "--description");
    argv_push_nodup(&step->argv, ctconf_with_change(c->ct->conf->description, c->plan->id));
}

struct plan *plan_change(const struct spec *spec, const struct host *host, int vmid, const char *id,
                         struct spec_problems *problems)
{
    size_t before = problems->n;
    struct err err = {0};
    const struct ct *ct = lifecycle_ct(host, vmid, false, &err);

    if (ct && !ct->conf)
        err_set(&err, 0, "The conf of CT %d %s could not be read.", vmid, ct->name);
    if (!ct || !ct->conf) {
        spec_problems_add(problems, 0, 0, "vmid", "%s", err.text);
        return NULL;
    }
    if (ct->conf->pending)
        spec_problems_add(
            problems, 0, 0, "vmid",
            "CT %d %s has changes that wait for its next start, and a new one could replace them. Reboot it "
            "first, or take them back (`pct pending %d` shows them).",
            vmid, ct->name, vmid);
    struct change c = {
        .spec = spec,
        .host = host,
        .ct = ct,
        .problems = problems,
        .plan = lifecycle_plan("change", "Change", ct, id),
        .needs = mem_zero(spec->nmounts + 1, sizeof(struct need)),
    };
    plan_mounts(&c);
    plan_gpu(&c);
    if (c.pairs.n)
        add_step(&c);
    else
        plan_add_note(c.plan, "Nothing is to be done.");
    argv_clear(&c.pairs);
    free(c.needs);
    if (problems->n == before)
        return c.plan;
    plan_free(c.plan);
    return NULL;
}
