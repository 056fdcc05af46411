/* spans.c - lists of places: sorted by token, each place once. */
#include <stdlib.h>

#include "rules/matcher.h"

#define FEW 48u /* places that are sorted by hand */

uint32_t spans_from(const struct ek_matcher *matcher, struct spans spans, uint32_t token)
{
    uint32_t low = 0, high = spans.count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (span_at(matcher, spans, middle)->first < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_spans(const void *left, const void *right)
{
    const struct span *a = left, *b = right;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->last != b->last)
        return a->last < b->last ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

/* Nearly all lists are of a few places. */
static void sort(struct span *spans, size_t count)
{
    if (count > FEW) {
        qsort(spans, count, sizeof *spans, compare_spans);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct span here = spans[i];
        size_t at = i;
        for (; at > 0 && compare_spans(&spans[at - 1], &here) > 0; at--)
            spans[at] = spans[at - 1];
        spans[at] = here;
    }
}

/* Sort what was pushed since start and drop what is there twice. */
struct spans settle_spans(struct ek_matcher *matcher, size_t start)
{
    struct span *spans = matcher->spans.items;
    size_t count = matcher->spans.count - start, kept = 0;
    bool sorted = true;

    for (size_t i = 1; i < count && sorted; i++)
        sorted = compare_spans(&spans[start + i - 1], &spans[start + i]) < 0;
    if (!sorted) {
        sort(spans + start, count);
        for (size_t i = 0; i < count; i++)
            if (kept == 0 || compare_spans(&spans[start + kept - 1], &spans[start + i]) != 0)
                spans[start + kept++] = spans[start + i];
        matcher->spans.count = start + kept;
        count = kept;
    }
    return (struct spans){(uint32_t)start, (uint32_t)count};
}
