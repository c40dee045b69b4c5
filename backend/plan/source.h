#ifndef TENGIL_PLAN_SOURCE_H
#define TENGIL_PLAN_SOURCE_H

#include "backend/plan/create.h"

/* What the two backends share about the file that a CT is made from. */

/* Finds `file` in the storage that was named, or in any that can be used when none was: sets image_storage, present,
 * file and volid, adds problems under the field `field`. Returns false when there was one. */
bool source_find(struct create *c, const char *named, const char *file, const char *field);

/* " since 2025-11-22", or nothing when the time is not known. UTC, so that it depends on nothing. */
void source_add_since(struct buf *out, const struct image *image);

#endif
