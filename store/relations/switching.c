/* switching.c - authors whose main theory changed.
 *
 * Posts come in the order of time, so one bucket is finished before the next begins: its tally of
 * (author, theory) gives each author's main theory, which is set beside the one that the author had
 * before. An author who is silent for some buckets moves from the last theory to the next one. */
#include "store/query/tally.h"
#include "store/relations/relation.h"

#include <stdlib.h>
#include <string.h>

struct switching {
    struct ek_relation relation;
    enum ek_bucket_size size;
    int bucket;
    struct ek_tally counts;  /* author, theory: of the bucket */
    struct ek_tally leaders; /* author: of the bucket; `count` is posts, `tagged` the theory, */
    struct ek_tally held; /* author: `tagged` is the main theory so far, `count` buckets with one */
    struct ek_tally movers; /* author, move */
    struct ek_switches *switches;
};

#define TIED UINT32_MAX

static int find_leaders(struct switching *s)
{
    ek_tally_empty(&s->leaders);
    for (uint32_t i = 0; i < s->counts.used; i++) {
        const struct ek_tally_pair *pair = &s->counts.pairs[i];
        uint32_t at = ek_tally_place(&s->leaders, pair->a, 0);
        if (at == UINT32_MAX)
            return -1;
        struct ek_tally_pair *leader = &s->leaders.pairs[at];
        if (pair->count == leader->count)
            leader->tagged = TIED;
        if (pair->count > leader->count)
            leader->tagged = pair->b;
        if (pair->count > leader->count)
            leader->count = pair->count;
    }
    return 0;
}

static int move(struct switching *s, uint32_t author, uint32_t from, uint32_t to)
{
    size_t cell = from * s->switches->count + to;
    struct ek_move *moved = &s->switches->moves[cell];
    uint32_t movers = s->movers.used;
    if (ek_tally_place(&s->movers, author, (uint32_t)cell) == UINT32_MAX)
        return -1;
    moved->authors += s->movers.used - movers;
    moved->first = moved->moves ? moved->first : s->bucket;
    moved->last = s->bucket;
    moved->moves++;
    return 0;
}

/* The bucket is over. */
static int finish_bucket(struct switching *s)
{
    if (find_leaders(s))
        return ek_fail_memory(s->relation.err);
    for (uint32_t i = 0; i < s->leaders.used; i++) {
        const struct ek_tally_pair *leader = &s->leaders.pairs[i];
        if (leader->tagged == TIED) {
            s->switches->tied++;
            continue;
        }
        uint32_t at = ek_tally_place(&s->held, leader->a, 0);
        if (at == UINT32_MAX)
            return ek_fail_memory(s->relation.err);
        struct ek_tally_pair *held = &s->held.pairs[at];
        if (held->count && move(s, leader->a, held->tagged, leader->tagged))
            return ek_fail_memory(s->relation.err);
        s->switches->authors += ++held->count == 2;
        held->tagged = leader->tagged;
    }
    ek_tally_empty(&s->counts);
    return 0;
}

static int visit(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct switching *s = context;
    uint32_t lanes[EK_RELATION_LANES];
    if (row->time == EK_TIME_UNKNOWN) /* and those that follow */
        return 1;
    int bucket = ek_bucket_of(row->time, s->size);
    if (bucket != s->bucket && s->counts.used && finish_bucket(s))
        return -1;
    s->bucket = bucket;
    uint32_t count = row->author ? ek_relation_lanes(&s->relation, row, lanes, NULL) : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = ek_tally_place(&s->counts, (uint32_t)row->author, lanes[i]);
        if (at == UINT32_MAX)
            return ek_fail_memory(err);
        s->counts.pairs[at].count++;
    }
    return 0;
}

static int answer(struct switching *s, const struct ek_selection *selection)
{
    struct ek_relation *relation = &s->relation;
    if (ek_relation_begin(relation, selection, false))
        return -1;
    s->switches->theories = relation->theories;
    s->switches->count = relation->count;
    s->switches->rules_digest = relation->rules_digest;
    s->switches->moves =
        EK_NEW_ARRAY(relation->arena, struct ek_move, relation->count * relation->count + 1);
    if (!s->switches->moves)
        return ek_fail_memory(relation->err);
    if (ek_query_posts(relation->store, &relation->selection, EK_OLDEST_FIRST, visit, s,
                       relation->err))
        return -1;
    return finish_bucket(s);
}

int ek_query_switching(struct ek_store *store, const struct ek_selection *selection,
                       enum ek_bucket_size size, struct ek_arena *arena,
                       struct ek_switches *switches, struct ek_err *err)
{
    struct switching s = {.relation = {.store = store, .arena = arena, .err = err},
                          .size = size,
                          .switches = switches};
    memset(switches, 0, sizeof *switches);
    int result = ek_tally_init(&s.counts) || ek_tally_init(&s.leaders) || ek_tally_init(&s.held) ||
                         ek_tally_init(&s.movers)
                     ? ek_fail_memory(err)
                     : ek_store_enter(store, EK_NEEDS_INDEX, err);
    if (result == 0) {
        result = answer(&s, selection);
        result = ek_store_leave(store, result, err);
    }
    ek_tally_free(&s.counts);
    ek_tally_free(&s.leaders);
    ek_tally_free(&s.held);
    ek_tally_free(&s.movers);
    return result;
}
