#ifndef TENGIL_SIM_SEED_H
#define TENGIL_SIM_SEED_H

#include "backend/base/err.h"
#include "backend/base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The host that the demo opens on: what is written into DIR/root and DIR/state by `tengil-sim init`. Tables say what
 * there is (seed-data.c, seed-jobs-data.c), the other files write it as a real host has it. Dates are told as days ago
 * and a time of day on a clock that stands at 15:01, so that the demo of any day looks the same.
 */
#define SEED_NODE       "pve"
#define SEED_OTHER_NODE "pve2"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

#define SEED_MOUNTS 3
#define SEED_ENV    4

struct seed_ct {
    int vmid;
    const char *node, *name;
    const char *image;        /* reference, or the name of a template */
    const char *ostype, *run; /* `run`: entry point and arguments; NULL: as the image in image-apps.c says */
    bool running;
    const char *lock;
    double cpu; /* of its cores */
    unsigned cores;
    unsigned memory, memory_max, swap_max; /* MiB */
    double disk;                           /* of its root disk */
    unsigned disk_max;                     /* GiB */
    unsigned host;                         /* last number of its address; 0: none */
    const char *mac;                       /* NULL: made from the VMID */
    unsigned up_minutes;
    const char *tags;
    const char *mounts[SEED_MOUNTS]; /* values of mp0, mp1 … */
    const char *env[SEED_ENV];       /* set here, beside those of the image */
    bool gpu;
};
extern const struct seed_ct seed_cts[];
extern const size_t seed_ncts;

struct seed_image {
    const char *reference; /* an OCI image, NULL for a template */
    const char *file;      /* a template's file, else NULL: follows from the reference */
    uint64_t size;
    unsigned days, hours; /* age */
};
extern const struct seed_image seed_images[];
extern const size_t seed_nimages;

struct seed_backup {
    int vmid;
    unsigned days, hour, minute;
    uint64_t size;
};
extern const struct seed_backup seed_backups[];
extern const size_t seed_nbackups;

struct seed_storage {
    const char *id;
    uint64_t total, used; /* KiB */
};
extern const struct seed_storage seed_storages[];
extern const size_t seed_nstorages;

/* One step of a job. Words of a command stand between blanks. */
struct seed_step {
    const char *title, *command, *undo;
    const char *log;
    unsigned seconds;
    uint64_t total; /* bytes that it fetches, where that is known */
    bool verb;      /* the command is one of tengil-job's */
};
enum { SEED_STEPS = 8 };
struct seed_job {
    int id;
    const char *kind, *title;
    int vmid;
    unsigned days, hour, minute;
    const char *state;
    int failed;         /* step that failed or was cut off, counted from 1; 0: none */
    int exit;           /* its exit code */
    const char *undone; /* what the undo said; NULL: there was none */
    const char *text;
    const char *image_volid;
    const char *spec; /* what a create was made from; NULL: not kept */
    bool read;        /* somebody has looked at how it was interrupted */
    struct seed_step steps[SEED_STEPS];
};
extern const struct seed_job seed_jobs[];
extern const size_t seed_njobs;

/* Unix seconds of a moment that is so many days ago, at a time of day. */
int64_t seed_when(unsigned days, unsigned hour, unsigned minute);

/* Size of a template's file in the demo, 0: as it comes. */
uint64_t seed_template_size(const char *file);

/* The writers. `root` is a handle of DIR/root. seed_storage comes before seed_ct_files, which names its images'
 * digests. */
int seed_host(int root, bool empty, struct err *err);
int seed_devices(int root, struct err *err);
int seed_storage(int root, bool empty, struct err *err);
int seed_ct_files(int root, bool empty, struct err *err);
int seed_job_folders(int state, struct err *err);
/* The digest of a seeded image: of its manifest, or made of the reference where the image is not on this node. */
void seed_digest(const char *reference, char digest[HASH_SHA256_HEX + 1]);
/* The file of an image in a template folder: "docker.io_library_nextcloud_32.0.1_amd64.tar". The caller frees. */
char *seed_image_file(const char *reference);

#endif
