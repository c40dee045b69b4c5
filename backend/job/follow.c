#include "backend/job/job.h"

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/job/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes that one event brings, and one look into the marks takes. */
#define PIECE (64 << 10)
/* A line of marks is shorter; a longer one is not ours and is passed over. */
#define MARK_LINE_MAX (256 << 10)

struct job_follow {
    int dir, log, marks;
    int64_t log_at, marks_at; /* read so far */
    struct buf lines;         /* of marks, not told yet */
    size_t line;              /* where the next one begins */
    struct job_mark mark;     /* the one that is being waited for or was told last */
    bool pending;             /* it was not told yet */
    char piece[PIECE];
};

int job_follow_open(int id, struct job_follow **follow, struct err *err)
{
    int dir = job_folder_open(id, err);

    if (dir < 0)
        return dir;
    struct job_follow *f = mem_zero(1, sizeof(*f));
    f->dir = dir;
    f->log = f->marks = -1;
    buf_init(&f->lines);
    *follow = f;
    return 0;
}

void job_follow_free(struct job_follow *f)
{
    if (!f)
        return;
    close(f->dir);
    if (f->log >= 0)
        close(f->log);
    if (f->marks >= 0)
        close(f->marks);
    buf_clear(&f->lines);
    job_mark_clear(&f->mark);
    free(f);
}

/* Opens what was not there yet. A file that still is not there is an empty one. */
static int open_later(int *fd, int dir, const char *name)
{
    if (*fd < 0)
        *fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return *fd >= 0 || errno == ENOENT ? 0 : -errno;
}

static int64_t size_of(int fd)
{
    struct stat st;

    return fd >= 0 && fstat(fd, &st) == 0 ? st.st_size : 0;
}

static int read_marks(struct job_follow *f)
{
    for (;;) {
        ssize_t got = f->marks < 0 ? 0 : pread(f->marks, f->piece, sizeof(f->piece), f->marks_at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        /* Keep the line that is not whole yet. */
        size_t rest = f->lines.len - f->line;
        memmove(f->lines.s, f->lines.s + f->line, rest);
        buf_cut(&f->lines, rest > MARK_LINE_MAX ? 0 : rest);
        f->line = 0;
        buf_add(&f->lines, f->piece, (size_t)got);
        f->marks_at += got;
        return 0;
    }
}

/* Takes the next whole line that is a mark. */
static bool next_mark(struct job_follow *f)
{
    for (;;) {
        const char *line = f->lines.s + f->line;
        const char *end = memchr(line, '\n', f->lines.len - f->line);
        if (!end)
            return false;
        f->line += (size_t)(end - line) + 1;
        struct job_mark mark;
        if (!job_mark_parse(line, (size_t)(end - line), &mark))
            continue;
        job_mark_clear(&f->mark);
        f->mark = mark;
        return true;
    }
}

static int tell_log(struct job_follow *f, int64_t end, struct job_event *event)
{
    size_t want = end - f->log_at < PIECE ? (size_t)(end - f->log_at) : PIECE;
    ssize_t got;

    do
        got = pread(f->log, f->piece, want, f->log_at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    f->log_at += got;
    *event = (struct job_event){.type = JOB_EVENT_LOG, .bytes = f->piece, .len = (size_t)got};
    return got > 0;
}

static int tell_mark(struct job_follow *f, struct job_event *event)
{
    f->pending = false;
    *event = (struct job_event){
        .type = JOB_EVENT_MARK,
        .event = f->mark.event,
        .text = f->mark.text,
        .step = f->mark.step,
        .exit = f->mark.exit,
        .signal = f->mark.signal,
        .at = f->mark.at,
        .log = f->mark.log,
    };
    return 1;
}

/* Takes the next mark, unless one is waited for. 0 or a negative errno; f->pending tells whether there is one. */
static int look_for_mark(struct job_follow *f)
{
    int rc = open_later(&f->marks, f->dir, JOB_MARKS);

    if (rc == 0 && !f->pending && !(f->pending = next_mark(f))) {
        rc = read_marks(f);
        f->pending = rc == 0 && next_mark(f);
    }
    return rc;
}

int job_follow_mark(struct job_follow *f, struct job_event *event, struct err *err)
{
    int rc = look_for_mark(f);

    if (rc < 0)
        return err_sys(err, rc, "Could not read the job's marks");
    return f->pending ? tell_mark(f, event) : 0;
}

int job_follow_log(struct job_follow *f)
{
    return openat(f->dir, JOB_LOG, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

int job_follow_next(struct job_follow *f, struct job_event *event, struct err *err)
{
    int rc = open_later(&f->log, f->dir, JOB_LOG);
    /* The log's size before the marks: a step writes after its mark stands, so that what lies behind a mark we do not
     * see yet is not within this size. */
    int64_t end = size_of(f->log);

    if (rc == 0)
        rc = look_for_mark(f);
    if (rc < 0)
        return err_sys(err, rc, "Could not read the job's log");
    if (f->pending && f->mark.log < end)
        end = f->mark.log;
    if (f->log_at < end && (rc = tell_log(f, end, event)) != 0)
        return rc < 0 ? err_sys(err, rc, "Could not read the job's log") : rc;
    return f->pending ? tell_mark(f, event) : 0;
}
