#include "backend/job/verb.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "backend/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void verb_say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

int verb_fail(const struct err *err)
{
    verb_say("%s", err->text);
    return 1;
}

int verb_vmid(const char *word)
{
    int64_t vmid = 0;

    return word && num_parse(word, 100, 999999999, &vmid) ? (int)vmid : 0;
}

bool verb_plan_ok(const char *word)
{
    return strlen(word) == 16 && strspn(word, "0123456789abcdef") == 16;
}

bool verb_pull_ok(const char *path)
{
    char *pulls = mem_printf("%s/pull/", places_cache());
    const char *name = NULL;
    bool ok = text_starts(path, pulls, &name) && *name && !strchr(name, '/') && name[0] != '.';

    free(pulls);
    return ok;
}

int verb_call(const char *tool, ...)
{
    struct argv argv = ARGV_INIT;
    const char *word;
    extern char **environ;
    va_list args;
    int status = 0;
    pid_t pid;

    argv_push(&argv, tool);
    va_start(args, tool);
    while ((word = va_arg(args, const char *)))
        argv_push(&argv, word);
    va_end(args);
    int rc = posix_spawnp(&pid, tool, NULL, NULL, argv.v, environ);
    if (rc != 0)
        verb_say("%s could not be started: %s.", tool, strerrordesc_np(rc));
    else
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    argv_clear(&argv);
    if (rc != 0)
        return 127;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Opens the folder, and makes it and those above it when they are missing and `make` says so. */
static int open_folder(const struct root *root, const char *path, bool make)
{
    int fd = root_openat(root, *path ? path : "/", O_RDONLY | O_DIRECTORY, 0);
    char *slash;

    if (fd != -ENOENT || !make || !(slash = strrchr(path, '/')))
        return fd;
    char *above = mem_dup(path, (size_t)(slash - path));
    int parent = open_folder(root, above, true);
    free(above);
    if (parent < 0)
        return parent;
    int rc = mkdirat(parent, slash + 1, 0755) && errno != EEXIST ? -errno : 0;
    close(parent);
    return rc ? rc : root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
}

int verb_parent(const struct root *root, const char *path, bool make, const char **name, struct err *err)
{
    const char *slash = strrchr(path, '/');

    if (path[0] != '/' || !slash[1] || strcmp(slash, "/..") == 0 || strcmp(slash, "/.") == 0)
        return err_set(err, -EINVAL, "%s is not the absolute path of a file.", path);
    char *folder = mem_dup(path, (size_t)(slash - path));
    int fd = open_folder(root, folder, make);
    if (fd < 0)
        err_sys(err, fd, "Could not open the folder %s", *folder ? folder : "/");
    free(folder);
    *name = slash + 1;
    return fd;
}
