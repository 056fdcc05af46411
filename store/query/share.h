/* share.h - a share, and how sure it is, when posts come in clusters.
 *
 * Posts of one author resemble one another, and so do posts of one thread; an interval that takes
 * them for independent claims changes that are noise. The variance is the two-way linearised
 * cluster variance (as R's sandwich::vcovCL(~ author + thread)), the interval Wilson's with the
 * effective number of posts that this variance leaves. */
#ifndef EKBOM_STORE_SHARE_H
#define EKBOM_STORE_SHARE_H

#include "ekbom/aggregate.h"

struct ek_share {
    double share, low, high; /* NAN without posts; the interval also with few clusters */
    double design_effect;
    bool few_clusters;
};

/* k tagged of n posts. EK_CLUSTER_BOTH: clusters of posts by one author in one thread. */
struct ek_share ek_share_of(uint64_t k, uint64_t n,
                            const struct ek_cluster_sums sums[EK_CLUSTERINGS]);

#endif
