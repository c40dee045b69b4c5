#include "backend/sim/pct-figures.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/sim/figures.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of the CT's cgroup. */
static void cgroup(struct sim *s, long long vmid, const char *file, struct buf *out)
{
    char *path = mem_printf("/sys/fs/cgroup/lxc/%lld/%s", vmid, file);
    buf_reset(out);
    sim_read(s, path, out);
    free(path);
}

/* The number behind a word; all of that name added up (io.stat has one for each device). */
static unsigned long long sum(const char *text, const char *name)
{
    unsigned long long all = 0;
    size_t len = strlen(name);
    for (const char *at = text; (at = strstr(at, name)) != NULL; at += len) {
        if (at == text || at[-1] == '\n' || at[-1] == ' ')
            all += strtoull(at + len, NULL, 10);
    }
    return all;
}

static void print_pressure(struct sim *s, long long vmid, const char *file, const char *shown)
{
    static const char *const kinds[] = {"full", "some"};
    struct buf text = BUF_INIT;
    char *name = mem_printf("%s.pressure", file);
    cgroup(s, vmid, name, &text);
    for (size_t i = 0; i < 2; i++) {
        const char *line = strstr(text.s, kinds[i]), *value = line != NULL ? strstr(line, "avg10=") : NULL;
        printf("pressure%s%s: %.2f\n", shown, kinds[i], value != NULL ? strtod(value + 6, NULL) : 0.0);
    }
    free(name);
    buf_clear(&text);
}

static void net_bytes(struct sim *s, long long vmid, unsigned long long *in, unsigned long long *out)
{
    struct buf text = BUF_INIT;
    char *name = mem_printf("veth%lldi0:", vmid);
    *in = *out = 0;
    if (sim_read(s, "/proc/net/dev", &text) == 0) {
        const char *at = strstr(text.s, name);
        /* What the host receives is what the CT has sent. */
        if (at != NULL)
            sscanf(at + strlen(name), "%llu %*u %*u %*u %*u %*u %*u %*u %llu", out, in);
    }
    free(name);
    buf_clear(&text);
}

static unsigned long long mib(const struct sim_ctfile *c, const char *key)
{
    const char *value = sim_conf_get(c, key);
    return (value != NULL ? strtoull(value, NULL, 10) : 512) << 20;
}

static unsigned long long disk_size(struct sim *s, const struct sim_ctfile *c)
{
    struct sim_props parts;
    bool volume;
    const char *value = sim_conf_get(c, "rootfs");
    if (value == NULL || pct_mount_read(s, "rootfs", value, &parts, &volume) < 0)
        return 0;
    return sim_size_read(sim_props_get(&parts, "size"));
}

static long long uptime(struct sim *s, long long vmid)
{
    struct stat st;
    char *path = mem_printf("/proc/%ld", (long)sim_figures_pid((int)vmid));
    long long seconds = sim_stat(s, path, &st) == 0 ? places_now() - (long long)st.st_mtime : 0;
    free(path);
    return seconds > 0 ? seconds : 0;
}

void pct_print_figures(struct sim *s, long long vmid, const struct sim_ctfile *c)
{
    bool running = pct_running(s, vmid);
    struct buf text = BUF_INIT;
    unsigned long long in = 0, out = 0, memory = 0;
    const char *cores = sim_conf_get(c, "cores"), *host = sim_conf_get(c, "hostname"), *lock = sim_conf_get(c, "lock");
    if (running)
        net_bytes(s, vmid, &in, &out);
    printf("cpus: %s\n", cores != NULL ? cores : "4");
    printf("disk: %llu\n", running ? disk_size(s, c) / 4 : 0);
    cgroup(s, vmid, "io.stat", &text);
    printf("diskread: %llu\ndiskwrite: %llu\n", sum(text.s, "rbytes="), sum(text.s, "wbytes="));
    if (lock != NULL)
        printf("lock: %s\n", lock);
    printf("maxdisk: %llu\nmaxmem: %llu\nmaxswap: %llu\n", disk_size(s, c), mib(c, "memory"), mib(c, "swap"));
    cgroup(s, vmid, "memory.current", &text);
    memory = strtoull(text.s, NULL, 10);
    cgroup(s, vmid, "memory.stat", &text);
    printf("mem: %llu\n", memory - sum(text.s, "file "));
    if (host != NULL)
        printf("name: %s\n", host);
    else
        printf("name: CT%lld\n", vmid);
    printf("netin: %llu\nnetout: %llu\n", in, out);
    if (running) {
        printf("pid: %ld\n", (long)sim_figures_pid((int)vmid));
        print_pressure(s, vmid, "cpu", "cpu");
        print_pressure(s, vmid, "io", "io");
        print_pressure(s, vmid, "memory", "memory");
    }
    cgroup(s, vmid, "memory.swap.current", &text);
    printf("status: %s\nswap: %llu\n", running ? "running" : "stopped", strtoull(text.s, NULL, 10));
    if (sim_conf_get(c, "template") != NULL && strcmp(sim_conf_get(c, "template"), "1") == 0)
        printf("template: 1\n");
    printf("type: lxc\nuptime: %lld\nvmid: %lld\n", running ? uptime(s, vmid) : 0, vmid);
    buf_clear(&text);
}
