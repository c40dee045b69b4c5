#ifndef TENGIL_BASE_NUM_H
#define TENGIL_BASE_NUM_H

#include "backend/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers as people and files write them. The readers take the whole string or refuse it: no blanks, no rest. */

/* Decimal, an optional leading `-`. False when it is none or lies outside min..max; *out is then untouched. */
bool num_parse(const char *s, int64_t min, int64_t max, int64_t *out);
bool num_parse_u64(const char *s, uint64_t *out);
/* Decimal with a point, no exponent. */
bool num_parse_double(const char *s, double *out);
/* A size in bytes: `16`, `16K`, `4.5G`, `8GiB`, `512 MB` (all 1024-based, either case). `unit` is what a bare number
 * counts in, in bytes (1 << 20 for MiB). False when it is none or over 2^62. */
bool num_parse_size(const char *s, uint64_t unit, uint64_t *bytes);

/* For tables: four characters at most, `9.8G`, `118M`, `0.9G`; one decimal below 10, next unit from 1000. */
void num_add_size4(struct buf *out, uint64_t bytes);
/* For sentences: `61.2 GiB`, `512 MiB`, `3.2 TiB`. */
void num_add_size(struct buf *out, uint64_t bytes);
/* One or two units: `4s`, `3m08s`, `2h05m`, `2d 4h`, `41d`. */
void num_add_duration(struct buf *out, int64_t seconds);

#endif
