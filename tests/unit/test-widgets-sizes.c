#include "tests/unit/unit.h"

#include "tests/unit/screen.h"
#include "widgets/browser.h"
#include "widgets/dialog.h"
#include "widgets/form.h"
#include "widgets/frame.h"
#include "widgets/gauge.h"
#include "widgets/help.h"
#include "widgets/logview.h"
#include "widgets/menu.h"
#include "widgets/table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Every widget at every size, with hostile text and random keys: nothing is written outside of its rectangle, the
 * hardware cursor stays in it, and (with the sanitizers) nothing outside of memory is touched.
 */
static unsigned seed = 1;

static unsigned dice(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

/* Bytes of all kinds: letters, UTF-8 whole and broken, escapes, controls. */
static const char *junk(char *out, size_t size)
{
    static const char *const parts[] = {"a",
                                        "zz ",
                                        "é",
                                        "日",
                                        "e\xCC\x81",
                                        "\033[2J",
                                        "\xFF",
                                        "\xE2\x82",
                                        "\t",
                                        "\r",
                                        "\xE2\x80\xAE",
                                        "/",
                                        ":",
                                        "-",
                                        "0",
                                        "sha256:",
                                        "\xF0\x9F\x91\xA9\xE2\x80\x8D",
                                        "\x01",
                                        "\xCC\x81"};
    size_t n = 0, wanted = dice((unsigned)size);
    out[0] = '\0';
    while (n < wanted) {
        const char *part = parts[dice(sizeof(parts) / sizeof(parts[0]))];
        if (n + strlen(part) + 1 > size)
            break;
        memcpy(out + n, part, strlen(part) + 1);
        n += strlen(part);
    }
    return out;
}

static struct key any_key(void)
{
    static const int codes[] = {KEY_UP,    KEY_DOWN,  KEY_LEFT, KEY_RIGHT, KEY_HOME,   KEY_END,
                                KEY_NPAGE, KEY_PPAGE, KEYS_TAB, KEY_BTAB,  KEYS_ENTER, KEYS_BACKSPACE,
                                KEY_DC,    KEYS_ESC,  1,        4,         5,          11,
                                18,        21,        23};
    static const char letters[] = " jkgGhlwtFnN[]/.AU<>Iadek+-4GMx?q";
    struct key key = {.type = KEY_CODE, .code = codes[dice(sizeof(codes) / sizeof(codes[0]))], .alt = dice(20) == 0};
    if (dice(2) == 0)
        key = (struct key){.type = KEY_CHAR,
                           .ch = dice(10) == 0 ? 0x65E5 : (unsigned char)letters[dice(sizeof(letters) - 1)]};
    if (dice(30) == 0)
        key.type = KEY_PASTED;
    return key;
}

static WINDOW *pad;

/* A rectangle within a larger pad that is full of dots. */
static struct canvas room(int height, int width)
{
    for (int y = 0; y < height + 2; y++)
        mvwhline(pad, y, 0, '.', width + 2);
    draw_cursor_none();
    return (struct canvas){.win = pad, .theme = &screen_theme, .y = 1, .x = 1, .height = height, .width = width};
}

static void is_within(const struct canvas *c, const char *what)
{
    int y, x;
    bool visible;
    for (int row = 0; row < c->height + 2; row++) {
        for (int column = 0; column < c->width + 2; column++) {
            bool inside = row > 0 && row <= c->height && column > 0 && column <= c->width;
            if (!inside && (mvwinch(pad, row, column) & A_CHARTEXT) != '.')
                fail_msg("%s at %dx%d wrote to %d,%d", what, c->width, c->height, row - 1, column - 1);
        }
    }
    if (draw_cursor_get(&y, &x, &visible) && (y < 1 || y > c->height || x < 1 || x > c->width))
        fail_msg("%s at %dx%d put the cursor at %d,%d", what, c->width, c->height, y - 1, x - 1);
}

static int start(void **state)
{
    (void)state;
    screen_start("C.UTF-8", "xterm-256color", NULL);
    pad = newpad(60, 200);
    return pad ? 0 : -1;
}

/* All small sizes, and some large ones. */
static bool next_size(int *height, int *width)
{
    *width += *width < 12 ? 1 : 9;
    if (*width > 130) {
        *width = 1;
        *height += *height < 14 ? 1 : 7;
    }
    return *height <= 45;
}

#define EACH_SIZE(h, w) for (int h = 1, w = 0; next_size(&h, &w);)

/* --- table --- */

static char names[40][300];

static int count(void *data)
{
    return *(int *)data;
}

static void cell(void *data, int row, const char *column, struct table_cell *out)
{
    (void)data;
    snprintf(out->text, sizeof(out->text), "%.200s", names[(row * 3 + column[0]) % 40]);
    out->glyph = row % 3 ? GLYPH_RUNNING : GLYPH_NONE;
    out->glyph_after = row % 2;
}

static long key_of(void *data, int row)
{
    (void)data;
    return row;
}

static int compare(void *data, int a, int b, const char *column)
{
    (void)data;
    return strcmp(names[(a + column[0]) % 40], names[(b + column[0]) % 40]);
}

static bool matches(void *data, int row, const char *field, const char *word)
{
    (void)data;
    (void)field;
    return table_contains(names[row % 40], word);
}

static const char *group(void *data, int row)
{
    (void)data;
    return row % 2 ? "odd" : "even";
}

static void tables(void **state)
{
    static const struct table_column columns[] = {
        {.id = "a", .head = "A", .align = TABLE_RIGHT, .width = 5, .max = 9, .cut = SHOWN_CUT_NEVER},
        {.id = "b", .head = "B-HEAD", .width = 13, .min = 9, .max = 22, .cut = SHOWN_CUT_MIDDLE},
        {.id = "c", .head = "C", .width = 1, .cut = SHOWN_CUT_START},
    };
    static const struct table_layout layouts[] = {{{"a", "b", "c"}}, {{"a", "b"}}, {{"c"}}};
    int rows = 37;
    (void)state;
    for (int i = 0; i < 40; i++)
        junk(names[i], sizeof(names[i]));
    const struct table_source source = {&rows, count, cell, key_of, compare, matches, group};
    struct table *t = table_new(columns, 3, layouts, 3, &source);
    EACH_SIZE(h, w)
    {
        struct canvas c = room(h, w);
        char text[50];
        table_draw(t, &c, true);
        is_within(&c, "table");
        for (int i = 0; i < 5; i++) {
            struct key key = any_key();
            table_press(t, &key);
        }
        if (dice(10) == 0)
            table_group(t, dice(2));
        if (dice(10) == 0)
            table_filter(t, junk(text, dice(2) ? 3 : 1));
        if (dice(10) == 0) {
            rows = (int)dice(40);
            table_refresh(t);
        }
        table_click(t, (int)dice(50), (int)dice(100));
    }
    table_free(t);
}

/* --- form --- */

static int list_rows(void *data, const struct form_field *field)
{
    (void)data;
    (void)field;
    return 3;
}

static void list_row(void *data, const struct form_field *field, int row, int width, struct form_row *out)
{
    (void)data;
    (void)field;
    (void)width;
    snprintf(out->text, sizeof(out->text), "%s", names[row]);
}

static void check(void *data, const char *id, const char *value, char *why, size_t size, bool *mendable)
{
    (void)data;
    *mendable = dice(2);
    if (strlen(value) % 3 == 1)
        snprintf(why, size, "%s: %s", id, names[strlen(value) % 40]);
}

static void note(void *data, const char *id, char *text, size_t size)
{
    (void)data;
    snprintf(text, size, "%s", names[id[0] % 40]);
}

static void forms(void **state)
{
    const struct form_choice choices[] = {
        {"1", names[1], names[2], NULL}, {"2", "two", NULL, NULL}, {"3", "three", "", names[3]}};
    const struct form_choice plain[] = {{"1", "one", NULL, NULL}, {"2", "two", NULL, NULL}};
    const struct form_field fields[] = {
        {.id = "text", .label = "Text", .kind = FORM_TEXT, .help = names[5]},
        {.id = "number", .label = names[6], .kind = FORM_NUMBER, .unit = "MiB", .unit_bytes = 1048576, .beside = 60},
        {.id = "choice", .label = "Choice", .kind = FORM_CHOICE, .choices = choices, .nchoices = 3},
        {.id = "radio", .label = "Radio", .kind = FORM_RADIO, .choices = choices, .nchoices = 3},
        {.id = "plain", .label = "Plain", .kind = FORM_RADIO, .choices = plain, .nchoices = 2},
        {.id = "toggle", .kind = FORM_TOGGLE, .unit = names[7]},
        {.id = "list", .label = "LIST", .kind = FORM_LIST, .rows = list_rows, .row = list_row, .add_label = "Add"},
        {.label = names[8], .kind = FORM_HEADING},
        {.id = "folder", .label = "Folder", .kind = FORM_FOLDER, .fallback = names[9]},
        {.id = "secret", .label = "Secret", .kind = FORM_SECRET},
        {.id = "note", .label = "", .kind = FORM_NOTE},
        {.id = "one", .label = "One", .kind = FORM_BUTTON},
        {.id = "two", .label = "Two of a longer name", .kind = FORM_BUTTON, .danger = true},
    };
    (void)state;
    for (int i = 0; i < 40; i++)
        junk(names[i], 120);
    struct form *f = form_new(fields, 13, &(struct form_owner){.check = check, .note = note}, NULL);
    EACH_SIZE(h, w)
    {
        struct canvas c = room(h, w);
        char text[200];
        form_draw(f, &c);
        is_within(&c, "form");
        for (int i = 0; i < 6; i++) {
            struct key key = any_key();
            form_key(f, &key, names[dice(40)], 8);
            form_message(f, text, sizeof(text));
        }
        if (dice(10) == 0)
            form_show(f, fields[dice(7)].id, dice(2));
    }
    form_free(f);
}

/* --- log --- */

static void logs(void **state)
{
    (void)state;
    int fd = memfd_create("log", 0);
    char path[64], text[400];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    struct logview *v = logview_new();
    logview_open(v, open(path, O_RDONLY));
    off_t written = 0;
    EACH_SIZE(h, w)
    {
        struct canvas c = room(h, w);
        if (dice(3) == 0) {
            if (dice(5) == 0) {
                logview_heading(v, written, junk(text, sizeof(text)));
                logview_stamp(v, written, (long long)dice(100000) * 1000);
            }
            junk(text, sizeof(text) - 1);
            if (dice(2))
                strncat(text, "\n", 2);
            written += write(fd, text, dice(2) ? strlen(text) : strnlen(text, 5));
        }
        logview_grow(v, 1 + dice(300));
        logview_draw(v, &c);
        is_within(&c, "log");
        for (int i = 0; i < 4; i++) {
            struct key key = any_key();
            logview_key(v, &key);
        }
        if (dice(20) == 0)
            logview_search(v, "a", dice(2));
        long first, last;
        logview_seen(v, &first, &last);
        assert_true(first <= logview_lines(v) && last <= logview_lines(v));
    }
    logview_free(v);
    close(fd);
}

/* --- the rest --- */

static void boxes(void **state)
{
    static const struct dialog_button buttons[] = {{.id = "a", .label = "Shut down, then destroy"},
                                                   {.id = "b", .label = "Keep it"}};
    static const struct browser_entry entries[] = {
        {"\033[1m", "0:0", "1G", "note"}, {"media", "1000:1000", "", ""}, {".x", "", "", ""}};
    char text[300], label[100];
    (void)state;
    struct dialog *d = dialog_new(junk(label, sizeof(label)), junk(text, sizeof(text)), buttons, 2, 1);
    const struct menu_row rows[] = {{.id = "1", .label = label, .note = text, .letter = '1'},
                                    {.id = "2", .label = "two"}};
    struct menu *m = menu_new("Menu", rows, 2, 0);
    struct browser *b = browser_new("/a/b");
    EACH_SIZE(h, w)
    {
        struct key key = any_key();
        struct canvas c = room(h, w);
        dialog_draw(d, &c);
        is_within(&c, "dialog");
        dialog_key(d, &key);
        dialog_set_text(d, junk(text, sizeof(text)));
        c = room(h, w);
        menu_draw(m, &c);
        is_within(&c, "menu");
        menu_key(m, &key);
        c = room(h, w);
        browser_draw(b, &c);
        is_within(&c, "browser");
        if (browser_key(b, &key, "x", 1) == BROWSER_LIST && dice(3))
            browser_entries(b, browser_path(b), entries, 3, text);
        browser_chosen(b);
    }
    dialog_free(d);
    menu_free(m);
    browser_free(b);
}

static void rows_of_the_frame(void **state)
{
    static const struct keytable_action actions[] = {
        {.id = "a", .keys = "Enter l", .label = "open", .priority = 1, .section = "ONE", .sentence = "Opens."},
        {.id = "b", .keys = "^B", .label = "back", .priority = 2, .section = "TWO", .sentence = "Back."},
        {.id = "c", .keys = "", .label = "nothing", .section = "TWO"},
    };
    static const struct keytable table = {actions, 3};
    const struct keytable *const all[] = {&table};
    static const struct frame_tab tabs[] = {{'1', "Containers", -1, -1}, {'3', "Jobs", 100, 200}};
    char text[200];
    (void)state;
    struct help *help = help_new(all, 1, NULL, NULL);
    EACH_SIZE(h, w)
    {
        struct key key = any_key();
        struct canvas c = room(h, w);
        struct frame f = frame_layout(h, w, dice(2));
        struct canvas header = frame_row(&c, f.header), title = frame_row(&c, f.title), keys = frame_row(&c, f.keys),
                      message = frame_row(&c, f.message), job = frame_row(&c, f.job), body = frame_body(&c, &f);
        junk(text, sizeof(text));
        frame_draw_header(&header,
                          &(struct frame_header){.host = text, .tabs = tabs, .ntabs = 2, .right = {text, "9%"}});
        frame_draw_title(&title,
                         &(struct frame_title){.path = {text, "x"}, .right = {text, "2/20"}, .more_below = dice(2)});
        frame_draw_message(&message, ROLE_DANGER, GLYPH_FAILED, text);
        gauge_draw(&job, &(struct gauge){.glyph = GLYPH_JOB,
                                         .title = text,
                                         .step = dice(2) ? text : "1/8 pull",
                                         .part = dice(9),
                                         .whole = dice(9),
                                         .rate = "13M/s",
                                         .left = "9s left",
                                         .more = "+2 more"});
        keytable_draw(&table, &keys, dice(2) ? "? keys" : text, NULL, NULL);
        help_draw(help, &body);
        help_key(help, &key, "x", 1);
        is_within(&c, "frame");
        c = room(h, w);
        frame_draw_small(&c, text);
        draw_box(&c, ROLE_TEXT, text);
        draw_rule(&c, (int)dice(5), (int)dice(5), 0, ROLE_DIM, text);
        draw_right(&c, 0, (int)dice(100), ROLE_TEXT, text);
        draw_bar(&c, 1, 3, (int)dice(100), ROLE_OK, dice(10), dice(10));
        is_within(&c, "drawing");
    }
    help_free(help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(tables, start),
        cmocka_unit_test_setup(forms, start),
        cmocka_unit_test_setup(logs, start),
        cmocka_unit_test_setup(boxes, start),
        cmocka_unit_test_setup(rows_of_the_frame, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
