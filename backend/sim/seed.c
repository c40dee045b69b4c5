#include "backend/sim/demo.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/sim/put.h"
#include "backend/sim/seed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int sim_demo_listen(int *port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&address, len) || listen(fd, 64) ||
        getsockname(fd, (struct sockaddr *)&address, &len)) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

int sim_demo_write_config(int dir, int port, struct err *err)
{
    static const char *const names[] = {"docker.io", "ghcr.io"};
    struct buf text = BUF_INIT;
    buf_adds(&text, "# Settings of the demo: its own registry stands in for the public ones.\nregistries:\n");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        buf_addf(&text, "  %s:\n    mirror: 127.0.0.1:%d/%s\n    insecure: true\n", names[i], port, names[i]);
    int rc = sim_put(dir, "config.yaml", 0644, text.s, text.len, err);
    buf_clear(&text);
    return rc;
}

/* The tools under their names. The demo may be used from anywhere, so the links are absolute. */
static int link_tools(int dir, struct err *err)
{
    static const char *const tools[] = {"pct", "pveam", "pvesm", "pveversion"};
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (len < 0)
        return err_sys(err, -errno, "Could not learn where tengil-sim is");
    self[len] = '\0';
    int rc = 0;
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]) && !rc; i++) {
        char *path = mem_printf("bin/%s", tools[i]);
        rc = sim_link(dir, path, self, err);
        free(path);
    }
    return rc;
}

/* A port that is free now is written down, so that the settings can be read before the registry ever ran. */
static int choose_port(int dir, struct err *err)
{
    int port = 0, fd = sim_demo_listen(&port);
    if (fd < 0)
        return err_sys(err, fd, "Could not find a free port on 127.0.0.1 for the demo's registry");
    close(fd);
    int rc = sim_putf(dir, DEMO_PORT, err, "%d\n", port);
    return rc ? rc : sim_demo_write_config(dir, port, err);
}

static int open_below(int dir, const char *path, mode_t mode, struct err *err)
{
    if (mkdirat(dir, path, mode) && errno != EEXIST)
        return err_sys(err, -errno, "Could not make the folder %s of the demo", path);
    int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? err_sys(err, -errno, "Could not open the folder %s of the demo", path) : fd;
}

static int fill(int dir, bool empty, struct err *err)
{
    int rc = 0, cache, state, root;
    if ((cache = open_below(dir, "cache", 0700, err)) < 0)
        return cache;
    close(cache);
    if ((state = open_below(dir, "state", 0700, err)) < 0)
        return state;
    if ((root = open_below(dir, "root", 0755, err)) < 0) {
        close(state);
        return root;
    }
    static int (*const parts[])(int, bool, struct err *) = {seed_host, seed_storage, seed_ct_files};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !rc; i++)
        rc = parts[i](root, empty, err);
    if (!rc)
        rc = seed_devices(root, err);
    /* An empty host is for tests: they do not wait. */
    if (!rc && !empty)
        rc = sim_putf(root, ".sim/pace", err, "1\n");
    if (!rc && !empty)
        rc = seed_job_folders(state, err);
    close(root);
    close(state);
    if (!rc)
        rc = sim_put(dir, DEMO_LOCK, 0600, "", 0, err);
    if (!rc)
        rc = choose_port(dir, err);
    return rc ? rc : link_tools(dir, err);
}

/* Two programs may make the same demo at once: the second waits, and finds it made. The stamp comes last; a folder
 * that was left half made holds `.tengil-making` and is begun anew. */
static int make_demo(const char *path, bool empty, struct err *err)
{
    struct argv names = ARGV_INIT;
    if (mkdir(path, 0700) && errno != EEXIST)
        return err_sys(err, -errno, "Could not make the folder %s", path);
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return err_sys(err, -errno, "Could not open the folder %s", path);
    int rc = file_list(dir, ".", &names, err);
    bool made = argv_has(&names, DEMO_STAMP), begun = argv_has(&names, DEMO_MAKING);
    if (!rc && names.n && !made && !begun)
        rc = err_set(err, -ENOTEMPTY, "The folder %s holds other things. Name an empty one, or one that is not there.",
                     path);
    argv_clear(&names);
    int lock = rc || made ? -1 : lock_flock(dir, DEMO_MAKING, 60000, err);
    if (!rc && !made)
        rc = lock < 0 ? lock : 0;
    if (!rc && !made && faccessat(dir, DEMO_STAMP, F_OK, 0) != 0) {
        fchmod(dir, 0700);
        rc = fill(dir, empty, err);
        if (!rc)
            rc = sim_putf(dir, DEMO_STAMP, err, "A demo of tengil-tui. The whole folder can be removed.\n");
        if (!rc)
            unlinkat(dir, DEMO_MAKING, 0);
    }
    if (lock >= 0)
        close(lock);
    close(dir);
    return rc;
}

int sim_init(int argc, char **argv)
{
    struct err err = {0};
    const char *path = NULL;
    bool empty = false, bad = false;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--empty") == 0)
            empty = true;
        else if (path || argv[i][0] == '-')
            bad = true;
        else
            path = argv[i];
    }
    if (bad || !path) {
        fputs("usage: tengil-sim init DIR [--empty]\n", stderr);
        return 2;
    }
    if (make_demo(path, empty, &err) == 0)
        return 0;
    fprintf(stderr, "%s\n", err.text);
    return 1;
}
