/* What plans come to: their commands as golden texts, each call of pct against the recorded options, purity. */
#include "tests/unit/unit.h"

#include "tests/unit/plan-world.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/sim/pct.h"
#include "backend/sim/pveam.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* --- the cases --------------------------------------------------------------------------------------------------- */

static struct plan *must(struct plan *plan, const struct err *err)
{
    if (!plan)
        fail_msg("%s", err->text);
    return plan;
}

static struct plan *create_jellyfin(struct world *w)
{
    world_wish_jellyfin(w);
    return world_create(w, NULL);
}

/* Nothing but the image is said, and nothing is known of it. */
static struct plan *create_least(struct world *w)
{
    w->no_facts = true;
    return world_create(w, NULL);
}

static struct plan *create_present(struct world *w)
{
    world_image(w, "ghcr.io/gitea/act_runner:0.2.13");
    mem_set(&w->spec.hostname, "gitea"); /* CT 108 has it too */
    w->no_facts = true;
    return world_create(w, NULL);
}

/* Every field that a spec has, and values that a shell would take apart. */
static struct plan *create_everything(struct world *w)
{
    struct spec *spec = &w->spec;

    world_wish_jellyfin(w);
    mem_set(&spec->description, "It's the \"media\" box.\nAsk $USER; `reboot` never.");
    mem_set(&spec->pool, "media");
    mem_set(&spec->nameserver, "192.168.1.1 9.9.9.9");
    mem_set(&spec->searchdomain, "home.arpa");
    mem_set(&spec->timezone, "Europe/Stockholm");
    mem_set(&spec->ostype, "debian");
    argv_push(&spec->tags, "tv");
    spec->cpulimit = 2.5;
    spec->cpuunits = 200;
    spec->startup_order = 3;
    spec->startup_delay = 30;
    spec->protection = SPEC_TRUE;
    spec->keyctl = spec->fuse = spec->mknod = SPEC_TRUE;
    spec->gpu.gid = 104;
    spec->mounts[0].backup = SPEC_TRUE;
    spec->mounts[2].backup = SPEC_FALSE;
    spec->mounts[2].readonly = SPEC_TRUE;
    world_folder(w, "/tank/my photos & more", "/photos");
    spec->nets[0].firewall = SPEC_TRUE;
    spec->nets[0].vlan = 20;
    spec->nets[0].mtu = 1500;
    spec->nets[0].rate = 12.5;
    spec->nets[0].host_managed = SPEC_TRUE;
    mem_set(&spec->nets[0].hwaddr, "BC:24:11:5E:02:66");
    mem_set(&spec->nets[0].ip, "192.168.1.40/24");
    mem_set(&spec->nets[0].gateway, "192.168.1.1");
    mem_set(&spec->nets[0].ip6, "fd00::40/64");
    mem_set(&spec->nets[0].gateway6, "fd00::1");
    struct spec_net *second = world_net(w);
    mem_set(&second->name, "lan");
    mem_set(&second->bridge, "vmbr1");
    mem_set(&second->ip, "none");
    mem_set(&second->ip6, "dhcp");
    second->firewall = SPEC_FALSE;
    world_env(w, "GREETING", "it's $HOME", NULL);
    world_env(w, "HANDLE", "@jelly", NULL);
    world_env(w, "EMPTY", "", NULL);
    world_env(w, "TOKEN", NULL, "/root/secret token");
    return world_create(w, NULL);
}

static struct plan *create_template_here(struct world *w)
{
    world_wish_template(w, "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst");
    mem_set(&w->spec.hostname, "web");
    w->spec.unprivileged = SPEC_FALSE;
    w->spec.start = SPEC_TRUE;
    return world_create(w, NULL);
}

static struct plan *create_template_download(struct world *w)
{
    world_wish_template(w, "alpine-3.22-default_20250617_amd64.tar.xz");
    mem_set(&w->spec.hostname, "small");
    return world_create(w, NULL);
}

static struct settings_registry registries[] = {
    {.name = (char *)"docker.io", .mirror = (char *)"127.0.0.1:5000", .insecure = true},
    {.name = (char *)"registry.lan:5000", .ca = (char *)"/etc/tengil-tui/ca"},
};

static void use_settings(struct world *w)
{
    w->settings = (struct settings){
        .registries = registries,
        .nregistries = sizeof(registries) / sizeof(registries[0]),
        .disk_storage = (char *)"tank",
        .image_storage = (char *)"local",
        .bridge = (char *)"vmbr1",
        .authfile = (char *)"/var/lib/tengil-tui/auth.json",
    };
}

static struct plan *create_by_settings(struct world *w)
{
    use_settings(w);
    return world_create(w, NULL);
}

/* Proxmox and images have different words for the same processor. */
static struct plan *create_other_arch(struct world *w)
{
    mem_set(&w->spec.arch, "i386");
    mem_set(&w->facts.arch, "i386");
    return world_create(w, NULL);
}

static struct plan *pull_digest(struct world *w)
{
    struct err err = {0};

    use_settings(w);
    mem_set(&w->facts.arch, "arm64");
    world_image(w, "registry.lan:5000/team/app@sha256:"
                   "7c1f04b9a2de0000000000000000000000000000000000000000000000000001");
    return must(plan_pull(&w->spec.image, "arm64", NULL, &w->host, &w->facts, &w->settings, WORLD_ID, &err), &err);
}

static struct plan *pull_again(struct world *w)
{
    struct err err = {0};

    world_image(w, "ghcr.io/gitea/act_runner:0.2.13");
    return must(plan_pull(&w->spec.image, NULL, "local", &w->host, NULL, &w->settings, WORLD_ID, &err), &err);
}

static struct plan *destroy_stopped(struct world *w)
{
    static const struct plan_destroy_options plain;
    struct err err = {0};

    return must(plan_destroy(&w->host, 104, &plain, WORLD_ID, &err), &err);
}

static struct plan *destroy_running(struct world *w)
{
    static const struct plan_destroy_options all = {
        .stop_first = true, .lift_protection = true, .purge = true, .loose_disks = true};
    struct err err = {0};

    return must(plan_destroy(&w->host, 102, &all, WORLD_ID, &err), &err);
}

static struct plan *start(struct world *w)
{
    struct err err = {0};

    return must(plan_start(&w->host, 104, WORLD_ID, &err), &err);
}

static struct plan *shutdown_forced(struct world *w)
{
    struct err err = {0};

    return must(plan_shutdown(&w->host, 108, 90, true, WORLD_ID, &err), &err);
}

static struct plan *shutdown_gentle(struct world *w)
{
    struct err err = {0};

    return must(plan_shutdown(&w->host, 109, -1, false, WORLD_ID, &err), &err);
}

static struct plan *stop_now(struct world *w)
{
    struct err err = {0};

    return must(plan_stop_now(&w->host, 108, WORLD_ID, &err), &err);
}

static struct plan *reboot(struct world *w)
{
    struct err err = {0};

    return must(plan_reboot(&w->host, 108, 30, WORLD_ID, &err), &err);
}

static struct plan *change(struct world *w, int vmid)
{
    struct spec_problems problems = {0};
    struct plan *plan = plan_change(&w->spec, &w->host, vmid, WORLD_ID, &problems);

    if (problems.n)
        fail_msg("%s: %s", problems.v[0].field, problems.v[0].reason);
    return plan;
}

/* mp0 and mp2 are taken, so the next ones are mp1 and mp3; the GPU is there already. */
static struct plan *change_mounts(struct world *w)
{
    world_folder(w, "/tank/new", "/new");
    world_folder(w, "/tank/scans/", "/usr/src/paperless/consume");
    world_folder(w, "/tank/other", "/other")->readonly = SPEC_TRUE;
    w->spec.gpu.passthrough = SPEC_TRUE;
    mem_set(&w->spec.gpu.type, "intel");
    return change(w, 104);
}

static struct plan *change_gpu(struct world *w)
{
    w->spec.gpu.passthrough = SPEC_TRUE;
    return change(w, 108);
}

static struct plan *change_one(struct world *w)
{
    world_folder(w, "/tank/new", "/new");
    return change(w, 108);
}

static struct plan *change_both(struct world *w)
{
    world_folder(w, "/tank/new", "/new");
    world_volume(w, "vmdata", 2, "/var/cache");
    w->spec.gpu.passthrough = SPEC_TRUE;
    mem_set(&w->spec.gpu.type, "nvidia");
    return change(w, 104);
}

static struct plan *change_volume(struct world *w)
{
    world_volume(w, "tank", 8, "/config")->backup = SPEC_TRUE;
    return change(w, 108);
}

static struct plan *change_nothing(struct world *w)
{
    world_folder(w, "/tank/scans", "/usr/src/paperless/consume");
    world_volume(w, "tank", 4, "/usr/src/paperless/data");
    return change(w, 104);
}

static const struct {
    const char *name;
    struct plan *(*make)(struct world *w);
} cases[] = {
    {"create-jellyfin", create_jellyfin},
    {"create-least", create_least},
    {"create-present", create_present},
    {"create-everything", create_everything},
    {"create-template-here", create_template_here},
    {"create-template-download", create_template_download},
    {"create-by-settings", create_by_settings},
    {"create-other-arch", create_other_arch},
    {"pull-digest", pull_digest},
    {"pull-again", pull_again},
    {"destroy-stopped", destroy_stopped},
    {"destroy-running", destroy_running},
    {"start", start},
    {"shutdown-forced", shutdown_forced},
    {"shutdown-gentle", shutdown_gentle},
    {"stop", stop_now},
    {"reboot", reboot},
    {"change-mounts", change_mounts},
    {"change-gpu", change_gpu},
    {"change-one", change_one},
    {"change-both", change_both},
    {"change-volume", change_volume},
    {"change-nothing", change_nothing},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

/* --- golden texts ------------------------------------------------------------------------------------------------ */

static void add_step(struct buf *out, const struct plan_step *step, size_t i)
{
    buf_addf(out, "\n%zu %s\n  stop: %s\n", i + 1, step->title, step->stop == PLAN_STOP_PCT ? "pct" : "program");
    if (step->progress_dir)
        buf_addf(out, "  progress: %llu in %s\n", (unsigned long long)step->progress_total, step->progress_dir);
    if (step->redo >= 0)
        buf_addf(out, "  redo: %d\n", step->redo + 1);
    if (step->undo.n) {
        buf_adds(out, "  undo: ");
        argv_quote(out, &step->undo);
        buf_addch(out, '\n');
    }
}

/* As `tengil-tui plan` prints it, then what else a job knows. */
static void render(const struct plan *plan, struct buf *out)
{
    plan_print(plan, out);
    buf_addf(out, "\n%s: %s (CT %d%s)\n", plan->kind, plan->title, plan->vmid, plan->auto_vmid ? ", chosen" : "");
    if (plan->image_volid)
        buf_addf(out, "image: %s\n", plan->image_volid);
    for (size_t i = 0; i < plan->nclaims; i++)
        buf_addf(out, "claim: %s%s\n", plan->claims[i].name, plan->claims[i].wait ? ", waits" : "");
    for (size_t i = 0; i < plan->nsteps; i++)
        add_step(out, &plan->steps[i], i);
}

/* With UPDATE_GOLDEN in the environment the texts are written anew, for a person to read in the diff. */
static void plans_are_as_the_golden_texts_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct buf text = BUF_INIT, golden = BUF_INIT;
        char *path = mem_printf("%s/../golden/plan-%s.txt", TEST_DATA, cases[i].name);
        struct err err = {0};
        struct world w;

        world_init(&w);
        struct plan *plan = cases[i].make(&w);
        render(plan, &text);
        if (getenv("UPDATE_GOLDEN"))
            file_write(AT_FDCWD, path, 0644, text.s, text.len, &err);
        if (file_read(AT_FDCWD, path, 1 << 20, &golden, &err) != 0)
            fail_msg("%s", err.text);
        if (strcmp(text.s, golden.s) != 0)
            fail_msg("%s: wanted\n%s\ngot\n%s", cases[i].name, golden.s, text.s);
        buf_clear(&text);
        buf_clear(&golden);
        free(path);
        plan_free(plan);
        world_clear(&w);
    }
}

static void the_same_input_gives_the_same_plan(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct buf first = BUF_INIT, second = BUF_INIT;
        struct err err = {0};
        struct world w;

        for (int round = 0; round < 2; round++) {
            world_init(&w);
            struct plan *plan = cases[i].make(&w), *back = NULL;
            assert_int_equal(plan_to_json(plan, round ? &second : &first), 0);
            if (plan_from_json(first.s, first.len, &back, &err) != 0)
                fail_msg("%s: %s", cases[i].name, err.text);
            plan_free(back);
            plan_free(plan);
            world_clear(&w);
        }
        assert_string_equal(first.s, second.s);
        buf_clear(&first);
        buf_clear(&second);
    }
}

/* --- every call of the host's tools ------------------------------------------------------------------------------- */

static const struct sim_command *tool_commands(const char *tool)
{
    return strcmp(tool, "pct") == 0 ? sim_pct_commands : strcmp(tool, "pveam") == 0 ? sim_pveam_commands : NULL;
}

static const struct sim_command *command_of(const struct argv *argv)
{
    const struct sim_command *c = tool_commands(argv->v[0]);

    for (; c && c->name; c++)
        if (argv->n > 1 && strcmp(c->name, argv->v[1]) == 0 && !c->alias)
            return c;
    return NULL;
}

/* The simulator's tools end after a run and give no memory back; what plans lose is still told. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:sim_options_read\n";
}

/* The parser stands for the recorded one: unknown options, wrong types, ranges, patterns, parts of property strings. */
static void check_call(const char *name, const struct argv *argv)
{
    struct sim s = {.tool = argv->v[0], .command = command_of(argv), .error = BUF_INIT, .root = -1};
    struct buf line = BUF_INIT, told = BUF_INIT;

    argv_quote(&line, argv);
    if (!s.command)
        fail_msg("%s: no such command: %s", name, line.s);
    if (sim_options_read(&s, (int)argv->n - 2, argv->v + 2) < 0) {
        sim_tell(&s, &told);
        fail_msg("%s: %s: %s", name, line.s, told.s);
    }
    for (size_t i = 2; i < argv->n; i++) /* abbreviations would pass, and are not ours */
        if (strncmp(argv->v[i], "--", 2) == 0 && !argv_has(&s.names, argv->v[i] + 2))
            fail_msg("%s: %s is not the whole name of an option", name, argv->v[i]);
    if (sim_get(&s, "start"))
        fail_msg("%s: --start hides a failure", name);
    argv_clear(&s.names);
    argv_clear(&s.values);
    argv_clear(&s.extra);
    argv_clear(&s.problems.names);
    argv_clear(&s.problems.texts);
    buf_clear(&s.error);
    buf_clear(&line);
    buf_clear(&told);
}

static void every_call_of_a_host_tool_is_accepted(void **state)
{
    size_t calls = 0;
    (void)state;

    for (size_t i = 0; i < CASES; i++) {
        struct world w;

        world_init(&w);
        struct plan *plan = cases[i].make(&w);
        for (size_t k = 0; k < plan->nsteps; k++) {
            const struct argv *both[] = {&plan->steps[k].argv, &plan->steps[k].undo};
            for (size_t b = 0; b < 2; b++) {
                if (both[b]->n && tool_commands(both[b]->v[0])) {
                    check_call(cases[i].name, both[b]);
                    calls++;
                }
            }
        }
        plan_free(plan);
        world_clear(&w);
    }
    assert_true(calls >= 20);
}

/* --- what a golden text does not show ------------------------------------------------------------------------------
 */

static void host_folders_are_never_in_a_create(void **state)
{
    struct world w;
    (void)state;

    world_init(&w);
    struct plan *plan = create_everything(&w);
    for (size_t i = 0; i < plan->nsteps; i++) {
        const struct argv *argv = &plan->steps[i].argv;
        bool create = argv->n > 1 && strcmp(argv->v[1], "create") == 0;
        for (size_t k = 0; create && k + 1 < argv->n; k++)
            if (strncmp(argv->v[k], "--mp", 4) == 0 && argv->v[k + 1][0] == '/')
                fail_msg("%s", argv->v[k + 1]);
    }
    plan_free(plan);
    world_clear(&w);
}

static void claimed_ids_are_passed_over(void **state)
{
    struct world w;
    (void)state;

    world_init(&w);
    struct plan *plan = world_create(&w, NULL);
    assert_int_equal(plan->vmid, 100);
    plan_free(plan);
    w.taken[0] = 100;
    w.taken[1] = 101;
    w.ntaken = 2;
    plan = world_create(&w, NULL);
    assert_int_equal(plan->vmid, 103); /* 102 is a CT */
    assert_true(plan->auto_vmid);
    plan_free(plan);
    world_clear(&w);
}

static void a_digest_that_is_none_does_not_reach_the_mark(void **state)
{
    static const char *const digests[] = {"", "sha256:", "sha256:xyz plan=1", "sha256:0000\nmemory: 1", "latest", NULL};
    (void)state;

    for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
        struct world w;

        world_init(&w);
        mem_set(&w.facts.digest, digests[i]);
        struct plan *plan = world_create(&w, NULL);
        const struct argv *argv = &plan->steps[2].argv;
        assert_string_equal(argv->v[argv->n - 2], "--description");
        assert_string_equal(argv->v[argv->n - 1],
                            "tengil-tui: image=docker.io/library/alpine:3.20 digest=unknown plan=" WORLD_ID);
        plan_free(plan);
        world_clear(&w);
    }
}

static void the_mark_is_read_back_from_the_description(void **state)
{
    struct ctconf_mark mark = {0};
    struct world w;
    (void)state;

    world_init(&w);
    struct plan *plan = create_everything(&w);
    const struct argv *argv = &plan->steps[2].argv;
    assert_true(ctconf_mark(argv->v[argv->n - 1], &mark));
    assert_string_equal(mark.image, "docker.io/jellyfin/jellyfin:10.11.2");
    assert_string_equal(mark.digest, w.facts.digest);
    assert_string_equal(mark.plan, WORLD_ID);
    ctconf_mark_clear(&mark);
    plan_free(plan);
    world_clear(&w);
}

/* A conf may hold anything as a name; the plan must reach the job all the same. */
static void names_that_are_no_text_do_not_stop_a_plan(void **state)
{
    struct buf json = BUF_INIT;
    struct err err = {0};
    struct world w;
    (void)state;

    world_init(&w);
    world_ct(&w, 104)->name = (char *)"pa\xffper\nless\033[2J";
    struct plan *plan = must(plan_start(&w.host, 104, WORLD_ID, &err), &err);
    assert_string_equal(plan->title, "Start CT 104 pa\\xffper\\x0aless\\x1b[2J");
    assert_int_equal(plan_to_json(plan, &json), 0);
    plan_free(plan);

    char *endless = mem_zero(1, 100000);
    memset(endless, '\001', 99999);
    endless[0] = '/';
    for (int i = 0; i < 2000; i++)
        argv_push(&w.facts.volumes, i % 2 ? endless : "/\xff");
    plan = world_create(&w, NULL);
    buf_reset(&json);
    assert_int_equal(plan_to_json(plan, &json), 0);
    struct plan *back = NULL;
    if (plan_from_json(json.s, json.len, &back, &err) != 0)
        fail_msg("%s", err.text);
    plan_free(back);
    plan_free(plan);
    free(endless);
    buf_clear(&json);
    world_clear(&w);
}

static int set_places(void **state)
{
    (void)state;
    setenv("TENGIL_CACHE_DIR", "/var/cache/tengil-tui", 1);
    setenv("TENGIL_STATE_DIR", "/var/lib/tengil-tui", 1);
    setenv("TENGIL_LIBEXEC_DIR", "/usr/libexec/tengil-tui", 1);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_as_the_golden_texts_say),
        cmocka_unit_test(the_same_input_gives_the_same_plan),
        cmocka_unit_test(every_call_of_a_host_tool_is_accepted),
        cmocka_unit_test(host_folders_are_never_in_a_create),
        cmocka_unit_test(claimed_ids_are_passed_over),
        cmocka_unit_test(a_digest_that_is_none_does_not_reach_the_mark),
        cmocka_unit_test(names_that_are_no_text_do_not_stop_a_plan),
        cmocka_unit_test(the_mark_is_read_back_from_the_description),
    };
    return cmocka_run_group_tests_name("plan", tests, set_places, NULL);
}
