#include "backend/sim/mkfs.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* Groups of an ext4 file system that hold a copy of the superblock: 1 and the powers of 3, 5 and 7. */
static bool has_copy(uint64_t group)
{
    static const uint64_t bases[] = {3, 5, 7};
    if (group == 1)
        return true;
    for (size_t i = 0; i < 3; i++) {
        uint64_t n = bases[i];
        while (n < group)
            n *= bases[i];
        if (n == group)
            return true;
    }
    return false;
}

static void print_uuid(void)
{
    unsigned char b[16] = {0};
    if (getentropy(b, sizeof(b)) != 0)
        b[0] = (unsigned char)getpid();
    printf("Filesystem UUID: ");
    for (int i = 0; i < 16; i++)
        printf("%02x%s",
               i == 6   ? (b[i] & 15) | 64
               : i == 8 ? (b[i] & 63) | 128
                        : b[i],
               i == 3 || i == 5 || i == 7 || i == 9 ? "-" : "");
    printf("\n");
}

/* Blocks of 1k below 512 MiB; an inode for every 4 or 16 KiB. */
void sim_print_mkfs(uint64_t bytes)
{
    bool small = bytes < 512ull << 20;
    uint64_t block = small ? 1024 : 4096, per_group = block * 8, first = small ? 1 : 0, blocks = bytes / block;
    uint64_t groups = (blocks - first + per_group - 1) / per_group;
    uint64_t inodes = bytes / (small ? 4096 : 16384), each = (inodes + groups - 1) / groups;
    uint64_t in_block = block / 256;
    each = (each + in_block - 1) / in_block * in_block & ~7ull;
    printf("Creating filesystem with %llu %lluk blocks and %llu inodes\n", (unsigned long long)blocks,
           (unsigned long long)(block / 1024), (unsigned long long)(each * groups));
    print_uuid();
    printf("Superblock backups stored on blocks: ");
    int left = 0;
    for (uint64_t g = 1; g < groups; g++) {
        char number[24];
        if (!has_copy(g))
            continue;
        int need = snprintf(number, sizeof(number), "%llu", (unsigned long long)(first + g * per_group)) + 2;
        printf("%s", g > 1 ? ", " : "");
        if (need > left) {
            printf("\n\t");
            left = 72;
        }
        left -= need;
        printf("%s", number);
    }
    printf("\n");
}
