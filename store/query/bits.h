/* bits.h - sets of rows as bitmaps: row r is bit r % 64 of word r / 64. */
#ifndef EKBOM_STORE_BITS_H
#define EKBOM_STORE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EK_WORDS(rows) (((rows) + 63u) / 64u)

static inline bool ek_bits_has(const uint64_t *bits, uint32_t row)
{
    return bits[row / 64] >> row % 64 & 1;
}

/* How many rows of [from, to) are in the set; in both sets. */
uint32_t ek_bits_count(const uint64_t *bits, uint32_t from, uint32_t to);
uint32_t ek_bits_count_both(const uint64_t *a, const uint64_t *b, uint32_t from, uint32_t to);
/* The rows [from, to) and no others, in a set of this many words. */
void ek_bits_only(uint64_t *bits, uint32_t words, uint32_t from, uint32_t to);
void ek_bits_and(uint64_t *bits, const uint64_t *other, uint32_t words);
void ek_bits_and_not(uint64_t *bits, const uint64_t *other, uint32_t words);
void ek_bits_or(uint64_t *bits, const uint64_t *other, uint32_t words);
/* Add rows of an ascending list, each less `base`. */
void ek_bits_add_list(uint64_t *bits, const uint16_t *rows, uint32_t count, uint32_t base);
/* Add the rows whose byte, as far as `mask` goes, has this value. */
void ek_bits_add_equal(uint64_t *bits, const uint8_t *bytes, uint32_t count, uint8_t mask,
                       uint8_t value);
/* The rows of [from, to), ascending; out has room for all of them and the slack, which is written
 * too. Returns how many. */
#define EK_BITS_LIST_SLACK 4u
uint32_t ek_bits_list(const uint64_t *bits, uint32_t from, uint32_t to, uint16_t *out);

#endif
