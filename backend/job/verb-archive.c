#include "backend/job/verb.h"

#include "backend/base/file.h"
#include "backend/base/hash.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/text.h"
#include "backend/job/copyhash.h"
#include "backend/job/layout.h"
#include "backend/job/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Puts a pulled image into a template folder as an OCI archive that pct knows: members named oci-layout, index.json and
 * blobs/sha256/HEX, with no ./ before and no folders between (recorded from pct 6.1.10). skopeo takes a blob that is in
 * the cache without a look at it, so every one is hashed here, on its way into the archive.
 */
struct archive {
    const char *reference, *arch, *plan, *blobs, *pull, *dest;
    struct layout layout;
    int dir;          /* the template folder */
    const char *name; /* in it */
    char *tmp;
    int fd;
};

/* The index names the manifest, and the image by its full reference, which is how it is known again later. */
static char *index_json(const struct archive *a)
{
    const struct layout_blob *manifest = &a->layout.list[0];
    char digest[HASH_SHA256_HEX + 8];

    snprintf(digest, sizeof(digest), "sha256:%s", manifest->hex);
    json_t *index = json_pack("{s:i, s:[{s:s, s:s, s:I, s:{s:s}}]}", "schemaVersion", 2, "manifests", "mediaType",
                              a->layout.media_type, "digest", digest, "size", (json_int_t)manifest->size, "annotations",
                              "org.opencontainers.image.ref.name", a->reference);
    char *text = json_dumps(index, JSON_COMPACT);
    json_decref(index);
    return text;
}

/* Reads the blob to its end and hashes it; writes it too while nothing is wrong yet. */
static int copy_blob(struct archive *a, const struct layout_blob *blob, int from, bool write, struct err *err)
{
    struct copyhash got;

    copyhash(from, write ? a->fd : -1, blob->size, &got);
    if (got.read_error)
        return err_sys(err, got.read_error, "Could not read the blob sha256:%s", blob->hex);
    if (got.write_error)
        return err_sys(err, got.write_error, "Could not write %s", a->dest);
    if (got.size != blob->size || strcmp(got.hex, blob->hex) != 0)
        return layout_drop_blob(&a->layout, blob, "is damaged", err);
    return 0;
}

static int add_blob(struct archive *a, const struct layout_blob *blob, bool write, struct err *err)
{
    char name[HASH_SHA256_HEX + 16];
    int from = layout_open_blob(&a->layout, blob, err);
    int rc = from < 0 ? from : 0;

    snprintf(name, sizeof(name), "blobs/sha256/%s", blob->hex);
    if (rc == 0 && write && (rc = tar_add_head(a->fd, name, blob->size)) < 0)
        err_sys(err, rc, "Could not write %s", a->dest);
    if (rc == 0)
        rc = copy_blob(a, blob, from, write, err);
    if (rc == 0 && write && (rc = tar_add_padding(a->fd, blob->size)) < 0)
        err_sys(err, rc, "Could not write %s", a->dest);
    /* So that the sync at the end finds little left to write. */
    if (rc == 0 && write)
        sync_file_range(a->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    if (from >= 0)
        close(from);
    return rc;
}

/* After a bad blob the others are looked at all the same: there is one repetition, and it must mend them all. */
static int add_blobs(struct archive *a, struct err *err)
{
    int worst = 0;

    for (size_t i = 0; i < a->layout.n; i++) {
        int rc = add_blob(a, &a->layout.list[i], worst == 0, err);
        if (rc == -EAGAIN)
            verb_say("%s", err->text);
        if (rc < 0 && rc != -EAGAIN)
            return rc;
        worst = rc < 0 ? rc : worst;
    }
    return worst;
}

/* Room for all of it before anything is written, where the file system can promise that. */
static int reserve(struct archive *a, size_t index_len, struct err *err)
{
    uint64_t size = tar_member_size(32) + tar_member_size(index_len) + TAR_END_SIZE;
    struct buf words = BUF_INIT;
    int rc = 0;

    for (size_t i = 0; i < a->layout.n; i++)
        size += tar_member_size(a->layout.list[i].size);
    if (fallocate(a->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size) && errno == ENOSPC) {
        num_add_size(&words, size);
        rc = err_set(err, -ENOSPC,
                     "There is no room for the image's %s in the folder of %s. Make room, or choose "
                     "another storage for images.",
                     words.s, a->dest);
    }
    buf_clear(&words);
    return rc;
}

static int write_tar(struct archive *a, struct err *err)
{
    static const char layout[] = "{\"imageLayoutVersion\": \"1.0.0\"}";
    char *index = index_json(a);
    int rc = index ? reserve(a, strlen(index), err)
                   : err_set(err, -EINVAL, "The reference %s cannot be written down.", a->reference);

    if (rc == 0 && ((rc = tar_add_bytes(a->fd, "oci-layout", layout, sizeof(layout) - 1)) < 0 ||
                    (rc = tar_add_bytes(a->fd, "index.json", index, strlen(index))) < 0))
        err_sys(err, rc, "Could not write %s", a->dest);
    free(index);
    if (rc == 0)
        rc = add_blobs(a, err);
    if (rc == 0 && ((rc = tar_add_end(a->fd)) < 0 || (rc = fsync(a->fd) ? -errno : 0) < 0))
        err_sys(err, rc, "Could not write %s", a->dest);
    return rc;
}

/* Under a temporary name, which pct and the web pages do not list, until all of it is on the disk. */
static int write_dest(struct archive *a, struct err *err)
{
    a->fd = openat(a->dir, a->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (a->fd < 0)
        return err_sys(err, -errno, "Could not write %s", a->dest);
    int rc = write_tar(a, err);
    if (close(a->fd) && rc == 0)
        rc = err_sys(err, -errno, "Could not write %s", a->dest);
    if (rc == 0 && renameat(a->dir, a->tmp, a->dir, a->name))
        rc = err_sys(err, -errno, "Could not write %s", a->dest);
    if (rc < 0)
        unlinkat(a->dir, a->tmp, 0);
    else
        fsync(a->dir);
    return rc;
}

static int make(struct archive *a, struct err *err)
{
    struct root root;
    int rc = layout_read(&a->layout, a->pull, a->blobs, a->arch, err);

    if (rc == -EAGAIN)
        verb_say("%s", err->text);
    if (rc < 0)
        return rc;
    if ((rc = root_open(&root, NULL, err)) < 0)
        return rc;
    a->dir = verb_parent(&root, a->dest, true, &a->name, err);
    root_close(&root);
    if (a->dir < 0)
        return a->dir;
    a->tmp = mem_printf("%s.tmp.%s", a->name, a->plan);
    rc = write_dest(a, err);
    close(a->dir);
    free(a->tmp);
    return rc;
}

static void say_done(const struct archive *a)
{
    struct buf size = BUF_INIT;

    num_add_size(&size, a->layout.bytes);
    verb_say("%s: sha256:%s, %zu layer%s, %s.", a->dest, a->layout.list[0].hex, a->layout.layers,
             a->layout.layers == 1 ? "" : "s", size.s);
    buf_clear(&size);
}

static bool read_call(struct archive *a, int argc, char **argv)
{
    const struct {
        const char *name;
        const char **where;
    } options[] = {{"--reference", &a->reference}, {"--arch", &a->arch}, {"--plan", &a->plan}, {"--blobs", &a->blobs}};
    int i = 0;

    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        size_t k = 0;
        while (k < 4 && strcmp(options[k].name, argv[i]) != 0)
            k++;
        if (k == 4)
            return false;
        *options[k].where = argv[i + 1];
    }
    if (argc - i != 2 || !a->reference || !a->arch || !a->plan || !a->blobs)
        return false;
    a->pull = argv[i];
    a->dest = argv[i + 1];
    size_t len = strlen(a->dest);
    return verb_plan_ok(a->plan) && verb_pull_ok(a->pull) && a->dest[0] == '/' && len > 4 &&
           strcmp(a->dest + len - 4, ".tar") == 0 && text_is_clean(a->reference, strlen(a->reference));
}

int verb_archive(int argc, char **argv)
{
    struct archive a = {.fd = -1, .layout.blobs = -1};
    struct err err = {0};

    if (!read_call(&a, argc, argv))
        return VERB_USAGE;
    int rc = make(&a, &err);
    if (rc == 0)
        say_done(&a);
    else if (rc != -EAGAIN)
        verb_fail(&err);
    /* The archive stands; what was pulled for it has served, and the blobs stay in the cache. */
    if (rc == 0 && file_remove_tree(AT_FDCWD, a.pull, &err) < 0)
        verb_say("%s", err.text);
    layout_clear(&a.layout);
    return rc == -EAGAIN ? VERB_AGAIN : rc < 0;
}
