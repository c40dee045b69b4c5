#include "backend/sim/pveversion.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define KERNEL "6.17.2-1-pve"

/* `pveversion -v` begins with proxmox-ve and pve-manager; the others follow by name. */
static const struct {
    const char *package, *version, *note;
} packages[] = {
    {"proxmox-ve", "9.2.0", "running kernel: " KERNEL},
    {"pve-manager", "9.2.11", "running version: 9.2.11/2f7c4d8a91b6e035"},
    {"proxmox-kernel-helper", "9.2.0", NULL},
    {"proxmox-kernel-6.17", "6.17.2-1", NULL},
    {"ceph-fuse", "19.2.3-pve2", NULL},
    {"corosync", "3.1.9-pve2", NULL},
    {"criu", "4.1.1-1", NULL},
    {"ifupdown2", "3.3.0-1+pmx11", NULL},
    {"libjs-extjs", "7.0.0-5", NULL},
    {"libproxmox-acme-perl", "1.7.0", NULL},
    {"libpve-access-control", "9.1.1", NULL},
    {"libpve-common-perl", "9.2.1", NULL},
    {"libpve-guest-common-perl", "6.0.2", NULL},
    {"libpve-storage-perl", "9.1.7", NULL},
    {"lxc-pve", "6.0.5-3", NULL},
    {"lxcfs", "6.0.4-pve1", NULL},
    {"novnc-pve", "1.6.0-3", NULL},
    {"pve-cluster", "9.1.6", NULL},
    {"pve-container", "6.1.10", NULL},
    {"pve-firewall", "6.0.4", NULL},
    {"qemu-server", "9.2.4", NULL},
    {"zfsutils-linux", "2.3.4-pve1", NULL},
};

int sim_pveversion(int argc, char **argv)
{
    bool all = false;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "-v") != 0 && strcmp(argv[i], "--verbose") != 0 && strcmp(argv[i], "-verbose") != 0) {
            fprintf(stderr, "%s\npveversion  [OPTIONS]\n", "400 too many arguments");
            return 255;
        }
        all = true;
    }
    if (!all) {
        printf("pve-manager/9.2.11/2f7c4d8a91b6e035 (running kernel: %s)\n", KERNEL);
        return 0;
    }
    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
        if (packages[i].note)
            printf("%s: %s (%s)\n", packages[i].package, packages[i].version, packages[i].note);
        else
            printf("%s: %s\n", packages[i].package, packages[i].version);
    }
    return 0;
}
