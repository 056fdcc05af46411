/* mask.c - see mask.h.
 *
 * Conditions are applied one after the other, those that cost least and leave least first: what the
 * postings say, states and places (a comparison of bytes, eight at a time), then what must look at
 * a number for each row that is left. */
#include "store/query/mask.h"

#include <string.h>

#include "ekbom/arena.h"

/* Scope --------------------------------------------------------------------------------------- */

static bool is_left_out(const struct ek_choice *choice, enum ek_named_kind kind, uint64_t number)
{
    const struct ek_numbers *left_out = &choice->left_out[kind];
    return left_out->given && ek_numbers_hold(left_out, number);
}

static bool place_fits(const struct ek_choice *choice, const struct ek_chunk_place *place)
{
    const struct ek_numbers *only = choice->only;
    return ek_numbers_hold(&choice->forums, place->forum) &&
           ek_numbers_hold(&choice->boards, place->board) &&
           ek_numbers_hold(&choice->languages, place->language) &&
           ek_numbers_hold(&only[EK_NAMED_FORUM], place->forum) &&
           ek_numbers_hold(&only[EK_NAMED_BOARD], place->board) &&
           ek_numbers_hold(&only[EK_NAMED_LANGUAGE], place->language) &&
           !is_left_out(choice, EK_NAMED_FORUM, place->forum) &&
           !is_left_out(choice, EK_NAMED_BOARD, place->board) &&
           !is_left_out(choice, EK_NAMED_LANGUAGE, place->language);
}

static bool asks_for_places(const struct ek_choice *choice)
{
    static const enum ek_named_kind kinds[] = {EK_NAMED_FORUM, EK_NAMED_BOARD, EK_NAMED_LANGUAGE};
    bool asks = choice->forums.given || choice->boards.given || choice->languages.given;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        asks |= choice->only[kinds[i]].given || choice->left_out[kinds[i]].given;
    return asks;
}

static int scope_places(struct ek_scope *scope, struct ek_arena *arena)
{
    const struct ek_choice *choice = scope->choice;
    struct ek_chunk *chunk = scope->chunk->chunk;
    if (!asks_for_places(choice))
        return 0;
    const struct ek_chunk_place *places = ek_chunk_section(chunk, EK_SECTION_PLACES);
    uint8_t *fits = EK_NEW_ARRAY(arena, uint8_t, (size_t)chunk->place_count + 1);
    if (!places)
        return -1;
    if (!fits)
        return ek_txn_fail(chunk->index, EK_MEMORY, "out of memory");
    for (uint32_t i = 0; i < chunk->place_count; i++) {
        fits[i] = place_fits(choice, &places[i]);
        scope->place_count += fits[i];
    }
    scope->place = fits;
    scope->never |= scope->place_count == 0;
    scope->by_place = scope->place_count > 0 && scope->place_count < chunk->place_count;
    return 0;
}

static bool begins_month(const struct ek_held_chunk *chunk, uint32_t row)
{
    for (uint32_t m = 0; m <= chunk->chunk->months; m++) {
        if (chunk->months[m].first == row)
            return true;
    }
    return false;
}

static int scope_period(struct ek_scope *scope)
{
    const struct ek_period *period = &scope->choice->period;
    struct ek_chunk *chunk = scope->chunk->chunk;
    scope->to = chunk->dated;
    scope->whole_months = true;
    if (!scope->choice->dated_only || chunk->dated == 0)
        return 0;
    if (period->from > chunk->last || period->until <= chunk->first) {
        scope->from = scope->to = 0;
        return 0;
    }
    if (period->from <= chunk->first && period->until > chunk->last)
        return 0;
    if (!ek_chunk_section(chunk, EK_SECTION_TIME))
        return -1;
    scope->from = ek_chunk_seek(chunk, period->from);
    scope->to = ek_chunk_seek(chunk, period->until);
    if (scope->to < scope->from)
        scope->to = scope->from;
    scope->whole_months =
        begins_month(scope->chunk, scope->from) && begins_month(scope->chunk, scope->to);
    return 0;
}

int ek_scope_make(struct ek_scope *scope, const struct ek_choice *choice,
                  struct ek_held_chunk *chunk, struct ek_arena *arena)
{
    *scope = (struct ek_scope){
        .choice = choice, .chunk = chunk, .never = chunk->postings->value == NULL};
    for (unsigned state = 0; state < EK_STATES; state++) {
        if (chunk->chunk->states[state] && !(choice->states & 1u << state))
            scope->unwanted |= 1u << state;
    }
    return scope_places(scope, arena) || scope_period(scope) ? -1 : 0;
}

/* Postings ------------------------------------------------------------------------------------ */

static uint32_t first_at_least(const uint16_t *list, uint32_t count, uint32_t row)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Rows of a bitmap before this one, counted from the nearer end. */
static uint32_t rank(const struct ek_posting *posting, uint32_t row)
{
    if (row <= posting->chunk_rows / 2)
        return ek_bits_count(posting->bitmap, 0, row);
    return posting->count - ek_bits_count(posting->bitmap, row, posting->chunk_rows);
}

struct ek_part ek_posting_part(const struct ek_posting *posting, const struct ek_stretch *stretch)
{
    if (posting->list) {
        uint32_t first = first_at_least(posting->list, posting->count, stretch->from);
        uint32_t end = first_at_least(posting->list, posting->count, stretch->to);
        return (struct ek_part){first, end - first};
    }
    return (struct ek_part){rank(posting, stretch->from),
                            ek_bits_count(posting->bitmap, stretch->from, stretch->to)};
}

/* Those of a posting's rows whose words are wanted. */
static void add_wanted(const struct ek_posting *posting, const struct ek_stretch *stretch,
                       const bool *wanted, uint64_t *mask)
{
    struct ek_part part = ek_posting_part(posting, stretch);
    const uint8_t *words = posting->words + part.first;
    if (posting->list) {
        const uint16_t *list = posting->list + part.first;
        for (uint32_t i = 0; i < part.count; i++) {
            uint32_t row = list[i] - stretch->from;
            mask[row / 64] |= (uint64_t)wanted[words[i] & 15] << row % 64;
        }
        return;
    }
    const uint64_t *bits = posting->bitmap + stretch->from / 64;
    for (uint32_t word = 0, i = 0; i < part.count; word++) {
        for (uint64_t rest = bits[word]; rest && i < part.count; rest &= rest - 1, i++)
            mask[word] |= wanted[words[i] & 15] ? rest & -rest : 0;
    }
}

static void add_posting(const struct ek_posting *posting, const struct ek_stretch *stretch,
                        const bool *wanted, uint64_t *mask)
{
    if (wanted && posting->words) {
        add_wanted(posting, stretch, wanted, mask);
    } else if (posting->bitmap) {
        ek_bits_or(mask, posting->bitmap + stretch->from / 64, EK_STRETCH_WORDS(stretch));
    } else {
        struct ek_part part = ek_posting_part(posting, stretch);
        ek_bits_add_list(mask, posting->list + part.first, part.count, stretch->from);
    }
}

/* The posting of a class and code, if there is one. */
static int add_one(const struct ek_scope *scope, enum ek_posting_class class, uint32_t code,
                   const struct ek_stretch *stretch, uint64_t *mask)
{
    struct ek_postings *postings = scope->chunk->postings;
    const bool *wanted = scope->choice->every_word ? NULL : scope->choice->words;
    struct ek_posting posting;
    uint32_t i = ek_posting_find(postings, class, code);
    if (i >= postings->count)
        return 0;
    ek_posting_head(postings, i, &posting);
    if (posting.class != class || posting.code != code)
        return 0;
    if (ek_posting_get(postings, i, &posting))
        return -1;
    add_posting(&posting, stretch, wanted, mask);
    return 0;
}

int ek_mask_tags(const struct ek_scope *scope, const struct ek_codes *codes,
                 const struct ek_stretch *stretch, uint64_t *mask)
{
    const struct ek_choice *choice = scope->choice;
    for (unsigned class = 0; class < choice->class_count; class ++) {
        for (size_t i = 0; i < codes->count; i++) {
            if (add_one(scope, choice->classes[class], codes->items[i], stretch, mask))
                return -1;
        }
    }
    return 0;
}

unsigned ek_mask_postings(const struct ek_scope *scope, const struct ek_codes *codes,
                          uint32_t *first)
{
    const struct ek_choice *choice = scope->choice;
    const struct ek_postings *postings = scope->chunk->postings;
    struct ek_posting posting;
    unsigned count = 0;
    for (unsigned class = 0; class < choice->class_count; class ++) {
        for (size_t i = 0; i < codes->count && count < 2; i++) {
            uint32_t at = ek_posting_find(postings, choice->classes[class], codes->items[i]);
            if (at >= postings->count)
                continue;
            ek_posting_head(postings, at, &posting);
            if (posting.class != choice->classes[class] || posting.code != codes->items[i])
                continue;
            *first = count ? *first : at;
            count++;
        }
    }
    return count;
}

int ek_mask_class(const struct ek_scope *scope, enum ek_posting_class class,
                  const struct ek_stretch *stretch, uint64_t *mask)
{
    struct ek_postings *postings = scope->chunk->postings;
    struct ek_posting posting;
    for (uint32_t i = ek_posting_find(postings, class, 0); i < postings->count; i++) {
        ek_posting_head(postings, i, &posting);
        if (posting.class != class)
            break;
        if (ek_posting_get(postings, i, &posting))
            return -1;
        add_posting(&posting, stretch, NULL, mask);
    }
    return 0;
}

/* Conditions ---------------------------------------------------------------------------------- */

struct masking {
    const struct ek_scope *scope;
    const struct ek_stretch *stretch;
    uint32_t rows, words;
    uint64_t *mask;
    uint64_t *other; /* of the same size, to put one condition together */
};

static uint64_t *cleared(struct masking *masking)
{
    return memset(masking->other, 0, masking->words * sizeof *masking->other);
}

static bool has_class(const struct ek_postings *postings, enum ek_posting_class class)
{
    struct ek_posting posting = {.class = EK_POSTING_CLASSES};
    uint32_t i = ek_posting_find(postings, class, 0);
    if (i < postings->count)
        ek_posting_head(postings, i, &posting);
    return posting.class == class;
}

/* Only the rows of a class stay (keep), or only the others. */
static int keep_class(struct masking *masking, enum ek_posting_class class, bool keep)
{
    if (!keep && !has_class(masking->scope->chunk->postings, class))
        return 0;
    uint64_t *other = cleared(masking);
    if (ek_mask_class(masking->scope, class, masking->stretch, other))
        return -1;
    if (keep)
        ek_bits_and(masking->mask, other, masking->words);
    else
        ek_bits_and_not(masking->mask, other, masking->words);
    return 0;
}

static int keep_treatments(struct masking *masking)
{
    const struct ek_codes *codes = &masking->scope->choice->treatments;
    uint64_t *other = cleared(masking);
    for (size_t i = 0; i < codes->count; i++) {
        if (add_one(masking->scope, EK_POSTING_TREATMENT, codes->items[i], masking->stretch, other))
            return -1;
    }
    ek_bits_and(masking->mask, other, masking->words);
    return 0;
}

static void drop_dead(struct masking *masking)
{
    const struct ek_held_chunk *chunk = masking->scope->chunk;
    const struct ek_stretch *stretch = masking->stretch;
    uint32_t i = first_at_least(chunk->dead, chunk->dead_count, stretch->from);
    for (; i < chunk->dead_count && chunk->dead[i] < stretch->to; i++) {
        uint32_t row = chunk->dead[i] - stretch->from;
        masking->mask[row / 64] &= ~(1ull << row % 64);
    }
}

static int drop_states(struct masking *masking)
{
    const uint8_t *bits = ek_chunk_section(masking->scope->chunk->chunk, EK_SECTION_BITS);
    if (!bits)
        return -1;
    uint64_t *other = cleared(masking);
    for (unsigned state = 0; state < EK_STATES; state++) {
        if (masking->scope->unwanted & 1u << state)
            ek_bits_add_equal(other, bits + masking->stretch->from, masking->rows, 3u << 2,
                              (uint8_t)(state << 2));
    }
    ek_bits_and_not(masking->mask, other, masking->words);
    return 0;
}

#define FEW_PLACES 6u /* comparisons of bytes are faster than looking up, up to so many */

static void add_places_looked_up(const struct masking *masking, const void *column, uint64_t *out)
{
    const uint8_t *fits = masking->scope->place;
    const uint8_t *narrow = (const uint8_t *)column + masking->stretch->from;
    const uint16_t *wide = (const uint16_t *)column + masking->stretch->from;
    bool is_wide = masking->scope->chunk->chunk->wide_place;
    for (uint32_t row = 0; row < masking->rows; row++)
        out[row / 64] |= (uint64_t)fits[is_wide ? wide[row] : narrow[row]] << row % 64;
}

static int keep_places(struct masking *masking)
{
    const struct ek_scope *scope = masking->scope;
    struct ek_chunk *chunk = scope->chunk->chunk;
    const void *column = ek_chunk_section(chunk, EK_SECTION_PLACE);
    if (!column)
        return -1;
    uint64_t *other = cleared(masking);
    if (chunk->wide_place || scope->place_count > FEW_PLACES) {
        add_places_looked_up(masking, column, other);
    } else {
        const uint8_t *places = (const uint8_t *)column + masking->stretch->from;
        for (uint32_t i = 0; i < chunk->place_count; i++) {
            if (scope->place[i])
                ek_bits_add_equal(other, places, masking->rows, 0xff, (uint8_t)i);
        }
    }
    ek_bits_and(masking->mask, other, masking->words);
    return 0;
}

/* Rows of the mask, one after the other, whose number is (keep) among those named, or is not. */
static int keep_numbers(struct masking *masking, enum ek_section section,
                        const struct ek_numbers *numbers, bool keep)
{
    const uint32_t *column = ek_chunk_section(masking->scope->chunk->chunk, section);
    if (!column)
        return -1;
    column += masking->stretch->from;
    for (uint32_t word = 0; word < masking->words; word++) {
        for (uint64_t rest = masking->mask[word]; rest; rest &= rest - 1) {
            uint32_t number = column[word * 64 + (uint32_t)__builtin_ctzll(rest)];
            if (ek_numbers_hold(numbers, number) != keep)
                masking->mask[word] &= ~(rest & -rest);
        }
    }
    return 0;
}

/* Dated rows before this one are in months that lie before the cohort's limit: whoever wrote them
 * is in the cohort, for he was first seen then at the latest. */
static uint32_t first_in_doubt(const struct ek_scope *scope)
{
    const struct ek_held_chunk *chunk = scope->chunk;
    uint32_t m = 0;
    while (m < chunk->chunk->months && chunk->months[m].month < scope->choice->cohort_month)
        m++;
    return chunk->months[m].first;
}

#define SOME_WORDS 64u /* taken at a time */

/* Of these rows those whose author is in the cohort stay; nobody (0) is in none. The numbers are
 * fetched before any is looked at, and without branches: many are then on their way from memory at
 * once. */
static void keep_rows_of(const struct ek_choice *choice, const uint32_t *author,
                         const uint16_t *rows, uint32_t count, uint64_t *mask)
{
    uint32_t numbers[SOME_WORDS * 64];
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = author[rows[i]];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t one = numbers[i] < choice->cohort_count ? numbers[i] : 0;
        mask[rows[i] / 64] &= ~((uint64_t)!ek_bits_has(choice->cohort, one) << rows[i] % 64);
    }
}

static int keep_cohort(struct masking *masking)
{
    struct ek_held_chunk *chunk = masking->scope->chunk;
    const uint32_t *author = ek_chunk_section(chunk->chunk, EK_SECTION_AUTHOR);
    uint16_t rows[SOME_WORDS * 64 + EK_BITS_LIST_SLACK];
    uint32_t word = 0;
    if (!author || ek_held_greatest(chunk))
        return -1;
    if (!chunk->nobody && first_in_doubt(masking->scope) > masking->stretch->from)
        word = (first_in_doubt(masking->scope) - masking->stretch->from) / 64;
    author += masking->stretch->from;
    for (; word < masking->words; word += SOME_WORDS) {
        uint32_t words = masking->words - word < SOME_WORDS ? masking->words - word : SOME_WORDS;
        uint32_t count = ek_bits_list(masking->mask + word, 0, words * 64, rows);
        keep_rows_of(masking->scope->choice, author + (size_t)word * 64, rows, count,
                     masking->mask + word);
    }
    return 0;
}

/* Of the rows of the mask those whose post the store had then. */
static int keep_stored(struct masking *masking)
{
    const struct ek_choice *choice = masking->scope->choice;
    const uint32_t *column = ek_chunk_section(masking->scope->chunk->chunk, EK_SECTION_NUMBER);
    if (!column)
        return -1;
    column += masking->stretch->from;
    for (uint32_t word = 0; word < masking->words; word++) {
        for (uint64_t rest = masking->mask[word]; rest; rest &= rest - 1) {
            uint32_t number = column[word * 64 + (uint32_t)__builtin_ctzll(rest)];
            if (number >= choice->stored_count || !ek_bits_has(choice->stored, number))
                masking->mask[word] &= ~(rest & -rest);
        }
    }
    return 0;
}

static int leave_out(struct masking *masking)
{
    static const struct {
        enum ek_named_kind kind;
        enum ek_section section;
    } columns[] = {{EK_NAMED_THREAD, EK_SECTION_THREAD},
                   {EK_NAMED_AUTHOR, EK_SECTION_AUTHOR},
                   {EK_NAMED_POST, EK_SECTION_NUMBER}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const struct ek_numbers *named = &masking->scope->choice->left_out[columns[i].kind];
        if (named->count && keep_numbers(masking, columns[i].section, named, false))
            return -1;
    }
    return 0;
}

int ek_mask_narrow(const struct ek_scope *scope, const struct ek_stretch *stretch, uint64_t *mask)
{
    uint64_t other[EK_CHUNK_WORDS];
    const struct ek_choice *choice = scope->choice;
    struct masking masking = {.scope = scope,
                              .stretch = stretch,
                              .rows = stretch->to - stretch->from,
                              .words = EK_STRETCH_WORDS(stretch),
                              .mask = mask,
                              .other = other};
    drop_dead(&masking);
    if (keep_class(&masking, EK_POSTING_UNTAGGED, false) ||
        (choice->not_assessable && keep_class(&masking, EK_POSTING_UNASSESSED, true)) ||
        (choice->undetermined && keep_class(&masking, EK_POSTING_UNDETERMINED, true)) ||
        (choice->treatment_asked && keep_treatments(&masking)) ||
        (scope->unwanted && drop_states(&masking)) || (scope->by_place && keep_places(&masking)))
        return -1;
    if ((choice->threads.given &&
         keep_numbers(&masking, EK_SECTION_THREAD, &choice->threads, true)) ||
        (choice->authors.given &&
         keep_numbers(&masking, EK_SECTION_AUTHOR, &choice->authors, true)) ||
        (choice->cohort && keep_cohort(&masking)) || (choice->stored && keep_stored(&masking)))
        return -1;
    return leave_out(&masking);
}

int ek_mask_selected(const struct ek_scope *scope, const struct ek_stretch *stretch, uint64_t *mask)
{
    uint32_t rows = scope->never ? 0 : stretch->to - stretch->from;
    ek_bits_only(mask, EK_STRETCH_WORDS(stretch), 0, rows);
    return scope->never ? 0 : ek_mask_narrow(scope, stretch, mask);
}
