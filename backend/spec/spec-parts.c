/* The fields of a spec that have shapes of their own: networks, mounts, environment, volume, startup, image. */
#include "backend/spec/spec-reader.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* More than spec_check allows of anything: what comes behind need not be read for it to say so. */
enum { LIST_MAX = 600 };

/* One network or mount: a mapping, with its place noted under its own name. */
static void read_element(struct spec_reader *r, const struct ynode *v, const struct spec_group *g, const char *shape)
{
    if (v->kind != YAML_MAP)
        spec_reader_bad(r, v, g->prefix, "A mapping is wanted here, like %s, not %s.", shape, ynode_kind_words(v));
    else
        spec_reader_map(r, v, g);
}

static void read_net(struct spec_reader *r, const struct ynode *v, const char *prefix)
{
    struct spec_net *net = spec_add_net(r->spec);
    const struct spec_group g = {.place = SPEC_AT_NET, .prefix = prefix, .base = net};
    net->line = v->line;
    read_element(r, v, &g, "{bridge: vmbr0, ip: dhcp}");
}

void spec_reader_nets(struct spec_reader *r, const struct ynode *v)
{
    if (v->kind != YAML_LIST) {
        read_net(r, v, "network");
        return;
    }
    for (size_t i = 0; i < v->n && i < LIST_MAX; i++) {
        char *prefix = v->n > 1 ? mem_printf("network[%zu]", i) : mem_strdup("network");
        if (v->n > 1)
            spec_reader_claim(r, v->v[i], prefix);
        read_net(r, v->v[i], prefix);
        free(prefix);
    }
}

void spec_reader_mounts(struct spec_reader *r, const struct ynode *v)
{
    if (v->kind != YAML_LIST) {
        spec_reader_bad(r, v, "mounts",
                        "A list of mappings is wanted here, like - {source: /tank/media, target: "
                        "/media}, not %s.",
                        ynode_kind_words(v));
        return;
    }
    for (size_t i = 0; i < v->n && i < LIST_MAX; i++) {
        char *prefix = mem_printf("mounts[%zu]", i);
        struct spec_mount *m = spec_add_mount(r->spec);
        const struct spec_group g = {.place = SPEC_AT_MOUNT, .prefix = prefix, .base = m};
        m->line = v->v[i]->line;
        spec_reader_claim(r, v->v[i], prefix);
        read_element(r, v->v[i], &g, "{source: /tank/media, target: /media}");
        free(prefix);
    }
}

/* `tank:8`, also `tank:8G`. */
void spec_reader_volume(struct spec_reader *r, const struct ynode *v, const struct spec_group *g)
{
    char *path = mem_printf("%s.volume", g->prefix), *storage = mem_printf("%s.storage", g->prefix);
    char *size = mem_printf("%s.size", g->prefix);
    const char *colon = v->kind == YAML_TEXT ? strchr(v->text, ':') : NULL;

    if (!colon || colon == v->text || !colon[1]) {
        spec_reader_bad(r, v, path, "A new volume is written \"STORAGE:GIB\", like \"tank:8\".");
    } else if (spec_reader_claim(r, v, storage) && spec_reader_claim(r, v, size)) {
        struct spec_mount *m = g->base;
        struct err err = {0};
        free(m->storage);
        m->storage = mem_dup(v->text, (size_t)(colon - v->text));
        if (spec_field_set(spec_field_find("size", SPEC_AT_MOUNT), m, colon + 1, &err))
            spec_reader_bad(r, v, size, "%s", err.text);
    }
    free(path);
    free(storage);
    free(size);
}

/* "order=2,up=30,down=10", or the order alone. */
void spec_reader_startup(struct spec_reader *r, const struct ynode *v, const char *path)
{
    static const struct {
        const char *key, *field;
    } parts[] = {{"order", "startup_order"}, {"up", "startup_delay"}};

    if (v->kind != YAML_TEXT) {
        spec_reader_bad(r, v, path, "One value is wanted here, like order=2,up=30.");
        return;
    }
    char *copy = mem_strdup(v->text), *save = NULL;
    for (char *w = strtok_r(copy, ", ", &save); w; w = strtok_r(NULL, ", ", &save)) {
        char *value = strchr(w, '=');
        const char *field = value ? NULL : "startup_order";
        struct err err = {0};
        if (value)
            *value++ = '\0';
        for (size_t i = 0; value && i < 2; i++)
            field = strcmp(w, parts[i].key) == 0 ? parts[i].field : field;
        if (value && strcmp(w, "down") == 0)
            argv_pushf(r->notes, "Line %d, startup: The wait after a shutdown (down) is not set here.", v->line);
        else if (!field)
            spec_reader_bad(r, v, path, "Write it like order=2,up=30.");
        else if (spec_reader_claim(r, v, field) &&
                 spec_field_set(spec_field_find(field, SPEC_AT_TOP), r->spec, value ? value : w, &err))
            spec_reader_bad(r, v, field, "%s", err.text);
    }
    free(copy);
}

static void read_variable(struct spec_reader *r, const struct ynode *v, const char *name, const char *value)
{
    struct buf path = BUF_INIT;
    const struct ynode *file = ynode_get(v, "file");

    spec_env_field(name, &path);
    if (!spec_reader_claim(r, v, path.s)) {
        buf_clear(&path);
        return;
    }
    struct spec_env *env = spec_add_env(r->spec);
    env->name = mem_strdup(name);
    env->line = v->line;
    if (value)
        env->value = mem_strdup(value);
    else if (v->kind == YAML_MAP && v->n == 1 && file && file->kind == YAML_TEXT && !ynode_is_null(file))
        env->file = mem_strdup(file->text);
    else
        spec_reader_bad(r, v, path.s,
                        ynode_is_null(v) ? "It has no value. Write \"\" for an empty one."
                                         : "A value or {file: /PATH} is wanted here.");
    buf_clear(&path);
}

/* One item of a list: NAME=VALUE. */
static void read_assignment(struct spec_reader *r, const struct ynode *v, const char *path, size_t n)
{
    const char *equals = v->kind == YAML_TEXT ? strchr(v->text, '=') : NULL;
    if (!equals) {
        char *item = mem_printf("%s[%zu]", path, n);
        spec_reader_bad(r, v, item, "A variable in a list is written NAME=VALUE.");
        free(item);
        return;
    }
    char *name = mem_dup(v->text, (size_t)(equals - v->text));
    read_variable(r, v, name, equals + 1);
    free(name);
}

void spec_reader_env(struct spec_reader *r, const struct ynode *v, const char *path)
{
    if (v->kind == YAML_TEXT) {
        spec_reader_bad(r, v, path, "A mapping (NAME: VALUE) or a list of NAME=VALUE is wanted here, not one value.");
        return;
    }
    for (size_t i = 0; i < v->n && r->spec->nenv < LIST_MAX; i++) {
        const struct ynode *item = v->v[i];
        if (v->kind == YAML_LIST)
            read_assignment(r, item, path, i);
        else
            read_variable(r, item, v->keys[i]->text,
                          item->kind == YAML_TEXT && !ynode_is_null(item) ? item->text : NULL);
    }
}

/* A problem of the image, at the part that it is about or, if that was not written, at the image. */
static void bad_image(struct spec_reader *r, const char *field, const char *reason)
{
    struct ynode at = {0};
    for (size_t i = 0; i < r->nseen; i++) {
        bool exact = strcmp(r->seen[i].field, field) == 0;
        if (exact || (!at.line && strcmp(r->seen[i].field, "oci.image") == 0)) {
            at.line = r->seen[i].line;
            at.column = r->seen[i].column;
        }
        if (exact)
            break;
    }
    spec_reader_bad(r, &at, field, "%s", reason);
}

/* Registry and image in one text, NULL (with a problem) when they contradict each other. */
static char *with_registry(struct spec_reader *r)
{
    const char *image = r->image.image, *registry = r->image.registry;
    if (!registry)
        return mem_strdup(image);
    size_t len = strlen(registry);
    if (imageref_names_registry(image)) {
        if (strncmp(image, registry, len) == 0 && image[len] == '/')
            return mem_strdup(image);
        bad_image(r, "oci.registry", "The image names a registry of its own already. Leave one of them out.");
        return NULL;
    }
    char *text = mem_printf("%s/%s", registry, image);
    if (imageref_names_registry(text))
        return text;
    free(text);
    bad_image(r, "oci.registry",
              "This is no registry: it has a dot or a port in it, like ghcr.io or registry.lan:5000.");
    return NULL;
}

static bool has_version(const char *image)
{
    const char *slash = strrchr(image, '/');
    return strpbrk(slash ? slash : image, ":@") != NULL;
}

static bool version_is_good(struct spec_reader *r)
{
    const struct spec_image *i = &r->image;
    if ((i->tag || i->digest) && has_version(i->image)) {
        bad_image(r, i->tag ? "oci.tag" : "oci.digest",
                  "The image ends in a tag or a digest of its own already. Leave "
                  "one of them out.");
        return false;
    }
    if (i->tag && strpbrk(i->tag, "/:@")) {
        bad_image(r, "oci.tag", "This is no tag: tags hold letters, digits and . _ -. A digest goes into digest.");
        return false;
    }
    if (i->digest && strpbrk(i->digest, "/@")) {
        bad_image(r, "oci.digest", "This is no digest. Write one like sha256:…, with 64 digits.");
        return false;
    }
    return true;
}

void spec_reader_image(struct spec_reader *r)
{
    struct spec_image *i = &r->image;
    struct err err = {0};

    r->spec->arch = i->arch;
    i->arch = NULL;
    if (!i->image || !version_is_good(r))
        return;
    char *text = with_registry(r);
    if (!text)
        return;
    char *full = mem_printf("%s%s%s%s%s", text, i->tag ? ":" : "", i->tag ? i->tag : "", i->digest ? "@" : "",
                            i->digest ? i->digest : "");
    if (imageref_parse(full, &r->spec->image, &err))
        bad_image(r, "oci.image", err.text);
    free(full);
    free(text);
}
