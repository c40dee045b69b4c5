#include "tests/unit/unit.h"

#include "backend/base/mem.h"
#include "backend/plan/build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A plan in which everything that can differ does. */
static struct plan *full_plan(void)
{
    struct plan *plan = plan_new("create", "0123456789abcdef", 110);

    plan->title = mem_strdup("Create CT 110 jellyfin");
    plan->auto_vmid = true;
    plan->image_volid = mem_strdup("local:vztmpl/docker.io_library_alpine_3.20_amd64.tar");
    plan_add_note(plan, "First, with \"quotes\", a %s and a\nline feed.", "back\\slash");
    plan_add_note(plan, "Second: grüße.");
    plan_add_claim(plan, true, "image-%s", "docker.io_library_alpine_3.20_amd64");
    plan_add_claim(plan, false, "ct-%d", 110);

    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Pull %s", "docker.io/library/alpine:3.20");
    argv_push_all(&step->argv, "skopeo", "copy", "", "two words", "\033[31m", (char *)NULL);
    argv_push_all(&step->undo, "/usr/libexec/tengil-tui/tengil-job", "undo-pull", (char *)NULL);
    step->progress_dir = mem_strdup("/var/cache/tengil-tui/pull/x");
    step->progress_total = INT64_MAX;
    step = plan_add_step(plan, PLAN_STOP_PCT, "Create CT 110");
    argv_push_all(&step->argv, "pct", "create", "110", (char *)NULL);
    step->redo = 0;
    return plan;
}

static void same_words(const struct argv *a, const struct argv *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++)
        assert_string_equal(a->v[i], b->v[i]);
}

static void same_string(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_string_equal(a, b);
}

static void every_member_comes_back(void **state)
{
    struct plan *plan = full_plan(), *back = NULL;
    struct buf json = BUF_INIT, again = BUF_INIT;
    struct err err = {0};
    (void)state;

    assert_int_equal(plan_to_json(plan, &json), 0);
    if (plan_from_json(json.s, json.len, &back, &err) != 0)
        fail_msg("%s", err.text);
    assert_string_equal(back->id, plan->id);
    assert_string_equal(back->kind, plan->kind);
    assert_string_equal(back->title, plan->title);
    assert_int_equal(back->vmid, plan->vmid);
    assert_int_equal(back->auto_vmid, plan->auto_vmid);
    same_string(back->image_volid, plan->image_volid);
    assert_int_equal(back->nsteps, plan->nsteps);
    for (size_t i = 0; i < plan->nsteps; i++) {
        const struct plan_step *a = &plan->steps[i], *b = &back->steps[i];
        assert_string_equal(a->title, b->title);
        same_words(&a->argv, &b->argv);
        same_words(&a->undo, &b->undo);
        assert_int_equal(a->stop, b->stop);
        same_string(a->progress_dir, b->progress_dir);
        assert_true(a->progress_total == b->progress_total);
        assert_int_equal(a->redo, b->redo);
    }
    assert_int_equal(back->nclaims, plan->nclaims);
    for (size_t i = 0; i < plan->nclaims; i++) {
        assert_string_equal(back->claims[i].name, plan->claims[i].name);
        assert_int_equal(back->claims[i].wait, plan->claims[i].wait);
    }
    same_words(&plan->notes, &back->notes);
    assert_int_equal(plan_to_json(back, &again), 0);
    assert_string_equal(again.s, json.s);
    buf_clear(&json);
    buf_clear(&again);
    plan_free(plan);
    plan_free(back);
}

static void a_plan_that_json_cannot_hold_is_refused(void **state)
{
    struct buf json = BUF_INIT;
    struct plan *plan = full_plan();
    (void)state;

    buf_adds(&json, "before");
    plan->steps[0].progress_total = UINT64_MAX;
    assert_int_equal(plan_to_json(plan, &json), -ERANGE);
    plan->steps[0].progress_total = 0;
    argv_push(&plan->steps[0].argv, "not utf-8: \xff");
    assert_int_equal(plan_to_json(plan, &json), -EILSEQ);
    assert_string_equal(json.s, "before");
    buf_clear(&json);
    plan_free(plan);
}

/* The JSON of full_plan with one piece replaced. */
static char *replaced(const char *json, const char *piece, const char *by)
{
    const char *at = strstr(json, piece);

    if (!at)
        fail_msg("no %s in the plan", piece);
    return mem_printf("%.*s%s%s", (int)(at - json), json, by, at + strlen(piece));
}

static void hostile_json_is_refused_with_the_place(void **state)
{
    static const struct {
        const char *piece, *by, *sentence;
    } rows[] = {
        {"\"kind\": \"create\"", "\"kind\": \"wipe\"", "kind is not known"},
        {"\"kind\": \"create\"", "\"kind\": 7", "kind is not a string"},
        {"\"kind\": \"create\",", "", "kind is missing"},
        {"\"kind\"", "\"kynd\"", "kind is missing"},
        {"\"kind\"", "\"more\": 1, \"kind\"", "more is not known"},
        {"\"kind\"", "\"id\": \"\", \"kind\"", "duplicate"},
        {"\"format\": 1", "\"format\": 2", "format is out of range"},
        {"\"id\": \"0123456789abcdef\"", "\"id\": \"0123456789ABCDEF\"", "id is not 16 hex digits"},
        {"\"id\": \"0123456789abcdef\"", "\"id\": \"0123456789abcde\"", "id is not 16 hex digits"},
        {"\"vmid\": 110", "\"vmid\": 99", "vmid is out of range"},
        {"\"vmid\": 110", "\"vmid\": -1", "vmid is out of range"},
        {"\"vmid\": 110", "\"vmid\": 1000000000", "vmid is out of range"},
        {"\"vmid\": 110", "\"vmid\": 110.5", "vmid is not a whole number"},
        {"\"auto_vmid\": true", "\"auto_vmid\": 1", "auto_vmid is not true or false"},
        {"\"wait\": false", "\"wait\": null", "claims[1].wait is not true or false"},
        {"\"ct-110\"", "\"../ct-110\"", "claims[1].name is no plain file name"},
        {"\"ct-110\"", "\"\"", "claims[1].name is no plain file name"},
        {"\"skopeo\"", "\"\"", "steps[0].argv does not begin with a tool"},
        {"\"skopeo\"", "\"bin/skopeo\"", "steps[0].argv does not begin with a tool"},
        {"\"skopeo\"", "\"-x\"", "steps[0].argv does not begin with a tool"},
        {"\"two words\"", "7", "steps[0].argv holds something that is not a string"},
        {"\"two words\"", "\"a\\u0000b\"", "\\u0000"},
        {"\"two words\"", "\"\xff\"", "unable to decode"},
        {"\"stop\": \"pct\"", "\"stop\": \"kill\"", "steps[1].stop is not known"},
        {"\"redo\": 0", "\"redo\": 1", "steps[1].redo is out of range"},
        {"\"redo\": 0", "\"redo\": -2", "steps[1].redo is out of range"},
        {"\"progress_total\": 0", "\"progress_total\": -1", "steps[1].progress_total is out of range"},
        {"\"/var/cache/tengil-tui/pull/x\"", "\"pull/x\"", "steps[0].progress_dir is not an absolute path"},
        {"\"notes\": [", "\"notes\": [[],", "notes holds something that is not a string"},
        {"\"title\": \"Create CT 110\"", "\"title\": null", "steps[1].title is not a string"},
        {"\"undo\": []", "\"undo\": {}", "steps[1].undo is not a list"},
        {"{", "[{", "line"},
        {"{", "", "line"},
    };
    struct plan *plan = full_plan();
    struct buf json = BUF_INIT;
    (void)state;

    assert_int_equal(plan_to_json(plan, &json), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text = replaced(json.s, rows[i].piece, rows[i].by);
        struct err err = {0};
        struct plan *read = NULL;
        int rc = plan_from_json(text, strlen(text), &read, &err);
        if (rc != -EINVAL || read || !strstr(err.text, rows[i].sentence))
            fail_msg("row %zu, %s for %s: %d, %s", i, rows[i].by, rows[i].piece, rc, err.text);
        free(text);
    }
    buf_clear(&json);
    plan_free(plan);
}

static void cut_and_oversized_json_is_refused(void **state)
{
    struct plan *plan = full_plan(), *read = NULL;
    struct buf json = BUF_INIT;
    struct err err;
    (void)state;

    assert_int_equal(plan_to_json(plan, &json), 0);
    for (size_t len = 0; len + 2 < json.len; len += 3)
        if (plan_from_json(json.s, len, &read, &err) == 0)
            fail_msg("the first %zu bytes are no plan", len);
    buf_reset(&json);
    for (int i = 0; i < 10000; i++)
        buf_addch(&json, '[');
    assert_int_equal(plan_from_json(json.s, json.len, &read, &err), -EINVAL);
    buf_reset(&json);
    while (json.len <= PLAN_JSON_MAX)
        buf_adds(&json, "                                                                ");
    assert_int_equal(plan_from_json(json.s, json.len, &read, &err), -EFBIG);
    buf_clear(&json);
    plan_free(plan);
}

/* Whatever one byte is turned into, the text is refused or is a plan that can be written again. */
static void a_changed_byte_is_refused_or_read_whole(void **state)
{
    static const char bytes[] = {'\0', '"', '\\', '{', '}', '[',  ']',    ',',
                                 ':',  '0', '-',  'e', ' ', '\n', '\x80', '\xff'};
    struct plan *plan = full_plan();
    struct buf json = BUF_INIT, again = BUF_INIT;
    struct err err;
    size_t read = 0;
    (void)state;

    assert_int_equal(plan_to_json(plan, &json), 0);
    for (size_t i = 0; i < json.len; i++) {
        struct plan *other = NULL;
        char old = json.s[i];
        json.s[i] = bytes[i % sizeof(bytes)];
        if (plan_from_json(json.s, json.len, &other, &err) == 0) {
            buf_reset(&again);
            assert_int_equal(plan_to_json(other, &again), 0);
            read++;
        }
        plan_free(other);
        json.s[i] = old;
    }
    assert_true(read > 0 && read < json.len);
    buf_clear(&json);
    buf_clear(&again);
    plan_free(plan);
}

static void caps_hold_for_lists_and_words(void **state)
{
    struct plan *plan = full_plan(), *read = NULL;
    struct buf json = BUF_INIT;
    struct err err = {0};
    (void)state;

    while (plan->nsteps <= PLAN_STEPS_MAX)
        argv_push(&plan_add_step(plan, PLAN_STOP_PCT, "More")->argv, "pct");
    assert_int_equal(plan_to_json(plan, &json), 0);
    assert_int_equal(plan_from_json(json.s, json.len, &read, &err), -EINVAL);
    assert_non_null(strstr(err.text, "steps has too many entries"));
    plan_free(plan);

    plan = full_plan();
    char *word = mem_zero(1, PLAN_WORD_MAX + 2);
    memset(word, 'x', PLAN_WORD_MAX + 1);
    argv_push_nodup(&plan->steps[1].argv, word);
    buf_reset(&json);
    assert_int_equal(plan_to_json(plan, &json), 0);
    assert_int_equal(plan_from_json(json.s, json.len, &read, &err), -EINVAL);
    assert_non_null(strstr(err.text, "steps[1].argv holds a word that is too long"));
    buf_clear(&json);
    plan_free(plan);
}

static void a_command_is_one_line_and_a_note_one_comment(void **state)
{
    struct plan *plan = full_plan();
    struct buf out = BUF_INIT;
    (void)state;

    plan_print(plan, &out);
    assert_string_equal(out.s, "# First, with \"quotes\", a back\\slash and a\\x0aline feed.\n"
                               "# Second: grüße.\n"
                               "skopeo copy '' 'two words' $'\\033[31m'\n"
                               "pct create 110\n");
    buf_clear(&out);
    plan_free(plan);
}

static void ids_are_hex_and_differ(void **state)
{
    char a[17], b[17];
    (void)state;

    plan_new_id(a);
    plan_new_id(b);
    assert_true(plan_id_ok(a) && plan_id_ok(b));
    assert_string_not_equal(a, b);
    assert_false(plan_id_ok("") || plan_id_ok("0123456789abcdeg") || plan_id_ok("0123456789abcdef0"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_comes_back),
        cmocka_unit_test(a_plan_that_json_cannot_hold_is_refused),
        cmocka_unit_test(hostile_json_is_refused_with_the_place),
        cmocka_unit_test(cut_and_oversized_json_is_refused),
        cmocka_unit_test(a_changed_byte_is_refused_or_read_whole),
        cmocka_unit_test(caps_hold_for_lists_and_words),
        cmocka_unit_test(a_command_is_one_line_and_a_note_one_comment),
        cmocka_unit_test(ids_are_hex_and_differ),
    };
    return cmocka_run_group_tests_name("plan-json", tests, NULL, NULL);
}
