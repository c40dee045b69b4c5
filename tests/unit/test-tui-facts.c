#include "tests/unit/unit.h"

#include "tests/unit/plan-world.h"
#include "tui/acts.h"
#include "tui/ct-facts.h"
#include "tui/images.h"

#include <stdlib.h>
#include <string.h>

/* What the pages of a CT and of an image say, and what may be done with a CT, without a terminal. */

/* --- what the app would do, noted down --- */

static struct {
    int started, asked, pushed, errors;
    void (*answer)(void *data, const char *id);
    void *data;
} app_did;

void app_start_job(struct app *app, struct plan *plan, const char *spec,
                   void (*started)(void *data, int job, const char *why), void *data)
{
    (void)app, (void)spec, (void)started, (void)data;
    app_did.started++;
    plan_free(plan);
}

void app_error(struct app *app, const char *fmt, ...)
{
    (void)app, (void)fmt;
    app_did.errors++;
}

void app_ask(struct app *app, const char *title, const char *text, const struct dialog_button *buttons, int n,
             int harmless, void (*answer)(void *data, const char *id), void *data)
{
    (void)app, (void)title, (void)text, (void)n;
    app_did.asked++;
    app_did.answer = answer;
    app_did.data = data;
    assert_string_not_equal(buttons[harmless].id, "do");
}

void app_push(struct app *app, struct view *page)
{
    (void)app, (void)page;
    app_did.pushed++;
}

struct view *view_destroy_new(struct app *app, int vmid)
{
    (void)app, (void)vmid;
    return NULL;
}

/* --- rows --- */

static const struct fact *fact(const struct facts *f, const char *label)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].label, label) == 0)
            return &f->v[i];
    fail_msg("there is no row %s", label);
    return NULL;
}

static struct ctconf_entry entries[] = {
    {.key = "rootfs", .value = "local-lvm:vm-1-disk-0,size=16G"},
    {.key = "mp0", .value = "tank:subvol-1-disk-0,mp=/data,size=200G"},
    {.key = "mp1", .value = "/tank/photos,mp=/mnt/photos,ro=1"},
    {.key = "net0", .value = "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:5E:02:66,ip=192.168.1.40/24,tag=20"},
    {.key = "tags", .value = "web"},
    {.key = "unprivileged", .value = "1"},
    {.key = "lxc.environment.runtime", .value = "TZ=Europe/Stockholm"},
    {.key = "lxc.environment.runtime", .value = "A=b"},
};
static struct ctconf conf = {.entries = entries, .nentries = sizeof(entries) / sizeof(entries[0])};

static struct ct a_ct(void)
{
    return (struct ct){.vmid = 102,
                       .node = (char *)"pve",
                       .name = (char *)"nextcloud",
                       .state = CT_RUNNING,
                       .conf = &conf,
                       .reference = (char *)"docker.io/library/nextcloud:32.0.1",
                       .digest = (char *)"sha256:91c0be7724ad3b6f0c52d1f2a8e947b65d03c1e87f42a90bb6c8d5e41207fa3e",
                       .cpu = 0.06,
                       .cores = 4,
                       .mem = 1900ull << 20,
                       .maxmem = 4ull << 30,
                       .swap = 0,
                       .maxswap = 512ull << 20,
                       .disk = 15ull << 30,
                       .maxdisk = 16ull << 30,
                       .uptime = 187200};
}

static void test_a_running_ct(void **state)
{
    struct world w;
    struct facts f = {0};
    struct ct_history history = {0};
    struct ct ct = a_ct();
    struct job jobs[] = {
        {.id = 40,
         .title = (char *)"Upgrade CT 102 nextcloud",
         .vmid = 102,
         .state = JOB_DONE,
         .began = 1000,
         .ended = 162000},
        {.id = 39, .title = (char *)"Create CT 103 other", .vmid = 103, .state = JOB_DONE, .began = 1, .ended = 2},
        {.id = 31,
         .title = (char *)"Create CT 102 nextcloud",
         .vmid = 102,
         .state = JOB_FAILED,
         .step = 2,
         .nsteps = 7},
    };
    char line[200];
    (void)state;
    world_init(&w);
    ct_facts(&f, &w.host, &ct, jobs, 3, &history, 200000);
    ct_summary(&ct, line, sizeof(line));
    assert_string_equal(line, "running 2d 4h   OCI application   unprivileged   tags: web");
    assert_string_equal(fact(&f, "Image")->text, "docker.io/library/nextcloud:32.0.1");
    assert_null(fact(&f, "Image")->opens);
    assert_string_equal(fact(&f, "Processor")->text, "6% of 4 cores");
    assert_string_equal(fact(&f, "Memory")->text, "1.9 of 4 GiB");
    assert_string_equal(fact(&f, "Memory")->more, "swap 0 of 512 MiB");
    assert_int_equal(fact(&f, "Memory")->bar_role, ROLE_OK);
    assert_int_equal(fact(&f, "Root disk")->bar_role, ROLE_WARN); /* 15 of 16 GiB */
    assert_non_null(strstr(fact(&f, "/data")->text, "volume tank:subvol-1-disk-0"));
    assert_non_null(strstr(fact(&f, "/mnt/photos")->text, "host folder /tank/photos"));
    assert_non_null(strstr(fact(&f, "/mnt/photos")->text, "ro"));
    assert_string_equal(fact(&f, "Network")->text, "net0 on vmbr0, 192.168.1.40/24, VLAN 20, BC:24:11:5E:02:66");
    assert_string_equal(fact(&f, "GPU")->text, "none");
    assert_non_null(strstr(fact(&f, "Snapshots")->text, "none possible"));
    assert_string_equal(fact(&f, "Environment")->opens, "env");
    const struct fact *job = fact(&f, "Jobs");
    assert_string_equal(job->opens, "job 40");
    assert_non_null(strstr(job->text, "40 Upgrade "));
    assert_string_equal(job->more, "done in 2m41s");
    assert_string_equal(job[1].opens, "job 31");
    assert_string_equal(job[1].more, "failed at step 3 of 7");
    facts_clear(&f);
    world_clear(&w);
}

/* Not known is a dash or is not claimed; nothing makes a number up. */
static void test_what_is_not_known(void **state)
{
    struct world w;
    struct facts f = {0};
    struct ct_history history = {0};
    struct ct ct = a_ct();
    (void)state;
    world_init(&w);
    ct.state = CT_STOPPED;
    ct_facts(&f, &w.host, &ct, NULL, 0, &history, 0);
    assert_string_equal(fact(&f, "Memory")->text, "- of 4 GiB");
    assert_string_equal(fact(&f, "Processor")->text, "4 cores");
    assert_string_equal(fact(&f, "Jobs")->text, "none known");
    ct.state = CT_UNKNOWN;
    ct.conf = NULL;
    ct.node = (char *)"pve2";
    ct.maxmem = ct.maxdisk = ct.cores = ct.maxswap = HOST_UNKNOWN;
    ct.reference = ct.digest = NULL;
    ct_facts(&f, &w.host, &ct, NULL, 0, &history, 0);
    assert_string_equal(fact(&f, "Image")->text, "not known");
    assert_string_equal(fact(&f, "Memory")->text, "-");
    assert_non_null(strstr(fact(&f, "Settings")->text, "pve2"));
    facts_clear(&f);
    world_clear(&w);
}

/* The cursor stands on rows that say something, and stays where it is when they are made anew. */
static void test_cursor(void **state)
{
    struct facts f = {0};
    const struct key down = {.type = KEY_CHAR, .ch = 'j'}, up = {.type = KEY_CHAR, .ch = 'k'};
    (void)state;
    for (int round = 0; round < 2; round++) {
        facts_begin(&f);
        facts_blank(&f);
        facts_add(&f, "One", "1");
        facts_heading(&f, "HEAD", "");
        facts_add(&f, "Two", "2");
        facts_blank(&f);
        facts_end(&f);
        scroll_set_height(&f.scroll, 10);
        assert_string_equal(facts_cursor(&f)->label, round ? "Two" : "One");
        assert_true(facts_key(&f, &down));
        assert_string_equal(facts_cursor(&f)->label, "Two");
        assert_true(facts_key(&f, &down));
        assert_string_equal(facts_cursor(&f)->label, "Two");
    }
    facts_key(&f, &up);
    assert_string_equal(facts_cursor(&f)->label, "One");
    facts_key(&f, &up);
    assert_string_equal(facts_cursor(&f)->label, "One");
    facts_begin(&f);
    facts_end(&f);
    assert_null(facts_cursor(&f));
    facts_clear(&f);
}

/* --- images --- */

static void test_names_of_images(void **state)
{
    static const struct {
        struct image image;
        const char *name, *tag, *arch;
    } rows[] = {
        {{.oci = true, .reference = (char *)"docker.io/library/nextcloud:32.0.1", .arch = (char *)"amd64"},
         "docker.io/library/nextcloud",
         "32.0.1",
         "amd64"},
        {{.oci = true, .reference = (char *)"reg.lan:5000/a/b:1", .arch = (char *)"arm64"},
         "reg.lan:5000/a/b",
         "1",
         "arm64"},
        {{.oci = true, .reference = (char *)"docker.io/a/b@sha256:0123456789abcdef", .arch = (char *)"amd64"},
         "docker.io/a/b",
         "0123456789ab",
         "amd64"},
        {{.oci = true, .file = (char *)"mine.tar", .arch = (char *)"amd64"}, "mine.tar", "-", "amd64"},
        {{.file = (char *)"debian-13-standard_13.1-2_amd64.tar.zst"}, "template debian-13-standard", "13.1-2", "amd64"},
        {{.file = (char *)"odd.tar.gz"}, "template odd", "", "-"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char name[256], tag[128], arch[64] = "";
        images_name(&rows[i].image, name, sizeof(name));
        images_tag(&rows[i].image, tag, sizeof(tag));
        images_arch(&rows[i].image, arch, sizeof(arch));
        if (strcmp(name, rows[i].name) != 0 || strcmp(tag, rows[i].tag) != 0 || strcmp(arch, rows[i].arch) != 0)
            fail_msg("row %zu: %s|%s|%s", i, name, tag, arch);
    }
}

static void test_ages(void **state)
{
    static const struct {
        int64_t age;
        const char *text;
    } rows[] = {{30, "0m"}, {600, "10m"}, {61200, "17h"}, {86400 * 41, "41d"}, {-5, "0m"}};
    char text[16];
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        images_age(1000000000, 1000000000 + rows[i].age, text, sizeof(text));
        assert_string_equal(text, rows[i].text);
    }
    images_age(0, 5, text, sizeof(text));
    assert_string_equal(text, "-");
}

/* --- acts --- */

static void test_what_can_be_done(void **state)
{
    static const char *const acts[] = {"start", "shutdown", "stop", "reboot", "destroy"};
    struct world w;
    char why[ERR_TEXT_MAX];
    (void)state;
    world_init(&w);
    struct ct *ct = NULL;
    for (size_t i = 0; i < w.host.ncts && !ct; i++)
        if (w.host.cts[i].state == CT_RUNNING && !w.host.cts[i].lock && strcmp(w.host.cts[i].node, w.host.node) == 0)
            ct = &w.host.cts[i];
    assert_non_null(ct);
    int vmids[2] = {ct->vmid, 99999};
    for (size_t i = 0; i < 5; i++) {
        bool can = strcmp(acts[i], "start") != 0;
        assert_int_equal(acts_why_not(&w.host, acts[i], vmids, 1, why, sizeof(why)) == NULL, can);
        /* One that cannot does not hold back the other. */
        assert_int_equal(acts_why_not(&w.host, acts[i], vmids, 2, why, sizeof(why)) == NULL, can);
        assert_non_null(acts_why_not(&w.host, acts[i], vmids + 1, 1, why, sizeof(why)));
        assert_non_null(acts_why_not(&w.host, acts[i], vmids, 0, why, sizeof(why)));
        assert_non_null(acts_why_not(NULL, acts[i], vmids, 1, why, sizeof(why)));
    }
    struct buf text = BUF_INIT;
    acts_question(&w.host, "shutdown", vmids, 2, &text);
    assert_non_null(strstr(text.s, ct->name));
    assert_non_null(strstr(text.s, "60 seconds"));
    assert_non_null(strstr(text.s, "Left out"));
    assert_false(acts_knows("nonsense"));
    buf_clear(&text);
    world_clear(&w);
}

/* Starting is done at once, what interrupts asks first, destroying has a page. */
static void test_what_asks(void **state)
{
    struct world w;
    struct app app = {0};
    char why[ERR_TEXT_MAX];
    (void)state;
    world_init(&w);
    app.host = &w.host;
    int running = 0, stopped = 0;
    for (size_t i = 0; i < w.host.ncts; i++) {
        const int *vmid = &w.host.cts[i].vmid;
        if (!acts_why_not(&w.host, "start", vmid, 1, why, sizeof(why)))
            stopped = *vmid;
        if (!acts_why_not(&w.host, "stop", vmid, 1, why, sizeof(why)))
            running = *vmid;
    }
    acts_do(&app, "start", &stopped, 1);
    assert_int_equal(app_did.started, 1);
    assert_int_equal(app_did.asked, 0);
    acts_do(&app, "shutdown", &running, 1);
    assert_int_equal(app_did.asked, 1);
    assert_int_equal(app_did.started, 1);
    app_did.answer(app_did.data, "");
    assert_int_equal(app_did.started, 1);
    acts_do(&app, "stop", &running, 1);
    app_did.answer(app_did.data, "do");
    assert_int_equal(app_did.started, 2);
    acts_do(&app, "destroy", &stopped, 1);
    assert_int_equal(app_did.pushed, 1);
    assert_int_equal(app_did.started, 2);
    assert_int_equal(app_did.errors, 0);
    acts_do(&app, "start", &running, 1);
    assert_int_equal(app_did.errors, 1);
    assert_int_equal(app_did.started, 2);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_running_ct), cmocka_unit_test(test_what_is_not_known),
        cmocka_unit_test(test_cursor),       cmocka_unit_test(test_names_of_images),
        cmocka_unit_test(test_ages),         cmocka_unit_test(test_what_can_be_done),
        cmocka_unit_test(test_what_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
