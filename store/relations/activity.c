/* activity.c - how much each author wrote, since when, and about what.
 *
 * One walk over the posts. An author has a place in the list, found by number; threads and theories
 * are counted in tallies of (author's place, thread) and (author's place, theory). */
#include "store/query/tally.h"
#include "store/relations/relation.h"

#include <stdlib.h>
#include <string.h>

struct listing {
    struct ek_relation relation;
    struct ek_tally authors, threads, theories;
    struct ek_activity *items;
    size_t room;
    uint64_t nobody;
};

/* The author's line, new or known. */
static struct ek_activity *line_of(struct listing *listing, uint32_t author)
{
    uint32_t used = listing->authors.used;
    uint32_t at = ek_tally_place(&listing->authors, author, 0);
    if (at == UINT32_MAX)
        return NULL;
    if (at >= listing->room) {
        size_t room = listing->room ? 2 * listing->room : 256;
        struct ek_activity *items = realloc(listing->items, room * sizeof *items);
        if (!items)
            return NULL;
        listing->items = items;
        listing->room = room;
    }
    if (at == used)
        listing->items[at] = (struct ek_activity){
            .author = author, .first = EK_TIME_UNKNOWN, .last = EK_TIME_UNKNOWN};
    return &listing->items[at];
}

static int visit(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct listing *listing = context;
    uint32_t lanes[EK_RELATION_LANES];
    if (row->author == 0) {
        listing->nobody++;
        return 0;
    }
    struct ek_activity *line = line_of(listing, (uint32_t)row->author);
    if (!line)
        return ek_fail_memory(err);
    uint32_t place = (uint32_t)(line - listing->items), threads = listing->threads.used;
    if (ek_tally_place(&listing->threads, place, (uint32_t)row->thread) == UINT32_MAX)
        return ek_fail_memory(err);
    line->threads += listing->threads.used - threads;
    line->posts++;
    if (row->time != EK_TIME_UNKNOWN) { /* they come in the order of time */
        line->first = line->first == EK_TIME_UNKNOWN ? row->time : line->first;
        line->last = row->time;
    }
    uint32_t count = ek_relation_lanes(&listing->relation, row, lanes, NULL);
    line->tagged += count > 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = ek_tally_place(&listing->theories, place, lanes[i]);
        if (at == UINT32_MAX)
            return ek_fail_memory(err);
        listing->theories.pairs[at].count++;
    }
    return 0;
}

/* Of an author's theories the one with most posts; if several have as many, none. */
static void find_main_theories(struct listing *listing)
{
    for (uint32_t i = 0; i < listing->theories.used; i++) {
        const struct ek_tally_pair *pair = &listing->theories.pairs[i];
        struct ek_activity *line = &listing->items[pair->a];
        if (pair->count == line->main_theory_posts)
            line->main_theory = NULL;
        if (pair->count <= line->main_theory_posts)
            continue;
        line->main_theory_posts = pair->count;
        line->main_theory = listing->relation.theories[pair->b];
    }
    for (uint32_t i = 0; i < listing->authors.used; i++) {
        if (!listing->items[i].main_theory)
            listing->items[i].main_theory_posts = 0;
    }
}

static int compare(const void *left, const void *right)
{
    const struct ek_activity *a = left, *b = right;
    if (a->posts != b->posts)
        return a->posts < b->posts ? 1 : -1;
    return a->author < b->author ? -1 : a->author > b->author;
}

static int answer(struct listing *listing, struct ek_activities *activities)
{
    struct ek_relation *relation = &listing->relation;
    if (ek_query_posts(relation->store, &relation->selection, EK_OLDEST_FIRST, visit, listing,
                       relation->err))
        return -1;
    find_main_theories(listing);
    size_t count = listing->authors.used;
    if (count)
        qsort(listing->items, count, sizeof *listing->items, compare);
    activities->items = EK_NEW_ARRAY(relation->arena, struct ek_activity, count + 1);
    if (!activities->items)
        return ek_fail_memory(relation->err);
    for (size_t i = 0; i < count; i++)
        activities->items[i] = listing->items[i];
    activities->count = count;
    activities->nobody = listing->nobody;
    activities->rules_digest = relation->rules_digest;
    return 0;
}

int ek_query_authors(struct ek_store *store, const struct ek_selection *selection,
                     struct ek_arena *arena, struct ek_activities *activities, struct ek_err *err)
{
    struct listing listing = {.relation = {.store = store, .arena = arena, .err = err}};
    memset(activities, 0, sizeof *activities);
    int result = ek_tally_init(&listing.authors) || ek_tally_init(&listing.threads) ||
                         ek_tally_init(&listing.theories)
                     ? ek_fail_memory(err)
                     : ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = ek_relation_begin(&listing.relation, selection, selection->theory_count == 0);
        if (result == 0)
            result = answer(&listing, activities);
        result = ek_store_leave(store, result, err);
    }
    ek_tally_free(&listing.authors);
    ek_tally_free(&listing.threads);
    ek_tally_free(&listing.theories);
    free(listing.items);
    return result;
}
