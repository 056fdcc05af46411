/* counting.c - the posts counted in a chunk, and those of them that are tagged.
 *
 * The posts counted are those that the selection allows, its tags left aside, with a time within
 * the period and a language that the rules know. Of a selection without conditions the chunk keeps
 * the mask (held.h). */
#include "store/query/counting.h"

#include <string.h>

#include "ekbom/arena.h"
#include "store/records/thread.h"

/* Chunks as commits bring them have few rows in many buckets: with some lanes it is the cheaper way
 * that each row looks up its bucket. In larger chunks buckets look up their rows. */
#define SMALL_ROWS 4096u
#define SOME_LANES 4u

/* Beginning ----------------------------------------------------------------------------------- */

/* --of board: what else the author or thread condition leaves out of the board counts too. */
static int widen_to_board(struct ek_counting *counting)
{
    struct ek_choice *counted = &counting->counted;
    for (size_t i = 0; !counted->boards.given && i < counted->threads.count; i++) {
        struct ek_thread_record thread;
        if (ek_thread_get(ek_records(counting->store), counting->arena, counted->threads.items[i],
                          &thread) != 1)
            continue;
        /* Of a thread without a board: all such threads of its forum. */
        if (ek_numbers_add(&counted->boards, counting->arena, thread.board) ||
            ek_numbers_add(&counted->forums, counting->arena, thread.forum))
            return ek_fail_memory(counting->err);
    }
    counting->narrower = counted->threads.given || counted->authors.given;
    counted->threads = counted->authors = (struct ek_numbers){0};
    return 0;
}

static int make_cells(struct ek_counting *counting)
{
    size_t cells = counting->lanes.count * counting->frame.count, months = 0;
    for (size_t i = 0; counting->held && i < counting->held->view.count; i++) {
        uint32_t here = counting->held->chunks[i].chunk->months;
        months = here > months ? here : months;
    }
    counting->all =
        EK_NEW_ARRAY(counting->arena, struct ek_cell, (size_t)counting->frame.count + 1);
    counting->tagged = EK_NEW_ARRAY(counting->arena, struct ek_cell, cells + 1);
    counting->slots = EK_NEW_ARRAY(counting->arena, struct ek_slot, months + 1);
    counting->month_sums = EK_NEW_ARRAY(counting->arena, uint16_t, months + 1);
    counting->row_buckets = EK_NEW_ARRAY(counting->arena, uint32_t, SMALL_ROWS);
    return counting->all && counting->tagged && counting->slots && counting->month_sums &&
                   counting->row_buckets
               ? 0
               : ek_fail_memory(counting->err);
}

int ek_counting_begin(struct ek_counting *counting)
{
    const struct ek_question *question = counting->question;
    if (ek_choice_make(&counting->selected, counting->store, question->selection, counting->arena,
                       counting->err))
        return -1;
    counting->counted = counting->selected;
    counting->held = counting->selected.held;
    if (!question->tagged_only && question->denominator == EK_OF_BOARD && widen_to_board(counting))
        return -1;
    if (ek_lanes_make(&counting->lanes, &counting->selected, question->selection,
                      counting->arena) ||
        ek_frame_make(&counting->frame, counting->held, question, counting->arena) ||
        (counting->held && ek_codes_named(&counting->any, &counting->held->words, EK_WORD_THEORY,
                                          "any", counting->arena)))
        return ek_fail_memory(counting->err);
    return make_cells(counting);
}

/* One chunk ----------------------------------------------------------------------------------- */

int ek_counting_enter(struct ek_counting *counting, struct ek_held_chunk *chunk,
                      struct ek_counted_chunk *counted)
{
    struct ek_scope *scope = &counted->scope;
    if (ek_scope_make(scope, &counting->counted, chunk, counting->arena))
        return -1;
    if (scope->never || (scope->from == scope->to && chunk->chunk->dated == chunk->chunk->rows))
        return 0;
    counted->slots = counting->slots;
    counted->slot_count = ek_frame_slots(&counting->frame, scope, counted->slots);
    counted->buckets = NULL;
    if (chunk->chunk->rows > SMALL_ROWS || counting->lanes.count < SOME_LANES)
        return 1;
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        for (uint32_t row = counted->slots[i].from; row < counted->slots[i].to; row++)
            counting->row_buckets[row] = counted->slots[i].bucket;
    }
    counted->buckets = counting->row_buckets;
    return 1;
}

/* Is what the chunk keeps for selections without conditions right here? Of the posts that are not
 * assessable it knows only the sum. */
static bool usual_will_do(const struct ek_scope *scope)
{
    return ek_choice_is_usual(scope->choice) &&
           (scope->from == scope->to ||
            (scope->from == 0 && scope->to == scope->chunk->chunk->dated));
}

static int mask_usual(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    const struct ek_scope *scope = &counted->scope;
    struct ek_held_chunk *chunk = scope->chunk;
    if (ek_held_usual(counting->held, chunk))
        return -1;
    counting->undated += chunk->undated;
    if (scope->from < scope->to)
        counting->not_assessable += chunk->not_assessable;
    if (!scope->choice->dated_only)
        counting->not_assessable += chunk->not_assessable_undated;
    counted->counted = chunk->usual;
    counted->every_dated = chunk->all_dated;
    return 0;
}

static int mask_own(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    const struct ek_scope *scope = &counted->scope;
    const struct ek_chunk *chunk = scope->chunk->chunk;
    const struct ek_stretch all = {0, chunk->rows};
    uint64_t unassessed[EK_CHUNK_WORDS];
    memset(unassessed, 0, EK_STRETCH_WORDS(&all) * sizeof *unassessed);
    if (ek_mask_selected(scope, &all, counted->own) ||
        ek_mask_class(scope, EK_POSTING_UNASSESSED, &all, unassessed))
        return -1;
    counting->undated += ek_bits_count(counted->own, chunk->dated, chunk->rows);
    counting->not_assessable +=
        ek_bits_count_both(counted->own, unassessed, scope->from, scope->to);
    if (!scope->choice->dated_only)
        counting->not_assessable +=
            ek_bits_count_both(counted->own, unassessed, chunk->dated, chunk->rows);
    ek_bits_and_not(counted->own, unassessed, EK_STRETCH_WORDS(&all));
    counted->counted = counted->own;
    counted->every_dated = false;
    return 0;
}

/* Of the posts counted, those with a tag of any theory. */
static int only_with_theory(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    const struct ek_stretch all = {0, counted->scope.chunk->chunk->rows};
    uint64_t any[EK_CHUNK_WORDS];
    const uint32_t words = EK_STRETCH_WORDS(&all);
    memset(any, 0, words * sizeof *any);
    if (ek_mask_tags(&counted->scope, &counting->any, &all, any))
        return -1;
    if (counted->counted != counted->own)
        memcpy(counted->own, counted->counted, words * sizeof *any);
    ek_bits_and(counted->own, any, words);
    counted->counted = counted->own;
    counted->every_dated = false;
    return 0;
}

/* Of the posts counted, those that the narrower selection takes in. */
static int only_selected(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    struct ek_held_chunk *chunk = counted->scope.chunk;
    const struct ek_stretch all = {0, chunk->chunk->rows};
    if (ek_scope_make(&counted->selected, &counting->selected, chunk, counting->arena) ||
        ek_mask_selected(&counted->selected, &all, counted->narrow))
        return -1;
    ek_bits_and(counted->narrow, counted->counted, EK_STRETCH_WORDS(&all));
    counted->tagged_from = counted->narrow;
    counted->every_dated = false;
    return 0;
}

/* Only the tagged posts matter: the conditions look at no others. */
static int mask_tagged(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    const struct ek_scope *scope = &counted->scope;
    const struct ek_stretch all = {0, scope->chunk->chunk->rows};
    const uint32_t words = EK_STRETCH_WORDS(&all);
    uint64_t unassessed[EK_CHUNK_WORDS];
    memset(counted->own, 0, words * sizeof *counted->own);
    memset(unassessed, 0, words * sizeof *unassessed);
    for (size_t lane = 0; lane < counting->lanes.count; lane++) {
        if (ek_mask_tags(scope, &counting->lanes.codes[lane], &all, counted->own))
            return -1;
    }
    if (ek_mask_narrow(scope, &all, counted->own) ||
        ek_mask_class(scope, EK_POSTING_UNASSESSED, &all, unassessed))
        return -1;
    ek_bits_and_not(counted->own, unassessed, words);
    counted->counted = counted->tagged_from = counted->own;
    counted->every_dated = false;
    return 0;
}

int ek_counting_mask(struct ek_counting *counting, struct ek_counted_chunk *counted)
{
    if (counting->question->tagged_only && counted->scope.choice->conditions)
        return mask_tagged(counting, counted);
    if (usual_will_do(&counted->scope) ? mask_usual(counting, counted)
                                       : mask_own(counting, counted))
        return -1;
    if (counting->question->denominator == EK_OF_ANY_THEORY && !counting->question->tagged_only &&
        only_with_theory(counting, counted))
        return -1;
    counted->tagged_from = counted->counted;
    return counting->narrower ? only_selected(counting, counted) : 0;
}

/* One posting whose rows all count is taken as it lies in the chunk. */
static bool as_it_lies(const struct ek_counted_chunk *counted, const struct ek_posting *posting,
                       uint64_t *room, struct ek_lane_rows *rows)
{
    if (counted->every_dated) {
        *rows = (struct ek_lane_rows){posting->bitmap, posting->list, posting->count};
        return true;
    }
    if (!posting->bitmap)
        return false;
    for (uint32_t i = 0; i < EK_WORDS(counted->scope.chunk->chunk->rows); i++)
        room[i] = posting->bitmap[i] & counted->tagged_from[i];
    *rows = (struct ek_lane_rows){.bits = room};
    return true;
}

int ek_counting_lane(struct ek_counting *counting, const struct ek_counted_chunk *counted,
                     size_t lane, uint64_t room[EK_CHUNK_WORDS], struct ek_lane_rows *rows)
{
    const struct ek_codes *codes = &counting->lanes.codes[lane];
    const struct ek_stretch all = {0, counted->scope.chunk->chunk->rows};
    const uint32_t words = EK_STRETCH_WORDS(&all);
    struct ek_posting posting;
    uint32_t at = 0;
    unsigned postings = ek_mask_postings(&counted->scope, codes, &at);
    *rows = (struct ek_lane_rows){0};
    if (postings == 0)
        return 0;
    if (postings == 1 && counted->scope.choice->every_word) {
        if (ek_posting_get(counted->scope.chunk->postings, at, &posting))
            return -1;
        if (as_it_lies(counted, &posting, room, rows))
            return 0;
    }
    memset(room, 0, words * sizeof *room);
    if (ek_mask_tags(&counted->scope, codes, &all, room))
        return -1;
    if (!counted->every_dated)
        ek_bits_and(room, counted->tagged_from, words);
    rows->bits = room;
    return 0;
}

static void add_list(const struct ek_counted_chunk *counted, const struct ek_lane_rows *rows,
                     struct ek_cell *cells)
{
    uint32_t at = 0;
    for (uint32_t i = 0; counted->buckets && i < rows->count; i++) {
        uint32_t row = rows->list[i];
        if (row >= counted->scope.from && row < counted->scope.to)
            cells[counted->buckets[row]].posts++;
    }
    for (uint32_t i = 0; !counted->buckets && i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        while (at < rows->count && rows->list[at] < slot->from)
            at++;
        uint32_t first = at;
        while (at < rows->count && rows->list[at] < slot->to)
            at++;
        cells[slot->bucket].posts += at - first;
    }
}

void ek_counting_add(const struct ek_counted_chunk *counted, const struct ek_lane_rows *rows,
                     struct ek_cell *cells)
{
    if (!rows->bits) {
        add_list(counted, rows, cells);
        return;
    }
    bool all = rows->bits == counted->counted && counted->every_dated;
    for (uint32_t i = 0; i < counted->slot_count; i++) {
        const struct ek_slot *slot = &counted->slots[i];
        cells[slot->bucket].posts +=
            all ? slot->to - slot->from : ek_bits_count(rows->bits, slot->from, slot->to);
    }
}
