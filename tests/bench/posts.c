/* posts.c - see posts.h. */
#include "tests/bench/posts.h"

#include <math.h>

#include "store/index/row.h"

#define SPAN ((double)(POSTS_UNTIL - POSTS_FROM))
#define DAY 86400.0
#define POSTS_AN_AUTHOR 25u
#define POSTS_A_THREAD 11.0
#define DAYS_BETWEEN 1.5     /* posts of one thread, on average */
#define ON_TOPIC 0.4         /* of a thread's theories */
#define STAYED_FOR_GOOD 0.15 /* of the posts */

static uint64_t mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

/* In [0, 1). */
static double chance(struct posts *posts)
{
    posts->state += 0x9e3779b97f4a7c15ull;
    return (double)(mixed(posts->state) >> 11) * 0x1p-53;
}

static double waiting(struct posts *posts, double mean)
{
    return -log(1.0 - chance(posts)) * mean;
}

/* The k-th largest is a k-th as large as the largest. */
static void fill_shares(double *below, unsigned count)
{
    double sum = 0;
    for (unsigned i = 0; i < count; i++)
        below[i] = sum += 1.0 / (i + 1);
    for (unsigned i = 0; i < count; i++)
        below[i] /= sum;
    below[count - 1] = 1.0;
}

static unsigned drawn(struct posts *posts, const double *below)
{
    double x = chance(posts);
    unsigned at = 0;
    while (below[at] <= x)
        at++;
    return at;
}

void posts_begin(struct posts *posts, uint32_t total)
{
    *posts = (struct posts){.state = 1945, .total = total};
    posts->authors = total / POSTS_AN_AUTHOR + 1;
    fill_shares(posts->theory_below, POSTS_THEORIES);
    fill_shares(posts->board_below, POSTS_BOARDS);
}

static void begin_thread(struct posts *posts)
{
    double at;
    do
        at = chance(posts);
    while (chance(posts) > 0.3 + 0.7 * sin(at * 3.14159265)); /* few at first, few at last */
    posts->at = at * SPAN;
    posts->opened = false;
    posts->left = 1 + (uint32_t)waiting(posts, POSTS_A_THREAD);
    posts->board = 1 + drawn(posts, posts->board_below);
    posts->topic = drawn(posts, posts->theory_below);
}

/* Authors are numbered as they come: most posts are by those who came lately. */
static uint32_t author_at(struct posts *posts, double age)
{
    double came = age * (1.0 - pow(chance(posts), 3.0));
    if (chance(posts) < STAYED_FOR_GOOD)
        came = age * pow(chance(posts), 4.0);
    return 1 + (uint32_t)(came * posts->authors);
}

static uint32_t theories_of(struct posts *posts)
{
    static const double below[] = {0.35, 0.65, 0.83, 0.93, 0.98, 1.0}; /* 0, 1, ... theories */
    unsigned count = drawn(posts, below);
    uint32_t theories = 0;
    while (count > 0) {
        unsigned theory =
            chance(posts) < ON_TOPIC ? posts->topic : drawn(posts, posts->theory_below);
        if (theories >> theory & 1)
            theory = drawn(posts, posts->theory_below);
        count -= !(theories >> theory & 1);
        theories |= 1u << theory;
    }
    return theories;
}

size_t posts_next(struct posts *posts, struct bench_post *out, size_t max)
{
    size_t count = 0;
    while (count < max && posts->number < posts->total) {
        if (posts->left == 0)
            begin_thread(posts);
        posts->left--;
        posts->at += waiting(posts, DAYS_BETWEEN * DAY);
        if (posts->at >= SPAN) {
            posts->left = 0;
            continue;
        }
        posts->thread += !posts->opened;
        posts->opened = true;
        out[count++] = (struct bench_post){.number = ++posts->number,
                                           .thread = posts->thread,
                                           .author = author_at(posts, posts->at / SPAN),
                                           .time = POSTS_FROM + (uint32_t)posts->at,
                                           .board = posts->board,
                                           .theories = theories_of(posts)};
    }
    return count;
}

/* Of ten posts six support, two dispute, one mentions and one asks. */
uint32_t posts_word(const struct bench_post *post, unsigned theory)
{
    static const uint8_t stances[] = {0, 0, 0, 0, 0, 0, 1, 1, 2, 3};
    uint64_t x = mixed((uint64_t)post->number << 8 | theory);
    uint32_t word = stances[x % 10];
    if (x >> 32 & 1)
        word |= EK_WORD_EXPERIENCE;
    if ((x >> 33 & 7) == 0)
        word |= EK_WORD_HEDGED;
    return word;
}
