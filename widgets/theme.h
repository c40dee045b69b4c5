#ifndef TENGIL_WIDGETS_THEME_H
#define TENGIL_WIDGETS_THEME_H

#include <curses.h>
#include <stdbool.h>

/* Roles and glyphs: what a thing means, and how this terminal says it (two tables in theme.c). */
enum role {
    ROLE_TEXT,
    ROLE_TITLE,
    ROLE_DIM,
    ROLE_ACCENT,
    ROLE_OK,
    ROLE_WARN,
    ROLE_DANGER,
    ROLE_FOCUS,
    ROLE_MARK,
    ROLE_COUNT,
};

enum glyph {
    GLYPH_NONE, /* nothing is drawn */
    GLYPH_RUNNING,
    GLYPH_STOPPED,
    GLYPH_CHANGING,
    GLYPH_WARN,
    GLYPH_UNKNOWN,
    GLYPH_DONE,
    GLYPH_FAILED,
    GLYPH_NOT_DONE,
    GLYPH_JOB,
    GLYPH_PATH,
    GLYPH_BECOMES,
    GLYPH_MORE_ABOVE,
    GLYPH_MORE_BELOW,
    GLYPH_NEWER,
    GLYPH_CURSOR,
    GLYPH_MARK,
    GLYPH_CUT,
    GLYPH_BAR_FULL,
    GLYPH_BAR_EMPTY,
    GLYPH_HLINE,
    GLYPH_VLINE,
    GLYPH_UL,
    GLYPH_UR,
    GLYPH_LL,
    GLYPH_LR,
    GLYPH_COUNT,
};

enum theme_name { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO };

struct theme_options {
    enum theme_name name;
    int colors;         /* 256, 16, 8, 0 (mono); -1: as terminfo and NO_COLOR say */
    int ascii;          /* 1: ASCII glyphs; 0: as the locale and TERM say */
    bool slow;          /* reduced bytes: no reverse, bars, histories, spinner */
    bool cursor_always; /* the hardware cursor is visible in lists too, for those who follow it */
};

struct theme {
    attr_t attrs[ROLE_COUNT];
    short pairs[ROLE_COUNT];
    const char *glyphs[GLYPH_COUNT]; /* one column each, but GLYPH_BECOMES may be "->" */
    chtype acs[GLYPH_COUNT];         /* what stands for the glyph instead, 0: nothing does */
    const char *history[8];          /* ▁ to █; NULL where the terminal cannot show them */
    bool utf8;                       /* text above 0x7E may be shown */
    bool slow, cursor_always;
    int colors; /* 256, 16, 8 or 0 */
};

/* After curses has started (it makes colour pairs 1 to ROLE_COUNT). NO_COLOR, TERM=linux, LANG=C are respected. */
void theme_init(struct theme *theme, const struct theme_options *options);

/* The same without a terminal: glyphs only, no colours. `utf8` and `ascii` are what the locale and TERM would have
 * said. */
void theme_plain(struct theme *theme, bool utf8, bool ascii);

/* True when the locale's characters are UTF-8 (setlocale was called). */
bool theme_locale_utf8(void);

#endif
