#ifndef TENGIL_TUI_ACTS_H
#define TENGIL_TUI_ACTS_H

#include "tui/app.h"

/*
 * What can be done with containers, wherever they are shown: start at once, what interrupts after a question, what
 * loses data on a page of its own. Ids: "start", "shutdown", "stop", "reboot", "destroy".
 */

/* One job for each CT; those that cannot are left out, and it says which. */
void acts_do(struct app *app, const char *act, const int *vmids, int n);

/* Why the act can be done with none of them, written to `why`; NULL: it can with at least one. */
const char *acts_why_not(const struct host *host, const char *act, const int *vmids, int n, char *why, size_t size);
/* True for the ids above. */
bool acts_knows(const char *act);

/* What a question about the CTs says: a paragraph each (tests read it). */
void acts_question(const struct host *host, const char *act, const int *vmids, int n, struct buf *text);

/* Their rows of a view's key table. */
/* clang-format off */
#define ACTS_ROWS \
    {.id = "start", .keys = "s", .label = "start", .priority = 3, .section = "THIS ROW, OR THE MARKED ONES", \
     .sentence = "Starts the CT. Runs pct start. Not for CTs that run or are locked."}, \
    {.id = "shutdown", .keys = "x", .label = "shut down", .priority = 4, .section = "THIS ROW, OR THE MARKED ONES", \
     .sentence = "Asks the CT to end; what still runs after 60 seconds is stopped. Asks before it does."}, \
    {.id = "stop", .keys = "X", .label = "stop at once", .priority = 0, .section = "THIS ROW, OR THE MARKED ONES", \
     .sentence = "Stops the CT at once, as by pulling its plug. Asks before it does."}, \
    {.id = "reboot", .keys = "r", .label = "reboot", .priority = 0, .section = "THIS ROW, OR THE MARKED ONES", \
     .sentence = "Shuts the CT down and starts it again. Asks before it does."}, \
    {.id = "destroy", .keys = "D", .label = "destroy", .priority = 6, .section = "THIS ROW, OR THE MARKED ONES", \
     .sentence = "Shows what would be lost for good, and wants the name typed."}
/* clang-format on */

#endif
