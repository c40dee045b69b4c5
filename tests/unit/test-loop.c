#include "tests/unit/unit.h"

#include "backend/base/buf.h"
#include "backend/base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct loop *loop;
static struct loop_timer *guard;

static void too_late(void *data)
{
    (void)data;
    fail_msg("nothing came in 20 s");
}

static int start(void **state)
{
    (void)state;
    loop = loop_new();
    guard = loop_timer_new(loop, too_late, NULL);
    loop_timer_set(guard, 20000, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    loop_timer_free(guard);
    loop_free(loop);
    return 0;
}

static void run_until(const int *count, int wanted)
{
    while (*count < wanted)
        assert_true(loop_turn(loop, true));
}

static void run_for(int ms)
{
    struct timespec from, now;
    clock_gettime(CLOCK_MONOTONIC, &from);
    do {
        loop_turn(loop, false);
        usleep(2000);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000 < ms);
}

static int counted;

static void count(void *data)
{
    (void)data;
    counted++;
}

static void timers_fire_once_or_again(void **state)
{
    struct loop_timer *once, *again;
    (void)state;
    counted = 0;
    once = loop_timer_new(loop, count, NULL);
    assert_false(loop_timer_running(once));
    loop_timer_set(once, 1, 0);
    assert_true(loop_timer_running(once));
    run_until(&counted, 1);
    assert_false(loop_timer_running(once));
    again = loop_timer_new(loop, count, NULL);
    loop_timer_set(again, 1, 1);
    run_until(&counted, 4);
    loop_timer_stop(again);
    run_for(20);
    assert_int_equal(counted, 4);
    loop_timer_free(once);
    loop_timer_free(again);
    loop_timer_free(NULL);
}

static struct loop_timer *suicidal;

static void free_itself(void *data)
{
    (void)data;
    counted++;
    loop_timer_free(suicidal);
}

static void what_is_freed_in_its_callback_is_not_called_again(void **state)
{
    (void)state;
    counted = 0;
    suicidal = loop_timer_new(loop, free_itself, NULL);
    loop_timer_set(suicidal, 1, 1);
    run_for(30);
    assert_int_equal(counted, 1);
}

static void stop_it(void *data)
{
    (void)data;
    loop_stop(loop);
}

static void stopping_in_a_timer_does_not_wait_for_more(void **state)
{
    struct loop_timer *timer = loop_timer_new(loop, stop_it, NULL);
    (void)state;
    loop_timer_set(timer, 1, 0);
    usleep(5000); /* due before the turn begins */
    loop_run(loop);
    loop_timer_set(timer, 20, 0);
    loop_run(loop);
    loop_timer_free(timer);
}

static char order[200];

static void hook(void *data)
{
    (void)data;
    strncat(order, "p", sizeof(order) - strlen(order) - 1);
}

static void event(void *data)
{
    strncat(order, data, sizeof(order) - strlen(order) - 1);
}

static void the_hook_comes_once_before_each_wait(void **state)
{
    struct loop_timer *a = loop_timer_new(loop, event, "a"), *b = loop_timer_new(loop, event, "b");
    (void)state;
    order[0] = '\0';
    loop_before_wait(loop, hook, NULL);
    loop_timer_set(a, 5, 0);
    loop_timer_set(b, 5, 0);
    usleep(10000);
    loop_turn(loop, false);
    /* Both in one turn, painted once behind both. */
    assert_string_equal(order, "abp");
    loop_turn(loop, false);
    assert_string_equal(order, "abpp");
    loop_before_wait(loop, NULL, NULL);
    loop_timer_free(a);
    loop_timer_free(b);
}

static double slowest;

static void slow(void *data, double ms)
{
    (void)data;
    if (ms > slowest)
        slowest = ms;
}

static void hold(void *data)
{
    (void)data;
    usleep(40000);
    counted++;
}

static void slow_turns_are_told(void **state)
{
    struct loop_timer *timer = loop_timer_new(loop, count, NULL);
    (void)state;
    counted = 0;
    slowest = 0;
    loop_on_slow_turn(loop, slow, NULL);
    loop_timer_set(timer, 40, 0);
    run_until(&counted, 1);
    loop_turn(loop, false);
    assert_true(slowest == 0); /* waiting is no work */
    loop_timer_free(timer);
    timer = loop_timer_new(loop, hold, NULL);
    loop_timer_set(timer, 1, 0);
    run_until(&counted, 2);
    loop_turn(loop, false);
    assert_true(slowest >= 39);
    loop_timer_free(timer);
}

static char got[64];

static void on_bytes(void *data, int ready)
{
    int fd = *(int *)data;
    assert_true(ready & LOOP_READ);
    ssize_t n = read(fd, got, sizeof(got) - 1);
    got[n > 0 ? n : 0] = '\0';
    counted++;
}

static void descriptors_are_waited_for(void **state)
{
    int fds[2];
    (void)state;
    counted = 0;
    assert_int_equal(pipe(fds), 0);
    struct loop_fd *watch = loop_fd_new(loop, fds[0], LOOP_READ, on_bytes, &fds[0]);
    assert_non_null(watch);
    assert_int_equal(write(fds[1], "abc", 3), 3);
    run_until(&counted, 1);
    assert_string_equal(got, "abc");
    loop_fd_set(watch, 0);
    assert_int_equal(write(fds[1], "d", 1), 1);
    run_for(20);
    assert_int_equal(counted, 1);
    loop_fd_set(watch, LOOP_READ);
    run_until(&counted, 2);
    loop_fd_free(watch);
    close(fds[0]);
    close(fds[1]);
    int file = open("/etc/passwd", O_RDONLY);
    assert_null(loop_fd_new(loop, file, LOOP_READ, on_bytes, &file));
    close(file);
}

static int last_signal;

static void on_signal(void *data, int signal)
{
    (void)data;
    last_signal = signal;
    counted++;
}

static void signals_come_through_the_loop(void **state)
{
    (void)state;
    counted = 0;
    struct loop_signal *watch = loop_signal_new(loop, SIGUSR1, on_signal, NULL);
    kill(getpid(), SIGUSR1);
    run_until(&counted, 1);
    assert_int_equal(last_signal, SIGUSR1);
    loop_signal_free(watch);
}

/* --- children --- */

static struct {
    struct buf out[3];
    struct loop_child_end end;
    int done;
    size_t at_done;
} child;

static void on_output(void *data, int stream, const char *bytes, size_t len)
{
    (void)data;
    assert_int_equal(child.done, 0);
    buf_add(&child.out[stream], bytes, len);
}

static void on_done(void *data, const struct loop_child_end *end)
{
    (void)data;
    child.end = *end;
    child.done++;
    child.at_done = child.out[1].len;
}

static struct loop_child *run(const char *script)
{
    const struct loop_child_options options = {.output = on_output, .done = on_done};
    struct argv argv = ARGV_INIT;
    struct err err = {0};
    memset(&child, 0, sizeof(child));
    buf_init(&child.out[1]);
    buf_init(&child.out[2]);
    argv_push_all(&argv, "sh", "-c", script, (char *)NULL);
    struct loop_child *c = loop_child_start(loop, &argv, &options, &err);
    argv_clear(&argv);
    assert_non_null(c);
    return c;
}

static void end_run(struct loop_child *c)
{
    loop_child_free(c);
    buf_clear(&child.out[1]);
    buf_clear(&child.out[2]);
}

static void a_child_tells_its_output_and_end(void **state)
{
    (void)state;
    struct loop_child *c = run("echo out; echo err >&2; cat; exit 3");
    assert_true(loop_child_pid(c) > 0);
    run_until(&child.done, 1);
    assert_string_equal(child.out[1].s, "out\n");
    assert_string_equal(child.out[2].s, "err\n");
    assert_int_equal(child.end.exit, 3);
    assert_int_equal(child.end.signal, 0);
    end_run(c);
}

static void a_child_is_over_after_output_and_exit(void **state)
{
    (void)state;
    /* 3 MB that are in the pipe when it exits, and a grandchild that writes after the exit. */
    struct loop_child *c = run("head -c 3000000 /dev/zero; (sleep 0.3; echo late) & exit 0");
    run_until(&child.done, 1);
    assert_int_equal(child.at_done, 3000005);
    assert_false(child.end.cut);
    end_run(c);
}

static void a_grandchild_does_not_keep_it_for_ever(void **state)
{
    (void)state;
    struct loop_child *c = run("echo begun; sleep 30 & echo $!; exit 0");
    run_until(&child.done, 1);
    assert_true(child.end.cut);
    assert_int_equal(child.end.exit, 0);
    int pid = atoi(strchr(child.out[1].s, '\n') + 1);
    assert_true(pid > 1);
    kill(pid, SIGKILL);
    end_run(c);
}

static void a_child_is_killed_with_its_own(void **state)
{
    (void)state;
    struct loop_child *c = run("trap '' INT; sleep 30 & wait");
    run_for(100);
    loop_child_kill(c, SIGTERM);
    run_until(&child.done, 1);
    assert_int_equal(child.end.exit, -1);
    assert_int_equal(child.end.signal, SIGTERM);
    assert_false(child.end.cut);
    loop_child_kill(c, SIGTERM);
    end_run(c);
}

static void a_child_that_is_freed_goes_on_and_is_reaped(void **state)
{
    (void)state;
    struct loop_child *c = run("sleep 0.2");
    pid_t pid = loop_child_pid(c);
    end_run(c);
    run_for(500);
    assert_int_equal(child.done, 0);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

static void a_program_that_is_not_there_is_a_sentence(void **state)
{
    const struct loop_child_options options = {.output = on_output, .done = on_done};
    struct argv argv = ARGV_INIT;
    struct err err = {0};
    (void)state;
    argv_push(&argv, "no-such-program-at-all");
    assert_null(loop_child_start(loop, &argv, &options, &err));
    assert_non_null(strstr(err.text, "no-such-program-at-all"));
    argv_clear(&argv);
    run_for(10);
}

/* --- watches --- */

static char folder[] = "/tmp/test-loop.XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void changes_are_told_and_gathered(void **state)
{
    char path[200];
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    counted = 0;
    struct loop_watch *watch = loop_watch_new(loop, folder, count, NULL);
    run_for(30);
    assert_int_equal(counted, 0);
    write_file("a", "1");
    run_until(&counted, 1);
    for (int i = 0; i < 200; i++)
        write_file("a", "x");
    run_for(200);
    assert_in_range(counted, 2, 8);
    int before = counted;
    run_for(150);
    assert_int_equal(counted, before);
    loop_watch_free(watch);
    write_file("a", "x");
    run_for(100);
    assert_int_equal(counted, before);
    snprintf(path, sizeof(path), "%s/a", folder);
    unlink(path);
    rmdir(folder);
}

static void a_folder_that_comes_and_goes_is_found_again(void **state)
{
    char path[200];
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/sub", folder);
    counted = 0;
    struct loop_watch *watch = loop_watch_new(loop, path, count, NULL);
    run_for(50);
    assert_int_equal(counted, 0);
    mkdir(path, 0700);
    run_until(&counted, 1);
    write_file("sub/f", "x");
    run_until(&counted, 2);
    run_for(120);
    char file[220];
    snprintf(file, sizeof(file), "%s/f", path);
    unlink(file);
    rmdir(path);
    run_until(&counted, 3);
    run_for(120);
    int before = counted;
    mkdir(path, 0700);
    run_until(&counted, before + 1);
    run_for(120);
    before = counted;
    write_file("sub/f", "x");
    run_until(&counted, before + 1);
    loop_watch_free(watch);
    unlink(file);
    rmdir(path);
    rmdir(folder);
}

/* --- work --- */

static pthread_t worker;
static int gone_count, work_count;

static void work(void *data)
{
    worker = pthread_self();
    *(int *)data = 42;
}

static void work_done(void *data)
{
    assert_int_equal(*(int *)data, 42);
    assert_false(pthread_equal(worker, pthread_self()));
    work_count++;
}

static void work_is_done_elsewhere_and_told_here(void **state)
{
    int value = 0;
    (void)state;
    work_count = 0;
    loop_work_start(loop, work, work_done, &value);
    run_until(&work_count, 1);
}

static volatile int gate;

/* Work that takes as long as the test wants it. */
static void held(void *data)
{
    (void)data;
    while (!__atomic_load_n(&gate, __ATOMIC_ACQUIRE))
        usleep(1000);
}

static void forbidden(void *data)
{
    (void)data;
    fail_msg("abandoned work is told");
}

static void gone(void *data)
{
    (void)data;
    gone_count++;
}

static void abandoned_work_is_let_go_of(void **state)
{
    struct loop_work *works[20];
    (void)state;
    gone_count = 0;
    __atomic_store_n(&gate, 0, __ATOMIC_RELEASE);
    for (int i = 0; i < 20; i++)
        works[i] = loop_work_start(loop, held, forbidden, NULL);
    run_for(30);
    for (int i = 0; i < 20; i++)
        loop_work_abandon(works[i], gone);
    assert_in_range(gone_count, 12, 20); /* what had not begun */
    __atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
    run_until(&gone_count, 20);
}

static void hang(void *data)
{
    (void)data;
    sleep(3);
}

static void hung_work_holds_up_nothing(void **state)
{
    struct timespec from, now;
    int value = 0;
    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &from);
    loop_work_start(loop, hang, forbidden, NULL);
    work_count = 0;
    loop_work_start(loop, work, work_done, &value);
    run_until(&work_count, 1);
    stop(NULL);
    clock_gettime(CLOCK_MONOTONIC, &now);
    assert_true(now.tv_sec - from.tv_sec <= 1);
    start(NULL);
}

static void the_clock_can_be_fixed(void **state)
{
    (void)state;
    setenv("TENGIL_NOW", "1763996460", 1);
    assert_true(loop_now() == 1763996460000LL);
    unsetenv("TENGIL_NOW");
    assert_true(loop_now() > 1763996460000LL);
    long long before = loop_ms(loop);
    run_for(20);
    assert_true(loop_ms(loop) >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(timers_fire_once_or_again, start, stop),
        cmocka_unit_test_setup_teardown(what_is_freed_in_its_callback_is_not_called_again, start, stop),
        cmocka_unit_test_setup_teardown(stopping_in_a_timer_does_not_wait_for_more, start, stop),
        cmocka_unit_test_setup_teardown(the_hook_comes_once_before_each_wait, start, stop),
        cmocka_unit_test_setup_teardown(slow_turns_are_told, start, stop),
        cmocka_unit_test_setup_teardown(descriptors_are_waited_for, start, stop),
        cmocka_unit_test_setup_teardown(signals_come_through_the_loop, start, stop),
        cmocka_unit_test_setup_teardown(a_child_tells_its_output_and_end, start, stop),
        cmocka_unit_test_setup_teardown(a_child_is_over_after_output_and_exit, start, stop),
        cmocka_unit_test_setup_teardown(a_grandchild_does_not_keep_it_for_ever, start, stop),
        cmocka_unit_test_setup_teardown(a_child_is_killed_with_its_own, start, stop),
        cmocka_unit_test_setup_teardown(a_child_that_is_freed_goes_on_and_is_reaped, start, stop),
        cmocka_unit_test_setup_teardown(a_program_that_is_not_there_is_a_sentence, start, stop),
        cmocka_unit_test_setup_teardown(changes_are_told_and_gathered, start, stop),
        cmocka_unit_test_setup_teardown(a_folder_that_comes_and_goes_is_found_again, start, stop),
        cmocka_unit_test_setup_teardown(work_is_done_elsewhere_and_told_here, start, stop),
        cmocka_unit_test_setup_teardown(abandoned_work_is_let_go_of, start, stop),
        cmocka_unit_test_setup_teardown(hung_work_holds_up_nothing, start, stop),
        cmocka_unit_test_setup_teardown(the_clock_can_be_fixed, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
