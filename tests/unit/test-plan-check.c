/* Every rule against a host, and the sentence that a person gets. */
#include "tests/unit/unit.h"

#include "tests/unit/plan-world.h"

#include "backend/base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- create ------------------------------------------------------------------------------------------------------ */

static void vmid_of_ct(struct world *w)
{
    w->spec.vmid = 102;
}
static void vmid_of_vm(struct world *w)
{
    w->spec.vmid = 200;
}
static void vmid_elsewhere(struct world *w)
{
    w->spec.vmid = 121;
}
static void vmid_claimed(struct world *w)
{
    w->spec.vmid = 300;
    w->taken[0] = 300;
    w->ntaken = 1;
}
static void no_vmid_left(struct world *w)
{
    w->host.next_lower = 102;
    w->host.next_upper = 103;
}
static void too_many_cores(struct world *w)
{
    w->spec.cores = 13;
}
static void too_much_memory(struct world *w)
{
    w->spec.memory = 64103;
}
static void storage_unknown(struct world *w)
{
    mem_set(&w->spec.storage, "nope");
}
static void storage_disabled(struct world *w)
{
    mem_set(&w->spec.storage, "old");
}
static void storage_inactive(struct world *w)
{
    mem_set(&w->spec.storage, "nas");
}
static void storage_of_images(struct world *w)
{
    mem_set(&w->spec.storage, "local");
}
static void image_storage_of_disks(struct world *w)
{
    mem_set(&w->spec.image_storage, "local-lvm");
}
static void no_storage(struct world *w)
{
    w->host.nstorages = 1;
}
static void volume_unknown(struct world *w)
{
    world_folder(w, "/tank/media", "/media");
    world_volume(w, "nope", 8, "/data")->line = 12;
}
static void disk_too_big(struct world *w)
{
    mem_set(&w->spec.storage, "vmdata");
    w->spec.disk = 21;
}
static void volumes_too_big(struct world *w)
{
    mem_set(&w->spec.storage, "vmdata");
    w->spec.disk = 8;
    world_volume(w, "vmdata", 13, "/data");
}
static void image_too_big(struct world *w)
{
    w->storages[0].avail = 445ull << 20;
}
static void bridge_unknown(struct world *w)
{
    mem_set(&world_net(w)->bridge, "vmbr7");
}
static void bridge_down(struct world *w)
{
    world_net(w);
    mem_set(&world_net(w)->bridge, "vmbr9");
}
static void no_bridge_up(struct world *w)
{
    w->host.nbridges = 1;
}
static void slaac(struct world *w)
{
    mem_set(&world_net(w)->ip6, "auto");
}
static void pool_unknown(struct world *w)
{
    mem_set(&w->spec.pool, "work");
}
static void old_containers(struct world *w)
{
    w->host.container_version = (char *)"6.0.14";
}
static void old_pve(struct world *w)
{
    w->host.container_version = NULL;
    w->host.pve_version = (char *)"8.4.1";
}
static void privileged(struct world *w)
{
    w->spec.unprivileged = SPEC_FALSE;
}
static void foreign_arch(struct world *w)
{
    mem_set(&w->spec.arch, "arm64");
    mem_set(&w->facts.arch, "arm64");
}
static void image_of_other_arch(struct world *w)
{
    mem_set(&w->facts.arch, "arm64");
}
static void env_with_line_feed(struct world *w)
{
    argv_push(&w->facts.env, "A=l1\nmemory: 99");
}
static void env_with_control(struct world *w)
{
    argv_push(&w->facts.env, "A=\001");
}
static void entrypoint_with_line_feed(struct world *w)
{
    argv_push(&w->facts.entrypoint, "sh\n-c");
}
static void no_gpu(struct world *w)
{
    w->spec.gpu.passthrough = SPEC_TRUE;
    world_no_gpus(w);
}
static void gpu_elsewhere(struct world *w)
{
    w->spec.gpu.passthrough = SPEC_TRUE;
    mem_set(&w->spec.gpu.pci, "0000:09:00.0");
}
static void gpu_without_node(struct world *w)
{
    w->spec.gpu.passthrough = SPEC_TRUE;
    mem_set(&w->spec.gpu.type, "amd");
}
static void file_is_no_archive(struct world *w)
{
    world_image(w, "junk:1");
}
static void long_name(struct world *w)
{
    static char id[64];

    memset(id, 's', 60);
    w->storages[0].id = id;
    world_image(w,
                "docker.io/"
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"
                "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
                "bbbbbb:1");
}
static void image_is_no_template(struct world *w)
{
    world_wish_template(w, "local:vztmpl/ghcr.io_gitea_act__runner_0.2.13_amd64.tar");
}
static void template_is_no_name(struct world *w)
{
    world_wish_template(w, "debian");
}
static void template_in_upper_case(struct world *w)
{
    world_wish_template(w, "local:vztmpl/FOO.TAR");
}
static void template_of_other_content(struct world *w)
{
    world_wish_template(w, "local:iso/x.tar.gz");
}
static void template_storage_unknown(struct world *w)
{
    world_wish_template(w, "nope:vztmpl/x.tar.gz");
}
static void long_description(struct world *w)
{
    char *text = mem_zero(1, 8192);

    memset(text, 'x', 8100);
    mem_set(&w->spec.description, text);
    free(text);
}
static void long_env(struct world *w)
{
    char *text = mem_zero(1, 131072);

    memset(text, 'x', 131070);
    world_env(w, "LONG", text, NULL);
    free(text);
}

static void any_folder(struct world *w)
{
    world_folder(w, "/tank/x", "/x");
}
static void folder_of_another(struct world *w)
{
    world_folder(w, "/tank/media", "/media");
}
static void folder_of_nobody(struct world *w)
{
    w->folders[0].mode = 0750;
    world_folder(w, "/tank/media", "/media");
}
static void folder_missing(struct world *w)
{
    world_folder(w, "/tank/missing", "/x")->line = 9;
}
static void folder_is_file(struct world *w)
{
    world_folder(w, "/etc/passwd", "/x");
}

static void much_env(struct world *w)
{
    char *text = mem_zero(1, 131072);

    memset(text, 'x', 131000);
    for (int i = 0; i < 9; i++)
        world_env(w, "LONG", text, NULL);
    free(text);
}

static const struct {
    const char *name;
    void (*change)(struct world *w);
    const char *field, *sentence;
} refused[] = {
    {"id of a CT", vmid_of_ct, "vmid", "belongs to the CT nextcloud on node pve. Choose another"},
    {"id of a VM", vmid_of_vm, "vmid", "belongs to a virtual machine on node pve"},
    {"id on another node", vmid_elsewhere, "vmid", "belongs to a CT on node pve2"},
    {"id of a running job", vmid_claimed, "vmid", "claimed by a job that runs now. Wait for it"},
    {"no free id", no_vmid_left, "vmid", "No id is free from 102 to 102"},
    {"cores", too_many_cores, "cores", "has 12 CPUs, and 13 cores are asked for"},
    {"memory", too_much_memory, "memory", "62.6 GiB of memory, and the CT would get 64103 MiB. Give it 64102 at most"},
    {"unknown storage", storage_unknown, "storage",
     "The storage nope does not exist. These can be taken: local-lvm, tank, vmdata."},
    {"disabled storage", storage_disabled, "storage", "The storage old is disabled"},
    {"inactive storage", storage_inactive, "storage", "The storage nas is not active"},
    {"storage without disks", storage_of_images, "storage", "does not take disks of containers (content type rootdir)"},
    {"storage without images", image_storage_of_disks, "image_storage",
     "does not take images and templates (content type vztmpl). These can be taken: local."},
    {"no storage for disks", no_storage, "storage", "No storage of this host takes disks of containers"},
    {"storage of a volume", volume_unknown, "mounts[1].volume", "The storage nope does not exist"},
    {"missing folder", folder_missing, "mounts[0].source", "/tank/missing does not exist on the host. Make the folder"},
    {"file as folder", folder_is_file, "mounts[0].source", "/etc/passwd is no folder"},
    {"room for the disk", disk_too_big, "disk", "The storage vmdata has 20 GiB free, and 21 GiB are needed there"},
    {"room for disk and volumes", volumes_too_big, "disk", "20 GiB free, and 21 GiB are needed there"},
    {"room for the image", image_too_big, "image_storage", "The storage local has 445 MiB free, and 446 MiB"},
    {"unknown bridge", bridge_unknown, "network.bridge",
     "There is no bridge vmbr7. This host has vmbr9, vmbr0, vmbr1."},
    {"bridge that is down", bridge_down, "network[1].bridge", "is down. Bring it up with `ifup vmbr9`"},
    {"no bridge up", no_bridge_up, "network.bridge", "No bridge is up for this network. This host has vmbr9."},
    {"SLAAC", slaac, "network.ip6", "does not go together with a network that the host manages"},
    {"pool", pool_unknown, "pool", "The pool work does not exist. There is media."},
    {"old pve-container", old_containers, "image",
     "need pve-container 6.0.15, which came with Proxmox VE 9.1; this host "
     "has 6.0.14"},
    {"old Proxmox VE", old_pve, "image", "need Proxmox VE 9.1; this host has 8.4.1"},
    {"privileged", privileged, "unprivileged", "cannot make a privileged CT from an OCI image"},
    {"arch", foreign_arch, "arch", "This host is amd64 and cannot run programs made for arm64"},
    {"arch of the image", image_of_other_arch, "image", "alpine:3.20 is made for arm64, not for amd64"},
    {"line feed in env", env_with_line_feed, "image", "environment holds a line feed or another control character"},
    {"control byte in env", env_with_control, "image", "environment holds a line feed or another control character"},
    {"line feed in entry point", entrypoint_with_line_feed, "image", "entry point holds a line feed"},
    {"no GPU", no_gpu, "gpu.type", "This host has no GPU with a render node"},
    {"GPU at a wrong place", gpu_elsewhere, "gpu.pci",
     "no GPU at 0000:09:00.0. It has Intel UHD Graphics 770 at 0000:00:02.0"},
    {"GPU without a driver", gpu_without_node, "gpu.type", "AMD Radeon RX 550 (0000:02:00.0) has no render node"},
    {"file of that name", file_is_no_archive, "image", "junk_1_amd64.tar is there and is no OCI archive. Remove it"},
    {"long name", long_name, "image", "is longer than the 255 characters that pct takes"},
    {"image as template", image_is_no_template, "template",
     "is an OCI image, not an LXC template. Name it with image: ghcr.io/gitea/act_runner:0.2.13"},
    {"no template name", template_is_no_name, "template", "debian is no template: a name such as"},
    {"template in upper case", template_in_upper_case, "template", "is no template"},
    {"template of other content", template_of_other_content, "template", "local:iso/x.tar.gz is no template"},
    {"storage of a template", template_storage_unknown, "image_storage", "The storage nope does not exist"},
    {"long description", long_description, "description", "too long: Proxmox takes 8192 bytes"},
    {"many long variables", much_env, "env", "and a program can be given 1048576 in one call"},
    {"long variable", long_env, "env.LONG", "The value of LONG is longer than the 131071 bytes"},
};

static void what_the_host_cannot_do_is_refused_with_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct spec_problems problems = {0};
        struct world w;

        world_init(&w);
        refused[i].change(&w);
        struct plan *plan = world_create(&w, &problems);
        if (plan || problems.n != 1)
            fail_msg("%s: %zu problems, the second %s", refused[i].name, problems.n,
                     problems.n > 1 ? problems.v[1].reason : "none");
        if (strcmp(problems.v[0].field, refused[i].field) != 0 || !strstr(problems.v[0].reason, refused[i].sentence))
            fail_msg("%s: %s: %s", refused[i].name, problems.v[0].field, problems.v[0].reason);
        spec_problems_clear(&problems);
        world_clear(&w);
    }
}

static void all_problems_are_told_at_once(void **state)
{
    struct spec_problems problems = {0};
    struct world w;
    (void)state;

    world_init(&w);
    vmid_of_ct(&w);
    too_many_cores(&w);
    too_much_memory(&w);
    volume_unknown(&w);
    pool_unknown(&w);
    privileged(&w);
    spec_problems_add(&problems, 1, 1, "earlier", "This was there before.");
    assert_null(world_create(&w, &problems));
    assert_int_equal(problems.n, 7);
    for (size_t i = 0; i < problems.n; i++)
        if (strcmp(problems.v[i].field, "mounts[1].volume") == 0)
            assert_int_equal(problems.v[i].line, 12);
    spec_problems_clear(&problems);
    world_clear(&w);
}

/* --- notes: what is worth knowing and stops nothing ----------------------------------------------------------------
 */

static void name_in_use(struct world *w)
{
    mem_set(&w->spec.hostname, "gitea");
}
static void memory_not_free(struct world *w)
{
    w->spec.memory = 50000;
}
static void thin_is_full(struct world *w)
{
    w->spec.disk = 500;
}
static void room_unknown(struct world *w)
{
    w->storages[1].avail = w->storages[1].total = HOST_UNKNOWN;
}
static void no_version(struct world *w)
{
    w->host.container_version = w->host.pve_version = NULL;
}
static void user_on_old(struct world *w)
{
    mem_set(&w->facts.user, "abc:users");
    w->host.container_version = (char *)"6.0.19";
}
static void user_and_gpu(struct world *w)
{
    mem_set(&w->facts.user, "1000");
    w->spec.gpu.passthrough = SPEC_TRUE;
}
static void several_gpus(struct world *w)
{
    w->spec.gpu.passthrough = SPEC_TRUE;
}
static void nvidia(struct world *w)
{
    w->spec.gpu.passthrough = SPEC_TRUE;
    mem_set(&w->spec.gpu.type, "NVIDIA");
}
static void no_facts(struct world *w)
{
    w->no_facts = true;
}
static void volume_of_image(struct world *w)
{
    argv_push(&w->facts.volumes, "/var/lib/data");
}
static void no_network(struct world *w)
{
    w->host.nbridges = 0;
}
static void no_host_arch(struct world *w)
{
    w->host.arch = NULL;
}
static void present(struct world *w)
{
    world_image(w, "ghcr.io/gitea/act_runner:0.2.13");
}

static const struct {
    const char *name;
    void (*change)(struct world *w);
    const char *sentence;
} noted[] = {
    {"name in use", name_in_use, "CT 108 on node pve has the name gitea too."},
    {"memory", memory_not_free, "may use 50000 MiB of memory, and 41.2 GiB of the host's 62.6 GiB are free now"},
    {"thin storage", thin_is_full, "The storage local-lvm has 412 GiB free and is promised 500 GiB"},
    {"room not known", room_unknown, "How much room the storage local-lvm has is not known"},
    {"version not known", no_version, "The version of Proxmox VE is not known"},
    {"user before 6.1.0", user_on_old, "The image wants to run as abc:users; pve-container before 6.1.0"},
    {"user and GPU", user_and_gpu, "The image runs as 1000, and the GPU will belong to group 0"},
    {"several GPUs", several_gpus, "2 GPUs fit; Intel UHD Graphics 770 at 0000:00:02.0 is taken"},
    {"nvidia", nvidia, "The driver nvidia wants its own device nodes"},
    {"folder not looked at", any_folder, "Whether the host folder /tank/x is there is not known"},
    {"folder and snapshots", any_folder, "snapshots of this CT are then not possible"},
    {"folder and shifted ids", any_folder, "its root is uid 100000 on the host, and files in /tank/x"},
    {"folder of another", folder_of_another,
     "/tank/media belongs to uid 1000, which is nobody in an unprivileged CT: the CT can read there"},
    {"folder closed to others", folder_of_nobody, "the CT can do nothing there. `chown 100000`"},
    {"size not known", no_facts, "The size of the image is not known without asking the registry."},
    {"volume of the image", volume_of_image, "The image keeps data in /var/lib/data. No mount is there"},
    {"no network", no_network, "The CT gets no network: this host has no bridge."},
    {"host's arch", no_host_arch, "The host's architecture is not known; amd64 is assumed."},
    {"image is here", present,
     "ghcr.io/gitea/act_runner:0.2.13 is already here since 2025-11-22; `tengil-tui pull "
     "ghcr.io/gitea/act_runner:0.2.13` "
     "fetches it anew."},
};

static bool has_note(const struct plan *plan, const char *sentence)
{
    for (size_t i = 0; i < plan->notes.n; i++)
        if (strstr(plan->notes.v[i], sentence))
            return true;
    return false;
}

static void what_is_worth_knowing_is_noted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++) {
        struct world w;

        world_init(&w);
        struct plan *plan = world_create(&w, NULL);
        if (has_note(plan, noted[i].sentence))
            fail_msg("%s: noted without a reason", noted[i].name);
        plan_free(plan);
        noted[i].change(&w);
        plan = world_create(&w, NULL);
        if (!has_note(plan, noted[i].sentence))
            fail_msg("%s: not noted, only %zu: %s", noted[i].name, plan->notes.n,
                     plan->notes.n ? plan->notes.v[0] : "");
        plan_free(plan);
        world_clear(&w);
    }
}

/* A copy in a storage that cannot be used does not count as being here. */
static void an_image_in_a_disabled_storage_is_fetched(void **state)
{
    struct world w;
    (void)state;

    world_init(&w);
    present(&w);
    w.images[2].storage = (char *)"old"; /* still sorted */
    struct plan *plan = world_create(&w, NULL);
    assert_int_equal(plan->nsteps, 3);
    assert_string_equal(plan->image_volid, "local:vztmpl/ghcr.io_gitea_act__runner_0.2.13_amd64.tar");
    plan_free(plan);
    world_clear(&w);
}

/* --- pull --------------------------------------------------------------------------------------------------------- */

static void a_pull_that_cannot_work_is_refused(void **state)
{
    static const struct {
        const char *storage, *cache, *sentence;
        uint64_t avail;
    } rows[] = {
        {"nope", "/c", "The storage nope does not exist", HOST_UNKNOWN},
        {"tank", "/c", "does not take images and templates", HOST_UNKNOWN},
        {"local", "/c", "has 1 MiB free, and the image takes 446 MiB", 1 << 20},
        {"local", "/c", "The image is made for arm64, not for amd64", HOST_UNKNOWN},
        {"local", "/c:d", "The cache folder /c:d has a colon in its path", HOST_UNKNOWN},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {0};
        struct world w;

        world_init(&w);
        w.storages[0].avail = rows[i].avail;
        if (strstr(rows[i].sentence, "arm64"))
            mem_set(&w.facts.arch, "arm64");
        setenv("TENGIL_CACHE_DIR", rows[i].cache, 1);
        struct plan *plan =
            plan_pull(&w.spec.image, NULL, rows[i].storage, &w.host, &w.facts, &w.settings, WORLD_ID, &err);
        if (plan || !strstr(err.text, rows[i].sentence))
            fail_msg("row %zu: %s", i, err.text);
        world_clear(&w);
    }
    unsetenv("TENGIL_CACHE_DIR");
}

/* --- the life of a CT ----------------------------------------------------------------------------------------------
 */

enum act { START, SHUTDOWN, STOP, REBOOT, DESTROY };

static struct plan *act_on(const struct world *w, enum act act, int vmid, struct err *err)
{
    static const struct plan_destroy_options plain;

    switch (act) {
    case START:
        return plan_start(&w->host, vmid, WORLD_ID, err);
    case SHUTDOWN:
        return plan_shutdown(&w->host, vmid, 60, true, WORLD_ID, err);
    case STOP:
        return plan_stop_now(&w->host, vmid, WORLD_ID, err);
    case REBOOT:
        return plan_reboot(&w->host, vmid, 60, WORLD_ID, err);
    case DESTROY:
        return plan_destroy(&w->host, vmid, &plain, WORLD_ID, err);
    }
    return NULL;
}

static void what_a_ct_does_not_allow_is_refused(void **state)
{
    static const struct {
        enum act act;
        int vmid;
        const char *sentence;
    } rows[] = {
        {START, 108, "CT 108 gitea is running already."},
        {START, 107, "CT 107 debian-dev is a template"},
        {START, 105, "CT 105 immich is locked (backup): a backup of it is being made. Wait until that ends"},
        {START, 120, "CT 120 adguard2 is on node pve2: log in to pve2"},
        {START, 121, "CT 121 is on node pve2: log in to pve2"},
        {START, 200, "200 is a virtual machine, not a CT"},
        {START, 999, "There is no CT 999. `tengil-tui list`"},
        {SHUTDOWN, 104, "CT 104 paperless is not running."},
        {SHUTDOWN, 105, "is locked (backup)"},
        {STOP, 104, "CT 104 paperless is not running."},
        {STOP, 120, "log in to pve2"},
        {REBOOT, 104, "CT 104 paperless is not running."},
        {REBOOT, 999, "There is no CT 999"},
        {DESTROY, 108, "CT 108 gitea is running, and a running CT is not destroyed"},
        {DESTROY, 105, "is locked (backup)"},
        {DESTROY, 109, "is locked (mounted): its disks are mounted on the host"},
        {DESTROY, 120, "log in to pve2"},
        {DESTROY, 999, "There is no CT 999"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {0};
        struct world w;

        world_init(&w);
        struct plan *plan = act_on(&w, rows[i].act, rows[i].vmid, &err);
        if (plan || !strstr(err.text, rows[i].sentence))
            fail_msg("row %zu, CT %d: %s", i, rows[i].vmid, err.text);
        world_clear(&w);
    }
}

static void a_protected_ct_is_destroyed_only_when_that_is_said(void **state)
{
    static const struct plan_destroy_options stop = {.stop_first = true}, lift = {.lift_protection = true};
    struct err err = {0};
    struct world w;
    (void)state;

    world_init(&w);
    assert_null(plan_destroy(&w.host, 102, &stop, WORLD_ID, &err));
    assert_non_null(strstr(err.text, "CT 102 nextcloud is protected"));
    assert_null(plan_destroy(&w.host, 102, &lift, WORLD_ID, &err));
    assert_non_null(strstr(err.text, "is running"));
    world_ct(&w, 102)->conf = NULL;
    assert_null(plan_destroy(&w.host, 102, &lift, WORLD_ID, &err));
    assert_non_null(strstr(err.text, "could not be read"));
    world_clear(&w);
}

/* --- change ---------------------------------------------------------------------------------------------------------
 */

static void target_taken(struct world *w)
{
    world_folder(w, "/tank/x", "/usr/src/paperless/data/")->line = 4;
}
static void target_of_other_folder(struct world *w)
{
    world_folder(w, "/tank/x", "/usr/src/paperless/consume");
}
static void volume_on_no_storage(struct world *w)
{
    world_volume(w, "nope", 8, "/new");
}
static void volume_too_big(struct world *w)
{
    world_volume(w, "vmdata", 15, "/new")->line = 7;
    world_volume(w, "vmdata", 15, "/newer");
}
static void volume_of_protected(struct world *w)
{
    world_volume(w, "tank", 8, "/new");
}
static void waiting_changes(struct world *w)
{
    world_ct(w, 104)->conf->pending = true;
}
static void no_such_gpu(struct world *w)
{
    gpu_elsewhere(w);
}

static void a_change_that_cannot_work_is_refused(void **state)
{
    static const struct {
        int vmid;
        void (*change)(struct world *w);
        const char *field, *sentence;
    } rows[] = {
        {104, target_taken, "mounts[0].target", "is taken: tank:subvol-104-disk-0 is mounted there (mp0)"},
        {104, target_of_other_folder, "mounts[0].target", "is taken: /tank/scans is mounted there (mp2)"},
        {104, folder_missing, "mounts[0].source", "/tank/missing does not exist"},
        {104, volume_on_no_storage, "mounts[0].volume", "The storage nope does not exist"},
        {104, volume_too_big, "mounts", "The storage vmdata has 20 GiB free, and 30 GiB are needed there"},
        {102, volume_of_protected, "mounts", "CT 102 nextcloud is protected"},
        {104, no_such_gpu, "gpu.pci", "This host has no GPU at 0000:09:00.0"},
        {104, waiting_changes, "vmid", "CT 104 paperless has changes that wait for its next start"},
        {102, any_folder, "mounts", "CT 102 nextcloud is protected, and its mounts cannot be changed"},
        {105, any_folder, "vmid", "is locked (backup)"},
        {109, any_folder, "vmid", "is locked (mounted)"},
        {120, any_folder, "vmid", "log in to pve2"},
        {999, any_folder, "vmid", "There is no CT 999"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct spec_problems problems = {0};
        struct world w;

        world_init(&w);
        rows[i].change(&w);
        struct plan *plan = plan_change(&w.spec, &w.host, rows[i].vmid, WORLD_ID, &problems);
        if (plan || problems.n != 1)
            fail_msg("row %zu: %zu problems", i, problems.n);
        if (strcmp(problems.v[0].field, rows[i].field) != 0 || !strstr(problems.v[0].reason, rows[i].sentence))
            fail_msg("row %zu: %s: %s", i, problems.v[0].field, problems.v[0].reason);
        spec_problems_clear(&problems);
        world_clear(&w);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_host_cannot_do_is_refused_with_a_sentence),
        cmocka_unit_test(all_problems_are_told_at_once),
        cmocka_unit_test(what_is_worth_knowing_is_noted),
        cmocka_unit_test(an_image_in_a_disabled_storage_is_fetched),
        cmocka_unit_test(a_pull_that_cannot_work_is_refused),
        cmocka_unit_test(what_a_ct_does_not_allow_is_refused),
        cmocka_unit_test(a_protected_ct_is_destroyed_only_when_that_is_said),
        cmocka_unit_test(a_change_that_cannot_work_is_refused),
    };
    return cmocka_run_group_tests_name("plan-check", tests, NULL, NULL);
}
