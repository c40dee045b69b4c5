#ifndef TENGIL_SIM_REGISTRY_H
#define TENGIL_SIM_REGISTRY_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/sim/image.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The demo's registry: a few repositories, read-only, on loopback. registry-data.c says what there is, registry-store.c
 * makes and keeps it in DIR/registry/, registry-http.c answers, registry.c starts and ends it.
 */

/* A layer of a repository's images. It is shared by all images, by those of the same major and minor version, or is of
 * one version alone. */
enum reg_scope { REG_BASE, REG_MINOR, REG_VERSION };
struct reg_layer {
    const char *name;
    enum reg_scope scope;
    unsigned kib; /* of filler, for amd64; other architectures get an eighth */
};

struct reg_release {
    const char *version;
    const char *aliases; /* further tags, with blanks between */
    const char *created; /* RFC 3339 */
};

#define REG_LAYERS   8
#define REG_RELEASES 16
#define REG_ARCHS    4

struct reg_repo {
    const char *name; /* as an application's (image.h) and as in the address: "docker.io/jellyfin/jellyfin" */
    struct reg_layer layers[REG_LAYERS];
    struct reg_release releases[REG_RELEASES]; /* newest first */
};
extern const struct reg_repo reg_repos[];
extern const size_t reg_nrepos;
const struct reg_repo *reg_repo(const char *name, size_t len);
/* The release that a tag names, NULL when there is none. */
const struct reg_release *reg_release(const struct reg_repo *repo, const char *tag);
/* All tags of a repository in the order of their bytes. */
void reg_tags(const struct reg_repo *repo, struct argv *tags);

/* The store. `dir` is a handle of DIR/registry; calls may come from several threads. */
struct reg_store;
struct reg_store *reg_store_open(int dir);
void reg_store_close(struct reg_store *store);

/* The digest of what a tag points at: made at first use. -ENOENT when there is no such tag. */
int reg_store_tag(struct reg_store *store, const struct reg_repo *repo, const char *tag,
                  char digest[HASH_SHA256_HEX + 1], struct err *err);
/* A manifest or an index by its digest (hex). `repo` says which images to make before it is given up. */
int reg_store_manifest(struct reg_store *store, const struct reg_repo *repo, const char *digest, struct buf *json);
/* A descriptor of a blob, or -ENOENT. */
int reg_store_blob(struct reg_store *store, const char *digest);

/* The server; it takes over the listening socket, also when it fails. `log` gets a line for each answer. `pace` is
 * asked before each piece of a blob: true limits the rate of all blobs together to what makes a pull of these images
 * take about ten seconds. */
struct reg_server;
struct reg_server *reg_server_start(int listener, struct reg_store *store, int log, bool (*pace)(void *), void *context,
                                    struct err *err);
void reg_server_stop(struct reg_server *server);

#endif
