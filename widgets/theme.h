#ifndef TENGIL_WIDGETS_THEME_H
#define TENGIL_WIDGETS_THEME_H

#include <curses.h>
#include <stdbool.h>

/* Roles and glyphs: what a thing means, and how this terminal says it (SCREENS section 1's two tables). */
enum role {
    ROLE_TEXT, ROLE_TITLE, ROLE_DIM, ROLE_ACCENT, ROLE_OK, ROLE_WARN, ROLE_DANGER, ROLE_FOCUS, ROLE_MARK,
    ROLE_COUNT,
};

enum glyph {
    GLYPH_RUNNING, GLYPH_STOPPED, GLYPH_CHANGING, GLYPH_WARN, GLYPH_UNKNOWN, GLYPH_DONE, GLYPH_FAILED, GLYPH_NOT_DONE,
    GLYPH_JOB, GLYPH_PATH, GLYPH_BECOMES, GLYPH_MORE_ABOVE, GLYPH_MORE_BELOW, GLYPH_SORTED, GLYPH_NEWER, GLYPH_CURSOR,
    GLYPH_MARK, GLYPH_CUT, GLYPH_BAR_FULL, GLYPH_BAR_EMPTY, GLYPH_HLINE, GLYPH_VLINE, GLYPH_UL, GLYPH_UR, GLYPH_LL, GLYPH_LR,
    GLYPH_COUNT,
};

enum theme_name { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO };

struct theme_options {
    enum theme_name name;
    int colors;  /* 256, 16, 8, 0 (mono), -1: as terminfo and NO_COLOR say */
    int ascii;   /* 1 forces ASCII glyphs, 0 as the locale and TERM say */
    bool slow;   /* reduced bytes: no reverse, bars, histories, spinner */
};

struct theme {
    attr_t attrs[ROLE_COUNT];
    short pairs[ROLE_COUNT];
    const char *glyphs[GLYPH_COUNT]; /* one column each, but GLYPH_BECOMES may be "->" */
    bool utf8, slow;
    int colors;
    const char *history[8]; /* ▁ to █, or ". : - = # …" forms */
};

/* After curses has started. NO_COLOR, TERM=linux, LANG=C are respected. */
void theme_init(struct theme *theme, const struct theme_options *options);

#endif
