#include "backend/host/images.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <jansson.h>
#include <string.h>

#define INDEX_MAX     (1024 * 1024)
#define MEMBERS_MAX   4096
#define STRANGERS_MAX 16 /* members that no OCI archive has, until we are sure */
#define REFERENCE_MAX 1024
#define READ_BLOCK    16384

/* What was seen among the members. */
struct members {
    bool layout, index, blobs;
    unsigned strangers;
    struct buf json; /* of index.json */
};

static bool complete(const struct members *seen)
{
    return seen->layout && seen->index && seen->blobs;
}

static void read_index(struct archive *tar, struct members *seen)
{
    char block[16384];
    ssize_t got;
    buf_reset(&seen->json);
    while ((got = archive_read_data(tar, block, sizeof(block))) > 0) {
        buf_add(&seen->json, block, (size_t)got);
        if (seen->json.len > INDEX_MAX)
            break;
    }
    if (got != 0)
        buf_reset(&seen->json);
}

static void note_member(struct archive *tar, struct archive_entry *entry, struct members *seen)
{
    const char *name = archive_entry_pathname(entry);
    if (!name) {
        seen->strangers++;
    } else if (strcmp(name, "oci-layout") == 0) {
        seen->layout = true;
    } else if (strcmp(name, "index.json") == 0) {
        seen->index = true;
        read_index(tar, seen);
    } else if (text_starts(name, "blobs/", NULL)) {
        seen->blobs = true;
    } else {
        seen->strangers++;
    }
}

/* `sha256:` and 64 digits; nothing else goes into names and marks. */
static bool is_digest(const char *s)
{
    const char *hex;
    return s && text_starts(s, "sha256:", &hex) && strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64;
}

static void take_text(char **where, const char *text)
{
    if (text && *text && strlen(text) <= REFERENCE_MAX)
        mem_set(where, text);
}

static void read_json(const struct members *seen, struct image *image)
{
    json_t *index = json_loadb(seen->json.s, seen->json.len, 0, NULL);
    const json_t *manifest = json_array_get(json_object_get(index, "manifests"), 0);
    const char *digest = json_string_value(json_object_get(manifest, "digest"));
    const json_t *annotations = json_object_get(manifest, "annotations");

    take_text(&image->reference, json_string_value(json_object_get(annotations, "org.opencontainers.image.ref.name")));
    take_text(&image->arch, json_string_value(json_object_get(json_object_get(manifest, "platform"), "architecture")));
    if (is_digest(digest))
        mem_set(&image->digest, digest);
    json_decref(index);
}

void image_read_archive(int fd, struct image *image)
{
    struct members seen = {.json = BUF_INIT};
    struct archive_entry *entry;
    struct archive *tar = archive_read_new();

    if (!tar)
        mem_exhausted();
    /* Plain tar only, for Proxmox decides by the name; a file is then skipped through by seeking. */
    if (archive_read_support_format_tar(tar) == ARCHIVE_OK && archive_read_open_fd(tar, fd, READ_BLOCK) == ARCHIVE_OK) {
        for (int i = 0; i < MEMBERS_MAX && !complete(&seen) && seen.strangers < STRANGERS_MAX; i++) {
            int rc = archive_read_next_header(tar, &entry);
            if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
                break;
            note_member(tar, entry, &seen);
        }
    }
    image->oci = complete(&seen);
    if (image->oci)
        read_json(&seen, image);
    archive_read_free(tar);
    buf_clear(&seen.json);
}
