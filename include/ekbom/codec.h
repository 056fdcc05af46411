/* codec.h - the primitives of every binary form: reader wire, store values, index rows.
 *
 * Writing goes to an ek_buf and latches there. Reading goes through a cursor that latches `bad`
 * and returns zeros from then on: a decoder runs straight down and asks once at the end. Decoders
 * must survive any bytes. Integers are LEB128 varints (at most 10 bytes), signed ones zigzagged;
 * a string is varint(length + 1) and its bytes, 0 being NULL. */
#ifndef EKBOM_CODEC_H
#define EKBOM_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ek_arena;
struct ek_buf;

struct ek_cursor {
    const unsigned char *at;
    const unsigned char *end;
    bool bad;
};

void ek_put_u8(struct ek_buf *buf, unsigned value);
void ek_put_uint(struct ek_buf *buf, uint64_t value);
void ek_put_int(struct ek_buf *buf, int64_t value);
void ek_put_double(struct ek_buf *buf, double value);
void ek_put_str(struct ek_buf *buf, const char *string);              /* may be NULL */
void ek_put_bytes(struct ek_buf *buf, const void *bytes, size_t len); /* varint length first */

struct ek_cursor ek_cursor(const void *bytes, size_t len);
bool ek_cursor_done(const struct ek_cursor *cursor); /* all read and nothing bad */
unsigned ek_get_u8(struct ek_cursor *cursor);
uint64_t ek_get_uint(struct ek_cursor *cursor);
int64_t ek_get_int(struct ek_cursor *cursor);
double ek_get_double(struct ek_cursor *cursor);
/* A copy in the arena, NULL for NULL; anything with a NUL inside or not UTF-8 is bad. */
const char *ek_get_str(struct ek_cursor *cursor, struct ek_arena *arena);
/* The same where it lies, with its length and no NUL behind. */
const char *ek_get_chars(struct ek_cursor *cursor, size_t *len);
/* Points into the cursor's bytes. */
const void *ek_get_bytes(struct ek_cursor *cursor, size_t *len);
/* A count of things of at least min_size bytes each; bad if they cannot be there. */
size_t ek_get_count(struct ek_cursor *cursor, size_t min_size);
/* A small enumeration: bad if the value is not below `limit`. */
unsigned ek_get_enum(struct ek_cursor *cursor, unsigned limit);

/* Big-endian, for keys that must sort as numbers do. */
void ek_put_be32(unsigned char out[4], uint32_t value);
void ek_put_be64(unsigned char out[8], uint64_t value);
uint32_t ek_get_be32(const unsigned char in[4]);
uint64_t ek_get_be64(const unsigned char in[8]);

#endif
