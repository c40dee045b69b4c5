#include "backend/plan/backend.h"
#include "backend/plan/pct.h"
#include "backend/plan/source.h"

#include "backend/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The endings that a template may have (recorded from pve-storage 9.1.7); upper case is listed, and not creatable. */
static bool is_template_name(const char *file)
{
    static const char *const endings[] = {".tar", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2"};
    size_t len = strlen(file);

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t end = strlen(endings[i]);
        if (len > end && strcmp(file + len - end, endings[i]) == 0)
            return file[0] != '-' && file[0] != '.' && !strchr(file, '/');
    }
    return false;
}

/* "local:vztmpl/FILE" to its parts; a bare name has no storage, which then is NULL. The caller frees. */
static bool split_template(const char *template, char **storage, char **file)
{
    const char *colon = strchr(template, ':');
    static const char kind[] = "vztmpl/";

    if (colon && strncmp(colon + 1, kind, strlen(kind)) != 0)
        return false;
    *storage = colon ? mem_dup(template, (size_t)(colon - template)) : NULL;
    *file = mem_strdup(colon ? colon + 1 + strlen(kind) : template);
    return true;
}

/* In the mark, parts stand between blanks. */
static void set_source(struct create *c)
{
    c->source = mem_strdup(c->volid);
    for (char *p = c->source; *p; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
            *p = '_';
}

static void lxc_resolve(struct create *c)
{
    char *storage = NULL, *file = NULL;

    c->digest = mem_strdup("unknown");
    if (!c->spec->template || !split_template(c->spec->template, &storage, &file) || !is_template_name(file)) {
        spec_problems_add(c->problems, 0, 0, "template",
                          "%s is no template: a name such as debian-12-standard_12.7-1_amd64.tar.zst or "
                          "local:vztmpl/… is wanted. `pveam available` lists them.",
                          c->spec->template ? c->spec->template : "Nothing");
    } else if (source_find(c, storage ? storage : c->spec->image_storage, file, "template")) {
        set_source(c);
        if (c->present && c->present->oci)
            spec_problems_add(c->problems, 0, 0, "template",
                              "%s is an OCI image, not an LXC template. Name it with image: %s.", c->volid,
                              c->present->reference ? c->present->reference : "…");
    }
    free(storage);
    free(file);
}

static void lxc_check(struct create *c)
{
    (void)c; /* a template breaks no rule that a CT does not */
}

/* pveam exits with 0 although a download failed (recorded), so what it did is looked at. */
static void lxc_fetch(struct create *c, struct plan *plan)
{
    if (c->present)
        return;
    char *path = storage_template_path(c->image_storage, c->file);
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PCT, "Download %s", c->file);
    argv_push_all(&step->argv, "pveam", "download", c->image_storage->id, c->file, (char *)NULL);
    job_call(&step->undo, "undo-download");
    argv_push(&step->undo, path);
    step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Check that %s is there", c->file);
    job_call(&step->argv, "present");
    argv_push(&step->argv, path);
    plan_claim_image(plan, c->file);
    mem_set(&plan->image_volid, c->volid);
    plan_add_note(plan, "The template is not here: it is downloaded first, if `pveam available` has it.");
    free(path);
}

const struct container_backend backend_lxc = {
    .name = "lxc",
    .resolve = lxc_resolve,
    .check = lxc_check,
    .fetch = lxc_fetch,
    .create = pct_create_steps,
    .start = pct_start_step,
    .stop = pct_stop_step,
    .destroy = pct_destroy_step,
    .exists = pct_exists,
    .configure_gpu = pct_configure_gpu,
};
