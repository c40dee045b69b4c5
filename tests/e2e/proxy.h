#ifndef TENGIL_TESTS_PROXY_H
#define TENGIL_TESTS_PROXY_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The tests' proxy in front of a registry: `proxy PORT LOGFILE` listens on a free port of 127.0.0.1, says
 * `listening on N` and hands GET and HEAD on to 127.0.0.1:PORT, all Accept lines with them. What it spoils is told by
 * POST /_control, one rule a line, which replaces all rules before (an empty body: spoil nothing):
 *
 *   ACTION NUMBER TIMES PART     TIMES `-`: always; PART: words that the path must hold, `-`: any path
 *
 *   slow    N   bodies at N bytes a second            stall  N   after N bytes of the body nothing comes until the
 * rules change cut     N   close after N bytes of the body       flip   N   byte N of the body (from 0) is inverted
 *   status  N   answer N (429, 500, …) instead        refuse 0   close without an answer
 *   page    N   tags N at a time, with Link           bearer N   demand a token for the repository, good for N seconds
 *
 * LOGFILE gets a line a request as it ends: METHOD PATH STATUS BYTES.
 */
enum proxy_action {
    PROXY_SLOW,
    PROXY_STALL,
    PROXY_CUT,
    PROXY_FLIP,
    PROXY_STATUS,
    PROXY_REFUSE,
    PROXY_PAGE,
    PROXY_BEARER,
};

/* Replaces the rules; false (and nothing changed) when a line is none. */
bool rules_set(const char *text);
/* True when a rule of this action fits the path: its number, and one of its times is used up. */
bool rules_take(enum proxy_action action, const char *path, uint64_t *number);
/* Changes whenever rules are set: who stalls or is slow, goes on at full speed. */
unsigned rules_generation(void);

/* A request to the registry behind, read piece by piece. */
struct upstream;
struct upstream_head {
    long status; /* 0: no answer */
    int64_t length;
    struct argv names, values;
};
/* `headers`: whole lines. Returns when the head of the answer is there. */
struct upstream *upstream_open(const char *url, bool head_only, const struct argv *headers, struct upstream_head *head);
/* Bytes into `to`; 0 at the end, -1 when the connection broke. */
long upstream_read(struct upstream *u, char *to, size_t max);
void upstream_free(struct upstream *u); /* takes NULL */
void upstream_head_clear(struct upstream_head *head);

/* The tag list `json`, cut to the page that `n` and `last` (NULL: from the start) ask for. *link: the rest of the Link
 * header, empty when nothing follows. False when `json` is no tag list. */
bool answer_page(const char *json, size_t len, const char *path, uint64_t n, const char *last, struct buf *page,
                 struct buf *link);
/* A token for `scope` as JSON; and whether what a request showed is good for `path`. */
void answer_token(const char *scope, uint64_t seconds, struct buf *json);
bool answer_token_ok(const char *authorization, const char *path);
/* The challenge that a request without a good token gets. */
void answer_challenge(int port, const char *path, struct buf *header);

#endif
