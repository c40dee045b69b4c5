#include "tests/unit/unit.h"

#include "tests/unit/plan-world.h"

#include "backend/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define GIB (1024ull * 1024 * 1024)
#define MIB (1024ull * 1024)

static const struct {
    int vmid;
    const char *node, *name, *lock;
    enum ct_state state;
    const char *conf;
} cts[] = {
    {102, "pve", "nextcloud", NULL, CT_RUNNING,
     "arch: amd64\nhostname: nextcloud\nmp0: tank:subvol-102-disk-0,mp=/var/www/html,size=200G\n"
     "mp1: /tank/photos,mp=/mnt/photos,ro=1\nprotection: 1\nrootfs: local-lvm:vm-102-disk-0,size=16G\n"
     "unprivileged: 1\n"},
    {104, "pve", "paperless", NULL, CT_STOPPED,
     "arch: amd64\ndev0: /dev/dri/renderD128,gid=104,mode=0660,uid=0\nhostname: paperless\n"
     "mp0: tank:subvol-104-disk-0,mp=/usr/src/paperless/data,size=4G\nmp2: /tank/scans,mp=/usr/src/paperless/consume\n"
     "rootfs: local-lvm:vm-104-disk-0,size=8G\nunprivileged: 1\n\n[before-upgrade]\narch: amd64\n"},
    {105, "pve", "immich", "backup", CT_RUNNING,
     "arch: amd64\nhostname: immich\nlock: backup\nrootfs: tank:x,size=8G\n"},
    {107, "pve", "debian-dev", NULL, CT_STOPPED,
     "hostname: debian-dev\nrootfs: local-lvm:base-107-disk-0,size=4G\ntemplate: 1\n"},
    {108, "pve", "gitea", NULL, CT_RUNNING,
     "arch: amd64\nhostname: gitea\nrootfs: local-lvm:vm-108-disk-0,size=8G\nunprivileged: 1\n"},
    {109, "pve", "mqtt", "mounted", CT_RUNNING, "hostname: mqtt\nlock: mounted\nrootfs: tank:y,size=1G\n"},
    {120, "pve2", "adguard2", NULL, CT_RUNNING, "hostname: adguard2\nrootfs: local-lvm:vm-120-disk-0,size=2G\n"},
};

static const struct {
    const char *id, *type, *path, *content[4];
    bool disabled, active;
    uint64_t total, avail;
} storages[] = {
    {"local", "dir", "/var/lib/vz", {"iso", "vztmpl", "backup"}, false, true, 94 * GIB, 61 * GIB},
    {"local-lvm", "lvmthin", NULL, {"rootdir", "images"}, false, true, 794 * GIB, 412 * GIB},
    {"tank", "zfspool", NULL, {"rootdir", "images"}, false, true, 7300 * GIB, 3200 * GIB},
    {"vmdata", "lvm", NULL, {"rootdir"}, false, true, 200 * GIB, 20 * GIB},
    {"old", "dir", "/mnt/old", {"rootdir", "vztmpl"}, true, false, 0, 0},
    {"nas", "nfs", "/mnt/pve/nas", {"vztmpl", "rootdir"}, false, false, 0, 0},
};

/* Sorted, as those of a host. */
static const struct image images[] = {
    {.storage = (char *)"local",
     .file = (char *)"debian-13-standard_13.1-2_amd64.tar.zst",
     .volid = (char *)"local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst",
     .path = (char *)"/var/lib/vz/template/cache/debian-13-standard_13.1-2_amd64.tar.zst",
     .size = 124 * MIB,
     .mtime = 1760000000},
    {.storage = (char *)"local",
     .file = (char *)"docker.io_library_junk_1_amd64.tar",
     .volid = (char *)"local:vztmpl/docker.io_library_junk_1_amd64.tar",
     .path = (char *)"/var/lib/vz/template/cache/docker.io_library_junk_1_amd64.tar",
     .size = 12},
    {.storage = (char *)"local",
     .file = (char *)"ghcr.io_gitea_act__runner_0.2.13_amd64.tar",
     .volid = (char *)"local:vztmpl/ghcr.io_gitea_act__runner_0.2.13_amd64.tar",
     .path = (char *)"/var/lib/vz/template/cache/ghcr.io_gitea_act__runner_0.2.13_amd64.tar",
     .size = 69 * MIB,
     .mtime = 1763806140, /* 2025-11-22 10:09 UTC */
     .oci = true,
     .reference = (char *)"ghcr.io/gitea/act_runner:0.2.13",
     .digest = (char *)"sha256:91c0be7724ad3b6f0c52d1f2a8e947b65d03c1e87f42a90bb6c8d5e41207fa3e",
     .arch = (char *)"amd64"},
};

static const struct gpu gpus[] = {
    {.pci = (char *)"0000:00:02.0",
     .vendor = (char *)"intel",
     .driver = (char *)"i915",
     .name = (char *)"Intel UHD Graphics 770",
     .render = (char *)"/dev/dri/renderD128",
     .card = (char *)"/dev/dri/card0"},
    {.pci = (char *)"0000:01:00.0",
     .vendor = (char *)"nvidia",
     .driver = (char *)"nvidia",
     .name = (char *)"NVIDIA T400",
     .render = (char *)"/dev/dri/renderD129",
     .card = (char *)"/dev/dri/card1"},
    {.pci = (char *)"0000:02:00.0", .vendor = (char *)"amd", .name = (char *)"AMD Radeon RX 550"},
};

static const struct host_folder folders[] = {
    {.path = (char *)"/tank/media", .exists = true, .is_folder = true, .uid = 1000, .gid = 1000, .mode = 0755},
    {.path = (char *)"/tank/new", .exists = true, .is_folder = true, .uid = 100000, .gid = 100000, .mode = 0700},
    {.path = (char *)"/tank/missing"},
    {.path = (char *)"/etc/passwd", .exists = true, .mode = 0644},
};

static void init_cts(struct world *w)
{
    size_t n = sizeof(cts) / sizeof(cts[0]);
    struct err err = {0};

    for (size_t i = 0; i < n; i++) {
        assert_int_equal(ctconf_parse(cts[i].conf, strlen(cts[i].conf), &w->confs[i], &err), 0);
        w->cts[i] = (struct ct){
            .vmid = cts[i].vmid,
            .node = (char *)cts[i].node,
            .name = (char *)cts[i].name,
            .lock = (char *)cts[i].lock,
            .state = cts[i].state,
            .conf = &w->confs[i],
        };
        w->guests[i] = (struct guest){.vmid = cts[i].vmid, .node = (char *)cts[i].node};
    }
    w->guests[n] = (struct guest){.vmid = 121, .node = (char *)"pve2"}; /* its conf could not be read */
    w->guests[n + 1] = (struct guest){.vmid = 200, .node = (char *)"pve", .qemu = true};
    w->host.cts = w->cts;
    w->host.ncts = n;
    w->host.guests = w->guests;
    w->host.nguests = n + 2;
}

static void init_storages(struct world *w)
{
    size_t n = sizeof(storages) / sizeof(storages[0]);

    for (size_t i = 0; i < n; i++) {
        w->storages[i] = (struct storage){
            .id = (char *)storages[i].id,
            .type = (char *)storages[i].type,
            .path = (char *)storages[i].path,
            .template_dir = storages[i].path ? mem_printf("%s/template/cache", storages[i].path) : NULL,
            .disabled = storages[i].disabled,
            .active = storages[i].active,
            .total = storages[i].total,
            .avail = storages[i].avail,
        };
        for (size_t k = 0; storages[i].content[k]; k++)
            argv_push(&w->storages[i].content, storages[i].content[k]);
    }
    w->host.storages = w->storages;
    w->host.nstorages = n;
}

static void init_devices(struct world *w)
{
    memcpy(w->images, images, sizeof(images));
    w->host.images = w->images;
    w->host.nimages = sizeof(images) / sizeof(images[0]);
    w->bridges[0] = (struct bridge){.name = (char *)"vmbr9", .up = false};
    w->bridges[1] = (struct bridge){.name = (char *)"vmbr0", .uplink = (char *)"enp2s0", .up = true};
    w->bridges[2] = (struct bridge){.name = (char *)"vmbr1", .up = true};
    w->host.bridges = w->bridges;
    w->host.nbridges = 3;
    memcpy(w->gpus, gpus, sizeof(gpus));
    w->host.gpus = w->gpus;
    w->host.ngpus = sizeof(gpus) / sizeof(gpus[0]);
    memcpy(w->folders, folders, sizeof(folders));
    w->host.folders = w->folders;
    w->host.nfolders = sizeof(folders) / sizeof(folders[0]);
}

void world_init(struct world *w)
{
    *w = (struct world){0};
    w->host = (struct host){
        .node = (char *)"pve",
        .pve_version = (char *)"9.2.11",
        .container_version = (char *)"6.1.10",
        .arch = (char *)"amd64",
        .cpus = 12,
        .mem_total = 64102 * MIB,
        .mem_avail = 42188 * MIB,
        .next_lower = 100,
        .next_upper = 1000000,
    };
    init_cts(w);
    init_storages(w);
    init_devices(w);
    argv_push(&w->host.pools, "media");
    argv_push(&w->host.nodes, "pve");
    argv_push(&w->host.nodes, "pve2");
    w->facts = (struct image_facts){
        .digest = mem_strdup("sha256:7c1f04b9a2de0000000000000000000000000000000000000000000000000000"),
        .arch = mem_strdup("amd64"),
        .size = 446 * MIB,
        .missing = 308 * MIB,
    };
    spec_init(&w->spec);
    world_image(w, "alpine:3.20");
}

void world_clear(struct world *w)
{
    for (size_t i = 0; i < w->host.ncts; i++)
        ctconf_clear(&w->confs[i]);
    for (size_t i = 0; i < sizeof(storages) / sizeof(storages[0]); i++) {
        argv_clear(&w->storages[i].content);
        free(w->storages[i].template_dir);
    }
    argv_clear(&w->host.pools);
    argv_clear(&w->host.nodes);
    argv_clear(&w->facts.env);
    argv_clear(&w->facts.volumes);
    argv_clear(&w->facts.entrypoint);
    free(w->facts.digest);
    free(w->facts.arch);
    free(w->facts.user);
    spec_clear(&w->spec);
}

void world_image(struct world *w, const char *reference)
{
    struct err err = {0};

    imageref_clear(&w->spec.image);
    if (imageref_parse(reference, &w->spec.image, &err) != 0)
        fail_msg("%s", err.text);
    w->spec.kind = SPEC_OCI;
}

void world_wish_template(struct world *w, const char *template)
{
    imageref_clear(&w->spec.image);
    w->spec.kind = SPEC_LXC;
    mem_set(&w->spec.template, template);
}

struct spec_mount *world_folder(struct world *w, const char *source, const char *target)
{
    struct spec_mount *mount = spec_add_mount(&w->spec);

    mem_set(&mount->source, source);
    mem_set(&mount->target, target);
    return mount;
}

struct spec_mount *world_volume(struct world *w, const char *storage, long size, const char *target)
{
    struct spec_mount *mount = spec_add_mount(&w->spec);

    mem_set(&mount->storage, storage);
    mem_set(&mount->target, target);
    mount->size = size;
    return mount;
}

void world_env(struct world *w, const char *name, const char *value, const char *file)
{
    struct spec_env *env = spec_add_env(&w->spec);

    mem_set(&env->name, name);
    mem_set(&env->value, value);
    mem_set(&env->file, file);
}

struct spec_net *world_net(struct world *w)
{
    return spec_add_net(&w->spec);
}

void world_no_gpus(struct world *w)
{
    w->host.ngpus = 0;
}

struct ct *world_ct(struct world *w, int vmid)
{
    for (size_t i = 0; i < w->host.ncts; i++)
        if (w->cts[i].vmid == vmid)
            return &w->cts[i];
    fail_msg("no CT %d in the world", vmid);
    return NULL;
}

void world_wish_jellyfin(struct world *w)
{
    struct spec *spec = &w->spec;

    world_image(w, "jellyfin/jellyfin:10.11.2");
    mem_set(&spec->hostname, "jellyfin");
    mem_set(&spec->storage, "local-lvm");
    spec->vmid = 110;
    spec->cores = 4;
    spec->memory = 4096;
    spec->swap = 512;
    spec->disk = 16;
    spec->onboot = SPEC_TRUE;
    spec->start = SPEC_TRUE;
    spec->gpu.passthrough = SPEC_TRUE;
    mem_set(&spec->gpu.pci, "0000:00:02.0");
    argv_push(&spec->tags, "media");
    world_volume(w, "tank", 8, "/config");
    world_folder(w, "/tank/media", "/media")->readonly = SPEC_TRUE;
    world_volume(w, "tank", 16, "/cache");
    mem_set(&world_net(w)->bridge, "vmbr0");
    world_env(w, "TZ", "Europe/Stockholm", NULL);
    argv_push(&w->facts.volumes, "/config");
    argv_push(&w->facts.volumes, "/cache");
}

struct plan *world_create(struct world *w, struct spec_problems *problems)
{
    struct spec_problems own = {0};
    struct spec_problems *p = problems ? problems : &own;
    struct plan *plan =
        plan_create(&w->spec, &w->host, w->no_facts ? NULL : &w->facts, &w->settings, WORLD_ID, w->taken, w->ntaken, p);

    if (own.n)
        fail_msg("%s: %s", own.v[0].field, own.v[0].reason);
    return plan;
}
