#include "backend/plan/create.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/spec/spec-fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GIB ((uint64_t)1 << 30)

static const char *content_words(const char *content)
{
    return strcmp(content, "rootdir") == 0 ? "disks of containers" : "images and templates";
}

static bool usable(const struct storage *s, const char *content)
{
    return !s->disabled && s->active && storage_has(s, content);
}

/* "Those that can are local-lvm and tank." */
static void add_usable(struct buf *b, const struct host *host, const char *content)
{
    size_t n = 0;

    for (size_t i = 0; i < host->nstorages; i++)
        if (usable(&host->storages[i], content))
            buf_addf(b, "%s%s", n++ ? ", " : " These can be taken: ", host->storages[i].id);
    if (n)
        buf_addch(b, '.');
    else
        buf_addf(b, " No storage of this host takes %s (content type %s).", content_words(content), content);
}

static const char *why_not(const struct storage *s, const char *content)
{
    if (!s)
        return "does not exist";
    if (s->disabled)
        return "is disabled, or not meant for this node";
    if (!storage_has(s, content))
        return strcmp(content, "rootdir") == 0 ? "does not take disks of containers (content type rootdir)"
                                               : "does not take images and templates (content type vztmpl)";
    return s->active ? NULL : "is not active on this host";
}

int storage_choose(const struct host *host, const char *named, const char *content, const struct storage **storage,
                   struct err *err)
{
    struct buf others = BUF_INIT;
    int rc = -ENOENT;

    for (size_t i = 0; !named && i < host->nstorages; i++) {
        if (usable(&host->storages[i], content)) {
            *storage = &host->storages[i];
            return 0;
        }
    }
    const struct storage *s = named ? host_storage(host, named) : NULL;
    const char *reason = why_not(s, content);
    add_usable(&others, host, content);
    if (!named)
        err_set(err, rc, "%s", others.s + 1);
    else if (reason)
        err_set(err, rc, "The storage %s %s.%s", named, reason, others.s);
    else
        rc = 0;
    buf_clear(&others);
    if (rc == 0)
        *storage = s;
    return rc;
}

char *storage_template_path(const struct storage *storage, const char *file)
{
    return storage->template_dir ? mem_printf("%s/%s", storage->template_dir, file) : NULL;
}

const struct storage *volume_storage(const struct host *host, const struct spec_mount *mount, size_t index,
                                     struct spec_problems *problems)
{
    const struct storage *storage = NULL;
    struct buf field = BUF_INIT;
    struct err err = {0};

    if (storage_choose(host, mount->storage, "rootdir", &storage, &err) == 0)
        return storage;
    spec_mount_field(index, &field);
    buf_adds(&field, ".volume");
    spec_problems_add(problems, mount->line, 0, field.s, "%s", err.text);
    buf_clear(&field);
    return NULL;
}

void check_storages(struct create *c)
{
    const char *named = c->spec->storage ? c->spec->storage : c->settings->disk_storage;
    struct err err = {0};

    if (storage_choose(c->host, named, "rootdir", &c->root_storage, &err) < 0)
        spec_problems_add(c->problems, 0, 0, "storage", "%s", err.text);
    for (size_t i = 0; i < c->spec->nmounts; i++)
        if (!c->spec->mounts[i].source)
            volume_storage(c->host, &c->spec->mounts[i], i, c->problems);
}

/* --- room ------------------------------------------------------------------------------------------------------ */

void need_add(struct need *needs, size_t *n, const struct storage *storage, uint64_t bytes, const char *field, int line)
{
    for (size_t i = 0; i < *n; i++) {
        if (needs[i].storage == storage) {
            needs[i].bytes += bytes;
            return;
        }
    }
    needs[(*n)++] = (struct need){.storage = storage, .bytes = bytes, .field = field, .line = line};
}

/* These give a volume its room as it fills up, so more may be promised than there is. */
static bool is_thin(const struct storage *storage)
{
    static const char *const thin[] = {"lvmthin", "zfspool", "rbd", "btrfs"};

    for (size_t i = 0; storage->type && i < sizeof(thin) / sizeof(thin[0]); i++)
        if (strcmp(storage->type, thin[i]) == 0)
            return true;
    return false;
}

static void check_need(const struct need *need, struct plan *plan, struct spec_problems *problems)
{
    const struct storage *s = need->storage;
    struct buf wanted = BUF_INIT, free_room = BUF_INIT;

    if (s->avail == HOST_UNKNOWN) {
        plan_add_note(plan, "How much room the storage %s has is not known.", s->id);
        return;
    }
    if (need->bytes <= s->avail)
        return;
    num_add_size(&wanted, need->bytes);
    num_add_size(&free_room, s->avail);
    if (is_thin(s))
        plan_add_note(plan, "The storage %s has %s free and is promised %s: it fills up as the CT writes, so watch it.",
                      s->id, free_room.s, wanted.s);
    else
        spec_problems_add(problems, need->line, 0, need->field,
                          "The storage %s has %s free, and %s are needed there. Ask for less, choose another storage, "
                          "or make room.",
                          s->id, free_room.s, wanted.s);
    buf_clear(&wanted);
    buf_clear(&free_room);
}

void needs_check(const struct need *needs, size_t n, struct plan *plan, struct spec_problems *problems)
{
    for (size_t i = 0; i < n; i++)
        check_need(&needs[i], plan, problems);
}

void check_room(struct create *c)
{
    struct need *needs = mem_zero(c->spec->nmounts + 2, sizeof(*needs));
    size_t n = 0;

    if (c->root_storage)
        need_add(needs, &n, c->root_storage, (uint64_t)c->disk * GIB, "disk", 0);
    for (size_t i = 0; i < c->spec->nmounts; i++) {
        const struct spec_mount *mount = &c->spec->mounts[i];
        const struct storage *storage = mount->source ? NULL : host_storage(c->host, mount->storage);
        if (storage)
            need_add(needs, &n, storage, (uint64_t)mount->size * GIB, "mounts", mount->line);
    }
    /* The archive holds the blobs as they are: its size is theirs, but for a few kilobytes. */
    if (c->image_storage && !c->present && c->facts)
        need_add(needs, &n, c->image_storage, c->facts->size, "image_storage", 0);
    needs_check(needs, n, c->plan, c->problems);
    free(needs);
}
