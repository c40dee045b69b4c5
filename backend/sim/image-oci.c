#include "backend/sim/image.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define LAYER_TYPE  "application/vnd.oci.image.layer.v1.tar+gzip"

static void write_json(json_t *doc, struct buf *out)
{
    char *text = json_dumps(doc, JSON_COMPACT);
    if (!text)
        mem_exhausted();
    buf_adds(out, text);
    free(text);
    json_decref(doc);
}

static void name_blob(const struct buf *json, struct sim_blob *blob)
{
    hash_sha256(json->s, json->len, blob->digest);
    blob->diff_id[0] = '\0';
    blob->size = json->len;
}

static json_t *digest_text(const char *hex)
{
    return json_sprintf("sha256:%s", hex);
}

static json_t *descriptor(const char *type, const struct sim_blob *blob)
{
    return json_pack("{s:s, s:o, s:I}", "mediaType", type, "digest", digest_text(blob->digest), "size",
                     (json_int_t)blob->size);
}

/* A list of an application, with the version in the place of a final `@`. Empty: not there at all. */
static void set_list(json_t *config, const char *key, const char *const *list, const char *version)
{
    json_t *array = json_array();
    for (size_t i = 0; i < SIM_APP_LIST && list[i]; i++) {
        size_t len = strlen(list[i]);
        if (len > 2 && strcmp(list[i] + len - 2, "=@") == 0)
            json_array_append_new(array, json_sprintf("%.*s%s", (int)len - 1, list[i], version));
        else
            json_array_append_new(array, json_string(list[i]));
    }
    if (json_array_size(array))
        json_object_set(config, key, array);
    json_decref(array);
}

static void set_names(json_t *config, const char *key, const char *const *list)
{
    json_t *object = json_object();
    for (size_t i = 0; i < SIM_APP_LIST && list[i]; i++)
        json_object_set_new(object, list[i], json_object());
    if (json_object_size(object))
        json_object_set(config, key, object);
    json_decref(object);
}

static void set_text(json_t *config, const char *key, const char *text)
{
    if (text)
        json_object_set_new(config, key, json_string(text));
}

static json_t *app_config(const struct sim_app *app, const char *version)
{
    json_t *config = json_object(), *labels = json_object();
    set_text(config, "User", app->user);
    set_names(config, "ExposedPorts", app->ports);
    set_list(config, "Env", app->env, version);
    set_list(config, "Entrypoint", app->entrypoint, version);
    set_list(config, "Cmd", app->cmd, version);
    set_names(config, "Volumes", app->volumes);
    set_text(config, "WorkingDir", app->workdir);
    set_text(config, "StopSignal", app->stop_signal);
    json_object_set_new(labels, "org.opencontainers.image.version", json_string(version));
    set_text(labels, "org.opencontainers.image.source", app->source);
    json_object_set_new(config, "Labels", labels);
    return config;
}

void sim_image_config(const struct sim_image *image, struct buf *json, struct sim_blob *blob)
{
    json_t *diff_ids = json_array(), *history = json_array();
    for (size_t i = 0; i < image->nlayers; i++) {
        json_array_append_new(diff_ids, digest_text(image->layers[i].diff_id));
        json_array_append_new(history, json_pack("{s:s, s:o}", "created", image->created, "created_by",
                                                 json_sprintf("layer %zu of the demo", i + 1)));
    }
    write_json(json_pack("{s:s, s:s, s:s, s:o, s:{s:s, s:o}, s:o}", "created", image->created, "architecture",
                         image->arch, "os", "linux", "config", app_config(image->app, image->version), "rootfs", "type",
                         "layers", "diff_ids", diff_ids, "history", history),
               json);
    name_blob(json, blob);
}

void sim_image_manifest(const struct sim_image *image, const struct sim_blob *config, struct buf *json,
                        struct sim_blob *blob)
{
    json_t *layers = json_array();
    for (size_t i = 0; i < image->nlayers; i++)
        json_array_append_new(layers, descriptor(LAYER_TYPE, &image->layers[i]));
    write_json(json_pack("{s:i, s:s, s:o, s:o}", "schemaVersion", 2, "mediaType", SIM_MANIFEST_TYPE, "config",
                         descriptor(CONFIG_TYPE, config), "layers", layers),
               json);
    name_blob(json, blob);
}

void sim_image_index(const struct sim_blob *manifests, const char *const *archs, size_t n, struct buf *json,
                     struct sim_blob *blob)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *entry = descriptor(SIM_MANIFEST_TYPE, &manifests[i]);
        json_t *platform = json_pack("{s:s, s:s}", "architecture", archs[i], "os", "linux");
        if (strcmp(archs[i], "arm64") == 0)
            json_object_set_new(platform, "variant", json_string("v8"));
        json_object_set_new(entry, "platform", platform);
        json_array_append_new(list, entry);
    }
    write_json(json_pack("{s:i, s:s, s:o}", "schemaVersion", 2, "mediaType", SIM_INDEX_TYPE, "manifests", list), json);
    name_blob(json, blob);
}

struct member {
    char *name;
    struct buf text;
};

static int write_members(struct archive *a, const struct member *members, size_t n, time_t time)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        struct archive_entry *entry = archive_entry_new();
        if (!entry)
            return -ENOMEM;
        archive_entry_set_pathname(entry, members[i].name);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, time, 0);
        archive_entry_set_size(entry, (la_int64_t)members[i].text.len);
        if (archive_write_header(a, entry) != ARCHIVE_OK ||
            archive_write_data(a, members[i].text.s, members[i].text.len) != (la_ssize_t)members[i].text.len)
            rc = -EIO;
        archive_entry_free(entry);
    }
    return rc;
}

static int write_file(int dir, const char *path, const struct member *members, size_t n, uint64_t size, struct err *err)
{
    int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return err_sys(err, -errno, "Could not make the image %s", path);
    struct archive *a = archive_write_new();
    archive_write_set_format_ustar(a);
    int rc = archive_write_open_fd(a, fd) == ARCHIVE_OK ? write_members(a, members, n, 0) : -EIO;
    if (!rc && archive_write_close(a) != ARCHIVE_OK)
        rc = -EIO;
    archive_write_free(a);
    off_t end = lseek(fd, 0, SEEK_END);
    if (!rc && end >= 0 && (uint64_t)end < size && ftruncate(fd, (off_t)(size / 512 * 512)))
        rc = -errno;
    if (close(fd) && !rc)
        rc = -errno;
    return rc ? err_sys(err, rc, "Could not write the image %s", path) : 0;
}

int sim_archive_write(int dir, const char *path, const struct sim_app *app, const char *reference, const char *version,
                      const char *created, uint64_t size, struct sim_blob *manifest, struct err *err)
{
    enum { LAYOUT, INDEX, MANIFEST, CONFIG, LAYER, MEMBERS };
    struct member members[MEMBERS];
    struct sim_blob config, layer;
    struct sim_layer content = {.name = reference, .distro = app->distro, .app = app};
    struct sim_image image = {
        .app = app, .version = version, .arch = "amd64", .created = created, .layers = &layer, .nlayers = 1};

    for (size_t i = 0; i < MEMBERS; i++)
        members[i] = (struct member){.text = BUF_INIT};
    int rc = sim_layer_make(&content, &members[LAYER].text, &layer, err);
    if (!rc) {
        sim_image_config(&image, &members[CONFIG].text, &config);
        sim_image_manifest(&image, &config, &members[MANIFEST].text, manifest);
        json_t *entry = descriptor(SIM_MANIFEST_TYPE, manifest);
        json_object_set_new(entry, "annotations", json_pack("{s:s}", "org.opencontainers.image.ref.name", reference));
        write_json(json_pack("{s:i, s:[o]}", "schemaVersion", 2, "manifests", entry), &members[INDEX].text);
        buf_adds(&members[LAYOUT].text, "{\"imageLayoutVersion\":\"1.0.0\"}");
        members[LAYOUT].name = mem_strdup("oci-layout");
        members[INDEX].name = mem_strdup("index.json");
        members[MANIFEST].name = mem_printf("blobs/sha256/%s", manifest->digest);
        members[CONFIG].name = mem_printf("blobs/sha256/%s", config.digest);
        members[LAYER].name = mem_printf("blobs/sha256/%s", layer.digest);
        rc = write_file(dir, path, members, MEMBERS, size, err);
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        free(members[i].name);
        buf_clear(&members[i].text);
    }
    return rc;
}
