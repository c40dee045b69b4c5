/* The archives of the records, made by libarchive as the notes of the records describe them. */
#include "tests/unit/unit.h"

#include "tests/unit/replay.h"

#include "backend/base/buf.h"
#include "backend/base/hash.h"
#include "backend/base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct member {
    const char *path; /* one that ends in / is a folder */
    const char *text;
    const char *link;   /* a symbolic link to this */
    unsigned long size; /* of the text, when it holds NULs; without a text, as many NULs */
};

static la_ssize_t to_buf(struct archive *a, void *data, const void *bytes, size_t len)
{
    (void)a;
    buf_add(data, bytes, len);
    return (la_ssize_t)len;
}

static void add_member(struct archive *a, const struct member *m)
{
    static const char nothing[64 * 1024];
    struct archive_entry *e = archive_entry_new();
    size_t len = strlen(m->path), size = m->size > 0 ? m->size : m->text != NULL ? strlen(m->text) : 0;
    bool folder = m->path[len - 1] == '/';
    archive_entry_set_pathname(e, m->path);
    archive_entry_set_filetype(e, folder ? AE_IFDIR : m->link != NULL ? AE_IFLNK : AE_IFREG);
    archive_entry_set_perm(e, folder ? 0755 : 0644);
    archive_entry_set_size(e, (la_int64_t)size);
    if (m->link != NULL)
        archive_entry_set_symlink(e, m->link);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    for (size_t done = 0, part; done < size; done += part) {
        part = m->text == NULL && size - done > sizeof(nothing) ? sizeof(nothing) : size - done;
        assert_int_equal(archive_write_data(a, m->text != NULL ? m->text : nothing, part), part);
    }
    archive_entry_free(e);
}

static void add(struct archive *a, const char *path, const char *text)
{
    add_member(a, &(struct member){.path = path, .text = text});
}

/* A tar of these members (up to one without a path) through a compressor. */
static void pack(const struct member *members, int filter, struct buf *out)
{
    struct archive *a = archive_write_new();
    assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
    archive_write_set_format_ustar(a);
    /* What is compressed has nothing behind its end. */
    archive_write_set_bytes_in_last_block(a, 1);
    assert_int_equal(archive_write_open(a, out, NULL, to_buf, NULL), ARCHIVE_OK);
    for (; members->path != NULL; members++)
        add_member(a, members);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
}

struct image {
    const char *file;
    const char *config; /* `config` of the image, as JSON */
    const struct member *layer;
    const struct member *upper; /* a second layer, by zstd */
    const char *before_names;   /* in front of every member's name */
    bool no_layout;
};

static const struct member no_files[] = {{.path = "tmp/"}, {0}};
static const struct member app_files[] = {
    {.path = "etc/"},
    {.path = "etc/passwd", .text = "root:x:0:0::/root:/bin/sh\nabc:x:911:1000::/config:/bin/false\n"},
    {.path = "etc/group", .text = "root:x:0:\nvideo:x:44:abc\nusers:x:100:\nrender:x:104:abc\nabc:x:1000:\n"},
    {0},
};
#define OS_FILES(name, id)                                                                                             \
    static const struct member name[] = {                                                                              \
        {.path = "bin/"},                                                                                              \
        {.path = "bin/sh", .text = "#!sh\n"},                                                                          \
        {.path = "etc/"},                                                                                              \
        {.path = "etc/os-release", .text = "NAME=\"x\"\nID=" id "\nVERSION_ID=\"12\"\n"},                              \
        {0},                                                                                                           \
    }
OS_FILES(debian_files, "debian");
OS_FILES(alpine_files, "alpine");
OS_FILES(ubuntu_files, "ubuntu");
OS_FILES(wolfi_files, "wolfi");

/* Debian below; above it what made it Debian is taken away, and /bin/sh is reached by two links. */
static const struct member lower_files[] = {
    {.path = "etc/"},
    {.path = "etc/os-release", .text = "ID=debian\n"},
    {.path = "etc/debian_version", .text = "12\n"},
    {.path = "etc/passwd", .text = "svc:x:7:8::/:/bin/sh\n"},
    {0},
};
static const struct member upper_files[] = {
    {.path = "bin", .link = "usr/bin"},
    {.path = "etc/.wh.os-release"},
    {.path = "etc/.wh.debian_version"},
    {.path = "etc/alpine-release", .text = "3.22\n"},
    {.path = "usr/bin/busybox", .text = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0\1\0\0\0", .size = 24},
    {.path = "usr/bin/sh", .link = "/bin/busybox"},
    {0},
};
static const struct member big_files[] = {{.path = "data", .size = 12 << 20}, {0}};

#define APP                                                                                                            \
    "{\"Entrypoint\":[\"/init\",\"--flag with space\"],\"Cmd\":[\"serve\",\"it's\"],\"User\":\"abc\","                 \
    "\"Env\":[\"PATH=/usr/bin:/bin\",\"A=1 2\",\"B=x=y\"],\"WorkingDir\":\"/config\","                                 \
    "\"Volumes\":{\"/config\":{},\"/data/x\":{}},\"StopSignal\":\"SIGINT\"}"
#define SHELL "{\"Cmd\":[\"/bin/sh\"]}"

static const struct image images[] = {
    {.file = "app_1.0.tar", .config = APP, .layer = app_files},
    {.file = "plain_latest.tar", .config = SHELL, .layer = no_files},
    {.file = "sysinit_1.tar", .config = "{\"Entrypoint\":[\"/sbin/init\"],\"Env\":[\"X=1\"]}", .layer = no_files},
    {.file = "uidgid_1.tar", .config = "{\"Cmd\":[\"/bin/sh\"],\"User\":\"1000:44\"}", .layer = no_files},
    {.file = "nouser_1.tar", .config = "{\"Cmd\":[\"/bin/sh\"],\"User\":\"nobody2\"}", .layer = app_files},
    {.file = "ctrl_1.tar", .config = "{\"Cmd\":[\"/bin/sh\"],\"Env\":[\"A=\\u0001\"]}", .layer = no_files},
    {.file = "multiline_1.tar", .config = "{\"Cmd\":[\"/bin/sh\",\"a\\nb\"],\"Env\":[\"A=1\\n2\"]}", .layer = no_files},
    {.file = "empty_1.tar", .config = "{}", .layer = no_files},
    {.file = "dotslash_1.tar", .config = SHELL, .layer = no_files, .before_names = "./"},
    {.file = "nolayout_1.tar", .config = SHELL, .layer = no_files, .no_layout = true},
    {.file = "envnl_1.tar",
     .config = "{\"Cmd\":[\"/bin/sh\"],\"Env\":[\"A=l1\\nmemory: 99\",\"B=2\"]}",
     .layer = no_files},
    {.file = "debian_1.tar", .config = SHELL, .layer = debian_files},
    {.file = "alpine_1.tar", .config = SHELL, .layer = alpine_files},
    {.file = "ubuntu_1.tar", .config = SHELL, .layer = ubuntu_files},
    {.file = "layers_1.tar",
     .config = "{\"Cmd\":[\"/bin/sh\"],\"User\":\"svc\"}",
     .layer = lower_files,
     .upper = upper_files},
    {.file = "big_1.tar", .config = SHELL, .layer = big_files},
    {.file = "wolfi_1.tar", .config = SHELL, .layer = wolfi_files},
};

static void describe(struct buf *out, const char *type, const char *bytes, size_t len)
{
    char hex[HASH_SHA256_HEX + 1];
    hash_sha256(bytes, len, hex);
    buf_addf(out, "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"sha256:%s\",\"size\":%zu}", type, hex,
             len);
}

static void add_blob(struct archive *a, const char *before, const char *bytes, size_t len)
{
    char hex[HASH_SHA256_HEX + 1];
    struct archive_entry *e = archive_entry_new();
    hash_sha256(bytes, len, hex);
    char *path = mem_printf("%sblobs/sha256/%s", before, hex);
    archive_entry_set_pathname(e, path);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, (la_int64_t)len);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, bytes, len), len);
    archive_entry_free(e);
    free(path);
}

static void build(const char *root, const struct image *i)
{
    struct buf layer = BUF_INIT, upper = BUF_INIT, config = BUF_INIT, manifest = BUF_INIT, index = BUF_INIT,
               out = BUF_INIT;
    const char *before = i->before_names != NULL ? i->before_names : "";
    pack(i->layer, ARCHIVE_FILTER_GZIP, &layer);
    if (i->upper != NULL)
        pack(i->upper, ARCHIVE_FILTER_ZSTD, &upper);
    buf_addf(&config, "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":%s}", i->config);
    buf_adds(&manifest, "{\"schemaVersion\":2,\"config\":");
    describe(&manifest, "config.v1+json", config.s, config.len);
    buf_adds(&manifest, ",\"layers\":[");
    describe(&manifest, "layer.v1.tar+gzip", layer.s, layer.len);
    if (i->upper != NULL) {
        buf_addch(&manifest, ',');
        describe(&manifest, "layer.v1.tar+zstd", upper.s, upper.len);
    }
    buf_adds(&manifest, "]}");
    buf_adds(&index, "{\"schemaVersion\":2,\"manifests\":[");
    describe(&index, "manifest.v1+json", manifest.s, manifest.len);
    buf_adds(&index, "]}");
    struct archive *a = archive_write_new();
    archive_write_set_format_ustar(a);
    assert_int_equal(archive_write_open(a, &out, NULL, to_buf, NULL), ARCHIVE_OK);
    char *layout = mem_printf("%soci-layout", before), *list = mem_printf("%sindex.json", before);
    if (!i->no_layout)
        add(a, layout, "{\"imageLayoutVersion\":\"1.0.0\"}");
    add(a, list, index.s);
    add_blob(a, before, manifest.s, manifest.len);
    add_blob(a, before, config.s, config.len);
    add_blob(a, before, layer.s, layer.len);
    if (i->upper != NULL)
        add_blob(a, before, upper.s, upper.len);
    archive_write_close(a);
    archive_write_free(a);
    char *path = mem_printf("var/lib/vz/template/cache/%s", i->file);
    replay_put_bytes(root, path, out.s, out.len);
    free(path);
    free(layout);
    free(list);
    buf_clear(&layer);
    buf_clear(&upper);
    buf_clear(&config);
    buf_clear(&manifest);
    buf_clear(&index);
    buf_clear(&out);
}

/* A Debian template as the records had it: 30,720 bytes unpacked, a place for host keys, no shell. */
static void build_template(const char *root, const char *name, int filter)
{
    char *filler = mem_zero(22001, 1);
    memset(filler, 'x', 22000);
    const struct member files[] = {
        {.path = "./etc/"},
        {.path = "./etc/ssh/"},
        {.path = "./etc/os-release", .text = "ID=debian\nVERSION_ID=\"12\"\n"},
        {.path = "./etc/debian_version", .text = "12.7\n"},
        {.path = "./usr/share/filler", .text = filler},
        {0},
    };
    struct buf out = BUF_INIT;
    char *path = mem_printf("var/lib/vz/template/cache/debian-12-standard_12.7-1_amd64.tar.%s", name);
    pack(files, filter, &out);
    replay_put_bytes(root, path, out.s, out.len);
    free(path);
    free(filler);
    buf_clear(&out);
}

void replay_images(const char *root)
{
    for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
        build(root, &images[i]);
    build_template(root, "zst", ARCHIVE_FILTER_ZSTD);
    build_template(root, "gz", ARCHIVE_FILTER_GZIP);
    replay_put(root, "var/lib/vz/template/cache/broken_1.tar.gz", "\n");
    replay_put(root, "var/lib/vz/template/cache/FOO.TAR", "\n");
    replay_put(root, "var/lib/vz/template/iso/x.iso", "\n");
}
