/* chunk_write.c - the rows of a batch as a chunk's value. */
#include <stdlib.h>
#include <string.h>

#include "store/handle.h"
#include "store/index/batch.h"
#include "store/index/chunk_form.h"

struct writing {
    struct ek_txn *index;
    uint64_t id;
    const struct ek_batch *batch;
    struct ek_form_rows head;
    unsigned char *bytes; /* the value */
    size_t len;
};

static void measure(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    struct ek_form_rows *head = &writing->head;
    struct ek_month_walk months = {0};
    int month = INT32_MIN;
    head->rows = (uint32_t)batch->count;
    head->places = (uint32_t)batch->place_count;
    head->wide_place = head->places > 256;
    head->least = UINT32_MAX;
    for (uint32_t i = 0; i < head->rows; i++) {
        uint32_t row = batch->order[i];
        head->states[batch->bits[row] >> 2 & 3]++;
        head->least = batch->number[row] < head->least ? batch->number[row] : head->least;
        head->most = batch->number[row] > head->most ? batch->number[row] : head->most;
        if (batch->time[row] == EK_TIME_UNKNOWN)
            continue;
        head->first = head->dated ? head->first : batch->time[row];
        head->last = batch->time[row];
        head->dated++;
        int now = ek_month_of(&months, batch->time[row]);
        head->months += now != month;
        month = now;
    }
    head->wide_time = (uint64_t)head->last - (uint64_t)head->first > UINT32_MAX;
}

static int lay_out(struct writing *writing)
{
    size_t at = sizeof writing->head;
    for (unsigned i = 0; i < EK_SECTIONS; i++) {
        at = (at + 7) / 8 * 8;
        writing->head.sections[i].at = (uint32_t)at;
        writing->head.sections[i].len = (uint32_t)ek_form_section_bytes(&writing->head, i);
        at += writing->head.sections[i].len;
    }
    writing->len = at;
    writing->bytes = calloc(1, at);
    return writing->bytes ? 0 : ek_txn_fail(writing->index, EK_MEMORY, "out of memory");
}

static void *section_of(struct writing *writing, enum ek_section section)
{
    return writing->bytes + writing->head.sections[section].at;
}

static void fill_times(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    const struct ek_form_rows *head = &writing->head;
    int64_t *wide = section_of(writing, EK_SECTION_TIME);
    uint32_t *narrow = section_of(writing, EK_SECTION_TIME);
    for (uint32_t i = 0; i < head->dated; i++) {
        ek_time time = batch->time[batch->order[i]];
        if (head->wide_time)
            wide[i] = time;
        else
            narrow[i] = (uint32_t)(time - head->first);
    }
}

static void fill_months(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    struct ek_chunk_month *months = section_of(writing, EK_SECTION_MONTHS);
    struct ek_month_walk walk = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < writing->head.dated; i++) {
        int now = ek_month_of(&walk, batch->time[batch->order[i]]);
        if (count == 0 || months[count - 1].month != now)
            months[count++] = (struct ek_chunk_month){now, i};
    }
    months[count] = (struct ek_chunk_month){INT32_MAX, writing->head.dated};
}

/* A column in chunk order. (One at a time, so that the compiler knows that nothing overlaps.) */
static void gather(uint32_t *restrict to, const uint32_t *restrict from,
                   const struct ek_batch *batch)
{
    const uint32_t *restrict order = batch->order;
    const size_t count = batch->count;
    for (size_t i = 0; i < count; i++)
        to[i] = from[order[i]];
}

static void gather_bytes(uint8_t *restrict to, const uint8_t *restrict from,
                         const struct ek_batch *batch)
{
    const uint32_t *restrict order = batch->order;
    const size_t count = batch->count;
    for (size_t i = 0; i < count; i++)
        to[i] = from[order[i]];
}

static void gather_places(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    const uint32_t *restrict order = batch->order, *restrict from = batch->place;
    uint8_t *restrict narrow = section_of(writing, EK_SECTION_PLACE);
    uint16_t *restrict wide = section_of(writing, EK_SECTION_PLACE);
    const size_t count = batch->count;
    const bool is_wide = writing->head.wide_place;
    for (size_t i = 0; i < count; i++) {
        if (is_wide)
            wide[i] = (uint16_t)from[order[i]];
        else
            narrow[i] = (uint8_t)from[order[i]];
    }
}

static void fill_columns(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    gather(section_of(writing, EK_SECTION_NUMBER), batch->number, batch);
    gather(section_of(writing, EK_SECTION_AUTHOR), batch->author, batch);
    gather(section_of(writing, EK_SECTION_THREAD), batch->thread, batch);
    gather_bytes(section_of(writing, EK_SECTION_BITS), batch->bits, batch);
    gather_places(writing);
    if (batch->place_count)
        memcpy(section_of(writing, EK_SECTION_PLACES), batch->places,
               batch->place_count * sizeof *batch->places);
}

static void close_head(struct writing *writing)
{
    struct ek_form_rows *head = &writing->head;
    const size_t checked = offsetof(struct ek_form_rows, rows);
    for (unsigned i = 0; i < EK_SECTIONS; i++)
        head->sections[i].check =
            ek_form_check(writing->id, section_of(writing, i), head->sections[i].len);
    head->check =
        ek_form_check(writing->id, (unsigned char *)head + checked, sizeof *head - checked);
    memcpy(writing->bytes, head, sizeof *head);
}

void ek_chunk_write(struct ek_txn *index, uint64_t id, const struct ek_batch *batch)
{
    struct writing writing = {.index = index, .id = id, .batch = batch};
    unsigned char key[EK_CHUNK_KEY_BYTES];
    if (batch->failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (batch->count > EK_CHUNK_ROWS)
        ek_txn_fail(index, EK_LIMIT, "%zu rows do not fit a chunk", batch->count);
    if (ek_txn_failed(index))
        return;
    measure(&writing);
    if (lay_out(&writing))
        return;
    fill_times(&writing);
    fill_months(&writing);
    fill_columns(&writing);
    close_head(&writing);
    ek_chunk_key(id, EK_PART_ROWS, 0, key);
    ek_txn_put_plain(index, EK_CHUNKS, key, sizeof key, writing.bytes, writing.len);
    free(writing.bytes);
    for (size_t which = 0; which < batch->generation_count; which++)
        ek_postings_write(index, id, batch, which);
}
