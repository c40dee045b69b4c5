#ifndef TENGIL_TESTS_SCREEN_H
#define TENGIL_TESTS_SCREEN_H

/* Painted widgets, read back: curses on /dev/null with a pad to paint on. Include after unit.h. */
#include "widgets/draw.h"
#include "widgets/keys.h"

#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static struct theme screen_theme;

__attribute__((unused)) static void screen_start(const char *locale, const char *term,
                                                 const struct theme_options *options)
{
    static SCREEN *screen;
    const struct theme_options usual = {.colors = -1};
    assert_non_null(setlocale(LC_ALL, locale));
    unsetenv("NO_COLOR");
    setenv("TERM", term, 1);
    setenv("LINES", "60", 1);
    setenv("COLUMNS", "200", 1);
    if (screen) {
        endwin();
        delscreen(screen);
    }
    screen = newterm(NULL, fopen("/dev/null", "w"), fopen("/dev/null", "r"));
    assert_non_null(screen);
    theme_init(&screen_theme, options ? options : &usual);
}

__attribute__((unused)) static struct canvas screen_new(int height, int width)
{
    struct canvas c = {.win = newpad(height, width), .theme = &screen_theme, .height = height, .width = width};
    assert_non_null(c.win);
    draw_cursor_none();
    return c;
}

/* Row `y` as UTF-8, without the blanks at its end. Valid until the fourth next call. */
__attribute__((unused)) static const char *screen_row(const struct canvas *c, int y)
{
    static char rows[4][2048];
    static int turn;
    char *out = rows[turn++ % 4];
    size_t n = 0;
    for (int x = 0; x < c->width; x++) {
        cchar_t cell;
        wchar_t wide[CCHARW_MAX + 1] = {0};
        attr_t attrs;
        short pair;
        mvwin_wch(c->win, y, x, &cell);
        getcchar(&cell, wide, &attrs, &pair, NULL);
        /* A wide character fills two cells and is told for each: curses marks the second by nothing that getcchar
         * shows. */
        n += (size_t)snprintf(out + n, sizeof(rows[0]) - n, "%ls", wide);
        if (wcwidth(wide[0]) == 2)
            x++;
    }
    while (n > 0 && out[n - 1] == ' ')
        out[--n] = '\0';
    return out;
}

__attribute__((unused)) static attr_t screen_attrs(const struct canvas *c, int y, int x, short *pair)
{
    cchar_t cell;
    wchar_t wide[CCHARW_MAX + 1];
    attr_t attrs = 0;
    short p = 0;
    mvwin_wch(c->win, y, x, &cell);
    getcchar(&cell, wide, &attrs, &p, NULL);
    if (pair)
        *pair = p;
    return attrs;
}

/* The rows of the canvas are these (NULL ends them); the row that differs is named. */
__attribute__((unused)) static void screen_is(const struct canvas *c, const char *const *rows)
{
    bool same = true;
    int n = 0;
    for (; rows[n]; n++)
        same = same && n < c->height && strcmp(screen_row(c, n), rows[n]) == 0;
    if (same)
        return;
    for (int y = 0; y < n && y < c->height; y++)
        print_message("# %2d |%s|\n", y, screen_row(c, y));
    for (int y = 0; y < n && y < c->height; y++)
        if (strcmp(screen_row(c, y), rows[y]) != 0)
            print_message("# row %d wanted |%s|\n", y, rows[y]);
    fail_msg("the screen differs");
}

__attribute__((unused)) static struct key press_char_key(uint32_t ch)
{
    return (struct key){.type = KEY_CHAR, .ch = ch};
}

__attribute__((unused)) static struct key press_code_key(int code)
{
    return (struct key){.type = KEY_CODE, .code = code};
}

#endif
