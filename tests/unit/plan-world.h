#ifndef TENGIL_TESTS_PLAN_WORLD_H
#define TENGIL_TESTS_PLAN_WORLD_H

#include "backend/plan/plan.h"

/*
 * A host and a wish for the tests of plans: node `pve` with its neighbour `pve2`, 12 CPUs and 62.6 GiB, built by hand
 * so that a test knows every value. A test changes what it is about and puts the world back with world_clear.
 */
#define WORLD_ID "0123456789abcdef"

struct world {
    struct host host;
    struct spec spec;
    struct image_facts facts;
    struct settings settings;
    struct ct cts[8];
    struct ctconf confs[8];
    struct guest guests[10];
    struct storage storages[6];
    struct image images[3];
    struct bridge bridges[3];
    struct gpu gpus[4];
    struct host_folder folders[4];
    bool no_facts; /* plan with NULL */
    int taken[4];
    size_t ntaken;
};

/* The wish: alpine from docker.io, nothing else said. */
void world_init(struct world *w);
void world_clear(struct world *w);

/* The wish of a media server with a GPU, two new volumes and a host folder. */
void world_wish_jellyfin(struct world *w);
void world_wish_template(struct world *w, const char *template);
void world_image(struct world *w, const char *reference);

struct spec_mount *world_folder(struct world *w, const char *source, const char *target);
struct spec_mount *world_volume(struct world *w, const char *storage, long size, const char *target);
void world_env(struct world *w, const char *name, const char *value, const char *file);
struct spec_net *world_net(struct world *w);
void world_no_gpus(struct world *w);
struct ct *world_ct(struct world *w, int vmid);

/* plan_create with all of it; problems may be NULL when there must be none. */
struct plan *world_create(struct world *w, struct spec_problems *problems);

#endif
