#ifndef TENGIL_JOB_COPYHASH_H
#define TENGIL_JOB_COPYHASH_H

#include "backend/base/hash.h"

#include <stdint.h>

/*
 * Reads a file to its end and hashes it, and writes it elsewhere on the way. The hash is computed by a second thread
 * from the same bytes in memory that are written, so that neither waits for the other.
 */
struct copyhash {
    uint64_t size;                 /* bytes that were read */
    char hex[HASH_SHA256_HEX + 1]; /* SHA-256 of them */
    int read_error, write_error;   /* 0 or a negative errno; after a write error the rest is hashed all the same */
};

/* Writes to `to` (-1: nowhere), but no byte behind the first `limit`. */
void copyhash(int from, int to, uint64_t limit, struct copyhash *result);

#endif
