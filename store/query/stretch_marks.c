/* stretch_marks.c - see stretch_marks.h. */
#include "store/query/stretch_marks.h"

#include <stdlib.h>
#include <string.h>

#define SOME_TAGS 256u /* room at first */

struct found {    /* a tag, as its posting gives it */
    uint32_t row; /* counted from the stretch's first */
    struct ek_mark mark;
};

struct ek_stretch_marks {
    struct ek_postings *postings;
    bool backward, begun;
    uint32_t edge;    /* where the last stretch ended; at first an end of the chunk */
    uint32_t *before; /* by posting: its rows before the edge */
    struct ek_stretch stretch;
    struct found *found;
    struct ek_mark *marks; /* the same by row */
    size_t count, room;
    uint32_t start[EK_STRETCH_ROWS + 1]; /* by row of the stretch */
};

void ek_stretch_marks_free(struct ek_stretch_marks *marks)
{
    if (!marks)
        return;
    free(marks->before);
    free(marks->found);
    free(marks->marks);
    free(marks);
}

static int no_memory(const struct ek_stretch_marks *marks)
{
    return ek_txn_fail(marks->postings->chunk->index, EK_MEMORY, "out of memory");
}

static int make_room(struct ek_stretch_marks *marks, uint32_t more)
{
    if (marks->count + more <= marks->room)
        return 0;
    size_t room = 2 * (marks->count + more);
    struct found *found = realloc(marks->found, room * sizeof *found);
    if (!found)
        return no_memory(marks);
    marks->found = found;
    struct ek_mark *by_row = realloc(marks->marks, room * sizeof *by_row);
    if (!by_row)
        return no_memory(marks);
    marks->marks = by_row;
    marks->room = room;
    return 0;
}

struct ek_stretch_marks *ek_stretch_marks_new(struct ek_postings *postings, bool backward)
{
    struct ek_stretch_marks *marks = malloc(sizeof *marks);
    if (!marks)
        return NULL;
    memset(marks, 0, offsetof(struct ek_stretch_marks, start));
    marks->postings = postings;
    marks->backward = backward;
    marks->edge = backward ? postings->chunk->rows : 0;
    marks->before = calloc((size_t)postings->count + 1, sizeof *marks->before);
    if (!marks->before || make_room(marks, SOME_TAGS)) {
        ek_stretch_marks_free(marks);
        return NULL;
    }
    for (uint32_t i = 0; backward && i < postings->count; i++) {
        struct ek_posting posting;
        ek_posting_head(postings, i, &posting);
        marks->before[i] = posting.count;
    }
    return marks;
}

static void put(struct ek_stretch_marks *marks, const struct ek_posting *posting, uint32_t place,
                uint32_t row)
{
    marks->found[marks->count++] =
        (struct found){row - marks->stretch.from, {posting->code, ek_posting_word(posting, place)}};
}

/* Where the posting's rows of the stretch stand in its list. */
static struct ek_part part_of_list(const struct ek_posting *posting,
                                   const struct ek_stretch *stretch, uint32_t before, bool backward)
{
    uint32_t first = before, end = before;
    if (backward) {
        while (end && posting->list[end - 1] >= stretch->to)
            end--;
        first = end;
        while (first && posting->list[first - 1] >= stretch->from)
            first--;
    } else {
        while (first < posting->count && posting->list[first] < stretch->from)
            first++;
        end = first;
        while (end < posting->count && posting->list[end] < stretch->to)
            end++;
    }
    return (struct ek_part){first, end - first};
}

/* The same in a bitmap, whose rows before the stretch are counted from the edge. */
static struct ek_part part_of_bitmap(const struct ek_posting *posting,
                                     const struct ek_stretch *stretch, uint32_t before,
                                     uint32_t edge)
{
    uint32_t count = ek_bits_count(posting->bitmap, stretch->from, stretch->to);
    if (edge <= stretch->from)
        return (struct ek_part){before + ek_bits_count(posting->bitmap, edge, stretch->from),
                                count};
    return (struct ek_part){before - ek_bits_count(posting->bitmap, stretch->from, edge), count};
}

static void put_list(struct ek_stretch_marks *marks, const struct ek_posting *posting,
                     const struct ek_part *part)
{
    for (uint32_t i = part->first; i < part->first + part->count; i++)
        put(marks, posting, i, posting->list[i]);
}

static void put_bitmap(struct ek_stretch_marks *marks, const struct ek_posting *posting,
                       const struct ek_part *part)
{
    const struct ek_stretch *stretch = &marks->stretch;
    const uint64_t *bits = posting->bitmap + stretch->from / 64;
    uint32_t place = part->first;
    for (uint32_t word = 0; word < EK_STRETCH_WORDS(stretch); word++) {
        for (uint64_t rest = bits[word]; rest; rest &= rest - 1) {
            uint32_t row = stretch->from + word * 64 + (uint32_t)__builtin_ctzll(rest);
            if (row >= stretch->to)
                return;
            put(marks, posting, place++, row);
        }
    }
}

/* The posting's rows in the stretch, and its rows before the edge that comes next. */
static int read_posting(struct ek_stretch_marks *marks, uint32_t i)
{
    const struct ek_stretch *stretch = &marks->stretch;
    struct ek_posting posting;
    struct ek_part part;
    if (ek_posting_get(marks->postings, i, &posting))
        return -1;
    if (posting.class == EK_POSTING_UNTAGGED || posting.class == EK_POSTING_UNASSESSED)
        return 0;
    if (!marks->begun && marks->edge != (marks->backward ? stretch->to : stretch->from))
        part = ek_posting_part(&posting, stretch); /* far from the chunk's end */
    else if (posting.list)
        part = part_of_list(&posting, stretch, marks->before[i], marks->backward);
    else
        part = part_of_bitmap(&posting, stretch, marks->before[i], marks->edge);
    marks->before[i] = part.first + (marks->backward ? 0 : part.count);
    if (make_room(marks, part.count))
        return -1;
    if (posting.list)
        put_list(marks, &posting, &part);
    else
        put_bitmap(marks, &posting, &part);
    return 0;
}

static void sort_by_row(struct ek_stretch_marks *marks)
{
    const uint32_t rows = marks->stretch.to - marks->stretch.from;
    uint32_t *const start = marks->start, sum = 0;
    memset(start, 0, ((size_t)rows + 1) * sizeof *start);
    for (size_t i = 0; i < marks->count; i++)
        start[marks->found[i].row]++;
    for (uint32_t row = 0; row <= rows; row++) { /* from counts to ends */
        sum += start[row];
        start[row] = sum;
    }
    for (size_t i = marks->count; i-- > 0;) /* and to beginnings */
        marks->marks[--start[marks->found[i].row]] = marks->found[i].mark;
}

int ek_stretch_marks_read(struct ek_stretch_marks *marks, const struct ek_stretch *stretch)
{
    marks->stretch = *stretch;
    marks->count = 0;
    for (uint32_t i = 0; i < marks->postings->count; i++) {
        if (read_posting(marks, i))
            return -1;
    }
    marks->begun = true;
    marks->edge = marks->backward ? stretch->from : stretch->to;
    sort_by_row(marks);
    return 0;
}

const struct ek_mark *ek_stretch_marks_of(const struct ek_stretch_marks *marks, uint32_t row,
                                          uint32_t *count)
{
    const uint32_t *start = &marks->start[row - marks->stretch.from];
    *count = start[1] - start[0];
    return *count ? marks->marks + start[0] : NULL;
}
