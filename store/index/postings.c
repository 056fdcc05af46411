/* postings.c - see postings.h. */
#include "store/index/postings.h"

#include <string.h>

#include "ekbom/arena.h"
#include "store/handle.h"
#include "store/index/chunk_form.h"

#define CHECKED_ROWS 1u
#define CHECKED_COUNTS 2u

static int damaged(const struct ek_postings *postings)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    ek_chunk_key(postings->chunk->id, EK_PART_TAGS, postings->generation, key);
    return ek_txn_damaged(postings->chunk->index, EK_CHUNKS, key, sizeof key);
}

static const struct ek_form_tags *head_of(const struct ek_postings *postings)
{
    return (const void *)postings->value;
}

static const struct ek_form_posting *forms_of(const struct ek_postings *postings)
{
    return (const void *)(postings->value + sizeof(struct ek_form_tags));
}

static bool within(const struct ek_postings *postings, uint32_t at, size_t bytes)
{
    return at % 8 == 0 && at <= postings->len && bytes <= postings->len - at;
}

static size_t counts_bytes(const struct ek_postings *postings)
{
    return (size_t)EK_STANCES * postings->chunk->months * sizeof(uint16_t);
}

static size_t pairs_bytes(const struct ek_postings *postings)
{
    return ek_pairs_of(ek_posting_find(postings, EK_POSTING_RLS + 1, 0)) * postings->chunk->months *
           sizeof(uint16_t);
}

static bool list_is_sound(const struct ek_postings *postings)
{
    const struct ek_form_posting *forms = forms_of(postings);
    for (uint32_t i = 0; i < postings->count; i++) {
        const struct ek_form_posting *form = &forms[i];
        if (form->class >= EK_POSTING_CLASSES || form->count > postings->chunk->rows ||
            !within(postings, form->at, ek_posting_bytes(form, postings->chunk->rows)) ||
            (form->counts_at && !within(postings, form->counts_at, counts_bytes(postings))))
            return false;
        if (i && (forms[i - 1].class > form->class ||
                  (forms[i - 1].class == form->class && forms[i - 1].code >= form->code)))
            return false;
    }
    return true;
}

int ek_postings_open(struct ek_postings *postings, struct ek_chunk *chunk, uint32_t generation,
                     const struct ek_bytes *value, struct ek_arena *arena)
{
    const size_t checked = offsetof(struct ek_form_tags, generation);
    *postings = (struct ek_postings){.chunk = chunk, .generation = generation, .len = value->len};
    if (!value->data)
        return 0;
    if (value->len < sizeof(struct ek_form_tags))
        return damaged(postings);
    postings->value = ek_form_aligned(value, arena);
    if (!postings->value)
        return ek_txn_fail(chunk->index, EK_MEMORY, "out of memory");
    const struct ek_form_tags *head = head_of(postings);
    size_t list = (size_t)head->postings * sizeof(struct ek_form_posting);
    if (list > value->len - sizeof *head ||
        head->check !=
            ek_form_check(chunk->id, postings->value + checked, sizeof *head - checked + list) ||
        head->generation != generation || head->rows != chunk->rows)
        return damaged(postings);
    postings->count = head->postings;
    postings->checked = EK_NEW_ARRAY(arena, uint8_t, (size_t)head->postings + 2);
    if (!postings->checked)
        return ek_txn_fail(chunk->index, EK_MEMORY, "out of memory");
    if (!list_is_sound(postings) ||
        (head->counted_at &&
         !within(postings, head->counted_at, chunk->months * sizeof(uint16_t))) ||
        (head->pairs_at && !within(postings, head->pairs_at, pairs_bytes(postings))))
        return damaged(postings);
    return 0;
}

void ek_posting_head(const struct ek_postings *postings, uint32_t i, struct ek_posting *posting)
{
    const struct ek_form_posting *form = &forms_of(postings)[i];
    *posting = (struct ek_posting){.code = form->code,
                                   .class = (enum ek_posting_class)form->class,
                                   .count = form->count,
                                   .chunk_rows = postings->chunk->rows};
}

/* Rows in range and, in a list, ascending: others index with them. */
static bool rows_are_sound(const struct ek_postings *postings, const struct ek_posting *posting)
{
    const uint32_t rows = postings->chunk->rows;
    if (posting->list) {
        for (uint32_t i = 0; i < posting->count; i++) {
            if (posting->list[i] >= rows || (i && posting->list[i - 1] >= posting->list[i]))
                return false;
        }
        return true;
    }
    uint32_t count = 0;
    for (uint32_t word = 0; word < (rows + 63) / 64; word++)
        count += (uint32_t)__builtin_popcountll(posting->bitmap[word]);
    return count == posting->count &&
           (rows % 64 == 0 || posting->bitmap[rows / 64] >> rows % 64 == 0);
}

int ek_posting_get(struct ek_postings *postings, uint32_t i, struct ek_posting *posting)
{
    const struct ek_form_posting *form = &forms_of(postings)[i];
    const unsigned char *bytes = postings->value + form->at;
    size_t len = ek_posting_bytes(form, postings->chunk->rows);
    ek_posting_head(postings, i, posting);
    if (form->dense)
        posting->bitmap = (const void *)bytes;
    else
        posting->list = (const void *)bytes;
    if (ek_class_has_words(form->class))
        posting->words = bytes + len - form->count;
    if (postings->checked[i] & CHECKED_ROWS)
        return 0;
    if (form->check != ek_form_check(postings->chunk->id, bytes, len) ||
        !rows_are_sound(postings, posting))
        return damaged(postings);
    postings->checked[i] |= CHECKED_ROWS;
    return 0;
}

/* Counts at a place of the value, checked once. */
static int counts_at(struct ek_postings *postings, uint32_t i, uint32_t at, uint32_t check,
                     size_t bytes, const uint16_t **counts)
{
    *counts = NULL;
    if (!at)
        return 0;
    if (!(postings->checked[i] & CHECKED_COUNTS) &&
        check != ek_form_check(postings->chunk->id, postings->value + at, bytes))
        return damaged(postings);
    postings->checked[i] |= CHECKED_COUNTS;
    *counts = (const void *)(postings->value + at);
    return 1;
}

int ek_posting_counts(struct ek_postings *postings, uint32_t i, const uint16_t **counts)
{
    const struct ek_form_posting *form = &forms_of(postings)[i];
    return counts_at(postings, i, form->counts_at, form->counts_check, counts_bytes(postings),
                     counts);
}

int ek_postings_counted(struct ek_postings *postings, const uint16_t **counted)
{
    *counted = NULL;
    if (!postings->value)
        return 0;
    const struct ek_form_tags *head = head_of(postings);
    return counts_at(postings, postings->count, head->counted_at, head->counted_check,
                     postings->chunk->months * sizeof(uint16_t), counted);
}

int ek_postings_pairs(struct ek_postings *postings, const uint16_t **counts, uint32_t *theories)
{
    *counts = NULL;
    *theories = ek_posting_find(postings, EK_POSTING_RLS + 1, 0);
    if (!postings->value)
        return 0;
    const struct ek_form_tags *head = head_of(postings);
    return counts_at(postings, postings->count + 1, head->pairs_at, head->pairs_check,
                     pairs_bytes(postings), counts);
}

uint32_t ek_posting_find(const struct ek_postings *postings, enum ek_posting_class class,
                         uint32_t code)
{
    const struct ek_form_posting *forms = postings->value ? forms_of(postings) : NULL;
    uint32_t low = 0, high = postings->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct ek_form_posting *form = &forms[middle];
        if (form->class < class || (form->class == class && form->code < code))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Row sets ------------------------------------------------------------------------------------ */

/* The rows of a posting one after the other: a bitmap's or a list's. */
struct rows {
    const struct ek_posting *posting;
    uint32_t next; /* place in the list, or word of the bitmap behind `bits` */
    uint64_t bits;
};

static struct rows rows_of(const struct ek_posting *posting)
{
    return (struct rows){.posting = posting};
}

static uint32_t next_row(struct rows *rows)
{
    if (rows->posting->list)
        return rows->posting->list[rows->next++];
    while (!rows->bits)
        rows->bits = rows->posting->bitmap[rows->next++];
    uint32_t row = (rows->next - 1) * 64 + (uint32_t)__builtin_ctzll(rows->bits);
    rows->bits &= rows->bits - 1;
    return row;
}

void ek_posting_mask(const struct ek_posting *posting, const struct ek_chunk *chunk,
                     const bool *wanted, uint64_t *mask)
{
    if (posting->bitmap && (!wanted || !posting->words)) {
        for (uint32_t word = 0; word < (chunk->rows + 63) / 64; word++)
            mask[word] |= posting->bitmap[word];
        return;
    }
    struct rows rows = rows_of(posting);
    for (uint32_t i = 0; i < posting->count; i++) {
        uint32_t row = next_row(&rows);
        uint64_t bit = !wanted || !posting->words || wanted[posting->words[i] & 15];
        mask[row / 64] |= bit << row % 64;
    }
}

/* Row by row ---------------------------------------------------------------------------------- */

uint32_t ek_posting_word(const struct ek_posting *posting, uint32_t i)
{
    static const uint32_t of_class[EK_POSTING_CLASSES] = {
        [EK_POSTING_CRAMPS] = EK_WORD_CRAMPS,
        [EK_POSTING_TREATMENT] = EK_WORD_TREATMENT,
        [EK_POSTING_QUOTED] = EK_WORD_QUOTED,
        [EK_POSTING_UNDETERMINED] = EK_WORD_UNDETERMINED,
    };
    return of_class[posting->class] | (posting->words ? posting->words[i] : 0);
}

/* Count (marks NULL) or put the marks of one posting. */
static void spread(const struct ek_posting *posting, uint32_t *start, struct ek_mark *marks)
{
    struct rows rows = rows_of(posting);
    for (uint32_t i = 0; i < posting->count; i++) {
        uint32_t row = next_row(&rows);
        if (marks)
            marks[start[row]] = (struct ek_mark){posting->code, ek_posting_word(posting, i)};
        start[row]++;
    }
}

static int spread_all(struct ek_postings *postings, struct ek_row_marks *rows, bool put)
{
    for (uint32_t i = 0; i < postings->count; i++) {
        struct ek_posting posting;
        if (ek_posting_get(postings, i, &posting))
            return -1;
        if (posting.class == EK_POSTING_UNTAGGED || posting.class == EK_POSTING_UNASSESSED)
            ek_posting_mask(&posting, postings->chunk, NULL,
                            posting.class == EK_POSTING_UNTAGGED ? rows->untagged
                                                                 : rows->unassessed);
        else
            spread(&posting, rows->start, put ? rows->marks : NULL);
    }
    return 0;
}

int ek_postings_by_row(struct ek_postings *postings, struct ek_arena *arena,
                       struct ek_row_marks *rows)
{
    const uint32_t count = postings->chunk->rows;
    uint32_t sum = 0;
    rows->marks = NULL;
    rows->start = EK_NEW_ARRAY(arena, uint32_t, (size_t)count + 1);
    rows->untagged = EK_NEW_ARRAY(arena, uint64_t, (size_t)count / 64 + 1);
    rows->unassessed = EK_NEW_ARRAY(arena, uint64_t, (size_t)count / 64 + 1);
    if (!rows->start || !rows->untagged || !rows->unassessed)
        return ek_txn_fail(postings->chunk->index, EK_MEMORY, "out of memory");
    if (!postings->value) {
        for (uint32_t row = 0; row < count; row++)
            rows->untagged[row / 64] |= 1ull << row % 64;
        return 0;
    }
    if (spread_all(postings, rows, false))
        return -1;
    for (uint32_t row = 0; row <= count; row++) { /* from counts to first places */
        uint32_t here = rows->start[row];
        rows->start[row] = sum;
        sum += here;
    }
    rows->marks = EK_NEW_ARRAY(arena, struct ek_mark, (size_t)sum + 1);
    if (!rows->marks)
        return ek_txn_fail(postings->chunk->index, EK_MEMORY, "out of memory");
    if (spread_all(postings, rows, true))
        return -1;
    memmove(rows->start + 1, rows->start, count * sizeof *rows->start); /* back to the first */
    rows->start[0] = 0;
    return 0;
}
