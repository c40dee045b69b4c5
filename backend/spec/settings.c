#include "backend/spec/settings.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/base/text.h"
#include "backend/base/yaml.h"
#include "backend/spec/imageref.h"
#include "backend/spec/settings-rows.h"
#include "backend/spec/spec-rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, REGISTRIES_MAX = 100, KNOWN_MAX = 32 };

static const char *const registry_keys[] = {"mirror", "ca", "insecure"};
#define NKEYS (sizeof(registry_keys) / sizeof(registry_keys[0]))

/* A file that is being read. */
struct reader {
    struct settings *s;
    const char *path;
    struct err *err;
};

static void set_origin(struct settings *s, const char *name, const char *where)
{
    for (size_t i = 0; i < s->norigins; i++) {
        if (strcmp(s->origins[i].name, name) == 0) {
            mem_set(&s->origins[i].where, where);
            return;
        }
    }
    MEM_GROW(s->origins, s->norigins);
    s->origins[s->norigins++] = (struct settings_origin){.name = mem_strdup(name), .where = mem_strdup(where)};
}

/* Puts file, line and field before the sentence that is set. */
static int bad_at(struct reader *r, const struct ynode *at, const char *name)
{
    struct buf shown = BUF_INIT;
    size_t len = strlen(name);
    text_add_shown(&shown, name, len > 80 ? 80 : len);
    err_prefix(r->err, -EINVAL, "%s, line %d, %s: ", r->path, at->line, shown.s);
    if (r->err) {
        r->err->line = at->line;
        r->err->column = at->column;
    }
    buf_clear(&shown);
    return -EINVAL;
}

static void note_origin(struct reader *r, const struct ynode *at, const char *name)
{
    char *where = mem_printf("%s, line %d", r->path, at->line);
    set_origin(r->s, name, where);
    free(where);
}

static int unknown(struct reader *r, const struct ynode *key, const char *name, const char *const *known, size_t n)
{
    const char *near = NULL;
    size_t least = strlen(key->text) / 3 + 2;
    for (size_t i = 0; i < n; i++) {
        size_t distance = text_distance(key->text, known[i]);
        if (distance < least) {
            least = distance;
            near = known[i];
        }
    }
    if (near)
        err_set(r->err, -EINVAL, "There is no such setting. Did you mean %s?", near);
    else
        err_set(r->err, -EINVAL, "There is no such setting.");
    return bad_at(r, key, name);
}

static int read_row(struct reader *r, const struct settings_row *row, const struct ynode *v)
{
    if (ynode_is_null(v))
        return 0;
    if (v->kind != YAML_TEXT) {
        err_set(r->err, -EINVAL, "One value is wanted here, not %s.", ynode_kind_words(v));
        return bad_at(r, v, row->name);
    }
    if (row->check(v->text, r->err))
        return bad_at(r, v, row->name);
    mem_set(settings_value(r->s, row), v->text);
    note_origin(r, v, row->name);
    return 0;
}

/* A host with an optional port and path, by the rules of image references. */
static int check_location(const char *text, bool path_too, struct err *err)
{
    struct imageref ref = {0};
    struct err why = {0};
    char *image = mem_printf("%s/x", text);
    bool is_host = imageref_names_registry(image);
    int rc = is_host ? imageref_parse(image, &ref, &why) : -EINVAL;
    bool extra = !path_too && strchr(text, '/');

    free(image);
    imageref_clear(&ref);
    if (!rc && !extra)
        return 0;
    if (why.text[0])
        return err_set(err, -EINVAL, "%s", why.text);
    return err_set(err, -EINVAL,
                   "This is no registry. Write its host, with a dot or a port in it, like docker.io or "
                   "registry.lan:5000.");
}

static void clear_registry(struct settings_registry *registry)
{
    free(registry->name);
    free(registry->mirror);
    free(registry->ca);
    *registry = (struct settings_registry){0};
}

static int read_registry_key(struct reader *r, struct settings_registry *to, size_t key, const struct ynode *v,
                             const char *name)
{
    if (ynode_is_null(v))
        return 0;
    if (v->kind != YAML_TEXT) {
        err_set(r->err, -EINVAL, "One value is wanted here, not %s.", ynode_kind_words(v));
        return bad_at(r, v, name);
    }
    if (key == 0 && check_location(v->text, true, r->err))
        return bad_at(r, v, name);
    if (key == 1 && rule_host_folder(v->text, r->err))
        return bad_at(r, v, name);
    if (key == 2 && !ynode_bool(v, &to->insecure)) {
        err_set(r->err, -EINVAL, "This is neither true nor false.");
        return bad_at(r, v, name);
    }
    if (key == 0)
        mem_set(&to->mirror, v->text);
    if (key == 1)
        mem_set(&to->ca, v->text);
    return 0;
}

static int fill_registry(struct reader *r, struct settings_registry *to, const struct ynode *map)
{
    int rc = 0;
    for (size_t i = 0; i < map->n && !rc; i++) {
        char *name = mem_printf("registries.%s.%s", to->name, map->keys[i]->text);
        size_t key = 0;
        while (key < NKEYS && strcmp(registry_keys[key], map->keys[i]->text) != 0)
            key++;
        rc = key < NKEYS ? read_registry_key(r, to, key, map->v[i], name)
                         : unknown(r, map->keys[i], name, registry_keys, NKEYS);
        free(name);
    }
    return rc;
}

/* Puts it in the place of an earlier one of the same name. Takes over what it holds. */
static void keep_registry(struct settings *s, struct settings_registry *registry)
{
    for (size_t i = 0; i < s->nregistries; i++) {
        if (strcmp(s->registries[i].name, registry->name) == 0) {
            clear_registry(&s->registries[i]);
            s->registries[i] = *registry;
            return;
        }
    }
    MEM_GROW(s->registries, s->nregistries);
    s->registries[s->nregistries++] = *registry;
}

static int read_registry(struct reader *r, const struct ynode *key, const struct ynode *v)
{
    struct settings_registry registry = {.name = mem_strdup(key->text)};
    char *name = mem_printf("registries.%s", key->text);
    int rc = check_location(key->text, false, r->err);

    if (!rc && v->kind != YAML_MAP)
        rc = err_set(r->err, -EINVAL, "A mapping is wanted here, like {mirror: 127.0.0.1:5000}, not %s.",
                     ynode_kind_words(v));
    if (rc)
        bad_at(r, key, name);
    else
        rc = fill_registry(r, &registry, v);
    if (rc) {
        clear_registry(&registry);
    } else {
        note_origin(r, key, name);
        keep_registry(r->s, &registry);
    }
    free(name);
    return rc;
}

static int read_registries(struct reader *r, const struct ynode *v)
{
    int rc = 0;
    if (ynode_is_null(v))
        return 0;
    if (v->kind != YAML_MAP || v->n > REGISTRIES_MAX) {
        err_set(r->err, -EINVAL, "A mapping of at most %d registries is wanted here.", REGISTRIES_MAX);
        return bad_at(r, v, "registries");
    }
    for (size_t i = 0; i < v->n && !rc; i++)
        rc = read_registry(r, v->keys[i], v->v[i]);
    return rc;
}

static int read_setting(struct reader *r, const struct ynode *key, const struct ynode *v)
{
    const char *known[KNOWN_MAX] = {"registries"};
    if (strcmp(key->text, "registries") == 0)
        return read_registries(r, v);
    for (size_t i = 0; i < settings_nrows; i++) {
        if (strcmp(key->text, settings_rows[i].name) == 0)
            return read_row(r, &settings_rows[i], v);
        if (i + 1 < KNOWN_MAX)
            known[i + 1] = settings_rows[i].name;
    }
    return unknown(r, key, key->text, known, settings_nrows + 1 < KNOWN_MAX ? settings_nrows + 1 : KNOWN_MAX);
}

static int read_tree(struct reader *r, const struct ynode *root)
{
    int rc = 0;
    if (ynode_is_null(root))
        return 0;
    if (root->kind != YAML_MAP) {
        err_set(r->err, -EINVAL, "The file holds no settings. Write NAME: VALUE lines.");
        return bad_at(r, root, "settings");
    }
    for (size_t i = 0; i < root->n && !rc; i++)
        rc = read_setting(r, root->keys[i], root->v[i]);
    return rc;
}

static int read_config(struct settings *s, const char *path, bool must_be, struct err *err)
{
    struct reader r = {.s = s, .path = path, .err = err};
    struct buf text = BUF_INIT;
    struct ynode *root = NULL;
    int rc = file_read(AT_FDCWD, path, FILE_MAX, &text, err);

    if ((rc == -ENOENT || rc == -ENOTDIR) && !must_be) {
        rc = 0;
    } else if (!rc) {
        rc = yaml_read(text.s, text.len, &root, err);
        if (rc && err) {
            int line = err->line, column = err->column;
            err_prefix(err, rc, "%s, line %d: ", path, line);
            err->line = line;
            err->column = column;
        }
        if (!rc)
            rc = read_tree(&r, root);
    }
    ynode_free(root);
    buf_clear(&text);
    return rc;
}

/* $XDG_CONFIG_HOME or ~/.config, NULL when neither is an absolute path. */
static char *user_config(void)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (xdg && xdg[0] == '/')
        return mem_printf("%s/tengil-tui/config.yaml", xdg);
    return home && home[0] == '/' ? mem_printf("%s/.config/tengil-tui/config.yaml", home) : NULL;
}

static int read_files(struct settings *s, struct err *err)
{
    const char *one = getenv("TENGIL_CONFIG");
    if (one && *one)
        return read_config(s, one, true, err);
    const char *root = places_root();
    char *host = mem_printf("%s/etc/tengil-tui/config.yaml", strcmp(root, "/") == 0 ? "" : root);
    char *user = user_config();
    int rc = read_config(s, host, false, err);
    if (!rc && user)
        rc = read_config(s, user, false, err);
    free(host);
    free(user);
    return rc;
}

static int read_variables(struct settings *s, struct err *err)
{
    for (size_t i = 0; i < settings_nrows; i++) {
        const char *value = getenv(settings_rows[i].variable);
        if (!value || !*value)
            continue;
        if (settings_rows[i].check(value, err))
            return err_prefix(err, -EINVAL, "%s: ", settings_rows[i].variable);
        mem_set(settings_value(s, &settings_rows[i]), value);
        set_origin(s, settings_rows[i].name, settings_rows[i].variable);
    }
    return 0;
}

static void default_authfile(struct settings *s)
{
    if (s->authfile)
        return;
    char *path = mem_printf("%s/auth.json", places_state());
    if (access(path, F_OK) == 0) {
        mem_set(&s->authfile, path);
        set_origin(s, "authfile", "it is there");
    }
    free(path);
}

int settings_load(struct settings *settings, struct err *err)
{
    *settings = (struct settings){0};
    int rc = read_files(settings, err);
    if (!rc)
        rc = read_variables(settings, err);
    if (rc)
        settings_clear(settings);
    else
        default_authfile(settings);
    return rc;
}

void settings_clear(struct settings *settings)
{
    for (size_t i = 0; i < settings->nregistries; i++)
        clear_registry(&settings->registries[i]);
    for (size_t i = 0; i < settings->norigins; i++) {
        free(settings->origins[i].name);
        free(settings->origins[i].where);
    }
    for (size_t i = 0; i < settings_nrows; i++)
        free(*settings_value(settings, &settings_rows[i]));
    free(settings->registries);
    free(settings->origins);
    *settings = (struct settings){0};
}
