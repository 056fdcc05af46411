/* span.c - from when to when the posts counted are, and how far their forums were read. */
#include "store/query/span.h"

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "ekbom/panel_rows.h"
#include "store/query/counting.h"
#include "store/records/names.h"

ek_time ek_read_until(struct ek_store *store, const struct ek_selection *selection,
                      const uint64_t *forums, size_t count)
{
    ek_time until = selection->stored_until ? selection->stored_until : INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        struct ek_bytes value;
        ek_time read = EK_TIME_UNKNOWN;
        if (ek_record_get(store->reading_index, EK_INDEX_FORUMS, forums[i], &value) == 1 &&
            value.len == 8)
            read = (ek_time)ek_get_be64(value.data);
        until = read < until ? read : until;
    }
    return until;
}

static void find_months(const struct ek_counting *counting, struct ek_span *span)
{
    const struct ek_frame *frame = &counting->frame;
    for (uint32_t i = 0; i < frame->count; i++) {
        if (counting->all[i].posts == 0)
            continue;
        if (span->posts == 0)
            span->first = frame->buckets[i];
        span->last = frame->buckets[i];
        span->posts += counting->all[i].posts;
    }
}

static int answer(struct ek_counting *counting, struct ek_span *span)
{
    if (ek_counting_begin(counting) || ek_counting_chunks(counting, true) ||
        ek_counting_forums(counting))
        return -1;
    find_months(counting, span);
    span->read_until = ek_read_until(counting->store, counting->question->selection,
                                     counting->forums.items, counting->forums.count);
    return 0;
}

int ek_query_span(struct ek_store *store, const struct ek_selection *selection,
                  enum ek_denominator denominator, struct ek_span *span, struct ek_err *err)
{
    const struct ek_question question = {
        .selection = selection, .denominator = denominator, .size = EK_BY_MONTH};
    struct ek_counting counting = {
        .store = store, .question = &question, .arena = ek_arena_new(EK_ARENA_BYTES), .err = err};
    *span = (struct ek_span){0};
    if (!counting.arena)
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = answer(&counting, span);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(counting.arena);
    return result;
}
