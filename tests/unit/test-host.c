#include "tests/unit/unit.h"

#include "backend/base/mem.h"
#include "backend/host/cluster.h"
#include "backend/host/devices.h"
#include "backend/host/host.h"
#include "backend/host/storage.h"
#include "backend/host/version.h"
#include "tests/unit/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static struct host *load(const char *dir, unsigned parts)
{
    struct root root;
    struct host *host = NULL;
    struct err err = {0};
    assert_int_equal(root_open(&root, dir, &err), 0);
    if (host_load(&root, parts, &host, &err))
        fail_msg("%s", err.text);
    root_close(&root);
    return host;
}

static void put_cts(const char *dir)
{
    tree_link(dir, "etc/pve/local", "nodes/pve1");
    tree_link(dir, "etc/pve/lxc", "/etc/pve/nodes/pve1/lxc");
    tree_put(dir, "etc/pve/nodes/pve1/lxc/101.conf",
             "#tengil-tui%3A image=docker.io/library/alpine%3A3.20 digest=sha256%3Aab plan=0123456789abcdef\n"
             "cores: 2\nhostname: web\nlock: backup\nmemory: 1024\nnet0: name=eth0,bridge=vmbr0,ip=192.0.2.7/24\n"
             "ostype: alpine\nrootfs: local:101/vm-101-disk-0.raw,size=4G\nswap: 0\n");
    tree_put(dir, "etc/pve/nodes/pve1/lxc/102.conf", "garbage \033[31m\nhostname: \033]0;x\007evil\nmemory: abc\n");
    tree_put(dir, "etc/pve/nodes/pve1/lxc/1000.conf", "");
    tree_put(dir, "etc/pve/nodes/pve1/lxc/0103.conf", "hostname: no\n");
    tree_put(dir, "etc/pve/nodes/pve1/lxc/99.conf", "hostname: no\n");
    tree_put(dir, "etc/pve/nodes/pve1/lxc/104.conf.tmp.1", "hostname: no\n");
    tree_put(dir, "etc/pve/nodes/pve1/lxc/\033[2J.conf", "hostname: no\n");
    tree_link(dir, "etc/pve/nodes/pve1/lxc/105.conf", "/etc/pve/nodes/pve1/lxc/101.conf");
    tree_link(dir, "etc/pve/nodes/pve1/lxc/106.conf", "../../../../../../../../../../../../etc/passwd");
    tree_put(dir, "etc/pve/nodes/pve2/lxc/300.conf", "hostname: far\nmemory: 256\n");
    tree_put(dir, "etc/pve/.vmlist",
             "{\n\"version\": 7,\n\"ids\": {\n"
             "\"101\": { \"node\": \"pve1\", \"type\": \"lxc\", \"version\": 3 },\n"
             "\"300\": { \"node\": \"pve2\", \"type\": \"lxc\", \"version\": 3 },\n"
             "\"301\": { \"node\": \"pve2\", \"type\": \"lxc\", \"version\": 3 },\n"
             "\"302\": { \"node\": \"../pve1\", \"type\": \"lxc\", \"version\": 3 },\n"
             "\"303\": { \"node\": \"\\u001b[31mx\", \"type\": \"lxc\", \"version\": 3 },\n"
             "\"x\": { \"node\": \"pve2\", \"type\": \"lxc\" }, \"304\": 5, \"305\": { \"node\": 7 },\n"
             "\"200\": { \"node\": \"pve1\", \"type\": \"qemu\", \"version\": 5 }}\n\n}\n");
    tree_put(dir, "etc/pve/.rrd",
             "pve-vm-9.0/300:77:far:running:0:1750000000:2:0.25:268435456:1048576:4294967296:2097152:0:0:0:0:0\n"
             "pve-node-9.0/pve1:4000:9.2:1750000000:0.1:8:0.125:0.01:1:1\n"
             "pve-vm-9.0/101:5:web:stopp");
}

static void cts_of_all_nodes_are_there(void **state)
{
    static const struct {
        int vmid;
        const char *node, *name;
        bool conf;
        uint64_t maxmem, maxdisk;
        enum ct_state state;
    } rows[] = {
        {101, "pve1", "web", true, 1024 * MIB, 4 * GIB, CT_STOPPED},
        {102, "pve1", "\033]0;x\007evil", true, 512 * MIB, HOST_UNKNOWN, CT_STOPPED},
        {105, "pve1", "web", true, 1024 * MIB, 4 * GIB, CT_STOPPED}, /* an absolute link, within the root */
        {106, "pve1", "CT106", false, HOST_UNKNOWN, HOST_UNKNOWN, CT_STOPPED},
        {300, "pve2", "far", true, 256 * MIB, 4 * GIB, CT_RUNNING},
        {301, "pve2", "CT301", false, HOST_UNKNOWN, HOST_UNKNOWN, CT_UNKNOWN},
        {303, "\033[31mx", "CT303", false, HOST_UNKNOWN, HOST_UNKNOWN, CT_UNKNOWN},
        {1000, "pve1", "CT1000", true, 512 * MIB, HOST_UNKNOWN, CT_STOPPED},
    };
    char *dir = tree_new();
    (void)state;
    put_cts(dir);
    tree_put(dir, "proc/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n");
    struct host *host = load(dir, HOST_CTS);
    assert_string_equal(host->node, "pve1");
    for (size_t i = 0; i < host->ncts && i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct ct *ct = &host->cts[i];
        if (ct->vmid != rows[i].vmid || strcmp(ct->node, rows[i].node) != 0 || strcmp(ct->name, rows[i].name) != 0 ||
            !ct->conf != !rows[i].conf || ct->maxmem != rows[i].maxmem || ct->maxdisk != rows[i].maxdisk ||
            ct->state != rows[i].state)
            fail_msg("row %d: %d %s %s, conf %d, %llu, %llu, state %d", rows[i].vmid, ct->vmid, ct->node, ct->name,
                     ct->conf != NULL, (unsigned long long)ct->maxmem, (unsigned long long)ct->maxdisk, ct->state);
    }
    assert_int_equal(host->ncts, sizeof(rows) / sizeof(rows[0]));
    assert_int_equal(host->nguests, 0); /* not asked for */

    const struct ct *ct = host_ct(host, 101);
    assert_string_equal(ct->reference, "docker.io/library/alpine:3.20");
    assert_string_equal(ct->digest, "sha256:ab");
    assert_string_equal(ct->plan_id, "0123456789abcdef");
    assert_string_equal(ct->template_name, "alpine");
    assert_string_equal(ct->lock, "backup");
    assert_string_equal(ct->address, "192.0.2.7");
    assert_int_equal(ct->cores, 2);
    assert_int_equal(ct->maxswap, 0);
    ct = host_ct(host, 300);
    assert_int_equal(ct->uptime, 77);
    assert_int_equal(ct->mem, 1048576);
    assert_true(ct->cpu == 0.25);
    assert_null(ct->reference);
    assert_null(host_ct(host, 104));
    host_free(host);
    tree_free(dir);
}

static void guests_nodes_and_pools_are_there(void **state)
{
    static const int vmids[] = {101, 200, 300, 301, 303};
    char *dir = tree_new();
    (void)state;
    put_cts(dir);
    tree_put(dir, "etc/pve/.members",
             "{\"nodename\": \"pve1\", \"nodelist\": {\"pve2\": {\"id\": 2}, \"pve1\": {\"id\": 1}, \"a\": 1, "
             "\"../x\": 1}}");
    tree_put(dir, "etc/pve/user.cfg",
             "user:root@pam:1:0:::::\n\npool:media:Films:101,102::\npool:\nacl:1:/:x:\npool:a/b::::");
    tree_put(dir, "etc/pve/datacenter.cfg", "keyboard: sv\nnext-id: upper=303,lower=300\n");
    struct host *host = load(dir, HOST_GUESTS);
    assert_int_equal(host->nguests, sizeof(vmids) / sizeof(vmids[0]));
    for (size_t i = 0; i < host->nguests; i++)
        assert_int_equal(host->guests[i].vmid, vmids[i]);
    assert_true(host_guest(host, 200)->qemu);
    assert_false(host_guest(host, 300)->qemu);
    assert_null(host_guest(host, 302));
    assert_int_equal(host->nodes.n, 3);
    assert_string_equal(host->nodes.v[0], "pve1");
    assert_string_equal(host->nodes.v[1], "a");
    assert_string_equal(host->nodes.v[2], "pve2");
    assert_int_equal(host->pools.n, 2);
    assert_string_equal(host->pools.v[0], "a/b");
    assert_string_equal(host->pools.v[1], "media");
    assert_int_equal(host->ncts, 0);
    assert_int_equal(host_next_vmid(host, NULL, 0), 302);
    assert_int_equal(host_next_vmid(host, (int[]){302}, 1), -ENOSPC);
    host_free(host);
    tree_free(dir);
}

static void without_a_vmlist_the_folders_tell(void **state)
{
    static const struct {
        const char *text;
        size_t nguests;
    } rows[] = {
        {"{\n\"version\": 1\n}\n", 0}, /* no guest yet */
        {"", 7},
        {"{\"ids\":", 7},
        {"[]", 7},
    };
    char *dir = tree_new();
    (void)state;
    put_cts(dir);
    tree_put(dir, "etc/pve/nodes/pve2/qemu-server/400.conf", "");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        tree_put(dir, "etc/pve/.vmlist", rows[i].text);
        struct host *host = load(dir, HOST_GUESTS | HOST_CTS);
        if (host->nguests != rows[i].nguests)
            fail_msg("row %zu: %zu guests", i, host->nguests);
        host_free(host);
    }
    tree_free(dir);
}

static void next_ids_are_the_smallest_free_ones(void **state)
{
    static const struct {
        const char *cfg;
        int lower, upper;
    } rows[] = {
        {"", 100, 1000000},
        {"next-id: lower=200\n", 200, 1000000},
        {"next-id: upper=500", 100, 500},
        {"x: y\nnext-id:  lower=5,upper=abc  \n", 100, 1000000},
        {"#next-id: lower=200\n", 100, 1000000},
    };
    struct guest guests[] = {{.vmid = 100}, {.vmid = 101}, {.vmid = 103}};
    struct host host = {.next_lower = 100, .next_upper = 1000000, .guests = guests, .nguests = 3};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int lower, upper;
        cluster_parse_next_id(rows[i].cfg, strlen(rows[i].cfg), &lower, &upper);
        if (lower != rows[i].lower || upper != rows[i].upper)
            fail_msg("row %zu: %d to %d", i, lower, upper);
    }
    assert_int_equal(host_next_vmid(&host, NULL, 0), 102);
    assert_int_equal(host_next_vmid(&host, (int[]){104, 102, 102}, 3), 105);
    host.next_lower = 200;
    assert_int_equal(host_next_vmid(&host, (int[]){102}, 1), 200);
}

static const char storage_cfg[] = "# a comment\n"
                                  "dir: local\n"
                                  "\tpath /var/lib/vz/\n"
                                  "#\tpath /elsewhere\n"
                                  "\tcontent iso,vztmpl,backup\n"
                                  "\n"
                                  "zfspool: local-zfs\n"
                                  "\tpool rpool/data\n"
                                  "\tsparse 1\n"
                                  "\tpath /not/its/own\n"
                                  "\n"
                                  "nfs: nas\n"
                                  "        server 192.0.2.1\n"
                                  "        content vztmpl, rootdir\n"
                                  "        content-dirs vztmpl=/lxc,iso=other\n"
                                  "\n"
                                  "garbage line\n"
                                  "\tpath /lost\n"
                                  "dir: off\n"
                                  "\tpath /srv/off\n"
                                  "\tdisable\n"
                                  "dir: bad\n"
                                  "\tcontent images\n"
                                  "\n"
                                  "dir: far\n"
                                  "\tpath /srv/far\n"
                                  "\tnodes pve2,pve3\n"
                                  "\tshared 1\n"
                                  "\n"
                                  "magic: odd.name-1\n"
                                  "\tcontent none";

static void storages_are_read(void **state)
{
    static const struct {
        const char *id, *type, *path, *templates, *content;
        bool disabled, shared;
    } rows[] = {
        {"local", "dir", "/var/lib/vz/", "/var/lib/vz/template/cache", "iso vztmpl backup", false, false},
        {"local-zfs", "zfspool", NULL, NULL, "images rootdir", false, false},
        {"nas", "nfs", "/mnt/pve/nas", "/mnt/pve/nas/lxc", "vztmpl rootdir", false, true},
        {"off", "dir", "/srv/off", "/srv/off/template/cache", "images rootdir", true, false},
        {"far", "dir", "/srv/far", "/srv/far/template/cache", "images rootdir", true, true},
        {"odd.name-1", "magic", NULL, NULL, "none", false, false},
    };
    char *dir = tree_new();
    (void)state;
    tree_link(dir, "etc/pve/local", "nodes/pve1");
    tree_put(dir, "etc/pve/storage.cfg", storage_cfg);
    struct host *host = load(dir, HOST_STORAGES);
    assert_int_equal(host->nstorages, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < host->nstorages; i++) {
        const struct storage *s = &host->storages[i];
        struct buf content = BUF_INIT;
        for (size_t k = 0; k < s->content.n; k++)
            buf_addf(&content, "%s%s", k ? " " : "", s->content.v[k]);
        if (strcmp(s->id, rows[i].id) != 0 || strcmp(s->type, rows[i].type) != 0 ||
            strcmp(s->path ? s->path : "", rows[i].path ? rows[i].path : "") != 0 ||
            strcmp(s->template_dir ? s->template_dir : "", rows[i].templates ? rows[i].templates : "") != 0 ||
            strcmp(content.s, rows[i].content) != 0 || s->disabled != rows[i].disabled ||
            s->active == rows[i].disabled || s->shared != rows[i].shared || s->total != HOST_UNKNOWN)
            fail_msg("row %s: %s: %s, path %s, templates %s, content %s, disabled %d, shared %d", rows[i].id, s->type,
                     s->id, s->path, s->template_dir, content.s, s->disabled, s->shared);
        buf_clear(&content);
    }
    assert_true(storage_has(host_storage(host, "nas"), "rootdir"));
    assert_false(storage_has(host_storage(host, "nas"), "root"));
    assert_null(host_storage(host, "bad"));
    host_free(host);
    tree_free(dir);
}

static void local_is_always_a_storage(void **state)
{
    struct storage *storages;
    size_t n;
    (void)state;
    storage_parse_cfg("lvm: x\n\tvgname y\n", 18, NULL, &storages, &n);
    assert_int_equal(n, 2);
    assert_string_equal(storages[1].id, "local");
    assert_string_equal(storages[1].path, "/var/lib/vz");
    storage_free(storages, n);
}

static void space_is_read_by_the_header(void **state)
{
    static const struct {
        const char *text;
        int rc;
        bool active;
        uint64_t total, used, avail;
    } rows[] = {
        {"Name           Type     Status     Total (KiB)      Used (KiB) Available (KiB)        %\n"
         "local-zfs   zfspool     active             100              40              60   40.00%\n"
         "tank            dir   disabled               0               0               0      N/A\n",
         0, true, 102400, 40960, 61440},
        {"some warning\nName Type Status Total Used Available %\nlocal-zfs zfspool active 4 3 1 75%\n", 0, true, 4096,
         3072, 1024},
        {"Name Type Status Used (KiB) Available (KiB) Total (KiB) %\nlocal-zfs zfspool active 3 1 4 75%", 0, true, 4096,
         3072, 1024},
        {"Name Type Status Total Used Available %\nlocal-zfs zfspool inactive 0 0 0 0.00%\n", 0, false, HOST_UNKNOWN,
         HOST_UNKNOWN, HOST_UNKNOWN},
        {"Name Type Status Total Used Available %\nlocal-zfs zfspool active x -1 99999999999999999999 0.00%\n", 0, true,
         HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN},
        {"Name Type Status Total Used Available %\nlocal-zfs active\n\nunknown dir active 1 1 1 1%\n", 0, true,
         HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN},
        {"Name Type Status Total Used Available %\nlocal zfs zfspool active 4 3 1 75%\n", 0, true, HOST_UNKNOWN,
         HOST_UNKNOWN, HOST_UNKNOWN},
        {"local-zfs zfspool active 4 3 1 75%\n", -EBADMSG, true, HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN},
        {"", -EBADMSG, true, HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct storage *storages;
        size_t n;
        storage_parse_cfg(storage_cfg, strlen(storage_cfg), "pve1", &storages, &n);
        const struct storage *s = &storages[1];
        int rc = storage_parse_status(rows[i].text, strlen(rows[i].text), storages, n);
        if (rc != rows[i].rc || s->active != rows[i].active || s->total != rows[i].total || s->used != rows[i].used ||
            s->avail != rows[i].avail)
            fail_msg("row %zu: %d, active %d, %llu %llu %llu", i, rc, s->active, (unsigned long long)s->total,
                     (unsigned long long)s->used, (unsigned long long)s->avail);
        storage_free(storages, n);
    }
}

static void a_name_may_hold_blanks(void **state)
{
    static const char text[] = "Name Type Status Total (KiB) Used (KiB) Available (KiB) %\n"
                               "two words  dir active 4 3 1 75%\n";
    struct storage storage = {.id = (char *)"two words"};
    (void)state;
    assert_int_equal(storage_parse_status(text, strlen(text), &storage, 1), 0);
    assert_true(storage.active);
    assert_int_equal(storage.total, 4096);
}

static void the_tools_are_asked_and_may_fail(void **state)
{
    static const struct {
        const char *pvesm, *pveversion, *version;
        uint64_t total;
    } rows[] = {
        {"echo 'Name Type Status Total Used Available %'; echo 'local dir active 4 3 1 75%'",
         "echo 'proxmox-ve: 9.1.0 (running kernel: 6.17.2-1-pve)'; echo 'pve-manager: 9.2.11 (running version: "
         "9.2.11/1)'; echo 'pve-container: 6.1.10'",
         "9.2.11", 4096},
        {"echo boom >&2; exit 255", "exit 1", NULL, HOST_UNKNOWN},
        {"kill -9 $$", "echo 'pve-manager: '; printf 'pve-manager: not-correctly-installed'", NULL, HOST_UNKNOWN},
    };
    char *dir = tree_new(), *old = mem_strdup(getenv("PATH"));
    (void)state;
    tree_put(dir, "root/etc/pve/storage.cfg", storage_cfg);
    char *root = mem_printf("%s/root", dir), *path = mem_printf("%s/bin:%s", dir, old);
    setenv("PATH", path, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const names[] = {"bin/pvesm", "bin/pveversion"};
        const char *const bodies[] = {rows[i].pvesm, rows[i].pveversion};
        for (size_t k = 0; k < 2; k++) {
            char *script = mem_printf("#!/bin/sh\n%s\n", bodies[k]), *full = tree_path(dir, names[k]);
            tree_put(dir, names[k], script);
            assert_int_equal(chmod(full, 0755), 0);
            free(script);
            free(full);
        }
        struct host *host = load(root, HOST_SPACE | HOST_VERSION);
        assert_int_equal(host_storage(host, "local")->total, rows[i].total);
        if (!host->pve_version != !rows[i].version)
            fail_msg("row %zu: version %s", i, host->pve_version);
        if (rows[i].version) {
            assert_string_equal(host->pve_version, rows[i].version);
            assert_string_equal(host->container_version, "6.1.10");
        }
        host_free(host);
    }
    setenv("PATH", old, 1);
    free(root);
    free(path);
    free(old);
    tree_free(dir);
}

static void versions_compare_as_numbers(void **state)
{
    static const struct {
        const char *version, *wanted;
        bool at_least;
    } rows[] = {
        {"6.1.10", "6.1.6", true},   {"6.1.5", "6.1.6", false}, {"6.1.6", "6.1.6", true}, {"6.1", "6.1.0", true},
        {"6.1", "6.1.1", false},     {"6.2", "6.1.9", true},    {"10", "9.9", true},      {"9.2.11-1", "9.2.11", true},
        {"9.2~rc1", "9.2.1", false}, {NULL, "1", false},        {"", "1", false},         {"", "0", true},
        {"x", "6", false},           {"6.", "6.0", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (host_version_at_least(rows[i].version, rows[i].wanted) != rows[i].at_least)
            fail_msg("%s, wanted %s", rows[i].version, rows[i].wanted);
}

static void put_devices(const char *dir)
{
    tree_put(dir, "sys/devices/system/cpu/online", "0-5,8\n");
    tree_put(dir, "proc/meminfo",
             "MemTotal:       16384 kB\nMemFree: 1 kB\nMemAvailable:    8192 kB\nSwapTotal: 0 kB\n");
    tree_put(dir, "proc/stat", "cpu  20 0 5 70 5 0 0 0 0 0\ncpu0 1 1 1 1\n");
    tree_put(dir, "sys/class/net/vmbr0/bridge/x", "");
    tree_put(dir, "sys/class/net/vmbr0/operstate", "up\n");
    tree_put(dir, "sys/class/net/vmbr0/brif/veth101i0/x", "");
    tree_put(dir, "sys/class/net/vmbr0/brif/eno1/x", "");
    tree_put(dir, "sys/class/net/vmbr0/brif/fwpr102p0/x", "");
    tree_put(dir, "sys/class/net/inner/bridge/x", "");
    tree_put(dir, "sys/class/net/inner/operstate", "down\n");
    tree_put(dir, "sys/class/net/fwbr102i0/bridge/x", "");
    tree_put(dir, "sys/class/net/eno1/operstate", "up\n");
    tree_put(dir, "sys/class/net/vmbr9/operstate", "unknown\n");
    tree_put(dir, "etc/network/interfaces",
             "auto lo\niface lo inet loopback\n\nauto vmbr9\niface vmbr9 inet manual\n\tovs_type OVSBridge\n\n"
             "iface gone inet manual\n\tovs_type OVSBridge\n");
    /* Two GPUs with nodes, a virtual function without, a card that is bound to no driver, a frame buffer. */
    static const struct {
        const char *pci, *class, *vendor, *device;
    } devices[] = {
        {"0000:00:02.0", "0x030000", "0x8086", "0x4680"}, {"0000:03:00.0", "0x030000", "0x1002", "0x7340"},
        {"0000:00:02.1", "0x030000", "0x8086", "0x4680"}, {"0000:05:00.0", "0x030200", "0x10de", "0xffff"},
        {"0000:06:00.0", "0x020000", "0x8086", "0x1533"},
    };
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        const struct {
            const char *file, *text;
        } files[] = {{"class", devices[i].class}, {"vendor", devices[i].vendor}, {"device", devices[i].device}};
        for (size_t k = 0; k < 3; k++) {
            char *path = mem_printf("sys/devices/pci0000:00/%s/%s", devices[i].pci, files[k].file);
            tree_put(dir, path, files[k].text);
            free(path);
        }
        char *path = mem_printf("sys/bus/pci/devices/%s", devices[i].pci);
        char *target = mem_printf("../../../devices/pci0000:00/%s", devices[i].pci);
        tree_link(dir, path, target);
        free(path);
        free(target);
    }
    tree_link(dir, "sys/devices/pci0000:00/0000:00:02.0/driver", "../../../bus/pci/drivers/i915");
    tree_link(dir, "sys/devices/pci0000:00/0000:03:00.0/driver", "../../../bus/pci/drivers/amdgpu");
    tree_link(dir, "sys/devices/pci0000:00/0000:00:02.1/physfn", "../0000:00:02.0");
    tree_link(dir, "sys/class/drm/renderD129/device", "../../../devices/pci0000:00/0000:00:02.0");
    tree_link(dir, "sys/class/drm/renderD128/device", "../../../devices/pci0000:00/0000:03:00.0");
    tree_link(dir, "sys/class/drm/card1/device", "../../../devices/pci0000:00/0000:00:02.0");
    tree_link(dir, "sys/class/drm/card0/device", "../../../devices/pci0000:00/0000:03:00.0");
    tree_link(dir, "sys/class/drm/card2/device", "../../../devices/platform/simple-framebuffer.0");
    tree_put(dir, "sys/class/drm/card1-HDMI-A-1/status", "connected\n");
    tree_put(dir, "sys/class/drm/version", "drm\n");
    tree_put(
        dir, "usr/share/misc/pci.ids",
        "# list\n0014  Other\n\t4680  Wrong\n1002  Advanced Micro Devices, Inc. [AMD/ATI]\n\t7340  Navi 14 [Radeon RX "
        "5500]\n\t\t1002 0b0c  Board\n8086  Intel Corporation\n\t1533  I210\n\t4680  AlderLake-S GT1 [UHD Graphics "
        "770]\nC 03  Display controller\n");
}

static void devices_are_found(void **state)
{
    static const struct {
        const char *pci, *vendor, *driver, *name, *render, *card;
    } gpus[] = {
        {"0000:00:02.0", "intel", "i915", "Intel UHD Graphics 770", "/dev/dri/renderD129", "/dev/dri/card1"},
        {"0000:00:02.1", "intel", "", "Intel UHD Graphics 770 (virtual function of 0000:00:02.0)", "", ""},
        {"0000:03:00.0", "amd", "amdgpu", "AMD Radeon RX 5500", "/dev/dri/renderD128", "/dev/dri/card0"},
        {"0000:05:00.0", "nvidia", "", "NVIDIA 10de:ffff", "", ""},
    };
    static const struct {
        const char *name, *uplink;
        bool up;
    } bridges[] = {{"inner", "", false}, {"vmbr0", "eno1", true}, {"vmbr9", "", true}};
    char *dir = tree_new();
    (void)state;
    put_devices(dir);
    struct host *host = load(dir, HOST_DEVICES);
    assert_int_equal(host->cpus, 7);
    assert_int_equal(host->mem_total, 16 * MIB);
    assert_int_equal(host->mem_avail, 8 * MIB);
    assert_int_equal(host->swap_total, 0);
    assert_true(host->swap_free == HOST_UNKNOWN);
    assert_true(host->cpu > 0.249 && host->cpu < 0.251);
    assert_int_equal(host->ngpus, sizeof(gpus) / sizeof(gpus[0]));
    for (size_t i = 0; i < host->ngpus; i++) {
        const struct gpu *g = &host->gpus[i];
        const char *got[] = {g->pci, g->vendor, g->driver, g->name, g->render, g->card};
        const char *wanted[] = {gpus[i].pci,  gpus[i].vendor, gpus[i].driver,
                                gpus[i].name, gpus[i].render, gpus[i].card};
        for (size_t k = 0; k < 6; k++)
            if (strcmp(got[k] ? got[k] : "", wanted[k]) != 0)
                fail_msg("%s: \"%s\" instead of \"%s\"", gpus[i].pci, got[k], wanted[k]);
    }
    assert_int_equal(host->nbridges, sizeof(bridges) / sizeof(bridges[0]));
    for (size_t i = 0; i < host->nbridges; i++) {
        const struct bridge *b = &host->bridges[i];
        if (strcmp(b->name, bridges[i].name) != 0 || strcmp(b->uplink ? b->uplink : "", bridges[i].uplink) != 0 ||
            b->up != bridges[i].up)
            fail_msg("%s: %s, uplink %s, up %d", bridges[i].name, b->name, b->uplink, b->up);
    }
    host_free(host);
    put_cts(dir); /* with figures of the node in .rrd these count */
    host = load(dir, HOST_DEVICES);
    assert_true(host->cpu == 0.125);
    host_free(host);
    tree_free(dir);
}

static void processors_are_counted(void **state)
{
    static const struct {
        const char *list;
        long n;
    } rows[] = {{"0\n", 1}, {"0-3", 4}, {"0-1,4-7,9", 7}, {"", 0}, {"x", 0}, {"3-1", 0}, {"0-99999999", 0}, {"0-", 0}};
    char *dir = tree_new();
    struct root root;
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (devices_count_cpus(rows[i].list) != rows[i].n)
            fail_msg("\"%s\": %ld", rows[i].list, devices_count_cpus(rows[i].list));
    tree_put(dir, "proc/cpuinfo", "processor\t: 0\nmodel name\t: x\n\nprocessor\t: 1\n");
    assert_int_equal(root_open(&root, dir, NULL), 0);
    assert_int_equal(devices_cpus(&root), 2);
    root_close(&root);
    tree_free(dir);
}

static void an_empty_folder_is_a_host_without_anything(void **state)
{
    char *dir = tree_new();
    (void)state;
    struct host *host = load(dir, HOST_ALL & ~(unsigned)(HOST_SPACE | HOST_VERSION));
    struct host *next = load(dir, 0);
    assert_true(next->generation > host->generation);
    assert_null(host->node);
    assert_null(host->pve_version);
    assert_non_null(host->arch);
    assert_int_equal(host->ncts + host->nguests + host->nstorages + host->nimages + host->nbridges + host->ngpus, 0);
    assert_true(host->mem_total == HOST_UNKNOWN && host->cpu < 0);
    assert_null(host_ct(host, 100));
    assert_null(host_guest(host, 100));
    assert_null(host_image(host, "local", "x.tar"));
    assert_int_equal(host_next_vmid(host, NULL, 0), 100);
    assert_int_equal(host_next_vmid(next, NULL, 0), -ENOSPC);
    host_free(host);
    host_free(next);
    host_free(NULL);
    tree_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cts_of_all_nodes_are_there),
        cmocka_unit_test(guests_nodes_and_pools_are_there),
        cmocka_unit_test(without_a_vmlist_the_folders_tell),
        cmocka_unit_test(next_ids_are_the_smallest_free_ones),
        cmocka_unit_test(storages_are_read),
        cmocka_unit_test(local_is_always_a_storage),
        cmocka_unit_test(space_is_read_by_the_header),
        cmocka_unit_test(a_name_may_hold_blanks),
        cmocka_unit_test(the_tools_are_asked_and_may_fail),
        cmocka_unit_test(versions_compare_as_numbers),
        cmocka_unit_test(devices_are_found),
        cmocka_unit_test(processors_are_counted),
        cmocka_unit_test(an_empty_folder_is_a_host_without_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
