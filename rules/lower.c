/* lower.c - see lower.h.
 *
 * Most posts hold no literal of any rule, and what is spent on them is spent here: so there is one
 * pass without a branch, 32 bytes at a time where the processor has AVX2, 16 with SSE2, which every
 * x86-64 has. Which one is chosen when the program runs. The portable twin is for other machines,
 * and says what the others have to do; a test holds them equal. Vectors of 64 bytes (AVX-512) were
 * turned down: this pass is a fifth of the whole by then, and a fourth twin to keep. */
#include "rules/lower.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 64u        /* bytes of one word of bits */
#define LEAST_BLOCKS 32u /* of memory: most posts are shorter */

const bool lower_is_word[256] = {
    ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true,
    ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['A'] = true, ['B'] = true,
    ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true,
    ['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true,
    ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true,
    ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true,
    ['_'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true,
    ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true, ['j'] = true, ['k'] = true,
    ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true, ['p'] = true, ['q'] = true,
    ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true,
    ['x'] = true, ['y'] = true, ['z'] = true,
};

/* The bits of one block. */
struct bits {
    uint64_t words, signs;
};

/* A loop over whole blocks, and the rest of the text through a block of its own. A word starts
 * where a word is and before it none was. */
#define MAKE_BLOCKS(block)                                                                         \
    do {                                                                                           \
        uint64_t before = 0;                                                                       \
        char rest[BLOCK] = {0};                                                                    \
        for (size_t at = 0; at < lowered->len; at += BLOCK) {                                      \
            const char *from = text + at;                                                          \
            if (lowered->len - at < BLOCK)                                                         \
                from = memcpy(rest, from, lowered->len - at);                                      \
            struct bits bits = block(from, lowered->low + at, lowered->keys + at, &all);           \
            lowered->words[at / BLOCK] = bits.words;                                               \
            lowered->starts[at / BLOCK] = bits.words & ~(bits.words << 1 | before);                \
            lowered->signs[at / BLOCK] = bits.signs;                                               \
            before = bits.words >> 63;                                                             \
        }                                                                                          \
    } while (0)

static bool always(void)
{
    return true;
}

static inline struct bits portable_block(const char *text, char *low, char *keys,
                                         unsigned char *all)
{
    struct bits bits = {0};

    for (unsigned i = 0; i < BLOCK; i++) {
        unsigned char c = (unsigned char)text[i];
        bool word = lower_is_word[c];
        *all |= c;
        if (c >= 'A' && c <= 'Z')
            c += 32;
        low[i] = (char)c;
        keys[i] = word ? (char)c : ' ';
        bits.words |= (uint64_t)word << i;
        bits.signs |= (uint64_t)(!word && ((c > ' ' && c != 0x7f) || c == '\n')) << i;
    }
    return bits;
}

static bool portable_make(const char *text, struct lowered *lowered)
{
    unsigned char all = 0;

    MAKE_BLOCKS(portable_block);
    return all < 0x80;
}

static void portable_filter(struct lowered *lowered, const struct lower_filter *filter, size_t from,
                            size_t to)
{
    memset(lowered->inside + from / BLOCK, 0, (to - from + BLOCK - 1) / BLOCK * sizeof(uint64_t));
    for (size_t i = from; i < to; i++) {
        unsigned char groups = 0xff;
        for (unsigned n = 0; n < 3; n++) {
            unsigned char c = (unsigned char)lowered->low[i + n];
            groups &= filter->high[n][c >> 4] & filter->low[n][c & 15];
        }
        lowered->inside[i / BLOCK] |= (uint64_t)(groups != 0) << i % BLOCK;
    }
}

#ifdef __x86_64__
#include <immintrin.h>

/* Bytes from `first` to `first` + `span`. */
static inline __m128i between_16(__m128i bytes, char first, char span)
{
    __m128i from = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8(span)), from);
}

static inline struct bits sse2_block(const char *text, char *low, char *keys, __m128i *all)
{
    const __m128i blank = _mm_set1_epi8(' ');
    struct bits bits = {0};

    for (unsigned i = 0; i < BLOCK; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(text + i));
        *all = _mm_or_si128(*all, v);
        v = _mm_or_si128(v, _mm_and_si128(between_16(v, 'A', 25), _mm_set1_epi8(0x20)));
        __m128i word = _mm_or_si128(
            between_16(v, 'a', 25),
            _mm_or_si128(between_16(v, '0', 9), _mm_cmpeq_epi8(v, _mm_set1_epi8('_'))));
        __m128i space = _mm_or_si128(between_16(v, 0, ' '), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
        space = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), space);
        _mm_storeu_si128((__m128i *)(low + i), v);
        _mm_storeu_si128((__m128i *)(keys + i),
                         _mm_or_si128(_mm_and_si128(word, v), _mm_andnot_si128(word, blank)));
        bits.words |= (uint64_t)(uint32_t)_mm_movemask_epi8(word) << i;
        bits.signs |= (uint64_t)(~_mm_movemask_epi8(_mm_or_si128(word, space)) & 0xffff) << i;
    }
    return bits;
}

static bool sse2_make(const char *text, struct lowered *lowered)
{
    __m128i all = _mm_setzero_si128();

    MAKE_BLOCKS(sse2_block);
    return _mm_movemask_epi8(all) == 0;
}

#define AVX2 __attribute__((target("avx2")))

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

AVX2 static inline __m256i between_32(__m256i bytes, char first, char span)
{
    __m256i from = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(from, _mm256_set1_epi8(span)), from);
}

AVX2 static inline struct bits avx2_block(const char *text, char *low, char *keys, __m256i *all)
{
    struct bits bits = {0};

    for (unsigned i = 0; i < BLOCK; i += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(text + i));
        *all = _mm256_or_si256(*all, v);
        v = _mm256_or_si256(v, _mm256_and_si256(between_32(v, 'A', 25), _mm256_set1_epi8(0x20)));
        __m256i word = _mm256_or_si256(
            between_32(v, 'a', 25),
            _mm256_or_si256(between_32(v, '0', 9), _mm256_cmpeq_epi8(v, _mm256_set1_epi8('_'))));
        __m256i space =
            _mm256_or_si256(between_32(v, 0, ' '), _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f)));
        space = _mm256_andnot_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')), space);
        _mm256_storeu_si256((__m256i *)(low + i), v);
        _mm256_storeu_si256((__m256i *)(keys + i),
                            _mm256_blendv_epi8(_mm256_set1_epi8(' '), v, word));
        bits.words |= (uint64_t)(uint32_t)_mm256_movemask_epi8(word) << i;
        bits.signs |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(_mm256_or_si256(word, space)) << i;
    }
    return bits;
}

AVX2 static bool avx2_make(const char *text, struct lowered *lowered)
{
    __m256i all = _mm256_setzero_si256();

    MAKE_BLOCKS(avx2_block);
    return _mm256_movemask_epi8(all) == 0;
}

AVX2 static inline __m256i table_32(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

/* The groups of literals that may start at each of 32 bytes. */
AVX2 static inline __m256i groups_32(const char *low, const struct lower_filter *filter)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i groups = _mm256_set1_epi8(-1);

    for (unsigned n = 0; n < 3; n++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(low + n));
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);
        groups = _mm256_and_si256(
            groups, _mm256_and_si256(
                        _mm256_shuffle_epi8(table_32(filter->high[n]), high),
                        _mm256_shuffle_epi8(table_32(filter->low[n]), _mm256_and_si256(v, half))));
    }
    return groups;
}

AVX2 static void avx2_filter(struct lowered *lowered, const struct lower_filter *filter,
                             size_t from, size_t to)
{
    for (size_t at = from; at < to; at += BLOCK) {
        uint64_t none = 0;
        for (unsigned i = 0; i < BLOCK; i += 32) {
            __m256i groups = groups_32(lowered->low + at + i, filter);
            groups = _mm256_cmpeq_epi8(groups, _mm256_setzero_si256());
            none |= (uint64_t)(uint32_t)_mm256_movemask_epi8(groups) << i;
        }
        lowered->inside[at / BLOCK] = to - at < BLOCK ? ~none & ((1ull << (to - at)) - 1) : ~none;
    }
}
#endif

const struct lower_engine lower_engines[] = {
#ifdef __x86_64__
    {"AVX2", has_avx2, avx2_make, avx2_filter},
    {"SSE2", always, sse2_make, portable_filter},
#endif
    {"portable", always, portable_make, portable_filter},
    {0},
};

const struct lower_engine *lower_engine_best(void)
{
    const struct lower_engine *engine = lower_engines;

    while (!engine->usable())
        engine++;
    return engine;
}

static int make_room(struct lowered *lowered, size_t len)
{
    size_t blocks = LEAST_BLOCKS + len / BLOCK + len / BLOCK / 2;
    size_t view = blocks * BLOCK + 2 * LOWER_MARGIN;
    char *memory;

    if (lowered->memory && len <= lowered->room)
        return 0;
    memory = aligned_alloc(BLOCK, (2 * view + (4 * blocks + 1) * sizeof(uint64_t) + BLOCK - 1) /
                                      BLOCK * BLOCK);
    if (!memory)
        return -1;
    free(lowered->memory);
    lowered->memory = memory;
    lowered->low = memory + LOWER_MARGIN;
    lowered->keys = memory + view + LOWER_MARGIN;
    lowered->starts = (uint64_t *)(void *)(memory + 2 * view);
    lowered->signs = lowered->starts + blocks;
    lowered->inside = lowered->signs + blocks;
    lowered->words = lowered->inside + blocks;
    lowered->room = blocks * BLOCK;
    memset(memory, 0, LOWER_MARGIN);
    memset(memory + view, ' ', LOWER_MARGIN);
    return 0;
}

int lower_make(struct lowered *lowered, const struct lower_engine *engine, const char *text,
               size_t len)
{
    if (make_room(lowered, len) < 0)
        return -1;
    lowered->len = len;
    lowered->ascii = engine->make(text, lowered);
    memset(lowered->low + len, 0, LOWER_MARGIN);
    memset(lowered->keys + len, ' ', LOWER_MARGIN);
    lowered->words[(len + BLOCK - 1) / BLOCK] = 0;
    return 0;
}

void lower_free(struct lowered *lowered)
{
    free(lowered->memory);
    *lowered = (struct lowered){0};
}
