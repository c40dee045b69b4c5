#include "backend/job/job.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/job/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* What people do with jobs that have ended: read how they failed, forget them. */

static bool ended_badly(enum job_state state)
{
    return state == JOB_FAILED || state == JOB_INTERRUPTED || state == JOB_UNDO_FAILED;
}

/* The stamp holds the state that was read: an interrupted job whose undo fails afterwards is news again. */
bool job_stamp_unread(int dir, enum job_state state)
{
    struct buf stamp = BUF_INIT;

    if (!ended_badly(state))
        return false;
    file_read(dir, JOB_READ, JOB_READ_MAX, &stamp, NULL);
    buf_cut(&stamp, strcspn(stamp.s, "\n"));
    bool unread = strcmp(stamp.s, job_state_name(state)) != 0;
    buf_clear(&stamp);
    return unread;
}

int job_read(int id, struct err *err)
{
    struct job job = {0};
    char stamp[32];
    int rc = job_load(id, &job, err);

    if (rc < 0 || !job.unread) {
        job_clear(&job);
        return rc;
    }
    int dir = job_folder_open(id, err);
    int len = snprintf(stamp, sizeof(stamp), "%s\n", job_state_name(job.state));
    rc = dir < 0 ? dir : file_write(dir, JOB_READ, 0600, stamp, (size_t)len, err);
    if (dir >= 0)
        close(dir);
    job_clear(&job);
    return rc;
}

/* Numbers are not given twice, so that a job in another terminal's hands never becomes another one. */
static int keep_number(int jobs, int id, struct err *err)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%d\n", id);

    return job_last_number(jobs) >= id ? 0 : file_write(jobs, JOB_LAST, 0600, text, (size_t)len, err);
}

/* Processes of the job's steps may outlive a killed supervisor; they hold the log. */
static int nobody_writes(int dir, int id, struct err *err)
{
    int log = openat(dir, JOB_LOG, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool held = log >= 0 && flock(log, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

    if (log >= 0)
        close(log);
    return held ? err_set(err, -EBUSY,
                          "A command of job %d still runs, though its supervisor was killed. Undo what is left first.",
                          id)
                : 0;
}

/* Out of sight in one, then away: what a crash leaves is swept with the folders that never became jobs. */
static int remove_folder(int id, struct err *err)
{
    char *path = job_jobs_folder(), name[16], gone[32];
    int jobs = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = jobs < 0 ? err_sys(err, -errno, "Could not open %s", path) : 0;

    snprintf(name, sizeof(name), "%d", id);
    snprintf(gone, sizeof(gone), JOB_NEW_PREFIX "gone-%d", id);
    if (rc == 0)
        rc = keep_number(jobs, id, err);
    if (rc == 0)
        rc = file_remove_tree(jobs, gone, err);
    if (rc == 0 && renameat(jobs, name, jobs, gone))
        rc = err_sys(err, -errno, "Could not forget job %d", id);
    if (rc == 0)
        rc = file_remove_tree(jobs, gone, err);
    if (jobs >= 0)
        close(jobs);
    free(path);
    return rc;
}

int job_forget(int id, struct err *err)
{
    int dir = job_folder_open(id, err);

    if (dir < 0)
        return dir;
    /* Held meanwhile, so that no supervisor begins to undo what goes away. */
    int lock = lock_take(dir, JOB_LOCK, err);
    int rc = lock;
    if (lock == -EAGAIN)
        rc = err_set(err, -EBUSY, "Job %d has not ended. Cancel it first, or wait for its end.", id);
    if (rc >= 0)
        rc = nobody_writes(dir, id, err);
    if (rc == 0)
        rc = remove_folder(id, err);
    if (lock >= 0)
        close(lock);
    close(dir);
    return rc;
}
