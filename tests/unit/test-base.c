#include "tests/unit/unit.h"

#include "backend/base/argv.h"
#include "backend/base/err.h"
#include "backend/base/file.h"
#include "backend/base/hash.h"
#include "backend/base/lock.h"
#include "backend/base/num.h"
#include "backend/base/spawn.h"
#include "backend/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void quoting_survives_a_shell(void **state)
{
    static const char *const words[] = {
        "plain",
        "",
        "two words",
        "it's",
        "$(reboot)",
        "a\nb",
        "tab\there",
        "\033[31m",
        "bad\xff"
        "1",
        "ü",
        "-x",
        "a=b",
        "\\back\\slash'\n",
        "*",
        "~",
        "\u202e"
        "gnp",
        "!x",
        "#c",
        "{a,b}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct buf line = BUF_INIT;
        struct spawn_result result = SPAWN_RESULT_INIT;
        struct argv shell = ARGV_INIT;
        struct err err = {0};
        buf_adds(&line, "printf %s ");
        argv_quote_word(&line, words[i]);
        assert_true(text_is_clean(line.s, line.len));
        argv_push_all(&shell, "bash", "-c", line.s, (char *)NULL);
        assert_int_equal(spawn_capture(&shell, 4096, 10000, &result, &err), 0);
        assert_string_equal(result.out.s, words[i]);
        spawn_result_clear(&result);
        argv_clear(&shell);
        buf_clear(&line);
    }
}

static void sizes_are_read_whole_or_refused(void **state)
{
    static const struct {
        const char *text;
        int ok;
        uint64_t bytes;
    } rows[] = {
        {"16", 1, 16ull << 20},
        {"16G", 1, 16ull << 30},
        {"1.5K", 1, 1536},
        {"8GiB", 1, 8ull << 30},
        {"512 mb", 1, 512ull << 20},
        {"7b", 1, 7},
        {"", 0, 0},
        {"G", 0, 0},
        {"-1", 0, 0},
        {"1e3", 0, 0},
        {"0x10", 0, 0},
        {"16Q", 0, 0},
        {"16Gx", 0, 0},
        {"99999999999999999999", 0, 0},
        {"1.", 0, 0},
        {" 1", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t bytes = 0;
        int ok = num_parse_size(rows[i].text, 1 << 20, &bytes);
        if (ok != rows[i].ok || bytes != rows[i].bytes)
            fail_msg("\"%s\": %d, %llu bytes", rows[i].text, ok, (unsigned long long)bytes);
    }
}

static void numbers_are_written_as_tables_want_them(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *four, *sentence;
    } rows[] = {
        {0, "0B", "0 bytes"},
        {999, "999B", "999 bytes"},
        {1000, "1.0K", "1 KiB"},
        {118ull << 20, "118M", "118 MiB"},
        {10522669875ull, "9.8G", "9.8 GiB"},
        {966367641, "922M", "921.6 MiB"},
        {1000ull << 20, "1.0G", "1 GiB"},
        {16ull << 30, "16G", "16 GiB"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf a = BUF_INIT, b = BUF_INIT;
        num_add_size4(&a, rows[i].bytes);
        num_add_size(&b, rows[i].bytes);
        assert_string_equal(a.s, rows[i].four);
        if (i != 5) /* 921.6 is over 100: no decimal */
            assert_string_equal(b.s, rows[i].sentence);
        buf_clear(&a);
        buf_clear(&b);
    }
}

static void durations_have_one_or_two_units(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {{4, "4s"}, {188, "3m08s"}, {7500, "2h05m"}, {187200, "2d 4h"}, {41 * 86400, "41d"}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf b = BUF_INIT;
        num_add_duration(&b, rows[i].seconds);
        assert_string_equal(b.s, rows[i].text);
        buf_clear(&b);
    }
}

static void foreign_text_is_shown_not_obeyed(void **state)
{
    struct buf b = BUF_INIT;
    (void)state;
    text_add_shown(&b, "a\033[2Jü\xff\xc3", 8);
    assert_string_equal(b.s, "a\\x1b[2Jü\\xff");
    buf_clear(&b);
    assert_false(text_is_clean("a\0b", 3));
    assert_false(text_is_clean("\xed\xa0\x80", 3));
    assert_true(text_is_clean("日本", 6));
}

static void names_are_compared_by_edits(void **state)
{
    (void)state;
    assert_int_equal(text_distance("memroy", "memory"), 1);
    assert_int_equal(text_distance("cores", "core"), 1);
    assert_int_equal(text_distance("abc", "xyz"), 3);
}

static void files_are_whole_and_private(void **state)
{
    char dir[] = "/tmp/tengil-base-XXXXXX";
    struct err err = {0};
    struct buf b = BUF_INIT;
    struct stat st;
    (void)state;
    assert_non_null(mkdtemp(dir));
    int fd = open(dir, O_RDONLY | O_DIRECTORY);
    assert_int_equal(file_make_dirs(fd, "a/b/c", 0700, &err), 0);
    assert_int_equal(file_write(fd, "a/b/c/f", 0600, "hello", 5, &err), 0);
    assert_int_equal(fstatat(fd, "a/b/c/f", &st, 0), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(file_read(fd, "a/b/c/f", 4, &b, &err), -EFBIG);
    assert_int_equal(file_read(fd, "a/b/c/f", 5, &b, &err), 0);
    assert_string_equal(b.s, "hello");
    struct argv names = ARGV_INIT;
    assert_int_equal(file_list(fd, "a/b/c", &names, &err), 0);
    assert_int_equal(names.n, 1);
    argv_clear(&names);
    assert_int_equal(symlinkat("/", fd, "a/link"), 0);
    assert_int_equal(file_remove_tree(fd, "a", &err), 0);
    assert_int_equal(access("/etc", F_OK), 0);
    assert_int_equal(fstatat(fd, "a", &st, 0), -1);
    buf_clear(&b);
    close(fd);
    rmdir(dir);
}

static void a_lock_names_its_holder(void **state)
{
    char path[] = "/tmp/tengil-lock-XXXXXX";
    int pipes[2];
    char c;
    (void)state;
    close(mkstemp(path));
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = lock_take(AT_FDCWD, path, NULL);
        c = fd >= 0;
        if (write(pipes[1], &c, 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(pipes[0], &c, 1), 1);
    assert_int_equal(lock_holder(AT_FDCWD, path), child);
    assert_int_equal(lock_take(AT_FDCWD, path, NULL), -EAGAIN);
    kill(child, 9);
    int fd = lock_wait(AT_FDCWD, path, NULL);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(lock_holder(AT_FDCWD, path), 0);
    unlink(path);
}

static void digests_are_those_of_the_standard(void **state)
{
    char hex[65];
    (void)state;
    hash_sha256("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_sha1("abc", 3, hex);
    assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
}

static void a_child_is_bounded(void **state)
{
    struct argv yes = ARGV_INIT, slow = ARGV_INIT, none = ARGV_INIT;
    struct spawn_result r = SPAWN_RESULT_INIT;
    struct err err = {0};
    (void)state;
    argv_push_all(&yes, "yes", (char *)NULL);
    assert_int_equal(spawn_capture(&yes, 100000, 10000, &r, &err), -EFBIG);
    argv_push_all(&slow, "sleep", "60", (char *)NULL);
    assert_int_equal(spawn_capture(&slow, 10, 50, &r, &err), -ETIMEDOUT);
    argv_push_all(&none, "no-such-program-here", (char *)NULL);
    assert_int_equal(spawn_capture(&none, 10, 50, &r, &err), -ENOENT);
    assert_string_equal(err.text, "no-such-program-here is not installed.");
    spawn_result_clear(&r);
    argv_clear(&yes);
    argv_clear(&slow);
    argv_clear(&none);
}

static void sentences_are_cut_between_characters(void **state)
{
    struct err err = {0};
    char text[2048];
    (void)state;
    memset(text, 'a', 1021);
    memcpy(text + 1021, "\u20ac\u20ac", 7);
    assert_int_equal(err_set(&err, -EINVAL, "%s", text), -EINVAL);
    assert_true(text_is_clean(err.text, strlen(err.text)));
    err_set(&err, -EINVAL, "too small.");
    err_prefix(&err, -EINVAL, "Memory: ");
    assert_string_equal(err.text, "Memory: too small.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoting_survives_a_shell),
        cmocka_unit_test(sizes_are_read_whole_or_refused),
        cmocka_unit_test(numbers_are_written_as_tables_want_them),
        cmocka_unit_test(durations_have_one_or_two_units),
        cmocka_unit_test(foreign_text_is_shown_not_obeyed),
        cmocka_unit_test(names_are_compared_by_edits),
        cmocka_unit_test(files_are_whole_and_private),
        cmocka_unit_test(a_lock_names_its_holder),
        cmocka_unit_test(digests_are_those_of_the_standard),
        cmocka_unit_test(a_child_is_bounded),
        cmocka_unit_test(sentences_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
