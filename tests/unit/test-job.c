#include "tests/unit/unit.h"

#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/job/job.h"
#include "backend/plan/build.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The real supervisor with plans of small scripts in TEST_DIR. Each test has a state folder of its own. */
static char *scratch;

static const char *in_scratch(const char *name)
{
    static char *paths[8];
    static size_t next;
    char **path = &paths[next++ % 8];

    free(*path);
    *path = mem_printf("%s/%s", scratch, name);
    return *path;
}

static int fresh(void **state)
{
    static int n;
    const char *dir = getenv("TEST_DIR"), *built = getenv("builddir");
    (void)state;

    free(scratch);
    scratch = mem_printf("%s/job-%d", dir ? dir : "/tmp", ++n);
    setenv("TENGIL_STATE_DIR", scratch, 1);
    setenv("TENGIL_LIBEXEC_DIR", built ? built : ".", 1);
    setenv("TENGIL_STOP_MS", "600", 1);
    return mkdir(scratch, 0700);
}

static struct plan *new_plan(void)
{
    struct plan *plan = plan_new("create", "0123456789abcdef", 110);

    plan->title = mem_strdup("Create CT 110 test");
    return plan;
}

/* A step and its undo, as shell scripts; an undo of NULL is none. $D is the scratch folder. */
static struct plan_step *add(struct plan *plan, const char *title, const char *script, const char *undo)
{
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "%s", title);
    char *setup = mem_printf("D='%s'\n", scratch);

    argv_push_all(&step->argv, "/bin/bash", "-c", (char *)NULL);
    argv_pushf(&step->argv, "%s%s", setup, script);
    if (undo) {
        argv_push_all(&step->undo, "/bin/bash", "-c", (char *)NULL);
        argv_pushf(&step->undo, "%s%s", setup, undo);
    }
    free(setup);
    return step;
}

static int begin(struct plan *plan)
{
    struct err err = {0};
    int id = 0;

    if (job_start(plan, NULL, &id, &err) != 0)
        fail_msg("%s", err.text);
    plan_free(plan);
    return id;
}

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000}, NULL);
}

/* Waits until the job has come to `wanted` (or has ended), 20 s at most, and loads it. */
static struct job wait_for(int id, enum job_state wanted)
{
    struct job job = {0};
    struct err err = {0};

    for (int i = 0; i < 2000; i++) {
        if (job_load(id, &job, &err) != 0)
            fail_msg("%s", err.text);
        if (job.state == wanted)
            return job;
        if (job_state_ended(job.state))
            break;
        job_clear(&job);
        pause_a_little();
    }
    fail_msg("job %d is %s, not %s: %s", id, job_state_name(job.state), job_state_name(wanted), job.text);
    return job;
}

static void ends(int id, enum job_state state, const char *text)
{
    struct job job = wait_for(id, state);

    if (text)
        assert_string_equal(job.text ? job.text : "", text);
    assert_true(job.ended >= job.began && job.began > 0);
    assert_int_equal(job.supervisor, 0);
    job_clear(&job);
}

static void wait_for_file(const char *name)
{
    for (int i = 0; i < 2000; i++) {
        if (access(in_scratch(name), F_OK) == 0)
            return;
        pause_a_little();
    }
    fail_msg("%s never came", name);
}

static void has_text(const char *name, const char *wanted)
{
    struct buf text = BUF_INIT;

    file_read(AT_FDCWD, in_scratch(name), 1 << 20, &text, NULL);
    assert_string_equal(text.s, wanted);
    buf_clear(&text);
}

/* All that a reader of the job is told, as one text: `[event step exit signal]` for a mark. */
static void story(int id, struct buf *out)
{
    struct job_follow *follow = NULL;
    struct job_event event;
    struct err err = {0};
    int rc;

    assert_int_equal(job_follow_open(id, &follow, &err), 0);
    while ((rc = job_follow_next(follow, &event, &err)) == 1) {
        if (event.type == JOB_EVENT_LOG)
            buf_add(out, event.bytes, event.len);
        else
            buf_addf(out, "[%s %d %d %d]\n", event.event, event.step, event.exit, event.signal);
    }
    assert_int_equal(rc, 0);
    job_follow_free(follow);
}

static void tells(int id, const char *wanted)
{
    struct buf told = BUF_INIT;

    story(id, &told);
    assert_string_equal(told.s, wanted);
    buf_clear(&told);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void steps_run_in_order_and_are_told(void **state)
{
    struct plan *plan = new_plan();
    struct plan *frozen = NULL;
    struct job *jobs;
    size_t n;
    (void)state;

    add(plan, "First", "echo one; echo err >&2; [ -e /dev/stdin ] && read -r x || echo no input", "echo never");
    add(plan, "Second", "echo \"$LC_ALL\"; ps -o sid= -p $$ | tr -d ' ' | grep -qx $$ && echo own session", NULL);
    int id = begin(plan);
    ends(id, JOB_DONE, "");
    tells(id, "[begin 0 0 0]\none\nerr\nno input\n[end 0 0 0]\n[begin 1 0 0]\nC.UTF-8\nown session\n[end 1 0 0]\n");

    assert_int_equal(job_list(&jobs, &n, NULL, NULL), 0);
    assert_int_equal(n, 1);
    assert_int_equal(jobs[0].id, 1);
    assert_string_equal(jobs[0].title, "Create CT 110 test");
    assert_string_equal(jobs[0].step_title, "Second");
    assert_int_equal(jobs[0].nsteps, 2);
    job_list_free(jobs, n);
    assert_int_equal(job_plan(id, &frozen, NULL), 0);
    assert_string_equal(frozen->steps[1].title, "Second");
    plan_free(frozen);
    assert_int_equal(job_cancel(id, NULL), -EALREADY);
    assert_int_equal(job_cancel(id + 1, NULL), -ENOENT);
}

static void a_failed_step_is_undone_from_the_last_to_the_first(void **state)
{
    struct plan *plan = new_plan();
    (void)state;

    add(plan, "A", "true", "echo a >>$D/undone; echo 'kept: the image x stays for the next try'");
    add(plan, "B", "true",
        "echo b >>$D/undone; echo 'left: a disk'; echo some; echo 'left: CT 110 is half made'; exit 1");
    add(plan, "C", "echo words; printf 'why \\033[31mred\\n\\n'; exit 3", "echo c >>$D/undone; exit 9");
    add(plan, "D", "echo never >>$D/undone", "echo d >>$D/undone");
    int id = begin(plan);
    ends(id, JOB_UNDO_FAILED,
         "C: why \\x1b[31mred\nleft: what \"C\" did could not be undone (exit code 9); the log says why.\n"
         "left: a disk\nleft: CT 110 is half made\nkept: the image x stays for the next try");
    has_text("undone", "c\nb\na\n");
}

static void the_reason_is_the_last_that_was_said(void **state)
{
    static const struct {
        const char *script, *text;
    } rows[] = {
        {"exit 4", "S: failed with exit code 4 and said nothing."},
        {"echo a; echo '  b  '; echo; exit 1", "S: b"},
        {"printf 'no line end'; exit 1", "S: no line end"},
        {"kill -SEGV $$", "S: ended by signal 11 (Segmentation fault)."},
        {"echo 'time=\"x\" level=fatal msg=\"reading \\\"a\\\": 404\\nnot found\"'; echo later; exit 1",
         "S: reading \"a\": 404 not found"},
        {"exec /no/such/program", "S: /bin/bash: line 2: /no/such/program: No such file or directory"},
        {"head -c 100000 /dev/zero | tr '\\0' x; echo; echo end; exit 1", "S: end"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct plan *plan = new_plan();
        add(plan, "S", rows[i].script, NULL);
        int id = begin(plan);
        struct job job = wait_for(id, JOB_FAILED);
        if (strcmp(job.text, rows[i].text) != 0)
            fail_msg("%s: %s", rows[i].script, job.text);
        job_clear(&job);
    }
}

static void a_tool_that_is_not_there_is_named(void **state)
{
    struct plan *plan = new_plan();
    (void)state;

    add(plan, "A", "true", "echo a >>$D/undone");
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "Pull");
    argv_push_all(&step->argv, "skopeo", "copy", (char *)NULL);
    char *path = mem_strdup(getenv("PATH"));
    setenv("PATH", "/nowhere", 1);
    int id = begin(plan);
    setenv("PATH", path, 1);
    free(path);
    ends(id, JOB_FAILED, "skopeo is not installed. Install it: apt install skopeo");
    has_text("undone", "a\n");
    tells(id, "[begin 0 0 0]\n[end 0 0 0]\n[begin 1 0 0]\n[end 1 127 0]\n[undo-begin 0 0 0]\n[undo-end 0 0 0]\n");
}

static void a_cancel_stops_the_step_and_undoes(void **state)
{
    static const struct {
        const char *script;
        enum plan_stop stop;
        const char *told;
    } rows[] = {
        {"exec 2>/dev/null; trap 'echo stopping; exit 5' TERM; touch $D/up; while :; do sleep .02; done",
         PLAN_STOP_PROGRAM,
         "[begin 0 0 0]\n[cancel 0 0 0]\nstopping\n[end 0 5 0]\n[undo-begin 0 0 0]\nundone\n[undo-end 0 0 0]\n"},
        {"trap '' TERM; touch $D/up; while :; do sleep .02; done", PLAN_STOP_PROGRAM,
         "[begin 0 0 0]\n[cancel 0 0 0]\n[end 0 137 9]\n[undo-begin 0 0 0]\nundone\n[undo-end 0 0 0]\n"},
        /* As pct: asked four times, its worker (a session of its own) is not touched. */
        {"exec 2>/dev/null; n=0; trap 'n=$((n+1)); echo term $n' TERM; touch $D/up; while [ $n -lt 4 ]; do sleep .02; "
         "done; exit 255",
         PLAN_STOP_PCT,
         "[begin 0 0 0]\n[cancel 0 0 0]\nterm 1\nterm 2\nterm 3\nterm 4\n[end 0 255 0]\n[undo-begin 0 0 0]\nundone\n"
         "[undo-end 0 0 0]\n"},
        /* The last step did its work although it was asked to stop: what was asked for holds. */
        {"exec 2>/dev/null; trap 'exit 0' TERM; touch $D/up; while :; do sleep .02; done", PLAN_STOP_PROGRAM,
         "[begin 0 0 0]\n[cancel 0 0 0]\n[end 0 0 0]\n[undo-begin 0 0 0]\nundone\n[undo-end 0 0 0]\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct plan *plan = new_plan();
        struct err err = {0};
        unlink(in_scratch("up"));
        add(plan, "S", rows[i].script, "echo undone")->stop = rows[i].stop;
        int id = begin(plan);
        wait_for_file("up");
        if (job_cancel(id, &err) != 0)
            fail_msg("row %zu: %s", i, err.text);
        ends(id, JOB_CANCELLED, "");
        tells(id, rows[i].told);
    }
}

static void a_cancel_during_an_undo_changes_nothing(void **state)
{
    struct plan *plan = new_plan();
    (void)state;

    add(plan, "S", "exit 1", "touch $D/up; sleep .4; echo undone");
    int id = begin(plan);
    wait_for_file("up");
    assert_int_equal(job_cancel(id, NULL), 0);
    ends(id, JOB_FAILED, NULL);
    tells(id, "[begin 0 0 0]\n[end 0 1 0]\n[undo-begin 0 0 0]\nundone\n[undo-end 0 0 0]\n");
}

static void strays_are_waited_for(void **state)
{
    struct plan *plan = new_plan();
    (void)state;

    add(plan, "S", "setsid sh -c 'sleep .3; touch '$D/stray </dev/null >/dev/null 2>&1 & exit 0", NULL);
    add(plan, "T", "[ -e $D/stray ] && echo after it", NULL);
    int id = begin(plan);
    ends(id, JOB_DONE, "");

    /* One that would never end is ended by a cancel. */
    plan = new_plan();
    add(plan, "S",
        "setsid bash -c \"trap '' TERM; touch $D/up; while :; do sleep .02; done\" </dev/null >/dev/null 2>&1 & exit 0",
        NULL);
    id = begin(plan);
    wait_for_file("up");
    assert_int_equal(job_cancel(id, NULL), 0);
    ends(id, JOB_CANCELLED, "");
}

static void one_step_may_ask_for_one_repetition(void **state)
{
    static const struct {
        const char *script;
        enum job_state state;
        const char *text, *told;
    } rows[] = {
        {"[ -e $D/once ] && exit 0; touch $D/once; exit 75", JOB_DONE, "",
         "[begin 0 0 0]\nA\n[end 0 0 0]\n[begin 1 0 0]\n[end 1 75 0]\n[redo 0 0 0]\n[begin 0 0 0]\nA\n[end 0 0 0]\n"
         "[begin 1 0 0]\n[end 1 0 0]\n"},
        {"echo bad; exit 75", JOB_FAILED, "B: bad",
         "[begin 0 0 0]\nA\n[end 0 0 0]\n[begin 1 0 0]\nbad\n[end 1 75 0]\n[redo 0 0 0]\n[begin 0 0 0]\nA\n"
         "[end 0 0 0]\n[begin 1 0 0]\nbad\n[end 1 75 0]\n[undo-begin 0 0 0]\nundo A\n[undo-end 0 0 0]\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct plan *plan = new_plan();
        add(plan, "A", "echo A", "echo undo A");
        add(plan, "B", rows[i].script, NULL)->redo = 0;
        int id = begin(plan);
        ends(id, rows[i].state, rows[i].text);
        tells(id, rows[i].told);
    }
}

static struct plan *claiming(const char *script, bool wait)
{
    struct plan *plan = new_plan();

    plan_add_claim(plan, wait, "ct-110");
    add(plan, "S", script, NULL);
    return plan;
}

static void a_claim_is_refused_or_waited_for(void **state)
{
    struct err err = {0};
    struct plan *plan;
    int *vmids = NULL, none = 0;
    (void)state;

    int first = begin(claiming("touch $D/up; while [ ! -e $D/go ]; do sleep .02; done", false));
    wait_for_file("up");
    assert_int_equal(job_claimed_vmids(&vmids), 1);
    assert_int_equal(vmids[0], 110);
    free(vmids);

    plan = claiming("echo never", false);
    assert_int_equal(job_start(plan, NULL, &none, &err), -EBUSY);
    assert_string_equal(err.text, "CT 110 is in the hands of another job (job 1, Create CT 110 test). Wait for its "
                                  "end, or cancel it.");
    plan_free(plan);
    struct argv names = ARGV_INIT;
    assert_int_equal(file_list(AT_FDCWD, in_scratch("jobs"), &names, NULL), 0);
    assert_int_equal(names.n, 1);
    argv_clear(&names);

    int second = begin(claiming("[ -e $D/go ] && echo second", true));
    int third = begin(claiming("echo third", true));
    struct job job = wait_for(second, JOB_WAITING);
    assert_string_equal(job.text, "Waits for another job on CT 110.");
    job_clear(&job);
    assert_int_equal(job_cancel(third, NULL), 0);
    ends(third, JOB_CANCELLED, "");
    tells(third, "[cancel 0 0 0]\n");
    close(open(in_scratch("go"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ends(first, JOB_DONE, "");
    ends(second, JOB_DONE, "");
    tells(second, "[begin 0 0 0]\nsecond\n[end 0 0 0]\n");
    assert_int_equal(job_claimed_vmids(&vmids), 0);
    free(vmids);
}

static void a_killed_supervisor_is_noticed_and_undone(void **state)
{
    static const char *const scripts[] = {
        "touch $D/up; while :; do sleep .02; done",
        "trap '' TERM; touch $D/up; while :; do sleep .02; done; echo never",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        struct plan *plan = new_plan();
        struct err err = {0};
        unlink(in_scratch("up"));
        plan_add_claim(plan, false, "ct-110");
        add(plan, "A", "true", "echo undo A; echo 'kept: it'");
        add(plan, "B", scripts[i], "echo undo B");
        add(plan, "C", "true", "echo undo C");
        int id = begin(plan);
        wait_for_file("up");
        struct job job = wait_for(id, JOB_RUNNING);
        assert_int_equal(job.step, 1);
        assert_int_equal(kill(job.supervisor, SIGKILL), 0);
        job_clear(&job);
        job = wait_for(id, JOB_INTERRUPTED);
        job_clear(&job);
        if (job_cancel(id, &err) != 0)
            fail_msg("%s", err.text);
        ends(id, JOB_CANCELLED, "The job was interrupted: its supervisor was killed.\nkept: it");
        tells(id, "[begin 0 0 0]\n[end 0 0 0]\n[begin 1 0 0]\n[undo-begin 1 0 0]\nundo B\n[undo-end 1 0 0]\n"
                  "[undo-begin 0 0 0]\nundo A\nkept: it\n[undo-end 0 0 0]\n");
        assert_int_equal(job_cancel(id, &err), -EALREADY);
    }
}

static bool alive(int id, pid_t *supervisor)
{
    struct job job = {0};
    struct err err = {0};

    if (job_load(id, &job, &err) != 0)
        fail_msg("%s", err.text);
    *supervisor = job.supervisor;
    bool is = !job_state_ended(job.state);
    job_clear(&job);
    return is;
}

static void a_kill_at_any_moment_is_survived(void **state)
{
    int interrupted = 0;
    (void)state;

    for (int i = 0; i < 40; i++) {
        struct plan *plan = new_plan();
        struct err err = {0};
        pid_t supervisor;
        plan_add_claim(plan, false, "ct-110");
        for (int k = 0; k < 4; k++)
            add(plan, "S", "touch $D/made.$$; sleep .01; echo out", "rm -f $D/made.*");
        int id = begin(plan);
        nanosleep(&(struct timespec){.tv_nsec = i * 2500000L}, NULL);
        if (alive(id, &supervisor) && supervisor)
            kill(supervisor, SIGKILL);
        while (alive(id, &supervisor))
            pause_a_little();
        struct job job = {0};
        assert_int_equal(job_load(id, &job, &err), 0);
        if (job.state == JOB_INTERRUPTED) {
            interrupted++;
            if (job_cancel(id, &err) != 0)
                fail_msg("round %d: %s", i, err.text);
            ends(id, JOB_CANCELLED, NULL);
        } else if (job.state != JOB_DONE || job_cancel(id, &err) != -EALREADY) {
            fail_msg("round %d: %s", i, job_state_name(job.state));
        }
        bool done = job.state == JOB_DONE;
        job_clear(&job);
        struct argv names = ARGV_INIT;
        assert_int_equal(file_list(AT_FDCWD, scratch, &names, NULL), 0);
        size_t made = 0;
        for (size_t k = 0; k < names.n; k++) {
            if (text_starts(names.v[k], "made.", NULL)) {
                made++;
                unlink(in_scratch(names.v[k]));
            }
        }
        argv_clear(&names);
        assert_int_equal(made, done ? 4 : 0);
    }
    assert_true(interrupted > 0);
}

#define END_WELL "{\"at\": 5, \"log\": 0, \"event\": \"end\", \"step\": 0, \"exit\": 0, \"signal\": 0}\n"
#define END_BAD  "{\"at\": 5, \"log\": 0, \"event\": \"end\", \"step\": 0, \"exit\": 1, \"signal\": 0}\n"
#define CANCEL   "{\"at\": 4, \"log\": 0, \"event\": \"cancel\", \"step\": 0}\n"

static void a_job_that_was_killed_when_all_was_done_is_done(void **state)
{
    static const char *const rows[] = {END_WELL, END_BAD, CANCEL END_WELL, ""};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct plan *plan = new_plan();
        static const char running[] = "{\"state\": \"running\", \"step\": 0, \"began\": 1, \"ended\": 0}\n";
        char *marks = mem_printf("{\"at\": 3, \"log\": 0, \"event\": \"begin\", \"step\": 0}\n%s", rows[i]);
        add(plan, "S", "true", "touch $D/undone");
        int id = begin(plan);
        ends(id, JOB_DONE, "");
        char *name = mem_printf("jobs/%d/marks", id);
        assert_int_equal(file_write(AT_FDCWD, in_scratch(name), 0600, marks, strlen(marks), NULL), 0);
        free(name);
        name = mem_printf("jobs/%d/state", id);
        assert_int_equal(file_write(AT_FDCWD, in_scratch(name), 0600, running, strlen(running), NULL), 0);
        free(name);
        free(marks);
        unlink(in_scratch("undone"));
        struct job job = wait_for(id, i == 0 ? JOB_DONE : JOB_INTERRUPTED);
        assert_int_equal(job.ended, i == 0 ? 5 : 0);
        job_clear(&job);
        assert_int_equal(job_cancel(id, NULL), i == 0 ? -EALREADY : 0);
        if (i > 0)
            ends(id, JOB_CANCELLED, NULL);
        assert_int_equal(access(in_scratch("undone"), F_OK), i == 0 ? -1 : 0);
    }
}

static void output_cannot_forge_marks(void **state)
{
    struct plan *plan = new_plan();
    struct job_follow *early = NULL;
    struct job_event event;
    struct buf told = BUF_INIT, late = BUF_INIT;
    struct err err = {0};
    int rc = 0;
    (void)state;

    add(plan, "A", "echo '{\"at\": 1, \"log\": 0, \"event\": \"end\", \"step\": 7}'; seq 1 40000; sleep .1; echo b",
        NULL);
    add(plan, "B", "printf 'no end'", NULL);
    add(plan, "C", "printf 'of line'", NULL);
    int id = begin(plan);
    assert_int_equal(job_follow_open(id, &early, &err), 0);
    /* A reader from the first moment on, and one afterwards, are told the same. */
    for (int i = 0; i < 2000 && !strstr(told.s, "[end 2"); i++) {
        while ((rc = job_follow_next(early, &event, &err)) == 1) {
            if (event.type == JOB_EVENT_LOG)
                buf_add(&told, event.bytes, event.len);
            else
                buf_addf(&told, "[%s %d %d %d]\n", event.event, event.step, event.exit, event.signal);
        }
        assert_int_equal(rc, 0);
        pause_a_little();
    }
    job_follow_free(early);
    story(id, &late);
    assert_string_equal(told.s, late.s);
    assert_true(
        text_starts(late.s, "[begin 0 0 0]\n{\"at\": 1, \"log\": 0, \"event\": \"end\", \"step\": 7}\n1\n", NULL));
    assert_non_null(
        strstr(late.s, "\n40000\nb\n[end 0 0 0]\n[begin 1 0 0]\nno end[end 1 0 0]\n[begin 2 0 0]\nof line[end 2"));
    buf_clear(&told);
    buf_clear(&late);
    ends(id, JOB_DONE, "");
}

static void what_was_left_open_stays_open(void **state)
{
    struct plan *plan = new_plan();
    struct err err = {0};
    (void)state;

    int fd = lock_flock(AT_FDCWD, in_scratch("held"), 1000, &err);
    assert_true(fd >= 0);
    fcntl(fd, F_SETFD, 0);
    add(plan, "S", "touch $D/up; while [ ! -e $D/go ]; do sleep .02; done", NULL);
    int id = begin(plan);
    close(fd);
    wait_for_file("up");
    assert_int_equal(lock_flock(AT_FDCWD, in_scratch("held"), 50, &err), -ETIMEDOUT);
    close(open(in_scratch("go"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ends(id, JOB_DONE, "");
    fd = lock_flock(AT_FDCWD, in_scratch("held"), 5000, &err);
    assert_true(fd >= 0);
    close(fd);
}

static void a_supervisor_that_is_not_there_is_told(void **state)
{
    struct plan *plan = new_plan();
    struct err err = {0};
    struct argv names = ARGV_INIT;
    int id = 0;
    (void)state;

    add(plan, "S", "true", NULL);
    setenv("TENGIL_LIBEXEC_DIR", "/nowhere", 1);
    assert_int_equal(job_start(plan, NULL, &id, &err), -ENOENT);
    assert_string_equal(err.text, "Could not start /nowhere/tengil-job: No such file or directory.");
    assert_int_equal(file_list(AT_FDCWD, in_scratch("jobs"), &names, NULL), 0);
    assert_int_equal(names.n, 0);
    plan_free(plan);
}

static void progress_is_the_bytes_on_disk(void **state)
{
    struct plan_step step = {0};
    (void)state;

    assert_true(job_progress(&step) == HOST_UNKNOWN);
    setenv("TENGIL_CACHE_DIR", scratch, 1);
    step.progress_dir = mem_strdup(in_scratch("pull/x"));
    assert_int_equal(job_progress(&step), 0);
    assert_int_equal(file_make_dirs(AT_FDCWD, in_scratch("blobs/sha256"), 0700, NULL), 0);
    assert_int_equal(file_write(AT_FDCWD, in_scratch("blobs/sha256/old"), 0600, "12345", 5, NULL), 0);
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, in_scratch("blobs/sha256/old"), old, 0), 0);
    assert_int_equal(file_make_dirs(AT_FDCWD, step.progress_dir, 0700, NULL), 0);
    assert_int_equal(file_write(AT_FDCWD, in_scratch("pull/x/oci-put-blob1"), 0600, "123", 3, NULL), 0);
    assert_int_equal(file_write(AT_FDCWD, in_scratch("blobs/sha256/new"), 0600, "1234567", 7, NULL), 0);
    assert_int_equal(job_progress(&step), 10);
    step.progress_total = 8;
    assert_int_equal(job_progress(&step), 8);
    free(step.progress_dir);
}

/* --- jobs that have ended ----------------------------------------------------------------------------------------- */

static bool unread(int id)
{
    struct job job = {0};

    assert_int_equal(job_load(id, &job, NULL), 0);
    bool is = job.unread;
    job_clear(&job);
    return is;
}

static int one_step(const char *script, enum job_state end)
{
    struct plan *plan = new_plan();

    add(plan, "A", script, "false");
    int id = begin(plan);
    if (end != JOB_RUNNING)
        ends(id, end, NULL);
    return id;
}

static void a_bad_end_is_unread_until_it_is_read(void **state)
{
    (void)state;
    int good = one_step("true", JOB_DONE), bad = one_step("false", JOB_UNDO_FAILED);

    assert_false(unread(good));
    assert_true(unread(bad));
    assert_int_equal(job_read(good, NULL), 0);
    assert_int_equal(access(in_scratch("jobs/1/read"), F_OK), -1);
    assert_int_equal(job_read(bad, NULL), 0);
    assert_false(unread(bad));
    has_text("jobs/2/read", "undo-failed\n");
    assert_int_equal(job_read(7, NULL), -ENOENT);

    /* Read while it was interrupted; that its undo failed as well is news. */
    int cut = one_step("touch $D/up; sleep 30", JOB_RUNNING);
    wait_for_file("up");
    struct job job = wait_for(cut, JOB_RUNNING);
    assert_false(job.unread);
    assert_int_equal(kill(job.supervisor, SIGKILL), 0);
    job_clear(&job);
    job = wait_for(cut, JOB_INTERRUPTED);
    job_clear(&job);
    assert_true(unread(cut));
    assert_int_equal(job_read(cut, NULL), 0);
    assert_false(unread(cut));
    assert_int_equal(job_cancel(cut, NULL), 0);
    ends(cut, JOB_UNDO_FAILED, NULL);
    assert_true(unread(cut));
}

static void only_ended_jobs_are_forgotten(void **state)
{
    struct err err = {0};
    struct argv names = ARGV_INIT;
    (void)state;
    int first = one_step("true", JOB_DONE);
    int running = one_step("touch $D/up; while [ ! -e $D/go ]; do sleep .02; done", JOB_RUNNING);

    wait_for_file("up");
    assert_int_equal(job_forget(running, &err), -EBUSY);
    assert_string_equal(err.text, "Job 2 has not ended. Cancel it first, or wait for its end.");
    close(open(in_scratch("go"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ends(running, JOB_DONE, "");
    assert_int_equal(job_forget(first, &err), 0);
    assert_int_equal(job_forget(first, &err), -ENOENT);
    /* The supervisor may hold its lock a moment longer than its last state says. */
    int rc;
    for (int i = 0; (rc = job_forget(running, &err)) == -EBUSY && i < 500; i++)
        pause_a_little();
    if (rc != 0)
        fail_msg("%s", err.text);
    assert_int_equal(file_list(AT_FDCWD, in_scratch("jobs"), &names, NULL), 0);
    assert_int_equal(names.n, 1); /* .last */
    argv_clear(&names);
    assert_int_equal(one_step("true", JOB_DONE), 3);
}

static void what_still_writes_keeps_its_job(void **state)
{
    struct err err = {0};
    (void)state;
    int id = one_step("touch $D/up; sleep 30", JOB_RUNNING);

    wait_for_file("up");
    struct job job = wait_for(id, JOB_RUNNING);
    /* As a process of the step that outlives its supervisor. */
    int log = open(in_scratch("jobs/1/log"), O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(kill(job.supervisor, SIGKILL), 0);
    job_clear(&job);
    job = wait_for(id, JOB_INTERRUPTED);
    job_clear(&job);
    for (int i = 0; i < 500 && flock(log, LOCK_EX | LOCK_NB); i++)
        pause_a_little();
    assert_int_equal(job_forget(id, &err), -EBUSY);
    close(log);
    assert_int_equal(job_forget(id, &err), 0);
}

static void marks_alone_tell_where_the_log_stood(void **state)
{
    struct plan *plan = new_plan();
    struct job_follow *follow = NULL;
    struct job_event event;
    struct err err = {0};
    struct buf told = BUF_INIT;
    (void)state;

    add(plan, "A", "echo 12345", NULL);
    add(plan, "B", "echo 12", NULL);
    int id = begin(plan);
    ends(id, JOB_DONE, "");
    assert_int_equal(job_follow_open(id, &follow, &err), 0);
    while (job_follow_mark(follow, &event, &err) == 1)
        buf_addf(&told, "%s %d %ld\n", event.event, event.step, (long)event.log);
    assert_string_equal(told.s, "begin 0 0\nend 0 6\nbegin 1 6\nend 1 9\n");
    int log = job_follow_log(follow);
    assert_true(log >= 0);
    close(log);
    job_follow_free(follow);
    buf_clear(&told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(steps_run_in_order_and_are_told, fresh),
        cmocka_unit_test_setup(a_failed_step_is_undone_from_the_last_to_the_first, fresh),
        cmocka_unit_test_setup(the_reason_is_the_last_that_was_said, fresh),
        cmocka_unit_test_setup(a_tool_that_is_not_there_is_named, fresh),
        cmocka_unit_test_setup(a_cancel_stops_the_step_and_undoes, fresh),
        cmocka_unit_test_setup(a_cancel_during_an_undo_changes_nothing, fresh),
        cmocka_unit_test_setup(strays_are_waited_for, fresh),
        cmocka_unit_test_setup(one_step_may_ask_for_one_repetition, fresh),
        cmocka_unit_test_setup(a_claim_is_refused_or_waited_for, fresh),
        cmocka_unit_test_setup(a_killed_supervisor_is_noticed_and_undone, fresh),
        cmocka_unit_test_setup(a_kill_at_any_moment_is_survived, fresh),
        cmocka_unit_test_setup(a_job_that_was_killed_when_all_was_done_is_done, fresh),
        cmocka_unit_test_setup(output_cannot_forge_marks, fresh),
        cmocka_unit_test_setup(what_was_left_open_stays_open, fresh),
        cmocka_unit_test_setup(a_supervisor_that_is_not_there_is_told, fresh),
        cmocka_unit_test_setup(progress_is_the_bytes_on_disk, fresh),
        cmocka_unit_test_setup(a_bad_end_is_unread_until_it_is_read, fresh),
        cmocka_unit_test_setup(only_ended_jobs_are_forgotten, fresh),
        cmocka_unit_test_setup(what_still_writes_keeps_its_job, fresh),
        cmocka_unit_test_setup(marks_alone_tell_where_the_log_stood, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
