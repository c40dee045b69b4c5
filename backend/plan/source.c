#include "backend/plan/source.h"

#include "backend/base/mem.h"

#include <string.h>
#include <time.h>

/* The longest name that pct takes for a template (recorded from pct 6.1.10). */
#define OSTEMPLATE_MAX 255

/* A copy in a storage that cannot be used now is none. */
static const struct image *find_anywhere(const struct host *host, const char *file)
{
    for (size_t i = 0; i < host->nimages; i++) {
        const struct image *image = &host->images[i];
        const struct storage *storage;
        if (strcmp(image->file, file) == 0 && storage_choose(host, image->storage, "vztmpl", &storage, NULL) == 0)
            return image;
    }
    return NULL;
}

bool source_find(struct create *c, const char *named, const char *file, const char *field)
{
    const char *wanted = named ? named : c->settings->image_storage;
    struct err err = {0};

    c->file = mem_strdup(file);
    c->present = named ? NULL : find_anywhere(c->host, file);
    if (c->present)
        wanted = c->present->storage;
    if (storage_choose(c->host, wanted, "vztmpl", &c->image_storage, &err) < 0) {
        spec_problems_add(c->problems, 0, 0, "image_storage", "%s", err.text);
        return false;
    }
    c->present = host_image(c->host, c->image_storage->id, file);
    c->volid = mem_printf("%s:vztmpl/%s", c->image_storage->id, file);
    if (strlen(c->volid) > OSTEMPLATE_MAX) {
        spec_problems_add(c->problems, 0, 0, field,
                          "%s is longer than the %d characters that pct takes for a template.", c->volid,
                          OSTEMPLATE_MAX);
        return false;
    }
    if (!c->present && !c->image_storage->template_dir) {
        spec_problems_add(c->problems, 0, 0, "image_storage",
                          "The storage %s keeps no files that can be written to. Choose one of a directory.",
                          c->image_storage->id);
        return false;
    }
    return true;
}

void source_add_since(struct buf *out, const struct image *image)
{
    time_t at = (time_t)image->mtime;
    struct tm tm;

    if (image->mtime > 0 && gmtime_r(&at, &tm))
        buf_addf(out, " since %04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}
