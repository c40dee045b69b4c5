#ifndef TENGIL_WIDGETS_SHOWN_H
#define TENGIL_WIDGETS_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The one door for text: foreign bytes become characters that a terminal shows and never obeys. Control characters,
 * marks that turn the direction of text, characters that nobody sees or whose width terminals disagree about (joiners,
 * variation selectors), and bytes that are not UTF-8 are shown as \xNN, one for each byte; where the terminal has no
 * UTF-8, so is everything above 0x7E (our own strings have ASCII forms). Widths are columns, by wcwidth(3): the program
 * has set its locale.
 */
struct shown_char {
    char bytes[20]; /* what is drawn, NUL-terminated: a character with at most three combining marks, or \xNN */
    int width;      /* columns, 1 or more */
    size_t taken;   /* bytes of the source */
    bool escaped;   /* it is \xNN */
};

/* The next character of `s`; false at the end. */
bool shown_next(const char *s, size_t len, bool utf8, struct shown_char *out);

/* Length (1 to 4) of the UTF-8 character at `s` and its code, or 0 when the bytes are none (overlong and surrogates
 * too). */
size_t shown_utf8(const char *s, size_t len, uint32_t *code);

int shown_width(const char *s, size_t len, bool utf8);

/* Bytes of `s` that take up to `width` columns; *columns (may be NULL) gets how many they take. */
size_t shown_span(const char *s, size_t len, int width, bool utf8, int *columns);

enum shown_cut {
    SHOWN_CUT_END,    /* names: "home-assis…" */
    SHOWN_CUT_START,  /* paths: "…/media/movies", at a slash where one is near */
    SHOWN_CUT_MIDDLE, /* references: "ghcr.io/…/home-assistant" keeps the host and the last part with its tag */
    SHOWN_CUT_NEVER,  /* numbers, states: the caller's column must give way; what still does not fit loses its end */
};

/*
 * Writes what fits into `width` columns, padded with blanks to it when `pad`; cut text gets `mark` ("…" or "~", one
 * column). `out` has `size` bytes (20 * width + 1 always suffice). Returns true when something was cut.
 */
bool shown_fit(char *out, size_t size, const char *s, int width, enum shown_cut cut, bool pad, const char *mark,
               bool utf8);

/*
 * Breaks text into lines of at most `width` columns, at blanks where it can; a line feed always breaks. Call with *at =
 * 0; each call gives the next line as [*start, *start + *len) and moves *at; false at the end.
 */
bool shown_wrap(const char *s, size_t *at, int width, bool utf8, size_t *start, size_t *len);

#endif
