#include "tests/unit/unit.h"

#include "backend/host/ctconf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Forms recorded from pct 6.1.10, with values of our own. */
static const char full[] =
    "#hello %C3%A9\n"
    "#tab%09, 100%25, %00, %4\n"
    "#tengil-tui%3A image=docker.io/library/alpine%3A3.20 digest=sha256%3Aab12 plan=0123456789abcdef\n"
    "arch: amd64\n"
    "cores: 2\n"
    "dev0: /dev/dri/renderD128,gid=104,mode=0660\n"
    "features: nesting=1\n"
    "hostname: web\n"
    "lock: backup\n"
    "memory: 512\n"
    "mp10: /dev/disk/by-id/usb,mp=/usb,backup=1\n"
    "mp2: tank:subvol-101-disk-1,mp=/config,backup=1,size=8G\n"
    "mp0: /srv/my media,mp=/media,ro=on\n"
    "net0: name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp,type=veth\n"
    "rootfs: local:101/vm-101-disk-0.raw,size=4G\n"
    "tags: \n"
    "this line is garbage\n"
    "memory: 768  \n"
    "lxc.environment.runtime: A=1 2\n"
    "lxc.environment.runtime = B=x=y\r\n"
    "lxc.mount.entry: /dev/dri dev/dri none bind,optional,create=dir\n"
    "\n"
    "[pve:pending]\n"
    "memory: 1024\n"
    "mp1: /srv/late,mp=/late\n"
    "delete: onboot\n"
    "\n"
    "[s1]\n"
    "#first snapshot\n"
    "hostname: old\n"
    "snaptime: 1750000000\n"
    "\n"
    "[Before_update-2]\n"
    "memory: 1\n";

static void parse(const char *text, struct ctconf *conf)
{
    struct err err = {0};
    assert_int_equal(ctconf_parse(text, strlen(text), conf, &err), 0);
}

static void a_conf_is_read_as_proxmox_reads_it(void **state)
{
    static const struct {
        const char *key, *value;
    } rows[] = {
        {"arch", "amd64"},
        {"hostname", "web"},
        {"memory", "768"}, /* of two the last one */
        {"lock", "backup"},
        {"tags", ""},
        {"dev0", "/dev/dri/renderD128,gid=104,mode=0660"},
        {"lxc.environment.runtime", "A=1 2"},
        {"lxc.mount.entry", "/dev/dri dev/dri none bind,optional,create=dir"},
        {"snaptime", NULL},
        {"mp1", NULL},
        {"delete", NULL},
        {"this line is garbage", NULL},
    };
    struct ctconf conf;
    (void)state;
    parse(full, &conf);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *value = ctconf_get(&conf, rows[i].key);
        if (!value != !rows[i].value || (value && strcmp(value, rows[i].value) != 0))
            fail_msg("%s: %s", rows[i].key, value ? value : "(none)");
    }
    assert_string_equal(conf.description,
                        "hello \xc3\xa9\ntab\t, 100%, %00, %4\ntengil-tui: image=docker.io/library/alpine:3.20 "
                        "digest=sha256:ab12 plan=0123456789abcdef\n");
    assert_true(conf.pending);
    assert_int_equal(conf.snapshots.n, 2);
    assert_string_equal(conf.snapshots.v[0], "s1");
    assert_string_equal(conf.snapshots.v[1], "Before_update-2");
    int env = 0;
    for (size_t i = 0; i < conf.nentries; i++)
        env += strcmp(conf.entries[i].key, "lxc.environment.runtime") == 0;
    assert_int_equal(env, 2);
    ctconf_clear(&conf);
    ctconf_clear(&conf);
}

static void odd_texts_never_fail(void **state)
{
    static const struct {
        const char *text;
        size_t len, entries, snapshots;
        bool pending;
    } rows[] = {
        {"", 0, 0, 0, false},
        {"\n\n", 2, 0, 0, false},
        {"memory: 1", 9, 1, 0, false},
        {"[pve:pending]\n\n[x]\n", 19, 0, 0, true}, /* one letter is no section: something unknown is pending */
        {"[PVE:Pending]\n\n", 15, 0, 0, false},
        {"[special:cloudinit]\nmemory: 1\n", 30, 0, 0, false},
        {"[]\n[[a]]\nmemory: 1\n", 19, 1, 0, false},
        {"memory: 1\0x\nswap: 2\n", 20, 1, 0, false},
        {"lxc.:1\nlxc: 1\nlxc.a.b\nlxc.a.b=\n", 31, 2, 0, false},
        {" memory: 1\nMemory: 1\nmp1x: 1\n: 1\n", 33, 0, 0, false},
        {"#", 1, 0, 0, false},
        {"%\xff\x1b[31m: x\n\xff: y\n", 17, 0, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ctconf conf;
        struct err err = {0};
        assert_int_equal(ctconf_parse(rows[i].text, rows[i].len, &conf, &err), 0);
        if (conf.nentries != rows[i].entries || conf.snapshots.n != rows[i].snapshots ||
            conf.pending != rows[i].pending)
            fail_msg("row %zu: %zu entries, %zu snapshots, pending %d", i, conf.nentries, conf.snapshots.n,
                     conf.pending);
        ctconf_clear(&conf);
    }
}

static void a_conf_over_the_limit_is_refused(void **state)
{
    const size_t limit = 1024 * 1024;
    struct buf text = BUF_INIT;
    struct ctconf conf;
    struct err err = {0};
    size_t n = 0;
    (void)state;
    while (text.len + 12 < limit) /* very many keys, which takes no quadratic time */
        buf_addf(&text, "k%06zu: 1\n", n++);
    while (text.len < limit)
        buf_addch(&text, '\n');
    assert_int_equal(ctconf_parse(text.s, text.len, &conf, &err), 0);
    assert_int_equal(conf.nentries, n);
    ctconf_clear(&conf);
    buf_addch(&text, '\n');
    assert_int_equal(ctconf_parse(text.s, text.len, &conf, &err), -EFBIG);
    buf_clear(&text);
}

static void the_digest_is_of_the_whole_file(void **state)
{
    struct ctconf conf;
    (void)state;
    parse("arch: amd64\n", &conf);
    assert_string_equal(conf.sha1, "151d53297197ce4180a960ae4c28cfd01cac379c");
    ctconf_clear(&conf);
}

static void properties_are_found_by_name(void **state)
{
    static const struct {
        const char *value, *key, *default_key, *found;
    } rows[] = {
        {"tank:8,mp=/data,ro=1", "mp", "volume", "/data"},
        {"tank:8,mp=/data,ro=1", "volume", "volume", "tank:8"},
        {"mp=/data,volume=tank:8", "volume", "volume", "tank:8"},
        {"mp=/data,tank:8", "volume", "volume", "tank:8"},
        {"tank:8,mp=/data,ro=1", "ro", NULL, "1"},
        {"tank:8,mp=/data,ro=1", "r", NULL, NULL},
        {"tank:8,mp=/data,ro=1", "volume", NULL, NULL},
        {"mp=", "mp", NULL, ""},
        {",,mp=a=b,", "mp", NULL, "a=b"},
        {"", "mp", "mp", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *found = ctconf_prop(rows[i].value, rows[i].key, rows[i].default_key);
        if (!found != !rows[i].found || (found && strcmp(found, rows[i].found) != 0))
            fail_msg("%s of \"%s\": %s", rows[i].key, rows[i].value, found ? found : "(none)");
        free(found);
    }
}

static void mounts_come_in_order(void **state)
{
    static const struct {
        const char *key, *volume, *target, *size;
        bool bind, readonly, backup;
    } rows[] = {
        {"rootfs", "local:101/vm-101-disk-0.raw", "/", "4G", false, false, true},
        {"mp0", "/srv/my media", "/media", NULL, true, true, false},
        {"mp2", "tank:subvol-101-disk-1", "/config", "8G", false, false, true},
        {"mp10", "/dev/disk/by-id/usb", "/usb", NULL, false, false, false},
    };
    struct ctconf conf;
    struct ctconf_mount *mounts;
    (void)state;
    parse(full, &conf);
    size_t n = ctconf_mounts(&conf, &mounts);
    assert_int_equal(n, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(mounts[i].key, rows[i].key);
        assert_string_equal(mounts[i].volume, rows[i].volume);
        assert_string_equal(mounts[i].target, rows[i].target);
        assert_true(!mounts[i].size == !rows[i].size);
        if (rows[i].size)
            assert_string_equal(mounts[i].size, rows[i].size);
        if (mounts[i].bind != rows[i].bind || mounts[i].readonly != rows[i].readonly ||
            mounts[i].backup != rows[i].backup)
            fail_msg("%s: bind %d, readonly %d, backup %d", rows[i].key, mounts[i].bind, mounts[i].readonly,
                     mounts[i].backup);
    }
    ctconf_mounts_free(mounts, n);
    ctconf_clear(&conf);
    assert_int_equal(ctconf_mounts(&conf, &mounts), 0);
    ctconf_mounts_free(mounts, 0);
}

static void the_next_free_index_is_found(void **state)
{
    struct ctconf conf;
    bool taken[256] = {[4] = true, [5] = true};
    (void)state;
    parse(full, &conf);
    assert_int_equal(ctconf_next_index(&conf, "mp", 255, NULL), 3); /* 0 and 2 are there, 1 is pending */
    taken[3] = true;
    assert_int_equal(ctconf_next_index(&conf, "mp", 255, taken), 6);
    assert_int_equal(ctconf_next_index(&conf, "mp", 2, NULL), -ENOSPC);
    assert_int_equal(ctconf_next_index(&conf, "dev", 255, NULL), 1);
    assert_int_equal(ctconf_next_index(&conf, "net", 0, NULL), -ENOSPC);
    assert_int_equal(ctconf_next_index(&conf, "unused", 255, NULL), 0);
    ctconf_clear(&conf);
}

static void the_mark_is_read(void **state)
{
    static const struct {
        const char *description, *image, *digest, *plan;
    } rows[] = {
        {"notes\ntengil-tui: image=a/b:1 digest=sha256:ab plan=01", "a/b:1", "sha256:ab", "01"},
        {"tengil-tui: plan=01 image=a/b:1\n", "a/b:1", NULL, "01"},
        {"tengil-tui: image=old plan=1\nx\ntengil-tui: image=new\nnotes below\n\n", "new", NULL, NULL},
        {"tengil-tui: image= plan=\n", NULL, NULL, NULL},
        {"tengil-tui:\n", NULL, NULL, NULL},
        {"see tengil-tui: image=a\n", NULL, NULL, NULL},
        {"tengil-tui: other=1 image=a\r\n", "a", NULL, NULL},
        {"\n\n", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ctconf_mark mark;
        bool found = ctconf_mark(rows[i].description, &mark);
        const char *got[] = {mark.image, mark.digest, mark.plan};
        const char *wanted[] = {rows[i].image, rows[i].digest, rows[i].plan};
        if (found != (wanted[0] || wanted[1] || wanted[2]))
            fail_msg("row %zu: found %d", i, found);
        for (size_t k = 0; k < 3; k++)
            if (!got[k] != !wanted[k] || (got[k] && strcmp(got[k], wanted[k]) != 0))
                fail_msg("row %zu, part %zu: %s", i, k, got[k] ? got[k] : "(none)");
        ctconf_mark_clear(&mark);
    }
}

#define ENV "lxc.environment.runtime: "

static const struct {
    const char *name, *before;
    const char *vars[4];
    const char *after;
} edits[] = {
    {"behind the keys, before other lxc lines",
     "#d\narch: amd64\nswap: 1\nlxc.init.uid: 9\n",
     {"A=1", "B=2"},
     "#d\narch: amd64\nswap: 1\n" ENV "A=1\n" ENV "B=2\nlxc.init.uid: 9\n"},
    {"an existing one is replaced in its place",
     "arch: amd64\n" ENV "A=old\n" ENV "B=2\nlxc.init.uid: 9\n",
     {"A=new one"},
     "arch: amd64\n" ENV "A=new one\n" ENV "B=2\nlxc.init.uid: 9\n"},
    {"replaced and added",
     "arch: amd64\n" ENV "A=old\n" ENV "B=2\nlxc.init.uid: 9\n",
     {"C=3", "A=1"},
     "arch: amd64\n" ENV "A=1\n" ENV "B=2\n" ENV "C=3\nlxc.init.uid: 9\n"},
    {"doubles are dropped", ENV "A=1\n" ENV "B=2\n" ENV "A=3\n" ENV "A=4", {"A=5"}, ENV "A=5\n" ENV "B=2\n"},
    {"a name is whole", ENV "AB=1\n" ENV "A=1\n", {"A=2", "B=3"}, ENV "AB=1\n" ENV "A=2\n" ENV "B=3\n"},
    {"the spelling with =",
     "lxc.environment.runtime = X=1\nlxc.environment.runtime=Y=1\n",
     {"X=2", "Y="},
     ENV "X=2\n" ENV "Y=\n"},
    {"a line without = is a name", ENV "A\n", {"A=1"}, ENV "A=1\n"},
    {"only in the current section",
     "arch: amd64\n\n[pve:pending]\nmemory: 1\n" ENV "A=p\n\n[s1]\n" ENV "A=0\nswap: 1\n",
     {"A=1"},
     "arch: amd64\n" ENV "A=1\n\n[pve:pending]\nmemory: 1\n" ENV "A=p\n\n[s1]\n" ENV "A=0\nswap: 1\n"},
    {"a description that looks like it",
     "#" ENV "A=1\n#memory: 1\narch: amd64\n#" ENV "B=1\n",
     {"A=2", "B=2"},
     "#" ENV "A=1\n#memory: 1\narch: amd64\n" ENV "A=2\n" ENV "B=2\n#" ENV "B=1\n"},
    {"no newline at the end", "arch: amd64", {"A=1"}, "arch: amd64\n" ENV "A=1\n"},
    {"no newline at the end, replaced", "arch: amd64\n" ENV "A=0", {"A=1"}, "arch: amd64\n" ENV "A=1"},
    {"no newline at the end, both", ENV "A=0", {"A=1", "B=2"}, ENV "A=1\n" ENV "B=2\n"},
    {"an empty conf", "", {"A=1"}, ENV "A=1\n"},
    {"a description alone", "#x\n\n[s1]\narch: amd64\n", {"A=1"}, "#x\n" ENV "A=1\n\n[s1]\narch: amd64\n"},
    {"a snapshot alone", "[s1]\narch: amd64\n", {"A=1"}, ENV "A=1\n[s1]\narch: amd64\n"},
    {"lxc lines alone", "lxc.init.uid: 9\n", {"A=1"}, ENV "A=1\nlxc.init.uid: 9\n"},
    {"keys behind lxc lines", "lxc.init.uid: 9\narch: a\n", {"A=1"}, "lxc.init.uid: 9\narch: a\n" ENV "A=1\n"},
    {"odd lines stay as they are",
     "gar\xff bage\r\narch:   amd64 \r\nlxc.x\t=  1\n[x]\n\t\n",
     {"A=1"},
     "gar\xff bage\r\narch:   amd64 \r\n" ENV "A=1\nlxc.x\t=  1\n[x]\n\t\n"},
    {"a variable given twice", "arch: a\n", {"A=1", "B=1", "A=2"}, "arch: a\n" ENV "B=1\n" ENV "A=2\n"},
    {"nothing to set", "arch: a\nx", {0}, "arch: a\nx"},
    {"a tab and bytes that are not ASCII", "arch: a\n", {"A=\t\xc3\xa9\xff"}, "arch: a\n" ENV "A=\t\xc3\xa9\xff\n"},
};

static void environment_lines_are_edited(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        struct argv vars = ARGV_INIT;
        struct buf out = BUF_INIT, again = BUF_INIT;
        struct err err = {0};
        for (size_t k = 0; k < 4 && edits[i].vars[k]; k++)
            argv_push(&vars, edits[i].vars[k]);
        if (ctconf_edit_env(edits[i].before, strlen(edits[i].before), &vars, &out, &err) != 0)
            fail_msg("%s: %s", edits[i].name, err.text);
        if (strcmp(out.s, edits[i].after) != 0)
            fail_msg("%s:\n%s", edits[i].name, out.s);
        /* Done once more it changes nothing. */
        assert_int_equal(ctconf_edit_env(out.s, out.len, &vars, &again, &err), 0);
        if (strcmp(out.s, again.s) != 0)
            fail_msg("%s, again:\n%s", edits[i].name, again.s);
        buf_clear(&again);
        buf_clear(&out);
        argv_clear(&vars);
    }
}

static void variables_that_would_break_the_conf_are_refused(void **state)
{
    static const char *const bad[] = {"A",     "=1",    "",           "A=1\nmemory: 99", "A=1\r",
                                      "A\n=1", "A B=1", "A=\033[31m", "A=\x7f"};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct argv vars = ARGV_INIT;
        struct buf out = BUF_INIT;
        struct err err = {0};
        argv_push(&vars, "OK=1");
        argv_push(&vars, bad[i]);
        if (ctconf_edit_env("arch: a\n", 8, &vars, &out, &err) != -EINVAL || out.len || !err.text[0])
            fail_msg("row %zu was taken: %s", i, out.s);
        buf_clear(&out);
        argv_clear(&vars);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conf_is_read_as_proxmox_reads_it),
        cmocka_unit_test(odd_texts_never_fail),
        cmocka_unit_test(a_conf_over_the_limit_is_refused),
        cmocka_unit_test(the_digest_is_of_the_whole_file),
        cmocka_unit_test(properties_are_found_by_name),
        cmocka_unit_test(mounts_come_in_order),
        cmocka_unit_test(the_next_free_index_is_found),
        cmocka_unit_test(the_mark_is_read),
        cmocka_unit_test(environment_lines_are_edited),
        cmocka_unit_test(variables_that_would_break_the_conf_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
