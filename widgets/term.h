#ifndef TENGIL_WIDGETS_TERM_H
#define TENGIL_WIDGETS_TERM_H

#include <stdbool.h>

/*
 * The terminal: curses on /dev/tty opened anew (so that fd 0-2 keep their flags), and its restoring whatever happens:
 * alternate screen, cursor, title, bracketed paste, flow control (^S ^Q are ours), mouse, tty modes. SEGV, ABRT, BUS, FPE, ILL restore it
 * and are raised again; TERM, HUP, INT, TSTP, CONT, WINCH come through the loop and call the functions here.
 */
struct term;

/* NULL when there is no terminal, or TERM is not usable; *why gets a sentence. */
struct term *term_open(int escdelay_ms, const char **why);
void term_close(struct term *term);      /* restores, frees */
int term_fd(const struct term *term);    /* to wait on for keys */
void term_suspend(struct term *term);    /* to the shell's modes; then raise SIGSTOP */
void term_resume(struct term *term);     /* ours again, everything is painted anew */
void term_resized(struct term *term);    /* asks TIOCGWINSZ, resizeterm */
void term_title(struct term *term, const char *title);
/* OSC 52: `text` to the clipboard. False when it is too long for it. */
bool term_copy(struct term *term, const char *text);
/* Stray output of libraries to fd 2 goes to a file while curses runs. */
void term_divert_stderr(struct term *term, const char *path);

#endif
