#include "tests/unit/unit.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/base/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ynode *must_read(const char *text)
{
    struct ynode *root = NULL;
    struct err err = {0};
    if (yaml_read(text, strlen(text), &root, &err))
        fail_msg("%s\n%d:%d %s", text, err.line, err.column, err.text);
    return root;
}

static void a_tree_keeps_order_style_and_places(void **state)
{
    struct ynode *root = must_read("a: 1\nb:\n  - x\n  - \"yes\"\n  - {c: !!str 5}\nd: |\n  two\n  lines\n");
    (void)state;
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->n, 3);
    assert_string_equal(root->keys[1]->text, "b");
    const struct ynode *b = ynode_get(root, "b");
    assert_int_equal(b->n, 3);
    assert_false(b->v[0]->quoted);
    assert_true(b->v[1]->quoted);
    assert_int_equal(b->v[1]->line, 4);
    assert_int_equal(b->v[1]->column, 5);
    assert_true(ynode_get(b->v[2], "c")->quoted);
    assert_string_equal(ynode_get(root, "d")->text, "two\nlines\n");
    assert_null(ynode_get(root, "e"));
    assert_null(ynode_get(b, "c"));
    ynode_free(root);
}

static void nothing_is_null(void **state)
{
    static const char *const rows[] = {"", "# only a comment\n", "---\n", "~", "null", "\xEF\xBB\xBFnull"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ynode *root = must_read(rows[i]);
        if (!ynode_is_null(root))
            fail_msg("\"%s\" is \"%s\"", rows[i], root->text);
        ynode_free(root);
    }
    struct ynode *quoted = must_read("\"\"");
    assert_false(ynode_is_null(quoted));
    ynode_free(quoted);
}

static void what_yaml_should_not_hold_is_refused(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* 0: strlen */
        int line, column;
        const char *words;
    } rows[] = {
        {"a: &x 1\n", 0, 1, 4, "anchor"},
        {"a: &x [1]\n", 0, 1, 4, "anchor"},
        {"a: *x\n", 0, 1, 4, "alias"},
        {"a: !foo 1\n", 0, 1, 4, "tag"},
        {"a: !!python/object:os.system x\n", 0, 1, 4, "tag"},
        {"a: !!set {x}\n", 0, 1, 4, "tag"},
        {"a: 1\nb: 2\na: 3\n", 0, 3, 1, "second time; the first is on line 1"},
        {"m: {x: 1, y: 2, x: 3}\n", 0, 1, 17, "second time"},
        {"a: 1\n---\nb: 2\n", 0, 2, 1, "second document"},
        {"? [a]\n: b\n", 0, 1, 3, "field's name"},
        {"{[a]: b}\n", 0, 1, 2, "field's name"},
        {"a: b\0c\n", 7, 1, 5, "NUL"},
        {"a: \"b\\0c\"\n", 0, 1, 4, "NUL"},
        {"a: ok\nb: caf\xe9\n", 0, 2, 7, "UTF-8"},
        {"\xff\xfe"
         "a\0",
         4, 1, 1, "UTF-8"},
        {"a: \xed\xa0\x80\n", 0, 1, 4, "UTF-8"},
        {"a: [1, 2\n", 0, 2, 1, "not valid YAML"},
        {"a:\n\tb: 1\n", 0, 2, 1, "not tabs"},
        {"a: b: c\n", 0, 1, 5, "Quote a value that holds a colon"},
        {"a: \"\\ud83d\\ude00\"\n", 0, 1, 7, "not valid YAML"},
        {"a: \033[31m\n", 0, 0, 0, "not valid YAML"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ynode *root = NULL;
        struct err err = {0};
        int rc = yaml_read(rows[i].text, rows[i].len ? rows[i].len : strlen(rows[i].text), &root, &err);
        if (rc != -EINVAL || root || !strstr(err.text, rows[i].words) ||
            (rows[i].line && (err.line != rows[i].line || err.column != rows[i].column)))
            fail_msg("row %zu, %s: %d at %d:%d, \"%s\"", i, rows[i].text, rc, err.line, err.column, err.text);
        if (!text_is_clean(err.text, strlen(err.text)))
            fail_msg("row %zu: the sentence holds control bytes", i);
    }
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct buf repeated(const char *before, const char *what, size_t times, const char *after)
{
    struct buf b = BUF_INIT;
    buf_adds(&b, before);
    for (size_t i = 0; i < times; i++)
        buf_adds(&b, what);
    buf_adds(&b, after);
    return b;
}

/* libyaml alone takes 23 s for 100,000 nested brackets. */
static void bombs_are_refused_at_once(void **state)
{
    static const struct {
        const char *before, *what, *after;
        size_t times;
        int rc;
        const char *words;
    } rows[] = {
        {"a: ", "[", "", 10000, -EINVAL, "nested more than 32"},
        {"a: ", "[", "", 1000000, -EINVAL, "nested more than 32"},
        {"a: ", "[\n ", "", 200000, -EINVAL, "nested more than 32"},
        {"", "- ", "x", 500000, -EINVAL, "nested more than 32"},
        {"a: ", "{a: ", "", 200000, -EINVAL, "nested more than 32"},
        {"", "{", "", 100000, -EINVAL, "field's name"},
        {"", "? ", "x", 500000, -EINVAL, "field's name"},
        {"a: ", "x", "", 3000000, -EFBIG, "1 MiB"},
        {"a: ", "x", "", 100000, -EINVAL, "64 KiB"},
        {"a: \"", "x", "\"", 1000000, -EINVAL, "64 KiB"},
        {"a: |\n ", "x", "", 1000000, -EINVAL, "64 KiB"},
        {"a: [", "x,", "]", 400000, -EINVAL, "20,000"},
        {"", "- x\n", "", 200000, -EINVAL, "20,000"},
        {"#", "x", "\n- [", 1000000, -EINVAL, "not valid YAML"},
        {"a: &a [x,x]\nb: &b [", "*a,", "*a]", 1000, -EINVAL, "anchor"},
        {"", "\n", "a: *b", 1000000, -EINVAL, "alias"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = repeated(rows[i].before, rows[i].what, rows[i].times, rows[i].after);
        struct ynode *root = NULL;
        struct err err = {0};
        double begin = seconds();
        int rc = yaml_read(b.s, b.len, &root, &err);
        double took = seconds() - begin;
        if (rc != rows[i].rc || root || !strstr(err.text, rows[i].words) || took > 2)
            fail_msg("row %zu: %d after %.2f s, \"%s\"", i, rc, took, err.text);
        buf_clear(&b);
    }
}

static void many_keys_are_compared_quickly(void **state)
{
    struct buf b = BUF_INIT;
    struct ynode *root = NULL;
    struct err err = {0};
    (void)state;
    for (int i = 0; i < 9000; i++)
        buf_addf(&b, "k%d: 1\n", i);
    size_t len = b.len;
    assert_int_equal(yaml_read(b.s, b.len, &root, &err), 0);
    assert_int_equal(root->n, 9000);
    ynode_free(root);
    root = NULL;
    buf_cut(&b, len);
    buf_adds(&b, "k77: 2\n");
    assert_int_equal(yaml_read(b.s, b.len, &root, &err), -EINVAL);
    assert_int_equal(err.line, 9001);
    buf_clear(&b);
}

/* At the caps all is well: 32 levels, one scalar of 64 KiB. */
static void what_is_just_allowed_is_read(void **state)
{
    struct buf b = repeated("", "[", 32, "");
    struct ynode *root = NULL;
    (void)state;
    for (int i = 0; i < 32; i++)
        buf_addch(&b, ']');
    assert_int_equal(yaml_read(b.s, b.len, &root, NULL), 0);
    ynode_free(root);
    buf_clear(&b);
    b = repeated("a: ", "x", 65536, "\n");
    root = must_read(b.s);
    ynode_free(root);
    buf_clear(&b);
}

static void texts_are_written_so_that_they_read_back(void **state)
{
    static const char *const rows[] = {
        "plain",    "",
        "yes",      "No",
        "on",       "y",
        "null",     "~",
        "true",     "1.0",
        "1",        "-1",
        "0x1f",     "1e5",
        "10:30",    "1_000",
        ".inf",     "2024-01-01",
        "- x",      "-",
        "# no",     "a # b",
        "a: b",     "a:",
        " a",       "a ",
        "[x]",      "{x}",
        "*a",       "&a",
        "!a",       "%a",
        "@a",       "`a",
        "|",        ">",
        "'",        "\"",
        "it's",     "a\"b",
        "\\",       "a\nb",
        "a\n",      "\n",
        "a\tb",     "\t",
        "\x01\x7f", "\xc2\x85",
        "\u2028",   "\ufeffx",
        "\uffff",   "ü",
        "日本",     "\U0001F600",
        "<<",       "=",
        "/a/b c",   "16G",
        "a/b:1.0",  "10.11.2",
        "K=V",      "192.168.1.40/24",
        "?",        "? a",
        ",",        "a,b",
        "---",      "...",
        "\r",       "\r\n",
        "a\rb",     "2024-01-01T10:00:00Z",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ynode *map = ynode_new(YAML_MAP), *list = ynode_new(YAML_LIST);
        struct buf b = BUF_INIT;
        ynode_set(map, rows[i], ynode_text(rows[i]));
        ynode_push(ynode_set(map, "l", list), ynode_text(rows[i]));
        yaml_write(map, &b);
        struct ynode *back = must_read(b.s);
        const struct ynode *l = ynode_get(back, "l");
        if (strcmp(back->keys[0]->text, rows[i]) != 0 || strcmp(back->v[0]->text, rows[i]) != 0 ||
            ynode_is_null(back->v[0]) || !l || strcmp(l->v[0]->text, rows[i]) != 0)
            fail_msg("row %zu: %s", i, b.s);
        ynode_free(back);
        ynode_free(map);
        buf_clear(&b);
    }
}

static void what_looks_like_a_number_is_quoted(void **state)
{
    static const char *const quoted[] = {
        "yes", "1.0", "null", "", "- x", "1", "0x1f", "2024-01-01", "10:30", "1e5", "2024-01-01T10:00:00Z"};
    static const char *const bare[] = {"jellyfin",        "Europe/Stockholm", "/tank/media", "16G",
                                       "192.168.1.40/24", "tank:8",           "docker.io"};
    struct buf b = BUF_INIT;
    (void)state;
    for (size_t i = 0; i < COUNT(quoted) + COUNT(bare); i++) {
        const char *text = i < COUNT(quoted) ? quoted[i] : bare[i - COUNT(quoted)];
        struct ynode *node = ynode_text(text);
        buf_reset(&b);
        yaml_write(node, &b);
        if ((b.s[0] == '"') != (i < COUNT(quoted)))
            fail_msg("%s is written %s", text, b.s);
        ynode_free(node);
    }
    buf_clear(&b);
}

static void block_style_is_two_blanks_a_level(void **state)
{
    static const char text[] = "a: 1\n"
                               "b:\n"
                               "  - x: y\n"
                               "    z:\n"
                               "      - 1\n"
                               "      - - 2\n"
                               "        - 3\n"
                               "  - []\n"
                               "  - {}\n"
                               "c: {}\n"
                               "d: null\n"
                               "e: \"null\"\n";
    struct ynode *root = must_read(text);
    struct buf b = BUF_INIT;
    (void)state;
    yaml_write(root, &b);
    assert_string_equal(b.s, text);
    ynode_free(root);
    buf_clear(&b);
}

static void yes_and_no_have_eight_words(void **state)
{
    static const struct {
        const char *text;
        int value; /* -1: none */
    } rows[] = {{"true", 1}, {"Yes", 1}, {"on", 1},     {"1", 1},  {"\"1\"", 1}, {"FALSE", 0}, {"no", 0},
                {"off", 0},  {"0", 0},   {"maybe", -1}, {"2", -1}, {"\"\"", -1}, {"[1]", -1}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ynode *node = must_read(rows[i].text);
        bool value = false;
        int got = ynode_bool(node, &value) ? value : -1;
        if (got != rows[i].value)
            fail_msg("%s is %d", rows[i].text, got);
        ynode_free(node);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_keeps_order_style_and_places),
        cmocka_unit_test(nothing_is_null),
        cmocka_unit_test(what_yaml_should_not_hold_is_refused),
        cmocka_unit_test(bombs_are_refused_at_once),
        cmocka_unit_test(many_keys_are_compared_quickly),
        cmocka_unit_test(what_is_just_allowed_is_read),
        cmocka_unit_test(texts_are_written_so_that_they_read_back),
        cmocka_unit_test(what_looks_like_a_number_is_quoted),
        cmocka_unit_test(block_style_is_two_blanks_a_level),
        cmocka_unit_test(yes_and_no_have_eight_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
