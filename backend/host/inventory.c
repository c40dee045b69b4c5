#include "backend/host/host.h"

#include "backend/base/mem.h"
#include "backend/host/cluster.h"
#include "backend/host/cts.h"
#include "backend/host/devices.h"
#include "backend/host/images.h"
#include "backend/host/live.h"
#include "backend/host/storage.h"
#include "backend/host/version.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_uint_fast64_t generations;

static int load_cts(const struct root *root, unsigned parts, struct host *host, struct err *err)
{
    struct live live;
    live_load(root, host->node, &live);
    live.cpus = (uint64_t)devices_cpus(root);
    host->cpu = parts & HOST_DEVICES ? live.node_cpu : -1;
    int rc = cts_load(root, &live, host, err);
    live_clear(&live);
    return rc;
}

/* The load of the node stands in the same file as the figures of CTs, which are not wanted here. */
static void load_devices(const struct root *root, unsigned parts, struct host *host)
{
    if (!(parts & HOST_CTS)) {
        struct live live;
        live_load(root, host->node, &live);
        host->cpu = live.node_cpu;
        live_clear(&live);
    }
    devices_load(root, host);
}

int host_load(const struct root *root, unsigned parts, struct host **result, struct err *err)
{
    struct host *host = mem_zero(1, sizeof(*host));
    int rc = 0;

    *host = (struct host){
        .generation = atomic_fetch_add(&generations, 1) + 1,
        .node = cluster_node(root),
        .arch = version_arch(),
        .mem_total = HOST_UNKNOWN,
        .mem_avail = HOST_UNKNOWN,
        .swap_total = HOST_UNKNOWN,
        .swap_free = HOST_UNKNOWN,
        .cpu = -1,
    };
    if (parts & (HOST_CTS | HOST_GUESTS))
        cluster_load_guests(root, host);
    if (parts & HOST_GUESTS)
        cluster_load_rest(root, host);
    if (parts & HOST_CTS)
        rc = load_cts(root, parts, host, err);
    if (!rc && parts & (HOST_STORAGES | HOST_SPACE | HOST_IMAGES))
        rc = storage_load(root, parts & HOST_SPACE, host, err);
    if (!rc && parts & HOST_IMAGES)
        images_load(root, host);
    if (!rc && parts & HOST_DEVICES)
        load_devices(root, parts, host);
    if (!rc && parts & HOST_VERSION)
        version_load(host);
    if (!(parts & HOST_GUESTS)) { /* they only served to find CTs of other nodes */
        cluster_free_guests(host->guests, host->nguests);
        host->guests = NULL;
        host->nguests = 0;
    }
    if (rc) {
        host_free(host);
        return rc;
    }
    *result = host;
    return 0;
}

void host_free(struct host *host)
{
    if (!host)
        return;
    cts_free(host->cts, host->ncts);
    cluster_free_guests(host->guests, host->nguests);
    storage_free(host->storages, host->nstorages);
    images_free(host->images, host->nimages);
    devices_free(host);
    for (size_t i = 0; i < host->nfolders; i++)
        free(host->folders[i].path);
    free(host->folders);
    argv_clear(&host->nodes);
    argv_clear(&host->pools);
    free(host->node);
    free(host->pve_version);
    free(host->container_version);
    free(host->arch);
    free(host);
}

static int vmid_order(const void *key, const void *element)
{
    int x = *(const int *)key, y = ((const struct ct *)element)->vmid;
    return (x > y) - (x < y);
}

const struct ct *host_ct(const struct host *host, int vmid)
{
    return host->ncts ? bsearch(&vmid, host->cts, host->ncts, sizeof(host->cts[0]), vmid_order) : NULL;
}

static int guest_order(const void *key, const void *element)
{
    int x = *(const int *)key, y = ((const struct guest *)element)->vmid;
    return (x > y) - (x < y);
}

const struct guest *host_guest(const struct host *host, int vmid)
{
    return host->nguests ? bsearch(&vmid, host->guests, host->nguests, sizeof(host->guests[0]), guest_order) : NULL;
}

const struct storage *host_storage(const struct host *host, const char *id)
{
    for (size_t i = 0; i < host->nstorages; i++)
        if (strcmp(host->storages[i].id, id) == 0)
            return &host->storages[i];
    return NULL;
}

bool storage_has(const struct storage *storage, const char *content)
{
    return argv_has(&storage->content, content);
}

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

int host_next_vmid(const struct host *host, const int *taken, size_t ntaken)
{
    size_t n = 0;
    int *used = mem_zero(host->nguests + host->ncts + ntaken + 1, sizeof(*used));

    for (size_t i = 0; i < host->nguests; i++)
        used[n++] = host->guests[i].vmid;
    for (size_t i = 0; i < host->ncts; i++)
        used[n++] = host->cts[i].vmid;
    for (size_t i = 0; i < ntaken; i++)
        used[n++] = taken[i];
    qsort(used, n, sizeof(used[0]), by_number);

    int next = host->next_lower;
    for (size_t i = 0; i < n; i++)
        next += used[i] == next;
    free(used);
    return next < host->next_upper ? next : -ENOSPC;
}
