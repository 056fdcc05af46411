/* frame.c - see frame.h. */
#include "store/query/frame.h"

#include "ekbom/arena.h"
#include "ekbom/limits.h"

static int bucket_of_month(const struct ek_question *question, int month)
{
    static const int months_in[] = {[EK_BY_MONTH] = 1, [EK_BY_QUARTER] = 3, [EK_BY_YEAR] = 12};
    return question->whole ? 0 : month / months_in[question->size];
}

int ek_frame_make(struct ek_frame *frame, const struct ek_held *held,
                  const struct ek_question *question, struct ek_arena *arena)
{
    size_t months = held ? held->month_count : 0;
    *frame = (struct ek_frame){.buckets = EK_NEW_ARRAY(arena, int, months + 1),
                               .bucket_at = EK_NEW_ARRAY(arena, uint32_t, months + 1)};
    if (!frame->buckets || !frame->bucket_at)
        return -1;
    for (size_t i = 0; i < months; i++) {
        int bucket = bucket_of_month(question, held->months[i]);
        if (frame->count == 0 || frame->buckets[frame->count - 1] != bucket)
            frame->buckets[frame->count++] = bucket;
        frame->bucket_at[i] = frame->count - 1;
    }
    return 0;
}

uint32_t ek_frame_slots(const struct ek_frame *frame, const struct ek_scope *scope,
                        struct ek_slot *slots)
{
    const struct ek_held_chunk *chunk = scope->chunk;
    uint32_t count = 0;
    for (uint32_t m = 0; m < chunk->chunk->months; m++) {
        uint32_t from = chunk->months[m].first, to = chunk->months[m + 1].first;
        from = from > scope->from ? from : scope->from;
        to = to < scope->to ? to : scope->to;
        uint32_t bucket = frame->bucket_at[chunk->month_at[m]];
        if (from >= to)
            continue;
        if (count == 0 || slots[count - 1].bucket != bucket)
            slots[count++] = (struct ek_slot){.bucket = bucket, .from = from, .month = m};
        slots[count - 1].to = to;
        slots[count - 1].month_end = m + 1;
    }
    return count;
}

int ek_frame_extent(const struct ek_frame *frame, const struct ek_cell *cells,
                    struct ek_extent *extent, struct ek_err *err)
{
    uint32_t first = 0, last = frame->count;
    *extent = (struct ek_extent){0};
    while (first < frame->count && cells[first].posts == 0)
        first++;
    if (first == frame->count)
        return 0;
    while (cells[last - 1].posts == 0)
        last--;
    extent->first = frame->buckets[first];
    extent->buckets = (size_t)((int64_t)frame->buckets[last - 1] - extent->first) + 1;
    if (extent->buckets <= EK_MAX_BUCKETS)
        return 0;
    return ek_fail(err, EK_LIMIT,
                   "the posts' dates span %zu buckets, more than %u: give a period (--since, "
                   "--until) or a coarser bucket (--by year)",
                   extent->buckets, EK_MAX_BUCKETS);
}
