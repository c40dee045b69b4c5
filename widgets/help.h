#ifndef TENGIL_WIDGETS_HELP_H
#define TENGIL_WIDGETS_HELP_H

#include "widgets/keytable.h"

/*
 * The page of all keys and actions: by section, in two columns where there is room; `/` finds as one types, Enter does
 * the action under the cursor. Made from key tables, which stay the caller's.
 */
enum help_event { HELP_NOTHING, HELP_MOVED, HELP_DO, HELP_REFUSED, HELP_CLOSED };

struct help;
/* `why_not` says why an action is not possible now (NULL: it is); it may be NULL itself. */
struct help *help_new(const struct keytable *const *tables, int ntables,
                      const char *(*why_not)(void *data, const struct keytable_action *action), void *data);
void help_free(struct help *h);
enum help_event help_key(struct help *h, const struct key *key, const char *paste, size_t npaste);
const struct keytable_action *help_action(const struct help *h); /* under the cursor; NULL: nothing is found */
bool help_finding(const struct help *h);                         /* a word is being typed */
const char *help_found(const struct help *h);                    /* what was typed */
/* "start: Starts the CT. …", or why it cannot be done. */
void help_message(const struct help *h, char *text, size_t size);
void help_draw(struct help *h, const struct canvas *c);

#endif
