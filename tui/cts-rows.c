#include "tui/cts.h"

#include "tui/fmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- columns, and how they give way --- */

const struct table_column cts_columns[] = {
    {.id = "vmid", .head = "VMID", .align = TABLE_RIGHT, .width = 5, .cut = SHOWN_CUT_NEVER, .max = 9},
    {.id = "name", .head = "NAME", .width = 13, .min = 9, .max = 22},
    {.id = "node", .head = "NODE", .width = 4, .min = 4, .max = 10},
    {.id = "status", .head = "STATUS", .width = 9, .cut = SHOWN_CUT_NEVER, .max = 9},
    {.id = "glyph", .head = "S", .width = 1, .sort = "status", .cut = SHOWN_CUT_NEVER},
    {.id = "up", .head = "UP", .align = TABLE_RIGHT, .width = 5, .cut = SHOWN_CUT_NEVER, .max = 6},
    {.id = "cores", .head = "CORES", .align = TABLE_RIGHT, .width = 5, .cut = SHOWN_CUT_NEVER},
    {.id = "cpu", .head = "CPU", .align = TABLE_RIGHT, .width = 4, .cut = SHOWN_CUT_NEVER},
    {.id = "mem", .head = "MEM", .align = TABLE_RIGHT, .width = 9, .cut = SHOWN_CUT_NEVER},
    {.id = "used", .head = "MEM", .align = TABLE_RIGHT, .width = 4, .sort = "mem", .cut = SHOWN_CUT_NEVER},
    {.id = "disk", .head = "DISK", .align = TABLE_RIGHT, .width = 4, .cut = SHOWN_CUT_NEVER},
    {.id = "address", .head = "ADDRESS", .width = 12, .max = 15, .cut = SHOWN_CUT_NEVER},
    {.id = "version", .head = "VERSION", .width = 10, .min = 5, .max = 18},
    {.id = "image", .head = "IMAGE", .width = 30, .min = 16, .max = 60, .cut = SHOWN_CUT_MIDDLE},
    {.id = "tags", .head = "TAGS", .width = 12, .min = 6, .max = 24},
};
const int cts_ncolumns = sizeof(cts_columns) / sizeof(cts_columns[0]);

#define NODE_AT 2
/* clang-format off */
static const struct table_layout in_cluster[] = {
    {{"vmid", "name", "node", "status", "up", "cores", "cpu", "mem", "disk", "address", "image", "tags"}},
    {{"vmid", "name", "node", "status", "up", "cpu", "mem", "disk", "address", "image", "tags"}},
    {{"vmid", "name", "node", "status", "up", "cpu", "mem", "disk", "address", "version", "tags"}},
    {{"vmid", "name", "node", "status", "up", "cpu", "mem", "disk", "address", "version"}},
    {{"vmid", "name", "node", "status", "cpu", "mem", "disk", "address", "version"}},
    {{"vmid", "name", "node", "status", "cpu", "used", "disk", "address", "version"}},
    {{"vmid", "name", "node", "status", "cpu", "used", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "used", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "used", "address"}},
    {{"vmid", "name", "status", "cpu", "address"}},
    {{"vmid", "name", "status", "cpu"}},
    {{"vmid", "name", "status"}},
    {{"vmid", "name", "glyph"}},
};
static const struct table_layout alone[] = {
    {{"vmid", "name", "status", "up", "cores", "cpu", "mem", "disk", "address", "image", "tags"}},
    {{"vmid", "name", "status", "up", "cpu", "mem", "disk", "address", "image", "tags"}},
    {{"vmid", "name", "status", "up", "cpu", "mem", "disk", "address", "version", "tags"}},
    {{"vmid", "name", "status", "up", "cpu", "mem", "disk", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "mem", "disk", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "used", "disk", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "used", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "used", "address"}},
    {{"vmid", "name", "status", "cpu", "address"}},
    {{"vmid", "name", "status", "cpu"}},
    {{"vmid", "name", "status"}},
    {{"vmid", "name", "glyph"}},
};
/* clang-format on */

const struct table_layout *cts_layouts(bool nodes, int *n)
{
    *n = (int)(nodes ? sizeof(in_cluster) / sizeof(in_cluster[0]) : sizeof(alone) / sizeof(alone[0]));
    return nodes ? in_cluster : alone;
}

/* --- what a CT is --- */

#define LONGEST_LOCK 7

static const struct {
    const char *kind, *word;
} changes[] = {
    {"start", "starts"}, {"shutdown", "stops"}, {"stop", "stops"}, {"reboot", "reboots"}, {"destroy", "goes"},
};

const char *cts_status(const struct ct *ct, const struct job *jobs, size_t njobs, enum glyph *glyph, enum role *role)
{
    *glyph = GLYPH_CHANGING;
    *role = ROLE_WARN;
    for (size_t i = 0; i < njobs; i++) {
        if (jobs[i].vmid != ct->vmid || jobs[i].state != JOB_RUNNING)
            continue;
        for (size_t k = 0; k < sizeof(changes) / sizeof(changes[0]); k++)
            if (strcmp(jobs[i].kind, changes[k].kind) == 0)
                return changes[k].word;
    }
    *glyph = GLYPH_WARN;
    if (ct->lock && *ct->lock)
        return strlen(ct->lock) > LONGEST_LOCK ? "locked" : ct->lock;
    *glyph = ct->state == CT_RUNNING ? GLYPH_RUNNING : ct->state == CT_STOPPED ? GLYPH_STOPPED : GLYPH_UNKNOWN;
    *role = ct->state == CT_RUNNING ? ROLE_OK : ct->state == CT_STOPPED ? ROLE_DIM : ROLE_WARN;
    return ct->state == CT_RUNNING ? "running" : ct->state == CT_STOPPED ? "stopped" : "unknown";
}

const char *cts_image(const struct ct *ct)
{
    return ct->reference ? ct->reference : ct->template_name ? ct->template_name : "-";
}

/* "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst" is debian-13: up to the second dash. */
static void template_version(const char *volid, char *out, size_t size)
{
    const char *slash = strrchr(volid, '/'), *name = slash ? slash + 1 : volid;
    size_t len = strcspn(name, "-_");
    if (name[len] == '-')
        len += 1 + strcspn(name + len + 1, "-_");
    snprintf(out, size, "%.*s", (int)len, name);
}

void cts_version(const struct ct *ct, char *out, size_t size)
{
    const char *ref = ct->reference;
    if (!ref) {
        snprintf(out, size, "%s", ct->template_name ? ct->template_name : "-");
    } else if (strstr(ref, ":vztmpl/")) {
        template_version(ref, out, size);
    } else {
        const char *slash = strrchr(ref, '/'), *digest = strchr(ref, '@');
        const char *tag = strchr(slash ? slash : ref, ':');
        if (tag && (!digest || tag < digest))
            snprintf(out, size, "%.*s", (int)strcspn(tag + 1, "@"), tag + 1);
        else if (digest && strncmp(digest, "@sha256:", 8) == 0)
            snprintf(out, size, "%.12s", digest + 8);
        else
            snprintf(out, size, "latest");
    }
}

static const char *tags_of(const struct ct *ct)
{
    const char *tags = ct->conf ? ctconf_get(ct->conf, "tags") : NULL;
    return tags ? tags : "";
}

/* --- cells --- */

/* 80% and more is a warning, 95% and more worse. */
static enum role level(uint64_t part, uint64_t whole)
{
    if (part == HOST_UNKNOWN || whole == HOST_UNKNOWN || whole == 0 || part * 100 < whole * 80)
        return ROLE_TEXT;
    return part * 100 >= whole * 95 ? ROLE_DANGER : ROLE_WARN;
}

static void mem_cell(const struct ct *ct, bool both, struct table_cell *cell)
{
    char used[16], all[16];
    fmt_size(used, sizeof(used), ct->state == CT_RUNNING ? ct->mem : HOST_UNKNOWN);
    fmt_size(all, sizeof(all), ct->maxmem);
    snprintf(cell->text, sizeof(cell->text), both ? "%s/%s" : "%s", used, all);
    cell->role = ct->state == CT_RUNNING ? level(ct->mem, ct->maxmem) : ROLE_TEXT;
}

static void disk_cell(const struct ct *ct, struct table_cell *cell)
{
    if (ct->disk == HOST_UNKNOWN || ct->maxdisk == HOST_UNKNOWN || ct->maxdisk == 0) {
        snprintf(cell->text, sizeof(cell->text), "-");
        return;
    }
    snprintf(cell->text, sizeof(cell->text), "%d%%", (int)((double)ct->disk * 100 / (double)ct->maxdisk + 0.5));
    cell->role = level(ct->disk, ct->maxdisk);
}

static void figure_cell(const struct ct *ct, const char *column, struct table_cell *cell)
{
    if (strcmp(column, "mem") == 0 || strcmp(column, "used") == 0)
        mem_cell(ct, column[0] == 'm', cell);
    else if (strcmp(column, "disk") == 0)
        disk_cell(ct, cell);
    else if (strcmp(column, "cores") == 0)
        snprintf(cell->text, sizeof(cell->text), ct->cores == HOST_UNKNOWN ? "-" : "%llu",
                 (unsigned long long)ct->cores);
    else if (strcmp(column, "up") == 0)
        fmt_time(cell->text, sizeof(cell->text), ct->state == CT_RUNNING ? ct->uptime : HOST_UNKNOWN);
    else if (ct->cpu < 0 || ct->state != CT_RUNNING)
        snprintf(cell->text, sizeof(cell->text), "-");
    else
        snprintf(cell->text, sizeof(cell->text), "%d%%", (int)(ct->cpu * 100 + 0.5));
}

static void word_cell(const struct ct *ct, const char *column, struct table_cell *cell)
{
    const char *text = strcmp(column, "name") == 0    ? ct->name
                       : strcmp(column, "node") == 0  ? ct->node
                       : strcmp(column, "image") == 0 ? cts_image(ct)
                       : strcmp(column, "tags") == 0  ? tags_of(ct)
                                                      : ct->address;
    snprintf(cell->text, sizeof(cell->text), "%s", text && *text ? text : "-");
}

void cts_cell(const struct ct *ct, const struct job *jobs, size_t njobs, const char *column, struct table_cell *cell)
{
    static const char *const words[] = {"name", "node", "image", "tags", "address"};
    bool is_word = false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        is_word |= strcmp(column, words[i]) == 0;
    if (strcmp(column, "vmid") == 0)
        snprintf(cell->text, sizeof(cell->text), "%d", ct->vmid);
    else if (strcmp(column, "status") == 0 || strcmp(column, "glyph") == 0)
        snprintf(cell->text, sizeof(cell->text), "%s", cts_status(ct, jobs, njobs, &cell->glyph, &cell->glyph_role));
    else if (strcmp(column, "version") == 0)
        cts_version(ct, cell->text, sizeof(cell->text));
    else if (is_word)
        word_cell(ct, column, cell);
    else
        figure_cell(ct, column, cell);
    if (strcmp(column, "glyph") == 0)
        cell->text[0] = '\0';
    if (ct->state == CT_STOPPED && cell->role == ROLE_TEXT)
        cell->role = ROLE_DIM;
}

/* --- order --- */

static int by_number(double a, double b)
{
    return (a > b) - (a < b);
}

static double share(uint64_t part, uint64_t whole)
{
    return part == HOST_UNKNOWN || whole == HOST_UNKNOWN || whole == 0 ? -1 : (double)part / (double)whole;
}

static double known(uint64_t n)
{
    return n == HOST_UNKNOWN ? -1 : (double)n;
}

/* Rows that need care first: locked and unknown, then stopped, then running. */
static int by_status(const struct ct *a, const struct ct *b, const struct job *jobs, size_t njobs)
{
    enum glyph ga, gb;
    enum role role;
    const char *wa = cts_status(a, jobs, njobs, &ga, &role), *wb = cts_status(b, jobs, njobs, &gb, &role);
    return ga != gb ? (ga < gb) - (ga > gb) : strcmp(wa, wb);
}

int cts_compare(const struct ct *a, const struct ct *b, const struct job *jobs, size_t njobs, const char *column)
{
    const char *const numbers[] = {"vmid", "cpu", "mem", "disk", "up", "cores"};
    const double of_a[] = {
        a->vmid,          a->cpu,         a->state == CT_RUNNING ? known(a->mem) : -1, share(a->disk, a->maxdisk),
        known(a->uptime), known(a->cores)};
    const double of_b[] = {
        b->vmid,          b->cpu,         b->state == CT_RUNNING ? known(b->mem) : -1, share(b->disk, b->maxdisk),
        known(b->uptime), known(b->cores)};
    struct table_cell ca = {0}, cb = {0};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (strcmp(column, numbers[i]) == 0)
            return by_number(of_a[i], of_b[i]);
    if (strcmp(column, "status") == 0)
        return by_status(a, b, jobs, njobs);
    cts_cell(a, jobs, njobs, column, &ca);
    cts_cell(b, jobs, njobs, column, &cb);
    return strcmp(column, "address") == 0 ? strverscmp(ca.text, cb.text) : strcasecmp(ca.text, cb.text);
}

/* --- filter --- */

static bool has_tag(const struct ct *ct, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = tags_of(ct); *at; at += strspn(at, ";, ")) {
        size_t n = strcspn(at, ";, ");
        if (n >= len && strncasecmp(at, word, len) == 0)
            return true;
        at += n;
    }
    return false;
}

bool cts_matches(const struct ct *ct, const struct job *jobs, size_t njobs, const char *field, const char *word)
{
    enum glyph glyph;
    enum role role;
    char vmid[16], version[256];
    const char *status = cts_status(ct, jobs, njobs, &glyph, &role);
    if (strcmp(field, "status") == 0)
        return strncasecmp(status, word, strlen(word)) == 0 ||
               (ct->lock && strncasecmp("locked", word, strlen(word)) == 0) ||
               (ct->lock && ct->state == CT_RUNNING && strncasecmp("running", word, strlen(word)) == 0);
    if (strcmp(field, "node") == 0)
        return strcasecmp(ct->node ? ct->node : "", word) == 0 || !*word;
    if (strcmp(field, "tag") == 0)
        return has_tag(ct, word) || !*word;
    if (strcmp(field, "image") == 0)
        return table_contains(cts_image(ct), word);
    if (*field)
        return false;
    snprintf(vmid, sizeof(vmid), "%d", ct->vmid);
    cts_version(ct, version, sizeof(version));
    return table_contains(ct->name, word) || table_contains(vmid, word) || table_contains(status, word) ||
           table_contains(version, word) || table_contains(cts_image(ct), word) || table_contains(tags_of(ct), word) ||
           (ct->address && table_contains(ct->address, word)) || (ct->node && table_contains(ct->node, word));
}
