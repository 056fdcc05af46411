/* store_rules.h - the rule sets that a store is tagged under. Part of store.h. */
#ifndef EKBOM_STORE_RULES_H
#define EKBOM_STORE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/time.h"

struct ek_arena;
struct ek_bundle;
struct ek_err;
struct ek_store;

/* Rule set of the current tag generation. */
/* 1 and the bundle in the arena, 0 if the store has none yet, -1. */
int ek_store_rules(struct ek_store *store, struct ek_arena *arena, struct ek_bundle *bundle,
                   struct ek_err *err);
/* The same of any rule set that the store was ever tagged under, by its whole digest. */
int ek_store_rules_of(struct ek_store *store, const char *digest, struct ek_arena *arena,
                      struct ek_bundle *bundle, struct ek_err *err);
/* Digest of the current generation: 1, 0 if the store has none yet, -1. */
int ek_store_rules_known(struct ek_store *store, const char **digest, struct ek_err *err);
/* The same, only to be shown: NULL if there is none, or it cannot be read. */
const char *ek_store_rules_digest(struct ek_store *store);
/* Make this rule set the current one (outside a slice): keeps its text and starts a new tag
 * generation, in which every post is behind until ek_store_put_tags. The old generation answers
 * until ek_store_swap, and is kept beside the new one after it. On a store without a rule set the
 * swap is immediate. Where the generation of this very rule set was begun and not swapped in (the
 * program was killed), it is gone on with; one of other rules that was begun is dropped. */
int ek_store_set_rules(struct ek_store *store, const struct ek_bundle *rules, struct ek_err *err);
int ek_store_swap(struct ek_store *store, struct ek_err *err);
/* The codes that the rule set of the newest generation defines: one that no post is tagged with
 * then counts as zero, and is no unknown name. Call after ek_store_set_rules. */
struct ek_rule_code {
    const char *code;
    bool treatment;
};
int ek_store_put_codes(struct ek_store *store, const struct ek_rule_code *codes, size_t count,
                       struct ek_err *err);

struct ek_store_generation {
    const char *digest; /* of its rule set */
    ek_time made;       /* when it was begun */
    uint64_t tagged;    /* posts that have tags of it */
    bool current;       /* the one that answers when no other is asked for */
    bool building;      /* begun and not finished: it cannot be asked */
};
/* The tag generations that the store has, oldest first, in the arena. The last 16 are kept. */
int ek_store_generations(struct ek_store *store, struct ek_arena *arena,
                         struct ek_store_generation **generations, size_t *count,
                         struct ek_err *err);
/* Drop one, by its digest or the beginning of it; not the current one. Its rule set's text stays.
 */
int ek_store_drop_generation(struct ek_store *store, const char *digest, struct ek_err *err);

#endif
