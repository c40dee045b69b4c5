#include "tests/unit/unit.h"

#include "tests/unit/plan-world.h"
#include "tui/create-form.h"
#include "tui/making.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The form of a new CT without a terminal: what is typed, what it says, what spec and commands come of it. */

struct world_form {
    struct world world;
    struct create_form *c;
};

static void open_form(struct world_form *w, const char *image)
{
    world_init(&w->world);
    w->c = create_new(image, &w->world.settings);
    create_host(w->c, &w->world.host);
}

static void close_form(struct world_form *w)
{
    create_free(w->c);
    world_clear(&w->world);
}

static enum form_event press(struct create_form *c, int code)
{
    const struct key key = {.type = KEY_CODE, .code = code};
    return create_key(c, &key, NULL, 0);
}

static void type(struct create_form *c, const char *text)
{
    for (; *text; text++) {
        const struct key key = {.type = KEY_CHAR, .ch = (unsigned char)*text};
        create_key(c, &key, NULL, 0);
    }
}

/* By keys, as a person does: to the field, the old value away, the new one typed. */
static void fill(struct create_form *c, const char *id, const char *value)
{
    form_to(c->form, id);
    assert_string_equal(form_focus(c->form), id);
    press(c, KEY_CTRL('U'));
    press(c, KEY_CTRL('K'));
    type(c, value);
}

static char *spec_of(struct create_form *c)
{
    struct spec spec;
    struct spec_problems problems = {0};
    struct buf yaml = BUF_INIT;
    create_spec(c, NULL, &spec, &problems);
    if (!problems.n)
        spec_check(&spec, &problems);
    if (problems.n)
        print_error("%s: %s\n", problems.v[0].field, problems.v[0].reason);
    assert_int_equal(problems.n, 0);
    spec_write(&spec, &yaml);
    spec_problems_clear(&problems);
    spec_clear(&spec);
    return buf_detach(&yaml);
}

static char *commands(const struct create_form *c)
{
    struct buf text = BUF_INIT;
    assert_non_null(c->plan);
    making_text(c->plan, 4000, &text);
    return buf_detach(&text);
}

static void contains(const char *text, const char *part, const char *row)
{
    if (!strstr(text, part))
        fail_msg("%s: \"%s\" is not in:\n%s", row, part, text);
}

/* --- each field --- */

static const struct row {
    const char *id, *wrong, *why, *right, *yaml, *option;
} rows[] = {
    {"image", "-x/y", "", "jellyfin/jellyfin:10.11.2", "image: jellyfin/jellyfin", NULL},
    {"hostname", "a_b", "", "media-1", "hostname: media-1", "--hostname ?"},
    {"vmid", "99", "", "777", "vmid: 777", "pct create ?"},
    {"vmid", "102", "belongs to the CT", "777", "vmid: 777", "pct create ?"},
    {"cores", "0", "", "3", "cores: 3", "--cores ?"},
    {"cores", "13", "The host has 12 CPUs", "3", "cores: 3", "--cores ?"},
    {"memory", "8", "16", "4G", "memory: 4096", "--memory ?"},
    {"memory", "999999", "of memory", "4G", "memory: 4096", "--memory ?"},
    {"swap", "99999999", "", "1G", "swap: 1024", "--swap ?"},
    {"disk", "0", "", "16", "disk: 16", "--rootfs ?"},
    {"tags", "a!b", "", "web, media", "media", "--tags ?"},
    {"vlan", "5000", "", "20", "vlan: 20", "--net0 ?"},
};

static void test_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *r = &rows[i];
        struct world_form w;
        open_form(&w, "alpine:3.20");
        fill(w.c, r->id, r->wrong);
        const struct create_problem *p = create_problem(w.c, r->id);
        if (!p)
            fail_msg("%s: nothing is said of \"%s\"", r->id, r->wrong);
        contains(p->reason, r->why, r->id);
        if (r->option) {
            char *text = commands(w.c);
            contains(text, r->option, r->id);
            free(text);
        }
        assert_true(create_to_problem(w.c));
        assert_string_equal(form_focus(w.c->form), r->id);
        char message[512];
        form_message(w.c->form, message, sizeof(message));
        contains(message, p->reason, r->id);

        fill(w.c, r->id, r->right);
        if ((p = create_problem(w.c, r->id)))
            fail_msg("%s: \"%s\" is refused: %s", r->id, r->right, p->reason);
        char *yaml = spec_of(w.c);
        contains(yaml, r->yaml, r->id);
        free(yaml);
        assert_false(create_to_problem(w.c));
        close_form(&w);
    }
}

static void test_image_is_asked_for(void **state)
{
    struct world_form w;
    (void)state;
    open_form(&w, NULL);
    assert_non_null(create_problem(w.c, "image"));
    assert_null(w.c->plan);
    assert_true(create_to_problem(w.c));
    assert_string_equal(form_focus(w.c->form), "image");
    type(w.c, "alpine:3.20");
    assert_null(create_problem(w.c, "image"));
    assert_non_null(w.c->plan);
    close_form(&w);
}

/* Typing goes on: what more letters can mend is said when the field is left, the rest at once. */
static void test_when_an_error_is_shown(void **state)
{
    static const struct {
        const char *id, *value;
        bool at_once;
    } when[] = {
        {"memory", "8", false}, {"memory", "999999999", true}, {"hostname", "a_", true}, {"hostname", "web-", false},
        {"vmid", "9", false},   {"vmid", "9999999999", true},  {"vlan", "5000", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(when) / sizeof(when[0]); i++) {
        struct world_form w;
        open_form(&w, "alpine:3.20");
        fill(w.c, when[i].id, when[i].value);
        assert_non_null(create_problem(w.c, when[i].id));
        if (form_message_is_error(w.c->form) != when[i].at_once)
            fail_msg("%s: \"%s\" is shown %s", when[i].id, when[i].value, when[i].at_once ? "late" : "at once");
        press(w.c, KEYS_TAB);
        form_to(w.c->form, when[i].id);
        assert_true(form_message_is_error(w.c->form));
        close_form(&w);
    }
}

static void test_defaults_and_ticks(void **state)
{
    struct world_form w;
    (void)state;
    open_form(&w, "alpine:3.20");
    char *yaml = spec_of(w.c);
    contains(yaml, "unprivileged: true", "unprivileged");
    contains(yaml, "nesting: true", "nesting");
    contains(yaml, "onboot: true", "onboot");
    contains(yaml, "start: true", "start");
    contains(yaml, "hostname: alpine", "name of the image");
    assert_null(strstr(yaml, "vmid"));
    assert_null(strstr(yaml, "fuse"));
    free(yaml);
    form_to(w.c->form, "fuse");
    type(w.c, " ");
    form_to(w.c->form, "start");
    type(w.c, " ");
    yaml = spec_of(w.c);
    contains(yaml, "fuse: true", "fuse");
    assert_null(strstr(yaml, "\nstart: true"));
    free(yaml);
    close_form(&w);
}

static void test_static_address(void **state)
{
    struct world_form w;
    (void)state;
    open_form(&w, "alpine:3.20");
    form_to(w.c->form, "ipv4");
    press(w.c, KEY_RIGHT);
    assert_non_null(create_problem(w.c, "ip"));
    fill(w.c, "ip", "192.168.1.40/24");
    fill(w.c, "gateway", "10.0.0.1");
    assert_non_null(create_problem(w.c, "gateway"));
    fill(w.c, "gateway", "192.168.1.1");
    assert_int_equal(w.c->nproblems, 0);
    char *text = commands(w.c);
    contains(text, "gw=192.168.1.1", "gateway");
    contains(text, "ip=192.168.1.40/24", "address");
    free(text);
    close_form(&w);
}

static struct host_folder *folders(const char *path, bool exists)
{
    struct host_folder *f = calloc(1, sizeof(*f));
    f->path = strdup(path);
    f->exists = f->is_folder = exists;
    f->uid = 100000;
    f->mode = 0755;
    return f;
}

static void test_mounts(void **state)
{
    struct world_form w;
    struct argv unseen = ARGV_INIT;
    (void)state;
    open_form(&w, "alpine:3.20");
    form_to(w.c->form, "mounts");
    type(w.c, "a");
    assert_string_equal(form_focus(w.c->form), "m.what");
    fill(w.c, "m.source", "tank/media");
    assert_non_null(create_problem(w.c, "m.source"));
    fill(w.c, "m.source", "/tank/media");
    fill(w.c, "m.target", "media");
    assert_non_null(create_problem(w.c, "m.target"));
    fill(w.c, "m.target", "/media");
    assert_null(create_problem(w.c, "m.target"));
    create_unseen(w.c, &unseen);
    assert_int_equal(unseen.n, 1);
    create_folders(w.c, folders("/tank/media", false), 1);
    contains(create_problem(w.c, "m.source")->reason, "does not exist", "folder");
    create_folders(w.c, folders("/tank/media", true), 1);
    assert_int_equal(w.c->nproblems, 0);
    form_to(w.c->form, "m.mode");
    press(w.c, KEY_RIGHT);
    /* Going elsewhere closes the fields; the row stays. */
    press(w.c, KEYS_TAB);
    assert_int_equal(w.c->mount, -1);
    assert_int_equal(w.c->nmounts, 1);
    char *yaml = spec_of(w.c);
    contains(yaml, "source: /tank/media", "mount");
    contains(yaml, "readonly: true", "mode");
    free(yaml);
    argv_clear(&unseen);
    close_form(&w);
}

static void test_volumes_and_removal(void **state)
{
    struct world_form w;
    (void)state;
    open_form(&w, "alpine:3.20");
    form_to(w.c->form, "mounts");
    type(w.c, "a");
    press(w.c, KEY_RIGHT);
    assert_true(w.c->mounts[0].volume);
    fill(w.c, "m.target", "/data");
    contains(create_problem(w.c, "m.size")->reason, "size", "size");
    fill(w.c, "m.size", "1T");
    assert_null(create_problem(w.c, "m.size"));
    char *yaml = spec_of(w.c);
    contains(yaml, ":1024", "size");
    free(yaml);
    form_to(w.c->form, "cores");
    press(w.c, KEYS_TAB);
    form_to(w.c->form, "mounts");
    form_to_list_row(w.c->form, 0);
    type(w.c, "d");
    assert_int_equal(w.c->nmounts, 0);
    press(w.c, KEY_CTRL('R'));
    assert_int_equal(w.c->nmounts, 1);
    assert_string_equal(w.c->mounts[0].target, "/data");
    /* One that was added and left empty is none. */
    type(w.c, "a");
    form_to(w.c->form, "cores");
    press(w.c, KEYS_TAB);
    assert_int_equal(w.c->nmounts, 1);
    close_form(&w);
}

static void test_second_mount_in_error(void **state)
{
    struct world_form w;
    (void)state;
    open_form(&w, "alpine:3.20");
    for (int i = 0; i < 2; i++) {
        form_to(w.c->form, "mounts");
        type(w.c, "a");
        press(w.c, KEY_RIGHT);
        fill(w.c, "m.size", i ? "0" : "4");
        fill(w.c, "m.target", i ? "/b" : "/a");
        form_to(w.c->form, "cores");
        press(w.c, KEYS_TAB);
    }
    assert_int_equal(w.c->nproblems, 1);
    assert_int_equal(w.c->problems[0].row, 1);
    assert_true(create_to_problem(w.c));
    assert_string_equal(form_focus(w.c->form), "m.size");
    assert_int_equal(w.c->mount, 1);
    close_form(&w);
}

static void test_environment(void **state)
{
    struct world_form w;
    (void)state;
    open_form(&w, "alpine:3.20");
    form_to(w.c->form, "env");
    type(w.c, "a");
    fill(w.c, "e.name", "T Z");
    assert_non_null(create_problem(w.c, "env"));
    fill(w.c, "e.name", "TZ");
    fill(w.c, "e.value", "Europe/Stockholm");
    assert_int_equal(w.c->nproblems, 0);
    char *text = commands(w.c);
    contains(text, "TZ=Europe/Stockholm", "environment");
    free(text);
    close_form(&w);
}

static void test_registry_is_asked_once(void **state)
{
    struct world_form w;
    struct image_facts facts = {.size = 1000};
    char reference[256];
    (void)state;
    open_form(&w, "jellyfin/jellyfin:10.11.2");
    assert_non_null(create_image_to_ask(w.c, reference, sizeof(reference)));
    assert_string_equal(reference, "docker.io/jellyfin/jellyfin:10.11.2");
    create_facts(w.c, reference, NULL, "docker.io does not answer.");
    assert_non_null(create_image_to_ask(w.c, reference, sizeof(reference)));
    create_facts(w.c, reference, &facts, NULL);
    assert_null(create_image_to_ask(w.c, reference, sizeof(reference)));
    fill(w.c, "image", "jellyfin/jellyfin:10.11.1");
    assert_non_null(create_image_to_ask(w.c, reference, sizeof(reference)));
    close_form(&w);
}

static void test_template(void **state)
{
    struct world_form w;
    (void)state;
    open_form(&w, NULL);
    form_to(w.c->form, "from");
    press(w.c, KEY_RIGHT);
    char *text = spec_of(w.c);
    contains(text, "template: ", "template");
    free(text);
    text = commands(w.c);
    contains(text, "pct create", "template");
    assert_null(strstr(text, "skopeo"));
    free(text);
    close_form(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_image_is_asked_for),
        cmocka_unit_test(test_when_an_error_is_shown),
        cmocka_unit_test(test_defaults_and_ticks),
        cmocka_unit_test(test_static_address),
        cmocka_unit_test(test_mounts),
        cmocka_unit_test(test_volumes_and_removal),
        cmocka_unit_test(test_second_mount_in_error),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_registry_is_asked_once),
        cmocka_unit_test(test_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
