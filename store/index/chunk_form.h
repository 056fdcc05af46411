/* chunk_form.h - how the rows and the tags of a chunk lie in their values: for those who read and
 * write them. In the byte order of the machine, as LMDB's own files are; a dump is portable. */
#ifndef EKBOM_STORE_CHUNK_FORM_H
#define EKBOM_STORE_CHUNK_FORM_H

#include "store/index/postings.h"

struct ek_form_section {
    uint32_t at, len, check; /* at: a multiple of 8 */
};

struct ek_form_rows { /* head of a chunk's rows */
    uint32_t check;   /* of the head from `rows` on */
    uint32_t rows, dated, places, months;
    uint32_t least, most;
    uint32_t wide_time, wide_place;
    uint32_t states[EK_STATES];
    uint32_t unused; /* 0 */
    int64_t first, last;
    struct ek_form_section sections[EK_SECTIONS];
};

size_t ek_form_section_bytes(const struct ek_form_rows *head, enum ek_section section);

struct ek_form_posting {
    uint32_t code, class, dense, count;
    uint32_t at, check;               /* rows, then words where the class has them */
    uint32_t counts_at, counts_check; /* at 0: none */
};

struct ek_form_tags { /* head of a chunk's tags; the list of postings follows */
    uint32_t check;   /* of the head and the list, from `generation` on */
    uint32_t generation, postings, rows;
    uint32_t counted_at, counted_check; /* at 0: none */
    uint32_t pairs_at, pairs_check;     /* the same */
};

/* Seeded with the chunk's id, so that a value under another key is found out too. */
uint32_t ek_form_check(uint64_t id, const void *bytes, size_t len);

static inline bool ek_class_has_words(uint32_t class)
{
    return class == EK_POSTING_RLS || class == EK_POSTING_CRAMPS;
}

static inline size_t ek_posting_bytes(const struct ek_form_posting *posting, uint32_t rows)
{
    size_t set = posting->dense ? (size_t)(rows + 63) / 64 * 8 : (size_t)posting->count * 2;
    return set + (ek_class_has_words(posting->class) ? posting->count : 0);
}

/* The months of times that ascend: the calendar is asked once a month, not once a row. */
struct ek_month_walk {
    int month;
    ek_time until;
    bool begun;
};
static inline int ek_month_of(struct ek_month_walk *walk, ek_time time)
{
    if (!walk->begun || time >= walk->until) {
        walk->month = ek_bucket_of(time, EK_BY_MONTH);
        walk->until = ek_bucket_start(walk->month + 1, EK_BY_MONTH);
        walk->begun = true;
    }
    return walk->month;
}

/* The value itself where it can be read in place, else a copy; NULL when out of memory. */
const unsigned char *ek_form_aligned(const struct ek_bytes *value, struct ek_arena *arena);

#endif
