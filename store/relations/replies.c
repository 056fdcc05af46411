/* replies.c - theories that answer theories, through quotes.
 *
 * Who quotes what stands in the records, beside the words; only posts that are tagged are read for
 * it. Three passes: the tagged posts of the whole store (they may be quoted), those of the
 * selection (they may answer), then the quotes of these by number, as they lie in the store. A post
 * that quotes three others of one theory answers it once; whoever quotes himself answers nobody. */
#include "store/query/tally.h"
#include "store/records/names.h"
#include "store/relations/relation.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"

struct tagged { /* a post and one of its theories */
    uint32_t post, lane, author, forum;
};

struct posts {
    struct ek_relation *relation;
    struct tagged *items; /* sorted by post */
    size_t count, room;
};

struct replying {
    struct ek_relation relation, quotable;
    struct posts quoted, answering;
    struct ek_tally authors, all_authors; /* author, cell */
    struct ek_arena *scratch;
    uint8_t *answered; /* by theory: the post being read quotes one that has it */
    struct ek_replies *replies;
};

static int add(struct posts *posts, const struct tagged *tagged)
{
    if (posts->count == posts->room) {
        size_t room = posts->room ? 2 * posts->room : 1024;
        struct tagged *items = realloc(posts->items, room * sizeof *items);
        if (!items)
            return -1;
        posts->items = items;
        posts->room = room;
    }
    posts->items[posts->count++] = *tagged;
    return 0;
}

static int visit(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct posts *posts = context;
    uint32_t lanes[EK_RELATION_LANES];
    uint32_t count = ek_relation_lanes(posts->relation, row, lanes, NULL);
    for (uint32_t i = 0; i < count; i++) {
        const struct tagged tagged = {(uint32_t)row->number, lanes[i], (uint32_t)row->author,
                                      (uint32_t)row->forum};
        if (add(posts, &tagged))
            return ek_fail_memory(err);
    }
    return 0;
}

static int compare(const void *left, const void *right)
{
    const struct tagged *a = left, *b = right;
    if (a->post != b->post)
        return a->post < b->post ? -1 : 1;
    return a->lane < b->lane ? -1 : a->lane > b->lane;
}

static int collect(struct posts *posts)
{
    struct ek_relation *relation = posts->relation;
    if (ek_query_posts(relation->store, &relation->selection, EK_OLDEST_FIRST, visit, posts,
                       relation->err))
        return -1;
    if (posts->count)
        qsort(posts->items, posts->count, sizeof *posts->items, compare);
    return 0;
}

/* The first of a post's theories; posts->count if it has none. */
static size_t theories_of(const struct posts *posts, uint32_t post)
{
    size_t low = 0, high = posts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (posts->items[middle].post < post)
            low = middle + 1;
        else
            high = middle;
    }
    return low < posts->count && posts->items[low].post == post ? low : posts->count;
}

static void note_quoted(struct replying *r, const struct tagged *post, const char *id)
{
    uint64_t number = ek_name_find(ek_records(r->relation.store), EK_NAME_POST, post->forum, id);
    size_t at = number ? theories_of(&r->quoted, (uint32_t)number) : r->quoted.count;
    for (; at < r->quoted.count && r->quoted.items[at].post == number; at++) {
        const struct tagged *quoted = &r->quoted.items[at];
        if (number != post->post && (quoted->author != post->author || post->author == 0))
            r->answered[quoted->lane] = 1;
    }
}

static int count_answer(struct ek_tally *authors, struct ek_answer *answer, uint32_t author,
                        size_t cell)
{
    uint32_t used = authors->used;
    if (ek_tally_place(authors, author, (uint32_t)cell) == UINT32_MAX)
        return -1;
    answer->posts++;
    answer->authors += authors->used - used;
    return 0;
}

/* One post that may answer, with its theories [from, to). */
static int read_post(struct replying *r, size_t from, size_t to)
{
    const struct tagged *post = &r->answering.items[from];
    struct ek_entry entry;
    ek_arena_reset(r->scratch);
    int found =
        ek_store_entry(r->relation.store, post->post, true, r->scratch, &entry, r->relation.err);
    if (found <= 0) /* a post that the index has and the records lost is verify's to tell */
        return found;
    memset(r->answered, 0, r->replies->count);
    for (size_t i = 0; i < entry.post.quote_count; i++) {
        if (entry.post.quotes[i].depth <= 1 && entry.post.quotes[i].post_id)
            note_quoted(r, post, entry.post.quotes[i].post_id);
    }
    for (size_t quoted = 0; quoted < r->replies->count; quoted++) {
        if (!r->answered[quoted])
            continue;
        if (count_answer(&r->all_authors, &r->replies->all[quoted], post->author, quoted))
            return ek_fail_memory(r->relation.err);
        for (size_t i = from; i < to; i++) {
            size_t cell = quoted * r->replies->count + r->answering.items[i].lane;
            if (count_answer(&r->authors, &r->replies->answers[cell], post->author, cell))
                return ek_fail_memory(r->relation.err);
        }
    }
    return 0;
}

static int read_quotes(struct replying *r)
{
    const struct posts *answering = &r->answering;
    for (size_t from = 0, to; from < answering->count; from = to) {
        for (to = from;
             to < answering->count && answering->items[to].post == answering->items[from].post;)
            to++;
        if (read_post(r, from, to))
            return -1;
    }
    return 0;
}

static int begin(struct replying *r, const struct ek_selection *selection)
{
    const struct ek_selection quotable = {.stored_until = selection->stored_until,
                                          .theories = selection->theories,
                                          .theory_count = selection->theory_count,
                                          .cramps = selection->cramps,
                                          .both_targets = selection->both_targets,
                                          .rules_version = selection->rules_version,
                                          .only = selection->only,
                                          .only_count = selection->only_count,
                                          .left_out = selection->left_out,
                                          .left_out_count = selection->left_out_count};
    struct ek_arena *arena = r->relation.arena;
    if (ek_relation_begin(&r->relation, selection, false) ||
        ek_relation_begin(&r->quotable, &quotable, false))
        return -1;
    size_t n = r->relation.count;
    r->replies->theories = r->relation.theories;
    r->replies->count = n;
    r->replies->rules_digest = r->relation.rules_digest;
    r->replies->answers = EK_NEW_ARRAY(arena, struct ek_answer, n * n + 1);
    r->replies->all = EK_NEW_ARRAY(arena, struct ek_answer, n + 1);
    r->answered = EK_NEW_ARRAY(arena, uint8_t, n + 1);
    r->answering.relation = &r->relation;
    r->quoted.relation = &r->quotable;
    return r->replies->answers && r->replies->all && r->answered ? 0
                                                                 : ek_fail_memory(r->relation.err);
}

int ek_query_replies(struct ek_store *store, const struct ek_selection *selection,
                     struct ek_arena *arena, struct ek_replies *replies, struct ek_err *err)
{
    const struct ek_relation relation = {.store = store, .arena = arena, .err = err};
    struct replying r = {.relation = relation,
                         .quotable = relation,
                         .replies = replies,
                         .scratch = ek_arena_new(EK_ARENA_BYTES)};
    memset(replies, 0, sizeof *replies);
    int result = !r.scratch || ek_tally_init(&r.authors) || ek_tally_init(&r.all_authors)
                     ? ek_fail_memory(err)
                     : ek_store_enter(store, EK_NEEDS_INDEX | EK_NEEDS_RECORDS, err);
    if (result == 0) {
        result =
            begin(&r, selection) || collect(&r.quoted) || collect(&r.answering) || read_quotes(&r)
                ? -1
                : 0;
        result = ek_store_leave(store, result, err);
    }
    ek_tally_free(&r.authors);
    ek_tally_free(&r.all_authors);
    ek_arena_free(r.scratch);
    free(r.quoted.items);
    free(r.answering.items);
    return result;
}
