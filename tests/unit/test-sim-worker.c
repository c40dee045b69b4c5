/* Workers of the simulated tools: signals, broken output, failures that are asked for, two at once. */
#include "tests/unit/unit.h"

#include "tests/unit/replay.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/sim/figures.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONF                                                                                                           \
    "arch: amd64\nhostname: web\nmemory: 512\nostype: debian\nrootfs: local:101/vm-101-disk-0.raw,size=4G\nswap: "     \
    "512\n"

static char *root;
static int root_fd = -1;

/* A tool that runs; what it prints goes to files. */
struct run {
    pid_t pid;
    char out[64], errs[64];
};

static int fresh_host(void **state)
{
    static int count;
    (void)state;
    const char *dir = getenv("TEST_DIR");
    free(root);
    if (root_fd >= 0)
        close(root_fd);
    root = mem_printf("%s/worker-%d", dir != NULL ? dir : "/tmp", count++);
    file_make_dirs(AT_FDCWD, root, 0755, NULL);
    root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    replay_host(root);
    replay_images(root);
    replay_put(root, "etc/pve/nodes/pve1/lxc/101.conf", CONF);
    replay_put(root, "var/lib/vz/images/101/vm-101-disk-0.raw", "");
    setenv("TENGIL_ROOT", root, 1);
    return symlinkat("nodes/pve1", root_fd, "etc/pve/local");
}

static int open_at(const char *path, int flags)
{
    int fd = openat(root_fd, path, flags | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

/* Starts `pct …`; `out` is where its stdout goes, -1 for a file. */
static struct run begin(int out, const char *const *args)
{
    static int count;
    struct run r;
    snprintf(r.out, sizeof(r.out), "out.%d", count);
    snprintf(r.errs, sizeof(r.errs), "err.%d", count++);
    int errs = open_at(r.errs, O_WRONLY | O_CREAT | O_TRUNC), null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (out < 0)
        out = open_at(r.out, O_WRONLY | O_CREAT | O_TRUNC);
    const char *argv[24] = {"pct"}, *builddir = getenv("builddir");
    for (int i = 0; args[i] != NULL; i++)
        argv[i + 1] = args[i];
    char *path = mem_printf("%s/tengil-sim", builddir != NULL ? builddir : ".");
    r.pid = fork();
    if (r.pid == 0) {
        dup2(null, 0);
        dup2(out, 1);
        dup2(errs, 2);
        execv(path, (char *const *)argv);
        _exit(126);
    }
    assert_true(r.pid > 0);
    close(out);
    close(errs);
    close(null);
    free(path);
    return r;
}

/* Exit code, or minus the signal. */
static int end(const struct run *r)
{
    int status;
    assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define RUN(...) begin(-1, (const char *const[]){__VA_ARGS__, NULL})

static char *text_of(const char *path)
{
    struct buf text = BUF_INIT;
    if (file_read(root_fd, path, 1 << 20, &text, NULL) < 0)
        return mem_strdup("(no file)");
    return buf_detach(&text);
}

static void assert_text(const char *path, const char *want)
{
    char *got = text_of(path);
    assert_string_equal(got, want);
    free(got);
}

static bool there(const char *path)
{
    struct stat st;
    return fstatat(root_fd, path, &st, 0) == 0;
}

/* Waits for what another process does; a test that waits in vain fails. */
static void await(bool (*what)(void))
{
    for (int i = 0; i < 1000; i++) {
        if (what())
            return;
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
    fail_msg("%s", "waited in vain");
}

/* The one line of `active`. */
static char *active_line(void)
{
    char *all = text_of("var/log/pve/tasks/active");
    all[strcspn(all, "\n")] = '\0';
    return all;
}

static bool task_runs(void)
{
    char *line = active_line();
    bool yes = strncmp(line, "UPID:pve1:", 10) == 0 && line[strlen(line) - 1] == '0';
    free(line);
    return yes;
}

static pid_t worker_pid(void)
{
    char *line = active_line();
    pid_t pid = (pid_t)strtol(line + strlen("UPID:pve1:"), NULL, 16);
    free(line);
    return pid;
}

static void assert_status(const char *status)
{
    char *line = active_line(), *at = strchr(line, ' ');
    assert_non_null(at);
    assert_true(strncmp(at, " 1 ", 3) == 0);
    assert_string_equal(at + 3 + 9, status);
    free(line);
}

static char *task_log(void)
{
    char *line = active_line();
    line[strcspn(line, " ")] = '\0';
    /* UPID:node:pid:pstart:STARTTIME:… lies in the folder of the time's last digit. */
    char *at = line;
    for (int i = 0; i < 4; i++)
        at = strchr(at, ':') + 1;
    char *path = mem_printf("var/log/pve/tasks/%c/%s", at[7], line), *text = text_of(path);
    free(path);
    free(line);
    return text;
}

static void assert_log_ends(const char *tail)
{
    char *text = task_log();
    size_t len = strlen(text), n = strlen(tail);
    assert_true(len >= n);
    assert_string_equal(text + len - n, tail);
    free(text);
}

static bool ct_runs(void)
{
    return sim_figures_running(root_fd, 101);
}

/* What a create leaves when it is undone: nothing. */
static void assert_nothing_left(void)
{
    assert_false(there("etc/pve/nodes/pve1/lxc/500.conf"));
    assert_false(there("var/lib/vz/images/500"));
    char *list = text_of("etc/pve/.vmlist");
    assert_null(strstr(list, "\"500\""));
    free(list);
}

#define CREATE "create", "500", "local:vztmpl/app_1.0.tar", "--rootfs", "local:1", "--hostname", "x"

static void started_and_logged(void **state)
{
    (void)state;
    struct run r = RUN("start", "101");
    assert_int_equal(end(&r), 0);
    assert_true(ct_runs());
    assert_text(r.out, "");
    assert_text(r.errs, "");
    assert_status("OK");
    assert_log_ends("TASK OK\n");
    char *index = text_of("var/log/pve/tasks/index");
    assert_non_null(strstr(index, ":vzstart:101:root@pam: "));
    assert_non_null(strstr(index, " OK\n"));
    free(index);
}

static void term_stops_a_start(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGQUIT};
    for (size_t i = 0; i < 3; i++) {
        fresh_host(state);
        replay_put(root, ".sim/faults", "pct start during hang\n");
        struct run r = RUN("start", "101");
        await(task_runs);
        kill(r.pid, signals[i]);
        assert_int_equal(end(&r), 255);
        assert_false(ct_runs());
        assert_text(r.errs, "command 'systemctl start pve-container@101' failed: received interrupt\n");
        assert_status("command 'systemctl start pve-container@101' failed: received interrupt");
        assert_log_ends("\n\nTASK ERROR: command 'systemctl start pve-container@101' failed: received interrupt\n");
    }
}

/* Others look for a worker by what it is called. */
static bool worker_is_titled(void)
{
    char path[64];
    struct buf title = BUF_INIT;
    snprintf(path, sizeof(path), "/proc/%ld/cmdline", (long)worker_pid());
    file_read(AT_FDCWD, path, 4096, &title, NULL);
    bool yes = strncmp(title.s, "task UPID:pve1:", 15) == 0 && strstr(title.s, ":vzcreate:500:root@pam:") != NULL;
    buf_clear(&title);
    return yes;
}

static void term_undoes_a_create(void **state)
{
    (void)state;
    replay_put(root, ".sim/faults", "pct create during hang\n");
    struct run r = RUN(CREATE);
    await(task_runs);
    await(worker_is_titled);
    kill(r.pid, SIGTERM);
    assert_int_equal(end(&r), 255);
    assert_text(r.errs, "unable to create CT 500 - received interrupt\n");
    assert_nothing_left();
}

/* The parent is gone, the worker goes on to the end; nobody writes the log's last line. */
static void worker_outlives_its_parent(void **state)
{
    static const int signals[] = {SIGKILL, SIGHUP};
    for (size_t i = 0; i < 2; i++) {
        fresh_host(state);
        replay_put(root, ".sim/pace", "0.4");
        struct run r = RUN("start", "101");
        await(task_runs);
        kill(r.pid, signals[i]);
        assert_int_equal(end(&r), -signals[i]);
        assert_false(ct_runs());
        await(ct_runs);
        assert_true(task_runs());
        char *log = task_log();
        assert_string_equal(log, "");
        free(log);
    }
}

static void worker_is_killed(void **state)
{
    (void)state;
    replay_put(root, ".sim/faults", "pct create during hang\n");
    struct run r = RUN(CREATE);
    await(task_runs);
    while (!there("var/lib/vz/images/500/vm-500-disk-0.raw"))
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    kill(worker_pid(), SIGKILL);
    assert_int_equal(end(&r), 255);
    assert_text(r.errs, "got unexpected control message:  \n");
    assert_status("got unexpected control message:  ");
    /* Nobody cleaned up. */
    assert_true(there("etc/pve/nodes/pve1/lxc/500.conf"));
    assert_true(there("var/lib/vz/images/500/vm-500-disk-0.raw"));
}

static void nobody_reads(void **state)
{
    int p[2];
    (void)state;
    replay_put(root, ".sim/pace", "0.5");
    assert_int_equal(pipe2(p, O_CLOEXEC), 0);
    close(p[0]);
    struct run r = begin(p[1], (const char *const[]){CREATE, NULL});
    assert_int_equal(end(&r), 255);
    assert_text(r.errs, "broken pipe \n");
    assert_status("broken pipe ");
}

static bool create_undone(void)
{
    return !there("etc/pve/nodes/pve1/lxc/500.conf");
}

static void nobody_reads_is_undone(void **state)
{
    nobody_reads(state);
    await(create_undone);
}

/* What each failure of a create leaves. */
static void faults_of_create(void **state)
{
    static const struct {
        const char *fault, *errs;
        bool conf, disk;
    } rows[] = {
        {.fault = "before exit", .errs = "unable to create CT 500 - failed as asked for, before the effect\n"},
        {.fault = "during exit", .errs = "unable to create CT 500 - failed as asked for, during the effect\n"},
        {.fault = "after exit",
         .errs = "unable to create CT 500 - failed as asked for, after the effect\n",
         .conf = true,
         .disk = true},
        {.fault = "before term", .errs = "unable to create CT 500 - received interrupt\n"},
        {.fault = "during term", .errs = "unable to create CT 500 - received interrupt\n"},
        {.fault = "after term", .errs = "unable to create CT 500 - received interrupt\n", .conf = true, .disk = true},
        {.fault = "before kill", .errs = "got unexpected control message:  \n", .conf = true},
        {.fault = "during kill", .errs = "got unexpected control message:  \n", .conf = true, .disk = true},
        {.fault = "after kill", .errs = "got unexpected control message:  \n", .conf = true, .disk = true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fresh_host(state);
        char *line = mem_printf("pct create %s\n", rows[i].fault);
        replay_put(root, ".sim/faults", line);
        free(line);
        struct run r = RUN(CREATE);
        int code = end(&r);
        char *errs = text_of(r.errs);
        bool conf = there("etc/pve/nodes/pve1/lxc/500.conf"), disk = there("var/lib/vz/images/500");
        if (code != 255 || strcmp(errs, rows[i].errs) != 0 || conf != rows[i].conf || disk != rows[i].disk)
            fail_msg("%s: exit %d, conf %d, disk %d, %s", rows[i].fault, code, conf, disk, errs);
        free(errs);
    }
}

static void faults_are_used_once(void **state)
{
    (void)state;
    replay_put(root, ".sim/faults", "pct stop before exit\npct start before exit once\n");
    struct run r = RUN("start", "101");
    assert_int_equal(end(&r), 255);
    assert_text(".sim/faults", "pct stop before exit\n");
    r = RUN("start", "101");
    assert_int_equal(end(&r), 0);
    r = RUN("stop", "101");
    assert_int_equal(end(&r), 255);
    assert_true(ct_runs());
}

static void two_creates_of_one_id(void **state)
{
    (void)state;
    replay_put(root, ".sim/pace", "0.2");
    struct run a = RUN(CREATE), b = RUN(CREATE);
    int ends[] = {end(&a), end(&b)};
    assert_int_equal(ends[0] == 0, ends[1] != 0);
    char *errs = text_of(ends[0] == 0 ? b.errs : a.errs);
    assert_non_null(strstr(errs, "CT 500 already exists on node 'pve1'"));
    assert_true(there("etc/pve/nodes/pve1/lxc/500.conf"));
    assert_true(there("var/lib/vz/images/500/vm-500-disk-0.raw"));
    free(errs);
}

/* The claim is there before anything else is. */
static bool claimed(void)
{
    char *text = text_of("etc/pve/nodes/pve1/lxc/500.conf");
    bool yes = strcmp(text, "lock: create\n") == 0;
    free(text);
    return yes;
}

static void create_claims_first(void **state)
{
    (void)state;
    replay_put(root, ".sim/faults", "pct create before hang\n");
    struct run r = RUN(CREATE);
    await(claimed);
    await(task_runs);
    assert_false(there("var/lib/vz/images/500"));
    struct run second = RUN("start", "500");
    kill(r.pid, SIGTERM);
    assert_int_equal(end(&r), 255);
    assert_int_equal(end(&second), 255);
    assert_nothing_left();
}

static void disk_too_small(void **state)
{
    (void)state;
    replay_put(root, "etc/pve/storage.cfg", "dir: local\n\tpath /var/lib/vz\n\tcontent vztmpl,rootdir\n");
    struct run r = RUN("create", "500", "local:vztmpl/big_1.tar", "--rootfs", "local:0.01");
    assert_int_equal(end(&r), 255);
    char *errs = text_of(r.errs);
    assert_non_null(strstr(errs, "No space left on device"));
    assert_nothing_left();
    free(errs);
}

static void volumes_without_files(void **state)
{
    (void)state;
    replay_put(root, "etc/pve/storage.cfg",
               "dir: local\n\tpath /var/lib/vz\n\tcontent vztmpl\n\n"
               "zfspool: tank\n\tpool tank\n\tcontent rootdir\n\nlvmthin: thin\n\tvgname pve\n\tcontent rootdir\n");
    struct run r = RUN("create", "500", "local:vztmpl/app_1.0.tar", "--rootfs", "thin:2", "--mp0", "tank:1,mp=/config");
    assert_int_equal(end(&r), 0);
    char *conf = text_of("etc/pve/nodes/pve1/lxc/500.conf");
    assert_non_null(strstr(conf, "\nmp0: tank:subvol-500-disk-0,mp=/config,size=1G\n"));
    assert_non_null(strstr(conf, "\nrootfs: thin:vm-500-disk-0,size=2G\n"));
    assert_text(".sim/volumes/thin/vm-500-disk-0", "2147483648\n");
    assert_text(".sim/volumes/tank/.subvol-500-disk-0", "1073741824\n");
    assert_true(there(".sim/volumes/tank/subvol-500-disk-0"));
    r = RUN("destroy", "500");
    assert_int_equal(end(&r), 0);
    assert_false(there(".sim/volumes/thin/vm-500-disk-0"));
    assert_false(there(".sim/volumes/tank/subvol-500-disk-0"));
    assert_false(there(".sim/volumes/tank/.subvol-500-disk-0"));
    assert_nothing_left();
    free(conf);
}

/* A worker that was killed leaves a disk that no conf names; destroy can take such ones away too. */
static void loose_disks(void **state)
{
    (void)state;
    replay_put(root, "var/lib/vz/images/101/vm-101-disk-7.raw", "");
    replay_put(root, "var/lib/vz/images/102/vm-102-disk-0.raw", "");
    struct run r = RUN("destroy", "101", "--destroy-unreferenced-disks", "1");
    assert_int_equal(end(&r), 0);
    assert_false(there("var/lib/vz/images/101"));
    assert_true(there("var/lib/vz/images/102/vm-102-disk-0.raw"));
}

/* Pending changes come into force at the next start. */
static void start_applies_what_waits(void **state)
{
    (void)state;
    struct run r = RUN("start", "101");
    assert_int_equal(end(&r), 0);
    r = RUN("set", "101", "--features", "nesting=1", "--memory", "1024");
    assert_int_equal(end(&r), 0);
    char *conf = text_of("etc/pve/nodes/pve1/lxc/101.conf");
    assert_non_null(strstr(conf, "\n[pve:pending]\nfeatures: nesting=1\n"));
    free(conf);
    r = RUN("reboot", "101");
    assert_int_equal(end(&r), 0);
    conf = text_of("etc/pve/nodes/pve1/lxc/101.conf");
    assert_null(strstr(conf, "[pve:pending]"));
    assert_non_null(strstr(conf, "\nfeatures: nesting=1\n"));
    assert_non_null(strstr(conf, "\nmemory: 1024\n"));
    assert_true(ct_runs());
    free(conf);
}

/* Layers lie over each other: a whiteout takes os-release away, a link leads to the new one, /bin/sh is a program. */
static void layers_are_respected(void **state)
{
    (void)state;
    struct run r = RUN("create", "500", "local:vztmpl/layers_1.tar", "--rootfs", "local:1");
    assert_int_equal(end(&r), 0);
    char *conf = text_of("etc/pve/nodes/pve1/lxc/500.conf"), *out = text_of(r.out);
    assert_non_null(strstr(conf, "arch: arm64\n"));
    assert_non_null(strstr(conf, "\nostype: alpine\n"));
    assert_non_null(strstr(conf, "\nlxc.init.uid: 7\nlxc.init.gid: 8\nlxc.init.groups: \n"));
    assert_non_null(strstr(out, "\nDetected container architecture: arm64\n"));
    free(conf);
    free(out);
}

static void plugged_only_when_there(void **state)
{
    (void)state;
    struct run r = RUN("start", "101");
    assert_int_equal(end(&r), 0);
    r = RUN("set", "101", "--mp0", "/no/such,mp=/x");
    assert_int_equal(end(&r), 255);
    assert_text("etc/pve/nodes/pve1/lxc/101.conf", CONF);
    r = RUN("set", "101", "--mp0", "/srv/media,mp=/x");
    assert_int_equal(end(&r), 0);
    char *conf = text_of("etc/pve/nodes/pve1/lxc/101.conf");
    assert_non_null(strstr(conf, "\nmp0: /srv/media,mp=/x\n"));
    assert_null(strstr(conf, "pending"));
    free(conf);
}

/* An absolute link means what it means on the host: below the root. */
static void root_is_not_left(void **state)
{
    (void)state;
    char *outside = mem_printf("%s.tar", root),
         *inside = mem_printf("%s/var/lib/vz/template/cache/plain_latest.tar", root);
    assert_int_equal(link(inside, outside), 0);
    assert_int_equal(symlinkat(outside, root_fd, "var/lib/vz/template/cache/outside_1.tar"), 0);
    assert_int_equal(
        symlinkat("/var/lib/vz/template/cache/plain_latest.tar", root_fd, "var/lib/vz/template/cache/inside_1.tar"), 0);
    struct run r = RUN("create", "500", "local:vztmpl/outside_1.tar");
    assert_int_equal(end(&r), 255);
    assert_text(r.errs, "unable to create CT 500 - volume 'local:vztmpl/outside_1.tar' does not exist\n");
    assert_nothing_left();
    r = RUN("create", "500", "local:vztmpl/inside_1.tar");
    assert_int_equal(end(&r), 0);
    unlink(outside);
    free(outside);
    free(inside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(started_and_logged, fresh_host),
        cmocka_unit_test_setup(term_stops_a_start, fresh_host),
        cmocka_unit_test_setup(term_undoes_a_create, fresh_host),
        cmocka_unit_test_setup(worker_outlives_its_parent, fresh_host),
        cmocka_unit_test_setup(worker_is_killed, fresh_host),
        cmocka_unit_test_setup(nobody_reads_is_undone, fresh_host),
        cmocka_unit_test_setup(faults_of_create, fresh_host),
        cmocka_unit_test_setup(faults_are_used_once, fresh_host),
        cmocka_unit_test_setup(two_creates_of_one_id, fresh_host),
        cmocka_unit_test_setup(create_claims_first, fresh_host),
        cmocka_unit_test_setup(disk_too_small, fresh_host),
        cmocka_unit_test_setup(volumes_without_files, fresh_host),
        cmocka_unit_test_setup(loose_disks, fresh_host),
        cmocka_unit_test_setup(start_applies_what_waits, fresh_host),
        cmocka_unit_test_setup(layers_are_respected, fresh_host),
        cmocka_unit_test_setup(plugged_only_when_there, fresh_host),
        cmocka_unit_test_setup(root_is_not_left, fresh_host),
    };
    return cmocka_run_group_tests_name("sim-worker", tests, NULL, NULL);
}
