#include "widgets/scroll.h"

static int clamp(int value, int low, int high)
{
    if (value > high)
        value = high;
    return value < low ? low : value;
}

static void settle(struct scroll *s)
{
    s->cursor = clamp(s->cursor, 0, s->count - 1);
    if (s->height < 1)
        return;
    if (s->cursor < s->top)
        s->top = s->cursor;
    if (s->cursor >= s->top + s->height)
        s->top = s->cursor - s->height + 1;
    s->top = clamp(s->top, 0, s->count - s->height);
}

void scroll_set_count(struct scroll *s, int count)
{
    s->count = count < 0 ? 0 : count;
    settle(s);
}

void scroll_set_height(struct scroll *s, int height)
{
    s->height = height < 0 ? 0 : height;
    settle(s);
}

void scroll_to(struct scroll *s, int row)
{
    s->cursor = row;
    settle(s);
}

void scroll_by(struct scroll *s, int rows)
{
    /* No overflow, whatever is asked. */
    if (rows > s->count)
        rows = s->count;
    if (rows < -s->count)
        rows = -s->count;
    scroll_to(s, s->cursor + rows);
}

void scroll_page(struct scroll *s, int pages, bool half)
{
    int step = half ? s->height / 2 : s->height - 1;
    if (step < 1)
        step = 1;
    step *= pages;
    s->top = clamp(s->top + step, 0, s->count - s->height);
    scroll_by(s, step);
}

bool scroll_more_above(const struct scroll *s)
{
    return s->top > 0;
}

bool scroll_more_below(const struct scroll *s)
{
    return s->top + s->height < s->count;
}
