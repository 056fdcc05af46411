/* ops_store.h - the operations of the model, done to a store; and the store compared with it. */
#ifndef EKBOM_CAMPAIGN_OPS_STORE_H
#define EKBOM_CAMPAIGN_OPS_STORE_H

#include "ops_model.h"

#include "ekbom/error.h"
#include "ekbom/store.h"

#define SLICE_POST "slice" /* id of a post whose words say how many slices were committed */

/* Says what went wrong, and ends the process. */
void fail_with(const char *what, const struct ek_err *err) __attribute__((noreturn));

/* For writing, with merges that few posts provoke. */
struct ek_store *store_open(const char *folder);
/* The digest of a rule set of the model. */
void store_rules(unsigned rules, struct ek_bundle *bundle);
/* Begin to tag under these rules, or go on with it. */
void store_set_rules(struct ek_store *store, unsigned rules);
void store_do(struct ek_store *store, const struct step *step, unsigned rules);
/* Tag all that is behind under these rules. Returns how many posts. */
uint64_t store_catch_up(struct ek_store *store, unsigned rules);
/* Slices that the store holds. */
uint64_t store_slices(struct ek_store *store);

/* Every difference is named; returns how many there are. complete: every post has its tags. */
long store_compare(struct ek_store *store, const struct model *model, bool complete);

/* Place in the model of a post's own id; SIZE_MAX for the one that counts slices. */
size_t model_place(const char *id);
const char *forum_name(uint32_t forum, char out[48]);

#endif
