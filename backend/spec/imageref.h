#ifndef TENGIL_SPEC_IMAGEREF_H
#define TENGIL_SPEC_IMAGEREF_H

#include "backend/base/buf.h"
#include "backend/base/err.h"

#include <stdbool.h>

/*
 * An image reference, `[registry/]repository[:tag][@digest]`, in full. The grammar is distribution/reference's,
 * narrowed to what skopeo takes: no [v6] host, no upper-case first part without a dot, 255 characters for registry and
 * repository together, never tag and digest at once.
 */
struct imageref {
    char *registry;   /* "docker.io" (index.docker.io is the same) */
    char *repository; /* "library/alpine": one-part names of docker.io get library/ */
    char *tag;        /* NULL when there is a digest; "latest" when neither was given */
    char *digest;     /* "sha256:…" or NULL */
};

int imageref_parse(const char *text, struct imageref *ref, struct err *err);
void imageref_clear(struct imageref *ref);
int imageref_copy(struct imageref *to, const struct imageref *from);
/* True when the text begins with a registry ("ghcr.io/…"), as against a name that docker.io is put before. */
bool imageref_names_registry(const char *text);

/* "docker.io/library/alpine:3.20" or "…@sha256:…" */
void imageref_add(struct buf *out, const struct imageref *ref);

/* The name of the image's file in a template folder, without `.tar`, and of its pull folder: registry, repository, tag
 * and arch joined by `_`, "docker.io_library_alpine_3.20_amd64". What [A-Za-z0-9_.-] does not hold (the port's `:`) is
 * `-`; a `_` that stood in a part and a `-` of the registry are doubled, so that no two references share a name. A
 * digest stands as `sha256-` and its first 32 digits (a tag that begins so has a second `-`). Cut names (over 200
 * bytes) end in 16 digits of the SHA-256 of the whole. */
void imageref_add_filename(struct buf *out, const struct imageref *ref, const char *arch);

#endif
