#include "tests/unit/unit.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/spec/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char dir[] = "/tmp/tengil-settings-XXXXXX";

static void write_file(const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", dir, name);
    char *parent = mem_printf("%s", path);
    *strrchr(parent, '/') = '\0';
    assert_int_equal(file_make_dirs(AT_FDCWD, parent, 0755, NULL), 0);
    assert_int_equal(file_write(AT_FDCWD, path, 0644, text, strlen(text), NULL), 0);
    free(path);
    free(parent);
}

static void set_place(const char *variable, const char *name)
{
    char *path = mem_printf("%s/%s", dir, name);
    setenv(variable, path, 1);
    free(path);
}

/* Each test begins with an empty folder and no settings of the machine. */
static int setup(void **state)
{
    static const char *const variables[] = {"TENGIL_CONFIG", "TENGIL_IMAGE_STORAGE", "TENGIL_DISK_STORAGE",
                                            "TENGIL_BRIDGE", "TENGIL_AUTHFILE"};
    (void)state;
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(dir));
    set_place("TENGIL_ROOT", "root");
    set_place("XDG_CONFIG_HOME", "user");
    set_place("TENGIL_STATE_DIR", "state");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return file_remove_tree(AT_FDCWD, dir, NULL);
}

static struct settings must_load(void)
{
    struct settings s;
    struct err err = {0};
    if (settings_load(&s, &err))
        fail_msg("%s", err.text);
    return s;
}

static void no_file_is_no_error(void **state)
{
    struct settings s = must_load();
    struct buf out = BUF_INIT;
    (void)state;
    assert_null(s.image_storage);
    assert_null(s.authfile);
    assert_int_equal(s.nregistries, 0);
    assert_null(settings_registries_conf_path(&s));
    assert_int_equal(settings_write_registries_conf(&s, NULL), 0);
    settings_print(&s, &out);
    assert_non_null(strstr(out.s, "the first bridge that is up"));
    buf_clear(&out);
    settings_clear(&s);
}

static void the_last_one_that_says_something_wins(void **state)
{
    struct buf out = BUF_INIT;
    (void)state;
    write_file("root/etc/tengil-tui/config.yaml", "image_storage: one\ndisk_storage: disks\nbridge: vmbr1\n"
                                                  "registries:\n  docker.io: {mirror: 127.0.0.1:5000, insecure: true}\n"
                                                  "  ghcr.io: {mirror: m.lan/ghcr}\n");
    write_file("user/tengil-tui/config.yaml", "image_storage: two\nbridge: vmbr2\n"
                                              "registries: {docker.io: {ca: /etc/ca}}\n");
    setenv("TENGIL_BRIDGE", "vmbr3", 1);
    struct settings s = must_load();
    assert_string_equal(s.image_storage, "two");
    assert_string_equal(s.disk_storage, "disks");
    assert_string_equal(s.bridge, "vmbr3");
    assert_int_equal(s.nregistries, 2);
    const struct settings_registry *docker = settings_registry(&s, "docker.io");
    assert_null(docker->mirror);
    assert_string_equal(docker->ca, "/etc/ca");
    assert_false(docker->insecure);
    assert_string_equal(settings_registry(&s, "ghcr.io")->mirror, "m.lan/ghcr");
    assert_null(settings_registry(&s, "quay.io"));
    settings_print(&s, &out);
    assert_non_null(strstr(out.s, "user/tengil-tui/config.yaml, line 1\n"));
    assert_non_null(strstr(out.s, "root/etc/tengil-tui/config.yaml, line 2\n"));
    assert_non_null(strstr(out.s, "TENGIL_BRIDGE\n"));
    assert_non_null(strstr(out.s, "ca /etc/ca"));
    buf_clear(&out);
    settings_clear(&s);
}

static void one_file_may_stand_for_all(void **state)
{
    struct err err = {0};
    struct settings s;
    (void)state;
    write_file("root/etc/tengil-tui/config.yaml", "bridge: vmbr1\n");
    write_file("one.yaml", "disk_storage: tank\n");
    set_place("TENGIL_CONFIG", "one.yaml");
    s = must_load();
    assert_null(s.bridge);
    assert_string_equal(s.disk_storage, "tank");
    settings_clear(&s);
    set_place("TENGIL_CONFIG", "none.yaml");
    assert_int_equal(settings_load(&s, &err), -ENOENT);
    assert_non_null(strstr(err.text, "none.yaml"));
}

static void a_wrong_file_is_an_error_with_its_line(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *words;
    } rows[] = {
        {"bridge: vmbr0\nimage_storag: x\n", 2, "image_storag: There is no such setting. Did you mean image_storage?"},
        {"\nbridge: [a]\n", 2, "One value is wanted"},
        {"bridge: \"a,b\"\n", 1, "no network name"},
        {"disk_storage: 9\n", 1, "no storage name"},
        {"authfile: auth.json\n", 1, "absolute path"},
        {"registries: [a]\n", 1, "A mapping"},
        {"registries:\n  docker: {mirror: a.b}\n", 2, "This is no registry"},
        {"registries:\n  docker.io/library: {mirror: a.b}\n", 2, "This is no registry"},
        {"registries:\n  docker.io: {miror: a.b}\n", 2, "Did you mean mirror?"},
        {"registries:\n  docker.io: {mirror: \"https://a.b\"}\n", 2, "Leave out \"https://\""},
        {"registries:\n  docker.io: {mirror: \"a.b\\\"]\"}\n", 2, "registries.docker.io.mirror"},
        {"registries:\n  docker.io: {ca: certs}\n", 2, "absolute path"},
        {"registries:\n  docker.io: {insecure: perhaps}\n", 2, "neither true nor false"},
        {"registries:\n  docker.io: yes\n", 2, "A mapping"},
        {"bridge: a\nbridge: b\n", 2, "second time"},
        {"- a\n", 1, "no settings"},
        {"a: *x\n", 1, "alias"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct settings s;
        struct err err = {0};
        write_file("user/tengil-tui/config.yaml", rows[i].text);
        int rc = settings_load(&s, &err);
        char *where = mem_printf("config.yaml, line %d", rows[i].line);
        if (rc != -EINVAL || err.line != rows[i].line || !strstr(err.text, rows[i].words) || !strstr(err.text, where) ||
            !text_is_clean(err.text, strlen(err.text)))
            fail_msg("row %zu: %d, line %d, %s", i, rc, err.line, err.text);
        free(where);
    }
}

static void a_wrong_variable_is_named(void **state)
{
    struct settings s;
    struct err err = {0};
    (void)state;
    setenv("TENGIL_DISK_STORAGE", "a b", 1);
    assert_int_equal(settings_load(&s, &err), -EINVAL);
    assert_non_null(strstr(err.text, "TENGIL_DISK_STORAGE: "));
    setenv("TENGIL_DISK_STORAGE", "", 1);
    s = must_load();
    assert_null(s.disk_storage);
    settings_clear(&s);
}

static void our_own_logins_are_used_when_there_are_any(void **state)
{
    (void)state;
    write_file("state/auth.json", "{}");
    struct settings s = must_load();
    assert_non_null(strstr(s.authfile, "/state/auth.json"));
    settings_clear(&s);
    setenv("TENGIL_AUTHFILE", "/root/mine.json", 1);
    s = must_load();
    assert_string_equal(s.authfile, "/root/mine.json");
    settings_clear(&s);
}

static void the_registries_file_says_the_same(void **state)
{
    static const char want[] = "# Written by tengil-tui from its settings (registries:); changes here are lost.\n"
                               "\n[[registry]]\nprefix = \"docker.io\"\nlocation = \"docker.io\"\n"
                               "[[registry.mirror]]\nlocation = \"127.0.0.1:5000\"\ninsecure = true\n"
                               "\n[[registry]]\nprefix = \"lan.lan:5000\"\nlocation = \"lan.lan:5000\"\n"
                               "insecure = true\n";
    struct buf text = BUF_INIT;
    struct stat st, again;
    (void)state;
    write_file("user/tengil-tui/config.yaml", "registries:\n"
                                              "  docker.io: {mirror: \"127.0.0.1:5000\", insecure: yes}\n"
                                              "  ghcr.io: {ca: /etc/ca}\n"
                                              "  lan.lan:5000: {insecure: true}\n");
    struct settings s = must_load();
    char *path = settings_registries_conf_path(&s);
    assert_int_equal(settings_write_registries_conf(&s, NULL), 0);
    assert_int_equal(file_read(AT_FDCWD, path, 65536, &text, NULL), 0);
    assert_string_equal(text.s, want);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(settings_write_registries_conf(&s, NULL), 0);
    assert_int_equal(stat(path, &again), 0);
    assert_int_equal(st.st_ino, again.st_ino); /* the same file: nothing was written */
    free(path);
    buf_clear(&text);
    settings_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_file_is_no_error, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_one_that_says_something_wins, setup, teardown),
        cmocka_unit_test_setup_teardown(one_file_may_stand_for_all, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wrong_file_is_an_error_with_its_line, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wrong_variable_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(our_own_logins_are_used_when_there_are_any, setup, teardown),
        cmocka_unit_test_setup_teardown(the_registries_file_says_the_same, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
