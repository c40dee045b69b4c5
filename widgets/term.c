#include "widgets/term.h"

#include "widgets/draw.h"
#include "widgets/shown.h"
#include "widgets/term-guard.h"
#include "widgets/term-info.h"
#include "widgets/term-lend.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <panel.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#define COPY_MAX   (48 * 1024)
#define PASTE_ON   "\033[?2004h"
#define PASTE_OFF  "\033[?2004l"
#define TITLE_PUSH "\033[22;0t"
#define TITLE_POP  "\033[23;0t"

struct term {
    SCREEN *screen;
    FILE *in, *out;
    int tty;    /* keeps the terminal open while `out` is bent to the memory file */
    int writer; /* the terminal again, non-blocking */
    int memory; /* what curses writes during a paint */
    char *left; /* bytes that the line has not taken yet */
    size_t len, sent, size;
    unsigned long long bytes;
    struct termios shell;
    int saved_stderr, stray; /* -1: not diverted */
    bool titles, titled, mouse, away;
};

/* --- bytes to the line --- */

bool term_busy(const struct term *term)
{
    return term->sent < term->len;
}

unsigned long long term_bytes(const struct term *term)
{
    return term->bytes;
}

bool term_flush(struct term *term)
{
    while (term->sent < term->len) {
        ssize_t n = write(term->writer, term->left + term->sent, term->len - term->sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return false;
        if (n <= 0)
            break; /* the line is gone; the hang-up comes by itself */
        term->sent += (size_t)n;
        term->bytes += (size_t)n;
    }
    term->len = term->sent = 0;
    return true;
}

static char *reserve(struct term *term, size_t more)
{
    if (term->len + more > term->size) {
        term->size = (term->len + more) * 2;
        term->left = wmem_resize(term->left, term->size);
    }
    return term->left + term->len;
}

static void queue(struct term *term, const char *bytes, size_t len)
{
    memcpy(reserve(term, len), bytes, len);
    term->len += len;
}

static void say(struct term *term, const char *bytes)
{
    queue(term, bytes, strlen(bytes));
    term_flush(term);
}

/* Before the terminal changes hands: what is half written would tear a sequence apart. Not for ever: a line may be
 * stuck. */
static void drain(struct term *term)
{
    struct pollfd fd = {.fd = term->writer, .events = POLLOUT};
    for (int tries = 0; tries < 10 && !term_flush(term); tries++)
        poll(&fd, 1, 50);
    /* A line that is stuck: what it holds goes, so that the last bytes have room and nobody waits for it. */
    if (term_busy(term) || poll(&fd, 1, 0) == 0)
        tcflush(term->tty, TCOFLUSH);
    term->len = term->sent = 0;
}

bool term_paint(struct term *term)
{
    int y, x;
    bool visible;
    if (term->away || !term_flush(term))
        return false;
    if (lseek(term->memory, 0, SEEK_SET) < 0 || dup3(term->memory, fileno(term->out), O_CLOEXEC) < 0)
        return false;
    /* Panels paint stdscr too, but only where there are panels. */
    if (panel_above(NULL))
        update_panels();
    else
        wnoutrefresh(stdscr);
    if (draw_cursor_get(&y, &x, &visible)) {
        setsyx(y, x);
        curs_set(visible ? 1 : 0);
    } else {
        curs_set(0);
    }
    doupdate();
    off_t len = lseek(term->memory, 0, SEEK_CUR);
    dup3(term->tty, fileno(term->out), O_CLOEXEC);
    if (len > 0) {
        ssize_t n = pread(term->memory, reserve(term, (size_t)len), (size_t)len, 0);
        term->len += n > 0 ? (size_t)n : 0;
    }
    term_flush(term);
    return true;
}

void term_redraw(struct term *term)
{
    (void)term;
    clearok(curscr, TRUE);
}

/* --- opening and closing --- */

static int put_to_guard(int c)
{
    char byte = (char)c;
    guard_add(&byte, 1);
    return c;
}

static void arm(struct term *term)
{
    static const char *const names[] = {"sgr0", "rmkx", "cnorm", "rmcup"};
    static const char mouse_off[] = "\033[?1000l\033[?1002l\033[?1003l\033[?1006l";
    guard_reset();
    guard_add(PASTE_OFF, strlen(PASTE_OFF));
    if (term->mouse)
        guard_add(mouse_off, sizeof(mouse_off) - 1);
    if (term->titled)
        guard_add(TITLE_POP, strlen(TITLE_POP));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        info_put(names[i], put_to_guard);
    guard_arm(term->tty, &term->shell, term->saved_stderr);
}

static void at_exit(void)
{
    guard_fire();
}

static bool open_files(struct term *term)
{
    int in = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    int out = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    term->tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    term->writer = open("/dev/tty", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    term->memory = memfd_create("frame", MFD_CLOEXEC);
    if (in >= 0)
        term->in = fdopen(in, "r");
    if (out >= 0)
        term->out = fdopen(out, "w");
    return term->in && term->out && term->tty >= 0 && term->writer >= 0 && term->memory >= 0 &&
           tcgetattr(term->tty, &term->shell) == 0;
}

static void close_files(struct term *term)
{
    const int fds[] = {term->tty, term->writer, term->memory, term->saved_stderr, term->stray};
    if (term->in)
        fclose(term->in);
    if (term->out)
        fclose(term->out);
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(term->left);
    free(term);
}

/* curses takes SIGINT, SIGTERM, SIGTSTP and SIGWINCH for itself; they are the loop's. */
static SCREEN *start_curses(struct term *term)
{
    static const int taken[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    struct sigaction before[4];
    for (int i = 0; i < 4; i++)
        sigaction(taken[i], NULL, &before[i]);
    SCREEN *screen = newterm(NULL, term->out, term->in);
    for (int i = 0; i < 4; i++)
        sigaction(taken[i], &before[i], NULL);
    return screen;
}

static void our_modes(int escdelay_ms)
{
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    typeahead(-1);
    meta(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    idlok(stdscr, TRUE);
    curs_set(0);
    if (!getenv("ESCDELAY"))
        set_escdelay(escdelay_ms);
}

static bool has_titles(void)
{
    const char *name = getenv("TERM");
    return info_flag("XT") || (name && (strncmp(name, "screen", 6) == 0 || strncmp(name, "tmux", 4) == 0));
}

struct term *term_open(int escdelay_ms, const char **why)
{
    static bool hooked;
    struct term *term = wmem_zero(1, sizeof(*term));
    term->tty = term->writer = term->memory = term->saved_stderr = term->stray = -1;
    if (!open_files(term)) {
        close_files(term);
        *why = "There is no terminal here. Over SSH, ask for one with ssh -t.";
        return NULL;
    }
    term->screen = start_curses(term);
    if (!term->screen) {
        close_files(term);
        *why = "The terminal's type (TERM) is not known on this host. Set TERM to one that is, such as xterm.";
        return NULL;
    }
    if (!info_can_paint()) {
        endwin();
        delscreen(term->screen);
        close_files(term);
        *why = "This type of terminal (TERM) cannot place text on the screen. Set TERM to one that can, such as xterm.";
        return NULL;
    }
    our_modes(escdelay_ms);
    term->titles = has_titles();
    arm(term);
    guard_catch();
    if (!hooked)
        atexit(at_exit);
    hooked = true;
    wmem_before_end(guard_fire);
    say(term, PASTE_ON);
    return term;
}

void term_close(struct term *term)
{
    if (!term)
        return;
    if (!term->away)
        term_suspend(term);
    guard_disarm();
    delscreen(term->screen);
    close_files(term);
}

int term_fd(const struct term *term)
{
    return fileno(term->in);
}

int term_output_fd(const struct term *term)
{
    return term->writer;
}

/* --- away and back --- */

void term_suspend(struct term *term)
{
    if (term->away)
        return;
    drain(term);
    say(term, PASTE_OFF);
    if (term->mouse)
        mousemask(0, NULL);
    if (term->titled)
        say(term, TITLE_POP);
    drain(term);
    endwin();
    tcsetattr(term->tty, TCSANOW, &term->shell);
    if (term->saved_stderr >= 0)
        dup2(term->saved_stderr, STDERR_FILENO);
    guard_disarm();
    term->away = true;
}

void term_resume(struct term *term)
{
    reset_prog_mode();
    term->away = false;
    term->titled = false;
    if (term->stray >= 0)
        dup2(term->stray, STDERR_FILENO);
    clearok(curscr, TRUE);
    doupdate(); /* straight to the terminal: curses comes back from endwin here */
    say(term, PASTE_ON);
    if (term->mouse)
        term_mouse(term, true);
    arm(term);
    flushinp();
    term_resized(term);
}

void term_stop(struct term *term)
{
    term_suspend(term);
    raise(SIGSTOP);
    /* The shell may have set other modes while we were away; those are what the end restores. */
    tcgetattr(term->tty, &term->shell);
    term_resume(term);
}

void term_resized(struct term *term)
{
    struct winsize size;
    if (ioctl(term->tty, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        return;
    if (size.ws_row != LINES || size.ws_col != COLS)
        resizeterm(size.ws_row, size.ws_col);
    clearok(curscr, TRUE);
}

int term_lend(struct term *term, char *const argv[])
{
    term_suspend(term);
    int status = lend_terminal(term->tty, argv);
    term_resume(term);
    return status;
}

/* --- what else a terminal can do --- */

void term_title(struct term *term, const char *title)
{
    char text[256];
    if (!term->titles || term->away)
        return;
    shown_fit(text, sizeof(text), title, 60, SHOWN_CUT_END, false, "~", theme_locale_utf8());
    if (!term->titled) {
        say(term, TITLE_PUSH);
        term->titled = true;
        arm(term);
    }
    say(term, "\033]2;");
    say(term, text);
    say(term, "\a");
}

bool term_copy(struct term *term, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)text;
    size_t len = strlen(text);
    if (len > COPY_MAX || term->away)
        return false;
    queue(term, "\033]52;c;", 7);
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        unsigned long bits =
            (unsigned long)s[i] << 16 | (n > 1 ? (unsigned long)s[i + 1] << 8 : 0) | (n > 2 ? s[i + 2] : 0);
        char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], n > 1 ? digits[bits >> 6 & 63] : '=',
                        n > 2 ? digits[bits & 63] : '='};
        queue(term, four, 4);
    }
    say(term, "\a");
    return true;
}

void term_mouse(struct term *term, bool on)
{
    mouseinterval(0);
    mousemask(on ? BUTTON1_PRESSED | BUTTON3_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
    term->mouse = on;
    arm(term);
}

bool term_divert_stderr(struct term *term, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    if (term->saved_stderr < 0)
        term->saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (term->stray >= 0)
        close(term->stray);
    term->stray = fd;
    dup2(fd, STDERR_FILENO);
    arm(term);
    return true;
}
