/* What pvesm takes, command by command, as recorded from libpve-storage-perl 9.1.7. A command without `run` is not
 * simulated. */
#include "backend/sim/pvesm.h"

#include <stddef.h>

static const struct sim_option add_args[] = {
    {.name = "type",
     .type = SIM_STRING,
     .required = true,
     .values = "btrfs, cephfs, cifs, dir, esxi, iscsi, iscsidirect, lvm, lvmthin, nfs, pbs, rbd, zfs, zfspool"},
    {.name = "storage", .type = SIM_STRING, .required = true, .format = "pve-storage-id"},
    {0},
};

static const struct sim_option bwlimit_keys[] = {
    {.name = "clone", .type = SIM_NUMBER, .min = "0"},     {.name = "default", .type = SIM_NUMBER, .min = "0"},
    {.name = "migration", .type = SIM_NUMBER, .min = "0"}, {.name = "move", .type = SIM_NUMBER, .min = "0"},
    {.name = "restore", .type = SIM_NUMBER, .min = "0"},   {0},
};

static const struct sim_option prune_backups_keys[] = {
    {.name = "keep-all", .type = SIM_BOOLEAN},
    {.name = "keep-daily", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-hourly", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-last", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-monthly", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-weekly", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-yearly", .type = SIM_INTEGER, .min = "0"},
    {0},
};

static const struct sim_option add_options[] = {
    {.name = "authsupported", .type = SIM_STRING},
    {.name = "base", .type = SIM_STRING, .format = "pve-volume-id"},
    {.name = "blocksize", .type = SIM_STRING, .format = "pve-storage-zfs-blocksize"},
    {.name = "bwlimit", .type = SIM_STRING, .keys = bwlimit_keys},
    {.name = "comstar_hg", .type = SIM_STRING},
    {.name = "comstar_tg", .type = SIM_STRING},
    {.name = "content", .type = SIM_STRING, .format = "pve-storage-content-list"},
    {.name = "content-dirs", .type = SIM_STRING, .format = "pve-dir-override-list"},
    {.name = "create-base-path", .type = SIM_BOOLEAN},
    {.name = "create-subdirs", .type = SIM_BOOLEAN},
    {.name = "data-pool", .type = SIM_STRING},
    {.name = "datastore", .type = SIM_STRING},
    {.name = "disable", .type = SIM_BOOLEAN},
    {.name = "domain", .type = SIM_STRING, .max_length = 256},
    {.name = "encryption-key", .type = SIM_STRING},
    {.name = "export", .type = SIM_STRING, .format = "pve-storage-path"},
    {.name = "fingerprint", .type = SIM_STRING, .pattern = "([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}"},
    {.name = "format", .type = SIM_STRING, .values = "raw, qcow2, subvol, vmdk"},
    {.name = "fs-name", .type = SIM_STRING, .format = "pve-configid"},
    {.name = "fuse", .type = SIM_BOOLEAN},
    {.name = "is_mountpoint", .type = SIM_STRING},
    {.name = "iscsiprovider", .type = SIM_STRING},
    {.name = "keyring", .type = SIM_STRING},
    {.name = "krbd", .type = SIM_BOOLEAN},
    {.name = "lio_tpg", .type = SIM_STRING},
    {.name = "master-pubkey", .type = SIM_STRING},
    {.name = "max-protected-backups", .type = SIM_INTEGER, .min = "-1"},
    {.name = "mkdir", .type = SIM_BOOLEAN},
    {.name = "monhost", .type = SIM_STRING, .format = "pve-storage-portal-dns-list"},
    {.name = "mountpoint", .type = SIM_STRING, .format = "pve-storage-path"},
    {.name = "namespace", .type = SIM_STRING},
    {.name = "nocow", .type = SIM_BOOLEAN},
    {.name = "nodes", .type = SIM_STRING, .format = "pve-node-list"},
    {.name = "nowritecache", .type = SIM_BOOLEAN},
    {.name = "options", .type = SIM_STRING, .format = "pve-storage-options"},
    {.name = "password", .type = SIM_STRING, .max_length = 256},
    {.name = "path", .type = SIM_STRING, .format = "pve-storage-path"},
    {.name = "pool", .type = SIM_STRING},
    {.name = "port", .type = SIM_INTEGER, .min = "1", .max = "65535"},
    {.name = "portal", .type = SIM_STRING, .format = "pve-storage-portal-dns"},
    {.name = "preallocation", .type = SIM_STRING, .values = "off, metadata, falloc, full"},
    {.name = "prune-backups", .type = SIM_STRING, .format = "prune-backups", .keys = prune_backups_keys},
    {.name = "saferemove", .type = SIM_BOOLEAN},
    {.name = "saferemove-stepsize", .type = SIM_INTEGER, .values = "1, 2, 4, 8, 16, 32"},
    {.name = "saferemove_throughput", .type = SIM_STRING},
    {.name = "server", .type = SIM_STRING, .format = "pve-storage-server"},
    {.name = "share", .type = SIM_STRING},
    {.name = "shared", .type = SIM_BOOLEAN},
    {.name = "skip-cert-verification", .type = SIM_BOOLEAN},
    {.name = "smbversion", .type = SIM_STRING, .values = "default, 2.0, 2.1, 3, 3.0, 3.11"},
    {.name = "snapshot-as-volume-chain", .type = SIM_BOOLEAN},
    {.name = "sparse", .type = SIM_BOOLEAN},
    {.name = "subdir", .type = SIM_STRING, .format = "pve-storage-path"},
    {.name = "tagged_only", .type = SIM_BOOLEAN},
    {.name = "target", .type = SIM_STRING},
    {.name = "thinpool", .type = SIM_STRING, .format = "pve-storage-vgname"},
    {.name = "username", .type = SIM_STRING},
    {.name = "vgname", .type = SIM_STRING, .format = "pve-storage-vgname"},
    {.name = "zfs-base-path", .type = SIM_STRING, .format = "pve-storage-path"},
    {0},
};

static const struct sim_option alloc_args[] = {
    {.name = "storage", .type = SIM_STRING, .required = true, .format = "pve-storage-id"},
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "filename", .type = SIM_STRING, .required = true},
    {.name = "size", .type = SIM_STRING, .required = true, .pattern = "[0-9]+[MG]?"},
    {0},
};

static const struct sim_option alloc_options[] = {
    {.name = "format", .type = SIM_STRING, .values = "raw, qcow2, subvol, vmdk", .needs = "size"},
    {0},
};

static const struct sim_option export_args[] = {
    {.name = "volume", .type = SIM_STRING, .required = true},
    {.name = "format",
     .type = SIM_STRING,
     .required = true,
     .values = "raw+size, tar+size, qcow2+size, vmdk+size, zfs, btrfs"},
    {.name = "filename", .type = SIM_STRING, .required = true},
    {0},
};

static const struct sim_option export_options[] = {
    {.name = "base", .type = SIM_STRING, .max_length = 40, .pattern = "([A-Za-z0-9_-]{1,40})"},
    {.name = "snapshot", .type = SIM_STRING, .max_length = 40, .pattern = "([A-Za-z0-9_-]{1,40})"},
    {.name = "snapshot-list", .type = SIM_STRING, .format = "string-list"},
    {.name = "with-snapshots", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option extractconfig_args[] = {
    {.name = "volume", .type = SIM_STRING, .required = true},
    {0},
};

static const struct sim_option free_options[] = {
    {.name = "delay", .type = SIM_INTEGER, .min = "1", .max = "30"},
    {.name = "storage", .type = SIM_STRING, .format = "pve-storage-id"},
    {0},
};

static const struct sim_option import_options[] = {
    {.name = "allow-rename", .type = SIM_BOOLEAN},
    {.name = "base", .type = SIM_STRING, .max_length = 40, .pattern = "([A-Za-z0-9_-]{1,40})"},
    {.name = "delete-snapshot", .type = SIM_STRING, .max_length = 80, .pattern = "([A-Za-z0-9_-]{1,80})"},
    {.name = "snapshot", .type = SIM_STRING, .max_length = 40, .pattern = "([A-Za-z0-9_-]{1,40})"},
    {.name = "with-snapshots", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option list_args[] = {
    {.name = "storage", .type = SIM_STRING, .required = true, .format = "pve-storage-id"},
    {0},
};

static const struct sim_option list_options[] = {
    {.name = "content", .type = SIM_STRING, .format = "pve-storage-content"},
    {.name = "vmid", .type = SIM_INTEGER, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {0},
};

static const struct sim_option path_args[] = {
    {.name = "volume", .type = SIM_STRING, .required = true, .format = "pve-volume-id"},
    {0},
};

static const struct sim_option prune_backups_options[] = {
    {.name = "dry-run", .type = SIM_BOOLEAN},
    {.name = "keep-all", .type = SIM_BOOLEAN},
    {.name = "keep-daily", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-hourly", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-last", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-monthly", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-weekly", .type = SIM_INTEGER, .min = "0"},
    {.name = "keep-yearly", .type = SIM_INTEGER, .min = "0"},
    {.name = "type", .type = SIM_STRING, .values = "qemu, lxc"},
    {.name = "vmid", .type = SIM_INTEGER, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {0},
};

static const struct sim_option scan_cifs_args[] = {
    {.name = "server", .type = SIM_STRING, .required = true, .format = "pve-storage-server"},
    {0},
};

static const struct sim_option scan_cifs_options[] = {
    {.name = "domain", .type = SIM_STRING},
    {.name = "password", .type = SIM_STRING},
    {.name = "username", .type = SIM_STRING},
    {0},
};

static const struct sim_option scan_iscsi_args[] = {
    {.name = "portal", .type = SIM_STRING, .required = true, .format = "pve-storage-portal-dns"},
    {0},
};

static const struct sim_option scan_lvmthin_args[] = {
    {.name = "vg",
     .type = SIM_STRING,
     .required = true,
     .max_length = 100,
     .pattern = "[a-zA-Z0-9.+_][a-zA-Z0-9.+_-]+"},
    {0},
};

static const struct sim_option scan_pbs_args[] = {
    {.name = "server", .type = SIM_STRING, .required = true, .format = "pve-storage-server"},
    {.name = "username", .type = SIM_STRING, .required = true},
    {0},
};

static const struct sim_option scan_pbs_options[] = {
    {.name = "fingerprint", .type = SIM_STRING, .pattern = "([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}"},
    {.name = "human-readable", .type = SIM_BOOLEAN},
    {.name = "noborder", .type = SIM_BOOLEAN},
    {.name = "noheader", .type = SIM_BOOLEAN},
    {.name = "output-format", .type = SIM_STRING, .values = "text, json, json-pretty, yaml"},
    {.name = "password", .type = SIM_STRING, .required = true},
    {.name = "port", .type = SIM_INTEGER, .min = "1", .max = "65535"},
    {.name = "quiet", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option set_options[] = {
    {.name = "blocksize", .type = SIM_STRING, .format = "pve-storage-zfs-blocksize"},
    {.name = "bwlimit", .type = SIM_STRING, .keys = bwlimit_keys},
    {.name = "comstar_hg", .type = SIM_STRING},
    {.name = "comstar_tg", .type = SIM_STRING},
    {.name = "content", .type = SIM_STRING, .format = "pve-storage-content-list"},
    {.name = "content-dirs", .type = SIM_STRING, .format = "pve-dir-override-list"},
    {.name = "create-base-path", .type = SIM_BOOLEAN},
    {.name = "create-subdirs", .type = SIM_BOOLEAN},
    {.name = "data-pool", .type = SIM_STRING},
    {.name = "delete", .type = SIM_STRING, .max_length = 4096, .format = "pve-configid-list"},
    {.name = "digest", .type = SIM_STRING, .max_length = 64},
    {.name = "disable", .type = SIM_BOOLEAN},
    {.name = "domain", .type = SIM_STRING, .max_length = 256},
    {.name = "encryption-key", .type = SIM_STRING},
    {.name = "fingerprint", .type = SIM_STRING, .pattern = "([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}"},
    {.name = "format", .type = SIM_STRING, .values = "raw, qcow2, subvol, vmdk"},
    {.name = "fs-name", .type = SIM_STRING, .format = "pve-configid"},
    {.name = "fuse", .type = SIM_BOOLEAN},
    {.name = "is_mountpoint", .type = SIM_STRING},
    {.name = "keyring", .type = SIM_STRING},
    {.name = "krbd", .type = SIM_BOOLEAN},
    {.name = "lio_tpg", .type = SIM_STRING},
    {.name = "master-pubkey", .type = SIM_STRING},
    {.name = "max-protected-backups", .type = SIM_INTEGER, .min = "-1"},
    {.name = "mkdir", .type = SIM_BOOLEAN},
    {.name = "monhost", .type = SIM_STRING, .format = "pve-storage-portal-dns-list"},
    {.name = "mountpoint", .type = SIM_STRING, .format = "pve-storage-path"},
    {.name = "namespace", .type = SIM_STRING},
    {.name = "nocow", .type = SIM_BOOLEAN},
    {.name = "nodes", .type = SIM_STRING, .format = "pve-node-list"},
    {.name = "nowritecache", .type = SIM_BOOLEAN},
    {.name = "options", .type = SIM_STRING, .format = "pve-storage-options"},
    {.name = "password", .type = SIM_STRING, .max_length = 256},
    {.name = "pool", .type = SIM_STRING},
    {.name = "port", .type = SIM_INTEGER, .min = "1", .max = "65535"},
    {.name = "preallocation", .type = SIM_STRING, .values = "off, metadata, falloc, full"},
    {.name = "prune-backups", .type = SIM_STRING, .format = "prune-backups", .keys = prune_backups_keys},
    {.name = "saferemove", .type = SIM_BOOLEAN},
    {.name = "saferemove-stepsize", .type = SIM_INTEGER, .values = "1, 2, 4, 8, 16, 32"},
    {.name = "saferemove_throughput", .type = SIM_STRING},
    {.name = "server", .type = SIM_STRING, .format = "pve-storage-server"},
    {.name = "shared", .type = SIM_BOOLEAN},
    {.name = "skip-cert-verification", .type = SIM_BOOLEAN},
    {.name = "smbversion", .type = SIM_STRING, .values = "default, 2.0, 2.1, 3, 3.0, 3.11"},
    {.name = "snapshot-as-volume-chain", .type = SIM_BOOLEAN},
    {.name = "sparse", .type = SIM_BOOLEAN},
    {.name = "subdir", .type = SIM_STRING, .format = "pve-storage-path"},
    {.name = "tagged_only", .type = SIM_BOOLEAN},
    {.name = "username", .type = SIM_STRING},
    {.name = "zfs-base-path", .type = SIM_STRING, .format = "pve-storage-path"},
    {0},
};

static const struct sim_option status_options[] = {
    {.name = "content", .type = SIM_STRING, .format = "pve-storage-content-list"},
    {.name = "enabled", .type = SIM_BOOLEAN},
    {.name = "format", .type = SIM_BOOLEAN},
    {.name = "storage", .type = SIM_STRING, .format = "pve-storage-id"},
    {.name = "target", .type = SIM_STRING, .format = "pve-node"},
    {0},
};

/* In the order of the real tool's own list, in groups. */
const struct sim_command sim_pvesm_commands[] = {
    {.name = "scan cifs", .args = scan_cifs_args, .options = scan_cifs_options},
    {.name = "scan iscsi", .args = scan_iscsi_args},
    {.name = "scan lvm"},
    {.name = "scan lvmthin", .args = scan_lvmthin_args},
    {.name = "scan nfs", .args = scan_cifs_args},
    {.name = "scan pbs",
     .args = scan_pbs_args,
     .options = scan_pbs_options,
     .usage = "<server> <username> --password <string> [OPTIONS] [FORMAT_OPTIONS]"},
    {.name = "scan zfs", .gap = true},
    {.name = "add", .args = add_args, .options = add_options},
    {.name = "remove", .args = list_args},
    {.name = "set", .args = list_args, .options = set_options, .gap = true},
    {.name = "alloc", .args = alloc_args, .options = alloc_options, .run = pvesm_alloc},
    {.name = "free", .args = extractconfig_args, .options = free_options, .run = pvesm_free},
    {.name = "list", .args = list_args, .options = list_options, .run = pvesm_list, .gap = true},
    {.name = "status", .options = status_options, .run = pvesm_status, .gap = true},
    {.name = "apiinfo", .run = pvesm_apiinfo},
    {.name = "export", .args = export_args, .options = export_options},
    {.name = "extractconfig", .args = extractconfig_args},
    {.name = "import", .args = export_args, .options = import_options},
    {.name = "path", .args = path_args, .run = pvesm_path},
    {.name = "prune-backups", .args = list_args, .options = prune_backups_options},
    {.name = "cifsscan", .alias = "scan cifs"},
    {.name = "iscsiscan", .alias = "scan iscsi"},
    {.name = "lvmscan", .alias = "scan lvm"},
    {.name = "lvmthinscan", .alias = "scan lvmthin"},
    {.name = "nfsscan", .alias = "scan nfs"},
    {.name = "zfsscan", .alias = "scan zfs"},
    {0},
};
