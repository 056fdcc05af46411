/* draw.c - see draw.h. */
#include "draw.h"

#include <stdlib.h>

/* A fixed mixing of 64 bits (splitmix64's finish), so that a seed draws the same for ever. */
static uint64_t hash_of(uint64_t seed, uint64_t number)
{
    uint64_t x = number + (seed + 1) * 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

int draw_open(struct draw *draw, size_t want, uint64_t seed)
{
    *draw = (struct draw){.seed = seed, .want = want};
    draw->items = malloc((want + 1) * sizeof *draw->items);
    return draw->items ? 0 : -1;
}

void draw_close(struct draw *draw)
{
    free(draw->items);
    draw->items = NULL;
}

static void swap(struct drawn *a, struct drawn *b)
{
    struct drawn held = *a;
    *a = *b;
    *b = held;
}

static void sift_up(struct draw *draw, size_t at)
{
    while (at && draw->items[(at - 1) / 2].hash < draw->items[at].hash) {
        swap(&draw->items[at], &draw->items[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct draw *draw, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < draw->count && draw->items[child + 1].hash > draw->items[child].hash)
            child++;
        if (child >= draw->count || draw->items[child].hash <= draw->items[at].hash)
            return;
        swap(&draw->items[at], &draw->items[child]);
        at = child;
    }
}

void draw_offer(struct draw *draw, uint64_t number, uint64_t mark)
{
    struct drawn offered = {hash_of(draw->seed, number), number, mark};
    if (draw->count < draw->want) {
        draw->items[draw->count] = offered;
        sift_up(draw, draw->count++);
    } else if (draw->want && offered.hash < draw->items[0].hash) {
        draw->items[0] = offered;
        sift_down(draw, 0);
    }
}

static int compare(const void *left, const void *right)
{
    const struct drawn *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

void draw_sort(struct draw *draw)
{
    if (draw->count)
        qsort(draw->items, draw->count, sizeof *draw->items, compare);
}
