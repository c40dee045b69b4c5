#include "tests/unit/unit.h"

#include "backend/base/mem.h"
#include "backend/plan/build.h"
#include "tui/create-form.h"
#include "tui/fmt.h"
#include "tui/job-again.h"
#include "tui/job-steps.h"
#include "tui/job-words.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Jobs in words, their steps as rows, and what they are run again from. */

#define NOW 1764000000000LL /* a Monday, ms */

/* --- words ------------------------------------------------------------------------------------------------------- */

static void results_say_where_a_job_stands(void **state)
{
    static const struct {
        enum job_state state;
        int step, percent;
        const char *result, *word;
        enum glyph glyph;
    } rows[] = {
        {JOB_WAITING, 0, -1, "waits for another job", "waiting", GLYPH_CHANGING},
        {JOB_RUNNING, 0, 62, "step 1 of 8, pull, 62%", "running", GLYPH_JOB},
        {JOB_RUNNING, 0, -1, "step 1 of 8, pull", "running", GLYPH_JOB},
        {JOB_CANCELLING, 0, -1, "cancelling", "cancelling", GLYPH_CHANGING},
        {JOB_UNDOING, 0, -1, "undoing", "undoing", GLYPH_CHANGING},
        {JOB_DONE, 7, -1, "done", "done", GLYPH_DONE},
        {JOB_FAILED, 2, -1, "failed at step 3 of 8", "failed", GLYPH_FAILED},
        {JOB_CANCELLED, 2, -1, "cancelled, undone", "cancelled", GLYPH_NOT_DONE},
        {JOB_INTERRUPTED, 0, -1, "interrupted at step 1", "interrupted", GLYPH_WARN},
        {JOB_UNDO_FAILED, 2, -1, "failed, not all undone", "not undone", GLYPH_FAILED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct job job = {
            .state = rows[i].state, .step = rows[i].step, .nsteps = 8, .step_title = "Pull docker.io/jellyfin"};
        char result[64];
        job_words_result(&job, rows[i].percent, result, sizeof(result));
        if (strcmp(result, rows[i].result) != 0 || strcmp(job_words_state(job.state), rows[i].word) != 0 ||
            job_words_glyph(job.state) != rows[i].glyph)
            fail_msg("%s: %s, %s", rows[i].result, result, job_words_state(job.state));
        /* The column of the narrow table: a glyph, a blank, the word. */
        assert_true(strlen(job_words_state(job.state)) <= 11);
    }
}

static void times_are_those_of_the_table(void **state)
{
    static const struct {
        enum job_state state;
        int64_t began, ended;
        const char *took;
    } rows[] = {
        {JOB_RUNNING, NOW - 15000, 0, "15s"},
        {JOB_DONE, NOW - 500000, NOW - 312000, "3m08s"},
        {JOB_INTERRUPTED, NOW - 15000, 0, "-"},
        {JOB_DONE, NOW, NOW - 1000, "0s"},
        {JOB_WAITING, 0, 0, "-"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct job job = {.state = rows[i].state, .began = rows[i].began, .ended = rows[i].ended};
        char took[32];
        job_words_took(&job, NOW, took, sizeof(took));
        if (strcmp(took, rows[i].took) != 0)
            fail_msg("row %zu: %s, not %s", i, took, rows[i].took);
    }
}

static void a_failure_is_one_sentence(void **state)
{
    static const struct {
        enum job_state state;
        const char *text, *sentence;
    } rows[] = {
        {JOB_FAILED, "Create CT 110: no room", "Create CT 110: no room. Undone."},
        {JOB_FAILED, "The disk is small. Undone.", "The disk is small. Undone."},
        {JOB_FAILED, "It broke.\nkept: the image.", "It broke. Undone. kept: the image."},
        {JOB_FAILED, NULL, "Undone."},
        {JOB_UNDO_FAILED, "It broke.\nleft: CT 110.", "It broke. left: CT 110."},
        {JOB_DONE, NULL, "Done in 4s."},
        {JOB_RUNNING, NULL, "Step 2 of 3: Put the image in local"},
        {JOB_WAITING, "Waits for another job on CT 110.", "Waits for another job on CT 110."},
        {JOB_INTERRUPTED, NULL, "Its supervisor was killed at step 2 of 3. z undoes what is left of it."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct job job = {.state = rows[i].state,
                                .text = (char *)rows[i].text,
                                .began = NOW - 4000,
                                .ended = NOW,
                                .step = 1,
                                .nsteps = 3,
                                .step_title = "Put the image in local"};
        char sentence[256];
        job_words_sentence(&job, sentence, sizeof(sentence));
        assert_string_equal(sentence, rows[i].sentence);
    }
}

static void words_of_tools_get_advice_and_our_own_do_not(void **state)
{
    (void)state;
    assert_non_null(
        strstr(job_words_advice("unable to create CT 110 - No space left on device (os error 28)"), "larger"));
    assert_non_null(strstr(job_words_advice("reading manifest 9 in docker.io/x: manifest unknown"), "no such tag"));
    assert_string_equal(job_words_advice("No space left on device: the disk is small. Undone."), "");
    assert_string_equal(job_words_advice("Pull x: said nothing of use"), "");
    assert_string_equal(job_words_advice(NULL), "");
    assert_true(job_words_no_room("x - No space left on device (os error 28)"));
    assert_false(job_words_no_room("CT 110 already exists"));
    assert_false(job_words_no_room(NULL));
}

static void the_filter_knows_how_jobs_ended(void **state)
{
    static const struct {
        enum job_state state;
        const char *field, *word;
        bool matches;
    } rows[] = {
        {JOB_FAILED, "status", "failed", true},
        {JOB_UNDO_FAILED, "status", "failed", true},
        {JOB_INTERRUPTED, "status", "failed", true},
        {JOB_CANCELLED, "status", "failed", false},
        {JOB_DONE, "status", "failed", false},
        {JOB_INTERRUPTED, "status", "inter", true},
        {JOB_DONE, "status", "DO", true},
        {JOB_DONE, "", "FRIGATE", true},
        {JOB_DONE, "", "41", true},
        {JOB_DONE, "", "4", false},
        {JOB_DONE, "", "done", true},
        {JOB_DONE, "tag", "frigate", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct job job = {.id = 41, .state = rows[i].state, .title = "Create CT 110 frigate"};
        if (job_words_matches(&job, rows[i].field, rows[i].word) != rows[i].matches)
            fail_msg("row %zu: %s:%s", i, rows[i].field, rows[i].word);
    }
}

static void copies_leave_out_what_is_not_there(void **state)
{
    const struct job job = {.id = 7, .title = "Start CT 101 x"};
    char label[32], value[256];
    (void)state;
    setenv("TENGIL_STATE_DIR", "/state", 1);
    assert_true(job_words_copy(&job, 0, label, sizeof(label), value, sizeof(value)));
    assert_string_equal(value, "Start CT 101 x");
    assert_true(job_words_copy(&job, 1, label, sizeof(label), value, sizeof(value)));
    assert_string_equal(value, "/state/jobs/7/log");
    assert_true(job_words_copy(&job, 2, label, sizeof(label), value, sizeof(value)));
    assert_string_equal(value, "tengil-tui attach 7");
    assert_false(job_words_copy(&job, 3, label, sizeof(label), value, sizeof(value)));
}

/* --- steps ------------------------------------------------------------------------------------------------------- */

static struct plan *plan_of(int n)
{
    struct plan *plan = plan_new("create", "0123456789abcdef", 110);
    plan->title = mem_strdup("Create CT 110 test");
    for (int i = 0; i < n; i++)
        plan_add_step(plan, PLAN_STOP_PROGRAM, "Step %c", 'A' + i);
    plan->steps[0].progress_total = 308ull << 20;
    return plan;
}

/* "begin 0, end 0, begin 1 …", a second apart; "end 1 255" with an exit code, "end 1 0 15" with a signal too. */
static void tell(struct job_steps *s, const char *story)
{
    int64_t at = NOW - 100000;
    for (const char *word = story; *word; word += strcspn(word, ","), word += strspn(word, ", ")) {
        char event[16];
        struct job_event mark = {.type = JOB_EVENT_MARK, .event = event, .at = at += 1000};
        assert_true(sscanf(word, "%15[a-z-] %d %d %d", event, &mark.step, &mark.exit, &mark.signal) >= 2);
        job_steps_mark(s, &mark);
    }
}

static void show(const struct job_row *rows, int n, struct buf *out)
{
    static const char glyphs[GLYPH_COUNT] = {
        [GLYPH_NONE] = ' ',   [GLYPH_CHANGING] = '~', [GLYPH_WARN] = '!', [GLYPH_DONE] = '+',
        [GLYPH_FAILED] = 'x', [GLYPH_NOT_DONE] = '-', [GLYPH_JOB] = '&'};
    for (int i = 0; i < n; i++) {
        if (rows[i].bar) {
            buf_adds(out, "bar\n");
            continue;
        }
        buf_addch(out, glyphs[rows[i].glyph]);
        if (rows[i].number)
            buf_addf(out, " %d", rows[i].number);
        buf_addf(out, " %s", rows[i].text);
        if (*rows[i].info)
            buf_addf(out, "|%s", rows[i].info);
        if (*rows[i].took)
            buf_addf(out, "|%s", rows[i].took);
        buf_addch(out, '\n');
    }
}

static void rows_show_how_each_step_went(void **state)
{
    static const struct {
        const char *name, *story;
        enum job_state state;
        int room;
        bool bar;
        const char *wanted;
    } rows[] = {
        {"runs", "begin 0", JOB_RUNNING, 20, true,
         "& 1 Step A|half|1m39s\nbar\n  2 Step B\n  3 Step C\n  4 Step D\n  5 Step E\n"},
        {"failed", "begin 0, end 0, begin 1, end 1 255, undo-begin 1, undo-end 1", JOB_FAILED, 20, false,
         "+ 1 Step A|308 MiB|1s\nx 2 Step B|exit code 255|1s\n- 3 to 5 were not run\n"
         "+ Undone: what it did to the host is taken back|1s\n"},
        {"failed at the last but one", "begin 0, end 0, begin 1, end 1, begin 2, end 2, begin 3, end 3 1", JOB_FAILED,
         20, false,
         "+ 1 Step A|308 MiB|1s\n+ 2 Step B|1s\n+ 3 Step C|1s\nx 4 Step D|exit code 1|1s\n- 5 was not run\n"},
        {"cancelled", "begin 0, cancel 0, end 0 0 15, undo-begin 0, undo-end 0", JOB_CANCELLED, 20, false,
         "- 1 Step A|cancelled|2s\n- 2 to 5 were not run\n+ Undone: what it did to the host is taken back|1s\n"},
        {"killed", "begin 0, end 0 0 9", JOB_FAILED, 20, false,
         "x 1 Step A|signal 9, Killed|1s\n- 2 to 5 were not run\n"},
        {"interrupted", "begin 0, end 0, begin 1", JOB_INTERRUPTED, 20, false,
         "+ 1 Step A|308 MiB|1s\n! 2 Step B|interrupted\n- 3 to 5 were not run\n"},
        {"undoing", "begin 0, end 0, begin 1, end 1 1, undo-begin 1", JOB_UNDOING, 20, false,
         "+ 1 Step A|308 MiB|1s\nx 2 Step B|exit code 1|1s\n- 3 to 5 were not run\n~ Undoing step 2|1m35s\n"},
        {"not undone", "begin 0, end 0 1, undo-begin 0, undo-end 0 1", JOB_UNDO_FAILED, 20, false,
         "x 1 Step A|exit code 1|1s\n- 2 to 5 were not run\nx Not all is undone: what is left stands below|1s\n"},
        {"repeated", "begin 0, end 0, begin 1, end 1 75, redo 0, begin 0", JOB_RUNNING, 20, false,
         "& 1 Step A|half|1m34s\n  2 Step B\n  3 Step C\n  4 Step D\n  5 Step E\n"},
        {"little room", "begin 0, end 0, begin 1, end 1, begin 2", JOB_RUNNING, 4, true,
         "+ 1 to 2 are done\n& 3 Step C|half|1m35s\nbar\n  4 to 5 come next\n"},
        {"least room", "begin 0, end 0, begin 1, end 1, begin 2", JOB_RUNNING, 2, false,
         "+ 1 to 2 are done\n& 3 Step C|half|1m35s\n"},
        {"all done, little room", "begin 0, end 0, begin 1, end 1, begin 2, end 2, begin 3, end 3, begin 4, end 4",
         JOB_DONE, 2, false, "+ 1 to 5 are done\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct plan *plan = plan_of(5);
        struct job_steps s;
        struct job_row got[32];
        struct buf shown = BUF_INIT;
        const struct job_rows_now now = {
            .state = rows[i].state, .now = NOW, .info = "half", .bar = rows[i].bar, .room = rows[i].room};
        job_steps_init(&s, plan);
        tell(&s, rows[i].story);
        show(got, job_steps_rows(&s, &now, got, 32), &shown);
        if (strcmp(shown.s, rows[i].wanted) != 0)
            fail_msg("%s:\n%s, not\n%s", rows[i].name, shown.s, rows[i].wanted);
        buf_clear(&shown);
        job_steps_clear(&s);
        plan_free(plan);
    }
}

static void marks_of_other_plans_are_passed_over(void **state)
{
    struct plan *plan = plan_of(2);
    struct job_steps s;
    struct job_row rows[8];
    const struct job_rows_now now = {.state = JOB_RUNNING, .now = NOW, .room = 8};
    (void)state;
    job_steps_init(&s, plan);
    tell(&s, "begin 7, end -3, begin 2, note 0, what 1");
    assert_int_equal(job_steps_rows(&s, &now, rows, 8), 2);
    assert_int_equal(s.v[0].state, JOB_STEP_WAITS);
    assert_int_equal(s.v[1].state, JOB_STEP_WAITS);
    job_steps_clear(&s);
    plan_free(plan);
}

static void what_an_undo_said_stands_in_its_row(void **state)
{
    struct plan *plan = plan_of(1);
    struct job_steps s;
    struct job_row rows[8];
    const struct job_rows_now now = {.state = JOB_FAILED, .now = NOW, .room = 8};
    (void)state;
    job_steps_init(&s, plan);
    tell(&s, "begin 0, end 0 1, undo-begin 0");
    const struct job_event end = {.event = "undo-end", .text = "Undone: no CT 110 is left.", .at = NOW};
    job_steps_mark(&s, &end);
    assert_int_equal(job_steps_rows(&s, &now, rows, 8), 2);
    assert_string_equal(rows[1].text, "Undone: no CT 110 is left");
    job_steps_clear(&s);
    plan_free(plan);
}

/* --- again ------------------------------------------------------------------------------------------------------- */

static void a_plan_gets_its_new_id_everywhere(void **state)
{
    struct plan *plan = plan_new("download", "0123456789abcdef", 0);
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Download");
    (void)state;
    argv_push_all(&step->argv, "tengil-job", "archive", "--plan", "0123456789abcdef", "0123456789abcdef.tar",
                  (char *)NULL);
    argv_push_all(&step->undo, "tengil-job", "undo-archive", "--plan", "0123456789abcdef", (char *)NULL);
    job_again_rename(plan, "fedcba9876543210");
    assert_string_equal(plan->id, "fedcba9876543210");
    assert_string_equal(plan->steps[0].argv.v[3], "fedcba9876543210");
    assert_string_equal(plan->steps[0].argv.v[4], "0123456789abcdef.tar");
    assert_string_equal(plan->steps[0].undo.v[3], "fedcba9876543210");
    plan_free(plan);
}

static void a_pull_is_known_by_its_archive(void **state)
{
    struct plan *plan = plan_new("pull", "0123456789abcdef", 0);
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Pull");
    const char *reference, *arch;
    (void)state;
    argv_push_all(&step->argv, "skopeo", "copy", "--reference", "wrong", "--arch", "wrong", (char *)NULL);
    assert_false(job_again_image(plan, &reference, &arch));
    step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Put");
    argv_push_all(&step->argv, "/usr/libexec/tengil-job", "archive", "--reference", "docker.io/a/b:1", "--arch",
                  "arm64", "--plan", (char *)NULL);
    assert_true(job_again_image(plan, &reference, &arch));
    assert_string_equal(reference, "docker.io/a/b:1");
    assert_string_equal(arch, "arm64");
    plan_free(plan);
    assert_true(job_again_knows("create") && job_again_knows("pull") && job_again_knows("download"));
    assert_false(job_again_knows("change") || job_again_knows("destroy"));
}

/* A spec goes through the form and comes out as it was; what the form has no field for is named. */
static void a_form_holds_what_a_job_was_made_from(void **state)
{
    static const char yaml[] = "oci: {image: blakeblackshear/frigate, tag: 0.16.2, registry: ghcr.io}\n"
                               "hostname: frigate\ncores: 4\nmemory: 4096\nswap: 0\ndisk: 4\nstorage: local-lvm\n"
                               "network: {bridge: vmbr1, ip: 10.0.0.5/24, gateway: 10.0.0.1, vlan: 20}\n"
                               "mounts:\n  - {source: /tank/media, target: /media, readonly: true}\n"
                               "  - {volume: 'tank:8', target: /config}\n"
                               "env: {TZ: Europe/Stockholm, EMPTY: ''}\ntags: [media, web]\nstart: true\n%s";
    static const struct {
        const char *more, *lost;
    } rows[] = {{"", ""}, {"pool: media\ncpulimit: 2\n", "cpulimit pool"}, {"onboot: true\nprotection: true\n", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct spec spec, back;
        struct spec_problems problems = {0};
        struct argv notes = ARGV_INIT, lost = ARGV_INIT;
        struct settings settings = {0};
        struct buf was = BUF_INIT, is = BUF_INIT, names = BUF_INIT;
        char *text = mem_printf(yaml, rows[i].more);
        spec_init(&spec);
        if (spec_read(text, strlen(text), &spec, &problems, &notes))
            fail_msg("%s: %s", problems.v[0].field, problems.v[0].reason);
        struct create_form *form = create_new(NULL, &settings);
        create_load(form, &spec, &lost);
        create_spec(form, NULL, &back, &problems);
        assert_int_equal(problems.n, 0);
        for (size_t k = 0; k < lost.n; k++)
            buf_addf(&names, "%s%s", k ? " " : "", lost.v[k]);
        assert_string_equal(names.s, rows[i].lost);
        if (!*rows[i].lost) {
            /* The form says these, the spec left them to their defaults. */
            spec.unprivileged = spec.unprivileged == SPEC_BOOL_UNSET ? SPEC_TRUE : spec.unprivileged;
            spec.nesting = spec.nesting == SPEC_BOOL_UNSET ? SPEC_TRUE : spec.nesting;
            spec_write(&spec, &was);
            spec_write(&back, &is);
            assert_string_equal(is.s, was.s);
        }
        create_free(form);
        spec_clear(&spec);
        spec_clear(&back);
        spec_problems_clear(&problems);
        argv_clear(&notes);
        argv_clear(&lost);
        buf_clear(&was);
        buf_clear(&is);
        buf_clear(&names);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_say_where_a_job_stands),
        cmocka_unit_test(times_are_those_of_the_table),
        cmocka_unit_test(a_failure_is_one_sentence),
        cmocka_unit_test(words_of_tools_get_advice_and_our_own_do_not),
        cmocka_unit_test(the_filter_knows_how_jobs_ended),
        cmocka_unit_test(copies_leave_out_what_is_not_there),
        cmocka_unit_test(rows_show_how_each_step_went),
        cmocka_unit_test(marks_of_other_plans_are_passed_over),
        cmocka_unit_test(what_an_undo_said_stands_in_its_row),
        cmocka_unit_test(a_plan_gets_its_new_id_everywhere),
        cmocka_unit_test(a_pull_is_known_by_its_archive),
        cmocka_unit_test(a_form_holds_what_a_job_was_made_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
