#include "backend/sim/pvesm.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/fault.h"
#include "backend/sim/state.h"
#include "backend/sim/storage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* pvesm of libpve-storage-perl 9.1.7, words as recorded, but for `list` (pvesm-list.c). */

int pvesm_apiinfo(struct sim *s)
{
    (void)s;
    puts("APIVER 15\nAPIAGE 6");
    return 0;
}

/* --- status ----------------------------------------------------------------------------------------------------- */

struct space {
    unsigned long long total, used, avail; /* KiB */
};

/* How full a storage is: a line of .sim/space (`ID TOTAL USED AVAILABLE` in KiB), else the file system it lies on. */
static struct space space_of(const struct sim *s, const struct sim_storage *st)
{
    struct buf text = BUF_INIT;
    struct space space = {0};
    struct statvfs fs;
    const char *path = sim_props_get(&st->props, "path");
    bool found = false;
    sim_read(s, "/.sim/space", &text);
    for (char *rest = text.s, *line; !found && (line = strsep(&rest, "\n")) != NULL;) {
        char id[128];
        found = sscanf(line, "%127s %llu %llu %llu", id, &space.total, &space.used, &space.avail) == 4 &&
                strcmp(id, st->id) == 0;
    }
    buf_clear(&text);
    if (found)
        return space;
    int fd = path ? sim_open(s, path, O_RDONLY | O_DIRECTORY, 0) : -1;
    space = (struct space){0};
    if (fd >= 0 && fstatvfs(fd, &fs) == 0)
        space = (struct space){.total = fs.f_blocks * fs.f_frsize / 1024,
                               .used = (fs.f_blocks - fs.f_bfree) * fs.f_frsize / 1024,
                               .avail = fs.f_bavail * fs.f_frsize / 1024};
    if (fd >= 0)
        close(fd);
    return space;
}

/* True when it may hold one of the kinds that are named. */
static bool has_any(const struct sim_storage *st, const char *contents)
{
    struct argv items = ARGV_INIT;
    bool any = false;
    sim_split(contents, &items);
    for (size_t i = 0; i < items.n; i++)
        any |= sim_storage_has(st, items.v[i]);
    argv_clear(&items);
    return any;
}

static bool is_shown(struct sim *s, const struct sim_storage *st)
{
    struct sim_storage checked;
    const char *id = sim_get(s, "storage"), *content = sim_get(s, "content");
    bool enabled = sim_storage_enabled(s, st->id, &checked) == 0;
    buf_reset(&s->error);
    if (id && strcmp(id, st->id) != 0)
        return false;
    /* A filter looks at storages that can be used; without one the disabled are told too. */
    if (!enabled && (content || sim_flag(s, "enabled", false) || !sim_props_get(&st->props, "disable")))
        return false;
    return !content || has_any(st, content);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct sim_storage *)a)->id, ((const struct sim_storage *)b)->id);
}

int pvesm_status(struct sim *s)
{
    struct sim_storage *list, found;
    size_t n, width = 0, shown = 0;
    if (sim_get(s, "storage") && sim_storage_find(s, sim_get(s, "storage"), &found) < 0) {
        buf_reset(&s->error);
        return sim_refuse(s, "storage", "No such storage.");
    }
    if (sim_fault(s, SIM_BEFORE) < 0)
        return -1;
    sim_storages(s, &list, &n);
    for (size_t i = 0; i < n; i++) {
        if (!is_shown(s, &list[i]))
            continue;
        list[shown++] = list[i];
        if (strlen(list[i].id) > width)
            width = strlen(list[i].id);
    }
    if (shown)
        qsort(list, shown, sizeof(*list), by_id);
    int column = (int)width + 1;
    printf("%-*s %10s %10s %15s %15s %15s %8s\n", column, "Name", "Type", "Status", "Total (KiB)", "Used (KiB)",
           "Available (KiB)", "%");
    for (size_t i = 0; i < shown; i++) {
        const char *off = sim_props_get(&list[i].props, "disable");
        bool disabled = off && strcmp(off, "0") != 0;
        struct space space = disabled ? (struct space){0} : space_of(s, &list[i]);
        char percent[16] = "N/A";
        if (!disabled)
            snprintf(percent, sizeof(percent), "%.2f%%",
                     space.total ? (double)space.used * 100 / (double)space.total : 0);
        printf("%-*s %10s %10s %15llu %15llu %15llu %8s\n", column, list[i].id, list[i].type,
               disabled ? "disabled" : "active", space.total, space.used, space.avail, percent);
    }
    return 0;
}

/* --- path ------------------------------------------------------------------------------------------------------- */

/* Where a volume is for the host: also for those that stand here as a mark only. */
int pvesm_path(struct sim *s)
{
    struct sim_storage st;
    char *id, *name;
    const char *volume = sim_get(s, "volume"), *kind;
    if (sim_volume_split(s, volume, &id, &name) < 0 || sim_storage_find(s, id, &st) < 0 ||
        sim_volume_kind(s, &st, name, &kind) < 0)
        return -1;
    const char *group = sim_props_get(&st.props, "vgname"), *pool = sim_props_get(&st.props, "pool");
    const char *mount = sim_props_get(&st.props, "mountpoint");
    if (sim_props_get(&st.props, "path"))
        printf("%s\n", sim_volume_path(s, volume));
    else if (group)
        printf("/dev/%s/%s\n", group, name);
    else if (pool && strncmp(name, "subvol-", 7) != 0 && strncmp(name, "base", 4) != 0)
        printf("/dev/zvol/%s/%s\n", pool, name);
    else
        printf("%s%s/%s\n", mount ? "" : "/", mount ? mount : pool ? pool : id, name);
    return 0;
}

/* --- alloc, free ------------------------------------------------------------------------------------------------ */

/* `64M`, `1G`, or KiB. */
static uint64_t size_of(const char *text)
{
    uint64_t bytes = 0;
    return num_parse_size(text, 1024, &bytes) ? bytes : 0;
}

/* The next name of a guest's disks that is free in the folder: HEAD-VMID-disk-N and what stands behind. */
static char *next_name(struct sim *s, const char *folder, const char *head, const char *tail)
{
    for (unsigned i = 0;; i++) {
        char *name = mem_printf("%s-%lld-disk-%u%s", head, sim_number(s, "vmid", 0), i, tail);
        char *path = mem_printf("%s/%s", folder, name);
        bool taken = sim_exists(s, path);
        free(path);
        if (!taken)
            return name;
        free(name);
    }
}

static int make_image(struct sim *s, const char *path, uint64_t bytes, bool subvol)
{
    int fd = subvol ? sim_make_dir(s, path) : sim_open(s, path, O_WRONLY | O_CREAT | O_EXCL, 0640);
    if (fd < 0)
        return sim_fail(s, "unable to create image '%s' - %s\n", path, strerror(-fd));
    if (subvol)
        return 0;
    int rc = ftruncate(fd, (off_t)bytes);
    close(fd);
    printf("Formatting '%s', fmt=raw size=%llu preallocation=off\n", path, (unsigned long long)bytes);
    return rc ? sim_fail(s, "unable to create image '%s'\n", path) : 0;
}

static int alloc_on_path(struct sim *s, const struct sim_storage *st, const char *name, uint64_t bytes)
{
    long long vmid = sim_number(s, "vmid", 0);
    const char *format = sim_get(s, "format");
    bool subvol = format && strcmp(format, "subvol") == 0;
    char *folder = mem_printf("%s/images/%lld", sim_props_get(&st->props, "path"), vmid);
    sim_make_dir(s, folder);
    char *file = *name ? mem_strdup(name) : next_name(s, folder, subvol ? "subvol" : "vm", subvol ? ".subvol" : ".raw");
    char *path = mem_printf("%s/%s", folder, file);
    int rc = sim_exists(s, path) ? sim_fail(s, "disk image '%s' already exists\n", path)
                                 : make_image(s, path, bytes, subvol);
    if (rc == 0)
        printf("successfully created '%s:%lld/%s'\n", st->id, vmid, file);
    free(folder);
    free(path);
    free(file);
    return rc;
}

/* A volume that is a mark here (see storage.h): named by the storage alone when the caller names none. */
static int alloc_mark(struct sim *s, const struct sim_storage *st, const char *name, uint64_t bytes)
{
    bool zfs = strcmp(st->type, "zfspool") == 0;
    char *folder = mem_printf("/.sim/volumes/%s", st->id);
    char *file = *name ? mem_strdup(name) : next_name(s, folder, zfs ? "subvol" : "vm", "");
    char *path = mem_printf("%s/%s", folder, file), *note = mem_printf("%s/.%s", folder, file);
    char *size = mem_printf("%llu\n", (unsigned long long)bytes);
    bool folder_like = zfs && strncmp(file, "vm-", 3) != 0;
    int rc = 0;
    if (sim_exists(s, path))
        rc = sim_fail(s, "volume '%s' already exists\n", file);
    else if (sim_write(s, folder_like ? note : path, 0640, size, strlen(size)) < 0 ||
             (folder_like && sim_make_dir(s, path) < 0))
        rc = sim_fail(s, "unable to create volume '%s'\n", file);
    if (rc == 0 && !zfs)
        printf("  Logical volume \"%s\" created.\n", file);
    if (rc == 0)
        printf("successfully created '%s:%s'\n", st->id, file);
    free(folder);
    free(file);
    free(path);
    free(note);
    free(size);
    return rc;
}

int pvesm_alloc(struct sim *s)
{
    struct sim_storage st;
    const char *name = sim_get(s, "filename");
    if (sim_storage_enabled(s, sim_get(s, "storage"), &st) < 0)
        return -1;
    if (strchr(name, '/') || name[0] == '.')
        return sim_fail(s, "illegal name '%s' - should be 'vm-%lld-*'\n", name, sim_number(s, "vmid", 0));
    if (sim_fault(s, SIM_BEFORE) < 0)
        return -1;
    uint64_t bytes = size_of(sim_get(s, "size"));
    int rc = sim_props_get(&st.props, "path") ? alloc_on_path(s, &st, name, bytes) : alloc_mark(s, &st, name, bytes);
    return rc < 0 ? rc : sim_fault(s, SIM_AFTER);
}

int pvesm_free(struct sim *s)
{
    struct sim_storage st;
    char *id, *name;
    const char *volume = sim_get(s, "volume"), *only = sim_get(s, "storage"), *kind;
    char *full = strchr(volume, ':') || !only ? mem_strdup(volume) : mem_printf("%s:%s", only, volume);
    if (sim_volume_split(s, full, &id, &name) < 0 || sim_storage_enabled(s, id, &st) < 0 ||
        sim_volume_kind(s, &st, name, &kind) < 0 || sim_fault(s, SIM_BEFORE) < 0)
        return -1;
    /* What is not there is no failure, only said. */
    if (!sim_volume_exists(s, full))
        printf("disk image '%s' does not exist\n", sim_volume_path(s, full));
    else if (sim_volume_free(s, full) < 0)
        return -1;
    else if (sim_props_get(&st.props, "vgname"))
        printf("  Logical volume \"%s\" successfully removed.\n", name);
    printf("Removed volume '%s'\n", full);
    return sim_fault(s, SIM_AFTER);
}
