/* The manual's tables of fields; see spec-fields.h. */
#include "backend/spec/spec-fields.h"

#include <string.h>

static const struct {
    enum spec_place place;
    const char *title;
} parts[] = {
    {SPEC_AT_TOP, "At the top"},
    {SPEC_AT_OCI, "Under `oci`, or at the top"},
    {SPEC_AT_FEATURES, "Under `features`"},
    {SPEC_AT_NET, "Under `network`"},
    {SPEC_AT_GPU, "Under `gpu`"},
    {SPEC_AT_MOUNT, "In each of `mounts`"},
};

static const char *const type_words[SPEC_TYPES] = {
    [SPEC_STRING] = "text",          [SPEC_PATH] = "absolute path",
    [SPEC_INT] = "whole number",     [SPEC_SIZE] = "size",
    [SPEC_NUMBER] = "number",        [SPEC_BOOL] = "true or false",
    [SPEC_NOT] = "true or false",    [SPEC_WORDS] = "list",
    [SPEC_KIND] = "oci or lxc",      [SPEC_VOLUME] = "STORAGE:GIB",
    [SPEC_STARTUP] = "text",         [SPEC_GROUP] = "mapping",
    [SPEC_NETS] = "mapping or list", [SPEC_MOUNTS] = "list",
    [SPEC_ENV] = "mapping or list",
};

static void add_value(struct buf *out, const struct spec_field *f)
{
    if (f->words) {
        for (const char *p = f->words; *p; p++)
            buf_adds(out, *p == ' ' ? ", " : (char[]){*p, '\0'});
        return;
    }
    buf_adds(out, type_words[f->type]);
    if (f->type == SPEC_SIZE || f->unit)
        buf_addf(out, " in %s", f->unit);
    if (f->max > 0)
        buf_addf(out, ", %.15g to %.15g", f->min, f->max);
}

static void add_aliases(struct buf *out, const char *aliases)
{
    for (const char *p = aliases; p && *p;) {
        size_t len = strcspn(p, " ");
        buf_addf(out, "%s`%.*s`", p == aliases ? "" : ", ", (int)len, p);
        p += len + (p[len] == ' ');
    }
}

static void add_row(struct buf *out, const struct spec_field *f)
{
    buf_addf(out, "| `%s` | ", f->name);
    add_aliases(out, f->aliases);
    buf_adds(out, " | ");
    add_value(out, f);
    buf_addf(out, " | %s | %s", f->fallback ? f->fallback : "", f->help);
    if (f->example)
        buf_addf(out, " Example: `%s`.", f->example);
    buf_adds(out, " |\n");
}

static void add_part(struct buf *out, enum spec_place place, const char *title)
{
    buf_addf(out, "## %s\n\n| field | also | value | when left out | what it does |\n|---|---|---|---|---|\n", title);
    for (size_t i = 0; i < spec_nfields; i++)
        if (spec_fields[i].place == place && spec_fields[i].type != SPEC_NOTE)
            add_row(out, &spec_fields[i]);
    buf_addch(out, '\n');
}

void spec_fields_print(struct buf *out)
{
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        add_part(out, parts[i].place, parts[i].title);
    buf_adds(out, "## Known from elsewhere, and not done\n\nThese are named in a note, and change nothing.\n\n"
                  "| field | instead |\n|---|---|\n");
    for (size_t i = 0; i < spec_nfields; i++)
        if (spec_fields[i].type == SPEC_NOTE)
            buf_addf(out, "| `%s%s%s` | %s |\n", spec_place_name(spec_fields[i].place),
                     *spec_place_name(spec_fields[i].place) ? "." : "", spec_fields[i].name, spec_fields[i].help);
}
