#ifndef TENGIL_TUI_FACTS_H
#define TENGIL_TUI_FACTS_H

#include "widgets/draw.h"
#include "widgets/keys.h"
#include "widgets/scroll.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A page of facts: rows of a label and what is known, some of which open something. Every row that says something can
 * have the cursor. Rows are made anew when the snapshot changes; the cursor stays on its row.
 */
struct fact {
    char *label;       /* "" : it belongs to the row above */
    char *text, *more; /* more: a second column, behind the bar */
    enum role role;
    enum glyph glyph; /* before `more`, or before the text where there is no more */
    enum role glyph_role;
    unsigned long long part, whole; /* a bar, where `whole` is not 0 */
    enum role bar_role;
    const double *history; /* the owner's */
    int nhistory;
    int at;       /* column of the text, from 1, from 50 columns on; 0: FACTS_TEXT */
    bool heading; /* column heads, blank rows: no cursor */
    char *opens;  /* what Enter opens, in the owner's words; NULL: nothing */
};

#define FACTS_TEXT 17 /* column of the text, from 1 */

struct facts {
    struct fact *v;
    size_t n;
    struct scroll scroll;
    bool moved; /* the cursor was moved: it stays where it is */
};

/* The rows are built anew between these two. */
void facts_begin(struct facts *f);
void facts_end(struct facts *f);
void facts_clear(struct facts *f);

/* Adds a row; the pointer is good until the next one. */
struct fact *facts_add(struct facts *f, const char *label, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
struct fact *facts_heading(struct facts *f, const char *label, const char *text);
/* Bytes: "1.9 of 4.0 GiB" and a bar, warned at 80% and in danger at 95%; a dash for what is not known (UINT64_MAX). */
struct fact *facts_amount(struct facts *f, const char *label, uint64_t used, uint64_t total);
void facts_blank(struct facts *f);
void facts_more(struct fact *fact, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void facts_opens(struct fact *fact, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The row with the cursor; NULL: none. */
const struct fact *facts_cursor(const struct facts *f);
bool facts_key(struct facts *f, const struct key *key);
/* The row in full, for the message row. */
void facts_full(const struct facts *f, char *text, size_t size);
void facts_draw(struct facts *f, const struct canvas *c, bool focus);

#endif
