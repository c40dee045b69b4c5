#ifndef TENGIL_REGISTRY_FACTS_H
#define TENGIL_REGISTRY_FACTS_H

#include "backend/base/argv.h"

#include <stdint.h>

/* What is known of an image before it is pulled, by `skopeo inspect` (registry/inspect.h) or from a cached archive. */
struct image_facts {
    char *digest; /* of what the tag points at */
    char *arch;
    uint64_t size;    /* bytes to download for this platform: config and layers */
    uint64_t missing; /* of these, bytes of blobs that are not in the cache */
    struct argv env, volumes, entrypoint;
    char *user;
};
void image_facts_clear(struct image_facts *facts);

#endif
