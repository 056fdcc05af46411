/* verify_index.h - the parts of the index's check, which share what they have seen. */
#ifndef EKBOM_STORE_VERIFY_INDEX_H
#define EKBOM_STORE_VERIFY_INDEX_H

#include "store/index/generation.h"
#include "store/index/run.h"
#include "store/index/words.h"
#include "store/records/verify.h"

struct ek_index_check {
    struct ek_verifier *verifier;
    struct ek_txn *records, *index;
    struct ek_arena *arena; /* of the whole check */
    struct ek_arena *scrap; /* of one chunk */
    struct ek_generation current, building, *generations;
    size_t generation_count;
    struct ek_words words; /* of the current generation */
    struct ek_runs runs;
    uint64_t watermark, posts; /* posts: the greatest number */
    uint64_t *seen, *tagged;   /* by post number: has a living row; it has tags */
    int32_t *first_days;       /* by author number, recounted */
    size_t authors;
};

/* "index: ...: remove it". */
void ek_index_finding(struct ek_index_check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Every run and chunk against themselves, every row against its post. */
void ek_verify_runs(struct ek_index_check *check);

static inline bool ek_bit(const uint64_t *set, uint64_t at)
{
    return set[at / 64] >> at % 64 & 1;
}

#endif
