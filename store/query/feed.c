/* feed.c - see feed.h. */
#include "store/query/feed.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "store/query/stretch_marks.h"

#define FIRST_STEP 64u
#define LARGEST_STEP 4096u

struct ek_reading {
    struct ek_scope scope;
    uint32_t low, high; /* rows that are still to come, but for the stretch's */
    uint32_t row;       /* where it stands */
    uint32_t step;      /* rows of the next stretch */
    struct ek_stretch stretch;
    uint64_t mask[EK_WORDS(EK_STRETCH_ROWS)]; /* of the stretch: rows still to come */
    uint64_t unassessed[EK_WORDS(EK_STRETCH_ROWS)];
    struct ek_stretch_marks *marks;
    bool marks_known;
};

void ek_feed_init(struct ek_feed *feed, const struct ek_choice *choice, struct ek_held_chunk *chunk,
                  bool undated, bool backward)
{
    *feed = (struct ek_feed){
        .choice = choice, .chunk = chunk, .undated = undated, .backward = backward};
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
    if (feed->reading)
        ek_stretch_marks_free(feed->reading->marks);
    free(feed->reading);
    feed->reading = NULL;
}

/* Stretches ----------------------------------------------------------------------------------- */

static int begin(struct ek_feed *feed, struct ek_arena *arena)
{
    struct ek_chunk *chunk = feed->chunk->chunk;
    struct ek_reading *reading = calloc(1, sizeof *reading);
    uint32_t first;
    feed->reading = reading;
    if (!reading)
        return ek_txn_fail(chunk->index, EK_MEMORY, "out of memory");
    if (ek_scope_make(&reading->scope, feed->choice, feed->chunk, arena))
        return -1;
    reading->step = FIRST_STEP;
    reading->low = feed->undated ? chunk->dated : reading->scope.from;
    reading->high = feed->undated ? chunk->rows : reading->scope.to;
    if (reading->scope.never || (feed->choice->tag_asked &&
                                 !ek_mask_postings(&reading->scope, &feed->choice->tags, &first)))
        reading->low = reading->high;
    return reading->low < reading->high && (!ek_chunk_section(chunk, EK_SECTION_NUMBER) ||
                                            !ek_chunk_section(chunk, EK_SECTION_TIME))
               ? -1
               : 0;
}

/* The next stretch, taken from the rows to come. It begins at a multiple of 64; the rows before
 * `low` that it has for that, or behind `high`, are not in its mask. */
static int take_stretch(const struct ek_feed *feed, struct ek_reading *reading)
{
    struct ek_stretch *stretch = &reading->stretch;
    uint64_t tags[EK_WORDS(EK_STRETCH_ROWS)] = {0};
    uint32_t low = reading->low, high = reading->high;
    if (feed->backward) {
        stretch->to = high;
        stretch->from =
            high - low > reading->step ? (high - reading->step + 63) / 64 * 64 : low / 64 * 64;
        reading->high = stretch->from > low ? stretch->from : low;
        low = reading->high;
    } else {
        stretch->from = low / 64 * 64;
        stretch->to = high - stretch->from > reading->step ? stretch->from + reading->step : high;
        reading->low = high = stretch->to;
    }
    reading->step = reading->step < LARGEST_STEP ? 2 * reading->step : LARGEST_STEP;
    reading->marks_known = false;
    if (ek_mask_selected(&reading->scope, stretch, reading->mask))
        return -1;
    uint32_t words = EK_STRETCH_WORDS(stretch);
    if (feed->choice->tag_asked) {
        if (ek_mask_tags(&reading->scope, &feed->choice->tags, stretch, tags))
            return -1;
        ek_bits_and(reading->mask, tags, words);
    }
    ek_bits_only(tags, words, low - stretch->from, high - stretch->from);
    ek_bits_and(reading->mask, tags, words);
    return 0;
}

/* The next row of the mask, taken out of it. */
static bool take_row(const struct ek_feed *feed, struct ek_reading *reading)
{
    uint32_t words = EK_STRETCH_WORDS(&reading->stretch);
    for (uint32_t i = 0; i < words; i++) {
        uint32_t word = feed->backward ? words - 1 - i : i;
        uint64_t bits = reading->mask[word];
        if (!bits)
            continue;
        uint32_t bit =
            feed->backward ? 63 - (uint32_t)__builtin_clzll(bits) : (uint32_t)__builtin_ctzll(bits);
        reading->mask[word] &= ~(1ull << bit);
        reading->row = reading->stretch.from + word * 64 + bit;
        return true;
    }
    return false;
}

int ek_feed_next(struct ek_feed *feed, struct ek_arena *arena)
{
    struct ek_chunk *chunk = feed->chunk->chunk;
    if (!feed->reading && begin(feed, arena))
        return -1;
    struct ek_reading *reading = feed->reading;
    while (!take_row(feed, reading)) {
        if (reading->low >= reading->high)
            return 0;
        if (take_stretch(feed, reading))
            return -1;
    }
    const uint32_t *number = ek_chunk_section(chunk, EK_SECTION_NUMBER);
    feed->number = number[reading->row];
    feed->time = ek_chunk_time(chunk, reading->row);
    return 1;
}

/* Rows ---------------------------------------------------------------------------------------- */

static int know_marks(const struct ek_feed *feed, struct ek_reading *reading)
{
    const struct ek_stretch *stretch = &reading->stretch;
    if (reading->marks_known)
        return 0;
    if (!reading->marks &&
        !(reading->marks = ek_stretch_marks_new(feed->chunk->postings, feed->backward)))
        return ek_txn_fail(feed->chunk->chunk->index, EK_MEMORY, "out of memory");
    memset(reading->unassessed, 0, EK_STRETCH_WORDS(stretch) * sizeof *reading->unassessed);
    if (ek_mask_class(&reading->scope, EK_POSTING_UNASSESSED, stretch, reading->unassessed) ||
        ek_stretch_marks_read(reading->marks, stretch))
        return -1;
    reading->marks_known = true;
    return 0;
}

int ek_feed_row(struct ek_feed *feed, struct ek_feed_row *row)
{
    struct ek_chunk *chunk = feed->chunk->chunk;
    struct ek_reading *reading = feed->reading;
    const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
    const uint32_t *thread = ek_chunk_section(chunk, EK_SECTION_THREAD);
    const uint8_t *bits = ek_chunk_section(chunk, EK_SECTION_BITS);
    if (!author || !thread || !bits || !ek_chunk_section(chunk, EK_SECTION_PLACE) ||
        !ek_chunk_section(chunk, EK_SECTION_PLACES) || know_marks(feed, reading))
        return -1;
    const uint32_t here = reading->row;
    const struct ek_chunk_place *place = ek_chunk_place(chunk, here);
    *row = (struct ek_feed_row){
        .forum = place->forum,
        .board = place->board,
        .thread = thread[here],
        .author = author[here],
        .precision = ek_bits_precision(bits[here]),
        .state = ek_bits_state(bits[here]),
        .assessable = !ek_bits_has(reading->unassessed, here - reading->stretch.from)};
    row->marks = ek_stretch_marks_of(reading->marks, here, &row->mark_count);
    return 0;
}
