#include "backend/job/supervise.h"

#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Between two looks at a claim that is waited for. Looking is what lets a cancel in, and finds a claim whose holder
 * was killed. */
#define LOOK_MS 200

static int take(const struct plan_claim *claim, pid_t *holder, struct err *err)
{
    char *path = job_claim_path(claim->name);
    int rc = lock_take(AT_FDCWD, path, err);

    if (rc == -EAGAIN)
        *holder = lock_holder(AT_FDCWD, path);
    free(path);
    return rc;
}

static const char *claim_words(const struct plan_claim *claim, char *out, size_t size)
{
    const char *vmid;

    if (text_starts(claim->name, JOB_CLAIM_CT, &vmid))
        snprintf(out, size, "Waits for another job on CT %s.", vmid);
    else
        snprintf(out, size, "Waits for another pull of the same image.");
    return out;
}

/* The job becomes one that waits: it gets its number, and who started it may go. */
static int begin_wait(struct supervisor *s, const struct plan_claim *claim)
{
    char words[128];

    buf_reset(&s->text);
    record_text(s, "%s", claim_words(claim, words, sizeof(words)));
    record_state(s, JOB_WAITING);
    int rc = setup_publish(s);
    report_started(s);
    buf_reset(&s->text);
    return rc;
}

/* Takes one claim, whatever time that needs if it may be waited for. 0 and more: held. -ECANCELED. */
static int claim(struct supervisor *s, const struct plan_claim *claim, bool wait, pid_t *holder, struct err *err)
{
    bool waits = false;

    for (;;) {
        int rc = take(claim, holder, err);
        if (rc != -EAGAIN || !claim->wait || !wait)
            return rc;
        if (!waits && (rc = begin_wait(s, claim)) != 0)
            return rc;
        waits = true;
        if (child_cancel_asked(s, LOOK_MS))
            return -ECANCELED;
    }
}

enum claimed claims_take(struct supervisor *s, bool wait)
{
    s->claims = mem_zero(s->plan->nclaims + 1, sizeof(*s->claims));
    for (size_t i = 0; i < s->plan->nclaims; i++) {
        struct err err = {0};
        pid_t holder = 0;
        int rc = claim(s, &s->plan->claims[i], wait, &holder, &err);
        if (rc >= 0) {
            s->claims[s->nclaims++] = rc;
            continue;
        }
        if (rc == -ECANCELED)
            return CLAIMS_CANCELLED;
        if (s->report < 0)
            record_text(s, "%s", err.text);
        else if (rc == -EAGAIN)
            report_busy(s, s->plan->claims[i].name, holder);
        else
            report_error(s, &err, rc);
        return CLAIMS_BUSY;
    }
    return CLAIMS_HELD;
}

void claims_drop(struct supervisor *s)
{
    while (s->nclaims > 0)
        close(s->claims[--s->nclaims]);
}
