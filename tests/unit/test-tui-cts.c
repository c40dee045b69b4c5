#include "tests/unit/unit.h"

#include "tui/cts.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* What the rows of Containers say, how they are sorted and found, and which columns stand at which width. */

static struct ct make(int vmid, const char *name, enum ct_state state)
{
    return (struct ct){.vmid = vmid,
                       .name = (char *)name,
                       .node = "pve",
                       .state = state,
                       .cpu = -1,
                       .cores = 2,
                       .mem = HOST_UNKNOWN,
                       .maxmem = 512ULL << 20,
                       .disk = HOST_UNKNOWN,
                       .maxdisk = HOST_UNKNOWN,
                       .uptime = HOST_UNKNOWN};
}

static void version_is_the_tag(void **state)
{
    static const struct {
        const char *reference, *template_name, *version;
    } rows[] = {
        {"docker.io/library/nextcloud:32.0.1", NULL, "32.0.1"},
        {"registry.lan:5000/team/app:v2", NULL, "v2"},
        {"registry.lan:5000/team/app", NULL, "latest"},
        {"ghcr.io/a/b:1.2@sha256:0123456789abcdef0123", NULL, "1.2"},
        {"ghcr.io/a/b@sha256:0123456789abcdef0123", NULL, "0123456789ab"},
        {"local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst", NULL, "debian-13"},
        {NULL, "debian", "debian"},
        {NULL, NULL, "-"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ct ct = make(100, "x", CT_RUNNING);
        char version[64];
        ct.reference = (char *)rows[i].reference;
        ct.template_name = (char *)rows[i].template_name;
        cts_version(&ct, version, sizeof(version));
        if (strcmp(version, rows[i].version) != 0)
            fail_msg("row %zu: %s, wanted %s", i, version, rows[i].version);
    }
}

static void status_says_what_needs_care(void **state)
{
    static const struct {
        enum ct_state state;
        const char *lock, *job;
        enum job_state job_state;
        const char *word;
        enum glyph glyph;
    } rows[] = {
        {CT_RUNNING, NULL, NULL, 0, "running", GLYPH_RUNNING},
        {CT_STOPPED, NULL, NULL, 0, "stopped", GLYPH_STOPPED},
        {CT_UNKNOWN, NULL, NULL, 0, "unknown", GLYPH_UNKNOWN},
        {CT_RUNNING, "backup", NULL, 0, "backup", GLYPH_WARN},
        {CT_RUNNING, "snapshot-delete", NULL, 0, "locked", GLYPH_WARN},
        {CT_STOPPED, NULL, "start", JOB_RUNNING, "starts", GLYPH_CHANGING},
        {CT_RUNNING, NULL, "shutdown", JOB_RUNNING, "stops", GLYPH_CHANGING},
        {CT_RUNNING, NULL, "shutdown", JOB_DONE, "running", GLYPH_RUNNING},
        {CT_RUNNING, NULL, "change", JOB_RUNNING, "running", GLYPH_RUNNING},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ct ct = make(100, "x", rows[i].state);
        struct job job = {.vmid = 100, .kind = (char *)rows[i].job, .state = rows[i].job_state};
        enum glyph glyph;
        enum role role;
        ct.lock = (char *)rows[i].lock;
        const char *word = cts_status(&ct, &job, rows[i].job ? 1 : 0, &glyph, &role);
        if (strcmp(word, rows[i].word) != 0 || glyph != rows[i].glyph)
            fail_msg("row %zu: %s, wanted %s", i, word, rows[i].word);
    }
}

static void cells_of_a_stopped_one_claim_nothing(void **state)
{
    static const char *const columns[][2] = {{"cpu", "-"},     {"mem", "-/512M"}, {"used", "-"},   {"disk", "-"},
                                             {"address", "-"}, {"up", "-"},       {"vmid", "104"}, {"tags", "-"}};
    struct ct ct = make(104, "paperless", CT_STOPPED);
    (void)state;
    ct.cpu = 0.5; /* of the time before: nobody runs */
    ct.mem = 100ULL << 20;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        struct table_cell cell = {0};
        cts_cell(&ct, NULL, 0, columns[i][0], &cell);
        if (strcmp(cell.text, columns[i][1]) != 0)
            fail_msg("%s: %s, wanted %s", columns[i][0], cell.text, columns[i][1]);
    }
}

static void full_disks_are_seen(void **state)
{
    static const struct {
        uint64_t disk;
        enum role role;
    } rows[] = {{79, ROLE_TEXT}, {80, ROLE_WARN}, {94, ROLE_WARN}, {95, ROLE_DANGER}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ct ct = make(100, "x", CT_RUNNING);
        struct table_cell cell = {0};
        ct.disk = rows[i].disk;
        ct.maxdisk = 100;
        cts_cell(&ct, NULL, 0, "disk", &cell);
        if (cell.role != rows[i].role)
            fail_msg("%d%%: role %d, wanted %d", (int)rows[i].disk, (int)cell.role, (int)rows[i].role);
    }
}

static void filters(void **state)
{
    static const struct {
        const char *field, *word;
        bool found;
    } rows[] = {
        {"", "next", true},        {"", "102", true},       {"", "32.0", true},         {"", "192.168", true},
        {"", "paper", false},      {"status", "run", true}, {"status", "lock", true},   {"status", "stopped", false},
        {"node", "pve", true},     {"node", "pve2", false}, {"tag", "web", true},       {"tag", "we", true},
        {"tag", "eb", false},      {"tag", "home", true},   {"image", "library", true}, {"image", "ghcr", false},
        {"colour", "blue", false},
    };
    struct ctconf_entry entry = {.key = "tags", .value = "web;home"};
    struct ctconf conf = {.entries = &entry, .nentries = 1};
    struct ct ct = make(102, "nextcloud", CT_RUNNING);
    (void)state;
    ct.reference = "docker.io/library/nextcloud:32.0.1";
    ct.address = "192.168.1.12";
    ct.lock = "backup";
    ct.conf = &conf;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (cts_matches(&ct, NULL, 0, rows[i].field, rows[i].word) != rows[i].found)
            fail_msg("row %zu, %s:%s", i, rows[i].field, rows[i].word);
}

static void orders(void **state)
{
    struct ct a = make(9, "Zoo", CT_STOPPED), b = make(100, "alpha", CT_RUNNING);
    (void)state;
    a.address = "10.0.0.9";
    b.address = "10.0.0.10";
    b.mem = 1;
    b.cpu = 0;
    assert_true(cts_compare(&a, &b, NULL, 0, "vmid") < 0);
    assert_true(cts_compare(&a, &b, NULL, 0, "name") > 0);
    assert_true(cts_compare(&a, &b, NULL, 0, "address") < 0);
    assert_true(cts_compare(&a, &b, NULL, 0, "mem") < 0);
    assert_true(cts_compare(&a, &b, NULL, 0, "cpu") < 0);
    assert_true(cts_compare(&a, &b, NULL, 0, "status") < 0);
}

/* The steps of the columns' giving way, as the screens' design has them. */

static int no_rows(void *data)
{
    (void)data;
    return 0;
}

static void columns_give_way(void **state)
{
    static const struct {
        int width;
        const char *columns;
    } rows[] = {
        {86, "vmid name node status up cpu mem disk address version "},
        {85, "vmid name node status cpu mem disk address version "},
        {80, "vmid name node status cpu mem disk address version "},
        {79, "vmid name node status cpu used disk address version "},
        {75, "vmid name node status cpu used disk address version "},
        {74, "vmid name node status cpu used address version "},
        {70, "vmid name node status cpu used address version "},
        {69, "vmid name status cpu used address version "},
        {65, "vmid name status cpu used address version "},
        {60, "vmid name status cpu used address "},
        {54, "vmid name status cpu used address "},
        {50, "vmid name status cpu address "},
        {40, "vmid name status cpu "},
        {35, "vmid name status "},
        {30, "vmid name glyph "},
    };
    const struct table_source source = {.count = no_rows};
    int n;
    const struct table_layout *layouts = cts_layouts(true, &n);
    struct table *table = table_new(cts_columns, cts_ncolumns, layouts, n, &source);
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct table_column *shown[16];
        char text[200] = "";
        int widths[16], count = table_measure(table, rows[i].width, shown, widths);
        for (int k = 0; k < count; k++) {
            strncat(text, shown[k]->id, 20);
            strncat(text, " ", 2);
        }
        if (strcmp(text, rows[i].columns) != 0)
            fail_msg("at %d: %s", rows[i].width, text);
    }
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_is_the_tag),
        cmocka_unit_test(status_says_what_needs_care),
        cmocka_unit_test(cells_of_a_stopped_one_claim_nothing),
        cmocka_unit_test(full_disks_are_seen),
        cmocka_unit_test(filters),
        cmocka_unit_test(orders),
        cmocka_unit_test(columns_give_way),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
