#include "widgets/term-guard.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct {
    volatile sig_atomic_t armed;
    int fd, saved_stderr;
    struct termios shell;
    char bytes[1024];
    size_t len;
} guard = {.fd = -1, .saved_stderr = -1};

static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
static struct sigaction before[sizeof(fatal) / sizeof(fatal[0])];

void guard_arm(int fd, const struct termios *shell, int saved_stderr)
{
    guard.fd = fd;
    guard.shell = *shell;
    guard.saved_stderr = saved_stderr;
    guard.armed = 1;
}

void guard_add(const char *bytes, size_t len)
{
    if (len > sizeof(guard.bytes) - guard.len)
        return;
    memcpy(guard.bytes + guard.len, bytes, len);
    guard.len += len;
}

void guard_reset(void)
{
    guard.len = 0;
}

void guard_disarm(void)
{
    guard.armed = 0;
}

void guard_fire(void)
{
    if (!guard.armed)
        return;
    guard.armed = 0;
    struct pollfd fd = {.fd = guard.fd, .events = POLLOUT};
    if (poll(&fd, 1, 0) == 0)
        tcflush(guard.fd, TCOFLUSH);
    size_t at = 0;
    while (at < guard.len) {
        ssize_t n = write(guard.fd, guard.bytes + at, guard.len - at);
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    tcsetattr(guard.fd, TCSANOW, &guard.shell);
    if (guard.saved_stderr >= 0)
        dup2(guard.saved_stderr, STDERR_FILENO);
}

/* Whoever had the signal before us (a sanitizer, the default) gets it again when this returns. */
static void on_fatal(int sig)
{
    guard_fire();
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
        sigaction(fatal[i], &before[i], NULL);
    raise(sig);
}

void guard_catch(void)
{
    /* A stack of its own: an overflow of the stack is one of the causes. */
    static char stack[16384];
    static bool caught;
    stack_t own = {.ss_sp = stack, .ss_size = sizeof(stack)};
    if (caught)
        return;
    caught = true;
    sigaltstack(&own, NULL);
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
        struct sigaction act = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK};
        sigemptyset(&act.sa_mask);
        sigaction(fatal[i], &act, &before[i]);
    }
}
