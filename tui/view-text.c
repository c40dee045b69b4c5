#include "tui/app.h"

#include "backend/base/mem.h"
#include "widgets/scroll.h"
#include "widgets/shown.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A page of text to read: commands, messages. Lines wrap. */

struct line {
    size_t start, len;
};

struct text_view {
    struct view view;
    char *title, *text;
    struct line *lines; /* for `width` */
    size_t nlines;
    int width;
    struct scroll scroll;
};

static void wrap(struct text_view *t, int width, bool utf8)
{
    size_t at = 0, start, len;
    if (t->width == width)
        return;
    t->width = width;
    t->nlines = 0;
    while (shown_wrap(t->text, &at, width, utf8, &start, &len)) {
        MEM_GROW(t->lines, t->nlines);
        t->lines[t->nlines++] = (struct line){.start = start, .len = len};
    }
    scroll_set_count(&t->scroll, (int)t->nlines);
}

static void close_text(struct view *view)
{
    struct text_view *t = (struct text_view *)view;
    free(t->title);
    free(t->text);
    free(t->lines);
    free(t);
}

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    const struct text_view *t = (struct text_view *)view;
    int last = t->scroll.top + t->scroll.height;
    snprintf(left, nleft, "%s", t->title);
    if ((int)t->nlines > t->scroll.height)
        snprintf(right, nright, "%d to %d of %zu%s", t->scroll.top + 1, last < (int)t->nlines ? last : (int)t->nlines,
                 t->nlines, scroll_more_below(&t->scroll) ? " \xe2\x96\xbc" : "");
}

static void draw(struct view *view, const struct canvas *body)
{
    struct text_view *t = (struct text_view *)view;
    wrap(t, body->width - 2, body->theme->utf8);
    scroll_set_height(&t->scroll, body->height);
    for (int y = 0; y < body->height && t->scroll.top + y < (int)t->nlines; y++) {
        const struct line *line = &t->lines[t->scroll.top + y];
        draw_bytes(body, y, 1, body->width - 2, ROLE_TEXT, t->text + line->start, line->len);
    }
    draw_cursor(body, 0, 0, false);
}

/* The window moves, there is no cursor in a text: the row at its edge stands for it. */
static void scroll_lines(struct text_view *t, int rows)
{
    int top = t->scroll.top + rows, most = (int)t->nlines - t->scroll.height;
    top = top > most ? most : top;
    t->scroll.top = top < 0 ? 0 : top;
    t->scroll.cursor = t->scroll.top;
    app_paint(t->view.app);
}

static bool key(struct view *view, const struct key *k, const char *paste, size_t npaste)
{
    struct text_view *t = (struct text_view *)view;
    static const struct {
        const char *keys;
        int rows, pages;
    } moves[] = {
        {"j Down Enter", 1, 0}, {"k Up", -1, 0}, {"PgDn ^F Space", 0, 2}, {"PgUp ^B b", 0, -2},
        {"^D", 0, 1},           {"^U", 0, -1},   {"g Home", -1000000, 0}, {"G End", 1000000, 0},
    };
    (void)paste;
    (void)npaste;
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (!keytable_matches(moves[i].keys, k))
            continue;
        scroll_lines(t, moves[i].rows + moves[i].pages * (t->scroll.height - 1) / 2);
        return true;
    }
    return false;
}

static const struct keytable_action actions[] = {
    {.id = "down",
     .keys = "",
     .shown = "j k",
     .label = "scroll",
     .priority = 1,
     .section = "THE TEXT",
     .sentence = "j, k and the arrows move by a line, Space and b by a page, g and G to the ends."},
    {.id = "back", .keys = "h Esc", .shown = "Esc", .label = "back", .priority = 2},
};
static const struct keytable keys = {.actions = actions, .n = 2};

static void act(struct view *view, const char *id)
{
    (void)id;
    scroll_lines((struct text_view *)view, 1);
}

static const struct view_class text_class = {
    .name = "Text",
    .close = close_text,
    .title = title,
    .keys = &keys,
    .act = act,
    .key = key,
    .draw = draw,
};

struct view *view_text_new(struct app *app, const char *head, const char *text)
{
    struct text_view *t = mem_zero(1, sizeof(*t));
    t->view = (struct view){.class = &text_class, .app = app};
    t->title = mem_strdup(head);
    t->text = mem_strdup(text);
    return &t->view;
}
