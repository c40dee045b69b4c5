#include "backend/host/cluster.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* /etc/pve keeps no file over 1 MiB; the dot files are made up on reading and may be larger. */
#define CFG_MAX       (1024 * 1024)
#define LIST_MAX      (16 * 1024 * 1024)
#define VMID_MIN      100
#define VMID_MAX      999999999
#define NEXT_LOWER    100
#define NEXT_UPPER    1000000
#define NODE_NAME_MAX 255

int cluster_vmid(const char *s, size_t len)
{
    int vmid = 0;
    if (len < 3 || len > 9 || *s == '0')
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        vmid = vmid * 10 + (s[i] - '0');
    }
    return vmid >= VMID_MIN && vmid <= VMID_MAX ? vmid : -1;
}

/* A node's name becomes part of a path. */
static bool is_node_name(const char *name)
{
    return name && *name && *name != '.' && !strchr(name, '/') && strlen(name) <= NODE_NAME_MAX;
}

static int by_vmid(const void *a, const void *b)
{
    int x = ((const struct guest *)a)->vmid, y = ((const struct guest *)b)->vmid;
    return (x > y) - (x < y);
}

/* Sorted, each id once. */
static void order_guests(struct guest *guests, size_t *n)
{
    size_t kept = 0;
    if (*n)
        qsort(guests, *n, sizeof(guests[0]), by_vmid);
    for (size_t i = 0; i < *n; i++) {
        if (kept && guests[kept - 1].vmid == guests[i].vmid)
            free(guests[i].node);
        else
            guests[kept++] = guests[i];
    }
    *n = kept;
}

static void add_guest(struct guest **guests, size_t *n, int vmid, const char *node, bool qemu)
{
    MEM_GROW(*guests, *n);
    (*guests)[(*n)++] = (struct guest){.vmid = vmid, .node = mem_strdup(node), .qemu = qemu};
}

void cluster_free_guests(struct guest *guests, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(guests[i].node);
    free(guests);
}

int cluster_parse_vmlist(const char *text, size_t len, struct guest **guests, size_t *n)
{
    const char *id;
    json_t *guest, *all = json_loadb(text, len, 0, NULL);

    if (!json_is_object(all)) {
        json_decref(all);
        return -EBADMSG;
    }
    *guests = NULL;
    *n = 0;
    /* A cluster without guests has no `ids` at all. */
    json_object_foreach(json_object_get(all, "ids"), id, guest)
    {
        const char *node = json_string_value(json_object_get(guest, "node"));
        const char *type = json_string_value(json_object_get(guest, "type"));
        int vmid = cluster_vmid(id, strlen(id));
        if (vmid > 0 && is_node_name(node))
            add_guest(guests, n, vmid, node, type && strcmp(type, "qemu") == 0);
    }
    json_decref(all);
    order_guests(*guests, n);
    return 0;
}

int cluster_parse_members(const char *text, size_t len, struct argv *nodes)
{
    const char *name;
    json_t *node, *all = json_loadb(text, len, 0, NULL);

    if (!json_is_object(all)) {
        json_decref(all);
        return -EBADMSG;
    }
    json_object_foreach(json_object_get(all, "nodelist"), name, node)
    {
        if (is_node_name(name) && !argv_has(nodes, name))
            argv_push(nodes, name);
    }
    json_decref(all);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* `pool:NAME:COMMENT:101,102:STORAGES:` */
void cluster_parse_pools(const char *text, size_t len, struct argv *pools)
{
    static const char head[] = "pool:";
    const char *end = text + len;

    for (const char *at = text; at < end;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *to = feed ? feed : end;
        if ((size_t)(to - at) > strlen(head) && memcmp(at, head, strlen(head)) == 0) {
            const char *name = at + strlen(head);
            const char *colon = memchr(name, ':', (size_t)(to - name));
            if (colon && colon > name && !memchr(name, '\0', (size_t)(colon - name)))
                argv_push_nodup(pools, mem_dup(name, (size_t)(colon - name)));
        }
        at = feed ? feed + 1 : end;
    }
    if (pools->n)
        qsort(pools->v, pools->n, sizeof(pools->v[0]), by_text);
}

static void take_bound(const char *value, const char *key, int *bound)
{
    char *text = ctconf_prop(value, key, NULL);
    int64_t number;
    if (text && num_parse(text, VMID_MIN, VMID_MAX + 1, &number))
        *bound = (int)number;
    free(text);
}

void cluster_parse_next_id(const char *text, size_t len, int *lower, int *upper)
{
    char *copy = mem_dup(text, len);
    *lower = NEXT_LOWER;
    *upper = NEXT_UPPER;
    for (char *save = NULL, *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        const char *value;
        if (!text_starts(line, "next-id:", &value))
            continue;
        char *bounds = text_trim(line + (value - line));
        take_bound(bounds, "lower", lower);
        take_bound(bounds, "upper", upper);
    }
    free(copy);
}

char *cluster_node(const struct root *root)
{
    struct buf text = BUF_INIT;
    char *node = NULL;

    if (root_readlink(root, "/etc/pve/local", &text) == 0) {
        const char *slash = strrchr(text.s, '/');
        node = mem_strdup(slash ? slash + 1 : text.s);
    } else if (root_read(root, "/etc/hostname", 4096, &text, NULL) == 0) {
        char *name = text_trim(text.s);
        node = mem_dup(name, strcspn(name, ".\n"));
    }
    buf_clear(&text);
    if (node && !is_node_name(node))
        mem_set(&node, NULL);
    return node;
}

static void add_folder(const struct root *root, const char *node, bool qemu, struct guest **guests, size_t *n)
{
    struct argv names = ARGV_INIT;
    char *path = mem_printf("/etc/pve/nodes/%s/%s", node, qemu ? "qemu-server" : "lxc");
    root_list(root, path, &names, NULL);
    for (size_t i = 0; i < names.n; i++) {
        size_t len = strlen(names.v[i]);
        int vmid = len > 5 && strcmp(names.v[i] + len - 5, ".conf") == 0 ? cluster_vmid(names.v[i], len - 5) : -1;
        if (vmid > 0)
            add_guest(guests, n, vmid, node, qemu);
    }
    free(path);
    argv_clear(&names);
}

void cluster_load_guests(const struct root *root, struct host *host)
{
    struct buf text = BUF_INIT;
    struct argv nodes = ARGV_INIT;
    int rc = root_read(root, "/etc/pve/.vmlist", LIST_MAX, &text, NULL);

    if (rc == 0)
        rc = cluster_parse_vmlist(text.s, text.len, &host->guests, &host->nguests);
    buf_clear(&text);
    if (rc == 0)
        return;
    root_list(root, "/etc/pve/nodes", &nodes, NULL);
    for (size_t i = 0; i < nodes.n; i++) {
        add_folder(root, nodes.v[i], false, &host->guests, &host->nguests);
        add_folder(root, nodes.v[i], true, &host->guests, &host->nguests);
    }
    argv_clear(&nodes);
    order_guests(host->guests, &host->nguests);
}

void cluster_load_rest(const struct root *root, struct host *host)
{
    struct buf text = BUF_INIT;

    if (host->node)
        argv_push(&host->nodes, host->node);
    if (root_read(root, "/etc/pve/.members", LIST_MAX, &text, NULL) == 0)
        cluster_parse_members(text.s, text.len, &host->nodes);
    size_t own = host->node ? 1 : 0;
    if (host->nodes.n > own)
        qsort(host->nodes.v + own, host->nodes.n - own, sizeof(host->nodes.v[0]), by_text);

    buf_reset(&text);
    root_read(root, "/etc/pve/user.cfg", CFG_MAX, &text, NULL);
    cluster_parse_pools(text.s, text.len, &host->pools);

    buf_reset(&text);
    root_read(root, "/etc/pve/datacenter.cfg", CFG_MAX, &text, NULL);
    cluster_parse_next_id(text.s, text.len, &host->next_lower, &host->next_upper);
    buf_clear(&text);
}
