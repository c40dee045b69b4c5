#ifndef TENGIL_TUI_FMT_H
#define TENGIL_TUI_FMT_H

#include "backend/base/buf.h"

#include <stdint.h>

/* A moment as people read it: `today 15:01`, `Sun 21:14` within a week, else `2025-11-03`. Both in Unix seconds. */
void fmt_add_moment(struct buf *out, int64_t at, int64_t now);

/* Bytes in four characters, as tables show them: `9.8G`, `118M`, `1.0G` (one decimal below 10, the next unit from
 * 1000);
 * "-" for UINT64_MAX. */
void fmt_size(char *out, size_t size, uint64_t bytes);

/* Seconds as one or two units: `4s`, `3m08s`, `2h05m`, `2d04h`, `41d`; "-" for UINT64_MAX. */
void fmt_time(char *out, size_t size, uint64_t seconds);

/* Bytes in sentences and forms: `61.2 GiB`, `512 MiB`. */
void fmt_amount(char *out, size_t size, uint64_t bytes);

#endif
