#include "backend/sim/worker.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/sim/fault.h"
#include "backend/sim/tasklog.h"
#include "backend/sim/title.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Signals that the parent passes on before it turns to SIGKILL. */
#define GENTLE 3

static volatile sig_atomic_t worker_pid, signals_passed;

static void pass_on(int sig)
{
    (void)sig;
    if (worker_pid > 0)
        kill(-(pid_t)worker_pid, signals_passed++ < GENTLE ? SIGTERM : SIGKILL);
}

static void interrupt(int sig)
{
    (void)sig;
    sim_interrupted = 1;
}

static void on(int sig, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(sig, &action, NULL);
}

/* The pipes between the two: what the worker prints, how it ends, that it is ready, and its name, which is leave to
 * begin. */
struct pipes {
    int out[2], control[2], ready[2], begin[2];
};

/* Signals wait while the two get ready, so that none is lost and none hits the wrong one. */
static void hold_signals(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigprocmask(how, &set, NULL);
}

static void work_in_child(struct sim *s, struct pipes *p, int (*work)(struct sim *, void *), void *data)
{
    struct buf end = BUF_INIT;
    char title[256] = "task ";
    setsid();
    on(SIGTERM, interrupt);
    on(SIGINT, interrupt);
    on(SIGQUIT, SIG_IGN);
    on(SIGHUP, SIG_IGN);
    on(SIGPIPE, SIG_IGN);
    hold_signals(SIG_UNBLOCK);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(p->out[1], STDOUT_FILENO);
    dup2(p->out[1], STDERR_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(p->out[0]);
    close(p->out[1]);
    close(p->control[0]);
    close(p->begin[1]);
    file_write_all(p->ready[1], "", 1);
    close(p->ready[1]);
    if (read(p->begin[0], title + 5, sizeof(title) - 6) <= 0)
        _exit(1);
    sim_title_set(title);
    close(p->begin[0]);
    if (work(s, data) < 0)
        sim_tell(s, &end);
    else
        buf_adds(&end, "OK");
    fflush(stdout);
    file_write_all(p->control[1], end.s, end.len);
    _exit(0);
}

/* Copies what comes until the worker's end of the pipe closes. False when our own stdout is gone. */
static bool copy_output(int from, int log)
{
    char bytes[8192];
    for (;;) {
        ssize_t n = read(from, bytes, sizeof(bytes));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        if (log >= 0)
            file_write_all(log, bytes, (size_t)n);
        if (file_write_all(STDOUT_FILENO, bytes, (size_t)n) < 0)
            return false;
    }
}

static void read_end(int control, struct buf *end)
{
    char bytes[4096];
    for (;;) {
        ssize_t n = read(control, bytes, sizeof(bytes));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        buf_add(end, bytes, (size_t)n);
    }
}

/* An error is told on one line: line feeds inside it become blanks, those at its end go. */
static void one_line(struct buf *end)
{
    while (end->len > 0 && end->s[end->len - 1] == '\n')
        buf_cut(end, end->len - 1);
    for (size_t i = 0; i < end->len; i++) {
        if (end->s[i] == '\n')
            end->s[i] = ' ';
    }
}

/* The parent's part. 0, or -1 after sim_fail. */
static int follow(struct sim *s, struct sim_task *t, struct pipes *p, pid_t pid)
{
    struct buf end = BUF_INIT;
    if (!copy_output(p->out[0], t->log)) {
        kill(-pid, SIGTERM);
        sim_task_end(s, t, "broken pipe ");
        return sim_fail(s, "broken pipe \n");
    }
    read_end(p->control[0], &end);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (strcmp(end.s, "OK") == 0) {
        sim_task_end(s, t, "OK");
        return 0;
    }
    if (end.len == 0)
        buf_adds(&end, "got unexpected control message:  ");
    else
        one_line(&end);
    if (t->log >= 0 && strstr(end.s, "received interrupt") != NULL)
        file_write_all(t->log, "\n", 1);
    sim_task_end(s, t, end.s);
    return sim_fail(s, "%s\n", end.s);
}

int sim_worker(struct sim *s, const char *type, long long vmid, int (*work)(struct sim *s, void *data), void *data)
{
    struct pipes p;
    struct sim_task task;
    char byte;
    fflush(stdout);
    if (pipe2(p.out, O_CLOEXEC) || pipe2(p.control, O_CLOEXEC) || pipe2(p.ready, O_CLOEXEC) ||
        pipe2(p.begin, O_CLOEXEC))
        return sim_fail(s, "pipe failed - %s\n", strerror(errno));
    hold_signals(SIG_BLOCK);
    pid_t pid = fork();
    if (pid < 0)
        return sim_fail(s, "fork failed - %s\n", strerror(errno));
    if (pid == 0)
        work_in_child(s, &p, work, data);
    worker_pid = pid;
    on(SIGTERM, pass_on);
    on(SIGINT, pass_on);
    on(SIGQUIT, pass_on);
    on(SIGPIPE, SIG_IGN);
    close(p.out[1]);
    close(p.control[1]);
    close(p.ready[1]);
    close(p.begin[0]);
    ssize_t n = read(p.ready[0], &byte, 1); /* without it the worker is dead, which follow() tells */
    (void)n;
    close(p.ready[0]);
    hold_signals(SIG_UNBLOCK);
    sim_task_begin(s, &task, pid, type, vmid);
    file_write_all(p.begin[1], task.upid, strlen(task.upid));
    close(p.begin[1]);
    int rc = follow(s, &task, &p, pid);
    close(p.out[0]);
    close(p.control[0]);
    return rc;
}

int sim_worker_lenient(struct sim *s, const char *type, long long vmid, int (*work)(struct sim *s, void *data),
                       void *data)
{
    if (sim_worker(s, type, vmid, work, data) < 0) {
        fputs(s->error.s, stderr);
        return 0;
    }
    return 0;
}
