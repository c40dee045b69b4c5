#include "widgets/frame.h"

#include "widgets/shown.h"

#include <stdio.h>
#include <string.h>

#define TABS_AT 7
#define NARROW  60

struct frame frame_layout(int height, int width, bool job)
{
    struct frame f = {.height = height, .width = width, .header = 0, .title = -1, .job = -1};
    f.small = height < FRAME_HEIGHT || width < FRAME_WIDTH;
    f.body = 1;
    if (height >= 12)
        f.title = f.body++;
    f.keys = height - 1;
    f.message = height - 2;
    int end = f.message;
    if (job && height >= 11)
        f.job = --end;
    f.body_height = end > f.body ? end - f.body : 0;
    return f;
}

struct canvas frame_row(const struct canvas *screen, int row)
{
    return canvas_part(screen, row, 0, row < 0 ? 0 : 1, screen->width);
}

struct canvas frame_body(const struct canvas *screen, const struct frame *frame)
{
    return canvas_part(screen, frame->body, 0, frame->body_height, screen->width);
}

static int columns(const struct canvas *c, const char *s)
{
    return shown_width(s, strlen(s), c->theme->utf8);
}

/* The longest of `right` that leaves `used` columns and two blanks; drawn up to the last column but one. Returns its
 * begin. */
static int draw_right_of(const struct canvas *row, const char *const right[4], int used, enum role role, int edge)
{
    for (int i = 0; i < 4 && right[i]; i++) {
        int width = columns(row, right[i]);
        if (used + 1 + width > edge)
            continue;
        draw_right(row, 0, edge, role, right[i]);
        return edge - width;
    }
    return edge;
}

/* --- header --- */

/* " !1" or its width in blanks: the tabs beside it do not move. */
static int draw_badge(const struct canvas *row, int x, const struct frame_tab *tab)
{
    char count[16];
    if (tab->running < 0 && tab->failed < 0)
        return x;
    if (tab->failed > 0) {
        draw_glyph(row, 0, x + 1, ROLE_DANGER, GLYPH_WARN);
        snprintf(count, sizeof(count), "%d", tab->failed < 99 ? tab->failed : 99);
        return x + 2 + draw_text(row, 0, x + 2, 0, ROLE_DANGER, SHOWN_CUT_NEVER, count);
    }
    if (tab->running > 0) {
        draw_glyph(row, 0, x + 1, ROLE_ACCENT, GLYPH_JOB);
        snprintf(count, sizeof(count), "%d", tab->running < 99 ? tab->running : 99);
        return x + 2 + draw_text(row, 0, x + 2, 0, ROLE_ACCENT, SHOWN_CUT_NEVER, count);
    }
    return x + 3;
}

static int draw_tab(const struct canvas *row, int x, const struct frame_tab *tab, bool current, bool names)
{
    char text[40];
    enum role role = current ? ROLE_TITLE : ROLE_TEXT;
    if (names || current)
        snprintf(text, sizeof(text), "%c %s", tab->digit, tab->name);
    else
        snprintf(text, sizeof(text), "%c", tab->digit);
    if (current)
        draw_text(row, 0, x, 1, role, SHOWN_CUT_NEVER, "[");
    x++;
    x += draw_text(row, 0, x, 0, role, SHOWN_CUT_NEVER, text);
    if (names || current || tab->failed > 0 || tab->running > 0)
        x = draw_badge(row, x, tab);
    if (current)
        draw_text(row, 0, x, 1, role, SHOWN_CUT_NEVER, "]");
    return x + 1;
}

void frame_draw_header(const struct canvas *row, const struct frame_header *header)
{
    bool names = row->width >= NARROW;
    draw_clear_rows(row, 0, 1);
    int most = names ? 20 : 8;
    int x = 1 + draw_text(row, 0, 1, most, ROLE_TITLE, SHOWN_CUT_END, header->host);
    x += names ? 2 : 1;
    if (names && x < TABS_AT)
        x = TABS_AT;
    for (int i = 0; i < header->ntabs; i++)
        x = draw_tab(row, x, &header->tabs[i], i == header->current, names);
    draw_right_of(row, header->right, x, header->right_role, row->width - 1);
}

/* --- title --- */

void frame_draw_title(const struct canvas *row, const struct frame_title *title)
{
    char path[512] = "";
    size_t len = 0;
    int edge = row->width - 1;
    draw_clear_rows(row, 0, 1);
    for (int i = 0; i < 6 && title->path[i] && len < sizeof(path); i++) {
        int n = snprintf(path + len, sizeof(path) - len, "%s%s%s%s", i ? " " : "",
                         i ? row->theme->glyphs[GLYPH_PATH] : "", i ? " " : "", title->path[i]);
        len += n > 0 ? (size_t)n : 0;
    }
    if (title->more_below) {
        draw_glyph(row, 0, edge - 1, ROLE_TEXT, GLYPH_MORE_BELOW);
        edge -= 2;
    }
    /* Where we are counts more than how many; but its end more than its beginning. */
    int used = 1 + columns(row, path), shortest = 0;
    for (int i = 0; i < 4 && title->right[i]; i++)
        shortest = columns(row, title->right[i]);
    if (used + 1 + shortest > edge)
        used = edge - shortest - 2 > 12 ? edge - shortest - 2 : edge;
    int from = draw_right_of(row, title->right, used, ROLE_TEXT, edge);
    if (from > 3)
        draw_text(row, 0, 1, from - 2, ROLE_TITLE, SHOWN_CUT_START, path);
}

/* --- message --- */

void frame_draw_message(const struct canvas *row, enum role role, enum glyph glyph, const char *text)
{
    int x = 1;
    draw_clear_rows(row, 0, 1);
    if (glyph != GLYPH_NONE) {
        draw_glyph(row, 0, x, role, glyph);
        x += 2;
    }
    if (row->width - x > 1)
        draw_text(row, 0, x, row->width - x - 1, role == ROLE_DANGER || role == ROLE_WARN ? role : ROLE_TEXT,
                  SHOWN_CUT_END, text);
}

void frame_draw_prompt(const struct canvas *row, const char *prefix, struct edit *edit)
{
    draw_clear_rows(row, 0, 1);
    int x = 1 + draw_text(row, 0, 1, row->width - 2, ROLE_ACCENT, SHOWN_CUT_END, prefix);
    int width = row->width - x - 1;
    if (width < 2)
        return;
    int column = edit_view(edit, width, row->theme->utf8);
    if (edit->secret)
        draw_text(row, 0, x, width, ROLE_TEXT, SHOWN_CUT_END, edit->len ? "********" : "");
    else
        draw_bytes(row, 0, x, width, ROLE_TEXT, edit->text + edit->left, (size_t)(edit->len - edit->left));
    draw_cursor(row, 0, x + column, true);
}

/* --- too small --- */

void frame_draw_small(const struct canvas *screen, const char *job)
{
    char lines[6][64] = {0};
    draw_clear(screen);
    if (screen->width < 8 || screen->height < 1)
        return;
    if (screen->height < 3 || screen->width < 24) {
        snprintf(lines[0], sizeof(lines[0]), "%dx%d, q", FRAME_WIDTH, FRAME_HEIGHT);
    } else {
        snprintf(lines[0], sizeof(lines[0]), "tengil-tui needs %dx%d.", FRAME_WIDTH, FRAME_HEIGHT);
        snprintf(lines[1], sizeof(lines[1]), "This terminal is %dx%d.", screen->width, screen->height);
        if (job)
            snprintf(lines[3], sizeof(lines[3]), "%s %s", screen->theme->glyphs[GLYPH_JOB], job);
        snprintf(lines[job ? 5 : 3], sizeof(lines[0]), job ? "q quits, jobs go on" : "q quits");
    }
    for (int i = 0; i < 6; i++)
        draw_text(screen, i, 1, 0, ROLE_TEXT, SHOWN_CUT_END, lines[i]);
}
