/* rule_set.h - the rule sets that tags were made with, kept whole under their digest. */
#ifndef EKBOM_STORE_RULE_SET_H
#define EKBOM_STORE_RULE_SET_H

#include "store/handle.h"

struct ek_bundle;

/* Keep a rule set's text (its codes stay as they are known) or its codes. */
void ek_rule_set_put(struct ek_store *store, struct ek_txn *txn, const struct ek_bundle *rules);
void ek_rule_set_put_codes(struct ek_store *store, struct ek_txn *txn, const char *digest,
                           const struct ek_rule_code *codes, size_t count);
/* 1, 0, -1. bundle may be NULL; codes may be NULL. */
int ek_rule_set_get(struct ek_txn *txn, const char *digest, struct ek_arena *arena,
                    struct ek_bundle *bundle, struct ek_rule_code **codes, size_t *count,
                    struct ek_err *err);

/* Digest of the rule set in use, as the records have it; "" if there is none. */
void ek_rules_in_use(struct ek_txn *txn, char digest[sizeof "sha256:" + 2 * EK_SHA256_BYTES]);
void ek_rules_use(struct ek_txn *txn, const char *digest);

#endif
