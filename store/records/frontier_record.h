/* frontier_record.h - the frontier's table, for those who take it as it is. */
#ifndef EKBOM_STORE_FRONTIER_RECORD_H
#define EKBOM_STORE_FRONTIER_RECORD_H

#include "ekbom/frontier.h"
#include "store/handle.h"

#define EK_SOURCE_BYTES 8u /* of the digest of a source's address, in front of every key */

/* The entry of a key and value; its id is copied from the key. -1 when damaged. */
int ek_frontier_decode(struct ek_frontier *entry, struct ek_arena *arena, struct ek_bytes key,
                       struct ek_bytes value);
/* In a slice. */
int ek_frontier_write(struct ek_store *store, const unsigned char source[EK_SOURCE_BYTES],
                      const struct ek_frontier *entry, struct ek_err *err);

#endif
