/* batch.h - rows on their way into a chunk, column by column.
 *
 * Rows may be added in any order; ek_batch_sort brings them into chunk order. Each generation that
 * the rows have tags in has marks of its own; a row without any is untagged there. */
#ifndef EKBOM_STORE_BATCH_H
#define EKBOM_STORE_BATCH_H

#include "store/index/chunk.h"
#include "store/index/row.h"

struct ek_batch_tags { /* by row, in one generation */
    uint32_t generation;
    struct ek_mark *marks;
    size_t mark_count, mark_cap;
    struct ek_batch_span { /* a row's marks; tagged = false: none are known */
        uint32_t at, count;
        bool tagged, assessed;
    } * spans; /* by row, `cap` of the batch */
};

struct ek_batch {
    size_t count, cap;
    ek_time *time;
    uint32_t *number, *author, *thread, *place;
    uint8_t *bits;
    struct ek_chunk_place *places;
    size_t place_count, slot_count;
    uint32_t *place_slots; /* of a hash table over the places */
    struct ek_batch_tags *generations;
    size_t generation_count;
    uint32_t *order; /* row numbers in chunk order, after ek_batch_sort */
    bool failed;     /* out of memory: sticky */
};

void ek_batch_init(struct ek_batch *batch);
void ek_batch_free(struct ek_batch *batch);
void ek_batch_clear(struct ek_batch *batch); /* keeps memory and generations */
/* Declares a generation; returns its index, or SIZE_MAX when out of memory. */
size_t ek_batch_generation(struct ek_batch *batch, uint32_t generation);
/* Adds a row without tags; returns its place, or SIZE_MAX when out of memory. Of `row` everything
 * but the marks is taken. */
size_t ek_batch_add(struct ek_batch *batch, const struct ek_row *row);
/* For those who fill the columns themselves: room for so many rows in all, and the number of a
 * place. */
void ek_batch_room(struct ek_batch *batch, size_t rows);
uint32_t ek_batch_place(struct ek_batch *batch, const struct ek_chunk_place *place);
/* The tags of a row in a generation (index). */
void ek_batch_tag(struct ek_batch *batch, size_t which, size_t row, bool assessed,
                  const struct ek_mark *marks, size_t count);
/* Fills order: dated rows by (time, number), then the others by number. -1 out of memory. */
int ek_batch_sort(struct ek_batch *batch);

#endif
