#include "tests/unit/unit.h"

#include "backend/base/file.h"
#include "backend/base/hash.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/registry/inspect.h"
#include "backend/registry/skopeo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define A64      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C64      "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* Answers in the form of those that registries gave to skopeo 1.9.3. umoci's manifests have no mediaType at the top. */
static const char manifest_json[] =
    "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/"
    "vnd.oci.image.config.v1+json\",\"digest\":\"sha256:" A64
    "\",\"size\":714},\"layers\":[{\"mediaType\":\"application/"
    "vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:" B64 "\",\"size\":1000000},{\"digest\":\"sha256:" C64
    "\",\"size\":500},{\"digest\":\"sha256:" C64 "\",\"size\":500}]}";
static const char config_json[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\"1000:1000\",\"Env\":[\"PATH=/bin\","
    "\"GREETING=hello world\"],\"Entrypoint\":[\"/bin/sh\",\"-c\"],\"Cmd\":[\"exec "
    "httpd\"],\"Volumes\":{\"/config\":{},"
    "\"/data\":{}}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";

static char dir[] = "/tmp/tengil-inspect-XXXXXX";

static void write_file(const char *name, mode_t mode, const char *text)
{
    char *path = mem_printf("%s/%s", dir, name), *parent = mem_strdup(path);
    *strrchr(parent, '/') = '\0';
    assert_int_equal(file_make_dirs(AT_FDCWD, parent, 0755, NULL), 0);
    assert_int_equal(file_write(AT_FDCWD, path, mode, text, strlen(text), NULL), 0);
    free(path);
    free(parent);
}

/* A skopeo that writes down how it was called and answers from files: `raw` for a tag, `platform` for a digest. */
static const char fake_skopeo[] = "#!/bin/sh\n"
                                  "printf '%s\\n' \"$*\" >>\"$FAKE/calls\"\n"
                                  "[ -f \"$FAKE/fail\" ] && { cat \"$FAKE/fail\" >&2; exit 1; }\n"
                                  "case \"$*\" in\n"
                                  "*--config*) cat \"$FAKE/config\" ;;\n"
                                  "*--raw*@sha256:*) cat \"$FAKE/platform\" ;;\n"
                                  "*--raw*) cat \"$FAKE/raw\" ;;\n"
                                  "*) exit 9 ;;\n"
                                  "esac\n";

static int setup(void **state)
{
    (void)state;
    memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(dir));
    write_file("bin/skopeo", 0755, fake_skopeo);
    write_file("config", 0644, config_json);
    char *path = mem_printf("%s/bin:/usr/bin:/bin", dir), *st = mem_printf("%s/state", dir);
    setenv("PATH", path, 1);
    setenv("TENGIL_STATE_DIR", st, 1);
    setenv("FAKE", dir, 1);
    free(path);
    free(st);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return file_remove_tree(AT_FDCWD, dir, NULL);
}

static int fetch(const char *image, const char *arch, const struct settings *settings, struct image_facts *facts,
                 struct err *err)
{
    struct imageref ref = {0};
    char *blobs = mem_printf("%s/blobs", dir);
    assert_int_equal(imageref_parse(image, &ref, NULL), 0);
    int rc = image_facts_fetch(&ref, arch, settings, blobs, facts, err);
    imageref_clear(&ref);
    free(blobs);
    return rc;
}

static char *calls(void)
{
    struct buf b = BUF_INIT;
    char *path = mem_printf("%s/calls", dir);
    assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &b, NULL), 0);
    free(path);
    return buf_detach(&b);
}

static char *index_of(const char *manifest, const char *arch)
{
    char hex[HASH_SHA256_HEX + 1];
    hash_sha256(manifest, strlen(manifest), hex);
    return mem_printf(
        "{\"schemaVersion\":2,\"manifests\":["
        "{\"digest\":\"sha256:%s\",\"size\":9,\"platform\":{\"architecture\":\"unknown\",\"os\":\"unknown\"}},"
        "{\"digest\":\"sha256:%s\",\"size\":9,\"platform\":{\"architecture\":\"%s\",\"os\":\"windows\"}},"
        "{\"digest\":\"sha256:%s\",\"size\":9,\"platform\":{\"architecture\":\"riscv64\",\"os\":\"linux\"}},"
        "{\"digest\":\"sha256:%s\",\"size\":9,\"platform\":{\"architecture\":\"%s\",\"os\":\"linux\"}}]}",
        A64, B64, arch, C64, hex, arch);
}

static void an_index_leads_to_the_platform(void **state)
{
    struct settings settings = {0};
    struct image_facts facts = {0};
    struct err err = {0};
    char *index = index_of(manifest_json, "amd64"), hex[HASH_SHA256_HEX + 1];
    (void)state;
    write_file("raw", 0644, index);
    write_file("platform", 0644, manifest_json);
    write_file("blobs/sha256/" C64, 0644, "too short");
    if (fetch("demo/app:1", "amd64", &settings, &facts, &err))
        fail_msg("%s", err.text);
    hash_sha256(index, strlen(index), hex);
    assert_string_equal(facts.digest + 7, hex); /* of what the tag points at */
    assert_string_equal(facts.arch, "amd64");
    assert_int_equal(facts.size, 714 + 1000000 + 500); /* a blob that stands twice counts once */
    assert_int_equal(facts.missing, facts.size);       /* a kept one of another size is not whole */
    assert_int_equal(facts.env.n, 2);
    assert_string_equal(facts.env.v[1], "GREETING=hello world");
    assert_int_equal(facts.volumes.n, 2);
    assert_int_equal(facts.entrypoint.n, 3);
    assert_string_equal(facts.entrypoint.v[2], "exec httpd");
    assert_string_equal(facts.user, "1000:1000");
    char *log = calls();
    assert_non_null(strstr(log, "inspect --override-arch amd64 --override-os linux --no-tags --raw "
                                "docker://docker.io/demo/app:1\n"));
    assert_non_null(strstr(log, "--config docker://docker.io/demo/app@sha256:"));
    assert_null(strstr(log, "--authfile"));
    assert_null(strstr(log, "--registries-conf"));
    free(log);
    free(index);
    image_facts_clear(&facts);
}

static void kept_blobs_are_not_missing(void **state)
{
    struct settings settings = {0};
    struct image_facts facts = {0};
    struct err err = {0};
    char blob[501];
    (void)state;
    memset(blob, 'x', 500);
    blob[500] = '\0';
    write_file("raw", 0644, manifest_json);
    write_file("blobs/sha256/" C64, 0644, blob);
    if (fetch("demo/app", "amd64", &settings, &facts, &err))
        fail_msg("%s", err.text);
    assert_int_equal(facts.missing, 714 + 1000000);
    image_facts_clear(&facts);
}

static void the_settings_of_the_registry_are_passed(void **state)
{
    struct settings_registry registry = {.name = "docker.io", .mirror = "127.0.0.1:5000", .ca = "/etc/ca"};
    struct settings settings = {.registries = &registry, .nregistries = 1, .authfile = "/root/auth.json"};
    struct image_facts facts = {0};
    struct argv copy = ARGV_INIT;
    struct imageref ref = {0};
    struct buf line = BUF_INIT;
    struct err err = {0};
    (void)state;
    write_file("raw", 0644, manifest_json);
    if (fetch("demo/app", "i386", &settings, &facts, &err))
        fail_msg("%s", err.text);
    char *log = calls(), *conf = settings_registries_conf_path(&settings);
    char *want = mem_printf("--registries-conf %s inspect --override-arch 386 --override-os linux --authfile "
                            "/root/auth.json --cert-dir /etc/ca --no-tags --raw docker://docker.io/demo/app:latest\n",
                            conf);
    if (!strstr(log, want))
        fail_msg("%s", log);
    assert_int_equal(access(conf, R_OK), 0);
    assert_string_equal(facts.arch, "amd64"); /* one platform, another than was asked: the plan says so */
    imageref_parse("demo/app", &ref, NULL);
    skopeo_argv_common(&copy, "copy", &ref, "amd64", &settings);
    argv_quote(&line, &copy);
    assert_non_null(strstr(line.s, " copy --override-arch amd64 --override-os linux --src-authfile /root/auth.json "
                                   "--src-cert-dir /etc/ca"));
    buf_clear(&line);
    argv_clear(&copy);
    imageref_clear(&ref);
    free(want);
    free(conf);
    free(log);
    image_facts_clear(&facts);
}

static void answers_that_lie_are_refused(void **state)
{
    static const struct {
        const char *raw, *platform, *config;
        int rc;
        const char *words;
    } rows[] = {
        {"{}", "", "", -EINVAL, "no container image"},
        {"[]", "", "", -EINVAL, "not readable JSON"},
        {"", "", "", -EINVAL, "not readable JSON"},
        {"{\"schemaVersion\":1,\"fsLayers\":[]}", "", "", -EINVAL, "no container image"},
        {"{\"manifests\":[]}", "", "", -ENOENT, "only for: nothing"},
        {"{\"manifests\":[{\"digest\":\"sha256:" A64 "\",\"platform\":{\"architecture\":\"arm\",\"os\":\"linux\"}},"
         "{\"platform\":{\"architecture\":\"a\\u001b[2J\",\"os\":\"linux\"}}]}",
         "", "", -ENOENT, "only for: armhf."},
        {"{\"manifests\":[{\"digest\":\"../../etc\",\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}", "",
         "", -EINVAL, "a digest that is none"},
        {"{\"manifests\":[{\"digest\":\"sha256:" A64 "\",\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}",
         "{}", "", -EIO, "does not match its digest"},
        {"{\"config\":{\"digest\":\"sha256:" A64 "\",\"size\":-1},\"layers\":[]}", "", "", -EINVAL,
         "proper digest and size"},
        {"{\"config\":{\"digest\":\"sha256:/../x\",\"size\":1},\"layers\":[]}", "", "", -EINVAL,
         "proper digest and size"},
        {"{\"config\":{\"digest\":\"sha256:" A64 "\",\"size\":9007199254740993},\"layers\":[]}", "", "", -EINVAL,
         "proper digest and size"},
        {manifest_json, "", "{\"config\":{\"Env\":\"A=1\"}}", -EINVAL, "a list that is none"},
        {manifest_json, "", "{\"config\":{\"Env\":[\"A=\\u0000\"]}}", -EINVAL, "not readable JSON"},
        {manifest_json, "", "{\"config\":{\"Volumes\":[\"/a\"]}}", -EINVAL, "a list that is none"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct settings settings = {0};
        struct image_facts facts = {0};
        struct err err = {0};
        write_file("raw", 0644, rows[i].raw);
        write_file("platform", 0644, rows[i].platform);
        write_file("config", 0644, rows[i].config);
        int rc = fetch("demo/app", "amd64", &settings, &facts, &err);
        if (rc != rows[i].rc || !strstr(err.text, rows[i].words) || !text_is_clean(err.text, strlen(err.text)) ||
            facts.digest || facts.env.v)
            fail_msg("row %zu: %d %s", i, rc, err.text);
    }
}

static void an_image_may_say_nothing(void **state)
{
    struct settings settings = {0};
    struct image_facts facts = {0};
    (void)state;
    write_file("raw", 0644, manifest_json);
    write_file("config", 0644, "{\"config\":{\"Env\":null,\"Volumes\":null,\"User\":\"\"}}");
    assert_int_equal(fetch("demo/app", "arm64", &settings, &facts, NULL), 0);
    assert_string_equal(facts.arch, "arm64");
    assert_int_equal(facts.env.n, 0);
    assert_null(facts.user);
    image_facts_clear(&facts);
}

#define FATAL(words) "time=\"2026-11-24T15:41:12Z\" level=fatal msg=\"" words "\"\n"

/* Lines as skopeo 1.9.3 and 1.18.0 write them. */
static void failures_say_what_to_do(void **state)
{
    static const struct {
        const char *errs;
        int rc;
        const char *words;
    } rows[] = {
        {FATAL("initializing source docker://h/n:t: reading manifest t in h/n: manifest unknown: manifest unknown"),
         -ENOENT, "docker.io/demo/app:1 does not exist in the registry"},
        {FATAL("initializing source docker://h/n:t: reading manifest t in h/n: unauthorized: authentication required"),
         -EACCES, "skopeo login docker.io"},
        {FATAL("unable to retrieve auth token: invalid username/password: unauthorized: no"), -EACCES,
         "does not accept the login"},
        {FATAL("pinging container registry h: Get \\\"https://h/v2/\\\": http: server gave HTTP response to HTTPS "
               "client"),
         -EPROTO, "insecure: true"},
        {FATAL("pinging container registry h: Get \\\"http://h/v2/\\\": dial tcp h: connect: connection refused"),
         -ECONNREFUSED, "refuses connections"},
        {FATAL("Get \\\"https://h/v2/\\\": dial tcp: lookup h on 10.0.0.1:53: no such host"), -EHOSTUNREACH,
         "spelling"},
        {FATAL("Get \\\"https://h/v2/\\\": x509: certificate signed by unknown authority"), -EPROTO, "its CA"},
        {FATAL("Get \\\"https://h/v2/\\\": tls: failed to verify certificate: x509: certificate signed by unknown "
               "authority"),
         -EPROTO, "its CA"},
        {FATAL("no image found in image index for architecture \\\"riscv64\\\", variant \\\"\\\", OS \\\"linux\\\""),
         -ENOENT, "no image for this processor"},
        {FATAL("toomanyrequests: You have reached your pull rate limit"), -EBUSY, "Wait some hours"},
        {FATAL("too many requests to registry"), -EBUSY, "Wait some hours"},
        {FATAL("writing blob: write /x/oci-put-blob1: no space left on device"), -ENOSPC, "no space left"},
        {FATAL("context deadline exceeded"), -ETIMEDOUT, "did not answer in time"},
        {FATAL("unmarshaling JSON at \\\"a.json\\\": invalid character"), -EINVAL, "logins to registries is broken"},
        {"time=\"t\" level=warning msg=\"one\"\n" FATAL("a \\\"b\\\"\\n\\tc \\\\ d"), -EIO, "app:1: a \"b\"  c \\ d."},
        {FATAL("first") FATAL("second"), -EIO, "app:1: second."},
        {"\033[31mFATA[0000]\033[0m manifest unknown", -ENOENT, "does not exist"},
        {"plain words\n\n", -EIO, "app:1: plain words."},
        {"", -EIO, "it said nothing"},
        {FATAL("evil \033[2J"), -EIO, "evil \\x1b[2J"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct settings settings = {0};
        struct image_facts facts = {0};
        struct err err = {0};
        write_file("fail", 0644, rows[i].errs);
        int rc = fetch("demo/app:1", "amd64", &settings, &facts, &err);
        size_t len = strlen(err.text);
        if (rc != rows[i].rc || !strstr(err.text, rows[i].words) || !text_is_clean(err.text, len))
            fail_msg("row %zu: %d %s", i, rc, err.text);
    }
}

static void no_skopeo_says_what_to_install(void **state)
{
    struct settings settings = {0};
    struct image_facts facts = {0};
    struct err err = {0};
    (void)state;
    setenv("PATH", dir, 1);
    assert_int_equal(fetch("demo/app:1", "amd64", &settings, &facts, &err), -ENOENT);
    assert_non_null(strstr(err.text, "apt install skopeo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_index_leads_to_the_platform, setup, teardown),
        cmocka_unit_test_setup_teardown(kept_blobs_are_not_missing, setup, teardown),
        cmocka_unit_test_setup_teardown(the_settings_of_the_registry_are_passed, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_that_lie_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(an_image_may_say_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(failures_say_what_to_do, setup, teardown),
        cmocka_unit_test_setup_teardown(no_skopeo_says_what_to_install, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
