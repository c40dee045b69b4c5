#ifndef TENGIL_WIDGETS_TERM_INFO_H
#define TENGIL_WIDGETS_TERM_INFO_H

#include <stdbool.h>

/* What terminfo says, after newterm(); apart, since <term.h> names a struct of its own `term`. */
bool info_can_paint(void); /* it can be cleared and the cursor placed */
bool info_flag(const char *name);
void info_put(const char *name,
              int (*put)(int c)); /* the capability without parameters, padding dealt with; nothing if unknown */

#endif
