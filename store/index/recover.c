/* recover.c - see recover.h. */
#include "store/index/recover.h"

#include <string.h>

#include "ekbom/arena.h"
#include "store/index/follow.h"
#include "store/index/run.h"
#include "store/index/swap.h"
#include "store/records/rule_set.h"

struct recovering {
    struct ek_store *store;
    struct ek_counters counters;
    unsigned char id[16];
    char in_use[sizeof((struct ek_generation *)0)->digest]; /* "" if there is none */
    struct ek_rule_code *codes;                             /* of the rule set in use */
    size_t code_count;
};

static int read_records(struct recovering *recovering, struct ek_err *err)
{
    struct ek_store *store = recovering->store;
    struct ek_bytes id;
    struct ek_txn *records = ek_txn_begin(store->records, false, err);
    if (!records)
        return -1;
    ek_arena_reset(store->scratch);
    ek_counters_load(records, &recovering->counters);
    ek_rules_in_use(records, recovering->in_use);
    int found = ek_txn_get(records, EK_RECORDS_META, "id", 2, &id);
    if (found == 1 && id.len == sizeof recovering->id)
        memcpy(recovering->id, id.data, id.len);
    else if (found >= 0)
        ek_txn_damaged(records, EK_RECORDS_META, "id", 2);
    int result = 0;
    if (*recovering->in_use)
        result = ek_rule_set_get(records, recovering->in_use, store->scratch, NULL,
                                 &recovering->codes, &recovering->code_count, err);
    if (ek_txn_take_error(records, err))
        result = -1;
    ek_txn_end(records);
    return result < 0 ? -1 : 0;
}

/* Does the index belong to these records? Their ids must agree, and it cannot be ahead. */
static bool belongs(const struct recovering *recovering, struct ek_txn *index)
{
    struct ek_bytes own;
    return ek_txn_get(index, EK_INDEX_META, "id", 2, &own) == 1 &&
           own.len == sizeof recovering->id && memcmp(own.data, recovering->id, own.len) == 0 &&
           ek_watermark_get(index) <= recovering->counters.change;
}

static void begin_rules(const struct recovering *recovering, struct ek_txn *index)
{
    struct ek_generation current;
    if (!*recovering->in_use)
        return;
    ek_rules_begin(index, recovering->in_use, &recovering->counters, recovering->store->spare);
    if (ek_generation_get(index, EK_CURRENT, &current) == 1)
        ek_rules_add_codes(index, current.number, recovering->codes, recovering->code_count);
}

static void start_anew(const struct recovering *recovering, struct ek_txn *index)
{
    for (unsigned table = 0; table < EK_INDEX_TABLES; table++)
        ek_txn_clear(index, table);
    ek_txn_set_format(index, EK_INDEX_META, EK_INDEX_FORMAT);
    ek_txn_put(index, EK_INDEX_META, "id", 2, recovering->id, sizeof recovering->id);
    if (recovering->store->sample)
        ek_txn_put(index, EK_INDEX_META, "sample", strlen("sample"), "", 0);
    begin_rules(recovering, index);
}

/* What is to be done; *swap: the generation that a swap left on its way. */
static void look(const struct recovering *recovering, struct ek_txn *index,
                 struct ek_generation *swap)
{
    struct ek_generation current, building;
    *swap = (struct ek_generation){0};
    if (!belongs(recovering, index)) {
        start_anew(recovering, index);
        return;
    }
    ek_generation_get(index, EK_CURRENT, &current);
    ek_generation_get(index, EK_BUILDING, &building);
    if (strcmp(current.digest, recovering->in_use) == 0)
        return;
    if (building.number && strcmp(building.digest, recovering->in_use) == 0)
        *swap = building;
    else /* rules were set and the index did not hear of it */
        begin_rules(recovering, index);
}

static int complete_swap(const struct recovering *recovering, const struct ek_generation *building,
                         struct ek_err *err)
{
    struct ek_store *store = recovering->store;
    if (ek_swap_prepare(store, building, err))
        return -1;
    struct ek_txn *index = ek_txn_begin(store->index, true, err);
    if (!index)
        return -1;
    ek_arena_reset(store->spare);
    ek_swap_in(index, building, recovering->counters.post, store->spare);
    return ek_txn_commit(index, err);
}

int ek_index_recover(struct ek_store *store, struct ek_err *err)
{
    struct recovering recovering = {.store = store};
    struct ek_generation swap;
    uint64_t watermark;
    if (read_records(&recovering, err))
        return -1;
    ek_arena_reset(store->spare);
    struct ek_txn *index = ek_txn_begin(store->index, true, err);
    if (!index)
        return -1;
    look(&recovering, index, &swap);
    if (ek_txn_commit(index, err))
        return -1;
    if (swap.number && complete_swap(&recovering, &swap, err))
        return -1;
    return ek_index_catch_up(store, recovering.counters.change, &watermark, err);
}
