#include "backend/sim/registry.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/sim/put.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 *   blobs/HEX        layers and configs
 *   manifests/HEX    manifests and indexes
 *   layers/KEY       "DIGEST DIFF_ID SIZE" of a layer that is made
 *
 * All of it can be removed while no registry runs: it is made again, with the same digests.
 */
struct reg_store {
    int dir;
    pthread_mutex_t making; /* one image is made at a time */
    struct made {           /* digests of what is made, by repository and release */
        const struct reg_release *release;
        char digest[HASH_SHA256_HEX + 1];
    } * made;
    size_t nmade;
};

static const char *const archs[] = {"amd64", "arm64"};
#define NARCHS (sizeof(archs) / sizeof(archs[0]))

struct reg_store *reg_store_open(int dir)
{
    struct reg_store *store = mem_zero(1, sizeof(*store));
    store->dir = dir;
    pthread_mutex_init(&store->making, NULL);
    return store;
}

void reg_store_close(struct reg_store *store)
{
    if (!store)
        return;
    pthread_mutex_destroy(&store->making);
    free(store->made);
    free(store);
}

static int keep(struct reg_store *store, const char *folder, const char *digest, const struct buf *bytes,
                struct err *err)
{
    char path[32 + HASH_SHA256_HEX];
    snprintf(path, sizeof(path), "%s/%s", folder, digest);
    if (faccessat(store->dir, path, R_OK, 0) == 0)
        return 0;
    return sim_put(store->dir, path, 0644, bytes->s, bytes->len, err);
}

/* The name that says what is in a layer: for which of the images it is the same. */
static char *layer_key(const struct reg_layer *layer, const struct reg_release *release, const char *arch)
{
    const char *version = release->version;
    size_t len = layer->scope == REG_VERSION ? strlen(version) : 0;
    if (layer->scope == REG_MINOR) {
        const char *dot = strchr(version, '.');
        len = dot ? (size_t)(dot - version) + 1 + strcspn(dot + 1, ".") : strlen(version);
    }
    return mem_printf("%s-%.*s-%s", layer->name, (int)len, version, arch);
}

static bool known_layer(struct reg_store *store, const char *path, struct sim_blob *blob)
{
    struct buf text = BUF_INIT;
    unsigned long long size;
    char blob_path[16 + HASH_SHA256_HEX];
    bool known = file_read(store->dir, path, 512, &text, NULL) == 0 &&
                 sscanf(text.s, "%64[0-9a-f] %64[0-9a-f] %llu", blob->digest, blob->diff_id, &size) == 3;
    buf_clear(&text);
    if (!known)
        return false;
    blob->size = size;
    snprintf(blob_path, sizeof(blob_path), "blobs/%s", blob->digest);
    return faccessat(store->dir, blob_path, R_OK, 0) == 0;
}

static int make_layer(struct reg_store *store, const struct reg_repo *repo, const struct reg_release *release,
                      const struct reg_layer *layer, const char *arch, struct sim_blob *blob, struct err *err)
{
    const struct sim_app *app = sim_app(repo->name);
    char *key = layer_key(layer, release, arch), *path = mem_printf("layers/%s", key);
    struct buf gzip = BUF_INIT;
    int rc = 0;
    if (!known_layer(store, path, blob)) {
        /* The first layer is the distribution, those of this version alone bring the application. */
        struct sim_layer content = {
            .name = key,
            .distro = layer == repo->layers ? app->distro : NULL,
            .arch = arch,
            .app = layer->scope == REG_VERSION ? app : NULL,
            .filler = (size_t)layer->kib * (strcmp(arch, "amd64") == 0 ? 1024 : 128),
        };
        rc = sim_layer_make(&content, &gzip, blob, err);
        if (!rc)
            rc = keep(store, "blobs", blob->digest, &gzip, err);
        if (!rc)
            rc = sim_putf(store->dir, path, err, "%s %s %llu\n", blob->digest, blob->diff_id,
                          (unsigned long long)blob->size);
    }
    buf_clear(&gzip);
    free(path);
    free(key);
    return rc;
}

/* The image of one architecture: `manifest` is then in the store with all that it names. */
static int make_image(struct reg_store *store, const struct reg_repo *repo, const struct reg_release *release,
                      const char *arch, struct sim_blob *manifest, struct err *err)
{
    struct sim_blob layers[REG_LAYERS], config;
    struct sim_image image = {.app = sim_app(repo->name),
                              .version = release->version,
                              .arch = arch,
                              .created = release->created,
                              .layers = layers};
    struct buf json = BUF_INIT;
    int rc = 0;
    for (; image.nlayers < REG_LAYERS && repo->layers[image.nlayers].name && !rc; image.nlayers++)
        rc = make_layer(store, repo, release, &repo->layers[image.nlayers], arch, &layers[image.nlayers], err);
    if (!rc) {
        sim_image_config(&image, &json, &config);
        rc = keep(store, "blobs", config.digest, &json, err);
    }
    if (!rc) {
        buf_reset(&json);
        sim_image_manifest(&image, &config, &json, manifest);
        rc = keep(store, "manifests", manifest->digest, &json, err);
    }
    buf_clear(&json);
    return rc;
}

static int make_release(struct reg_store *store, const struct reg_repo *repo, const struct reg_release *release,
                        char digest[HASH_SHA256_HEX + 1], struct err *err)
{
    struct sim_blob manifests[NARCHS], index;
    struct buf json = BUF_INIT;
    int rc = 0;
    for (size_t i = 0; i < NARCHS && !rc; i++)
        rc = make_image(store, repo, release, archs[i], &manifests[i], err);
    if (!rc) {
        sim_image_index(manifests, archs, NARCHS, &json, &index);
        rc = keep(store, "manifests", index.digest, &json, err);
    }
    buf_clear(&json);
    if (!rc) {
        MEM_GROW(store->made, store->nmade);
        store->made[store->nmade].release = release;
        memcpy(store->made[store->nmade].digest, index.digest, sizeof(index.digest));
        memcpy(digest, index.digest, sizeof(index.digest));
        store->nmade++;
    }
    return rc;
}

int reg_store_tag(struct reg_store *store, const struct reg_repo *repo, const char *tag,
                  char digest[HASH_SHA256_HEX + 1], struct err *err)
{
    const struct reg_release *release = reg_release(repo, tag);
    if (!release)
        return err_set(err, -ENOENT, "%s has no tag %s.", repo->name, tag);
    pthread_mutex_lock(&store->making);
    int rc = -ENOENT;
    for (size_t i = 0; i < store->nmade && rc; i++) {
        if (store->made[i].release == release) {
            memcpy(digest, store->made[i].digest, HASH_SHA256_HEX + 1);
            rc = 0;
        }
    }
    if (rc)
        rc = make_release(store, repo, release, digest, err);
    pthread_mutex_unlock(&store->making);
    return rc;
}

static int read_manifest(struct reg_store *store, const char *digest, struct buf *json)
{
    char path[16 + HASH_SHA256_HEX];
    snprintf(path, sizeof(path), "manifests/%s", digest);
    return file_read(store->dir, path, 1 << 20, json, NULL);
}

int reg_store_manifest(struct reg_store *store, const struct reg_repo *repo, const char *digest, struct buf *json)
{
    int rc = read_manifest(store, digest, json);
    if (rc != -ENOENT)
        return rc;
    /* Asked by a digest that an earlier registry gave: what there is now may have it once all of it is made. */
    char made[HASH_SHA256_HEX + 1];
    for (size_t i = 0; i < REG_RELEASES && repo->releases[i].version; i++)
        if (reg_store_tag(store, repo, repo->releases[i].version, made, NULL) == 0 &&
            (rc = read_manifest(store, digest, json)) != -ENOENT)
            return rc;
    return rc;
}

int reg_store_blob(struct reg_store *store, const char *digest)
{
    char path[16 + HASH_SHA256_HEX];
    snprintf(path, sizeof(path), "blobs/%s", digest);
    int fd = openat(store->dir, path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}
