/* digest.c - hashes by nettle, which allocates nothing and reads no configuration: it works inside
 * the confined readers. See ekbom/digest.h. */
#include "ekbom/digest.h"

#include <nettle/hmac.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/random.h>

void ek_sha256(const void *bytes, size_t len, unsigned char out[EK_SHA256_BYTES])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, len, bytes);
    sha256_digest(&context, EK_SHA256_BYTES, out);
}

void ek_sha1(const void *bytes, size_t len, unsigned char out[EK_SHA1_BYTES])
{
    struct sha1_ctx context;
    sha1_init(&context);
    sha1_update(&context, len, bytes);
    sha1_digest(&context, EK_SHA1_BYTES, out);
}

void ek_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                    unsigned char out[EK_SHA256_BYTES])
{
    struct hmac_sha256_ctx context;
    hmac_sha256_set_key(&context, key_len, key);
    hmac_sha256_update(&context, len, bytes);
    hmac_sha256_digest(&context, EK_SHA256_BYTES, out);
}

const char *ek_hex(const unsigned char *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
    return out;
}

const char *ek_base32(const unsigned char *bytes, size_t len, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned held = 0, bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            out[n++] = digits[held >> (bits - 5) & 31];
    }
    if (bits)
        out[n++] = digits[held << (5 - bits) & 31];
    while (n % 8)
        out[n++] = '=';
    out[n] = '\0';
    return out;
}

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct ek_hasher), "room for nettle's state");

static struct sha256_ctx *context(struct ek_hasher *hasher)
{
    return (struct sha256_ctx *)(void *)hasher->state;
}

void ek_hasher_begin(struct ek_hasher *hasher)
{
    sha256_init(context(hasher));
}

static void add_length(struct ek_hasher *hasher, uint64_t length)
{
    unsigned char bytes[8];
    for (int i = 7; i >= 0; i--, length >>= 8)
        bytes[i] = (unsigned char)length;
    sha256_update(context(hasher), sizeof bytes, bytes);
}

void ek_hasher_add(struct ek_hasher *hasher, const void *bytes, size_t len)
{
    add_length(hasher, len);
    sha256_update(context(hasher), len, bytes);
}

void ek_hasher_add_bare(struct ek_hasher *hasher, const void *bytes, size_t len)
{
    sha256_update(context(hasher), len, bytes);
}

void ek_hasher_adds(struct ek_hasher *hasher, const char *string)
{
    if (string)
        ek_hasher_add(hasher, string, strlen(string));
    else
        add_length(hasher, UINT64_MAX);
}

void ek_hasher_finish(struct ek_hasher *hasher, unsigned char out[EK_SHA256_BYTES])
{
    sha256_digest(context(hasher), EK_SHA256_BYTES, out);
}

int ek_random(void *out, size_t len)
{
    unsigned char *at = out;
    while (len) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0)
            return -1;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}
