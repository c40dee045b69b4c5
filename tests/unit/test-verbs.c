#include "tests/unit/unit.h"

#include "backend/base/file.h"
#include "backend/base/hash.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/spawn.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * The verbs of tengil-job as a plan calls them, below a host root of their own. pct is a script that does to the conf
 * what the real one does, as far as the verbs rely on it.
 */
#define PLAN  "0123456789abcdef"
#define DEST  "/var/lib/vz/template/cache/x_amd64.tar"
#define MARK  "#tengil-tui%3A image=docker.io/a/b%3A1 digest=sha256%3Aab plan=" PLAN "\n"
#define OTHER "#tengil-tui%3A image=docker.io/a/b%3A1 digest=sha256%3Aab plan=fedcba9876543210\n"

static char *scratch;

static const char *in_scratch(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *in_scratch(const char *fmt, ...)
{
    static char *paths[8];
    static size_t next;
    char **path = &paths[next++ % 8];
    char name[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(name, sizeof(name), fmt, args);
    va_end(args);
    free(*path);
    *path = mem_printf("%s/%s", scratch, name);
    return *path;
}

static void write_text(const char *path, const char *text)
{
    assert_int_equal(file_write(AT_FDCWD, path, 0644, text, strlen(text), NULL), 0);
}

static char *read_text(const char *path)
{
    struct buf text = BUF_INIT;

    file_read(AT_FDCWD, path, 1 << 20, &text, NULL);
    return buf_detach(&text);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static const char fake_pct[] =
    "#!/bin/bash\n"
    "D=${0%/bin/pct}; C=$D/root/etc/pve/lxc/$2.conf; echo \"$*\" >>$D/calls\n"
    "running() { [ -e $D/running ]; }\n"
    "locked() { sed '/^\\[/,$d' $C | grep -q ^lock: && echo 'CT is locked' >&2; }\n"
    "case $1 in\n"
    "status) running && echo 'status: running' || echo 'status: stopped' ;;\n"
    "stop) rm -f $D/running ;;\n"
    "start) locked && exit 255; [ -e $D/stuck ] && exit 255; running && exit 255; touch $D/running ;;\n"
    "unlock) sed -i /^lock:/d $C ;;\n"
    "destroy) locked && exit 255; running && exit 255; grep -q '^protection: 1' $C && exit 255\n"
    "  [ -e $D/stuck ] && exit 255; rm $C ;;\n"
    "set) locked && exit 255\n"
    "  case $3 in\n"
    "  --protection) sed -i /^protection:/d $C; [ $4 = 0 ] || echo 'protection: 1' >>$C ;;\n"
    "  --description) sed -i /^#/d $C; (printf '#%s\\n' \"$4\"; cat $C) >$C.new; mv $C.new $C ;;\n"
    "  --revert) sed -i \"/pve:pending/,\\$ { /^$4:/d }\" $C ;;\n"
    "  --delete)\n"
    "    [ $4 = description ] && { sed -i /^#/d $C; exit 0; }\n"
    "    if running; then printf '\\n[pve:pending]\\ndelete: %s\\n' $4 >>$C; exit 0; fi\n"
    "    v=$(sed -n \"s/^$4: \\([^,]*\\).*/\\1/p\" $C | head -n 1); sed -i \"/^$4:/d\" $C\n"
    "    case $4:$v in mp*:/*|dev*|unused*) ;; *) echo \"unused7: $v\" >>$C ;; esac ;;\n"
    "  esac ;;\n"
    "esac\n";

/* Lists what the file `volumes` holds. */
static const char fake_pvesm[] = "#!/bin/bash\nD=${0%/bin/pvesm}\n"
                                 "echo 'Volid Format Type Size VMID'; cat $D/volumes 2>/dev/null; true\n";

static int fresh(void **state)
{
    static int n;
    const char *dir = getenv("TEST_DIR");
    (void)state;

    free(scratch);
    scratch = mem_printf("%s/verbs-%d", dir ? dir : "/tmp", ++n);
    file_make_dirs(AT_FDCWD, in_scratch("root/etc/pve/nodes/pve1/lxc"), 0755, NULL);
    file_make_dirs(AT_FDCWD, in_scratch("cache/blobs/sha256"), 0755, NULL);
    file_make_dirs(AT_FDCWD, in_scratch("cache/pull/x"), 0755, NULL);
    file_make_dirs(AT_FDCWD, in_scratch("bin"), 0755, NULL);
    assert_int_equal(symlink("nodes/pve1/lxc", in_scratch("root/etc/pve/lxc")), 0);
    assert_int_equal(file_write(AT_FDCWD, in_scratch("bin/pct"), 0755, fake_pct, strlen(fake_pct), NULL), 0);
    assert_int_equal(file_write(AT_FDCWD, in_scratch("bin/pvesm"), 0755, fake_pvesm, strlen(fake_pvesm), NULL), 0);
    setenv("TENGIL_ROOT", in_scratch("root"), 1);
    setenv("TENGIL_CACHE_DIR", in_scratch("cache"), 1);
    setenv("TENGIL_UNDO_WAIT", "1", 1);
    static char *path;
    if (!path)
        path = mem_strdup(getenv("PATH"));
    char *with_pct = mem_printf("%s:%s", in_scratch("bin"), path);
    setenv("PATH", with_pct, 1);
    free(with_pct);
    return 0;
}

/* What the last verb said. */
static char *said;

static int verb_v(const struct argv *words)
{
    struct spawn_result result = SPAWN_RESULT_INIT;
    struct argv argv = ARGV_INIT;
    struct err err = {0};
    const char *built = getenv("builddir");

    argv_pushf(&argv, "%s/tengil-job", built ? built : ".");
    argv_append(&argv, words);
    if (spawn_capture(&argv, 1 << 20, 30000, &result, &err) != 0)
        fail_msg("%s", err.text);
    free(said);
    said = mem_printf("%s%s", result.out.s, result.errs.s);
    int code = result.exit;
    spawn_result_clear(&result);
    argv_clear(&argv);
    return code;
}

static int verb(const char *first, ...) __attribute__((sentinel));
static int verb(const char *first, ...)
{
    struct argv words = ARGV_INIT;
    const char *word;
    va_list args;

    argv_push(&words, first);
    va_start(args, first);
    while ((word = va_arg(args, const char *)))
        argv_push(&words, word);
    va_end(args);
    int code = verb_v(&words);
    argv_clear(&words);
    return code;
}

#define says(text)                                                                                                     \
    do {                                                                                                               \
        if (!strstr(said, text))                                                                                       \
            fail_msg("\"%s\" does not say \"%s\"", said, text);                                                        \
    } while (0)

/* --- archive ---------------------------------------------------------------------------------------------------------
 */

struct fake {
    char hex[3][65]; /* config and two layers */
    char manifest[65];
    size_t size[3];
};

static void put_blob(const void *bytes, size_t len, char hex[65])
{
    hash_sha256(bytes, len, hex);
    assert_int_equal(file_write(AT_FDCWD, in_scratch("cache/blobs/sha256/%s", hex), 0644, bytes, len, NULL), 0);
}

/* A pulled image as skopeo leaves it; the second layer stands in the manifest twice. `layers` replaces the list. */
static struct fake pulled(const char *arch, const char *config, const char *media_type)
{
    struct fake f;
    static char layer[3 << 20];
    char *image = mem_printf("{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":%s}", arch, config);

    f.size[0] = strlen(image);
    put_blob(image, f.size[0], f.hex[0]);
    free(image);
    for (size_t i = 0; i < sizeof(layer); i++)
        layer[i] = (char)(i * 2654435761u >> 13);
    f.size[1] = sizeof(layer) - 77;
    put_blob(layer, f.size[1], f.hex[1]);
    f.size[2] = 512;
    put_blob(layer, f.size[2], f.hex[2]);
    char *manifest = mem_printf("{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:%s\",\"size\":%zu},\"layers\":["
                                "{\"digest\":\"sha256:%s\",\"size\":%zu},{\"digest\":\"sha256:%s\",\"size\":%zu},"
                                "{\"digest\":\"sha256:%s\",\"size\":%zu}]}",
                                f.hex[0], f.size[0], f.hex[1], f.size[1], f.hex[2], f.size[2], f.hex[2], f.size[2]);
    put_blob(manifest, strlen(manifest), f.manifest);
    char *index = mem_printf("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\","
                             "\"size\":%zu}]}",
                             media_type, f.manifest, strlen(manifest));
    file_make_dirs(AT_FDCWD, in_scratch("cache/pull/x"), 0755, NULL);
    write_text(in_scratch("cache/pull/x/index.json"), index);
    free(index);
    free(manifest);
    return f;
}

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"

static int archive(void)
{
    return verb("archive", "--reference", "docker.io/a/b:1", "--arch", "amd64", "--plan", PLAN, "--blobs",
                in_scratch("cache/blobs"), in_scratch("cache/pull/x"), DEST, (char *)NULL);
}

static void add_entry(struct archive *a, struct archive_entry *e, struct buf *out)
{
    char hex[65], *bytes = mem_zero(1, (size_t)archive_entry_size(e) + 1);

    assert_int_equal(archive_read_data(a, bytes, (size_t)archive_entry_size(e)), archive_entry_size(e));
    hash_sha256(bytes, (size_t)archive_entry_size(e), hex);
    buf_addf(out, "%s %s %lld:%lld %o %lld\n", archive_entry_pathname(e), hex, (long long)archive_entry_uid(e),
             (long long)archive_entry_gid(e), archive_entry_mode(e), (long long)archive_entry_mtime(e));
    if (strcmp(archive_entry_pathname(e), "index.json") == 0) {
        char *digest = strstr(bytes, "\"org.opencontainers.image.ref.name\":\"docker.io/a/b:1\"");
        assert_non_null(digest);
    }
    free(bytes);
}

static void an_archive_has_the_members_that_pct_wants(void **state)
{
    struct fake f = pulled("amd64", "{\"Env\":[\"A=tab\\there\",\"B=\"],\"Cmd\":null}", OCI_MANIFEST);
    struct archive *a = archive_read_new();
    struct archive_entry *e;
    struct buf members = BUF_INIT;
    (void)state;

    if (archive() != 0)
        fail_msg("%s", said);
    says(f.manifest);
    says("3 layers");
    assert_false(exists(in_scratch("cache/pull/x")));
    assert_true(exists(in_scratch("cache/blobs/sha256/%s", f.hex[1])));
    assert_false(exists(in_scratch("root" DEST ".tmp." PLAN)));
    archive_read_support_format_tar(a);
    assert_int_equal(archive_read_open_filename(a, in_scratch("root" DEST), 1 << 16), ARCHIVE_OK);
    while (archive_read_next_header(a, &e) == ARCHIVE_OK)
        add_entry(a, e, &members);
    assert_string_equal(archive_format_name(a), "POSIX ustar format");
    archive_read_free(a);
    /* The first two have a digest that is not looked at here. */
    char *third = strchr(strchr(members.s, '\n') + 1, '\n') + 1;
    assert_int_equal(strncmp(members.s, "oci-layout ", 11), 0);
    assert_int_equal(strncmp(strchr(members.s, '\n'), "\nindex.json ", 12), 0);
    char *wanted = mem_printf("blobs/sha256/%s %s 0:0 100644 0\nblobs/sha256/%s %s 0:0 100644 0\n"
                              "blobs/sha256/%s %s 0:0 100644 0\nblobs/sha256/%s %s 0:0 100644 0\n",
                              f.manifest, f.manifest, f.hex[0], f.hex[0], f.hex[1], f.hex[1], f.hex[2], f.hex[2]);
    assert_string_equal(third, wanted);
    free(wanted);
    buf_clear(&members);
}

static void damage(const char *hex, size_t at, bool cut)
{
    int fd = open(in_scratch("cache/blobs/sha256/%s", hex), O_RDWR | O_CLOEXEC);
    char byte = 0;

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= 1;
    assert_int_equal(cut ? ftruncate(fd, (off_t)at) : pwrite(fd, &byte, 1, (off_t)at) - 1, 0);
    close(fd);
}

static void a_bad_blob_is_deleted_and_asked_for_again(void **state)
{
    static const struct {
        int blob;  /* 0 config, 1 and 2 layers, 3 manifest */
        int other; /* a second bad one, -1: none */
        bool cut, gone;
    } rows[] = {
        {1, -1, false, false}, {1, -1, true, false}, {1, -1, false, true}, {2, -1, false, false}, {0, -1, false, false},
        {3, -1, true, false},  {3, -1, false, true}, {1, 2, false, false}, {1, 2, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake f = pulled("amd64", "{}", OCI_MANIFEST);
        const char *hex = rows[i].blob == 3 ? f.manifest : f.hex[rows[i].blob];
        if (rows[i].gone)
            unlink(in_scratch("cache/blobs/sha256/%s", hex));
        else
            damage(hex, 20, rows[i].cut);
        if (rows[i].other >= 0)
            damage(f.hex[rows[i].other], 30, false);
        int code = archive();
        if (code != 75 || exists(in_scratch("cache/blobs/sha256/%s", hex)) || exists(in_scratch("root" DEST)) ||
            exists(in_scratch("root" DEST ".tmp." PLAN)) ||
            (rows[i].other >= 0 && exists(in_scratch("cache/blobs/sha256/%s", f.hex[rows[i].other]))) ||
            !exists(in_scratch("cache/pull/x/index.json")))
            fail_msg("row %zu: exit %d, %s", i, code, said);
    }
    pulled("amd64", "{}", OCI_MANIFEST);
    assert_int_equal(archive(), 0);
}

static void an_image_that_cannot_be_used_is_refused(void **state)
{
    static const struct {
        const char *arch, *config, *type, *sentence;
    } rows[] = {
        {"arm64", "{}", OCI_MANIFEST, "is for arm64, not for amd64"},
        {"\\u001b[31m", "{}", OCI_MANIFEST, "is for \\x1b[31m, not for amd64"},
        {"amd64", "{\"Env\":[\"A=l1\\nmemory: 99\"]}", OCI_MANIFEST, "Env holds a line feed"},
        {"amd64", "{\"Env\":[\"A=1\",\"B=\\u001b\"]}", OCI_MANIFEST, "Env holds a line feed or another control"},
        {"amd64", "{\"Env\":[\"A=\\u0000\"]}", OCI_MANIFEST, "config cannot be read"},
        {"amd64", "{\"Env\":\"A=1\"}", OCI_MANIFEST, "Env is no list"},
        {"amd64", "{\"Env\":[1]}", OCI_MANIFEST, "Env holds something that is no text"},
        {"amd64", "{\"Cmd\":[\"sh\",\"a\\nb\"]}", OCI_MANIFEST, "Cmd holds a line feed"},
        {"amd64", "{\"Entrypoint\":[\"a\\n\"]}", OCI_MANIFEST, "Entrypoint holds a line feed"},
        {"amd64", "{\"WorkingDir\":\"/\\nlxc.x: 1\"}", OCI_MANIFEST, "WorkingDir holds a line feed"},
        {"amd64", "{\"User\":\"0\\n\"}", OCI_MANIFEST, "User holds a line feed"},
        {"amd64", "{\"Volumes\":{\"/a\\n\":{}}}", OCI_MANIFEST, "Volumes holds a line feed"},
        {"amd64", "{}", "application/vnd.oci.image.index.v1+json", "is an index of several platforms"},
        {"amd64", "{}", "application/vnd.docker.distribution.manifest.v2+json", "a kind that is not known"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        pulled(rows[i].arch, rows[i].config, rows[i].type);
        int code = archive();
        if (code != 1 || !strstr(said, rows[i].sentence) || exists(in_scratch("root" DEST)))
            fail_msg("row %zu: exit %d, %s", i, code, said);
    }
}

static void hostile_indexes_are_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "[]",
        "{\"manifests\":[]}",
        "{\"manifests\":[{\"digest\":\"sha256:../../../../etc/passwd\",\"size\":1}]}",
        "{\"manifests\":[{\"digest\":\"sha512:00\",\"size\":1}]}",
        "{\"manifests\":[{\"digest\":7,\"size\":1}]}",
        "{\"manifests\":[{\"digest\":\"sha256:0123456789012345678901234567890123456789012345678901234567890123\","
        "\"size\":-1}]}",
        "{\"manifests\":[{\"digest\":\"sha256:0123456789012345678901234567890123456789012345678901234567890123\","
        "\"size\":99999999}]}",
        "{\"manifests\":[{},{}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        write_text(in_scratch("cache/pull/x/index.json"), rows[i]);
        int code = archive();
        if (code != 1)
            fail_msg("row %zu: exit %d, %s", i, code, said);
    }
}

static void only_folders_of_pulls_are_removed(void **state)
{
    static const char *const rows[] = {"cache/pull/x/..", "cache/pull/", "cache/pull/.", "cache/blobs",
                                       "cache/pull/x/y"};
    (void)state;
    write_text(in_scratch("cache/pull/x/oci-put-blob1"), "half");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(verb("undo-pull", in_scratch("%s", rows[i]), (char *)NULL), 2);
    assert_int_equal(verb("undo-pull", in_scratch("cache/pull/x"), (char *)NULL), 0);
    assert_false(exists(in_scratch("cache/pull/x")));
    assert_int_equal(verb("undo-pull", in_scratch("cache/pull/x"), (char *)NULL), 0);
    assert_true(exists(in_scratch("cache/blobs/sha256")));
}

static void half_files_go_and_whole_ones_stay(void **state)
{
    (void)state;
    assert_int_equal(verb("undo-archive", "--plan", PLAN, DEST, (char *)NULL), 0);
    file_make_dirs(AT_FDCWD, in_scratch("root/var/lib/vz/template/cache"), 0755, NULL);
    write_text(in_scratch("root" DEST ".tmp." PLAN), "half");
    write_text(in_scratch("root" DEST ".tmp.fedcba9876543210"), "another job's");
    assert_int_equal(verb("undo-archive", "--plan", PLAN, DEST, (char *)NULL), 0);
    says("Nothing of " DEST " is left.");
    assert_false(exists(in_scratch("root" DEST ".tmp." PLAN)));
    assert_true(exists(in_scratch("root" DEST ".tmp.fedcba9876543210")));
    write_text(in_scratch("root" DEST), "whole");
    write_text(in_scratch("root" DEST ".tmp_dwnl.999999999"), "half");
    write_text(in_scratch("root" DEST ".tmp_dwnl.1"), "of a process that lives");
    assert_int_equal(verb("undo-download", DEST, (char *)NULL), 0);
    says("kept: " DEST " is complete");
    assert_false(exists(in_scratch("root" DEST ".tmp_dwnl.999999999")));
    assert_true(exists(in_scratch("root" DEST ".tmp_dwnl.1")));
    assert_true(exists(in_scratch("root" DEST)));

    assert_int_equal(verb("present", DEST, (char *)NULL), 0);
    write_text(in_scratch("root" DEST), "");
    assert_int_equal(verb("present", DEST, (char *)NULL), 1);
    assert_int_equal(verb("present", "/nowhere", (char *)NULL), 1);
    says("the download did not succeed");
}

/* --- confs -----------------------------------------------------------------------------------------------------------
 */

#define CONF "root/etc/pve/nodes/pve1/lxc/987110.conf"

static void conf_is(const char *wanted)
{
    char *text = read_text(in_scratch(CONF));

    assert_string_equal(text, wanted);
    free(text);
}

static void environment_is_written_into_the_conf(void **state)
{
    (void)state;
    write_text(in_scratch(CONF), "hostname: a\nmemory: 512\nlxc.environment.runtime: PATH=/bin\nlxc.init.cwd: /\n"
                                 "\n[snap]\nmemory: 1\n");
    write_text(in_scratch("secret"), "s3cret @ x\n");
    char *secret = mem_printf("KEY=@%s", in_scratch("secret"));
    assert_int_equal(verb("env", "987110", "TZ=Europe/Stockholm", secret, "AT=@@home", "PATH=/usr/bin", (char *)NULL),
                     0);
    free(secret);
    conf_is("hostname: a\nmemory: 512\nlxc.environment.runtime: PATH=/usr/bin\n"
            "lxc.environment.runtime: TZ=Europe/Stockholm\nlxc.environment.runtime: KEY=s3cret @ x\n"
            "lxc.environment.runtime: AT=@home\nlxc.init.cwd: /\n\n[snap]\nmemory: 1\n");
    assert_null(strstr(said, "s3cret"));
    assert_true(exists(in_scratch("root/run/lock/lxc/pve-config-987110.lock")));
}

static void environment_that_cannot_be_is_refused(void **state)
{
    static const char conf[] = "hostname: a\n", locked[] = "hostname: a\nlock: create\n";
    static const struct {
        const char *conf, *word, *sentence;
    } rows[] = {
        {conf, "A=x\nmemory: 99", "The value of A holds a line feed"},
        {conf, "A=\033", "The value of A holds a line feed"},
        {conf, "1A=x", "is no name"},
        {conf, "A-B=x", "is no name"},
        {conf, "A", "is no name"},
        {conf, "A=@x", "a file is named"},
        {conf, "A=@/no/such/file", "Could not open"},
        {locked, "A=x", "CT 987110 is locked (create)."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        write_text(in_scratch(CONF), rows[i].conf);
        int code = verb("env", "987110", "OK=1", rows[i].word, (char *)NULL);
        char *text = read_text(in_scratch(CONF));
        if (code != 1 || !strstr(said, rows[i].sentence) || strcmp(text, rows[i].conf) != 0)
            fail_msg("row %zu: exit %d, %s", i, code, said);
        free(text);
    }
    assert_int_equal(verb("env", "111", "A=x", (char *)NULL), 1);
    says("There is no CT 111");
}

static void environment_waits_for_the_lock_of_pct(void **state)
{
    struct err err = {0};
    (void)state;

    write_text(in_scratch(CONF), "hostname: a\n");
    file_make_dirs(AT_FDCWD, in_scratch("root/run/lock/lxc"), 0755, NULL);
    int fd = lock_flock(AT_FDCWD, in_scratch("root/run/lock/lxc/pve-config-987110.lock"), 0, &err);
    assert_true(fd >= 0);
    pid_t child = fork();
    if (child == 0) {
        nanosleep(&(struct timespec){.tv_nsec = 300 * 1000000}, NULL);
        /* The lock belongs to the open file, which both have: the last to close it lets go. */
        _exit(0);
    }
    close(fd);
    assert_int_equal(verb("env", "987110", "A=x", (char *)NULL), 0);
    assert_int_equal(kill(child, 0), 0); /* ended, not reaped */
    conf_is("hostname: a\nlxc.environment.runtime: A=x\n");
}

static void only_our_ct_is_destroyed(void **state)
{
    static const struct {
        const char *conf; /* NULL: none */
        bool running, stuck;
        int code;
        bool stays;
        const char *sentence;
    } rows[] = {
        {NULL, false, false, 0, false, "There is no CT 987110"},
        {MARK "hostname: a\n", false, false, 0, false, "CT 987110 is removed again"},
        {"#of mine\n" MARK "hostname: a\n", true, false, 0, false, "CT 987110 is removed again"},
        {MARK "hostname: a\nprotection: 1\n", false, false, 0, false, "CT 987110 is removed again"},
        {MARK "hostname: a\nlock: create\n", false, false, 0, false, "CT 987110 is removed again"},
        {MARK "hostname: a\nlock: backup\n", false, false, 1, true, "left: CT 987110 could not be removed"},
        {MARK "hostname: a\n", false, true, 1, true, "left: CT 987110 could not be removed"},
        {OTHER "hostname: a\n", true, false, 0, true, "was not made by this job"},
        {"hostname: a\n", false, false, 0, true, "was not made by this job"},
        {"hostname: a\nlock: backup\n", false, false, 0, true, "was not made by this job"},
        {"hostname: a\n\n[snap]\n" MARK "hostname: a\n", false, false, 0, true, "was not made by this job"},
        {"lock: create\n", false, false, 1, true, "left: CT 987110 is half made (lock: create)"},
        {"lock: create\n", false, false, 1, true, "pct unlock 987110; pct destroy 987110"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unlink(in_scratch(CONF));
        unlink(in_scratch("running"));
        unlink(in_scratch("stuck"));
        if (rows[i].conf)
            write_text(in_scratch(CONF), rows[i].conf);
        if (rows[i].running)
            write_text(in_scratch("running"), "");
        if (rows[i].stuck)
            write_text(in_scratch("stuck"), "");
        int code = verb("undo-create", "987110", PLAN, (char *)NULL);
        char *text = exists(in_scratch(CONF)) ? read_text(in_scratch(CONF)) : NULL;
        bool same = text && rows[i].conf && strcmp(text, rows[i].conf) == 0;
        if (code != rows[i].code || (rows[i].stays ? !same : text != NULL) || !strstr(said, rows[i].sentence))
            fail_msg("row %zu: exit %d, %s", i, code, said);
        if (rows[i].stays && rows[i].running && !exists(in_scratch("running")))
            fail_msg("row %zu: stopped", i);
        free(text);
    }
    assert_int_equal(verb("undo-create", "99", PLAN, (char *)NULL), 2);
    assert_int_equal(verb("undo-create", "987110", "", (char *)NULL), 2);
}

static void a_create_that_is_still_at_work_is_waited_for(void **state)
{
    (void)state;
    setenv("TENGIL_UNDO_WAIT", "10", 1);
    write_text(in_scratch(CONF), "lock: create\n");
    pid_t child = fork();
    if (child == 0) {
        nanosleep(&(struct timespec){.tv_nsec = 300 * 1000000}, NULL);
        file_write(AT_FDCWD, in_scratch(CONF), 0644, MARK "hostname: a\n", strlen(MARK "hostname: a\n"), NULL);
        _exit(0);
    }
    assert_int_equal(verb("undo-create", "987110", PLAN, (char *)NULL), 0);
    says("waiting up to 10 s");
    says("CT 987110 is removed again");
    assert_false(exists(in_scratch(CONF)));
}

static void mounts_and_devices_that_we_set_are_taken_back(void **state)
{
    static const struct {
        const char *set, *conf, *after, *sentence;
        bool running;
        int code;
    } rows[] = {
        {"mp0=/tank/media,mp=/media,ro=1", "hostname: a\nmp0: /tank/media,mp=/media,ro=1\n", "hostname: a\n",
         "has no mp0 any more", false, 0},
        {"dev0=/dev/dri/renderD128,gid=104", "dev0: /dev/dri/renderD128,gid=104\nhostname: a\n", "hostname: a\n",
         "has no dev0 any more", false, 0},
        {"mp1=tank:8,mp=/config", "hostname: a\nmp1: tank:vm-987110-disk-1,mp=/config,size=8G\nunused0: tank:other\n",
         "hostname: a\nunused0: tank:other\n", "has no mp1 any more", false, 0},
        {"mp0=/tank/media,mp=/media", "hostname: a\n", "hostname: a\n", "", false, 0},
        {"mp0=/tank/media,mp=/media", "mp0: /tank/other,mp=/media\n", "mp0: /tank/other,mp=/media\n",
         "not what this job set", false, 0},
        {"mp0=/tank/media,mp=/media", "mp0: /tank/media,mp=/elsewhere\n", "mp0: /tank/media,mp=/elsewhere\n",
         "not what this job set", false, 0},
        {"mp0=tank:8,mp=/config", "mp0: local:vm-987110-disk-1,mp=/config\n",
         "mp0: local:vm-987110-disk-1,mp=/config\n", "not what this job set", false, 0},
        {"mp0=/tank/media,mp=/media", "mp0: /tank/media,mp=/media\n",
         "mp0: /tank/media,mp=/media\n\n[pve:pending]\ndelete: mp0\n",
         "left: mp0 of CT 987110 is marked for removal and goes when the CT is started anew", true, 1},
        {"dev0=/dev/dri/renderD128", "hostname: a\n\n[pve:pending]\ndev0: /dev/dri/renderD128\nmemory: 9\n",
         "hostname: a\n\n[pve:pending]\nmemory: 9\n", "has no dev0 any more", true, 0},
        {"mp0=/tank/media,mp=/media", "mp0: /tank/media,mp=/media\nlock: backup\n",
         "mp0: /tank/media,mp=/media\nlock: backup\n", "left: mp0 of CT 987110: pct set 987110 --delete mp0", false, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unlink(in_scratch("running"));
        if (rows[i].running)
            write_text(in_scratch("running"), "");
        /* The mark goes, also where a mount waits for a restart; a locked CT keeps all. */
        char *conf = mem_printf("#tengil-tui-change: " PLAN "\n%s", rows[i].conf);
        char *after =
            mem_printf("%s%s", strstr(rows[i].conf, "lock:") ? "#tengil-tui-change: " PLAN "\n" : "", rows[i].after);
        write_text(in_scratch(CONF), conf);
        int code = verb("undo-set", "987110", PLAN, "-", rows[i].set, (char *)NULL);
        char *text = read_text(in_scratch(CONF));
        free(conf);
        if (code != rows[i].code || strcmp(text, after) != 0 || !strstr(said, rows[i].sentence))
            fail_msg("row %zu: exit %d, %s\n%s", i, code, said, text);
        free(text);
        free(after);
    }
    assert_int_equal(verb("undo-set", "987110", PLAN, "-", "rootfs=/x,mp=/", (char *)NULL), 2);
    assert_int_equal(verb("undo-set", "987110", PLAN, "-", "mp=/x", (char *)NULL), 2);
    assert_int_equal(verb("undo-set", "111", PLAN, "-", "mp0=/x,mp=/y", (char *)NULL), 0);
}

/* Another admin gave the CT the same volume in the moment before our call, which then failed by its --digest. */
static void a_change_without_our_mark_is_somebody_elses(void **state)
{
    static const char *const confs[] = {
        "hostname: a\nmp0: tank:vm-987110-disk-1,mp=/config,size=8G\n",
        "#tengil-tui-change: ffffffffffffffff\nhostname: a\nmp0: tank:vm-987110-disk-1,mp=/config,size=8G\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(confs) / sizeof(confs[0]); i++) {
        unlink(in_scratch("calls"));
        write_text(in_scratch(CONF), confs[i]);
        assert_int_equal(verb("undo-set", "987110", PLAN, "-", "mp0=tank:8,mp=/config", (char *)NULL), 0);
        char *text = read_text(in_scratch(CONF));
        assert_string_equal(text, confs[i]);
        free(text);
        says("CT 987110 was not changed by this job");
    }
}

/* pct was killed between making the volume and naming it. */
static void a_volume_that_no_conf_names_is_told_of(void **state)
{
    (void)state;
    write_text(in_scratch(CONF), "hostname: a\nmp0: tank:vm-987110-disk-11,mp=/x,size=1G\n");
    write_text(in_scratch("volumes"), "tank:vm-987110-disk-1 raw rootdir 8589934592 987110\n"
                                      "tank:vm-987110-disk-11 raw rootdir 1073741824 987110\n");
    assert_int_equal(verb("undo-set", "987110", PLAN, "-", "mp1=tank:8,mp=/config", (char *)NULL), 1);
    says("left: a volume of CT 987110 that its conf does not name; if nothing needs it: "
         "pvesm free tank:vm-987110-disk-1\n");
}

static void the_mark_of_an_earlier_change_comes_back(void **state)
{
    (void)state;
    write_text(in_scratch(CONF), "#mine\n#tengil-tui-change: " PLAN "\nhostname: a\nmp0: /tank/media,mp=/media\n");
    assert_int_equal(verb("undo-set", "987110", PLAN, "00000000000000aa", "mp0=/tank/media,mp=/media", (char *)NULL),
                     0);
    char *text = read_text(in_scratch(CONF));
    assert_string_equal(text, "#mine\ntengil-tui-change: 00000000000000aa\nhostname: a\n");
    free(text);
}

static void what_a_destroy_did_first_is_taken_back(void **state)
{
    static const struct {
        const char *verb, *conf;
        bool running, stuck;
        int code;
        const char *sentence, *after;
        bool runs;
    } rows[] = {
        {"undo-shutdown", "hostname: a\n", false, false, 0, "CT 987110 runs again.", "hostname: a\n", true},
        {"undo-shutdown", "hostname: a\n", true, false, 0, "CT 987110 runs.", "hostname: a\n", true},
        {"undo-shutdown", "hostname: a\n", false, true, 1, "left: CT 987110 is stopped: pct start 987110",
         "hostname: a\n", false},
        {"undo-shutdown", "hostname: a\nlock: backup\n", false, true, 1, "left: CT 987110 is stopped",
         "hostname: a\nlock: backup\n", false},
        {"undo-shutdown", "lock: destroyed\n", false, false, 0, "is half destroyed", "lock: destroyed\n", false},
        {"undo-shutdown", NULL, false, false, 0, "CT 987110 is not there any more.", "", false},
        {"undo-protection", "hostname: a\n", false, false, 0, "CT 987110 is protected again.",
         "hostname: a\nprotection: 1\n", false},
        {"undo-protection", "protection: 1\n", false, false, 0, "CT 987110 is protected.", "protection: 1\n", false},
        {"undo-protection", "lock: backup\n", false, false, 1, "left: CT 987110 is not protected: pct set 987110",
         "lock: backup\n", false},
        {"undo-protection", "lock: destroyed\n", false, false, 0, "is half destroyed", "lock: destroyed\n", false},
        {"undo-destroy", "lock: destroyed\n", false, false, 1,
         "left: CT 987110 is half destroyed, and its disks are lost: pct unlock 987110; pct destroy 987110",
         "lock: destroyed\n", false},
        {"undo-destroy", "hostname: a\n", false, false, 0, "CT 987110 is still there", "hostname: a\n", false},
        {"undo-destroy", NULL, false, false, 0, "left: nothing of CT 987110", "", false},
        {"undo-protection", NULL, false, false, 0, "CT 987110 is not there any more.", "", false},
    };
    (void)state;
    setenv("TENGIL_UNDO_WAIT", "0", 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unlink(in_scratch("running"));
        unlink(in_scratch("stuck"));
        unlink(in_scratch(CONF));
        if (rows[i].running)
            write_text(in_scratch("running"), "");
        if (rows[i].stuck)
            write_text(in_scratch("stuck"), "");
        if (rows[i].conf)
            write_text(in_scratch(CONF), rows[i].conf);
        int code = verb(rows[i].verb, "987110", (char *)NULL);
        char *text = read_text(in_scratch(CONF));
        if (code != rows[i].code || strcmp(text, rows[i].after) != 0 || !strstr(said, rows[i].sentence) ||
            exists(in_scratch("running")) != rows[i].runs)
            fail_msg("row %zu: exit %d, %s\n%s", i, code, said, text);
        free(text);
    }
    assert_int_equal(verb("undo-shutdown", "99", (char *)NULL), 2);
    assert_int_equal(verb("undo-protection", (char *)NULL), 2);
}

static void a_changed_ct_is_noticed(void **state)
{
    char sha1[HASH_SHA1_HEX + 1];
    (void)state;

    write_text(in_scratch(CONF), "hostname: a\n");
    hash_sha1("hostname: a\n", 12, sha1);
    assert_int_equal(verb("same", "987110", sha1, (char *)NULL), 0);
    write_text(in_scratch(CONF), "hostname: b\n");
    assert_int_equal(verb("same", "987110", sha1, (char *)NULL), 1);
    says("was changed since this was confirmed");
    assert_int_equal(verb("same", "111", sha1, (char *)NULL), 1);
    says("There is no CT 111");
    assert_int_equal(verb("same", "987110", "x", (char *)NULL), 2);
}

static void faults_come_where_they_are_asked_for(void **state)
{
    static const struct {
        const char *fault;
        int code;
        bool tmp, dest;
    } rows[] = {
        {"archive before exit", 1, false, false}, {"archive during exit", 1, true, false},
        {"archive during kill", -1, true, false}, {"archive during term", -1, true, false},
        {"archive after exit", 1, false, true},   {"env during exit", 0, false, true},
    };
    const char *built = getenv("builddir");
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct argv argv = ARGV_INIT;
        struct spawn_result result = SPAWN_RESULT_INIT;
        file_remove_tree(AT_FDCWD, in_scratch("root/var"), NULL);
        pulled("amd64", "{}", OCI_MANIFEST);
        write_text(in_scratch("faults"), rows[i].fault);
        setenv("TENGIL_FAULT_FILE", in_scratch("faults"), 1);
        argv_pushf(&argv, "%s/tests/faulty/tengil-job", built ? built : ".");
        argv_push_all(&argv, "archive", "--reference", "docker.io/a/b:1", "--arch", "amd64", "--plan", PLAN, "--blobs",
                      in_scratch("cache/blobs"), in_scratch("cache/pull/x"), DEST, (char *)NULL);
        assert_int_equal(spawn_capture(&argv, 65536, 10000, &result, NULL), 0);
        if (result.exit != rows[i].code || exists(in_scratch("root" DEST ".tmp." PLAN)) != rows[i].tmp ||
            exists(in_scratch("root" DEST)) != rows[i].dest)
            fail_msg("%s: exit %d, %s", rows[i].fault, result.exit, result.out.s);
        spawn_result_clear(&result);
        argv_clear(&argv);
        unsetenv("TENGIL_FAULT_FILE");
        /* Whatever happened, the undo leaves no half file. */
        assert_int_equal(verb("undo-archive", "--plan", PLAN, DEST, (char *)NULL), 0);
        assert_false(exists(in_scratch("root" DEST ".tmp." PLAN)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_archive_has_the_members_that_pct_wants, fresh),
        cmocka_unit_test_setup(a_bad_blob_is_deleted_and_asked_for_again, fresh),
        cmocka_unit_test_setup(an_image_that_cannot_be_used_is_refused, fresh),
        cmocka_unit_test_setup(hostile_indexes_are_refused, fresh),
        cmocka_unit_test_setup(only_folders_of_pulls_are_removed, fresh),
        cmocka_unit_test_setup(half_files_go_and_whole_ones_stay, fresh),
        cmocka_unit_test_setup(environment_is_written_into_the_conf, fresh),
        cmocka_unit_test_setup(environment_that_cannot_be_is_refused, fresh),
        cmocka_unit_test_setup(environment_waits_for_the_lock_of_pct, fresh),
        cmocka_unit_test_setup(only_our_ct_is_destroyed, fresh),
        cmocka_unit_test_setup(a_create_that_is_still_at_work_is_waited_for, fresh),
        cmocka_unit_test_setup(mounts_and_devices_that_we_set_are_taken_back, fresh),
        cmocka_unit_test_setup(a_change_without_our_mark_is_somebody_elses, fresh),
        cmocka_unit_test_setup(a_volume_that_no_conf_names_is_told_of, fresh),
        cmocka_unit_test_setup(the_mark_of_an_earlier_change_comes_back, fresh),
        cmocka_unit_test_setup(what_a_destroy_did_first_is_taken_back, fresh),
        cmocka_unit_test_setup(a_changed_ct_is_noticed, fresh),
        cmocka_unit_test_setup(faults_come_where_they_are_asked_for, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
