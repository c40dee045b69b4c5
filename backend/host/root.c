#include "backend/host/root.h"

#include "backend/base/file.h"
#include "backend/base/places.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINK_TEXT_MAX 4096

int root_open(struct root *root, const char *path, struct err *err)
{
    if (!path)
        path = places_root();
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(err, -errno, "Could not open the host's root folder %s", path);
    root->fd = fd;
    return 0;
}

void root_close(struct root *root)
{
    if (root->fd >= 0)
        close(root->fd);
    root->fd = -1;
}

static bool climbs(const char *path)
{
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += strspn(p, "/");
        if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || p[2] == '\0'))
            return true;
    }
    return false;
}

/* Kernels before 5.6, and some sandboxes, lack openat2. A path of ours never holds `..`; links are then trusted. */
static int open_plain(const struct root *root, const char *path, int flags, mode_t mode)
{
    if (climbs(path))
        return -EXDEV;
    path += strspn(path, "/");
    int fd = openat(root->fd, *path ? path : ".", flags, mode);
    return fd < 0 ? -errno : fd;
}

static bool kernel_resolves(const struct root *root)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    long fd = syscall(SYS_openat2, root->fd, ".", &how, sizeof(how));
    if (fd >= 0)
        close((int)fd);
    return fd >= 0;
}

int root_openat(const struct root *root, const char *path, int flags, mode_t mode)
{
    flags |= O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY);
    struct open_how how = {
        .flags = (unsigned)flags,
        /* openat2 refuses a mode where nothing can be made. */
        .mode = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? mode & 07777 : 0,
        .resolve = RESOLVE_IN_ROOT,
    };
    /* A rename elsewhere while `..` is walked gives EAGAIN, which only says: once more. */
    for (int tries = 0; tries < 16; tries++) {
        long fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
        if (fd >= 0)
            return (int)fd;
        if (errno != EAGAIN && errno != EINTR)
            break;
    }
    int rc = -errno;
    /* EINVAL is also what a file system says of flags that it lacks: that must not open a way out. */
    if (rc == -ENOSYS || (rc == -EINVAL && !kernel_resolves(root)))
        return open_plain(root, path, flags, mode);
    return rc;
}

int root_read(const struct root *root, const char *path, size_t max, struct buf *out, struct err *err)
{
    int fd = root_openat(root, path, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0)
        return err_sys(err, fd, "Could not open %s", path);
    int rc = file_read_fd(fd, max, out);
    close(fd);
    if (rc == -EFBIG)
        return err_set(err, rc, "%s is larger than %zu bytes.", path, max);
    return rc ? err_sys(err, rc, "Could not read %s", path) : 0;
}

int root_stat(const struct root *root, const char *path, struct stat *st)
{
    int fd = root_openat(root, path, O_PATH, 0);
    if (fd < 0)
        return fd;
    int rc = fstat(fd, st) ? -errno : 0;
    close(fd);
    return rc;
}

int root_list(const struct root *root, const char *path, struct argv *names, struct err *err)
{
    int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return err_sys(err, fd, "Could not open the folder %s", path);
    int rc = file_list(fd, ".", names, err);
    close(fd);
    return rc ? err_prefix(err, rc, "%s: ", path) : 0;
}

bool root_exists(const struct root *root, const char *path)
{
    int fd = root_openat(root, path, O_PATH, 0);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

int root_readlink(const struct root *root, const char *path, struct buf *out)
{
    char text[LINK_TEXT_MAX];
    int fd = root_openat(root, path, O_PATH | O_NOFOLLOW, 0);
    if (fd < 0)
        return fd;
    ssize_t len = readlinkat(fd, "", text, sizeof(text));
    int rc = len < 0 ? -errno : 0;
    close(fd);
    if (rc)
        return rc == -ENOENT ? -EINVAL : rc; /* readlinkat("") says ENOENT of what is no link */
    buf_add(out, text, (size_t)len);
    return 0;
}
