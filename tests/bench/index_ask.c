/* index_ask.c - the six questions, beside the peers, a tenth of the posts, and a new snapshot. */
#include "ekbom/error.h"
#include "store/env.h"
#include "store/handle.h"
#include "tests/bench/fill.h"
#include "tests/bench/index_bench.h"
#include "tests/bench/measure.h"

#define ROUNDS 9
#define ASKED 5u /* times in a row */

static double ask_ours(struct asking *asking, enum question question)
{
    double took[ASKED];
    for (size_t i = 0; i < ASKED; i++) {
        double begun = processor_seconds();
        question_ask(asking, question);
        took[i] = processor_seconds() - begun;
    }
    return median(took, ASKED) * 1e3;
}

static void open_store(struct bench *bench, struct asking *asking, const char *name)
{
    char folder[340];
    struct ek_err err;
    bench_path(bench, name, folder);
    *asking = (struct asking){.arena = bench->arena};
    if (ek_store_open(&asking->store, folder, EK_STORE_READ, "bench", &err))
        give_up(err.message);
}

struct small { /* a tenth of the posts */
    double bytes, ms[QUESTIONS];
};

/* In a store of its own. */
static void try_small(struct bench *bench, struct small *small)
{
    struct posts posts;
    struct bench_post some[BENCH_COMMIT];
    struct asking asking;
    char folder[340];
    bench_path(bench, "small", folder);
    struct fill *fill = fill_begin(folder);
    posts_begin(&posts, bench->total);
    for (uint32_t i = 0; i < bench->total / 10 / BENCH_COMMIT; i++) {
        size_t count = posts_next(&posts, some, BENCH_COMMIT);
        fill_announce(fill, some, count);
        fill_pend(fill, some, count, false);
        fill_commit(fill);
    }
    fill_settle(fill);
    fill_end(fill);
    open_store(bench, &asking, "small");
    small->bytes = (double)ek_env_bytes(asking.store->index) / (bench->total / 10);
    for (unsigned q = 0; q < QUESTIONS; q++) {
        question_ask(&asking, q);
        small->ms[q] = ask_ours(&asking, q);
    }
    ek_store_close(asking.store);
    bench_remove(bench, "small");
}

static void expect_same(struct peer *peer, enum question question, const char *rows)
{
    const char *line = peer_ask(peer, "answer %s", question_names[question].word);
    for (size_t number = 1; strcmp(line, "end") != 0; line = peer_line(peer), number++) {
        size_t len = strcspn(rows, "\n");
        if (strlen(line) != len || memcmp(line, rows, len) != 0 || rows[len] != '\n') {
            fprintf(stderr, "bench: %s: row %zu is \"%.*s\" here and \"%s\" in %s\n",
                    question_names[question].title, number, (int)len, rows, line, peer_name(peer));
            exit(2);
        }
        rows += len + 1;
    }
    if (*rows) {
        fprintf(stderr, "bench: %s: %s has no row \"%.*s\"\n", question_names[question].title,
                peer_name(peer), (int)strcspn(rows, "\n"), rows);
        exit(2);
    }
}

struct answered { /* milliseconds by round */
    double ours[ROUNDS], peers[ENGINES][ROUNDS], plain[ROUNDS];
    char schemas[ENGINES][64], plain_schema[64];
};

static double ask_peer(struct peer *peer, const char *verb, enum question question, char schema[64])
{
    char *end;
    double ms =
        strtod(peer_ask(peer, "%s %s %u", verb, question_names[question].word, ASKED), &end);
    snprintf(schema, 64, "%.60s", end);
    return ms;
}

static void ask_round(struct bench *bench, struct asking *asking, enum question question,
                      struct answered *answered, size_t round)
{
    answered->ours[round] = ask_ours(asking, question);
    for (unsigned i = 0; i < ENGINES; i++)
        if (bench->peers[i])
            answered->peers[i][round] =
                ask_peer(bench->peers[i], "ask", question, answered->schemas[i]);
    if (bench->peers[DUCKDB])
        answered->plain[round] =
            ask_peer(bench->peers[DUCKDB], "ask-plain", question, answered->plain_schema);
}

static void say_question(struct bench *bench, const struct small *small, enum question question,
                         struct answered *answered)
{
    const struct question_names *names = &question_names[question];
    const char *targets[ENGINES] = {names->target, "-", names->target_clickhouse};
    const double ours = median(answered->ours, ROUNDS);
    char what[160], whom[240];
    snprintf(what, sizeof what, "%u posts, %s, ms", bench->total, names->title);
    for (unsigned i = 0; i < ENGINES; i++) {
        if (!bench->peers[i])
            continue;
        double theirs = median(answered->peers[i], ROUNDS);
        snprintf(whom, sizeof whom, "%s,%s", peer_name(bench->peers[i]), answered->schemas[i]);
        bench_say(what, whom, ours, theirs, theirs / ours, targets[i]);
    }
    if (bench->peers[DUCKDB]) {
        double theirs = median(answered->plain, ROUNDS);
        snprintf(whom, sizeof whom, "%s, no schema for the question:%s",
                 peer_name(bench->peers[DUCKDB]), answered->plain_schema);
        bench_say(what, whom, ours, theirs, theirs / ours, "-");
    } else {
        bench_say_alone(what, ours, "-");
    }
    bench_say(what, "itself, a tenth of the posts", ours, small->ms[question],
              ours / small->ms[question], "-");
    double fresh = median(bench->fresh[question], bench->fresh_count[question]);
    bench_say(what, "itself, first question after a commit", ours, fresh, ours / fresh, "-");
}

void bench_ask(struct bench *bench)
{
    struct asking asking;
    struct small small;
    try_small(bench, &small);
    open_store(bench, &asking, "store");
    for (unsigned i = 0; i < ENGINES; i++)
        if (bench->peers[i])
            peer_ask(bench->peers[i], "load %u", bench->total);
    for (unsigned q = 0; q < QUESTIONS; q++) {
        question_ask(&asking, q);
        const char *rows = question_rows(&asking, q);
        for (unsigned i = 0; i < ENGINES; i++)
            if (bench->peers[i])
                expect_same(bench->peers[i], q, rows);
    }
    for (unsigned q = 0; q < QUESTIONS; q++) {
        struct answered answered = {0};
        for (size_t round = 0; round < ROUNDS; round++)
            ask_round(bench, &asking, q, &answered, round);
        say_question(bench, &small, q, &answered);
    }
    double bytes = (double)ek_env_bytes(asking.store->index) / bench->total;
    bench_say("index, bytes a post", "itself, a tenth of the posts", bytes, small.bytes,
              bytes / small.bytes, "-");
    ek_store_close(asking.store);
}
