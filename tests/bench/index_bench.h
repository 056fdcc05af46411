/* index_bench.h - what the parts of bench_index share. */
#ifndef EKBOM_TESTS_INDEX_BENCH_H
#define EKBOM_TESTS_INDEX_BENCH_H

#include "tests/bench/peers.h"
#include "tests/bench/questions.h"

#define BENCH_COMMIT 1000u /* posts */
#define BENCH_SLICES 20u   /* of the ingest, in which everybody has a turn */
#define BENCH_FRESH 80u    /* questions of a kind asked right after a commit */

enum engine { DUCKDB, SQLITE, CLICKHOUSE, ENGINES };

struct bench {
    uint32_t total; /* posts */
    char folder[300];
    struct peer *peers[ENGINES]; /* NULL: cannot be had */
    struct ek_arena *arena;
    double fresh[QUESTIONS][BENCH_FRESH]; /* ms, right after a commit of the last slice */
    size_t fresh_count[QUESTIONS];
};

/* The path of a file or folder of the bench. */
void bench_path(const struct bench *bench, const char *name, char out[340]);
void bench_remove(const struct bench *bench, const char *name);
/* The lines that are printed: name, ours, peer, ratio, target. */
void bench_say(const char *what, const char *peer, double ours, double theirs, double ratio,
               const char *target);
void bench_say_alone(const char *what, double ours, const char *target);

/* Fill the store `store` of the bench's folder, beside the others. (index_ingest.c) */
void bench_ingest(struct bench *bench);
/* Posts into the whole store. (index_whole.c) */
void bench_whole(struct bench *bench);
/* Ask, beside the others. (index_ask.c) */
void bench_ask(struct bench *bench);

#endif
