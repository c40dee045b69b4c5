#include "widgets/picker.h"

#include "widgets/dialog.h"
#include "widgets/table.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

struct item {
    char *label, *note, *not_possible;
};

struct picker {
    char *title;
    struct item *items;
    int nitems;
    int *view;
    struct scroll scroll;
    struct edit filter;
};

static bool passes(const struct picker *p, int i)
{
    char *words = wmem_strdup(p->filter.text), *at = words, *word;
    bool match = true;
    while (match && (word = strsep(&at, " ")))
        match = table_contains(p->items[i].label, word) || table_contains(p->items[i].note, word);
    free(words);
    return match;
}

static void refilter(struct picker *p, int selected)
{
    int n = 0, cursor = 0;
    for (int i = 0; i < p->nitems; i++) {
        if (!passes(p, i))
            continue;
        if (i == selected)
            cursor = n;
        p->view[n++] = i;
    }
    scroll_set_count(&p->scroll, n);
    scroll_to(&p->scroll, cursor);
}

struct picker *picker_new(const char *title, const struct picker_item *items, int n, int selected)
{
    struct picker *p = wmem_zero(1, sizeof(*p));
    p->title = wmem_strdup(title);
    p->items = wmem_zero((size_t)n, sizeof(*p->items));
    p->view = wmem_zero((size_t)n, sizeof(*p->view));
    p->nitems = n;
    p->scroll.height = 10;
    for (int i = 0; i < n; i++) {
        p->items[i].label = wmem_strdup(items[i].label);
        p->items[i].note = wmem_strdup(items[i].note);
        p->items[i].not_possible = items[i].not_possible ? wmem_strdup(items[i].not_possible) : NULL;
    }
    edit_init(&p->filter, 100, false);
    refilter(p, selected);
    return p;
}

void picker_free(struct picker *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->nitems; i++) {
        free(p->items[i].label);
        free(p->items[i].note);
        free(p->items[i].not_possible);
    }
    edit_clear(&p->filter);
    free(p->items);
    free(p->view);
    free(p->title);
    free(p);
}

int picker_shown(const struct picker *p)
{
    return p->scroll.count;
}

int picker_item(const struct picker *p)
{
    return p->scroll.count > 0 ? p->view[p->scroll.cursor] : -1;
}

const char *picker_reason(const struct picker *p)
{
    int i = picker_item(p);
    return i >= 0 ? p->items[i].not_possible : NULL;
}

static enum picker_event escape(struct picker *p)
{
    int selected = picker_item(p);
    if (p->filter.len == 0)
        return PICKER_CLOSED;
    edit_set(&p->filter, "");
    refilter(p, selected);
    return PICKER_MOVED;
}

static enum picker_event go(struct picker *p, int code)
{
    switch (code) {
    case KEY_UP:
        scroll_by(&p->scroll, -1);
        return PICKER_MOVED;
    case KEY_DOWN:
        scroll_by(&p->scroll, 1);
        return PICKER_MOVED;
    case KEY_PPAGE:
        scroll_page(&p->scroll, -1, false);
        return PICKER_MOVED;
    case KEY_NPAGE:
        scroll_page(&p->scroll, 1, false);
        return PICKER_MOVED;
    case KEY_HOME:
        scroll_to(&p->scroll, 0);
        return PICKER_MOVED;
    case KEY_END:
        scroll_to(&p->scroll, p->scroll.count - 1);
        return PICKER_MOVED;
    default:
        return PICKER_NOTHING;
    }
}

enum picker_event picker_key(struct picker *p, const struct key *key, const char *paste, size_t npaste)
{
    int selected = picker_item(p);
    if (key_is_code(key, KEYS_ESC))
        return escape(p);
    if (key_is_code(key, KEYS_ENTER))
        return selected >= 0 && !p->items[selected].not_possible ? PICKER_TAKEN : PICKER_MOVED;
    if (key->type == KEY_CODE && go(p, key->code) == PICKER_MOVED)
        return PICKER_MOVED;
    if (!edit_key(&p->filter, key, paste, npaste))
        return PICKER_NOTHING;
    refilter(p, selected);
    return PICKER_MOVED;
}

static int width_of(const char *s, bool utf8)
{
    return shown_width(s, strlen(s), utf8);
}

static void draw_item(const struct picker *p, const struct canvas *box, int y, int line, int notes_at)
{
    const struct item *item = &p->items[p->view[line]];
    const char *note = item->not_possible ? item->not_possible : item->note;
    enum role role = item->not_possible ? ROLE_DIM : ROLE_TEXT;
    int used = draw_text(box, y, 4, box->width - 6, role, SHOWN_CUT_END, item->label);
    int at = used + 6 > notes_at ? used + 6 : notes_at;
    if (at < box->width - 2)
        draw_text(box, y, at, box->width - 2 - at, ROLE_DIM, SHOWN_CUT_END, note);
    if (line != p->scroll.cursor)
        return;
    draw_glyph(box, y, 2, ROLE_FOCUS, GLYPH_CURSOR);
    draw_focus(box, y, 2, box->width - 4);
}

void picker_draw(struct picker *p, const struct canvas *body)
{
    int label = 0, note = 0;
    bool utf8 = body->theme->utf8;
    for (int i = 0; i < p->nitems; i++) {
        const char *text = p->items[i].not_possible ? p->items[i].not_possible : p->items[i].note;
        int wide = width_of(p->items[i].label, utf8), more = width_of(text, utf8);
        label = wide > label ? wide : label;
        note = more > note ? more : note;
    }
    /* The box is as large as the whole list wants it, so that it stands still while the filter shortens it. */
    struct canvas box = dialog_box(body, p->nitems + 4, label + note + 10 > 40 ? label + note + 10 : 40, p->title);
    scroll_set_height(&p->scroll, box.height - 4);
    draw_text(&box, 1, 2, 0, ROLE_DIM, SHOWN_CUT_END, "/");
    edit_draw(&p->filter, &box, 1, 3, box.width - 5, true, "type to find");
    for (int y = 0; y < p->scroll.height && p->scroll.top + y < p->scroll.count; y++)
        draw_item(p, &box, y + 2, p->scroll.top + y, label + 6);
    if (p->scroll.count == 0)
        draw_text(&box, 2, 4, 0, ROLE_DIM, SHOWN_CUT_END, "Nothing matches. Esc empties the filter.");
    if (scroll_more_below(&p->scroll))
        draw_glyph(&box, box.height - 2, box.width - 3, ROLE_DIM, GLYPH_MORE_BELOW);
}
