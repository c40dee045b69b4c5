#ifndef TENGIL_WIDGETS_SHOWN_H
#define TENGIL_WIDGETS_SHOWN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The one door for text: foreign bytes become characters that a terminal shows and never obeys. Control characters, marks
 * that turn the direction of text, and bytes that are not UTF-8 are shown as \xNN, one for each byte; where the terminal has
 * no UTF-8, so is everything above 0x7E (except our own strings, which have ASCII forms). Widths are columns.
 */
struct shown_char {
    char bytes[20]; /* what is drawn, NUL-terminated */
    int width;      /* columns, 0 for combining characters */
    size_t taken;   /* bytes of the source */
};

/* The next character of `s`; false at the end. */
bool shown_next(const char *s, size_t len, bool utf8, struct shown_char *out);

int shown_width(const char *s, size_t len, bool utf8);

enum shown_cut {
    SHOWN_CUT_END,    /* names: "home-assis…" */
    SHOWN_CUT_START,  /* paths: "…/media/movies" */
    SHOWN_CUT_MIDDLE, /* references: "ghcr.io/…/home-assistant" keeps the host and the last part */
    SHOWN_CUT_NEVER,  /* numbers, states: the caller's column must give way */
};

/* Writes what fits into `width` columns, padded with blanks to it when `pad`; cut text gets `mark` ("…" or "~"). `out` has
 * `size` bytes (10 * width + 1 always suffice). Returns true when something was cut. */
bool shown_fit(char *out, size_t size, const char *s, int width, enum shown_cut cut, bool pad, const char *mark, bool utf8);

#endif
