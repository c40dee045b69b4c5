#include "tests/unit/unit.h"

#include "tests/unit/replay.h"
#include "tests/unit/replay-compare.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/spawn.h"
#include "backend/sim/figures.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTPUT_MAX (4u << 20)

/* The group that is being replayed. */
static struct {
    char *root;
    int fd;
    json_t *rows, *exceptions;
    json_t *confs; /* VMID → text that its conf has to hold */
    int held[8];
    int nheld;
} now = {.fd = -1};

struct row {
    const struct replay_group *group;
    unsigned index;
};

/* --- the host's folder --- */

void replay_put_bytes(const char *root, const char *path, const void *bytes, unsigned long len)
{
    char *full = mem_printf("%s/%s", root, path), *slash = strrchr(full, '/');
    *slash = '\0';
    assert_int_equal(file_make_dirs(AT_FDCWD, full, 0755, NULL), 0);
    *slash = '/';
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
    free(full);
}

void replay_put(const char *root, const char *path, const char *text)
{
    replay_put_bytes(root, path, text, strlen(text));
}

void replay_host(const char *root)
{
    replay_put(root, "etc/pve/storage.cfg",
               "dir: local\n\tpath /var/lib/vz\n\tcontent vztmpl,iso,rootdir,images,snippets,backup\n\n"
               "dir: isoonly\n\tpath /mnt/isoonly\n\tcontent iso\n\n"
               "dir: tank\n\tdisable\n\tpath /tank\n\tcontent vztmpl,rootdir\n\n");
    replay_put(root, "etc/pve/user.cfg", "user:root@pam:1:0::::::\n\npool:media:Media apps::local:\n");
    replay_put(root, "etc/pve/nodes/pve1/qemu-server/200.conf", "memory: 512\n");
    replay_put(root, "etc/pve/nodes/pve2/lxc/300.conf", "memory: 512\n");
    replay_put(root, "srv/media/.keep", "");
    replay_put(root, "tmp/empty.pub", "");
    replay_put(root, "dev/null", "");
    replay_put(root, "dev/zero", "");
}

static char *conf_path(const char *vmid)
{
    return mem_printf("etc/pve/nodes/pve1/lxc/%s.conf", vmid);
}

/* The conf as the row before left it; NULL removes it. */
static void set_conf(const char *vmid, const json_t *text)
{
    char *path = conf_path(vmid);
    if (json_is_string(text)) {
        replay_put(now.root, path, json_string_value(text));
        json_object_set(now.confs, vmid, (json_t *)text);
    } else {
        unlinkat(now.fd, path, 0);
        json_object_del(now.confs, vmid);
    }
    free(path);
}

static void restore_confs(void)
{
    const char *vmid;
    json_t *text;
    json_object_foreach(now.confs, vmid, text)
    {
        char *path = conf_path(vmid);
        replay_put(now.root, path, json_string_value(text));
        free(path);
    }
}

static uint64_t number(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static void run_ct(const json_t *figures, int vmid)
{
    struct err err;
    struct sim_figures f = {
        .vmid = vmid,
        .memory = number(figures, "memory"),
        .memory_max = number(figures, "memory_max"),
        .swap_max = number(figures, "swap_max"),
        .cpu_usec = number(figures, "cpu_usec"),
        .disk_read = number(figures, "disk_read"),
        .disk_write = number(figures, "disk_write"),
    };
    assert_int_equal(sim_figures_start(now.fd, &f, &err), 0);
}

static void make_hole(const char *path, off_t bytes)
{
    replay_put(now.root, path, "");
    int fd = openat(now.fd, path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0 && ftruncate(fd, bytes) == 0);
    close(fd);
}

static void make_volume(const char *name, off_t bytes)
{
    char *path = mem_printf("var/lib/vz/images/%s", name);
    make_hole(path, bytes);
    free(path);
}

static void hold(const char *vmid)
{
    char *path = mem_printf("run/lock/lxc/pve-config-%s.lock", vmid);
    assert_int_equal(file_make_dirs(now.fd, "run/lock/lxc", 0755, NULL), 0);
    assert_true(now.nheld < 8);
    now.held[now.nheld] = lock_flock(now.fd, path, 0, NULL);
    assert_true(now.held[now.nheld++] >= 0);
    free(path);
}

static void prepare(const json_t *what)
{
    const char *key;
    json_t *value;
    size_t i;
    json_object_foreach(json_object_get(what, "confs"), key, value) set_conf(key, value);
    json_object_foreach(json_object_get(what, "volumes"), key, value)
        make_volume(key, (off_t)json_integer_value(value));
    json_object_foreach(json_object_get(what, "files"), key, value)
        replay_put(now.root, key + 1, json_string_value(value));
    json_object_foreach(json_object_get(what, "sizes"), key, value)
        make_hole(key + 1, (off_t)json_integer_value(value));
    if (json_object_get(what, "faults") != NULL)
        replay_put(now.root, ".sim/faults", json_string_value(json_object_get(what, "faults")));
    json_array_foreach(json_object_get(what, "run"), i, value) run_ct(NULL, (int)json_integer_value(value));
    if (json_object_get(what, "figures") != NULL)
        run_ct(json_object_get(what, "figures"), (int)number(json_object_get(what, "figures"), "vmid"));
    json_array_foreach(json_object_get(what, "hold"), i, value)
    {
        char vmid[24];
        snprintf(vmid, sizeof(vmid), "%lld", (long long)json_integer_value(value));
        hold(vmid);
    }
}

/* --- comparing --- */

static void compare_conf(struct buf *why, const char *vmid, const json_t *want, const char *known)
{
    struct buf got = BUF_INIT, a = BUF_INIT, b = BUF_INIT;
    char *path = conf_path(vmid);
    int rc = file_read(now.fd, path, OUTPUT_MAX, &got, NULL);
    if (!json_is_string(want)) {
        if (rc != -ENOENT)
            replay_differs(why, "conf", "(no file)", 9, &got);
    } else {
        replay_mask_conf(json_string_value(want), known, &a);
        replay_mask_conf(got.s, known, &b);
        if (rc < 0 || strcmp(a.s, b.s) != 0)
            replay_differs(why, "conf", a.s, a.len, &b);
    }
    free(path);
    buf_clear(&got);
    buf_clear(&a);
    buf_clear(&b);
}

static void list_below(const char *path, struct argv *all)
{
    struct argv names = ARGV_INIT;
    argv_pushf(all, "/%s", path);
    if (file_list(now.fd, path, &names, NULL) == 0) {
        for (size_t i = 0; i < names.n; i++) {
            char *below = mem_printf("%s/%s", path, names.v[i]);
            list_below(below, all);
            free(below);
        }
    }
    argv_clear(&names);
}

static void compare_folder(struct buf *why, const json_t *row)
{
    struct argv all = ARGV_INIT;
    struct buf want = BUF_INIT, got = BUF_INIT;
    size_t i;
    json_t *name;
    const char *folder = json_string_value(json_object_get(row, "folder"));
    list_below(folder + 1, &all);
    for (i = 1; i < all.n; i++)
        buf_addf(&got, "%s\n", all.v[i]);
    json_array_foreach(json_object_get(row, "files"), i, name) buf_addf(&want, "%s\n", json_string_value(name));
    if (strcmp(want.s, got.s) != 0)
        replay_differs(why, folder, want.s, want.len, &got);
    argv_clear(&all);
    buf_clear(&want);
    buf_clear(&got);
}

static void compare_file(struct buf *why, const json_t *row)
{
    struct buf got = BUF_INIT;
    const char *path = json_string_value(json_object_get(row, "path"));
    const char *want = json_string_value(json_object_get(row, "content"));
    if (want == NULL) {
        if (faccessat(now.fd, path + 1, F_OK, 0) == 0)
            buf_addf(why, "  %s is there\n", path);
        return;
    }
    if (file_read(now.fd, path + 1, OUTPUT_MAX, &got, NULL) < 0 || strcmp(got.s, want) != 0)
        replay_differs(why, path, want, strlen(want), &got);
    buf_clear(&got);
}

/* --- running --- */

static void build_argv(const json_t *args, struct argv *argv)
{
    size_t i;
    json_t *arg;
    const char *builddir = getenv("builddir");
    argv_pushf(argv, "%s/tengil-sim", builddir != NULL ? builddir : ".");
    json_array_foreach(args, i, arg)
    {
        const char *text = json_string_value(arg), *times = strstr(text, "*9000");
        if (times == NULL) {
            argv_push(argv, text);
            continue;
        }
        char *many = mem_zero(9001, 1);
        memset(many, text[0], 9000);
        argv_push_nodup(argv, many);
    }
}

static void run_call(struct buf *why, const json_t *row)
{
    struct spawn_result result = SPAWN_RESULT_INIT;
    struct argv argv = ARGV_INIT;
    struct buf known = BUF_INIT;
    struct err err;
    const char *conf = json_string_value(json_object_get(row, "conf"));
    const char *same = json_string_value(json_object_get(row, "same"));
    build_argv(json_object_get(row, "argv"), &argv);
    if (conf != NULL && json_object_get(row, "before") != NULL)
        set_conf(conf, json_object_get(row, "before"));
    argv_quote(&known, &argv);
    if (conf != NULL && json_object_get(now.confs, conf) != NULL)
        buf_adds(&known, json_string_value(json_object_get(now.confs, conf)));
    int rc = spawn_capture(&argv, OUTPUT_MAX, 60000, &result, &err);
    if (rc < 0)
        buf_addf(why, "  not run: %s\n", err.text);
    replay_compare_exit(why, json_object_get(row, "exit"), result.exit);
    replay_compare_output(why, "stdout", json_object_get(row, "out"), &result.out);
    replay_compare_output(why, "stderr", json_object_get(row, "err"), &result.errs);
    if (conf != NULL)
        compare_conf(why, conf, json_object_get(row, "after"), known.s);
    if (same != NULL)
        compare_conf(why, same, json_object_get(now.confs, same),
                     json_string_value(json_object_get(now.confs, same))
                         ? json_string_value(json_object_get(now.confs, same))
                         : "");
    /* The next row begins where the record ended, whatever came out here. */
    if (conf != NULL)
        set_conf(conf, json_object_get(row, "after"));
    restore_confs();
    spawn_result_clear(&result);
    argv_clear(&argv);
    buf_clear(&known);
}

static void open_group(const struct replay_group *group)
{
    struct buf path = BUF_INIT;
    const char *dir = getenv("TEST_DIR");
    for (; now.nheld > 0; now.nheld--)
        close(now.held[now.nheld - 1]);
    free(now.root);
    json_decref(now.rows);
    json_decref(now.confs);
    if (now.fd >= 0)
        close(now.fd);
    now.root = mem_printf("%s/%s", dir != NULL ? dir : "/tmp", group->name);
    now.confs = json_object();
    assert_int_equal(file_make_dirs(AT_FDCWD, now.root, 0755, NULL), 0);
    now.fd = open(now.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(now.fd >= 0);
    replay_put(now.root, "etc/pve/nodes/pve1/lxc/.keep", "");
    assert_int_equal(symlinkat("nodes/pve1", now.fd, "etc/pve/local"), 0);
    assert_int_equal(symlinkat("nodes/pve1/lxc", now.fd, "etc/pve/lxc"), 0);
    replay_put(now.root, ".sim/lockwait", "0.2");
    if (group->start != NULL)
        group->start(now.root);
    setenv("TENGIL_ROOT", now.root, 1);
    setenv("TZ", "UTC", 1);
    buf_addf(&path, "%s/records/%s.json", TEST_DATA, group->name);
    now.rows = json_load_file(path.s, JSON_ALLOW_NUL, NULL);
    assert_non_null(now.rows);
    buf_clear(&path);
}

static void replay_row(void **state)
{
    const struct row *r = *state;
    struct buf why = BUF_INIT;
    char id[128];
    if (r->index == 0)
        open_group(r->group);
    const json_t *row = json_array_get(now.rows, r->index);
    prepare(json_object_get(row, "do"));
    if (json_object_get(row, "argv") != NULL)
        run_call(&why, row);
    else if (json_object_get(row, "folder") != NULL)
        compare_folder(&why, row);
    else
        compare_file(&why, row);
    snprintf(id, sizeof(id), "%s#%u", r->group->name, r->index);
    const char *reason = json_string_value(json_object_get(now.exceptions, id));
    if (reason != NULL && why.len == 0)
        fail_msg("%s comes out as recorded: take it off the exceptions", id);
    if (reason == NULL && why.len > 0)
        fail_msg("%s\n%s", id, why.s);
    buf_clear(&why);
}

static size_t count_rows(const char *group)
{
    char *path = mem_printf("%s/records/%s.json", TEST_DATA, group);
    json_t *rows = json_load_file(path, JSON_ALLOW_NUL, NULL);
    size_t n = json_array_size(rows);
    json_decref(rows);
    free(path);
    return n;
}

/* Every exception has to name a row that there is. */
static size_t stray_exceptions(const struct CMUnitTest *tests, size_t n)
{
    const char *id;
    json_t *reason;
    size_t stray = 0;
    json_object_foreach(now.exceptions, id, reason)
    {
        const char *group = strchr(id, '#');
        bool found = false, ours = false;
        for (size_t i = 0; i < n; i++) {
            found = found || strcmp(tests[i].name, id) == 0;
            ours = ours || strncmp(tests[i].name, id, (size_t)(group - id) + 1) == 0;
        }
        if (ours && !found) {
            fprintf(stderr, "# exceptions.json names %s, which is no row\n", id);
            stray++;
        }
    }
    return stray;
}

int replay_run(const struct replay_group *groups, unsigned n)
{
    struct CMUnitTest *tests = NULL;
    size_t count = 0;
    now.exceptions = json_load_file(TEST_DATA "/records/exceptions.json", 0, NULL);
    for (unsigned g = 0; g < n; g++) {
        size_t rows = count_rows(groups[g].name);
        if (rows == 0) {
            fprintf(stderr, "# no records of %s\n", groups[g].name);
            return 1;
        }
        for (size_t i = 0; i < rows; i++) {
            struct row *row = mem_zero(1, sizeof(*row));
            *row = (struct row){.group = &groups[g], .index = (unsigned)i};
            MEM_GROW(tests, count);
            tests[count++] = (struct CMUnitTest){
                .name = mem_printf("%s#%zu", groups[g].name, i),
                .test_func = replay_row,
                .initial_state = row,
            };
        }
    }
    int failed = _cmocka_run_group_tests("replay", tests, count, NULL, NULL);
    return failed + (int)stray_exceptions(tests, count);
}
