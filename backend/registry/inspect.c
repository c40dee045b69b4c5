#include "backend/registry/inspect.h"

#include "backend/base/hash.h"
#include "backend/base/mem.h"
#include "backend/base/spawn.h"
#include "backend/registry/skopeo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 4 << 20, ANSWER_MS = 120000 }; /* registries refuse manifests over 4 MiB */

/* One question under way. */
struct inspect {
    const struct imageref *ref;
    const char *arch;
    const struct settings *settings;
    struct buf image; /* the reference in full, for sentences */
};

/* Runs `skopeo inspect HOW docker://IMAGE`; its stdout goes to `out`. */
static int ask(const struct inspect *q, const struct imageref *what, const char *how, struct buf *out, struct err *err)
{
    struct argv argv = ARGV_INIT;
    struct spawn_result result = SPAWN_RESULT_INIT;
    struct buf words = BUF_INIT;

    skopeo_argv_common(&argv, "inspect", q->ref, q->arch, q->settings);
    argv_push_all(&argv, "--no-tags", how, (char *)NULL);
    buf_adds(&words, "docker://");
    imageref_add(&words, what);
    argv_push(&argv, words.s);
    buf_reset(&words);
    int rc = spawn_capture(&argv, ANSWER_MAX, ANSWER_MS, &result, err);
    if (rc == -ENOENT)
        err_set(err, rc, "skopeo is not installed. Install it: apt install skopeo");
    else if (rc == -ETIMEDOUT)
        err_set(err, rc, "%s did not answer within %d seconds. Check the network, or try again later.",
                q->ref->registry, ANSWER_MS / 1000);
    else if (!rc && result.exit != 0)
        rc = skopeo_explain(skopeo_fatal(result.errs.s, &words) ? words.s : "it said nothing", q->ref, err);
    if (!rc)
        buf_add(out, result.out.s, result.out.len);
    buf_clear(&words);
    spawn_result_clear(&result);
    argv_clear(&argv);
    return rc;
}

static char *digest_of(const struct buf *bytes)
{
    char hex[HASH_SHA256_HEX + 1];
    hash_sha256(bytes->s, bytes->len, hex);
    return mem_printf("sha256:%s", hex);
}

/* The manifest of the platform, from the answer for the tag or, when that is an index, by a second question. */
static int get_manifest(const struct inspect *q, struct imageref *platform, struct buf *manifest, struct err *err)
{
    char *digest = NULL;
    int rc = inspect_index(manifest->s, manifest->len, q->arch, q->image.s, &digest, err);

    if (rc || !digest)
        return rc;
    mem_set(&platform->tag, NULL);
    free(platform->digest);
    platform->digest = digest;
    buf_reset(manifest);
    rc = ask(q, platform, "--raw", manifest, err);
    if (rc)
        return rc;
    char *got = digest_of(manifest);
    if (strncmp(digest, "sha256:", 7) == 0 && strcmp(got, digest) != 0)
        rc = err_set(err, -EIO, "%s sent a manifest that does not match its digest. Repeat it.", q->ref->registry);
    free(got);
    return rc;
}

static int fetch(const struct inspect *q, const char *blobs_dir, struct image_facts *facts, struct err *err)
{
    struct imageref platform = {0};
    struct buf answer = BUF_INIT;

    imageref_copy(&platform, q->ref);
    int rc = ask(q, q->ref, "--raw", &answer, err);
    if (!rc) {
        facts->digest = q->ref->digest ? mem_strdup(q->ref->digest) : digest_of(&answer);
        rc = get_manifest(q, &platform, &answer, err);
    }
    if (!rc)
        rc = inspect_manifest(answer.s, answer.len, blobs_dir, q->image.s, facts, err);
    if (!rc) {
        buf_reset(&answer);
        rc = ask(q, &platform, "--config", &answer, err);
    }
    if (!rc)
        rc = inspect_config(answer.s, answer.len, q->image.s, facts, err);
    if (!rc && !facts->arch) /* an image that does not say: skopeo takes it for what was asked */
        mem_set(&facts->arch, q->arch);
    imageref_clear(&platform);
    buf_clear(&answer);
    return rc;
}

int image_facts_fetch(const struct imageref *ref, const char *arch, const struct settings *settings,
                      const char *blobs_dir, struct image_facts *facts, struct err *err)
{
    struct inspect q = {.ref = ref, .arch = arch, .settings = settings, .image = BUF_INIT};
    struct image_facts got = {0};

    imageref_add(&q.image, ref);
    int rc = settings_write_registries_conf(settings, err);
    if (!rc)
        rc = fetch(&q, blobs_dir, &got, err);
    if (rc)
        image_facts_clear(&got);
    else
        *facts = got;
    buf_clear(&q.image);
    return rc;
}
