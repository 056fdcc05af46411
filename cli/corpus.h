/* corpus.h - the store's posts, tagged now under rule sets that need not be the store's own.
 *
 * For those who change rules: what would these rules say? Nothing is written. Posts go through the
 * readers in batches, so that memory stays that of a batch whatever the store holds. */
#ifndef EKBOM_CORPUS_H
#define EKBOM_CORPUS_H

#include "cli.h"

#define CORPUS_SETS 2

struct corpus {
    struct cli *cli;
    struct ek_store *store;
    struct ek_pool *pools[CORPUS_SETS];
    size_t sets;
    struct ek_arena *arena; /* of one batch */
};

/* The store of the command line, for reading, and readers for each rule set. */
int corpus_open(struct corpus *corpus, struct cli *cli, const struct ek_bundle *rules, size_t sets,
                struct ek_err *err);
void corpus_close(struct corpus *corpus);

struct corpus_post {
    const struct ek_entry *entry;
    const struct ek_tags *tags[CORPUS_SETS];
    size_t place, total; /* of the selection's posts, from 0 */
};
/* Every post of the selection, oldest first. What visit is given lives until it returns. */
int corpus_each(struct corpus *corpus, const struct ek_selection *selection,
                int (*visit)(void *context, const struct corpus_post *post, struct ek_err *err),
                void *context, struct ek_err *err);

/* --sample N (`usual` where it is not given) and --seed S (0). 0, or the exit status. */
int read_draw(const struct cli *cli, size_t usual, size_t *want, uint64_t *seed);
/* --by, a year where it is not given. */
enum ek_bucket_size bucket_size(const struct cli *cli);
/* A rule set: a folder, "current" (the store's own), or the beginning of the digest of one that the
 * store has tags of. */
int corpus_rules(struct cli *cli, struct ek_store *store, const char *name,
                 struct ek_bundle *bundle, struct ek_err *err);

#endif
