/* index_whole.c - for information: posts into the whole store, records with texts and all, of which
 * the index is a part. */
#include "store/env.h"
#include "store/handle.h"
#include "tests/bench/index_bench.h"
#include "tests/bench/measure.h"
#include "tests/bench/whole.h"

#define WHOLE_POSTS 200000u

void bench_whole(struct bench *bench)
{
    char folder[340];
    bench_path(bench, "whole", folder);
    struct whole *whole = whole_begin(folder, WHOLE_POSTS);
    double begun = seconds();
    while (whole_commit(whole))
        ;
    double took = seconds() - begun;
    double records = (double)ek_env_bytes(whole_store(whole)->records) / WHOLE_POSTS;
    bench_say_alone("whole store, posts/s, texts of 400 bytes, 1,000 a commit", WHOLE_POSTS / took,
                    "-");
    bench_say_alone("whole store, bytes of records a post", records, "-");
    whole_end(whole);
    bench_remove(bench, "whole");
}
