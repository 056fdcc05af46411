/* posts.c - the selected posts, one by one, in time order.
 *
 * Rows sort by time with undated posts last, so oldest first is one walk; newest first walks the
 * dated rows backward, then the undated ones. */
#include <stdlib.h>

#include "ekbom/arena.h"
#include "store/query/choice.h"

struct visit {
    struct ek_store *store;
    const struct ek_choice *choice;
    int (*visit)(void *context, const struct ek_index_row *row, struct ek_err *err);
    void *context;
    struct ek_err *err;
    struct ek_mark *marks;
    struct ek_index_tag *tags;
};

/* A row as the interface shows it. */
static void show_row(const struct visit *visit, const struct ek_row *row,
                     struct ek_index_row *shown)
{
    const struct ek_words *words = &visit->choice->words;
    *shown = (struct ek_index_row){row->number,
                                   row->forum,
                                   row->board,
                                   row->thread,
                                   row->author,
                                   row->time,
                                   row->precision,
                                   row->state,
                                   row->assessable,
                                   visit->tags,
                                   0};
    for (size_t i = 0; i < row->mark_count; i++) {
        const struct ek_mark *mark = &row->marks[i];
        if (mark->code >= words->count || !words->items[mark->code].text)
            continue;
        visit->tags[shown->tag_count++] = (struct ek_index_tag){
            .code = words->items[mark->code].text,
            .treatment = words->items[mark->code].kind == EK_WORD_OF_TREATMENT,
            .stance = mark->word & EK_WORD_STANCE,
            .hedged = mark->word & EK_WORD_HEDGED,
            .experience = mark->word & EK_WORD_EXPERIENCE,
            .cramps = mark->word & EK_WORD_CRAMPS,
            .undetermined = mark->word & EK_WORD_UNDETERMINED,
            .quoted = mark->word & EK_WORD_QUOTED};
    }
}

/* 0 to go on, 1 to stop, -1. */
static int offer(struct visit *visit, const struct ek_bytes *key, const struct ek_bytes *value)
{
    struct ek_row row;
    struct ek_index_row shown;
    if (ek_row_decode(&row, visit->marks, key, value))
        return ek_txn_damaged(visit->store->reading_index, ek_rows_of(&visit->choice->generation),
                              key->data, key->len);
    if (!ek_choice_holds(visit->choice, &row))
        return 0;
    show_row(visit, &row, &shown);
    return visit->visit(visit->context, &shown, visit->err);
}

/* Rows from `from` on, or down from below it, while within the period. */
static int walk_rows(struct visit *visit, const void *from, size_t len, bool backward)
{
    const struct ek_choice *choice = visit->choice;
    struct ek_walk walk;
    struct ek_bytes key, value;
    int result = 0;
    ek_walk_from(&walk, visit->store->reading_index, ek_rows_of(&choice->generation), from, len,
                 backward);
    while (result == 0 && ek_walk_next(&walk, &key, &value) == 1) {
        ek_time time = key.len == EK_ROW_KEY_BYTES ? ek_row_key_time(key.data) : 0;
        bool past = backward ? time < choice->period.from
                             : time == EK_TIME_UNKNOWN || time >= choice->period.until;
        if (choice->dated_only && past)
            break;
        result = offer(visit, &key, &value);
    }
    ek_walk_end(&walk);
    return result;
}

static int walk_oldest_first(struct visit *visit)
{
    unsigned char from[EK_ROW_KEY_BYTES];
    const struct ek_choice *choice = visit->choice;
    bool bounded = choice->dated_only && choice->period.from != EK_TIME_UNKNOWN;
    ek_row_key(choice->period.from, 0, from);
    return walk_rows(visit, from, bounded ? sizeof from : 0, false);
}

static int walk_newest_first(struct visit *visit)
{
    unsigned char undated[EK_ROW_KEY_BYTES], until[EK_ROW_KEY_BYTES];
    ek_row_key(EK_TIME_UNKNOWN, 0, undated);
    ek_row_key(visit->choice->period.until, 0, until);
    if (visit->choice->dated_only)
        return walk_rows(visit, until, sizeof until, true);
    int result = walk_rows(visit, undated, sizeof undated, true);
    return result ? result : walk_rows(visit, undated, sizeof undated, false);
}

int ek_query_posts(struct ek_store *store, const struct ek_selection *selection,
                   enum ek_order order,
                   int (*each)(void *context, const struct ek_index_row *row, struct ek_err *err),
                   void *context, struct ek_err *err)
{
    struct ek_choice choice;
    struct ek_arena *arena = ek_arena_new(64u << 20);
    struct visit visit = {
        .store = store, .choice = &choice, .visit = each, .context = context, .err = err};
    if (!arena)
        return ek_fail_memory(err);
    visit.marks = EK_NEW_ARRAY(arena, struct ek_mark, EK_MAX_ROW_MARKS);
    visit.tags = EK_NEW_ARRAY(arena, struct ek_index_tag, EK_MAX_ROW_MARKS);
    int result = visit.marks && visit.tags ? 0 : ek_fail_memory(err);
    if (result == 0 && (result = ek_store_enter(store, EK_NEEDS_INDEX, err)) == 0) {
        result = ek_choice_make(&choice, store, selection, arena, err);
        if (result == 0 && choice.generation.number)
            result =
                order == EK_OLDEST_FIRST ? walk_oldest_first(&visit) : walk_newest_first(&visit);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(arena);
    return result < 0 ? -1 : 0;
}
