#include "backend/sim/unpack.h"

#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/state.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK    (64 * 1024)
#define JSON_MAX (4u << 20)
#define TEXT_MAX (256u << 10) /* of a file in /etc */
#define HEAD_MAX 64           /* of a program */
#define LAYERS   500

/* Folders whose programs count, and what of /etc and elsewhere does. */
static const char *const programs[] = {"bin/", "sbin/", "usr/bin/", "usr/sbin/"};
static const char *const matters[] = {"bin", "sbin", "etc/", "usr/lib/os-release", "nix/store", "lib", "usr"};

struct reader {
    struct archive *a;
    int fd;
};

/* Opens an archive file: any compression that libarchive knows. */
static int reader_open(struct sim *s, const char *path, struct reader *r)
{
    r->fd = sim_open(s, path, O_RDONLY, 0);
    if (r->fd < 0)
        return sim_fail(s, "can't open '%s' - %s\n", path, strerror(-r->fd));
    r->a = archive_read_new();
    archive_read_support_filter_all(r->a);
    archive_read_support_format_tar(r->a);
    if (archive_read_open_fd(r->a, r->fd, CHUNK) == ARCHIVE_OK)
        return 0;
    return sim_fail(s, "Error: failed to read archive: %s\n", archive_error_string(r->a));
}

static void reader_close(struct reader *r)
{
    if (r->a != NULL)
        archive_read_free(r->a);
    if (r->fd >= 0)
        close(r->fd);
}

bool sim_is_oci(const struct sim *s, const char *path)
{
    struct sim quiet = *s;
    struct reader r = {.fd = -1};
    struct archive_entry *e;
    bool layout = false, index = false, blobs = false;
    size_t len = strlen(path);
    quiet.error = (struct buf)BUF_INIT;
    if (len < 4 || strcmp(path + len - 4, ".tar") != 0)
        return false;
    if (reader_open(&quiet, path, &r) == 0) {
        while (archive_read_next_header(r.a, &e) == ARCHIVE_OK) {
            const char *name = archive_entry_pathname(e);
            layout = layout || strcmp(name, "oci-layout") == 0;
            index = index || strcmp(name, "index.json") == 0;
            blobs = blobs || strncmp(name, "blobs/", 6) == 0;
        }
    }
    reader_close(&r);
    return layout && index && blobs;
}

/* Goes to a member. -1 after sim_fail when there is none of that name. */
static int reader_find(struct sim *s, struct reader *r, const char *member)
{
    struct archive_entry *e;
    int rc;
    while ((rc = archive_read_next_header(r->a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
        if (strcmp(archive_entry_pathname(e), member) == 0)
            return 0;
    }
    return sim_fail(s, "Error: failed to find '%s' in the OCI archive\n", member);
}

/* One JSON member of the archive. */
static json_t *read_json(struct sim *s, const char *path, const char *member)
{
    struct reader r = {.fd = -1};
    struct buf text = BUF_INIT;
    json_t *json = NULL;
    char bytes[8192];
    la_ssize_t n;
    if (reader_open(s, path, &r) == 0 && reader_find(s, &r, member) == 0) {
        while ((n = archive_read_data(r.a, bytes, sizeof(bytes))) > 0 && text.len < JSON_MAX)
            buf_add(&text, bytes, (size_t)n);
        json = json_loadb(text.s, text.len, JSON_ALLOW_NUL, NULL);
        if (json == NULL)
            sim_fail(s, "Error: failed to parse '%s' of the OCI archive\n", member);
    }
    reader_close(&r);
    buf_clear(&text);
    return json;
}

/* The archive's name of the blob that a descriptor names; NULL when it is no digest. */
static char *blob_member(const json_t *descriptor)
{
    const char *digest = json_string_value(json_object_get(descriptor, "digest"));
    if (digest == NULL || strncmp(digest, "sha256:", 7) != 0 || strspn(digest + 7, "0123456789abcdef") != 64 ||
        digest[71] != '\0')
        return NULL;
    return mem_printf("blobs/sha256/%s", digest + 7);
}

static json_t *read_blob(struct sim *s, const char *path, const json_t *descriptor)
{
    char *member = blob_member(descriptor);
    json_t *json = member != NULL ? read_json(s, path, member) : NULL;
    if (member == NULL)
        sim_fail(s, "Error: the OCI archive names no digest\n");
    free(member);
    return json;
}

static struct sim_tree_file *at(const struct sim_tree *tree, const char *path)
{
    for (size_t i = 0; i < tree->n; i++) {
        if (strcmp(tree->files[i].path, path) == 0)
            return &tree->files[i];
    }
    return NULL;
}

/* Takes a file or all below a folder away. `self`: the folder itself too. */
static void tree_remove(struct sim_tree *tree, const char *path, bool self)
{
    size_t len = strlen(path), kept = 0;
    for (size_t i = 0; i < tree->n; i++) {
        const char *have = tree->files[i].path;
        bool hit = strncmp(have, path, len) == 0 && ((self && have[len] == '\0') || have[len] == '/' || len == 0);
        if (!hit)
            tree->files[kept++] = tree->files[i];
    }
    tree->n = kept;
}

static bool begins(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(list[i]);
        if (list[i][len - 1] == '/' ? strncmp(name, list[i], len) == 0 : strcmp(name, list[i]) == 0)
            return true;
    }
    return false;
}

/* A whiteout takes away what lower layers had. True when the name is one. */
static bool whiteout(struct sim_tree *tree, const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash != NULL ? slash + 1 : name;
    if (strncmp(base, ".wh.", 4) != 0)
        return false;
    char *folder = mem_dup(name, slash != NULL ? (size_t)(slash - name) : 0);
    char *gone = mem_printf("%s%s%s", folder, slash != NULL ? "/" : "", base + 4);
    if (strcmp(base, ".wh..wh..opq") == 0)
        tree_remove(tree, folder, false);
    else
        tree_remove(tree, gone, true);
    free(folder);
    free(gone);
    return true;
}

/* Keeps what matters of one entry; its size counts in any case. */
static void take_entry(struct sim_tree *tree, struct archive *a, struct archive_entry *e)
{
    const char *raw = archive_entry_pathname(e), *link = archive_entry_symlink(e);
    while (raw[0] == '/' || (raw[0] == '.' && raw[1] == '/'))
        raw++;
    char *name = mem_strdup(raw);
    size_t len = strlen(name);
    while (len > 0 && name[len - 1] == '/')
        name[--len] = '\0';
    bool regular = archive_entry_filetype(e) == AE_IFREG, program = begins(name, programs, 4);
    if (regular && archive_entry_hardlink(e) == NULL)
        tree->unpacked += (uint64_t)archive_entry_size(e);
    if (whiteout(tree, name) || !(program || begins(name, matters, sizeof(matters) / sizeof(matters[0])))) {
        free(name);
        return;
    }
    struct sim_tree_file *f = at(tree, name);
    if (f == NULL) {
        MEM_GROW(tree->files, tree->n);
        f = &tree->files[tree->n++];
    }
    *f = (struct sim_tree_file){.path = name, .link = mem_strdup(link)};
    if (!regular)
        return;
    const char *hard = archive_entry_hardlink(e);
    const struct sim_tree_file *same =
        hard != NULL ? at(tree, hard[0] == '.' && hard[1] == '/' ? hard + 2 : hard) : NULL;
    if (same != NULL) {
        f->text = mem_dup(same->text, same->len);
        f->len = same->len;
        return;
    }
    size_t max = program ? HEAD_MAX : TEXT_MAX;
    f->text = mem_zero(1, max + 1);
    la_ssize_t n;
    while (f->len < max && (n = archive_read_data(a, f->text + f->len, max - f->len)) > 0)
        f->len += (size_t)n;
}

static int take_all(struct sim *s, struct sim_tree *tree, struct archive *a)
{
    struct archive_entry *e;
    int rc;
    while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
        take_entry(tree, a, e);
        if (sim_check_interrupt(s) < 0)
            return -1;
    }
    return rc == ARCHIVE_EOF ? 0 : sim_fail(s, "Error: failed to unpack: %s\n", archive_error_string(a));
}

/* A layer is an archive inside the archive: the inner reader gets its bytes from the outer one. */
struct nested {
    struct archive *outer;
    char bytes[CHUNK];
};

static la_ssize_t read_nested(struct archive *inner, void *data, const void **bytes)
{
    (void)inner;
    struct nested *n = data;
    *bytes = n->bytes;
    return archive_read_data(n->outer, n->bytes, sizeof(n->bytes));
}

static int take_layer(struct sim *s, const char *path, const json_t *descriptor, struct sim_tree *tree)
{
    struct reader r = {.fd = -1};
    struct nested *n = mem_zero(1, sizeof(*n));
    char *member = blob_member(descriptor);
    int rc = member == NULL ? sim_fail(s, "Error: a layer has no digest\n") : reader_open(s, path, &r);
    if (rc == 0)
        rc = reader_find(s, &r, member);
    if (rc == 0) {
        struct archive *inner = archive_read_new();
        archive_read_support_filter_all(inner);
        archive_read_support_format_tar(inner);
        archive_read_support_format_empty(inner);
        n->outer = r.a;
        rc = archive_read_open(inner, n, NULL, read_nested, NULL) == ARCHIVE_OK
                 ? take_all(s, tree, inner)
                 : sim_fail(s, "Error: failed to unpack: %s\n", archive_error_string(inner));
        archive_read_free(inner);
    }
    reader_close(&r);
    free(member);
    free(n);
    return rc;
}

int sim_unpack_oci(struct sim *s, const char *path, struct sim_tree *tree)
{
    json_t *index = read_json(s, path, "index.json"), *manifest = NULL, *config = NULL;
    int rc = -1;
    *tree = (struct sim_tree){.n = 0};
    if (index != NULL)
        manifest = read_blob(s, path, json_array_get(json_object_get(index, "manifests"), 0));
    if (manifest != NULL)
        config = read_blob(s, path, json_object_get(manifest, "config"));
    if (config != NULL) {
        const json_t *layers = json_object_get(manifest, "layers");
        size_t n = json_array_size(layers);
        rc = n > LAYERS ? sim_fail(s, "Error: too many layers\n") : 0;
        for (size_t i = 0; i < n && rc == 0; i++)
            rc = take_layer(s, path, json_array_get(layers, i), tree);
        tree->config = json_incref(json_object_get(config, "config"));
        if (!json_is_object(tree->config))
            tree->config = json_object();
    }
    json_decref(index);
    json_decref(manifest);
    json_decref(config);
    return rc;
}

/* tar's words and option for each compression of a template. */
static const struct {
    const char *ending, *option, *words;
} packers[] = {
    {.ending = ".gz", .option = "-z ", .words = "\ngzip: stdin: unexpected end of file\n"},
    {.ending = ".xz", .option = "-J ", .words = "xz: (stdin): Unexpected end of input\n"},
    {.ending = ".bz2", .option = "-j ", .words = "\nbzip2: Compressed file ends unexpectedly;\n"},
    {.ending = ".zst", .option = "--zstd ", .words = "/*stdin*\\ : unexpected end of file \n"},
};

static int tar_failed(struct sim *s, const char *path, const char *ids)
{
    const char *option = "";
    for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++) {
        size_t len = strlen(path), end = strlen(packers[i].ending);
        if (len > end && strcmp(path + len - end, packers[i].ending) == 0) {
            option = packers[i].option;
            printf("%star: Child returned status 1\n", packers[i].words);
        }
    }
    printf("tar: Error is not recoverable: exiting now\n");
    return sim_fail(s,
                    "command '%star xpf - %s--totals --one-file-system -p --sparse --numeric-owner --acls --xattrs "
                    "'--xattrs-include=user.*' '--xattrs-include=security.capability' '--warning=no-file-ignored' "
                    "'--warning=no-xattr-write' -C /var/lib/lxc/%lld/rootfs --skip-old-files --anchored --exclude "
                    "'./dev/*'' failed: exit code 2\n",
                    ids, option, sim_number(s, "vmid", 0));
}

int sim_unpack_template(struct sim *s, const char *path, struct sim_tree *tree)
{
    struct reader r = {.fd = -1};
    *tree = (struct sim_tree){.config = json_object()};
    int rc = reader_open(s, path, &r);
    if (rc == 0)
        rc = take_all(s, tree, r.a);
    /* tar reads whole records of 20 blocks. */
    if (rc == 0)
        tree->read = ((uint64_t)archive_filter_bytes(r.a, 0) + 10239) / 10240 * 10240;
    reader_close(&r);
    if (rc < 0 && !sim_interrupted) {
        bool mapped = sim_flag(s, "unprivileged", true);
        rc = tar_failed(s, path, mapped ? "lxc-usernsexec -m u:0:100000:65536 -m g:0:100000:65536 -- " : "");
    }
    return rc;
}
