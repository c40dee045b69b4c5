/*
 * YAML and specs, read and written. With libFuzzer:
 *
 *   clang -g -fsanitize=fuzzer,address,undefined -DFUZZING -include config.h -I. tests/fuzz/fuzz-yaml-spec.c \
 *       backend/spec/{imageref,spec*}.c backend/base/{argv,buf,err,hash,mem,num,text,yaml,yaml-write}.c \
 *       -lyaml -lcrypto -lm -o fuzz-yaml-spec
 *
 * Without FUZZING it is a test: a few inputs, and every cut and some thousand changes of them.
 */
#include "backend/base/text.h"
#include "backend/base/yaml.h"
#include "backend/spec/spec.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds, const char *what, const char *text)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n%s\n", what, text);
    abort();
}

/* What yaml_read takes, yaml_write writes so that it is read as the same tree. */
static void check_yaml(const char *text, size_t size)
{
    struct ynode *root = NULL, *again = NULL;
    struct buf once = BUF_INIT, twice = BUF_INIT;
    struct err err = {0};

    if (yaml_read(text, size, &root, &err)) {
        expect(!root, "a refused file gave a tree", err.text);
        expect(text_is_clean(err.text, strlen(err.text)), "a sentence holds control bytes", err.text);
        return;
    }
    yaml_write(root, &once);
    if (once.len < YAML_SIZE_MAX) {
        expect(yaml_read(once.s, once.len, &again, &err) == 0, err.text, once.s);
        yaml_write(again, &twice);
        expect(strcmp(once.s, twice.s) == 0, "a written tree reads as another", once.s);
    }
    ynode_free(root);
    ynode_free(again);
    buf_clear(&once);
    buf_clear(&twice);
}

static void check_problems(const struct spec_problems *p)
{
    for (size_t i = 0; i < p->n; i++) {
        expect(text_is_clean(p->v[i].reason, strlen(p->v[i].reason)), "a reason holds control bytes", p->v[i].reason);
        expect(text_is_clean(p->v[i].field, strlen(p->v[i].field)), "a field holds control bytes", p->v[i].field);
        expect(*p->v[i].reason != '\0', "a problem has no reason", p->v[i].field);
    }
}

/* A spec that is good is written so that it reads back as the same, and is good by spec_check too. */
static void check_spec(const char *text, size_t size)
{
    struct spec spec, again;
    struct spec_problems problems = {0};
    struct argv notes = ARGV_INIT;
    struct buf once = BUF_INIT, twice = BUF_INIT;

    int rc = spec_read(text, size, &spec, &problems, &notes);
    expect((rc == 0) == (problems.n == 0), "the result and the problems differ", "");
    check_problems(&problems);
    if (rc == 0) {
        spec_check(&spec, &problems);
        expect(problems.n == 0, "a good spec has problems", problems.n ? problems.v[0].reason : "");
        spec_write(&spec, &once);
        rc = spec_read(once.s, once.len, &again, &problems, &notes);
        expect(rc == 0, problems.n ? problems.v[0].reason : "", once.s);
        spec_write(&again, &twice);
        expect(strcmp(once.s, twice.s) == 0, "a written spec reads as another", once.s);
        spec_clear(&again);
    }
    spec_clear(&spec);
    spec_problems_clear(&problems);
    argv_clear(&notes);
    buf_clear(&once);
    buf_clear(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Memory of just this size, so that a step past the end is noticed. */
    char *text = malloc(size ? size : 1);
    expect(text != NULL, "no memory", "");
    if (size)
        memcpy(text, data, size);
    check_yaml(text, size);
    check_spec(text, size);
    free(text);
    return 0;
}

#ifndef FUZZING
static const char *const seeds[] = {
    "oci: {image: a/b, tag: 1.0, registry: ghcr.io, arch: arm64}\nhostname: h\nvmid: 202\nmemory: 4G\ndisk: 8\n"
    "network: {bridge: vmbr0, ip: 10.0.0.2/24, gateway: 10.0.0.1, vlan: 20, hwaddr: BC:24:11:0A:1B:2C}\n"
    "mounts:\n  - {source: /tank/media, target: /media, readonly: yes}\n  - {volume: \"tank:8\", target: /c}\n"
    "env: {TZ: Europe/Stockholm, K: {file: /root/k}}\ntags: [a, b]\ngpu: {type: intel, pci: \"0000:00:02.0\"}\n",
    "type: lxc\ntemplate: local:vztmpl/d.tar.zst\nname: x\nid: 100\nresources: {cores: 2, disk: 4G, pool: p}\n"
    "privileged: true\nstartup: order=1,up=2\nfeatures: {nesting: 1}\nenv: [A=1, B=2]\ntags: a,b\n",
    "image: localhost:5000/x@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\ngpu: true\n"
    "networks:\n  - {ip6: fd00::2/64, gateway6: fe80::1}\n  - {}\ndescription: |\n  a\n  b\n",
    "a: [1, {b: \"\\x41\\n\"}, 'it''s', [[]], {}]\n? k\n: - >\n    folded\n  - !!str 5\n#c\n\"q\": ~\n...\n",
    "\xEF\xBB\xBF- \"\\u2028\"\n- \xC3\xBC\n-\n  - x\n",
};

static void try_changes(const char *seed, unsigned *random)
{
    static const char letters[] = "\n\n:-,[]{}\"'&*!|>%@#?= .0\\/\t\r\x00\xff\xc3\x7f";
    size_t len = strlen(seed);
    char copy[1024];
    for (int round = 0; round < 1500; round++) {
        memcpy(copy, seed, len);
        for (int i = 0; i < 3; i++) {
            *random = *random * 1103515245u + 12345u;
            copy[(*random >> 8) % len] = letters[(*random >> 18) % sizeof(letters)];
        }
        LLVMFuzzerTestOneInput((const uint8_t *)copy, len);
    }
}

int main(void)
{
    unsigned random = 1;
    size_t n = sizeof(seeds) / sizeof(seeds[0]);
    printf("1..%zu\n", n);
    for (size_t i = 0; i < n; i++) {
        for (size_t cut = 0; cut <= strlen(seeds[i]); cut++)
            LLVMFuzzerTestOneInput((const uint8_t *)seeds[i], cut);
        try_changes(seeds[i], &random);
        printf("ok %zu - files like seed %zu\n", i + 1, i);
    }
    return 0;
}
#endif
