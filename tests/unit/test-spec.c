#include "tests/unit/unit.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/spec/spec-fields.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define EXAMPLES  TEST_DATA "/../../assets/examples/"
#define SPEC_PAGE TEST_DATA "/../../assets/spec.md"

static void print_problems(const struct spec_problems *p)
{
    for (size_t i = 0; i < p->n; i++)
        print_message("# %d:%d %s: %s\n", p->v[i].line, p->v[i].column, p->v[i].field, p->v[i].reason);
}

static void must_read(const char *yaml, struct spec *spec, struct argv *notes)
{
    struct spec_problems problems = {0};
    if (spec_read(yaml, strlen(yaml), spec, &problems, notes)) {
        print_problems(&problems);
        fail_msg("not read: %s", yaml);
    }
    assert_int_equal(problems.n, 0);
}

/* What the file means, written our way. */
static char *meaning(const char *yaml)
{
    struct spec spec;
    struct argv notes = ARGV_INIT;
    struct buf out = BUF_INIT;
    must_read(yaml, &spec, &notes);
    spec_write(&spec, &out);
    spec_clear(&spec);
    argv_clear(&notes);
    return buf_detach(&out);
}

#define OCI     "oci: {image: a/b, tag: \"1\"}\n"
#define OCI_OUT "oci:\n  image: a/b\n  tag: \"1\"\n"

static const struct {
    const char *yaml, *means;
} spellings[] = {
    {OCI, OCI_OUT},
    {"image: a/b:1\n", OCI_OUT},
    {"image: a/b\ntag: 1\n", OCI_OUT},
    {"oci: a/b:1\n", OCI_OUT},
    {"type: oci\nimage: a/b:1\nregistry: docker.io\n", OCI_OUT},
    {"oci: {image: docker.io/a/b, tag: 1}\n", OCI_OUT},
    {"oci: {image: index.docker.io/a/b:1}\n", OCI_OUT},
    {"oci: {image: docker.io/a/b:1, registry: docker.io}\n", OCI_OUT},
    {"image: a/b:1\nregistry: ghcr.io\n", "oci:\n  image: a/b\n  tag: \"1\"\n  registry: ghcr.io\n"},
    {"image: ghcr.io/a/b:1\n", "oci:\n  image: a/b\n  tag: \"1\"\n  registry: ghcr.io\n"},
    {"oci: {image: b, registry: \"127.0.0.1:5000\"}\n",
     "oci:\n  image: b\n  tag: latest\n  registry: \"127.0.0.1:5000\"\n"},
    {"image: alpine\n", "oci:\n  image: alpine\n  tag: latest\n"},
    {"image: x.y/a.b/c\n", "oci:\n  image: x.y/a.b/c\n  tag: latest\n"},
    {"oci: {image: a/b, tag: 1, arch: arm64}\n", OCI_OUT "  arch: arm64\n"},
    {"oci: {image: a/b, digest: \"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n",
     "oci:\n  image: a/b\n  digest: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"},
    {"type: lxc\ntemplate: local:vztmpl/d.tar.zst\n", "template: local:vztmpl/d.tar.zst\n"},
    {"ostemplate: d.tar.zst\n", "template: d.tar.zst\n"},
    {OCI "name: web\nid: 202\n", OCI_OUT "hostname: web\nvmid: 202\n"},
    {OCI "vmid: \"202\"\n", OCI_OUT "vmid: 202\n"},
    {OCI "hostname: 007\n", OCI_OUT "hostname: \"007\"\n"},
    {OCI "resources: {cores: 2, memory: 2G, disk: 16G, swap: 0, pool: media}\n",
     OCI_OUT "cores: 2\nmemory: 2048\nswap: 0\ndisk: 16\npool: media\n"},
    {OCI "disk_size: 32\n", OCI_OUT "disk: 32\n"},
    {OCI "disk: 1T\nmemory: 4096MB\nswap: 0.5G\n", OCI_OUT "memory: 4096\nswap: 512\ndisk: 1024\n"},
    {OCI "cpulimit: 1.5\n", OCI_OUT "cpulimit: 1.5\n"},
    {"template: d.tar\nprivileged: true\n", "template: d.tar\nunprivileged: false\n"},
    {OCI "privileged: no\n", OCI_OUT "unprivileged: true\n"},
    {OCI "auto_start: yes\nstart: on\nprotection: 0\n", OCI_OUT "onboot: true\nprotection: false\nstart: true\n"},
    {OCI "startup_order: 2\nstartup_delay: 30\n", OCI_OUT "startup_order: 2\nstartup_delay: 30\n"},
    {OCI "startup: order=2,up=30\n", OCI_OUT "startup_order: 2\nstartup_delay: 30\n"},
    {OCI "startup: 2\n", OCI_OUT "startup_order: 2\n"},
    {OCI "gpu: true\n", OCI_OUT "gpu:\n  passthrough: true\n"},
    {OCI "gpu: {enabled: true}\n", OCI_OUT "gpu:\n  passthrough: true\n"},
    {OCI "gpu: {enable: 1, type: intel}\n", OCI_OUT "gpu:\n  passthrough: true\n  type: intel\n"},
    {OCI "gpu: {type: amd}\n", OCI_OUT "gpu:\n  passthrough: true\n  type: amd\n"},
    {OCI "features: {gpu: true, nesting: 1}\n", OCI_OUT "features:\n  nesting: true\ngpu:\n  passthrough: true\n"},
    {OCI "tags: media, tv,media\n", OCI_OUT "tags:\n  - media\n  - tv\n"},
    {OCI "tags: [media, tv]\n", OCI_OUT "tags:\n  - media\n  - tv\n"},
    {OCI "environment: {A: 1, B: \"\", C: yes}\n", OCI_OUT "env:\n  A: \"1\"\n  B: \"\"\n  C: \"yes\"\n"},
    {OCI "env: [A=1, \"B=\", \"C=x=y\"]\n", OCI_OUT "env:\n  A: \"1\"\n  B: \"\"\n  C: x=y\n"},
    {"oci: {image: a/b, tag: 1, env: {A: 1}}\nenv: {B: 2}\n", OCI_OUT "env:\n  A: \"1\"\n  B: \"2\"\n"},
    {OCI "env: {KEY: {file: /root/secret}}\n", OCI_OUT "env:\n  KEY:\n    file: /root/secret\n"},
    {OCI "network: {bridge: vmbr0, ip: 192.168.1.40/24, gw: 192.168.1.1, tag: 20}\n",
     OCI_OUT "network:\n  bridge: vmbr0\n  ip: 192.168.1.40/24\n  gateway: \"192.168.1.1\"\n  vlan: 20\n"},
    {OCI "network: [{bridge: vmbr0}]\n", OCI_OUT "network:\n  bridge: vmbr0\n"},
    {OCI "networks:\n  - {bridge: vmbr0}\n  - {bridge: vmbr1, firewall: false}\n",
     OCI_OUT "network:\n  - bridge: vmbr0\n  - bridge: vmbr1\n    firewall: false\n"},
    {OCI "network: {}\n", OCI_OUT "network: {}\n"},
    {OCI "mounts:\n  - {volume: \"tank:8\", target: /config/}\n  - {storage: tank, size: 8G, mp: /data}\n"
         "  - {source: /tank/media/, target: /media, ro: yes}\n",
     OCI_OUT "mounts:\n  - volume: tank:8\n    target: /config\n  - volume: tank:8\n    target: /data\n"
             "  - source: /tank/media\n    target: /media\n    readonly: true\n"},
    {OCI "pool:\ndescription: ~\nmemory: null\n", OCI_OUT},
    {OCI "description: |\n  Two\n  lines\n", OCI_OUT "description: \"Two\\nlines\\n\"\n"},
};

static void every_spelling_means_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(spellings); i++) {
        char *got = meaning(spellings[i].yaml);
        if (strcmp(got, spellings[i].means) != 0)
            fail_msg("row %zu\n%s\nmeans\n%s\nnot\n%s", i, spellings[i].yaml, got, spellings[i].means);
        char *again = meaning(got);
        if (strcmp(got, again) != 0)
            fail_msg("row %zu does not read back:\n%s\n%s", i, got, again);
        free(again);
        free(got);
    }
}

/* Every field that is not written another way, given once. */
static const char everything[] =
    "oci: {image: a/b, tag: v1, registry: ghcr.io, arch: arm64}\n"
    "hostname: h.lan\nvmid: 999999999\ncores: 8192\ncpulimit: 0.25\ncpuunits: 50\nmemory: 16\nswap: 0\ndisk: 1\n"
    "storage: local-lvm\nimage_storage: local\nunprivileged: true\nonboot: false\nstartup_order: 0\n"
    "startup_delay: 86400\nprotection: true\nfeatures: {nesting: true, keyctl: false, fuse: true, mknod: false}\n"
    "network:\n"
    "  - {name: lan0, bridge: vmbr0, ip: 10.0.0.2/8, gateway: 10.255.255.254, ip6: fd00::2/64, gateway6: fe80::1,\n"
    "     hwaddr: BC:24:11:0A:1B:2C, vlan: 4094, mtu: 576, rate: 0.5, firewall: true, host_managed: false}\n"
    "  - {ip: none, ip6: auto, host_managed: false}\n"
    "gpu: {passthrough: true, type: nvidia, pci: \"0000:01:00.0\", gid: 4294967294}\n"
    "mounts:\n  - {volume: \"tank:131072\", target: /v, backup: true}\n"
    "  - {source: /tank/a b, target: /s, readonly: false}\n"
    "env: {_A: \"tab\\there\", B: {file: /root/b}}\n"
    "pool: a/b/c\ntags: [a.b, c+d, _e]\ndescription: \"x: y\\n# z\"\nnameserver: 1.1.1.1 fe80::1%eth0\n"
    "searchdomain: lan example.com\ntimezone: Europe/Stockholm\nostype: unmanaged\nstart: false\n";

static void every_field_is_written(void **state)
{
    char *text = meaning(everything);
    char *again = meaning(text);
    (void)state;
    assert_string_equal(text, again);
    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        char *key = mem_printf("%s:", f->name);
        bool wanted =
            !f->quiet && f->type != SPEC_NOTE && strcmp(f->name, "template") != 0 && strcmp(f->name, "digest") != 0;
        if (wanted && !strstr(text, key))
            fail_msg("%s is not written:\n%s", f->name, text);
        free(key);
    }
    free(text);
    free(again);
}

static void values_are_where_the_plan_looks(void **state)
{
    struct spec s;
    struct argv notes = ARGV_INIT;
    (void)state;
    must_read(everything, &s, &notes);
    assert_int_equal(s.kind, SPEC_OCI);
    assert_string_equal(s.image.registry, "ghcr.io");
    assert_string_equal(s.image.repository, "a/b");
    assert_string_equal(s.image.tag, "v1");
    assert_string_equal(s.arch, "arm64");
    assert_int_equal(s.vmid, 999999999);
    assert_int_equal(s.memory, 16);
    assert_int_equal(s.swap, 0);
    assert_true(s.cpulimit == 0.25);
    assert_int_equal(s.nnets, 2);
    assert_string_equal(s.nets[0].gateway, "10.255.255.254");
    assert_int_equal(s.nets[0].host_managed, SPEC_FALSE);
    assert_int_equal(s.nets[1].firewall, SPEC_BOOL_UNSET);
    assert_int_equal(s.nets[1].vlan, SPEC_UNSET);
    assert_int_equal(s.nets[1].line, 21);
    assert_int_equal(s.nmounts, 2);
    assert_string_equal(s.mounts[0].storage, "tank");
    assert_int_equal(s.mounts[0].size, 131072);
    assert_null(s.mounts[0].source);
    assert_string_equal(s.mounts[1].source, "/tank/a b");
    assert_int_equal(s.mounts[1].size, SPEC_UNSET);
    assert_int_equal(s.nenv, 2);
    assert_string_equal(s.env[0].value, "tab\there");
    assert_null(s.env[1].value);
    assert_string_equal(s.env[1].file, "/root/b");
    assert_int_equal(s.tags.n, 3);
    assert_int_equal(s.nesting, SPEC_TRUE);
    assert_int_equal(s.gpu.gid, 4294967294);
    assert_int_equal(notes.n, 0);
    spec_clear(&s);
    assert_null(s.hostname);
    assert_int_equal(s.vmid, SPEC_UNSET);
}

/* A file, and the one problem that it must give: place, field, words of the sentence. */
static const struct {
    const char *yaml;
    int line, column;
    const char *field, *words;
} wrong[] = {
    /* kinds */
    {"hostname: a\n", 0, 0, "oci", "Neither an image nor a template"},
    {"image: a/b\ntemplate: d.tar\n", 2, 11, "template", "An image and a template"},
    {"type: lxc\nimage: a/b\n", 1, 7, "type", "names an image"},
    {"type: oci\ntemplate: d.tar\n", 1, 7, "type", "names a template"},
    {"type: oci\n", 0, 0, "oci.image", "No image is named"},
    {"type: lxc\n", 0, 0, "template", "No template is named"},
    {"type: vm\nimage: a\n", 1, 7, "type", "Write oci"},
    {"oci: {tag: x}\n", 1, 6, "oci.image", "No image is named"},
    /* images */
    {"image: -x/y\n", 1, 8, "oci.image", "minus sign"},
    {"oci: {image: -x}\n", 1, 14, "oci.image", "minus sign"},
    {"image: https://ghcr.io/a\n", 1, 8, "oci.image", "Leave out \"https://\""},
    {"image: Jelly/fin\n", 1, 8, "oci.image", "capital letter"},
    {"image: a:1\ntag: 2\n", 2, 6, "oci.tag", "of its own"},
    {"image: a\ntag: x/y\n", 2, 6, "oci.tag", "no tag"},
    {"image: a\ntag: .x\n", 1, 8, "oci.image", "begins with"},
    {"image: ghcr.io/a/b\nregistry: quay.io\n", 2, 11, "oci.registry", "of its own"},
    {"image: a/b\nregistry: ghcr\n", 2, 11, "oci.registry", "no registry"},
    {"image: a\ndigest: sha256:12\n", 1, 8, "oci.image", "digits"},
    {"image: a\narch: x86\n", 2, 7, "oci.arch", "amd64, arm64, i386"},
    {"oci: [a]\n", 1, 6, "oci", "A mapping"},
    /* names that are not known */
    {OCI "memroy: 5\n", 2, 1, "memroy", "Did you mean memory?"},
    {OCI "host_name: a\n", 2, 1, "host_name", "Did you mean hostname?"},
    {OCI "resources: {core: 1}\n", 2, 13, "resources.core", "Did you mean cores?"},
    {OCI "network: {brige: vmbr0}\n", 2, 11, "network.brige", "Did you mean bridge?"},
    {OCI "mounts: [{source: /a, target: /b, readonlyy: 1}]\n", 2, 35, "mounts[0].readonlyy", "Did you mean readonly?"},
    {OCI "bridge: vmbr0\n", 2, 1, "bridge", "belongs under network"},
    {OCI "features: {memory: 5}\n", 2, 12, "features.memory", "belongs at the top."},
    {OCI "qwertyuiop: 1\n", 2, 1, "qwertyuiop", "none with a name near it"},
    {OCI "\"a\\eb\": 1\n", 2, 1, "a\\x1bb", "no such field"},
    /* types */
    {OCI "memory: lots\n", 2, 9, "memory", "is no size"},
    {OCI "memory: [1]\n", 2, 9, "memory", "One value is wanted here, not a list"},
    {OCI "memory: 1.5M\n", 2, 9, "memory", "whole number of MiB"},
    {OCI "cores: two\n", 2, 8, "cores", "no whole number"},
    {OCI "cores: 1.5\n", 2, 8, "cores", "no whole number"},
    {OCI "cores: -1\n", 2, 8, "cores", "is negative"},
    {OCI "start: maybe\n", 2, 8, "start", "neither true nor false"},
    {OCI "cpulimit: many\n", 2, 11, "cpulimit", "no number"},
    {OCI "hostname: {a: b}\n", 2, 11, "hostname", "not a mapping"},
    {OCI "network: dhcp\n", 2, 10, "network", "A mapping"},
    {OCI "features: nesting\n", 2, 11, "features", "A mapping"},
    {OCI "gpu: maybe\n", 2, 6, "gpu.passthrough", "neither true nor false"},
    {OCI "gpu: [1]\n", 2, 6, "gpu", "A mapping"},
    {OCI "mounts: {source: /a}\n", 2, 9, "mounts", "A list"},
    {OCI "mounts: [/a]\n", 2, 10, "mounts[0]", "A mapping"},
    {OCI "tags: [[a]]\n", 2, 8, "tags", "A word"},
    {OCI "env: A=1\n", 2, 6, "env", "A mapping"},
    {OCI "env: [A]\n", 2, 7, "env[0]", "NAME=VALUE"},
    {OCI "env: {A: [1]}\n", 2, 10, "env.A", "A value or {file"},
    {OCI "env: {A: }\n", 2, 10, "env.A", "no value"},
    {OCI "startup: later=2\n", 2, 10, "startup", "order=2,up=30"},
    {"[a, b]\n", 1, 1, "", "holds no fields"},
    {"", 0, 0, "", "The file is empty"},
    /* twice */
    {OCI "hostname: a\nname: b\n", 3, 7, "hostname", "the first is on line 2"},
    {OCI "memory: 512\nresources: {memory: 1024}\n", 3, 21, "memory", "second time"},
    {"template: a.tar\nprivileged: true\nunprivileged: true\n", 3, 15, "unprivileged", "second time"},
    {OCI "env: [A=1, A=2]\n", 2, 12, "env.A", "second time"},
    {"oci: {image: a, env: {A: 1}}\nenv: {A: 2}\n", 2, 10, "env.A", "second time"},
    {OCI "memory: 5000\nmemory: 6000\n", 3, 1, "", "second time"},
    /* ranges */
    {OCI "memory: 8\n", 2, 9, "memory", "8 MiB is too small; 16 MiB is the least."},
    {OCI "vmid: 99\n", 2, 7, "vmid", "99 is too small; 100 is the least."},
    {OCI "vmid: 1000000000\n", 2, 7, "vmid", "999999999 is the most"},
    {OCI "vmid: 99999999999999999999\n", 2, 7, "vmid", "no whole number"},
    {OCI "cores: 0\n", 2, 8, "cores", "too small"},
    {OCI "cores: 8193\n", 2, 8, "cores", "8192 is the most"},
    {OCI "resources: {disk: 0}\n", 2, 19, "disk", "1 GiB is the least"},
    {OCI "network: {vlan: 4095}\n", 2, 17, "network.vlan", "too large"},
    {OCI "network: {mtu: 68}\n", 2, 16, "network.mtu", "576 is the least"},
    /* texts */
    {OCI "hostname: my_host\n", 2, 11, "hostname", "no host name"},
    {OCI "hostname: -a\n", 2, 11, "hostname", "no host name"},
    {OCI "hostname: a..b\n", 2, 11, "hostname", "no host name"},
    {OCI "hostname: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", 2, 11, "hostname", "63"},
    {OCI "hostname: \"\"\n", 2, 11, "hostname", "no host name"},
    {OCI "hostname: \"a\\nb\"\n", 2, 11, "hostname", "a\\x0ab"},
    {OCI "storage: 9tank\n", 2, 10, "storage", "no storage name"},
    {OCI "storage: \"a,b\"\n", 2, 10, "storage", "no storage name"},
    {OCI "pool: \"a b\"\n", 2, 7, "pool", "no pool name"},
    {OCI "pool: a/b/c/d\n", 2, 7, "pool", "no pool name"},
    {OCI "tags: [Media]\n", 2, 7, "tags", "small letters"},
    {OCI "tags: \"ok, b!d\"\n", 2, 7, "tags", "\"b!d\" is no tag"},
    {OCI "description: \"a\\x1bb\"\n", 2, 14, "description", "control character"},
    {OCI "description: \"hi\\ntengil-tui: image=x\"\n", 2, 14, "description", "own mark"},
    {OCI "nameserver: lan\n", 2, 13, "nameserver", "name server"},
    {OCI "searchdomain: a_b\n", 2, 15, "searchdomain", "no host name"},
    {OCI "timezone: ../x\n", 2, 11, "timezone", "no time zone"},
    {OCI "ostype: windows\n", 2, 9, "ostype", "gentoo, nixos or unmanaged"},
    {"template: /root/x.tar\n", 1, 11, "template", "is a path"},
    {"template: local:iso/x.iso\n", 1, 11, "template", "no template"},
    {"template: ../x.tar\n", 1, 11, "template", "no template"},
    {"template: -x.tar\n", 1, 11, "template", "no template"},
    /* networks */
    {OCI "network: {bridge: \"vmbr0,tag=5\"}\n", 2, 19, "network.bridge", "no network name"},
    {OCI "network: {ip: 192.168.1.40}\n", 2, 15, "network.ip", "192.168.1.40/24"},
    {OCI "network: {ip: 192.168.1.0/24}\n", 2, 15, "network.ip", "the net itself"},
    {OCI "network: {ip: 192.168.1.255/24}\n", 2, 15, "network.ip", "broadcast"},
    {OCI "network: {ip: 300.1.1.1/24}\n", 2, 15, "network.ip", "no IPv4 address"},
    {OCI "network: {ip: 10.0.0.2/33}\n", 2, 15, "network.ip", "no IPv4 address"},
    {OCI "network: {ip: \"10.0.0.2/24,gw=1\"}\n", 2, 15, "network.ip", "no IPv4 address"},
    {OCI "network: {ip: 10.0.0.2/24, gateway: 10.0.1.1}\n", 2, 37, "network.gateway", "not in the net"},
    {OCI "network: {ip: 10.0.0.2/24, gateway: 10.0.0.2}\n", 2, 37, "network.gateway", "own address"},
    {OCI "network: {ip: 10.0.0.2/24, gateway: 10.0.0.1/24}\n", 2, 37, "network.gateway", "without a net size"},
    {OCI "network: {ip: dhcp, gateway: 10.0.0.1}\n", 2, 30, "network.gateway", "fixed address"},
    {OCI "network: {ip6: fd00::/64, gateway6: fd01::1}\n", 2, 37, "network.gateway6", "not in the net"},
    {OCI "network: {ip6: 10.0.0.1/24}\n", 2, 16, "network.ip6", "no IPv6 address"},
    {OCI "network: {ip6: auto}\n", 2, 16, "network.ip6", "SLAAC"},
    {OCI "network: {ip6: auto, host_managed: true}\n", 2, 16, "network.ip6", "SLAAC"},
    {OCI "network: {hwaddr: 01:00:5E:00:00:01}\n", 2, 19, "network.hwaddr", "group address"},
    {OCI "network: {hwaddr: BC2411}\n", 2, 19, "network.hwaddr", "no MAC"},
    {OCI "network:\n  - {bridge: vmbr0}\n  - {name: eth0}\n", 4, 12, "network[1].name", "this name already"},
    /* mounts */
    {OCI "mounts: [{source: /a, target: media}]\n", 2, 31, "mounts[0].target", "not an absolute path"},
    {OCI "mounts: [{source: srv, target: /m}]\n", 2, 19, "mounts[0].source", "not an absolute path"},
    {OCI "mounts: [{source: \"/a,mp=/etc\", target: /m}]\n", 2, 19, "mounts[0].source", "comma"},
    {OCI "mounts: [{source: /a, target: \"/m,ro=1\"}]\n", 2, 31, "mounts[0].target", "comma"},
    {OCI "mounts: [{source: /a=b, target: /m}]\n", 2, 19, "mounts[0].source", "equals sign"},
    {OCI "mounts: [{source: /a/../b, target: /m}]\n", 2, 19, "mounts[0].source", "\"..\""},
    {OCI "mounts: [{source: /a//b, target: /m}]\n", 2, 19, "mounts[0].source", "empty part"},
    {OCI "mounts: [{source: \"/a\\nb\", target: /m}]\n", 2, 19, "mounts[0].source", "control character"},
    {OCI "mounts: [{source: /, target: /m}]\n", 2, 19, "mounts[0].source", "whole host"},
    {OCI "mounts: [{source: /a, target: /}]\n", 2, 31, "mounts[0].target", "mounted on /"},
    {OCI "mounts: [{source: /a, target: /proc/}]\n", 2, 31, "mounts[0].target", "mounted on /proc"},
    {OCI "mounts: [{source: /a}]\n", 2, 10, "mounts[0].target", "place in the container"},
    {OCI "mounts: [{target: /m}]\n", 2, 10, "mounts[0].source", "Nothing is named to mount"},
    {OCI "mounts: [{source: /a, volume: \"t1:8\", target: /m}]\n", 2, 10, "mounts[0].volume", "both"},
    {OCI "mounts: [{volume: tank, target: /m}]\n", 2, 19, "mounts[0].volume", "STORAGE:GIB"},
    {OCI "mounts: [{volume: \"tank:x\", target: /m}]\n", 2, 19, "mounts[0].size", "is no size"},
    {OCI "mounts: [{volume: \"tank:0\", target: /m}]\n", 2, 19, "mounts[0].size", "1 GiB is the least"},
    {OCI "mounts: [{volume: \"t,:8\", target: /m}]\n", 2, 19, "mounts[0].storage", "no storage name"},
    {OCI "mounts: [{storage: tank, target: /m}]\n", 2, 10, "mounts[0].size", "lacks its size"},
    {OCI "mounts: [{source: /a, target: /m, backup: true}]\n", 2, 43, "mounts[0].backup", "volumes only"},
    {OCI "mounts:\n  - {source: /a, target: /m}\n  - {source: /b, target: /m/}\n", 4, 26, "mounts[1].target",
     "at this place already"},
    /* environment */
    {OCI "env: {A-B: 1}\n", 2, 12, "env.A-B", "no variable name"},
    {OCI "env: {1A: 1}\n", 2, 11, "env.1A", "no variable name"},
    {OCI "env: {A: \"x\\ny\"}\n", 2, 10, "env.A", "holds a line feed"},
    {OCI "env: {A: \"x\\ey\"}\n", 2, 10, "env.A", "holds a control character"},
    {OCI "env: {A: {file: secret}}\n", 2, 10, "env.A", "absolute path of a file"},
    {OCI "env: {\"A\\nlxc.x\": 1}\n", 2, 19, "env.A\\x0alxc.x", "no variable name"},
    /* gpu, privileged */
    {OCI "gpu: {type: voodoo}\n", 2, 13, "gpu.type", "auto, intel, amd or nvidia"},
    {OCI "gpu: {pci: \"00:02.0\"}\n", 2, 12, "gpu.pci", "no PCI address"},
    {OCI "privileged: true\n", 2, 13, "unprivileged", "privileged container from an OCI image"},
    {OCI "unprivileged: false\n", 2, 15, "unprivileged", "setgid(0)"},
    /* YAML */
    {OCI "a: &x 1\n", 2, 4, "", "anchor"},
    {"image: caf\xe9\n", 1, 11, "", "UTF-8"},
    {"image: [a\n", 2, 1, "", "not valid YAML"},
};

static void each_wrong_spec_gets_one_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct spec spec;
        struct spec_problems p = {0};
        struct argv notes = ARGV_INIT;
        int rc = spec_read(wrong[i].yaml, strlen(wrong[i].yaml), &spec, &p, &notes);
        bool good = rc == -EINVAL && p.n == 1 && p.v[0].line == wrong[i].line && p.v[0].column == wrong[i].column &&
                    strcmp(p.v[0].field, wrong[i].field) == 0 && strstr(p.v[0].reason, wrong[i].words);
        if (good) {
            size_t len = strlen(p.v[0].reason);
            good = text_is_clean(p.v[0].reason, len) && text_is_clean(p.v[0].field, strlen(p.v[0].field)) &&
                   strchr(".?", p.v[0].reason[len - 1]);
        }
        if (!good) {
            print_problems(&p);
            fail_msg("row %zu:\n%sgave %d and %zu problems, not %d:%d %s \"%s\"", i, wrong[i].yaml, rc, p.n,
                     wrong[i].line, wrong[i].column, wrong[i].field, wrong[i].words);
        }
        spec_problems_clear(&p);
        spec_clear(&spec);
        argv_clear(&notes);
    }
}

static void all_problems_come_at_once_by_line(void **state)
{
    static const char yaml[] = "vmid: 99\n"
                               "memory: 8\n"
                               "mounts:\n"
                               "  - {source: /a, target: media}\n"
                               "  - {source: \"/b,c\", target: /x}\n"
                               "memroy: 5\n"
                               "env: {A-B: 1}\n";
    static const struct {
        int line;
        const char *field;
    } want[] = {{1, "vmid"},    {2, "memory"}, {4, "mounts[0].target"}, {5, "mounts[1].source"}, {6, "memroy"},
                {7, "env.A-B"}, {0, "oci"}};
    struct spec spec;
    struct spec_problems p = {0};
    struct argv notes = ARGV_INIT;
    (void)state;
    assert_int_equal(spec_read(yaml, sizeof(yaml) - 1, &spec, &p, &notes), -EINVAL);
    if (p.n != COUNT(want))
        print_problems(&p);
    assert_int_equal(p.n, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(p.v[i].line, want[i].line);
        assert_string_equal(p.v[i].field, want[i].field);
    }
    spec_problems_clear(&p);
    spec_clear(&spec);
}

/* One text with something repeated in it. */
static void bombs_end_in_a_sentence(void **state)
{
    static const struct {
        const char *before, *what, *after;
        size_t times, problems;
        const char *words;
    } rows[] = {
        {OCI "env: ", "[", "", 10000, 1, "nested"},
        {OCI "description: ", "x", "\n", 3000000, 1, "1 MiB"},
        {OCI "description: ", "x", "\n", 8000, 1, "7000 is the most"},
        {"a: &a [x]\nb: [", "*a,", "]\n", 100000, 1, "anchor"},
        {OCI "mounts: [", "{source: /a, target: /b},", "]\n", 3000, 100, "already"},
        {OCI "tags: [", "aB,", "]\n", 15000, 1, "no tag"},
        {OCI "network: [", "{},", "]\n", 6000, 1, "32 network cards"},
        {"", "? [x]\n", "", 1000, 1, "field's name"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = BUF_INIT;
        struct spec spec;
        struct spec_problems p = {0};
        struct argv notes = ARGV_INIT;
        buf_adds(&b, rows[i].before);
        for (size_t n = 0; n < rows[i].times; n++)
            buf_adds(&b, rows[i].what);
        buf_adds(&b, rows[i].after);
        clock_t begin = clock();
        int rc = spec_read(b.s, b.len, &spec, &p, &notes);
        double took = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (rc != -EINVAL || p.n > rows[i].problems || p.n == 0 || !strstr(p.v[p.n - 1].reason, rows[i].words) ||
            took > 2) {
            print_problems(&p);
            fail_msg("row %zu: %d, %zu problems, %.1f s", i, rc, p.n, took);
        }
        spec_problems_clear(&p);
        spec_clear(&spec);
        argv_clear(&notes);
        buf_clear(&b);
    }
}

static void thousands_of_keys_stay_quick(void **state)
{
    struct buf b = BUF_INIT;
    struct spec spec;
    struct spec_problems p = {0};
    struct argv notes = ARGV_INIT;
    (void)state;
    buf_adds(&b, OCI);
    for (int i = 0; i < 4000; i++)
        buf_addf(&b, "memory%d: 1\n", i);
    buf_adds(&b, "env:\n");
    for (int i = 0; i < 4000; i++)
        buf_addf(&b, "  V%d: 1\n", i);
    clock_t begin = clock();
    assert_int_equal(spec_read(b.s, b.len, &spec, &p, &notes), -EINVAL);
    assert_true(clock() - begin < 2 * CLOCKS_PER_SEC);
    assert_int_equal(p.n, 100);
    spec_problems_clear(&p);
    spec_clear(&spec);
    buf_clear(&b);
}

static void what_is_not_done_is_named(void **state)
{
    static const struct {
        const char *yaml, *note;
    } rows[] = {
        {OCI "post_install: [docker]\n", "Line 2, post_install: Nothing is installed"},
        {OCI "setup_commands:\n  - apt install x\n", "Line 3, setup_commands: No commands are run"},
        {OCI "features: {docker: true}\n", "Line 2, features.docker: Docker is not installed"},
        {OCI "pools: {tank: {datasets: {}}}\n", "Line 2, pools: ZFS pools"},
        {OCI "type: oci-multi\n", "Line 2, type: oci-multi means several"},
        {OCI "auto_create: true\n", "Line 2, auto_create: Every container"},
        {OCI "startup: order=1,down=5\n", "Line 2, startup: The wait after a shutdown"},
        {OCI "mount: /media\n", "Line 2, mount: A mount needs"},
        {OCI "containers: []\n", "Line 2, containers: One file"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct spec spec;
        struct argv notes = ARGV_INIT;
        must_read(rows[i].yaml, &spec, &notes);
        if (notes.n != 1 || !strstr(notes.v[0], rows[i].note))
            fail_msg("row %zu: %zu notes, %s", i, notes.n, notes.n ? notes.v[0] : "");
        spec_clear(&spec);
        argv_clear(&notes);
    }
}

/* A form has no file: the same sentences without places. */
static void a_form_gets_the_same_sentences(void **state)
{
    struct spec spec;
    struct spec_problems p = {0};
    struct err err = {0};
    (void)state;
    spec_init(&spec);
    spec.kind = SPEC_OCI;
    assert_int_equal(imageref_parse("alpine", &spec.image, NULL), 0);
    assert_int_equal(spec_field_set(spec_field_find("memory", SPEC_AT_TOP), &spec, "8", &err), 0);
    assert_int_equal(spec_field_set(spec_field_find("cores", SPEC_AT_TOP), &spec, "x", &err), -EINVAL);
    assert_string_equal(err.text, "\"x\" is no whole number.");
    struct spec_mount *m = spec_add_mount(&spec);
    m->source = mem_strdup("/a");
    m->target = mem_strdup("b");
    struct spec_env *e = spec_add_env(&spec);
    e->name = mem_strdup("A");
    e = spec_add_env(&spec);
    e->name = mem_strdup("A");
    e->value = mem_strdup("");
    spec_check(&spec, &p);
    assert_int_equal(p.n, 4);
    assert_string_equal(p.v[0].field, "memory");
    assert_string_equal(p.v[0].reason, "8 MiB is too small; 16 MiB is the least.");
    assert_int_equal(p.v[0].line, 0);
    assert_string_equal(p.v[1].field, "mounts[0].target");
    assert_string_equal(p.v[2].reason, "It has no value. Write \"\" for an empty one.");
    assert_string_equal(p.v[3].reason, "The variable is given twice. Keep one.");
    spec_problems_clear(&p);
    spec_clear(&spec);
}

static void the_examples_are_good(void **state)
{
    static const char *const names[] = {"jellyfin.yaml", "nginx.yaml", "debian.yaml"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct buf text = BUF_INIT;
        struct err err = {0};
        char *path = mem_printf("%s%s", EXAMPLES, names[i]);
        if (file_read(AT_FDCWD, path, 65536, &text, &err))
            fail_msg("%s", err.text);
        char *once = meaning(text.s), *twice = meaning(once);
        assert_string_equal(once, twice);
        free(once);
        free(twice);
        free(path);
        buf_clear(&text);
    }
}

static void jellyfin_is_what_the_demo_makes(void **state)
{
    struct buf text = BUF_INIT;
    struct spec s;
    struct argv notes = ARGV_INIT;
    (void)state;
    assert_int_equal(file_read(AT_FDCWD, EXAMPLES "jellyfin.yaml", 65536, &text, NULL), 0);
    must_read(text.s, &s, &notes);
    assert_string_equal(s.image.tag, "10.11.2");
    assert_int_equal(s.nmounts, 3);
    assert_int_equal(s.mounts[1].size, 16);
    assert_string_equal(s.mounts[2].source, "/tank/media");
    assert_int_equal(s.mounts[2].readonly, SPEC_TRUE);
    assert_int_equal(s.gpu.passthrough, SPEC_TRUE);
    assert_int_equal(s.start, SPEC_TRUE);
    spec_clear(&s);
    buf_clear(&text);
}

/* Rows cannot clash: a spelling means one thing at a place, and each row says what it is. */
static void the_table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        for (enum spec_place place = 0; place < SPEC_PLACES; place++)
            if (spec_field_is_at(f, place) && spec_field_find(f->name, place) != f)
                fail_msg("%s means another field at %d", f->name, (int)place);
        if (!f->help || f->help[strlen(f->help) - 1] != '.')
            fail_msg("%s has no sentence", f->name);
        struct err err = {0};
        if (f->example && f->type <= SPEC_WORDS) {
            union {
                struct spec spec;
                struct spec_net net;
                struct spec_mount mount;
                struct spec_gpu gpu;
                struct spec_image image;
            } base;
            memset(&base, 0, sizeof(base));
            if (spec_field_set(f, &base, f->example, &err) || spec_field_check(f, &base, &err))
                fail_msg("the example of %s is wrong: %s", f->name, err.text);
            if (f->type == SPEC_STRING || f->type == SPEC_PATH)
                free(*(char **)((char *)&base + f->offset));
            else if (f->type == SPEC_WORDS)
                argv_clear((struct argv *)((char *)&base + f->offset));
        }
    }
}

static void the_manual_names_every_field(void **state)
{
    struct buf out = BUF_INIT;
    (void)state;
    spec_fields_print(&out);
    for (size_t i = 0; i < spec_nfields; i++) {
        char *cell = mem_printf("%s` |", spec_fields[i].name);
        if (!strstr(out.s, cell))
            fail_msg("%s is not in the manual", spec_fields[i].name);
        free(cell);
    }
    assert_null(strstr(out.s, "(null)"));
    buf_clear(&out);
}

/* assets/spec.md ends in these tables; TENGIL_UPDATE=1 writes them anew. */
static void the_page_of_the_format_is_up_to_date(void **state)
{
    static const char mark[] = "<!-- The tables are made from the table of fields. -->\n\n";
    struct buf page = BUF_INIT, want = BUF_INIT;
    (void)state;
    assert_int_equal(file_read(AT_FDCWD, SPEC_PAGE, 1 << 20, &page, NULL), 0);
    const char *tail = strstr(page.s, mark);
    assert_non_null(tail);
    buf_add(&want, page.s, (size_t)(tail - page.s) + strlen(mark));
    spec_fields_print(&want);
    if (getenv("TENGIL_UPDATE"))
        assert_int_equal(file_write(AT_FDCWD, SPEC_PAGE, 0644, want.s, want.len, NULL), 0);
    else if (strcmp(page.s, want.s) != 0)
        fail_msg("assets/spec.md is older than the table: TENGIL_UPDATE=1 tests/unit/test-spec writes it");
    buf_clear(&page);
    buf_clear(&want);
}

static void a_change_takes_mounts_and_a_gpu_only(void **state)
{
    static const char good[] = "mounts:\n  - {source: /tank/media, target: /media}\ngpu: true\n";
    static const char bad[] = "memory: 1024\nmounts:\n  - {source: media, target: /media}\n";
    struct spec spec;
    struct spec_problems problems = {0};
    struct argv notes = ARGV_INIT;
    (void)state;

    assert_int_equal(spec_read_change(good, sizeof(good) - 1, &spec, &problems, &notes), 0);
    assert_int_equal(spec.nmounts, 1);
    assert_int_equal(spec.gpu.passthrough, SPEC_TRUE);
    spec_clear(&spec);
    assert_int_equal(spec_read_change(bad, sizeof(bad) - 1, &spec, &problems, &notes), -EINVAL);
    assert_int_equal(problems.n, 2);
    assert_string_equal(problems.v[0].field, "memory");
    assert_int_equal(problems.v[0].line, 1);
    assert_string_equal(problems.v[1].field, "mounts[0].source");
    spec_problems_clear(&problems);
    spec_clear(&spec);
    argv_clear(&notes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_takes_mounts_and_a_gpu_only),
        cmocka_unit_test(every_spelling_means_the_same),
        cmocka_unit_test(every_field_is_written),
        cmocka_unit_test(values_are_where_the_plan_looks),
        cmocka_unit_test(each_wrong_spec_gets_one_sentence),
        cmocka_unit_test(all_problems_come_at_once_by_line),
        cmocka_unit_test(bombs_end_in_a_sentence),
        cmocka_unit_test(thousands_of_keys_stay_quick),
        cmocka_unit_test(what_is_not_done_is_named),
        cmocka_unit_test(a_form_gets_the_same_sentences),
        cmocka_unit_test(the_examples_are_good),
        cmocka_unit_test(jellyfin_is_what_the_demo_makes),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(the_manual_names_every_field),
        cmocka_unit_test(the_page_of_the_format_is_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
