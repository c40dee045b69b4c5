#include "tui/cli.h"

#include "backend/base/num.h"
#include "backend/base/text.h"
#include "backend/job/job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Following a job on the command line: its log on stdout, line by line and made harmless, with a heading and the
 * command before each step; on a terminal a line of progress on stderr, rewritten in place.
 */
struct follower {
    int id;
    struct plan *plan;
    struct job_follow *follow;
    struct buf line; /* the beginning of a line whose end has not come */
    int step;        /* that runs; -1: none */
    bool progress_shown, terminal;
    uint64_t last_bytes;
    int64_t last_ms;
    double rate;
};

#define LINE_MAX_SHOWN (64 * 1024)

static volatile sig_atomic_t interrupted; /* a signal's handler can reach nothing else */

static void on_signal(int signal_number)
{
    interrupted = signal_number;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void hide_progress(struct follower *f)
{
    if (f->progress_shown)
        fputs("\r\033[K", stderr);
    f->progress_shown = false;
}

static void flush_line(struct follower *f)
{
    struct buf shown = BUF_INIT;
    hide_progress(f);
    /* A tab is harmless, and Proxmox indents with it. */
    for (size_t at = 0; at <= f->line.len; at++) {
        const char *tab = memchr(f->line.s + at, '\t', f->line.len - at);
        size_t len = tab ? (size_t)(tab - f->line.s) - at : f->line.len - at;
        text_add_shown(&shown, f->line.s + at, len);
        at += len;
        if (at < f->line.len)
            buf_adds(&shown, "    ");
    }
    printf("%s\n", shown.s);
    buf_clear(&shown);
    buf_reset(&f->line);
}

/* A carriage return ends a line too: progress that redraws itself becomes lines. */
static void show_log(struct follower *f, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n' || f->line.len >= LINE_MAX_SHOWN)
            flush_line(f);
        if (bytes[i] == '\r' && i + 1 < len && bytes[i + 1] != '\n' && f->line.len)
            flush_line(f);
        else if (bytes[i] != '\n' && bytes[i] != '\r')
            buf_addch(&f->line, bytes[i]);
    }
}

static void show_step(struct follower *f, int step)
{
    struct buf command = BUF_INIT, title = BUF_INIT;
    if (step < 0 || (size_t)step >= f->plan->nsteps)
        return;
    argv_quote(&command, &f->plan->steps[step].argv);
    text_add_shown(&title, f->plan->steps[step].title, strlen(f->plan->steps[step].title));
    printf("── %d/%zu %s\n$ %s\n", step + 1, f->plan->nsteps, title.s, command.s);
    buf_clear(&command);
    buf_clear(&title);
    f->step = step;
    f->rate = 0;
    f->last_ms = 0;
}

static void show_mark(struct follower *f, const struct job_event *event)
{
    if (f->line.len)
        flush_line(f);
    hide_progress(f);
    if (strcmp(event->event, "begin") == 0) {
        show_step(f, event->step);
    } else if (strcmp(event->event, "undo-begin") == 0) {
        f->step = -1;
        if (event->step >= 0 && (size_t)event->step < f->plan->nsteps) {
            struct buf command = BUF_INIT;
            argv_quote(&command, &f->plan->steps[event->step].undo);
            printf("── undo %d/%zu\n$ %s\n", event->step + 1, f->plan->nsteps, command.s);
            buf_clear(&command);
        }
    } else if (strcmp(event->event, "end") == 0 && event->signal) {
        printf("step %d was ended by signal %d\n", event->step + 1, event->signal);
    } else if (strcmp(event->event, "end") == 0 && event->exit) {
        printf("step %d ended with exit code %d\n", event->step + 1, event->exit);
    } else if (event->text && *event->text) {
        struct buf shown = BUF_INIT;
        text_add_shown(&shown, event->text, strlen(event->text));
        printf("%s\n", shown.s);
        buf_clear(&shown);
    }
    if (strcmp(event->event, "end") == 0)
        f->step = -1;
}

/* The bar is bytes on disk: it stands still when they do. */
static void show_progress(struct follower *f)
{
    int64_t now = now_ms();
    if (!f->terminal || f->step < 0 || now - f->last_ms < 250)
        return;
    const struct plan_step *step = &f->plan->steps[f->step];
    uint64_t bytes = job_progress(step);
    if (bytes == HOST_UNKNOWN || !step->progress_total)
        return;
    if (bytes > step->progress_total)
        bytes = step->progress_total;
    if (f->last_ms && bytes >= f->last_bytes) {
        double rate = (double)(bytes - f->last_bytes) * 1000 / (double)(now - f->last_ms);
        f->rate = f->rate > 0 ? f->rate * 0.8 + rate * 0.2 : rate;
    }
    f->last_bytes = bytes;
    f->last_ms = now;

    struct buf out = BUF_INIT;
    int cells = (int)(bytes * 30 / step->progress_total);
    buf_adds(&out, "\r\033[K");
    for (int i = 0; i < 30; i++)
        buf_adds(&out, i < cells ? "#" : ".");
    buf_addf(&out, " %3d%%  ", (int)(bytes * 100 / step->progress_total));
    num_add_size4(&out, bytes);
    buf_adds(&out, " of ");
    num_add_size4(&out, step->progress_total);
    if (f->rate > 1) {
        buf_adds(&out, "  ");
        num_add_size4(&out, (uint64_t)f->rate);
        buf_adds(&out, "/s  ");
        num_add_duration(&out, (int64_t)((double)(step->progress_total - bytes) / f->rate));
        buf_adds(&out, " left");
    }
    fputs(out.s, stderr);
    buf_clear(&out);
    f->progress_shown = true;
}

/* Ctrl-C: asks where there is somebody to ask, else the job is left running. Returns an exit code, or -1 to go on. */
static int ask_what_to_do(struct follower *f)
{
    char answer[64] = "";
    hide_progress(f);
    if (interrupted != SIGINT || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        cli_say(0, "Job %d goes on. tengil-tui attach %d shows it, tengil-tui cancel %d cancels it.", f->id, f->id,
                f->id);
        return CLI_LEFT;
    }
    interrupted = 0;
    fprintf(stderr, "\nJob %d is running. l leave it running, c cancel it, Enter go on watching: ", f->id);
    if (!fgets(answer, sizeof(answer), stdin) || answer[0] == 'l') {
        cli_say(0, "Job %d goes on. tengil-tui attach %d shows it.", f->id, f->id);
        return CLI_LEFT;
    }
    if (answer[0] == 'c') {
        struct err err = {0};
        if (job_cancel(f->id, &err) && err.text[0])
            cli_say(0, "%s", err.text);
    }
    return -1;
}

static int tell_result(int id)
{
    static const int codes[] = {
        [JOB_DONE] = CLI_DONE,          [JOB_FAILED] = CLI_FAILED,      [JOB_CANCELLED] = CLI_CANCELLED,
        [JOB_INTERRUPTED] = CLI_FAILED, [JOB_UNDO_FAILED] = CLI_FAILED,
    };
    struct job job = {0};
    struct err err = {0};
    struct buf took = BUF_INIT;
    if (job_load(id, &job, &err))
        return cli_say(CLI_FAILED, "%s", err.text);
    num_add_duration(&took, (job.ended - job.began) / 1000);
    if (job.state == JOB_DONE)
        cli_say(0, "Job %d, %s: done in %s.%s%s", id, job.title, took.s, job.text ? " " : "", job.text ? job.text : "");
    else if (job.state == JOB_INTERRUPTED)
        cli_say(0, "Job %d, %s: interrupted at step %d of %d. tengil-tui cancel %d undoes what is left of it.", id,
                job.title, job.step + 1, job.nsteps, id);
    else
        cli_say(0, "Job %d, %s: %s at step %d of %d.", id, job.title, job_state_name(job.state), job.step + 1,
                job.nsteps);
    /* A sentence a line: the reason, then what an undo kept or left. */
    for (char *line = job.state == JOB_DONE ? NULL : job.text, *rest; line && *line; line = rest) {
        rest = line + strcspn(line, "\n");
        if (*rest)
            *rest++ = '\0';
        cli_say(0, "%s", line);
    }
    buf_clear(&took);
    int code = job_state_ended(job.state) ? codes[job.state] : CLI_LEFT;
    job_clear(&job);
    return code;
}

/* Everything that is new; -1: an error that was told. */
static int show_news(struct follower *f)
{
    struct job_event event;
    struct err err = {0};
    int rc, any = 0;
    while ((rc = job_follow_next(f->follow, &event, &err)) > 0) {
        any = 1;
        if (event.type == JOB_EVENT_LOG)
            show_log(f, event.bytes, event.len);
        else
            show_mark(f, &event);
    }
    if (rc < 0) {
        cli_say(0, "%s", err.text);
        return -1;
    }
    if (any)
        fflush(stdout);
    return any;
}

static int watch(struct follower *f)
{
    int looks = 0;

    for (;;) {
        /* The state is read before the log: what an ended job wrote is then all there. */
        struct job job = {0};
        struct err err = {0};
        if (job_load(f->id, &job, &err))
            return cli_say(CLI_FAILED, "%s", err.text);
        bool ended = job_state_ended(job.state);
        job_clear(&job);
        int news = show_news(f);
        if (news < 0)
            return CLI_FAILED;
        if (ended && !news) {
            if (f->line.len)
                flush_line(f);
            hide_progress(f);
            fflush(stdout);
            return tell_result(f->id);
        }
        if (interrupted) {
            int code = ask_what_to_do(f);
            if (code >= 0)
                return code;
        }
        show_progress(f);
        /* Looked at often in the beginning, so that a short job ends when it ends. */
        if (!news)
            poll(NULL, 0, looks++ < 200 ? 5 : 50);
    }
}

int cli_follow(int id)
{
    struct follower f = {.id = id, .line = BUF_INIT, .step = -1, .terminal = isatty(STDERR_FILENO)};
    struct sigaction action = {.sa_handler = on_signal};
    struct err err = {0};

    if (job_plan(id, &f.plan, &err) || job_follow_open(id, &f.follow, &err)) {
        plan_free(f.plan);
        return cli_say(CLI_USAGE, "%s", err.text);
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    int code = watch(&f);
    job_follow_free(f.follow);
    plan_free(f.plan);
    buf_clear(&f.line);
    return code;
}
