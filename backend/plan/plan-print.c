#include "backend/plan/plan.h"

#include "backend/base/text.h"

#include <string.h>

void plan_print(const struct plan *plan, struct buf *out)
{
    /* A note may hold names from outside; a line feed in one would end the comment, so notes are shown, not printed. */
    for (size_t i = 0; i < plan->notes.n; i++) {
        buf_adds(out, "# ");
        text_add_shown(out, plan->notes.v[i], strlen(plan->notes.v[i]));
        buf_addch(out, '\n');
    }
    for (size_t i = 0; i < plan->nsteps; i++) {
        argv_quote(out, &plan->steps[i].argv);
        buf_addch(out, '\n');
    }
}
