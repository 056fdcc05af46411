/* forums.c - which forums the posts counted are from.
 *
 * A chunk's list of places says which forums it has rows of at all; rows are looked at only where
 * that list has one that no row before them was from. */
#include "ekbom/arena.h"
#include "store/query/counting.h"

static bool is_known(const struct ek_numbers *forums, uint64_t forum)
{
    return forums->count && ek_numbers_hold(forums, forum);
}

static uint32_t count_unknown(const struct ek_numbers *forums, const struct ek_chunk *chunk,
                              const struct ek_chunk_place *places)
{
    uint32_t unknown = 0;
    for (uint32_t i = 0; i < chunk->place_count; i++)
        unknown += !is_known(forums, places[i].forum);
    return unknown;
}

static int look_at_rows(struct ek_counting *counting, const struct ek_kept_chunk *kept,
                        const struct ek_chunk_place *places)
{
    struct ek_chunk *chunk = kept->chunk->chunk;
    uint32_t from = kept->slots[0].from, to = kept->slots[kept->slot_count - 1].to;
    uint32_t unknown = count_unknown(&counting->forums, chunk, places);
    if (unknown && !ek_chunk_section(chunk, EK_SECTION_PLACE))
        return -1;
    for (uint32_t row = from; row < to && unknown; row++) {
        if (!ek_bits_has(kept->counted, row))
            continue;
        uint64_t forum = ek_chunk_place(chunk, row)->forum;
        if (is_known(&counting->forums, forum))
            continue;
        if (ek_numbers_add(&counting->forums, counting->arena, forum))
            return ek_fail_memory(counting->err);
        unknown = count_unknown(&counting->forums, chunk, places);
    }
    return 0;
}

int ek_counting_forums(struct ek_counting *counting)
{
    for (size_t i = 0; i < counting->kept_count; i++) {
        const struct ek_kept_chunk *kept = &counting->kept[i];
        const struct ek_chunk_place *places =
            ek_chunk_section(kept->chunk->chunk, EK_SECTION_PLACES);
        if (!places || look_at_rows(counting, kept, places))
            return -1;
    }
    return 0;
}
