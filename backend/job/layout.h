#ifndef TENGIL_JOB_LAYOUT_H
#define TENGIL_JOB_LAYOUT_H

#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/base/hash.h"

#include <stdint.h>

/*
 * What `skopeo copy --dest-shared-blob-dir BLOBS docker://… oci:FOLDER:NAME` leaves: FOLDER/index.json, and the blobs
 * in BLOBS/sha256/HEX. All of it comes from a registry, so nothing is believed: sizes, counts and digests are checked,
 * and what pct would write into a conf line by line may hold no line feed (recorded from pct 6.1.10: a line feed in Env
 * passes its check, and what follows becomes further conf lines).
 */
#define LAYOUT_BLOBS_MAX 512

struct layout_blob {
    char hex[HASH_SHA256_HEX + 1];
    uint64_t size;
};

struct layout {
    int blobs;                                 /* BLOBS/sha256 */
    char *media_type;                          /* of the manifest */
    struct layout_blob list[LAYOUT_BLOBS_MAX]; /* manifest, config, layers; each once */
    size_t n;
    size_t layers; /* as the manifest counts them */
    uint64_t bytes;
};

/*
 * Reads and checks index, manifest and config. -EAGAIN: a blob is missing or not what its digest says (it is then
 * deleted), so it must be fetched anew; -EINVAL: the image cannot be used.
 */
int layout_read(struct layout *layout, const char *folder, const char *blobs, const char *arch, struct err *err);
void layout_clear(struct layout *layout);

/* Opens a blob whose size is right; -EAGAIN as above. */
int layout_open_blob(const struct layout *layout, const struct layout_blob *blob, struct err *err);
/* Deletes a blob that is not what it should be. Returns -EAGAIN, with a sentence that ends in `what`. */
int layout_drop_blob(const struct layout *layout, const struct layout_blob *blob, const char *what, struct err *err);

#endif
