#include "backend/sim/registry.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/num.h"
#include "backend/base/text.h"
#include "backend/sim/demo.h"
#include "backend/sim/put.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * `tengil-sim registry DIR`: the caller returns once the registry listens; the registry itself is a child that has
 * nothing of the caller's but the folder, and that ends when nobody holds DIR/lock any more. While it runs it holds
 * DIR/registry.lock.
 */
#define START_MS 15000

static void sleep_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

/* The port of the last time, 0 when there was none. */
static int last_port(int dir)
{
    struct buf text = BUF_INIT;
    int64_t port = 0;
    if (file_read(dir, DEMO_PORT, 64, &text, NULL) == 0 && !num_parse(text_trim(text.s), 1, 65535, &port))
        port = 0;
    buf_clear(&text);
    return (int)port;
}

static bool answers(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes = fd >= 0 && port && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    if (fd >= 0)
        close(fd);
    return yes;
}

/* Listens where it did the last time if that is free, so that settings and logs of the demo stay true, and writes down
 * where. Returns the socket. */
static int open_port(int dir, struct err *err)
{
    int port = last_port(dir), fd = sim_demo_listen(&port);
    if (fd == -EADDRINUSE) {
        port = 0;
        fd = sim_demo_listen(&port);
    }
    if (fd < 0)
        return err_sys(err, fd, "The demo's registry could not listen on 127.0.0.1");
    int rc = sim_demo_write_config(dir, port, err);
    if (!rc)
        rc = sim_putf(dir, DEMO_PORT, err, "%d\n", port);
    if (!rc)
        return fd;
    close(fd);
    return rc;
}

static bool paced(void *context)
{
    char c = 0;
    int fd = openat(*(int *)context, "root/.sim/pace", O_RDONLY | O_CLOEXEC);
    bool yes = fd >= 0 && read(fd, &c, 1) == 1 && c == '1';
    if (fd >= 0)
        close(fd);
    return yes;
}

static volatile sig_atomic_t asked_to_end;

static void on_signal(int number)
{
    (void)number;
    asked_to_end = 1;
}

/* Waits until nobody holds the folder's lock, which is then ours, or until the folder is gone. */
static int wait_for_last_holder(int dir)
{
    int fd;
    do {
        sleep_ms(1000);
        fd = lock_flock(dir, DEMO_LOCK, 0, NULL);
    } while (fd == -ETIMEDOUT && !asked_to_end);
    return fd;
}

/* Runs from "it listens" (said on `ready`) to the end; *holder then has the folder's lock. */
static int serve(int dir, int ready, int *holder, struct err *err)
{
    struct reg_store *store = NULL;
    struct reg_server *server = NULL;
    int listener = -1, store_dir = -1, log = -1, rc = file_make_dirs(dir, "registry", 0755, err);
    if (rc)
        return rc;
    store_dir = openat(dir, "registry", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    log = openat(dir, "registry.log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (store_dir < 0 || log < 0)
        rc = err_sys(err, -errno, "The demo's registry could not open its files");
    if (!rc)
        rc = listener = open_port(dir, err);
    if (rc >= 0) {
        rc = 0;
        store = reg_store_open(store_dir);
        server = reg_server_start(listener, store, log, paced, &dir, err);
        listener = -1; /* the server's now */
        if (!server)
            rc = -EIO;
    }
    if (!rc && write(ready, "", 1) == 1) {
        close(ready);
        *holder = wait_for_last_holder(dir);
    }
    reg_server_stop(server);
    reg_store_close(store);
    close(store_dir);
    close(log);
    return rc;
}

/* Nothing of the caller's stays open: its terminal would never hang up, and its lock never end. */
static int leave_caller(int keep_dir, int keep_ready)
{
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || setsid() < 0)
        return -errno;
    for (int i = 0; i < 3; i++)
        dup2(null, i);
    if (keep_dir < 3 || keep_ready < 3)
        return -EBADF;
    unsigned low = (unsigned)(keep_dir < keep_ready ? keep_dir : keep_ready);
    unsigned high = (unsigned)(keep_dir < keep_ready ? keep_ready : keep_dir);
    if (low > 3)
        close_range(3, low - 1, 0);
    if (high > low + 1)
        close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0u, 0);
    return chdir("/") ? -errno : 0;
}

static int run_registry(int dir, int ready)
{
    struct err err = {0};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);

    int holder = -1, lock = -1, rc = leave_caller(dir, ready);
    if (rc)
        err_sys(&err, rc, "The demo's registry could not leave its caller");
    if (!rc)
        rc = lock = lock_flock(dir, DEMO_REGISTRY_LOCK, 0, &err);
    if (rc >= 0)
        rc = serve(dir, ready, &holder, &err);
    if (rc == -ETIMEDOUT)
        return 0;
    if (rc < 0)
        (void)file_write_all(ready, err.text, strlen(err.text));
    /* In this order: who gets the folder's lock next must not find registry.lock held by one that is about to go. */
    close(lock);
    close(holder);
    return rc < 0;
}

/* What the child said: 0 it serves, 1 another one does, negative it failed. */
static int hear(int ready, struct err *err)
{
    struct buf said = BUF_INIT;
    int rc = file_read_fd(ready, ERR_TEXT_MAX, &said);
    if (!rc && said.len == 0)
        rc = 1;
    else if (!rc && said.s[0])
        rc = err_set(err, -EIO, "%s", said.s);
    buf_clear(&said);
    return rc;
}

static int start(int dir, struct err *err)
{
    int pipe_fds[2];
    if (pipe2(pipe_fds, O_CLOEXEC))
        return err_sys(err, -errno, "Could not start the demo's registry");
    pid_t child = fork();
    if (child < 0) {
        int rc = -errno;
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        return err_sys(err, rc, "Could not start the demo's registry");
    }
    if (child == 0)
        _exit(run_registry(dir, pipe_fds[1]));
    close(pipe_fds[1]);
    int rc = hear(pipe_fds[0], err);
    close(pipe_fds[0]);
    return rc;
}

int sim_registry(int argc, char **argv)
{
    struct err err = {0};
    struct stat stamp;
    if (argc != 1) {
        fputs("usage: tengil-sim registry DIR\n", stderr);
        return 2;
    }
    int dir = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || fstatat(dir, DEMO_STAMP, &stamp, 0)) {
        fprintf(stderr, "%s is not a folder of the demo. `tengil-sim init %s` makes it one.\n", argv[0], argv[0]);
        return 1;
    }
    int rc = start(dir, &err);
    /* Another one runs: it may be starting still, or be ending. */
    for (int waited = 0; rc == 1 && waited < START_MS; waited += 50) {
        if (answers(last_port(dir)))
            rc = 0;
        else {
            sleep_ms(50);
            rc = start(dir, &err);
        }
    }
    close(dir);
    if (rc == 1)
        err_set(&err, -EBUSY, "The demo's registry has been starting for %d seconds.", START_MS / 1000);
    if (rc)
        fprintf(stderr, "%s\n", err.text);
    return rc ? 1 : 0;
}
