/* fill.h - a store whose index is filled with the posts of posts.h, by the code that a commit
 * runs, and whose records know their threads and boards but not the posts: for benches of the
 * index alone. Failures end the program. */
#ifndef EKBOM_TESTS_FILL_H
#define EKBOM_TESTS_FILL_H

#include "ekbom/record.h"
#include "tests/bench/posts.h"

#define FILL_FORUM "https://bench.example/"
#define FILL_SEEN ((ek_time)POSTS_UNTIL + 86400)

struct ek_store;

/* Codes of the theories in the rule set. */
extern const char *const fill_codes[POSTS_THEORIES];

struct fill_tags {
    struct ek_tags tags;
    struct ek_tag theories[POSTS_THEORIES];
};
/* What the rules would say of a post; lies in `room`. */
const struct ek_tags *fill_tags(const struct bench_post *post, struct fill_tags *room);

struct fill *fill_begin(const char *folder);
struct ek_store *fill_store(struct fill *fill);
/* The records learn the threads and boards of posts to come. */
void fill_announce(struct fill *fill, const struct bench_post *posts, size_t count);
/* Make posts pending, as their slice of the records would leave them. again: they have rows
 * already, which are to be replaced. */
void fill_pend(struct fill *fill, const struct bench_post *posts, size_t count, bool again);
/* One durable commit of the index, of the posts that are pending. */
void fill_commit(struct fill *fill);
/* What is due to be merged is, as at the end of an import. */
void fill_settle(struct fill *fill);
void fill_end(struct fill *fill);

#endif
