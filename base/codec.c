/* codec.c - primitives of the binary forms. See ekbom/codec.h. */
#include "ekbom/codec.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/text.h"

void ek_put_u8(struct ek_buf *buf, unsigned value)
{
    ek_buf_addc(buf, (char)value);
}

void ek_put_uint(struct ek_buf *buf, uint64_t value)
{
    char bytes[10];
    size_t n = 0;
    while (value >= 0x80) {
        bytes[n++] = (char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (char)value;
    ek_buf_add(buf, bytes, n);
}

void ek_put_int(struct ek_buf *buf, int64_t value)
{
    uint64_t twice = (uint64_t)value << 1;
    ek_put_uint(buf, value < 0 ? ~twice : twice);
}

void ek_put_double(struct ek_buf *buf, double value)
{
    uint64_t bits;
    unsigned char bytes[8];
    memcpy(&bits, &value, sizeof bits);
    ek_put_be64(bytes, bits);
    ek_buf_add(buf, bytes, sizeof bytes);
}

void ek_put_str(struct ek_buf *buf, const char *string)
{
    if (!string) {
        ek_put_uint(buf, 0);
        return;
    }
    size_t len = strlen(string);
    ek_put_uint(buf, len + 1);
    ek_buf_add(buf, string, len);
}

void ek_put_bytes(struct ek_buf *buf, const void *bytes, size_t len)
{
    ek_put_uint(buf, len);
    ek_buf_add(buf, bytes, len);
}

struct ek_cursor ek_cursor(const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    return (struct ek_cursor){.at = at, .end = len ? at + len : at};
}

bool ek_cursor_done(const struct ek_cursor *cursor)
{
    return !cursor->bad && cursor->at == cursor->end;
}

unsigned ek_get_u8(struct ek_cursor *cursor)
{
    if (cursor->bad || cursor->at == cursor->end) {
        cursor->bad = true;
        return 0;
    }
    return *cursor->at++;
}

uint64_t ek_get_uint(struct ek_cursor *cursor)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned byte = ek_get_u8(cursor);
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return cursor->bad ? 0 : value;
    }
    cursor->bad = true;
    return 0;
}

int64_t ek_get_int(struct ek_cursor *cursor)
{
    uint64_t value = ek_get_uint(cursor);
    return (int64_t)((value >> 1) ^ (~(value & 1) + 1));
}

double ek_get_double(struct ek_cursor *cursor)
{
    if (cursor->bad || cursor->end - cursor->at < 8) {
        cursor->bad = true;
        return 0;
    }
    uint64_t bits = ek_get_be64(cursor->at);
    double value;
    memcpy(&value, &bits, sizeof value);
    cursor->at += 8;
    return value;
}

const void *ek_get_bytes(struct ek_cursor *cursor, size_t *len)
{
    uint64_t count = ek_get_uint(cursor);
    if (cursor->bad || count > (uint64_t)(cursor->end - cursor->at)) {
        cursor->bad = true;
        *len = 0;
        return NULL;
    }
    const void *bytes = cursor->at;
    cursor->at += count;
    *len = (size_t)count;
    return bytes;
}

const char *ek_get_chars(struct ek_cursor *cursor, size_t *len)
{
    uint64_t count = ek_get_uint(cursor);
    *len = 0;
    if (cursor->bad || count == 0)
        return NULL;
    const char *chars = (const char *)cursor->at;
    if (count - 1 > (uint64_t)(cursor->end - cursor->at) || memchr(chars, 0, (size_t)count - 1) ||
        ek_utf8_valid(chars, (size_t)count - 1) != count - 1) {
        cursor->bad = true;
        return NULL;
    }
    *len = (size_t)count - 1;
    cursor->at += *len;
    return chars;
}

const char *ek_get_str(struct ek_cursor *cursor, struct ek_arena *arena)
{
    size_t len;
    const char *chars = ek_get_chars(cursor, &len);
    char *copy = chars ? ek_strndup(arena, chars, len) : NULL;
    if (chars && !copy)
        cursor->bad = true;
    return copy;
}

size_t ek_get_count(struct ek_cursor *cursor, size_t min_size)
{
    uint64_t count = ek_get_uint(cursor);
    if (cursor->bad || count > (uint64_t)(cursor->end - cursor->at) / min_size) {
        cursor->bad = true;
        return 0;
    }
    return (size_t)count;
}

unsigned ek_get_enum(struct ek_cursor *cursor, unsigned limit)
{
    unsigned value = ek_get_u8(cursor);
    if (value >= limit) {
        cursor->bad = true;
        return 0;
    }
    return value;
}

void ek_put_be32(unsigned char out[4], uint32_t value)
{
    for (int i = 3; i >= 0; i--, value >>= 8)
        out[i] = (unsigned char)value;
}

void ek_put_be64(unsigned char out[8], uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        out[i] = (unsigned char)value;
}

uint32_t ek_get_be32(const unsigned char in[4])
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

uint64_t ek_get_be64(const unsigned char in[8])
{
    return (uint64_t)ek_get_be32(in) << 32 | ek_get_be32(in + 4);
}
