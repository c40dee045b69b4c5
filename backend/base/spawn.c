#include "backend/base/spawn.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int start(const struct argv *argv, int out, int errs, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t all, none;
    extern char **environ;

    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_adddup2(&files, errs, 2);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int rc = -posix_spawnp(pid, argv->v[0], &files, &attr, argv->v, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* Reads both pipes until both are at their end. */
static int collect(int fds[2], struct buf *const bufs[2], size_t max, int ms)
{
    int64_t end = now_ms() + ms;
    struct pollfd polls[2] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};

    while (polls[0].fd >= 0 || polls[1].fd >= 0) {
        int64_t left = end - now_ms();
        if (ms && left <= 0)
            return -ETIMEDOUT;
        int n = poll(polls, 2, ms ? (int)left : -1);
        if (n < 0 && errno != EINTR)
            return -errno;
        for (int i = 0; i < 2 && n > 0; i++) {
            char block[16384];
            if (!polls[i].revents)
                continue;
            ssize_t got = read(polls[i].fd, block, sizeof(block));
            if (got <= 0)
                polls[i].fd = -1;
            else if (bufs[i]->len + (size_t)got > max)
                return -EFBIG;
            else
                buf_add(bufs[i], block, (size_t)got);
        }
    }
    return 0;
}

int spawn_capture(const struct argv *argv, size_t max, int ms, struct spawn_result *result, struct err *err)
{
    int out[2] = {-1, -1}, errs[2] = {-1, -1};
    pid_t pid = 0;
    int status = 0;

    int rc = pipe2(out, O_CLOEXEC) || pipe2(errs, O_CLOEXEC) ? -errno : start(argv, out[1], errs[1], &pid);
    if (out[1] >= 0)
        close(out[1]);
    if (errs[1] >= 0)
        close(errs[1]);
    if (!rc) {
        rc = collect((int[]){out[0], errs[0]}, (struct buf *[]){&result->out, &result->errs}, max, ms);
        if (rc)
            kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    if (out[0] >= 0)
        close(out[0]);
    if (errs[0] >= 0)
        close(errs[0]);
    if (rc == -ENOENT)
        return err_set(err, rc, "%s is not installed.", argv->v[0]);
    if (rc == -ETIMEDOUT)
        return err_set(err, rc, "%s did not end within %d seconds.", argv->v[0], ms / 1000);
    if (rc == -EFBIG)
        return err_set(err, rc, "%s printed more than %zu bytes.", argv->v[0], max);
    if (rc)
        return err_sys(err, rc, "Could not run %s", argv->v[0]);
    result->exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return 0;
}

void spawn_result_clear(struct spawn_result *result)
{
    buf_clear(&result->out);
    buf_clear(&result->errs);
}

bool spawn_on_path(const char *name)
{
    const char *path = getenv("PATH");
    bool found = false;
    for (const char *p = path ? path : ""; *p && !found;) {
        size_t len = strcspn(p, ":");
        char *full = mem_printf("%.*s/%s", (int)len, p, name);
        found = len && access(full, X_OK) == 0;
        free(full);
        p += len + (p[len] == ':');
    }
    return found;
}
