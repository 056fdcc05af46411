/* bits.c - see bits.h.
 *
 * Counting bits is most of what a query does. The program is built for any x86-64, which need not
 * have an instruction for it; so the loop is there twice, and the processor is asked which to take.
 * On 10 M posts that is 0.14 instead of 2.5 ms for the posts with two theories (0.18 with the
 * instruction that counts a word). */
#include "store/query/bits.h"

#include <endian.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Bits of a word that lie in [from, to), rows counted from the word's first. */
static inline uint64_t part(uint32_t from, uint32_t to)
{
    uint64_t up = ~0ull << from;
    return to < 64 ? up & ((1ull << to) - 1) : up;
}

/* Of whole words; b may be NULL. */
typedef uint32_t count_words(const uint64_t *a, const uint64_t *b, uint32_t words);

static uint32_t count_portable(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < words; i++)
        count += (uint32_t)__builtin_popcountll(b ? a[i] & b[i] : a[i]);
    return count;
}

#ifdef __x86_64__
/* Halves of bytes are looked up in a table of their bits (Mula, Kurz and Lemire 2018). */
__attribute__((target("avx2,popcnt"))) static uint32_t count_avx2(const uint64_t *a,
                                                                  const uint64_t *b, uint32_t words)
{
    const __m256i bits_of = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1,
                                             1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i half = _mm256_set1_epi8(15);
    __m256i sums = _mm256_setzero_si256();
    uint64_t sum[4];
    uint32_t i = 0, count = 0;
    for (; i + 4 <= words; i += 4) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(a + i));
        if (b)
            v = _mm256_and_si256(v, _mm256_loadu_si256((const __m256i *)(const void *)(b + i)));
        __m256i low = _mm256_shuffle_epi8(bits_of, _mm256_and_si256(v, half));
        __m256i high =
            _mm256_shuffle_epi8(bits_of, _mm256_and_si256(_mm256_srli_epi16(v, 4), half));
        sums = _mm256_add_epi64(
            sums, _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256()));
    }
    _mm256_storeu_si256((__m256i *)(void *)sum, sums);
    for (; i < words; i++)
        count += (uint32_t)__builtin_popcountll(b ? a[i] & b[i] : a[i]);
    return count + (uint32_t)(sum[0] + sum[1] + sum[2] + sum[3]);
}
#define COUNT_WORDS (__builtin_cpu_supports("avx2") ? count_avx2 : count_portable)
#else
#define COUNT_WORDS count_portable
#endif

uint32_t ek_bits_count_both(const uint64_t *a, const uint64_t *b, uint32_t from, uint32_t to)
{
    if (from >= to)
        return 0;
    count_words *const count = COUNT_WORDS;
    uint32_t word = from / 64, last = (to - 1) / 64;
    uint64_t first =
        a[word] & (b ? b[word] : ~0ull) & part(from % 64, word == last ? (to - 1) % 64 + 1 : 64);
    if (word == last)
        return count(&first, NULL, 1);
    uint64_t rest = a[last] & (b ? b[last] : ~0ull) & part(0, (to - 1) % 64 + 1);
    const uint64_t ends[] = {first, rest};
    return count(ends, NULL, 2) + count(a + word + 1, b ? b + word + 1 : NULL, last - word - 1);
}

uint32_t ek_bits_count(const uint64_t *bits, uint32_t from, uint32_t to)
{
    return ek_bits_count_both(bits, NULL, from, to);
}

void ek_bits_only(uint64_t *bits, uint32_t words, uint32_t from, uint32_t to)
{
    memset(bits, 0, words * sizeof *bits);
    for (uint32_t row = from; row < to;) {
        uint32_t word = row / 64, end = to - word * 64 < 64 ? to - word * 64 : 64;
        bits[word] = part(row % 64, end);
        row = (word + 1) * 64;
    }
}

void ek_bits_and(uint64_t *bits, const uint64_t *other, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        bits[i] &= other[i];
}

void ek_bits_and_not(uint64_t *bits, const uint64_t *other, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        bits[i] &= ~other[i];
}

void ek_bits_or(uint64_t *bits, const uint64_t *other, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        bits[i] |= other[i];
}

/* By bytes: neighbours in a list seldom share one, so that no write waits for the one before it. */
void ek_bits_add_list(uint64_t *bits, const uint16_t *rows, uint32_t count, uint32_t base)
{
    const uint32_t turn = BYTE_ORDER == LITTLE_ENDIAN ? 0 : 7;
    unsigned char *bytes = (unsigned char *)bits;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = rows[i] - base;
        bytes[row / 8 ^ turn] |= (unsigned char)(1u << row % 8);
    }
}

/* Which of 64 bytes, as far as the mask goes, have this value. */
typedef void add_equal(uint64_t *bits, const uint8_t *bytes, uint32_t words, uint8_t mask,
                       uint8_t value);

static void add_equal_portable(uint64_t *bits, const uint8_t *bytes, uint32_t words, uint8_t mask,
                               uint8_t value)
{
    for (uint32_t i = 0; i < words * 64; i++)
        bits[i / 64] |= (uint64_t)((bytes[i] & mask) == value) << i % 64;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static uint32_t equal_avx2(const uint8_t *bytes, __m256i mask,
                                                           __m256i value)
{
    __m256i some = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(some, mask), value));
}

__attribute__((target("avx2"))) static void
add_equal_avx2(uint64_t *bits, const uint8_t *bytes, uint32_t words, uint8_t mask, uint8_t value)
{
    const __m256i masks = _mm256_set1_epi8((char)mask), values = _mm256_set1_epi8((char)value);
    for (uint32_t i = 0; i < words; i++, bytes += 64)
        bits[i] |= equal_avx2(bytes, masks, values) |
                   (uint64_t)equal_avx2(bytes + 32, masks, values) << 32;
}
#define ADD_EQUAL (__builtin_cpu_supports("avx2") ? add_equal_avx2 : add_equal_portable)
#else
#define ADD_EQUAL add_equal_portable
#endif

void ek_bits_add_equal(uint64_t *bits, const uint8_t *bytes, uint32_t count, uint8_t mask,
                       uint8_t value)
{
    add_equal *const add = ADD_EQUAL;
    add(bits, bytes, count / 64, mask, value);
    for (uint32_t row = count / 64 * 64; row < count; row++)
        bits[row / 64] |= (uint64_t)((bytes[row] & mask) == value) << row % 64;
}

/* Lists --------------------------------------------------------------------------------------- */

typedef uint32_t list_rows(const uint64_t *bits, uint32_t from, uint32_t to, uint16_t *out);

/* Most words have a few bits or none: four rows are written in any case, and only what is beyond
 * them asks for a branch. A branch a bit is guessed wrong once a word, at the cost of twenty rows.
 */
static inline __attribute__((always_inline)) uint32_t list_word(uint64_t rest, uint32_t row,
                                                                uint16_t *out)
{
    const uint32_t count = (uint32_t)__builtin_popcountll(rest);
    for (uint32_t i = 0; i < EK_BITS_LIST_SLACK; i++, rest &= rest - 1)
        out[i] = (uint16_t)(row + (uint32_t)__builtin_ctzll(rest | 1ull << 63));
    for (uint32_t i = EK_BITS_LIST_SLACK; i < count; i++, rest &= rest - 1)
        out[i] = (uint16_t)(row + (uint32_t)__builtin_ctzll(rest));
    return count;
}

static inline __attribute__((always_inline)) uint32_t
list_words(const uint64_t *bits, uint32_t from, uint32_t to, uint16_t *out)
{
    uint32_t count = 0;
    for (uint32_t row = from / 64 * 64; row < to; row += 64) {
        uint64_t wanted = part(row < from ? from - row : 0, to - row < 64 ? to - row : 64);
        count += list_word(bits[row / 64] & wanted, row, out + count);
    }
    return count;
}

static uint32_t list_portable(const uint64_t *bits, uint32_t from, uint32_t to, uint16_t *out)
{
    return list_words(bits, from, to, out);
}

#ifdef __x86_64__
__attribute__((target("avx2,popcnt,bmi"))) static uint32_t
list_avx2(const uint64_t *bits, uint32_t from, uint32_t to, uint16_t *out)
{
    return list_words(bits, from, to, out);
}
#define LIST_ROWS                                                                                  \
    (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? list_avx2 : list_portable)
#else
#define LIST_ROWS list_portable
#endif

uint32_t ek_bits_list(const uint64_t *bits, uint32_t from, uint32_t to, uint16_t *out)
{
    list_rows *const list = LIST_ROWS;
    return list(bits, from, to, out);
}
