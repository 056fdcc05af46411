/* grep_search.c - which posts match, through the readers. See grep.h.
 *
 * Texts go to the readers as they lie in the store, packed: that is half the bytes, and unpacking,
 * most of the work, is done by all of them. A request is BATCH_BYTES, small enough that the last
 * ones do not leave one reader working alone, large enough that messages cost nothing. */
#include "grep.h"

#include <stdlib.h>

#include "draw.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "ekbom/texts.h"

#define BATCH_BYTES (128u << 10)
#define BATCH_POSTS 4096u
#define SWEEP                                                                                      \
    8192u /* posts read in one snapshot, some 10 ms: a writer beside us frees its pages            \
           */

struct batch { /* the posts of a request */
    struct batch *next;
    size_t count;
    uint64_t numbers[BATCH_POSTS];
};

struct search {
    struct grep *grep;
    struct batch *batch; /* being filled */
    struct batch *sent, **sent_end;
    struct ek_arena *arena; /* of one result */
    struct ek_buf plain;    /* a text that the readers cannot unpack */
};

void grep_unfinished(struct grep *grep, uint64_t number, const char *reason)
{
    for (size_t i = 0; i < grep->unfinished_count && i < UNFINISHED_NAMED; i++)
        if (grep->unfinished[i].number == number)
            return;
    size_t at = grep->unfinished_count++;
    if (at < UNFINISHED_NAMED)
        grep->unfinished[at] = (struct unfinished){number, ek_strdup(grep->cli->arena, reason)};
}

/* Selecting --------------------------------------------------------------------------------- */

static int select_one(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct number_set *selected = context;
    return number_set_add(selected, row->number) ? ek_fail_memory(err) : 0;
}

/* Searching --------------------------------------------------------------------------------- */

static int take_result(struct search *search, const struct ek_pool_result *result,
                       struct ek_err *err)
{
    struct grep *grep = search->grep;
    struct batch *batch = result->context; /* the first of those sent: results keep their order */
    int failed = 0;
    if (!(search->sent = batch->next))
        search->sent_end = &search->sent;
    for (size_t i = 0; i < result->count; i++) {
        const struct ek_pool_found *found = &result->found[i];
        if (found->reason)
            grep_unfinished(grep, batch->numbers[i], found->reason);
        if (!found->matches)
            continue;
        grep->posts++;
        grep->matches += found->matches;
        if (number_set_add(&grep->matched, batch->numbers[i]))
            failed = ek_fail_memory(err);
    }
    grep->searched += result->count;
    free(batch);
    progress("searched %llu posts, %llu match", (unsigned long long)grep->searched,
             (unsigned long long)grep->posts);
    return failed;
}

/* One finished request: 1, 0 if there is none, -1. */
static int drain(struct search *search, bool wait, struct ek_err *err)
{
    struct ek_pool_result result;
    ek_arena_reset(search->arena);
    int got = ek_pool_next(search->grep->pool, wait, search->arena, &result, err);
    if (got == 1 && take_result(search, &result, err) != 0)
        return -1;
    return got;
}

static int submit(struct search *search, struct ek_err *err)
{
    struct batch *batch = search->batch;
    if (!batch)
        return 0;
    while (!ek_pool_room(search->grep->pool))
        if (drain(search, true, err) < 0)
            return -1;
    search->batch = NULL;
    *search->sent_end = batch;
    search->sent_end = &batch->next;
    return ek_pool_submit_packed(search->grep->pool, batch, err);
}

static bool readers_know(const struct grep *grep, uint32_t id)
{
    for (size_t i = 0; i < grep->dictionary_count; i++)
        if (ek_dictionary_id(grep->dictionaries[i].bytes, grep->dictionaries[i].len) == id)
            return true;
    return id == 0;
}

/* A text packed against a dictionary that came into the store after the readers were started. */
static int add_unpacked(struct search *search, uint64_t number, struct ek_err *err)
{
    struct ek_entry entry;
    ek_arena_reset(search->arena);
    int got = ek_store_entry(search->grep->store, number, true, search->arena, &entry, err);
    if (got != 1)
        return got < 0 ? -1
                       : ek_fail(err, EK_FORMAT, "post %llu is gone while it is read",
                                 (unsigned long long)number);
    ek_buf_clear(&search->plain);
    ek_put_str(&search->plain, entry.post.text);
    ek_pack_plain(&search->plain, 0);
    if (search->plain.failed)
        return ek_fail_memory(err);
    return ek_pool_add_packed(search->grep->pool, search->plain.data, search->plain.len, false,
                              err);
}

static int add_text(void *context, const struct ek_stored_text *text, struct ek_err *err)
{
    struct search *search = context;
    struct grep *grep = search->grep;
    if (text->damaged) {
        grep_unfinished(grep, text->number, text->damaged);
        return 0;
    }
    if (!search->batch) {
        search->batch = malloc(sizeof *search->batch);
        if (!search->batch)
            return ek_fail_memory(err);
        search->batch->count = 0;
        search->batch->next = NULL;
    }
    bool known = readers_know(grep, ek_packed_dictionary(text->packed, text->len));
    if (known ? ek_pool_add_packed(grep->pool, text->packed, text->len, false, err)
              : add_unpacked(search, text->number, err))
        return -1;
    search->batch->numbers[search->batch->count++] = text->number;
    if (search->batch->count < BATCH_POSTS && ek_pool_added_bytes(grep->pool) < BATCH_BYTES)
        return 0;
    return submit(search, err);
}

static int sweep(struct search *search, const struct number_set *selected, struct ek_err *err)
{
    uint64_t *numbers = calloc(SWEEP, sizeof *numbers);
    uint64_t next = number_set_next(selected, 0);
    int result = numbers ? 0 : ek_fail_memory(err);
    while (result == 0 && next != UINT64_MAX) {
        size_t count = 0;
        for (; count < SWEEP && next != UINT64_MAX; next = number_set_next(selected, next + 1))
            numbers[count++] = next;
        result = ek_store_texts(search->grep->store, numbers, count, add_text, search, err);
    }
    if (result == 0)
        result = submit(search, err);
    for (int got = 1; result == 0 && got == 1;)
        if ((got = drain(search, true, err)) < 0)
            result = -1;
    free(numbers);
    return result;
}

int grep_search(struct grep *grep, struct ek_err *err)
{
    struct search search = {.grep = grep, .arena = ek_arena_new(EK_ARENA_BYTES)};
    struct number_set selected = {0};
    search.sent_end = &search.sent;
    int result = search.arena ? 0 : ek_fail_memory(err);
    ek_buf_init(&search.plain, EK_MAX_LINE_BYTES);
    if (result == 0)
        result = ek_query_posts(grep->store, &grep->selection, EK_OLDEST_FIRST, select_one,
                                &selected, err);
    if (result == 0)
        result = sweep(&search, &selected, err);
    number_set_free(&selected);
    free(search.batch);
    for (struct batch *batch = search.sent, *after; batch; batch = after) {
        after = batch->next;
        free(batch);
    }
    ek_buf_free(&search.plain);
    ek_arena_free(search.arena);
    return result;
}

/* Ordering ---------------------------------------------------------------------------------- */

static int list_one(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct grep *grep = context;
    (void)err;
    if (grep->hit_count < grep->posts && number_set_has(&grep->matched, row->number))
        grep->hits[grep->hit_count++] = row->number;
    /* Each post has a row at least. */
    return grep->sample == SIZE_MAX && grep->hit_count >= grep->limit;
}

/* Only the posts drawn stay, in their order. */
static int draw_hits(struct grep *grep, struct ek_err *err)
{
    struct draw draw;
    struct number_set drawn = {0};
    int result = 0;
    size_t kept = 0;
    if (draw_open(&draw, grep->sample < grep->hit_count ? grep->sample : grep->hit_count,
                  grep->seed) != 0)
        return ek_fail_memory(err);
    for (size_t i = 0; i < grep->hit_count; i++)
        draw_offer(&draw, grep->hits[i], 0);
    for (size_t i = 0; i < draw.count && result == 0; i++)
        if (number_set_add(&drawn, draw.items[i].number))
            result = ek_fail_memory(err);
    for (size_t i = 0; i < grep->hit_count; i++)
        if (number_set_has(&drawn, grep->hits[i]))
            grep->hits[kept++] = grep->hits[i];
    grep->hit_count = kept;
    number_set_free(&drawn);
    draw_close(&draw);
    return result;
}

int grep_order(struct grep *grep, struct ek_err *err)
{
    grep->hits = malloc((grep->posts + 1) * sizeof *grep->hits);
    if (!grep->hits)
        return ek_fail_memory(err);
    if (grep->posts &&
        ek_query_posts(grep->store, &grep->selection, grep->order, list_one, grep, err) != 0)
        return -1;
    return grep->sample == SIZE_MAX ? 0 : draw_hits(grep, err);
}
