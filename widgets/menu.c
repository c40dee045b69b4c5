#include "widgets/menu.h"

#include "widgets/dialog.h"
#include "widgets/scroll.h"
#include "widgets/shown.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

struct row {
    char *id, *label, *note, *not_possible;
    uint32_t letter;
};

struct menu {
    char *title;
    struct row *rows;
    struct scroll scroll;
};

struct menu *menu_new(const char *title, const struct menu_row *rows, int n, int selected)
{
    struct menu *m = wmem_zero(1, sizeof(*m));
    m->title = wmem_strdup(title);
    m->rows = wmem_zero((size_t)n, sizeof(*m->rows));
    for (int i = 0; i < n; i++) {
        m->rows[i].id = wmem_strdup(rows[i].id);
        m->rows[i].label = wmem_strdup(rows[i].label);
        m->rows[i].note = wmem_strdup(rows[i].note);
        m->rows[i].not_possible = rows[i].not_possible ? wmem_strdup(rows[i].not_possible) : NULL;
        m->rows[i].letter = rows[i].letter;
    }
    scroll_set_count(&m->scroll, n);
    scroll_to(&m->scroll, selected);
    return m;
}

void menu_free(struct menu *m)
{
    if (!m)
        return;
    for (int i = 0; i < m->scroll.count; i++) {
        free(m->rows[i].id);
        free(m->rows[i].label);
        free(m->rows[i].note);
        free(m->rows[i].not_possible);
    }
    free(m->rows);
    free(m->title);
    free(m);
}

const char *menu_id(const struct menu *m)
{
    return m->scroll.count > 0 ? m->rows[m->scroll.cursor].id : "";
}

const char *menu_reason(const struct menu *m)
{
    return m->scroll.count > 0 ? m->rows[m->scroll.cursor].not_possible : NULL;
}

static enum menu_event pick(const struct menu *m)
{
    if (m->scroll.count == 0)
        return MENU_NOTHING;
    return menu_reason(m) ? MENU_REFUSED : MENU_PICKED;
}

static enum menu_event go(struct menu *m, int rows)
{
    scroll_by(&m->scroll, rows);
    return MENU_MOVED;
}

enum menu_event menu_key(struct menu *m, const struct key *key)
{
    if (key->alt)
        return MENU_NOTHING;
    /* The rows' own letters come first: a row may have j or q. */
    for (int i = 0; key->type == KEY_CHAR && i < m->scroll.count; i++) {
        if (m->rows[i].letter == key->ch) {
            scroll_to(&m->scroll, i);
            return pick(m);
        }
    }
    if (key_is_code(key, KEYS_ENTER) || key_is(key, ' ') || key_is(key, 'l'))
        return pick(m);
    if (key_is_code(key, KEYS_ESC) || key_is_code(key, KEY_LEFT) || key_is(key, 'h') || key_is(key, 'q'))
        return MENU_CLOSED;
    if (key_is_code(key, KEY_DOWN) || key_is_code(key, KEYS_TAB) || key_is(key, 'j'))
        return go(m, 1);
    if (key_is_code(key, KEY_UP) || key_is_code(key, KEY_BTAB) || key_is(key, 'k'))
        return go(m, -1);
    if (key_is_code(key, KEY_HOME) || key_is(key, 'g'))
        return go(m, -m->scroll.count);
    if (key_is_code(key, KEY_END) || key_is(key, 'G'))
        return go(m, m->scroll.count);
    return MENU_NOTHING;
}

static int widest(const struct menu *m, bool notes, bool utf8)
{
    int most = 0;
    for (int i = 0; i < m->scroll.count; i++) {
        const struct row *row = &m->rows[i];
        const char *s = !notes ? row->label : row->not_possible ? row->not_possible : row->note;
        int width = shown_width(s, strlen(s), utf8);
        if (width > most)
            most = width;
    }
    return most;
}

static void draw_row(const struct menu *m, const struct canvas *box, int y, int i, int notes_at)
{
    const struct row *row = &m->rows[i];
    enum role role = row->not_possible ? ROLE_DIM : ROLE_TEXT;
    char letter[2] = {row->letter < 0x7F ? (char)row->letter : '\0'};
    draw_text(box, y, 4, 1, row->not_possible ? ROLE_DIM : ROLE_ACCENT, SHOWN_CUT_NEVER, letter);
    draw_text(box, y, 7, box->width - 9, role, SHOWN_CUT_END, row->label);
    if (notes_at < box->width - 2)
        draw_text(box, y, notes_at, box->width - 2 - notes_at, ROLE_DIM, SHOWN_CUT_END,
                  row->not_possible ? row->not_possible : row->note);
    if (i != m->scroll.cursor)
        return;
    draw_glyph(box, y, 2, ROLE_FOCUS, GLYPH_CURSOR);
    draw_focus(box, y, 2, box->width - 4);
    draw_cursor(box, y, 2, false);
}

void menu_draw(struct menu *m, const struct canvas *body)
{
    bool utf8 = body->theme->utf8;
    int label = widest(m, false, utf8), note = widest(m, true, utf8);
    bool airy = m->scroll.count + 4 <= body->height;
    struct canvas box =
        dialog_box(body, m->scroll.count + (airy ? 4 : 2), label + (note ? note + 3 : 0) + 10, m->title);
    int top = airy ? 2 : 1;
    scroll_set_height(&m->scroll, box.height - 2 * top);
    for (int y = 0; y < m->scroll.height && m->scroll.top + y < m->scroll.count; y++)
        draw_row(m, &box, top + y, m->scroll.top + y, label + 10);
}
