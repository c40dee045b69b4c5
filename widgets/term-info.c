#include "widgets/term-info.h"

#include <curses.h>
#include <term.h>

bool info_can_paint(void)
{
    return cursor_address && clear_screen;
}

bool info_flag(const char *name)
{
    return tigetflag((char *)name) > 0;
}

void info_put(const char *name, int (*put)(int c))
{
    char *s = tigetstr((char *)name);
    if (s && s != (char *)-1)
        tputs(s, 1, put);
}
