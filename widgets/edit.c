#include "widgets/edit.h"

#include "widgets/shown.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

#define STARS "********"

void edit_init(struct edit *e, int max, bool secret)
{
    *e = (struct edit){.max = max, .secret = secret};
    /* All the memory it will ever need: a secret never moves and leaves no copy behind. */
    e->text = wmem_zero(1, (size_t)max + 1);
}

static void wipe(struct edit *e)
{
    if (e->text)
        explicit_bzero(e->text, (size_t)e->max + 1);
}

void edit_clear(struct edit *e)
{
    if (e->secret)
        wipe(e);
    free(e->text);
    *e = (struct edit){0};
}

void edit_set(struct edit *e, const char *text)
{
    size_t len = strlen(text);
    if (len > (size_t)e->max)
        len = (size_t)e->max;
    if (e->secret)
        wipe(e);
    memmove(e->text, text, len);
    e->text[len] = '\0';
    e->len = e->at = (int)len;
    e->left = 0;
}

static int next_at(const struct edit *e, int at)
{
    struct shown_char c;
    if (!shown_next(e->text + at, (size_t)(e->len - at), true, &c))
        return e->len;
    return at + (int)c.taken;
}

static int previous_at(const struct edit *e, int at)
{
    int before = 0, next;
    for (int i = 0; i < at; i = next) {
        before = i;
        next = next_at(e, i);
    }
    return before;
}

static void cut(struct edit *e, int from, int to)
{
    memmove(e->text + from, e->text + to, (size_t)(e->len - to) + 1);
    if (e->secret)
        explicit_bzero(e->text + e->len - (to - from), (size_t)(to - from));
    e->len -= to - from;
    e->at = from;
}

static void put(struct edit *e, const char *bytes, int n)
{
    if (e->len + n > e->max)
        return;
    memmove(e->text + e->at + n, e->text + e->at, (size_t)(e->len - e->at) + 1);
    memcpy(e->text + e->at, bytes, (size_t)n);
    e->len += n;
    e->at += n;
}

static void replace_when_fresh(struct edit *e)
{
    if (e->fresh)
        edit_set(e, "");
    e->fresh = false;
}

void edit_insert(struct edit *e, const char *bytes, size_t len)
{
    replace_when_fresh(e);
    for (size_t at = 0; at < len;) {
        uint32_t code = 0;
        size_t n = shown_utf8(bytes + at, len - at, &code);
        if (code == '\n' || code == '\t' || code == '\r') {
            if (!(code == '\n' && at > 0 && bytes[at - 1] == '\r'))
                put(e, " ", 1);
        } else if (n > 0 && code >= 0x20 && !(code >= 0x7F && code < 0xA0)) {
            put(e, bytes + at, (int)n);
        }
        at += n ? n : 1;
    }
}

static int encode(uint32_t ch, char out[4])
{
    if (ch < 0x80) {
        out[0] = (char)ch;
        return 1;
    }
    int n = ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int i = n - 1; i > 0; i--, ch >>= 6)
        out[i] = (char)(0x80 | (ch & 0x3F));
    out[0] = (char)(lead[n] | ch);
    return n;
}

static int word_before(const struct edit *e)
{
    int at = e->at;
    while (at > 0 && e->text[at - 1] == ' ')
        at--;
    while (at > 0 && e->text[at - 1] != ' ')
        at--;
    return at;
}

static bool edit_code(struct edit *e, int code)
{
    switch (code) {
    case KEY_LEFT:
    case KEY_CTRL('B'):
        e->at = previous_at(e, e->at);
        break;
    case KEY_RIGHT:
    case KEY_CTRL('F'):
        e->at = next_at(e, e->at);
        break;
    case KEY_HOME:
    case KEY_CTRL('A'):
        e->at = 0;
        break;
    case KEY_END:
    case KEY_CTRL('E'):
        e->at = e->len;
        break;
    case KEYS_BACKSPACE:
        if (e->at > 0)
            cut(e, previous_at(e, e->at), e->at);
        break;
    case KEY_DC:
        if (e->at < e->len)
            cut(e, e->at, next_at(e, e->at));
        break;
    case KEY_CTRL('K'):
        cut(e, e->at, e->len);
        break;
    case KEY_CTRL('U'):
        cut(e, 0, e->at);
        break;
    case KEY_CTRL('W'):
        cut(e, word_before(e), e->at);
        break;
    default:
        return false;
    }
    e->fresh = false;
    return true;
}

bool edit_key(struct edit *e, const struct key *key, const char *paste, size_t npaste)
{
    char bytes[4];
    if (key->type == KEY_PASTED) {
        edit_insert(e, paste, npaste);
        return true;
    }
    if (key->type == KEY_CHAR && !key->alt) {
        replace_when_fresh(e);
        put(e, bytes, encode(key->ch, bytes));
        return true;
    }
    return key->type == KEY_CODE && !key->alt && edit_code(e, key->code);
}

int edit_view(struct edit *e, int width, bool utf8)
{
    if (e->secret)
        return e->len ? (int)strlen(STARS) : 0;
    if (e->left > e->at)
        e->left = e->at;
    /* The cursor needs a cell of its own behind the last character. */
    int column = shown_width(e->text + e->left, (size_t)(e->at - e->left), utf8);
    while (e->left < e->at && column >= width) {
        e->left = next_at(e, e->left);
        column = shown_width(e->text + e->left, (size_t)(e->at - e->left), utf8);
    }
    /* Nothing stays hidden at the left while there is room. */
    while (e->left > 0) {
        int before = previous_at(e, e->left);
        if (shown_width(e->text + before, (size_t)(e->len - before), utf8) >= width)
            break;
        e->left = before;
        column = shown_width(e->text + before, (size_t)(e->at - before), utf8);
    }
    return column;
}

void edit_draw(struct edit *e, const struct canvas *c, int y, int x, int width, bool focus, const char *fallback)
{
    int inner = width - 2;
    if (inner < 1)
        return;
    int column = edit_view(e, inner, c->theme->utf8);
    draw_text(c, y, x, 1, ROLE_TEXT, SHOWN_CUT_NEVER, "[");
    draw_text(c, y, x + width - 1, 1, ROLE_TEXT, SHOWN_CUT_NEVER, "]");
    if (e->secret && e->len > 0)
        draw_text(c, y, x + 1, inner, ROLE_TEXT, SHOWN_CUT_END, STARS);
    else if (e->len > 0)
        draw_bytes(c, y, x + 1, inner, ROLE_TEXT, e->text + e->left, (size_t)(e->len - e->left));
    else if (fallback)
        draw_text(c, y, x + 1, inner, ROLE_DIM, SHOWN_CUT_END, fallback);
    if (focus) {
        draw_focus(c, y, x + 1, inner);
        draw_cursor(c, y, x + 1 + (column < inner ? column : inner - 1), true);
    }
}
