#include "tests/unit/unit.h"

#include "backend/base/argv.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/spec/imageref.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static bool same(const char *got, const char *want)
{
    return strcmp(got ? got : "", want) == 0;
}

/* A row: input, registry, repository, tag, digest, words of the refusal. */
static void check_row(char *line, size_t number)
{
    char *field[6] = {0};
    struct imageref ref = {0};
    struct err err = {0};

    for (size_t i = 0; i < 6; i++)
        field[i] = strsep(&line, "\t");
    assert_non_null(field[5]);
    int rc = imageref_parse(field[0], &ref, &err);
    if (*field[5]) {
        if (rc != -EINVAL || !strstr(err.text, field[5]) || ref.registry)
            fail_msg("row %zu, %s: %d \"%s\", not \"%s\"", number, field[0], rc, err.text, field[5]);
        size_t len = strlen(err.text);
        if (!text_is_clean(err.text, len) || (err.text[len - 1] != '.' && !strstr(err.text, "sha256:…")))
            fail_msg("row %zu: \"%s\" is no sentence", number, err.text);
    } else if (rc || !same(ref.registry, field[1]) || !same(ref.repository, field[2]) || !same(ref.tag, field[3]) ||
               !same(ref.digest, field[4])) {
        fail_msg("row %zu, %s: %d \"%s\" %s|%s|%s|%s", number, field[0], rc, err.text, ref.registry, ref.repository,
                 ref.tag, ref.digest);
    }
    imageref_clear(&ref);
}

static void references_are_those_that_skopeo_takes(void **state)
{
    struct buf text = BUF_INIT;
    struct err err = {0};
    size_t rows = 0, number = 0;

    (void)state;
    assert_int_equal(file_read(AT_FDCWD, TEST_DATA "/references.tsv", 1 << 20, &text, &err), 0);
    for (char *p = text.s, *line; (line = strsep(&p, "\n")) && p;) {
        number++;
        if (*line == '#')
            continue;
        check_row(line, number);
        rows++;
    }
    assert_int_equal(rows, 70);
    buf_clear(&text);
}

static void slips_get_their_own_sentence(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "No image is named"},
        {"-x/y", "begins with a minus sign"},
        {"--help", "begins with a minus sign"},
        {"docker://alpine", "Leave out \"docker://\""},
        {"a\nb", "\\x0a"},
        {"a\033[2J", "\\x1b"},
        {"a b", "blank"},
        {"reg.lan:x/app", "port that is no number"},
        {"app:a+b", "holds \"+\""},
        {"app@sha256", "does not know"},
        {"app@", "does not know"},
        {"../../etc/passwd", "no host name"},
        {"a/../b", "no registry takes"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct imageref ref = {0};
        struct err err = {0};
        if (imageref_parse(rows[i].text, &ref, &err) != -EINVAL || !strstr(err.text, rows[i].words))
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].text, err.text, rows[i].words);
    }
}

static void a_long_text_is_refused_quickly(void **state)
{
    char *text = mem_zero(1, 3000001);
    struct imageref ref = {0};
    struct err err = {0};
    (void)state;
    memset(text, 'a', 3000000);
    assert_int_equal(imageref_parse(text, &ref, &err), -EINVAL);
    assert_non_null(strstr(err.text, "too long"));
    text[1024] = '\0';
    assert_int_equal(imageref_parse(text, &ref, &err), -EINVAL);
    free(text);
}

static void a_reference_reads_back(void **state)
{
    static const char *const rows[] = {
        "docker.io/library/alpine:3.20",
        "localhost:5000/a/b__c:_x",
        ("ghcr.io/a/b@" DIGEST_A),
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct imageref ref = {0}, copy = {0};
        struct buf b = BUF_INIT;
        assert_int_equal(imageref_parse(rows[i], &ref, NULL), 0);
        imageref_copy(&copy, &ref);
        imageref_clear(&ref);
        imageref_add(&b, &copy);
        assert_string_equal(b.s, rows[i]);
        imageref_clear(&copy);
        buf_clear(&b);
    }
}

static void file_names_are_as_agreed(void **state)
{
    static const struct {
        const char *text, *name;
    } rows[] = {
        {"alpine:3.20", "docker.io_library_alpine_3.20_amd64"},
        {"127.0.0.1:5000/demo/app", "127.0.0.1-5000_demo_app_latest_amd64"},
        {"ghcr.io/a_b/c__d:x_y", "ghcr.io_a__b_c____d_x__y_amd64"},
        {"my-reg.lan/a-b:c-d", "my--reg.lan_a-b_c-d_amd64"},
        {"app@" DIGEST_A, "docker.io_library_app_sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_amd64"},
        {"app:sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "docker.io_library_app_sha256--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_amd64"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct imageref ref = {0};
        struct buf b = BUF_INIT;
        assert_int_equal(imageref_parse(rows[i].text, &ref, NULL), 0);
        imageref_add_filename(&b, &ref, "amd64");
        assert_string_equal(b.s, rows[i].name);
        imageref_clear(&ref);
        buf_clear(&b);
    }
}

/* Parts chosen so that joining, doubling and replacing could make two alike. */
static const char *const registries[] = {"a.b", "a.b:5", "a.b-5", "a.b--5", "a-.b", "a.b-5:5", "b.a"};
static const char *const paths[] = {"a", "a/a", "a_a", "a__a", "a/a_a", "a_a/a", "a-a", "a--a", "a.a", "sha256-a"};
static const char *const tags[] = {
    ":a",
    ":_a",
    ":a_",
    ":__a",
    ":_",
    ":__",
    ":a_a",
    ":a__a",
    ":a-a",
    ":a_amd64",
    ":amd64",
    ":sha256",
    ":sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ":sha256--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ":sha256--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ":sha512-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ("@" DIGEST_A),
};
static const char *const archs[] = {"amd64", "arm64", "a"};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "NAME\tREFERENCE ARCH" for each architecture. */
static void add_names_of(struct argv *names, const char *text)
{
    struct imageref ref = {0};
    if (imageref_parse(text, &ref, NULL)) /* a-.b is no host: such rows test nothing */
        return;
    for (size_t i = 0; i < COUNT(archs); i++) {
        struct buf b = BUF_INIT;
        imageref_add_filename(&b, &ref, archs[i]);
        assert_int_equal(strspn(b.s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"), b.len);
        buf_addch(&b, '\t');
        imageref_add(&b, &ref);
        buf_addf(&b, " %s", archs[i]);
        argv_push_nodup(names, buf_detach(&b));
    }
    imageref_clear(&ref);
}

static void no_two_references_share_a_file_name(void **state)
{
    struct argv names = ARGV_INIT;
    (void)state;
    for (size_t r = 0; r < COUNT(registries); r++) {
        for (size_t p = 0; p < COUNT(paths) * COUNT(paths); p++) {
            for (size_t t = 0; t < COUNT(tags); t++) {
                char text[400];
                const char *tail = paths[p % COUNT(paths)];
                snprintf(text, sizeof(text), "%s/%s/%s%s", registries[r], paths[p / COUNT(paths)], tail, tags[t]);
                add_names_of(&names, text);
            }
        }
    }
    assert_true(names.n > 10000);
    qsort(names.v, names.n, sizeof(*names.v), by_bytes);
    for (size_t i = 1; i < names.n; i++) {
        /* a/a + a and a + a/a are one reference twice; two references with one name are the clash. */
        const char *last = names.v[i - 1], *now = names.v[i];
        size_t len = strcspn(now, "\t");
        if (strncmp(last, now, len + 1) == 0 && strcmp(last, now) != 0)
            fail_msg("one name for two: %s and %s", last, now);
    }
    argv_clear(&names);
}

static void long_names_are_cut_and_stay_distinct(void **state)
{
    struct imageref a = {0}, b = {0};
    struct buf na = BUF_INIT, nb = BUF_INIT, text = BUF_INIT;
    (void)state;
    buf_adds(&text, "example.com/");
    for (int i = 0; i < 230; i++)
        buf_addch(&text, 'a');
    size_t len = text.len;
    buf_adds(&text, ":1");
    assert_int_equal(imageref_parse(text.s, &a, NULL), 0);
    buf_cut(&text, len);
    buf_adds(&text, ":2");
    assert_int_equal(imageref_parse(text.s, &b, NULL), 0);
    imageref_add_filename(&na, &a, "amd64");
    imageref_add_filename(&nb, &b, "amd64");
    assert_int_equal(na.len, 200);
    assert_int_equal(nb.len, 200);
    assert_string_not_equal(na.s, nb.s);
    imageref_clear(&a);
    imageref_clear(&b);
    buf_clear(&na);
    buf_clear(&nb);
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_those_that_skopeo_takes),
        cmocka_unit_test(slips_get_their_own_sentence),
        cmocka_unit_test(a_long_text_is_refused_quickly),
        cmocka_unit_test(a_reference_reads_back),
        cmocka_unit_test(file_names_are_as_agreed),
        cmocka_unit_test(no_two_references_share_a_file_name),
        cmocka_unit_test(long_names_are_cut_and_stay_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
