/* feed.c - see feed.h. */
#include "store/query/feed.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"

#define FIRST_STEP 64u
#define LARGEST_STEP 4096u

static int no_memory(const struct ek_feed *feed)
{
    return ek_txn_fail(feed->chunk->chunk->index, EK_MEMORY, "out of memory");
}

void ek_feed_init(struct ek_feed *feed, const struct ek_choice *choice, struct ek_held_chunk *chunk,
                  bool undated, bool backward)
{
    *feed = (struct ek_feed){.choice = choice,
                             .chunk = chunk,
                             .undated = undated,
                             .backward = backward,
                             .step = FIRST_STEP};
    if (undated) {
        feed->time = EK_TIME_UNKNOWN;
        feed->number = backward ? chunk->chunk->most : chunk->chunk->least;
    } else {
        feed->time = backward ? chunk->chunk->last : chunk->chunk->first;
        feed->number = backward ? UINT32_MAX : 0;
    }
}

void ek_feed_close(struct ek_feed *feed)
{
    free(feed->mask);
    free(feed->unassessed);
    free(feed->start);
    free(feed->marks);
    feed->mask = feed->unassessed = NULL;
    feed->start = NULL;
    feed->marks = NULL;
}

/* Stretches ----------------------------------------------------------------------------------- */

static int open_feed(struct ek_feed *feed, struct ek_arena *arena)
{
    struct ek_chunk *chunk = feed->chunk->chunk;
    uint32_t room = EK_WORDS(chunk->rows < LARGEST_STEP ? chunk->rows : LARGEST_STEP) + 1;
    uint32_t first;
    feed->opened = true;
    if (ek_scope_make(&feed->scope, feed->choice, feed->chunk, arena))
        return -1;
    feed->low = feed->undated ? chunk->dated : feed->scope.from;
    feed->high = feed->undated ? chunk->rows : feed->scope.to;
    if (feed->scope.never ||
        (feed->choice->tag_asked && !ek_mask_postings(&feed->scope, &feed->choice->tags, &first)))
        feed->low = feed->high;
    if (feed->low == feed->high)
        return 0;
    if (!ek_chunk_section(chunk, EK_SECTION_NUMBER) || !ek_chunk_section(chunk, EK_SECTION_TIME))
        return -1;
    feed->mask = calloc(room, sizeof *feed->mask);
    return feed->mask ? 0 : no_memory(feed);
}

/* The next stretch, taken from the rows to come. It begins at a multiple of 64; the rows before
 * `low` that it has for that, or behind `high`, are not in its mask. */
static int take_stretch(struct ek_feed *feed)
{
    struct ek_stretch *stretch = &feed->stretch;
    uint64_t tags[LARGEST_STEP / 64 + 1] = {0};
    uint32_t low = feed->low, high = feed->high;
    if (feed->backward) {
        stretch->to = high;
        stretch->from =
            high - low > feed->step ? (high - feed->step + 63) / 64 * 64 : low / 64 * 64;
        feed->high = stretch->from > low ? stretch->from : low;
        low = feed->high;
    } else {
        stretch->from = low / 64 * 64;
        stretch->to = high - stretch->from > feed->step ? stretch->from + feed->step : high;
        feed->low = high = stretch->to;
    }
    feed->step = feed->step < LARGEST_STEP ? 2 * feed->step : LARGEST_STEP;
    feed->marks_known = false;
    if (ek_mask_selected(&feed->scope, stretch, feed->mask))
        return -1;
    uint32_t words = EK_STRETCH_WORDS(stretch);
    if (feed->choice->tag_asked) {
        if (ek_mask_tags(&feed->scope, &feed->choice->tags, stretch, tags))
            return -1;
        ek_bits_and(feed->mask, tags, words);
    }
    ek_bits_only(tags, words, low - stretch->from, high - stretch->from);
    ek_bits_and(feed->mask, tags, words);
    return 0;
}

/* The next row of the mask, taken out of it. */
static bool take_row(struct ek_feed *feed)
{
    uint32_t words = EK_STRETCH_WORDS(&feed->stretch);
    for (uint32_t i = 0; i < words; i++) {
        uint32_t word = feed->backward ? words - 1 - i : i;
        uint64_t bits = feed->mask[word];
        if (!bits)
            continue;
        uint32_t bit =
            feed->backward ? 63 - (uint32_t)__builtin_clzll(bits) : (uint32_t)__builtin_ctzll(bits);
        feed->mask[word] &= ~(1ull << bit);
        feed->row = feed->stretch.from + word * 64 + bit;
        return true;
    }
    return false;
}

int ek_feed_next(struct ek_feed *feed, struct ek_arena *arena)
{
    struct ek_chunk *chunk = feed->chunk->chunk;
    if (!feed->opened && open_feed(feed, arena))
        return -1;
    while (!feed->mask || !take_row(feed)) {
        if (feed->low >= feed->high)
            return 0;
        if (take_stretch(feed))
            return -1;
    }
    const uint32_t *number = ek_chunk_section(chunk, EK_SECTION_NUMBER);
    feed->number = number[feed->row];
    feed->time = ek_chunk_time(chunk, feed->row);
    return 1;
}

/* Tags ---------------------------------------------------------------------------------------- */

/* One posting's tags in the stretch: counted by row (marks NULL), or put where start says. */
static void spread_posting(const struct ek_feed *feed, const struct ek_posting *posting, bool put)
{
    const struct ek_stretch *stretch = &feed->stretch;
    struct ek_part part = {0, stretch->to - stretch->from};
    if (posting->list || (put && posting->words)) /* where they lie is wanted of words only */
        part = ek_posting_part(posting, stretch);
    const uint64_t *bits = posting->list ? NULL : posting->bitmap + stretch->from / 64;
    uint64_t rest = 0;
    for (uint32_t i = 0, word = 0; i < part.count; i++) {
        uint32_t row;
        if (posting->list) {
            row = posting->list[part.first + i] - stretch->from;
        } else {
            while (!rest && word < EK_STRETCH_WORDS(stretch))
                rest = bits[word++];
            if (!rest)
                return;
            row = (word - 1) * 64 + (uint32_t)__builtin_ctzll(rest);
            rest &= rest - 1;
            if (row >= stretch->to - stretch->from)
                return;
        }
        if (put)
            feed->marks[feed->start[row]] = (struct ek_mark){
                posting->code, ek_posting_word(posting, posting->words ? part.first + i : 0)};
        feed->start[row]++;
    }
}

static int spread_all(struct ek_feed *feed, bool put)
{
    struct ek_postings *postings = feed->chunk->postings;
    struct ek_posting posting;
    for (uint32_t i = 0; i < postings->count; i++) {
        if (ek_posting_get(postings, i, &posting))
            return -1;
        if (posting.class != EK_POSTING_UNTAGGED && posting.class != EK_POSTING_UNASSESSED)
            spread_posting(feed, &posting, put);
    }
    return 0;
}

static int make_room(struct ek_feed *feed)
{
    if (!feed->start)
        feed->start = malloc((LARGEST_STEP + 65) * sizeof *feed->start);
    if (!feed->unassessed)
        feed->unassessed = malloc((LARGEST_STEP / 64 + 1) * sizeof *feed->unassessed);
    return feed->start && feed->unassessed ? 0 : no_memory(feed);
}

static int know_marks(struct ek_feed *feed)
{
    const uint32_t rows = feed->stretch.to - feed->stretch.from;
    uint32_t sum = 0;
    if (feed->marks_known)
        return 0;
    if (make_room(feed))
        return -1;
    memset(feed->unassessed, 0, EK_WORDS(rows) * sizeof *feed->unassessed);
    memset(feed->start, 0, ((size_t)rows + 1) * sizeof *feed->start);
    if (ek_mask_class(&feed->scope, EK_POSTING_UNASSESSED, &feed->stretch, feed->unassessed) ||
        spread_all(feed, false))
        return -1;
    for (uint32_t row = 0; row <= rows; row++) { /* from counts to first places */
        uint32_t here = feed->start[row];
        feed->start[row] = sum;
        sum += here;
    }
    if (sum > feed->mark_room) {
        free(feed->marks);
        feed->marks = malloc(2 * (size_t)sum * sizeof *feed->marks);
        feed->mark_room = feed->marks ? 2 * (size_t)sum : 0;
        if (!feed->marks)
            return no_memory(feed);
    }
    if (spread_all(feed, true))
        return -1;
    memmove(feed->start + 1, feed->start, rows * sizeof *feed->start); /* back to the first */
    feed->start[0] = 0;
    feed->marks_known = true;
    return 0;
}

int ek_feed_row(struct ek_feed *feed, struct ek_feed_row *row)
{
    struct ek_chunk *chunk = feed->chunk->chunk;
    const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
    const uint32_t *thread = ek_chunk_section(chunk, EK_SECTION_THREAD);
    const uint8_t *bits = ek_chunk_section(chunk, EK_SECTION_BITS);
    if (!author || !thread || !bits || !ek_chunk_section(chunk, EK_SECTION_PLACE) ||
        !ek_chunk_section(chunk, EK_SECTION_PLACES) || know_marks(feed))
        return -1;
    const struct ek_chunk_place *place = ek_chunk_place(chunk, feed->row);
    uint32_t at = feed->row - feed->stretch.from;
    *row = (struct ek_feed_row){.forum = place->forum,
                                .board = place->board,
                                .thread = thread[feed->row],
                                .author = author[feed->row],
                                .precision = ek_bits_precision(bits[feed->row]),
                                .state = ek_bits_state(bits[feed->row]),
                                .assessable = !ek_bits_has(feed->unassessed, at),
                                .marks = feed->marks + feed->start[at],
                                .mark_count = feed->start[at + 1] - feed->start[at]};
    return 0;
}
