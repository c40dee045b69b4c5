#include "backend/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static int take(int dir, const char *path, int command, struct err *err)
{
    int fd = openat(dir, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_sys(err, -errno, "Could not open the lock %s", path);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, command, &whole) == 0)
        return fd;
    int rc = errno == EACCES ? -EAGAIN : -errno;
    close(fd);
    if (rc == -EAGAIN)
        return err_set(err, rc, "Another process holds the lock %s.", path);
    return err_sys(err, rc, "Could not lock %s", path);
}

int lock_take(int dir, const char *path, struct err *err)
{
    return take(dir, path, F_SETLK, err);
}

int lock_wait(int dir, const char *path, struct err *err)
{
    return take(dir, path, F_SETLKW, err);
}

pid_t lock_holder(int dir, const char *path)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int rc = fcntl(fd, F_GETLK, &whole) ? -errno : 0;
    close(fd);
    if (rc)
        return rc;
    return whole.l_type == F_UNLCK ? 0 : whole.l_pid;
}

int lock_flock(int dir, const char *path, int ms, struct err *err)
{
    int fd = openat(dir, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return err_sys(err, -errno, "Could not open the lock %s", path);
    struct timespec now, pause = {.tv_nsec = 20 * 1000 * 1000};
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t end = now.tv_sec * 1000LL + now.tv_nsec / 1000000 + ms;
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        int rc = -errno;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (rc != -EWOULDBLOCK && rc != -EINTR) {
            close(fd);
            return err_sys(err, rc, "Could not lock %s", path);
        }
        if (now.tv_sec * 1000LL + now.tv_nsec / 1000000 >= end) {
            close(fd);
            return err_set(err, -ETIMEDOUT, "Another process has held the lock %s for over %d seconds.", path,
                           ms / 1000);
        }
        nanosleep(&pause, NULL);
    }
    return fd;
}
