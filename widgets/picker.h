#ifndef TENGIL_WIDGETS_PICKER_H
#define TENGIL_WIDGETS_PICKER_H

#include "widgets/draw.h"
#include "widgets/edit.h"
#include "widgets/keys.h"
#include "widgets/scroll.h"

/*
 * A list to choose one thing from: typing filters (words are and-ed, in label and note), arrows move, Enter takes, Esc
 * empties the filter, then closes. What cannot be chosen is shown with its reason.
 */
struct picker_item {
    const char *label, *note; /* copied */
    const char *not_possible; /* the reason; NULL: can be chosen */
};

enum picker_event { PICKER_NOTHING, PICKER_MOVED, PICKER_TAKEN, PICKER_CLOSED };

struct picker;
struct picker *picker_new(const char *title, const struct picker_item *items, int n, int selected);
void picker_free(struct picker *p);
enum picker_event picker_key(struct picker *p, const struct key *key, const char *paste, size_t npaste);
int picker_item(const struct picker *p);  /* index of what has the cursor, as given; -1: nothing passes the filter */
int picker_shown(const struct picker *p); /* how many pass it */
const char *picker_reason(const struct picker *p); /* why what has the cursor cannot be taken; NULL: it can */
void picker_draw(struct picker *p, const struct canvas *body); /* a box in the middle of the body */

#endif
