#include "backend/sim/tasklog.h"

#include "backend/base/file.h"
#include "backend/sim/state.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define TASKS    "/var/log/pve/tasks"
#define FINISHED 25 /* tasks that have ended which `active` keeps */

/* When the process began, in clock ticks since boot: part of its name. */
static unsigned long long begin_of(pid_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    char *at = strrchr(text, ')');
    /* The name ends in the last bracket; the twentieth field behind it is the time. */
    for (int i = 0; i < 20 && at != NULL; i++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoull(at, NULL, 10) : 0;
}

/* Replaces the task's line in `active`; finished ones beyond the newest few go. */
static void set_active(const struct sim *s, const char *upid, const char *rest)
{
    struct buf old = BUF_INIT, out = BUF_INIT;
    int finished = 0;
    sim_make_dir(s, TASKS);
    int lock = sim_open(s, TASKS "/.active.lock", O_RDWR | O_CREAT, 0600);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    sim_read(s, TASKS "/active", &old);
    buf_addf(&out, "%s %s\n", upid, rest);
    char *text = old.s, *line;
    while ((line = strsep(&text, "\n")) != NULL) {
        char *blank = strchr(line, ' ');
        size_t len = blank != NULL ? (size_t)(blank - line) : 0;
        if (len == 0 || (len == strlen(upid) && memcmp(line, upid, len) == 0))
            continue;
        if (blank[1] == '0' || finished++ < FINISHED)
            buf_addf(&out, "%s\n", line);
    }
    sim_write(s, TASKS "/active", 0640, out.s, out.len);
    if (lock >= 0)
        close(lock);
    buf_clear(&out);
}

void sim_task_begin(const struct sim *s, struct sim_task *t, pid_t pid, const char *type, long long vmid)
{
    char path[256];
    unsigned long now = (unsigned long)time(NULL);
    snprintf(t->upid, sizeof(t->upid), "UPID:%s:%08lX:%08llX:%08lX:%s:%lld:root@pam:", s->node, (unsigned long)pid,
             begin_of(pid), now, type, vmid);
    snprintf(path, sizeof(path), TASKS "/%lX", now & 15);
    sim_make_dir(s, path);
    snprintf(path, sizeof(path), TASKS "/%lX/%s", now & 15, t->upid);
    t->log = sim_open(s, path, O_WRONLY | O_CREAT | O_APPEND, 0640);
    set_active(s, t->upid, "0");
}

void sim_task_end(const struct sim *s, struct sim_task *t, const char *status)
{
    struct buf line = BUF_INIT;
    bool ok = strcmp(status, "OK") == 0;
    buf_addf(&line, ok ? "TASK OK\n" : "TASK ERROR: %s\n", status);
    if (t->log >= 0) {
        file_write_all(t->log, line.s, line.len);
        close(t->log);
    }
    buf_reset(&line);
    buf_addf(&line, "1 %08lX %s", (unsigned long)time(NULL), status);
    set_active(s, t->upid, line.s);
    buf_reset(&line);
    buf_addf(&line, "%s %08lX %s\n", t->upid, (unsigned long)time(NULL), status);
    sim_append(s, TASKS "/index", line.s);
    buf_clear(&line);
}
