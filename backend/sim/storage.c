#include "backend/sim/storage.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/mkfs.h"
#include "backend/sim/state.h"

#include <ctype.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* One `type: id` line or a property below it. */
static void read_line(char *line, struct sim_storage **list, size_t *n)
{
    char *end = line + strlen(line);
    while (end > line && isspace((unsigned char)end[-1]))
        *--end = '\0';
    if (*line == '\0' || *line == '#')
        return;
    if (!isspace((unsigned char)*line)) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            return;
        *colon++ = '\0';
        MEM_GROW(*list, *n);
        (*list)[(*n)++] =
            (struct sim_storage){.type = mem_strdup(line), .id = mem_strdup(colon + strspn(colon, " \t"))};
    } else if (*n > 0) {
        line += strspn(line, " \t");
        char *value = line + strcspn(line, " \t");
        if (*value != '\0')
            *value++ = '\0';
        sim_props_set(&(*list)[*n - 1].props, line, value + strspn(value, " \t"));
    }
}

void sim_storages(const struct sim *s, struct sim_storage **list, size_t *n)
{
    struct buf text = BUF_INIT;
    *list = NULL;
    *n = 0;
    if (sim_read(s, "/etc/pve/storage.cfg", &text) == 0) {
        char *rest = text.s, *line;
        while ((line = strsep(&rest, "\n")) != NULL)
            read_line(line, list, n);
    }
    buf_clear(&text);
}

int sim_storage_find(struct sim *s, const char *id, struct sim_storage *st)
{
    struct sim_storage *list;
    size_t n;
    sim_storages(s, &list, &n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].id, id) == 0) {
            *st = list[i];
            return 0;
        }
    }
    return sim_fail(s, "storage '%s' does not exist\n", id);
}

static bool listed(const char *list, const char *word)
{
    struct argv items = ARGV_INIT;
    sim_split(list, &items);
    bool found = argv_has(&items, word);
    argv_clear(&items);
    return found;
}

int sim_storage_enabled(struct sim *s, const char *id, struct sim_storage *st)
{
    if (sim_storage_find(s, id, st) < 0)
        return -1;
    const char *off = sim_props_get(&st->props, "disable"), *nodes = sim_props_get(&st->props, "nodes");
    if (off != NULL && strcmp(off, "0") != 0)
        return sim_fail(s, "storage '%s' is disabled\n", id);
    if (nodes != NULL && !listed(nodes, s->node))
        return sim_fail(s, "storage '%s' is not available on node '%s'\n", id, s->node);
    return 0;
}

bool sim_storage_has(const struct sim_storage *st, const char *content)
{
    const char *list = sim_props_get(&st->props, "content");
    return listed(list != NULL ? list : "images,rootdir", content);
}

int sim_volume_split(struct sim *s, const char *volid, char **storage, char **name)
{
    struct buf why = BUF_INIT;
    if (!sim_format_check("pve-volume-id", volid, &why))
        return sim_fail(s, "%s", why.s);
    const char *colon = strchr(volid, ':');
    *storage = mem_dup(volid, (size_t)(colon - volid));
    *name = mem_strdup(colon + 1);
    return 0;
}

static const char *path_of(const struct sim_storage *st)
{
    return sim_props_get(&st->props, "path");
}

/* Names of a storage with a path, and the folder that each kind lies in. */
static const struct {
    const char *kind, *pattern, *folder;
} kinds[] = {
    {.kind = "vztmpl", .pattern = "^vztmpl/([^/]+\\.tar(\\.(gz|xz|zst|bz2))?)$", .folder = "template/cache"},
    {.kind = "iso", .pattern = "^iso/([^/]+\\.(iso|img))$", .folder = "template/iso"},
    {.kind = "backup",
     .pattern = "^backup/([^/]+\\.(tgz|tar(\\.(gz|lzo|zst|bz2))?|vma(\\.(gz|lzo|zst))?))$",
     .folder = "dump"},
    {.kind = "snippets", .pattern = "^snippets/([^/]+)$", .folder = "snippets"},
    {.kind = "images", .pattern = "^([0-9]+/[^/]+\\.(raw|qcow2|vmdk|subvol))$", .folder = "images"},
};

/* The row for a name, with the part of it that is the file's name. */
static int find_kind(const char *name, const char **rest)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        regex_t re;
        regmatch_t m[2];
        if (regcomp(&re, kinds[i].pattern, REG_EXTENDED | REG_ICASE) != 0)
            continue;
        bool hit = regexec(&re, name, 2, m, 0) == 0;
        regfree(&re);
        if (hit) {
            *rest = name + m[1].rm_so;
            return (int)i;
        }
    }
    return -1;
}

int sim_volume_kind(struct sim *s, const struct sim_storage *st, const char *name, const char **kind)
{
    const char *rest;
    if (path_of(st) == NULL) {
        *kind = "images";
        if (strchr(name, '/') != NULL || name[0] == '.')
            return sim_fail(s, "unable to parse %s volume name '%s'\n", st->type, name);
        return 0;
    }
    int i = find_kind(name, &rest);
    if (i < 0)
        return sim_fail(s, "unable to parse directory volume name '%s'\n", name);
    *kind = kinds[i].kind;
    return 0;
}

char *sim_volume_path(struct sim *s, const char *volid)
{
    struct sim_storage st;
    char *id, *name;
    const char *kind, *rest = "";
    if (sim_volume_split(s, volid, &id, &name) < 0 || sim_storage_find(s, id, &st) < 0 ||
        sim_volume_kind(s, &st, name, &kind) < 0)
        return NULL;
    if (path_of(&st) == NULL)
        return mem_printf("/.sim/volumes/%s/%s", id, name);
    int i = find_kind(name, &rest);
    return i < 0 ? NULL : mem_printf("%s/%s/%s", path_of(&st), kinds[i].folder, rest);
}

bool sim_volume_exists(struct sim *s, const char *volid)
{
    char *path = sim_volume_path(s, volid);
    bool there = path != NULL && sim_exists(s, path);
    free(path);
    return there;
}

void sim_size_print(uint64_t bytes, struct buf *out)
{
    static const char units[] = "TGMK";
    /* The largest unit that it is a whole number of; nothing at all counts as 0T. */
    for (int i = 0; i < 4; i++) {
        uint64_t unit = 1ull << (40 - 10 * i);
        if (bytes % unit == 0) {
            buf_addf(out, "%llu%c", (unsigned long long)(bytes / unit), units[i]);
            return;
        }
    }
    buf_addf(out, "%llu", (unsigned long long)bytes);
}

uint64_t sim_size_read(const char *text)
{
    uint64_t bytes = 0;
    return text != NULL && num_parse_size(text, 1, &bytes) ? bytes : 0;
}

/* The next free disk number, over all kinds of names. */
static unsigned next_number(struct sim *s, const char *folder, long long vmid)
{
    struct argv names = ARGV_INIT;
    unsigned number = 0;
    sim_names(s, folder, &names);
    for (bool taken = true; taken; number += taken) {
        static const char *const heads[] = {"vm", "subvol", "base"};
        taken = false;
        for (size_t i = 0; i < names.n; i++) {
            for (size_t k = 0; k < 3; k++) {
                char head[64];
                int len = snprintf(head, sizeof(head), "%s-%lld-disk-%u", heads[k], vmid, number);
                if (strncmp(names.v[i], head, (size_t)len) == 0 && !isdigit((unsigned char)names.v[i][len]))
                    taken = true;
            }
        }
    }
    argv_clear(&names);
    return number;
}

static int make_image(struct sim *s, const char *path, uint64_t bytes)
{
    int fd = sim_open(s, path, O_WRONLY | O_CREAT | O_EXCL, 0640);
    if (fd < 0)
        return sim_fail(s, "unable to create image: %s\n", strerror(-fd));
    int rc = ftruncate(fd, (off_t)bytes);
    close(fd);
    if (rc != 0)
        return sim_fail(s, "unable to create image: no space left\n");
    printf("Formatting '%s', fmt=raw size=%llu preallocation=off\n", path, (unsigned long long)bytes);
    sim_print_mkfs(bytes);
    return 0;
}

static int alloc_on_path(struct sim *s, const struct sim_storage *st, long long vmid, uint64_t bytes, char **volid)
{
    char *folder = mem_printf("%s/images/%lld", path_of(st), vmid);
    char *name = mem_printf(bytes > 0 ? "vm-%lld-disk-%u.raw" : "subvol-%lld-disk-%u.subvol", vmid,
                            next_number(s, folder, vmid));
    char *path = mem_printf("%s/%s", folder, name);
    int rc = sim_make_dir(s, folder);
    if (rc == 0)
        rc = bytes > 0 ? make_image(s, path, bytes) : sim_make_dir(s, path);
    if (rc == 0)
        *volid = mem_printf("%s:%lld/%s", st->id, vmid, name);
    else if (s->error.len == 0)
        sim_fail(s, "unable to create image in '%s'\n", folder);
    free(folder);
    free(name);
    free(path);
    return rc == 0 ? 0 : -1;
}

static int alloc_mark(struct sim *s, const struct sim_storage *st, long long vmid, uint64_t bytes, char **volid)
{
    bool zfs = strcmp(st->type, "zfspool") == 0;
    char *folder = mem_printf("/.sim/volumes/%s", st->id);
    char *name = mem_printf(zfs ? "subvol-%lld-disk-%u" : "vm-%lld-disk-%u", vmid, next_number(s, folder, vmid));
    char *path = mem_printf("%s/%s", folder, name), *note = mem_printf("%s/.%s", folder, name);
    char *size = mem_printf("%llu\n", (unsigned long long)bytes);
    int rc = sim_write(s, zfs ? note : path, 0640, size, strlen(size));
    if (rc == 0 && zfs)
        rc = sim_make_dir(s, path);
    if (rc == 0 && !zfs) {
        printf("  Logical volume \"%s\" created.\n", name);
        sim_print_mkfs(bytes);
    }
    if (rc == 0)
        *volid = mem_printf("%s:%s", st->id, name);
    else
        sim_fail(s, "unable to create volume '%s'\n", name);
    free(folder);
    free(name);
    free(path);
    free(note);
    free(size);
    return rc == 0 ? 0 : -1;
}

int sim_volume_alloc(struct sim *s, const struct sim_storage *st, long long vmid, uint64_t bytes, char **volid)
{
    buf_reset(&s->error);
    return path_of(st) != NULL ? alloc_on_path(s, st, vmid, bytes, volid) : alloc_mark(s, st, vmid, bytes, volid);
}

int sim_volume_free(struct sim *s, const char *volid)
{
    char *path = sim_volume_path(s, volid);
    if (path == NULL)
        return -1;
    sim_remove(s, path);
    char *slash = strrchr(path, '/');
    char *note = mem_printf("%.*s/.%s", (int)(slash - path), path, slash + 1);
    if (strncmp(path, "/.sim/", 6) == 0)
        sim_remove(s, note);
    /* The folder of a guest's images goes with the last of them. */
    *slash = '\0';
    struct argv left = ARGV_INIT;
    const char *folder = strrchr(path, '/');
    sim_names(s, path, &left);
    if (left.n == 0 && folder != NULL && isdigit((unsigned char)folder[1]))
        sim_remove(s, path);
    free(note);
    free(path);
    return 0;
}

/* Names of a storage without files: `vm-500-disk-0`. */
static bool belongs(const char *name, long long vmid)
{
    const char *dash = strchr(name, '-');
    char *end = NULL;
    return dash != NULL && strtoll(dash + 1, &end, 10) == vmid && strncmp(end, "-disk-", 6) == 0;
}

void sim_volumes_of(struct sim *s, long long vmid, struct argv *volids)
{
    struct sim_storage *list;
    size_t n;
    sim_storages(s, &list, &n);
    for (size_t i = 0; i < n; i++) {
        struct argv names = ARGV_INIT;
        const char *path = path_of(&list[i]);
        if (sim_props_get(&list[i].props, "disable") != NULL)
            continue;
        char *folder =
            path != NULL ? mem_printf("%s/images/%lld", path, vmid) : mem_printf("/.sim/volumes/%s", list[i].id);
        sim_names(s, folder, &names);
        for (size_t k = 0; k < names.n; k++) {
            if (path != NULL)
                argv_pushf(volids, "%s:%lld/%s", list[i].id, vmid, names.v[k]);
            else if (names.v[k][0] != '.' && belongs(names.v[k], vmid))
                argv_pushf(volids, "%s:%s", list[i].id, names.v[k]);
        }
        argv_clear(&names);
        free(folder);
    }
}
