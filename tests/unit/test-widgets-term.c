#include "tests/unit/unit.h"

#include "tests/unit/screen.h"
#include "widgets/layer.h"
#include "widgets/term.h"

#include <errno.h>
#include <fcntl.h>
#include <panel.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A child paints on a pseudo terminal whose other end we read, or do not. */
struct child {
    pid_t pid;
    int pty, told; /* `told`: what it says about itself */
};

static struct child child_start(void (*work)(struct term *term, int tell))
{
    const struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct child child;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    child.pid = forkpty(&child.pty, NULL, NULL, &size);
    assert_true(child.pid >= 0);
    if (child.pid == 0) {
        const char *why;
        alarm(60);
        setlocale(LC_ALL, "C.UTF-8");
        setenv("TERM", "xterm-256color", 1);
        unsetenv("LINES");
        unsetenv("COLUMNS");
        struct term *term = term_open(100, &why);
        if (!term)
            _exit(99);
        theme_init(&screen_theme, &(struct theme_options){.colors = -1});
        work(term, pipes[1]);
        term_close(term);
        _exit(0);
    }
    close(pipes[1]);
    child.told = pipes[0];
    return child;
}

static size_t told(const struct child *child, char *text, size_t size)
{
    size_t n = 0;
    ssize_t got;
    while (n + 1 < size && (got = read(child->told, text + n, size - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    return n;
}

/* All that comes until the child is gone. */
static char *output(const struct child *child, size_t *len)
{
    char *all = NULL;
    ssize_t n;
    *len = 0;
    do {
        all = realloc(all, *len + 65537);
        n = read(child->pty, all + *len, 65536);
        *len += n > 0 ? (size_t)n : 0;
        all[*len] = '\0';
    } while (n > 0 || (n < 0 && errno == EINTR));
    return all;
}

static void child_end(struct child *child)
{
    int status;
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("the child ended with status %x", (unsigned)status);
    close(child->pty);
    close(child->told);
}

static struct canvas whole(void)
{
    return (struct canvas){.win = stdscr, .theme = &screen_theme, .height = LINES, .width = COLS};
}

static void fill(int seed)
{
    struct canvas c = whole();
    char line[81];
    for (int y = 0; y < 24; y++) {
        for (int x = 0; x < 80; x++)
            line[x] = (char)('a' + (seed * 7 + y * 3 + x * (seed % 5 + 1)) % 26);
        line[79] = '\0';
        draw_text(&c, y, 0, 0, ROLE_TEXT, SHOWN_CUT_END, line);
    }
}

static void wait_drained(struct term *term)
{
    struct pollfd fd = {.fd = term_output_fd(term), .events = POLLOUT};
    while (!term_flush(term))
        poll(&fd, 1, 1000);
}

/* --- a line that takes nothing --- */

static void paint_much(struct term *term, int tell)
{
    struct timespec from, now;
    char text[100];
    int taken = 0;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 500; i++) {
        fill(i);
        taken += term_paint(term);
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    long ms = (now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000;
    int n = snprintf(text, sizeof(text), "%d %ld %d ", taken, ms, term_busy(term));
    n = (int)write(tell, text, (size_t)n);
    /* From here on the line takes again: what was left comes, then the newest frame alone. */
    wait_drained(term);
    struct canvas c = whole();
    draw_clear(&c);
    draw_text(&c, 5, 10, 0, ROLE_TEXT, SHOWN_CUT_END, "NEWEST");
    term_paint(term);
    wait_drained(term);
}

static void a_line_that_takes_nothing_holds_up_nothing(void **state)
{
    (void)state;
    struct child child = child_start(paint_much);
    struct pollfd fd = {.fd = child.told, .events = POLLIN};
    char text[200];
    size_t len;
    int taken, busy;
    long ms;
    assert_int_equal(poll(&fd, 1, 20000), 1); /* it says so while we read nothing */
    char *all = output(&child, &len);
    told(&child, text, sizeof(text));
    assert_int_equal(sscanf(text, "%d %ld %d", &taken, &ms, &busy), 3);
    assert_in_range(taken, 1, 200); /* frames were left out */
    assert_true(busy);
    assert_non_null(strstr(all, "NEWEST"));
    assert_true(len < 300000);
    free(all);
    child_end(&child);
}

static void paint_and_leave(struct term *term, int tell)
{
    for (int i = 0; i < 500; i++) {
        fill(i);
        term_paint(term);
    }
    term_close(term);
    ssize_t n = write(tell, "left", 4);
    _exit(n == 4 ? 0 : 1);
}

static void paint_and_die(struct term *term, int tell)
{
    (void)tell;
    for (int i = 0; i < 500; i++) {
        fill(i);
        term_paint(term);
    }
    raise(SIGSEGV);
}

static void a_stuck_line_keeps_nobody_from_leaving(void **state)
{
    char text[20];
    size_t len;
    int status;
    (void)state;
    struct child child = child_start(paint_and_leave);
    struct pollfd fd = {.fd = child.told, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 10000), 1);
    told(&child, text, sizeof(text));
    assert_string_equal(text, "left");
    char *all = output(&child, &len);
    assert_non_null(memmem(all, len, "\033[?1049l", 8));
    free(all);
    child_end(&child);
    child = child_start(paint_and_die);
    assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    all = output(&child, &len);
    assert_non_null(memmem(all, len, "\033[?1049l", 8));
    free(all);
    close(child.pty);
    close(child.told);
}

/* --- bytes --- */

static void paint_hostile(struct term *term, int tell)
{
    struct canvas c = whole();
    (void)tell;
    draw_text(&c, 1, 0, 0, ROLE_TEXT, SHOWN_CUT_END,
              "name\033]0;evil\a\033[2J\x9b"
              "31m\xC2\x9B"
              "5n\r\n\x0E end");
    draw_right(&c, 2, 80, ROLE_DANGER, "\033Pq\033\\");
    draw_bytes(&c, 3, 0, 40, ROLE_OK, "\033[6n\0x", 6);
    draw_box(&c, ROLE_TEXT, "\033[?1049l");
    term_title(term, "\033]52;c;aGk=\a");
    term_paint(term);
    wait_drained(term);
}

static void escape_bytes_of_others_never_reach_the_terminal(void **state)
{
    static const char *const evil[] = {"\033]0;evil", "\x9B\x33\x31m",  "\xC2\x9B", "\033Pq",
                                       "\033[6n",     "\033]52;c;aGk=", "\x0E end"};
    (void)state;
    struct child child = child_start(paint_hostile);
    size_t len;
    char *all = output(&child, &len);
    for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++)
        if (memmem(all, len, evil[i], strlen(evil[i])))
            fail_msg("hostile text %zu is there as it was", i);
    assert_non_null(memmem(all, len, "ame\\x1B]0;evil\\x07", 18));
    /* The last resort's sequences once each, from closing: the screen is left once. */
    char *leave = memmem(all, len, "\033[?1049l", 8);
    assert_non_null(leave);
    assert_null(memmem(leave + 1, len - (size_t)(leave + 1 - all), "\033[?1049l", 8));
    free(all);
    child_end(&child);
}

static void count_bytes(struct term *term, int tell)
{
    struct canvas c = whole();
    char text[100];
    unsigned long long at[4];
    fill(1);
    term_paint(term);
    wait_drained(term);
    at[0] = term_bytes(term);
    for (int i = 0; i < 50; i++) {
        draw_cursor_none();
        fill(1);
        draw_cursor(&c, 3, 0, false);
        term_paint(term);
        wait_drained(term);
    }
    at[1] = term_bytes(term);
    draw_text(&c, 7, 40, 0, ROLE_TEXT, SHOWN_CUT_END, "X");
    term_paint(term);
    wait_drained(term);
    at[2] = term_bytes(term);
    /* The terminal's own scrolling moves what moved. */
    for (int y = 2; y < 20; y++) {
        char line[90];
        snprintf(line, sizeof(line), "row %d of a list that is scrolled by one and filled to some width %d", y,
                 y * y * 77);
        draw_clear_rows(&c, y, 1);
        draw_text(&c, y, 0, 0, ROLE_TEXT, SHOWN_CUT_END, line);
    }
    term_paint(term);
    wait_drained(term);
    at[2] -= at[1];
    unsigned long long before = term_bytes(term);
    for (int y = 2; y < 20; y++) {
        char line[90];
        snprintf(line, sizeof(line), "row %d of a list that is scrolled by one and filled to some width %d", y + 1,
                 (y + 1) * (y + 1) * 77);
        draw_clear_rows(&c, y, 1);
        draw_text(&c, y, 0, 0, ROLE_TEXT, SHOWN_CUT_END, line);
    }
    term_paint(term);
    wait_drained(term);
    at[3] = term_bytes(term) - before;
    int n = snprintf(text, sizeof(text), "%llu %llu %llu", at[1] - at[0], at[2], at[3]);
    n = (int)write(tell, text, (size_t)n);
}

static void nothing_new_costs_nothing(void **state)
{
    (void)state;
    struct child child = child_start(count_bytes);
    char text[200];
    size_t len;
    unsigned long long same, one, scrolled;
    free(output(&child, &len));
    told(&child, text, sizeof(text));
    assert_int_equal(sscanf(text, "%llu %llu %llu", &same, &one, &scrolled), 3);
    /* The first of the fifty places the cursor. */
    assert_in_range(same, 0, 12);
    assert_in_range(one, 1, 16);
    assert_in_range(scrolled, 1, 400);
    child_end(&child);
}

static void copy(struct term *term, int tell)
{
    char *big = malloc(60000);
    memset(big, 'x', 59999);
    big[59999] = '\0';
    bool small = term_copy(term, "192.168.1.20"), empty = term_copy(term, ""), one = term_copy(term, "a");
    bool large = term_copy(term, big);
    dprintf(tell, "%d%d%d%d", small, empty, one, large);
    free(big);
}

static void copying_is_osc_52(void **state)
{
    (void)state;
    struct child child = child_start(copy);
    char text[20];
    size_t len;
    char *all = output(&child, &len);
    told(&child, text, sizeof(text));
    assert_string_equal(text, "1110");
    assert_non_null(memmem(all, len, "\033]52;c;MTkyLjE2OC4xLjIw\a", 24));
    assert_non_null(memmem(all, len, "\033]52;c;\a", 8));
    assert_non_null(memmem(all, len, "\033]52;c;YQ==\a", 12));
    free(all);
    child_end(&child);
}

static void without_a_terminal_there_is_a_sentence(void **state)
{
    (void)state;
    pid_t pid = fork();
    int status;
    if (pid == 0) {
        const char *why = NULL;
        setsid();
        _exit(term_open(100, &why) == NULL && why && strstr(why, "ssh -t") ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    for (int i = 0; i < 2; i++) {
        int pty;
        pid = forkpty(&pty, NULL, NULL, NULL);
        if (pid == 0) {
            const char *why = NULL;
            setenv("TERM", i ? "no-such-terminal" : "dumb", 1);
            _exit(term_open(100, &why) == NULL && why && strstr(why, "TERM") ? 0 : 1);
        }
        struct child child = {.pid = pid, .pty = pty};
        size_t len;
        free(output(&child, &len));
        waitpid(pid, &status, 0);
        close(pty);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* --- layers --- */

static int cell_of_frame(int y, int x)
{
    cchar_t cell;
    wchar_t wide[CCHARW_MAX + 1] = {0};
    attr_t attrs;
    short pair;
    mvwin_wch(newscr, y, x, &cell);
    getcchar(&cell, wide, &attrs, &pair, NULL);
    return (int)wide[0];
}

static void a_layer_covers_and_uncovers(void **state)
{
    (void)state;
    screen_start("C.UTF-8", "xterm-256color", NULL);
    struct canvas c = whole();
    draw_text(&c, 5, 5, 0, ROLE_TEXT, SHOWN_CUT_END, "below");
    struct layer *layer = layer_new(4, 4, 3, 20);
    struct canvas l = layer_canvas(layer, &screen_theme);
    assert_int_equal(l.height, 3);
    assert_int_equal(l.width, 20);
    draw_box(&l, ROLE_TEXT, NULL);
    draw_cursor(&l, 1, 2, false);
    int y, x;
    bool visible;
    draw_cursor_get(&y, &x, &visible);
    assert_int_equal(y, 5);
    assert_int_equal(x, 6);
    update_panels();
    assert_int_equal(cell_of_frame(5, 5), ' ');
    assert_int_equal(cell_of_frame(5, 4), L'│');
    assert_true(layer_place(layer, 10, 0, 3, 20));
    assert_false(layer_place(layer, LINES - 1, 0, 3, 20));
    layer_free(layer);
    update_panels();
    assert_int_equal(cell_of_frame(5, 5), 'b');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_takes_nothing_holds_up_nothing),
        cmocka_unit_test(a_stuck_line_keeps_nobody_from_leaving),
        cmocka_unit_test(escape_bytes_of_others_never_reach_the_terminal),
        cmocka_unit_test(nothing_new_costs_nothing),
        cmocka_unit_test(copying_is_osc_52),
        cmocka_unit_test(without_a_terminal_there_is_a_sentence),
        cmocka_unit_test(a_layer_covers_and_uncovers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
