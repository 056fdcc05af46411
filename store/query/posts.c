/* posts.c - the selected posts, one by one, in time order.
 *
 * The chunks overlap in time, each is sorted: a heap of them gives the next row. A chunk stands in
 * it with its first (or last) time until that comes up, and is looked into only then. Posts with a
 * time come first, whatever the order, then those without, by number. */
#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/index/row.h"
#include "store/query/feed.h"

struct visit {
    struct ek_store *store;
    struct ek_choice choice;
    bool backward; /* the dated ones */
    int (*visit)(void *context, const struct ek_index_row *row, struct ek_err *err);
    void *context;
    struct ek_feed *feeds; /* one a chunk */
    struct ek_feed **heap;
    size_t heap_count;
    struct ek_index_tag *tags;
    struct ek_arena *arena;
    struct ek_err *err;
};

/* Heap ---------------------------------------------------------------------------------------- */

/* Comes a before b? What is not opened yet comes before a row of the same time. */
static bool comes_before(const struct ek_feed *a, const struct ek_feed *b)
{
    bool backward = a->backward;
    if (a->time != b->time)
        return backward ? a->time > b->time : a->time < b->time;
    if (!a->reading != !b->reading)
        return !a->reading;
    return backward ? a->number > b->number : a->number < b->number;
}

static void sift_down(struct visit *visit, size_t at)
{
    struct ek_feed **heap = visit->heap;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= visit->heap_count)
            return;
        if (child + 1 < visit->heap_count && comes_before(heap[child + 1], heap[child]))
            child++;
        if (!comes_before(heap[child], heap[at]))
            return;
        struct ek_feed *held = heap[at];
        heap[at] = heap[child];
        heap[child] = held;
        at = child;
    }
}

static void drop_top(struct visit *visit)
{
    ek_feed_close(visit->heap[0]);
    visit->heap[0] = visit->heap[--visit->heap_count];
}

/* Rows ---------------------------------------------------------------------------------------- */

static int show_row(struct visit *visit, struct ek_feed *feed)
{
    const struct ek_words *words = &visit->choice.held->words;
    struct ek_feed_row row;
    if (ek_feed_row(feed, &row))
        return -1;
    struct ek_index_row shown = {.number = feed->number,
                                 .forum = row.forum,
                                 .board = row.board,
                                 .thread = row.thread,
                                 .author = row.author,
                                 .time = feed->time,
                                 .precision = row.precision,
                                 .state = row.state,
                                 .assessable = row.assessable,
                                 .tags = visit->tags};
    for (uint32_t i = 0; i < row.mark_count && shown.tag_count < EK_MAX_ROW_MARKS; i++) {
        const struct ek_mark *mark = &row.marks[i];
        if (mark->code >= words->count || !words->items[mark->code].text)
            continue;
        visit->tags[shown.tag_count++] = (struct ek_index_tag){
            .code = words->items[mark->code].text,
            .treatment = words->items[mark->code].kind == EK_WORD_OF_TREATMENT,
            .stance = mark->word & EK_WORD_STANCE,
            .hedged = mark->word & EK_WORD_HEDGED,
            .experience = mark->word & EK_WORD_EXPERIENCE,
            .cramps = mark->word & EK_WORD_CRAMPS,
            .undetermined = mark->word & EK_WORD_UNDETERMINED,
            .quoted = mark->word & EK_WORD_QUOTED};
    }
    return visit->visit(visit->context, &shown, visit->err);
}

/* 0 to go on, 1 to stop, -1. */
static int step(struct visit *visit)
{
    struct ek_feed *feed = visit->heap[0];
    int result = feed->reading ? show_row(visit, feed) : 0;
    if (result)
        return result;
    int found = ek_feed_next(feed, visit->arena);
    if (found < 0)
        return -1;
    if (found == 0)
        drop_top(visit);
    sift_down(visit, 0);
    return 0;
}

/* Can the chunk have rows of this kind at all? */
static bool may_have(const struct visit *visit, const struct ek_chunk *chunk, bool undated)
{
    const struct ek_choice *choice = &visit->choice;
    if (undated)
        return chunk->dated < chunk->rows;
    return chunk->dated && (!choice->dated_only || (chunk->last >= choice->period.from &&
                                                    chunk->first < choice->period.until));
}

static int visit_rows(struct visit *visit, bool undated)
{
    const struct ek_view *view = &visit->choice.held->view;
    int result = 0;
    visit->heap_count = 0;
    for (size_t i = 0; i < view->count; i++) {
        struct ek_held_chunk *chunk = &visit->choice.held->chunks[i];
        if (!may_have(visit, chunk->chunk, undated))
            continue;
        struct ek_feed *feed = &visit->feeds[visit->heap_count];
        ek_feed_init(feed, &visit->choice, chunk, undated, visit->backward && !undated);
        visit->heap[visit->heap_count++] = feed;
    }
    for (size_t i = visit->heap_count / 2; i-- > 0;)
        sift_down(visit, i);
    while (result == 0 && visit->heap_count)
        result = step(visit);
    for (size_t i = 0; i < visit->heap_count; i++)
        ek_feed_close(visit->heap[i]);
    return result;
}

static int visit_all(struct visit *visit, const struct ek_selection *selection)
{
    if (ek_choice_make(&visit->choice, visit->store, selection, visit->arena, visit->err))
        return -1;
    if (!visit->choice.held)
        return 0;
    size_t chunks = visit->choice.held->view.count;
    visit->tags = EK_NEW_ARRAY(visit->arena, struct ek_index_tag, EK_MAX_ROW_MARKS);
    visit->feeds = EK_NEW_ARRAY(visit->arena, struct ek_feed, chunks + 1);
    visit->heap = EK_NEW_ARRAY(visit->arena, struct ek_feed *, chunks + 1);
    if (!visit->tags || !visit->feeds || !visit->heap)
        return ek_fail_memory(visit->err);
    int result = visit_rows(visit, false);
    return result || visit->choice.dated_only ? result : visit_rows(visit, true);
}

int ek_query_posts(struct ek_store *store, const struct ek_selection *selection,
                   enum ek_order order,
                   int (*each)(void *context, const struct ek_index_row *row, struct ek_err *err),
                   void *context, struct ek_err *err)
{
    struct visit visit = {.store = store,
                          .backward = order == EK_NEWEST_FIRST,
                          .visit = each,
                          .context = context,
                          .arena = ek_arena_new(EK_ARENA_BYTES),
                          .err = err};
    if (!visit.arena)
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = visit_all(&visit, selection);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(visit.arena);
    return result < 0 ? -1 : 0;
}
