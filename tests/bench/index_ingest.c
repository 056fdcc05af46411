/* index_ingest.c - the index filled, beside a bare log and the ingest of the peers. */
#include "tests/bench/bare_log.h"
#include "tests/bench/fill.h"
#include "tests/bench/index_bench.h"
#include "tests/bench/measure.h"

#define PEER_COMMITS 20u /* a slice: peers are slow, and as fast later on */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

struct ingest { /* seconds a slice, and what was written in all */
    double ours[BENCH_SLICES], log[BENCH_SLICES], peers[ENGINES][BENCH_SLICES];
    double ours_bytes, log_bytes, longest;
};

/* Bytes handed to the kernel, and each commit's head page, of which LMDB writes a part. */
static double handed_over(size_t commits)
{
    return written_bytes() + (double)commits * 4096;
}

static void ask_fresh(struct bench *bench, struct asking *asking, size_t commit)
{
    const unsigned question = commit % QUESTIONS;
    if (bench->fresh_count[question] == BENCH_FRESH)
        return;
    double begun = processor_seconds();
    question_ask(asking, question);
    double took = processor_seconds() - begun;
    bench->fresh[question][bench->fresh_count[question]++] = took * 1e3;
}

static void ingest_ours(struct bench *bench, struct ingest *ingest, size_t slice, struct fill *fill,
                        const struct bench_post *posts, size_t count)
{
    struct asking asking = {.store = fill_store(fill), .arena = bench->arena};
    const double before = written_bytes();
    for (size_t at = 0; at < count; at += BENCH_COMMIT) {
        fill_pend(fill, posts + at, least(BENCH_COMMIT, count - at), false);
        double begun = seconds();
        fill_commit(fill);
        double took = seconds() - begun;
        ingest->ours[slice] += took;
        ingest->longest = took > ingest->longest ? took : ingest->longest;
        if (slice == BENCH_SLICES - 1)
            ask_fresh(bench, &asking, at / BENCH_COMMIT);
    }
    ingest->ours_bytes += handed_over(count / BENCH_COMMIT) - before;
}

static void ingest_log(struct ingest *ingest, size_t slice, struct bare_log *log,
                       const struct bench_post *posts, size_t count)
{
    const double before = written_bytes(), begun = seconds();
    for (size_t at = 0; at < count; at += BENCH_COMMIT)
        bare_log_append(log, posts + at, least(BENCH_COMMIT, count - at) * sizeof *posts);
    ingest->log[slice] = seconds() - begun;
    ingest->log_bytes += handed_over(count / BENCH_COMMIT) - before;
}

static size_t peer_posts(const struct bench *bench)
{
    return least(PEER_COMMITS * BENCH_COMMIT, bench->total / BENCH_SLICES);
}

static void ingest_peers(struct bench *bench, struct ingest *ingest, size_t slice)
{
    size_t count = peer_posts(bench);
    for (unsigned i = 0; i < ENGINES; i++)
        if (bench->peers[i])
            ingest->peers[i][slice] =
                atof(peer_ask(bench->peers[i], "ingest %zu %zu", slice * count, count));
}

static void say_ingest(struct bench *bench, struct ingest *ingest)
{
    static const char *const targets[ENGINES] = {">= 8", "-", "-"};
    const double slice = (double)(bench->total / BENCH_SLICES), all = (double)bench->total;
    const double ours = slice / median(ingest->ours, BENCH_SLICES);
    const double log = slice / median(ingest->log, BENCH_SLICES);
    bench_say("ingest, posts/s, durable, 1,000 a commit", "bare LMDB log", ours, log, ours / log,
              ">= 0.6");
    for (unsigned i = 0; i < ENGINES; i++) {
        if (!bench->peers[i])
            continue;
        double theirs = (double)peer_posts(bench) / median(ingest->peers[i], BENCH_SLICES);
        bench_say("ingest, posts/s, durable, 1,000 a commit", peer_name(bench->peers[i]), ours,
                  theirs, ours / theirs, targets[i]);
    }
    bench_say("ingest, bytes written a post", "bare LMDB log", ingest->ours_bytes / all,
              ingest->log_bytes / all, ingest->ours_bytes / ingest->log_bytes, "<= 100 bytes");
    bench_say_alone("ingest, ms, the longest of all commits", ingest->longest * 1e3, "-");
}

void bench_ingest(struct bench *bench)
{
    struct ingest ingest = {0};
    struct posts posts;
    char store[340], log_folder[340];
    const size_t slice_posts = bench->total / BENCH_SLICES;
    struct bench_post *slice = calloc(slice_posts, sizeof *slice);
    bench_path(bench, "store", store);
    bench_path(bench, "log", log_folder);
    struct fill *fill = fill_begin(store);
    struct bare_log *log = bare_log_open(log_folder);
    if (!slice)
        give_up("out of memory");
    posts_begin(&posts, bench->total);
    for (size_t i = 0; i < BENCH_SLICES; i++) {
        size_t count = posts_next(&posts, slice, slice_posts);
        fill_announce(fill, slice, count);
        ingest_ours(bench, &ingest, i, fill, slice, count);
        ingest_log(&ingest, i, log, slice, count);
        ingest_peers(bench, &ingest, i);
    }
    say_ingest(bench, &ingest);
    double begun = seconds();
    fill_settle(fill);
    bench_say_alone("ingest, ms, the index brought to rest", (seconds() - begun) * 1e3, "-");
    fill_end(fill);
    bare_log_close(log);
    bench_remove(bench, "log");
    free(slice);
}
