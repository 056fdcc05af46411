/* whole.c - see whole.h. */
#include "tests/bench/whole.h"

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "store/handle.h"
#include "tests/bench/measure.h"

#define WORDS 5000u      /* in use */
#define WORDS_A_POST 70u /* some 400 bytes */
#define QUOTES_EVERY 3u  /* posts */

struct whole {
    struct fill *fill;
    struct posts posts;
    struct bench_post last; /* that was put */
    struct ek_buf text;
};

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

static void write_text(struct ek_buf *text, uint32_t number)
{
    uint64_t state = number;
    ek_buf_clear(text);
    for (unsigned i = 0; i < WORDS_A_POST; i++)
        add_word(text, &state);
    ek_buf_add(text, "", 1);
}

static void put_post(struct whole *whole, const struct bench_post *post)
{
    char id[12], thread[12], author[12], board[12], quoted[12];
    struct ek_quote quote = {.post_id = quoted, .depth = 1, .text = "what was said before"};
    struct fill_tags tags;
    struct ek_err err;
    size_t changed;
    write_text(&whole->text, post->number);
    snprintf(id, sizeof id, "%u", post->number);
    snprintf(thread, sizeof thread, "%u", post->thread);
    snprintf(author, sizeof author, "%u", post->author);
    snprintf(board, sizeof board, "%u", post->board);
    snprintf(quoted, sizeof quoted, "%u", whole->last.number);
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
    entry.post.text = whole->text.data;
    entry.post.quotes = &quote;
    entry.post.quote_count =
        post->thread == whole->last.thread && post->number % QUOTES_EVERY == 0 ? 1 : 0;
    if (ek_store_put_entry(fill_store(whole->fill), &entry, FILL_SEEN, fill_tags(post, &tags),
                           &changed, &err))
        give_up(err.message);
    whole->last = *post;
}

struct whole *whole_begin(const char *folder, uint32_t total)
{
    struct whole *whole = calloc(1, sizeof *whole);
    if (!whole)
        give_up("out of memory");
    whole->fill = fill_begin(folder);
    posts_begin(&whole->posts, total);
    ek_buf_init(&whole->text, 1u << 20);
    return whole;
}

size_t whole_commit(struct whole *whole)
{
    struct ek_store *store = fill_store(whole->fill);
    struct bench_post some[WHOLE_COMMIT];
    struct ek_err err;
    size_t count = posts_next(&whole->posts, some, WHOLE_COMMIT);
    if (count == 0)
        return 0;
    if (ek_store_begin(store, &err))
        give_up(err.message);
    for (size_t i = 0; i < count; i++)
        put_post(whole, &some[i]);
    if (ek_store_commit(store, &err))
        give_up(err.message);
    return count;
}

struct ek_store *whole_store(struct whole *whole)
{
    return fill_store(whole->fill);
}

void whole_end(struct whole *whole)
{
    fill_settle(whole->fill);
    fill_end(whole->fill);
    ek_buf_free(&whole->text);
    free(whole);
}
