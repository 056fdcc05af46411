/* postings.h - the tags of one chunk under one generation: which rows have which tag.
 *
 * A posting is the set of rows that have one code in one class: a bitmap where it is dense, sorted
 * 16-bit row numbers where it is sparse. Postings of a theory carry a byte a row (stance, hedged,
 * experience) and, for the class that is counted unless another is asked for, counts by stance and
 * month, so that a plain timeline reads no posting at all. */
#ifndef EKBOM_STORE_POSTINGS_H
#define EKBOM_STORE_POSTINGS_H

#include "store/index/chunk.h"
#include "store/index/row.h"

enum ek_posting_class {
    EK_POSTING_RLS,    /* a theory, target RLS: with words and counts */
    EK_POSTING_CRAMPS, /* a theory, target leg cramps: with words */
    EK_POSTING_TREATMENT,
    EK_POSTING_QUOTED,       /* stands in quotes only */
    EK_POSTING_UNDETERMINED, /* a rule of this code reached a limit */
    EK_POSTING_UNTAGGED,     /* code 0: rows that this generation has not tagged */
    EK_POSTING_UNASSESSED,   /* code 0: rows in a language that the rules do not know */
    EK_POSTING_CLASSES
};

struct ek_posting {
    uint32_t code; /* number in the words table */
    enum ek_posting_class class;
    uint32_t count;         /* rows */
    uint32_t chunk_rows;    /* bits of the bitmap */
    const uint64_t *bitmap; /* of the chunk's rows, or NULL: */
    const uint16_t *list;   /* sorted rows */
    const uint8_t *words;   /* a byte a row of the posting; NULL where the class has none */
};

struct ek_postings {
    struct ek_chunk *chunk;
    uint32_t generation;
    const unsigned char *value; /* NULL: this generation has no tags here, all rows are untagged */
    size_t len;
    uint32_t count;   /* of postings, sorted by class, then code */
    uint8_t *checked; /* by posting: 1 = its rows, 2 = its counts; then the months and the pairs */
};

/* 0, or -1 (latched). value.data NULL: none. */
int ek_postings_open(struct ek_postings *postings, struct ek_chunk *chunk, uint32_t generation,
                     const struct ek_bytes *value, struct ek_arena *arena);
/* Code, class and count of posting i; its rows are not looked at. */
void ek_posting_head(const struct ek_postings *postings, uint32_t i, struct ek_posting *posting);
/* Counts of a posting of EK_POSTING_RLS: [stance * months + m], m as in the chunk's months, rows
 * that are not hidden. A small chunk keeps none: 1, 0 (none kept), -1 (latched). */
int ek_posting_counts(struct ek_postings *postings, uint32_t i, const uint16_t **counts);
/* Rows by month that a plain timeline counts: dated, not hidden, tagged, assessed. As above. */
int ek_postings_counted(struct ek_postings *postings, const uint16_t **counted);
/* The same rows with two theories, [ek_pair_place(theories, a, b) * months + m]: a < b are places
 * of two of the first `theories` postings, which are those of EK_POSTING_RLS. As above; a chunk of
 * many months keeps none either. */
int ek_postings_pairs(struct ek_postings *postings, const uint16_t **counts, uint32_t *theories);
static inline size_t ek_pairs_of(size_t count)
{
    return count ? count * (count - 1) / 2 : 0;
}
static inline size_t ek_pair_place(size_t count, size_t a, size_t b)
{
    return a * (2 * count - a - 1) / 2 + (b - a - 1);
}
/* Posting i, checked. 0, -1 (latched). */
int ek_posting_get(struct ek_postings *postings, uint32_t i, struct ek_posting *posting);
/* First posting of a class (and code) or, where there is none, the place where it would be. */
uint32_t ek_posting_find(const struct ek_postings *postings, enum ek_posting_class class,
                         uint32_t code);
/* The packed word (row.h) of the i-th row of a posting. */
uint32_t ek_posting_word(const struct ek_posting *posting, uint32_t i);
/* mask |= the posting's rows; mask has EK_CHUNK_WORDS words. `wanted`: NULL for every row, else a
 * table of 16: which words (by their low four bits) count. */
void ek_posting_mask(const struct ek_posting *posting, const struct ek_chunk *chunk,
                     const bool *wanted, uint64_t *mask);

/* All tags of all rows, row by row, for those who list rows or merge chunks. */
struct ek_row_marks {
    uint32_t *start; /* rows + 1 */
    struct ek_mark *marks;
    uint64_t *untagged; /* bitmaps, a bit a row */
    uint64_t *unassessed;
};
int ek_postings_by_row(struct ek_postings *postings, struct ek_arena *arena,
                       struct ek_row_marks *rows);
int ek_postings_check(struct ek_postings *postings); /* for verify */

/* Writing: the tags of generation number `which` of a batch (an index into its generations), for
 * the chunk that its rows make or made. */
void ek_postings_write(struct ek_txn *index, uint64_t id, const struct ek_batch *batch,
                       size_t which);

#endif
