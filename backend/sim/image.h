#ifndef TENGIL_SIM_IMAGE_H
#define TENGIL_SIM_IMAGE_H

#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/base/hash.h"

#include <stddef.h>
#include <stdint.h>

/*
 * OCI images made from nothing, for the demo's registry and its template folder: real layers, configs and manifests
 * with real digests, and the same bytes each time, since their content comes from a counter. What an application's
 * image says about itself (entry point, environment, volumes, ports) is as its maker says it; its program is a stub.
 */

#define SIM_APP_LIST 16

/* What the config of an application's image holds. Lists end in NULL; an environment entry that ends in `=@` gets the
 * version. */
struct sim_app {
    const char *name;   /* as in a reference: "docker.io/jellyfin/jellyfin" */
    const char *distro; /* "debian-13", "alpine-3.22", "ubuntu-24.04" */
    const char *entrypoint[SIM_APP_LIST], *cmd[SIM_APP_LIST], *env[SIM_APP_LIST];
    const char *volumes[SIM_APP_LIST], *ports[SIM_APP_LIST];
    const char *user, *workdir, *stop_signal, *source; /* NULL: the image does not say */
};
extern const struct sim_app sim_apps[];
extern const size_t sim_napps;
const struct sim_app *sim_app(const char *name); /* NULL: none of that name */

/* A blob with its digest; of a layer also the digest of the tar inside. */
struct sim_blob {
    char digest[HASH_SHA256_HEX + 1];
    char diff_id[HASH_SHA256_HEX + 1];
    uint64_t size;
};

/* What a layer holds: any of a distribution's few files, an application's (its folders and a stub of its program), and
 * `filler` bytes that do not compress. `name` says which filler. */
struct sim_layer {
    const char *name;
    const char *distro;
    const char *arch; /* of the distribution's shell: NULL is amd64 */
    const struct sim_app *app;
    size_t filler;
};
int sim_layer_make(const struct sim_layer *layer, struct buf *gzip, struct sim_blob *blob, struct err *err);

/*
 * A template of pveam: the files of a distribution ("debian-13", from a name like debian-13-standard_…) as tar.zst. A
 * `size` over that of the file is reached by a frame for readers to skip, which is a hole in the file.
 */
int sim_template_write(int dir, const char *path, const char *name, uint64_t size, struct err *err);

#define SIM_MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define SIM_INDEX_TYPE    "application/vnd.oci.image.index.v1+json"

struct sim_image {
    const struct sim_app *app;
    const char *version, *arch, *created; /* created: RFC 3339 */
    const struct sim_blob *layers;
    size_t nlayers;
};
void sim_image_config(const struct sim_image *image, struct buf *json, struct sim_blob *blob);
void sim_image_manifest(const struct sim_image *image, const struct sim_blob *config, struct buf *json,
                        struct sim_blob *blob);

/* An index of `n` manifests, one for each arch. */
void sim_image_index(const struct sim_blob *manifests, const char *const *archs, size_t n, struct buf *json,
                     struct sim_blob *blob);

/*
 * An archive as pct wants it (oci-layout, index.json, blobs/…, no other name) with one small layer. `reference` is
 * written into its index.json. `size` over that of the archive is reached by zero blocks behind its end, which tar
 * counts as padding: they are holes in the file, so a host of many gigabytes of images costs none.
 */
int sim_archive_write(int dir, const char *path, const struct sim_app *app, const char *reference, const char *version,
                      const char *created, uint64_t size, struct sim_blob *manifest, struct err *err);

#endif
