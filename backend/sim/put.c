#include "backend/sim/put.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_parent(int dir, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return 0;
    char *parent = mem_dup(path, (size_t)(slash - path));
    int rc = file_make_dirs(dir, parent, 0755, err);
    free(parent);
    return rc;
}

/* `.NAME.new.PID` beside the file. */
static char *name_beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    int before = slash ? (int)(slash - path) + 1 : 0;
    return mem_printf("%.*s.%s.new.%ld", before, path, path + before, (long)getpid());
}

int sim_put(int dir, const char *path, mode_t mode, const void *bytes, size_t len, struct err *err)
{
    char *tmp = name_beside(path);
    int fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0 && errno == ENOENT) {
        int rc = make_parent(dir, path, err);
        if (rc) {
            free(tmp);
            return rc;
        }
        fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    }
    int rc = fd < 0 ? -errno : file_write_all(fd, bytes, len);
    if (!rc && fchmod(fd, mode))
        rc = -errno;
    if (fd >= 0)
        close(fd);
    if (!rc && renameat(dir, tmp, dir, path))
        rc = -errno;
    if (rc && fd >= 0)
        unlinkat(dir, tmp, 0);
    free(tmp);
    return rc ? err_sys(err, rc, "Could not write %s of the simulated host", path) : 0;
}

int sim_putf(int dir, const char *path, struct err *err, const char *fmt, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, fmt);
    buf_vaddf(&text, fmt, args);
    va_end(args);
    int rc = sim_put(dir, path, 0644, text.s, text.len, err);
    buf_clear(&text);
    return rc;
}

int sim_link(int dir, const char *path, const char *to, struct err *err)
{
    int rc = make_parent(dir, path, err);
    if (rc)
        return rc;
    if (unlinkat(dir, path, 0) && errno != ENOENT)
        return err_sys(err, -errno, "Could not replace %s of the simulated host", path);
    if (symlinkat(to, dir, path))
        return err_sys(err, -errno, "Could not link %s of the simulated host", path);
    return 0;
}
