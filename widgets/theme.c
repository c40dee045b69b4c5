#include "widgets/theme.h"

#include "widgets/shown.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/*
 * Colours of the roles. On 256 colours `auto` is chosen by luminance, so that each has a contrast of at least 3.5:1 on
 * black, on white and on both Solarized grounds. -1 is the terminal's own colour.
 */
static const struct look {
    short c256[3]; /* auto, dark, light */
    short c8[2];   /* else, light */
    attr_t attrs256, attrs8, mono;
} looks[ROLE_COUNT] = {
    [ROLE_TEXT] = {{-1, -1, -1}, {-1, -1}, 0, 0, 0},
    [ROLE_TITLE] = {{-1, -1, -1}, {-1, -1}, A_BOLD, A_BOLD, A_BOLD},
    [ROLE_DIM] = {{244, 246, 242}, {-1, -1}, 0, A_DIM, 0},
    [ROLE_ACCENT] = {{32, 75, 25}, {COLOR_CYAN, COLOR_BLUE}, 0, 0, A_BOLD},
    [ROLE_OK] = {{64, 71, 28}, {COLOR_GREEN, COLOR_GREEN}, 0, 0, 0},
    [ROLE_WARN] = {{166, 214, 130}, {COLOR_YELLOW, COLOR_MAGENTA}, 0, 0, A_BOLD},
    [ROLE_DANGER] = {{196, 203, 124}, {COLOR_RED, COLOR_RED}, 0, A_BOLD, A_BOLD | A_UNDERLINE},
    [ROLE_FOCUS] = {{-1, -1, -1}, {-1, -1}, A_REVERSE, A_REVERSE, A_REVERSE},
    [ROLE_MARK] = {{32, 75, 25}, {-1, -1}, A_BOLD, A_BOLD, A_BOLD},
};

/* `ascii` is the last resort; lines come as ACS where terminfo has them. */
static const struct form {
    const char *utf8, *ascii;
} forms[GLYPH_COUNT] = {
    [GLYPH_NONE] = {"", ""},         [GLYPH_RUNNING] = {"●", "+"},    [GLYPH_STOPPED] = {"○", "-"},
    [GLYPH_CHANGING] = {"~", "~"},   [GLYPH_WARN] = {"!", "!"},       [GLYPH_UNKNOWN] = {"?", "?"},
    [GLYPH_DONE] = {"✓", "+"},       [GLYPH_FAILED] = {"✗", "x"},     [GLYPH_NOT_DONE] = {"-", "-"},
    [GLYPH_JOB] = {"▸", "&"},        [GLYPH_PATH] = {"›", ">"},       [GLYPH_BECOMES] = {"→", "->"},
    [GLYPH_MORE_ABOVE] = {"▲", "^"}, [GLYPH_MORE_BELOW] = {"▼", "v"}, [GLYPH_NEWER] = {"↑", "^"},
    [GLYPH_CURSOR] = {">", ">"},     [GLYPH_MARK] = {"*", "*"},       [GLYPH_CUT] = {"…", "~"},
    [GLYPH_BAR_FULL] = {"█", "#"},   [GLYPH_BAR_EMPTY] = {"░", "."},  [GLYPH_HLINE] = {"─", "-"},
    [GLYPH_VLINE] = {"│", "|"},      [GLYPH_UL] = {"┌", "+"},         [GLYPH_UR] = {"┐", "+"},
    [GLYPH_LL] = {"└", "+"},         [GLYPH_LR] = {"┘", "+"},
};

static const char *const histories[8] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

bool theme_locale_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* One by one: a locale whose wcwidth says other than 1 gets the ASCII form of that glyph. */
static bool one_column(const char *glyph)
{
    uint32_t code = 0;
    return shown_utf8(glyph, strlen(glyph), &code) > 0 && wcwidth((wchar_t)code) == 1;
}

void theme_plain(struct theme *theme, bool utf8, bool ascii)
{
    memset(theme, 0, sizeof(*theme));
    theme->utf8 = utf8;
    for (int i = 0; i < GLYPH_COUNT; i++) {
        bool fancy = utf8 && !ascii && (i == GLYPH_NONE || one_column(forms[i].utf8));
        theme->glyphs[i] = fancy ? forms[i].utf8 : forms[i].ascii;
    }
    for (int i = 0; i < 8; i++)
        theme->history[i] = utf8 && !ascii && one_column(histories[i]) ? histories[i] : NULL;
}

static int colors_to_use(const struct theme_options *options)
{
    const char *no = getenv("NO_COLOR");
    int have = COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
    if (options->name == THEME_MONO || (no && *no) || !has_colors())
        return 0;
    if (options->colors >= 0 && options->colors < have)
        return options->colors;
    return have;
}

static void init_lines(struct theme *theme)
{
    /* curses answers with the plain character where terminfo has no line of this kind. */
    const struct {
        enum glyph glyph;
        chtype acs;
    } lines[] = {
        {GLYPH_HLINE, ACS_HLINE}, {GLYPH_VLINE, ACS_VLINE}, {GLYPH_UL, ACS_ULCORNER},
        {GLYPH_UR, ACS_URCORNER}, {GLYPH_LL, ACS_LLCORNER}, {GLYPH_LR, ACS_LRCORNER},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (lines[i].acs & A_ALTCHARSET)
            theme->acs[lines[i].glyph] = lines[i].acs;
}

void theme_init(struct theme *theme, const struct theme_options *options)
{
    const char *term = getenv("TERM");
    bool utf8 = theme_locale_utf8();
    /* A console font has 256 or 512 glyphs. */
    bool ascii = options->ascii || !utf8 || (term && strcmp(term, "linux") == 0);

    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    theme_plain(theme, utf8, ascii);
    if (ascii && !options->ascii)
        init_lines(theme);
    theme->slow = options->slow;
    theme->cursor_always = options->cursor_always;
    theme->colors = colors_to_use(options);
    int column = options->name == THEME_DARK ? 1 : options->name == THEME_LIGHT ? 2 : 0;
    bool dim = (termattrs() & A_DIM) != 0;
    for (int i = 0; i < ROLE_COUNT; i++) {
        const struct look *look = &looks[i];
        short color = -1;
        if (theme->colors == 256)
            color = look->c256[column];
        else if (theme->colors > 0)
            color = look->c8[options->name == THEME_LIGHT];
        theme->attrs[i] = theme->colors == 256 ? look->attrs256 : theme->colors > 0 ? look->attrs8 : look->mono;
        if (!dim)
            theme->attrs[i] &= ~A_DIM;
        if (color >= 0 && init_pair((short)(i + 1), color, -1) == OK)
            theme->pairs[i] = (short)(i + 1);
    }
}
