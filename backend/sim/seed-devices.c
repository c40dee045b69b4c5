#include "backend/sim/seed.h"

#include "backend/base/file.h"
#include "backend/sim/put.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The devices of the node: a graphics chip and its nodes, a network card and a bridge on it. */
#define GPU "devices/pci0000:00/0000:00:02.0"
#define NIC "devices/pci0000:00/0000:00:1c.0/0000:01:00.0"

static const struct {
    const char *path, *text;
} files[] = {
    {"sys/" GPU "/vendor", "0x8086\n"},
    {"sys/" GPU "/device", "0xa780\n"},
    {"sys/" GPU "/class", "0x030000\n"},
    {"sys/" GPU "/subsystem_vendor", "0x8086\n"},
    {"sys/" GPU "/boot_vga", "1\n"},
    {"sys/" GPU "/uevent", "DRIVER=i915\nPCI_CLASS=30000\nPCI_ID=8086:A780\nPCI_SLOT_NAME=0000:00:02.0\n"},
    {"sys/" GPU "/drm/card0/dev", "226:0\n"},
    {"sys/" GPU "/drm/card0/uevent", "MAJOR=226\nMINOR=0\nDEVNAME=dri/card0\nDEVTYPE=drm_minor\n"},
    {"sys/" GPU "/drm/card0/card0-HDMI-A-1/status", "disconnected\n"},
    {"sys/" GPU "/drm/renderD128/dev", "226:128\n"},
    {"sys/" GPU "/drm/renderD128/uevent", "MAJOR=226\nMINOR=128\nDEVNAME=dri/renderD128\nDEVTYPE=drm_minor\n"},
    {"sys/bus/pci/drivers/i915/module_name", "i915\n"},
    {"sys/" NIC "/vendor", "0x8086\n"},
    {"sys/" NIC "/device", "0x15f3\n"},
    {"sys/" NIC "/class", "0x020000\n"},
    {"sys/" NIC "/uevent", "DRIVER=igc\nPCI_CLASS=20000\nPCI_ID=8086:15F3\nPCI_SLOT_NAME=0000:01:00.0\n"},
    {"sys/" NIC "/net/enp2s0/operstate", "up\n"},
    {"sys/" NIC "/net/enp2s0/address", "bc:24:11:00:00:02\n"},
    {"sys/" NIC "/net/enp2s0/speed", "2500\n"},
    {"sys/" NIC "/net/enp2s0/type", "1\n"},
    {"sys/" NIC "/net/enp2s0/brport/state", "3\n"},
    {"sys/bus/pci/drivers/igc/module_name", "igc\n"},
    {"sys/devices/virtual/net/lo/operstate", "unknown\n"},
    {"sys/devices/virtual/net/lo/type", "772\n"},
    {"sys/devices/virtual/net/vmbr0/operstate", "up\n"},
    {"sys/devices/virtual/net/vmbr0/address", "bc:24:11:00:00:02\n"},
    {"sys/devices/virtual/net/vmbr0/type", "1\n"},
    {"sys/devices/virtual/net/vmbr0/bridge/stp_state", "0\n"},
    {"sys/devices/virtual/net/vmbr0/bridge/vlan_filtering", "0\n"},
    {"etc/network/interfaces", "auto lo\niface lo inet loopback\n\niface enp2s0 inet manual\n\nauto vmbr0\n"
                               "iface vmbr0 inet static\n\taddress 192.168.1.2/24\n\tgateway 192.168.1.1\n"
                               "\tbridge-ports enp2s0\n\tbridge-stp off\n\tbridge-fd 0\n"},
    {"usr/share/misc/pci.ids", "# An excerpt, of what is in this host.\n"
                               "8086  Intel Corporation\n"
                               "\t15f3  Ethernet Controller I225-V\n"
                               "\ta780  Raptor Lake-S GT1 [UHD Graphics 770]\n\n"
                               "C 02  Network controller\n\t00  Ethernet controller\n"
                               "C 03  Display controller\n\t00  VGA compatible controller\n"},
};

static const struct {
    const char *path, *to;
} links[] = {
    {"sys/" GPU "/driver", "../../../bus/pci/drivers/i915"},
    {"sys/" GPU "/drm/card0/device", "../../../0000:00:02.0"},
    {"sys/" GPU "/drm/renderD128/device", "../../../0000:00:02.0"},
    {"sys/bus/pci/devices/0000:00:02.0", "../../../" GPU},
    {"sys/bus/pci/drivers/i915/0000:00:02.0", "../../../../" GPU},
    {"sys/class/drm/card0", "../../" GPU "/drm/card0"},
    {"sys/class/drm/card0-HDMI-A-1", "../../" GPU "/drm/card0/card0-HDMI-A-1"},
    {"sys/class/drm/renderD128", "../../" GPU "/drm/renderD128"},
    {"sys/" NIC "/driver", "../../../../bus/pci/drivers/igc"},
    {"sys/" NIC "/net/enp2s0/device", "../../../0000:01:00.0"},
    {"sys/" NIC "/net/enp2s0/master", "../../../../../virtual/net/vmbr0"},
    {"sys/bus/pci/devices/0000:01:00.0", "../../../" NIC},
    {"sys/devices/virtual/net/vmbr0/brif/enp2s0", "../../../../pci0000:00/0000:00:1c.0/0000:01:00.0/net/enp2s0/brport"},
    {"sys/class/net/lo", "../../devices/virtual/net/lo"},
    {"sys/class/net/vmbr0", "../../devices/virtual/net/vmbr0"},
    {"sys/class/net/enp2s0", "../../" NIC "/net/enp2s0"},
    {"dev/dri/by-path/pci-0000:00:02.0-card", "../card0"},
    {"dev/dri/by-path/pci-0000:00:02.0-render", "../renderD128"},
};

static const struct {
    const char *path;
    mode_t mode;
    unsigned minor;
} nodes[] = {
    {"dev/dri/card0", 0660, 0},
    {"dev/dri/renderD128", 0660, 128},
};

/* A device node where that is allowed, else a file of that name: what is looked at is that it is there. */
static int make_node(int root, const char *path, mode_t mode, unsigned number, struct err *err)
{
    if (mknodat(root, path, S_IFCHR | mode, makedev(226, number)) == 0 || errno == EEXIST)
        return 0;
    return sim_put(root, path, mode, "", 0, err);
}

int seed_devices(int root, struct err *err)
{
    int rc = file_make_dirs(root, "dev/dri/by-path", 0755, err);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !rc; i++)
        rc = sim_put(root, files[i].path, 0444, files[i].text, strlen(files[i].text), err);
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]) && !rc; i++)
        rc = sim_link(root, links[i].path, links[i].to, err);
    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]) && !rc; i++)
        rc = make_node(root, nodes[i].path, nodes[i].mode, nodes[i].minor, err);
    return rc;
}
