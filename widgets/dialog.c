#include "widgets/dialog.h"

#include "widgets/shown.h"
#include "widgets/wmem.h"

#include <ctype.h>
#include <curses.h>
#include <stdlib.h>
#include <string.h>

#define WIDEST 76

struct button {
    char *id, *label;
    uint32_t letter;
    bool danger;
};

struct dialog {
    char *title, *text;
    struct button *buttons;
    int nbuttons, focus;
};

struct canvas dialog_box(const struct canvas *body, int height, int width, const char *title)
{
    if (width > WIDEST)
        width = WIDEST;
    if (width > body->width)
        width = body->width;
    if (height > body->height)
        height = body->height;
    int y = (body->height - height + 1) / 2, x = (body->width - width) / 2;
    draw_clear_rows(body, y, height);
    struct canvas box = canvas_part(body, y, x, height, width);
    draw_box(&box, ROLE_TEXT, title);
    return box;
}

struct dialog *dialog_new(const char *title, const char *text, const struct dialog_button *buttons, int n, int harmless)
{
    struct dialog *d = wmem_zero(1, sizeof(*d));
    d->title = wmem_strdup(title);
    d->text = wmem_strdup(text);
    d->buttons = wmem_zero((size_t)n, sizeof(*d->buttons));
    d->nbuttons = n;
    d->focus = harmless;
    for (int i = 0; i < n; i++) {
        d->buttons[i].id = wmem_strdup(buttons[i].id);
        d->buttons[i].label = wmem_strdup(buttons[i].label);
        d->buttons[i].letter =
            buttons[i].letter ? buttons[i].letter : (uint32_t)tolower((unsigned char)buttons[i].label[0]);
        d->buttons[i].danger = buttons[i].danger;
    }
    return d;
}

void dialog_free(struct dialog *d)
{
    if (!d)
        return;
    for (int i = 0; i < d->nbuttons; i++) {
        free(d->buttons[i].id);
        free(d->buttons[i].label);
    }
    free(d->buttons);
    free(d->title);
    free(d->text);
    free(d);
}

void dialog_set_text(struct dialog *d, const char *text)
{
    free(d->text);
    d->text = wmem_strdup(text);
}

const char *dialog_button(const struct dialog *d)
{
    return d->focus < d->nbuttons ? d->buttons[d->focus].id : "";
}

static enum dialog_event go(struct dialog *d, int step)
{
    if (d->nbuttons > 0)
        d->focus = (d->focus + step + d->nbuttons) % d->nbuttons;
    return DIALOG_MOVED;
}

static enum dialog_event press_letter(struct dialog *d, uint32_t ch)
{
    for (int i = 0; i < d->nbuttons; i++) {
        uint32_t letter = d->buttons[i].letter;
        if (ch == letter || (ch < 0x80 && letter < 0x80 && tolower((int)ch) == tolower((int)letter))) {
            d->focus = i;
            return DIALOG_PRESSED;
        }
    }
    return DIALOG_NOTHING;
}

enum dialog_event dialog_key(struct dialog *d, const struct key *key)
{
    if (key->alt)
        return DIALOG_NOTHING;
    if (key->type == KEY_CHAR && key->ch != ' ')
        return press_letter(d, key->ch);
    if (key_is(key, ' ') || key_is_code(key, KEYS_ENTER))
        return DIALOG_PRESSED;
    if (key_is_code(key, KEYS_ESC))
        return DIALOG_CLOSED;
    if (key_is_code(key, KEYS_TAB) || key_is_code(key, KEY_RIGHT) || key_is_code(key, KEY_DOWN))
        return go(d, 1);
    if (key_is_code(key, KEY_BTAB) || key_is_code(key, KEY_LEFT) || key_is_code(key, KEY_UP))
        return go(d, -1);
    return DIALOG_NOTHING;
}

/* "[ label ]" */
static int button_width(const struct button *b, bool utf8)
{
    return shown_width(b->label, strlen(b->label), utf8) + 4;
}

static int buttons_width(const struct dialog *d, bool utf8)
{
    int all = 0;
    for (int i = 0; i < d->nbuttons; i++)
        all += button_width(&d->buttons[i], utf8) + 2;
    return all;
}

static void draw_button(const struct dialog *d, const struct canvas *c, int y, int x, int i)
{
    const struct button *b = &d->buttons[i];
    int width = button_width(b, c->theme->utf8);
    enum role role = b->danger ? ROLE_DANGER : ROLE_TEXT;
    draw_text(c, y, x, 2, ROLE_TEXT, SHOWN_CUT_NEVER, "[ ");
    draw_text(c, y, x + 2, width - 4, role, SHOWN_CUT_END, b->label);
    draw_text(c, y, x + width - 2, 2, ROLE_TEXT, SHOWN_CUT_NEVER, " ]");
    if (i != d->focus)
        return;
    draw_glyph(c, y, x - 1, ROLE_FOCUS, GLYPH_CURSOR);
    draw_focus(c, y, x, width);
    draw_cursor(c, y, x + 2, false);
}

/* Rows of the text at this width, and the widest of them. */
static int measure_text(const char *text, int width, bool utf8, int *widest)
{
    size_t at = 0, start, len;
    int rows = 0;
    *widest = 0;
    while (shown_wrap(text, &at, width, utf8, &start, &len)) {
        int wide = shown_width(text + start, len, utf8);
        if (wide > *widest)
            *widest = wide;
        rows++;
    }
    return rows;
}

/* Buttons stand beside one another, or under one another where they have no room. */
static void draw_buttons(const struct dialog *d, const struct canvas *box, int y, bool stacked)
{
    int x = 3;
    for (int i = 0; i < d->nbuttons; i++) {
        draw_button(d, box, y, x, i);
        if (stacked)
            y++;
        else
            x += button_width(&d->buttons[i], box->theme->utf8) + 2;
    }
}

void dialog_draw(struct dialog *d, const struct canvas *body)
{
    bool utf8 = body->theme->utf8;
    int most = (body->width < WIDEST ? body->width : WIDEST) - 6, widest;
    int rows = measure_text(d->text, most, utf8, &widest);
    int buttons = buttons_width(d, utf8);
    bool stacked = buttons > most + 2;
    int inner = !stacked && buttons > widest ? buttons : widest;
    int under = stacked ? d->nbuttons : 1;
    bool airy = rows + under + 4 <= body->height;
    struct canvas box = dialog_box(body, rows + under + (airy ? 4 : 2), inner + 8, d->title);
    size_t at = 0, start, len;
    int y = airy ? 2 : 1;
    /* The buttons are always seen; of too long a text the end is not. */
    int last = box.height - 2 - under;
    while (y <= last && shown_wrap(d->text, &at, box.width - 6, utf8, &start, &len))
        draw_bytes(&box, y++, 3, box.width - 6, ROLE_TEXT, d->text + start, len);
    draw_buttons(d, &box, box.height - 1 - under, stacked);
}
