/* find.h - what people call a thing, as numbers. */
#ifndef EKBOM_STORE_FIND_H
#define EKBOM_STORE_FIND_H

#include "store/handle.h"
#include "store/records/names.h"

/* "ID" in every forum, or "FORUM#ID": posts, threads, boards. Finding none is no error; a forum
 * that is not known or not unique is. */
int ek_find_called(struct ek_txn *txn, struct ek_arena *arena, enum ek_name_kind kind,
                   const char *name, uint64_t **numbers, size_t *count, struct ek_err *err);

#endif
