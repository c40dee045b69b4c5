#include "backend/job/tar.h"

#include "backend/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* POSIX ustar, as pax(1) describes it. */
struct head {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type;
    char link[100], magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct head) == TAR_BLOCK, "a head fills one block");

static const char zeros[TAR_END_SIZE];

static size_t padding(uint64_t size)
{
    return (size_t)(-size % TAR_BLOCK);
}

uint64_t tar_member_size(uint64_t size)
{
    return TAR_BLOCK + size + padding(size);
}

/* Eleven octal digits; from 8 GiB on, the base-256 form that GNU tar brought in and all readers know. */
static void put_size(char field[12], uint64_t size)
{
    char digits[24];

    if (size < 1ULL << 33) {
        snprintf(digits, sizeof(digits), "%011llo", (unsigned long long)size);
        memcpy(field, digits, 12);
        return;
    }
    field[0] = (char)0x80;
    for (int i = 11; i > 0; i--, size >>= 8)
        field[i] = (char)(size & 0xff);
}

int tar_add_head(int fd, const char *name, uint64_t size)
{
    struct head h = {.mode = "0000644",
                     .uid = "0000000",
                     .gid = "0000000",
                     .mtime = "00000000000",
                     .sum = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '},
                     .type = '0',
                     .magic = "ustar",
                     .version = {'0', '0'},
                     .major = "0000000",
                     .minor = "0000000"};
    char digits[16];
    unsigned sum = 0;
    size_t len = strlen(name);

    if (len > sizeof(h.name))
        return -ENAMETOOLONG;
    memcpy(h.name, name, len);
    put_size(h.size, size);
    for (size_t i = 0; i < sizeof(h); i++)
        sum += ((unsigned char *)&h)[i];
    snprintf(digits, sizeof(digits), "%06o", sum);
    memcpy(h.sum, digits, 7);
    return file_write_all(fd, &h, sizeof(h));
}

int tar_add_padding(int fd, uint64_t size)
{
    return file_write_all(fd, zeros, padding(size));
}

int tar_add_bytes(int fd, const char *name, const void *bytes, size_t len)
{
    int rc = tar_add_head(fd, name, len);

    if (rc == 0)
        rc = file_write_all(fd, bytes, len);
    return rc == 0 ? tar_add_padding(fd, len) : rc;
}

int tar_add_end(int fd)
{
    return file_write_all(fd, zeros, TAR_END_SIZE);
}
