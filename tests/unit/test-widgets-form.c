#include "tests/unit/unit.h"

#include "tests/unit/screen.h"
#include "widgets/browser.h"
#include "widgets/form.h"

static const struct form_choice storages[] = {
    {"local-lvm", "local-lvm", "412 GiB free", NULL},
    {"tank", "tank", "3.2 TiB free", NULL},
    {"iso", "iso", "", "takes no disks"},
    {"zfs", "zfs", "8 GiB free", NULL},
};
static const struct form_choice ipv4[] = {
    {"dhcp", "DHCP", NULL, NULL}, {"static", "static", NULL, NULL}, {"none", "none", NULL, NULL}};
static const struct form_choice owners[] = {
    {"leave", "leave it", "everyone may read", NULL},
    {"map", "map uid 1000", "", "needs 6.1.6"},
    {"chown", "chown", "2,311 files change", NULL},
};

static int list_rows;
static char list_text[5][40];

static int rows(void *data, const struct form_field *field)
{
    (void)data;
    (void)field;
    return list_rows;
}

static void row(void *data, const struct form_field *field, int i, int width, struct form_row *out)
{
    (void)data;
    (void)field;
    assert_true(width > 20);
    snprintf(out->text, sizeof(out->text), "%s", list_text[i]);
    out->trouble = i == 1;
}

static const struct form_field fields[] = {
    {.id = "name", .label = "Name", .kind = FORM_TEXT, .width = 19, .help = "The name of the CT."},
    {.id = "cores", .label = "Cores", .kind = FORM_NUMBER, .fallback = "1"},
    {.id = "memory",
     .label = "Memory",
     .kind = FORM_NUMBER,
     .unit = "MiB",
     .fallback = "512",
     .step = 256,
     .unit_bytes = 1048576},
    {.id = "disk", .label = "Root disk", .kind = FORM_NUMBER, .unit = "GiB", .step = 1, .unit_bytes = 1073741824},
    {.id = "storage",
     .label = "Storage",
     .kind = FORM_CHOICE,
     .choices = storages,
     .nchoices = 4,
     .width = 15,
     .fallback = "local-lvm"},
    {.id = "ipv4", .label = "IPv4", .kind = FORM_RADIO, .choices = ipv4, .nchoices = 3, .fallback = "dhcp"},
    {.id = "owner", .label = "Owner", .kind = FORM_RADIO, .choices = owners, .nchoices = 3, .fallback = "leave"},
    {.id = "firewall", .label = "Firewall", .kind = FORM_TOGGLE, .unit = "on"},
    {.id = "mounts",
     .label = "IN THE CT        WHAT IT IS",
     .kind = FORM_LIST,
     .rows = rows,
     .row = row,
     .add_label = "Add a mount"},
    {.label = "/media", .kind = FORM_HEADING},
    {.id = "folder", .label = "Folder", .kind = FORM_FOLDER, .width = 30},
    {.id = "password", .label = "Password", .kind = FORM_SECRET, .width = 20},
    {.label = "", .kind = FORM_NOTE},
    {.id = "back", .label = "Back", .kind = FORM_BUTTON},
    {.id = "next", .label = "Next", .kind = FORM_BUTTON},
    {.id = "destroy", .label = "Destroy", .kind = FORM_BUTTON, .danger = true},
};
#define NFIELDS ((int)(sizeof(fields) / sizeof(fields[0])))

/* Rules as a spec has them: memory is at least 16; a name of letters, which more typing cannot mend once a bad one is
 * in. */
static void check(void *data, const char *id, const char *value, char *why, size_t size, bool *mendable)
{
    (void)data;
    if (strcmp(id, "memory") == 0 && *value && atof(value) < 16) {
        snprintf(why, size, "At least 16 MiB: pct refuses less.");
        *mendable = true;
    } else if (strcmp(id, "name") == 0 && strchr(value, '_')) {
        snprintf(why, size, "No underscores.");
        *mendable = false;
    } else if (strcmp(id, "name") == 0 && !*value) {
        snprintf(why, size, "A name is needed.");
        *mendable = true;
    }
}

static void note(void *data, const char *id, char *text, size_t size)
{
    (void)data;
    if (strcmp(id, "cores") == 0)
        snprintf(text, size, "12 on pve, 21 promised");
    else if (strcmp(id, "storage") == 0)
        snprintf(text, size, "412 GiB free of 794 GiB");
}

static const struct form_owner owner = {.check = check, .note = note};
static struct form *f;

static int setup(void **state)
{
    (void)state;
    list_rows = 2;
    snprintf(list_text[0], sizeof(list_text[0]), "/config          image volume");
    snprintf(list_text[1], sizeof(list_text[1]), "/media           host folder");
    screen_start("C.UTF-8", "xterm-256color", NULL);
    f = form_new(fields, NFIELDS, &owner, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    form_free(f);
    return 0;
}

static enum form_event code(int c)
{
    struct key key = press_code_key(c);
    return form_key(f, &key, NULL, 0);
}

static enum form_event letter(uint32_t ch)
{
    struct key key = press_char_key(ch);
    return form_key(f, &key, NULL, 0);
}

static void type(const char *text)
{
    for (; *text; text++)
        letter((unsigned char)*text);
}

static void enter_goes_on_and_space_acts(void **state)
{
    (void)state;
    /* The name is missing: going on stops there once, then lets go. */
    assert_string_equal(form_focus(f), "name");
    form_to(f, "cores");
    assert_int_equal(code(KEYS_ENTER), FORM_LEFT_FIELD);
    assert_string_equal(form_focus(f), "name");
    assert_int_equal(code(KEYS_ENTER), FORM_GO_ON);
    type("web");
    assert_int_equal(code(KEYS_ENTER), FORM_GO_ON);
    form_to(f, "firewall");
    assert_int_equal(code(KEYS_ENTER), FORM_GO_ON);
    assert_string_equal(form_value(f, "firewall"), "");
    assert_int_equal(letter(' '), FORM_CHANGED);
    assert_string_equal(form_value(f, "firewall"), "1");
    assert_int_equal(letter(' '), FORM_CHANGED);
    assert_string_equal(form_value(f, "firewall"), "0");
    form_to(f, "next");
    assert_int_equal(code(KEYS_ENTER), FORM_PRESSED);
    assert_int_equal(letter(' '), FORM_PRESSED);
    form_disable(f, "next", "Type the name first.");
    assert_int_equal(code(KEYS_ENTER), FORM_REFUSED);
    char text[100];
    form_message(f, text, sizeof(text));
    assert_string_equal(text, "Type the name first.");
    form_disable(f, "next", NULL);
    assert_int_equal(code(KEYS_ENTER), FORM_PRESSED);
    /* What is not the form's is its owner's. */
    assert_int_equal(code(KEYS_ESC), FORM_NOTHING);
    assert_int_equal(code(KEY_CTRL('S')), FORM_NOTHING);
    assert_int_equal(letter('?'), FORM_NOTHING);
}

static void on_one_page_enter_is_the_next_field(void **state)
{
    (void)state;
    form_free(f);
    f = form_new(fields, NFIELDS, &owner, &(struct form_options){.one_page = true});
    assert_int_equal(code(KEYS_ENTER), FORM_LEFT_FIELD);
    assert_string_equal(form_focus(f), "cores");
}

static void tab_visits_all_that_can_have_the_focus(void **state)
{
    static const char *const order[] = {"name",     "cores",  "memory", "disk",     "storage", "ipv4", "owner",
                                        "firewall", "mounts", "folder", "password", "back",    "next", "destroy"};
    (void)state;
    for (size_t i = 0; i < 14; i++) {
        assert_string_equal(form_focus(f), order[i]);
        code(KEYS_TAB);
    }
    assert_string_equal(form_focus(f), "destroy");
    for (size_t i = 14; i-- > 0;) {
        assert_string_equal(form_focus(f), order[i]);
        code(KEY_BTAB);
    }
    form_show(f, "cores", false);
    code(KEY_DOWN);
    assert_string_equal(form_focus(f), "memory");
    form_show(f, "memory", false);
    assert_string_equal(form_focus(f), "disk");
    form_to(f, "cores");
    assert_string_equal(form_focus(f), "disk");
}

static void text_is_typed(void **state)
{
    (void)state;
    form_set(f, "name", "old");
    form_to(f, "cores");
    form_to(f, "name");
    assert_true(form_in_text(f));
    type("new");
    assert_string_equal(form_value(f, "name"), "new");
    code(KEYS_TAB);
    code(KEY_BTAB);
    code(KEYS_BACKSPACE);
    assert_string_equal(form_value(f, "name"), "ne");
    struct key paste = {.type = KEY_PASTED};
    assert_int_equal(form_key(f, &paste, "x\ny", 3), FORM_CHANGED);
    assert_string_equal(form_value(f, "name"), "nex y");
    assert_int_equal(code(KEY_CTRL('R')), FORM_CHANGED);
    assert_string_equal(form_value(f, "name"), "");
}

static void numbers_know_units_and_steps(void **state)
{
    static const struct {
        const char *field, *keys, *value;
    } cases[] = {
        {"memory", "4G", "4096"},
        {"memory", "4g", "4096"},
        {"memory", "1.5G", "1536"},
        {"memory", "2048K", "2"},
        {"memory", "1K", "1"},
        {"memory", "1T", "1048576"},
        {"memory", "64M", "64"},
        {"disk", "512M", "1"},
        {"disk", "2T", "2048"},
        {"cores", "4G", "4"},
        {"memory", "G", ""},
        {"memory", "abc12x", "12"},
        {"memory", "+", "768"},
        {"memory", "-", "256"},
        {"memory", "---", "0"},
        {"cores", "++", "3"},
        {"cores", "2+", "3"},
        {"memory", "1..2G", "1..2"},
        {"disk", "+", "1"},
        {"memory", "4G5", "40965"},
        {"memory", "99999999999999999999T", "99999999999999999999"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        form_set(f, cases[i].field, "");
        form_to(f, "name");
        form_to(f, cases[i].field);
        type(cases[i].keys);
        if (strcmp(form_value(f, cases[i].field), cases[i].value) != 0)
            fail_msg("%s, %s: \"%s\"", cases[i].field, cases[i].keys, form_value(f, cases[i].field));
    }
    form_to(f, "memory");
    form_set(f, "memory", "");
    assert_string_equal(form_effective(f, "memory"), "512");
    assert_int_equal(letter('?'), FORM_NOTHING);
    assert_int_equal(letter('q'), FORM_TAKEN);
}

static void choices_pass_over_what_cannot_be(void **state)
{
    (void)state;
    form_to(f, "storage");
    assert_string_equal(form_effective(f, "storage"), "local-lvm");
    assert_int_equal(code(KEY_LEFT), FORM_TAKEN);
    assert_int_equal(code(KEY_RIGHT), FORM_CHANGED);
    assert_string_equal(form_value(f, "storage"), "tank");
    assert_int_equal(code(KEY_RIGHT), FORM_CHANGED);
    assert_string_equal(form_value(f, "storage"), "zfs");
    assert_int_equal(code(KEY_RIGHT), FORM_TAKEN);
    code(KEY_LEFT);
    assert_string_equal(form_value(f, "storage"), "tank");
    /* Space opens the list; typing filters; Enter takes, but not what cannot be; Esc closes it alone. */
    assert_int_equal(letter(' '), FORM_TAKEN);
    assert_true(form_in_text(f));
    type("iso");
    assert_int_equal(code(KEYS_ENTER), FORM_TAKEN);
    char text[100];
    form_message(f, text, sizeof(text));
    assert_string_equal(text, "takes no disks");
    assert_int_equal(code(KEYS_ESC), FORM_TAKEN);
    type("8 gib");
    assert_int_equal(code(KEYS_ENTER), FORM_CHANGED);
    assert_string_equal(form_value(f, "storage"), "zfs");
    letter(' ');
    code(KEYS_ESC);
    assert_int_equal(code(KEYS_ESC), FORM_NOTHING);
    form_to(f, "ipv4");
    code(KEY_RIGHT);
    assert_string_equal(form_value(f, "ipv4"), "static");
    letter(' ');
    letter(' ');
    assert_string_equal(form_value(f, "ipv4"), "dhcp");
    form_to(f, "owner");
    code(KEY_RIGHT);
    assert_string_equal(form_value(f, "owner"), "chown");
}

static void errors_wait_until_the_field_is_left(void **state)
{
    char text[100];
    const char *first = NULL;
    (void)state;
    type("web");
    form_to(f, "memory");
    type("8");
    assert_false(form_message_is_error(f));
    assert_int_equal(form_errors(f, &first), 1);
    assert_string_equal(first, "memory");
    code(KEYS_TAB);
    code(KEY_BTAB);
    assert_true(form_message_is_error(f));
    form_message(f, text, sizeof(text));
    assert_string_equal(text, "Memory: At least 16 MiB: pct refuses less.");
    type("8G");
    assert_false(form_message_is_error(f));
    assert_int_equal(form_errors(f, NULL), 0);
    /* What no more typing can mend is said at once. */
    form_to(f, "name");
    form_message(f, text, sizeof(text));
    assert_string_equal(text, "The name of the CT.");
    type("my_");
    assert_true(form_message_is_error(f));
    type("x");
    assert_true(form_message_is_error(f));
    form_show(f, "name", false);
    assert_int_equal(form_errors(f, NULL), 0);
}

static void lists_are_edited_by_their_owner(void **state)
{
    (void)state;
    form_to(f, "mounts");
    assert_false(form_in_text(f));
    assert_int_equal(form_list_row(f), 0);
    assert_int_equal(code(KEYS_ENTER), FORM_LIST_EDIT);
    assert_int_equal(letter('e'), FORM_LIST_EDIT);
    assert_int_equal(letter('a'), FORM_LIST_ADD);
    assert_int_equal(letter('d'), FORM_LIST_REMOVE);
    assert_int_equal(letter('K'), FORM_TAKEN);
    assert_int_equal(letter('J'), FORM_LIST_DOWN);
    assert_int_equal(code(KEY_CTRL('R')), FORM_LIST_RESTORE);
    assert_int_equal(letter('j'), FORM_TAKEN);
    assert_int_equal(form_list_row(f), 1);
    assert_int_equal(letter('J'), FORM_TAKEN);
    assert_int_equal(letter('K'), FORM_LIST_UP);
    code(KEY_DOWN);
    assert_int_equal(form_list_row(f), -1);
    assert_int_equal(code(KEYS_ENTER), FORM_LIST_ADD);
    assert_int_equal(letter('d'), FORM_TAKEN);
    assert_int_equal(code(KEY_DOWN), FORM_LEFT_FIELD);
    assert_string_equal(form_focus(f), "folder");
    code(KEY_UP);
    assert_int_equal(form_list_row(f), -1);
    list_rows = 0;
    assert_int_equal(code(KEY_UP), FORM_LEFT_FIELD);
    form_to(f, "mounts");
    form_to_list_row(f, 7);
    assert_int_equal(form_list_row(f), -1);
}

static void folders_browse_and_complete(void **state)
{
    (void)state;
    form_to(f, "folder");
    type("/ta");
    assert_int_equal(code(KEY_RIGHT), FORM_COMPLETE);
    code(KEY_LEFT);
    assert_int_equal(code(KEY_RIGHT), FORM_TAKEN);
    assert_int_equal(letter(' '), FORM_BROWSE);
    assert_string_equal(form_value(f, "folder"), "/ta");
}

static void it_looks_as_drawn(void **state)
{
    (void)state;
    struct canvas c = screen_new(22, 80);
    type("web");
    form_to(f, "memory");
    type("8");
    code(KEYS_TAB);
    code(KEY_BTAB);
    form_set(f, "disk", "16");
    form_draw(f, &c);
    const char *const wanted[] = {
        "    Name             [web              ]",
        "    Cores            [1       ]       12 on pve, 21 promised",
        " >! Memory           [8       ] MiB   At least 16 MiB: pct refuses less.",
        "    Root disk        [16      ] GiB",
        "    Storage          < local-lvm   >  412 GiB free of 794 GiB",
        "    IPv4             (*) DHCP   ( ) static   ( ) none",
        "    Owner            (*) leave it  everyone may read",
        "                     ( ) map uid 1000  needs 6.1.6",
        "                     ( ) chown  2,311 files change",
        "    Firewall         [ ] on",
        "    IN THE CT        WHAT IT IS",
        "    /config          image volume",
        "  ! /media           host folder",
        "    + Add a mount",
        "  /media ────────────────────────────────────────────────────────────────────",
        "    Folder           [                            ]",
        "    Password         [                  ]",
        "",
        "    [ Back ]   [ Next ]   [ Destroy ]",
        "",
        NULL,
    };
    screen_is(&c, wanted);
    assert_true(screen_attrs(&c, 2, 22, NULL) & A_REVERSE);
    assert_false(screen_attrs(&c, 2, 21, NULL) & A_REVERSE);
    form_to(f, "next");
    form_draw(f, &c);
    assert_string_equal(screen_row(&c, 18), "    [ Back ]  >[ Next ]   [ Destroy ]");
    form_to(f, "mounts");
    form_draw(f, &c);
    assert_string_equal(screen_row(&c, 11), " >  /config          image volume");
}

static void it_is_whole_when_narrow(void **state)
{
    (void)state;
    struct canvas c = screen_new(30, 60), n = screen_new(30, 44);
    form_draw(f, &c);
    assert_string_equal(screen_row(&c, 1), "    Cores            [1       ]");
    assert_string_equal(screen_row(&c, 2), "                     12 on pve, 21 promised");
    assert_string_equal(screen_row(&c, 3), "    Memory           [512     ] MiB");
    form_draw(f, &n);
    const char *const wanted[] = {
        "    Name",
        " >  [                 ]",
        "    Cores",
        "    [1       ]",
        "    12 on pve, 21 promised",
        "    Memory",
        NULL,
    };
    screen_is(&n, wanted);
    /* Shorter than the form: the focus is seen, whatever it is. */
    struct canvas s = screen_new(4, 60);
    for (int i = 0; i < 16; i++) {
        int y, x;
        bool visible;
        draw_cursor_none();
        form_draw(f, &s);
        assert_true(draw_cursor_get(&y, &x, &visible));
        bool seen = false;
        for (int k = 0; k < 4; k++)
            seen = seen || strchr(screen_row(&s, k), '>');
        assert_true(seen);
        code(KEY_DOWN);
    }
    assert_true(form_more_above(f));
    assert_false(form_more_below(f));
}

static void fields_stand_beside_one_another(void **state)
{
    static const struct form_field wide[] = {
        {.id = "cores", .label = "Cores", .kind = FORM_NUMBER, .width = 7},
        {.id = "memory", .label = "Memory", .kind = FORM_NUMBER, .width = 8, .unit = "MiB", .beside = 28},
        {.id = "swap", .label = "Swap", .kind = FORM_NUMBER, .width = 8, .unit = "MiB", .beside = 52},
        {.id = "u", .label = "Kind", .kind = FORM_TOGGLE, .unit = "unprivileged"},
        {.id = "n", .kind = FORM_TOGGLE, .unit = "nesting", .beside = 34},
    };
    (void)state;
    form_free(f);
    f = form_new(wide, 5, &(struct form_owner){0}, &(struct form_options){.value_column = 15, .one_page = true});
    struct canvas c = screen_new(6, 80), n = screen_new(6, 60);
    form_set(f, "cores", "4");
    form_set(f, "memory", "4096");
    form_set(f, "n", "1");
    form_draw(f, &c);
    assert_string_equal(screen_row(&c, 0), " >  Cores     [4    ]      Memory [4096  ] MiB     Swap [      ] MiB");
    assert_string_equal(screen_row(&c, 1), "    Kind      [ ] unprivileged   [x] nesting");
    form_draw(f, &n);
    assert_string_equal(screen_row(&n, 1), "    Memory    [4096  ] MiB");
}

static void an_open_list_lies_over_the_form(void **state)
{
    (void)state;
    struct canvas c = screen_new(20, 80);
    form_to(f, "storage");
    letter(' ');
    form_draw(f, &c);
    assert_non_null(strstr(screen_row(&c, 6), "┌ Storage ─"));
    assert_non_null(strstr(screen_row(&c, 7), "/[type to find"));
    assert_non_null(strstr(screen_row(&c, 8), "> local-lvm  412 GiB free"));
    assert_non_null(strstr(screen_row(&c, 10), "iso        takes no disks"));
    /* Nothing of the form beside it. */
    assert_int_equal(screen_row(&c, 8)[0], ' ');
    assert_null(strstr(screen_row(&c, 8), "map uid"));
}

static enum browser_event browse(struct browser *b, uint32_t ch)
{
    struct key key = press_char_key(ch);
    return browser_key(b, &key, NULL, 0);
}

static enum browser_event browse_code(struct browser *b, int c)
{
    struct key key = press_code_key(c);
    return browser_key(b, &key, NULL, 0);
}

static void folders_are_browsed(void **state)
{
    static const struct browser_entry tank[] = {{".hidden", "0:0", "1M", ""},
                                                {"media", "1000:1000", "1.4T", ""},
                                                {"scans\033[2J", "1000:1000", "2G", "not readable"}};
    static const struct browser_entry root[] = {{"etc", "0:0", "", ""}, {"tank", "0:0", "", "a mount"}};
    (void)state;
    struct canvas c = screen_new(12, 80);
    struct browser *b = browser_new("/tank/");
    assert_string_equal(browser_path(b), "/tank");
    assert_string_equal(browser_chosen(b), "/tank");
    browser_draw(b, &c);
    assert_non_null(strstr(screen_row(&c, 3), "…"));
    browser_entries(b, "/elsewhere", root, 2, NULL);
    assert_int_equal(browse(b, 'j'), BROWSER_MOVED);
    assert_string_equal(browser_chosen(b), "/tank");
    browser_entries(b, "/tank", tank, 3, "3.2 TiB free");
    browse(b, 'j');
    assert_string_equal(browser_chosen(b), "/tank/media");
    browser_draw(b, &c);
    assert_non_null(strstr(screen_row(&c, 2), "   .  3.2 TiB free"));
    assert_non_null(strstr(screen_row(&c, 3), "> media "));
    assert_non_null(strstr(screen_row(&c, 3), " 1000:1000    1.4T"));
    assert_non_null(strstr(screen_row(&c, 4), "scans\\x1B[2J"));
    browse(b, '.');
    assert_string_equal(browser_chosen(b), "/tank/media");
    browse(b, 'k');
    assert_string_equal(browser_chosen(b), "/tank/.hidden");
    browse(b, '.');
    /* Out, and the cursor stands where we came from. */
    assert_int_equal(browse(b, 'h'), BROWSER_LIST);
    assert_string_equal(browser_path(b), "/");
    browser_entries(b, "/", root, 2, NULL);
    assert_string_equal(browser_chosen(b), "/tank");
    assert_int_equal(browse(b, 'h'), BROWSER_MOVED);
    assert_int_equal(browse_code(b, KEYS_ENTER), BROWSER_LIST);
    assert_string_equal(browser_path(b), "/tank");
    browser_failed(b, "/tank", "Permission denied.");
    browser_draw(b, &c);
    assert_non_null(strstr(screen_row(&c, 3), "Permission denied."));
    browser_entries(b, "/tank", tank, 3, NULL);
    browse(b, '/');
    for (const char *s = "sca"; *s; s++)
        browse(b, (unsigned char)*s);
    assert_string_equal(browser_chosen(b), "/tank/scans\033[2J");
    browser_draw(b, &c);
    assert_int_equal(browse_code(b, KEYS_ESC), BROWSER_MOVED);
    assert_int_equal(browse(b, 'n'), BROWSER_NEW);
    assert_int_equal(browse(b, ' '), BROWSER_TAKEN);
    browse(b, 'g');
    assert_int_equal(browse_code(b, KEYS_ENTER), BROWSER_TAKEN);
    assert_int_equal(browse_code(b, KEYS_ESC), BROWSER_CLOSED);
    browser_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(enter_goes_on_and_space_acts, setup, teardown),
        cmocka_unit_test_setup_teardown(on_one_page_enter_is_the_next_field, setup, teardown),
        cmocka_unit_test_setup_teardown(tab_visits_all_that_can_have_the_focus, setup, teardown),
        cmocka_unit_test_setup_teardown(text_is_typed, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_know_units_and_steps, setup, teardown),
        cmocka_unit_test_setup_teardown(choices_pass_over_what_cannot_be, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_wait_until_the_field_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_are_edited_by_their_owner, setup, teardown),
        cmocka_unit_test_setup_teardown(folders_browse_and_complete, setup, teardown),
        cmocka_unit_test_setup_teardown(it_looks_as_drawn, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_whole_when_narrow, setup, teardown),
        cmocka_unit_test_setup_teardown(fields_stand_beside_one_another, setup, teardown),
        cmocka_unit_test(folders_are_browsed),
        cmocka_unit_test_setup_teardown(an_open_list_lies_over_the_form, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
