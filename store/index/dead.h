/* dead.h - rows that have been replaced: sorted 16-bit row numbers, one list a chunk. A list has a
 * check of its own, as all that is kept of a chunk. */
#ifndef EKBOM_STORE_DEAD_H
#define EKBOM_STORE_DEAD_H

#include "store/index/chunk.h"
#include "store/index/run.h"

/* The list of a chunk, valid until the next write: 1, 0 (none), -1 (latched). */
int ek_dead_get(struct ek_txn *index, uint64_t chunk, struct ek_arena *arena, const uint16_t **rows,
                uint32_t *count);

/* What is told of rows before they die: some rows of one chunk, ascending. It must not write. */
typedef void ek_dead_visit(void *context, struct ek_chunk *chunk, const uint16_t *rows,
                           uint32_t count);
/* Find the living rows of these posts (sorted numbers, each once) in the run and mark them dead.
 * The run's figures change with them, here and (listed = true) in the manifest. visit may be
 * NULL. Errors are latched. */
void ek_dead_mark(struct ek_txn *index, struct ek_run *run, bool listed, const uint32_t *numbers,
                  size_t count, struct ek_arena *arena, ek_dead_visit *visit, void *context);

#endif
