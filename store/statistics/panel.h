/* panel.h - posts by author, thread and bucket, with their clusters numbered.
 *
 * A cluster is known by a number: the author's, the thread's, or the place of the pair of them.
 * With two buckets every sum over clusters that does not depend on a theory is taken once. */
#ifndef EKBOM_STORE_PANEL_H
#define EKBOM_STORE_PANEL_H

#include "ekbom/statistics.h"

/* Sums over clusters of the products of two of their counts, by window; [a][b] for count a of the
 * earlier or later window and count b likewise. */
struct ek_products {
    uint64_t of[EK_WINDOWS][EK_WINDOWS];
};

struct ek_panel_clusters {
    const uint32_t *of;  /* of each post */
    uint32_t count;      /* numbers are below */
    uint64_t active_any; /* clusters that have a post */
    /* With two buckets: */
    uint32_t *posts;             /* [cluster * 2 + window] */
    uint32_t *tagged;            /* scratch, all 0 between two calls */
    struct ek_products n_n;      /* of posts and posts */
    uint64_t active[EK_WINDOWS]; /* clusters with posts in a window */
    uint64_t active_both;        /* in both */
};

struct ek_panel {
    struct ek_panel_posts posts;
    uint64_t *bucket_posts; /* [bucket] */
    struct ek_panel_clusters clusters[EK_CLUSTERINGS];
};

/* Every place names a post of the panel: 0, or -1 with EK_USAGE. */
int ek_panel_check(const struct ek_panel *panel, const struct ek_tagged *tagged,
                   struct ek_err *err);

#endif
