/* The file for skopeo's hidden global option --registries-conf (skopeo 1.9.3 and 1.18.0); see settings.h. */
#include "backend/spec/settings.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* A TOML basic string. */
static void add_string(struct buf *out, const char *key, const char *value)
{
    buf_addf(out, "%s = \"", key);
    for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
        if (*p == '"' || *p == '\\')
            buf_addf(out, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7F)
            buf_addf(out, "\\u%04X", *p);
        else
            buf_addch(out, (char)*p);
    }
    buf_adds(out, "\"\n");
}

/* One that skopeo needs to be told of; a CA goes into its own option. */
static bool is_special(const struct settings_registry *registry)
{
    return registry->mirror || registry->insecure;
}

static void add_registry(struct buf *out, const struct settings_registry *registry)
{
    buf_adds(out, "\n[[registry]]\n");
    add_string(out, "prefix", registry->name);
    add_string(out, "location", registry->name);
    if (registry->mirror) {
        buf_adds(out, "[[registry.mirror]]\n");
        add_string(out, "location", registry->mirror);
    }
    if (registry->insecure)
        buf_adds(out, "insecure = true\n");
}

char *settings_registries_conf_path(const struct settings *settings)
{
    for (size_t i = 0; i < settings->nregistries; i++)
        if (is_special(&settings->registries[i]))
            return mem_printf("%s/registries.conf", places_state());
    return NULL;
}

int settings_write_registries_conf(const struct settings *settings, struct err *err)
{
    char *path = settings_registries_conf_path(settings);
    struct buf text = BUF_INIT, old = BUF_INIT;
    int rc = 0;

    if (!path)
        return 0;
    buf_adds(&text, "# Written by tengil-tui from its settings (registries:); changes here are lost.\n");
    for (size_t i = 0; i < settings->nregistries; i++)
        if (is_special(&settings->registries[i]))
            add_registry(&text, &settings->registries[i]);
    bool same =
        !file_read(AT_FDCWD, path, 1 << 20, &old, NULL) && old.len == text.len && memcmp(old.s, text.s, text.len) == 0;
    if (!same) {
        rc = file_make_dirs(AT_FDCWD, places_state(), 0700, err);
        if (!rc)
            rc = file_write(AT_FDCWD, path, 0644, text.s, text.len, err);
    }
    buf_clear(&text);
    buf_clear(&old);
    free(path);
    return rc;
}
