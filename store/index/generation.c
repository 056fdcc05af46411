/* generation.c - see generation.h.
 *
 * Which rule set is in use is decided in the records (they commit first); the index follows. A
 * swap writes the records, then the index: cut off between the two, the index still holds the
 * finished generation under the digest that the records now name, and the next writer completes
 * the swap. Any other unfinished generation is dropped: tagging is cheap, and rows under two rule
 * sets must never mix. */
#include "store/index/generation.h"

#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/codec.h"
#include "store/index/words.h"
#include "store/records/rule_set.h"

static const char *const which_keys[] = {"current", "building"};

int ek_generation_get(struct ek_txn *txn, enum ek_which which, struct ek_generation *generation)
{
    const char *key = which_keys[which];
    struct ek_bytes value;
    memset(generation, 0, sizeof *generation);
    int found = ek_txn_get(txn, EK_INDEX_META, key, strlen(key), &value);
    if (found != 1)
        return found;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    size_t len;
    generation->number = ek_get_uint(&cursor);
    generation->watermark = ek_get_uint(&cursor);
    const char *digest = ek_get_bytes(&cursor, &len);
    if (!ek_cursor_done(&cursor) || generation->number == 0 || len >= sizeof generation->digest)
        return ek_txn_damaged(txn, EK_INDEX_META, key, strlen(key));
    memcpy(generation->digest, digest, len);
    return 1;
}

void ek_generation_put(struct ek_txn *txn, enum ek_which which,
                       const struct ek_generation *generation)
{
    const char *key = which_keys[which];
    struct ek_buf value;
    ek_buf_init(&value, 256);
    ek_put_uint(&value, generation->number);
    ek_put_uint(&value, generation->watermark);
    ek_put_bytes(&value, generation->digest, strlen(generation->digest));
    if (value.failed)
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
    ek_txn_put(txn, EK_INDEX_META, key, strlen(key), value.data, value.len);
    ek_buf_free(&value);
}

int ek_generation_target(struct ek_txn *txn, struct ek_generation *generation)
{
    int found = ek_generation_get(txn, EK_BUILDING, generation);
    return found ? found : ek_generation_get(txn, EK_CURRENT, generation);
}

static void generation_clear(struct ek_txn *txn, const struct ek_generation *generation)
{
    ek_txn_clear(txn, ek_rows_of(generation));
    ek_txn_clear(txn, ek_places_of(generation));
    ek_txn_clear(txn, ek_words_of(generation));
}

static void forget_building(struct ek_txn *txn)
{
    ek_txn_delete(txn, EK_INDEX_META, "building", strlen("building"));
}

/* A new, empty generation in the tables that the current one does not use. */
static void generation_start(struct ek_txn *txn, enum ek_which which, uint64_t number,
                             const char *digest)
{
    struct ek_generation generation = {.number = number};
    snprintf(generation.digest, sizeof generation.digest, "%s", digest);
    generation_clear(txn, &generation);
    ek_generation_put(txn, which, &generation);
}

static void add_codes(struct ek_txn *txn, const struct ek_generation *generation,
                      const struct ek_rule_code *codes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ek_word_number(txn, generation, codes[i].treatment ? EK_WORD_OF_TREATMENT : EK_WORD_THEORY,
                       codes[i].code);
}

/* The building generation becomes the current one. */
static void swap_in(struct ek_txn *txn, const struct ek_generation *building)
{
    struct ek_generation old;
    if (ek_generation_get(txn, EK_CURRENT, &old) == 1)
        generation_clear(txn, &old);
    ek_generation_put(txn, EK_CURRENT, building);
    forget_building(txn);
}

/* Recovery ---------------------------------------------------------------------------------- */

/* Does the index belong to these records? Their ids must agree, and it cannot be ahead. */
static bool belongs(struct ek_txn *index, const struct ek_bytes *id,
                    const struct ek_generation *current, uint64_t last_change)
{
    struct ek_bytes own;
    return ek_txn_get(index, EK_INDEX_META, "id", 2, &own) == 1 && own.len == id->len &&
           memcmp(own.data, id->data, id->len) == 0 && current->watermark <= last_change;
}

static void start_anew(struct ek_store *store, struct ek_txn *index, struct ek_txn *records,
                       const struct ek_bytes *id, const char *in_use)
{
    struct ek_rule_code *codes;
    struct ek_generation current;
    size_t count;
    for (unsigned table = 0; table < EK_INDEX_TABLES; table++)
        ek_txn_clear(index, table);
    ek_txn_set_format(index, EK_INDEX_META, EK_STORE_FORMAT);
    ek_txn_put(index, EK_INDEX_META, "id", 2, id->data, id->len);
    if (store->sample)
        ek_txn_put(index, EK_INDEX_META, "sample", strlen("sample"), "", 0);
    if (!*in_use)
        return;
    generation_start(index, EK_CURRENT, 1, in_use);
    if (ek_rule_set_get(records, in_use, store->scratch, NULL, &codes, &count, NULL) == 1 &&
        ek_generation_get(index, EK_CURRENT, &current) == 1)
        add_codes(index, &current, codes, count);
}

int ek_generation_recover(struct ek_store *store, struct ek_err *err)
{
    struct ek_generation current, building;
    struct ek_bytes id;
    struct ek_counters counters;
    char in_use[sizeof current.digest];
    struct ek_txn *records = ek_txn_begin(store->records, false, err);
    struct ek_txn *index = records ? ek_txn_begin(store->index, true, err) : NULL;
    if (!index) {
        ek_txn_end(records);
        return -1;
    }
    ek_counters_load(records, &counters);
    ek_rules_in_use(records, in_use);
    if (ek_txn_get(records, EK_RECORDS_META, "id", 2, &id) == 0)
        ek_txn_damaged(records, EK_RECORDS_META, "id", 2);
    ek_generation_get(index, EK_CURRENT, &current);
    ek_generation_get(index, EK_BUILDING, &building);
    if (ek_txn_take_error(records, err) || ek_txn_take_error(index, err)) {
        ek_txn_end(index);
        ek_txn_end(records);
        return -1;
    }
    bool same = strcmp(current.digest, in_use) == 0;
    if (!belongs(index, &id, &current, counters.change)) {
        start_anew(store, index, records, &id, in_use);
    } else if (building.number && !same && strcmp(building.digest, in_use) == 0) {
        swap_in(index, &building);
    } else {
        if (building.number)
            generation_clear(index, &building);
        forget_building(index);
        if (!same) { /* rules were set and the index did not hear of it */
            generation_clear(index, &current);
            generation_start(index, EK_CURRENT, current.number + 1, in_use);
        }
    }
    int result = ek_txn_take_error(records, err) ? -1 : 0;
    ek_txn_end(records);
    if (result == 0)
        return ek_txn_commit(index, err);
    ek_txn_end(index);
    return -1;
}

/* The interface ----------------------------------------------------------------------------- */

const char *ek_store_rules_digest(struct ek_store *store)
{
    struct ek_generation current = {0};
    if (ek_store_enter(store, EK_NEEDS_INDEX, NULL))
        return NULL;
    ek_generation_get(store->reading_index, EK_CURRENT, &current);
    if (ek_store_leave(store, 0, NULL) || !current.number)
        return NULL;
    memcpy(store->rules_digest, current.digest, sizeof store->rules_digest);
    return store->rules_digest;
}

int ek_store_rules(struct ek_store *store, struct ek_arena *arena, struct ek_bundle *bundle,
                   struct ek_err *err)
{
    const char *digest = ek_store_rules_digest(store);
    if (!digest)
        return 0;
    if (ek_store_enter(store, EK_NEEDS_RECORDS, err))
        return -1;
    int found = ek_rule_set_get(ek_records(store), digest, arena, bundle, NULL, NULL, err);
    return ek_store_leave(store, found, err);
}

/* Keep the text; on a store without rules, put it in use. *first tells which it was. */
static int keep_rules(struct ek_store *store, const struct ek_bundle *rules, bool *first,
                      struct ek_err *err)
{
    char in_use[sizeof rules->digest];
    struct ek_txn *txn = ek_txn_begin(store->records, true, err);
    if (!txn)
        return -1;
    ek_arena_reset(store->scratch);
    ek_rules_in_use(txn, in_use);
    *first = !*in_use;
    ek_rule_set_put(store, txn, rules);
    if (*first)
        ek_rules_use(txn, rules->digest);
    return ek_txn_commit(txn, err);
}

static int writable(const struct ek_store *store, struct ek_err *err)
{
    if (store->mode != EK_STORE_WRITE)
        return ek_fail(err, EK_USAGE, "%s is open for reading only", store->folder);
    if (store->slice || store->depth)
        return ek_fail(err, EK_USAGE, "%s: not inside a slice or a visit", store->folder);
    return 0;
}

int ek_store_set_rules(struct ek_store *store, const struct ek_bundle *rules, struct ek_err *err)
{
    struct ek_generation current;
    bool first;
    if (writable(store, err) || keep_rules(store, rules, &first, err))
        return -1;
    struct ek_txn *txn = ek_txn_begin(store->index, true, err);
    if (!txn)
        return -1;
    ek_generation_get(txn, EK_CURRENT, &current);
    generation_start(txn, first ? EK_CURRENT : EK_BUILDING, current.number + 1, rules->digest);
    return ek_txn_commit(txn, err);
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
    if (ek_generation_target(index, &target) == 0)
        ek_txn_fail(index, EK_USAGE, "%s has no rule set yet", store->folder);
    if (!ek_txn_failed(index)) {
        ek_rule_set_put_codes(store, records, target.digest, codes, count);
        add_codes(index, &target, codes, count);
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

int ek_store_swap(struct ek_store *store, struct ek_err *err)
{
    struct ek_generation building;
    if (writable(store, err))
        return -1;
    struct ek_txn *index = ek_txn_begin(store->index, true, err);
    if (!index)
        return -1;
    if (ek_generation_get(index, EK_BUILDING, &building) != 1)
        return ek_txn_commit(index, err); /* nothing to swap in: the first rule set */
    struct ek_txn *records = ek_txn_begin(store->records, true, err);
    if (!records) {
        ek_txn_end(index);
        return -1;
    }
    ek_rules_use(records, building.digest);
    if (ek_txn_commit(records, err)) {
        ek_txn_end(index);
        return -1;
    }
    swap_in(index, &building);
    return ek_txn_commit(index, err);
}
