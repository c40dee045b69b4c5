#include "tests/unit/unit.h"

#include "backend/base/mem.h"
#include "backend/host/root.h"
#include "tests/unit/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* TMP/outside/secret and TMP/host/…, with links of every kind. */
struct fixture {
    char *tmp, *host;
    struct root root;
};

static int set_up(void **state)
{
    struct fixture *f = mem_zero(1, sizeof(*f));
    struct err err = {0};

    f->tmp = tree_new();
    f->host = mem_printf("%s/host", f->tmp);
    tree_put(f->tmp, "outside/secret", "outside");
    tree_put(f->host, "etc/pve/nodes/pve1/lxc/101.conf", "hostname: web\n");
    tree_put(f->host, "etc/hostname", "pve1\n");
    tree_link(f->host, "etc/pve/local", "nodes/pve1");
    tree_link(f->host, "etc/pve/lxc", "/etc/pve/nodes/pve1/lxc");
    tree_link(f->host, "up", "../outside");
    tree_link(f->host, "etc/far", "../../../../../../outside/secret");
    tree_link(f->host, "loop", "loop");
    char *absolute = mem_printf("%s/outside/secret", f->tmp);
    tree_link(f->host, "absolute", absolute);
    free(absolute);
    *state = f;
    return root_open(&f->root, f->host, &err);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    root_close(&f->root);
    tree_free(f->tmp);
    free(f->host);
    free(f);
    return 0;
}

static void files_are_read_below_the_root(void **state)
{
    static const struct {
        const char *path, *text;
        int rc;
    } rows[] = {
        {"/etc/hostname", "pve1\n", 0},
        {"etc/hostname", "pve1\n", 0},
        {"/etc/pve/lxc/101.conf", "hostname: web\n", 0}, /* an absolute link, which means below the root */
        {"/etc/pve/local/lxc/101.conf", "hostname: web\n", 0},
        {"/../../etc/hostname", "pve1\n", 0},
        {"/nope", "", -ENOENT},
        {"/etc/hostname/x", "", -ENOTDIR},
        {"/up/secret", "", -ENOENT},
        {"/etc/far", "", -ENOENT},
        {"/absolute", "", -ENOENT},
        {"/loop", "", -ELOOP},
        {"/etc", "", -EISDIR},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out = BUF_INIT;
        struct err err = {0};
        int rc = root_read(&f->root, rows[i].path, 4096, &out, &err);
        if (rc != rows[i].rc || strcmp(out.s, rows[i].text) != 0)
            fail_msg("%s: %d, \"%s\"", rows[i].path, rc, out.s);
        assert_true(!rc == !err.text[0]);
        assert_int_equal(root_exists(&f->root, rows[i].path), rc == 0 || rc == -EISDIR);
        buf_clear(&out);
    }
}

static void a_file_over_the_cap_is_refused(void **state)
{
    struct fixture *f = *state;
    struct buf out = BUF_INIT;
    struct err err = {0};
    buf_adds(&out, "kept");
    assert_int_equal(root_read(&f->root, "/etc/hostname", 4, &out, &err), -EFBIG);
    assert_string_equal(out.s, "kept");
    assert_non_null(strstr(err.text, "/etc/hostname"));
    assert_int_equal(root_read(&f->root, "/etc/hostname", 5, &out, &err), 0);
    assert_string_equal(out.s, "keptpve1\n");
    buf_clear(&out);
}

static void links_and_folders_are_told(void **state)
{
    struct fixture *f = *state;
    struct buf text = BUF_INIT;
    struct argv names = ARGV_INIT;
    struct stat st;
    struct err err = {0};

    assert_int_equal(root_readlink(&f->root, "/etc/pve/local", &text), 0);
    assert_string_equal(text.s, "nodes/pve1");
    assert_int_equal(root_readlink(&f->root, "/etc/hostname", &text), -EINVAL);
    assert_int_equal(root_readlink(&f->root, "/etc/nothing", &text), -ENOENT);
    assert_int_equal(root_list(&f->root, "/etc/pve", &names, &err), 0);
    assert_int_equal(names.n, 3);
    assert_string_equal(names.v[0], "local");
    assert_int_equal(root_list(&f->root, "/etc/nothing", &names, &err), -ENOENT);
    assert_int_equal(root_stat(&f->root, "/etc/pve/local", &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(root_stat(&f->root, "/absolute", &st), -ENOENT);
    argv_clear(&names);
    buf_clear(&text);
}

static void files_can_be_made_below_the_root_only(void **state)
{
    struct fixture *f = *state;
    int fd = root_openat(&f->root, "/etc/new", O_WRONLY | O_CREAT | O_EXCL, 0640);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    assert_true(root_exists(&f->root, "/etc/new"));
    assert_int_equal(root_openat(&f->root, "/up/new", O_WRONLY | O_CREAT, 0600), -ENOENT);
    char *outside = mem_printf("%s/outside/new", f->tmp);
    assert_int_equal(access(outside, F_OK), -1);
    free(outside);
}

static void a_missing_root_is_a_sentence(void **state)
{
    struct root root = {.fd = -1};
    struct err err = {0};
    (void)state;
    assert_int_equal(root_open(&root, "/no/such/folder", &err), -ENOENT);
    assert_non_null(strstr(err.text, "/no/such/folder"));
    root_close(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_read_below_the_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_over_the_cap_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_and_folders_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_can_be_made_below_the_root_only, set_up, tear_down),
        cmocka_unit_test(a_missing_root_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
