/* digest.h - hashes. The only part that knows nettle. */
#ifndef EKBOM_DIGEST_H
#define EKBOM_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define EK_SHA256_BYTES 32
#define EK_SHA1_BYTES 20

void ek_sha256(const void *bytes, size_t len, unsigned char out[EK_SHA256_BYTES]);
void ek_sha1(const void *bytes, size_t len, unsigned char out[EK_SHA1_BYTES]);
void ek_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                    unsigned char out[EK_SHA256_BYTES]);

/* Lower-case hex, 2 * len + 1 bytes. Returns out. */
const char *ek_hex(const unsigned char *bytes, size_t len, char *out);
/* RFC 4648 base32 as WARC digests have it; SHA-1 gives 32 characters and the NUL. */
const char *ek_base32(const unsigned char *bytes, size_t len, char *out);

/* Several pieces into one SHA-256, each preceded by its length, so that ("a","bc") and
 * ("ab","c") differ. */
struct ek_hasher { /* no memory to run out of: no digest is ever wrong */
    uint64_t state[14];
};
void ek_hasher_begin(struct ek_hasher *hasher);
void ek_hasher_add(struct ek_hasher *hasher, const void *bytes, size_t len);
/* The bytes alone: of a stream in pieces, whose digest sha256sum gives too. */
void ek_hasher_add_bare(struct ek_hasher *hasher, const void *bytes, size_t len);
void ek_hasher_adds(struct ek_hasher *hasher, const char *string); /* NULL differs from "" */
void ek_hasher_finish(struct ek_hasher *hasher, unsigned char out[EK_SHA256_BYTES]);

/* Random bytes from the kernel. 0 or -1 (errno). */
int ek_random(void *out, size_t len);

#endif
