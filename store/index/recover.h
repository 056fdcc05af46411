/* recover.h - what a writer does with the index when it opens the store. */
#ifndef EKBOM_STORE_RECOVER_H
#define EKBOM_STORE_RECOVER_H

#include "store/handle.h"

/* An index that was deleted or belongs to other records starts anew, a swap cut off in the middle
 * is finished, and what a crash lost between the commits of records and index is found again. */
int ek_index_recover(struct ek_store *store, struct ek_err *err);

/* rules.c: a current generation under this digest, with every post of the records to come. */
void ek_rules_begin(struct ek_txn *index, const char *digest, const struct ek_counters *counters,
                    struct ek_arena *arena);
void ek_rules_add_codes(struct ek_txn *index, uint32_t generation, const struct ek_rule_code *codes,
                        size_t count);

#endif
