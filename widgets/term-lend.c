#include "widgets/term-lend.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void reset_signals(void)
{
    sigset_t none;
    for (int sig = 1; sig < NSIG; sig++)
        if (sig != SIGKILL && sig != SIGSTOP)
            signal(sig, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_lent(int tty, char *const argv[], int told)
{
    signal(SIGTTOU, SIG_IGN);
    setpgid(0, 0);
    tcsetpgrp(tty, getpid());
    reset_signals();
    execvp(argv[0], argv);
    int code = errno;
    ssize_t n = write(told, &code, sizeof(code));
    (void)n;
    _exit(127);
}

/* ^Z in the child would leave nobody in front of the terminal: it goes on at once. */
static int wait_lent(pid_t pid)
{
    int status = 0;
    for (;;) {
        pid_t got = waitpid(pid, &status, WUNTRACED);
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got != pid)
            continue;
        if (!WIFSTOPPED(status))
            return status;
        kill(-pid, SIGCONT);
    }
}

int lend_terminal(int tty, char *const argv[])
{
    int told[2], code = 0, status;
    if (pipe2(told, O_CLOEXEC) < 0)
        return -errno;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGTTOU, &ignore, &before);
    pid_t pid = fork();
    if (pid == 0)
        run_lent(tty, argv, told[1]);
    close(told[1]);
    if (pid < 0) {
        status = -errno;
    } else {
        setpgid(pid, pid);
        tcsetpgrp(tty, pid);
        if (read(told[0], &code, sizeof(code)) != sizeof(code))
            code = 0;
        status = wait_lent(pid);
        tcsetpgrp(tty, getpgrp());
    }
    close(told[0]);
    sigaction(SIGTTOU, &before, NULL);
    return code ? -code : status;
}
