#ifndef TENGIL_WIDGETS_BROWSER_H
#define TENGIL_WIDGETS_BROWSER_H

#include "widgets/draw.h"
#include "widgets/keys.h"

/*
 * A browser of folders that reads nothing itself: reading can hang, so its owner lists a folder when it is asked to and
 * brings the entries when they are there; until then the place stands with "…". `j k` move, `l` Right and Enter go in,
 * `h` Left go out, Space or Enter on "." take, `.` shows hidden ones, `n` makes a new one, letters behind `/` filter.
 */
struct browser_entry {
    const char *name;  /* copied; bytes as they are in the file system */
    const char *owner; /* "1000:1000", "" when not known */
    const char *size;  /* "1.4T", "" when not known */
    const char *note;  /* "not readable", "a mount" */
};

enum browser_event {
    BROWSER_NOTHING,
    BROWSER_MOVED,
    BROWSER_LIST, /* list browser_path() now */
    BROWSER_TAKEN,
    BROWSER_NEW, /* a new folder in browser_path(): the owner asks for its name */
    BROWSER_CLOSED,
};

struct browser;
struct browser *browser_new(const char *path); /* absolute; the owner lists it first */
void browser_free(struct browser *b);
/* The entries of `path`; ignored when another place is shown by now. `room`: "3.2 TiB free", or NULL. */
void browser_entries(struct browser *b, const char *path, const struct browser_entry *entries, int n, const char *room);
void browser_failed(struct browser *b, const char *path, const char *why); /* it cannot be listed */
enum browser_event browser_key(struct browser *b, const struct key *key, const char *paste, size_t npaste);
const char *browser_path(const struct browser *b);
/* What Enter or Space takes: the folder under the cursor, or the place itself on its first row ".". */
const char *browser_chosen(struct browser *b);
void browser_draw(struct browser *b, const struct canvas *body);

#endif
