#include "backend/job/job.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "backend/base/text.h"
#include "backend/job/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void job_clear(struct job *job)
{
    free(job->kind);
    free(job->title);
    free(job->step_title);
    free(job->text);
    *job = (struct job){0};
}

/* A job whose supervisor was killed after the last step had ended well is done, whatever its state still says. */
static void look_at_marks(struct job *job, int dir)
{
    int64_t done_at = 0;

    if (job_marks_read(dir, (size_t)job->nsteps, NULL, &done_at, NULL) < 0 || done_at == 0)
        return;
    job->state = JOB_DONE;
    job->ended = done_at;
}

static void fill(struct job *job, const struct plan *plan, struct job_state_file *file, pid_t holder)
{
    bool ended = job_state_ended(file->state);

    job->kind = mem_strdup(plan->kind);
    job->title = mem_strdup(plan->title);
    job->vmid = plan->vmid;
    job->nsteps = (int)plan->nsteps;
    job->step = file->step;
    if (file->step >= 0 && file->step < job->nsteps)
        job->step_title = mem_strdup(plan->steps[file->step].title);
    job->state = !ended && holder == 0 ? JOB_INTERRUPTED : file->state;
    job->supervisor = !ended && holder > 0 ? holder : 0;
    job->began = file->began;
    job->ended = file->ended;
    job->text = file->text;
    file->text = NULL;
}

int job_load(int id, struct job *job, struct err *err)
{
    struct plan *plan = NULL;
    struct job_state_file file = {0};
    int dir = job_folder_open(id, err);

    if (dir < 0)
        return dir;
    /* The lock before the state: a supervisor writes how it ended before it lets go. */
    pid_t holder = lock_holder(dir, JOB_LOCK);
    int rc = holder < 0 ? err_sys(err, holder, "Could not look at the lock of job %d", id) : 0;
    if (rc == 0)
        rc = job_state_read(dir, &file, err);
    if (rc == 0)
        rc = job_plan_read(dir, &plan, err);
    if (rc == 0) {
        *job = (struct job){.id = id};
        fill(job, plan, &file, holder);
        if (job->state == JOB_INTERRUPTED)
            look_at_marks(job, dir);
        job->unread = job_stamp_unread(dir, job->state);
    } else {
        err_prefix(err, rc, "Job %d: ", id);
    }
    free(file.text);
    plan_free(plan);
    close(dir);
    return rc;
}

int job_plan(int id, struct plan **plan, struct err *err)
{
    int dir = job_folder_open(id, err);

    if (dir < 0)
        return dir;
    int rc = job_plan_read(dir, plan, err);
    close(dir);
    return rc;
}

int job_spec(int id, struct buf *out, struct err *err)
{
    int dir = job_folder_open(id, err);

    if (dir < 0)
        return dir;
    int rc = file_read(dir, JOB_SPEC, JOB_SPEC_MAX, out, err);
    if (rc == -ENOENT)
        err_set(err, rc, "Job %d was not made from a spec.", id);
    close(dir);
    return rc;
}

static int newest_first(const void *a, const void *b)
{
    const struct job *x = a, *y = b;

    return (x->id < y->id) - (x->id > y->id);
}

int job_list(struct job **jobs, size_t *n, struct argv *skipped, struct err *err)
{
    struct argv names = ARGV_INIT;
    struct job *list = NULL;
    size_t count = 0;
    char *folder = job_jobs_folder();
    int rc = file_list(AT_FDCWD, folder, &names, err);

    free(folder);
    if (rc < 0 && rc != -ENOENT)
        return rc;
    for (size_t i = 0; i < names.n; i++) {
        struct job job;
        int id = job_number(names.v[i]);
        if (!id)
            continue;
        if (job_load(id, &job, NULL) == 0) {
            MEM_GROW(list, count);
            list[count++] = job;
        } else if (skipped) {
            argv_push(skipped, names.v[i]);
        }
    }
    argv_clear(&names);
    if (count)
        qsort(list, count, sizeof(*list), newest_first);
    *jobs = list;
    *n = count;
    return 0;
}

void job_list_free(struct job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        job_clear(&jobs[i]);
    free(jobs);
}

size_t job_claimed_vmids(int **vmids)
{
    struct argv names = ARGV_INIT;
    int *list = NULL;
    size_t count = 0;
    char *folder = mem_printf("%s/claims", places_state());
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    free(folder);
    if (dir >= 0)
        file_list(dir, ".", &names, NULL);
    for (size_t i = 0; i < names.n; i++) {
        const char *rest;
        int64_t vmid;
        if (!text_starts(names.v[i], JOB_CLAIM_CT, &rest) || !num_parse(rest, 1, INT32_MAX, &vmid) ||
            lock_holder(dir, names.v[i]) <= 0)
            continue;
        MEM_GROW(list, count);
        list[count++] = (int)vmid;
    }
    argv_clear(&names);
    if (dir >= 0)
        close(dir);
    *vmids = list;
    return count;
}
