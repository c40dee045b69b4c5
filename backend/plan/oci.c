#include "backend/plan/backend.h"
#include "backend/plan/pct.h"
#include "backend/plan/source.h"

#include "backend/base/mem.h"

#include <string.h>

static void note_present(struct create *c)
{
    struct buf since = BUF_INIT;

    source_add_since(&since, c->present);
    plan_add_note(c->plan, "%s is already here%s; `tengil-tui pull %s` fetches it anew.", c->source, since.s,
                  c->source);
    buf_clear(&since);
}

static void oci_resolve(struct create *c)
{
    struct buf text = BUF_INIT;

    imageref_add(&text, &c->spec->image);
    c->source = mem_strdup(text.s);
    buf_reset(&text);
    imageref_add_filename(&text, &c->spec->image, c->arch);
    buf_adds(&text, ".tar");
    bool found = source_find(c, c->spec->image_storage, text.s, "image");
    const char *digest = c->present ? c->present->digest : c->facts ? c->facts->digest : NULL;
    c->digest = mem_strdup(digest_ok(digest) ? digest : "unknown");
    if (found && c->present && !c->present->oci)
        spec_problems_add(c->problems, 0, 0, "image",
                          "The file %s is there and is no OCI archive. Remove it, or choose another image_storage.",
                          c->volid);
    else if (found && c->present)
        note_present(c);
    buf_clear(&text);
}

/* pct writes each variable of the image as a line of the conf. A line feed would begin a line of the image's choosing
 * (recorded from pct 6.1.10); the other control bytes it refuses itself, after the disk was made. */
static bool has_control(const char *s, bool tab_is_one)
{
    for (; *s; s++)
        if (((unsigned char)*s < 0x20 && (tab_is_one || *s != '\t')) || *s == 0x7f)
            return true;
    return false;
}

static void check_words(struct create *c, const struct argv *words, bool tab_is_one, const char *what)
{
    for (size_t i = 0; i < words->n; i++) {
        if (!has_control(words->v[i], tab_is_one))
            continue;
        spec_problems_add(c->problems, 0, 0, "image",
                          "The image's %s holds a line feed or another control character, which would end up in the "
                          "conf of the CT. Such an image is refused.",
                          what);
        return;
    }
}

static bool is_root(const char *user)
{
    static const char *const names[] = {"", "0", "root", "0:0", "root:root", "0:root", "root:0"};

    for (size_t i = 0; user && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(user, names[i]) == 0)
            return true;
    return !user;
}

static void check_user(struct create *c)
{
    if (is_root(c->facts->user))
        return;
    if (!host_version_at_least(c->host->container_version, "6.1.0"))
        plan_add_note(c->plan, "The image wants to run as %s; pve-container before 6.1.0 runs it as root.",
                      c->facts->user);
    if (c->spec->gpu.passthrough == SPEC_TRUE && c->spec->gpu.gid == SPEC_UNSET)
        plan_add_note(c->plan,
                      "The image runs as %s, and the GPU will belong to group 0: give gpu.gid the number of the "
                      "render group in the image.",
                      c->facts->user);
}

static void note_volumes(struct create *c)
{
    for (size_t i = 0; i < c->facts->volumes.n; i++) {
        const char *volume = c->facts->volumes.v[i];
        bool mounted = false;
        for (size_t k = 0; k < c->spec->nmounts; k++)
            mounted |= strcmp(c->spec->mounts[k].target, volume) == 0;
        if (!mounted)
            plan_add_note(c->plan,
                          "The image keeps data in %s. No mount is there, so it lives in the root disk and goes "
                          "with it.",
                          volume);
    }
}

static void check_facts(struct create *c)
{
    const struct image_facts *facts = c->facts;

    if (facts->arch && strcmp(facts->arch, c->arch) != 0)
        spec_problems_add(c->problems, 0, 0, "image", "%s is made for %s, not for %s.", c->source, facts->arch,
                          c->arch);
    check_words(c, &facts->env, false, "environment");
    check_words(c, &facts->entrypoint, false, "entry point");
    check_user(c);
    note_volumes(c);
}

static void oci_check(struct create *c)
{
    check_versions(c);
    if (c->spec->unprivileged == SPEC_FALSE)
        spec_problems_add(c->problems, 0, 0, "unprivileged",
                          "Proxmox VE cannot make a privileged CT from an OCI image: unpacking it fails. Leave "
                          "unprivileged out, or set it to true.");
    if (c->facts)
        check_facts(c);
}

static void oci_fetch(struct create *c, struct plan *plan)
{
    struct err err = {0};

    if (!c->present &&
        pull_add_steps(plan, &c->spec->image, c->arch, c->image_storage, c->facts, c->settings, &err) < 0)
        spec_problems_add(c->problems, 0, 0, "image", "%s", err.text);
}

const struct container_backend backend_oci = {
    .name = "oci",
    .resolve = oci_resolve,
    .check = oci_check,
    .fetch = oci_fetch,
    .create = pct_create_steps,
    .start = pct_start_step,
    .stop = pct_stop_step,
    .destroy = pct_destroy_step,
    .exists = pct_exists,
    .configure_gpu = pct_configure_gpu,
};
