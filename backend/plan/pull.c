#include "backend/plan/pct.h"

#include "backend/base/hash.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "backend/registry/skopeo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* `algorithm:hex`, as a registry may name it. What it holds ends up in a conf, so anything else is no digest. */
bool digest_ok(const char *digest)
{
    size_t name = digest ? strspn(digest, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;
    size_t hex = name && digest[name] == ':' ? strspn(digest + name + 1, "0123456789abcdef") : 0;

    return hex >= 32 && hex <= 128 && name <= 16 && digest[name + 1 + hex] == '\0';
}

/* Pulls of one image wait for each other: they would write into one folder. */
void plan_claim_image(struct plan *plan, const char *name)
{
    char hex[HASH_SHA256_HEX + 1];
    char *claim = mem_printf("image-%s", name);

    if (!plan_claim_ok(claim)) {
        hash_sha256(name, strlen(name), hex);
        free(claim);
        claim = mem_printf("image-%s", hex);
    }
    plan_add_claim(plan, true, "%s", claim);
    free(claim);
}

/* The name behind the last colon of `oci:PATH:NAME`: the tag, or the beginning of the digest. */
static void add_layout_name(struct buf *out, const struct imageref *ref)
{
    if (ref->digest)
        buf_addf(out, "sha256-%.12s", strchr(ref->digest, ':') ? strchr(ref->digest, ':') + 1 : ref->digest);
    else
        buf_adds(out, ref->tag);
}

static void skopeo_argv(struct argv *argv, const struct imageref *ref, const char *arch, const char *layout,
                        const struct settings *settings)
{
    struct buf b = BUF_INIT;

    skopeo_argv_common(argv, "copy", ref, arch, settings);
    argv_push(argv, "--dest-shared-blob-dir");
    argv_pushf(argv, "%s/blobs", places_cache());
    buf_adds(&b, "docker://");
    imageref_add(&b, ref);
    argv_push(argv, b.s);
    buf_reset(&b);
    buf_addf(&b, "oci:%s:", layout);
    add_layout_name(&b, ref);
    argv_push(argv, b.s);
    buf_clear(&b);
}

static void pull_step(struct plan *plan, const struct imageref *ref, const char *arch, const char *layout,
                      const struct image_facts *facts, const struct settings *settings)
{
    struct buf reference = BUF_INIT;

    imageref_add(&reference, ref);
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Pull %s", reference.s);
    skopeo_argv(&step->argv, ref, arch, layout, settings);
    job_call(&step->undo, "undo-pull");
    argv_push(&step->undo, layout);
    step->progress_dir = mem_strdup(layout);
    if (facts && facts->missing < HOST_UNKNOWN / 2)
        step->progress_total = facts->missing;
    buf_clear(&reference);
}

static void archive_step(struct plan *plan, const struct imageref *ref, const char *arch, const char *layout,
                         const struct storage *storage, const char *path, int redo)
{
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Put the image in %s", storage->id);
    struct buf reference = BUF_INIT;

    imageref_add(&reference, ref);
    job_call(&step->argv, "archive");
    argv_push_all(&step->argv, "--reference", reference.s, "--arch", skopeo_arch(arch), "--plan", plan->id, "--blobs",
                  (char *)NULL);
    argv_pushf(&step->argv, "%s/blobs", places_cache());
    argv_push_all(&step->argv, layout, path, (char *)NULL);
    job_call(&step->undo, "undo-archive");
    argv_push_all(&step->undo, "--plan", plan->id, path, (char *)NULL);
    step->redo = redo;
    buf_clear(&reference);
}

int pull_add_steps(struct plan *plan, const struct imageref *ref, const char *arch, const struct storage *storage,
                   const struct image_facts *facts, const struct settings *settings, struct err *err)
{
    struct buf name = BUF_INIT;
    int first = (int)plan->nsteps;

    if (strchr(places_cache(), ':'))
        return err_set(err, -EINVAL,
                       "The cache folder %s has a colon in its path, and skopeo takes what follows one for a name. Set "
                       "TENGIL_CACHE_DIR to another folder.",
                       places_cache());
    imageref_add_filename(&name, ref, arch);
    char *layout = mem_printf("%s/pull/%s", places_cache(), name.s);
    plan_claim_image(plan, name.s);
    buf_adds(&name, ".tar");
    char *path = storage_template_path(storage, name.s);
    pull_step(plan, ref, arch, layout, facts, settings);
    archive_step(plan, ref, arch, layout, storage, path, first);
    free(plan->image_volid);
    plan->image_volid = mem_printf("%s:vztmpl/%s", storage->id, name.s);
    if (!facts)
        plan_add_note(plan, "The size of the image is not known without asking the registry.");
    buf_clear(&name);
    free(layout);
    free(path);
    return 0;
}

static int check_pull_room(const struct storage *storage, const struct image_facts *facts, struct err *err)
{
    struct buf size = BUF_INIT, room = BUF_INIT;
    int rc = 0;

    if (!facts || storage->avail == HOST_UNKNOWN || facts->size <= storage->avail)
        return 0;
    num_add_size(&size, facts->size);
    num_add_size(&room, storage->avail);
    rc = err_set(err, -ENOSPC,
                 "The storage %s has %s free, and the image takes %s. Choose another storage, or make room.",
                 storage->id, room.s, size.s);
    buf_clear(&size);
    buf_clear(&room);
    return rc;
}

struct plan *plan_pull(const struct imageref *ref, const char *arch, const char *storage_id, const struct host *host,
                       const struct image_facts *facts, const struct settings *settings, const char *id,
                       struct err *err)
{
    const char *named = storage_id ? storage_id : settings->image_storage;
    const char *wanted = arch ? arch : host->arch ? host->arch : "amd64";
    const struct storage *storage = NULL;
    struct buf reference = BUF_INIT;

    if (storage_choose(host, named, "vztmpl", &storage, err) < 0)
        return NULL;
    if (!storage->template_dir) {
        err_set(err, -EINVAL, "The storage %s keeps no files that can be written to. Choose one of a directory.",
                storage->id);
        return NULL;
    }
    if (check_pull_room(storage, facts, err) < 0)
        return NULL;
    if (facts && facts->arch && strcmp(facts->arch, wanted) != 0) {
        err_set(err, -EINVAL, "The image is made for %s, not for %s.", facts->arch, wanted);
        return NULL;
    }
    struct plan *plan = plan_new("pull", id, 0);
    if (pull_add_steps(plan, ref, wanted, storage, facts, settings, err) < 0) {
        plan_free(plan);
        return NULL;
    }
    imageref_add(&reference, ref);
    plan_set_title(plan, "Pull %s", reference.s);
    if (host_image_volid(host, plan->image_volid))
        plan_add_note(plan, "The image is here already as %s; it is replaced when the new one is complete.",
                      plan->image_volid);
    buf_clear(&reference);
    return plan;
}
