/* aggregate.h - what the selected posts add up to: by bucket and theory.
 *
 * A question names a selection, its theories one by one (none: every theory of the rule set;
 * "any"), the posts counted (the denominator) and the buckets. Answers lie in the caller's arena.
 * Posts alone are counted in well under a millisecond for 10 M posts. Memory while counting: a bit
 * a post; with authors or threads a bit more for each theory and a byte for each author and thread;
 * with clusters instead 8 bytes for these, and 30 for each post of the largest bucket. More than
 * EK_ARENA_BYTES (limits.h) of it is refused as "out of memory". */
#ifndef EKBOM_AGGREGATE_H
#define EKBOM_AGGREGATE_H

#include "ekbom/query.h"

enum ek_measure {                         /* bits; posts are always counted */
                  EK_MEASURE_AUTHORS = 1, /* distinct authors of the tagged posts */
                  EK_MEASURE_THREADS = 2, /* ... and threads */
                  EK_MEASURE_ALL = 4,     /* these also of all posts counted */
                  EK_MEASURE_CLUSTERS = 8 /* sums for the statistics; takes in all of the above */
};

struct ek_question {
    const struct ek_selection *selection; /* as in ek_query_timeline */
    enum ek_denominator denominator;
    bool whole;               /* all dated posts of the period in one bucket, number 0 */
    enum ek_bucket_size size; /* otherwise */
    unsigned measures;
    bool tagged_only; /* the posts counted are not themselves counted, nor what stands beside: those
                       * stay 0. Quicker where a condition must look at each post */
};

struct ek_cell { /* authors and threads: 0 where they were not asked for */
    uint64_t posts, authors, threads;
};

/* Over the clusters g of one kind, with n_g posts of which k_g are tagged. */
struct ek_cluster_sums {
    uint64_t clusters;
    double n_n, k_k, k_n; /* sums of n_g^2, k_g^2, k_g * n_g */
};
enum ek_clustering { EK_CLUSTER_AUTHOR, EK_CLUSTER_THREAD, EK_CLUSTER_BOTH, EK_CLUSTERINGS };

struct ek_count {
    const char **theories; /* as asked for, or sorted */
    size_t theory_count;
    int first; /* bucket (ek_bucket_of); every bucket up to the last that has posts follows */
    size_t buckets;
    struct ek_cell *counted;          /* [bucket] */
    struct ek_cell *tagged;           /* [theory * buckets + bucket] */
    struct ek_cluster_sums *clusters; /* [(theory * buckets + bucket) * EK_CLUSTERINGS + kind] */
    uint64_t undated, not_assessable; /* of the posts selected, beside the cells */
    uint64_t *forums;                 /* of the posts counted, by number; filled with clusters */
    size_t forum_count;
    const char *rules_digest; /* NULL: no tags yet */
};
/* A post that names nobody counts as one of the same unknown author. */
int ek_query_count(struct ek_store *store, const struct ek_question *question,
                   struct ek_arena *arena, struct ek_count *count, struct ek_err *err);

enum ek_within { EK_WITHIN_POST, EK_WITHIN_THREAD, EK_WITHIN_AUTHOR };
struct ek_pairs {
    const char **theories;
    size_t theory_count;
    int first;
    size_t buckets;
    /* [(bucket * theory_count + a) * theory_count + b]: posts, threads or authors that have both
     * within the bucket; with a = b those that have it at all. */
    uint64_t *both;
    /* The same, of the authors of the posts that make the cell (of posts: those with both; of
     * threads: those with either, in threads with both), counted up to EK_WITHHELD_BELOW. Filled
     * with EK_MEASURE_AUTHORS, else NULL. */
    uint8_t *authors;
    /* [bucket]: posts counted; with EK_MEASURE_ALL the threads or authors of these, else 0. */
    uint64_t *units;
    const char *rules_digest;
};
/* Theories named together. Nobody is no author here, but is one behind a cell. */
int ek_query_pairs(struct ek_store *store, const struct ek_question *question,
                   enum ek_within within, struct ek_arena *arena, struct ek_pairs *pairs,
                   struct ek_err *err);

#endif
