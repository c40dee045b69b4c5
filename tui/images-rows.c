#include "tui/images.h"

#include "tui/fmt.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct table_column images_columns[] = {
    {.id = "image", .head = "IMAGE", .width = 35, .min = 16, .max = 60, .cut = SHOWN_CUT_MIDDLE},
    {.id = "image24", .head = "IMAGE", .width = 24, .sort = "image", .cut = SHOWN_CUT_MIDDLE},
    {.id = "image16", .head = "IMAGE", .width = 16, .sort = "image", .cut = SHOWN_CUT_MIDDLE},
    {.id = "tag", .head = "TAG", .width = 11, .max = 20},
    {.id = "arch", .head = "ARCH", .width = 5, .max = 7},
    {.id = "size", .head = "SIZE", .align = TABLE_RIGHT, .width = 4, .cut = SHOWN_CUT_NEVER},
    {.id = "age", .head = "AGE", .align = TABLE_RIGHT, .width = 4, .cut = SHOWN_CUT_NEVER},
    {.id = "used", .head = "USED BY", .width = 8, .max = 20},
    {.id = "digest", .head = "DIGEST", .width = 12, .cut = SHOWN_CUT_NEVER},
    {.id = "storage", .head = "STORAGE", .width = 10, .max = 16},
};
const int images_ncolumns = sizeof(images_columns) / sizeof(images_columns[0]);

const struct table_layout images_layouts[] = {
    {{"image", "tag", "arch", "size", "age", "used", "digest", "storage"}},
    {{"image", "tag", "arch", "size", "age", "used", "digest"}},
    {{"image", "tag", "arch", "size", "age", "used"}},
    {{"image", "tag", "size", "age", "used"}},
    {{"image24", "tag", "size", "age", "used"}},
    {{"image24", "tag", "size", "used"}},
    {{"image16", "tag", "size", "used"}},
    {{"image16", "tag", "size"}},
};
const int images_nlayouts = sizeof(images_layouts) / sizeof(images_layouts[0]);
/* clang-format on */

/* The colon of the tag, or the @ of a digest; NULL: none. */
static const char *tag_at(const char *reference)
{
    const char *at = strchr(reference, '@'), *slash = strrchr(reference, '/');
    return at ? at : strchr(slash ? slash : reference, ':');
}

/* A template is called NAME_VERSION_ARCH.tar.zst: the part from `from` underscores on. */
static void template_part(const char *file, int part, char *out, size_t size)
{
    size_t len = strcspn(file, ".");
    const char *dot = strstr(file, ".tar");
    if (dot)
        len = (size_t)(dot - file);
    for (; part > 0 && len; part--) {
        size_t step = strcspn(file, "_");
        if (step >= len) {
            len = 0;
            break;
        }
        file += step + 1;
        len -= step + 1;
    }
    size_t n = strcspn(file, "_");
    snprintf(out, size, "%.*s", (int)(n < len ? n : len), file);
}

void images_name(const struct image *image, char *out, size_t size)
{
    const char *tag = image->reference ? tag_at(image->reference) : NULL;
    char name[256];
    if (image->reference) {
        snprintf(out, size, "%.*s", (int)(tag ? (size_t)(tag - image->reference) : strlen(image->reference)),
                 image->reference);
    } else if (image->oci) {
        snprintf(out, size, "%s", image->file);
    } else {
        template_part(image->file, 0, name, sizeof(name));
        snprintf(out, size, "template %s", name);
    }
}

void images_tag(const struct image *image, char *out, size_t size)
{
    const char *tag = image->reference ? tag_at(image->reference) : NULL;
    if (tag && *tag == '@')
        snprintf(out, size, "%.12s", strchr(tag, ':') ? strchr(tag, ':') + 1 : tag + 1);
    else if (tag)
        snprintf(out, size, "%s", tag + 1);
    else if (image->oci)
        snprintf(out, size, "-");
    else
        template_part(image->file, 1, out, size);
}

const char *images_arch(const struct image *image, char *out, size_t size)
{
    if (image->arch)
        snprintf(out, size, "%s", image->arch);
    else
        template_part(image->file, 2, out, size);
    if (!*out)
        snprintf(out, size, "-");
    return out;
}

int images_used_by(const struct host *host, const struct image *image, char *out, size_t size)
{
    int n = 0;
    size_t len = 0;
    snprintf(out, size, image->reference ? "none" : "-");
    for (size_t i = 0; image->reference && i < host->ncts; i++) {
        const struct ct *ct = &host->cts[i];
        if (!ct->reference || strcmp(ct->reference, image->reference) != 0)
            continue;
        if (len < size)
            len += (size_t)snprintf(out + len, size - len, "%s%d", n ? ", " : "", ct->vmid);
        n++;
    }
    return n;
}

void images_age(int64_t mtime, int64_t now, char *out, size_t size)
{
    int64_t s = now - mtime;
    if (mtime <= 0)
        snprintf(out, size, "-");
    else if (s < 3600)
        snprintf(out, size, "%dm", (int)(s > 0 ? s / 60 : 0));
    else if (s < 86400)
        snprintf(out, size, "%dh", (int)(s / 3600));
    else
        snprintf(out, size, "%dd", (int)(s / 86400));
}

void images_cell(const struct host *host, const struct image *image, int64_t now, const char *column,
                 struct table_cell *cell)
{
    const size_t size = sizeof(cell->text);
    if (strncmp(column, "image", 5) == 0) {
        images_name(image, cell->text, size);
    } else if (strcmp(column, "tag") == 0) {
        images_tag(image, cell->text, size);
    } else if (strcmp(column, "arch") == 0) {
        images_arch(image, cell->text, size);
    } else if (strcmp(column, "size") == 0) {
        fmt_size(cell->text, size, image->size);
    } else if (strcmp(column, "age") == 0) {
        images_age(image->mtime, now, cell->text, size);
    } else if (strcmp(column, "used") == 0) {
        if (images_used_by(host, image, cell->text, size) == 0)
            cell->role = ROLE_DIM;
    } else if (strcmp(column, "digest") == 0) {
        const char *hex = image->digest ? strchr(image->digest, ':') : NULL;
        snprintf(cell->text, size, "%.12s", hex ? hex + 1 : "-");
    } else {
        snprintf(cell->text, size, "%s", image->storage);
    }
}

static int by_number(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

int images_compare(const struct host *host, const struct image *a, const struct image *b, const char *column)
{
    struct table_cell x = {0}, y = {0};
    if (strcmp(column, "size") == 0)
        return by_number(a->size, b->size);
    if (strcmp(column, "age") == 0)
        return by_number((uint64_t)b->mtime, (uint64_t)a->mtime);
    images_cell(host, a, 0, column, &x);
    images_cell(host, b, 0, column, &y);
    int order = strcmp(x.text, y.text);
    return order ? order : strcmp(a->volid, b->volid);
}

bool images_matches(const struct host *host, const struct image *image, const char *field, const char *word)
{
    struct table_cell cell = {0};
    if (strcmp(field, "image") == 0 || !*field) {
        if (table_contains(image->reference ? image->reference : image->file, word))
            return true;
        images_cell(host, image, 0, "image", &cell);
        return !*field && table_contains(cell.text, word);
    }
    if (strcmp(field, "tag") != 0 && strcmp(field, "storage") != 0 && strcmp(field, "used") != 0)
        return false;
    images_cell(host, image, 0, field, &cell);
    return table_contains(cell.text, word);
}

long images_key(const struct image *image)
{
    unsigned long hash = 14695981039346656037UL;
    for (const char *c = image->volid; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211UL;
    return (long)(hash & LONG_MAX);
}
