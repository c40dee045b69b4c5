#include "backend/sim/seed.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/places.h"
#include "backend/sim/put.h"

#include <stdio.h>
#include <string.h>

#define SEED_CPUS   12
#define SEED_UPTIME 4000000 /* seconds */

/* What is the same on every demo: files of the node and of its cluster. */
static const struct {
    const char *path, *text;
} files[] = {
    {"etc/hostname", SEED_NODE "\n"},
    {"proc/sys/kernel/hostname", SEED_NODE "\n"},
    {"proc/sys/kernel/osrelease", "6.17.2-1-pve\n"},
    {"proc/version",
     "Linux version 6.17.2-1-pve (build@proxmox) (gcc (Debian 14.2.0-19) 14.2.0) #1 SMP PREEMPT_DYNAMIC\n"},
    {"proc/loadavg", "1.08 0.97 0.91 2/1183 48120\n"},
    {"etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\n"
                       "VERSION=\"13 (trixie)\"\nVERSION_CODENAME=trixie\nID=debian\n"},
    {"etc/debian_version", "13.1\n"},
    {"etc/timezone", "Europe/Stockholm\n"},
    {"etc/resolv.conf", "search home.arpa\nnameserver 192.168.1.1\n"},
    {"etc/subuid", "root:100000:65536\n"},
    {"etc/subgid", "root:100000:65536\n"},
    {"etc/pve/datacenter.cfg", "keyboard: sv\nnext-id: lower=101\n"},
    {"etc/pve/storage.cfg", "dir: local\n\tpath /var/lib/vz\n\tcontent iso,vztmpl,backup\n\n"
                            "lvmthin: local-lvm\n\tthinpool data\n\tvgname pve\n\tcontent rootdir,images\n\n"
                            "zfspool: tank\n\tpool tank\n\tcontent rootdir,images\n\tmountpoint /tank\n\tsparse 1\n\n"},
    {"var/lib/pve-manager/apl-info/releases.turnkeylinux.org", ""},
};

static const char *const folders[] = {
    "etc/pve/nodes/" SEED_NODE "/lxc",
    "etc/pve/nodes/" SEED_NODE "/qemu-server",
    "etc/pve/nodes/" SEED_OTHER_NODE "/lxc",
    "etc/pve/nodes/" SEED_OTHER_NODE "/qemu-server",
    "etc/pve/firewall",
    "run/lock/lxc",
    "run/pve",
    "var/lib/lxc",
    "var/lib/vz/template/cache",
    "var/lib/vz/template/iso",
    "var/lib/vz/dump",
    "var/lib/vz/snippets",
    "var/lib/vz/images",
    "var/log/pve/tasks",
    "tmp",
    "dev/pve",
    "tank/media/movies",
    "tank/media/series",
    "tank/photos",
    "tank/scans",
};

/* 12 processors, 9% of them busy: user, nice, system, idle, iowait … in hundredths of a second since the start. */
static int put_processors(int root, struct err *err)
{
    struct buf stat = BUF_INIT, info = BUF_INIT;
    for (int i = -1; i < SEED_CPUS; i++) {
        unsigned long long n = i < 0 ? SEED_CPUS : 1;
        char name[16];
        snprintf(name, sizeof(name), i < 0 ? "cpu " : "cpu%d", i);
        buf_addf(&stat, "%s %llu 0 %llu %llu %llu 0 0 0 0 0\n", name, n * 24600000, n * 11400000, n * 363300000,
                 n * 700000);
        if (i >= 0)
            buf_addf(&info, "processor\t: %d\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Core(TM) i5-13500T\n\n",
                     i);
    }
    long long now = places_now();
    buf_addf(&stat, "btime %lld\nprocesses 5129340\nprocs_running 2\nprocs_blocked 0\n", now - SEED_UPTIME);
    int rc = sim_put(root, "proc/stat", 0444, stat.s, stat.len, err);
    if (!rc)
        rc = sim_put(root, "proc/cpuinfo", 0444, info.s, info.len, err);
    if (!rc)
        rc = sim_putf(root, "proc/uptime", err, "%d.00 %d.00\n", SEED_UPTIME, SEED_UPTIME / 10 * 91 * SEED_CPUS / 10);
    buf_clear(&stat);
    buf_clear(&info);
    return rc;
}

static int put_memory(int root, bool empty, struct err *err)
{
    /* KiB: 62.6 GiB, of which 21.4 are used and 41.2 free for the asking; an empty host uses three. */
    unsigned long long total = 65640858, available = empty ? 62495130 : 43201331;
    return sim_putf(root, "proc/meminfo", err,
                    "MemTotal:       %llu kB\nMemFree:        %llu kB\nMemAvailable:   %llu kB\n"
                    "Buffers:          412604 kB\nCached:         14204128 kB\nSwapCached:        10240 kB\n"
                    "SwapTotal:       8388604 kB\nSwapFree:        %d kB\n",
                    total, available - 14000000, available, empty ? 8388604 : 7549747);
}

/* The newest sample of each guest, node and storage, as pmxcfs tells it. */
static int put_samples(int root, bool empty, struct err *err)
{
    static const char pressures[] = "0.00:0.00:0.00:0.00:0.00:0.00";
    struct buf out = BUF_INIT;
    long long now = places_now();
    for (size_t i = 0; i < seed_ncts && !empty; i++) {
        const struct seed_ct *c = &seed_cts[i];
        unsigned long long disk_max = c->disk_max * GIB, disk = (unsigned long long)(c->disk * (double)disk_max);
        buf_addf(&out, "pve-vm-9.0/%d:%u:%s:%s:0:%lld:%u:%g:%llu:%llu:%llu:%llu:%llu:%llu:%llu:%llu:%llu:%s\n", c->vmid,
                 c->running ? c->up_minutes * 60 : 0, c->name, c->running ? "running" : "stopped", now - 4, c->cores,
                 c->running ? c->cpu : 0, c->memory_max * MIB, c->running ? c->memory * MIB : 0, disk_max, disk,
                 c->memory * 411 * 1024ull, c->memory * 97 * 1024ull, c->memory * 173 * 1024ull,
                 c->memory * 204 * 1024ull, c->memory * MIB, pressures);
    }
    static const char *const nodes[] = {SEED_NODE, SEED_OTHER_NODE};
    for (size_t i = 0; i < 2; i++)
        buf_addf(&out,
                 "pve-node-9.0/%s:%d::%lld:1.08:%d:%g:0.001:67216238592:%llu:8589930496:859832320:"
                 "100932733952:35218731008:918273645:412398712:43201331200:0:%s\n",
                 nodes[i], SEED_UPTIME, now - 4, SEED_CPUS,
                 empty ? 0.01
                 : i   ? 0.05
                       : 0.09,
                 empty ? 3221225472ull
                 : i   ? 9878424780ull
                       : 22978075033ull,
                 pressures);
    for (size_t i = 0; i < seed_nstorages; i++)
        buf_addf(&out, "pve-storage-9.0/%s/%s:%lld:%llu:%llu\n", SEED_NODE, seed_storages[i].id, now - 4,
                 (unsigned long long)seed_storages[i].total * 1024, (unsigned long long)seed_storages[i].used * 1024);
    int rc = sim_put(root, "etc/pve/.rrd", 0640, out.s, out.len, err);
    buf_clear(&out);
    return rc;
}

static int put_cluster(int root, bool empty, struct err *err)
{
    struct buf ids = BUF_INIT;
    for (size_t i = 0; i < seed_ncts && !empty; i++)
        buf_addf(&ids, "%s\n\"%d\": { \"node\": \"%s\", \"type\": \"lxc\", \"version\": 1 }", i ? "," : ",\n\"ids\": {",
                 seed_cts[i].vmid, seed_cts[i].node);
    int rc = sim_putf(root, "etc/pve/.vmlist", err, "{\n\"version\": 1%s%s\n}\n", ids.s, ids.len ? "}\n" : "");
    buf_clear(&ids);
    if (!rc)
        rc = sim_putf(root, "etc/pve/.members", err,
                      "{\n\"nodename\": \"%s\",\n\"version\": 4,\n"
                      "\"cluster\": { \"name\": \"home\", \"version\": 2, \"nodes\": 2, \"quorate\": 1 },\n"
                      "\"nodelist\": {\n  \"%s\": { \"id\": 1, \"online\": 1, \"ip\": \"192.168.1.2\"},\n"
                      "  \"%s\": { \"id\": 2, \"online\": 1, \"ip\": \"192.168.1.3\"}\n  }\n}\n",
                      SEED_NODE, SEED_NODE, SEED_OTHER_NODE);
    if (!rc)
        rc = sim_putf(root, "etc/pve/.version", err,
                      "{ \"starttime\": %lld, \"clinfo\": 4, \"vmlist\": 1, \"version\": { \"last\": 1 } }\n",
                      places_now() - SEED_UPTIME);
    if (!rc)
        rc = sim_putf(root, "etc/pve/user.cfg", err, "user:root@pam:1:0:::root@home.arpa:::\n\npool:media::%s::\n",
                      empty ? "" : "105,128");
    return rc;
}

int seed_host(int root, bool empty, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !rc; i++)
        rc = file_make_dirs(root, folders[i], 0755, err);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !rc; i++)
        rc = sim_put(root, files[i].path, 0644, files[i].text, strlen(files[i].text), err);
    if (!rc)
        rc = sim_link(root, "etc/pve/local", "nodes/" SEED_NODE, err);
    if (!rc)
        rc = sim_link(root, "etc/pve/lxc", "nodes/" SEED_NODE "/lxc", err);
    if (!rc)
        rc = sim_link(root, "etc/pve/qemu-server", "nodes/" SEED_NODE "/qemu-server", err);
    if (!rc)
        rc = put_processors(root, err);
    if (!rc)
        rc = put_memory(root, empty, err);
    if (!rc)
        rc = put_cluster(root, empty, err);
    return rc ? rc : put_samples(root, empty, err);
}
