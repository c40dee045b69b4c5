/* The table of settings, and what is in force; see settings.h. */
#include "backend/spec/settings-rows.h"

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/spec/spec-rules.h"

#include <stdlib.h>
#include <string.h>

static int rule_file(const char *value, struct err *err)
{
    return rule_env_file(value, err);
}

/* The one table of plain settings. */
const struct settings_row settings_rows[] = {
    {.name = "image_storage",
     .variable = "TENGIL_IMAGE_STORAGE",
     .fallback = "the first storage that can hold templates",
     .help = "Where images and templates are kept.",
     .check = rule_storage,
     .offset = offsetof(struct settings, image_storage)},
    {.name = "disk_storage",
     .variable = "TENGIL_DISK_STORAGE",
     .fallback = "the first storage that can hold disks",
     .help = "Where root disks go.",
     .check = rule_storage,
     .offset = offsetof(struct settings, disk_storage)},
    {.name = "bridge",
     .variable = "TENGIL_BRIDGE",
     .fallback = "the first bridge that is up",
     .help = "Where network cards are plugged in.",
     .check = rule_interface,
     .offset = offsetof(struct settings, bridge)},
    {.name = "authfile",
     .variable = "TENGIL_AUTHFILE",
     .fallback = "skopeo's own places",
     .help = "The file with logins to registries.",
     .check = rule_file,
     .offset = offsetof(struct settings, authfile)},
};
const size_t settings_nrows = sizeof(settings_rows) / sizeof(settings_rows[0]);

char **settings_value(struct settings *settings, const struct settings_row *row)
{
    return (char **)((char *)settings + row->offset);
}

static const char *origin(const struct settings *s, const char *name)
{
    for (size_t i = 0; i < s->norigins; i++)
        if (strcmp(s->origins[i].name, name) == 0)
            return s->origins[i].where;
    return NULL;
}

static void print_line(struct buf *out, const char *name, const char *value, const char *where)
{
    size_t at = out->len;
    text_add_shown(out, name, strlen(name));
    while (out->len - at < 32)
        buf_addch(out, ' ');
    buf_addch(out, ' ');
    at = out->len;
    text_add_shown(out, value, strlen(value));
    while (out->len - at < 32)
        buf_addch(out, ' ');
    buf_adds(out, "  ");
    text_add_shown(out, where, strlen(where));
    buf_addch(out, '\n');
}

static void print_registry(const struct settings *s, const struct settings_registry *registry, struct buf *out)
{
    char *name = mem_printf("registries.%s", registry->name);
    struct buf value = BUF_INIT;
    const char *where = origin(s, name);

    if (registry->mirror)
        buf_addf(&value, "mirror %s", registry->mirror);
    if (registry->ca)
        buf_addf(&value, "%sca %s", value.len ? ", " : "", registry->ca);
    if (registry->insecure)
        buf_addf(&value, "%sinsecure", value.len ? ", " : "");
    print_line(out, name, value.len ? value.s : "nothing special", where ? where : "");
    buf_clear(&value);
    free(name);
}

void settings_print(const struct settings *settings, struct buf *out)
{
    for (size_t i = 0; i < settings_nrows; i++) {
        const char *value = *settings_value((struct settings *)settings, &settings_rows[i]);
        const char *where = origin(settings, settings_rows[i].name);
        print_line(out, settings_rows[i].name, value ? value : settings_rows[i].fallback,
                   value && where ? where : "default");
    }
    for (size_t i = 0; i < settings->nregistries; i++)
        print_registry(settings, &settings->registries[i], out);
}

const struct settings_registry *settings_registry(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->nregistries; i++)
        if (strcmp(settings->registries[i].name, name) == 0)
            return &settings->registries[i];
    return NULL;
}
