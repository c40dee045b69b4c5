#ifndef TENGIL_TESTS_TREE_H
#define TENGIL_TESTS_TREE_H

/* A folder of files for one test, below TEST_DIR (else /tmp). */
#include "backend/base/file.h"
#include "backend/base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline char *tree_new(void)
{
    const char *base = getenv("TEST_DIR");
    char *dir = mem_printf("%s/tree.XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(dir));
    return dir;
}

static inline void tree_free(char *dir)
{
    assert_int_equal(file_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
}

/* The path of a thing in the tree, its folder made. */
static inline char *tree_path(const char *dir, const char *path)
{
    char *full = mem_printf("%s/%s", dir, path);
    char *folder = mem_dup(full, (size_t)(strrchr(full, '/') - full));
    assert_int_equal(file_make_dirs(AT_FDCWD, folder, 0755, NULL), 0);
    free(folder);
    return full;
}

static inline void tree_put_bytes(const char *dir, const char *path, const char *bytes, size_t len)
{
    char *full = tree_path(dir, path);
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(file_write_all(fd, bytes, len), 0);
    close(fd);
    free(full);
}

static inline void tree_put(const char *dir, const char *path, const char *text)
{
    tree_put_bytes(dir, path, text, strlen(text));
}

static inline void tree_link(const char *dir, const char *path, const char *target)
{
    char *full = tree_path(dir, path);
    assert_int_equal(symlink(target, full), 0);
    free(full);
}

#endif
