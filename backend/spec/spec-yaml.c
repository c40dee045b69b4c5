/* A spec from YAML: walks the tree by the table of fields. */
#include "backend/spec/spec.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/base/yaml.h"
#include "backend/spec/spec-fields.h"
#include "backend/spec/spec-reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEMS_MAX = 100, WORDS_MAX = 200 };

void spec_reader_bad(struct spec_reader *r, const struct ynode *at, const char *field, const char *fmt, ...)
{
    struct buf reason = BUF_INIT;
    va_list args;

    if (r->problems->n >= PROBLEMS_MAX)
        return;
    va_start(args, fmt);
    buf_vaddf(&reason, fmt, args);
    va_end(args);
    spec_problems_add(r->problems, at->line, at->column, field, "%s", reason.s);
    buf_clear(&reason);
}

static const struct spec_seen *find_seen(const struct spec_reader *r, const char *field)
{
    for (size_t i = 0; i < r->nseen; i++)
        if (strcmp(r->seen[i].field, field) == 0)
            return &r->seen[i];
    return NULL;
}

bool spec_reader_claim(struct spec_reader *r, const struct ynode *at, const char *field)
{
    const struct spec_seen *first = find_seen(r, field);
    if (first) {
        spec_reader_bad(r, at, field, "This is given a second time; the first is on line %d. Keep one of them.",
                        first->line);
        return false;
    }
    MEM_GROW(r->seen, r->nseen);
    r->seen[r->nseen++] = (struct spec_seen){.field = mem_strdup(field), .line = at->line, .column = at->column};
    return true;
}

/* The row that holds the same value under its usual name: `unprivileged` for `privileged`. */
static const struct spec_field *usual_row(const struct spec_field *f)
{
    for (size_t i = 0; f->quiet && f->type <= SPEC_WORDS && i < spec_nfields; i++) {
        const struct spec_field *other = &spec_fields[i];
        if (!other->quiet && other->place == f->place && other->offset == f->offset && other->type <= SPEC_WORDS)
            return other;
    }
    return f;
}

/* The name that problems and forms use, wherever the field was written: "memory" for resources.memory. */
static char *field_path(const struct spec_field *f, const struct spec_group *g)
{
    const char *name = usual_row(f)->name;
    if (f->place == SPEC_AT_NET || f->place == SPEC_AT_MOUNT)
        return mem_printf("%s.%s", g->prefix, name);
    const char *place = spec_place_name(f->place);
    return mem_printf("%s%s%s", place, *place ? "." : "", name);
}

static void *field_base(struct spec_reader *r, const struct spec_field *f, const struct spec_group *g)
{
    switch (f->place) {
    case SPEC_AT_OCI:
        r->saw_image = true;
        return &r->image;
    case SPEC_AT_GPU:
        return &r->spec->gpu;
    case SPEC_AT_NET:
    case SPEC_AT_MOUNT:
        return g->base;
    default:
        return r->spec;
    }
}

static void unknown_field(struct spec_reader *r, const struct ynode *key, const struct spec_group *g)
{
    struct buf name = BUF_INIT;
    size_t len = strlen(key->text);
    const char *near = spec_field_near(key->text, g->place);

    if (*g->prefix)
        buf_addf(&name, "%s.", g->prefix);
    text_add_shown(&name, key->text, len > 60 ? 60 : len);
    if (near) {
        spec_reader_bad(r, key, name.s, "There is no such field. Did you mean %s?", near);
        buf_clear(&name);
        return;
    }
    for (enum spec_place place = 0; place < SPEC_PLACES; place++) {
        if (place == g->place || place == SPEC_AT_RESOURCES || !spec_field_find(key->text, place))
            continue;
        const char *where = spec_place_name(place);
        spec_reader_bad(r, key, name.s,
                        *where ? "There is no such field here; it belongs under %s."
                               : "There is no such field here; it belongs at the top%s.",
                        where);
        buf_clear(&name);
        return;
    }
    spec_reader_bad(r, key, name.s, "There is no such field, and none with a name near it.");
    buf_clear(&name);
}

static void note(struct spec_reader *r, const struct ynode *at, const char *name, const char *words)
{
    argv_pushf(r->notes, "Line %d, %s: %s", at->line, name, words);
}

static void read_text(struct spec_reader *r, const struct spec_field *f, const struct ynode *v, const char *path,
                      void *base)
{
    struct err err = {0};
    if (v->kind != YAML_TEXT)
        spec_reader_bad(r, v, path, "One value is wanted here, not %s.", ynode_kind_words(v));
    else if (spec_field_set(f, base, v->text, &err))
        spec_reader_bad(r, v, path, "%s", err.text);
}

static void read_words(struct spec_reader *r, const struct spec_field *f, const struct ynode *v, const char *path,
                       void *base)
{
    struct argv *words = (struct argv *)((char *)base + f->offset);
    if (v->kind != YAML_LIST) {
        read_text(r, f, v, path, base);
        return;
    }
    for (size_t i = 0; i < v->n && i < WORDS_MAX; i++) {
        if (v->v[i]->kind != YAML_TEXT)
            spec_reader_bad(r, v->v[i], path, "A word is wanted here, not %s.", ynode_kind_words(v->v[i]));
        else if (!argv_has(words, v->v[i]->text))
            argv_push(words, v->v[i]->text);
    }
}

static void read_kind(struct spec_reader *r, const struct ynode *v, const char *path)
{
    if (v->kind == YAML_TEXT && strcmp(v->text, "oci") == 0)
        r->kind = SPEC_OCI;
    else if (v->kind == YAML_TEXT && strcmp(v->text, "lxc") == 0)
        r->kind = SPEC_LXC;
    else if (v->kind == YAML_TEXT && strcmp(v->text, "oci-multi") == 0)
        note(r, v, "type",
             "oci-multi means several containers in one file, which is not done here. Write a file for "
             "each.");
    else
        spec_reader_bad(r, v, path, "Write oci for an image, or lxc for a template.");
}

static void read_group(struct spec_reader *r, const struct spec_field *f, const struct ynode *v, const char *path)
{
    static const char *const short_for[SPEC_PLACES] = {[SPEC_AT_OCI] = "image", [SPEC_AT_GPU] = "passthrough"};
    const struct spec_group g = {.place = f->inner, .prefix = spec_place_name(f->inner)};

    if (f->inner == SPEC_AT_OCI)
        r->saw_image = true;
    if (v->kind == YAML_MAP)
        spec_reader_map(r, v, &g);
    else if (v->kind == YAML_TEXT && short_for[f->inner]) /* `gpu: true`, `oci: alpine` */
        spec_reader_field(r, spec_field_find(short_for[f->inner], f->inner), v, &g);
    else
        spec_reader_bad(r, v, path, "A mapping (NAME: VALUE) is wanted here, not %s.", ynode_kind_words(v));
}

void spec_reader_field(struct spec_reader *r, const struct spec_field *f, const struct ynode *v,
                       const struct spec_group *g)
{
    char *path = field_path(f, g);
    void *base = field_base(r, f, g);

    if (f->type == SPEC_NOTE)
        note(r, v, path, f->help);
    else if (ynode_is_null(v))
        ; /* a name without a value is a field left out */
    else if (f->type == SPEC_ENV)
        spec_reader_env(r, v, path);
    else if (f->type == SPEC_VOLUME)
        spec_reader_volume(r, v, g);
    else if (f->type == SPEC_STARTUP)
        spec_reader_startup(r, v, path);
    else if (!spec_reader_claim(r, v, path))
        ;
    else if (f->type == SPEC_KIND)
        read_kind(r, v, path);
    else if (f->type == SPEC_GROUP)
        read_group(r, f, v, path);
    else if (f->type == SPEC_NETS)
        spec_reader_nets(r, v);
    else if (f->type == SPEC_MOUNTS)
        spec_reader_mounts(r, v);
    else if (f->type == SPEC_WORDS)
        read_words(r, f, v, path, base);
    else
        read_text(r, f, v, path, base);
    free(path);
}

void spec_reader_map(struct spec_reader *r, const struct ynode *map, const struct spec_group *g)
{
    for (size_t i = 0; i < map->n; i++) {
        const struct spec_field *f = spec_field_find(map->keys[i]->text, g->place);
        if (f)
            spec_reader_field(r, f, map->v[i], g);
        else
            unknown_field(r, map->keys[i], g);
    }
}

/* Where a field of spec_check was written: it, or the nearest thing around it. */
static void locate(const struct spec_reader *r, struct spec_problem *p)
{
    char *field = mem_strdup(p->field);
    for (;;) {
        const struct spec_seen *seen = find_seen(r, field);
        if (seen) {
            p->line = seen->line;
            p->column = seen->column;
            break;
        }
        char *dot = strrchr(field, '.'), *bracket = strrchr(field, '[');
        char *cut = dot > bracket ? dot : bracket;
        if (!cut)
            break;
        *cut = '\0';
    }
    free(field);
}

/* True when reading said already what is wrong with the field, or with that which holds it. */
static bool is_said(const struct spec_reader *r, size_t n, const char *field)
{
    if (r->image.image && strcmp(field, "oci.image") == 0 && n)
        return true; /* it was named, and refused with its reason */
    const char *dot = strrchr(field, '.');
    size_t parent = dot && !find_seen(r, field) ? (size_t)(dot - field) + 1 : 0;
    for (size_t i = 0; i < n; i++) {
        const char *said = r->problems->v[i].field;
        size_t len = strlen(said);
        if (strncmp(said, field, len) == 0 && strchr(".[", field[len]))
            return true;
        /* What is missing beside a field that could not be read may be that field. */
        if (parent && strncmp(said, field, parent) == 0)
            return true;
    }
    return false;
}

static void check_rest(struct spec_reader *r)
{
    struct spec_problems more = {0};
    size_t n = r->problems->n;

    if (r->change)
        spec_check_parts(r->spec, &more);
    else
        spec_check(r->spec, &more);
    for (size_t i = 0; i < more.n && r->problems->n < PROBLEMS_MAX; i++) {
        struct spec_problem *p = &more.v[i];
        locate(r, p);
        if (!is_said(r, n, p->field))
            spec_problems_add(r->problems, p->line, p->column, p->field, "%s", p->reason);
    }
    spec_problems_clear(&more);
}

/* What follows from several fields at once. */
static void finish(struct spec_reader *r)
{
    struct spec *spec = r->spec;

    spec_reader_image(r);
    if (spec->gpu.passthrough == SPEC_BOOL_UNSET && (spec->gpu.type || spec->gpu.pci))
        spec->gpu.passthrough = SPEC_TRUE; /* whoever says which one wants one */
    enum spec_kind named = r->saw_image ? SPEC_OCI : spec->template ? SPEC_LXC : SPEC_NONE;
    spec->kind = named != SPEC_NONE ? named : r->kind;
    if (r->kind != SPEC_NONE && named != SPEC_NONE && r->kind != named) {
        const struct spec_seen *at = find_seen(r, "type");
        spec_problems_add(r->problems, at->line, at->column, "type",
                          r->kind == SPEC_OCI ? "The type is oci, but the file names a template. Leave the type out."
                                              : "The type is lxc, but the file names an image. Leave the type out.");
    }
}

static void clear(struct spec_reader *r)
{
    for (size_t i = 0; i < r->nseen; i++)
        free(r->seen[i].field);
    free(r->seen);
    free(r->image.image);
    free(r->image.tag);
    free(r->image.digest);
    free(r->image.registry);
    free(r->image.arch);
}

static void refuse_other_fields(struct spec_reader *r)
{
    for (size_t i = 0; i < r->nseen; i++) {
        const struct spec_seen *seen = &r->seen[i];
        if (!text_starts(seen->field, "mounts", NULL) && !text_starts(seen->field, "gpu", NULL))
            spec_problems_add(r->problems, seen->line, seen->column, seen->field,
                              "A change adds mounts and a GPU to a CT, and nothing else. Leave this out.");
    }
}

static int read_spec(const char *yaml, size_t len, bool change, struct spec *spec, struct spec_problems *problems,
                     struct argv *notes)
{
    struct spec_reader r = {.spec = spec, .problems = problems, .notes = notes, .change = change};
    struct ynode *root = NULL;
    struct err err = {0};
    const struct spec_group top = {.place = SPEC_AT_TOP, .prefix = ""};

    spec_init(spec);
    if (yaml_read(yaml, len, &root, &err)) {
        spec_problems_add(problems, err.line, err.column, "", "%s", err.text);
        return -EINVAL;
    }
    if (root->kind == YAML_MAP) {
        spec_reader_map(&r, root, &top);
        finish(&r);
        check_rest(&r);
        if (change)
            refuse_other_fields(&r);
    } else {
        spec_problems_add(problems, root->line, root->column, "",
                          ynode_is_null(root) ? "The file is empty. Write at least oci: {image: NAME}."
                                              : "The file holds no fields. Write NAME: VALUE lines.");
    }
    ynode_free(root);
    clear(&r);
    spec_problems_sort(problems);
    return problems->n ? -EINVAL : 0;
}

int spec_read(const char *yaml, size_t len, struct spec *spec, struct spec_problems *problems, struct argv *notes)
{
    return read_spec(yaml, len, false, spec, problems, notes);
}

int spec_read_change(const char *yaml, size_t len, struct spec *spec, struct spec_problems *problems,
                     struct argv *notes)
{
    return read_spec(yaml, len, true, spec, problems, notes);
}
