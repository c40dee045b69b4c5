#ifndef TENGIL_WIDGETS_MESSAGES_H
#define TENGIL_WIDGETS_MESSAGES_H

#include "widgets/theme.h"

#include <stdbool.h>

/*
 * The message row: one thing, the first of an error (until Esc), what just happened (until a key after 3 s), and what
 * the focus is (once the keys have rested for 150 ms). A prompt that is typed is the owner's and goes before all. The
 * last 100 are kept. Times are milliseconds of one clock, the caller's.
 */
#define MESSAGES_KEPT 100

enum message_kind { MESSAGE_EVENT, MESSAGE_DONE, MESSAGE_WARNING, MESSAGE_ERROR };

struct message {
    enum message_kind kind;
    long long wall; /* when, for the page of past messages */
    char *text;
};

struct messages;
struct messages *messages_new(void);
void messages_free(struct messages *m);
void messages_say(struct messages *m, long long now, long long wall, enum message_kind kind, const char *text);
void messages_focus(struct messages *m, const char *text); /* of what has the focus; "" for nothing */
void messages_key(struct messages *m, long long now);      /* a key came */
bool messages_escape(struct messages *m);                  /* Esc: true when there was an error to close */
/* What the row shows now, never NULL; *role and *glyph say how. */
const char *messages_row(const struct messages *m, long long now, enum role *role, enum glyph *glyph);
/* Milliseconds until the row may change by itself; -1: it will not. */
int messages_wait(const struct messages *m, long long now);
int messages_count(const struct messages *m);
const struct message *messages_at(const struct messages *m, int i); /* 0: the newest */

#endif
