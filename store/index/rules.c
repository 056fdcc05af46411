/* rules.c - which rule set the store is tagged under. See ekbom/store.h.
 *
 * Which one is in use is decided in the records (they commit first); the index follows. A swap
 * prepares the index, writes the records, then the index: cut off between the last two, the index
 * still holds the finished generation under the digest that the records now name, and the next
 * writer completes the swap (recover.c). A generation that is not finished waits until the same
 * rules are set again; other rules take its place. */
#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "store/index/behind.h"
#include "store/index/figures.h"
#include "store/index/marks.h"
#include "store/index/merge.h"
#include "store/index/recover.h"
#include "store/index/run.h"
#include "store/index/swap.h"
#include "store/index/words.h"
#include "store/records/rule_set.h"

int ek_store_rules_known(struct ek_store *store, const char **digest, struct ek_err *err)
{
    struct ek_generation current = {0};
    *digest = NULL;
    if (ek_store_enter(store, EK_NEEDS_INDEX, err))
        return -1;
    ek_generation_get(store->reading_index, EK_CURRENT, &current);
    if (ek_store_leave(store, 0, err))
        return -1;
    if (!current.number)
        return 0;
    memcpy(store->rules_digest, current.digest, sizeof store->rules_digest);
    *digest = store->rules_digest;
    return 1;
}

const char *ek_store_rules_digest(struct ek_store *store)
{
    const char *digest;
    ek_store_rules_known(store, &digest, NULL);
    return digest;
}

int ek_store_rules(struct ek_store *store, struct ek_arena *arena, struct ek_bundle *bundle,
                   struct ek_err *err)
{
    const char *digest;
    int known = ek_store_rules_known(store, &digest, err);
    return known == 1 ? ek_store_rules_of(store, digest, arena, bundle, err) : known;
}

int ek_store_rules_of(struct ek_store *store, const char *digest, struct ek_arena *arena,
                      struct ek_bundle *bundle, struct ek_err *err)
{
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int found = ek_rule_set_get(ek_records(store), digest, arena, bundle, NULL, NULL, err);
    return ek_store_leave(store, found, err);
}

static int writable(const struct ek_store *store, struct ek_err *err)
{
    if (store->mode != EK_STORE_WRITE)
        return ek_fail(err, EK_USAGE, "%s is open for reading only", store->folder);
    if (store->slice || store->depth)
        return ek_fail(err, EK_USAGE, "%s: not inside a slice or a visit", store->folder);
    return 0;
}

/* Setting rules ------------------------------------------------------------------------------- */

/* Keep the text; on a store without rules, put it in use. *first tells which it was. */
static int keep_rules(struct ek_store *store, const struct ek_bundle *rules, bool *first,
                      struct ek_counters *counters, struct ek_err *err)
{
    char in_use[sizeof rules->digest];
    struct ek_txn *txn = ek_txn_begin(store->records, true, err);
    if (!txn)
        return -1;
    ek_arena_reset(store->scratch);
    ek_counters_load(txn, counters);
    ek_rules_in_use(txn, in_use);
    *first = !*in_use;
    ek_rule_set_put(store, txn, rules);
    if (*first)
        ek_rules_use(txn, rules->digest);
    return ek_txn_commit(txn, err);
}

void ek_rules_begin(struct ek_txn *index, const char *digest, const struct ek_counters *counters,
                    struct ek_arena *arena)
{
    struct ek_generation *all, current, building;
    size_t count;
    ek_generation_get(index, EK_CURRENT, &current);
    ek_generation_get(index, EK_BUILDING, &building);
    if (ek_generations_load(index, arena, &all, &count))
        return;
    for (size_t i = 0; i < count; i++) {
        if (all[i].number == building.number || strcmp(all[i].digest, digest) == 0)
            ek_generation_drop(index, all[i].number, arena);
    }
    ek_generation_use(index, EK_BUILDING, 0);
    ek_marks_drop(index);
    ek_behind_drop(index, current.number);
    ek_generation_begin(index, EK_CURRENT, digest, counters->post);
    struct ek_manifest manifest;
    if (current.number || ek_manifest_get(index, &manifest))
        return;
    manifest.watermark = counters->change; /* there are no rows that could be out of date */
    ek_manifest_put(index, &manifest);
}

/* Goes on with the one being built where it has these rules. */
static void build(struct ek_txn *index, const char *digest, struct ek_arena *arena)
{
    struct ek_generation building;
    int found = ek_generation_get(index, EK_BUILDING, &building);
    if (found < 0 || (found && strcmp(building.digest, digest) == 0))
        return;
    if (found) {
        ek_generation_drop(index, building.number, arena);
        ek_marks_drop(index);
    }
    ek_generation_begin(index, EK_BUILDING, digest, EK_NO_END);
}

int ek_store_set_rules(struct ek_store *store, const struct ek_bundle *rules, struct ek_err *err)
{
    struct ek_counters counters;
    bool first;
    if (writable(store, err) || keep_rules(store, rules, &first, &counters, err))
        return -1;
    ek_merge_forget(store);
    ek_arena_reset(store->spare);
    struct ek_txn *index = ek_txn_begin(store->index, true, err);
    if (!index)
        return -1;
    if (first)
        ek_rules_begin(index, rules->digest, &counters, store->spare);
    else
        build(index, rules->digest, store->spare);
    if (ek_txn_commit(index, err))
        return -1;
    store->building = !first;
    return 0;
}

/* Codes --------------------------------------------------------------------------------------- */

void ek_rules_add_codes(struct ek_txn *index, uint32_t generation, const struct ek_rule_code *codes,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t number =
            ek_word_number(index, codes[i].treatment ? EK_WORD_OF_TREATMENT : EK_WORD_THEORY,
                           codes[i].code, strlen(codes[i].code));
        if (number)
            ek_code_add(index, generation, number);
    }
}

int ek_store_put_codes(struct ek_store *store, const struct ek_rule_code *codes, size_t count,
                       struct ek_err *err)
{
    struct ek_generation target;
    if (writable(store, err))
        return -1;
    struct ek_txn *index = ek_txn_begin(store->index, true, err);
    struct ek_txn *records = index ? ek_txn_begin(store->records, true, err) : NULL;
    if (!records) {
        ek_txn_end(index);
        return -1;
    }
    ek_arena_reset(store->scratch);
    if (ek_generation_target(store, index, &target) == 0)
        ek_txn_fail(index, EK_USAGE, "%s has no rule set yet", store->folder);
    if (!ek_txn_failed(index)) {
        ek_rule_set_put_codes(store, records, target.digest, codes, count);
        ek_rules_add_codes(index, target.number, codes, count);
    }
    if (ek_txn_failed(index)) {
        ek_txn_end(records);
        return ek_txn_commit(index, err); /* gives the error */
    }
    if (ek_txn_commit(records, err)) {
        ek_txn_end(index);
        return -1;
    }
    return ek_txn_commit(index, err);
}

/* Swapping ------------------------------------------------------------------------------------ */

static int finish_swap(struct ek_store *store, const struct ek_generation *building,
                       struct ek_err *err)
{
    struct ek_counters counters;
    struct ek_txn *records = ek_txn_begin(store->records, true, err);
    if (!records)
        return -1;
    ek_counters_load(records, &counters);
    ek_rules_use(records, building->digest);
    if (ek_txn_commit(records, err))
        return -1;
    ek_arena_reset(store->spare);
    struct ek_txn *index = ek_txn_begin(store->index, true, err);
    if (!index)
        return -1;
    ek_swap_in(index, building, counters.post, store->spare);
    return ek_txn_commit(index, err);
}

int ek_store_swap(struct ek_store *store, struct ek_err *err)
{
    struct ek_generation building = {0};
    if (writable(store, err))
        return -1;
    if (!store->building)
        return 0; /* nothing to swap in: the first rule set */
    ek_merge_forget(store);
    struct ek_txn *index = ek_txn_begin(store->index, false, err);
    if (!index)
        return -1;
    ek_generation_get(index, EK_BUILDING, &building);
    bool failed = ek_txn_take_error(index, err);
    ek_txn_end(index);
    if (failed || ek_swap_prepare(store, &building, err) || finish_swap(store, &building, err))
        return -1;
    store->building = false;
    return 0;
}

/* The generations ----------------------------------------------------------------------------- */

int ek_store_generations(struct ek_store *store, struct ek_arena *arena,
                         struct ek_store_generation **generations, size_t *count,
                         struct ek_err *err)
{
    struct ek_generation *all, current, building;
    *count = 0;
    *generations = NULL;
    if (ek_store_enter(store, EK_NEEDS_INDEX, err))
        return -1;
    struct ek_txn *index = store->reading_index;
    ek_generation_get(index, EK_CURRENT, &current);
    ek_generation_get(index, EK_BUILDING, &building);
    if (ek_generations_load(index, arena, &all, count))
        return ek_store_leave(store, -1, err);
    *generations = EK_NEW_ARRAY(arena, struct ek_store_generation, *count + 1);
    if (!*generations)
        return ek_store_leave(store, ek_fail_memory(err), err);
    for (size_t i = 0; i < *count; i++) {
        struct ek_index_figures figures;
        if (ek_index_figures(index, all[i].number, &figures))
            return ek_store_leave(store, -1, err);
        (*generations)[i] = (struct ek_store_generation){
            .digest = all[i].digest,
            .made = all[i].made,
            .tagged = all[i].number == building.number ? all[i].progress : figures.tagged,
            .current = all[i].number == current.number,
            .building = all[i].number == building.number};
    }
    return ek_store_leave(store, 0, err);
}

int ek_store_drop_generation(struct ek_store *store, const char *digest, struct ek_err *err)
{
    struct ek_generation current, building, found;
    if (writable(store, err))
        return -1;
    ek_merge_forget(store);
    ek_arena_reset(store->spare);
    struct ek_txn *index = ek_txn_begin(store->index, true, err);
    if (!index)
        return -1;
    ek_generation_get(index, EK_CURRENT, &current);
    ek_generation_get(index, EK_BUILDING, &building);
    if (building.number && strcmp(building.digest, digest) == 0) {
        found = building;
        ek_generation_use(index, EK_BUILDING, 0);
        ek_marks_drop(index);
        store->building = false;
    } else if (ek_generation_find(index, digest, &found) == 0) {
        ek_txn_fail(index, EK_NOT_FOUND, "%s has no tags under the rule set %s", store->folder,
                    digest);
    } else if (!ek_txn_failed(index) && found.number == current.number) {
        ek_txn_fail(index, EK_USAGE,
                    "the tags under %s are the ones in use: they go when others take their place "
                    "and they are dropped then",
                    found.digest);
    }
    if (!ek_txn_failed(index))
        ek_generation_drop(index, found.number, store->spare);
    return ek_txn_commit(index, err);
}
