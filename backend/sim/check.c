/* Values against the rows of the option tables: types, ranges, patterns, property strings. */
#include "backend/base/mem.h"
#include "backend/sim/options.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void sim_problem(struct sim_problems *p, const char *name, const char *fmt, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, fmt);
    buf_vaddf(&text, fmt, args);
    va_end(args);
    argv_push(&p->names, name);
    argv_push_nodup(&p->texts, buf_detach(&text));
}

void sim_problems_print(const struct sim_problems *p, struct buf *out)
{
    const char *last = "";
    for (size_t done = 0; done < p->names.n; done++) {
        size_t best = p->names.n;
        for (size_t i = 0; i < p->names.n; i++) {
            if ((done == 0 || strcmp(p->names.v[i], last) > 0) &&
                (best == p->names.n || strcmp(p->names.v[i], p->names.v[best]) < 0))
                best = i;
        }
        if (best == p->names.n)
            break;
        last = p->names.v[best];
        buf_addf(out, "%s: %s\n", last, p->texts.v[best]);
    }
}

const struct sim_option *sim_option_find(const struct sim_option *table, const char *name)
{
    for (; table != NULL && table->name != NULL; table++) {
        size_t n = strlen(table->name);
        if (strncmp(table->name, name, n) != 0)
            continue;
        if (table->indexes == 0 && name[n] == '\0')
            return table;
        const char *digits = name + n;
        size_t len = strspn(digits, "0123456789");
        if (table->indexes > 0 && len > 0 && len < 4 && digits[len] == '\0' && (len == 1 || digits[0] != '0') &&
            strtoul(digits, NULL, 10) < table->indexes)
            return table;
    }
    return NULL;
}

int sim_boolean(const char *value)
{
    static const char *const yes[] = {"1", "on", "yes", "true"}, *const no[] = {"0", "off", "no", "false"};
    for (size_t i = 0; i < 4; i++) {
        if (strcasecmp(value, yes[i]) == 0)
            return 1;
        if (strcasecmp(value, no[i]) == 0)
            return 0;
    }
    return -1;
}

void sim_split(const char *value, struct argv *items)
{
    static const char gaps[] = " \t\r\n,;";
    while (*(value += strspn(value, gaps)) != '\0') {
        size_t len = strcspn(value, gaps);
        argv_push_nodup(items, mem_dup(value, len));
        value += len;
    }
}

static bool whole_match(const char *pattern, const char *value)
{
    struct buf whole = BUF_INIT;
    regex_t re;
    buf_addf(&whole, "^(%s)$", pattern);
    bool ok = regcomp(&re, whole.s, REG_EXTENDED | REG_NOSUB) == 0;
    buf_clear(&whole);
    if (!ok)
        return false;
    ok = regexec(&re, value, 0, NULL, 0) == 0;
    regfree(&re);
    return ok;
}

static const char *const type_names[] = {
    [SIM_STRING] = "string",   [SIM_INTEGER] = "integer", [SIM_NUMBER] = "number",
    [SIM_BOOLEAN] = "boolean", [SIM_ARRAY] = "array",
};

static bool type_fits(enum sim_type type, const char *value)
{
    switch (type) {
    case SIM_INTEGER:
        return whole_match("[+-]?[0-9]+", value);
    case SIM_NUMBER:
        return whole_match("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?", value);
    case SIM_BOOLEAN:
        return strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
    default:
        return true;
    }
}

/* Writes the allowed values out; true when `value` is one of them. */
static bool expand_values(const char *values, const char *value, struct buf *out)
{
    bool found = false;
    for (const char *p = values; *p != '\0';) {
        size_t len = strcspn(p, ",");
        char word[64], item[80];
        snprintf(word, sizeof(word), "%.*s", (int)len, p);
        char *open = strchr(word, '[');
        unsigned last = 0;
        if (open != NULL) {
            last = (unsigned)strtoul(open + 3, NULL, 10);
            *open = '\0';
        }
        for (unsigned i = 0; i <= last; i++) {
            if (open != NULL)
                snprintf(item, sizeof(item), "%s%u", word, i);
            else
                snprintf(item, sizeof(item), "%s", word);
            buf_addf(out, "%s%s", out->len > 0 ? ", " : "", item);
            found = found || strcmp(item, value) == 0;
        }
        p += len;
        p += strspn(p, ", ");
    }
    return found;
}

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static bool check_size(const struct sim_option *o, const char *name, const char *value, struct sim_problems *p)
{
    size_t len = characters(value);
    if (o->max_length > 0 && len > o->max_length)
        sim_problem(p, name, "value may only be %u characters long", o->max_length);
    else if (len < o->min_length)
        sim_problem(p, name, "value must be at least %u characters long", o->min_length);
    else if (o->min != NULL && strtod(value, NULL) < strtod(o->min, NULL))
        sim_problem(p, name, "value must have a minimum value of %s", o->min);
    else if (o->max != NULL && strtod(value, NULL) > strtod(o->max, NULL))
        sim_problem(p, name, "value must have a maximum value of %s", o->max);
    else
        return true;
    return false;
}

bool sim_check(const struct sim_option *o, const char *name, const char *value, struct sim_problems *p)
{
    struct buf why = BUF_INIT;
    bool ok = true;
    if (!type_fits(o->type, value)) {
        sim_problem(p, name, "type check ('%s') failed - got '%s'", type_names[o->type], value);
        return false;
    }
    if (o->keys != NULL) {
        struct sim_props props = {.names = ARGV_INIT};
        ok = sim_props_read(o->keys, name, value, &props, &why);
    } else if (o->format != NULL) {
        ok = sim_format_check(o->format, value, &why);
    }
    if (!ok) {
        sim_problem(p, name, "invalid format - %s", why.s);
    } else if (o->pattern != NULL && !whole_match(o->pattern, value)) {
        sim_problem(p, name, "value does not match the regex pattern");
        ok = false;
    } else {
        ok = check_size(o, name, value, p);
    }
    buf_reset(&why);
    if (ok && o->values != NULL && !expand_values(o->values, value, &why)) {
        sim_problem(p, name, "value '%s' does not have a value in the enumeration '%s'", value, why.s);
        ok = false;
    }
    buf_clear(&why);
    return ok;
}

static const char *default_key(const struct sim_option *keys)
{
    for (; keys->name != NULL; keys++) {
        if (keys->default_key)
            return keys->name;
    }
    return NULL;
}

/* One part of a property string. */
static bool read_part(const struct sim_option *keys, char *part, struct sim_props *props, struct buf *why)
{
    char *equals = strchr(part, '=');
    const char *name = part, *value = part;
    if (equals == NULL) {
        if ((name = default_key(keys)) == NULL) {
            buf_adds(why, "value without key, but schema does not define a default key\n");
            return false;
        }
    } else if (equals == part || equals[1] == '\0') {
        buf_adds(why, "missing key in comma-separated list property\n");
        return false;
    } else {
        *equals = '\0';
        value = equals + 1;
    }
    if (sim_props_get(props, name) != NULL) {
        buf_addf(why, "duplicate key in comma-separated list property: %s\n", name);
        return false;
    }
    const struct sim_option *o = sim_option_find(keys, name);
    int flag = o != NULL && o->type == SIM_BOOLEAN ? sim_boolean(value) : -1;
    sim_props_set(props, name, flag < 0 ? value : flag ? "1" : "0");
    return true;
}

static void check_parts(const struct sim_option *keys, const char *path, const struct sim_props *props,
                        struct sim_problems *p)
{
    struct buf name = BUF_INIT;
    for (const struct sim_option *o = keys; o->name != NULL; o++) {
        buf_reset(&name);
        buf_addf(&name, "%s%s%s", path, *path != '\0' ? "." : "", o->name);
        const char *value = sim_props_get(props, o->name);
        if (value != NULL)
            sim_check(o, name.s, value, p);
        else if (o->required)
            sim_problem(p, name.s, "property is missing and it is not optional");
    }
    for (size_t i = 0; i < props->names.n; i++) {
        if (sim_option_find(keys, props->names.v[i]) != NULL)
            continue;
        buf_reset(&name);
        buf_addf(&name, "%s%s%s", path, *path != '\0' ? "." : "", props->names.v[i]);
        sim_problem(p, name.s, "property is not defined in schema and the schema does not allow additional properties");
    }
    buf_clear(&name);
}

bool sim_props_read(const struct sim_option *keys, const char *path, const char *value, struct sim_props *props,
                    struct buf *why)
{
    struct sim_problems problems = {.names = ARGV_INIT};
    char *copy = mem_strdup(value), *rest = copy, *part;
    bool ok = true;
    while (ok && (part = strsep(&rest, ",")) != NULL) {
        if (part[strspn(part, " \t")] != '\0')
            ok = read_part(keys, part, props, why);
    }
    free(copy);
    if (!ok)
        return false;
    check_parts(keys, path, props, &problems);
    if (problems.names.n == 0)
        return true;
    buf_adds(why, "format error\n");
    sim_problems_print(&problems, why);
    return false;
}

const char *sim_props_get(const struct sim_props *props, const char *name)
{
    for (size_t i = 0; i < props->names.n; i++) {
        if (strcmp(props->names.v[i], name) == 0)
            return props->values.v[i];
    }
    return NULL;
}

void sim_props_set(struct sim_props *props, const char *name, const char *value)
{
    struct sim_props next = {.names = ARGV_INIT};
    bool found = false;
    for (size_t i = 0; i < props->names.n; i++) {
        bool same = strcmp(props->names.v[i], name) == 0;
        found = found || same;
        if (same && value == NULL)
            continue;
        argv_push(&next.names, props->names.v[i]);
        argv_push(&next.values, same ? value : props->values.v[i]);
    }
    if (!found && value != NULL) {
        argv_push(&next.names, name);
        argv_push(&next.values, value);
    }
    *props = next;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void sim_props_print(const struct sim_option *keys, const struct sim_props *props, const char *const *first,
                     struct buf *out)
{
    struct argv order = ARGV_INIT, rest = ARGV_INIT;
    const char *bare = default_key(keys);
    if (bare != NULL)
        argv_push(&order, bare);
    for (; first != NULL && *first != NULL; first++)
        argv_push(&order, *first);
    for (size_t i = 0; i < props->names.n; i++) {
        if (!argv_has(&order, props->names.v[i]))
            argv_push(&rest, props->names.v[i]);
    }
    if (rest.n > 0)
        qsort(rest.v, rest.n, sizeof(*rest.v), by_bytes);
    argv_append(&order, &rest);
    size_t begin = out->len;
    for (size_t i = 0; i < order.n; i++) {
        const char *value = sim_props_get(props, order.v[i]);
        if (value == NULL)
            continue;
        buf_adds(out, out->len > begin ? "," : "");
        if (bare != NULL && strcmp(order.v[i], bare) == 0)
            buf_adds(out, value);
        else
            buf_addf(out, "%s=%s", order.v[i], value);
    }
    argv_clear(&order);
    argv_clear(&rest);
}
