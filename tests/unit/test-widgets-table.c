#include "tests/unit/unit.h"

#include "tests/unit/screen.h"
#include "widgets/table.h"

/* The table of containers with the columns and steps of the real one, over rows made here. */
static const struct table_column columns[] = {
    {.id = "vmid", .head = "VMID", .align = TABLE_RIGHT, .width = 5, .cut = SHOWN_CUT_NEVER},
    {.id = "name", .head = "NAME", .width = 13, .min = 9, .max = 22},
    {.id = "node", .head = "NODE", .width = 4, .max = 12},
    {.id = "status", .head = "STATUS", .width = 9},
    {.id = "status-glyph", .head = "", .width = 1, .sort = "status"},
    {.id = "cpu", .head = "CPU", .align = TABLE_RIGHT, .width = 4, .cut = SHOWN_CUT_NEVER},
    {.id = "mem", .head = "MEM", .align = TABLE_RIGHT, .width = 9, .cut = SHOWN_CUT_NEVER},
    {.id = "used", .head = "MEM", .align = TABLE_RIGHT, .width = 4, .cut = SHOWN_CUT_NEVER, .sort = "mem"},
    {.id = "disk", .head = "DISK", .align = TABLE_RIGHT, .width = 4, .cut = SHOWN_CUT_NEVER},
    {.id = "address", .head = "ADDRESS", .width = 12, .max = 15, .cut = SHOWN_CUT_NEVER},
    {.id = "version", .head = "VERSION", .width = 10},
    {.id = "up", .head = "UP", .align = TABLE_RIGHT, .width = 5, .cut = SHOWN_CUT_NEVER},
    {.id = "tags", .head = "TAGS", .width = 12},
};
#define NCOLUMNS ((int)(sizeof(columns) / sizeof(columns[0])))

static const struct table_layout layouts[] = {
    {{"vmid", "name", "node", "status", "up", "cpu", "mem", "disk", "address", "version", "tags"}},
    {{"vmid", "name", "node", "status", "up", "cpu", "mem", "disk", "address", "version"}},
    {{"vmid", "name", "node", "status", "cpu", "mem", "disk", "address", "version"}},
    {{"vmid", "name", "node", "status", "cpu", "used", "disk", "address", "version"}},
    {{"vmid", "name", "node", "status", "cpu", "used", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "used", "address", "version"}},
    {{"vmid", "name", "status", "cpu", "used", "address"}},
    {{"vmid", "name", "status", "cpu", "address"}},
    {{"vmid", "name", "status", "cpu"}},
    {{"vmid", "name", "status"}},
    {{"vmid", "name", "status-glyph"}},
};
#define NLAYOUTS ((int)(sizeof(layouts) / sizeof(layouts[0])))

struct ct {
    int vmid;
    const char *name, *node;
    bool running;
    int cpu;
    const char *mem, *used, *disk, *address, *version;
    bool newer;
};

static const struct ct start[] = {
    {101, "adguard", "pve", true, 1, "118M/512M", "118M", "23%", "192.168.1.11", "v0.107.69"},
    {102, "nextcloud", "pve", true, 6, "1.9G/4.0G", "1.9G", "33%", "192.168.1.12", "32.0.1", true},
    {104, "paperless", "pve", false, -1, "-/2.0G", "-", "39%", "-", "2.18.4"},
    {106, "homeassistant", "pve", true, 3, "690M/2.0G", "690M", "41%", "192.168.1.16", "2025.11.1"},
    {120, "adguard2", "pve2", true, 0, "109M/512M", "109M", "22%", "192.168.1.21", "v0.107.69"},
    {127, "freshrss", "pve2", false, -1, "-/256M", "-", "20%", "-", "1.27.1"},
};

static struct ct cts[64];
static int ncts;

static int count(void *data)
{
    (void)data;
    return ncts;
}

static void cell(void *data, int row, const char *column, struct table_cell *out)
{
    const struct ct *ct = &cts[row];
    (void)data;
    out->role = ct->running ? ROLE_TEXT : ROLE_DIM;
    if (strcmp(column, "vmid") == 0)
        snprintf(out->text, sizeof(out->text), "%d", ct->vmid);
    else if (strncmp(column, "status", 6) == 0) {
        out->glyph = ct->running ? GLYPH_RUNNING : GLYPH_STOPPED;
        out->glyph_role = ct->running ? ROLE_OK : ROLE_DIM;
        if (!column[6])
            snprintf(out->text, sizeof(out->text), "%s", ct->running ? "running" : "stopped");
    } else if (strcmp(column, "cpu") == 0) {
        snprintf(out->text, sizeof(out->text), ct->cpu < 0 ? "-" : "%d%%", ct->cpu);
    } else if (strcmp(column, "version") == 0) {
        snprintf(out->text, sizeof(out->text), "%s", ct->version);
        out->glyph = ct->newer ? GLYPH_NEWER : GLYPH_NONE;
        out->glyph_role = ROLE_WARN;
        out->glyph_after = true;
    } else {
        const struct {
            const char *id, *text;
        } texts[] = {{"name", ct->name}, {"node", ct->node}, {"mem", ct->mem},         {"used", ct->used},
                     {"disk", ct->disk}, {"up", "2d"},       {"address", ct->address}, {"tags", "web"}};
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
            if (strcmp(texts[i].id, column) == 0)
                snprintf(out->text, sizeof(out->text), "%s", texts[i].text);
    }
}

static long key_of(void *data, int row)
{
    (void)data;
    return cts[row].vmid;
}

static int compare(void *data, int a, int b, const char *column)
{
    (void)data;
    if (strcmp(column, "name") == 0)
        return strcmp(cts[a].name, cts[b].name);
    if (strcmp(column, "cpu") == 0)
        return (cts[a].cpu > cts[b].cpu) - (cts[a].cpu < cts[b].cpu);
    if (strcmp(column, "status") == 0)
        return cts[b].running - cts[a].running;
    return (cts[a].vmid > cts[b].vmid) - (cts[a].vmid < cts[b].vmid);
}

static bool matches(void *data, int row, const char *field, const char *word)
{
    (void)data;
    if (strcmp(field, "node") == 0)
        return strcmp(cts[row].node, word) == 0;
    if (strcmp(field, "status") == 0)
        return table_contains(cts[row].running ? "running" : "stopped", word);
    return !*field && table_contains(cts[row].name, word);
}

static const char *group(void *data, int row)
{
    (void)data;
    return cts[row].node;
}

static const struct table_source source = {
    .count = count, .cell = cell, .key = key_of, .compare = compare, .matches = matches, .group = group};

static struct table *t;

static int setup(void **state)
{
    (void)state;
    memcpy(cts, start, sizeof(start));
    ncts = 6;
    screen_start("C.UTF-8", "xterm-256color", NULL);
    t = table_new(columns, NCOLUMNS, layouts, NLAYOUTS, &source);
    table_sort(t, "vmid", false);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    table_free(t);
    return 0;
}

static void columns_give_way_in_their_order(void **state)
{
    /* The widths that are needed after each step, and one less, which takes the next step. */
    static const struct {
        int width;
        const char *columns;
    } rows[] = {
        {120, "vmid name node status up cpu mem disk address version tags"},
        {99, "vmid name node status up cpu mem disk address version tags"},
        {98, "vmid name node status up cpu mem disk address version"},
        {86, "vmid name node status up cpu mem disk address version"},
        {85, "vmid name node status cpu mem disk address version"},
        {80, "vmid name node status cpu mem disk address version"},
        {79, "vmid name node status cpu used disk address version"},
        {75, "vmid name node status cpu used disk address version"},
        {74, "vmid name node status cpu used address version"},
        {70, "vmid name node status cpu used address version"},
        {69, "vmid name status cpu used address version"},
        {65, "vmid name status cpu used address version"},
        {64, "vmid name status cpu used address"},
        {60, "vmid name status cpu used address"},
        {54, "vmid name status cpu used address"},
        {53, "vmid name status cpu address"},
        {49, "vmid name status cpu address"},
        {48, "vmid name status cpu"},
        {40, "vmid name status cpu"},
        {36, "vmid name status cpu"},
        {35, "vmid name status"},
        {31, "vmid name status"},
        {30, "vmid name status-glyph"},
        {23, "vmid name status-glyph"},
        {5, "vmid name status-glyph"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct table_column *shown[16];
        int widths[16], sum = 1;
        char got[200] = "";
        int n = table_measure(t, rows[i].width, shown, widths);
        for (int k = 0; k < n; k++) {
            snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", k ? " " : "", shown[k]->id);
            sum += widths[k] + 1;
        }
        if (strcmp(got, rows[i].columns) != 0 || (sum > rows[i].width && rows[i].width >= 23))
            fail_msg("at %d: %s, %d wide", rows[i].width, got, sum);
    }
}

static void it_looks_as_drawn_at_80(void **state)
{
    (void)state;
    struct canvas c = screen_new(8, 80);
    table_to_key(t, 102);
    table_draw(t, &c, true);
    const char *const rows[] = {
        "  ▲VMID NAME          NODE STATUS     CPU       MEM DISK ADDRESS      VERSION",
        "    101 adguard       pve  ● running   1% 118M/512M  23% 192.168.1.11 v0.107.69",
        ">   102 nextcloud     pve  ● running   6% 1.9G/4.0G  33% 192.168.1.12 32.0.1 ↑",
        "    104 paperless     pve  ○ stopped    -    -/2.0G  39% -            2.18.4",
        "    106 homeassistant pve  ● running   3% 690M/2.0G  41% 192.168.1.16 2025.11.1",
        "    120 adguard2      pve2 ● running   0% 109M/512M  22% 192.168.1.21 v0.107.69",
        "    127 freshrss      pve2 ○ stopped    -    -/256M  20% -            1.27.1",
        "",
        NULL,
    };
    screen_is(&c, rows);
    /* Only the row with the cursor is reverse, and plainly so. */
    for (int x = 0; x < 80; x++) {
        short pair;
        assert_true(screen_attrs(&c, 2, x, &pair) & A_REVERSE);
        assert_int_equal(pair, 0);
        assert_false(screen_attrs(&c, 1, x, NULL) & A_REVERSE);
    }
    int y, x;
    bool visible;
    assert_true(draw_cursor_get(&y, &x, &visible));
    assert_int_equal(y, 2);
    assert_false(visible);
    short green, plain;
    screen_attrs(&c, 1, 27, &green);
    screen_attrs(&c, 1, 29, &plain);
    assert_int_equal(green, screen_theme.pairs[ROLE_OK]);
    assert_int_equal(plain, 0);
}

static void it_looks_as_drawn_at_40(void **state)
{
    (void)state;
    struct canvas c = screen_new(4, 40);
    table_to_key(t, 102);
    table_draw(t, &c, true);
    const char *const rows[] = {
        "  ▲VMID NAME          STATUS     CPU",
        "    101 adguard       ● running   1%",
        ">   102 nextcloud     ● running   6%",
        "    104 paperless     ○ stopped    -",
        NULL,
    };
    screen_is(&c, rows);
}

static void what_is_never_cut_takes_room_from_names(void **state)
{
    (void)state;
    struct canvas c = screen_new(3, 80);
    cts[0].address = "192.168.100.111";
    table_refresh(t);
    table_draw(t, &c, false);
    assert_string_equal(screen_row(&c, 1),
                        "    101 adguard    pve  ● running   1% 118M/512M  23% 192.168.100.111 v0.107.69");
    /* Widths only grow while the table is open. */
    cts[0].address = "10.0.0.1";
    table_refresh(t);
    table_draw(t, &c, false);
    assert_string_equal(screen_row(&c, 1),
                        "    101 adguard    pve  ● running   1% 118M/512M  23% 10.0.0.1        v0.107.69");
    /* With room again, long names have it. */
    cts[1].name = "nextcloud-of-the-family";
    table_refresh(t);
    struct canvas wide = screen_new(3, 98);
    table_draw(t, &wide, false);
    assert_string_equal(
        screen_row(&wide, 2),
        "    102 nextcloud-of-the-fami… pve  ● running    2d   6% 1.9G/4.0G  33% 192.168.1.12    32.0.1 ↑");
    char text[100];
    table_to_key(t, 102);
    assert_true(table_cut_text(t, text, sizeof(text)));
    assert_string_equal(text, "nextcloud-of-the-family");
    table_to_key(t, 101);
    assert_false(table_cut_text(t, text, sizeof(text)));
}

static void sorting_keeps_the_cursor_on_its_row(void **state)
{
    (void)state;
    long keys[8];
    bool reverse;
    struct canvas c = screen_new(8, 80);
    table_draw(t, &c, true);
    table_to_key(t, 104);
    table_sort(t, "name", false);
    assert_int_equal(table_key(t), 104);
    table_mark_all(t, true);
    assert_int_equal(table_marks(t, keys, 8), 6);
    assert_int_equal(keys[0], 101);
    assert_int_equal(keys[1], 120);
    assert_int_equal(keys[5], 104);
    table_sort(t, "name", true);
    table_marks(t, keys, 8);
    assert_int_equal(keys[0], 104);
    table_draw(t, &c, true);
    assert_string_equal(screen_row(&c, 0),
                        "   VMID▼NAME          NODE STATUS     CPU       MEM DISK ADDRESS      VERSION");
    struct key next = press_char_key('>'), before = press_char_key('<'), turn = press_char_key('I');
    assert_true(table_press(t, &next));
    assert_string_equal(table_sorted_by(t, &reverse), "node");
    table_press(t, &before);
    table_press(t, &before);
    assert_string_equal(table_sorted_by(t, &reverse), "vmid");
    assert_true(reverse);
    table_press(t, &before);
    assert_string_equal(table_sorted_by(t, &reverse), "version");
    table_press(t, &turn);
    table_sorted_by(t, &reverse);
    assert_false(reverse);
}

static void the_cursor_follows_its_key(void **state)
{
    (void)state;
    table_to_key(t, 120);
    memmove(&cts[0], &cts[1], sizeof(cts[0]) * 5);
    ncts = 5;
    table_refresh(t);
    assert_int_equal(table_key(t), 120);
    assert_int_equal(table_position(t), 4);
    /* Gone: the place stays. */
    cts[3] = cts[4];
    ncts = 4;
    table_refresh(t);
    assert_int_equal(table_key(t), 127);
    assert_int_equal(table_position(t), 4);
    ncts = 0;
    table_refresh(t);
    assert_int_equal(table_key(t), -1);
    assert_int_equal(table_row(t), -1);
    assert_int_equal(table_position(t), 0);
    struct key down = press_char_key('j'), mark = press_char_key(' ');
    assert_true(table_press(t, &down));
    assert_true(table_press(t, &mark));
    assert_int_equal(table_marks(t, NULL, 0), 0);
}

static void filters_are_anded_and_lift_marks(void **state)
{
    static const struct {
        const char *text;
        int shown;
    } rows[] = {
        {"", 6},          {"ad", 2},
        {"AD", 2},        {"ad 2", 1},
        {"node:pve2", 2}, {"node:pve2 status:running", 1},
        {"node:", 6},     {"  status:stopped  ", 2},
        {":x", 0},        {"unknown:x", 0},
        {"zzz", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        table_filter(t, rows[i].text);
        if (table_shown(t) != rows[i].shown)
            fail_msg("\"%s\": %d rows", rows[i].text, table_shown(t));
    }
    table_filter(t, "");
    struct key space = press_char_key(' ');
    table_to_key(t, 101);
    table_press(t, &space);
    assert_int_equal(table_key(t), 102);
    table_press(t, &space);
    assert_int_equal(table_marks(t, NULL, 0), 2);
    assert_int_equal(table_filter(t, "next"), 1);
    assert_int_equal(table_key(t), 102);
    assert_true(table_marked(t));
    table_filter(t, "");
    assert_int_equal(table_marks(t, NULL, 0), 1);
    assert_int_equal(table_key(t), 102);
    struct canvas c = screen_new(8, 80);
    table_draw(t, &c, true);
    assert_string_equal(screen_row(&c, 2),
                        ">*  102 nextcloud     pve  ● running   6% 1.9G/4.0G  33% 192.168.1.12 32.0.1 ↑");
    /* A filter that hides all does not forget where we were. */
    table_to_key(t, 104);
    table_filter(t, "zzz");
    table_filter(t, "");
    assert_int_equal(table_key(t), 104);
}

static void groups_have_headings_that_the_cursor_passes(void **state)
{
    (void)state;
    struct canvas c = screen_new(9, 40);
    table_group(t, true);
    table_first(t);
    table_draw(t, &c, true);
    assert_string_equal(screen_row(&c, 1), "  pve");
    assert_string_equal(screen_row(&c, 2), ">   101 adguard       ● running   1%");
    assert_string_equal(screen_row(&c, 6), "  pve2");
    assert_int_equal(table_shown(t), 6);
    table_to_key(t, 106);
    table_move(t, 1);
    assert_int_equal(table_key(t), 120);
    assert_int_equal(table_position(t), 5);
    table_move(t, -1);
    assert_int_equal(table_key(t), 106);
    table_move(t, -100);
    assert_int_equal(table_key(t), 101);
}

static void hostile_names_are_harmless(void **state)
{
    (void)state;
    struct canvas c = screen_new(3, 80);
    cts[0].name = "\033[2Jx";
    cts[1].name = "日本語日本語日本語";
    table_refresh(t);
    table_draw(t, &c, false);
    assert_string_equal(screen_row(&c, 1),
                        "    101 \\x1B[2Jx      pve  ● running   1% 118M/512M  23% 192.168.1.11 v0.107.69");
    assert_string_equal(screen_row(&c, 2),
                        "    102 日本語日本語… pve  ● running   6% 1.9G/4.0G  33% 192.168.1.12 32.0.1 ↑");
}

static void it_is_whole_in_ascii_and_mono(void **state)
{
    (void)state;
    screen_start("C", "vt100", NULL);
    struct canvas c = screen_new(3, 80);
    table_to_key(t, 102);
    table_draw(t, &c, true);
    assert_string_equal(screen_row(&c, 0),
                        "  ^VMID NAME          NODE STATUS     CPU       MEM DISK ADDRESS      VERSION");
    assert_string_equal(screen_row(&c, 1),
                        "    101 adguard       pve  + running   1% 118M/512M  23% 192.168.1.11 v0.107.69");
    assert_string_equal(screen_row(&c, 2),
                        ">   102 nextcloud     pve  + running   6% 1.9G/4.0G  33% 192.168.1.12 32.0.1 ^");
    screen_start("C.UTF-8", "xterm-256color", &(struct theme_options){.colors = -1, .slow = true});
    struct canvas slow = screen_new(3, 80);
    table_draw(t, &slow, true);
    assert_false(screen_attrs(&slow, 2, 5, NULL) & A_REVERSE);
    assert_string_equal(screen_row(&slow, 2),
                        ">   102 nextcloud     pve  ● running   6% 1.9G/4.0G  33% 192.168.1.12 32.0.1 ↑");
}

static void clicks_sort_and_move(void **state)
{
    bool reverse;
    (void)state;
    struct canvas c = screen_new(8, 80);
    table_draw(t, &c, true);
    assert_true(table_click(t, 3, 20));
    assert_int_equal(table_key(t), 104);
    assert_false(table_click(t, 7, 20));
    assert_true(table_click(t, 0, 10));
    assert_string_equal(table_sorted_by(t, &reverse), "name");
    assert_false(reverse);
    table_click(t, 0, 10);
    table_sorted_by(t, &reverse);
    assert_true(reverse);
    assert_false(table_click(t, 0, 1));
    assert_int_equal(table_key(t), 104);
}

static void pages_and_ends_are_reached(void **state)
{
    (void)state;
    struct canvas c = screen_new(20, 80);
    struct key down = press_char_key('j'), end = press_char_key('G'), page = press_code_key(KEY_NPAGE);
    for (int i = 0; i < 64; i++)
        cts[i] = (struct ct){1000 + i, "name", "pve", true, 1, "1M/2M", "1M", "1%", "10.0.0.1", "1"};
    ncts = 64;
    table_refresh(t);
    table_draw(t, &c, true);
    table_press(t, &end);
    assert_int_equal(table_key(t), 1063);
    table_draw(t, &c, true);
    assert_false(table_more_below(t));
    assert_true(table_more_above(t));
    table_first(t);
    table_press(t, &page);
    assert_int_equal(table_position(t), 19);
    table_press(t, &down);
    assert_int_equal(table_position(t), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_give_way_in_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(it_looks_as_drawn_at_80, setup, teardown),
        cmocka_unit_test_setup_teardown(it_looks_as_drawn_at_40, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_never_cut_takes_room_from_names, setup, teardown),
        cmocka_unit_test_setup_teardown(sorting_keeps_the_cursor_on_its_row, setup, teardown),
        cmocka_unit_test_setup_teardown(the_cursor_follows_its_key, setup, teardown),
        cmocka_unit_test_setup_teardown(filters_are_anded_and_lift_marks, setup, teardown),
        cmocka_unit_test_setup_teardown(groups_have_headings_that_the_cursor_passes, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_names_are_harmless, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_whole_in_ascii_and_mono, setup, teardown),
        cmocka_unit_test_setup_teardown(clicks_sort_and_move, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_and_ends_are_reached, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
