/* What pct takes, command by command, as recorded from pve-container 6.1.10. A command without `run` is not simulated.
 */
#include "backend/sim/pct.h"

#include <stddef.h>

static const struct sim_option dev_keys[] = {
    {.name = "deny-write", .type = SIM_BOOLEAN},
    {.name = "gid", .type = SIM_INTEGER, .min = "0"},
    {.name = "mode", .type = SIM_STRING, .pattern = "0[0-7]{3}"},
    {.name = "path", .type = SIM_STRING, .default_key = true, .format = "pve-lxc-dev-string"},
    {.name = "uid", .type = SIM_INTEGER, .min = "0"},
    {0},
};

static const struct sim_option features_keys[] = {
    {.name = "force_rw_sys", .type = SIM_BOOLEAN},
    {.name = "fuse", .type = SIM_BOOLEAN},
    {.name = "keyctl", .type = SIM_BOOLEAN},
    {.name = "mknod", .type = SIM_BOOLEAN},
    {.name = "mount", .type = SIM_STRING, .pattern = "[a-zA-Z0-9_; ]+"},
    {.name = "nesting", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option mp_keys[] = {
    {.name = "acl", .type = SIM_BOOLEAN},
    {.name = "backup", .type = SIM_BOOLEAN},
    {.name = "idmap",
     .type = SIM_STRING,
     .pattern = "((passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*))"},
    {.name = "keepattrs", .type = SIM_BOOLEAN},
    {.name = "mountoptions",
     .type = SIM_STRING,
     .pattern =
         "(((discard|lazytime|noatime|nodev|noexec|nosuid))(;((discard|lazytime|noatime|nodev|noexec|nosuid)))*)"},
    {.name = "mp", .type = SIM_STRING, .required = true, .format = "pve-lxc-mp-string"},
    {.name = "quota", .type = SIM_BOOLEAN},
    {.name = "replicate", .type = SIM_BOOLEAN},
    {.name = "ro", .type = SIM_BOOLEAN},
    {.name = "shared", .type = SIM_BOOLEAN},
    {.name = "size", .type = SIM_STRING, .format = "disk-size"},
    {.name = "volume", .type = SIM_STRING, .required = true, .default_key = true, .format = "pve-lxc-mp-string"},
    {0},
};

static const struct sim_option net_keys[] = {
    {.name = "bridge", .type = SIM_STRING, .pattern = "[-_.A-Za-z0-9]+"},
    {.name = "firewall", .type = SIM_BOOLEAN},
    {.name = "gw", .type = SIM_STRING, .format = "ipv4"},
    {.name = "gw6", .type = SIM_STRING, .format = "ipv6"},
    {.name = "host-managed", .type = SIM_BOOLEAN},
    {.name = "hwaddr", .type = SIM_STRING, .format = "mac-addr"},
    {.name = "ip", .type = SIM_STRING, .format = "pve-ipv4-config"},
    {.name = "ip6", .type = SIM_STRING, .format = "pve-ipv6-config"},
    {.name = "link_down", .type = SIM_BOOLEAN},
    {.name = "mtu", .type = SIM_INTEGER, .min = "64", .max = "65535"},
    {.name = "name", .type = SIM_STRING, .required = true, .pattern = "[-_.A-Za-z0-9]+"},
    {.name = "rate", .type = SIM_NUMBER},
    {.name = "tag", .type = SIM_INTEGER, .min = "1", .max = "4094"},
    {.name = "trunks", .type = SIM_STRING, .pattern = "([0-9]+(;[0-9]+)*)"},
    {.name = "type", .type = SIM_STRING, .values = "veth"},
    {0},
};

static const struct sim_option rootfs_keys[] = {
    {.name = "acl", .type = SIM_BOOLEAN},
    {.name = "idmap",
     .type = SIM_STRING,
     .pattern = "((passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*))"},
    {.name = "mountoptions",
     .type = SIM_STRING,
     .pattern =
         "(((discard|lazytime|noatime|nodev|noexec|nosuid))(;((discard|lazytime|noatime|nodev|noexec|nosuid)))*)"},
    {.name = "quota", .type = SIM_BOOLEAN},
    {.name = "replicate", .type = SIM_BOOLEAN},
    {.name = "ro", .type = SIM_BOOLEAN},
    {.name = "shared", .type = SIM_BOOLEAN},
    {.name = "size", .type = SIM_STRING, .format = "disk-size"},
    {.name = "volume", .type = SIM_STRING, .required = true, .default_key = true, .format = "pve-lxc-mp-string"},
    {0},
};

static const struct sim_option unused_keys[] = {
    {.name = "volume", .type = SIM_STRING, .required = true, .default_key = true, .format = "pve-volume-id"},
    {0},
};

const struct sim_option sim_ct_options[] = {
    {.name = "arch", .type = SIM_STRING, .values = "amd64, i386, arm64, armhf, riscv32, riscv64"},
    {.name = "cmode", .type = SIM_STRING, .values = "shell, console, tty"},
    {.name = "console", .type = SIM_BOOLEAN},
    {.name = "cores", .type = SIM_INTEGER, .min = "1", .max = "8192"},
    {.name = "cpulimit", .type = SIM_NUMBER, .min = "0", .max = "8192"},
    {.name = "cpuunits", .type = SIM_INTEGER, .min = "0", .max = "500000"},
    {.name = "debug", .type = SIM_BOOLEAN},
    {.name = "description", .type = SIM_STRING, .max_length = 8192},
    {.name = "dev", .type = SIM_STRING, .indexes = 256, .keys = dev_keys},
    {.name = "entrypoint", .type = SIM_STRING, .pattern = SIM_PAT_TEXT "+"},
    {.name = "env", .type = SIM_STRING, .pattern = "[A-Za-z0-9_]+=" SIM_PAT_TEXT "*"},
    {.name = "features", .type = SIM_STRING, .keys = features_keys},
    {.name = "hookscript", .type = SIM_STRING, .format = "pve-volume-id"},
    {.name = "hostname", .type = SIM_STRING, .max_length = 255, .format = "dns-name"},
    {.name = "lock",
     .type = SIM_STRING,
     .values = "backup, create, destroyed, disk, fstrim, migrate, mounted, rollback, snapshot, snapshot-delete"},
    {.name = "memory", .type = SIM_INTEGER, .min = "16"},
    {.name = "mp", .type = SIM_STRING, .indexes = 256, .keys = mp_keys},
    {.name = "nameserver", .type = SIM_STRING, .format = "lxc-ip-with-ll-iface-list"},
    {.name = "net", .type = SIM_STRING, .indexes = 32, .keys = net_keys},
    {.name = "onboot", .type = SIM_BOOLEAN},
    {.name = "ostype",
     .type = SIM_STRING,
     .values = "debian, devuan, ubuntu, centos, fedora, opensuse, archlinux, alpine, gentoo, nixos, unmanaged"},
    {.name = "protection", .type = SIM_BOOLEAN},
    {.name = "rootfs", .type = SIM_STRING, .keys = rootfs_keys},
    {.name = "searchdomain", .type = SIM_STRING, .format = "dns-name-list"},
    {.name = "startup", .type = SIM_STRING, .format = "pve-startup-order"},
    {.name = "swap", .type = SIM_INTEGER, .min = "0"},
    {.name = "tags", .type = SIM_STRING, .format = "pve-tag-list"},
    {.name = "template", .type = SIM_BOOLEAN},
    {.name = "timezone", .type = SIM_STRING, .format = "pve-ct-timezone"},
    {.name = "tty", .type = SIM_INTEGER, .min = "0", .max = "6"},
    {.name = "unprivileged", .type = SIM_BOOLEAN},
    {.name = "unused", .type = SIM_STRING, .indexes = 256, .keys = unused_keys},
    {0},
};

static const struct sim_option clone_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "newid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {0},
};

static const struct sim_option clone_options[] = {
    {.name = "bwlimit", .type = SIM_NUMBER, .min = "0"},
    {.name = "description", .type = SIM_STRING},
    {.name = "full", .type = SIM_BOOLEAN},
    {.name = "hostname", .type = SIM_STRING, .format = "dns-name"},
    {.name = "pool", .type = SIM_STRING, .format = "pve-poolid"},
    {.name = "snapname", .type = SIM_STRING, .max_length = 40, .format = "pve-configid"},
    {.name = "storage", .type = SIM_STRING, .format = "pve-storage-id"},
    {.name = "target", .type = SIM_STRING, .format = "pve-node"},
    {0},
};

static const struct sim_option vmid_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {0},
};

static const struct sim_option config_options[] = {
    {.name = "current", .type = SIM_BOOLEAN},
    {.name = "snapshot", .type = SIM_STRING, .max_length = 40, .format = "pve-configid"},
    {0},
};

static const struct sim_option console_options[] = {
    {.name = "escape", .type = SIM_STRING, .pattern = "\\^?[a-z]"},
    {0},
};

static const struct sim_option create_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "ostemplate", .type = SIM_STRING, .required = true, .max_length = 255},
    {0},
};

static const struct sim_option create_options[] = {
    {.name = "bwlimit", .type = SIM_NUMBER, .min = "0"},
    {.name = "force", .type = SIM_BOOLEAN},
    {.name = "ha-managed", .type = SIM_BOOLEAN},
    {.name = "ignore-unpack-errors", .type = SIM_BOOLEAN},
    {.name = "password", .type = SIM_STRING, .min_length = 5},
    {.name = "pool", .type = SIM_STRING, .format = "pve-poolid"},
    {.name = "restore", .type = SIM_BOOLEAN},
    {.name = "ssh-public-keys", .type = SIM_STRING},
    {.name = "start", .type = SIM_BOOLEAN},
    {.name = "storage", .type = SIM_STRING, .format = "pve-storage-id"},
    {.name = "unique", .type = SIM_BOOLEAN, .needs = "restore"},
    {0},
};

static const struct sim_option delsnapshot_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "snapname", .type = SIM_STRING, .required = true, .max_length = 40, .format = "pve-configid"},
    {0},
};

static const struct sim_option delsnapshot_options[] = {
    {.name = "force", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option destroy_options[] = {
    {.name = "destroy-unreferenced-disks", .type = SIM_BOOLEAN},
    {.name = "force", .type = SIM_BOOLEAN},
    {.name = "purge", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option enter_options[] = {
    {.name = "keep-env", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option exec_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "extra-args", .type = SIM_ARRAY},
    {0},
};

static const struct sim_option fsck_options[] = {
    {.name = "device", .type = SIM_STRING, .values = "rootfs, mp[0-255]"},
    {.name = "force", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option fstrim_options[] = {
    {.name = "ignore-mountpoints", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option migrate_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "target", .type = SIM_STRING, .required = true, .format = "pve-node"},
    {0},
};

static const struct sim_option migrate_options[] = {
    {.name = "bwlimit", .type = SIM_NUMBER, .min = "0"},
    {.name = "online", .type = SIM_BOOLEAN},
    {.name = "restart", .type = SIM_BOOLEAN},
    {.name = "target-storage", .type = SIM_STRING, .format = "storage-pair-list"},
    {.name = "timeout", .type = SIM_INTEGER},
    {0},
};

static const struct sim_option move_volume_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "volume", .type = SIM_STRING, .required = true, .values = "rootfs, mp[0-255], unused[0-255]"},
    {.name = "storage", .type = SIM_STRING, .format = "pve-storage-id"},
    {.name = "target-vmid", .type = SIM_INTEGER, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "target-volume", .type = SIM_STRING, .values = "rootfs, mp[0-255], unused[0-255]"},
    {0},
};

static const struct sim_option move_volume_options[] = {
    {.name = "bwlimit", .type = SIM_NUMBER, .min = "0"},
    {.name = "delete", .type = SIM_BOOLEAN},
    {.name = "digest", .type = SIM_STRING, .max_length = 40},
    {.name = "target-digest", .type = SIM_STRING, .max_length = 40},
    {0},
};

static const struct sim_option pull_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "path", .type = SIM_STRING, .required = true},
    {.name = "destination", .type = SIM_STRING, .required = true},
    {0},
};

static const struct sim_option pull_options[] = {
    {.name = "group", .type = SIM_STRING},
    {.name = "perms", .type = SIM_STRING},
    {.name = "user", .type = SIM_STRING},
    {0},
};

static const struct sim_option push_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "file", .type = SIM_STRING, .required = true},
    {.name = "destination", .type = SIM_STRING, .required = true},
    {0},
};

static const struct sim_option reboot_options[] = {
    {.name = "timeout", .type = SIM_INTEGER, .min = "0"},
    {0},
};

static const struct sim_option remote_migrate_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "target-vmid", .type = SIM_INTEGER, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "target-endpoint", .type = SIM_STRING, .required = true, .format = "proxmox-remote"},
    {0},
};

static const struct sim_option remote_migrate_options[] = {
    {.name = "bwlimit", .type = SIM_INTEGER, .min = "0"},
    {.name = "delete", .type = SIM_BOOLEAN},
    {.name = "online", .type = SIM_BOOLEAN},
    {.name = "restart", .type = SIM_BOOLEAN},
    {.name = "target-bridge", .type = SIM_STRING, .required = true, .format = "bridge-pair-list"},
    {.name = "target-storage", .type = SIM_STRING, .required = true, .format = "storage-pair-list"},
    {.name = "timeout", .type = SIM_INTEGER},
    {0},
};

static const struct sim_option rescan_options[] = {
    {.name = "dryrun", .type = SIM_BOOLEAN},
    {.name = "vmid", .type = SIM_INTEGER, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {0},
};

static const struct sim_option resize_args[] = {
    {.name = "vmid", .type = SIM_INTEGER, .required = true, .min = "100", .max = "999999999", .format = "pve-vmid"},
    {.name = "disk", .type = SIM_STRING, .required = true, .values = "rootfs, mp[0-255]"},
    {.name = "size", .type = SIM_STRING, .required = true, .pattern = "\\+?[0-9]+(\\.[0-9]+)?[KMGT]?"},
    {0},
};

static const struct sim_option resize_options[] = {
    {.name = "digest", .type = SIM_STRING, .max_length = 40},
    {0},
};

static const struct sim_option restore_options[] = {
    {.name = "bwlimit", .type = SIM_NUMBER, .min = "0"},
    {.name = "force", .type = SIM_BOOLEAN},
    {.name = "ha-managed", .type = SIM_BOOLEAN},
    {.name = "ignore-unpack-errors", .type = SIM_BOOLEAN},
    {.name = "password", .type = SIM_STRING, .min_length = 5},
    {.name = "pool", .type = SIM_STRING, .format = "pve-poolid"},
    {.name = "ssh-public-keys", .type = SIM_STRING},
    {.name = "start", .type = SIM_BOOLEAN},
    {.name = "storage", .type = SIM_STRING, .format = "pve-storage-id"},
    {.name = "unique", .type = SIM_BOOLEAN, .needs = "restore"},
    {0},
};

static const struct sim_option rollback_options[] = {
    {.name = "start", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option set_options[] = {
    {.name = "delete", .type = SIM_STRING, .format = "pve-configid-list"},
    {.name = "digest", .type = SIM_STRING, .max_length = 40},
    {.name = "revert", .type = SIM_STRING, .format = "pve-configid-list"},
    {0},
};

static const struct sim_option shutdown_options[] = {
    {.name = "forceStop", .type = SIM_BOOLEAN},
    {.name = "timeout", .type = SIM_INTEGER, .min = "0"},
    {0},
};

static const struct sim_option snapshot_options[] = {
    {.name = "description", .type = SIM_STRING},
    {0},
};

static const struct sim_option start_options[] = {
    {.name = "debug", .type = SIM_BOOLEAN},
    {.name = "skiplock", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option status_options[] = {
    {.name = "verbose", .type = SIM_BOOLEAN},
    {0},
};

static const struct sim_option stop_options[] = {
    {.name = "overrule-shutdown", .type = SIM_BOOLEAN},
    {.name = "skiplock", .type = SIM_BOOLEAN},
    {0},
};

const struct sim_command sim_pct_commands[] = {
    {.name = "clone", .args = clone_args, .options = clone_options, .run = pct_clone},
    {.name = "config", .args = vmid_args, .options = config_options, .run = pct_config},
    {.name = "console", .args = vmid_args, .options = console_options},
    {.name = "cpusets"},
    {.name = "create", .args = create_args, .options = create_options, .more = sim_ct_options, .run = pct_create},
    {.name = "delsnapshot", .args = delsnapshot_args, .options = delsnapshot_options, .run = pct_delsnapshot},
    {.name = "destroy", .args = vmid_args, .options = destroy_options, .run = pct_destroy},
    {.name = "df", .args = vmid_args, .run = pct_df},
    {.name = "enter", .args = vmid_args, .options = enter_options, .run = pct_enter},
    {.name = "exec", .args = exec_args, .options = enter_options, .run = pct_exec},
    {.name = "fsck", .args = vmid_args, .options = fsck_options},
    {.name = "fstrim", .args = vmid_args, .options = fstrim_options},
    {.name = "list", .run = pct_list},
    {.name = "listsnapshot", .args = vmid_args, .run = pct_listsnapshot},
    {.name = "migrate", .args = migrate_args, .options = migrate_options, .run = pct_migrate},
    {.name = "mount", .args = vmid_args, .run = pct_mount},
    {.name = "move-volume", .args = move_volume_args, .options = move_volume_options, .run = pct_move_volume},
    {.name = "move_volume", .alias = "move-volume"},
    {.name = "pending", .args = vmid_args, .run = pct_pending},
    {.name = "pull", .args = pull_args, .options = pull_options, .run = pct_pull},
    {.name = "push", .args = push_args, .options = pull_options, .run = pct_push},
    {.name = "reboot", .args = vmid_args, .options = reboot_options, .run = pct_reboot},
    {.name = "remote-migrate", .args = remote_migrate_args, .options = remote_migrate_options},
    {.name = "rescan", .options = rescan_options, .run = pct_rescan},
    {.name = "resize", .args = resize_args, .options = resize_options, .run = pct_resize},
    {.name = "restore", .args = create_args, .options = restore_options, .more = sim_ct_options, .run = pct_restore},
    {.name = "resume", .args = vmid_args},
    {.name = "rollback", .args = delsnapshot_args, .options = rollback_options, .run = pct_rollback},
    {.name = "set", .args = vmid_args, .options = set_options, .more = sim_ct_options, .run = pct_set},
    {.name = "shutdown", .args = vmid_args, .options = shutdown_options, .run = pct_shutdown},
    {.name = "snapshot", .args = delsnapshot_args, .options = snapshot_options, .run = pct_snapshot},
    {.name = "start", .args = vmid_args, .options = start_options, .run = pct_start},
    {.name = "status", .args = vmid_args, .options = status_options, .run = pct_status},
    {.name = "stop", .args = vmid_args, .options = stop_options, .run = pct_stop},
    {.name = "suspend", .args = vmid_args, .run = pct_suspend},
    {.name = "template", .args = vmid_args, .run = pct_template},
    {.name = "unlock", .args = vmid_args, .run = pct_unlock},
    {.name = "unmount", .args = vmid_args, .run = pct_unmount},
    {0},
};
