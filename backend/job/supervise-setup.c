#include "backend/job/supervise.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/job/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the report --------------------------------------------------------------------------------------------------- */

static void report(struct supervisor *s, const char *line)
{
    if (s->report < 0)
        return;
    file_write_all(s->report, line, strlen(line));
    close(s->report);
    s->report = -1;
}

int report_error(struct supervisor *s, const struct err *err, int rc)
{
    char line[ERR_TEXT_MAX + 64];

    if (s->report < 0)
        dprintf(2, "%s\n", err->text);
    snprintf(line, sizeof(line), REPORT_ERROR " %d %s\n", -rc, err->text);
    report(s, line);
    return rc;
}

void report_busy(struct supervisor *s, const char *claim, pid_t holder)
{
    char line[512];

    snprintf(line, sizeof(line), REPORT_BUSY " %s %ld\n", claim, (long)holder);
    report(s, line);
}

void report_started(struct supervisor *s)
{
    char line[64];

    snprintf(line, sizeof(line), REPORT_STARTED " %d\n", s->id);
    report(s, line);
}

/* --- what is opened and read before step 1 --------------------------------------------------------------------------
 */

static int open_in(struct supervisor *s, const char *name, int flags, int *fd, struct err *err)
{
    *fd = openat(s->dir, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    return *fd < 0 ? err_sys(err, -errno, "Could not open %s/%s", s->path, name) : 0;
}

/* A mark that was cut off by a crash must not swallow the next one. */
static void end_last_line(struct supervisor *s)
{
    struct stat st;
    char last = '\n';

    if (fstat(s->marks, &st) == 0 && st.st_size > 0 && pread(s->marks, &last, 1, st.st_size - 1) == 1 && last != '\n')
        file_write_all(s->marks, "\n", 1);
}

/* What is left of an interrupted job. One that has ended is not touched. */
static int read_past(struct supervisor *s, struct err *err)
{
    struct job_state_file file = {0};
    int64_t done_at = 0;
    int rc = job_state_read(s->dir, &file, err);

    if (rc == 0)
        rc = job_marks_read(s->dir, s->plan->nsteps, s->begun, &done_at, err);
    if (rc == 0 && (job_state_ended(file.state) || done_at))
        rc = err_set(err, -EALREADY, "The job has ended already.");
    if (rc == 0) {
        s->began = file.began;
        s->step = file.step;
        if (file.text && file.state == JOB_UNDOING)
            record_text(s, "%.*s", (int)strcspn(file.text, "\n"), file.text);
        else
            record_text(s, "The job was interrupted: its supervisor was killed.");
    }
    free(file.text);
    return rc;
}

static int open_files(struct supervisor *s, bool undo, struct err *err)
{
    struct stat st;
    int rc;

    if (!undo && fstatat(s->dir, JOB_MARKS, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return err_set(err, -EEXIST, "The job in %s was run before.", s->path);
    if ((rc = open_in(s, JOB_LOG, O_RDWR | O_CREAT | O_APPEND, &s->log, err)) < 0 ||
        (rc = open_in(s, JOB_MARKS, O_RDWR | O_CREAT | O_APPEND, &s->marks, err)) < 0)
        return rc;
    s->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (s->null < 0)
        return err_sys(err, -errno, "Could not open /dev/null");
    if (undo)
        end_last_line(s);
    else
        flock(s->log, LOCK_EX | LOCK_NB);
    return 0;
}

static void prepare_process(struct supervisor *s)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, plain = {.sa_handler = SIG_DFL};

    sigaction(SIGHUP, &ignore, NULL);
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGQUIT, &ignore, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGTERM, &plain, NULL);
    sigaction(SIGCHLD, &plain, NULL);
    sigemptyset(&s->signals);
    sigaddset(&s->signals, SIGTERM);
    sigaddset(&s->signals, SIGCHLD);
    sigprocmask(SIG_SETMASK, &s->signals, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    umask(022);
}

static int open_job(struct supervisor *s, bool undo, struct err *err)
{
    int rc;

    s->dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir < 0)
        return err_sys(err, -errno, "Could not open the job folder %s", s->path);
    s->lock = lock_take(s->dir, JOB_LOCK, err);
    if (s->lock < 0)
        return s->lock;
    if ((rc = job_plan_read(s->dir, &s->plan, err)) < 0)
        return rc;
    s->begun = mem_zero(s->plan->nsteps + 1, sizeof(*s->begun));
    if (undo && (rc = read_past(s, err)) < 0)
        return rc;
    return open_files(s, undo, err);
}

int setup_open(struct supervisor *s, const char *folder, int report_fd, bool undo)
{
    struct err err = {0};
    const char *name = strrchr(folder, '/') ? strrchr(folder, '/') + 1 : folder;

    *s = (struct supervisor){
        .dir = -1, .lock = -1, .log = -1, .marks = -1, .null = -1, .report = report_fd, .path = folder};
    s->id = job_number(name);
    s->began = job_now_ms();
    if (report_fd >= 0)
        fcntl(report_fd, F_SETFD, FD_CLOEXEC);
    buf_init(&s->text);
    buf_init(&s->line);
    buf_init(&s->words);
    buf_reserve(&s->text, 12 << 10);
    buf_reserve(&s->line, 40 << 10);
    buf_reserve(&s->words, 4 << 10);
    prepare_process(s);
    int rc = open_job(s, undo, &err);
    return rc < 0 ? report_error(s, &err, rc) : 0;
}

void setup_close(struct supervisor *s)
{
    int fds[] = {s->marks, s->log, s->null, s->lock, s->dir};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    plan_free(s->plan);
    claims_drop(s);
    free(s->claims);
    free(s->begun);
    buf_clear(&s->text);
    buf_clear(&s->line);
    buf_clear(&s->words);
}

/* --- the number ----------------------------------------------------------------------------------------------------
 */

static int highest(const char *jobs)
{
    struct argv names = ARGV_INIT;
    int folder = open(jobs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int most = folder < 0 ? 0 : job_last_number(folder);

    if (folder >= 0)
        close(folder);
    file_list(AT_FDCWD, jobs, &names, NULL);
    for (size_t i = 0; i < names.n; i++)
        if (job_number(names.v[i]) > most)
            most = job_number(names.v[i]);
    argv_clear(&names);
    return most;
}

/* Renames where no such folder is. Not every file system can do that in one; there an empty folder takes the number
 * first, and is replaced. */
static int rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    return mkdir(to, 0700) || rename(from, to) ? -errno : 0;
}

int setup_publish(struct supervisor *s)
{
    struct err err = {0};
    const char *slash = strrchr(s->path, '/');
    char *jobs = slash ? mem_dup(s->path, (size_t)(slash - s->path)) : mem_strdup(".");
    int rc = s->id ? 0 : -EEXIST;

    for (int id = highest(jobs) + 1; rc == -EEXIST && id < INT32_MAX; id++) {
        char *path = mem_printf("%s/%d", jobs, id);
        rc = rename_new(s->path, path);
        if (rc == 0)
            s->id = id;
        free(path);
    }
    if (rc < 0)
        report_error(s, (err_sys(&err, rc, "Could not make a job in %s", jobs), &err), rc);
    free(jobs);
    return rc;
}
