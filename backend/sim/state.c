#include "backend/sim/state.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/put.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX (1 << 20)

static const char *below(const char *path)
{
    while (*path == '/')
        path++;
    return *path != '\0' ? path : ".";
}

int sim_open(const struct sim *s, const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    long fd = syscall(SYS_openat2, s->root, below(path), &how, sizeof(how));
    if (fd >= 0)
        return (int)fd;
    if (errno != ENOSYS && errno != EPERM)
        return -errno;
    if (strstr(path, "..") != NULL)
        return -EXDEV;
    fd = openat(s->root, below(path), flags | O_CLOEXEC, mode);
    return fd < 0 ? -errno : (int)fd;
}

int sim_stat(const struct sim *s, const char *path, struct stat *st)
{
    int fd = sim_open(s, path, O_PATH, 0);
    if (fd < 0)
        return fd;
    int rc = fstat(fd, st) ? -errno : 0;
    close(fd);
    return rc;
}

bool sim_exists(const struct sim *s, const char *path)
{
    struct stat st;
    return sim_stat(s, path, &st) == 0;
}

int sim_read(const struct sim *s, const char *path, struct buf *out)
{
    int fd = sim_open(s, path, O_RDONLY, 0);
    if (fd < 0)
        return fd;
    int rc = file_read_fd(fd, FILE_MAX, out);
    close(fd);
    return rc;
}

int sim_make_dir(const struct sim *s, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (sim_exists(s, path))
        return 0;
    char *above = slash != NULL && slash != path ? mem_dup(path, (size_t)(slash - path)) : mem_strdup(".");
    int rc = sim_make_dir(s, above);
    int dir = rc == 0 ? sim_open(s, above, O_RDONLY | O_DIRECTORY, 0) : rc;
    free(above);
    if (dir < 0)
        return dir;
    if (mkdirat(dir, slash != NULL ? slash + 1 : path, 0755) != 0 && errno != EEXIST)
        rc = -errno;
    close(dir);
    return rc;
}

/* The folder that holds `path`, made when it is missing; *name is the last part. */
static int parent(const struct sim *s, const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash != NULL ? slash + 1 : path;
    if (slash == NULL || slash == path)
        return sim_open(s, ".", O_RDONLY | O_DIRECTORY, 0);
    char *dir = mem_dup(path, (size_t)(slash - path));
    int rc = sim_make_dir(s, dir);
    if (rc == 0)
        rc = sim_open(s, dir, O_RDONLY | O_DIRECTORY, 0);
    free(dir);
    return rc;
}

int sim_write(const struct sim *s, const char *path, mode_t mode, const void *bytes, size_t len)
{
    const char *name;
    int dir = parent(s, path, &name);
    if (dir < 0)
        return dir;
    int rc = sim_put(dir, name, mode, bytes, len, NULL);
    close(dir);
    return rc;
}

int sim_append(const struct sim *s, const char *path, const char *text)
{
    const char *name;
    int dir = parent(s, path, &name);
    if (dir < 0)
        return dir;
    int fd = openat(dir, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    int rc = fd < 0 ? -errno : file_write_all(fd, text, strlen(text));
    if (fd >= 0)
        close(fd);
    close(dir);
    return rc;
}

int sim_remove(const struct sim *s, const char *path)
{
    const char *name;
    if (!sim_exists(s, path))
        return 0;
    int dir = parent(s, path, &name);
    if (dir < 0)
        return dir;
    int rc = file_remove_tree(dir, name, NULL);
    close(dir);
    return rc;
}

int sim_rename(const struct sim *s, const char *from, const char *to)
{
    const char *old, *slash = strrchr(to, '/');
    int dir = parent(s, from, &old);
    if (dir < 0)
        return dir;
    int rc = renameat(dir, old, dir, slash != NULL ? slash + 1 : to) ? -errno : 0;
    close(dir);
    return rc;
}

int sim_names(const struct sim *s, const char *path, struct argv *names)
{
    int fd = sim_open(s, path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    int rc = file_list(fd, ".", names, NULL);
    close(fd);
    return rc;
}

char *sim_conf_path(const struct sim *s, long long vmid)
{
    return mem_printf("etc/pve/nodes/%s/lxc/%lld.conf", s->node, vmid);
}

static double lock_seconds(const struct sim *s)
{
    struct buf text = BUF_INIT;
    double seconds = 10;
    if (sim_read(s, ".sim/lockwait", &text) == 0)
        seconds = strtod(text.s, NULL);
    buf_clear(&text);
    return seconds;
}

int sim_lock_conf(struct sim *s, long long vmid)
{
    char *path = mem_printf("/run/lock/lxc/pve-config-%lld.lock", vmid);
    sim_make_dir(s, "/run/lock/lxc");
    int fd = sim_open(s, path, O_RDWR | O_CREAT, 0644);
    if (fd < 0)
        return sim_fail(s, "can't open file '%s' - %s\n", path, strerror(-fd));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    fputs("trying to acquire lock...", stderr);
    for (double left = lock_seconds(s); left > 0; left -= 0.02) {
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            fputs(" OK\n", stderr);
            return fd;
        }
    }
    fputs("\n", stderr);
    close(fd);
    return sim_fail(s, "can't lock file '%s' - got timeout\n", path);
}

static const struct {
    const char *folder, *kind, *type;
} kinds[] = {
    {.folder = "lxc", .kind = "CT", .type = "lxc"},
    {.folder = "qemu-server", .kind = "VM", .type = "qemu"},
};

bool sim_guest_find(const struct sim *s, long long vmid, char node[64], const char **kind)
{
    struct argv nodes = ARGV_INIT;
    bool found = false;
    sim_names(s, "/etc/pve/nodes", &nodes);
    for (size_t i = 0; i < nodes.n && !found; i++) {
        for (size_t k = 0; k < 2 && !found; k++) {
            char *path = mem_printf("/etc/pve/nodes/%s/%s/%lld.conf", nodes.v[i], kinds[k].folder, vmid);
            if ((found = sim_exists(s, path))) {
                snprintf(node, 64, "%s", nodes.v[i]);
                *kind = kinds[k].kind;
            }
            free(path);
        }
    }
    argv_clear(&nodes);
    return found;
}

static void add_guests(const struct sim *s, const char *node, size_t kind, struct buf *out, bool *any)
{
    struct argv names = ARGV_INIT;
    char *folder = mem_printf("/etc/pve/nodes/%s/%s", node, kinds[kind].folder);
    sim_names(s, folder, &names);
    for (size_t i = 0; i < names.n; i++) {
        int64_t vmid;
        char *dot = strrchr(names.v[i], '.');
        if (dot == NULL || strcmp(dot, ".conf") != 0)
            continue;
        *dot = '\0';
        if (!num_parse(names.v[i], 100, 999999999, &vmid))
            continue;
        buf_addf(out, "%s\n\"%lld\": { \"node\": \"%s\", \"type\": \"%s\", \"version\": 1 }", *any ? "," : "",
                 (long long)vmid, node, kinds[kind].type);
        *any = true;
    }
    free(folder);
    argv_clear(&names);
}

/* The version counts up, so that a watcher sees that something changed. */
static long long next_version(const struct sim *s)
{
    struct buf old = BUF_INIT;
    long long version = 0;
    if (sim_read(s, "/etc/pve/.vmlist", &old) == 0) {
        const char *at = strstr(old.s, "\"version\":");
        version = at != NULL ? strtoll(at + 10, NULL, 10) : 0;
    }
    buf_clear(&old);
    return version + 1;
}

void sim_vmlist_update(const struct sim *s)
{
    struct argv nodes = ARGV_INIT;
    struct buf ids = BUF_INIT, out = BUF_INIT;
    bool any = false;
    sim_make_dir(s, "/run/lock");
    int lock = sim_open(s, "/run/lock/sim-vmlist.lock", O_RDWR | O_CREAT, 0600);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    sim_names(s, "/etc/pve/nodes", &nodes);
    for (size_t i = 0; i < nodes.n; i++) {
        for (size_t k = 0; k < 2; k++)
            add_guests(s, nodes.v[i], k, &ids, &any);
    }
    buf_addf(&out, "{\n\"version\": %lld", next_version(s));
    if (any)
        buf_addf(&out, ",\n\"ids\": {%s}\n", ids.s);
    buf_adds(&out, "\n}\n");
    sim_write(s, "/etc/pve/.vmlist", 0640, out.s, out.len);
    if (lock >= 0)
        close(lock);
    argv_clear(&nodes);
    buf_clear(&ids);
    buf_clear(&out);
}
