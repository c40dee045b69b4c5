/*
 * Conf files of CTs, read and edited. With libFuzzer:
 *
 *   clang -g -fsanitize=fuzzer,address,undefined -DFUZZING -D_GNU_SOURCE -I. tests/fuzz/fuzz-ctconf.c \
 *       backend/host/ctconf*.c backend/base/{argv,buf,err,hash,mem,text}.c -lcrypto -o fuzz-ctconf
 *
 * Without FUZZING it is a test: a few inputs, and every cut and some thousand changes of them.
 */
#include "backend/host/ctconf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* What must hold of any text, whatever it is. */
static void check_conf(const struct ctconf *conf)
{
    struct ctconf_mount *mounts;
    struct ctconf_mark mark;
    size_t n = ctconf_mounts(conf, &mounts);
    for (size_t i = 0; i < n; i++)
        expect(mounts[i].key && mounts[i].volume && mounts[i].target, "a mount has no name, volume or target");
    ctconf_mounts_free(mounts, n);
    int index = ctconf_next_index(conf, "mp", 255, NULL);
    char key[16];
    snprintf(key, sizeof(key), "mp%d", index);
    expect(index < 0 || !ctconf_get(conf, key), "a free index is not free");
    ctconf_mark(conf->description, &mark);
    ctconf_mark_clear(&mark);
    for (size_t i = 0; i < conf->nentries; i++) {
        expect(conf->entries[i].key[0] != '\0', "a key is empty");
        expect(!strpbrk(conf->entries[i].value, "\n"), "a value holds a line feed");
        free(ctconf_prop(conf->entries[i].value, "size", "volume"));
    }
}

static size_t count_env(const struct ctconf *conf, const char *value)
{
    size_t n = 0;
    for (size_t i = 0; i < conf->nentries; i++)
        n += strcmp(conf->entries[i].key, "lxc.environment.runtime") == 0 && strcmp(conf->entries[i].value, value) == 0;
    return n;
}

/* After an edit the variable stands there once, and the rest reads as before. */
static void check_edit(const char *text, size_t size, const struct ctconf *before)
{
    struct argv vars = ARGV_INIT;
    struct buf edited = BUF_INIT, again = BUF_INIT;
    struct ctconf after;
    argv_push(&vars, "A=1");
    argv_push(&vars, "LONG_NAME=two words");
    if (ctconf_edit_env(text, size, &vars, &edited, NULL) == 0) {
        expect(ctconf_parse(edited.s, edited.len, &after, NULL) == 0, "an edited conf cannot be read");
        expect(count_env(&after, "A=1") == 1 && count_env(&after, "LONG_NAME=two words") == 1,
               "a variable does not stand there once");
        expect(after.snapshots.n == before->snapshots.n && after.pending == before->pending,
               "an edit changed sections");
        expect(!after.description == !before->description &&
                   (!after.description || strcmp(after.description, before->description) == 0),
               "an edit changed the description");
        expect(ctconf_edit_env(edited.s, edited.len, &vars, &again, NULL) == 0 && again.len == edited.len &&
                   memcmp(again.s, edited.s, edited.len) == 0,
               "a second edit changed something");
        ctconf_clear(&after);
    }
    buf_clear(&edited);
    buf_clear(&again);
    argv_clear(&vars);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Memory of just this size, so that a step past the end is noticed. */
    char *text = malloc(size ? size : 1);
    struct ctconf conf;
    expect(text != NULL, "no memory");
    if (size)
        memcpy(text, data, size);
    if (ctconf_parse(text, size, &conf, NULL) == 0) {
        check_conf(&conf);
        check_edit(text, size, &conf);
        ctconf_clear(&conf);
    }
    free(text);
    return 0;
}

#ifndef FUZZING
static const char *const seeds[] = {
    "#a%3A%\n#tengil-tui%3A image=a digest=sha256%3A1 plan=2\narch: amd64\nmp0: a:1,mp=/x\nmp1: /s,mp=/y,ro=1\n"
    "rootfs: local:1,size=4G\nlxc.environment.runtime: A=0\nlxc.environment.runtime = A = 2\nlxc.init.uid: 1\n\n"
    "[pve:pending]\nmp2: b\ndelete: c\n\n[s1]\nlxc.environment.runtime: A=9\nsnaptime: 1\n",
    "lxc.environment.runtime:LONG_NAME\n[a:b]\nx: y",
    "description: one%0Atwo\n#three\n\n\r\n[pve:pending]",
    "\n\n[",
    "memory: 1\nmemory: 2\nmemory:",
};

static void try_changes(const char *seed, unsigned *random)
{
    static const char letters[] = "\n\n:=#[] %,a0.\r\t\x00\xff";
    size_t len = strlen(seed);
    char copy[1024];
    for (int round = 0; round < 3000; round++) {
        memcpy(copy, seed, len);
        for (int i = 0; i < 3; i++) {
            *random = *random * 1103515245u + 12345u;
            copy[(*random >> 8) % len] = letters[(*random >> 20) % sizeof(letters)];
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
        printf("ok %zu - confs like seed %zu\n", i + 1, i);
    }
    return 0;
}
#endif
