#include "backend/job/supervise.h"

#include <errno.h>
#include <string.h>

/* What a step exits with that wants an earlier one to be repeated (EX_TEMPFAIL of sysexits.h). */
#define EXIT_AGAIN 75

/* --- undo --------------------------------------------------------------------------------------------------------- */

static void undo_step(struct supervisor *s, size_t i)
{
    const struct plan_step *step = &s->plan->steps[i];
    struct ended ended;
    int64_t from = record_log_size(s);

    record_mark(s, "undo-begin", (int)i, NULL, NULL);
    child_run(s, &step->undo, NULL, &ended);
    bool left = record_leftovers(s, from);
    record_mark(s, "undo-end", (int)i, &ended, NULL);
    if (ended.exit == 0)
        return;
    s->undo_failed = true;
    if (!left)
        record_text(s, "left: what \"%s\" did could not be undone (exit code %d); the log says why.", step->title,
                    ended.exit);
}

/* Of all steps that had begun, the last first. One that fails does not keep the others from theirs. */
static void undo_begun(struct supervisor *s)
{
    record_state(s, JOB_UNDOING);
    for (size_t i = s->plan->nsteps; i-- > 0;)
        if (s->begun[i] && s->plan->steps[i].undo.n)
            undo_step(s, i);
}

/* --- steps ----------------------------------------------------------------------------------------------------------
 */

/* False when the step cannot begin: an undo that nobody would know of must not become necessary. */
static bool begin_step(struct supervisor *s, int i)
{
    s->step = i;
    int rc = record_mark(s, "begin", i, NULL, NULL);
    if (rc < 0) {
        record_text(s, "%s: the job's folder cannot be written: %s.", s->plan->steps[i].title, strerrordesc_np(-rc));
        return false;
    }
    s->begun[i] = true;
    record_state(s, JOB_RUNNING);
    return true;
}

/* The step to go on with: the next one, an earlier one, or -1 when this one failed. */
static int run_step(struct supervisor *s, int i)
{
    const struct plan_step *step = &s->plan->steps[i];
    struct ended ended;

    if (!begin_step(s, i))
        return -1;
    int64_t from = record_log_size(s);
    child_run(s, &step->argv, &step->stop, &ended);
    record_mark(s, "end", i, &ended, NULL);
    if (ended.exit == 0)
        return i + 1;
    if (ended.exit == EXIT_AGAIN && step->redo >= 0 && !s->redone && !s->cancelled) {
        s->redone = true;
        record_mark(s, "redo", step->redo, NULL, NULL);
        return step->redo;
    }
    if (!s->cancelled)
        record_reason(s, i, &ended, from);
    return -1;
}

static bool run_steps(struct supervisor *s)
{
    int i = 0;

    while (i >= 0 && (size_t)i < s->plan->nsteps && !child_cancel_asked(s, 0))
        i = run_step(s, i);
    return i >= 0 && !child_cancel_asked(s, 0);
}

static void run_plan(struct supervisor *s)
{
    bool done = run_steps(s);

    if (!done)
        undo_begun(s);
    claims_drop(s);
    record_state(s, done ? JOB_DONE : s->undo_failed ? JOB_UNDO_FAILED : s->cancelled ? JOB_CANCELLED : JOB_FAILED);
}

/* --- the two courses ------------------------------------------------------------------------------------------------
 */

int supervise_run(const char *folder, int report)
{
    struct supervisor s;
    int rc = setup_open(&s, folder, report, false);

    if (rc == 0)
        rc = claims_take(&s, true) == CLAIMS_BUSY ? -EBUSY : 0;
    if (rc < 0 && s.id && s.report < 0) {
        claims_drop(&s);
        record_state(&s, JOB_FAILED);
    }
    if (rc == 0 && s.id == 0) {
        record_state(&s, s.cancelled ? JOB_WAITING : JOB_RUNNING);
        rc = setup_publish(&s);
    }
    if (rc == 0) {
        report_started(&s);
        run_plan(&s);
    }
    setup_close(&s);
    return rc < 0;
}

int supervise_undo(const char *folder, int report)
{
    struct supervisor s;
    int rc = setup_open(&s, folder, report, true);

    if (rc == 0 && claims_take(&s, false) != CLAIMS_HELD)
        rc = -EBUSY;
    if (rc == 0) {
        report_started(&s);
        record_state(&s, JOB_UNDOING);
        size_t last = s.plan->nsteps;
        while (last > 0 && !s.begun[last - 1])
            last--;
        child_end_orphans(&s, last ? s.plan->steps[last - 1].stop : PLAN_STOP_PROGRAM);
        undo_begun(&s);
        claims_drop(&s);
        record_state(&s, s.undo_failed ? JOB_UNDO_FAILED : JOB_CANCELLED);
    }
    setup_close(&s);
    return rc < 0;
}
