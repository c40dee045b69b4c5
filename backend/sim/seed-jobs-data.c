#include "backend/sim/seed.h"

/* The jobs that the demo's host has behind it. Each step stands here as its command and what that printed; @plan is the
 * id of the job's plan. */

#define CACHE "/var/cache/tengil-tui"

#define PULL_LOG                                                                                                       \
    "Getting image source signatures\n"                                                                                \
    "Copying blob sha256:b1badc6e50664185acfaa0ca255d8076061c2a9d881cecaaad281ae11af000ce\n"                           \
    "Copying blob sha256:5c2f0b1c9f1c7a4f3c9d02be3aa77c0c1d6d52c8e57e2ef1b1f7d0c9a3b5e8f4\n"                           \
    "Copying blob sha256:9e41d4a70cc1d2b3f57a80f6a4ce19d05a7d3e6b28f94c10be7f6d35a2c8104e\n"                           \
    "Copying config sha256:61aa90f1e2d3c4b5a697887f6e5d4c3b2a190817263544556677889900aabbcc\n"                         \
    "Writing manifest to image destination\n"

#define MKFS_LOG(disk, blocks, inodes, copies)                                                                         \
    "  Logical volume \"" disk "\" created.\n"                                                                         \
    "Creating filesystem with " blocks " 4k blocks and " inodes " inodes\n"                                            \
    "Filesystem UUID: 4f1d7c1a-5b0e-4c8e-9a57-8d0c2b6e3f19\n"                                                          \
    "Superblock backups stored on blocks: \n\t" copies "\n"
#define COPIES_4G "32768, 98304, 163840, 229376, 294912, 819200, 884736"
#define COPIES_8G COPIES_4G ", 1605632"

#define PULL(reference, name, took) PULL_OF(reference, name, took, 0)
#define PULL_OF(reference, name, took, bytes)                                                                          \
    {                                                                                                                  \
        .title = "Pull " reference,                                                                                    \
        .command = "skopeo copy --dest-shared-blob-dir " CACHE "/blobs --override-arch amd64 --override-os linux "     \
                   "docker://" reference " oci:" CACHE "/pull/" name ":image",                                         \
        .undo = "undo-pull " CACHE "/pull/" name, .log = PULL_LOG, .seconds = took, .total = bytes                     \
    }
#define ARCHIVE(reference, name, took)                                                                                 \
    {                                                                                                                  \
        .title = "Put the image in local",                                                                             \
        .command = "archive --reference " reference " --arch amd64 --plan @plan --blobs " CACHE "/blobs " CACHE        \
                   "/pull/" name " /var/lib/vz/template/cache/" name ".tar",                                           \
        .undo = "undo-archive --plan @plan /var/lib/vz/template/cache/" name ".tar", .log = "", .seconds = took,       \
        .verb = true                                                                                                   \
    }
#define CREATE(id, name, options, output, took)                                                                        \
    {                                                                                                                  \
        .title = "Create CT " id, .command = "pct create " id " local:vztmpl/" name ".tar " options,                   \
        .undo = "undo-create " id " @plan", .log = output, .seconds = took                                             \
    }
#define START(id, took)                                                                                                \
    {                                                                                                                  \
        .title = "Start CT " id, .command = "pct start " id, .log = "", .seconds = took                                \
    }
#define STOP(id, took)                                                                                                 \
    {                                                                                                                  \
        .title = "Shut down CT " id, .command = "pct shutdown " id " --timeout 60", .log = "", .seconds = took         \
    }

#define FRIGATE   "ghcr.io/blakeblackshear/frigate:0.16.2"
#define FRIGATE_F "ghcr.io_blakeblackshear_frigate_0.16.2_amd64"
#define IMMICH    "ghcr.io/immich-app/immich-server:v2.2.3"
#define IMMICH_F  "ghcr.io_immich-app_immich-server_v2.2.3_amd64"
#define MEALIE    "ghcr.io/mealie-recipes/mealie:v3.5.0"
#define MEALIE_F  "ghcr.io_mealie-recipes_mealie_v3.5.0_amd64"
#define MQTT      "docker.io/library/eclipse-mosquitto:2.0.22"
#define MQTT_F    "docker.io_library_eclipse-mosquitto_2.0.22_amd64"
#define NAVI      "docker.io/deluan/navidrome:0.58.5"
#define NAVI_F    "docker.io_deluan_navidrome_0.58.5_amd64"
#define NC0       "docker.io/library/nextcloud:32.0.0"
#define NC0_F     "docker.io_library_nextcloud_32.0.0_amd64"
#define NC1       "docker.io/library/nextcloud:32.0.1"
#define NC1_F     "docker.io_library_nextcloud_32.0.1_amd64"
#define SYNC      "docker.io/syncthing/syncthing:2.0.11"
#define SYNC_F    "docker.io_syncthing_syncthing_2.0.11_amd64"
#define DEBIAN_F  "debian-13-standard_13.1-2_amd64.tar.zst"
#define DEBIAN_U  "http://download.proxmox.com/images/system/" DEBIAN_F
#define NET       "--net0 name=eth0,bridge=vmbr0,ip=dhcp,host-managed=1 --unprivileged 1"
#define OCI_LOG   "Detected OCI archive\n"

const struct seed_job seed_jobs[] = {
    {.id = 42,
     .kind = "start",
     .title = "Start CT 106 homeassistant",
     .vmid = 106,
     .days = 0,
     .hour = 9,
     .minute = 12,
     .state = "done",
     .steps = {START("106", 4)}},
    {.id = 41,
     .kind = "create",
     .title = "Create CT 110 frigate",
     .vmid = 110,
     .days = 1,
     .hour = 21,
     .minute = 14,
     .state = "failed",
     .failed = 3,
     .exit = 255,
     .undone = "Undone: no CT 110 and no disk of it is left.",
     .text = "No space left on device: the disk is smaller than the image. Undone. The image stays in local.",
     .image_volid = "local:vztmpl/" FRIGATE_F ".tar",
     .spec = "oci: {image: blakeblackshear/frigate, tag: 0.16.2, registry: ghcr.io}\n"
             "hostname: frigate\ncores: 4\nmemory: 4096\nswap: 512\ndisk: 4\nstorage: local-lvm\n"
             "mounts:\n  - {source: /tank/media, target: /media}\n"
             "env: {TZ: Europe/Stockholm}\nstart: true\n",
     .steps = {PULL_OF(FRIGATE, FRIGATE_F, 161, 2662 * MIB),
               ARCHIVE(FRIGATE, FRIGATE_F, 19),
               CREATE("110", FRIGATE_F,
                      "--hostname frigate --cores 4 --memory 4096 --swap 512 --rootfs local-lvm:4 " NET,
                      MKFS_LOG("vm-110-disk-0", "1048576", "262144", COPIES_4G) OCI_LOG
                      "  Logical volume \"vm-110-disk-0\" successfully removed.\n"
                      "unable to create CT 110 - No space left on device (os error 28)\n",
                      7),
               {.title = "Mount /tank/media at /media", .command = "pct set 110 --mp0 /tank/media,mp=/media"},
               {.title = "Set TZ in the environment of CT 110", .command = "env 110 TZ=Europe/Stockholm", .verb = true},
               START("110", 0),
               {.title = "Wait for an address of CT 110", .command = "wait 110", .verb = true}}},
    {.id = 40,
     .kind = "change",
     .title = "Upgrade CT 102 nextcloud",
     .vmid = 102,
     .days = 2,
     .hour = 10,
     .minute = 9,
     .state = "done",
     .image_volid = "local:vztmpl/" NC1_F ".tar",
     .steps = {PULL(NC1, NC1_F, 96),
               ARCHIVE(NC1, NC1_F, 6),
               STOP("102", 11),
               {.title = "Put the new root disk in its place",
                .command = "pct set 102 --rootfs local-lvm:vm-102-disk-0,size=16G",
                .log = "",
                .seconds = 42},
               START("102", 6)}},
    {.id = 39,
     .kind = "change",
     .title = "Upgrade CT 105 immich",
     .vmid = 105,
     .days = 3,
     .hour = 18,
     .minute = 30,
     .state = "done",
     .image_volid = "local:vztmpl/" IMMICH_F ".tar",
     .steps = {PULL(IMMICH, IMMICH_F, 22),
               ARCHIVE(IMMICH, IMMICH_F, 8),
               STOP("105", 9),
               {.title = "Put the new root disk in its place",
                .command = "pct set 105 --rootfs local-lvm:vm-105-disk-0,size=32G",
                .log = "",
                .seconds = 26},
               START("105", 5)}},
    {.id = 38,
     .kind = "change",
     .title = "Upgrade CT 105 immich",
     .vmid = 105,
     .days = 3,
     .hour = 18,
     .minute = 12,
     .state = "cancelled",
     .failed = 1,
     .exit = 143,
     .undone = "Undone: nothing had been changed.",
     .text = "Cancelled at step 1 of 5. Undone: nothing had been changed.",
     .steps = {PULL(IMMICH, IMMICH_F, 21),
               ARCHIVE(IMMICH, IMMICH_F, 0),
               STOP("105", 0),
               {.title = "Put the new root disk in its place",
                .command = "pct set 105 --rootfs local-lvm:vm-105-disk-0,size=32G"},
               START("105", 0)}},
    {.id = 37,
     .kind = "change",
     .title = "Back up CT 104 paperless",
     .vmid = 104,
     .days = 4,
     .hour = 23,
     .minute = 5,
     .state = "done",
     .steps = {{.title = "Back up CT 104",
                .command = "vzdump 104 --storage local --mode stop --compress zstd",
                .log = "INFO: starting new backup job: vzdump 104 --compress zstd --mode stop --storage local\n"
                       "INFO: Starting Backup of VM 104 (lxc)\nINFO: status = stopped\n"
                       "INFO: backup mode: stop\nINFO: ionice priority: 7\nINFO: CT Name: paperless\n"
                       "INFO: creating vzdump archive\nINFO: Total bytes written: 6129142784 (5.8GiB, 26MiB/s)\n"
                       "INFO: archive file size: 3.40GB\nINFO: Finished Backup of VM 104 (00:03:52)\n"
                       "INFO: Backup job finished successfully\n",
                .seconds = 235}}},
    {.id = 36,
     .kind = "change",
     .title = "Change CT 108 gitea",
     .vmid = 108,
     .days = 5,
     .hour = 20,
     .minute = 40,
     .state = "done",
     .steps = {{.title = "Change memory and cores of CT 108",
                .command = "pct set 108 --memory 1024 --cores 2",
                .log = "",
                .seconds = 2}}},
    {.id = 35,
     .kind = "create",
     .title = "Create CT 130 mealie",
     .vmid = 130,
     .days = 10,
     .hour = 19,
     .minute = 22,
     .state = "done",
     .image_volid = "local:vztmpl/" MEALIE_F ".tar",
     .steps = {PULL(MEALIE, MEALIE_F, 38), ARCHIVE(MEALIE, MEALIE_F, 3),
               CREATE("130", MEALIE_F, "--hostname mealie --cores 1 --memory 512 --swap 512 --rootfs local-lvm:8 " NET,
                      MKFS_LOG("vm-130-disk-0", "2097152", "524288", COPIES_8G) OCI_LOG, 17),
               START("130", 4)}},
    {.id = 34,
     .kind = "destroy",
     .title = "Destroy CT 110 test",
     .vmid = 110,
     .days = 12,
     .hour = 22,
     .minute = 3,
     .state = "done",
     .steps = {{.title = "Destroy CT 110",
                .command = "pct destroy 110",
                .log = "  Logical volume \"vm-110-disk-0\" successfully removed.\n",
                .seconds = 6}}},
    {.id = 33,
     .kind = "create",
     .title = "Create CT 109 mqtt",
     .vmid = 109,
     .days = 38,
     .hour = 20,
     .minute = 51,
     .state = "done",
     .image_volid = "local:vztmpl/" MQTT_F ".tar",
     .steps = {PULL(MQTT, MQTT_F, 21), ARCHIVE(MQTT, MQTT_F, 1),
               CREATE("109", MQTT_F, "--hostname mqtt --cores 1 --memory 256 --swap 256 --rootfs local-lvm:2 " NET,
                      MKFS_LOG("vm-109-disk-0", "524288", "131072", "32768, 98304, 163840, 229376, 294912") OCI_LOG,
                      12),
               START("109", 4)}},
    {.id = 32,
     .kind = "change",
     .title = "Change CT 102 nextcloud",
     .vmid = 102,
     .days = 40,
     .hour = 8,
     .minute = 17,
     .state = "done",
     .steps = {{.title = "Mount /tank/photos at /mnt/photos",
                .command = "pct set 102 --mp1 /tank/photos,mp=/mnt/photos,ro=1",
                .log = "",
                .seconds = 2}}},
    {.id = 31,
     .kind = "create",
     .title = "Create CT 102 nextcloud",
     .vmid = 102,
     .days = 41,
     .hour = 21,
     .minute = 40,
     .state = "done",
     .image_volid = "local:vztmpl/" NC0_F ".tar",
     .steps = {PULL(NC0, NC0_F, 88),
               ARCHIVE(NC0, NC0_F, 6),
               CREATE("102", NC0_F,
                      "--hostname nextcloud --cores 4 --memory 4096 --swap 512 --rootfs local-lvm:16 "
                      "--mp0 tank:200,mp=/var/www/html " NET,
                      MKFS_LOG("vm-102-disk-0", "4194304", "1048576", COPIES_8G ", 2654208, 4096000") OCI_LOG, 79),
               {.title = "Set 2 variables in the environment of CT 102",
                .command = "env 102 PHP_MEMORY_LIMIT=1G TZ=Europe/Stockholm",
                .log = "",
                .seconds = 1,
                .verb = true},
               START("102", 8)}},
    {.id = 30,
     .kind = "pull",
     .title = "Pull nextcloud:32.0.0",
     .days = 41,
     .hour = 21,
     .minute = 31,
     .state = "done",
     .image_volid = "local:vztmpl/" NC0_F ".tar",
     .steps = {PULL(NC0, NC0_F, 85), ARCHIVE(NC0, NC0_F, 6)}},
    {.id = 29,
     .kind = "download",
     .title = "Download debian-13-standard",
     .days = 44,
     .hour = 14,
     .minute = 6,
     .state = "done",
     .steps = {{.title = "Download debian-13-standard",
                .command = "pveam download local " DEBIAN_F,
                .log = "downloading " DEBIAN_U " to /var/lib/vz/template/cache/" DEBIAN_F "\n"
                       "calculating checksum...OK, checksum verified\n"
                       "download of '" DEBIAN_U "' to '/var/lib/vz/template/cache/" DEBIAN_F "' finished\n",
                .seconds = 9}}},
    {.id = 28,
     .kind = "download",
     .title = "Download debian-13-standard",
     .days = 44,
     .hour = 14,
     .minute = 1,
     .state = "running",
     .read = true,
     .failed = 1,
     .steps = {{.title = "Download debian-13-standard",
                .command = "pveam download local " DEBIAN_F,
                .log = "downloading " DEBIAN_U " to /var/lib/vz/template/cache/" DEBIAN_F "\n",
                .seconds = 4}}},
    {.id = 27,
     .kind = "create",
     .title = "Create CT 128 navidrome",
     .vmid = 128,
     .days = 46,
     .hour = 18,
     .minute = 44,
     .state = "done",
     .image_volid = "local:vztmpl/" NAVI_F ".tar",
     .steps = {PULL(NAVI, NAVI_F, 26), ARCHIVE(NAVI, NAVI_F, 2),
               CREATE("128", NAVI_F, "--hostname navidrome --cores 1 --memory 512 --swap 512 --rootfs local-lvm:8 " NET,
                      MKFS_LOG("vm-128-disk-0", "2097152", "524288", COPIES_8G) OCI_LOG, 15),
               START("128", 4)}},
    {.id = 26,
     .kind = "create",
     .title = "Create CT 126 syncthing",
     .vmid = 126,
     .days = 46,
     .hour = 17,
     .minute = 12,
     .state = "done",
     .image_volid = "local:vztmpl/" SYNC_F ".tar",
     .steps = {PULL(SYNC, SYNC_F, 29), ARCHIVE(SYNC, SYNC_F, 2),
               CREATE("126", SYNC_F, "--hostname syncthing --cores 1 --memory 512 --swap 512 --rootfs local-lvm:8 " NET,
                      MKFS_LOG("vm-126-disk-0", "2097152", "524288", COPIES_8G) OCI_LOG, 16),
               START("126", 4)}},
};
const size_t seed_njobs = sizeof(seed_jobs) / sizeof(seed_jobs[0]);
