/* generation.h - tag generations: the tags made under one rule set.
 *
 * Rows are there once, whatever the rules; each chunk holds the tags of every generation beside
 * them. One generation answers (the current one), one may be being built, and those that answered
 * before are kept until they are dropped.
 *
 * A generation whose posts are still to be tagged goes through them in the order of their numbers:
 * those in (progress, until] are to come. Posts that it passed and that changed since stand in the
 * table EK_BEHIND (behind.h). The one being built has no end: every new post is to come. */
#ifndef EKBOM_STORE_GENERATION_H
#define EKBOM_STORE_GENERATION_H

#include "store/handle.h"

#define EK_NO_END UINT64_MAX

struct ek_generation {
    uint32_t number;                                     /* 0: there is none */
    char digest[sizeof "sha256:" + 2 * EK_SHA256_BYTES]; /* of its rule set */
    ek_time made;                                        /* when it was begun */
    uint64_t progress, until;
};

enum ek_which { EK_CURRENT, EK_BUILDING };
/* 1, 0 (number is 0), -1 (latched). */
int ek_generation_get(struct ek_txn *txn, enum ek_which which, struct ek_generation *generation);
/* By its digest or a beginning that no other has ("sha256:" may be left out). 1, 0, -1 (latched;
 * EK_USAGE where several begin so). The one being built is not found: it cannot answer yet. */
int ek_generation_find(struct ek_txn *txn, const char *digest, struct ek_generation *generation);
/* Every one, by number. 0, -1 (latched). */
int ek_generations_load(struct ek_txn *txn, struct ek_arena *arena,
                        struct ek_generation **generations, size_t *count);
void ek_generation_put(struct ek_txn *txn, const struct ek_generation *generation);
/* The one that ek_store_untagged and ek_store_put_tags are about: the one being built if
 * ek_store_set_rules was called since the store was opened, else the current one. */
int ek_generation_target(struct ek_store *store, struct ek_txn *txn,
                         struct ek_generation *generation);

/* A new one, with all posts numbered up to `until` to come. */
void ek_generation_begin(struct ek_txn *txn, enum ek_which which, const char *digest,
                         uint64_t until);
/* Make it the current one or the one being built; 0: there is none being built. */
void ek_generation_use(struct ek_txn *txn, enum ek_which which, uint32_t number);
/* With its tags in all chunks, its codes and what it is behind. */
void ek_generation_drop(struct ek_txn *txn, uint32_t number, struct ek_arena *arena);

static inline bool ek_generation_to_come(const struct ek_generation *generation, uint64_t number)
{
    return number > generation->progress && number <= generation->until;
}

#endif
