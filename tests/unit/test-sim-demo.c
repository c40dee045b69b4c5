#include "tests/unit/unit.h"

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/host/ctconf.h"
#include "backend/job/job.h"
#include "backend/plan/plan.h"
#include "backend/sim/apl.h"
#include "backend/sim/demo.h"
#include "backend/sim/figures.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Monday 24 November 2025, 15:01 in UTC: the clock of the pictures. */
#define NOW "1763996460"

static char *demo; /* a full one, made once */

static int init(const char *path, const char *option)
{
    char *argv[] = {(char *)path, (char *)option};
    return sim_init(option ? 2 : 1, argv);
}

static char *below(const char *name)
{
    const char *dir = getenv("TEST_DIR");
    return mem_printf("%s/%s", dir ? dir : "/tmp", name);
}

static int open_demo(const char *part)
{
    char *path = mem_printf("%s/%s", demo, part);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    assert_true(fd >= 0);
    return fd;
}

static int make_demo(void **state)
{
    (void)state;
    setenv("TENGIL_NOW", NOW, 1);
    setenv("TZ", "UTC", 1);
    demo = below("demo");
    char *jobs = mem_printf("%s/state", demo);
    setenv("TENGIL_STATE_DIR", jobs, 1);
    free(jobs);
    return init(demo, NULL);
}

static int drop_demo(void **state)
{
    (void)state;
    file_remove_tree(AT_FDCWD, demo, NULL);
    free(demo);
    return 0;
}

static void a_demo_is_left_as_it_is(void **state)
{
    struct stat st;
    struct buf text = BUF_INIT;
    int dir = open_demo(".");
    (void)state;
    assert_int_equal(fstat(dir, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(file_write(dir, "root/etc/hostname", 0644, "changed\n", 8, NULL), 0);
    assert_int_equal(init(demo, NULL), 0);
    assert_int_equal(file_read(dir, "root/etc/hostname", 100, &text, NULL), 0);
    assert_string_equal(text.s, "changed\n");
    buf_clear(&text);
    close(dir);
}

static void other_folders_are_refused(void **state)
{
    char *path = below("other"), *file = below("other/mine");
    struct argv names = ARGV_INIT;
    (void)state;
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(file_write(AT_FDCWD, file, 0644, "x", 1, NULL), 0);
    assert_int_equal(init(path, NULL), 1);
    assert_int_equal(file_list(AT_FDCWD, path, &names, NULL), 0);
    assert_int_equal(names.n, 1);
    argv_clear(&names);
    file_remove_tree(AT_FDCWD, path, NULL);
    free(path);
    free(file);
}

static void an_empty_host_has_storages_and_nothing_in_them(void **state)
{
    static const char *const empty[] = {
        "state/jobs",           "root/etc/pve/lxc", "root/etc/pve/nodes/pve2/lxc", "root/var/lib/vz/template/cache",
        "root/var/lib/vz/dump", "root/proc/net"};
    char *path = below("empty");
    (void)state;
    assert_int_equal(init(path, "--empty"), 0);
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        struct argv names = ARGV_INIT;
        file_list(dir, empty[i], &names, NULL);
        if (names.n)
            fail_msg("%s holds %s", empty[i], names.v[0]);
        argv_clear(&names);
    }
    assert_int_equal(faccessat(dir, "root/etc/pve/storage.cfg", R_OK, 0), 0);
    assert_int_equal(faccessat(dir, "bin/pct", X_OK, 0), 0);
    close(dir);
    file_remove_tree(AT_FDCWD, path, NULL);
    free(path);
}

static void its_jobs_are_real_ones(void **state)
{
    static const struct {
        int id;
        enum job_state state;
        int step, nsteps, seconds;
    } rows[] = {
        {42, JOB_DONE, 0, 1, 4},  {41, JOB_FAILED, 2, 7, 188},   {40, JOB_DONE, 4, 5, 161},
        {39, JOB_DONE, 4, 5, 70}, {38, JOB_CANCELLED, 0, 5, 22}, {37, JOB_DONE, 0, 1, 235},
        {36, JOB_DONE, 0, 1, 2},  {35, JOB_DONE, 3, 4, 62},      {34, JOB_DONE, 0, 1, 6},
        {33, JOB_DONE, 3, 4, 38}, {32, JOB_DONE, 0, 1, 2},       {31, JOB_DONE, 4, 5, 182},
        {30, JOB_DONE, 1, 2, 91}, {29, JOB_DONE, 0, 1, 9},       {28, JOB_INTERRUPTED, 0, 1, -1},
        {27, JOB_DONE, 3, 4, 47}, {26, JOB_DONE, 3, 4, 51},
    };
    struct job *jobs;
    size_t n;
    struct argv skipped = ARGV_INIT;
    struct err err;
    (void)state;
    assert_int_equal(job_list(&jobs, &n, &skipped, &err), 0);
    assert_int_equal(skipped.n, 0);
    assert_int_equal(n, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < n; i++) {
        struct plan *plan;
        const struct job *j = &jobs[i];
        if (j->id != rows[i].id || j->state != rows[i].state || j->step != rows[i].step || j->nsteps != rows[i].nsteps)
            fail_msg("job %d: state %s, step %d of %d", j->id, job_state_name(j->state), j->step, j->nsteps);
        if (rows[i].seconds >= 0 && (j->ended - j->began) / 1000 != rows[i].seconds)
            fail_msg("job %d took %lld ms", j->id, (long long)(j->ended - j->began));
        if (job_plan(j->id, &plan, &err))
            fail_msg("job %d: %s", j->id, err.text);
        plan_free(plan);
    }
    job_list_free(jobs, n);
}

static void a_job_tells_its_log_and_its_marks(void **state)
{
    struct job_follow *follow;
    struct job_event event;
    struct err err;
    struct buf log = BUF_INIT;
    int ends = 0, undone = 0, rc;
    (void)state;
    assert_int_equal(job_follow_open(41, &follow, &err), 0);
    while ((rc = job_follow_next(follow, &event, &err)) == 1) {
        if (event.type == JOB_EVENT_LOG)
            buf_add(&log, event.bytes, event.len);
        else if (strcmp(event.event, "end") == 0)
            ends++;
        else if (strcmp(event.event, "undo-end") == 0)
            undone++;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(ends, 3);
    assert_int_equal(undone, 1);
    assert_true(buf_ends_with(&log, "unable to create CT 110 - No space left on device (os error 28)\n"));
    job_follow_free(follow);
    buf_clear(&log);
}

/* Names in the archive, and its index.json. */
static void read_archive(int dir, const char *name, struct argv *members, struct buf *index)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC), rc;
    archive_read_support_format_tar(a);
    archive_read_support_filter_all(a);
    assert_int_equal(archive_read_open_fd(a, fd, 10240), ARCHIVE_OK);
    while ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
        argv_push(members, archive_entry_pathname(entry));
        if (strcmp(archive_entry_pathname(entry), "index.json") != 0)
            continue;
        char text[4096];
        la_ssize_t got = archive_read_data(a, text, sizeof(text));
        assert_true(got > 0);
        buf_add(index, text, (size_t)got);
    }
    if (rc != ARCHIVE_EOF)
        fail_msg("%s: %s", name, archive_error_string(a));
    archive_read_free(a);
    close(fd);
}

static void images_are_archives_that_pct_takes(void **state)
{
    static const struct {
        const char *file, *reference;
        long long mib;
    } rows[] = {
        {"docker.io_library_nextcloud_32.0.1_amd64.tar", "docker.io/library/nextcloud:32.0.1", 512},
        {"ghcr.io_immich-app_immich-server_v2.2.3_amd64.tar", "ghcr.io/immich-app/immich-server:v2.2.3", 690},
        {"docker.io_vaultwarden_server_1.34.3_amd64.tar", "docker.io/vaultwarden/server:1.34.3", 74},
    };
    int dir = open_demo("root/var/lib/vz/template/cache");
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct argv members = ARGV_INIT;
        struct buf index = BUF_INIT;
        struct stat st;
        assert_int_equal(fstatat(dir, rows[i].file, &st, 0), 0);
        if (st.st_size != rows[i].mib << 20 || st.st_blocks > 1024)
            fail_msg("%s: %lld bytes in %lld blocks", rows[i].file, (long long)st.st_size, (long long)st.st_blocks);
        read_archive(dir, rows[i].file, &members, &index);
        if (!argv_has(&members, "oci-layout") || !argv_has(&members, "index.json") || members.n != 5 ||
            !strstr(index.s, rows[i].reference))
            fail_msg("%s: %zu members, index %s", rows[i].file, members.n, index.s);
        argv_clear(&members);
        buf_clear(&index);
    }
    struct argv members = ARGV_INIT;
    struct buf none = BUF_INIT;
    read_archive(dir, "debian-13-standard_13.1-2_amd64.tar.zst", &members, &none);
    assert_true(argv_has(&members, "etc/os-release"));
    argv_clear(&members);
    close(dir);
}

static void confs_name_the_image_that_is_there(void **state)
{
    struct buf text = BUF_INIT, index = BUF_INIT;
    struct ctconf conf;
    struct ctconf_mark mark;
    struct ctconf_mount *mounts;
    struct argv members = ARGV_INIT;
    int root = open_demo("root"), cache = open_demo("root/var/lib/vz/template/cache");
    (void)state;
    assert_int_equal(file_read(root, "etc/pve/lxc/102.conf", 65536, &text, NULL), 0);
    assert_int_equal(ctconf_parse(text.s, text.len, &conf, NULL), 0);
    assert_true(ctconf_mark(conf.description, &mark));
    assert_string_equal(mark.image, "docker.io/library/nextcloud:32.0.1");
    read_archive(cache, "docker.io_library_nextcloud_32.0.1_amd64.tar", &members, &index);
    assert_non_null(strstr(index.s, mark.digest));
    size_t n = ctconf_mounts(&conf, &mounts);
    assert_int_equal(n, 3);
    assert_string_equal(mounts[2].target, "/mnt/photos");
    assert_true(mounts[2].bind && mounts[2].readonly);
    ctconf_mounts_free(mounts, n);
    ctconf_mark_clear(&mark);
    ctconf_clear(&conf);
    argv_clear(&members);
    buf_clear(&text);
    buf_clear(&index);
    close(root);
    close(cache);
}

static void files_of_the_cluster_are_json(void **state)
{
    static const struct {
        const char *path, *key;
        size_t n;
    } rows[] = {{"etc/pve/.vmlist", "ids", 20}, {"etc/pve/.members", "nodelist", 2}};
    int root = open_demo("root");
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf text = BUF_INIT;
        assert_int_equal(file_read(root, rows[i].path, 65536, &text, NULL), 0);
        json_t *doc = json_loadb(text.s, text.len, JSON_REJECT_DUPLICATES, NULL);
        if (json_object_size(json_object_get(doc, rows[i].key)) != rows[i].n)
            fail_msg("%s: %s", rows[i].path, text.s);
        json_decref(doc);
        buf_clear(&text);
    }
    close(root);
}

static bool has(int root, const char *path, const char *word)
{
    struct buf text = BUF_INIT;
    bool found = file_read(root, path, 1 << 20, &text, NULL) == 0 && strstr(text.s, word);
    buf_clear(&text);
    return found;
}

static void a_started_ct_shows_in_the_kernels_files_until_it_stops(void **state)
{
    struct sim_figures figures = {.vmid = 110, .memory = 64 << 20, .memory_max = 512 << 20};
    char trie[64], address[SIM_ADDRESS_MAX];
    struct err err;
    int root = open_demo("root");
    (void)state;
    sim_figures_address(110, address);
    assert_string_equal(address, "127.1.0.110");
    snprintf(trie, sizeof(trie), "proc/%ld/net/fib_trie", (long)sim_figures_pid(110));

    assert_false(sim_figures_running(root, 110));
    assert_int_equal(sim_figures_start(root, &figures, &err), 0);
    assert_true(sim_figures_running(root, 110));
    assert_true(has(root, trie, "|-- 127.1.0.110\n        /32 host LOCAL"));
    assert_true(has(root, "sys/fs/cgroup/lxc/110/memory.max", "536870912"));
    assert_true(has(root, "proc/net/dev", "veth110i0:"));

    assert_int_equal(sim_figures_stop(root, 110, &err), 0);
    assert_false(sim_figures_running(root, 110));
    assert_int_not_equal(faccessat(root, "sys/fs/cgroup/lxc/110", F_OK, 0), 0);
    assert_false(has(root, "proc/net/dev", "veth110i0:"));
    /* The others go on. */
    assert_true(sim_figures_running(root, 101));
    assert_int_equal(sim_figures_stop(root, 110, &err), 0);
    close(root);
}

static void the_index_of_templates_names_what_is_in_the_cache(void **state)
{
    struct sim_template *list;
    size_t n, found = 0;
    char hex[SHA512_HEX + 1];
    int root = open_demo("root"), cache = open_demo("root/var/lib/vz/template/cache");
    (void)state;
    sim_apl_read(root, &list, &n);
    assert_true(n >= 5);
    for (size_t i = 0; i < n; i++) {
        if (faccessat(cache, list[i].file, F_OK, 0) != 0)
            continue;
        assert_int_equal(sim_sha512(cache, list[i].file, hex), 0);
        assert_string_equal(hex, list[i].sha512);
        found++;
    }
    assert_int_equal(found, 2);
    sim_apl_free(list, n);
    close(root);
    close(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_folders_are_refused),
        cmocka_unit_test(an_empty_host_has_storages_and_nothing_in_them),
        cmocka_unit_test(its_jobs_are_real_ones),
        cmocka_unit_test(a_job_tells_its_log_and_its_marks),
        cmocka_unit_test(images_are_archives_that_pct_takes),
        cmocka_unit_test(confs_name_the_image_that_is_there),
        cmocka_unit_test(files_of_the_cluster_are_json),
        cmocka_unit_test(a_started_ct_shows_in_the_kernels_files_until_it_stops),
        cmocka_unit_test(the_index_of_templates_names_what_is_in_the_cache),
        cmocka_unit_test(a_demo_is_left_as_it_is),
    };
    return cmocka_run_group_tests(tests, make_demo, drop_demo);
}
