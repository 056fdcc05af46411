/* follow.h - the index follows the records. */
#ifndef EKBOM_STORE_FOLLOW_H
#define EKBOM_STORE_FOLLOW_H

#include "store/handle.h"

/* After the records of a slice are committed: write the rows of its posts. */
int ek_index_follow(struct ek_store *store, struct ek_err *err);
/* Changes of the records, up to `until`, that the index has not heard of: the rows of those posts
 * die, and the posts are behind until they are tagged again. In transactions of its own.
 * *watermark: how far the index had followed before this. */
int ek_index_catch_up(struct ek_store *store, uint64_t until, uint64_t *watermark,
                      struct ek_err *err);

#endif
