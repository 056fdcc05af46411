/* span.h - how far forums were read. */
#ifndef EKBOM_STORE_SPAN_H
#define EKBOM_STORE_SPAN_H

#include "ekbom/query.h"
#include "store/handle.h"

/* The oldest of the times at which these forums were last read, or of the day that a selection
 * looks back to; INT64_MAX of none. Inside a
 * snapshot of the index. */
ek_time ek_read_until(struct ek_store *store, const struct ek_selection *selection,
                      const uint64_t *forums, size_t count);

#endif
