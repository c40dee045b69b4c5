#ifndef TENGIL_JOB_TAR_H
#define TENGIL_JOB_TAR_H

#include "backend/base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * An archive of plain files, ustar, written in one pass: owner and group 0, mode 0644, a fixed time, no folders. Made
 * for image archives, where what is read is hashed on its way.
 */
#define TAR_BLOCK 512

/* Bytes that a member of this size takes. */
uint64_t tar_member_size(uint64_t size);
#define TAR_END_SIZE (2 * TAR_BLOCK)

int tar_add_head(int fd, const char *name, uint64_t size); /* 0 or negative errno; a name is at most 100 bytes */
int tar_add_padding(int fd, uint64_t size);                /* behind the member's bytes */
int tar_add_bytes(int fd, const char *name, const void *bytes, size_t len); /* a whole member */
int tar_add_end(int fd);

#endif
