#include "widgets/browser.h"

#include "widgets/dialog.h"
#include "widgets/edit.h"
#include "widgets/scroll.h"
#include "widgets/table.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char *name, *owner, *size, *note;
};

struct browser {
    char *path, *room, *why, *chosen, *back; /* `back`: the name that we came out of */
    struct entry *entries;
    int nentries;
    int *view; /* -1: the place itself */
    bool listed, hidden, finding;
    struct scroll scroll;
    struct edit find;
};

static void forget(struct browser *b)
{
    for (int i = 0; i < b->nentries; i++) {
        free(b->entries[i].name);
        free(b->entries[i].owner);
        free(b->entries[i].size);
        free(b->entries[i].note);
    }
    free(b->entries);
    b->entries = NULL;
    b->nentries = 0;
}

static void refilter(struct browser *b, const char *name)
{
    int n = 0, cursor = 0;
    b->view = wmem_resize(b->view, ((size_t)b->nentries + 1) * sizeof(*b->view));
    b->view[n++] = -1;
    for (int i = 0; i < b->nentries; i++) {
        if ((b->entries[i].name[0] == '.' && !b->hidden) || !table_contains(b->entries[i].name, b->find.text))
            continue;
        if (name && strcmp(b->entries[i].name, name) == 0)
            cursor = n;
        b->view[n++] = i;
    }
    /* What is found is what is wanted, not the place itself. */
    if (b->find.len > 0 && n > 1 && cursor == 0)
        cursor = 1;
    scroll_set_count(&b->scroll, n);
    scroll_to(&b->scroll, cursor);
}

static enum browser_event go_to(struct browser *b, char *path)
{
    free(b->path);
    b->path = path;
    b->listed = b->finding = false;
    edit_set(&b->find, "");
    forget(b);
    refilter(b, NULL);
    wmem_set(&b->why, NULL);
    wmem_set(&b->room, NULL);
    return BROWSER_LIST;
}

struct browser *browser_new(const char *path)
{
    struct browser *b = wmem_zero(1, sizeof(*b));
    edit_init(&b->find, 255, false);
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    go_to(b, *path == '/' ? wmem_dup(path, len) : wmem_strdup("/"));
    return b;
}

void browser_free(struct browser *b)
{
    if (!b)
        return;
    forget(b);
    edit_clear(&b->find);
    free(b->path);
    free(b->room);
    free(b->why);
    free(b->chosen);
    free(b->back);
    free(b->view);
    free(b);
}

void browser_entries(struct browser *b, const char *path, const struct browser_entry *entries, int n, const char *room)
{
    if (strcmp(path, b->path) != 0)
        return;
    char *name = b->listed && b->scroll.cursor > 0 ? wmem_strdup(b->entries[b->view[b->scroll.cursor]].name) : NULL;
    forget(b);
    b->entries = wmem_zero((size_t)n, sizeof(*b->entries));
    for (int i = 0; i < n; i++)
        b->entries[i] = (struct entry){.name = wmem_strdup(entries[i].name),
                                       .owner = wmem_strdup(entries[i].owner),
                                       .size = wmem_strdup(entries[i].size),
                                       .note = wmem_strdup(entries[i].note)};
    b->nentries = n;
    b->listed = true;
    wmem_set(&b->why, NULL);
    wmem_set(&b->room, room);
    refilter(b, name ? name : b->back);
    free(name);
}

void browser_failed(struct browser *b, const char *path, const char *why)
{
    if (strcmp(path, b->path) != 0)
        return;
    b->listed = true;
    wmem_set(&b->why, why);
}

const char *browser_path(const struct browser *b)
{
    return b->path;
}

static char *below(const struct browser *b, const char *name)
{
    return wmem_printf("%s/%s", strcmp(b->path, "/") == 0 ? "" : b->path, name);
}

static const struct entry *current(const struct browser *b)
{
    int i = b->view[b->scroll.cursor];
    return i < 0 ? NULL : &b->entries[i];
}

const char *browser_chosen(struct browser *b)
{
    const struct entry *entry = current(b);
    free(b->chosen);
    b->chosen = entry ? below(b, entry->name) : wmem_strdup(b->path);
    return b->chosen;
}

static enum browser_event go_in(struct browser *b, bool take)
{
    const struct entry *entry = current(b);
    if (!entry)
        return take ? BROWSER_TAKEN : BROWSER_MOVED;
    wmem_set(&b->back, NULL);
    return go_to(b, below(b, entry->name));
}

static enum browser_event go_out(struct browser *b)
{
    char *slash = strrchr(b->path, '/');
    if (strcmp(b->path, "/") == 0)
        return BROWSER_MOVED;
    wmem_set(&b->back, slash + 1);
    return go_to(b, slash == b->path ? wmem_strdup("/") : wmem_dup(b->path, (size_t)(slash - b->path)));
}

static enum browser_event by(struct browser *b, int rows)
{
    scroll_by(&b->scroll, rows);
    return BROWSER_MOVED;
}

static enum browser_event refind(struct browser *b)
{
    const struct entry *entry = current(b);
    char *name = entry ? wmem_strdup(entry->name) : NULL;
    refilter(b, name);
    free(name);
    return BROWSER_MOVED;
}

static enum browser_event escape(struct browser *b)
{
    if (!b->finding && b->find.len == 0)
        return BROWSER_CLOSED;
    b->finding = false;
    edit_set(&b->find, "");
    return refind(b);
}

static enum browser_event letter(struct browser *b, uint32_t ch)
{
    switch (ch) {
    case 'j':
        return by(b, 1);
    case 'k':
        return by(b, -1);
    case 'g':
        return by(b, -b->scroll.count);
    case 'G':
        return by(b, b->scroll.count);
    case 'l':
        return go_in(b, false);
    case 'h':
        return go_out(b);
    case ' ':
        return BROWSER_TAKEN;
    case 'n':
        return BROWSER_NEW;
    case 'q':
        return BROWSER_CLOSED;
    case '/':
        b->finding = true;
        return BROWSER_MOVED;
    case '.':
        b->hidden = !b->hidden;
        return refind(b);
    default:
        return BROWSER_NOTHING;
    }
}

enum browser_event browser_key(struct browser *b, const struct key *key, const char *paste, size_t npaste)
{
    if (key_is_code(key, KEYS_ESC))
        return escape(b);
    if (key_is_code(key, KEYS_ENTER))
        return go_in(b, true);
    if (key_is_code(key, KEY_DOWN))
        return by(b, 1);
    if (key_is_code(key, KEY_UP))
        return by(b, -1);
    if (key_is_code(key, KEY_NPAGE))
        return by(b, b->scroll.height);
    if (key_is_code(key, KEY_PPAGE))
        return by(b, -b->scroll.height);
    if (b->finding)
        return edit_key(&b->find, key, paste, npaste) ? refind(b) : BROWSER_NOTHING;
    if (key_is_code(key, KEY_RIGHT))
        return go_in(b, false);
    if (key_is_code(key, KEY_LEFT))
        return go_out(b);
    return key->type == KEY_CHAR && !key->alt ? letter(b, key->ch) : BROWSER_NOTHING;
}

static void draw_entry(const struct browser *b, const struct canvas *box, int y, int line)
{
    const struct entry *entry = b->view[line] < 0 ? NULL : &b->entries[b->view[line]];
    int names = box->width - 32 > 12 ? box->width - 32 : box->width - 6;
    draw_text(box, y, 4, names, ROLE_TEXT, SHOWN_CUT_END, entry ? entry->name : ".");
    if (entry && names < box->width - 6) {
        draw_text(box, y, 5 + names, 11, ROLE_DIM, SHOWN_CUT_END, entry->owner);
        draw_right(box, y, 5 + names + 17, ROLE_TEXT, entry->size);
        draw_text(box, y, 5 + names + 18, box->width - 2 - (5 + names + 18), ROLE_DIM, SHOWN_CUT_END, entry->note);
    } else if (!entry) {
        draw_text(box, y, 7, box->width - 9, ROLE_DIM, SHOWN_CUT_END, b->room ? b->room : "this folder");
    }
    if (line != b->scroll.cursor)
        return;
    draw_glyph(box, y, 2, ROLE_FOCUS, GLYPH_CURSOR);
    draw_focus(box, y, 2, box->width - 4);
    if (!b->finding)
        draw_cursor(box, y, 2, false);
}

void browser_draw(struct browser *b, const struct canvas *body)
{
    struct canvas box = dialog_box(body, body->height, 76, "Folder");
    int last = box.height - 1;
    draw_text(&box, 1, 2, box.width - 4, ROLE_TITLE, SHOWN_CUT_START, b->path);
    scroll_set_height(&b->scroll, last - 3);
    for (int y = 0; y < b->scroll.height && b->scroll.top + y < b->scroll.count; y++)
        draw_entry(b, &box, 2 + y, b->scroll.top + y);
    if (b->why)
        draw_text(&box, 3, 4, box.width - 6, ROLE_DANGER, SHOWN_CUT_END, b->why);
    else if (!b->listed)
        draw_glyph(&box, 3, 4, ROLE_DIM, GLYPH_CUT);
    if (b->finding) {
        draw_text(&box, last - 1, 2, 1, ROLE_DIM, SHOWN_CUT_NEVER, "/");
        edit_draw(&b->find, &box, last - 1, 3, box.width - 5, true, "type to find");
    } else {
        draw_text(&box, last - 1, 2, box.width - 4, ROLE_DIM, SHOWN_CUT_END,
                  "Space takes it  l h in and out  . hidden  n new folder  / find");
    }
}
