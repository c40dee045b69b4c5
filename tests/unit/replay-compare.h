#ifndef TENGIL_TESTS_REPLAY_COMPARE_H
#define TENGIL_TESTS_REPLAY_COMPARE_H

#include "backend/base/buf.h"

#include <jansson.h>

/* All add to `why` what is wrong, nothing when all is well. What is masked, replay.h says. */
void replay_differs(struct buf *why, const char *what, const char *want, size_t want_len, const struct buf *got);
void replay_compare_output(struct buf *why, const char *what, const json_t *want, const struct buf *got);
void replay_compare_exit(struct buf *why, const json_t *want, int got);

/* A conf with the addresses masked that the tool made up: those that are not in `known`. */
void replay_mask_conf(const char *text, const char *known, struct buf *out);

#endif
