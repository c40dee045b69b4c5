#include "backend/sim/seed.h"

#include "backend/base/argv.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/sim/put.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Job folders as tengil-job leaves them: plan, log, marks, state. A job without a lock's holder whose state is running
 * is an interrupted one. */

static json_t *words_of(const char *command, bool verb, const char *plan)
{
    json_t *words = json_array();
    if (command && verb)
        json_array_append_new(words, json_sprintf("%s/tengil-job", places_libexec()));
    for (const char *at = command; at && *at;) {
        size_t len = strcspn(at, " ");
        bool id = len == strlen("@plan") && strncmp(at, "@plan", len) == 0;
        json_array_append_new(words, id ? json_string(plan) : json_stringn(at, len));
        at += len + strspn(at + len, " ");
    }
    return words;
}

static json_t *step_json(const struct seed_step *step, const char *plan)
{
    bool pct = strncmp(step->command, "pct ", 4) == 0;
    return json_pack("{s:s, s:o, s:o, s:s, s:n, s:I, s:i}", "title", step->title, "argv",
                     words_of(step->command, step->verb, plan), "undo", words_of(step->undo, true, plan), "stop",
                     pct ? "pct" : "program", "progress_dir", "progress_total", (json_int_t)step->total, "redo", -1);
}

static size_t count_steps(const struct seed_job *job)
{
    size_t n = 0;
    while (n < SEED_STEPS && job->steps[n].title)
        n++;
    return n;
}

static int write_json(int dir, const char *path, json_t *doc, size_t flags, struct err *err)
{
    char *text = json_dumps(doc, flags);
    json_decref(doc);
    if (!text)
        mem_exhausted();
    int rc = sim_putf(dir, path, err, "%s\n", text);
    free(text);
    return rc;
}

static int put_plan(int dir, const struct seed_job *job, struct err *err)
{
    json_t *steps = json_array(), *claims = json_array();
    char id[HASH_SHA256_HEX + 1];
    hash_sha256(job, sizeof(job->id), id);
    id[16] = '\0';
    for (size_t i = 0; i < count_steps(job); i++)
        json_array_append_new(steps, step_json(&job->steps[i], id));
    if (job->vmid)
        json_array_append_new(claims, json_pack("{s:o, s:b}", "name", json_sprintf("ct-%d", job->vmid), "wait", 1));
    json_t *plan = json_pack("{s:i, s:s, s:s, s:s, s:i, s:b, s:s?, s:o, s:o, s:[]}", "format", 1, "id", id, "kind",
                             job->kind, "title", job->title, "vmid", job->vmid, "auto_vmid", 0, "image_volid",
                             job->image_volid, "steps", steps, "claims", claims, "notes");
    return write_json(dir, "plan", plan, JSON_INDENT(1), err);
}

struct record {
    struct buf log, marks;
    int64_t now; /* ms */
};

static void mark(struct record *r, const char *event, size_t step, int exit, int signal, const char *text)
{
    json_t *doc =
        json_pack("{s:I, s:I, s:s, s:I, s:i, s:i, s:s}", "at", (json_int_t)r->now, "log", (json_int_t)r->log.len,
                  "event", event, "step", (json_int_t)step, "exit", exit, "signal", signal, "text", text);
    char *line = json_dumps(doc, JSON_COMPACT);
    if (!line)
        mem_exhausted();
    buf_addf(&r->marks, "%s\n", line);
    free(line);
    json_decref(doc);
}

/* Runs the job's steps on paper. Returns the step it stood at when it ended. */
static size_t record_steps(const struct seed_job *job, struct record *r)
{
    size_t last = count_steps(job) - 1;
    bool cut_off = strcmp(job->state, "running") == 0, cancelled = strcmp(job->state, "cancelled") == 0;
    for (size_t i = 0; i <= last; i++) {
        bool fails = job->failed == (int)i + 1;
        mark(r, "begin", i, 0, 0, job->steps[i].title);
        buf_adds(&r->log, job->steps[i].log);
        r->now += (int64_t)job->steps[i].seconds * 1000;
        if (fails && cut_off)
            return i;
        if (fails && cancelled)
            mark(r, "cancel", i, 0, 0, "");
        mark(r, "end", i, fails && !cancelled ? job->exit : 0, fails && cancelled ? 15 : 0, "");
        if (!fails)
            continue;
        mark(r, "undo-begin", i, 0, 0, "");
        r->now += 1000;
        mark(r, "undo-end", i, 0, 0, job->undone);
        return i;
    }
    return last;
}

static int put_job(int dir, const struct seed_job *job, struct err *err)
{
    struct record r = {.log = BUF_INIT, .marks = BUF_INIT, .now = seed_when(job->days, job->hour, job->minute) * 1000};
    int64_t began = r.now;
    size_t step = record_steps(job, &r);
    bool ended = strcmp(job->state, "running") != 0;
    int rc = put_plan(dir, job, err);
    if (!rc)
        rc = sim_put(dir, "log", 0600, r.log.s, r.log.len, err);
    if (!rc)
        rc = sim_put(dir, "marks", 0600, r.marks.s, r.marks.len, err);
    if (!rc && job->spec)
        rc = sim_put(dir, "spec", 0600, job->spec, strlen(job->spec), err);
    if (!rc && job->read)
        rc = sim_putf(dir, "read", err, "interrupted\n");
    if (!rc)
        rc = write_json(dir, "state",
                        json_pack("{s:s, s:I, s:I, s:I, s:s?}", "state", job->state, "step", (json_int_t)step, "began",
                                  (json_int_t)began, "ended", (json_int_t)(ended ? r.now : 0), "text", job->text),
                        JSON_COMPACT, err);
    buf_clear(&r.log);
    buf_clear(&r.marks);
    return rc;
}

int seed_job_folders(int state, struct err *err)
{
    int rc = file_make_dirs(state, "jobs", 0700, err);
    for (size_t i = 0; i < seed_njobs && !rc; i++) {
        char path[32];
        snprintf(path, sizeof(path), "jobs/%d", seed_jobs[i].id);
        rc = file_make_dirs(state, path, 0700, err);
        int dir = rc ? -1 : openat(state, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (!rc && dir < 0)
            rc = err_sys(err, -errno, "Could not open a job's folder of the demo");
        if (!rc)
            rc = put_job(dir, &seed_jobs[i], err);
        if (dir >= 0)
            close(dir);
    }
    return rc;
}
