#ifndef TENGIL_BASE_HASH_H
#define TENGIL_BASE_HASH_H

#include <stddef.h>

/* Digests as lower-case hex, by libcrypto (which uses the processor's own instructions where it has them). */

#define HASH_SHA256_HEX 64
#define HASH_SHA1_HEX   40

struct hash; /* a digest that is being computed */

struct hash *hash_sha256_new(void);
void hash_add(struct hash *h, const void *bytes, size_t len);
/* Writes HASH_SHA256_HEX digits and a NUL, and frees. */
void hash_finish(struct hash *h, char hex[HASH_SHA256_HEX + 1]);

void hash_sha256(const void *bytes, size_t len, char hex[HASH_SHA256_HEX + 1]);
/* What Proxmox's `--digest` compares: the SHA-1 of the conf file. */
void hash_sha1(const void *bytes, size_t len, char hex[HASH_SHA1_HEX + 1]);

#endif
