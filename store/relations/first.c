/* first.c - the first post of each thread, board or forum that is tagged with a theory.
 *
 * Posts come in the order of time, those without one last: the first that is met of a theory and a
 * place is the one. A thread that is in no board is, for this question, in one board with the
 * others of its forum that are in none. */
#include "store/query/tally.h"
#include "store/relations/relation.h"

#include <stdlib.h>
#include <string.h>

struct found {
    struct ek_mention mention;
    uint32_t lane;
    size_t place; /* in the order of time */
};

struct firsts {
    struct ek_relation relation;
    enum ek_place_kind within;
    struct ek_tally seen; /* place, theory */
    struct found *items;
    size_t count, room;
};

#define NO_BOARD (1u << 31) /* set in the number of a forum: its threads without board */

static uint32_t place_of(const struct firsts *firsts, const struct ek_index_row *row)
{
    if (firsts->within == EK_IN_THREAD)
        return (uint32_t)row->thread;
    if (firsts->within == EK_IN_FORUM)
        return (uint32_t)row->forum;
    return row->board ? (uint32_t)row->board : (uint32_t)row->forum | NO_BOARD;
}

static struct found *one_more(struct firsts *firsts)
{
    if (firsts->count == firsts->room) {
        size_t room = firsts->room ? 2 * firsts->room : 256;
        struct found *items = realloc(firsts->items, room * sizeof *items);
        if (!items)
            return NULL;
        firsts->items = items;
        firsts->room = room;
    }
    return &firsts->items[firsts->count++];
}

static int visit(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct firsts *firsts = context;
    uint32_t lanes[EK_RELATION_LANES];
    enum ek_stance stances[EK_RELATION_LANES];
    uint32_t count = ek_relation_lanes(&firsts->relation, row, lanes, stances);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t used = firsts->seen.used;
        uint32_t at = ek_tally_place(&firsts->seen, place_of(firsts, row), lanes[i]);
        if (at == UINT32_MAX)
            return ek_fail_memory(err);
        if (at < used)
            continue;
        struct found *found = one_more(firsts);
        if (!found)
            return ek_fail_memory(err);
        *found = (struct found){.mention = {.theory = firsts->relation.theories[lanes[i]],
                                            .post = row->number,
                                            .thread = row->thread,
                                            .author = row->author,
                                            .time = row->time,
                                            .precision = row->precision,
                                            .stance = stances[i]},
                                .lane = lanes[i],
                                .place = firsts->count};
    }
    return 0;
}

static int compare(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    if (a->lane != b->lane)
        return a->lane < b->lane ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static int answer(struct firsts *firsts, struct ek_mentions *mentions)
{
    struct ek_relation *relation = &firsts->relation;
    if (ek_query_posts(relation->store, &relation->selection, EK_OLDEST_FIRST, visit, firsts,
                       relation->err))
        return -1;
    if (firsts->count)
        qsort(firsts->items, firsts->count, sizeof *firsts->items, compare);
    mentions->items = EK_NEW_ARRAY(relation->arena, struct ek_mention, firsts->count + 1);
    if (!mentions->items)
        return ek_fail_memory(relation->err);
    for (size_t i = 0; i < firsts->count; i++)
        mentions->items[i] = firsts->items[i].mention;
    mentions->count = firsts->count;
    mentions->rules_digest = relation->rules_digest;
    return 0;
}

int ek_query_first(struct ek_store *store, const struct ek_selection *selection,
                   enum ek_place_kind within, struct ek_arena *arena, struct ek_mentions *mentions,
                   struct ek_err *err)
{
    struct firsts firsts = {.relation = {.store = store, .arena = arena, .err = err},
                            .within = within};
    memset(mentions, 0, sizeof *mentions);
    if (ek_tally_init(&firsts.seen))
        return ek_fail_memory(err);
    int result = ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = ek_relation_begin(&firsts.relation, selection, false);
        if (result == 0)
            result = answer(&firsts, mentions);
        result = ek_store_leave(store, result, err);
    }
    ek_tally_free(&firsts.seen);
    free(firsts.items);
    return result;
}
