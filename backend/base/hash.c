#include "backend/base/hash.h"

#include "backend/base/mem.h"

#include <openssl/evp.h>

static void to_hex(const unsigned char *bytes, size_t len, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * len] = '\0';
}

struct hash *hash_sha256_new(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
        mem_exhausted();
    return (struct hash *)ctx;
}

void hash_add(struct hash *h, const void *bytes, size_t len)
{
    EVP_DigestUpdate((EVP_MD_CTX *)h, bytes, len);
}

void hash_finish(struct hash *h, char hex[HASH_SHA256_HEX + 1])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex((EVP_MD_CTX *)h, digest, NULL);
    EVP_MD_CTX_free((EVP_MD_CTX *)h);
    to_hex(digest, HASH_SHA256_HEX / 2, hex);
}

void hash_sha256(const void *bytes, size_t len, char hex[HASH_SHA256_HEX + 1])
{
    struct hash *h = hash_sha256_new();
    hash_add(h, bytes, len);
    hash_finish(h, hex);
}

void hash_sha1(const void *bytes, size_t len, char hex[HASH_SHA1_HEX + 1])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_Digest(bytes, len, digest, NULL, EVP_sha1(), NULL);
    to_hex(digest, HASH_SHA1_HEX / 2, hex);
}
