/* batch.c - see batch.h. */
#include "store/index/batch.h"

#include <stdlib.h>
#include <string.h>

void ek_batch_init(struct ek_batch *batch)
{
    memset(batch, 0, sizeof *batch);
}

void ek_batch_free(struct ek_batch *batch)
{
    free(batch->time);
    free(batch->number);
    free(batch->author);
    free(batch->thread);
    free(batch->place);
    free(batch->bits);
    free(batch->order);
    free(batch->places);
    free(batch->place_slots);
    for (size_t i = 0; i < batch->generation_count; i++) {
        free(batch->generations[i].marks);
        free(batch->generations[i].spans);
    }
    free(batch->generations);
    ek_batch_init(batch);
}

static void forget_places(struct ek_batch *batch)
{
    batch->place_count = 0;
    if (batch->place_slots)
        memset(batch->place_slots, 0, batch->slot_count * sizeof *batch->place_slots);
}

void ek_batch_clear(struct ek_batch *batch)
{
    batch->count = 0;
    forget_places(batch);
    for (size_t i = 0; i < batch->generation_count; i++)
        batch->generations[i].mark_count = 0;
}

static void *grown(struct ek_batch *batch, void *array, size_t count, size_t size)
{
    void *larger = realloc(array, count * size);
    if (larger)
        return larger;
    batch->failed = true;
    return array;
}

static void grow_rows(struct ek_batch *batch, size_t cap)
{
    batch->time = grown(batch, batch->time, cap, sizeof *batch->time);
    batch->number = grown(batch, batch->number, cap, sizeof *batch->number);
    batch->author = grown(batch, batch->author, cap, sizeof *batch->author);
    batch->thread = grown(batch, batch->thread, cap, sizeof *batch->thread);
    batch->place = grown(batch, batch->place, cap, sizeof *batch->place);
    batch->bits = grown(batch, batch->bits, cap, sizeof *batch->bits);
    batch->order = grown(batch, batch->order, cap, sizeof *batch->order);
    for (size_t i = 0; i < batch->generation_count; i++)
        batch->generations[i].spans =
            grown(batch, batch->generations[i].spans, cap, sizeof *batch->generations[i].spans);
    if (!batch->failed)
        batch->cap = cap;
}

void ek_batch_room(struct ek_batch *batch, size_t rows)
{
    if (rows > batch->cap && !batch->failed)
        grow_rows(batch, rows);
}

size_t ek_batch_generation(struct ek_batch *batch, uint32_t generation)
{
    for (size_t i = 0; i < batch->generation_count; i++) {
        if (batch->generations[i].generation == generation)
            return i;
    }
    struct ek_batch_tags tags = {.generation = generation};
    size_t at = batch->generation_count;
    batch->generations = grown(batch, batch->generations, at + 1, sizeof *batch->generations);
    if (!batch->failed && batch->cap)
        tags.spans = grown(batch, NULL, batch->cap, sizeof *tags.spans);
    if (batch->failed)
        return SIZE_MAX;
    if (batch->count)
        memset(tags.spans, 0, batch->count * sizeof *tags.spans);
    batch->generations[at] = tags;
    batch->generation_count++;
    return at;
}

/* Places: a dictionary with open addressing; slots hold a place's number plus one. ------------ */

static size_t place_slot(const struct ek_batch *batch, const struct ek_chunk_place *place)
{
    uint64_t hash = (place->board * 0x9e3779b97f4a7c15ull) ^
                    (place->forum * 0xc2b2ae3d27d4eb4full) ^
                    (place->language * 0x165667b19e3779f9ull);
    size_t slot = (size_t)(hash >> 32) & (batch->slot_count - 1);
    while (batch->place_slots[slot] &&
           memcmp(&batch->places[batch->place_slots[slot] - 1], place, sizeof *place) != 0)
        slot = (slot + 1) & (batch->slot_count - 1);
    return slot;
}

static void grow_places(struct ek_batch *batch)
{
    size_t slots = batch->slot_count ? 2 * batch->slot_count : 64;
    batch->places = grown(batch, batch->places, slots / 2, sizeof *batch->places);
    batch->place_slots = grown(batch, batch->place_slots, slots, sizeof *batch->place_slots);
    if (batch->failed)
        return;
    batch->slot_count = slots;
    memset(batch->place_slots, 0, slots * sizeof *batch->place_slots);
    for (size_t i = 0; i < batch->place_count; i++)
        batch->place_slots[place_slot(batch, &batch->places[i])] = (uint32_t)i + 1;
}

uint32_t ek_batch_place(struct ek_batch *batch, const struct ek_chunk_place *place)
{
    if (batch->place_count * 2 >= batch->slot_count)
        grow_places(batch);
    if (batch->failed)
        return 0;
    size_t slot = place_slot(batch, place);
    if (batch->place_slots[slot] == 0) {
        batch->places[batch->place_count++] = *place;
        batch->place_slots[slot] = (uint32_t)batch->place_count;
    }
    return batch->place_slots[slot] - 1;
}

/* Rows ---------------------------------------------------------------------------------------- */

size_t ek_batch_add(struct ek_batch *batch, const struct ek_row *row)
{
    struct ek_chunk_place place = {(uint32_t)row->forum, (uint32_t)row->board,
                                   (uint32_t)row->language};
    size_t at = batch->count;
    if (at == batch->cap)
        grow_rows(batch, batch->cap ? 2 * batch->cap : 256);
    uint32_t number = batch->failed ? 0 : ek_batch_place(batch, &place);
    if (batch->failed)
        return SIZE_MAX;
    batch->time[at] = row->time;
    batch->number[at] = (uint32_t)row->number;
    batch->author[at] = (uint32_t)row->author;
    batch->thread[at] = (uint32_t)row->thread;
    batch->place[at] = number;
    batch->bits[at] = (uint8_t)((unsigned)row->precision | (unsigned)row->state << 2);
    for (size_t i = 0; i < batch->generation_count; i++)
        batch->generations[i].spans[at] = (struct ek_batch_span){0};
    batch->count++;
    return at;
}

void ek_batch_tag(struct ek_batch *batch, size_t which, size_t row, bool assessed,
                  const struct ek_mark *marks, size_t count)
{
    if (batch->failed || which >= batch->generation_count || row >= batch->count)
        return;
    struct ek_batch_tags *tags = &batch->generations[which];
    if (tags->mark_count + count > tags->mark_cap) {
        size_t cap = 2 * (tags->mark_count + count);
        tags->marks = grown(batch, tags->marks, cap, sizeof *tags->marks);
        if (batch->failed)
            return;
        tags->mark_cap = cap;
    }
    if (count)
        memcpy(tags->marks + tags->mark_count, marks, count * sizeof *marks);
    tags->spans[row] =
        (struct ek_batch_span){(uint32_t)tags->mark_count, (uint32_t)count, true, assessed};
    tags->mark_count += count;
}

/* Order --------------------------------------------------------------------------------------- */

struct sortable {
    uint64_t time; /* undated last */
    uint32_t number, row;
};

static struct sortable sortable(const struct ek_batch *batch, size_t row)
{
    ek_time time = batch->time[row];
    return (struct sortable){time == EK_TIME_UNKNOWN ? UINT64_MAX : (uint64_t)time ^ 1ull << 63,
                             batch->number[row], (uint32_t)row};
}

static bool in_order(const struct sortable *a, const struct sortable *b)
{
    return a->time != b->time ? a->time < b->time : a->number <= b->number;
}

/* Digits of eight bits, the number's below the time's. */
#define DIGITS 12u

static unsigned digit(const struct sortable *key, unsigned at)
{
    return (at < 4 ? key->number >> 8 * at : key->time >> 8 * (at - 4)) & 255;
}

/* Digits in which the keys differ, as bits. Numbers that ascend already need no sorting: what is
 * below stays in its order. */
static unsigned differing(const struct sortable *keys, size_t count)
{
    uint64_t time = 0;
    uint32_t number = 0;
    bool ascending = true;
    unsigned digits = 0;
    for (size_t i = 1; i < count; i++) {
        time |= keys[i].time ^ keys[0].time;
        number |= keys[i].number ^ keys[0].number;
        ascending = ascending && keys[i - 1].number < keys[i].number;
    }
    for (unsigned at = 0; at < DIGITS; at++) {
        const struct sortable bits = {time, ascending ? 0 : number, 0};
        digits |= (digit(&bits, at) != 0) << at;
    }
    return digits;
}

/* Digit by digit from the least, which keeps the order of those below. A sort that compares takes
 * five times as long. Returns where the sorted keys are. */
static struct sortable *sort(struct sortable *keys, struct sortable *other, size_t count)
{
    const unsigned digits = differing(keys, count);
    for (unsigned at = 0; at < DIGITS; at++) {
        uint32_t places[256] = {0}, sum = 0;
        if (!(digits >> at & 1))
            continue;
        for (size_t i = 0; i < count; i++)
            places[digit(&keys[i], at)]++;
        for (unsigned value = 0; value < 256; value++) {
            uint32_t here = places[value];
            places[value] = sum;
            sum += here;
        }
        for (size_t i = 0; i < count; i++)
            other[places[digit(&keys[i], at)]++] = keys[i];
        struct sortable *sorted = other;
        other = keys;
        keys = sorted;
    }
    return keys;
}

int ek_batch_sort(struct ek_batch *batch)
{
    bool sorted = true;
    if (batch->failed)
        return -1;
    for (size_t i = 0; i < batch->count; i++) {
        batch->order[i] = (uint32_t)i;
        if (i && sorted) {
            struct sortable before = sortable(batch, i - 1), now = sortable(batch, i);
            sorted = in_order(&before, &now);
        }
    }
    if (sorted)
        return 0;
    struct sortable *keys = malloc(2 * batch->count * sizeof *keys);
    if (!keys)
        return -1;
    for (size_t i = 0; i < batch->count; i++)
        keys[i] = sortable(batch, i);
    const struct sortable *in_place = sort(keys, keys + batch->count, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        batch->order[i] = in_place[i].row;
    free(keys);
    return 0;
}
