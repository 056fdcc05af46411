/* marks.h - tags of a generation that is being built, by post number.
 *
 * Posts are tagged in the order of their numbers, rows stand in the order of their times: until
 * the swap brings them together, the tags of each batch of posts wait in one value. */
#ifndef EKBOM_STORE_MARKS_H
#define EKBOM_STORE_MARKS_H

#include "ekbom/buf.h"
#include "store/handle.h"
#include "store/index/row.h"

/* Writing: posts of one block, ascending. */
struct ek_marks_block {
    struct ek_buf bytes;
    uint64_t first, last; /* post numbers; 0: none yet */
};
void ek_marks_block_init(struct ek_marks_block *block);
void ek_marks_block_free(struct ek_marks_block *block);
void ek_marks_block_add(struct ek_marks_block *block, uint64_t number, bool assessed,
                        const struct ek_mark *marks, size_t count);
/* Writes nothing where the block is empty. */
void ek_marks_block_put(struct ek_txn *index, uint32_t generation,
                        const struct ek_marks_block *block);

/* Reading: those of the posts numbered least .. most. */
struct ek_marks {
    uint32_t least, most;
    uint32_t *at; /* by number - least: place in bytes plus one; 0: none */
    struct ek_buf bytes;
};
/* 0, -1 (latched). ek_marks_free in either case. */
int ek_marks_load(struct ek_txn *index, uint32_t generation, uint32_t least, uint32_t most,
                  struct ek_marks *marks);
void ek_marks_free(struct ek_marks *marks);
/* marks has room for EK_MAX_ROW_MARKS. Returns false if the post has none here. */
bool ek_marks_find(const struct ek_marks *all, uint32_t number, bool *assessed,
                   struct ek_mark *marks, size_t *count);

/* For verify: every block can be read, they are in order, and no post is past `last`. Latches. */
void ek_marks_check(struct ek_txn *index, uint32_t generation, uint64_t last);

/* All of them, of whichever generation: only one is being built at a time. */
void ek_marks_drop(struct ek_txn *index);

#endif
