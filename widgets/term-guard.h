#ifndef TENGIL_WIDGETS_TERM_GUARD_H
#define TENGIL_WIDGETS_TERM_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/*
 * The last resort of term.c: what brings the terminal back when the program dies by a fatal signal. Everything is made
 * ready beforehand, since a signal handler may only write(2) and tcsetattr(3).
 */
void guard_arm(int fd, const struct termios *shell, int saved_stderr); /* `saved_stderr`: -1 while it is not diverted */
void guard_add(const char *bytes, size_t len);                         /* to the bytes that restore */
void guard_reset(void);                                                /* no bytes yet */
void guard_disarm(void);
void guard_catch(void); /* installs the handlers of SEGV, ABRT, BUS, FPE, ILL, once */
void guard_fire(void);  /* restores if armed; safe in a handler */

#endif
