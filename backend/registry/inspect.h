#ifndef TENGIL_REGISTRY_INSPECT_H
#define TENGIL_REGISTRY_INSPECT_H

#include "backend/base/err.h"
#include "backend/registry/facts.h"
#include "backend/spec/imageref.h"
#include "backend/spec/settings.h"

#include <stddef.h>

/*
 * Asks the registry for the facts of an image by `skopeo inspect`: two or three small answers, no layer. `arch` is
 * Proxmox's name ("amd64", "i386"). `blobs_dir`/sha256/HEX are the blobs that are kept already. The registries file
 * (settings_write_registries_conf) is written first. An image of one platform that is not `arch` gives its own in
 * facts->arch; an index without it is an error. Everything in `facts` is the registry's word: hostile until checked.
 * On success `facts` is overwritten (image_facts_clear). Takes up to two minutes for each answer.
 */
int image_facts_fetch(const struct imageref *ref, const char *arch, const struct settings *settings,
                      const char *blobs_dir, struct image_facts *facts, struct err *err);

/* The three answers as parsers, for tests and other sources. Each takes bytes; -EINVAL with a sentence when they are
 * not what they should be. `image` is for the sentences. */

/* The digest of the platform's manifest in an index, to be freed; *digest is NULL when it is no index. */
int inspect_index(const char *json, size_t len, const char *arch, const char *image, char **digest, struct err *err);
/* Sizes of config and layers, each blob once: facts->size and ->missing. */
int inspect_manifest(const char *json, size_t len, const char *blobs_dir, const char *image, struct image_facts *facts,
                     struct err *err);
/* What the image wants to run as: facts->arch, env, volumes, entrypoint (with its Cmd), user. */
int inspect_config(const char *json, size_t len, const char *image, struct image_facts *facts, struct err *err);

#endif
