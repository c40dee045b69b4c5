#include "backend/spec/spec-fields.h"

#include "backend/base/text.h"
#include "backend/spec/spec-rules.h"

#include <string.h>

#define IN(place) (1u << (place))
#define TOP(x)    offsetof(struct spec, x)
#define NET(x)    offsetof(struct spec_net, x)
#define GPU(x)    offsetof(struct spec_gpu, x)
#define MNT(x)    offsetof(struct spec_mount, x)
#define IMG(x)    offsetof(struct spec_image, x)
#define RES       .also = IN(SPEC_AT_RESOURCES)
#define FLAT      .also = IN(SPEC_AT_TOP)

/* In the order in which a spec is written; a row is read across. */
// clang-format off
const struct spec_field spec_fields[] = {
    {.name = "type", .place = SPEC_AT_TOP, .type = SPEC_KIND, .quiet = true,
     .fallback = "what image or template say",
     .help = "oci for an image, lxc for a template; only checked against what the file names."},
    {.name = "oci", .place = SPEC_AT_TOP, .type = SPEC_GROUP, .inner = SPEC_AT_OCI,
     .help = "The OCI image that the container is made from."},
    {.name = "template", .aliases = "ostemplate", .place = SPEC_AT_TOP, .type = SPEC_STRING, .check = rule_template,
     .offset = TOP(template), .example = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst",
     .help = "The LXC template that the container is made from, instead of an image."},
    {.name = "hostname", .aliases = "name", .place = SPEC_AT_TOP, .type = SPEC_STRING, .check = rule_hostname,
     .offset = TOP(hostname), .fallback = "CT and the VMID", .example = "jellyfin",
     .help = "The container's host name."},
    {.name = "vmid", .aliases = "id ctid", .place = SPEC_AT_TOP, .type = SPEC_INT, .min = 100, .max = 999999999,
     .offset = TOP(vmid), .fallback = "the next free one", .example = "202",
     .help = "The container's number on the cluster."},
    {.name = "cores", .aliases = "cpus", .place = SPEC_AT_TOP, RES, .type = SPEC_INT, .min = 1, .max = 8192,
     .offset = TOP(cores), .fallback = "all of the host", .example = "4",
     .help = "Processor cores that the container sees."},
    {.name = "cpulimit", .place = SPEC_AT_TOP, RES, .type = SPEC_NUMBER, .max = 8192, .offset = TOP(cpulimit),
     .fallback = "no limit", .example = "1.5",
     .help = "Processor time that it may use at most, in cores; 0 is no limit."},
    {.name = "cpuunits", .place = SPEC_AT_TOP, RES, .type = SPEC_INT, .max = 500000, .offset = TOP(cpuunits),
     .fallback = "100", .example = "200", .help = "Its weight against other containers when the processor is busy."},
    {.name = "memory", .aliases = "ram", .place = SPEC_AT_TOP, RES, .type = SPEC_SIZE, .unit = "MiB", .min = 16,
     .max = 16777216, .offset = TOP(memory), .fallback = "512", .example = "4096",
     .help = "Memory of the container."},
    {.name = "swap", .place = SPEC_AT_TOP, RES, .type = SPEC_SIZE, .unit = "MiB", .max = 16777216,
     .offset = TOP(swap), .fallback = "512", .example = "512", .help = "Swap space that it may use besides."},
    {.name = "disk", .aliases = "disk_size rootfs_size", .place = SPEC_AT_TOP, RES, .type = SPEC_SIZE, .unit = "GiB",
     .min = 1, .max = 131072, .offset = TOP(disk), .fallback = "4", .example = "16",
     .help = "Size of the root disk."},
    {.name = "storage", .place = SPEC_AT_TOP, RES, .type = SPEC_STRING, .check = rule_storage,
     .offset = TOP(storage), .fallback = "the first that can hold disks", .example = "local-lvm",
     .help = "Where the root disk lies."},
    {.name = "image_storage", .place = SPEC_AT_TOP, .type = SPEC_STRING, .check = rule_storage,
     .offset = TOP(image_storage), .fallback = "the first that can hold templates", .example = "local",
     .help = "Where images and templates are kept."},
    {.name = "unprivileged", .place = SPEC_AT_TOP, .type = SPEC_BOOL, .offset = TOP(unprivileged), .fallback = "yes",
     .example = "true", .help = "Root in the container is nobody on the host. An OCI image needs it."},
    {.name = "privileged", .place = SPEC_AT_TOP, .type = SPEC_NOT, .quiet = true, .offset = TOP(unprivileged),
     .fallback = "no", .help = "The opposite of unprivileged."},
    {.name = "onboot", .aliases = "auto_start autostart", .place = SPEC_AT_TOP, .type = SPEC_BOOL,
     .offset = TOP(onboot), .fallback = "no", .example = "true", .help = "Start it when the host starts."},
    {.name = "startup_order", .place = SPEC_AT_TOP, .type = SPEC_INT, .max = 1000000, .offset = TOP(startup_order),
     .fallback = "after those that have one", .example = "2",
     .help = "Its turn when the host starts; lower is earlier."},
    {.name = "startup_delay", .place = SPEC_AT_TOP, .type = SPEC_INT, .unit = "s", .max = 86400,
     .offset = TOP(startup_delay), .fallback = "0", .example = "30",
     .help = "How long the host waits after starting it, before the next."},
    {.name = "startup", .place = SPEC_AT_TOP, .type = SPEC_STARTUP, .quiet = true,
     .help = "Both in Proxmox's form, order=2,up=30."},
    {.name = "protection", .place = SPEC_AT_TOP, .type = SPEC_BOOL, .offset = TOP(protection), .fallback = "no",
     .example = "true", .help = "Refuse to destroy the container or its disks."},
    {.name = "features", .place = SPEC_AT_TOP, .type = SPEC_GROUP, .inner = SPEC_AT_FEATURES,
     .help = "What the container may do beyond the ordinary."},
    {.name = "resources", .place = SPEC_AT_TOP, .type = SPEC_GROUP, .inner = SPEC_AT_RESOURCES, .quiet = true,
     .help = "Cores, memory, swap, disk, storage and pool may stand in here too."},
    {.name = "network", .aliases = "networks net", .place = SPEC_AT_TOP, .type = SPEC_NETS,
     .fallback = "one card on the first bridge, DHCP", .help = "Its network card, or a list of several."},
    {.name = "gpu", .place = SPEC_AT_TOP, .type = SPEC_GROUP, .inner = SPEC_AT_GPU, .fallback = "none",
     .help = "A graphics processor of the host for the container; `gpu: true` is enough."},
    {.name = "mounts", .place = SPEC_AT_TOP, .type = SPEC_MOUNTS, .help = "Host folders and new volumes, a list."},
    {.name = "env", .aliases = "environment", .place = SPEC_AT_TOP, .also = IN(SPEC_AT_OCI), .type = SPEC_ENV,
     .help = "Environment variables: NAME: VALUE, NAME: {file: /root/secret} for a secret, or a list of NAME=VALUE."},
    {.name = "pool", .place = SPEC_AT_TOP, RES, .type = SPEC_STRING, .check = rule_pool, .offset = TOP(pool),
     .fallback = "none", .example = "media", .help = "The resource pool of Proxmox that it joins."},
    {.name = "tags", .place = SPEC_AT_TOP, .type = SPEC_WORDS, .check = rule_tag, .offset = TOP(tags),
     .fallback = "none", .example = "media", .help = "Tags, a list or with commas between."},
    {.name = "description", .aliases = "notes", .place = SPEC_AT_TOP, .type = SPEC_STRING, .check = rule_description,
     .offset = TOP(description), .fallback = "none", .help = "Notes that Proxmox shows beside the container."},
    {.name = "nameserver", .aliases = "nameservers dns", .place = SPEC_AT_TOP, .type = SPEC_STRING,
     .check = rule_nameservers, .offset = TOP(nameserver), .fallback = "the host's", .example = "192.168.1.1",
     .help = "Addresses of name servers, a blank between."},
    {.name = "searchdomain", .place = SPEC_AT_TOP, .type = SPEC_STRING, .check = rule_dns_list,
     .offset = TOP(searchdomain), .fallback = "the host's", .example = "lan", .help = "Domains for short names."},
    {.name = "timezone", .place = SPEC_AT_TOP, .type = SPEC_STRING, .check = rule_timezone, .offset = TOP(timezone),
     .fallback = "the image's", .example = "Europe/Stockholm", .help = "Its time zone, or host for the host's."},
    {.name = "ostype", .place = SPEC_AT_TOP, .type = SPEC_STRING, .offset = TOP(ostype), .fallback = "found out",
     .words = "debian devuan ubuntu centos fedora opensuse archlinux alpine gentoo nixos unmanaged",
     .help = "The distribution inside; unmanaged makes Proxmox leave its files alone."},
    {.name = "start", .place = SPEC_AT_TOP, .type = SPEC_BOOL, .offset = TOP(start), .fallback = "no",
     .example = "true", .help = "Start it once it is made."},

    {.name = "image", .place = SPEC_AT_OCI, FLAT, .type = SPEC_STRING, .offset = IMG(image),
     .example = "jellyfin/jellyfin", .help = "The image's name; tag and registry may stand in it."},
    {.name = "tag", .place = SPEC_AT_OCI, FLAT, .type = SPEC_STRING, .offset = IMG(tag), .fallback = "latest",
     .example = "10.11.2", .help = "The image's tag."},
    {.name = "digest", .place = SPEC_AT_OCI, FLAT, .type = SPEC_STRING, .offset = IMG(digest), .fallback = "none",
     .help = "The image's digest, sha256:…, instead of a tag."},
    {.name = "registry", .place = SPEC_AT_OCI, FLAT, .type = SPEC_STRING, .offset = IMG(registry),
     .fallback = "docker.io", .example = "ghcr.io", .help = "Where the image comes from."},
    {.name = "arch", .aliases = "architecture", .place = SPEC_AT_OCI, FLAT, .type = SPEC_STRING, .offset = IMG(arch),
     .fallback = "the host's", .words = "amd64 arm64 i386 armhf riscv32 riscv64",
     .help = "The processor architecture of the image."},

    {.name = "nesting", .place = SPEC_AT_FEATURES, .type = SPEC_BOOL, .offset = TOP(nesting), .fallback = "no",
     .example = "true", .help = "Let it mount what systemd and containers inside need."},
    {.name = "keyctl", .place = SPEC_AT_FEATURES, .type = SPEC_BOOL, .offset = TOP(keyctl), .fallback = "no",
     .help = "Allow the keyctl system call, for containers inside."},
    {.name = "fuse", .place = SPEC_AT_FEATURES, .type = SPEC_BOOL, .offset = TOP(fuse), .fallback = "no",
     .help = "Allow FUSE file systems."},
    {.name = "mknod", .place = SPEC_AT_FEATURES, .type = SPEC_BOOL, .offset = TOP(mknod), .fallback = "no",
     .help = "Allow some device nodes to be made."},
    {.name = "gpu", .place = SPEC_AT_FEATURES, .type = SPEC_BOOL, .quiet = true, .offset = TOP(gpu.passthrough),
     .help = "The same as gpu: true."},
    {.name = "docker", .place = SPEC_AT_FEATURES, .type = SPEC_NOTE,
     .help = "Docker is not installed into the container. Name the application's own OCI image instead."},

    {.name = "name", .place = SPEC_AT_NET, .type = SPEC_STRING, .check = rule_interface, .offset = NET(name),
     .fallback = "eth0, eth1, …", .example = "eth0", .help = "The card's name in the container."},
    {.name = "bridge", .place = SPEC_AT_NET, .type = SPEC_STRING, .check = rule_interface, .offset = NET(bridge),
     .fallback = "the first that is up", .example = "vmbr0", .help = "The host's bridge that it is plugged into."},
    {.name = "ip", .aliases = "ip4 address", .place = SPEC_AT_NET, .type = SPEC_STRING, .check = rule_ip,
     .offset = NET(ip), .fallback = "dhcp", .example = "192.168.1.40/24",
     .help = "dhcp, none, or address and net size."},
    {.name = "gateway", .aliases = "gw", .place = SPEC_AT_NET, .type = SPEC_STRING, .check = rule_gateway,
     .offset = NET(gateway), .fallback = "none", .example = "192.168.1.1",
     .help = "The router, with a fixed address."},
    {.name = "ip6", .place = SPEC_AT_NET, .type = SPEC_STRING, .check = rule_ip6, .offset = NET(ip6),
     .fallback = "none", .example = "fd00::40/64", .help = "dhcp, auto, none, or address and net size."},
    {.name = "gateway6", .aliases = "gw6", .place = SPEC_AT_NET, .type = SPEC_STRING, .check = rule_gateway6,
     .offset = NET(gateway6), .fallback = "none", .example = "fd00::1", .help = "The IPv6 router."},
    {.name = "hwaddr", .aliases = "mac macaddr", .place = SPEC_AT_NET, .type = SPEC_STRING, .check = rule_mac,
     .offset = NET(hwaddr), .fallback = "made up by Proxmox", .example = "BC:24:11:0A:1B:2C",
     .help = "The card's MAC address."},
    {.name = "vlan", .aliases = "tag vlan_tag", .place = SPEC_AT_NET, .type = SPEC_INT, .min = 1, .max = 4094,
     .offset = NET(vlan), .fallback = "none", .example = "20", .help = "The VLAN that it is in."},
    {.name = "mtu", .place = SPEC_AT_NET, .type = SPEC_INT, .min = 576, .max = 65535, .offset = NET(mtu),
     .fallback = "the bridge's", .example = "1500", .help = "The largest packet, in bytes."},
    {.name = "rate", .place = SPEC_AT_NET, .type = SPEC_NUMBER, .unit = "MB/s", .max = 1000000, .offset = NET(rate),
     .fallback = "no limit", .example = "50", .help = "What it may send and receive at most."},
    {.name = "firewall", .place = SPEC_AT_NET, .type = SPEC_BOOL, .offset = NET(firewall), .fallback = "no",
     .example = "true", .help = "Let Proxmox's firewall look at this card."},
    {.name = "host_managed", .aliases = "host-managed", .place = SPEC_AT_NET, .type = SPEC_BOOL,
     .offset = NET(host_managed), .fallback = "Proxmox's choice",
     .help = "The host sets up the card, for images that bring no DHCP client."},

    {.name = "passthrough", .aliases = "enabled enable", .place = SPEC_AT_GPU, .type = SPEC_BOOL,
     .offset = GPU(passthrough), .fallback = "no", .example = "true", .help = "Pass the graphics processor on."},
    {.name = "type", .place = SPEC_AT_GPU, .type = SPEC_STRING, .offset = GPU(type), .fallback = "auto",
     .words = "auto intel amd nvidia", .help = "Whose it is; auto takes the only one."},
    {.name = "pci", .place = SPEC_AT_GPU, .type = SPEC_STRING, .check = rule_pci, .offset = GPU(pci),
     .fallback = "the only one of that type", .example = "0000:00:02.0", .help = "Which one, by its PCI address."},
    {.name = "gid", .place = SPEC_AT_GPU, .type = SPEC_INT, .max = 4294967294.0, .offset = GPU(gid), .fallback = "0",
     .example = "104", .help = "The number of the render group inside, for an image that does not run as root."},

    {.name = "source", .aliases = "host", .place = SPEC_AT_MOUNT, .type = SPEC_PATH, .check = rule_host_folder,
     .offset = MNT(source), .example = "/tank/media", .help = "A folder of the host."},
    {.name = "volume", .place = SPEC_AT_MOUNT, .type = SPEC_VOLUME, .example = "tank:8",
     .help = "A new volume instead: storage and size in GiB."},
    {.name = "storage", .place = SPEC_AT_MOUNT, .type = SPEC_STRING, .quiet = true, .check = rule_storage,
     .offset = MNT(storage), .help = "The storage of a new volume, with size."},
    {.name = "size", .place = SPEC_AT_MOUNT, .type = SPEC_SIZE, .quiet = true, .unit = "GiB", .min = 1,
     .max = 131072, .offset = MNT(size), .help = "The size of a new volume, with storage."},
    {.name = "target", .aliases = "mount path mp", .place = SPEC_AT_MOUNT, .type = SPEC_PATH, .check = rule_target,
     .offset = MNT(target), .example = "/media", .help = "Where it stands in the container."},
    {.name = "readonly", .aliases = "ro read_only", .place = SPEC_AT_MOUNT, .type = SPEC_BOOL,
     .offset = MNT(readonly), .fallback = "no", .example = "true", .help = "The container may only read it."},
    {.name = "backup", .place = SPEC_AT_MOUNT, .type = SPEC_BOOL, .offset = MNT(backup), .fallback = "no",
     .example = "true", .help = "Take the volume into backups; host folders never are."},

    /* What the Python project knew. */
    {.name = "post_install", .place = SPEC_AT_TOP, .type = SPEC_NOTE,
     .help = "Nothing is installed into the container afterwards. Name an image that holds the "
             "application, or install it by `pct exec`."},
    {.name = "setup_commands", .place = SPEC_AT_TOP, .type = SPEC_NOTE,
     .help = "No commands are run in the container. Run them by `pct exec` once it is made."},
    {.name = "pools", .place = SPEC_AT_TOP, .type = SPEC_NOTE,
     .help = "ZFS pools and datasets are not made here. Make them first, and name their folders under mounts."},
    {.name = "containers", .place = SPEC_AT_TOP, .type = SPEC_NOTE,
     .help = "One file describes one container. Write a file for each."},
    {.name = "shares", .place = SPEC_AT_TOP, .type = SPEC_NOTE, .help = "No network shares are made here."},
    {.name = "auto_create", .place = SPEC_AT_TOP, .type = SPEC_NOTE,
     .help = "Every container in a file is made, so auto_create has no effect."},
    {.name = "mount", .place = SPEC_AT_TOP, .type = SPEC_NOTE,
     .help = "A mount needs its host folder too. Write it under mounts, with source and target."},
};
// clang-format on
const size_t spec_nfields = sizeof(spec_fields) / sizeof(spec_fields[0]);

static const char *const place_names[SPEC_PLACES] = {
    [SPEC_AT_TOP] = "",    [SPEC_AT_OCI] = "oci",      [SPEC_AT_FEATURES] = "features",   [SPEC_AT_NET] = "network",
    [SPEC_AT_GPU] = "gpu", [SPEC_AT_MOUNT] = "mounts", [SPEC_AT_RESOURCES] = "resources",
};

const char *spec_place_name(enum spec_place place)
{
    return place_names[place];
}

bool spec_field_is_at(const struct spec_field *field, enum spec_place place)
{
    return field->place == place || field->also & IN(place);
}

/* The next of the words with blanks between; *len is 0 at the end. */
static const char *next_word(const char *words, size_t *len)
{
    words += strspn(words, " ");
    *len = strcspn(words, " ");
    return words;
}

static bool is_among(const char *words, const char *name)
{
    size_t len, want = strlen(name);
    for (const char *w = next_word(words ? words : "", &len); len; w = next_word(w + len, &len))
        if (len == want && memcmp(w, name, len) == 0)
            return true;
    return false;
}

const struct spec_field *spec_field_find(const char *name, enum spec_place place)
{
    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        if (spec_field_is_at(f, place) && (strcmp(f->name, name) == 0 || is_among(f->aliases, name)))
            return f;
    }
    return NULL;
}

const char *spec_field_near(const char *name, enum spec_place place)
{
    const char *best = NULL;
    /* A third of the letters may differ, so that short names are not mixed up. */
    size_t least = strlen(name) / 3 + 1;

    for (size_t i = 0; i < spec_nfields; i++) {
        const struct spec_field *f = &spec_fields[i];
        if (!spec_field_is_at(f, place) || f->type == SPEC_NOTE)
            continue;
        size_t distance = text_distance(name, f->name), len;
        for (const char *w = next_word(f->aliases ? f->aliases : "", &len); len; w = next_word(w + len, &len)) {
            char alias[32] = {0};
            memcpy(alias, w, len < sizeof(alias) ? len : sizeof(alias) - 1);
            size_t d = text_distance(name, alias);
            distance = d < distance ? d : distance;
        }
        if (distance < least || (distance == least && !best && distance <= 2)) {
            least = distance;
            best = f->name;
        }
    }
    return best;
}
