#ifndef TENGIL_TUI_FMT_H
#define TENGIL_TUI_FMT_H

#include "backend/base/buf.h"

#include <stdint.h>

/* A moment as people read it: `today 15:01`, `Sun 21:14` within a week, else `2025-11-03`. Both in Unix seconds. */
void fmt_add_moment(struct buf *out, int64_t at, int64_t now);

/* num.h's forms into a string; "-" for UINT64_MAX. Bytes in a table (`118M`), seconds (`3m08s`), bytes in a sentence.
 */
void fmt_size(char *out, size_t size, uint64_t bytes);
void fmt_time(char *out, size_t size, uint64_t seconds);
void fmt_amount(char *out, size_t size, uint64_t bytes);

#endif
