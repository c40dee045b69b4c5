#include "backend/base/file.h"

#include "backend/base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read_fd(int fd, size_t max, struct buf *out)
{
    struct stat st;
    size_t before = out->len;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        if ((uint64_t)st.st_size > max)
            return -EFBIG;
        buf_reserve(out, (size_t)st.st_size + 1);
    }
    for (;;) {
        size_t room = out->cap > out->len + 1 ? out->cap - out->len - 1 : 0;
        if (room < 512) {
            buf_reserve(out, 4096);
            room = out->cap - out->len - 1;
        }
        ssize_t got = read(fd, out->s + out->len, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int rc = -errno;
            buf_cut(out, before);
            return rc;
        }
        if (got == 0)
            return 0;
        out->len += (size_t)got;
        out->s[out->len] = '\0';
        if (out->len - before > max) {
            buf_cut(out, before);
            return -EFBIG;
        }
    }
}

int file_read(int dir, const char *path, size_t max, struct buf *out, struct err *err)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return err_sys(err, -errno, "Could not open %s", path);
    int rc = file_read_fd(fd, max, out);
    close(fd);
    if (rc == -EFBIG)
        return err_set(err, rc, "%s is larger than %zu bytes.", path, max);
    return rc ? err_sys(err, rc, "Could not read %s", path) : 0;
}

int file_write_all(int fd, const void *bytes, size_t len)
{
    const char *p = bytes;
    while (len) {
        ssize_t done = write(fd, p, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -errno;
        p += done;
        len -= (size_t)done;
    }
    return 0;
}

static int sync_folder_of(int dir, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? mem_dup(path, slash == path ? 1 : (size_t)(slash - path)) : mem_strdup(".");
    int fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0)
        return -errno;
    /* Some file systems (FUSE among them) do not sync folders: what they can do, they did at the rename. */
    int rc = fsync(fd) && errno != EINVAL && errno != ENOSYS && errno != EROFS ? -errno : 0;
    close(fd);
    return rc;
}

int file_write(int dir, const char *path, mode_t mode, const void *bytes, size_t len, struct err *err)
{
    const char *slash = strrchr(path, '/');
    int before_name = slash ? (int)(slash - path) + 1 : 0;
    char *tmp = mem_printf("%.*s.%s.tmp.%ld", before_name, path, path + before_name, (long)getpid());
    int rc = 0;

    int fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode & 0600);
    if (fd < 0) {
        rc = -errno;
    } else {
        rc = file_write_all(fd, bytes, len);
        /* pmxcfs refuses chmod and gives every file its own mode. */
        if (!rc && fchmod(fd, mode) && errno != EPERM && errno != ENOSYS)
            rc = -errno;
        if (!rc && fsync(fd) && errno != EINVAL)
            rc = -errno;
        if (close(fd) && !rc)
            rc = -errno;
        if (!rc && renameat(dir, tmp, dir, path))
            rc = -errno;
        if (rc)
            unlinkat(dir, tmp, 0);
        else
            rc = sync_folder_of(dir, path);
    }
    free(tmp);
    return rc ? err_sys(err, rc, "Could not write %s", path) : 0;
}

int file_make_dirs(int dir, const char *path, mode_t mode, struct err *err)
{
    char *copy = mem_strdup(path);
    int rc = 0;
    for (char *p = copy + 1; !rc; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char old = *p;
        *p = '\0';
        if (mkdirat(dir, copy, mode) && errno != EEXIST)
            rc = err_sys(err, -errno, "Could not make the folder %s", copy);
        *p = old;
        if (!old)
            break;
    }
    free(copy);
    return rc;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int file_list(int dir, const char *path, struct argv *names, struct err *err)
{
    int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        int rc = -errno;
        if (fd >= 0)
            close(fd);
        return err_sys(err, rc, "Could not open the folder %s", path);
    }
    size_t first = names->n;
    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            argv_push(names, e->d_name);
    closedir(d);
    if (names->n > first)
        qsort(names->v + first, names->n - first, sizeof(*names->v), compare_names);
    return 0;
}

static int remove_below(int dir, const char *name)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -errno;
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    struct argv names = ARGV_INIT;
    int rc = file_list(fd, ".", &names, NULL);
    for (size_t i = 0; i < names.n && !rc; i++)
        rc = remove_below(fd, names.v[i]);
    argv_clear(&names);
    close(fd);
    if (!rc && unlinkat(dir, name, AT_REMOVEDIR) && errno != ENOENT)
        rc = -errno;
    return rc;
}

int file_remove_tree(int dir, const char *path, struct err *err)
{
    int rc = remove_below(dir, path);
    return rc ? err_sys(err, rc, "Could not remove %s", path) : 0;
}
