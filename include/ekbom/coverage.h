/* coverage.h - how much of the boards a series rests on, bucket by bucket.
 *
 * A theory can seem to fade because pages were not fetched, or because posts were removed. Both
 * are told as far as the store can tell, of the forums of a selection as wholes (a board or author
 * condition does not matter):
 *
 * fetched  Of the threads that the boards list today, by the time of their newest post as listed,
 *          the share that was read to its end. Told where a crawl has read the boards' listings;
 *          an archive that was imported does not say what it lacks.
 * id_gap   Of the forum's own post ids that a bucket spans, the share of which no post is known:
 *          an upper bound on what was removed, hidden or never fetched. Told where ids are numbers
 *          that run on with time. */
#ifndef EKBOM_COVERAGE_H
#define EKBOM_COVERAGE_H

#include "ekbom/query.h"

struct ek_coverage {
    size_t buckets;
    double *fetched; /* [bucket], 0 to 1; NAN: cannot be told, or nothing is listed there */
    double *id_gap;  /* likewise */
    /* Why no bucket has one; NULL where some has. */
    const char *fetched_reason, *id_gap_reason;
};
/* Of `buckets` buckets from number `first` on. Reads two posts a bucket and the frontier, in
 * proportion to the threads known, not to the posts. Without leave to read the records both are
 * untold, with that as the reason. 0, -1 with err. */
int ek_query_coverage(struct ek_store *store, const struct ek_selection *selection,
                      enum ek_bucket_size size, int first, size_t buckets, struct ek_arena *arena,
                      struct ek_coverage *coverage, struct ek_err *err);

#endif
