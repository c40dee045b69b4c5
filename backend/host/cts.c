#include "backend/host/cts.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/host/cluster.h"
#include "backend/host/ctconf-line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What Proxmox takes where a conf is silent (pve-container 6.1.10), in MiB. */
#define DEFAULT_MEMORY 512
#define DEFAULT_SWAP   512
#define CORES_MAX      8192

/* A folder of confs, and memory that serves for all files in it. */
struct folder {
    char *node, *path;
    int fd;
    struct buf text;
};

static bool open_folder(const struct root *root, struct folder *folder, const char *node, int *rc)
{
    folder->node = mem_strdup(node);
    folder->path = mem_printf("/etc/pve/nodes/%s/lxc", node);
    folder->fd = root_openat(root, folder->path, O_RDONLY | O_DIRECTORY, 0);
    *rc = folder->fd < 0 ? folder->fd : 0;
    return folder->fd >= 0;
}

static void close_folder(struct folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    free(folder->node);
    free(folder->path);
    buf_clear(&folder->text);
    *folder = (struct folder){.fd = -1, .text = BUF_INIT};
}

/* NULL when it cannot be read; *gone says that it is not there any more. */
static struct ctconf *read_conf(const struct root *root, struct folder *folder, const char *name, bool *gone)
{
    /* Below an open folder this is the quick way. It does not follow links, which Proxmox does not make. */
    int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int rc = fd < 0 ? -errno : 0;
    buf_reset(&folder->text);
    *gone = rc == -ENOENT;
    if (!rc) {
        rc = file_read_fd(fd, CTCONF_MAX_BYTES, &folder->text);
        close(fd);
    } else if (rc == -ELOOP) {
        char *path = mem_printf("%s/%s", folder->path, name);
        rc = root_read(root, path, CTCONF_MAX_BYTES, &folder->text, NULL);
        free(path);
    }
    if (rc)
        return NULL;
    struct ctconf *conf = mem_zero(1, sizeof(*conf));
    if (ctconf_parse(folder->text.s, folder->text.len, conf, NULL)) {
        free(conf);
        return NULL;
    }
    return conf;
}

static uint64_t conf_number(const struct ctconf *conf, const char *key, uint64_t otherwise, uint64_t max)
{
    uint64_t value;
    const char *text = ctconf_get(conf, key);
    return text && num_parse_u64(text, &value) && value <= max ? value : otherwise;
}

static uint64_t rootfs_size(const struct ctconf *conf)
{
    const char *rootfs = ctconf_get(conf, "rootfs");
    char *size = rootfs ? ctconf_prop(rootfs, "size", NULL) : NULL;
    uint64_t bytes;
    bool known = size && num_parse_size(size, 1, &bytes);
    free(size);
    return known ? bytes : HOST_UNKNOWN;
}

static void fill_from_conf(struct ct *ct, uint64_t cpus)
{
    struct ctconf_mark mark;
    const char *hostname = ctconf_get(ct->conf, "hostname");
    uint64_t cores = conf_number(ct->conf, "cores", 0, CORES_MAX);

    if (hostname && *hostname)
        mem_set(&ct->name, hostname);
    mem_set(&ct->lock, ctconf_get(ct->conf, "lock"));
    mem_set(&ct->template_name, ctconf_get(ct->conf, "ostype"));
    if (ctconf_mark(ct->conf->description, &mark)) {
        mem_set(&ct->reference, mark.image);
        mem_set(&ct->digest, mark.digest);
        mem_set(&ct->plan_id, mark.plan);
    }
    ctconf_mark_clear(&mark);
    ct->cores = cores ? cores : cpus ? cpus : HOST_UNKNOWN;
    ct->maxmem = conf_number(ct->conf, "memory", DEFAULT_MEMORY, 1ull << 40) << 20;
    ct->maxswap = conf_number(ct->conf, "swap", DEFAULT_SWAP, 1ull << 40) << 20;
    ct->maxdisk = rootfs_size(ct->conf);
}

/* `folder` NULL: the CT is known by its id only. False when the CT has gone meanwhile. */
static bool read_ct(const struct root *root, struct folder *folder, const struct live *live, int vmid, const char *node,
                    bool local, struct ct *ct)
{
    bool gone = false;
    *ct = (struct ct){
        .vmid = vmid,
        .cpu = -1,
        .cores = HOST_UNKNOWN,
        .mem = HOST_UNKNOWN,
        .maxmem = HOST_UNKNOWN,
        .swap = HOST_UNKNOWN,
        .maxswap = HOST_UNKNOWN,
        .disk = HOST_UNKNOWN,
        .maxdisk = HOST_UNKNOWN,
        .uptime = HOST_UNKNOWN,
    };
    if (folder) {
        char name[32];
        snprintf(name, sizeof(name), "%d.conf", vmid);
        ct->conf = read_conf(root, folder, name, &gone);
        if (gone && local)
            return false;
    }
    ct->node = mem_strdup(node);
    ct->name = mem_printf("CT%d", vmid);
    if (ct->conf)
        fill_from_conf(ct, local ? live->cpus : 0);
    live_fill(root, live, local, ct);
    return true;
}

static void add_ct(const struct root *root, struct folder *folder, const struct live *live, int vmid, const char *node,
                   bool local, struct host *host)
{
    MEM_GROW(host->cts, host->ncts);
    host->ncts += read_ct(root, folder, live, vmid, node, local, &host->cts[host->ncts]);
}

static int load_local(const struct root *root, const struct live *live, struct host *host, struct err *err)
{
    struct folder folder = {.fd = -1, .text = BUF_INIT};
    struct argv names = ARGV_INIT;
    int rc;

    if (!open_folder(root, &folder, host->node, &rc)) {
        rc = rc == -ENOENT || rc == -ENOTDIR ? 0 : err_sys(err, rc, "Could not open the folder %s", folder.path);
        close_folder(&folder);
        return rc;
    }
    rc = file_list(folder.fd, ".", &names, err);
    for (size_t i = 0; i < names.n && !rc; i++) {
        size_t len = strlen(names.v[i]);
        int vmid = len > 5 && strcmp(names.v[i] + len - 5, ".conf") == 0 ? cluster_vmid(names.v[i], len - 5) : -1;
        if (vmid > 0)
            add_ct(root, &folder, live, vmid, host->node, true, host);
    }
    argv_clear(&names);
    if (rc)
        rc = err_prefix(err, rc, "%s: ", folder.path);
    close_folder(&folder);
    return rc;
}

static int by_node(const void *a, const void *b)
{
    const struct guest *x = *(const struct guest *const *)a, *y = *(const struct guest *const *)b;
    int order = strcmp(x->node, y->node);
    return order ? order : (x->vmid > y->vmid) - (x->vmid < y->vmid);
}

/* Node by node, so that each folder is opened once. */
static void load_others(const struct root *root, const struct live *live, struct host *host)
{
    const struct guest **others = mem_zero(host->nguests + 1, sizeof(struct guest *));
    struct folder folder = {.fd = -1, .text = BUF_INIT};
    size_t n = 0;
    int rc;

    for (size_t i = 0; i < host->nguests; i++) {
        const struct guest *guest = &host->guests[i];
        if (!guest->qemu && !(host->node && strcmp(guest->node, host->node) == 0))
            others[n++] = guest;
    }
    if (n)
        qsort(others, n, sizeof(others[0]), by_node);
    for (size_t i = 0; i < n; i++) {
        if (!folder.node || strcmp(folder.node, others[i]->node) != 0) {
            close_folder(&folder);
            open_folder(root, &folder, others[i]->node, &rc);
        }
        add_ct(root, folder.fd >= 0 ? &folder : NULL, live, others[i]->vmid, others[i]->node, false, host);
    }
    close_folder(&folder);
    free(others);
}

static int by_vmid(const void *a, const void *b)
{
    int x = ((const struct ct *)a)->vmid, y = ((const struct ct *)b)->vmid;
    return (x > y) - (x < y);
}

int cts_load(const struct root *root, const struct live *live, struct host *host, struct err *err)
{
    int rc = host->node ? load_local(root, live, host, err) : 0;
    if (!rc)
        load_others(root, live, host);
    if (host->ncts)
        qsort(host->cts, host->ncts, sizeof(host->cts[0]), by_vmid);
    return rc;
}

void cts_free(struct ct *cts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ct *ct = &cts[i];
        char *const parts[] = {ct->node,   ct->name,    ct->lock,          ct->reference,
                               ct->digest, ct->plan_id, ct->template_name, ct->address};
        for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
            free(parts[k]);
        if (ct->conf)
            ctconf_clear(ct->conf);
        free(ct->conf);
    }
    free(cts);
}
