#include "backend/sim/pvesm.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/state.h"
#include "backend/sim/storage.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* `pvesm list`: the volumes of one storage, as recorded from libpve-storage-perl 9.1.7. */
struct volume {
    char *volid, *format;
    const char *type;
    unsigned long long size;
    long long vmid; /* 0: none */
};

struct volumes {
    struct volume *v;
    size_t n;
};

/* The number behind the first `-` of a name, as in vm-101-disk-0 and vzdump-lxc-101-…; 0 when there is none. */
static long long vmid_in(const char *name)
{
    for (const char *p = strchr(name, '-'); p; p = strchr(p + 1, '-'))
        if (isdigit((unsigned char)p[1]))
            return strtoll(p + 1, NULL, 10);
    return 0;
}

/* A disk of a CT is of the type rootdir, one of a VM of the type images. */
static const char *disk_type(struct sim *s, long long vmid)
{
    char node[64];
    const char *kind;
    return sim_guest_find(s, vmid, node, &kind) && strcmp(kind, "CT") == 0 ? "rootdir" : "images";
}

static void add(struct volumes *list, const struct volume *volume)
{
    MEM_GROW(list->v, list->n);
    list->v[list->n++] = *volume;
}

/* A template's format is made of its ending: `.tar.zst` is tzst, a plain `.tar` stays what it is. */
static char *template_format(const char *file)
{
    const char *end = strrchr(file, '.') + 1;
    return strcmp(end, "tar") == 0 ? mem_strdup("tar") : mem_printf("t%s", end);
}

static char *backup_format(const char *file)
{
    const char *end = strstr(file, ".tar");
    return mem_strdup(end ? end + 1 : strrchr(file, '.') + 1);
}

/* The folders of a storage with a path that hold files. */
static const struct {
    const char *type, *folder, *format;
} kinds[] = {
    {"backup", "dump", NULL},
    {"iso", "template/iso", "iso"},
    {"snippets", "snippets", "snippet"},
    {"vztmpl", "template/cache", NULL},
};

static void add_files(struct sim *s, const struct sim_storage *st, size_t kind, struct volumes *list)
{
    struct argv names = ARGV_INIT;
    char *folder = mem_printf("%s/%s", sim_props_get(&st->props, "path"), kinds[kind].folder);
    sim_names(s, folder, &names);
    for (size_t i = 0; i < names.n; i++) {
        const char *found, *type = kinds[kind].type, *file = names.v[i];
        char *name = mem_printf("%s/%s", type, file), *path = mem_printf("%s/%s", folder, file);
        struct stat info;
        if (sim_volume_kind(s, st, name, &found) == 0 && strcmp(found, type) == 0 && sim_stat(s, path, &info) == 0 &&
            S_ISREG(info.st_mode)) {
            bool backup = strcmp(type, "backup") == 0;
            add(list, &(struct volume){.volid = mem_printf("%s:%s", st->id, name),
                                       .format = kinds[kind].format ? mem_strdup(kinds[kind].format)
                                                 : backup           ? backup_format(file)
                                                                    : template_format(file),
                                       .type = type,
                                       .size = (unsigned long long)info.st_size,
                                       .vmid = backup ? vmid_in(file) : 0});
        }
        free(name);
        free(path);
    }
    buf_reset(&s->error);
    argv_clear(&names);
    free(folder);
}

static void add_disks_of(struct sim *s, const struct sim_storage *st, const char *vmid, struct volumes *list)
{
    struct argv names = ARGV_INIT;
    char *folder = mem_printf("%s/images/%s", sim_props_get(&st->props, "path"), vmid);
    sim_names(s, folder, &names);
    for (size_t i = 0; i < names.n; i++) {
        const char *kind, *dot = strrchr(names.v[i], '.');
        char *name = mem_printf("%s/%s", vmid, names.v[i]), *path = mem_printf("%s/%s", folder, names.v[i]);
        struct stat info;
        if (dot && sim_volume_kind(s, st, name, &kind) == 0 && sim_stat(s, path, &info) == 0)
            add(list, &(struct volume){.volid = mem_printf("%s:%s", st->id, name),
                                       .format = mem_strdup(dot + 1),
                                       .type = disk_type(s, strtoll(vmid, NULL, 10)),
                                       .size = S_ISDIR(info.st_mode) ? 0 : (unsigned long long)info.st_size,
                                       .vmid = strtoll(vmid, NULL, 10)});
        free(name);
        free(path);
    }
    buf_reset(&s->error);
    argv_clear(&names);
    free(folder);
}

static void add_disks(struct sim *s, const struct sim_storage *st, struct volumes *list)
{
    struct argv names = ARGV_INIT;
    char *folder = mem_printf("%s/images", sim_props_get(&st->props, "path"));
    int64_t vmid;
    sim_names(s, folder, &names);
    for (size_t i = 0; i < names.n; i++)
        if (num_parse(names.v[i], 100, 999999999, &vmid))
            add_disks_of(s, st, names.v[i], list);
    argv_clear(&names);
    free(folder);
}

/* Volumes that are a mark here: see storage.h. */
static void add_marks(struct sim *s, const struct sim_storage *st, struct volumes *list)
{
    struct argv names = ARGV_INIT;
    char *folder = mem_printf("/.sim/volumes/%s", st->id);
    sim_names(s, folder, &names);
    for (size_t i = 0; i < names.n; i++) {
        struct buf size = BUF_INIT;
        struct stat info;
        char *path = mem_printf("%s/%s", folder, names.v[i]), *note = mem_printf("%s/.%s", folder, names.v[i]);
        if (names.v[i][0] != '.' && sim_stat(s, path, &info) == 0) {
            bool subvol = S_ISDIR(info.st_mode);
            sim_read(s, subvol ? note : path, &size);
            add(list, &(struct volume){.volid = mem_printf("%s:%s", st->id, names.v[i]),
                                       .format = mem_strdup(subvol ? "subvol" : "raw"),
                                       .type = disk_type(s, vmid_in(names.v[i])),
                                       .size = strtoull(size.s, NULL, 10),
                                       .vmid = vmid_in(names.v[i])});
        }
        buf_clear(&size);
        free(path);
        free(note);
    }
    argv_clear(&names);
    free(folder);
}

static int in_order(const void *a, const void *b)
{
    const struct volume *x = a, *y = b;
    int by_format = strcmp(x->format, y->format);
    return by_format ? by_format : strcmp(x->volid, y->volid);
}

/* Drops what was not asked for; returns the widths of the two columns that follow their values. */
static void choose(struct sim *s, struct volumes *list, size_t *volid, size_t *size)
{
    const char *content = sim_get(s, "content");
    long long vmid = sim_number(s, "vmid", 0);
    size_t kept = 0;
    *volid = strlen("Volid");
    *size = strlen("Size");
    for (size_t i = 0; i < list->n; i++) {
        const struct volume *v = &list->v[i];
        char number[32];
        if ((content && strcmp(content, v->type) != 0) || (vmid && vmid != v->vmid))
            continue;
        size_t digits = (size_t)snprintf(number, sizeof(number), "%llu", v->size);
        *size = digits > *size ? digits : *size;
        *volid = strlen(v->volid) > *volid ? strlen(v->volid) : *volid;
        list->v[kept++] = *v;
    }
    list->n = kept;
}

int pvesm_list(struct sim *s)
{
    struct sim_storage st;
    struct volumes list = {0};
    size_t volid, size;
    if (sim_storage_enabled(s, sim_get(s, "storage"), &st) < 0)
        return -1;
    if (sim_props_get(&st.props, "path")) {
        add_disks(s, &st, &list);
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
            if (sim_storage_has(&st, kinds[i].type))
                add_files(s, &st, i, &list);
    } else {
        add_marks(s, &st, &list);
    }
    choose(s, &list, &volid, &size);
    if (list.n)
        qsort(list.v, list.n, sizeof(*list.v), in_order);
    printf("%-*s %-7s %-9s %*s VMID\n", (int)volid, "Volid", "Format", "Type", (int)size, "Size");
    for (size_t i = 0; i < list.n; i++) {
        printf("%-*s %-7s %-9s %*llu", (int)volid, list.v[i].volid, list.v[i].format, list.v[i].type, (int)size,
               list.v[i].size);
        if (list.v[i].vmid)
            printf(" %lld", list.v[i].vmid);
        printf("\n");
    }
    return 0;
}
