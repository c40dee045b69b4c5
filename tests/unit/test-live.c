#include "tests/unit/unit.h"

#include "backend/base/mem.h"
#include "backend/host/address.h"
#include "backend/host/host.h"
#include "backend/host/live.h"
#include "tests/unit/tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void running_cts_are_those_with_a_command_socket(void **state)
{
    static const char text[] =
        "Num       RefCount Protocol Flags    Type St Inode Path\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 21491 @/var/lib/lxc/101/command\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 21492 @/var/lib/lxc/102/command extra\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 21493 @/var/lib/lxc/103/commands\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 21494 /run/@/var/lib/lxc/104/command\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 21495 @/var/lib/lxc/0105/command\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 21496 @/var/lib/lxc/106x/command\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 21497 @/var/lib/lxc//command\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 21498 @/var/lib/lxc/999999999/command\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 21499\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 21500 @/var/lib/lxc/100/command";
    struct live live = {0};
    (void)state;
    live_parse_unix(text, strlen(text), &live);
    assert_int_equal(live.nrunning, 3);
    assert_true(live_runs(&live, 100) && live_runs(&live, 101) && live_runs(&live, 999999999));
    for (int vmid = 102; vmid < 107; vmid++)
        assert_false(live_runs(&live, vmid));
    live_clear(&live);
    for (size_t cut = 0; cut < strlen(text); cut++) {
        struct buf part = BUF_INIT;
        buf_add(&part, text, cut); /* memory of its own, so that reading past the end is noticed */
        live_parse_unix(part.s, part.len, &live);
        assert_true(live.nrunning <= 3);
        live_clear(&live);
        buf_clear(&part);
    }
    live_parse_unix("", 0, &live);
    assert_false(live_runs(&live, 100));
    live_clear(&live);
}

static const char rrd[] = "pve2.3-vm/101:4000:old:running:0:1750000000:4:0.5:1024:512:4096:2048:1:2:3:4\n"
                          "pve-vm-9.0/102:U:web:stopped:0:1750000000:2:U:1024:U:4096:0:U:U:U:U:U:0:0:0:0:0:0\n"
                          "pve-vm-9.0/103:17:x:running:0:1750000000:2:1.5e-05:1024.75:-5:99999999999999999999:7:::::\n"
                          "pve-vm-9.0/104:5\n"
                          "pve-vm-9.0/105:5:x:running\n"
                          "pve-vm-9.0/7:5:x:running:0\n"
                          "pve-vm-9.0/x:5:x:running:0\n"
                          "pve-vm-9.0/106:1:x:running:0:1:1:nan:0x10:inf:1:1\n"
                          "pve-storage-9.0/pve1/local:1750000000:100:50\n"
                          "pve-node-9.0/pve2:1:2:3:4:5:0.9:6\n"
                          "pve2-node/pve1:1:2:3:4:5:0.25:6\n"
                          "\n:::\n/:\npve-vm-9.0/\n"
                          "pve-vm-9.0/107:1:x:runn";

static void figures_of_guests_are_read(void **state)
{
    static const struct live_row rows[] = {
        {101, true, 0.5, 4000, 1024, 512, 4096, 2048},
        {102, false, -1, HOST_UNKNOWN, 1024, HOST_UNKNOWN, 4096, 0},
        {103, true, 1.5e-05, 17, 1024, HOST_UNKNOWN, HOST_UNKNOWN, 7},
        {105, true, -1, 5, HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN},
        {106, true, -1, 1, HOST_UNKNOWN, HOST_UNKNOWN, 1, 1},
        {107, false, -1, 1, HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN, HOST_UNKNOWN},
    };
    struct live live = {.node_cpu = -1};
    (void)state;
    live_parse_rrd(rrd, strlen(rrd), "pve1", &live);
    assert_int_equal(live.nrows, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < live.nrows; i++) {
        const struct live_row *r = live_row(&live, rows[i].vmid);
        if (!r || r->running != rows[i].running || r->cpu != rows[i].cpu || r->uptime != rows[i].uptime ||
            r->maxmem != rows[i].maxmem || r->mem != rows[i].mem || r->maxdisk != rows[i].maxdisk ||
            r->disk != rows[i].disk)
            fail_msg("row of %d", rows[i].vmid);
    }
    assert_null(live_row(&live, 104));
    assert_true(live.node_cpu == 0.25);
    live_clear(&live);
    for (size_t cut = 0; cut < strlen(rrd); cut++) {
        struct buf part = BUF_INIT;
        buf_add(&part, rrd, cut);
        live_parse_rrd(part.s, part.len, "pve1", &live);
        live_clear(&live);
        buf_clear(&part);
    }
}

#define TRIE_HEAD                                                                                                      \
    "Main:\n  +-- 0.0.0.0/0 3 0 5\n     +-- 127.0.0.0/8 2 0 2\n        +-- 127.0.0.0/31 1 0 0\n"                       \
    "           |-- 127.0.0.0\n              /8 host LOCAL\n           |-- 127.0.0.1\n              /32 host LOCAL\n"  \
    "        |-- 127.255.255.255\n           /32 link BROADCAST\n"
#define ROUTE_HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

static void addresses_are_found(void **state)
{
    static const struct {
        const char *name, *trie, *route, *address;
    } rows[] = {
        {"nothing but loopback", TRIE_HEAD, NULL, NULL},
        {"an empty file", "", NULL, NULL},
        {"one network",
         TRIE_HEAD "     +-- 192.0.2.0/24 2 0 2\n        |-- 192.0.2.0\n           /24 link UNICAST\n"
                   "        |-- 192.0.2.7\n           /32 host LOCAL\n        |-- 192.0.2.255\n"
                   "           /32 link BROADCAST\nLocal:\n        |-- 192.0.2.7\n           /32 host LOCAL\n",
         NULL, "192.0.2.7"},
        {"an address in 127.0.0.0/8 that is not the first",
         TRIE_HEAD "        |-- 127.3.0.101\n           /32 host LOCAL\n", NULL, "127.3.0.101"},
        {"an entry with several routes", "   |-- 10.0.0.5\n      /24 link UNICAST\n      /32 host LOCAL\n", NULL,
         "10.0.0.5"},
        {"several, and the default route says which",
         TRIE_HEAD "  |-- 172.17.0.1\n     /32 host LOCAL\n  |-- 192.168.1.5\n     /32 host LOCAL\n",
         ROUTE_HEAD "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
                    "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                    "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
         "192.168.1.5"},
        {"several and no default route",
         "  |-- 172.17.0.1\n     /32 host LOCAL\n  |-- 192.168.1.5\n     /32 host LOCAL\n", ROUTE_HEAD "x\ny\t1\n",
         "172.17.0.1"},
        {"what is no address",
         "  |-- 300.1.2.3\n     /32 host LOCAL\n  |-- ....\n     /32 host LOCAL\n"
         "  |-- 1\n     /32 host LOCAL\n     /32 host LOCALLY\n",
         NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *address = address_parse_ipv4(rows[i].trie, rows[i].route);
        if (!address != !rows[i].address || (address && strcmp(address, rows[i].address) != 0))
            fail_msg("%s: %s", rows[i].name, address ? address : "(none)");
        free(address);
    }
}

static void ipv6_addresses_are_found(void **state)
{
    static const struct {
        const char *text, *address;
    } rows[] = {
        {"00000000000000000000000000000001 01 80 10 80       lo\n"
         "fe80000000000000be2411fffe000001 02 40 20 80     eth0\n"
         "20010db8000000000000000000000007 02 40 00 80     eth0\n",
         "2001:db8::7"},
        {"20010db8000000000000000000000007 01 80 00 80       lo\n", NULL},
        {"20010db800 02 40 00 80     eth0\n", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *address = address_parse_ipv6(rows[i].text);
        if (!address != !rows[i].address || (address && strcmp(address, rows[i].address) != 0))
            fail_msg("row %zu: %s", i, address ? address : "(none)");
        free(address);
    }
}

static void static_addresses_are_those_of_net0(void **state)
{
    static const struct {
        const char *conf, *address;
    } rows[] = {
        {"net0: name=eth0,ip=192.0.2.7/24,gw=192.0.2.1\n", "192.0.2.7"},
        {"net0: name=eth0,ip=dhcp\n", NULL},
        {"net0: name=eth0,ip=dhcp,ip6=2001:db8::7/64\n", "2001:db8::7"},
        {"net0: name=eth0,ip=\033[31m/24,ip6=auto\n", NULL},
        {"net0: name=eth0\nnet1: ip=192.0.2.7/24\n", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ctconf conf;
        assert_int_equal(ctconf_parse(rows[i].conf, strlen(rows[i].conf), &conf, NULL), 0);
        char *address = address_of_conf(&conf);
        if (!address != !rows[i].address || (address && strcmp(address, rows[i].address) != 0))
            fail_msg("row %zu: %s", i, address ? address : "(none)");
        free(address);
        ctconf_clear(&conf);
    }
}

/* A node with four CTs: 101 runs an init system, 102 one program, 103 runs without figures, 104 is stopped. */
static void put_host(const char *dir)
{
    static const int vmids[] = {101, 102, 103, 104};
    tree_link(dir, "etc/pve/local", "nodes/pve1");
    for (size_t i = 0; i < 4; i++) {
        char *path = mem_printf("etc/pve/nodes/pve1/lxc/%d.conf", vmids[i]);
        tree_put(dir, path, "memory: 512\nnet0: name=eth0,ip=192.0.2.9/24\nrootfs: local:x,size=1G\n");
        free(path);
    }
    tree_put(dir, "sys/devices/system/cpu/online", "0-3\n");
    tree_put(dir, "proc/net/unix",
             "Num\n0: 2 0 1 1 1 5 @/var/lib/lxc/101/command\n0: 2 0 1 1 1 6 @/var/lib/lxc/102/command\n"
             "0: 2 0 1 1 1 7 @/var/lib/lxc/103/command\n");
    tree_put(dir, "etc/pve/.rrd",
             "pve-vm-9.0/101:9:a:running:0:1:4:0.125:536870912:9:2147483648:1048576:0:0:0:0\n"
             "pve-vm-9.0/102:0:b:stopped:0:1:4::536870912::1073741824:0::::\n"
             "pve-vm-9.0/103:9:c:running:0:1:4:0.5:536870912:77:1073741824:55:0:0:0:0\n"
             "pve-vm-9.0/104:9:d:running:0:1:4:0.5:536870912:77:1073741824:55:0:0:0:0\n");
    tree_put(dir, "sys/fs/cgroup/lxc/101/memory.current", "1000\n");
    tree_put(dir, "sys/fs/cgroup/lxc/101/memory.stat", "anon 1\nfile 400\nfile_mapped 9\n");
    tree_put(dir, "sys/fs/cgroup/lxc/101/memory.swap.current", "33\n");
    tree_put(dir, "sys/fs/cgroup/lxc/101/ns/cgroup.procs", "");
    tree_put(dir, "sys/fs/cgroup/lxc/101/ns/init.scope/cgroup.procs", "4001\n4002\n");
    tree_put(dir, "sys/fs/cgroup/lxc/102/memory.current", "300\n");
    tree_put(dir, "sys/fs/cgroup/lxc/102/memory.stat", "file 400\n");
    tree_put(dir, "sys/fs/cgroup/lxc/102/ns/cgroup.procs", "0\n");
    tree_put(dir, "sys/fs/cgroup/lxc/102/ns/app/cgroup.procs", "4003\n");
    tree_put(dir, "sys/fs/cgroup/lxc/104/memory.current", "1000\n");
    tree_put(dir, "proc/4001/net/fib_trie", "  |-- 192.0.2.101\n     /32 host LOCAL\n");
    tree_put(dir, "proc/4003/net/fib_trie", "  |-- 127.0.0.1\n     /32 host LOCAL\n");
    tree_put(dir, "proc/4003/net/if_inet6", "20010db8000000000000000000000007 02 40 00 80     eth0\n");
    char *process = tree_path(dir, "proc/4001");
    assert_int_equal(utimensat(AT_FDCWD, process, (struct timespec[]){{.tv_sec = 1000}, {.tv_sec = 1000}}, 0), 0);
    free(process);
}

static void figures_of_cts_are_fresh(void **state)
{
    static const struct {
        int vmid;
        enum ct_state state;
        double cpu;
        uint64_t mem, swap, disk, maxdisk;
        const char *address;
    } rows[] = {
        {101, CT_RUNNING, 0.125, 600, 33, 1048576, 2147483648, "192.0.2.101"},
        {102, CT_RUNNING, -1, 0, HOST_UNKNOWN, HOST_UNKNOWN, 1073741824, "2001:db8::7"}, /* just started */
        {103, CT_RUNNING, 0.5, 77, HOST_UNKNOWN, 55, 1073741824, "192.0.2.9"},
        {104, CT_STOPPED, 0, 0, 0, HOST_UNKNOWN, 1073741824, "192.0.2.9"}, /* just stopped */
    };
    char *dir = tree_new();
    struct root root;
    struct host *host;
    (void)state;
    put_host(dir);
    setenv("TENGIL_NOW", "5000", 1);
    assert_int_equal(root_open(&root, dir, NULL), 0);
    assert_int_equal(host_load(&root, HOST_CTS, &host, NULL), 0);
    assert_int_equal(host->ncts, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < host->ncts; i++) {
        const struct ct *ct = host_ct(host, rows[i].vmid);
        if (ct->state != rows[i].state || ct->cpu != rows[i].cpu || ct->mem != rows[i].mem ||
            ct->swap != rows[i].swap || ct->disk != rows[i].disk || ct->maxdisk != rows[i].maxdisk)
            fail_msg("CT %d: state %d, cpu %f, mem %llu, swap %llu, disk %llu of %llu", ct->vmid, ct->state, ct->cpu,
                     (unsigned long long)ct->mem, (unsigned long long)ct->swap, (unsigned long long)ct->disk,
                     (unsigned long long)ct->maxdisk);
        if (!ct->address || strcmp(ct->address, rows[i].address) != 0)
            fail_msg("CT %d: address %s", ct->vmid, ct->address ? ct->address : "(none)");
        assert_int_equal(ct->cores, 4); /* no limit: those of the host */
    }
    assert_int_equal(host_ct(host, 101)->uptime, 4000);
    assert_int_equal(host_ct(host, 103)->uptime, 9);
    assert_int_equal(host_ct(host, 104)->uptime, 0);
    unsetenv("TENGIL_NOW");
    host_free(host);
    root_close(&root);
    tree_free(dir);
}

static void without_the_sockets_nothing_is_said_to_be_stopped(void **state)
{
    char *dir = tree_new();
    struct root root;
    struct host *host;
    (void)state;
    put_host(dir);
    char *sockets = tree_path(dir, "proc/net/unix");
    assert_int_equal(unlink(sockets), 0);
    tree_put(dir, "etc/pve/nodes/pve1/lxc/105.conf", "");
    assert_int_equal(root_open(&root, dir, NULL), 0);
    assert_int_equal(host_load(&root, HOST_CTS, &host, NULL), 0);
    assert_int_equal(host_ct(host, 103)->state, CT_RUNNING); /* as .rrd says */
    assert_int_equal(host_ct(host, 105)->state, CT_UNKNOWN);
    host_free(host);
    root_close(&root);
    free(sockets);
    tree_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_cts_are_those_with_a_command_socket),
        cmocka_unit_test(figures_of_guests_are_read),
        cmocka_unit_test(addresses_are_found),
        cmocka_unit_test(ipv6_addresses_are_found),
        cmocka_unit_test(static_addresses_are_those_of_net0),
        cmocka_unit_test(figures_of_cts_are_fresh),
        cmocka_unit_test(without_the_sockets_nothing_is_said_to_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
