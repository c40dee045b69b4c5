#include "backend/host/ctconf.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How Proxmox spells true in a property. */
static bool prop_is_true(const char *value, const char *key)
{
    static const char *const words[] = {"1", "on", "yes", "true"};
    char *text = ctconf_prop(value, key, NULL);
    bool found = false;
    for (size_t i = 0; text && i < sizeof(words) / sizeof(words[0]); i++)
        found |= strcasecmp(text, words[i]) == 0;
    free(text);
    return found;
}

/* 0 for rootfs, N + 1 for mpN, -1 for other keys. */
static long mount_order(const char *key)
{
    const char *digits;
    if (strcmp(key, "rootfs") == 0)
        return 0;
    if (!text_starts(key, "mp", &digits) || !isdigit((unsigned char)*digits))
        return -1;
    char *end;
    long index = strtol(digits, &end, 10);
    return *end || index > 255 ? -1 : index + 1;
}

static int by_order(const void *a, const void *b)
{
    long x = mount_order(((const struct ctconf_mount *)a)->key), y = mount_order(((const struct ctconf_mount *)b)->key);
    return (x > y) - (x < y);
}

static struct ctconf_mount read_mount(const struct ctconf_entry *entry, bool rootfs)
{
    struct ctconf_mount mount = {
        .key = mem_strdup(entry->key),
        .volume = ctconf_prop(entry->value, "volume", "volume"),
        .target = rootfs ? mem_strdup("/") : ctconf_prop(entry->value, "mp", NULL),
        .size = ctconf_prop(entry->value, "size", NULL),
        .readonly = prop_is_true(entry->value, "ro"),
    };
    if (!mount.volume)
        mount.volume = mem_strdup("");
    if (!mount.target)
        mount.target = mem_strdup("");
    /* A path below /dev is a block device, mounted by itself. */
    mount.bind = mount.volume[0] == '/' && !text_starts(mount.volume, "/dev/", NULL);
    /* vzdump takes the root file system always, other mounts only when they are volumes and say so. */
    mount.backup = rootfs || (mount.volume[0] != '/' && prop_is_true(entry->value, "backup"));
    return mount;
}

size_t ctconf_mounts(const struct ctconf *conf, struct ctconf_mount **mounts)
{
    struct ctconf_mount *found = NULL;
    size_t n = 0;

    for (size_t i = 0; i < conf->nentries; i++) {
        long order = mount_order(conf->entries[i].key);
        if (order < 0)
            continue;
        MEM_GROW(found, n);
        found[n++] = read_mount(&conf->entries[i], order == 0);
    }
    if (n)
        qsort(found, n, sizeof(found[0]), by_order);
    *mounts = found;
    return n;
}

void ctconf_mounts_free(struct ctconf_mount *mounts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(mounts[i].key);
        free(mounts[i].volume);
        free(mounts[i].target);
        free(mounts[i].size);
    }
    free(mounts);
}
