#include "backend/sim/figures.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/sim/put.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNIX_FILE "proc/net/unix"
#define UNIX_HEAD "Num       RefCount Protocol Flags    Type St Inode Path\n"
#define DEV_FILE  "proc/net/dev"
#define DEV_HEAD                                                                                                       \
    "Inter-|   Receive                                                |  Transmit\n"                                   \
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier " \
    "compressed\n"
#define SHARED_MAX (16u << 20)

void sim_figures_address(int vmid, char address[SIM_ADDRESS_MAX])
{
    unsigned n = (unsigned)vmid % (253u << 16);
    snprintf(address, SIM_ADDRESS_MAX, "127.%u.%u.%u", 1 + (n >> 16), n >> 8 & 255, n & 255);
}

pid_t sim_figures_pid(int vmid)
{
    return 4200000 + vmid;
}

/* Rewrites a file of lines: those that hold `key` go, `line` (may be NULL) comes at the end. */
static int replace_line(int root, const char *path, const char *head, const char *key, const char *line,
                        struct err *err)
{
    struct buf old = BUF_INIT, new = BUF_INIT;
    int rc = file_read(root, path, SHARED_MAX, &old, NULL);
    if (rc == -ENOENT) {
        buf_adds(&old, head);
        rc = 0;
    }
    if (rc) {
        err_sys(err, rc, "Could not read %s of the simulated host", path);
    } else {
        for (char *at = old.s; *at;) {
            size_t len = strcspn(at, "\n");
            char end = at[len];
            at[len] = '\0';
            if (!strstr(at, key)) {
                buf_add(&new, at, len);
                buf_addch(&new, '\n');
            }
            at += len + (end == '\n');
        }
        if (line)
            buf_adds(&new, line);
        rc = sim_put(root, path, 0644, new.s, new.len, err);
    }
    buf_clear(&old);
    buf_clear(&new);
    return rc;
}

/* The CT's lines in the two files that all CTs share. `figures` NULL takes them out. */
static int share(int root, int vmid, const struct sim_figures *figures, struct err *err)
{
    char key[64];
    struct buf line = BUF_INIT;
    int rc = file_make_dirs(root, ".sim", 0755, err);
    if (rc)
        return rc;
    int lock = lock_flock(root, ".sim/figures.lock", 10000, err);
    if (lock < 0)
        return lock;

    snprintf(key, sizeof(key), " @/var/lib/lxc/%d/command", vmid);
    if (figures)
        buf_addf(&line, "0000000000000000: 00000002 00000000 00010000 0001 01 %d%s\n", 100000 + vmid, key);
    rc = replace_line(root, UNIX_FILE, UNIX_HEAD, key, figures ? line.s : NULL, err);

    snprintf(key, sizeof(key), "veth%di0:", vmid);
    buf_reset(&line);
    /* What the host receives on the CT's interface is what the CT sent. */
    if (figures)
        buf_addf(&line, "%s %llu %llu 0 0 0 0 0 0 %llu %llu 0 0 0 0 0 0\n", key, (unsigned long long)figures->net_out,
                 (unsigned long long)figures->net_out / 900, (unsigned long long)figures->net_in,
                 (unsigned long long)figures->net_in / 900);
    if (!rc)
        rc = replace_line(root, DEV_FILE, DEV_HEAD, key, figures ? line.s : NULL, err);
    close(lock);
    buf_clear(&line);
    return rc;
}

/* Opens a folder below the root, made where it is not there. */
static int open_folder(int root, const char *path, struct err *err)
{
    int rc = file_make_dirs(root, path, 0755, err);
    if (rc)
        return rc;
    int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? err_sys(err, -errno, "Could not open %s of the simulated host", path) : fd;
}

typedef unsigned long long ull;

static int put_memory(int dir, const struct sim_figures *f, struct err *err)
{
    /* Page cache counts in memory.current, and not in what Proxmox shows. */
    ull memory = f->memory, cache = f->memory / 4;
    int rc = sim_putf(dir, "memory.current", err, "%llu\n", memory + cache);
    if (!rc)
        rc = sim_putf(dir, "memory.max", err, "%llu\n", (ull)f->memory_max);
    if (!rc)
        rc = sim_putf(dir, "memory.swap.current", err, "%llu\n", (ull)f->swap);
    if (!rc)
        rc = sim_putf(dir, "memory.swap.max", err, "%llu\n", (ull)f->swap_max);
    if (!rc)
        rc = sim_putf(dir, "memory.stat", err,
                      "anon %llu\nfile %llu\nkernel %llu\nkernel_stack %llu\npagetables %llu\nshmem 0\nslab %llu\n",
                      memory / 8 * 7, cache, memory / 8, memory / 64, memory / 64, memory / 32);
    return rc;
}

static int put_use(int dir, const struct sim_figures *f, struct err *err)
{
    static const char *const pressures[] = {"cpu.pressure", "io.pressure", "memory.pressure"};
    ull user = f->cpu_usec / 10 * 7, system = f->cpu_usec - user;
    int rc = sim_putf(dir, "cpu.stat", err, "usage_usec %llu\nuser_usec %llu\nsystem_usec %llu\n", (ull)f->cpu_usec,
                      user, system);
    if (!rc)
        rc = sim_putf(dir, "cpu.max", err, "max 100000\n");
    if (!rc)
        rc = sim_putf(dir, "io.stat", err, "252:1 rbytes=%llu wbytes=%llu rios=%llu wios=%llu dbytes=0 dios=0\n",
                      (ull)f->disk_read, (ull)f->disk_write, (ull)f->disk_read / 16384, (ull)f->disk_write / 8192);
    for (size_t i = 0; i < sizeof(pressures) / sizeof(pressures[0]) && !rc; i++)
        rc = sim_putf(dir, pressures[i], err,
                      "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
                      "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    return rc;
}

static int put_cgroup(int root, const struct sim_figures *f, struct err *err)
{
    char path[64];
    snprintf(path, sizeof(path), "sys/fs/cgroup/lxc/%d", f->vmid);
    int dir = open_folder(root, path, err);
    if (dir < 0)
        return dir;
    long pid = sim_figures_pid(f->vmid);
    int rc = put_memory(dir, f, err);
    if (!rc)
        rc = put_use(dir, f, err);
    if (!rc)
        rc = sim_putf(dir, "ns/cgroup.procs", err, "%ld\n", pid);
    close(dir);
    snprintf(path, sizeof(path), "sys/fs/cgroup/lxc.monitor/%d/cgroup.procs", f->vmid);
    return rc ? rc : sim_putf(root, path, err, "%ld\n", pid - 1);
}

/* The kernel's table of routes of the CT's network, of which only the addresses are read. */
static void add_fib_trie(struct buf *out, unsigned address, unsigned prefix)
{
    unsigned mask = prefix ? ~0u << (32 - prefix) : 0;
    struct {
        unsigned address, prefix;
        const char *type;
    } rows[] = {
        {0x7f000000, 8, "host LOCAL"},      {0x7f000001, 32, "host LOCAL"},
        {0x7fffffff, 32, "link BROADCAST"}, {address & mask, prefix, "link UNICAST"},
        {address, 32, "host LOCAL"},        {(address & mask) | ~mask, 32, "link BROADCAST"},
    };
    for (int table = 0; table < 2; table++) {
        buf_adds(out, table ? "Local:\n" : "Main:\n");
        buf_adds(out, "  +-- 0.0.0.0/0 3 0 5\n");
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            buf_addf(out, "     |-- %u.%u.%u.%u\n        /%u %s\n", rows[i].address >> 24, rows[i].address >> 16 & 255,
                     rows[i].address >> 8 & 255, rows[i].address & 255, rows[i].prefix, rows[i].type);
    }
}

/* "192.168.1.11/24", or the CT's own 127.x address with /8. */
static bool read_address(const struct sim_figures *f, unsigned *address, unsigned *prefix)
{
    char own[SIM_ADDRESS_MAX];
    unsigned a, b, c, d;
    sim_figures_address(f->vmid, own);
    *prefix = f->address ? 24 : 8;
    if (sscanf(f->address ? f->address : own, "%3u.%3u.%3u.%3u/%2u", &a, &b, &c, &d, prefix) < 4)
        return false;
    if (a > 255 || b > 255 || c > 255 || d > 255 || *prefix > 32)
        return false;
    *address = a << 24 | b << 16 | c << 8 | d;
    return true;
}

static int put_process(int root, const struct sim_figures *f, struct err *err)
{
    char path[32];
    unsigned address, prefix;
    struct buf trie = BUF_INIT;
    long pid = sim_figures_pid(f->vmid);
    int64_t since = f->since ? f->since : places_now();

    if (!read_address(f, &address, &prefix))
        return err_set(err, -EINVAL, "%s is not an IPv4 address.", f->address);
    snprintf(path, sizeof(path), "proc/%ld", pid);
    int dir = open_folder(root, path, err);
    if (dir < 0)
        return dir;
    add_fib_trie(&trie, address, prefix);
    int rc = sim_put(dir, "net/fib_trie", 0444, trie.s, trie.len, err);
    if (!rc)
        rc = sim_putf(dir, "stat", err, "%ld (init) S %ld %ld %ld 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 0 0 0\n", pid,
                      pid - 1, pid, pid);
    if (!rc)
        rc = sim_putf(dir, "comm", err, "init\n");
    /* Proxmox takes the age of this folder as the uptime, so its time is set when all is in it. */
    struct timespec times[2] = {{.tv_sec = since}, {.tv_sec = since}};
    if (!rc && futimens(dir, times))
        rc = err_sys(err, -errno, "Could not set the time of %s of the simulated host", path);
    close(dir);
    buf_clear(&trie);
    return rc;
}

int sim_figures_start(int root, const struct sim_figures *figures, struct err *err)
{
    /* A kernel has no half of a CT: who is killed in here leaves one that runs, and can be stopped. */
    int rc = share(root, figures->vmid, figures, err);
    if (!rc)
        rc = put_cgroup(root, figures, err);
    if (!rc)
        rc = put_process(root, figures, err);
    return rc;
}

int sim_figures_stop(int root, int vmid, struct err *err)
{
    char path[64];
    snprintf(path, sizeof(path), "sys/fs/cgroup/lxc/%d", vmid);
    int rc = file_remove_tree(root, path, err);
    snprintf(path, sizeof(path), "sys/fs/cgroup/lxc.monitor/%d", vmid);
    if (!rc)
        rc = file_remove_tree(root, path, err);
    snprintf(path, sizeof(path), "proc/%ld", (long)sim_figures_pid(vmid));
    if (!rc)
        rc = file_remove_tree(root, path, err);
    return rc ? rc : share(root, vmid, NULL, err);
}

bool sim_figures_running(int root, int vmid)
{
    char key[64];
    struct buf text = BUF_INIT;
    snprintf(key, sizeof(key), " @/var/lib/lxc/%d/command\n", vmid);
    bool found = file_read(root, UNIX_FILE, SHARED_MAX, &text, NULL) == 0 && strstr(text.s, key);
    buf_clear(&text);
    return found;
}
