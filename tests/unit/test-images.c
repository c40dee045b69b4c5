#include "tests/unit/unit.h"

#include "backend/base/mem.h"
#include "backend/host/host.h"
#include "backend/host/images.h"
#include "tests/unit/tree.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE  "var/lib/vz/template/cache/"
#define HEX64  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX64
#define LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"

static const char index_json[] = "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"digest\":\"" DIGEST
                                 "\",\"size\":9,\"annotations\":{\"org.opencontainers.image.ref.name\":"
                                 "\"docker.io/library/alpine:3.20\"}}]}";

struct member {
    const char *name, *text; /* text NULL: a folder */
};

static void add_member(struct archive *tar, const char *name, const char *text, size_t len)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, text ? AE_IFREG : AE_IFDIR);
    archive_entry_set_perm(entry, 0755);
    archive_entry_set_size(entry, (la_int64_t)len);
    assert_int_equal(archive_write_header(tar, entry), ARCHIVE_OK);
    if (len)
        assert_int_equal(archive_write_data(tar, text, len), (la_ssize_t)len);
    archive_entry_free(entry);
}

static void put_tar(const char *dir, const char *path, const struct member *members, size_t n)
{
    char *full = tree_path(dir, path);
    struct archive *tar = archive_write_new();
    assert_int_equal(archive_write_set_format_ustar(tar), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(tar, full), ARCHIVE_OK);
    for (size_t i = 0; i < n && members[i].name; i++)
        add_member(tar, members[i].name, members[i].text, members[i].text ? strlen(members[i].text) : 0);
    assert_int_equal(archive_write_close(tar), ARCHIVE_OK);
    archive_write_free(tar);
    free(full);
}

static struct host *load(const char *dir)
{
    struct root root;
    struct host *host;
    struct err err = {0};
    assert_int_equal(root_open(&root, dir, &err), 0);
    assert_int_equal(host_load(&root, HOST_IMAGES, &host, &err), 0);
    root_close(&root);
    return host;
}

static void names_count_as_for_proxmox(void **state)
{
    static const struct {
        const char *file, *arch;
        bool counts, oci;
    } rows[] = {
        {"app_1.0.tar", NULL, true, true},
        {"FOO.TAR", NULL, true, false},
        {"a.Tar.Zst", NULL, true, false},
        {"debian-12-standard_12.7-1_amd64.tar.zst", "amd64", true, false},
        {"x_arm64.tar.gz", "arm64", true, false},
        {"x_arm64.tar.xz", "arm64", true, false},
        {"x_riscv64.tar.bz2", "riscv64", true, false},
        {"docker.io_library_alpine_3.20_amd64.tar", "amd64", true, true},
        {"xamd64.tar", NULL, true, true},
        {"_amd64.tar", NULL, true, true},
        {"x.tgz", NULL, false, false},
        {"x.tar.lzo", NULL, false, false},
        {".tar", NULL, false, false},
        {".tar.gz", NULL, false, false},
        {"x.tar.tmp.123", NULL, false, false},
        {"tar", NULL, false, false},
        {"", NULL, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *arch = image_name_arch(rows[i].file);
        if (image_name_counts(rows[i].file) != rows[i].counts || image_name_may_be_oci(rows[i].file) != rows[i].oci ||
            !arch != !rows[i].arch || (arch && strcmp(arch, rows[i].arch) != 0))
            fail_msg("%s: counts %d, may be OCI %d, arch %s", rows[i].file, image_name_counts(rows[i].file),
                     image_name_may_be_oci(rows[i].file), arch ? arch : "(none)");
    }
}

static const struct {
    const char *file;
    struct member members[8];
    bool oci;
    const char *reference, *digest, *arch;
} archives[] = {
    {"ours_arm64.tar",
     {{"oci-layout", LAYOUT}, {"index.json", index_json}, {"blobs/sha256/" HEX64, "x"}},
     true,
     "docker.io/library/alpine:3.20",
     DIGEST,
     "arm64"},
    {"skopeo.tar",
     {{"blobs/", NULL},
      {"blobs/sha256/", NULL},
      {"blobs/sha256/" HEX64, "x"},
      {"index.json", index_json},
      {"oci-layout", LAYOUT}},
     true,
     "docker.io/library/alpine:3.20",
     DIGEST,
     NULL},
    {"docker-save.tar",
     {{"blobs/sha256/" HEX64, "x"},
      {"manifest.json", "[]"},
      {"repositories", "{}"},
      {"index.json", index_json},
      {"oci-layout", LAYOUT}},
     true,
     "docker.io/library/alpine:3.20",
     DIGEST,
     NULL},
    {"dotslash.tar",
     {{"./", NULL}, {"./oci-layout", LAYOUT}, {"./index.json", index_json}, {"./blobs/sha256/x", "x"}},
     false,
     NULL,
     NULL,
     NULL},
    {"no-blobs.tar", {{"oci-layout", LAYOUT}, {"index.json", index_json}}, false, NULL, NULL, NULL},
    {"no-layout.tar", {{"index.json", index_json}, {"blobs/x", "x"}}, false, NULL, NULL, NULL},
    {"plain.tar", {{"bin/", NULL}, {"bin/sh", "x"}, {"etc/", NULL}, {"etc/passwd", "root"}}, false, NULL, NULL, NULL},
    {"empty.tar", {{0}}, false, NULL, NULL, NULL},
    {"bad-json.tar", {{"oci-layout", ""}, {"index.json", "{\"manifests\":["}, {"blobs/x", ""}}, true, NULL, NULL, NULL},
    {"odd-json.tar",
     {{"oci-layout", ""}, {"index.json", "{\"manifests\":{\"digest\":1},\"x\":[]}"}, {"blobs/x", ""}},
     true,
     NULL,
     NULL,
     NULL},
    {"bad-digest_amd64.tar",
     {{"oci-layout", ""},
      {"index.json", "{\"manifests\":[{\"digest\":\"sha256:../../etc\",\"platform\":{\"architecture\":\"s390x\"},"
                     "\"annotations\":{\"org.opencontainers.image.ref.name\":\"\\u001b[31m\"}}]}"},
      {"blobs/x", ""}},
     true,
     "\033[31m",
     NULL,
     "s390x"},
};

static void archives_are_told_apart(void **state)
{
    char *dir = tree_new();
    (void)state;
    tree_put(dir, "etc/pve/storage.cfg", "dir: local\n\tpath /var/lib/vz\n\tcontent vztmpl\n");
    for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
        char *path = mem_printf(CACHE "%s", archives[i].file);
        put_tar(dir, path, archives[i].members, 8);
        free(path);
    }
    struct host *host = load(dir);
    for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
        const struct image *image = host_image(host, "local", archives[i].file);
        if (!image)
            fail_msg("%s is not there", archives[i].file);
        const char *got[] = {image->reference, image->digest, image->arch};
        const char *wanted[] = {archives[i].reference, archives[i].digest, archives[i].arch};
        if (image->oci != archives[i].oci)
            fail_msg("%s: OCI %d", archives[i].file, image->oci);
        for (size_t k = 0; k < 3; k++)
            if (!got[k] != !wanted[k] || (got[k] && strcmp(got[k], wanted[k]) != 0))
                fail_msg("%s, part %zu: %s", archives[i].file, k, got[k] ? got[k] : "(none)");
        assert_true(image->size > 0 && image->mtime > 0);
    }
    assert_int_equal(host->nimages, sizeof(archives) / sizeof(archives[0]));
    const struct image *image = host_image_volid(host, "local:vztmpl/skopeo.tar");
    assert_string_equal(image->path, "/" CACHE "skopeo.tar");
    assert_null(host_image_volid(host, "local:vztmpl/none.tar"));
    assert_null(host_image(host, "other", "skopeo.tar"));
    host_free(host);
    tree_free(dir);
}

static void odd_files_are_left_out_or_no_archive(void **state)
{
    char *dir = tree_new();
    (void)state;
    tree_put(dir, "etc/pve/storage.cfg",
             "dir: local\n\tpath /var/lib/vz\n\tcontent vztmpl\n\ndir: none\n\tpath /srv/none\n\tcontent vztmpl\n\n"
             "dir: iso\n\tpath /srv/iso\n\tcontent iso\n\ndir: off\n\tpath /srv/off\n\tcontent vztmpl\n\tdisable\n");
    char junk[5000];
    memset(junk, 'x', sizeof(junk));
    tree_put_bytes(dir, CACHE "junk.tar", junk, sizeof(junk));
    tree_put(dir, CACHE "nothing.tar", "");
    tree_put(dir, CACHE "FOO.TAR", "");
    tree_put(dir, CACHE "\033[2J.tar.gz", "x");
    tree_put(dir, CACHE "folder.tar/x", "");
    tree_put(dir, CACHE "x.tar.tmp.1", "");
    tree_link(dir, CACHE "away.tar", "/../../../../../../../../etc/passwd");
    tree_link(dir, CACHE "linked.tar.gz", "/srv/real.tar.gz");
    tree_put(dir, "srv/real.tar.gz", "1234567");
    tree_put(dir, "srv/iso/template/cache/x.tar.gz", "");
    tree_put(dir, "srv/off/template/cache/x.tar.gz", "");
    char *pipe = tree_path(dir, CACHE "pipe.tar");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    put_tar(dir, CACHE "cut.tar", archives[0].members, 3);
    char *cut = tree_path(dir, CACHE "cut.tar");
    assert_int_equal(truncate(cut, 1200), 0);

    static const char *const files[] = {"\033[2J.tar.gz", "FOO.TAR",       "cut.tar",
                                        "junk.tar",       "linked.tar.gz", "nothing.tar"};
    struct host *host = load(dir);
    for (size_t i = 0; i < host->nimages && i < sizeof(files) / sizeof(files[0]); i++) {
        assert_string_equal(host->images[i].file, files[i]);
        assert_false(host->images[i].oci);
    }
    assert_int_equal(host->nimages, sizeof(files) / sizeof(files[0]));
    assert_int_equal(host_image(host, "local", "linked.tar.gz")->size, 7);
    host_free(host);
    free(pipe);
    free(cut);
    tree_free(dir);
}

/* Bytes that this process has read so far. */
static long long bytes_read(void)
{
    long long n = -1;
    FILE *io = fopen("/proc/self/io", "re");
    assert_non_null(io);
    assert_int_equal(fscanf(io, "rchar: %20lld", &n), 1);
    fclose(io);
    return n;
}

/* The header of a member of another size: octal digits, and the sum of all bytes with blanks in its own place. */
static void set_size(char head[512], unsigned long long size)
{
    unsigned sum = 0;
    snprintf(head + 124, 12, "%011llo", size);
    memset(head + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += (unsigned char)head[i];
    snprintf(head + 148, 8, "%06o", sum);
}

/* A member of 4 GiB (a hole in the file) comes before the index: it is skipped, not read. */
static void big_members_are_not_read(void **state)
{
    const off_t big = (off_t)4 << 30;
    const struct member members[] = {{"blobs/sha256/" HEX64, ""}, {"index.json", index_json}, {"oci-layout", LAYOUT}};
    char *dir = tree_new(), *path = tree_path(dir, "big.tar");
    struct buf tar = BUF_INIT;
    (void)state;

    put_tar(dir, "big.tar", members, 3);
    assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &tar, NULL), 0);
    set_size(tar.s, (unsigned long long)big);
    int fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
    assert_int_equal(pwrite(fd, tar.s, 512, 0), 512);
    assert_int_equal(pwrite(fd, tar.s + 512, tar.len - 512, 512 + big), (ssize_t)tar.len - 512);
    lseek(fd, 0, SEEK_SET);

    struct image image = {0};
    long long before = bytes_read();
    image_read_archive(fd, &image);
    long long after = bytes_read();
    close(fd);
    assert_true(image.oci);
    assert_string_equal(image.digest, DIGEST);
    assert_true(after - before < 256 * 1024);
    free(image.digest);
    free(image.reference);
    free(path);
    buf_clear(&tar);
    tree_free(dir);
}

static void an_index_over_the_cap_is_not_read(void **state)
{
    char *dir = tree_new(), *json = mem_printf("%s%*s", index_json, 1024 * 1024, "");
    (void)state;
    put_tar(dir, "x.tar", (struct member[]){{"oci-layout", LAYOUT}, {"index.json", json}, {"blobs/x", "x"}}, 3);
    char *path = tree_path(dir, "x.tar");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct image image = {0};
    image_read_archive(fd, &image);
    close(fd);
    assert_true(image.oci);
    assert_null(image.reference);
    assert_null(image.digest);
    free(json);
    free(path);
    tree_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_count_as_for_proxmox),           cmocka_unit_test(archives_are_told_apart),
        cmocka_unit_test(odd_files_are_left_out_or_no_archive), cmocka_unit_test(big_members_are_not_read),
        cmocka_unit_test(an_index_over_the_cap_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
