/* The records of pct, pveam and pvesm against the simulated ones. */
#include "tests/unit/unit.h"

#include "tests/unit/replay.h"

#include "backend/base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static void with_images(const char *root)
{
    replay_host(root);
    replay_images(root);
}

/* The lifecycle records come from a host without a second node. */
static void alone(const char *root)
{
    with_images(root);
    struct err err;
    char path[1024];
    snprintf(path, sizeof(path), "%s/etc/pve/nodes/pve2", root);
    assert_int_equal(file_remove_tree(AT_FDCWD, path, &err), 0);
}

/* wget tells the time. */
static void at_that_time(const char *root)
{
    (void)root;
    setenv("TENGIL_NOW", "1795534925", 1); /* 2026-11-24 15:42:05 */
}

int main(void)
{
    static const struct replay_group groups[] = {
        {.name = "parser", .start = replay_host},     {.name = "set-complex", .start = replay_host},
        {.name = "config", .start = replay_host},     {.name = "list-status", .start = replay_host},
        {.name = "create-oci", .start = with_images}, {.name = "create-oci-ostype", .start = with_images},
        {.name = "create-lxc", .start = with_images}, {.name = "lifecycle", .start = alone},
        {.name = "locks", .start = with_images},      {.name = "pvesm"},
        {.name = "pveam", .start = at_that_time},
    };
    return replay_run(groups, sizeof(groups) / sizeof(groups[0]));
}
