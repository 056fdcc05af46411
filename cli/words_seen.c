/* words_seen.c - see words_seen.h. */
#include "words_seen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

#define LEAST_LETTERS 3
#define MOST_BYTES 64u
#define LEAST_POSTS 3u /* in the later half: fewer say nothing */
#define PRIOR 500.0    /* pseudo-posts that the prior weighs */

struct slot {
    const char *word; /* NULL: free */
    uint32_t posts[2];
    uint64_t last; /* number of the post last counted */
};

struct words_seen {
    struct ek_arena *arena;
    struct slot *slots;
    size_t used, size; /* size is a power of two */
    uint64_t post;
};

struct words_seen *words_seen_new(struct ek_arena *arena)
{
    struct words_seen *words = calloc(1, sizeof *words);
    if (!words)
        return NULL;
    *words = (struct words_seen){.arena = arena, .size = 4096};
    words->slots = calloc(words->size, sizeof *words->slots);
    if (words->slots)
        return words;
    free(words);
    return NULL;
}

void words_seen_free(struct words_seen *words)
{
    if (words)
        free(words->slots);
    free(words);
}

static struct slot *find(struct words_seen *words, const char *word, size_t len)
{
    uint64_t hash = 0xcbf29ce484222325ull; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)word[i]) * 0x100000001b3ull;
    size_t at = (size_t)(hash ^ (hash >> 29)) & (words->size - 1);
    while (words->slots[at].word &&
           (strncmp(words->slots[at].word, word, len) != 0 || words->slots[at].word[len]))
        at = (at + 1) & (words->size - 1);
    return &words->slots[at];
}

static int grow(struct words_seen *words)
{
    struct slot *old = words->slots;
    size_t size = words->size;
    words->slots = calloc(2 * size, sizeof *old);
    if (!words->slots) {
        words->slots = old;
        return -1;
    }
    words->size = 2 * size;
    for (size_t i = 0; i < size; i++) {
        if (old[i].word)
            *find(words, old[i].word, strlen(old[i].word)) = old[i];
    }
    free(old);
    return 0;
}

static int count_word(struct words_seen *words, const char *word, size_t len, int half)
{
    struct slot *slot = find(words, word, len);
    if (!slot->word) {
        if (words->used == EK_MAX_WORDS_SEEN)
            return 0; /* what is rare and late is not among the risen anyway */
        slot->word = ek_strndup(words->arena, word, len);
        if (!slot->word)
            return -1;
        if (++words->used * 2 > words->size && grow(words))
            return -1;
        slot = find(words, word, len);
    }
    if (slot->last != words->post)
        slot->posts[half]++;
    slot->last = words->post;
    return 0;
}

int words_seen_add(struct words_seen *words, const char *text, int half)
{
    char word[MOST_BYTES + 4];
    size_t len = 0, letters = 0;
    const char *end = text + strlen(text);
    words->post++;
    for (;;) {
        uint32_t c = text < end ? ek_utf8_next(&text, end) : 0;
        if (c && ek_is_letter(c)) {
            letters++;
            if (len < MOST_BYTES)
                len += ek_utf8_put(word + len, ek_fold_case(c));
            continue;
        }
        if (letters >= LEAST_LETTERS && len < MOST_BYTES && count_word(words, word, len, half))
            return -1;
        len = letters = 0;
        if (!c)
            return 0;
    }
}

static double z_of(const struct slot *slot, const double totals[2])
{
    double prior = PRIOR * (slot->posts[0] + slot->posts[1]) / (totals[0] + totals[1]);
    double odds[2], variance = 0;
    for (int half = 0; half < 2; half++) {
        double with = slot->posts[half] + prior, without = totals[half] + PRIOR - with;
        odds[half] = log(with / without);
        variance += 1 / with;
    }
    return (odds[1] - odds[0]) / sqrt(variance);
}

static int most_risen_first(const void *left, const void *right)
{
    const struct word_seen *a = left, *b = right;
    if (a->z != b->z)
        return a->z > b->z ? -1 : 1;
    return strcmp(a->word, b->word);
}

size_t words_seen_risen(struct words_seen *words, struct word_seen *out, size_t max)
{
    double totals[2] = {0, 0};
    size_t count = 0;
    struct word_seen *all = malloc((words->used + 1) * sizeof *all);
    if (!all)
        return 0;
    for (size_t i = 0; i < words->size; i++) {
        totals[0] += words->slots[i].posts[0];
        totals[1] += words->slots[i].posts[1];
    }
    for (size_t i = 0; i < words->size; i++) {
        const struct slot *slot = &words->slots[i];
        if (slot->word && slot->posts[1] >= LEAST_POSTS)
            all[count++] = (struct word_seen){
                slot->word, {slot->posts[0], slot->posts[1]}, z_of(slot, totals)};
    }
    if (count)
        qsort(all, count, sizeof *all, most_risen_first);
    while (count && all[count - 1].z <= 0)
        count--;
    count = count < max ? count : max;
    if (count)
        memcpy(out, all, count * sizeof *out);
    free(all);
    return count;
}
