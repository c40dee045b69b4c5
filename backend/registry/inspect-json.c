/* The answers of a registry, read; see inspect.h. */
#include "backend/registry/inspect.h"

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/registry/skopeo.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PLATFORMS_MAX = 200, LAYERS_MAX = 1000, WORDS_MAX = 1000 };
#define SIZE_SANE (1ll << 50) /* 1 PiB */

void image_facts_clear(struct image_facts *facts)
{
    free(facts->digest);
    free(facts->arch);
    free(facts->user);
    argv_clear(&facts->env);
    argv_clear(&facts->volumes);
    argv_clear(&facts->entrypoint);
    *facts = (struct image_facts){0};
}

static json_t *load(const char *json, size_t len, const char *what, const char *image, struct err *err)
{
    json_error_t why;
    json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &why);
    if (json_is_object(root))
        return root;
    json_decref(root);
    err_set(err, -EINVAL, "The registry's %s of %s is not readable JSON. Repeat it, or take another tag.", what, image);
    return NULL;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* `sha256:` and 64 digits, and the like: nothing that could lead a path astray. */
static bool is_digest(const char *digest)
{
    size_t name = strspn(digest, "abcdefghijklmnopqrstuvwxyz0123456789");
    if (!name || name > 16 || digest[name] != ':')
        return false;
    size_t hex = strspn(digest + name + 1, "0123456789abcdef");
    return hex >= 64 && hex <= 128 && !digest[name + 1 + hex];
}

/* Adds an architecture to the list of those that there are, once. */
static void add_platform(struct argv *there, const char *arch)
{
    if (strlen(arch) <= 20 && text_is_clean(arch, strlen(arch)) && strcmp(arch, "unknown") != 0 &&
        !argv_has(there, skopeo_arch_back(arch)))
        argv_push(there, skopeo_arch_back(arch));
}

static int no_platform(const struct argv *there, const char *arch, const char *image, struct err *err)
{
    struct buf list = BUF_INIT;
    for (size_t i = 0; i < there->n && i < 20; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", there->v[i]);
    int rc = err_set(err, -ENOENT, "%s has no image for %s, only for: %s. Look for another tag.", image, arch,
                     list.len ? list.s : "nothing that this program knows");
    buf_clear(&list);
    return rc;
}

int inspect_index(const char *json, size_t len, const char *arch, const char *image, char **digest, struct err *err)
{
    json_t *root = load(json, len, "answer for", image, err), *entry;
    const json_t *manifests = json_object_get(root, "manifests");
    const char *found = NULL;
    struct argv there = ARGV_INIT;
    size_t i;
    int rc = 0;

    if (!root)
        return -EINVAL;
    if (json_array_size(manifests) > PLATFORMS_MAX)
        rc = err_set(err, -EINVAL, "The index of %s names more than %d platforms.", image, PLATFORMS_MAX);
    json_array_foreach((json_t *)manifests, i, entry)
    {
        const json_t *platform = json_object_get(entry, "platform");
        if (strcmp(text_of(platform, "os"), "linux") != 0)
            continue;
        add_platform(&there, text_of(platform, "architecture"));
        if (!found && strcmp(text_of(platform, "architecture"), skopeo_arch(arch)) == 0)
            found = text_of(entry, "digest");
    }
    if (!rc && json_is_array(manifests) && !found)
        rc = no_platform(&there, arch, image, err);
    else if (!rc && found && !is_digest(found))
        rc = err_set(err, -EINVAL, "The index of %s names a digest that is none.", image);
    if (!rc)
        *digest = mem_strdup(found);
    argv_clear(&there);
    json_decref(root);
    return rc;
}

/* True when the blob is kept already, whole by its size. */
static bool is_kept(const char *blobs_dir, const char *digest, uint64_t size)
{
    struct stat st;
    const char *hex = strchr(digest, ':') + 1;
    char *path = mem_printf("%s/%.*s/%s", blobs_dir, (int)(hex - 1 - digest), digest, hex);
    bool kept = stat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == size;
    free(path);
    return kept;
}

/* One blob: config or layer. */
static int count_blob(const json_t *blob, const char *blobs_dir, const char *image, struct argv *seen,
                      struct image_facts *facts, struct err *err)
{
    const char *digest = text_of(blob, "digest");
    json_int_t size = json_integer_value(json_object_get(blob, "size"));

    if (!is_digest(digest) || size < 0 || size > SIZE_SANE)
        return err_set(err, -EINVAL, "The manifest of %s names a layer without a proper digest and size.", image);
    if (argv_has(seen, digest))
        return 0;
    argv_push(seen, digest);
    facts->size += (uint64_t)size;
    if (!is_kept(blobs_dir, digest, (uint64_t)size))
        facts->missing += (uint64_t)size;
    return 0;
}

int inspect_manifest(const char *json, size_t len, const char *blobs_dir, const char *image, struct image_facts *facts,
                     struct err *err)
{
    json_t *root = load(json, len, "manifest", image, err), *layer;
    const json_t *config = json_object_get(root, "config"), *layers = json_object_get(root, "layers");
    struct argv seen = ARGV_INIT;
    size_t i;
    int rc = 0;

    if (!root)
        return -EINVAL;
    if (!json_is_object(config) || !json_is_array(layers))
        rc = err_set(err, -EINVAL, "%s is no container image, or one of a kind from before 2017 that is not read.",
                     image);
    else if (json_array_size(layers) > LAYERS_MAX)
        rc = err_set(err, -EINVAL, "The manifest of %s names more than %d layers.", image, LAYERS_MAX);
    facts->size = facts->missing = 0;
    if (!rc)
        rc = count_blob(config, blobs_dir, image, &seen, facts, err);
    json_array_foreach((json_t *)layers, i, layer)
    {
        if (!rc)
            rc = count_blob(layer, blobs_dir, image, &seen, facts, err);
    }
    argv_clear(&seen);
    json_decref(root);
    return rc;
}

static int add_words(const json_t *array, struct argv *out)
{
    json_t *word;
    size_t i;
    if (!array || json_is_null(array))
        return 0;
    if (!json_is_array(array) || json_array_size(array) > WORDS_MAX)
        return -EINVAL;
    json_array_foreach((json_t *)array, i, word)
    {
        if (!json_is_string(word))
            return -EINVAL;
        argv_push(out, json_string_value(word));
    }
    return 0;
}

/* Volumes are the names of an object. */
static int add_names(const json_t *object, struct argv *out)
{
    const char *name;
    json_t *value;
    if (!object || json_is_null(object))
        return 0;
    if (!json_is_object(object) || json_object_size(object) > WORDS_MAX)
        return -EINVAL;
    json_object_foreach((json_t *)object, name, value) argv_push(out, name);
    return 0;
}

int inspect_config(const char *json, size_t len, const char *image, struct image_facts *facts, struct err *err)
{
    json_t *root = load(json, len, "configuration", image, err);
    const json_t *config = json_object_get(root, "config");
    const char *arch = text_of(root, "architecture"), *user = text_of(config, "User");

    if (!root)
        return -EINVAL;
    int rc = add_words(json_object_get(config, "Env"), &facts->env);
    if (!rc)
        rc = add_names(json_object_get(config, "Volumes"), &facts->volumes);
    if (!rc)
        rc = add_words(json_object_get(config, "Entrypoint"), &facts->entrypoint);
    if (!rc)
        rc = add_words(json_object_get(config, "Cmd"), &facts->entrypoint);
    if (rc)
        err_set(err, rc, "The configuration of %s has a list that is none, or too long a one.", image);
    if (*arch)
        mem_set(&facts->arch, skopeo_arch_back(arch));
    if (*user)
        mem_set(&facts->user, user);
    json_decref(root);
    return rc;
}
