/* index_whole.c - for information: posts into the whole store, records with texts and all, of which
 * the index is a part. */
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "store/env.h"
#include "store/handle.h"
#include "tests/bench/fill.h"
#include "tests/bench/index_bench.h"
#include "tests/bench/measure.h"

#define WHOLE_POSTS 200000u
#define WORDS 5000u      /* in use */
#define WORDS_A_POST 70u /* some 400 bytes */

/* Words of syllables; the k-th is used a k-th as often as the first. */
static void add_word(struct ek_buf *text, uint64_t *state)
{
    static const char *const syllables[] = {"ba", "le", "ri", "con", "ta", "mo", "ne", "sti",
                                            "pa", "gu", "er", "in",  "de", "lo", "ha", "su"};
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    double x = (double)(*state >> 11) * 0x1p-53;
    for (uint64_t word = (uint64_t)(1.0 / (x + 1.0 / WORDS)); word; word /= 16)
        ek_buf_add(text, syllables[word % 16], strlen(syllables[word % 16]));
    ek_buf_add(text, " ", 1);
}

static void put_post(struct ek_store *store, const struct bench_post *post, struct ek_buf *text)
{
    char id[12], thread[12], author[12], board[12];
    struct fill_tags tags;
    struct ek_err err;
    size_t changed;
    uint64_t state = post->number;
    ek_buf_clear(text);
    for (unsigned i = 0; i < WORDS_A_POST; i++)
        add_word(text, &state);
    ek_buf_add(text, "", 1);
    snprintf(id, sizeof id, "%u", post->number);
    snprintf(thread, sizeof thread, "%u", post->thread);
    snprintf(author, sizeof author, "%u", post->author);
    snprintf(board, sizeof board, "%u", post->board);
    struct ek_entry entry = {.forum = FILL_FORUM,
                             .thread_id = thread,
                             .board_id = board,
                             .language = "en",
                             .first_seen = EK_TIME_UNKNOWN,
                             .last_seen = EK_TIME_UNKNOWN};
    entry.post.id = id;
    entry.post.author = entry.post.author_id = author;
    entry.post.time = post->time;
    entry.post.precision = EK_PRECISION_SECOND;
    entry.post.time_source = EK_SOURCE_ATTRIBUTE;
    entry.post.text = text->data;
    if (ek_store_put_entry(store, &entry, FILL_SEEN, fill_tags(post, &tags), &changed, &err))
        give_up(err.message);
}

void bench_whole(struct bench *bench)
{
    struct posts posts;
    struct bench_post some[BENCH_COMMIT];
    struct ek_buf text;
    struct ek_err err;
    char folder[340];
    size_t count;
    double took = 0;
    bench_path(bench, "whole", folder);
    ek_buf_init(&text, 1u << 20);
    struct fill *fill = fill_begin(folder);
    struct ek_store *store = fill_store(fill);
    posts_begin(&posts, WHOLE_POSTS);
    while ((count = posts_next(&posts, some, BENCH_COMMIT)) > 0) {
        double begun = seconds();
        if (ek_store_begin(store, &err))
            give_up(err.message);
        for (size_t i = 0; i < count; i++)
            put_post(store, &some[i], &text);
        if (ek_store_commit(store, &err))
            give_up(err.message);
        took += seconds() - begun;
    }
    double records = (double)ek_env_bytes(store->records) / WHOLE_POSTS;
    bench_say_alone("whole store, posts/s, texts of 400 bytes, 1,000 a commit", WHOLE_POSTS / took,
                    "-");
    bench_say_alone("whole store, bytes of records a post", records, "-");
    fill_end(fill);
    ek_buf_free(&text);
    bench_remove(bench, "whole");
}
