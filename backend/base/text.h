#ifndef TENGIL_BASE_TEXT_H
#define TENGIL_BASE_TEXT_H

#include "backend/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Text from outside: what of it is UTF-8, what of it a terminal would obey instead of show, and simple cutting. */

/* Length (1 to 4) of the UTF-8 character at `s`, or 0 when the bytes are none (overlong forms and surrogates included).
 */
size_t text_utf8_len(const char *s, size_t max);

/* True for characters that have no place on a line: C0 and C1 controls, DEL, and the Unicode marks that turn the
 * direction of text or separate lines (U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, U+FEFF). */
bool text_is_control(const char *s, size_t len);

/* True when all of it is UTF-8 without such characters. A NUL counts as one. */
bool text_is_clean(const char *s, size_t len);

/* Adds the text for a person to read: control characters and bytes that are not UTF-8 become \xNN, one for each byte.
 * For command line output; the screens have their own door. */
void text_add_shown(struct buf *out, const char *s, size_t len);

/* `s` without blanks at both ends, in place. */
char *text_trim(char *s);

/* True when `s` begins with `prefix`; the rest is stored in *rest when that is not NULL. */
bool text_starts(const char *s, const char *prefix, const char **rest);

/* Number of single-character edits between two names (insert, delete, replace, swap of neighbours), for "did you mean".
 */
size_t text_distance(const char *a, const char *b);

#endif
