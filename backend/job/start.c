#include "backend/job/job.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "backend/base/text.h"
#include "backend/job/folder.h"
#include "backend/job/report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- the supervisor's process ----------------------------------------------------------------------------------- */

struct start {
    char *program;
    char *argv[5];
    char *errors; /* path of the file that takes its stderr */
    int report;
};

static void say_and_exit(int report, const char *program, int errnum) __attribute__((noreturn));
static void say_and_exit(int report, const char *program, int errnum)
{
    char text[512];
    int len = snprintf(text, sizeof(text), REPORT_ERROR " %d Could not start %s: %s.\n", errnum, program,
                       strerrordesc_np(errnum));

    if (len > 0)
        file_write_all(report, text, len < (int)sizeof(text) ? (size_t)len : sizeof(text) - 1);
    _exit(1);
}

/* In the grandchild: only what is allowed between fork and exec. Other descriptors that were left open to children by
 * the caller stay open: whoever holds a lock that way holds it as long as the job lives. */
static void become_supervisor(const struct start *start) __attribute__((noreturn));
static void become_supervisor(const struct start *start)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int errors = open(start->errors, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (null < 0 || errors < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(errors, 2) < 0 ||
        fcntl(start->report, F_SETFD, 0) < 0)
        say_and_exit(start->report, start->program, errno);
    execv(start->program, start->argv);
    say_and_exit(start->report, start->program, errno);
}

static int fork_supervisor(const struct start *start)
{
    pid_t pid = fork();

    if (pid < 0)
        return -errno;
    if (pid == 0) {
        setsid();
        /* Once more, so that it leads no session and never gets a terminal by opening one. */
        pid = fork();
        if (pid < 0)
            say_and_exit(start->report, start->program, errno);
        if (pid == 0)
            become_supervisor(start);
        _exit(0);
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return 0;
}

/* Starts `tengil-job VERB FOLDER` and reads what it reports: until it has what it needs, and is on its own. */
static int start_supervisor(const char *verb, const char *folder, struct buf *report, struct err *err)
{
    int pipe[2];
    char number[16];

    if (pipe2(pipe, O_CLOEXEC))
        return err_sys(err, -errno, "Could not start a job");
    snprintf(number, sizeof(number), "%d", pipe[1]);
    struct start start = {
        .program = mem_printf("%s/tengil-job", places_libexec()),
        .errors = mem_printf("%s/" JOB_STDERR, folder),
        .report = pipe[1],
    };
    memcpy(start.argv, (char *[]){start.program, (char *)verb, (char *)folder, number, NULL}, sizeof(start.argv));
    int rc = fork_supervisor(&start);
    close(pipe[1]);
    if (rc == 0)
        rc = file_read_fd(pipe[0], REPORT_MAX, report);
    close(pipe[0]);
    free(start.program);
    free(start.errors);
    return rc ? err_sys(err, rc, "Could not start a job") : 0;
}

/* --- what it reported ------------------------------------------------------------------------------------------- */

/* "CT 110" of the claim "ct-110"; other claims are those of images. */
static void add_claim_words(struct buf *out, const char *claim)
{
    const char *rest;

    if (text_starts(claim, JOB_CLAIM_CT, &rest))
        buf_addf(out, "CT %s", rest);
    else if (text_starts(claim, "image-", &rest))
        buf_addf(out, "The image %s", rest);
    else
        buf_addf(out, "%s", claim);
}

static int tell_busy(const char *claim, pid_t holder, struct err *err)
{
    struct job *jobs = NULL;
    struct buf what = BUF_INIT, who = BUF_INIT;
    size_t n = 0;

    job_list(&jobs, &n, NULL, NULL);
    for (size_t i = 0; i < n && holder > 0; i++)
        if (jobs[i].supervisor == holder)
            buf_addf(&who, " (job %d, %s)", jobs[i].id, jobs[i].title);
    job_list_free(jobs, n);
    add_claim_words(&what, claim);
    int rc =
        err_set(err, -EBUSY, "%s is in the hands of another job%s. Wait for its end, or cancel it.", what.s, who.s);
    buf_clear(&what);
    buf_clear(&who);
    return rc;
}

/* `report` is one line: see report.h. */
static int read_report(const struct buf *report, const char *folder, int *id, struct err *err)
{
    char word[96];
    int number = 0, at = 0;
    const char *rest;

    if (text_starts(report->s, REPORT_STARTED " ", &rest)) {
        *id = atoi(rest);
        return 0;
    }
    if (sscanf(report->s, REPORT_BUSY " %95s %d", word, &number) == 2)
        return tell_busy(word, number, err);
    if (sscanf(report->s, REPORT_ERROR " %d %n", &number, &at) == 1 && at > 0 && number > 0)
        return err_set(err, -number, "%.*s", (int)strcspn(report->s + at, "\n"), report->s + at);

    struct buf words = BUF_INIT;
    char *path = mem_printf("%s/" JOB_STDERR, folder);
    file_read(AT_FDCWD, path, REPORT_MAX, &words, NULL);
    free(path);
    int rc = err_set(err, -EPIPE, "The job's supervisor ended before it began%s%s", words.len ? ": " : ".", words.s);
    buf_clear(&words);
    return rc;
}

/* --- a new job -------------------------------------------------------------------------------------------------- */

/* A folder whose maker died before the supervisor took over: nobody holds its lock, and it is old. */
static void remove_stale(const char *jobs)
{
    struct argv names = ARGV_INIT;
    int dir = open(jobs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;

    if (dir < 0)
        return;
    file_list(dir, ".", &names, NULL);
    for (size_t i = 0; i < names.n; i++) {
        if (!text_starts(names.v[i], JOB_NEW_PREFIX, NULL) || fstatat(dir, names.v[i], &st, AT_SYMLINK_NOFOLLOW) ||
            st.st_mtime + 3600 > time(NULL))
            continue;
        char *lock = mem_printf("%s/" JOB_LOCK, names.v[i]);
        if (lock_holder(dir, lock) == 0)
            file_remove_tree(dir, names.v[i], NULL);
        free(lock);
    }
    argv_clear(&names);
    close(dir);
}

static int make_folders(char **jobs, struct err *err)
{
    char *claims = mem_printf("%s/claims", places_state());

    *jobs = job_jobs_folder();
    int rc = file_make_dirs(AT_FDCWD, *jobs, 0700, err);
    if (rc == 0)
        rc = file_make_dirs(AT_FDCWD, claims, 0700, err);
    free(claims);
    return rc;
}

static int write_input(const char *folder, const struct plan *plan, const char *spec, struct err *err)
{
    struct buf json = BUF_INIT;
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = dir < 0 ? err_sys(err, -errno, "Could not open %s", folder) : 0;

    if (rc == 0 && (rc = plan_to_json(plan, &json)) < 0)
        err_set(err, rc, "The plan cannot be written down: it holds a word that is no UTF-8.");
    if (rc == 0)
        rc = file_write(dir, JOB_PLAN, 0600, json.s, json.len, err);
    if (rc == 0 && spec)
        rc = file_write(dir, JOB_SPEC, 0600, spec, strlen(spec), err);
    if (dir >= 0)
        close(dir);
    buf_clear(&json);
    return rc;
}

int job_start(const struct plan *plan, const char *spec_yaml, int *id, struct err *err)
{
    struct buf report = BUF_INIT;
    char *jobs = NULL, *folder = NULL;
    int rc = make_folders(&jobs, err);

    if (rc == 0) {
        remove_stale(jobs);
        folder = mem_printf("%s/" JOB_NEW_PREFIX "XXXXXX", jobs);
        if (!mkdtemp(folder)) {
            rc = err_sys(err, -errno, "Could not make a job folder in %s", jobs);
            free(folder);
            folder = NULL;
        }
    }
    if (rc == 0)
        rc = write_input(folder, plan, spec_yaml, err);
    if (rc == 0)
        rc = start_supervisor("run", folder, &report, err);
    if (rc == 0)
        rc = read_report(&report, folder, id, err);
    /* Once it is a job, the folder has another name. */
    if (rc < 0 && folder)
        file_remove_tree(AT_FDCWD, folder, NULL);
    buf_clear(&report);
    free(folder);
    free(jobs);
    return rc;
}

/* --- cancel ----------------------------------------------------------------------------------------------------- */

/* By a pidfd and a second look at the lock, so that a number that was given anew is never hit. */
static int signal_holder(int dir, pid_t pid)
{
    int fd = pidfd_open(pid, 0);
    int rc = fd < 0 ? -errno : 0;

    if (rc == 0 && lock_holder(dir, JOB_LOCK) != pid)
        rc = -ESRCH;
    if (rc == 0 && pidfd_send_signal(fd, SIGTERM, NULL, 0))
        rc = -errno;
    if (fd >= 0)
        close(fd);
    return rc;
}

static int start_undo(int id, struct err *err)
{
    struct buf report = BUF_INIT;
    char *folder = job_folder(id);
    int rc = start_supervisor("undo", folder, &report, err);

    if (rc == 0)
        rc = read_report(&report, folder, &id, err);
    buf_clear(&report);
    free(folder);
    return rc;
}

int job_cancel(int id, struct err *err)
{
    struct job_state_file file = {0};
    int dir = job_folder_open(id, err);

    if (dir < 0)
        return dir;
    pid_t holder = lock_holder(dir, JOB_LOCK);
    int rc = holder < 0 ? err_sys(err, holder, "Could not look at the lock of job %d", id) : 0;
    if (rc == 0)
        rc = job_state_read(dir, &file, err);
    if (rc == 0 && holder > 0)
        rc = signal_holder(dir, holder);
    if (rc == -ESRCH || (rc == 0 && job_state_ended(file.state)))
        rc = err_set(err, -EALREADY, "Job %d has ended already.", id);
    else if (rc == 0 && holder == 0)
        rc = start_undo(id, err);
    free(file.text);
    close(dir);
    return rc;
}
