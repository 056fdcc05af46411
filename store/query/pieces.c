/* pieces.c - see pieces.h. */
#include "store/query/pieces.h"

#include "ekbom/arena.h"

static int greatest_numbers(struct ek_pieces *pieces, const struct ek_counting *counting)
{
    for (size_t i = 0; i < counting->kept_count; i++) {
        struct ek_held_chunk *chunk = counting->kept[i].chunk;
        if (ek_held_greatest(chunk))
            return -1;
        if (chunk->author >= pieces->authors)
            pieces->authors = (size_t)chunk->author + 1;
        if (chunk->thread >= pieces->threads)
            pieces->threads = (size_t)chunk->thread + 1;
    }
    return 0;
}

/* Where each bucket's pieces end, in first[bucket + 1] while they are being counted. */
static int find_places(struct ek_pieces *pieces, const struct ek_counting *counting)
{
    const uint32_t buckets = counting->frame.count;
    size_t *rows = EK_NEW_ARRAY(counting->arena, size_t, (size_t)buckets + 1);
    uint32_t *next = pieces->first + 1;
    if (!rows)
        return ek_fail_memory(counting->err);
    for (size_t i = 0; i < counting->kept_count; i++) {
        for (uint32_t n = 0; n < counting->kept[i].slot_count; n++) {
            const struct ek_slot *slot = &counting->kept[i].slots[n];
            next[slot->bucket]++;
            rows[slot->bucket] += slot->to - slot->from;
        }
    }
    for (uint32_t bucket = 0, at = 0; bucket < buckets; bucket++) {
        uint32_t here = next[bucket];
        next[bucket] = at;
        at += here;
        pieces->most_rows = rows[bucket] > pieces->most_rows ? rows[bucket] : pieces->most_rows;
    }
    return 0;
}

int ek_pieces_make(struct ek_pieces *pieces, struct ek_counting *counting)
{
    size_t count = 0;
    *pieces = (struct ek_pieces){0};
    for (size_t i = 0; i < counting->kept_count; i++)
        count += counting->kept[i].slot_count;
    pieces->items = EK_NEW_ARRAY(counting->arena, struct ek_piece, count + 1);
    pieces->first = EK_NEW_ARRAY(counting->arena, uint32_t, (size_t)counting->frame.count + 2);
    if (!pieces->items || !pieces->first)
        return ek_fail_memory(counting->err);
    if (greatest_numbers(pieces, counting) || find_places(pieces, counting))
        return -1;
    for (size_t i = 0; i < counting->kept_count; i++) {
        struct ek_kept_chunk *kept = &counting->kept[i];
        const uint32_t *author = ek_chunk_section(kept->chunk->chunk, EK_SECTION_AUTHOR);
        const uint32_t *thread = ek_chunk_section(kept->chunk->chunk, EK_SECTION_THREAD);
        if (!author || !thread)
            return -1;
        for (uint32_t n = 0; n < kept->slot_count; n++)
            pieces->items[pieces->first[kept->slots[n].bucket + 1]++] =
                (struct ek_piece){kept, &kept->slots[n], author, thread};
    }
    return 0;
}

struct ek_piece_rows ek_piece_tagged(const struct ek_piece *piece, size_t lane, uint16_t *room)
{
    const struct ek_lane_rows *tagged = &piece->kept->tagged[lane];
    const struct ek_slot *slot = piece->slot;
    if (tagged->bits)
        return (struct ek_piece_rows){room, ek_bits_list(tagged->bits, slot->from, slot->to, room)};
    if (tagged->count == 0)
        return (struct ek_piece_rows){room, 0};
    uint32_t from = piece->kept->next[lane];
    while (from < tagged->count && tagged->list[from] < slot->from)
        from++;
    piece->kept->next[lane] = from;
    uint32_t to = from;
    while (to < tagged->count && tagged->list[to] < slot->to)
        to++;
    return (struct ek_piece_rows){tagged->list + from, to - from};
}

void ek_piece_pass(const struct ek_piece *piece, size_t lane, const struct ek_piece_rows *rows)
{
    piece->kept->next[lane] += piece->kept->tagged[lane].bits ? 0 : rows->count;
}

struct ek_piece_rows ek_piece_counted(const struct ek_piece *piece, uint16_t *room)
{
    const struct ek_slot *slot = piece->slot;
    return (struct ek_piece_rows){room,
                                  ek_bits_list(piece->kept->counted, slot->from, slot->to, room)};
}
