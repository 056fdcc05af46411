/* postings_write.c - the tags of a batch in one generation as a chunk's value.
 *
 * Two passes over the marks: the first counts what each (class, code) has, the second puts the
 * rows in their places. Rows come in chunk order, so that every posting is sorted by itself. */
#include <stdlib.h>
#include <string.h>

#include "store/handle.h"
#include "store/index/batch.h"
#include "store/index/chunk_form.h"

#define WORD_KEPT (EK_WORD_STANCE | EK_WORD_HEDGED | EK_WORD_EXPERIENCE)
/* Counts are kept where a month has at least so many rows: reading them is then the cheaper way. */
#define ROWS_A_MONTH 16u

struct posting {
    uint32_t class, code, count;
    uint32_t last; /* row last put, plus one: a code counts once a row */
    bool dense;
    uint16_t *counts; /* [stance * months + month]; NULL: none are kept */
    unsigned char *set;
    uint8_t *words;
};

struct writing {
    struct ek_txn *index;
    uint64_t id;
    const struct ek_batch *batch;
    const struct ek_batch_tags *tags;
    struct posting *postings; /* sorted by class, code */
    size_t count, cap;
    uint8_t class_of[EK_WORD_BITS];
    uint32_t *slots; /* [class * codes + code]: number of the posting, plus one */
    uint32_t codes;
    int32_t *month_of; /* by row: place in the chunk's months, -1: not counted */
    uint32_t months;
    struct ek_form_posting *forms;
    uint32_t counted_at; /* 0: no counts are kept */
    uint32_t pairs_at;   /* 0: none of pairs */
    uint32_t theories;   /* postings of EK_POSTING_RLS, the first ones */
    uint32_t *here;      /* those that the current row has */
    uint32_t here_count;
    unsigned char *bytes;
    size_t len;
};

static uint32_t find_class(uint32_t word)
{
    if (word & EK_WORD_TREATMENT && !(word & EK_WORD_UNDETERMINED))
        return EK_POSTING_TREATMENT;
    if (word & EK_WORD_QUOTED)
        return EK_POSTING_QUOTED;
    if (word & EK_WORD_UNDETERMINED)
        return EK_POSTING_UNDETERMINED;
    return word & EK_WORD_CRAMPS ? EK_POSTING_CRAMPS : EK_POSTING_RLS;
}

static inline uint32_t class_of(const struct writing *writing, uint32_t word)
{
    return writing->class_of[word % EK_WORD_BITS];
}

static struct posting *posting_of(struct writing *writing, uint32_t class, uint32_t code)
{
    uint32_t *slot = &writing->slots[class * writing->codes + code];
    return *slot ? &writing->postings[*slot - 1] : NULL;
}

static void count_one(struct writing *writing, uint32_t class, uint32_t code, uint32_t row)
{
    struct posting *posting = posting_of(writing, class, code);
    if (!posting) {
        if (writing->count == writing->cap) {
            size_t cap = writing->cap ? 2 * writing->cap : 64;
            struct posting *larger = realloc(writing->postings, cap * sizeof *larger);
            if (!larger) {
                ek_txn_fail(writing->index, EK_MEMORY, "out of memory");
                return;
            }
            writing->postings = larger;
            writing->cap = cap;
        }
        posting = &writing->postings[writing->count++];
        *posting = (struct posting){.class = class, .code = code};
        writing->slots[class * writing->codes + code] = (uint32_t)writing->count;
    }
    if (posting->last == row + 1)
        return;
    posting->last = row + 1;
    posting->count++;
}

static void put_one(struct writing *writing, uint32_t class, uint32_t code, uint32_t word,
                    uint32_t row)
{
    const int32_t month = writing->month_of[row];
    struct posting *posting = posting_of(writing, class, code);
    if (posting->last == row + 1)
        return;
    posting->last = row + 1;
    if (class == EK_POSTING_RLS)
        writing->here[writing->here_count++] = (uint32_t)(posting - writing->postings);
    if (posting->dense)
        ((uint64_t *)(void *)posting->set)[row / 64] |= 1ull << row % 64;
    else
        ((uint16_t *)(void *)posting->set)[posting->count] = (uint16_t)row;
    if (posting->words)
        posting->words[posting->count] = (uint8_t)(word & WORD_KEPT);
    if (posting->counts && month >= 0)
        posting->counts[(word & EK_WORD_STANCE) * writing->months + (uint32_t)month]++;
    posting->count++;
}

/* Class of a row that has no tags, or none that were sought. */
static uint32_t odd_class(const struct ek_batch_span *span)
{
    if (!span->tagged)
        return EK_POSTING_UNTAGGED;
    return span->assessed ? EK_POSTING_CLASSES : EK_POSTING_UNASSESSED;
}

/* Every (row, class, code, word) in chunk order: counted, then put. */
static void count_all(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct ek_batch_span *span = &writing->tags->spans[batch->order[i]];
        const struct ek_mark *marks = span->count ? writing->tags->marks + span->at : NULL;
        for (uint32_t m = 0; m < span->count; m++)
            count_one(writing, class_of(writing, marks[m].word), marks[m].code, i);
        if (odd_class(span) < EK_POSTING_CLASSES)
            count_one(writing, odd_class(span), 0, i);
    }
}

/* Every two theories that the row has. */
static void count_pairs(struct writing *writing, uint32_t month)
{
    uint16_t *counts = (void *)(writing->bytes + writing->pairs_at);
    const uint32_t *here = writing->here;
    for (uint32_t i = 1; i < writing->here_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            uint32_t a = here[i] < here[j] ? here[i] : here[j], b = here[i] ^ here[j] ^ a;
            counts[ek_pair_place(writing->theories, a, b) * writing->months + month]++;
        }
    }
}

static void put_all(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    uint16_t *counted = (void *)(writing->bytes + writing->counted_at);
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct ek_batch_span *span = &writing->tags->spans[batch->order[i]];
        const struct ek_mark *marks = span->count ? writing->tags->marks + span->at : NULL;
        if (writing->counted_at && writing->month_of[i] >= 0)
            counted[writing->month_of[i]]++;
        writing->here_count = 0;
        for (uint32_t m = 0; m < span->count; m++)
            put_one(writing, class_of(writing, marks[m].word), marks[m].code, marks[m].word, i);
        if (writing->pairs_at && writing->month_of[i] >= 0)
            count_pairs(writing, (uint32_t)writing->month_of[i]);
        if (odd_class(span) < EK_POSTING_CLASSES)
            put_one(writing, odd_class(span), 0, 0, i);
    }
}

static int compare(const void *left, const void *right)
{
    const struct posting *a = left, *b = right;
    if (a->class != b->class)
        return a->class < b->class ? -1 : 1;
    return (a->code > b->code) - (a->code < b->code);
}

/* Which month each row counts in: dated, not hidden, tagged and assessed. */
static int find_months(struct writing *writing)
{
    const struct ek_batch *batch = writing->batch;
    struct ek_month_walk months = {0};
    int month = INT32_MIN;
    writing->month_of = malloc((batch->count + 1) * sizeof *writing->month_of);
    if (!writing->month_of)
        return ek_txn_fail(writing->index, EK_MEMORY, "out of memory");
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t row = batch->order[i];
        const struct ek_batch_span *span = &writing->tags->spans[row];
        bool counted = span->tagged && span->assessed && (batch->bits[row] >> 2 & 3) != EK_HIDDEN;
        writing->month_of[i] = -1;
        if (batch->time[row] == EK_TIME_UNKNOWN)
            continue;
        int now = ek_month_of(&months, batch->time[row]);
        writing->months += now != month;
        month = now;
        if (counted)
            writing->month_of[i] = (int32_t)writing->months - 1;
    }
    return 0;
}

static size_t place(size_t *at, size_t len, size_t align)
{
    size_t start = (*at + align - 1) / align * align;
    *at = start + len;
    return start;
}

/* Counts first: a timeline of all theories reads them and no rows, and they stand together. */
static size_t pairs_bytes(const struct writing *writing)
{
    return ek_pairs_of(writing->theories) * writing->months * sizeof(uint16_t);
}

static void lay_out_counts(struct writing *writing, size_t *at)
{
    writing->counted_at = (uint32_t)place(at, writing->months * sizeof(uint16_t), 8);
    for (size_t i = 0; i < writing->count; i++) {
        const size_t counts = (size_t)EK_STANCES * writing->months * sizeof(uint16_t);
        if (writing->postings[i].class == EK_POSTING_RLS)
            writing->forms[i].counts_at = (uint32_t)place(at, counts, 8);
    }
    /* Not where they would take more room than a byte a row. */
    if (writing->theories > 1 && pairs_bytes(writing) < writing->batch->count)
        writing->pairs_at = (uint32_t)place(at, pairs_bytes(writing), 8);
}

static int lay_out(struct writing *writing)
{
    const uint32_t rows = (uint32_t)writing->batch->count;
    size_t at = sizeof(struct ek_form_tags) + writing->count * sizeof *writing->forms;
    while (writing->theories < writing->count &&
           writing->postings[writing->theories].class == EK_POSTING_RLS)
        writing->theories++;
    writing->forms = calloc(writing->count + 1, sizeof *writing->forms);
    writing->here = calloc((size_t)writing->theories + 1, sizeof *writing->here);
    if (!writing->forms || !writing->here)
        return ek_txn_fail(writing->index, EK_MEMORY, "out of memory");
    if (writing->months && rows / writing->months >= ROWS_A_MONTH)
        lay_out_counts(writing, &at);
    for (size_t i = 0; i < writing->count; i++) {
        const struct posting *posting = &writing->postings[i];
        struct ek_form_posting *form = &writing->forms[i];
        form->code = posting->code;
        form->class = posting->class;
        form->count = posting->count;
        form->dense = posting->count > rows / 16;
        form->at = (uint32_t)place(&at, ek_posting_bytes(form, rows), 8);
    }
    writing->len = at;
    writing->bytes = calloc(1, at);
    return writing->bytes ? 0 : ek_txn_fail(writing->index, EK_MEMORY, "out of memory");
}

static void point(struct writing *writing)
{
    memset(writing->slots, 0, (size_t)EK_POSTING_CLASSES * writing->codes * sizeof(uint32_t));
    for (size_t i = 0; i < writing->count; i++) {
        struct posting *posting = &writing->postings[i];
        const struct ek_form_posting *form = &writing->forms[i];
        writing->slots[posting->class * writing->codes + posting->code] = (uint32_t)i + 1;
        posting->set = writing->bytes + form->at;
        posting->dense = form->dense;
        posting->counts = form->counts_at ? (void *)(writing->bytes + form->counts_at) : NULL;
        if (ek_class_has_words(posting->class))
            posting->words = posting->set +
                             ek_posting_bytes(form, (uint32_t)writing->batch->count) - form->count;
        posting->count = posting->last = 0;
    }
}

static void close_head(struct writing *writing)
{
    const size_t checked = offsetof(struct ek_form_tags, generation);
    const uint32_t rows = (uint32_t)writing->batch->count;
    struct ek_form_tags head = {.generation = writing->tags->generation,
                                .postings = (uint32_t)writing->count,
                                .rows = rows,
                                .counted_at = writing->counted_at,
                                .pairs_at = writing->pairs_at};
    if (head.counted_at)
        head.counted_check = ek_form_check(writing->id, writing->bytes + head.counted_at,
                                           writing->months * sizeof(uint16_t));
    if (head.pairs_at)
        head.pairs_check =
            ek_form_check(writing->id, writing->bytes + head.pairs_at, pairs_bytes(writing));
    for (size_t i = 0; i < writing->count; i++) {
        struct ek_form_posting *form = &writing->forms[i];
        form->check =
            ek_form_check(writing->id, writing->bytes + form->at, ek_posting_bytes(form, rows));
        if (form->counts_at)
            form->counts_check =
                ek_form_check(writing->id, writing->bytes + form->counts_at,
                              (size_t)EK_STANCES * writing->months * sizeof(uint16_t));
    }
    size_t list = writing->count * sizeof *writing->forms;
    memcpy(writing->bytes, &head, sizeof head);
    if (list)
        memcpy(writing->bytes + sizeof head, writing->forms, list);
    head.check = ek_form_check(writing->id, writing->bytes + checked, sizeof head - checked + list);
    memcpy(writing->bytes, &head, sizeof head);
}

/* The largest code of the batch, plus one. */
static uint32_t codes_of(const struct ek_batch_tags *tags)
{
    uint32_t codes = 1;
    for (size_t i = 0; i < tags->mark_count; i++)
        codes = tags->marks[i].code >= codes ? tags->marks[i].code + 1 : codes;
    return codes;
}

static int build(struct writing *writing)
{
    writing->codes = codes_of(writing->tags);
    writing->slots = calloc((size_t)EK_POSTING_CLASSES * writing->codes, sizeof *writing->slots);
    if (!writing->slots)
        return ek_txn_fail(writing->index, EK_MEMORY, "out of memory");
    for (uint32_t word = 0; word < EK_WORD_BITS; word++)
        writing->class_of[word] = (uint8_t)find_class(word);
    count_all(writing);
    if (ek_txn_failed(writing->index) || find_months(writing))
        return -1;
    if (writing->count)
        qsort(writing->postings, writing->count, sizeof *writing->postings, compare);
    if (lay_out(writing))
        return -1;
    point(writing);
    put_all(writing);
    close_head(writing);
    return 0;
}

void ek_postings_write(struct ek_txn *index, uint64_t id, const struct ek_batch *batch,
                       size_t which)
{
    struct writing writing = {
        .index = index, .id = id, .batch = batch, .tags = &batch->generations[which]};
    unsigned char key[EK_CHUNK_KEY_BYTES];
    if (batch->failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (!ek_txn_failed(index) && build(&writing) == 0) {
        ek_chunk_key(id, EK_PART_TAGS, writing.tags->generation, key);
        ek_txn_put_plain(index, EK_CHUNKS, key, sizeof key, writing.bytes, writing.len);
    }
    free(writing.postings);
    free(writing.slots);
    free(writing.month_of);
    free(writing.forms);
    free(writing.here);
    free(writing.bytes);
}
