#include "widgets/help.h"

#include "widgets/edit.h"
#include "widgets/scroll.h"
#include "widgets/table.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line of the page: a section's name or an action. */
struct entry {
    const char *section;
    const struct keytable_action *action; /* NULL: the section's name */
};

struct help {
    struct entry *all, *view;
    int nall, nview;
    struct scroll scroll; /* over `view`, the cursor never on a section's name */
    int columns, rows;    /* of the last paint */
    struct edit find;
    bool finding;
    const char *(*why_not)(void *data, const struct keytable_action *action);
    void *data;
};

static bool passes(const struct help *h, const struct keytable_action *action)
{
    return table_contains(action->label, h->find.text) ||
           table_contains(action->keys ? action->keys : "", h->find.text) ||
           table_contains(action->sentence ? action->sentence : "", h->find.text);
}

/* The cursor stands on an action: the nearest in the direction, or else in the other. */
static void settle(struct help *h, int direction)
{
    int at = h->scroll.cursor;
    while (at >= 0 && at < h->nview && !h->view[at].action)
        at += direction;
    if (at < 0 || at >= h->nview)
        for (at = h->scroll.cursor; at >= 0 && at < h->nview && !h->view[at].action;)
            at -= direction;
    if (at >= 0 && at < h->nview)
        scroll_to(&h->scroll, at);
}

static void refilter(struct help *h)
{
    const struct keytable_action *before = help_action(h);
    int cursor = 0;
    h->nview = 0;
    for (int i = 0; i < h->nall; i++) {
        const struct entry *entry = &h->all[i];
        if (entry->action && !passes(h, entry->action))
            continue;
        /* A section without an action has no name either. */
        if (!entry->action) {
            int k = i + 1;
            while (k < h->nall && h->all[k].action && !passes(h, h->all[k].action))
                k++;
            if (k >= h->nall || !h->all[k].action)
                continue;
        }
        if (entry->action == before && before)
            cursor = h->nview;
        h->view[h->nview++] = *entry;
    }
    scroll_set_count(&h->scroll, h->nview);
    scroll_to(&h->scroll, cursor);
    settle(h, 1);
}

static void add(struct help *h, const char *section, const struct keytable_action *action)
{
    WMEM_GROW(h->all, (size_t)h->nall);
    h->all[h->nall++] = (struct entry){.section = section, .action = action};
}

static bool has_section(const struct help *h, const char *section)
{
    for (int i = 0; i < h->nall; i++)
        if (strcmp(h->all[i].section, section) == 0)
            return true;
    return false;
}

/* Sections stand in the order in which the tables first name them. */
static void collect(struct help *h, const struct keytable *const *tables, int ntables)
{
    for (int i = 0; i < ntables; i++) {
        for (int k = 0; k < tables[i]->n; k++) {
            const char *section = tables[i]->actions[k].section;
            if (!section || has_section(h, section))
                continue;
            add(h, section, NULL);
            for (int m = i; m < ntables; m++)
                for (int n = 0; n < tables[m]->n; n++)
                    if (tables[m]->actions[n].section && strcmp(tables[m]->actions[n].section, section) == 0)
                        add(h, section, &tables[m]->actions[n]);
        }
    }
}

struct help *help_new(const struct keytable *const *tables, int ntables,
                      const char *(*why_not)(void *data, const struct keytable_action *action), void *data)
{
    struct help *h = wmem_zero(1, sizeof(*h));
    h->why_not = why_not;
    h->data = data;
    h->columns = 1;
    h->rows = h->scroll.height = 20;
    edit_init(&h->find, 60, false);
    collect(h, tables, ntables);
    h->view = wmem_zero((size_t)h->nall, sizeof(*h->view));
    refilter(h);
    return h;
}

void help_free(struct help *h)
{
    if (!h)
        return;
    edit_clear(&h->find);
    free(h->all);
    free(h->view);
    free(h);
}

const struct keytable_action *help_action(const struct help *h)
{
    return h->scroll.cursor < h->nview ? h->view[h->scroll.cursor].action : NULL;
}

bool help_finding(const struct help *h)
{
    return h->finding;
}

const char *help_found(const struct help *h)
{
    return h->find.text;
}

static const char *reason(const struct help *h)
{
    const struct keytable_action *action = help_action(h);
    return action && h->why_not ? h->why_not(h->data, action) : NULL;
}

void help_message(const struct help *h, char *text, size_t size)
{
    const struct keytable_action *action = help_action(h);
    const char *why = reason(h);
    if (!action)
        snprintf(text, size, "Nothing is called \"%s\". Esc shows all.", h->find.text);
    else
        snprintf(text, size, "%s: %s", action->label, why ? why : action->sentence ? action->sentence : "");
}

static enum help_event go(struct help *h, int rows)
{
    scroll_by(&h->scroll, rows);
    settle(h, rows < 0 ? -1 : 1);
    return HELP_MOVED;
}

static enum help_event act(const struct help *h)
{
    if (!help_action(h))
        return HELP_MOVED;
    return reason(h) ? HELP_REFUSED : HELP_DO;
}

static enum help_event escape(struct help *h)
{
    if (!h->finding && h->find.len == 0)
        return HELP_CLOSED;
    h->finding = false;
    edit_set(&h->find, "");
    refilter(h);
    return HELP_MOVED;
}

/* Plain letters move only while no word is typed. */
static enum help_event letter(struct help *h, const struct key *key)
{
    if (key_is(key, '/')) {
        h->finding = true;
        return HELP_MOVED;
    }
    if (key_is(key, 'j'))
        return go(h, 1);
    if (key_is(key, 'k'))
        return go(h, -1);
    if (key_is(key, 'g'))
        return go(h, -h->nview);
    if (key_is(key, 'G'))
        return go(h, h->nview);
    if (key_is(key, 'q') || key_is(key, '?') || key_is(key, 'h'))
        return HELP_CLOSED;
    return HELP_NOTHING;
}

enum help_event help_key(struct help *h, const struct key *key, const char *paste, size_t npaste)
{
    static const struct {
        int code, rows;
    } moves[] = {{KEY_DOWN, 1}, {KEY_UP, -1}, {KEY_NPAGE, 10}, {KEY_PPAGE, -10}, {KEYS_TAB, 1}, {KEY_BTAB, -1}};
    if (key_is_code(key, KEYS_ESC))
        return escape(h);
    if (key_is_code(key, KEYS_ENTER))
        return act(h);
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
        if (key_is_code(key, moves[i].code))
            return go(h, moves[i].rows);
    if (!h->finding && key_is_code(key, KEY_RIGHT) && h->columns > 1)
        return go(h, h->rows);
    if (!h->finding && key_is_code(key, KEY_LEFT))
        return h->columns > 1 && h->scroll.cursor >= h->rows ? go(h, -h->rows) : HELP_CLOSED;
    if (!h->finding && key->type == KEY_CHAR)
        return letter(h, key);
    if (!h->finding || !edit_key(&h->find, key, paste, npaste))
        return HELP_NOTHING;
    refilter(h);
    return HELP_MOVED;
}

static void draw_entry(const struct help *h, const struct canvas *c, int y, int x, int width, int i)
{
    const struct entry *entry = &h->view[i];
    bool possible = entry->action && !(h->why_not && h->why_not(h->data, entry->action));
    char keys[40];
    if (!entry->action) {
        draw_text(c, y, x + 4, width - 4, ROLE_TITLE, SHOWN_CUT_END, entry->section);
        return;
    }
    snprintf(keys, sizeof(keys), "%s", entry->action->shown ? entry->action->shown : entry->action->keys);
    draw_text(c, y, x + 4, 12, possible ? ROLE_ACCENT : ROLE_DIM, SHOWN_CUT_END, keys);
    if (width > 18)
        draw_text(c, y, x + 17, width - 18, possible ? ROLE_TEXT : ROLE_DIM, SHOWN_CUT_END, entry->action->label);
    if (i != h->scroll.cursor)
        return;
    draw_glyph(c, y, x + 1, ROLE_FOCUS, GLYPH_CURSOR);
    draw_focus(c, y, x + 4, width - 5);
    draw_cursor(c, y, x + 4, false);
}

/* Both columns are about as long, and the right one begins with a section where it can. */
static int rows_of_column(const struct help *h, int rows)
{
    if (h->columns == 1 || h->nview > 2 * rows)
        return rows;
    int half = (h->nview + 1) / 2;
    for (int i = half; i <= rows && i < h->nview; i++)
        if (!h->view[i].action)
            return i;
    return half > 0 ? half : 1;
}

void help_draw(struct help *h, const struct canvas *c)
{
    char find[120];
    draw_clear(c);
    snprintf(find, sizeof(find), h->finding ? "/%s" : "/ to find one, Enter to do it%s", h->find.text);
    if (!h->finding && h->find.len)
        snprintf(find, sizeof(find), "/%s   Enter does it, Esc shows all", h->find.text);
    draw_text(c, 0, 1, 0, h->finding ? ROLE_TEXT : ROLE_DIM, SHOWN_CUT_END, find);
    h->columns = c->width >= 70 ? 2 : 1;
    h->rows = rows_of_column(h, c->height > 1 ? c->height - 1 : 1);
    /* Pages of two columns: the list goes down the left one, then the right one. */
    scroll_set_height(&h->scroll, h->rows * h->columns);
    int width = c->width / h->columns;
    for (int k = 0; k < h->rows * h->columns && h->scroll.top + k < h->nview; k++)
        draw_entry(h, c, 1 + k % h->rows, k / h->rows * width, width, h->scroll.top + k);
    if (h->finding)
        draw_cursor(c, 0, 2 + shown_width(h->find.text, strlen(h->find.text), c->theme->utf8), true);
    if (scroll_more_below(&h->scroll))
        draw_glyph(c, c->height - 1, c->width - 2, ROLE_DIM, GLYPH_MORE_BELOW);
}
