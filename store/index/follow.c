/* follow.c - see follow.h.
 *
 * The records number every change of a post (a table with each post once, at its last change), and
 * the watermark says how far the index has followed. What a slice changed is at hand with the tags
 * that came along; what a crash lost between the two commits lies beyond the watermark, and all
 * that can be said of those posts is that their tags are not known.
 *
 * A living row is always that of its post as it now stands. A change of place, author, time or
 * state takes the tags of the old row along, in every generation; a change of the words drops
 * them: the new ones hold for the rule set in use, and the other generations have none. */
#include "store/index/follow.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/index/behind.h"
#include "store/index/coder.h"
#include "store/index/rewrite.h"

/* A post of the slice: its last state, and what is known of its tags after all that happened. */
struct change {
    uint32_t number;
    bool new;
    enum ek_tags_known known;
    const struct ek_pending *row, *tags; /* tags: where they were given */
};

struct following {
    struct ek_store *store;
    struct ek_rewriter rewriter;
    struct ek_coder *coder;
    struct change *changes; /* by number */
    size_t count;
    uint64_t watermark; /* before this slice and what was made up for */
    uint64_t last;      /* change */
    struct ek_mark marks[EK_MAX_ROW_MARKS];
};

/* The changes of the slice -------------------------------------------------------------------- */

static int by_number(const void *left, const void *right)
{
    const struct ek_pending *const *a = left, *const *b = right;
    if ((*a)->number != (*b)->number)
        return (*a)->number < (*b)->number ? -1 : 1;
    return *a < *b ? -1 : 1; /* they lie in one array, in the order of the changes */
}

static void add_change(struct following *following, const struct ek_pending *pending)
{
    struct change *change = following->count ? &following->changes[following->count - 1] : NULL;
    if (!change || change->number != pending->number) {
        change = &following->changes[following->count++];
        *change = (struct change){.number = (uint32_t)pending->number,
                                  .new = pending->before == 0,
                                  .known = EK_TAGS_KEPT};
        /* A change that the index has not followed: the row is older than the words may be. */
        if (pending->before > following->watermark)
            change->known = EK_TAGS_UNKNOWN;
    }
    change->row = pending;
    if (pending->known != EK_TAGS_KEPT)
        change->known = pending->known;
    if (pending->known == EK_TAGS_GIVEN)
        change->tags = pending;
    if (pending->change > following->last)
        following->last = pending->change;
}

static int collect(struct following *following)
{
    struct ek_store *store = following->store;
    struct ek_rewriter *rewriter = &following->rewriter;
    const size_t count = store->pending_count;
    const struct ek_pending **sorted =
        EK_NEW_ARRAY(rewriter->arena, const struct ek_pending *, count + 1);
    following->changes = EK_NEW_ARRAY(rewriter->arena, struct change, count + 1);
    if (!sorted || !following->changes)
        return ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
    bool in_order = true;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &store->pending[i];
        in_order = in_order && (i == 0 || sorted[i - 1]->number <= sorted[i]->number);
    }
    if (!in_order)
        qsort(sorted, count, sizeof(const struct ek_pending *), by_number);
    for (size_t i = 0; i < count; i++)
        add_change(following, sorted[i]);
    return 0;
}

static void kill_old_rows(struct following *following)
{
    struct ek_rewriter *rewriter = &following->rewriter;
    uint32_t *numbers = EK_NEW_ARRAY(rewriter->arena, uint32_t, following->count + 1);
    bool *keep = EK_NEW_ARRAY(rewriter->arena, bool, following->count + 1);
    size_t count = 0, kept = 0;
    if (!numbers || !keep) {
        ek_txn_fail(rewriter->index, EK_MEMORY, "out of memory");
        return;
    }
    for (size_t i = 0; i < following->count; i++) {
        const struct change *change = &following->changes[i];
        if (change->new)
            continue;
        keep[count] = change->known == EK_TAGS_KEPT;
        kept += keep[count];
        numbers[count++] = change->number;
    }
    ek_rewriter_kill(rewriter, numbers, kept ? keep : NULL, count);
}

/* Rows ---------------------------------------------------------------------------------------- */

static size_t add_row(struct following *following, const struct ek_pending *pending)
{
    size_t len;
    struct ek_cursor cursor =
        ek_cursor(following->store->pending_tags.data + pending->at, pending->language_len);
    const char *language = ek_get_bytes(&cursor, &len);
    struct ek_row row = {.number = pending->number,
                         .forum = pending->forum,
                         .thread = pending->thread,
                         .author = pending->author,
                         .time = pending->time,
                         .precision = pending->precision,
                         .state = pending->state,
                         .language = ek_coder_language(following->coder, language, len)};
    return ek_rewriter_add(&following->rewriter, &row);
}

static void add_tagged(struct following *following, const struct change *change)
{
    struct ek_rewriter *rewriter = &following->rewriter;
    const struct ek_pending *tags = change->tags;
    const char *bytes = following->store->pending_tags.data + tags->at + tags->language_len;
    bool assessed;
    size_t count = ek_coder_marks(following->coder, bytes, tags->len - tags->language_len,
                                  &assessed, following->marks);
    size_t place = add_row(following, change->row);
    ek_rewriter_tag(rewriter, place, rewriter->current.number, assessed, following->marks, count);
}

/* The generation being built has passed the post, and what it knew of it is of other words. */
static void outdate_building(struct ek_rewriter *rewriter, uint32_t number)
{
    ek_behind_put(rewriter->index, &rewriter->building, number);
}

static void follow_change(struct following *following, const struct change *change)
{
    struct ek_rewriter *rewriter = &following->rewriter;
    const struct ek_old_row *old;
    switch (change->known) {
    case EK_TAGS_GIVEN:
        add_tagged(following, change);
        if (!change->new)
            ek_behind_take(rewriter->index, rewriter->current.number, change->number);
        outdate_building(rewriter, change->number);
        break;
    case EK_TAGS_KEPT:
        old = ek_rewriter_old(rewriter, change->number);
        if (old)
            ek_rewriter_carry(rewriter, add_row(following, change->row), old, 0);
        break;
    case EK_TAGS_UNKNOWN:
        ek_behind_put(rewriter->index, &rewriter->current, change->number);
        outdate_building(rewriter, change->number);
        break;
    }
}

static void follow_slice(struct following *following)
{
    struct ek_rewriter *rewriter = &following->rewriter;
    following->last = rewriter->manifest.watermark;
    following->coder = following->store->coder;
    ek_coder_begin(following->coder, rewriter->index, rewriter->current.number);
    if (!rewriter->current.number || ek_txn_failed(rewriter->index) || collect(following))
        return;
    kill_old_rows(following);
    ek_batch_room(&rewriter->batch, following->count < EK_CHUNK_ROWS ? following->count : 0);
    for (size_t i = 0; i < following->count && !ek_txn_failed(rewriter->index); i++)
        follow_change(following, &following->changes[i]);
    rewriter->manifest.watermark = following->last;
}

int ek_index_follow(struct ek_store *store, struct ek_err *err)
{
    struct following *following = calloc(1, sizeof *following);
    if (!following)
        return ek_fail_memory(err);
    following->store = store;
    /* Changes of an earlier slice that failed here are made up for first. */
    int result = ek_index_catch_up(store, store->change_before, &following->watermark, err);
    if (result == 0)
        result = ek_rewriter_begin(&following->rewriter, store, err);
    if (result == 0) {
        follow_slice(following);
        result = ek_rewriter_end(&following->rewriter, err);
    }
    free(following);
    return result;
}
