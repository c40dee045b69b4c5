#ifndef TENGIL_HOST_HOST_H
#define TENGIL_HOST_HOST_H

#include "backend/base/argv.h"
#include "backend/base/err.h"
#include "backend/host/ctconf.h"
#include "backend/host/root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What exists on the host, as one immutable snapshot. Strings are as the files had them: hostile until drawn or
 * checked. Sources are named by the files in pve/README's "Layout" and verdict (n). Sizes are bytes. UINT64_MAX: not
 * known.
 */
#define HOST_UNKNOWN UINT64_MAX

enum ct_state { CT_UNKNOWN, CT_STOPPED, CT_RUNNING };

struct ct {
    int vmid;
    char *node;
    char *name; /* hostname, or CT<vmid> */
    enum ct_state state;
    char *lock;                         /* "backup", …; NULL: none */
    struct ctconf *conf;                /* NULL for CTs of other nodes whose conf could not be read */
    char *reference, *digest, *plan_id; /* from our mark in the description; NULL: none */
    char *template_name;                /* guess of the source when there is no mark: ostype */
    double cpu;                         /* 0 to 1 of its cores; below 0: not known */
    uint64_t cores, mem, maxmem, swap, maxswap, disk, maxdisk, uptime; /* uptime in seconds */
    char *address; /* first address that is not loopback, or the static one of net0; NULL: not known */
};

struct storage {
    char *id, *type, *path; /* path: of dir-like types, else NULL */
    char *template_dir;     /* where its templates lie, "/var/lib/vz/template/cache"; NULL without a path */
    struct argv content;    /* "rootdir", "images", "vztmpl", "backup", …; the type's own when the file says none */
    bool disabled;          /* switched off, or kept to other nodes (`nodes`) */
    bool active;            /* as `pvesm status` says; when it was not asked or failed: not disabled */
    bool shared;
    uint64_t total, used, avail; /* from `pvesm status` */
};

/* A file in a template folder: an OCI archive or an LXC template. */
struct image {
    char *storage, *file; /* "local", "docker.io_library_alpine_3.20_amd64.tar" */
    char *volid;          /* "local:vztmpl/…" */
    char *path;           /* as the host knows it */
    uint64_t size;
    int64_t mtime; /* Unix seconds */
    bool oci;
    char *reference, *digest, *arch; /* of OCI archives, from their own index.json; NULL: not said */
};

struct bridge {
    char *name, *uplink; /* uplink: the first physical port; NULL: none */
    bool up;
};

struct gpu {
    char *pci;    /* "0000:00:02.0" */
    char *vendor; /* "intel", "amd", "nvidia", "other" */
    char *driver; /* "i915"; NULL: none is bound */
    char *name;   /* for people: "Intel UHD Graphics 770", or vendor and ids */
    char *render; /* "/dev/dri/renderD128"; NULL: none */
    char *card;   /* "/dev/dri/card0"; NULL: none */
};

struct guest { /* every guest of the cluster, for free ids */
    int vmid;
    char *node;
    bool qemu;
};

/* A folder of the host that a spec wants mounted: only those that were asked for are here. */
struct host_folder {
    char *path;
    bool exists, is_folder;
    unsigned uid, gid, mode; /* mode: permission bits */
};

struct host {
    uint64_t generation;
    char *node;
    char *pve_version;       /* "9.2.11"; NULL: not a Proxmox VE host, or not asked */
    char *container_version; /* of the package pve-container, "6.1.10" */
    char *arch;              /* "amd64", "arm64" */
    long cpus;
    uint64_t mem_total, mem_avail, swap_total, swap_free;
    double cpu; /* load of the host, 0 to 1; below 0: not known */
    int next_lower, next_upper;
    struct ct *cts; /* these two sorted by VMID */
    size_t ncts;
    struct guest *guests;
    size_t nguests;
    struct storage *storages;
    size_t nstorages;
    struct image *images; /* sorted by storage, then file */
    size_t nimages;
    struct bridge *bridges;
    size_t nbridges;
    struct gpu *gpus;
    size_t ngpus;
    struct host_folder *folders;
    size_t nfolders;
    struct argv nodes; /* names of the cluster's nodes, this one first */
    struct argv pools;
};

/* Which parts are wanted: what is not asked is empty. HOST_SPACE and HOST_VERSION run pvesm and pveversion (about half
 * a second each on a real host); the rest reads files only. */
enum host_part {
    HOST_CTS = 1,      /* cts, with figures and addresses */
    HOST_GUESTS = 2,   /* guests, next_lower, next_upper, nodes, pools */
    HOST_STORAGES = 4, /* storage.cfg */
    HOST_SPACE = 8,    /* pvesm status: active, total, used, avail */
    HOST_IMAGES = 16,  /* implies HOST_STORAGES */
    HOST_DEVICES = 32, /* bridges, gpus, cpus, memory */
    HOST_VERSION = 64,
    HOST_ALL = 127,
};

/* Fails only when /etc/pve is there and cannot be read; what else is odd or missing is left out or not known. */
int host_load(const struct root *root, unsigned parts, struct host **host, struct err *err);
void host_free(struct host *host); /* takes NULL */

/* Looks at one more folder, for the plans that will mention it. Part of loading: before the snapshot is handed on. */
void host_look_at(struct host *host, const struct root *root, const char *path);

/* Look-ups: NULL when there is none. */
const struct ct *host_ct(const struct host *host, int vmid);
const struct guest *host_guest(const struct host *host, int vmid);
const struct storage *host_storage(const struct host *host, const char *id);
const struct host_folder *host_folder(const struct host *host, const char *path); /* NULL: nobody looked */
bool storage_has(const struct storage *storage, const char *content);
const struct image *host_image(const struct host *host, const char *storage, const char *file);
const struct image *host_image_volid(const struct host *host, const char *volid);

/* The smallest free VMID that is not in `taken` (claims of other jobs), as /cluster/nextid; -ENOSPC when none is. */
int host_next_vmid(const struct host *host, const int *taken, size_t ntaken);

/* True when `version` ("6.1.10") is at least `wanted` ("6.1.6"). NULL is not. */
bool host_version_at_least(const char *version, const char *wanted);

#endif
