#include "backend/sim/ctfile.h"

#include "backend/base/hash.h"
#include "backend/base/mem.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void sim_encode_text(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c >= 0x7f || c == '%' || c == ':')
            buf_addf(out, "%%%02X", c);
        else
            buf_addch(out, (char)c);
    }
}

static void decode_text(const char *text, struct buf *out)
{
    for (; *text != '\0'; text++) {
        if (text[0] == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])) {
            char hex[3] = {text[1], text[2], '\0'};
            buf_addch(out, (char)strtol(hex, NULL, 16));
            text += 2;
        } else {
            buf_addch(out, *text);
        }
    }
}

struct sim_section *sim_section(struct sim_ctfile *c, const char *name, bool make)
{
    for (size_t i = 0; i < c->n; i++) {
        const char *have = c->sections[i].name;
        if (have == name || (have != NULL && name != NULL && strcmp(have, name) == 0))
            return &c->sections[i];
    }
    if (!make)
        return NULL;
    MEM_GROW(c->sections, c->n);
    c->sections[c->n] = (struct sim_section){.name = mem_strdup(name)};
    return &c->sections[c->n++];
}

const char *sim_conf_get(const struct sim_ctfile *c, const char *key)
{
    return sim_props_get(&c->sections[0].keys, key);
}

void sim_conf_set(struct sim_ctfile *c, const char *key, const char *value)
{
    sim_props_set(&c->sections[0].keys, key, value);
}

/* Adds to a value that grows line by line. */
static void extend(struct sim_props *keys, const char *key, const char *gap, const char *more)
{
    const char *old = sim_props_get(keys, key);
    char *all = mem_printf("%s%s%s", old != NULL ? old : "", old != NULL ? gap : "", more);
    sim_props_set(keys, key, all);
    free(all);
}

static bool section_header(char *line, struct sim_ctfile *c, struct sim_section **now)
{
    size_t len = strlen(line);
    while (len > 0 && isspace((unsigned char)line[len - 1]))
        len--;
    if (len < 3 || line[0] != '[' || line[len - 1] != ']' || !isalpha((unsigned char)line[1]))
        return false;
    char *name = mem_dup(line + 1, len - 2);
    bool pending = strcasecmp(name, SIM_PENDING) == 0;
    for (const char *p = name; !pending && *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return false;
    }
    *now = sim_section(c, pending ? SIM_PENDING : name, true);
    free(name);
    return true;
}

/* `lxc.x: v` or `lxc.x = v`; the value may be empty. */
static bool lxc_line(const char *line, struct sim_section *now)
{
    size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
    if (strncmp(line, "lxc.", 4) != 0 || key < 5)
        return false;
    const char *value = line + key;
    if (*value != ':') {
        value += strspn(value, " \t");
        if (*value != '=')
            return false;
    }
    value++;
    value += strspn(value, " \t");
    size_t len = strlen(value);
    while (len > 0 && isspace((unsigned char)value[len - 1]))
        len--;
    char *name = mem_dup(line, key), *text = mem_dup(value, len);
    if (strcmp(name, "lxc.environment.runtime") == 0) {
        extend(&now->keys, "env", (char[]){SIM_ENV_GAP, '\0'}, text);
    } else {
        argv_push(&now->lxc.names, name);
        argv_push(&now->lxc.values, text);
    }
    free(name);
    free(text);
    return true;
}

/* Complains about a value as pct does when it reads a conf. */
static void check_value(const char *key, const char *value, long long vmid)
{
    static const char *const internal[] = {"parent", "snaptime", "snapstate", "digest"};
    struct sim_problems problems = {.names = ARGV_INIT};
    struct buf why = BUF_INIT;
    const struct sim_option *o = sim_option_find(sim_ct_options, key);
    for (size_t i = 0; i < sizeof(internal) / sizeof(internal[0]); i++) {
        if (strcmp(key, internal[i]) == 0)
            return;
    }
    if (o == NULL) {
        buf_addf(&why, "unknown setting '%s'\n", key);
    } else if (o->keys != NULL) {
        struct sim_props props = {.names = ARGV_INIT};
        sim_props_read(o->keys, "", value, &props, &why);
    } else if (o->type == SIM_STRING && o->format != NULL) {
        sim_format_check(o->format, value, &why);
    } else if (o->type != SIM_STRING && !(o->type == SIM_BOOLEAN && sim_boolean(value) >= 0)) {
        /* Only the type counts here: a number out of range is read all the same. */
        const struct sim_option plain = {.name = o->name, .type = o->type};
        if (!sim_check(&plain, key, value, &problems))
            buf_addf(&why, "%s\n", problems.texts.v[0]);
    }
    if (why.len > 0)
        fprintf(stderr, "vm %lld - unable to parse value of '%s' - %s", vmid, key, why.s);
    buf_clear(&why);
}

/* `key: value`; of a value that is nothing but blanks the last one stays, as it does for pct. */
static bool key_line(const char *line, struct sim_section *now, long long vmid)
{
    size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
    key += strspn(line + key, "0123456789");
    if (key == 0 || line[0] == '_' || isdigit((unsigned char)line[0]) || line[key] != ':')
        return false;
    const char *value = line + key + 1;
    size_t len = strlen(value);
    while (len > 1 && isspace((unsigned char)value[0])) {
        value++;
        len--;
    }
    while (len > 1 && isspace((unsigned char)value[len - 1]))
        len--;
    if (len == 0)
        return false;
    char *name = mem_dup(line, key), *text = mem_dup(value, len);
    if (strcmp(name, "description") == 0) {
        struct buf plain = BUF_INIT;
        decode_text(text, &plain);
        extend(&now->keys, name, "", plain.s);
        buf_clear(&plain);
    } else {
        if (strcmp(name, "delete") != 0 || now->name == NULL || strcmp(now->name, SIM_PENDING) != 0)
            check_value(name, text, vmid);
        sim_props_set(&now->keys, name, text);
    }
    free(name);
    free(text);
    return true;
}

void sim_ctfile_parse(const char *text, size_t len, long long vmid, struct sim_ctfile *c)
{
    struct buf plain = BUF_INIT;
    char *copy = mem_dup(text, len), *rest = copy, *line;
    *c = (struct sim_ctfile){.n = 0};
    hash_sha1(text, len, c->sha1);
    struct sim_section *now = sim_section(c, NULL, true);
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (line[strspn(line, " \t\r")] == '\0' || section_header(line, c, &now))
            continue;
        if (line[0] == '#') {
            buf_reset(&plain);
            decode_text(line + 1, &plain);
            buf_addch(&plain, '\n');
            extend(&now->keys, "description", "", plain.s);
        } else if (!lxc_line(line, now) && !key_line(line, now, vmid)) {
            fprintf(stderr, "vm %lld - unable to parse config: %s\n", vmid, line);
        }
    }
    free(copy);
    buf_clear(&plain);
}

static void print_description(const char *text, struct buf *out)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '\n')
        len--;
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t line = end != NULL ? (size_t)(end - text) - at : len - at;
        buf_addch(out, '#');
        sim_encode_text(text + at, line, out);
        buf_addch(out, '\n');
        at += line + 1;
    }
}

static void print_env(const char *env, struct buf *out)
{
    for (;;) {
        size_t len = strcspn(env, (char[]){SIM_ENV_GAP, '\0'});
        buf_adds(out, "lxc.environment.runtime: ");
        buf_add(out, env, len);
        buf_addch(out, '\n');
        if (env[len] == '\0')
            return;
        env += len + 1;
    }
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int print_section(struct sim *s, const struct sim_section *section, struct buf *out)
{
    struct argv order = ARGV_INIT;
    const char *description = sim_props_get(&section->keys, "description"), *env = sim_props_get(&section->keys, "env");
    if (description != NULL)
        print_description(description, out);
    argv_append(&order, &section->keys.names);
    if (order.n > 0)
        qsort(order.v, order.n, sizeof(*order.v), by_bytes);
    for (size_t i = 0; i < order.n; i++) {
        if (strcmp(order.v[i], "description") == 0 || strcmp(order.v[i], "env") == 0)
            continue;
        const char *value = sim_props_get(&section->keys, order.v[i]);
        if (strchr(value, '\n') != NULL)
            return sim_fail(s, "detected invalid newline inside property '%s'\n", order.v[i]);
        buf_addf(out, "%s: %s\n", order.v[i], value);
    }
    if (env != NULL)
        print_env(env, out);
    for (size_t i = 0; i < section->lxc.names.n; i++)
        buf_addf(out, "%s: %s\n", section->lxc.names.v[i], section->lxc.values.v[i]);
    argv_clear(&order);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct sim_section *const *)a)->name, (*(const struct sim_section *const *)b)->name);
}

int sim_ctfile_print(struct sim *s, const struct sim_ctfile *c, struct buf *out)
{
    const struct sim_section **order = mem_zero(c->n, sizeof(struct sim_section *));
    size_t n = 0;
    int rc = print_section(s, &c->sections[0], out);
    /* The pending section comes before all snapshots, whatever their names. */
    for (size_t i = 1; i < c->n && rc == 0; i++) {
        if (strcmp(c->sections[i].name, SIM_PENDING) != 0) {
            order[n++] = &c->sections[i];
        } else if (c->sections[i].keys.names.n > 0) {
            buf_addf(out, "\n[%s]\n", SIM_PENDING);
            rc = print_section(s, &c->sections[i], out);
        }
    }
    if (n > 0)
        qsort(order, n, sizeof(*order), by_name);
    for (size_t i = 0; i < n && rc == 0; i++) {
        buf_addf(out, "\n[%s]\n", order[i]->name);
        rc = print_section(s, order[i], out);
    }
    free(order);
    return rc;
}

int sim_ctfile_load(struct sim *s, long long vmid, struct sim_ctfile *c)
{
    struct buf text = BUF_INIT;
    char *path = sim_conf_path(s, vmid);
    int rc = sim_read(s, path, &text);
    if (rc < 0) {
        sim_fail(s, "Configuration file '%s' does not exist\n", path + strlen("etc/pve/"));
        rc = -1;
    } else {
        sim_ctfile_parse(text.s, text.len, vmid, c);
    }
    free(path);
    buf_clear(&text);
    return rc;
}

int sim_ctfile_save(struct sim *s, long long vmid, const struct sim_ctfile *c)
{
    struct buf text = BUF_INIT;
    char *path = sim_conf_path(s, vmid);
    int rc = sim_ctfile_print(s, c, &text);
    if (rc == 0 && (rc = sim_write(s, path, 0640, text.s, text.len)) < 0)
        rc = sim_fail(s, "unable to open file '/%s' - %s\n", path, strerror(-rc));
    free(path);
    buf_clear(&text);
    return rc;
}

int sim_conf_check_lock(struct sim *s, const struct sim_ctfile *c)
{
    const char *lock = sim_conf_get(c, "lock");
    return lock != NULL ? sim_fail(s, "CT is locked (%s)\n", lock) : 0;
}
