/* merge_rows.h - the living rows of several runs as one sequence in chunk order. */
#ifndef EKBOM_STORE_MERGE_ROWS_H
#define EKBOM_STORE_MERGE_ROWS_H

#include "store/index/batch.h"
#include "store/index/run.h"

struct ek_merge_rows;
/* generations: whose tags are taken along, in this order. NULL when out of memory. */
struct ek_merge_rows *ek_merge_rows_new(const struct ek_run *runs, size_t count,
                                        const uint32_t *generations, size_t generation_count);
void ek_merge_rows_free(struct ek_merge_rows *rows); /* NULL is allowed */
/* The next rows, at most `most`, with their tags, into an empty batch that has these generations.
 * Rows that died since the last call are left out. Each call may be in another transaction. 1:
 * there may be more, 0: these were the last, -1 (latched). A call that has had to read many rows to
 * come to the first ones stops there and brings none. */
int ek_merge_rows_next(struct ek_merge_rows *rows, struct ek_txn *index, struct ek_batch *batch,
                       uint32_t most);

/* Rows that the last call read in order to turn their tags round. */
uint64_t ek_merge_rows_read(const struct ek_merge_rows *rows);

#endif
