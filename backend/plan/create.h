#ifndef TENGIL_PLAN_CREATE_H
#define TENGIL_PLAN_CREATE_H

#include "backend/plan/build.h"

/*
 * A create that is being planned: what was asked, and what it comes to on this host. The checks fill in the second half
 * or add problems; the steps are made only when there are none, so they need no checks of their own.
 */
struct create {
    const struct spec *spec;
    const struct host *host;
    const struct image_facts *facts; /* NULL: nothing is known */
    const struct settings *settings;
    const int *taken; /* VMIDs that running jobs have claimed */
    size_t ntaken;
    struct spec_problems *problems;
    struct plan *plan;

    int vmid;
    const char *arch;
    long memory, swap, disk; /* MiB, MiB, GiB */
    bool unprivileged;
    const struct storage *root_storage;
    const struct storage *image_storage;
    const struct gpu *gpu;       /* NULL: none is wanted */
    const struct image *present; /* the image or template, when it is here already */
    char *file, *volid;    /* of the image or template: "debian-12….tar.zst", "local:vztmpl/debian-12….tar.zst" */
    char *source, *digest; /* for the mark: reference or volid; digest or "unknown" */
    struct argv bridges;   /* of each network of the spec, or of the one that is made without being asked */
};

void create_clear(struct create *c);

/* check-host.c: the rules that concern the host as a whole. */
void check_guests(struct create *c);   /* VMID, hostname */
void check_capacity(struct create *c); /* cores, memory */
void check_networks(struct create *c);
void check_pool(struct create *c);
void check_versions(struct create *c);
void check_arch(struct create *c);

/* check-storage.c. A storage that is enabled, active and has the content; `named` NULL: the first one. */
int storage_choose(const struct host *host, const char *named, const char *content, const struct storage **storage,
                   struct err *err);
void check_storages(struct create *c); /* root_storage and those of the volumes */
void check_room(struct create *c);     /* after everything else is known */

/* What a plan asks of one storage, and the first field that asks. */
struct need {
    const struct storage *storage;
    uint64_t bytes;
    const char *field;
    int line;
};
/* `needs` has room for one more storage. */
void need_add(struct need *needs, size_t *n, const struct storage *storage, uint64_t bytes, const char *field,
              int line);
void needs_check(const struct need *needs, size_t n, struct plan *plan, struct spec_problems *problems);

/* The storage of a new volume, or NULL and a problem. */
const struct storage *volume_storage(const struct host *host, const struct spec_mount *mount, size_t index,
                                     struct spec_problems *problems);

/* "/var/lib/vz/template/cache/FILE"; NULL when the storage keeps no files of its own. The caller frees. */
char *storage_template_path(const struct storage *storage, const char *file);

/* check-folders.c: the source of mounts[index] is there, and the CT may use it. */
void check_folder(const struct host *host, const struct spec_mount *mount, size_t index, bool unprivileged,
                  struct plan *plan, struct spec_problems *problems);
void note_snapshots(struct plan *plan);

/* gpu-plan.c. The card that the spec's words mean; notes go to the plan, -ENOENT and a sentence when there is none. */
int gpu_choose(const struct host *host, const struct spec_gpu *wanted, struct plan *plan, const struct gpu **gpu,
               struct err *err);

/* pull.c: fetch the image and put it into the storage. */
int pull_add_steps(struct plan *plan, const struct imageref *ref, const char *arch, const struct storage *storage,
                   const struct image_facts *facts, const struct settings *settings, struct err *err);
void plan_claim_image(struct plan *plan, const char *name);
bool digest_ok(const char *digest);

#endif
