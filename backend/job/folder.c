#include "backend/job/folder.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const state_names[] = {
    [JOB_WAITING] = "waiting",
    [JOB_RUNNING] = "running",
    [JOB_CANCELLING] = "cancelling",
    [JOB_UNDOING] = "undoing",
    [JOB_DONE] = "done",
    [JOB_FAILED] = "failed",
    [JOB_CANCELLED] = "cancelled",
    [JOB_INTERRUPTED] = "interrupted",
    [JOB_UNDO_FAILED] = "undo-failed",
};

const char *job_state_name(enum job_state state)
{
    return state_names[state];
}

bool job_state_ended(enum job_state state)
{
    return state >= JOB_DONE;
}

char *job_jobs_folder(void)
{
    return mem_printf("%s/jobs", places_state());
}

char *job_folder(int id)
{
    return mem_printf("%s/jobs/%d", places_state(), id);
}

char *job_claim_path(const char *name)
{
    return mem_printf("%s/claims/%s", places_state(), name);
}

int job_folder_open(int id, struct err *err)
{
    char *path = job_folder(id);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? -errno : fd;

    if (rc == -ENOENT)
        err_set(err, rc, "There is no job %d.", id);
    else if (rc < 0)
        err_sys(err, rc, "Could not open the job folder %s", path);
    free(path);
    return rc;
}

int job_number(const char *name)
{
    int64_t n = 0;

    return *name != '0' && num_parse(name, 1, INT32_MAX, &n) ? (int)n : 0;
}

int job_last_number(int jobs)
{
    struct buf text = BUF_INIT;

    file_read(jobs, JOB_LAST, JOB_READ_MAX, &text, NULL);
    buf_cut(&text, strcspn(text.s, "\n"));
    int number = job_number(text.s);
    buf_clear(&text);
    return number;
}

int64_t job_now_ms(void)
{
    struct timespec t;

    if (getenv("TENGIL_NOW"))
        return places_now() * 1000;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static int64_t get_int(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *v = json_object_get(object, key);

    return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

static int get_small(const json_t *object, const char *key)
{
    int64_t n = get_int(object, key, 0);

    return n >= INT32_MIN && n <= INT32_MAX ? (int)n : 0;
}

static bool state_by_name(const char *name, enum job_state *state)
{
    for (size_t i = 0; name && i < sizeof(state_names) / sizeof(state_names[0]); i++) {
        if (i != JOB_INTERRUPTED && strcmp(state_names[i], name) == 0) {
            *state = (enum job_state)i;
            return true;
        }
    }
    return false;
}

int job_state_read(int dir, struct job_state_file *file, struct err *err)
{
    struct buf json = BUF_INIT;
    int rc = file_read(dir, JOB_STATE, JOB_STATE_MAX, &json, err);

    if (rc < 0)
        return rc;
    json_t *o = json_loadb(json.s, json.len, JSON_REJECT_DUPLICATES, NULL);
    buf_clear(&json);
    enum job_state state;
    if (!o || !state_by_name(json_string_value(json_object_get(o, "state")), &state)) {
        json_decref(o);
        return err_set(err, -EINVAL, "The job's state file cannot be read.");
    }
    *file = (struct job_state_file){
        .state = state,
        .step = get_small(o, "step"),
        .began = get_int(o, "began", 0),
        .ended = get_int(o, "ended", 0),
        .text = mem_strdup(json_string_value(json_object_get(o, "text"))),
    };
    json_decref(o);
    return 0;
}

int job_plan_read(int dir, struct plan **plan, struct err *err)
{
    struct buf json = BUF_INIT;
    int rc = file_read(dir, JOB_PLAN, JOB_PLAN_MAX, &json, err);

    if (rc == 0)
        rc = plan_from_json(json.s, json.len, plan, err);
    buf_clear(&json);
    return rc;
}

bool job_mark_parse(const char *line, size_t len, struct job_mark *mark)
{
    json_t *o = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
    const char *event = json_string_value(json_object_get(o, "event"));

    if (event)
        *mark = (struct job_mark){
            .at = get_int(o, "at", 0),
            .log = get_int(o, "log", 0),
            .event = mem_strdup(event),
            .text = mem_strdup(json_string_value(json_object_get(o, "text"))),
            .step = get_small(o, "step"),
            .exit = get_small(o, "exit"),
            .signal = get_small(o, "signal"),
        };
    json_decref(o);
    return event != NULL;
}

void job_mark_clear(struct job_mark *mark)
{
    free(mark->event);
    free(mark->text);
    *mark = (struct job_mark){0};
}

/* One mark. True when with it the last step has ended well. */
static bool take_mark(const struct job_mark *mark, size_t nsteps, bool *begun)
{
    bool known = mark->step >= 0 && (size_t)mark->step < nsteps;

    if (known && begun && strcmp(mark->event, "begin") == 0)
        begun[mark->step] = true;
    return known && (size_t)mark->step == nsteps - 1 && strcmp(mark->event, "end") == 0 && mark->exit == 0;
}

int job_marks_read(int dir, size_t nsteps, bool *begun, int64_t *done_at, struct err *err)
{
    struct buf marks = BUF_INIT;
    struct job_mark mark;
    bool cancelled = false;
    int rc = file_read(dir, JOB_MARKS, JOB_MARKS_MAX, &marks, err);

    *done_at = 0;
    for (char *line = marks.s, *end; rc == 0 && (end = strchr(line, '\n')); line = end + 1) {
        if (!job_mark_parse(line, (size_t)(end - line), &mark))
            continue;
        cancelled |= strcmp(mark.event, "cancel") == 0;
        *done_at = take_mark(&mark, nsteps, begun) && !cancelled ? mark.at : 0;
        job_mark_clear(&mark);
    }
    buf_clear(&marks);
    return rc == -ENOENT ? 0 : rc;
}
