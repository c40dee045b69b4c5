#include "widgets/table-own.h"

#include "widgets/wmem.h"

#include <ctype.h>
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct table *table_new(const struct table_column *columns, int ncolumns, const struct table_layout *layouts,
                        int nlayouts, const struct table_source *source)
{
    struct table *t = wmem_zero(1, sizeof(*t));
    t->columns = columns;
    t->ncolumns = ncolumns;
    t->layouts = layouts;
    t->nlayouts = nlayouts;
    t->source = *source;
    t->content = wmem_zero((size_t)ncolumns, sizeof(*t->content));
    t->filter = wmem_strdup("");
    t->key = -1;
    t->width = 80;
    table_refresh(t);
    return t;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    free(t->content);
    free(t->view);
    free(t->filter);
    free(t->marks);
    free(t);
}

/* --- filter --- */

bool table_contains(const char *text, const char *word)
{
    size_t n = strlen(word);
    if (n == 0)
        return true;
    for (; *text; text++)
        if (tolower((unsigned char)*text) == tolower((unsigned char)*word) && strncasecmp(text, word, n) == 0)
            return true;
    return false;
}

static bool word_matches(const struct table *t, int row, char *word)
{
    char *colon = strchr(word, ':');
    if (!colon || colon == word)
        return t->source.matches(t->source.data, row, "", word);
    *colon = '\0';
    /* A field that is being typed has no word yet: everything passes. */
    bool match = !colon[1] || t->source.matches(t->source.data, row, word, colon + 1);
    *colon = ':';
    return match;
}

static bool passes(const struct table *t, int row)
{
    if (!*t->filter || !t->source.matches)
        return true;
    char *words = wmem_strdup(t->filter), *at = words, *word;
    bool match = true;
    while (match && (word = strsep(&at, " ")))
        match = !*word || word_matches(t, row, word);
    free(words);
    return match;
}

/* --- order --- */

const char *table_sort_id(const struct table_column *column)
{
    return column->sort ? column->sort : column->id;
}

static const char *group_of(const struct table *t, int row)
{
    const char *group = t->grouped && t->source.group ? t->source.group(t->source.data, row) : NULL;
    return group ? group : "";
}

static int compare_lines(const void *a, const void *b, void *data)
{
    const struct table *t = data;
    int x = ((const struct table_line *)a)->row, y = ((const struct table_line *)b)->row;
    int order = t->grouped ? strcmp(group_of(t, x), group_of(t, y)) : 0;
    if (order == 0 && t->sorted && t->source.compare) {
        order = t->source.compare(t->source.data, x, y, table_sort_id(t->sorted));
        if (t->reverse)
            order = -order;
    }
    return order ? order : (x > y) - (x < y);
}

static void add_headings(struct table *t)
{
    struct table_line *with = wmem_zero((size_t)t->nview * 2 + 1, sizeof(*with));
    int n = 0;
    for (int i = 0; i < t->nview; i++) {
        const char *group = group_of(t, t->view[i].row);
        if (*group && (i == 0 || strcmp(group, group_of(t, t->view[i - 1].row)) != 0))
            with[n++] = (struct table_line){.row = t->view[i].row, .heading = true};
        with[n++] = t->view[i];
    }
    free(t->view);
    t->view = with;
    t->nview = n;
}

static void measure_content(struct table *t, int row)
{
    struct table_cell cell;
    for (int i = 0; i < t->ncolumns; i++) {
        const struct table_column *column = &t->columns[i];
        if (column->max <= column->width)
            continue;
        table_cell_of(t, row, column, &cell);
        int width = shown_width(cell.text, strlen(cell.text), true) + (cell.glyph == GLYPH_NONE ? 0
                                                                       : *cell.text             ? 2
                                                                                                : 1);
        if (width > t->content[i])
            t->content[i] = width;
    }
}

/* --- marks --- */

static int compare_keys(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

bool table_is_marked(const struct table *t, long key)
{
    return t->nmarks > 0 && bsearch(&key, t->marks, (size_t)t->nmarks, sizeof(key), compare_keys) != NULL;
}

static long key_at(const struct table *t, int line)
{
    return t->source.key(t->source.data, t->view[line].row);
}

/* Marks of what is not shown go. Returns how many. */
static int lift_hidden(struct table *t)
{
    int n = 0, before = t->nmarks;
    if (before == 0)
        return 0;
    long *kept = wmem_zero((size_t)before, sizeof(*kept));
    for (int i = 0; i < t->nview; i++)
        if (!t->view[i].heading && table_is_marked(t, key_at(t, i)))
            kept[n++] = key_at(t, i);
    qsort(kept, (size_t)n, sizeof(*kept), compare_keys);
    free(t->marks);
    t->marks = kept;
    t->nmarks = n;
    return before - n;
}

static void set_mark(struct table *t, long key, bool mark)
{
    if (table_is_marked(t, key) == mark)
        return;
    if (mark) {
        t->marks = wmem_resize(t->marks, ((size_t)t->nmarks + 1) * sizeof(*t->marks));
        t->marks[t->nmarks++] = key;
        qsort(t->marks, (size_t)t->nmarks, sizeof(*t->marks), compare_keys);
        return;
    }
    int n = 0;
    for (int i = 0; i < t->nmarks; i++)
        if (t->marks[i] != key)
            t->marks[n++] = t->marks[i];
    t->nmarks = n;
}

/* --- the cursor --- */

/* Headings are passed over, in the direction of the move where there is a row, else in the other. */
static void settle(struct table *t, int direction)
{
    int at = t->scroll.cursor;
    while (at >= 0 && at < t->nview && t->view[at].heading)
        at += direction;
    if (at < 0 || at >= t->nview)
        for (at = t->scroll.cursor; at >= 0 && at < t->nview && t->view[at].heading;)
            at -= direction;
    if (at >= 0 && at < t->nview)
        scroll_to(&t->scroll, at);
    /* The heading of the first row is seen with it. */
    if (at > 0 && at == t->scroll.top && t->view[at - 1].heading)
        t->scroll.top--;
    /* With nothing to stand on, the key is remembered: it may come back. */
    if (at >= 0 && at < t->nview)
        t->key = key_at(t, at);
}

int table_row(const struct table *t)
{
    bool there = t->scroll.cursor < t->nview && !t->view[t->scroll.cursor].heading;
    return there ? t->view[t->scroll.cursor].row : -1;
}

long table_key(const struct table *t)
{
    return table_row(t) < 0 ? -1 : t->key;
}

void table_to_key(struct table *t, long key)
{
    for (int i = 0; i < t->nview; i++) {
        if (!t->view[i].heading && key_at(t, i) == key) {
            scroll_to(&t->scroll, i);
            break;
        }
    }
    settle(t, 1);
}

int table_shown(const struct table *t)
{
    int n = 0;
    for (int i = 0; i < t->nview; i++)
        n += !t->view[i].heading;
    return n;
}

int table_position(const struct table *t)
{
    int n = 0;
    for (int i = 0; i < t->nview && i <= t->scroll.cursor; i++)
        n += !t->view[i].heading;
    return n;
}

bool table_more_above(const struct table *t)
{
    return scroll_more_above(&t->scroll);
}

bool table_more_below(const struct table *t)
{
    return scroll_more_below(&t->scroll);
}

void table_move(struct table *t, int rows)
{
    scroll_by(&t->scroll, rows);
    settle(t, rows < 0 ? -1 : 1);
}

void table_first(struct table *t)
{
    scroll_to(&t->scroll, 0);
    settle(t, 1);
}

void table_last(struct table *t)
{
    scroll_to(&t->scroll, t->nview - 1);
    settle(t, -1);
}

void table_page(struct table *t, int pages, bool half)
{
    scroll_page(&t->scroll, pages, half);
    settle(t, pages < 0 ? -1 : 1);
}

void table_refresh(struct table *t)
{
    long key = t->key;
    int count = t->source.count(t->source.data);
    t->view = wmem_resize(t->view, ((size_t)count + 1) * sizeof(*t->view));
    t->nview = 0;
    for (int row = 0; row < count; row++) {
        measure_content(t, row);
        if (passes(t, row))
            t->view[t->nview++] = (struct table_line){.row = row};
    }
    if (t->sorted || t->grouped)
        qsort_r(t->view, (size_t)t->nview, sizeof(*t->view), compare_lines, t);
    if (t->grouped)
        add_headings(t);
    lift_hidden(t);
    scroll_set_count(&t->scroll, t->nview);
    table_to_key(t, key);
}

int table_filter(struct table *t, const char *text)
{
    int before = t->nmarks;
    free(t->filter);
    t->filter = wmem_strdup(text);
    table_refresh(t);
    return before - t->nmarks;
}

const char *table_filter_text(const struct table *t)
{
    return t->filter;
}

void table_mark(struct table *t, bool mark)
{
    if (table_key(t) >= 0)
        set_mark(t, t->key, mark);
}

bool table_marked(const struct table *t)
{
    return table_key(t) >= 0 && table_is_marked(t, t->key);
}

void table_mark_all(struct table *t, bool mark)
{
    t->nmarks = 0;
    if (!mark)
        return;
    t->marks = wmem_resize(t->marks, ((size_t)t->nview + 1) * sizeof(*t->marks));
    for (int i = 0; i < t->nview; i++)
        if (!t->view[i].heading)
            t->marks[t->nmarks++] = key_at(t, i);
    qsort(t->marks, (size_t)t->nmarks, sizeof(*t->marks), compare_keys);
}

int table_marks(const struct table *t, long *keys, int max)
{
    int n = 0;
    for (int i = 0; i < t->nview && n < max; i++)
        if (!t->view[i].heading && table_is_marked(t, key_at(t, i)))
            keys[n++] = key_at(t, i);
    return t->nmarks;
}
