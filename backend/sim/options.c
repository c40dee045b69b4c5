/* The parser of the command line: names, abbreviations, values, positional arguments. */
#include "backend/sim/options.h"

#include "backend/base/mem.h"
#include "backend/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void sim_usage(const struct sim *s, struct buf *out)
{
    const struct sim_command *c = s->command;
    buf_addf(out, "%s %s ", s->tool, c->name);
    if (c->usage != NULL) {
        buf_addf(out, "%s\n", c->usage);
        return;
    }
    for (const struct sim_option *a = c->args; a != NULL && a->name != NULL; a++)
        buf_addf(out, "%s%s<%s>%s", a == c->args ? "" : " ", a->required ? "" : "[", a->name, a->required ? "" : "]");
    buf_addf(out, "%s\n", c->options != NULL || c->more != NULL ? " [OPTIONS]" : "");
}

/* Fails with a line and the usage below it: how the parser itself refuses. */
static int refuse_call(struct sim *s, const char *line)
{
    sim_fail(s, "400 %s\n", line);
    sim_usage(s, &s->error);
    return -1;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names that begin with `typed`, without regard to case; a name that is typed in full is the only one. */
static void candidates(const struct sim_option *table, const char *typed, struct argv *found)
{
    size_t len = strlen(typed);
    for (const struct sim_option *o = table; o != NULL && o->name != NULL; o++) {
        for (unsigned i = 0; i < (o->indexes > 0 ? o->indexes : 1); i++) {
            char name[80];
            if (o->indexes > 0)
                snprintf(name, sizeof(name), "%s%u", o->name, i);
            else
                snprintf(name, sizeof(name), "%s", o->name);
            if (strncasecmp(name, typed, len) == 0)
                argv_push(found, name);
        }
    }
}

static const struct sim_option *find(const struct sim *s, const char *name)
{
    const struct sim_option *o = sim_option_find(s->command->options, name);
    return o != NULL ? o : sim_option_find(s->command->more, name);
}

/* The one option that was meant, NULL when it is none or several (the warning has been given). */
static const struct sim_option *resolve(const struct sim *s, const char *typed, struct argv *found)
{
    candidates(s->command->options, typed, found);
    candidates(s->command->more, typed, found);
    for (size_t i = 0; i < found->n; i++) {
        if (strcasecmp(found->v[i], typed) == 0) {
            char *name = mem_strdup(found->v[i]);
            argv_clear(found);
            argv_push_nodup(found, name);
        }
    }
    if (found->n == 1)
        return find(s, found->v[0]);
    if (found->n == 0) {
        fprintf(stderr, "Unknown option: %s\n", typed);
        return NULL;
    }
    qsort(found->v, found->n, sizeof(*found->v), by_bytes);
    fprintf(stderr, "Option %s is ambiguous (", typed);
    for (size_t i = 0; i < found->n; i++)
        fprintf(stderr, "%s%s", i > 0 ? ", " : "", found->v[i]);
    fputs(")\n", stderr);
    return NULL;
}

static bool is_list(const struct sim_option *o)
{
    size_t len = o->format != NULL ? strlen(o->format) : 0;
    return len > 5 && strcmp(o->format + len - 5, "-list") == 0;
}

static void keep(struct sim *s, const char *name, const char *value, bool add)
{
    for (size_t i = 0; i < s->names.n; i++) {
        if (strcmp(s->names.v[i], name) != 0)
            continue;
        char *joined = add ? mem_printf("%s,%s", s->values.v[i], value) : mem_strdup(value);
        free(s->values.v[i]);
        s->values.v[i] = joined;
        return;
    }
    argv_push(&s->names, name);
    argv_push(&s->values, value);
}

/* Takes the option at argv[*i]; false when it is not one that can be read. */
static bool take_option(struct sim *s, int argc, char **argv, int *i)
{
    struct argv found = ARGV_INIT;
    const char *typed = argv[*i] + (strncmp(argv[*i], "--", 2) == 0 ? 2 : 1);
    const char *equals = strchr(typed, '=');
    char *name = equals != NULL ? mem_dup(typed, (size_t)(equals - typed)) : mem_strdup(typed);
    const char *value = equals != NULL ? equals + 1 : NULL;
    const struct sim_option *o = resolve(s, name, &found);
    if (o == NULL)
        return false;
    bool more = *i + 1 < argc;
    /* A boolean's value may be left out, so what looks like an option is none; other options take anything. */
    if (value == NULL && more && (o->type != SIM_BOOLEAN || argv[*i + 1][0] != '-' || argv[*i + 1][1] == '\0'))
        value = argv[++*i];
    if (value == NULL && o->type != SIM_BOOLEAN) {
        fprintf(stderr, "Option %s requires an argument\n", name);
        return false;
    }
    keep(s, found.v[0], value != NULL ? value : "", is_list(o));
    argv_clear(&found);
    free(name);
    return true;
}

static int take_positional(struct sim *s, const struct argv *words)
{
    size_t n = 0;
    for (const struct sim_option *a = s->command->args; a != NULL && a->name != NULL; a++) {
        if (a->type == SIM_ARRAY) {
            for (; n < words->n; n++)
                argv_push(&s->extra, words->v[n]);
        } else if (n < words->n) {
            keep(s, a->name, words->v[n++], false);
        } else if (a->required) {
            return refuse_call(s, "not enough arguments");
        }
    }
    return n < words->n ? refuse_call(s, "too many arguments") : 0;
}

/* Booleans become 1 or 0. A word that is none is the parser's complaint, not that of the checks. */
static int read_booleans(struct sim *s)
{
    for (size_t i = 0; i < s->names.n; i++) {
        const struct sim_option *o = find(s, s->names.v[i]);
        if (o == NULL || o->type != SIM_BOOLEAN)
            continue;
        int flag = s->values.v[i][0] == '\0' ? 1 : sim_boolean(s->values.v[i]);
        if (flag < 0)
            return refuse_call(s, "unable to parse boolean option");
        mem_set(&s->values.v[i], flag ? "1" : "0");
    }
    return 0;
}

static int check_all(struct sim *s)
{
    for (size_t i = 0; i < s->names.n; i++) {
        const struct sim_option *o = find(s, s->names.v[i]);
        if (o == NULL)
            o = sim_option_find(s->command->args, s->names.v[i]);
        sim_check(o, s->names.v[i], s->values.v[i], &s->problems);
        if (o->needs != NULL && sim_get(s, o->needs) == NULL)
            sim_problem(&s->problems, o->needs, "missing property required by '%s'", s->names.v[i]);
    }
    return s->problems.names.n > 0 ? -1 : 0;
}

int sim_options_read(struct sim *s, int argc, char **argv)
{
    struct argv words = ARGV_INIT;
    bool ok = true;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc)
                argv_push(&words, argv[i]);
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            ok = take_option(s, argc, argv, &i) && ok;
        } else {
            argv_push(&words, argv[i]);
        }
    }
    if (!ok)
        return refuse_call(s, "unable to parse option");
    if (take_positional(s, &words) < 0 || read_booleans(s) < 0)
        return -1;
    return check_all(s);
}
