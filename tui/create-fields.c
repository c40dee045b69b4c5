#include "tui/create-form.h"

#include <string.h>

/* The fields of the form in their order, and what each is in a spec. */

static const struct form_choice from_choices[] = {
    {.value = "oci", .label = "OCI image"},
    {.value = "lxc", .label = "LXC template"},
};
static const struct form_choice ip_choices[] = {
    {.value = "dhcp", .label = "DHCP"},
    {.value = "static", .label = "static"},
    {.value = "none", .label = "none"},
};
static const struct form_choice mount_choices[] = {
    {.value = "folder", .label = "host folder"},
    {.value = "volume", .label = "new volume"},
};
static const struct form_choice mode_choices[] = {
    {.value = "rw", .label = "read and write"},
    {.value = "ro", .label = "read only"},
};

#define MIB                 1048576.0
#define GIB                 1073741824.0
#define OF(list)            .choices = list, .nchoices = sizeof(list) / sizeof(list[0])
#define TOGGLE(name, words) .id = name, .kind = FORM_TOGGLE, .unit = words, .label = ""

/* clang-format off */
const struct form_field create_fields[] = {
    {.id = "from", .label = "From", .kind = FORM_RADIO, OF(from_choices), .fallback = "oci",
     .help = "An OCI image is one application; an LXC template is a small system to log in to."},
    {.id = "image", .label = "Image", .kind = FORM_TEXT, .width = 46, .max = 512,
     .help = "A name like jellyfin/jellyfin:10.11.2 or ghcr.io/owner/name:tag; without a registry it is docker.io."},
    {.id = "template", .label = "Template", .kind = FORM_CHOICE, .width = 46,
     .help = "The templates that are on this host. pveam download fetches others."},
    {.id = "hostname", .label = "Name", .kind = FORM_TEXT, .width = 24, .max = 256,
     .help = "The CT's host name: letters, digits and hyphens."},
    {.id = "vmid", .label = "VMID", .kind = FORM_NUMBER, .width = 11, .beside = 43,
     .help = "The CT's number on the cluster; left empty, it is the next free one."},
    {.id = "cores", .label = "Cores", .kind = FORM_NUMBER, .width = 8, .fallback = "all",
     .help = "Processor cores that the CT sees; left empty, all of the host."},
    {.id = "memory", .label = "Memory", .kind = FORM_NUMBER, .width = 10, .beside = 26, .unit = "MiB", .step = 256,
     .unit_bytes = MIB, .fallback = "512", .help = "Memory of the CT. Numbers take K, M, G, T: 4G is 4096 MiB."},
    {.id = "swap", .label = "Swap", .kind = FORM_NUMBER, .width = 10, .beside = 51, .unit = "MiB", .step = 256,
     .unit_bytes = MIB, .fallback = "512", .help = "Swap space that it may use besides. Numbers take K, M, G, T."},
    {.id = "disk", .label = "Disk", .kind = FORM_NUMBER, .width = 8, .unit = "GiB", .unit_bytes = GIB, .fallback = "8",
     .help = "Size of the root disk. Numbers take K, M, G, T: 1T is 1024 GiB."},
    {.id = "storage", .label = "on", .kind = FORM_CHOICE, .width = 18, .beside = 29,
     .help = "The storage where the root disk lies. Space shows the room of each."},
    {.id = "unprivileged", .kind = FORM_TOGGLE, .unit = "unprivileged", .label = "Kind", .fallback = "1",
     .help = "Root in the CT is uid 100000 on the host. An OCI image needs it."},
    {TOGGLE("nesting", "nesting"), .beside = 33, .fallback = "1",
     .help = "Most systems with systemd need it; harmless in an unprivileged CT."},
    {TOGGLE("keyctl", "keyctl"), .beside = 46, .help = "Allows the keyctl system call, for containers inside."},
    {TOGGLE("fuse", "fuse"), .beside = 58, .help = "Allows FUSE file systems. Such a CT cannot be frozen for backups."},
    {.id = "onboot", .kind = FORM_TOGGLE, .unit = "with the host", .label = "Start", .fallback = "1",
     .help = "Starts the CT when the host starts."},
    {TOGGLE("start", "after creating"), .beside = 33, .fallback = "1", .help = "Starts the CT as the last step."},
    {TOGGLE("protection", "protected"), .beside = 54, .help = "Refuses to destroy the CT or its disks."},
    {.id = "tags", .label = "Tags", .kind = FORM_TEXT, .width = 24, .max = 1024,
     .help = "Words with commas between; Proxmox and the filter know them."},
    {.id = "description", .label = "About", .kind = FORM_TEXT, .width = 24, .beside = 41, .max = 4096,
     .help = "Notes that Proxmox shows beside the CT."},
    {.id = "bridge", .label = "Network", .kind = FORM_CHOICE, .width = 12, .help = "The bridge that net0 is plugged into."},
    {.id = "ipv4", .label = "IPv4", .kind = FORM_CHOICE, .width = 10, .beside = 29, OF(ip_choices), .fallback = "dhcp",
     .help = "Where the address comes from."},
    {.id = "vlan", .label = "VLAN", .kind = FORM_NUMBER, .width = 7, .beside = 46, .fallback = "none",
     .help = "VLAN tag, 1 to 4094; left empty, none."},
    {TOGGLE("firewall", "firewall"), .beside = 59, .help = "Rules are set in Proxmox; this turns them on for net0."},
    {.id = "ip", .label = "Address", .kind = FORM_TEXT, .width = 22, .max = 64,
     .help = "IPv4 with its prefix length, such as 192.168.1.40/24."},
    {.id = "gateway", .label = "Gateway", .kind = FORM_TEXT, .width = 18, .beside = 39, .max = 64,
     .help = "IPv4 of the router, in the same network."},
    {.id = "mounts", .label = "MOUNTS       WHAT IT IS                    SIZE  MODE", .kind = FORM_LIST,
     .add_label = "Add a mount", .rows = create_list_rows, .row = create_list_row,
     .help = "Host folders and new volumes in the CT. Enter edits, a adds, d removes, ^R brings back."},
    {.id = "m.head", .label = "Mount", .kind = FORM_HEADING},
    {.id = "m.what", .label = "What", .kind = FORM_RADIO, OF(mount_choices), .fallback = "folder",
     .help = "A folder of the host as it is, or a new volume that outlives the root disk."},
    {.id = "m.source", .label = "Folder", .kind = FORM_TEXT, .width = 40, .max = 1024,
     .help = "A folder of the host, such as /tank/media."},
    {.id = "m.storage", .label = "Storage", .kind = FORM_CHOICE, .width = 18,
     .help = "Where the new volume lies. Space shows the room of each."},
    {.id = "m.size", .label = "Size", .kind = FORM_NUMBER, .width = 8, .beside = 52, .unit = "GiB", .unit_bytes = GIB,
     .help = "Size of the new volume. Numbers take K, M, G, T."},
    {.id = "m.target", .label = "In the CT", .kind = FORM_TEXT, .width = 40, .max = 1024,
     .help = "Where it stands in the CT, such as /media."},
    {.id = "m.mode", .label = "Mode", .kind = FORM_RADIO, OF(mode_choices), .fallback = "rw",
     .help = "Whether the CT may change what is in it."},
    {.id = "gpu", .label = "GPU", .kind = FORM_CHOICE, .width = 46,
     .help = "The CT gets the render node of this GPU, for video and computing."},
    {.id = "env", .label = "ENVIRONMENT", .kind = FORM_LIST, .add_label = "Add a variable", .rows = create_list_rows,
     .row = create_list_row, .help = "Variables beside those of the image. Enter edits, a adds, d removes, ^R brings back."},
    {.id = "e.head", .label = "Variable", .kind = FORM_HEADING},
    {.id = "e.name", .label = "Name", .kind = FORM_TEXT, .width = 40, .max = 256, .help = "The variable's name, such as TZ."},
    {.id = "e.value", .label = "Value", .kind = FORM_TEXT, .width = 50, .max = 8192,
     .help = "Its value. A password is better kept in a file: @/root/secret is read by the job."},
    {.id = "b.start", .label = "Create and start", .kind = FORM_BUTTON, .help = "Makes the CT and starts it."},
    {.id = "b.create", .label = "Create", .kind = FORM_BUTTON, .help = "Makes the CT and leaves it stopped."},
    {.id = "b.commands", .label = "Commands", .kind = FORM_BUTTON, .help = "Shows what will run, whole. So does ^V."},
};
const int create_nfields = sizeof(create_fields) / sizeof(create_fields[0]);

const struct create_link create_links[] = {
    {"hostname", SPEC_AT_TOP, "--hostname"},
    {"vmid", SPEC_AT_TOP, NULL},
    {"cores", SPEC_AT_TOP, "--cores"},
    {"memory", SPEC_AT_TOP, "--memory"},
    {"swap", SPEC_AT_TOP, "--swap"},
    {"disk", SPEC_AT_TOP, "--rootfs"},
    {"storage", SPEC_AT_TOP, "--rootfs"},
    {"unprivileged", SPEC_AT_TOP, "--unprivileged"},
    {"nesting", SPEC_AT_FEATURES, "--features"},
    {"keyctl", SPEC_AT_FEATURES, "--features"},
    {"fuse", SPEC_AT_FEATURES, "--features"},
    {"onboot", SPEC_AT_TOP, "--onboot"},
    {"start", SPEC_AT_TOP, NULL},
    {"protection", SPEC_AT_TOP, "--protection"},
    {"tags", SPEC_AT_TOP, "--tags"},
    {"description", SPEC_AT_TOP, "--description"},
    {"bridge", SPEC_AT_NET, "--net0"},
    {"vlan", SPEC_AT_NET, "--net0"},
    {"firewall", SPEC_AT_NET, "--net0"},
    {"ip", SPEC_AT_NET, "--net0"},
    {"gateway", SPEC_AT_NET, "--net0"},
};
const size_t create_nlinks = sizeof(create_links) / sizeof(create_links[0]);
/* clang-format on */

const struct create_link *create_link(const char *id)
{
    for (size_t i = 0; i < create_nlinks; i++)
        if (strcmp(create_links[i].id, id) == 0)
            return &create_links[i];
    return NULL;
}

/* Fields that depend on others. */
void create_show_fields(struct create_form *c)
{
    struct form *f = c->form;
    bool oci = strcmp(form_effective(f, "from"), "lxc") != 0;
    bool fixed = strcmp(form_effective(f, "ipv4"), "static") == 0;
    bool volume = strcmp(form_effective(f, "m.what"), "volume") == 0;
    const struct {
        const char *id;
        bool shown;
    } rows[] = {
        {"image", oci},
        {"template", !oci},
        {"ip", fixed},
        {"gateway", fixed},
        {"m.head", c->mount >= 0},
        {"m.what", c->mount >= 0},
        {"m.source", c->mount >= 0 && !volume},
        {"m.storage", c->mount >= 0 && volume},
        {"m.size", c->mount >= 0 && volume},
        {"m.target", c->mount >= 0},
        {"m.mode", c->mount >= 0},
        {"e.head", c->variable >= 0},
        {"e.name", c->variable >= 0},
        {"e.value", c->variable >= 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        form_show(f, rows[i].id, rows[i].shown);
}
