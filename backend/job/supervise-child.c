#include "backend/job/supervise.h"

#include "backend/base/num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A process that outlives its step is mentioned after this time. */
#define STRAY_NOTE_MS 5000

static int64_t ticks_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* --- stop policies ------------------------------------------------------------------------------------------------ */

/* The signals in order, `gap` apart; the last one is repeated. See enum plan_stop for the reasons. */
struct policy {
    int signals[5];
    int n;
    int gap_ms;
    bool group; /* to all of the step's processes, or to its first one only, which passes it on as it sees fit */
};

static const struct policy policies[] = {
    [PLAN_STOP_PROGRAM] = {.signals = {SIGTERM, SIGKILL}, .n = 2, .gap_ms = 5000, .group = true},
    [PLAN_STOP_PCT] = {.signals = {SIGTERM, SIGTERM, SIGTERM, SIGTERM, SIGKILL}, .n = 5, .gap_ms = 20000},
};

/* Tests are in a hurry. */
static int gap_of(const struct policy *policy)
{
    const char *value = getenv("TENGIL_STOP_MS");
    int64_t ms;

    return value && num_parse(value, 1, 3600 * 1000, &ms) ? (int)ms : policy->gap_ms;
}

struct stopping {
    const struct policy *policy;
    int asked;   /* signals sent so far */
    int64_t due; /* when the next one is sent; 0: none is */
};

/* The signal that is due now; 0: none. */
static int next_signal(struct stopping *stop)
{
    if (!stop->due || ticks_ms() < stop->due)
        return 0;
    int i = stop->asked < stop->policy->n ? stop->asked : stop->policy->n - 1;
    stop->asked++;
    stop->due = ticks_ms() + gap_of(stop->policy);
    return stop->policy->signals[i];
}

static void begin_stop(struct stopping *stop)
{
    stop->asked = 0;
    stop->due = ticks_ms();
}

/* --- start ----------------------------------------------------------------------------------------------------------
 */

static void run_step(const struct supervisor *s, const struct argv *argv, int failure, pid_t parent)
    __attribute__((noreturn));
static void run_step(const struct supervisor *s, const struct argv *argv, int failure, pid_t parent)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;
    int errnum;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    setsid();
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &plain, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(s->null, 0) >= 0 && dup2(s->log, 1) >= 0 && dup2(s->log, 2) >= 0)
        execvp(argv->v[0], argv->v);
    errnum = errno;
    if (write(failure, &errnum, sizeof(errnum)) < 0)
        _exit(126);
    _exit(127);
}

/* Returns the pid, or 0 with `ended` filled. A child that could not become the program is reaped later. */
static pid_t start(const struct supervisor *s, const struct argv *argv, struct ended *ended)
{
    int failure[2], errnum = 0;

    *ended = (struct ended){0};
    if (pipe2(failure, O_CLOEXEC)) {
        *ended = (struct ended){.exit = 127, .exec = errno};
        return 0;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        run_step(s, argv, failure[1], parent);
    if (pid < 0)
        *ended = (struct ended){.exit = 127, .exec = errno};
    close(failure[1]);
    if (pid > 0) {
        ssize_t got;
        do
            got = read(failure[0], &errnum, sizeof(errnum));
        while (got < 0 && errno == EINTR);
        if (got == (ssize_t)sizeof(errnum))
            *ended = (struct ended){.exit = 127, .exec = errnum};
    }
    close(failure[0]);
    return pid > 0 ? pid : 0;
}

/* --- wait --------------------------------------------------------------------------------------------------------- */

static void note_end(struct ended *ended, int status)
{
    if (ended->exec)
        return;
    ended->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ended->exit = WIFSIGNALED(status) ? 128 + ended->signal : WEXITSTATUS(status);
}

/* Takes what has ended. *pid becomes 0 when the step's own process did. True when no child is left, strays included:
 * a subreaper is given the grandchildren whose parents died. */
static bool reap(pid_t *pid, struct ended *ended)
{
    for (;;) {
        int status;
        pid_t got = waitpid(-1, &status, WNOHANG);
        if (got < 0 && errno == ECHILD)
            return true;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        if (got == *pid) {
            note_end(ended, status);
            *pid = 0;
        }
    }
}

/* Sends a signal to every child there is now: all are strays. */
static void signal_strays(int sig)
{
    static char list[4096];
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);

    if (fd >= 0)
        close(fd);
    if (len <= 0)
        return;
    list[len] = '\0';
    /* Of a list that did not fit the last number may be cut; the rest has its turn at the next signal. */
    if (len == (ssize_t)sizeof(list) - 1)
        *(strrchr(list, ' ') ? strrchr(list, ' ') : list) = '\0';
    for (char *p = list, *end; *p; p = end) {
        long pid = strtol(p, &end, 10);
        if (end == p)
            break;
        if (pid > 1)
            kill((pid_t)pid, sig);
        end += strspn(end, " ");
    }
}

static void cancel(struct supervisor *s)
{
    s->cancelled = true;
    record_mark(s, "cancel", s->step, NULL, NULL);
    record_state(s, JOB_CANCELLING);
}

bool child_cancel_asked(struct supervisor *s, int ms)
{
    sigset_t term;
    struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (sigtimedwait(&term, NULL, &wait) == SIGTERM && !s->cancelled)
        cancel(s);
    return s->cancelled;
}

/* Sleeps until a child ended, a cancel came or the next signal of the policy is due. True: a cancel came. */
static bool sleep_until(const struct supervisor *s, int64_t due)
{
    int64_t left = due ? due - ticks_ms() : 0;
    struct timespec wait = {0};

    if (left > 0)
        wait = (struct timespec){.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    return sigtimedwait(&s->signals, NULL, due ? &wait : NULL) == SIGTERM;
}

/* Told once: a job that seems to hang has a reason that can be seen. */
static void note_strays(struct supervisor *s, int64_t *due)
{
    if (!*due || ticks_ms() < *due)
        return;
    *due = 0;
    record_mark(s, "note", s->step, NULL, "The step has ended, but a process that it left behind still runs.");
}

static int64_t sooner(int64_t a, int64_t b)
{
    if (!a || !b)
        return a ? a : b;
    return a < b ? a : b;
}

void child_run(struct supervisor *s, const struct argv *argv, const enum plan_stop *policy, struct ended *ended)
{
    struct stopping stop = {.policy = policy ? &policies[*policy] : NULL};
    pid_t pid = start(s, argv, ended);
    bool strays = false;
    int64_t note = 0;

    while (!reap(&pid, ended)) {
        if (pid == 0 && !strays) {
            strays = true;
            note = ticks_ms() + STRAY_NOTE_MS;
            if (policy && s->cancelled)
                begin_stop(&stop);
        }
        note_strays(s, &note);
        int sig = policy ? next_signal(&stop) : 0;
        if (sig && strays)
            signal_strays(sig);
        else if (sig)
            kill(stop.policy->group ? -pid : pid, sig);
        /* A second request, and any during an undo, changes nothing. */
        if (sleep_until(s, sooner(stop.due, note)) && policy && !s->cancelled) {
            cancel(s);
            begin_stop(&stop);
        }
    }
}

/* --- orphans ------------------------------------------------------------------------------------------------------ */

static bool has_open(const char *pid, const struct stat *log)
{
    for (int fd = 1; fd <= 2; fd++) {
        char path[64];
        struct stat st;
        snprintf(path, sizeof(path), "/proc/%.16s/fd/%d", pid, fd);
        if (stat(path, &st) == 0 && st.st_dev == log->st_dev && st.st_ino == log->st_ino)
            return true;
    }
    return false;
}

/* Sends a signal to the processes whose output goes to the job's log. */
static void signal_orphans(const struct supervisor *s, int sig)
{
    struct stat log;
    DIR *proc = opendir("/proc");
    int64_t pid;

    if (!proc || fstat(s->log, &log)) {
        if (proc)
            closedir(proc);
        return;
    }
    for (struct dirent *e; (e = readdir(proc));)
        if (num_parse(e->d_name, 2, INT32_MAX, &pid) && pid != getpid() && has_open(e->d_name, &log))
            kill((pid_t)pid, sig);
    closedir(proc);
}

void child_end_orphans(struct supervisor *s, enum plan_stop policy)
{
    struct stopping stop = {.policy = &policies[policy]};
    struct timespec pause = {.tv_nsec = 50 * 1000000};

    /* The steps share the log's flock, so it is free when the last of them has let go of the log. They got a SIGTERM
     * when their supervisor died, so they have some time before the next. */
    stop.due = ticks_ms() + gap_of(stop.policy);
    while (flock(s->log, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
        int sig = next_signal(&stop);
        if (sig)
            signal_orphans(s, sig);
        nanosleep(&pause, NULL);
    }
}
