#ifndef TENGIL_WIDGETS_LOGVIEW_H
#define TENGIL_WIDGETS_LOGVIEW_H

#include "widgets/draw.h"
#include "widgets/keys.h"

#include <sys/types.h>

/*
 * A growing log of any size: the file is indexed by line offsets, not kept; lines are read when they are shown. Follows
 * until the person scrolls, then says how many lines came. Carriage-return progress folds to its last state; control
 * bytes are shown, never obeyed; long digests lose all but 12 digits where lines are not wrapped; a 10 MB line costs
 * what its shown part costs. Headings (a step's command) are lines of the view that are not in the file.
 */
struct logview;
struct logview *logview_new(void);
void logview_free(struct logview *v);
void logview_open(struct logview *v, int fd);        /* takes the descriptor over; what was shown before is forgotten */
bool logview_grow(struct logview *v, size_t budget); /* indexes up to `budget` new bytes; true: there is more */
void logview_heading(struct logview *v, off_t at,
                     const char *text); /* stands before this offset; ascending, before its bytes are grown */
void logview_stamp(struct logview *v, off_t at,
                   long long unix_ms); /* bytes from here on came at this time; ascending */

/* F Space [ ] g G j k arrows PgUp PgDn ^F ^B ^U ^D w t n N. `←` `→` go sideways where lines are not wrapped. */
bool logview_key(struct logview *v, const struct key *key);

/*
 * Looks for text from where the view is (letters of any case, unless there is a capital). Returns the line,
 * LOGVIEW_NONE, or LOGVIEW_MORE: so much was read that the rest should come in another turn, by logview_search_more().
 */
#define LOGVIEW_NONE (-1)
#define LOGVIEW_MORE (-2)
long logview_search(struct logview *v, const char *text, bool back);
long logview_search_more(struct logview *v);
const char *logview_searched(const struct logview *v);

bool logview_following(const struct logview *v);
void logview_follow(struct logview *v);
long logview_lines(const struct logview *v);     /* headings included */
long logview_new_lines(const struct logview *v); /* since the person scrolled */
/* First and last line that are seen, from 1. */
void logview_seen(const struct logview *v, long *first, long *last);
bool logview_at_end(const struct logview *v);
const char *logview_rule(const struct logview *v); /* heading of the step whose lines are seen; "" before the first */
bool logview_wrapped(const struct logview *v);
/* The whole file to `fd`. 0 or a negative errno. */
int logview_save(const struct logview *v, int fd);
void logview_draw(struct logview *v, const struct canvas *c);

#endif
