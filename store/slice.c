/* slice.c - snapshots for reading, slices for writing.
 *
 * A slice is one transaction on the records. When it is committed the index follows in a
 * transaction of its own, from the list of posts (and their tags) that the slice left pending;
 * what a crash loses of that list is found again by follow.c. */
#include "store/slice.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/index/follow.h"
#include "store/records/dictionary.h"

/* Snapshots --------------------------------------------------------------------------------- */

static int refused(const struct ek_err *why, struct ek_err *err)
{
    if (err)
        *err = *why;
    return -1;
}

int ek_store_enter(struct ek_store *store, unsigned needs, struct ek_err *err)
{
    if ((needs & EK_NEEDS_RECORDS) && !store->records)
        return refused(&store->records_refused, err);
    if ((needs & EK_NEEDS_INDEX) && !store->index)
        return refused(&store->index_refused, err);
    if (store->depth > 0) {
        store->depth++;
        return 0;
    }
    if (store->index && !(store->reading_index = ek_txn_begin(store->index, false, err)))
        return -1;
    if (store->records && !store->slice &&
        !(store->reading_records = ek_txn_begin(store->records, false, err))) {
        ek_txn_end(store->reading_index);
        store->reading_index = NULL;
        return -1;
    }
    store->depth = 1;
    return 0;
}

int ek_store_leave(struct ek_store *store, int result, struct ek_err *err)
{
    /* What a slice has latched stays latched, so that its commit fails. */
    if (store->slice && ek_txn_failed(store->slice))
        result = ek_slice_failed(store, err);
    if (store->reading_index && ek_txn_take_error(store->reading_index, err))
        result = -1;
    if (store->reading_records && ek_txn_take_error(store->reading_records, err))
        result = -1;
    if (--store->depth > 0)
        return result;
    ek_txn_end(store->reading_index);
    ek_txn_end(store->reading_records);
    store->reading_index = store->reading_records = NULL;
    return result;
}

struct ek_txn *ek_records(struct ek_store *store)
{
    return store->slice ? store->slice : store->reading_records;
}

/* Slices ------------------------------------------------------------------------------------ */

#define COUNTERS "counters"

void ek_counters_load(struct ek_txn *txn, struct ek_counters *counters)
{
    struct ek_bytes value;
    memset(counters, 0, sizeof *counters);
    if (ek_txn_get(txn, EK_RECORDS_META, COUNTERS, sizeof COUNTERS - 1, &value) != 1)
        return;
    struct ek_cursor cursor = ek_cursor(value.data, value.len);
    counters->forum = ek_get_uint(&cursor);
    counters->board = ek_get_uint(&cursor);
    counters->thread = ek_get_uint(&cursor);
    counters->author = ek_get_uint(&cursor);
    counters->post = ek_get_uint(&cursor);
    counters->change = ek_get_uint(&cursor);
    counters->pages_read = ek_get_uint(&cursor);
    counters->pages_passed_over = ek_get_uint(&cursor);
    if (!ek_cursor_done(&cursor))
        ek_txn_damaged(txn, EK_RECORDS_META, COUNTERS, sizeof COUNTERS - 1);
}

void ek_counters_save(struct ek_txn *txn, const struct ek_counters *counters)
{
    struct ek_buf value;
    ek_buf_init(&value, 256);
    ek_put_uint(&value, counters->forum);
    ek_put_uint(&value, counters->board);
    ek_put_uint(&value, counters->thread);
    ek_put_uint(&value, counters->author);
    ek_put_uint(&value, counters->post);
    ek_put_uint(&value, counters->change);
    ek_put_uint(&value, counters->pages_read);
    ek_put_uint(&value, counters->pages_passed_over);
    if (value.failed)
        ek_txn_fail(txn, EK_MEMORY, "out of memory");
    ek_txn_put(txn, EK_RECORDS_META, COUNTERS, sizeof COUNTERS - 1, value.data, value.len);
    ek_buf_free(&value);
}

int ek_store_begin(struct ek_store *store, struct ek_err *err)
{
    if (store->mode != EK_STORE_WRITE)
        return ek_fail(err, EK_USAGE, "%s is open for reading only", store->folder);
    if (store->slice || store->depth)
        return ek_fail(err, EK_USAGE, "%s: a slice cannot begin inside a slice or a visit",
                       store->folder);
    if (ek_dictionary_renew(store, err))
        return -1;
    store->slice = ek_txn_begin(store->records, true, err);
    if (!store->slice)
        return -1;
    ek_counters_load(store->slice, &store->counters);
    store->change_before = store->counters.change;
    store->pending_count = 0;
    ek_buf_clear(&store->pending_tags);
    if (ek_txn_take_error(store->slice, err)) {
        ek_store_abort(store);
        return -1;
    }
    return 0;
}

void ek_store_abort(struct ek_store *store)
{
    ek_txn_end(store->slice);
    store->slice = NULL;
    store->pending_count = 0;
}

int ek_slice_failed(struct ek_store *store, struct ek_err *err)
{
    struct ek_err own;
    if (ek_txn_take_error(store->slice, &own)) {
        ek_txn_fail(store->slice, own.kind, "%s", own.message);
        if (err)
            *err = own;
    }
    return -1;
}

int ek_store_commit(struct ek_store *store, struct ek_err *err)
{
    if (!store->slice)
        return ek_fail(err, EK_USAGE, "%s: no slice to commit", store->folder);
    ek_counters_save(store->slice, &store->counters);
    int result = ek_txn_commit(store->slice, err);
    store->slice = NULL;
    if (result == 0 && ek_index_follow(store, err)) {
        result = ek_fail_in(err, "the records are stored, but the index could not follow; the next "
                                 "writing command takes it along");
    }
    store->pending_count = 0;
    return result;
}
