/* chunk.c - see chunk.h. */
#include "store/index/chunk.h"

#include <string.h>
#include <xxhash.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/handle.h"
#include "store/index/chunk_form.h"

uint32_t ek_form_check(uint64_t id, const void *bytes, size_t len)
{
    return (uint32_t)XXH3_64bits_withSeed(bytes, len, id);
}

const unsigned char *ek_form_aligned(const struct ek_bytes *value, struct ek_arena *arena)
{
    if (((uintptr_t)value->data & 7) == 0)
        return value->data;
    void *copy = ek_alloc(arena, 1, value->len ? value->len : 1);
    return copy ? memcpy(copy, value->data, value->len) : NULL;
}

void ek_chunk_key(uint64_t id, enum ek_chunk_part part, uint32_t generation,
                  unsigned char key[EK_CHUNK_KEY_BYTES])
{
    ek_put_be64(key, id);
    key[8] = (unsigned char)part;
    ek_put_be32(key + 9, generation);
}

static int damaged(const struct ek_chunk *chunk)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    ek_chunk_key(chunk->id, EK_PART_ROWS, 0, key);
    return ek_txn_damaged(chunk->index, EK_CHUNKS, key, sizeof key);
}

static const struct ek_form_rows *head_of(const struct ek_chunk *chunk)
{
    return (const void *)chunk->value;
}

size_t ek_form_section_bytes(const struct ek_form_rows *head, enum ek_section section)
{
    const size_t of[EK_SECTIONS] = {
        [EK_SECTION_TIME] = (size_t)head->rows * (head->wide_time ? 8 : 4),
        [EK_SECTION_NUMBER] = (size_t)head->rows * 4,
        [EK_SECTION_AUTHOR] = (size_t)head->rows * 4,
        [EK_SECTION_THREAD] = (size_t)head->rows * 4,
        [EK_SECTION_PLACE] = (size_t)head->rows * (head->wide_place ? 2 : 1),
        [EK_SECTION_BITS] = head->rows,
        [EK_SECTION_PLACES] = (size_t)head->places * sizeof(struct ek_chunk_place),
        [EK_SECTION_MONTHS] = ((size_t)head->months + 1) * sizeof(struct ek_chunk_month),
    };
    return of[section];
}

static bool head_is_sound(const struct ek_form_rows *head, size_t len)
{
    if (head->rows > EK_CHUNK_ROWS || head->dated > head->rows || head->months > head->dated ||
        head->places > head->rows || (!head->wide_place && head->places > 256))
        return false;
    for (unsigned i = 0; i < EK_SECTIONS; i++) {
        const struct ek_form_section *section = &head->sections[i];
        if (section->at % 8 || section->at > len || section->len > len - section->at ||
            section->len != ek_form_section_bytes(head, i))
            return false;
    }
    return true;
}

int ek_chunk_open(struct ek_chunk *chunk, struct ek_txn *index, uint64_t id,
                  const struct ek_bytes *value, struct ek_arena *arena)
{
    const size_t checked = offsetof(struct ek_form_rows, rows);
    *chunk = (struct ek_chunk){.index = index, .id = id, .len = value->len};
    if (value->len < sizeof(struct ek_form_rows))
        return damaged(chunk);
    chunk->value = ek_form_aligned(value, arena);
    if (!chunk->value)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    const struct ek_form_rows *head = head_of(chunk);
    if (head->check != ek_form_check(id, chunk->value + checked, sizeof *head - checked) ||
        !head_is_sound(head, value->len))
        return damaged(chunk);
    chunk->rows = head->rows;
    chunk->dated = head->dated;
    chunk->place_count = head->places;
    chunk->first = head->first;
    chunk->last = head->last;
    chunk->least = head->least;
    chunk->most = head->most;
    chunk->months = head->months;
    chunk->wide_time = head->wide_time;
    chunk->wide_place = head->wide_place;
    memcpy(chunk->states, head->states, sizeof chunk->states);
    return 0;
}

/* Places and months are few, and others index with them: their values are looked at once. */
static bool section_is_sound(const struct ek_chunk *chunk, enum ek_section section,
                             const unsigned char *bytes)
{
    if (section == EK_SECTION_PLACE) {
        const uint16_t *wide = (const void *)bytes;
        for (uint32_t i = 0; i < chunk->rows; i++) {
            if ((chunk->wide_place ? wide[i] : bytes[i]) >= chunk->place_count)
                return false;
        }
    }
    if (section == EK_SECTION_MONTHS) {
        const struct ek_chunk_month *months = (const void *)bytes;
        if (months[0].first != 0 || months[chunk->months].first != chunk->dated)
            return false;
        for (uint32_t i = 0; i < chunk->months; i++) {
            if (months[i].first >= months[i + 1].first || months[i].month >= months[i + 1].month)
                return false;
        }
    }
    return true;
}

const void *ek_chunk_section(struct ek_chunk *chunk, enum ek_section section)
{
    const struct ek_form_section *form = &head_of(chunk)->sections[section];
    const unsigned char *bytes = chunk->value + form->at;
    if (chunk->checked & 1u << section)
        return bytes;
    if (form->check != ek_form_check(chunk->id, bytes, form->len) ||
        !section_is_sound(chunk, section, bytes)) {
        damaged(chunk);
        return NULL;
    }
    chunk->checked |= 1u << section;
    return bytes;
}

static const void *section_at(const struct ek_chunk *chunk, enum ek_section section)
{
    return chunk->value + head_of(chunk)->sections[section].at;
}

ek_time ek_chunk_time(const struct ek_chunk *chunk, uint32_t row)
{
    if (row >= chunk->dated)
        return EK_TIME_UNKNOWN;
    const void *times = section_at(chunk, EK_SECTION_TIME);
    return chunk->wide_time ? ((const int64_t *)times)[row]
                            : chunk->first + ((const uint32_t *)times)[row];
}

const struct ek_chunk_place *ek_chunk_place(const struct ek_chunk *chunk, uint32_t row)
{
    const void *column = section_at(chunk, EK_SECTION_PLACE);
    const struct ek_chunk_place *places = section_at(chunk, EK_SECTION_PLACES);
    return &places[chunk->wide_place ? ((const uint16_t *)column)[row]
                                     : ((const uint8_t *)column)[row]];
}

uint32_t ek_chunk_seek(const struct ek_chunk *chunk, ek_time time)
{
    uint32_t low = 0, high = chunk->dated;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ek_chunk_time(chunk, middle) < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Verify -------------------------------------------------------------------------------------- */

static bool rows_are_in_order(const struct ek_chunk *chunk)
{
    const uint32_t *number = section_at(chunk, EK_SECTION_NUMBER);
    for (uint32_t i = 1; i < chunk->rows; i++) {
        ek_time before = ek_chunk_time(chunk, i - 1), now = ek_chunk_time(chunk, i);
        if (i != chunk->dated && (before > now || (before == now && number[i - 1] >= number[i])))
            return false;
    }
    return true;
}

static bool months_are_right(const struct ek_chunk *chunk)
{
    const struct ek_chunk_month *months = section_at(chunk, EK_SECTION_MONTHS);
    struct ek_month_walk walk = {0};
    for (uint32_t i = 0, month = 0; i < chunk->dated; i++) {
        month += i >= months[month + 1].first;
        if (ek_month_of(&walk, ek_chunk_time(chunk, i)) != months[month].month)
            return false;
    }
    return true;
}

static bool figures_are_right(const struct ek_chunk *chunk)
{
    const uint32_t *number = section_at(chunk, EK_SECTION_NUMBER);
    const uint8_t *bits = section_at(chunk, EK_SECTION_BITS);
    uint32_t states[EK_STATES] = {0}, least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < chunk->rows; i++) {
        states[ek_bits_state(bits[i])]++;
        least = number[i] < least ? number[i] : least;
        most = number[i] > most ? number[i] : most;
    }
    return memcmp(states, chunk->states, sizeof states) == 0 &&
           (chunk->rows == 0 || (least == chunk->least && most == chunk->most)) &&
           (chunk->dated == 0 || (chunk->first == ek_chunk_time(chunk, 0) &&
                                  chunk->last == ek_chunk_time(chunk, chunk->dated - 1)));
}

int ek_chunk_check(struct ek_chunk *chunk)
{
    for (unsigned section = 0; section < EK_SECTIONS; section++) {
        if (!ek_chunk_section(chunk, section))
            return -1;
    }
    return rows_are_in_order(chunk) && months_are_right(chunk) && figures_are_right(chunk)
               ? 0
               : damaged(chunk);
}
