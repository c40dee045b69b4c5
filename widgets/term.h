#ifndef TENGIL_WIDGETS_TERM_H
#define TENGIL_WIDGETS_TERM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The terminal: curses on /dev/tty opened anew (so that fd 0-2 keep their flags), and its restoring whatever happens:
 * alternate screen, cursor, title, bracketed paste, flow control (^S ^Q are ours), mouse, tty modes. SEGV, ABRT, BUS,
 * FPE, ILL and exit() restore it (signals are raised again); TERM, HUP, INT, TSTP, CONT, WINCH come through the loop,
 * whose owner calls the functions here. There is one at a time.
 *
 * Painting never waits for the line: what curses would write is kept and written as the terminal takes it. While some
 * of it is left nothing more is made, so the newest frame wins.
 */
struct term;

/* NULL when there is no terminal, or TERM is not usable; *why gets a sentence. ESCDELAY of the environment wins. */
struct term *term_open(int escdelay_ms, const char **why);
void term_close(struct term *term); /* restores, frees */

int term_fd(const struct term *term);        /* wait on it for keys; nobody else reads it */
int term_output_fd(const struct term *term); /* wait on it for room while term_busy() */

/* Sends what has changed on the screen since the last frame. False: the last one is not taken yet; try after
 * term_flush(). */
bool term_paint(struct term *term);
bool term_busy(const struct term *term);
bool term_flush(struct term *term);                     /* writes what the line takes now; true when nothing is left */
unsigned long long term_bytes(const struct term *term); /* written since the start */

void term_suspend(struct term *term); /* to the shell's modes and screen, stderr too */
void term_resume(struct term *term);  /* ours again, size asked anew, all is painted anew */
void term_stop(struct term *term);    /* ^Z: suspends, stops this process, resumes when it is continued */
void term_resized(struct term *term); /* asks TIOCGWINSZ, resizeterm; keys_next() then says KEY_SIZE */
void term_redraw(struct term *term);  /* the next frame is whole */

/*
 * Lends the terminal to a program (console, editor) and waits for its end: the foreground process group is its own, its
 * signals are reset, ^Z in it has no effect. `argv` is found on PATH. Returns its wait status, or a negative errno when
 * it could not be started. The caller stops polling term_fd() meanwhile, which waiting here does by itself.
 */
int term_lend(struct term *term, char *const argv[]);

void term_title(struct term *term,
                const char *title); /* foreign text is cleaned; the old title comes back at the end */
/* OSC 52: `text` to the clipboard. False when it is too long for it (48 KiB). */
bool term_copy(struct term *term, const char *text);
void term_mouse(struct term *term, bool on);
/* Stray output of libraries to fd 2 goes to a file while curses runs. False: the file cannot be opened. */
bool term_divert_stderr(struct term *term, const char *path);

#endif
