/* chunk.h - up to 65,472 posts of the index, in time order, as columns that are read in place.
 *
 * A chunk is never changed. Its rows stand in one value (times, numbers, authors, threads, places,
 * states), its tags in another, one for each tag generation (postings.h), and the rows that died
 * since (the post was changed, its new row stands elsewhere) in a third (dead.h). Rows 0 ..
 * dated - 1 have a time and ascend by (time, number); the rest have none and ascend by number.
 *
 * The value carries its own checksums, one a section, and a section is checked when it is first
 * asked for: a count reads a few KB of a chunk of 1.5 MB, and pays for those. */
#ifndef EKBOM_STORE_CHUNK_H
#define EKBOM_STORE_CHUNK_H

#include "ekbom/record.h"
#include "store/env.h"

struct ek_arena;

/* One 64-row word below 65,536, so that any count of a chunk fits 16 bits. */
#define EK_CHUNK_ROWS 65472u
#define EK_CHUNK_WORDS (EK_CHUNK_ROWS / 64)

enum ek_section {
    EK_SECTION_TIME,   /* int64_t or, where the chunk spans less than 136 years, uint32_t */
    EK_SECTION_NUMBER, /* uint32_t: the store's post number */
    EK_SECTION_AUTHOR, /* uint32_t; 0 = nobody was named */
    EK_SECTION_THREAD, /* uint32_t */
    EK_SECTION_PLACE,  /* uint8_t or, with more than 256 places, uint16_t */
    EK_SECTION_BITS,   /* uint8_t: precision | state << 2 */
    EK_SECTION_PLACES, /* struct ek_chunk_place */
    EK_SECTION_MONTHS, /* struct ek_chunk_month, one more than there are months */
    EK_SECTIONS
};

struct ek_chunk_place { /* what rows of one board and language share */
    uint32_t forum, board, language;
};

struct ek_chunk_month { /* only months that have rows, so that a false date costs nothing */
    int32_t month;      /* as ek_bucket_of(time, EK_BY_MONTH); INT32_MAX in the entry behind */
    uint32_t first;     /* row; `dated` in the entry behind */
};

struct ek_chunk {
    struct ek_txn *index;
    uint64_t id;
    const unsigned char *value; /* 8-byte aligned, in the map or in the arena */
    size_t len;
    uint32_t rows, dated, place_count;
    ek_time first, last;  /* of the dated rows */
    uint32_t least, most; /* post numbers */
    uint32_t months;      /* that have dated rows */
    bool wide_time, wide_place;
    uint32_t states[EK_STATES]; /* rows in each state */
    uint32_t checked;           /* bits 1 << enum ek_section */
};

/* A chunk's value made ready. 0, or -1 (latched: damaged). */
int ek_chunk_open(struct ek_chunk *chunk, struct ek_txn *index, uint64_t id,
                  const struct ek_bytes *value, struct ek_arena *arena);
/* A section, checked; NULL (latched) if it is damaged. An empty section is not NULL. */
const void *ek_chunk_section(struct ek_chunk *chunk, enum ek_section section);
/* Shorthands; all sections that they need must have been asked for before with success. */
ek_time ek_chunk_time(const struct ek_chunk *chunk, uint32_t row);
const struct ek_chunk_place *ek_chunk_place(const struct ek_chunk *chunk, uint32_t row);
static inline enum ek_precision ek_bits_precision(unsigned bits)
{
    return (enum ek_precision)(bits & 3);
}
static inline enum ek_state ek_bits_state(unsigned bits)
{
    return (enum ek_state)(bits >> 2 & 3);
}
/* Whole-chunk check for verify: every section's checksum, order of rows, ranges. */
int ek_chunk_check(struct ek_chunk *chunk);
/* First dated row at or after a time (0 .. dated). Time must have been asked for. */
uint32_t ek_chunk_seek(const struct ek_chunk *chunk, ek_time time);

/* Writing ------------------------------------------------------------------------------------ */

struct ek_batch;
/* Write rows [0, count) of a batch, which must be in chunk order, at most EK_CHUNK_ROWS, as chunk
 * `id`, with the tags of every generation that the batch has. Errors are latched. */
void ek_chunk_write(struct ek_txn *index, uint64_t id, const struct ek_batch *batch);

/* Keys of the chunk table: everything of a chunk stands together, its rows first. */
#define EK_CHUNK_KEY_BYTES 13u
enum ek_chunk_part { EK_PART_ROWS = 'a', EK_PART_DEAD = 'd', EK_PART_TAGS = 't' };
/* generation: of EK_PART_TAGS, else 0. */
void ek_chunk_key(uint64_t id, enum ek_chunk_part part, uint32_t generation,
                  unsigned char key[EK_CHUNK_KEY_BYTES]);

#endif
