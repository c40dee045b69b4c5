#include "backend/host/live.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "backend/base/text.h"
#include "backend/host/address.h"
#include "backend/host/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOCKETS_MAX (64 * 1024 * 1024)
#define RRD_MAX     (64 * 1024 * 1024)
#define SMALL_MAX   8192
#define GROUPS_MAX  16

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

void live_parse_unix(const char *text, size_t len, struct live *live)
{
    static const char head[] = " @/var/lib/lxc/", tail[] = "/command";
    const char *at = text, *end = text + len;

    while (at < end && (at = memmem(at, (size_t)(end - at), head, strlen(head)))) {
        const char *id = at + strlen(head), *slash = id;
        while (slash < end && *slash >= '0' && *slash <= '9')
            slash++;
        at = slash;
        if ((size_t)(end - slash) < strlen(tail) || memcmp(slash, tail, strlen(tail)) != 0)
            continue;
        const char *after = slash + strlen(tail);
        int vmid = cluster_vmid(id, (size_t)(slash - id));
        if (vmid < 0 || (after < end && *after != '\n'))
            continue;
        MEM_GROW(live->running, live->nrunning);
        live->running[live->nrunning++] = vmid;
    }
    if (live->nrunning)
        qsort(live->running, live->nrunning, sizeof(live->running[0]), by_number);
    live->running_known = true;
}

bool live_runs(const struct live *live, int vmid)
{
    return live->nrunning && bsearch(&vmid, live->running, live->nrunning, sizeof(vmid), by_number);
}

/* Fields of a row behind its key, by position. */
enum { VM_UPTIME = 0, VM_STATUS = 2, VM_CPU = 6, VM_MAXMEM = 7, VM_MEM = 8, VM_MAXDISK = 9, VM_DISK = 10 };
enum { NODE_CPU = 5 };
#define FIELDS_MAX 24

static size_t split_fields(const char *at, const char *end, const char *fields[FIELDS_MAX], size_t lens[FIELDS_MAX])
{
    size_t n = 0;
    while (n < FIELDS_MAX) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        fields[n] = at;
        lens[n++] = (size_t)((colon ? colon : end) - at);
        if (!colon)
            break;
        at = colon + 1;
    }
    return n;
}

static double read_ratio(const char *s, size_t len)
{
    char text[64], *end;
    if (len == 0 || len >= sizeof(text))
        return -1;
    memcpy(text, s, len);
    text[len] = '\0';
    if (text[strspn(text, "0123456789.eE+-")]) /* `U`, and strtod's words for what is no number */
        return -1;
    double value = strtod(text, &end);
    return *end || value < 0 || value > 1e6 ? -1 : value;
}

static uint64_t read_count(const char *s, size_t len)
{
    char text[32], *point;
    uint64_t value;
    if (len == 0 || len >= sizeof(text))
        return HOST_UNKNOWN;
    memcpy(text, s, len);
    text[len] = '\0';
    if ((point = strchr(text, '.'))) /* Perl's sums of bytes may have become fractions */
        *point = '\0';
    return num_parse_u64(text, &value) ? value : HOST_UNKNOWN;
}

static void read_guest(struct live *live, const char *id, size_t id_len, const char *at, const char *end)
{
    const char *fields[FIELDS_MAX];
    size_t lens[FIELDS_MAX];
    int vmid = cluster_vmid(id, id_len);
    size_t n = split_fields(at, end, fields, lens);

    if (vmid < 0 || n <= VM_STATUS)
        return;
    for (size_t i = n; i < FIELDS_MAX; i++) { /* a line that was cut off */
        fields[i] = end;
        lens[i] = 0;
    }
    MEM_GROW(live->rows, live->nrows);
    live->rows[live->nrows++] = (struct live_row){
        .vmid = vmid,
        .running = lens[VM_STATUS] == strlen("running") && memcmp(fields[VM_STATUS], "running", lens[VM_STATUS]) == 0,
        .uptime = read_count(fields[VM_UPTIME], lens[VM_UPTIME]),
        .cpu = read_ratio(fields[VM_CPU], lens[VM_CPU]),
        .maxmem = read_count(fields[VM_MAXMEM], lens[VM_MAXMEM]),
        .mem = read_count(fields[VM_MEM], lens[VM_MEM]),
        .maxdisk = read_count(fields[VM_MAXDISK], lens[VM_MAXDISK]),
        .disk = read_count(fields[VM_DISK], lens[VM_DISK]),
    };
}

static void read_node(struct live *live, const char *at, const char *end)
{
    const char *fields[FIELDS_MAX];
    size_t lens[FIELDS_MAX];
    if (split_fields(at, end, fields, lens) > NODE_CPU)
        live->node_cpu = read_ratio(fields[NODE_CPU], lens[NODE_CPU]);
}

static bool key_is(const char *key, size_t len, const char *name)
{
    return len >= strlen(name) && memcmp(key, name, strlen(name)) == 0;
}

static void read_rrd_line(struct live *live, const char *at, const char *end, const char *node)
{
    const char *slash = memchr(at, '/', (size_t)(end - at));
    const char *colon = slash ? memchr(slash, ':', (size_t)(end - slash)) : NULL;
    if (!colon)
        return;
    size_t kind = (size_t)(slash - at), name_len = (size_t)(colon - slash - 1);
    if (key_is(at, kind, "pve-vm-") || key_is(at, kind, "pve2.3-vm"))
        read_guest(live, slash + 1, name_len, colon + 1, end);
    else if ((key_is(at, kind, "pve-node-") || key_is(at, kind, "pve2-node")) && node && strlen(node) == name_len &&
             memcmp(node, slash + 1, name_len) == 0)
        read_node(live, colon + 1, end);
}

static int by_row(const void *a, const void *b)
{
    int x = ((const struct live_row *)a)->vmid, y = ((const struct live_row *)b)->vmid;
    return (x > y) - (x < y);
}

void live_parse_rrd(const char *text, size_t len, const char *node, struct live *live)
{
    const char *end = text + len;
    for (const char *at = text; at < end;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        read_rrd_line(live, at, feed ? feed : end, node);
        at = feed ? feed + 1 : end;
    }
    if (live->nrows)
        qsort(live->rows, live->nrows, sizeof(live->rows[0]), by_row);
}

const struct live_row *live_row(const struct live *live, int vmid)
{
    struct live_row key = {.vmid = vmid};
    return live->nrows ? bsearch(&key, live->rows, live->nrows, sizeof(key), by_row) : NULL;
}

void live_load(const struct root *root, const char *node, struct live *live)
{
    struct buf text = BUF_INIT;
    *live = (struct live){.node_cpu = -1};
    if (root_read(root, "/proc/net/unix", SOCKETS_MAX, &text, NULL) == 0)
        live_parse_unix(text.s, text.len, live);
    buf_reset(&text);
    if (root_read(root, "/etc/pve/.rrd", RRD_MAX, &text, NULL) == 0)
        live_parse_rrd(text.s, text.len, node, live);
    buf_clear(&text);
}

void live_clear(struct live *live)
{
    free(live->running);
    free(live->rows);
    *live = (struct live){0};
}

/* The kernel hands over files of this kind in one read. */
static bool read_small(const struct root *folder, const char *path, char text[SMALL_MAX])
{
    int fd = root_openat(folder, path, O_RDONLY | O_NONBLOCK, 0);
    ssize_t got = fd < 0 ? -1 : read(fd, text, SMALL_MAX - 1);
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got >= 0;
}

static uint64_t read_number(const struct root *folder, const char *path)
{
    char text[SMALL_MAX];
    uint64_t value;
    return read_small(folder, path, text) && num_parse_u64(text_trim(text), &value) ? value : HOST_UNKNOWN;
}

/* The page cache is not the CT's use of memory, as Proxmox counts it. */
static uint64_t read_memory(const struct root *group)
{
    char text[SMALL_MAX];
    uint64_t current = read_number(group, "memory.current"), file = 0;
    if (current == HOST_UNKNOWN || !read_small(group, "memory.stat", text))
        return current;
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        const char *value;
        if (text_starts(line, "file ", &value)) {
            if (!num_parse_u64(value, &file))
                file = 0;
            break;
        }
    }
    return current > file ? current - file : 0;
}

static pid_t first_pid(const struct root *group, const char *path)
{
    char text[SMALL_MAX];
    int64_t pid = 0;
    if (!read_small(group, path, text))
        return 0;
    text[strcspn(text, "\n")] = '\0';
    return num_parse(text, 1, INT32_MAX, &pid) ? (pid_t)pid : 0;
}

/* Where systemd runs inside, processes are only in the groups below. */
static pid_t find_pid(const struct root *group)
{
    struct argv names = ARGV_INIT;
    pid_t pid = first_pid(group, "ns/cgroup.procs");
    if (!pid)
        pid = first_pid(group, "ns/init.scope/cgroup.procs");
    if (!pid && root_list(group, "ns", &names, NULL) == 0) {
        size_t tried = 0;
        for (size_t i = 0; i < names.n && !pid && tried < GROUPS_MAX; i++) {
            char *path = mem_printf("ns/%s/cgroup.procs", names.v[i]);
            bool folder = root_exists(group, path);
            tried += folder;
            if (folder)
                pid = first_pid(group, path);
            free(path);
        }
    }
    argv_clear(&names);
    return pid;
}

/* The age of its folder in /proc, which is also what Proxmox shows. */
static uint64_t uptime_of(const struct root *root, pid_t pid)
{
    char path[32];
    struct stat st;
    snprintf(path, sizeof(path), "/proc/%ld", (long)pid);
    if (root_stat(root, path, &st))
        return HOST_UNKNOWN;
    long long age = places_now() - (long long)st.st_mtim.tv_sec;
    return age > 0 ? (uint64_t)age : 0;
}

static void fill_from_group(const struct root *root, struct ct *ct)
{
    char path[64];
    snprintf(path, sizeof(path), "/sys/fs/cgroup/lxc/%d", ct->vmid);
    struct root group = {.fd = root_openat(root, path, O_PATH | O_DIRECTORY, 0)};
    if (group.fd < 0)
        return;
    uint64_t mem = read_memory(&group);
    if (mem != HOST_UNKNOWN)
        ct->mem = mem;
    ct->swap = read_number(&group, "memory.swap.current");
    pid_t pid = find_pid(&group);
    root_close(&group);
    if (!pid)
        return;
    uint64_t uptime = uptime_of(root, pid);
    if (uptime != HOST_UNKNOWN)
        ct->uptime = uptime;
    ct->address = address_of_process(root, pid);
}

static void fill_stopped(struct ct *ct)
{
    ct->cpu = 0;
    ct->mem = ct->swap = ct->uptime = 0;
}

void live_fill(const struct root *root, const struct live *live, bool local, struct ct *ct)
{
    const struct live_row *row = live_row(live, ct->vmid);

    if (local && live->running_known)
        ct->state = live_runs(live, ct->vmid) ? CT_RUNNING : CT_STOPPED;
    else if (row)
        ct->state = row->running ? CT_RUNNING : CT_STOPPED;
    if (row && ct->maxmem == HOST_UNKNOWN)
        ct->maxmem = row->maxmem;
    if (row && row->maxdisk != HOST_UNKNOWN && (row->maxdisk || ct->maxdisk == HOST_UNKNOWN))
        ct->maxdisk = row->maxdisk;
    if (ct->state == CT_STOPPED) {
        fill_stopped(ct);
    } else if (ct->state == CT_RUNNING) {
        /* A row of the time before its start holds zeros that mean nothing. */
        if (row && row->running) {
            ct->cpu = row->cpu;
            ct->mem = row->mem;
            ct->disk = row->disk;
            ct->uptime = row->uptime;
        }
        if (local)
            fill_from_group(root, ct);
    }
    if (!ct->address && ct->conf)
        ct->address = address_of_conf(ct->conf);
}
