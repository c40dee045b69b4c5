#include "backend/job/layout.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX_MAX    (64 << 10)
#define MANIFEST_MAX (4 << 20)
#define CONFIG_MAX   (8 << 20)
#define BLOB_MAX     (1LL << 40)
#define WORDS_MAX    10000

#define TYPE_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define TYPE_INDEX    "application/vnd.oci.image.index.v1+json"
#define TYPE_LIST     "application/vnd.docker.distribution.manifest.list.v2+json"

/* --- blobs ----------------------------------------------------------------------------------------------------------
 */

int layout_drop_blob(const struct layout *layout, const struct layout_blob *blob, const char *what, struct err *err)
{
    unlinkat(layout->blobs, blob->hex, 0);
    return err_set(err, -EAGAIN, "The blob sha256:%s in the cache %s. It is fetched anew.", blob->hex, what);
}

int layout_open_blob(const struct layout *layout, const struct layout_blob *blob, struct err *err)
{
    struct stat st;
    int fd = openat(layout->blobs, blob->hex, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 && (errno == ENOENT || errno == ELOOP))
        return layout_drop_blob(layout, blob, "is missing", err);
    if (fd < 0)
        return err_sys(err, -errno, "Could not open the blob sha256:%s", blob->hex);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == blob->size)
        return fd;
    close(fd);
    return layout_drop_blob(layout, blob, "has not the size that the image says", err);
}

/* A small blob, verified. */
static int read_blob(const struct layout *layout, const struct layout_blob *blob, size_t max, struct buf *out,
                     struct err *err)
{
    char hex[HASH_SHA256_HEX + 1];
    int fd = blob->size > max
                 ? err_set(err, -EINVAL, "The image's manifest or config has %llu bytes, more than any image needs.",
                           (unsigned long long)blob->size)
                 : layout_open_blob(layout, blob, err);

    if (fd < 0)
        return fd;
    int rc = file_read_fd(fd, max, out);
    close(fd);
    if (rc < 0)
        return err_sys(err, rc, "Could not read the blob sha256:%s", blob->hex);
    hash_sha256(out->s, out->len, hex);
    return strcmp(hex, blob->hex) == 0 ? 0 : layout_drop_blob(layout, blob, "is damaged", err);
}

/* Adds a descriptor's blob to the list, unless it stands there. */
static int add_blob(struct layout *layout, const json_t *descriptor, struct err *err)
{
    const char *digest = json_string_value(json_object_get(descriptor, "digest"));
    const json_t *size = json_object_get(descriptor, "size");
    const char *hex = NULL;

    if (!digest || !text_starts(digest, "sha256:", &hex) || strlen(hex) != HASH_SHA256_HEX ||
        strspn(hex, "0123456789abcdef") != HASH_SHA256_HEX)
        return err_set(err, -EINVAL, "The image names a part by another digest than SHA-256, which cannot be checked.");
    if (!json_is_integer(size) || json_integer_value(size) < 0 || json_integer_value(size) > BLOB_MAX)
        return err_set(err, -EINVAL, "The image does not say how large sha256:%s is.", hex);
    for (size_t i = 0; i < layout->n; i++)
        if (strcmp(layout->list[i].hex, hex) == 0)
            return 0;
    if (layout->n == LAYOUT_BLOBS_MAX)
        return err_set(err, -EINVAL, "The image has over %d layers.", LAYOUT_BLOBS_MAX - 2);
    struct layout_blob *blob = &layout->list[layout->n++];
    memcpy(blob->hex, hex, sizeof(blob->hex));
    blob->size = (uint64_t)json_integer_value(size);
    layout->bytes += blob->size;
    return 0;
}

/* --- JSON -----------------------------------------------------------------------------------------------------------
 */

static int parse(const struct buf *text, const char *what, json_t **out, struct err *err)
{
    json_error_t where;

    *out = json_loadb(text->s, text->len, 0, &where);
    if (json_is_object(*out))
        return 0;
    json_decref(*out);
    *out = NULL;
    return err_set(err, -EINVAL, "The image's %s cannot be read: line %d: %s.", what, where.line, where.text);
}

/* An index lists images of several platforms; pct cannot use one. */
static int check_type(const char *type, const json_t *manifest, struct err *err)
{
    if ((type && (strcmp(type, TYPE_INDEX) == 0 || strcmp(type, TYPE_LIST) == 0)) ||
        json_object_get(manifest, "manifests"))
        return err_set(err, -EINVAL, "The image is an index of several platforms, not an image of one.");
    if (type && strcmp(type, TYPE_MANIFEST) != 0)
        return err_set(err, -EINVAL, "The image is of a kind that is not known here.");
    return 0;
}

static int read_index(struct layout *layout, const char *folder, struct err *err)
{
    struct buf text = BUF_INIT;
    json_t *index = NULL;
    char *path = mem_printf("%s/index.json", folder);
    int rc = file_read(AT_FDCWD, path, INDEX_MAX, &text, err);

    free(path);
    if (rc == 0)
        rc = parse(&text, "index.json", &index, err);
    buf_clear(&text);
    const json_t *manifests = json_object_get(index, "manifests");
    const json_t *only = json_array_get(manifests, 0);
    const char *type = json_string_value(json_object_get(only, "mediaType"));
    if (rc == 0 && json_array_size(manifests) != 1)
        rc = err_set(err, -EINVAL, "The pulled folder holds %zu images, not one.", json_array_size(manifests));
    if (rc == 0)
        rc = check_type(type, NULL, err);
    if (rc == 0)
        rc = add_blob(layout, only, err);
    if (rc == 0)
        layout->media_type = mem_strdup(TYPE_MANIFEST);
    json_decref(index);
    return rc;
}

static int read_manifest(struct layout *layout, struct layout_blob *config, struct err *err)
{
    struct buf text = BUF_INIT;
    json_t *manifest = NULL;
    int rc = read_blob(layout, &layout->list[0], MANIFEST_MAX, &text, err);

    if (rc == 0)
        rc = parse(&text, "manifest", &manifest, err);
    buf_clear(&text);
    if (rc == 0)
        rc = check_type(json_string_value(json_object_get(manifest, "mediaType")), manifest, err);
    const json_t *layers = json_object_get(manifest, "layers");
    if (rc == 0 && !json_is_array(layers))
        rc = err_set(err, -EINVAL, "The image's manifest lists no layers.");
    size_t before = layout->n;
    if (rc == 0)
        rc = add_blob(layout, json_object_get(manifest, "config"), err);
    if (rc == 0 && layout->n == before)
        rc = err_set(err, -EINVAL, "The image's manifest names itself as its config.");
    if (rc == 0)
        *config = layout->list[before];
    for (size_t i = 0; rc == 0 && i < json_array_size(layers); i++)
        rc = add_blob(layout, json_array_get(layers, i), err);
    layout->layers = json_array_size(layers);
    json_decref(manifest);
    return rc;
}

/* --- config ---------------------------------------------------------------------------------------------------------
 */

enum forbidden { LINE_FEEDS, CONTROLS };

static bool holds(const char *s, enum forbidden what)
{
    for (; *s; s++)
        if (*s == '\n' || (what == CONTROLS && (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7f)))
            return true;
    return false;
}

static int refuse(const char *field, struct err *err)
{
    return err_set(err, -EINVAL,
                   "The image's %s holds a line feed or another control character, which would write lines of its own "
                   "into the CT's conf. Such an image is not used.",
                   field);
}

static int check_words(const json_t *config, const char *field, enum forbidden what, struct err *err)
{
    const json_t *words = json_object_get(config, field);

    if (!words || json_is_null(words))
        return 0;
    if (!json_is_array(words) || json_array_size(words) > WORDS_MAX)
        return err_set(err, -EINVAL, "The image's %s is no list that can be used.", field);
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        if (!word)
            return err_set(err, -EINVAL, "The image's %s holds something that is no text.", field);
        if (holds(word, what))
            return refuse(field, err);
    }
    return 0;
}

static int check_text(const json_t *config, const char *field, struct err *err)
{
    const char *text = json_string_value(json_object_get(config, field));

    return text && holds(text, CONTROLS) ? refuse(field, err) : 0;
}

static int check_volumes(const json_t *config, struct err *err)
{
    const char *path;
    json_t *value;

    json_object_foreach(json_object_get(config, "Volumes"), path, value)
    {
        if (holds(path, CONTROLS))
            return refuse("Volumes", err);
    }
    return 0;
}

/* All that pct takes over into the conf. */
static int check_config(const json_t *config, struct err *err)
{
    static const struct {
        const char *field;
        enum forbidden what;
    } lists[] = {{"Env", CONTROLS}, {"Entrypoint", LINE_FEEDS}, {"Cmd", LINE_FEEDS}};
    static const char *const texts[] = {"User", "WorkingDir", "StopSignal"};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof(lists) / sizeof(lists[0]); i++)
        rc = check_words(config, lists[i].field, lists[i].what, err);
    for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
        rc = check_text(config, texts[i], err);
    return rc == 0 ? check_volumes(config, err) : rc;
}

/* skopeo chooses a platform in an index only: an image of one platform is copied whatever it is. */
static int check_platform(const json_t *image, const char *arch, struct err *err)
{
    const char *is = json_string_value(json_object_get(image, "architecture"));
    const char *os = json_string_value(json_object_get(image, "os"));
    struct buf shown = BUF_INIT;
    int rc = 0;

    if (os && strcmp(os, "linux") != 0)
        rc = err_set(err, -EINVAL, "The image is not for Linux.");
    if (rc == 0 && (!is || strcmp(is, arch) != 0)) {
        text_add_shown(&shown, is ? is : "an unknown architecture", is ? strnlen(is, 64) : 23);
        rc = err_set(err, -EINVAL, "The image is for %s, not for %s, and has no other. Choose another tag or image.",
                     shown.s, arch);
    }
    buf_clear(&shown);
    return rc;
}

static int read_config(struct layout *layout, const struct layout_blob *blob, const char *arch, struct err *err)
{
    struct buf text = BUF_INIT;
    json_t *image = NULL;
    int rc = read_blob(layout, blob, CONFIG_MAX, &text, err);

    if (rc == 0)
        rc = parse(&text, "config", &image, err);
    if (rc == 0)
        rc = check_platform(image, arch, err);
    if (rc == 0)
        rc = check_config(json_object_get(image, "config"), err);
    json_decref(image);
    buf_clear(&text);
    return rc;
}

int layout_read(struct layout *layout, const char *folder, const char *blobs, const char *arch, struct err *err)
{
    struct layout_blob config = {0};
    char *path = mem_printf("%s/sha256", blobs);

    *layout = (struct layout){.blobs = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    int rc = layout->blobs < 0 ? err_sys(err, -errno, "Could not open the blob folder %s", path) : 0;
    free(path);
    if (rc == 0)
        rc = read_index(layout, folder, err);
    if (rc == 0)
        rc = read_manifest(layout, &config, err);
    if (rc == 0)
        rc = read_config(layout, &config, arch, err);
    return rc;
}

void layout_clear(struct layout *layout)
{
    if (layout->blobs >= 0)
        close(layout->blobs);
    free(layout->media_type);
    layout->media_type = NULL;
    layout->blobs = -1;
}
