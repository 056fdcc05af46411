/* posts.h - posts of a board that never was, for the benches of the index: as many as are asked
 * for, the same ones each time.
 *
 * Twenty years, twenty boards, thirty theories. Posts come thread by thread and threads in no
 * order, as a crawl finds them, so that their times are random. Volume rises and falls over the
 * years, boards and theories are of very different size, a thread has a theory of its own, and
 * authors come, stay for a while and leave; some stay for good. */
#ifndef EKBOM_TESTS_POSTS_H
#define EKBOM_TESTS_POSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POSTS_THEORIES 30u
#define POSTS_BOARDS 20u
#define POSTS_FROM 1104537600u  /* 2005-01-01 */
#define POSTS_UNTIL 1735689600u /* 2025-01-01 */

struct bench_post {                  /* 24 bytes, in a file as in memory */
    uint32_t number, thread, author; /* from 1, without gaps */
    uint32_t time;
    uint32_t board;    /* from 1; of the thread */
    uint32_t theories; /* bits, some 1.3 a post */
};

struct posts {
    uint64_t state;
    uint32_t total, number, thread, authors;
    double theory_below[POSTS_THEORIES], board_below[POSTS_BOARDS]; /* running shares */
    /* the thread under way */
    uint32_t left, board, topic;
    double at;   /* moment of its last post, seconds since POSTS_FROM */
    bool opened; /* it has a post */
};

/* `total` posts by a twenty-fifth as many authors. */
void posts_begin(struct posts *posts, uint32_t total);
/* Up to `max` further posts; returns how many. */
size_t posts_next(struct posts *posts, struct bench_post *out, size_t max);
/* What a post says of a theory that it names: a word of row.h. */
uint32_t posts_word(const struct bench_post *post, unsigned theory);

#endif
