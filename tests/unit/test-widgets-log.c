#include "tests/unit/unit.h"

#include "tests/unit/screen.h"
#include "widgets/logindex.h"
#include "widgets/logview.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct logview *v;
static int file; /* the other end of what the view reads */

static void add(const char *text)
{
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
}

static void grow(void)
{
    while (logview_grow(v, 1 << 20))
        ;
}

static int setup(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    screen_start("C.UTF-8", "xterm-256color", NULL);
    file = memfd_create("log", 0);
    v = logview_new();
    /* A descriptor of its own, that reads from the beginning. */
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    logview_open(v, open(path, O_RDONLY));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    logview_free(v);
    close(file);
    return 0;
}

static void code(int c)
{
    struct key key = press_code_key(c);
    assert_true(logview_key(v, &key));
}

static void letter(uint32_t ch)
{
    struct key key = press_char_key(ch);
    assert_true(logview_key(v, &key));
}

static void numbered(int from, int to)
{
    char text[40];
    for (int i = from; i <= to; i++) {
        snprintf(text, sizeof(text), "line %d\n", i);
        add(text);
    }
    grow();
}

/* The text of a row, without the column of times. */
static const char *text_of(const struct canvas *c, int y)
{
    const char *s = screen_row(c, y);
    return s + strspn(s, " ");
}

static void lines_are_found_by_their_number(void **state)
{
    struct logline line;
    char text[64];
    (void)state;
    int fd = memfd_create("log", 0), reader;
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    reader = open(path, O_RDONLY);
    FILE *f = fdopen(fd, "w");
    off_t at[5001];
    /* Long and short ones, so that marks stand by bytes and by lines; every 1000th is far too long for a piece. */
    for (int i = 0; i <= 5000; i++) {
        at[i] = ftell(f);
        int n = i % 1000 == 999 ? 200000 : i % 7 * 30;
        fprintf(f, "%d:", i);
        for (int k = 0; k < n; k++)
            fputc('x', f);
        fputc('\n', f);
    }
    fputs("last", f);
    fflush(f);
    struct logindex *x = logindex_new(reader);
    for (int budget = 1; logindex_grow(x, (size_t)budget); budget = budget * 3 % 70001)
        ;
    assert_int_equal(logindex_lines(x), 5002);
    for (int i = 0; i <= 5000; i += 13) {
        assert_true(logindex_line(x, i, &line));
        if (line.start != at[i])
            fail_msg("line %d at %lld, not %lld", i, (long long)line.start, (long long)at[i]);
        size_t n = logindex_read(x, line.start, text, 20);
        text[n] = '\0';
        assert_int_equal(atoi(text), i);
        assert_int_equal(logindex_line_at(x, line.start), i);
        assert_int_equal(logindex_line_at(x, line.end), i);
    }
    assert_true(logindex_line(x, 999, &line));
    assert_int_equal(line.end - line.start, 200004);
    assert_true(logindex_line(x, 5001, &line));
    assert_int_equal(line.end - line.start, 4);
    assert_false(logindex_line(x, 5002, &line));
    assert_false(logindex_line(x, -1, &line));
    logindex_free(x);
    fclose(f);
}

static void it_follows_until_the_person_scrolls(void **state)
{
    (void)state;
    struct canvas c = screen_new(5, 60);
    long first, last;
    numbered(1, 20);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "line 16");
    assert_string_equal(text_of(&c, 4), "line 20");
    numbered(21, 23);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 4), "line 23");
    assert_int_equal(logview_new_lines(v), 0);
    code(KEY_UP);
    assert_false(logview_following(v));
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 4), "line 22");
    /* What comes now does not move what is read. */
    numbered(24, 60);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 4), "line 22");
    assert_int_equal(logview_new_lines(v), 37);
    logview_seen(v, &first, &last);
    assert_int_equal(first, 18);
    assert_int_equal(last, 22);
    assert_false(logview_at_end(v));
    code(KEY_NPAGE);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "line 22");
    letter('g');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "line 1");
    code(KEY_PPAGE);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "line 1");
    for (int i = 0; i < 30; i++)
        letter(' ');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 4), "line 60");
    assert_true(logview_at_end(v));
    letter('F');
    numbered(61, 61);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 4), "line 61");
    assert_int_equal(logview_new_lines(v), 0);
}

static void a_line_without_its_end_is_a_line(void **state)
{
    (void)state;
    struct canvas c = screen_new(5, 60);
    grow();
    assert_int_equal(logview_lines(v), 0);
    logview_draw(v, &c);
    assert_string_equal(screen_row(&c, 0), "");
    add("one\ntw");
    grow();
    assert_int_equal(logview_lines(v), 2);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 1), "tw");
    add("o\n\nfour");
    grow();
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 1), "two");
    assert_string_equal(text_of(&c, 2), "");
    assert_string_equal(text_of(&c, 3), "four");
}

static void progress_folds_to_its_last_state(void **state)
{
    static const struct {
        const char *pieces[5], *shown;
    } rows[] = {
        {{"10%\r20%\r30%\n"}, "30%"},
        {{"10%\r20%\r30%"}, "30%"},
        {{"10%\r", "20%\r", "30%\r"}, "30%"},
        {{"dos\r\n"}, "dos"},
        {{"10%\r20%\r\n"}, "20%"},
        {{"10%\r", "20%", "\r", "\n"}, "20%"},
        {{"\r\r\n"}, ""},
        {{"a\r\r", "b"}, "b"},
        {{"10%\r", "\r", "20%\r\r\n"}, "20%"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (int held = 0; held < 2; held++) {
            struct canvas c = screen_new(2, 60);
            teardown(NULL);
            setup(NULL);
            for (int k = 0; k < 5 && rows[i].pieces[k]; k++) {
                add(rows[i].pieces[k]);
                if (held)
                    grow();
            }
            grow();
            c = screen_new(2, 60);
            logview_draw(v, &c);
            if (strcmp(text_of(&c, 0), rows[i].shown) != 0 || logview_lines(v) != 1)
                fail_msg("row %zu, held %d: \"%s\"", i, held, text_of(&c, 0));
        }
    }
}

static void bytes_are_shown_never_obeyed(void **state)
{
    (void)state;
    struct canvas c = screen_new(6, 80);
    add("a\033[31mred\033[0m\a\n"
        "bad \xFF\xC3(\n"
        "tab\there\n"
        "right \xE2\x80\xAE left\n"
        "Copying blob sha256:b1badc6e5066b1badc6e5066b1badc6e5066b1badc6e5066b1badc6e5066abcd skipped\n"
        "sha256:b1badc6e5066 short");
    grow();
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "a\\x1B[31mred\\x1B[0m\\x07");
    assert_string_equal(text_of(&c, 1), "bad \\xFF\\xC3(");
    assert_string_equal(text_of(&c, 2), "tab     here");
    assert_string_equal(text_of(&c, 3), "right \\xE2\\x80\\xAE left");
    assert_string_equal(text_of(&c, 4), "Copying blob sha256:b1badc6e5066… skipped");
    assert_string_equal(text_of(&c, 5), "sha256:b1badc6e5066 short");
}

static void headings_and_times_stand_beside(void **state)
{
    (void)state;
    struct canvas c = screen_new(6, 60);
    logview_heading(v, 0, "skopeo copy");
    logview_stamp(v, 0, 1763996467000LL);
    add("one\npart");
    grow();
    /* The next step begins where the last line had no end. */
    logview_heading(v, 8, "pct create 110");
    logview_stamp(v, 8, 1763996469500LL);
    add("two\n");
    grow();
    assert_int_equal(logview_lines(v), 5);
    logview_draw(v, &c);
    const char *const wanted[] = {" 15:01:07 $ skopeo copy",
                                  " 15:01:07   one",
                                  " 15:01:07   part",
                                  " 15:01:09 $ pct create 110",
                                  " 15:01:09   two",
                                  "",
                                  NULL};
    screen_is(&c, wanted);
    assert_string_equal(logview_rule(v), "skopeo copy");
    letter('t');
    logview_draw(v, &c);
    assert_string_equal(screen_row(&c, 3), " $ pct create 110");
    assert_string_equal(screen_row(&c, 4), "   two");
}

static void headings_that_are_known_early_stand_right(void **state)
{
    (void)state;
    struct canvas c = screen_new(6, 60);
    letter('t');
    add("one\n");
    grow();
    /* Its bytes come later, many lines at once. */
    logview_heading(v, 12, "later");
    add("two\nend\nhere\nmore\nmore\nmore\n");
    grow();
    letter('g');
    logview_draw(v, &c);
    const char *const wanted[] = {"   one", "   two", "   end", " $ later", "   here", "   more", NULL};
    screen_is(&c, wanted);
}

static void steps_are_jumped_to(void **state)
{
    (void)state;
    struct canvas c = screen_new(5, 60);
    logview_heading(v, 0, "first");
    numbered(1, 10);
    logview_heading(v, lseek(file, 0, SEEK_CUR), "second");
    numbered(11, 20);
    logview_heading(v, lseek(file, 0, SEEK_CUR), "third");
    numbered(21, 30);
    logview_draw(v, &c);
    assert_string_equal(logview_rule(v), "third");
    letter('[');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "$ third");
    letter('[');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "$ second");
    assert_string_equal(logview_rule(v), "second");
    code(KEY_UP);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "line 10");
    assert_string_equal(logview_rule(v), "first");
    letter('[');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "$ first");
    letter(']');
    letter(']');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "$ third");
    letter(']');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "$ third");
}

static void long_lines_wrap_or_go_sideways(void **state)
{
    (void)state;
    struct canvas c = screen_new(4, 24); /* 20 columns of text without times */
    letter('t');
    add("0123456789abcdefghijABCDEFGHIJ!\nshort\n");
    grow();
    logview_draw(v, &c);
    assert_string_equal(screen_row(&c, 0), "   0123456789abcdefghi…");
    code(KEY_RIGHT);
    logview_draw(v, &c);
    assert_string_equal(screen_row(&c, 0), "   89abcdefghijABCDEFG…");
    code(KEY_RIGHT);
    logview_draw(v, &c);
    assert_string_equal(screen_row(&c, 0), "   ghijABCDEFGHIJ!");
    code(KEY_LEFT);
    code(KEY_LEFT);
    code(KEY_LEFT);
    logview_draw(v, &c);
    assert_string_equal(screen_row(&c, 1), "   short");
    letter('w');
    logview_draw(v, &c);
    assert_string_equal(screen_row(&c, 0), "   0123456789abcdefghij");
    assert_string_equal(screen_row(&c, 1), "   ABCDEFGHIJ!");
    assert_string_equal(screen_row(&c, 2), "   short");
    struct canvas small = screen_new(2, 24);
    logview_draw(v, &small);
    assert_string_equal(screen_row(&small, 0), "   ABCDEFGHIJ!");
    code(KEY_UP);
    logview_draw(v, &small);
    assert_string_equal(screen_row(&small, 0), "   0123456789abcdefghij");
    code(KEY_DOWN);
    logview_draw(v, &small);
    assert_string_equal(screen_row(&small, 1), "   short");
}

static double spent(const struct timespec *from)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)(now.tv_sec - from->tv_sec) * 1000 + (double)(now.tv_nsec - from->tv_nsec) / 1e6;
}

static void a_line_of_ten_megabytes_does_no_harm(void **state)
{
    struct timespec from;
    (void)state;
    struct canvas c = screen_new(10, 80);
    char *big = malloc(1 << 20);
    memset(big, 'x', 1 << 20);
    add("before\n");
    for (int i = 0; i < 10; i++)
        assert_int_equal(write(file, big, 1 << 20), 1 << 20);
    grow();
    logview_draw(v, &c);
    assert_int_equal(logview_lines(v), 2);
    add("\nafter\n");
    grow();
    assert_int_equal(logview_lines(v), 3);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int i = 0; i < 20; i++)
        logview_draw(v, &c);
    code(KEY_RIGHT);
    logview_draw(v, &c);
    letter('w');
    for (int i = 0; i < 100; i++) {
        code(KEY_UP);
        logview_draw(v, &c);
    }
    for (int i = 0; i < 90; i++)
        code(KEY_DOWN);
    logview_draw(v, &c);
    double ms = spent(&from), whole;
    /* What going through the line once costs, here and now: all of the above is less than twenty times that. */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int i = 0; i < 10; i++)
        assert_int_equal(shown_width(big, 1 << 20, true), 1 << 20);
    whole = spent(&from);
    if (ms > 20 * whole)
        fail_msg("%g ms for 212 keys and paints, %g for the line", ms, whole);
    print_message("# %g ms for 212 keys and paints, %g for the line\n", ms, whole);
    letter('F');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 9), "after");
    assert_int_equal(strspn(text_of(&c, 7), "x"), 67);
    letter('g');
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 0), "before");
    free(big);
}

static void wrapped_rows_are_the_same_both_ways(void **state)
{
    (void)state;
    struct canvas c = screen_new(3, 40);
    char *big = malloc(50001);
    /* Characters of two bytes, so that pieces end in the middle of some. */
    for (int i = 0; i < 25000; i++)
        memcpy(big + 2 * i, i % 2 ? "é" : "ü", 2);
    big[50000] = '\0';
    add("x");
    add(big);
    add("\nend\n");
    grow();
    letter('w');
    letter('g');
    logview_draw(v, &c);
    char *down[2000], *up;
    int n = 0;
    do {
        down[n++] = strdup(screen_row(&c, 0));
        assert_null(strstr(down[n - 1], "\\x"));
        code(KEY_DOWN);
        logview_draw(v, &c);
    } while (n < 800);
    letter('g');
    logview_draw(v, &c);
    for (int i = 0; i < 100; i++)
        code(KEY_DOWN);
    for (int i = 100; i >= 0; i--) {
        logview_draw(v, &c);
        up = strdup(screen_row(&c, 0));
        if (strcmp(up, down[i]) != 0)
            fail_msg("row %d is \"%s\" on the way back, was \"%s\"", i, up, down[i]);
        free(up);
        code(KEY_UP);
    }
    for (int i = 0; i < n; i++)
        free(down[i]);
    free(big);
}

static long search(const char *text, bool back)
{
    long line = logview_search(v, text, back);
    while (line == LOGVIEW_MORE)
        line = logview_search_more(v);
    return line;
}

static void text_is_searched(void **state)
{
    (void)state;
    struct canvas c = screen_new(5, 60);
    numbered(1, 100);
    add("An Error here\nand an error there\n");
    numbered(101, 200);
    logview_draw(v, &c);
    letter('g');
    assert_int_equal(search("line 150", false), 151);
    logview_draw(v, &c);
    assert_string_equal(text_of(&c, 2), "line 150");
    assert_true(screen_attrs(&c, 2, 12, NULL) & A_BOLD);
    assert_false(screen_attrs(&c, 1, 12, NULL) & A_BOLD);
    letter('g');
    assert_int_equal(search("error", false), 100);
    assert_int_equal(search(NULL, false), 101);
    assert_int_equal(search(NULL, false), LOGVIEW_NONE);
    assert_int_equal(search(NULL, true), 100);
    letter('g');
    assert_int_equal(search("Error", false), 100);
    assert_int_equal(search("Error", false), LOGVIEW_NONE);
    assert_int_equal(search("line 2", true), 28);
    assert_int_equal(search("", false), LOGVIEW_NONE);
    assert_int_equal(search("nowhere", true), LOGVIEW_NONE);
}

static void a_search_finds_what_lies_across_pieces(void **state)
{
    (void)state;
    char *big = malloc(9000001);
    memset(big, 'y', 9000000);
    for (int i = 0; i < 9000000; i += 100)
        big[i] = '\n';
    /* Over the edges of what is read at a time, and beyond what one turn reads. */
    memcpy(big + 65536 - 3, "needle", 6);
    memcpy(big + 8000000 + 3, "needle", 6);
    big[9000000] = '\0';
    add(big);
    grow();
    letter('g');
    struct canvas c = screen_new(5, 60);
    logview_draw(v, &c);
    assert_int_equal(search("needle", false), 656);
    long second = logview_search(v, NULL, false);
    assert_int_equal(second, LOGVIEW_MORE);
    while (second == LOGVIEW_MORE)
        second = logview_search_more(v);
    assert_int_equal(second, 80001);
    assert_int_equal(search(NULL, true), 656);
    free(big);
}

static void a_file_that_is_replaced_is_read_anew(void **state)
{
    (void)state;
    struct canvas c = screen_new(3, 60);
    numbered(1, 50);
    assert_int_equal(ftruncate(file, 0), 0);
    lseek(file, 0, SEEK_SET);
    add("new\n");
    grow();
    logview_draw(v, &c);
    assert_int_equal(logview_lines(v), 1);
    assert_string_equal(text_of(&c, 0), "new");
}

static void it_is_saved_as_it_is(void **state)
{
    char got[64];
    (void)state;
    logview_heading(v, 0, "not in the file");
    add("a\033[1m\r\nb\xFF");
    grow();
    int out = memfd_create("saved", 0);
    assert_int_equal(logview_save(v, out), 0);
    assert_int_equal(pread(out, got, sizeof(got), 0), 9);
    assert_memory_equal(got, "a\033[1m\r\nb\xFF", 9);
    assert_true(logview_save(v, -1) < 0);
    close(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_found_by_their_number, setup, teardown),
        cmocka_unit_test_setup_teardown(it_follows_until_the_person_scrolls, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_without_its_end_is_a_line, setup, teardown),
        cmocka_unit_test_setup_teardown(progress_folds_to_its_last_state, setup, teardown),
        cmocka_unit_test_setup_teardown(bytes_are_shown_never_obeyed, setup, teardown),
        cmocka_unit_test_setup_teardown(headings_and_times_stand_beside, setup, teardown),
        cmocka_unit_test_setup_teardown(headings_that_are_known_early_stand_right, setup, teardown),
        cmocka_unit_test_setup_teardown(steps_are_jumped_to, setup, teardown),
        cmocka_unit_test_setup_teardown(long_lines_wrap_or_go_sideways, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_of_ten_megabytes_does_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(wrapped_rows_are_the_same_both_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(text_is_searched, setup, teardown),
        cmocka_unit_test_setup_teardown(a_search_finds_what_lies_across_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_replaced_is_read_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_saved_as_it_is, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
