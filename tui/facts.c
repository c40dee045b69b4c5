#include "tui/facts.h"

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "tui/fmt.h"
#include "widgets/keytable.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_AT    33
#define BAR_WIDTH 20

static void clear_rows(struct facts *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->v[i].label);
        free(f->v[i].text);
        free(f->v[i].more);
        free(f->v[i].opens);
    }
    f->n = 0;
}

void facts_clear(struct facts *f)
{
    clear_rows(f);
    free(f->v);
    *f = (struct facts){0};
}

void facts_begin(struct facts *f)
{
    clear_rows(f);
    free(f->v);
    f->v = NULL;
}

static bool can_focus(const struct facts *f, int row)
{
    return row >= 0 && row < (int)f->n && !f->v[row].heading;
}

/* To the nearest row in the direction, else in the other. */
static void settle(struct facts *f, int direction)
{
    int row = f->scroll.cursor;
    while (row >= 0 && row < (int)f->n && !can_focus(f, row))
        row += direction;
    if (!can_focus(f, row))
        for (row = f->scroll.cursor; row >= 0 && row < (int)f->n && !can_focus(f, row);)
            row -= direction;
    if (can_focus(f, row))
        scroll_to(&f->scroll, row);
}

void facts_end(struct facts *f)
{
    scroll_set_count(&f->scroll, (int)f->n);
    settle(f, 1);
}

static struct fact *add(struct facts *f, const char *label, char *text)
{
    MEM_GROW(f->v, f->n);
    f->v[f->n] = (struct fact){.label = mem_strdup(label), .text = text, .more = mem_strdup("")};
    return &f->v[f->n++];
}

struct fact *facts_add(struct facts *f, const char *label, const char *fmt, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, fmt);
    buf_vaddf(&text, fmt, args);
    va_end(args);
    return add(f, label, buf_detach(&text));
}

struct fact *facts_heading(struct facts *f, const char *label, const char *text)
{
    struct fact *fact = add(f, label, mem_strdup(text));
    fact->heading = true;
    fact->role = ROLE_TITLE;
    return fact;
}

void facts_blank(struct facts *f)
{
    facts_heading(f, "", "");
}

static void put(char **where, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
static void put(char **where, const char *fmt, va_list args)
{
    struct buf text = BUF_INIT;
    buf_vaddf(&text, fmt, args);
    free(*where);
    *where = buf_detach(&text);
}

void facts_more(struct fact *fact, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    put(&fact->more, fmt, args);
    va_end(args);
}

void facts_opens(struct fact *fact, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    put(&fact->opens, fmt, args);
    va_end(args);
}

struct fact *facts_amount(struct facts *f, const char *label, uint64_t used, uint64_t total)
{
    char a[24], b[24];
    struct fact *fact;
    if (total == UINT64_MAX || total == 0)
        return facts_add(f, label, "-");
    fmt_amount(b, sizeof(b), total);
    if (used == UINT64_MAX)
        return facts_add(f, label, "- of %s", b);
    fmt_amount(a, sizeof(a), used);
    /* The unit is said once where it is one. */
    char *unit = strchr(a, ' '), *other = strchr(b, ' ');
    if (unit && other && strcmp(unit, other) == 0)
        *unit = '\0';
    fact = facts_add(f, label, "%s of %s", a, b);
    fact->part = used;
    fact->whole = total;
    fact->bar_role = used >= total / 100 * 95 ? ROLE_DANGER : used >= total / 100 * 80 ? ROLE_WARN : ROLE_OK;
    return fact;
}

const struct fact *facts_cursor(const struct facts *f)
{
    return can_focus(f, f->scroll.cursor) ? &f->v[f->scroll.cursor] : NULL;
}

bool facts_key(struct facts *f, const struct key *key)
{
    static const struct {
        const char *keys;
        int rows, pages;
        bool half;
    } moves[] = {
        {"j Down", 1, 0, false}, {"k Up", -1, 0, false}, {"PgDn ^F", 0, 1, false},      {"PgUp ^B", 0, -1, false},
        {"^D", 0, 1, true},      {"^U", 0, -1, true},    {"g Home", -100000, 0, false}, {"G End", 100000, 0, false},
    };
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (!keytable_matches(moves[i].keys, key))
            continue;
        if (moves[i].pages)
            scroll_page(&f->scroll, moves[i].pages, moves[i].half);
        else
            scroll_by(&f->scroll, moves[i].rows);
        settle(f, moves[i].rows > 0 || moves[i].pages > 0 ? 1 : -1);
        f->moved = true;
        return true;
    }
    return false;
}

void facts_full(const struct facts *f, char *text, size_t size)
{
    const struct fact *fact = facts_cursor(f);
    text[0] = '\0';
    if (fact)
        snprintf(text, size, "%s%s%s", fact->text, *fact->more ? "   " : "", fact->more);
}

/* Below 50 columns the label stands at the text's own column. */
static void draw_row(const struct fact *fact, const struct canvas *c, int y, bool wide)
{
    int x = wide ? (fact->at ? fact->at : FACTS_TEXT) - 1 : 15;
    enum shown_cut cut = fact->label[0] == '/' ? SHOWN_CUT_START : SHOWN_CUT_END;
    enum role role = fact->role;
    bool bar = fact->whole && c->width >= 70;
    int more = !*fact->more ? 0 : bar || fact->nhistory ? BAR_AT + BAR_WIDTH + 3 : 0;
    draw_text(c, y, 3, x - 4, fact->heading ? ROLE_TITLE : ROLE_TEXT, cut, fact->label);
    if (fact->glyph != GLYPH_NONE && !*fact->more) {
        draw_glyph(c, y, x, fact->glyph_role, fact->glyph);
        x += 2;
    }
    int used = draw_text(c, y, x, more ? BAR_AT - x - 1 : c->width - x - 1, role, SHOWN_CUT_END, fact->text);
    if (bar)
        draw_bar(c, y, BAR_AT, BAR_WIDTH, fact->bar_role, fact->part, fact->whole);
    else if (fact->nhistory && c->width >= 70)
        draw_history(c, y, BAR_AT, BAR_WIDTH, ROLE_DIM, fact->history, fact->nhistory);
    if (!*fact->more)
        return;
    x = more ? more : x + used + 3;
    if (fact->glyph != GLYPH_NONE && x < c->width - 4) {
        draw_glyph(c, y, x, fact->glyph_role, fact->glyph);
        x += 2;
    }
    if (x < c->width - 3)
        draw_text(c, y, x, c->width - x - 1, ROLE_DIM, SHOWN_CUT_END, fact->more);
}

void facts_draw(struct facts *f, const struct canvas *c, bool focus)
{
    scroll_set_height(&f->scroll, c->height);
    for (int y = 0; y < c->height && f->scroll.top + y < (int)f->n; y++) {
        int row = f->scroll.top + y;
        draw_row(&f->v[row], c, y, c->width >= 50);
        if (focus && row == f->scroll.cursor && can_focus(f, row)) {
            draw_glyph(c, y, 0, ROLE_FOCUS, GLYPH_CURSOR);
            draw_focus_row(c, y);
            draw_cursor(c, y, 0, false);
        }
    }
}
