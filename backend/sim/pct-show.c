/* pct list, status, config, pending, listsnapshot: what only reads. */
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/pct.h"
#include "backend/sim/pct-figures.h"
#include "backend/sim/state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A value as the listings show it: a description on one line, the variables of env with NULs between. */
static void show(const char *head, const char *key, const char *value)
{
    struct buf out = BUF_INIT;
    buf_addf(&out, "%s%s: ", head, key);
    if (strcmp(key, "description") == 0) {
        sim_encode_text(value, strlen(value), &out);
    } else {
        size_t at = out.len;
        buf_adds(&out, value);
        for (; strcmp(key, "env") == 0 && at < out.len; at++) {
            if (out.s[at] == SIM_ENV_GAP)
                out.s[at] = '\0';
        }
    }
    buf_addch(&out, '\n');
    fwrite(out.s, 1, out.len, stdout);
    buf_clear(&out);
}

/* What pct prints has to fit its own schema. */
static int check_result(struct sim *s, const struct sim_props *keys)
{
    for (size_t i = 0; i < keys->names.n; i++) {
        const struct sim_option *o = sim_option_find(sim_ct_options, keys->names.v[i]);
        if (o != NULL && strcmp(o->name, "env") != 0)
            sim_check(o, keys->names.v[i], keys->values.v[i], &s->problems);
    }
    s->refusal = "400 Result verification failed";
    return s->problems.names.n > 0 ? -1 : 0;
}

static void merge_pending(struct sim_props *keys, const struct sim_section *pending)
{
    struct argv gone = ARGV_INIT;
    for (size_t i = 0; i < pending->keys.names.n; i++) {
        const char *key = pending->keys.names.v[i], *value = pending->keys.values.v[i];
        if (strcmp(key, "delete") != 0)
            sim_props_set(keys, key, value);
        else
            sim_split(value, &gone);
    }
    for (size_t i = 0; i < gone.n; i++)
        sim_props_set(keys, gone.v[i], NULL);
    argv_clear(&gone);
}

int pct_config(struct sim *s)
{
    struct sim_ctfile c;
    const char *name = sim_get(s, "snapshot");
    if (name != NULL && sim_flag(s, "current", false)) {
        sim_refuse(s, "current", "cannot use 'snapshot' parameter with 'current'");
        return sim_refuse(s, "snapshot", "cannot use 'snapshot' parameter with 'current'");
    }
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    const struct sim_section *section = &c.sections[0];
    if (name != NULL && (section = sim_section(&c, name, false)) == NULL)
        return sim_fail(s, "snapshot '%s' does not exist\n", name);
    struct sim_props keys = section->keys; /* sim_props_set makes new lists: the section stays as it is */
    const struct sim_section *pending = sim_section(&c, SIM_PENDING, false);
    if (name == NULL && pending != NULL && !sim_flag(s, "current", false))
        merge_pending(&keys, pending);
    if (check_result(s, &keys) < 0)
        return -1;
    struct argv order = ARGV_INIT;
    argv_append(&order, &keys.names);
    if (order.n > 0)
        qsort(order.v, order.n, sizeof(*order.v), by_bytes);
    for (size_t i = 0; i < order.n; i++)
        show("", order.v[i], sim_props_get(&keys, order.v[i]));
    for (size_t i = 0; i < section->lxc.names.n; i++)
        printf("%s: %s\n", section->lxc.names.v[i], section->lxc.values.v[i]);
    argv_clear(&order);
    return 0;
}

int pct_pending(struct sim *s)
{
    struct sim_ctfile c;
    struct argv order = ARGV_INIT, gone = ARGV_INIT;
    static const struct sim_section none;
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    const struct sim_section *pending = sim_section(&c, SIM_PENDING, false);
    pending = pending != NULL ? pending : &none;
    const char *list = sim_props_get(&pending->keys, "delete");
    sim_split(list != NULL ? list : "", &gone);
    argv_append(&order, &c.sections[0].keys.names);
    for (size_t i = 0; i < pending->keys.names.n; i++) {
        if (!argv_has(&order, pending->keys.names.v[i]) && strcmp(pending->keys.names.v[i], "delete") != 0)
            argv_push(&order, pending->keys.names.v[i]);
    }
    if (order.n > 0)
        qsort(order.v, order.n, sizeof(*order.v), by_bytes);
    for (size_t i = 0; i < order.n; i++) {
        const char *now = sim_conf_get(&c, order.v[i]), *new = sim_props_get(&pending->keys, order.v[i]);
        if (now != NULL)
            show(argv_has(&gone, order.v[i]) ? "del " : "cur ", order.v[i], now);
        if (new != NULL)
            show("new ", order.v[i], new);
    }
    argv_clear(&order);
    argv_clear(&gone);
    return 0;
}

#define TIME_COLUMN 32
#define TEXT_COLUMN 24

static void snapshot_line(int depth, const char *name, const char *when, const char *what)
{
    int used = printf("%*s`-> %s", depth, "", name);
    printf("%*s%-*s%s\n", used < TIME_COLUMN ? TIME_COLUMN - used : 1, "", TEXT_COLUMN, when, what);
}

/* The snapshot's own line and those of what was made after it. `parent` "" stands for the root of the tree. */
static void snapshot_tree(const struct sim_ctfile *c, const char *parent, int depth)
{
    for (size_t i = 1; i < c->n && depth < 100; i++) {
        const struct sim_section *section = &c->sections[i];
        const char *mine = sim_props_get(&section->keys, "parent"), *at = sim_props_get(&section->keys, "snaptime");
        const char *words = sim_props_get(&section->keys, "description");
        if (strcmp(section->name, SIM_PENDING) == 0 || strcmp(mine != NULL ? mine : "", parent) != 0)
            continue;
        char when[32] = "";
        time_t t = at != NULL ? (time_t)strtoll(at, NULL, 10) : 0;
        struct tm tm;
        if (at != NULL && localtime_r(&t, &tm) != NULL)
            strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
        char *line = words != NULL ? mem_dup(words, strcspn(words, "\n")) : mem_strdup("no-description");
        snapshot_line(depth, section->name, when, line);
        free(line);
        snapshot_tree(c, section->name, depth + 1);
    }
    const char *head = sim_conf_get(c, "parent");
    if (strcmp(head != NULL ? head : "", parent) == 0)
        snapshot_line(depth, "current", "", "You are here!");
}

int pct_listsnapshot(struct sim *s)
{
    struct sim_ctfile c;
    if (sim_ctfile_load(s, pct_vmid(s), &c) < 0)
        return -1;
    snapshot_tree(&c, "", 0);
    return 0;
}

static int by_number(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

/* The ids of this node's CTs, in order. */
static size_t list_ids(const struct sim *s, long long **ids)
{
    struct argv names = ARGV_INIT;
    char *folder = mem_printf("/etc/pve/nodes/%s/lxc", s->node);
    size_t n = 0;
    *ids = NULL;
    sim_names(s, folder, &names);
    for (size_t i = 0; i < names.n; i++) {
        int64_t id;
        char *dot = strrchr(names.v[i], '.');
        if (dot == NULL || strcmp(dot, ".conf") != 0)
            continue;
        *dot = '\0';
        if (!num_parse(names.v[i], 100, 999999999, &id))
            continue;
        MEM_GROW(*ids, n);
        (*ids)[n++] = id;
    }
    if (n > 0)
        qsort(*ids, n, sizeof(**ids), by_number);
    free(folder);
    argv_clear(&names);
    return n;
}

int pct_list(struct sim *s)
{
    long long *ids;
    size_t n = list_ids(s, &ids);
    struct buf out = BUF_INIT;
    if (n > 0)
        buf_addf(&out, "%-10s %-10s %-12s %-20s\n", "VMID", "Status", "Lock", "Name");
    for (size_t i = 0; i < n; i++) {
        struct sim_ctfile c;
        char id[24];
        if (sim_ctfile_load(s, ids[i], &c) < 0)
            continue; /* gone meanwhile */
        const char *lock = sim_conf_get(&c, "lock"), *host = sim_conf_get(&c, "hostname");
        const char *memory = sim_conf_get(&c, "memory");
        char *name = host != NULL ? mem_strdup(host) : mem_printf("CT%lld", ids[i]);
        if (memory != NULL && !isdigit((unsigned char)memory[0]))
            fprintf(stderr,
                    "Argument \"%s\" isn't numeric in multiplication (*) at /usr/share/perl5/PVE/LXC.pm line "
                    "316.\n",
                    memory);
        snprintf(id, sizeof(id), "%lld", ids[i]);
        buf_addf(&out, "%-10s %-10s %-12s %-20s\n", id, pct_running(s, ids[i]) ? "running" : "stopped",
                 lock != NULL ? lock : "", name);
        free(name);
    }
    fputs(out.s, stdout);
    free(ids);
    buf_clear(&out);
    return 0;
}

int pct_status(struct sim *s)
{
    struct sim_ctfile c;
    long long vmid = pct_vmid(s);
    if (sim_ctfile_load(s, vmid, &c) < 0)
        return -1;
    if (sim_flag(s, "verbose", false))
        pct_print_figures(s, vmid, &c);
    else
        printf("status: %s\n", pct_running(s, vmid) ? "running" : "stopped");
    return 0;
}
