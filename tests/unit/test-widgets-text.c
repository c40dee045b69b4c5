#include "tests/unit/unit.h"

#include "tests/unit/screen.h"
#include "widgets/edit.h"
#include "widgets/scroll.h"
#include "widgets/shown.h"

static int locale_of_utf8(void **state)
{
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static void widths_are_columns_and_hostile_bytes_are_shown(void **state)
{
    static const struct {
        const char *name, *in, *shown;
        int width;
        bool ascii;
    } rows[] = {
        {"plain", "abc", "abc", 3},
        {"empty", "", "", 0},
        {"umlaut", "ü", "ü", 1},
        {"double width", "日本", "日本", 4},
        {"combining", "e\xCC\x81x", "e\xCC\x81x", 2},
        {"a mark with nothing before it", "\xCC\x81x", "\\xCC\\x81x", 9},
        {"a heap of marks", "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81", "e\xCC\x81\xCC\x81\xCC\x81\\xCC\\x81", 9},
        {"escape", "\033[2J", "\\x1B[2J", 7},
        {"bell, tab, feed", "\a\t\n", "\\x07\\x09\\x0A", 12},
        {"delete", "\x7F", "\\x7F", 4},
        {"C1 as UTF-8", "\xC2\x9B", "\\xC2\\x9B", 8},
        {"C1 as a byte", "\x9Bx", "\\x9Bx", 5},
        {"overlong", "\xC0\x80", "\\xC0\\x80", 8},
        {"overlong slash", "\xE0\x80\xAF", "\\xE0\\x80\\xAF", 12},
        {"surrogate", "\xED\xA0\x80", "\\xED\\xA0\\x80", 12},
        {"above Unicode", "\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80", 16},
        {"cut short", "a\xE2\x82", "a\\xE2\\x82", 9},
        {"lead byte then text", "\xE2x", "\\xE2x", 5},
        {"right to left override", "\xE2\x80\xAE", "\\xE2\\x80\\xAE", 12},
        {"isolate", "\xE2\x81\xA6", "\\xE2\\x81\\xA6", 12},
        {"zero width joiner", "a\xE2\x80\x8D", "a\\xE2\\x80\\x8D", 13},
        {"line separator", "\xE2\x80\xA8", "\\xE2\\x80\\xA8", 12},
        {"byte order mark", "\xEF\xBB\xBF", "\\xEF\\xBB\\xBF", 12},
        {"tags", "\xF3\xA0\x81\x81", "\\xF3\\xA0\\x81\\x81", 16},
        {"nothing of UTF-8 on an old terminal", "aü", "a\\xC3\\xBC", 9, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char out[200];
        int width = shown_width(rows[i].in, strlen(rows[i].in), !rows[i].ascii);
        bool cut = shown_fit(out, sizeof(out), rows[i].in, 40, SHOWN_CUT_END, false, "~", !rows[i].ascii);
        if (width != rows[i].width || strcmp(out, rows[i].shown) != 0 || cut)
            fail_msg("%s: %d columns, \"%s\"", rows[i].name, width, out);
    }
    struct shown_char c;
    assert_true(shown_next("\0x", 2, true, &c));
    assert_string_equal(c.bytes, "\\x00");
}

static void cutting_keeps_what_matters(void **state)
{
    static const struct {
        const char *in;
        int width;
        enum shown_cut cut;
        const char *out;
    } rows[] = {
        {"home-assistant", 14, SHOWN_CUT_END, "home-assistant"},
        {"home-assistant", 11, SHOWN_CUT_END, "home-assis…"},
        {"home-assistant", 1, SHOWN_CUT_END, "…"},
        {"home-assistant", 0, SHOWN_CUT_END, ""},
        {"/tank/archive/media/movies", 15, SHOWN_CUT_START, "…/media/movies"},
        {"/tank/archive/media/movies", 14, SHOWN_CUT_START, "…/media/movies"},
        {"/tank/archive/media/movies", 13, SHOWN_CUT_START, "…/movies"},
        {"/tank/averylongnameofafolder", 10, SHOWN_CUT_START, "…ofafolder"},
        {"ghcr.io/home-assistant/home-assistant", 35, SHOWN_CUT_MIDDLE, "ghcr.io/…/home-assistant"},
        {"ghcr.io/a/b/c/name:1.2", 20, SHOWN_CUT_MIDDLE, "ghcr.io/…/c/name:1.2"},
        {"ghcr.io/a/b/c/name:1.2", 18, SHOWN_CUT_MIDDLE, "ghcr.io/…/name:1.2"},
        {"ghcr.io/a/b/c/name:1.2", 11, SHOWN_CUT_MIDDLE, "…/name:1.2"},
        {"nextcloud-with-more:32.0.1", 12, SHOWN_CUT_MIDDLE, "…more:32.0.1"},
        {"日本語", 5, SHOWN_CUT_END, "日本…"},
        {"日本語", 4, SHOWN_CUT_END, "日…"},
        {"a\033b", 5, SHOWN_CUT_END, "a…"},
        {"12345", 4, SHOWN_CUT_NEVER, "123…"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char out[200];
        shown_fit(out, sizeof(out), rows[i].in, rows[i].width, rows[i].cut, false, "…", true);
        if (strcmp(out, rows[i].out) != 0)
            fail_msg("%s at %d: \"%s\", wanted \"%s\"", rows[i].in, rows[i].width, out, rows[i].out);
        assert_true(shown_width(out, strlen(out), true) <= rows[i].width);
    }
    char out[12];
    assert_false(shown_fit(out, sizeof(out), "ab", 5, SHOWN_CUT_END, true, "…", true));
    assert_string_equal(out, "ab   ");
    shown_fit(out, sizeof(out), "abcdefghijklmnopqrs", 19, SHOWN_CUT_END, false, "…", true);
    assert_string_equal(out, "abcdefghijk");
}

static void wrapping_breaks_at_blanks(void **state)
{
    static const char *const wanted[] = {"one two", "three", "abcdefgh", "ij", "", "end"};
    const char *text = "one two three abcdefghij\n\nend";
    size_t at = 0, start, len;
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        assert_true(shown_wrap(text, &at, 8, true, &start, &len));
        assert_int_equal(len, strlen(wanted[i]));
        assert_memory_equal(text + start, wanted[i], len);
    }
    assert_false(shown_wrap(text, &at, 8, true, &start, &len));
    /* A width that nothing fits in ends all the same. */
    int n = 0;
    for (at = 0; shown_wrap("日本\n\033x", &at, 1, true, &start, &len) && n < 50; n++)
        ;
    assert_in_range(n, 3, 49);
}

static void scrolling_keeps_the_cursor_in_view(void **state)
{
    struct scroll s = {0};
    (void)state;
    scroll_set_height(&s, 5);
    scroll_set_count(&s, 12);
    assert_false(scroll_more_above(&s));
    assert_true(scroll_more_below(&s));
    scroll_by(&s, 5);
    assert_int_equal(s.top, 1);
    scroll_page(&s, 1, false);
    assert_int_equal(s.cursor, 9);
    assert_int_equal(s.top, 5);
    scroll_page(&s, 1, false);
    assert_int_equal(s.cursor, 11);
    assert_int_equal(s.top, 7);
    assert_false(scroll_more_below(&s));
    scroll_page(&s, -1, true);
    assert_int_equal(s.cursor, 9);
    scroll_set_count(&s, 3);
    assert_int_equal(s.cursor, 2);
    assert_int_equal(s.top, 0);
    scroll_set_count(&s, 0);
    assert_int_equal(s.cursor, 0);
    scroll_by(&s, 1000000000);
    scroll_by(&s, -1000000000);
    assert_int_equal(s.cursor, 0);
    scroll_set_count(&s, 100);
    scroll_to(&s, 50);
    scroll_set_height(&s, 2);
    assert_in_range(50, s.top, s.top + 1);
}

/* Types `keys`, where < is Left, > Right, B Backspace and so on, into a line that holds `before`. */
static void type(struct edit *e, const char *keys)
{
    static const struct {
        char letter;
        int code;
    } codes[] = {{'<', KEY_LEFT}, {'>', KEY_RIGHT},     {'B', KEYS_BACKSPACE}, {'D', KEY_DC},       {'H', KEY_HOME},
                 {'E', KEY_END},  {'K', KEY_CTRL('K')}, {'U', KEY_CTRL('U')},  {'W', KEY_CTRL('W')}};
    for (; *keys; keys++) {
        struct key key = press_char_key((unsigned char)*keys);
        for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
            if (codes[i].letter == *keys)
                key = press_code_key(codes[i].code);
        assert_true(edit_key(e, &key, NULL, 0));
    }
}

static void a_line_is_edited(void **state)
{
    static const struct {
        const char *before, *keys, *after;
        bool fresh;
    } rows[] = {
        {"", "abc", "abc"},         {"abc", "x", "abcx"},
        {"abc", "x", "x", true},    {"abc", "<x", "abxc", true},
        {"abc", "Bx", "abx", true}, {"abc", "Ex", "abcx", true},
        {"abc", "Hx", "xabc"},      {"abc", "HD", "bc"},
        {"abc", "H>K", "a"},        {"abc", "<U", "c"},
        {"one two  ", "W", "one "}, {"one two", "WW", ""},
        {"aé", "B", "a"},           {"日本", "<B", "本"},
        {"e\xCC\x81", "B", ""},     {"", "BD<>KUW", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct edit e;
        edit_init(&e, 100, false);
        edit_set(&e, rows[i].before);
        e.fresh = rows[i].fresh;
        type(&e, rows[i].keys);
        if (strcmp(e.text, rows[i].after) != 0 || e.len != (int)strlen(e.text))
            fail_msg("%s, %s: \"%s\"", rows[i].before, rows[i].keys, e.text);
        edit_clear(&e);
    }
}

static void pasted_text_is_tamed(void **state)
{
    struct edit e;
    struct key paste = {.type = KEY_PASTED};
    const char bytes[] = "a\r\nb\nc\td\033[31m\x07\xFF\xC2\x85é\0z";
    (void)state;
    edit_init(&e, 40, false);
    edit_set(&e, "old");
    e.fresh = true;
    edit_key(&e, &paste, bytes, sizeof(bytes) - 1);
    assert_string_equal(e.text, "a b c d[31méz");
    /* What has no room is left out, never half a character. */
    edit_set(&e, "");
    for (int i = 0; i < 41; i++)
        edit_insert(&e, "é", 2);
    assert_int_equal(e.len, 40);
    edit_insert(&e, "x", 1);
    assert_int_equal(e.len, 40);
    edit_clear(&e);
}

static void a_long_line_moves_sideways(void **state)
{
    struct edit e;
    (void)state;
    edit_init(&e, 100, false);
    type(&e, "0123456789abcdef");
    assert_int_equal(edit_view(&e, 8, true), 7);
    assert_int_equal(e.left, 9);
    type(&e, "H");
    assert_int_equal(edit_view(&e, 8, true), 0);
    assert_int_equal(e.left, 0);
    type(&e, "E");
    edit_view(&e, 8, true);
    type(&e, "BBBBBBBBBBBB");
    assert_int_equal(edit_view(&e, 8, true), 4);
    assert_int_equal(e.left, 0);
    edit_clear(&e);
}

static void a_line_is_painted(void **state)
{
    struct edit e;
    int y, x;
    bool visible;
    (void)state;
    screen_start("C.UTF-8", "xterm-256color", NULL);
    struct canvas c = screen_new(4, 40);
    edit_init(&e, 100, false);
    edit_draw(&e, &c, 0, 2, 12, false, "none");
    assert_string_equal(screen_row(&c, 0), "  [none      ]");
    edit_set(&e, "jellyfin");
    edit_draw(&e, &c, 1, 2, 12, true, "none");
    assert_string_equal(screen_row(&c, 1), "  [jellyfin  ]");
    assert_true(draw_cursor_get(&y, &x, &visible));
    assert_int_equal(x, 11);
    assert_true(visible);
    assert_true(screen_attrs(&c, 1, 3, NULL) & A_REVERSE);
    assert_false(screen_attrs(&c, 1, 2, NULL) & A_REVERSE);
    edit_clear(&e);
    edit_init(&e, 100, true);
    edit_draw(&e, &c, 2, 2, 12, false, NULL);
    assert_string_equal(screen_row(&c, 2), "  [          ]");
    edit_set(&e, "secret");
    edit_draw(&e, &c, 3, 2, 12, false, NULL);
    assert_string_equal(screen_row(&c, 3), "  [********  ]");
    edit_clear(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_are_columns_and_hostile_bytes_are_shown),
        cmocka_unit_test(cutting_keeps_what_matters),
        cmocka_unit_test(wrapping_breaks_at_blanks),
        cmocka_unit_test(scrolling_keeps_the_cursor_in_view),
        cmocka_unit_test(a_line_is_edited),
        cmocka_unit_test(pasted_text_is_tamed),
        cmocka_unit_test(a_long_line_moves_sideways),
        cmocka_unit_test(a_line_is_painted),
    };
    return cmocka_run_group_tests(tests, locale_of_utf8, NULL);
}
