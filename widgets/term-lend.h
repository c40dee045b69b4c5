#ifndef TENGIL_WIDGETS_TERM_LEND_H
#define TENGIL_WIDGETS_TERM_LEND_H

/* Runs a program in the foreground of a terminal that is not ours at the moment, and waits for it (see term_lend). */
int lend_terminal(int tty, char *const argv[]);

#endif
