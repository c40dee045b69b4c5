#ifndef TENGIL_PLAN_BACKEND_H
#define TENGIL_PLAN_BACKEND_H

#include "backend/plan/create.h"

/*
 * What a kind of container needs of its own. All of it is pure: the functions look at values and append steps. They
 * differ in where a CT comes from; the calls that are the same for all stand in pct.c.
 */
struct container_backend {
    const char *name;
    /* Finds the image or template, or decides to fetch it: sets image_storage, present, file, volid, source, digest. */
    void (*resolve)(struct create *c);
    /* What only this kind can break: versions, privileges, what the image itself holds. */
    void (*check)(struct create *c);
    void (*fetch)(struct create *c, struct plan *plan);
    void (*create)(const struct create *c, struct plan *plan);
    void (*start)(struct plan *plan, int vmid);
    void (*stop)(struct plan *plan, int vmid);
    void (*destroy)(struct plan *plan, int vmid, const struct plan_destroy_options *options);
    bool (*exists)(const struct host *host, int vmid);
    /* Adds the options that give the CT the card, with devN from `index` on. */
    void (*configure_gpu)(struct argv *argv, const struct gpu *gpu, const struct spec_gpu *wanted, int index);
};

extern const struct container_backend backend_oci, backend_lxc;

#endif
