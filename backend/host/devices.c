#include "backend/host/devices.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUINFO_MAX    (16 * 1024 * 1024)
#define SMALL_MAX      65536
#define STAT_MAX       (4 * 1024 * 1024)
#define INTERFACES_MAX (1024 * 1024)
#define CPUS_MAX       65536

long devices_count_cpus(const char *list)
{
    long n = 0;
    for (const char *p = list; isdigit((unsigned char)*p);) {
        char *end;
        long first = strtol(p, &end, 10), last = first;
        if (*end == '-')
            last = isdigit((unsigned char)end[1]) ? strtol(end + 1, &end, 10) : -1;
        if (first < 0 || last < first || last >= CPUS_MAX)
            return 0;
        n += last - first + 1;
        p = *end == ',' ? end + 1 : end;
    }
    return n;
}

long devices_cpus(const struct root *root)
{
    struct buf text = BUF_INIT;
    long n = 0;
    if (root_read(root, "/sys/devices/system/cpu/online", SMALL_MAX, &text, NULL) == 0)
        n = devices_count_cpus(text.s);
    if (n == 0) {
        buf_reset(&text);
        root_read(root, "/proc/cpuinfo", CPUINFO_MAX, &text, NULL);
        for (const char *line = text.s; line; line = strchr(line, '\n')) {
            line += *line == '\n';
            n += text_starts(line, "processor", NULL);
            if (*line == '\0')
                break;
        }
    }
    buf_clear(&text);
    return n;
}

static void load_memory(const struct root *root, struct host *host)
{
    const struct {
        const char *key;
        uint64_t *bytes;
    } rows[] = {
        {"MemTotal:", &host->mem_total},
        {"MemAvailable:", &host->mem_avail},
        {"SwapTotal:", &host->swap_total},
        {"SwapFree:", &host->swap_free},
    };
    struct buf text = BUF_INIT;
    root_read(root, "/proc/meminfo", SMALL_MAX, &text, NULL);
    for (char *save = NULL, *line = strtok_r(text.s, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            unsigned long long kib;
            const char *value;
            if (text_starts(line, rows[i].key, &value) && sscanf(value, "%20llu kB", &kib) == 1 && kib < 1ull << 50)
                *rows[i].bytes = kib * 1024;
        }
    }
    buf_clear(&text);
}

/* `cpu  user nice system idle iowait irq softirq steal …`, in ticks since boot; guest time is in user already. */
static double mean_load(const struct root *root)
{
    unsigned long long t[8] = {0}, total = 0;
    struct buf text = BUF_INIT;
    double load = -1;
    if (root_read(root, "/proc/stat", STAT_MAX, &text, NULL) == 0 &&
        sscanf(text.s, "cpu %20llu %20llu %20llu %20llu %20llu %20llu %20llu %20llu", &t[0], &t[1], &t[2], &t[3], &t[4],
               &t[5], &t[6], &t[7]) >= 4) {
        for (size_t i = 0; i < 8; i++)
            total += t[i];
        if (total && t[3] + t[4] <= total)
            load = (double)(total - t[3] - t[4]) / (double)total;
    }
    buf_clear(&text);
    return load;
}

/* Interfaces of guests, and the bridges that Proxmox's firewall puts between. */
static bool of_a_guest(const char *name)
{
    static const char *const heads[] = {"veth", "tap", "fwbr", "fwpr", "fwln"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        if (text_starts(name, heads[i], NULL))
            return true;
    return false;
}

static char *find_uplink(const struct root *root, const char *bridge)
{
    struct argv ports = ARGV_INIT;
    char *uplink = NULL, *path = mem_printf("/sys/class/net/%s/brif", bridge);
    root_list(root, path, &ports, NULL);
    for (size_t i = 0; i < ports.n && !uplink; i++)
        if (!of_a_guest(ports.v[i]))
            uplink = mem_strdup(ports.v[i]);
    free(path);
    argv_clear(&ports);
    return uplink;
}

/* A bridge without ports says `down`; an Open vSwitch one `unknown`, which is also what loopback says. */
static bool is_up(const struct root *root, const char *name)
{
    struct buf text = BUF_INIT;
    char *path = mem_printf("/sys/class/net/%s/operstate", name);
    root_read(root, path, SMALL_MAX, &text, NULL);
    const char *state = text_trim(text.s);
    bool up = strcmp(state, "up") == 0 || strcmp(state, "unknown") == 0;
    free(path);
    buf_clear(&text);
    return up;
}

static void add_bridge(const struct root *root, struct host *host, const char *name)
{
    for (size_t i = 0; i < host->nbridges; i++)
        if (strcmp(host->bridges[i].name, name) == 0)
            return;
    MEM_GROW(host->bridges, host->nbridges);
    host->bridges[host->nbridges++] = (struct bridge){
        .name = mem_strdup(name),
        .uplink = find_uplink(root, name),
        .up = is_up(root, name),
    };
}

/* Bridges of Open vSwitch look like any interface in sysfs; Proxmox finds them in its network configuration. */
static void load_ovs_bridges(const struct root *root, const struct argv *interfaces, struct host *host)
{
    struct buf text = BUF_INIT;
    char name[32] = "", type[32];
    root_read(root, "/etc/network/interfaces", INTERFACES_MAX, &text, NULL);
    for (char *save = NULL, *line = strtok_r(text.s, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (sscanf(line, " iface %31s", name) == 1)
            continue;
        if (sscanf(line, " ovs_type %31s", type) == 1 && strcmp(type, "OVSBridge") == 0 && argv_has(interfaces, name))
            add_bridge(root, host, name);
    }
    buf_clear(&text);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct bridge *)a)->name, ((const struct bridge *)b)->name);
}

static void load_bridges(const struct root *root, struct host *host)
{
    struct argv names = ARGV_INIT;
    root_list(root, "/sys/class/net", &names, NULL);
    for (size_t i = 0; i < names.n; i++) {
        if (of_a_guest(names.v[i]))
            continue;
        char *path = mem_printf("/sys/class/net/%s/bridge", names.v[i]);
        if (root_exists(root, path))
            add_bridge(root, host, names.v[i]);
        free(path);
    }
    load_ovs_bridges(root, &names, host);
    argv_clear(&names);
    if (host->nbridges)
        qsort(host->bridges, host->nbridges, sizeof(host->bridges[0]), by_name);
}

void devices_load(const struct root *root, struct host *host)
{
    host->cpus = devices_cpus(root);
    load_memory(root, host);
    load_bridges(root, host);
    gpus_load(root, host);
    if (host->cpu < 0)
        host->cpu = mean_load(root);
}

void devices_free(struct host *host)
{
    for (size_t i = 0; i < host->nbridges; i++) {
        free(host->bridges[i].name);
        free(host->bridges[i].uplink);
    }
    for (size_t i = 0; i < host->ngpus; i++) {
        struct gpu *gpu = &host->gpus[i];
        char *const parts[] = {gpu->pci, gpu->vendor, gpu->driver, gpu->name, gpu->render, gpu->card};
        for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
            free(parts[k]);
    }
    free(host->bridges);
    free(host->gpus);
}
