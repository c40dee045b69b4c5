#ifndef TENGIL_WIDGETS_LOGVIEW_H
#define TENGIL_WIDGETS_LOGVIEW_H

#include "widgets/draw.h"
#include "widgets/keys.h"

#include <sys/types.h>

/*
 * A growing log of any size: the file is indexed by line offsets, not kept; lines are read when they are shown. Follows until
 * the person scrolls, then says how many lines came. Carriage-return progress folds to its last state; control bytes are shown,
 * never obeyed; a 10 MB line costs what its shown part costs.
 */
struct logview;
struct logview *logview_new(void);
void logview_free(struct logview *v);
void logview_open(struct logview *v, int fd);                 /* takes the descriptor over */
bool logview_grow(struct logview *v, size_t budget);          /* indexes up to `budget` new bytes; true: there is more */
void logview_heading(struct logview *v, off_t at, const char *text); /* a step's command stands before this offset */
void logview_stamp(struct logview *v, off_t at, long long unix_ms);  /* bytes from here came at this time */
bool logview_key(struct logview *v, const struct key *key);   /* F Space b [ ] g G arrows PgUp PgDn w t n N */
int logview_search(struct logview *v, const char *text, bool back); /* line found, -1 none */
bool logview_following(const struct logview *v);
long logview_lines(const struct logview *v);
long logview_new_lines(const struct logview *v); /* since the person scrolled */
const char *logview_rule(const struct logview *v); /* heading of the step whose lines are seen */
int logview_save(const struct logview *v, int fd);
void logview_draw(struct logview *v, const struct canvas *c);

#endif
