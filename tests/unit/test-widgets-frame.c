#include "tests/unit/unit.h"

#include "tests/unit/screen.h"
#include "widgets/dialog.h"
#include "widgets/frame.h"
#include "widgets/gauge.h"
#include "widgets/help.h"
#include "widgets/keytable.h"
#include "widgets/menu.h"
#include "widgets/messages.h"

static int start(void **state)
{
    (void)state;
    screen_start("C.UTF-8", "xterm-256color", NULL);
    return 0;
}

/* --- frame --- */

static void rows_go_as_the_terminal_shrinks(void **state)
{
    static const struct {
        int height, width;
        bool job;
        int title, body, rows, jobs, message, keys;
        bool small;
    } rows[] = {
        {24, 80, false, 1, 2, 20, -1, 22, 23, false}, {24, 80, true, 1, 2, 19, 21, 22, 23, false},
        {40, 120, true, 1, 2, 35, 37, 38, 39, false}, {20, 60, true, 1, 2, 15, 17, 18, 19, false},
        {12, 40, true, 1, 2, 7, 9, 10, 11, false},    {11, 40, true, -1, 1, 7, 8, 9, 10, false},
        {10, 40, true, -1, 1, 7, -1, 8, 9, false},    {9, 40, true, -1, 1, 6, -1, 7, 8, true},
        {24, 39, false, 1, 2, 20, -1, 22, 23, true},  {1, 1, true, -1, 1, 0, -1, -1, 0, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct frame f = frame_layout(rows[i].height, rows[i].width, rows[i].job);
        if (f.title != rows[i].title || f.body != rows[i].body || f.body_height != rows[i].rows ||
            f.job != rows[i].jobs || f.message != rows[i].message || f.keys != rows[i].keys || f.small != rows[i].small)
            fail_msg("%dx%d: title %d, body %d+%d, job %d, message %d, keys %d", rows[i].width, rows[i].height, f.title,
                     f.body, f.body_height, f.job, f.message, f.keys);
    }
}

static struct frame_tab tabs[] = {
    {.digit = '1', .name = "Containers", .running = -1, .failed = -1},
    {.digit = '2', .name = "Images", .running = -1, .failed = -1},
    {.digit = '3', .name = "Jobs"},
    {.digit = '4', .name = "Host", .running = -1, .failed = -1},
};

static const char *header(int width, int current, int running, int failed, const char *host)
{
    static struct canvas c;
    struct frame_header h = {
        .host = host, .tabs = tabs, .ntabs = 4, .current = current, .right = {"CPU  9%  MEM 21G/63G", "9%"}};
    tabs[2].running = running;
    tabs[2].failed = failed;
    c = screen_new(1, width);
    frame_draw_header(&c, &h);
    return screen_row(&c, 0);
}

static void the_header_says_where_we_are(void **state)
{
    (void)state;
    assert_string_equal(header(80, 0, 1, 1, "pve"),
                        " pve   [1 Containers] 2 Images  3 Jobs !1  4 Host          CPU  9%  MEM 21G/63G");
    assert_string_equal(header(80, 0, 0, 0, "pve"),
                        " pve   [1 Containers] 2 Images  3 Jobs     4 Host          CPU  9%  MEM 21G/63G");
    assert_string_equal(header(80, 1, 0, 1, "pve"),
                        " pve    1 Containers [2 Images] 3 Jobs !1  4 Host          CPU  9%  MEM 21G/63G");
    assert_string_equal(header(80, 2, 1, 0, "pve"),
                        " pve    1 Containers  2 Images [3 Jobs ▸1] 4 Host          CPU  9%  MEM 21G/63G");
    assert_string_equal(header(120, 0, 0, 1, "pve"), " pve   [1 Containers] 2 Images  3 Jobs !1  4 Host                "
                                                     "                                  CPU  9%  MEM 21G/63G");
    assert_string_equal(header(60, 0, 0, 1, "pve"), " pve   [1 Containers] 2 Images  3 Jobs !1  4 Host        9%");
    assert_string_equal(header(59, 0, 0, 1, "pve"), " pve [1 Containers] 2  3 !1  4        CPU  9%  MEM 21G/63G");
    assert_string_equal(header(40, 0, 0, 1, "pve"), " pve [1 Containers] 2  3 !1  4       9%");
    assert_string_equal(header(40, 2, 0, 0, "pve"), " pve  1  2 [3 Jobs   ] 4             9%");
    assert_string_equal(header(80, 0, 0, 1, "verylonghost"),
                        " verylonghost  [1 Containers] 2 Images  3 Jobs !1  4 Host  CPU  9%  MEM 21G/63G");
    assert_string_equal(header(40, 0, 0, 12, "verylonghost"), " verylon… [1 Containers] 2  3 !12  4");
    assert_string_equal(header(80, 0, 0, 0, "\033]0;x"),
                        " \\x1B]0;x  [1 Containers] 2 Images  3 Jobs     4 Host      CPU  9%  MEM 21G/63G");
}

static void the_title_keeps_its_end(void **state)
{
    (void)state;
    struct frame_title t = {.path = {"Containers", "102 nextcloud", "Upgrade"},
                            .right = {"20 CTs, 15 running   2/20", "2/20"}};
    struct canvas c = screen_new(1, 80), n = screen_new(1, 45);
    frame_draw_title(&c, &t);
    assert_string_equal(screen_row(&c, 0),
                        " Containers › 102 nextcloud › Upgrade                 20 CTs, 15 running   2/20");
    t.more_below = true;
    frame_draw_title(&c, &t);
    assert_string_equal(screen_row(&c, 0),
                        " Containers › 102 nextcloud › Upgrade               20 CTs, 15 running   2/20 ▼");
    frame_draw_title(&n, &t);
    assert_string_equal(screen_row(&n, 0), " Containers › 102 nextcloud › Upgrade 2/20 ▼");
    struct canvas s = screen_new(1, 40);
    frame_draw_title(&s, &t);
    assert_string_equal(screen_row(&s, 0), " …ners › 102 nextcloud › Upgrade 2/20 ▼");
}

static void a_terminal_that_is_too_small_says_so(void **state)
{
    (void)state;
    struct canvas a = screen_new(6, 28), b = screen_new(1, 12), d = screen_new(1, 1);
    frame_draw_small(&a, "1 job runs: 62%");
    const char *const wanted[] = {" tengil-tui needs 40x10.",
                                  " This terminal is 28x6.",
                                  "",
                                  " ▸ 1 job runs: 62%",
                                  "",
                                  " q quits, jobs go on",
                                  NULL};
    screen_is(&a, wanted);
    frame_draw_small(&b, "1 job runs: 62%");
    assert_string_equal(screen_row(&b, 0), " 40x10, q");
    frame_draw_small(&d, NULL);
    assert_string_equal(screen_row(&d, 0), "");
}

static void a_prompt_is_typed_in_the_message_row(void **state)
{
    struct edit e;
    int y, x;
    bool visible;
    (void)state;
    struct canvas c = screen_new(1, 20);
    edit_init(&e, 100, false);
    edit_set(&e, "node:pve2");
    frame_draw_prompt(&c, "/", &e);
    assert_string_equal(screen_row(&c, 0), " /node:pve2");
    assert_true(draw_cursor_get(&y, &x, &visible));
    assert_int_equal(x, 11);
    assert_true(visible);
    edit_set(&e, "node:pve2 status:running");
    frame_draw_prompt(&c, "/", &e);
    assert_string_equal(screen_row(&c, 0), " /2 status:running");
    draw_cursor_get(&y, &x, &visible);
    assert_int_equal(x, 18);
    edit_clear(&e);
}

/* --- gauge --- */

static void a_gauge_gives_way_from_its_end(void **state)
{
    struct gauge g = {.glyph = GLYPH_JOB,
                      .role = ROLE_ACCENT,
                      .title = "Create CT 110 jellyfin",
                      .step = "1/8 pull",
                      .part = 62,
                      .whole = 100,
                      .rate = "13M/s",
                      .left = "9s left"};
    static const struct {
        int width;
        const char *row;
    } rows[] = {
        {80, " ▸ Create CT 110 jellyfin  1/8 pull  █████████░░░░░░░  62%  13M/s  9s left"},
        {120, " ▸ Create CT 110 jellyfin  1/8 pull  ██████████████████████████████████░░░░░░░░░░░░░░░░░░░░░░  62%  "
              "13M/s  9s left"},
        {60, " ▸ Create CT 110 jellyfin  1/8 pull  █████░░░░  62%  13M/s"},
        {40, " ▸ Create CT 110 jellyfin  1/8 pull  62%"},
        {30, " ▸ Create CT 1…  1/8 pull  62%"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct canvas c = screen_new(1, rows[i].width);
        gauge_draw(&c, &g);
        const char *got = screen_row(&c, 0);
        if (strcmp(got, rows[i].row) != 0)
            fail_msg("at %d: |%s|", rows[i].width, got);
    }
    assert_int_equal(gauge_percent(999, 1000), 99);
    assert_int_equal(gauge_percent(1000, 1000), 100);
    assert_int_equal(gauge_percent(~0ULL, ~0ULL), 100);
    assert_int_equal(gauge_percent(1, 0), 0);
    assert_int_equal(gauge_spinner(299), ' ');
    assert_int_equal(gauge_spinner(500), '-');
    assert_int_equal(gauge_spinner(250 * 4 + 250), '/');
}

static void a_rate_is_of_the_last_seconds(void **state)
{
    struct gauge_rate r = {0};
    (void)state;
    assert_true(gauge_rate_get(&r) == 0);
    assert_int_equal(gauge_rate_left(&r, 0, 100), -1);
    for (int i = 0; i < 40; i++)
        gauge_rate_add(&r, i * 250, (unsigned long long)i * 250);
    assert_true(gauge_rate_get(&r) > 999 && gauge_rate_get(&r) < 1001);
    assert_int_equal(gauge_rate_left(&r, 5000, 10000), 5);
    for (int i = 40; i < 60; i++)
        gauge_rate_add(&r, i * 250, 9750);
    assert_true(gauge_rate_get(&r) == 0);
    gauge_rate_add(&r, 60 * 250, 5);
    assert_true(gauge_rate_get(&r) == 0);
}

/* --- keys --- */

static const struct keytable_action actions[] = {
    {.id = "open",
     .keys = "Enter l Right",
     .label = "open",
     .priority = 1,
     .section = "ROW",
     .sentence = "Shows its details."},
    {.id = "new", .keys = "n", .label = "new", .priority = 2, .section = "MAKE", .sentence = "Makes a container."},
    {.id = "start", .keys = "s", .label = "start", .priority = 4, .section = "ROW", .sentence = "Starts the CT."},
    {.id = "shutdown",
     .keys = "x",
     .label = "shut down",
     .priority = 5,
     .section = "ROW",
     .sentence = "Shuts it down."},
    {.id = "upgrade", .keys = "u", .label = "upgrade", .priority = 6, .section = "ROW"},
    {.id = "more", .keys = "m F9", .label = "more", .priority = 3, .section = "ROW", .sentence = "All it can do."},
    {.id = "filter", .keys = "/", .label = "filter", .priority = 7, .section = "LIST"},
    {.id = "down", .keys = "j Down", .label = "down", .section = "MOVE"},
    {.id = "half", .keys = "^D", .label = "half a page", .section = "MOVE"},
    {.id = "mark", .keys = "Space", .label = "mark", .section = "LIST"},
    {.id = "page3", .keys = "Alt-3", .label = "page 3"},
    {.id = "back", .keys = "S-Tab", .label = "field before"},
    {.id = "umlaut", .keys = "ü", .label = "umlaut"},
};
static const struct keytable keytable = {actions, (int)(sizeof(actions) / sizeof(actions[0]))};

static void keys_find_their_action(void **state)
{
    const struct {
        struct key key;
        const char *id, *name;
    } rows[] = {
        {press_code_key(KEYS_ENTER), "open", "Enter"},
        {press_char_key('l'), "open", "l"},
        {press_code_key(KEY_RIGHT), "open", "Right"},
        {press_code_key(KEY_F(9)), "more", "F9"},
        {press_char_key('/'), "filter", "/"},
        {press_code_key(KEY_CTRL('D')), "half", "^D"},
        {press_char_key(' '), "mark", "Space"},
        {{.type = KEY_CHAR, .ch = '3', .alt = true}, "page3", "Alt-3"},
        {press_code_key(KEY_BTAB), "back", "S-Tab"},
        {press_char_key(0xFC), "umlaut", NULL},
        {press_char_key('3'), NULL, "3"},
        {press_char_key('d'), NULL, "d"},
        {{.type = KEY_CHAR, .ch = 'l', .alt = true}, NULL, "Alt-l"},
        {press_code_key(KEYS_TAB), NULL, "Tab"},
        {press_code_key(KEYS_ESC), NULL, "Esc"},
        {{.type = KEY_PASTED}, NULL, NULL},
        {{.type = KEY_SIZE}, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char name[20] = "";
        const struct keytable_action *action = keytable_find(&keytable, &rows[i].key);
        bool named = keytable_name(&rows[i].key, name, sizeof(name));
        if (strcmp(action ? action->id : "", rows[i].id ? rows[i].id : "") != 0 || named != (rows[i].name != NULL) ||
            (named && strcmp(name, rows[i].name) != 0))
            fail_msg("row %zu: action %s, name \"%s\"", i, action ? action->id : "none", name);
    }
}

static bool not_upgrade(void *data, const char *id)
{
    (void)data;
    return strcmp(id, "upgrade") != 0;
}

static void the_footer_fits_by_priority(void **state)
{
    static const struct {
        int width;
        const char *row;
    } rows[] = {
        {80, " Enter open  n new  s start  x shut down  u upgrade  m more  / filter    ? keys"},
        {72, " Enter open  n new  s start  x shut down  u upgrade  m more      ? keys"},
        {60, " Enter open  n new  s start  x shut down  m more     ? keys"},
        {40, " Enter open  n new  m more       ? keys"},
        {20, " Enter open  ? keys"},
        {8, " ? keys"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct canvas c = screen_new(1, rows[i].width);
        keytable_draw(&keytable, &c, "? keys", NULL, NULL);
        if (strcmp(screen_row(&c, 0), rows[i].row) != 0)
            fail_msg("at %d: |%s|", rows[i].width, screen_row(&c, 0));
    }
    struct canvas c = screen_new(1, 80);
    keytable_draw(&keytable, &c, "Esc stay", not_upgrade, NULL);
    assert_string_equal(screen_row(&c, 0),
                        " Enter open  n new  s start  x shut down  m more  / filter             Esc stay");
    short pair;
    screen_attrs(&c, 0, 1, &pair);
    assert_int_equal(pair, screen_theme.pairs[ROLE_ACCENT]);
    screen_attrs(&c, 0, 7, &pair);
    assert_int_equal(pair, 0);
}

static const char *why_not(void *data, const struct keytable_action *action)
{
    (void)data;
    return strcmp(action->id, "start") == 0 ? "It runs already." : NULL;
}

static enum help_event help_letter(struct help *h, uint32_t ch)
{
    struct key key = press_char_key(ch);
    return help_key(h, &key, NULL, 0);
}

static enum help_event help_code(struct help *h, int code)
{
    struct key key = press_code_key(code);
    return help_key(h, &key, NULL, 0);
}

static void help_finds_and_does(void **state)
{
    const struct keytable *const tables[] = {&keytable};
    char text[100];
    (void)state;
    struct help *h = help_new(tables, 1, why_not, NULL);
    struct canvas c = screen_new(12, 80);
    help_draw(h, &c);
    const char *const wanted[] = {
        " / to find one, Enter to do it",
        "    ROW                                     LIST",
        " >  Enter l Rig… open                       /            filter",
        "    s            start                      Space        mark",
        "    x            shut down                  MOVE",
        "    u            upgrade                    j Down       down",
        "    m F9         more                       ^D           half a page",
        "    MAKE",
        "    n            new",
        NULL,
    };
    screen_is(&c, wanted);
    assert_string_equal(help_action(h)->id, "open");
    assert_int_equal(help_code(h, KEYS_ENTER), HELP_DO);
    help_letter(h, 'j');
    assert_int_equal(help_code(h, KEYS_ENTER), HELP_REFUSED);
    help_message(h, text, sizeof(text));
    assert_string_equal(text, "start: It runs already.");
    for (int i = 0; i < 4; i++)
        help_letter(h, 'j');
    assert_string_equal(help_action(h)->id, "new");
    help_letter(h, 'j');
    assert_string_equal(help_action(h)->id, "filter");
    help_code(h, KEY_UP);
    assert_string_equal(help_action(h)->id, "new");
    help_letter(h, '/');
    assert_true(help_finding(h));
    for (const char *s = "shut"; *s; s++)
        help_letter(h, (unsigned char)*s);
    assert_string_equal(help_action(h)->id, "shutdown");
    help_letter(h, 'z');
    assert_null(help_action(h));
    help_message(h, text, sizeof(text));
    assert_string_equal(text, "Nothing is called \"shutz\". Esc shows all.");
    help_draw(h, &c);
    help_code(h, KEYS_BACKSPACE);
    assert_int_equal(help_code(h, KEYS_ENTER), HELP_DO);
    assert_int_equal(help_code(h, KEYS_ESC), HELP_MOVED);
    assert_int_equal(help_code(h, KEYS_ESC), HELP_CLOSED);
    help_free(h);
}

/* --- dialog, menu --- */

static const struct dialog_button quit_buttons[] = {{.id = "quit", .label = "Quit, job goes on"},
                                                    {.id = "stay", .label = "Stay"},
                                                    {.id = "cancel", .label = "Cancel the job", .letter = 'c'}};

static enum dialog_event dialog_letter(struct dialog *d, uint32_t ch)
{
    struct key key = press_char_key(ch);
    return dialog_key(d, &key);
}

static enum dialog_event dialog_code(struct dialog *d, int code)
{
    struct key key = press_code_key(code);
    return dialog_key(d, &key);
}

static void a_dialog_asks_and_its_letters_answer(void **state)
{
    (void)state;
    struct dialog *d = dialog_new(
        "Quit",
        "Job 43, Create CT 110 jellyfin, is at step 1 of 8.\n"
        "It goes on without this window. The next start shows it, and so does a shell:  tengil-tui attach 43",
        quit_buttons, 3, 0);
    struct canvas c = screen_new(12, 80);
    for (int y = 0; y < 12; y++)
        draw_text(&c, y, 0, 0, ROLE_TEXT, SHOWN_CUT_END,
                  "behind behind behind behind behind behind behind behind behind behind behind be");
    dialog_draw(d, &c);
    assert_non_null(strstr(screen_row(&c, 1), "behind"));
    assert_non_null(strstr(screen_row(&c, 2), "  ┌ Quit ───"));
    assert_null(strstr(screen_row(&c, 2), "behind"));
    assert_non_null(strstr(screen_row(&c, 4), "│  Job 43, Create CT 110 jellyfin, is at step 1 of 8."));
    assert_null(strstr(screen_row(&c, 5), "behind"));
    bool found = false;
    for (int y = 0; y < 12; y++)
        found = found || strstr(screen_row(&c, y), "│ >[ Quit, job goes on ]  [ Stay ]  [ Cancel the job ]");
    assert_true(found);
    assert_string_equal(dialog_button(d), "quit");
    dialog_code(d, KEYS_TAB);
    assert_string_equal(dialog_button(d), "stay");
    dialog_code(d, KEY_LEFT);
    dialog_code(d, KEY_LEFT);
    assert_string_equal(dialog_button(d), "cancel");
    assert_int_equal(dialog_letter(d, 'z'), DIALOG_NOTHING);
    assert_int_equal(dialog_letter(d, 'S'), DIALOG_PRESSED);
    assert_string_equal(dialog_button(d), "stay");
    assert_int_equal(dialog_letter(d, 'c'), DIALOG_PRESSED);
    assert_int_equal(dialog_code(d, KEYS_ENTER), DIALOG_PRESSED);
    assert_int_equal(dialog_code(d, KEYS_ESC), DIALOG_CLOSED);
    struct key paste = {.type = KEY_PASTED};
    assert_int_equal(dialog_key(d, &paste), DIALOG_NOTHING);
    /* Any size is survived, and the buttons are seen at the smallest that is supported. */
    struct canvas s = screen_new(7, 40);
    dialog_draw(d, &s);
    assert_non_null(strstr(screen_row(&s, 5), "[ Cancel the job ]"));
    assert_non_null(strstr(screen_row(&s, 3), "[ Quit, job goes on ]"));
    for (int h = 1; h < 6; h++) {
        struct canvas t = screen_new(h, h * 3);
        dialog_draw(d, &t);
    }
    dialog_free(d);
}

static const struct menu_row new_rows[] = {
    {.id = "jellyfin", .label = "Set up Jellyfin", .note = "a media server", .letter = '1'},
    {.id = "oci", .label = "OCI image", .letter = '2'},
    {.id = "draft", .label = "The draft of 14:40", .letter = '6', .not_possible = "There is none."},
};

static enum menu_event menu_letter(struct menu *m, uint32_t ch)
{
    struct key key = press_char_key(ch);
    return menu_key(m, &key);
}

static void a_menu_picks_at_once(void **state)
{
    (void)state;
    struct menu *m = menu_new("New", new_rows, 3, 0);
    struct canvas c = screen_new(9, 60);
    struct key esc = press_code_key(KEYS_ESC), enter = press_code_key(KEYS_ENTER);
    menu_draw(m, &c);
    assert_non_null(strstr(screen_row(&c, 3), "│ > 1  Set up Jellyfin      a media server"));
    assert_non_null(strstr(screen_row(&c, 4), "│   2  OCI image"));
    assert_int_equal(menu_letter(m, '2'), MENU_PICKED);
    assert_string_equal(menu_id(m), "oci");
    assert_int_equal(menu_letter(m, '6'), MENU_REFUSED);
    assert_string_equal(menu_reason(m), "There is none.");
    assert_int_equal(menu_letter(m, 'k'), MENU_MOVED);
    assert_int_equal(menu_key(m, &enter), MENU_PICKED);
    assert_int_equal(menu_letter(m, '9'), MENU_NOTHING);
    assert_int_equal(menu_letter(m, 'q'), MENU_CLOSED);
    assert_int_equal(menu_key(m, &esc), MENU_CLOSED);
    menu_free(m);
}

/* --- messages --- */

static void the_message_row_has_one_thing(void **state)
{
    enum role role;
    enum glyph glyph;
    (void)state;
    struct messages *m = messages_new();
    messages_focus(m, "102");
    assert_string_equal(messages_row(m, 0, &role, &glyph), "102");
    messages_say(m, 1000, 0, MESSAGE_DONE, "CT 104 runs.");
    assert_string_equal(messages_row(m, 1000, &role, &glyph), "CT 104 runs.");
    assert_int_equal(glyph, GLYPH_DONE);
    /* It stays by time alone, and goes with a key after three seconds. */
    messages_key(m, 2000);
    assert_string_equal(messages_row(m, 90000, &role, &glyph), "CT 104 runs.");
    messages_key(m, 90000);
    assert_string_equal(messages_row(m, 90200, &role, &glyph), "102");
    messages_say(m, 91000, 0, MESSAGE_ERROR, "No.");
    messages_say(m, 91000, 0, MESSAGE_EVENT, "Read again.");
    assert_string_equal(messages_row(m, 91000, &role, &glyph), "No.");
    assert_int_equal(role, ROLE_DANGER);
    messages_key(m, 99000);
    assert_string_equal(messages_row(m, 99200, &role, &glyph), "No.");
    assert_true(messages_escape(m));
    assert_false(messages_escape(m));
    assert_string_equal(messages_row(m, 99200, &role, &glyph), "102");
    /* While keys come, what the focus is waits. */
    messages_key(m, 100000);
    messages_focus(m, "103");
    assert_string_equal(messages_row(m, 100010, &role, &glyph), "102");
    assert_int_equal(messages_wait(m, 100010), 140);
    messages_key(m, 100100);
    messages_focus(m, "104");
    assert_string_equal(messages_row(m, 100200, &role, &glyph), "102");
    assert_string_equal(messages_row(m, 100250, &role, &glyph), "104");
    assert_int_equal(messages_wait(m, 100250), -1);
    messages_free(m);
}

static void the_last_hundred_are_kept(void **state)
{
    (void)state;
    enum role role;
    enum glyph glyph;
    struct messages *m = messages_new();
    char text[20];
    messages_say(m, 0, 0, MESSAGE_ERROR, "oldest");
    for (int i = 0; i < 130; i++) {
        snprintf(text, sizeof(text), "event %d", i);
        messages_say(m, i, i * 1000, MESSAGE_EVENT, text);
    }
    assert_int_equal(messages_count(m), 100);
    assert_string_equal(messages_at(m, 0)->text, "event 129");
    assert_string_equal(messages_at(m, 99)->text, "event 30");
    assert_int_equal(messages_at(m, 99)->wall, 30000);
    assert_null(messages_at(m, 100));
    assert_null(messages_at(m, -1));
    assert_string_equal(messages_row(m, 130, &role, &glyph), "event 129");
    messages_free(m);
}

/* --- looks --- */

static void roles_are_said_as_the_terminal_can(void **state)
{
    static const struct {
        const char *locale, *term, *no_color;
        struct theme_options options;
        int colors;
        const char *running;
        bool utf8;
    } rows[] = {
        {"C.UTF-8", "xterm-256color", NULL, {.colors = -1}, 256, "●", true},
        {"C.UTF-8", "xterm-256color", "1", {.colors = -1}, 0, "●", true},
        {"C.UTF-8", "xterm-256color", "", {.colors = -1}, 256, "●", true},
        {"C.UTF-8", "xterm-256color", NULL, {.colors = 16}, 16, "●", true},
        {"C.UTF-8", "xterm-256color", NULL, {.colors = -1, .name = THEME_MONO}, 0, "●", true},
        {"C.UTF-8", "xterm-256color", NULL, {.colors = -1, .ascii = 1}, 256, "+", true},
        {"C.UTF-8", "linux", NULL, {.colors = -1}, 8, "+", true},
        {"C.UTF-8", "vt100", NULL, {.colors = -1}, 0, "●", true},
        {"C.UTF-8", "xterm", NULL, {.colors = 256}, 8, "●", true},
        {"C", "xterm-256color", NULL, {.colors = -1}, 256, "+", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct theme theme;
        screen_start(rows[i].locale, rows[i].term, NULL);
        if (rows[i].no_color)
            setenv("NO_COLOR", rows[i].no_color, 1);
        theme_init(&theme, &rows[i].options);
        if (theme.colors != rows[i].colors || strcmp(theme.glyphs[GLYPH_RUNNING], rows[i].running) != 0 ||
            theme.utf8 != rows[i].utf8)
            fail_msg("row %zu: %d colours, %s, utf8 %d", i, theme.colors, theme.glyphs[GLYPH_RUNNING], theme.utf8);
        assert_int_equal(theme.attrs[ROLE_FOCUS], A_REVERSE);
        if (theme.colors == 0) {
            assert_int_equal(theme.pairs[ROLE_DANGER], 0);
            assert_true((theme.attrs[ROLE_DANGER] & (A_BOLD | A_UNDERLINE)) == (A_BOLD | A_UNDERLINE));
            assert_true(theme.attrs[ROLE_ACCENT] & A_BOLD);
        } else {
            assert_int_not_equal(theme.pairs[ROLE_DANGER], 0);
        }
        unsetenv("NO_COLOR");
    }
}

static void colours_are_those_of_the_table(void **state)
{
    static const struct {
        enum theme_name name;
        int colors;
        short dim, accent, ok, warn, danger;
    } rows[] = {
        {THEME_AUTO, 256, 244, 32, 64, 166, 196},
        {THEME_DARK, 256, 246, 75, 71, 214, 203},
        {THEME_LIGHT, 256, 242, 25, 28, 130, 124},
        {THEME_AUTO, 16, -1, COLOR_CYAN, COLOR_GREEN, COLOR_YELLOW, COLOR_RED},
        {THEME_LIGHT, 8, -1, COLOR_BLUE, COLOR_GREEN, COLOR_MAGENTA, COLOR_RED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct theme theme;
        screen_start("C.UTF-8", "xterm-256color", NULL);
        theme_init(&theme, &(struct theme_options){.name = rows[i].name, .colors = rows[i].colors});
        const struct {
            enum role role;
            short color;
        } roles[] = {{ROLE_DIM, rows[i].dim},
                     {ROLE_ACCENT, rows[i].accent},
                     {ROLE_OK, rows[i].ok},
                     {ROLE_WARN, rows[i].warn},
                     {ROLE_DANGER, rows[i].danger}};
        for (size_t k = 0; k < 5; k++) {
            short fg = -1, bg = -1;
            if (theme.pairs[roles[k].role])
                pair_content(theme.pairs[roles[k].role], &fg, &bg);
            if (fg != roles[k].color || bg != -1)
                fail_msg("row %zu, role %d: %d on %d", i, roles[k].role, fg, bg);
        }
    }
}

static void lines_are_drawn_where_there_are_no_glyphs(void **state)
{
    (void)state;
    screen_start("C", "vt100", NULL);
    struct canvas c = screen_new(3, 20);
    draw_box(&c, ROLE_TEXT, "Quit");
    assert_true(screen_attrs(&c, 0, 0, NULL) & A_ALTCHARSET);
    screen_start("C", "vt100", &(struct theme_options){.colors = -1, .ascii = 1});
    c = screen_new(3, 20);
    draw_box(&c, ROLE_TEXT, "Quit");
    assert_string_equal(screen_row(&c, 0), "+ Quit ------------+");
    assert_string_equal(screen_row(&c, 1), "|                  |");
    draw_bar(&c, 1, 1, 10, ROLE_TEXT, 1, 2);
    assert_string_equal(screen_row(&c, 1), "|#####.....        |");
    screen_start("C.UTF-8", "xterm-256color", NULL);
    c = screen_new(3, 20);
    draw_history(&c, 0, 1, 8, ROLE_TEXT, (double[]){0, 0.5, 1, 7, -3}, 5);
    assert_string_equal(screen_row(&c, 0), "    ▁▅██▁");
    /* Outside of its rectangle nothing is drawn. */
    struct canvas part = canvas_part(&c, 1, 2, 1, 5);
    draw_text(&part, 0, 0, 0, ROLE_TEXT, SHOWN_CUT_END, "0123456789");
    draw_text(&part, 1, 0, 0, ROLE_TEXT, SHOWN_CUT_END, "below");
    draw_text(&part, -1, 0, 0, ROLE_TEXT, SHOWN_CUT_END, "above");
    draw_text(&part, 0, 5, 0, ROLE_TEXT, SHOWN_CUT_END, "right");
    assert_string_equal(screen_row(&c, 1), "  0123…");
    assert_string_equal(screen_row(&c, 2), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_go_as_the_terminal_shrinks, start),
        cmocka_unit_test_setup(the_header_says_where_we_are, start),
        cmocka_unit_test_setup(the_title_keeps_its_end, start),
        cmocka_unit_test_setup(a_terminal_that_is_too_small_says_so, start),
        cmocka_unit_test_setup(a_prompt_is_typed_in_the_message_row, start),
        cmocka_unit_test_setup(a_gauge_gives_way_from_its_end, start),
        cmocka_unit_test_setup(a_rate_is_of_the_last_seconds, start),
        cmocka_unit_test_setup(keys_find_their_action, start),
        cmocka_unit_test_setup(the_footer_fits_by_priority, start),
        cmocka_unit_test_setup(help_finds_and_does, start),
        cmocka_unit_test_setup(a_dialog_asks_and_its_letters_answer, start),
        cmocka_unit_test_setup(a_menu_picks_at_once, start),
        cmocka_unit_test_setup(the_message_row_has_one_thing, start),
        cmocka_unit_test_setup(the_last_hundred_are_kept, start),
        cmocka_unit_test_setup(roles_are_said_as_the_terminal_can, start),
        cmocka_unit_test_setup(colours_are_those_of_the_table, start),
        cmocka_unit_test_setup(lines_are_drawn_where_there_are_no_glyphs, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
