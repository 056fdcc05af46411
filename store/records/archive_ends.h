/* archive_ends.h - how far the archive is referred to. */
#ifndef EKBOM_STORE_ARCHIVE_ENDS_H
#define EKBOM_STORE_ARCHIVE_ENDS_H

#include "store/archive/tail.h"
#include "store/env.h"

/* Each archive file that a page of these records lies in, with the end of the last of them, in the
 * order of their names. Up to there a file never changes, whatever its writer does: what pages
 * refer to was on the disk before they were committed. *ends is malloc'ed. 0, -1 (latched). */
int ek_archive_ends(struct ek_txn *records, struct ek_tail **ends, size_t *count);
/* The length that a list has for a file; 0 if it is not in it. */
uint64_t ek_tail_length(const struct ek_tail *tails, size_t count, const char *file);

#endif
