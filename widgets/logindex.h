#ifndef TENGIL_WIDGETS_LOGINDEX_H
#define TENGIL_WIDGETS_LOGINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The lines of a growing file of any size, without keeping it: every 64th line's offset is remembered (or every 64
 * KiB), the rest is found from there when it is asked for. A last line without its line feed is a line. Progress that
 * is written over itself by carriage returns folds to its last state.
 */
struct logindex;

struct logline {
    off_t start, end; /* without the line feed and carriage returns before it */
    off_t shown;      /* where its last state begins */
};

struct logindex *logindex_new(int fd); /* takes the descriptor over */
void logindex_free(struct logindex *x);
/* Reads up to `budget` new bytes. True: there is more. A file that has become shorter is read anew. */
bool logindex_grow(struct logindex *x, size_t budget);
/* Lines that begin at this offset begin a new line even where the bytes before had no line feed. Ascending. */
void logindex_break(struct logindex *x, off_t at);
long logindex_lines(const struct logindex *x);
off_t logindex_size(const struct logindex *x);
bool logindex_line(struct logindex *x, long line, struct logline *out); /* false: no such line */
long logindex_line_at(struct logindex *x, off_t at);                    /* the line that holds this byte */
/* Bytes from the file, from a cache where it has them. Returns how many; fewer at its end. */
size_t logindex_read(struct logindex *x, off_t at, char *out, size_t len);
int logindex_fd(const struct logindex *x);

#endif
