#ifndef TENGIL_SPEC_SPEC_H
#define TENGIL_SPEC_SPEC_H

#include "backend/base/argv.h"
#include "backend/base/err.h"
#include "backend/spec/imageref.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What a person wants: one container, from the form, a YAML file or a recipe. A value: nothing here knows how it is
 * made. Numbers that were not given are SPEC_UNSET, strings that were not given NULL; defaults that need a host are
 * filled in by the plan. `line` says where a thing stood in the file, 0 when it came from elsewhere.
 */
#define SPEC_UNSET (-1)

enum spec_kind { SPEC_NONE, SPEC_OCI, SPEC_LXC };

/* Yes, no, not given. */
enum spec_bool { SPEC_BOOL_UNSET = -1, SPEC_FALSE = 0, SPEC_TRUE = 1 };

struct spec_net {
    char *name;    /* in the CT, "eth0"; NULL: eth and the number of the network */
    char *bridge;  /* NULL: the first bridge of the host that is up */
    char *ip;      /* "dhcp", "none" or "192.168.1.40/24"; NULL is dhcp */
    char *gateway; /* IPv4 */
    char *ip6;     /* "dhcp", "auto", "none" or "…/64"; NULL is none */
    char *gateway6;
    char *hwaddr;     /* NULL: Proxmox makes one up */
    long vlan;        /* 1 to 4094 */
    long mtu;         /* 576 to 65535 */
    double rate;      /* MB/s; below 0 when not given */
    int firewall;     /* enum spec_bool */
    int host_managed; /* enum spec_bool; unset leaves it to Proxmox */
    int line;
};

struct spec_mount {
    char *source;  /* a host folder, absolute; NULL when it is a new volume */
    char *storage; /* of the new volume */
    long size;     /* of the new volume, GiB */
    char *target;  /* in the CT, absolute */
    int readonly;  /* enum spec_bool */
    int backup;    /* enum spec_bool; for volumes */
    int line;
};

struct spec_env {
    char *name;
    char *value; /* NULL when it is read from a file */
    char *file;  /* absolute path of a file whose content is the value (a secret), without its last line feed */
    int line;
};

struct spec_gpu {
    int passthrough; /* enum spec_bool */
    char *type;      /* "auto", "intel", "amd", "nvidia"; NULL is auto */
    char *pci;       /* "0000:00:02.0" when the person chose one */
    long gid;        /* of the render group in the CT; SPEC_UNSET is 0 */
};

struct spec {
    enum spec_kind kind;
    struct imageref image; /* SPEC_OCI */
    char *arch;            /* "amd64", …; NULL: the host's */
    char *template;        /* SPEC_LXC: "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst", or the bare file name */
    char *hostname;
    long vmid;
    long cores;
    double cpulimit; /* cores; below 0 when not given */
    long cpuunits;
    long memory; /* MiB */
    long swap;   /* MiB */
    long disk;   /* GiB */
    char *storage;
    char *image_storage;                         /* where images and templates are kept; NULL: the first that can */
    int unprivileged, onboot, protection, start; /* enum spec_bool */
    int nesting, keyctl, fuse, mknod;            /* enum spec_bool: features */
    struct spec_net *nets;
    size_t nnets;
    struct spec_gpu gpu;
    struct spec_mount *mounts;
    size_t nmounts;
    struct spec_env *env;
    size_t nenv;
    char *pool;
    struct argv tags;
    char *description;
    char *nameserver, *searchdomain, *timezone, *ostype;
    long startup_order, startup_delay; /* seconds */
};

void spec_init(struct spec *spec);
void spec_clear(struct spec *spec);
/* Adds an element with nothing given. The pointer is good until the next one is added. */
struct spec_net *spec_add_net(struct spec *spec);
struct spec_mount *spec_add_mount(struct spec *spec);
struct spec_env *spec_add_env(struct spec *spec);

/* What is wrong with a spec, all of it at once, in the order of its lines. */
struct spec_problem {
    int line, column; /* 0: not about a place in a file */
    char *field;      /* "memory", "mounts[1].target", "network.vlan" */
    char *reason;     /* a sentence */
};
struct spec_problems {
    struct spec_problem *v;
    size_t n;
};
void spec_problems_add(struct spec_problems *p, int line, int column, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* By line and column; those without a place come last. */
void spec_problems_sort(struct spec_problems *p);
void spec_problems_clear(struct spec_problems *p);

/*
 * Reads a spec from YAML and checks it (spec_check). Problems go to `problems`, with places; the spec then is not for
 * use, but to be cleared. `notes` gets a sentence for each thing that the file asks and this program does not do
 * (post_install, setup_commands, …), which are no errors. `spec` is overwritten. Returns 0, -EINVAL when there are
 * problems.
 */
int spec_read(const char *yaml, size_t len, struct spec *spec, struct spec_problems *problems, struct argv *notes);
/* Reads what is to be added to an existing CT: mounts and a GPU, and nothing else. */
int spec_read_change(const char *yaml, size_t len, struct spec *spec, struct spec_problems *problems,
                     struct argv *notes);

/* The rules that need no host: ranges, names, what excludes what. The same sentences for a form and for a file. */
void spec_check(const struct spec *spec, struct spec_problems *problems);
/* The same but for what the CT is made from: for a spec that changes one. */
void spec_check_parts(const struct spec *spec, struct spec_problems *problems);

/* Writes the spec as YAML that spec_read reads back to the same value. */
void spec_write(const struct spec *spec, struct buf *out);

#endif
