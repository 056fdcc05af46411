/* null_shift.c - how often a shift is claimed where there is none, and seen where there is one.
 *
 *   null_shift [RUNS [SEED]]
 *
 * Boards are drawn whose posts cluster as those of real ones do: some threads have the theory as
 * their topic and some authors as their hobby; authors write unequally much (log-normally), a third
 * of them in the earlier window only, a third in the later, a third in both. Under "null" the rate
 * of naming is the same in both windows. Three tables:
 *
 *   null   how often the interval of the difference excludes zero (nominal 5 %), the verdict is
 *          rose or fell, and a test that takes posts as independent says so
 *   power  the verdicts where the later rate is a known multiple of the earlier
 *   drift  the same as null, but what the rules find (recall) drifts; without and with --validated,
 *          that is with posts coded by hand, and the last with the truth moved as well
 *
 * The campaign ends with 1 if a null leaves 2 to 7 % (interval) or 7 % (verdicts); twice the
 * standard error of the runs is allowed for. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/validated.h"
#include "ekbom/verdict.h"

#define MOST_POSTS 40000u
#define MOST_AUTHORS 4000u
#define CODED_TAGGED 300u /* posts coded by hand in each window */
#define CODED_UNTAGGED 1500u

struct scenario {
    const char *name;
    uint32_t authors, threads; /* in all; threads in each window */
    double thread_posts;       /* mean size of a thread */
    double topic;              /* part of the threads that have the theory as topic, ... */
    double hobby;              /* ... and of the authors */
    double base;               /* chance of naming elsewhere; 0.5 on topic, 0.4 as hobby */
    double factor;             /* later rate over earlier, 1: null */
    double recall[EK_WINDOWS]; /* 0, 0: the rules find all and nothing else */
    bool validated;
};

struct board {
    uint64_t random;
    uint32_t count, tagged_count, author_count[EK_WINDOWS];
    uint32_t author[MOST_POSTS], thread[MOST_POSTS], bucket[MOST_POSTS], tagged[MOST_POSTS];
    bool named[MOST_POSTS], found[MOST_POSTS];
    bool hobby[MOST_AUTHORS];
    uint32_t active[EK_WINDOWS][MOST_AUTHORS];
    double until[EK_WINDOWS][MOST_AUTHORS]; /* activity summed, to draw an author by it */
};

/* Chance -------------------------------------------------------------------------------------- */

static double chance(struct board *board) /* splitmix64 */
{
    uint64_t z = board->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static uint32_t author_of(struct board *board, int window)
{
    uint32_t low = 0, high = board->author_count[window] - 1;
    double at = chance(board) * board->until[window][high];
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (board->until[window][middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return board->active[window][low];
}

/* A board ------------------------------------------------------------------------------------- */

static void draw_authors(struct board *board, const struct scenario *scenario)
{
    double sum[EK_WINDOWS] = {0};
    board->author_count[EK_BEFORE] = board->author_count[EK_AFTER] = 0;
    for (uint32_t i = 0; i < scenario->authors; i++) {
        double activity = exp(ek_normal_quantile(chance(board)));
        board->hobby[i] = chance(board) < scenario->hobby;
        for (int window = 0; window < EK_WINDOWS; window++) {
            uint32_t *count = &board->author_count[window];
            if (i % 3 == (window == EK_BEFORE ? 1 : 0))
                continue;
            sum[window] += activity;
            board->active[window][*count] = i;
            board->until[window][(*count)++] = sum[window];
        }
    }
}

static void draw_post(struct board *board, const struct scenario *scenario, uint32_t thread,
                      bool topic, int window)
{
    uint32_t i = board->count;
    if (i == MOST_POSTS)
        return;
    uint32_t author = author_of(board, window);
    double p = topic ? 0.5 : board->hobby[author] ? 0.4 : scenario->base;
    if (scenario->factor != 1)
        p *= window == EK_AFTER ? fmin(1, scenario->factor) : fmin(1, 1 / scenario->factor);
    board->author[i] = author;
    board->thread[i] = thread;
    board->bucket[i] = (uint32_t)window;
    board->named[i] = board->found[i] = chance(board) < p;
    if (scenario->recall[EK_BEFORE] > 0)
        board->found[i] = chance(board) < (board->named[i] ? scenario->recall[window] : 0.01);
    if (board->found[i])
        board->tagged[board->tagged_count++] = i;
    board->count++;
}

static void draw_board(struct board *board, const struct scenario *scenario)
{
    board->count = board->tagged_count = 0;
    draw_authors(board, scenario);
    for (uint32_t i = 0; i < 2 * scenario->threads; i++) {
        bool topic = chance(board) < scenario->topic;
        int window = i >= scenario->threads;
        do
            draw_post(board, scenario, i, topic, window);
        while (chance(board) > 1 / scenario->thread_posts);
    }
}

/* Coding by hand ------------------------------------------------------------------------------ */

/* Of the posts of a window that are found, or are not, each is drawn with the same chance. */
static size_t code(struct board *board, const struct ek_shift *shift, struct ek_coded_post *coded)
{
    size_t count = 0;
    for (uint32_t i = 0; i < board->count; i++) {
        uint32_t window = board->bucket[i];
        double of = board->found[i] ? (double)shift->tagged[window]
                                    : (double)(shift->posts[window] - shift->tagged[window]);
        double rate = fmin(1, (board->found[i] ? CODED_TAGGED : CODED_UNTAGGED) / of);
        if (chance(board) < rate)
            coded[count++] =
                (struct ek_coded_post){window, board->found[i], board->named[i], 1 / rate};
    }
    return count;
}

static struct ek_estimate validate(struct board *board, const struct ek_shift *shift,
                                   struct ek_evidence *evidence)
{
    static struct ek_coded_post coded[MOST_POSTS];
    double shares[EK_WINDOWS] = {shift->share[EK_BEFORE].share, shift->share[EK_AFTER].share};
    struct ek_correction corrections[EK_WINDOWS];
    size_t count = code(board, shift, coded);
    ek_correct_shares(coded, count, shares, shift->variance, EK_WINDOWS, corrections);
    evidence->share_before = corrections[EK_BEFORE].share;
    evidence->author_difference = ek_correct_authors(shift, corrections);
    return ek_correct_shift(shift, corrections);
}

/* Runs ---------------------------------------------------------------------------------------- */

struct outcome {
    uint32_t runs, interval, naive, few, verdicts[EK_VERDICTS];
    double share, design;
};

static void run(struct board *board, const struct scenario *scenario, struct outcome *outcome)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    struct ek_panel_posts posts;
    struct ek_shift shift;
    struct ek_err err;
    draw_board(board, scenario);
    struct ek_tagged tagged = {board->tagged, board->tagged_count};
    posts = (struct ek_panel_posts){board->count, board->author, board->thread, board->bucket,
                                    EK_WINDOWS};
    struct ek_panel *panel = arena ? ek_panel_new(&posts, arena, &err) : NULL;
    if (!panel || ek_panel_shift(panel, &tagged, &shift, &err)) {
        fprintf(stderr, "null_shift: %s\n", arena ? err.message : "out of memory");
        exit(2);
    }
    struct ek_estimate difference = shift.difference;
    struct ek_evidence evidence = {.shift = &shift,
                                   .share_before = shift.share[EK_BEFORE].share,
                                   .author_difference = shift.author_difference.value,
                                   .fetched = {NAN, NAN},
                                   .one_rule_set = true};
    if (scenario->validated)
        difference = validate(board, &shift, &evidence);
    evidence.difference = difference.value;
    evidence.variance = difference.variance;
    evidence.p_corrected = difference.p;
    outcome->runs++;
    outcome->few += shift.few_clusters;
    outcome->interval += difference.low > 0 || difference.high < 0;
    outcome->naive += shift.naive_p < 0.05;
    outcome->verdicts[ek_judge(&evidence).verdict]++;
    outcome->share += shift.share[EK_BEFORE].share;
    outcome->design += shift.share[EK_BEFORE].design_effect;
    ek_arena_free(arena);
}

static double percent(uint32_t part, uint32_t whole)
{
    return 100.0 * part / whole;
}

/* Percent of runs within low..high, but for twice the standard error at the bound. */
static bool within(uint32_t part, uint32_t runs, double low, double high)
{
    double p = (double)part / runs;
    return p >= low - 2 * sqrt(low * (1 - low) / runs) &&
           p <= high + 2 * sqrt(high * (1 - high) / runs);
}

static bool tell(struct board *board, const struct scenario *scenario, uint32_t runs, bool null)
{
    struct outcome outcome = {0};
    while (outcome.runs < runs)
        run(board, scenario, &outcome);
    uint32_t claims = outcome.verdicts[EK_ROSE] + outcome.verdicts[EK_FELL];
    bool good =
        !null || (within(outcome.interval, runs, 0.02, 0.07) && within(claims, runs, 0, 0.07));
    printf("%-34s %6.1f %6.1f %8.1f %7.1f %7.1f %9.1f %7.1f %7.1f%s\n", scenario->name,
           100 * outcome.share / runs, outcome.design / runs, percent(outcome.interval, runs),
           percent(outcome.verdicts[EK_ROSE], runs), percent(outcome.verdicts[EK_FELL], runs),
           percent(outcome.verdicts[EK_NO_CHANGE_LARGER_THAN], runs),
           percent(outcome.verdicts[EK_CANNOT_TELL], runs), percent(outcome.naive, runs),
           good ? "" : "  NOT AS PROMISED");
    fflush(stdout);
    return good;
}

static void head(const char *title)
{
    printf("\n%-34s %6s %6s %8s %7s %7s %9s %7s %7s\n", title, "share%", "design", "interval",
           "rose", "fell", "no change", "cannot", "naive");
}

static const struct scenario nulls[] = {
    {"independent posts", 600, 400, 5, 0, 0, 0.1, 1, {0, 0}, false},
    {"threads have topics", 600, 400, 5, 0.1, 0, 0.05, 1, {0, 0}, false},
    {"authors have hobbies", 600, 400, 5, 0, 0.1, 0.05, 1, {0, 0}, false},
    {"both", 600, 400, 5, 0.1, 0.1, 0.05, 1, {0, 0}, false},
    {"both, few authors and threads", 120, 80, 8, 0.1, 0.1, 0.05, 1, {0, 0}, false},
    {"both, long threads", 600, 150, 30, 0.1, 0.1, 0.05, 1, {0, 0}, false},
    {"both, rare", 600, 400, 5, 0.02, 0.02, 0.005, 1, {0, 0}, false},
    {"both, frequent", 600, 400, 5, 0.3, 0.3, 0.2, 1, {0, 0}, false},
    {"both, many", 3000, 2000, 5, 0.1, 0.1, 0.05, 1, {0, 0}, false},
};
static const struct scenario powers[] = {
    {"later rate 0.5 of the earlier", 600, 400, 5, 0.1, 0.1, 0.05, 0.5, {0, 0}, false},
    {"later rate 0.7", 600, 400, 5, 0.1, 0.1, 0.05, 0.7, {0, 0}, false},
    {"later rate 1.25", 600, 400, 5, 0.1, 0.1, 0.05, 1.25, {0, 0}, false},
    {"later rate 1.5", 600, 400, 5, 0.1, 0.1, 0.05, 1.5, {0, 0}, false},
    {"later rate 2", 600, 400, 5, 0.1, 0.1, 0.05, 2, {0, 0}, false},
    {"later rate 1.25, many", 3000, 2000, 5, 0.1, 0.1, 0.05, 1.25, {0, 0}, false},
    {"later rate 1.5, many", 3000, 2000, 5, 0.1, 0.1, 0.05, 1.5, {0, 0}, false},
    {"later rate 2, rare", 600, 400, 5, 0.02, 0.02, 0.005, 2, {0, 0}, false},
    {"later rate 2, rare, many", 3000, 2000, 5, 0.02, 0.02, 0.005, 2, {0, 0}, false},
};
static const struct scenario drifts[] = {
    {"recall 0.9 and 0.9", 1500, 1000, 5, 0.1, 0.1, 0.05, 1, {0.9, 0.9}, false},
    {"recall 0.9, then 0.6", 1500, 1000, 5, 0.1, 0.1, 0.05, 1, {0.9, 0.6}, false},
    {"recall 0.5, then 0.9", 1500, 1000, 5, 0.1, 0.1, 0.05, 1, {0.5, 0.9}, false},
    {"recall 0.9, 0.6, rate 1.5", 1500, 1000, 5, 0.1, 0.1, 0.05, 1.5, {0.9, 0.6}, false},
    {"recall 0.9 and 0.9, validated", 1500, 1000, 5, 0.1, 0.1, 0.05, 1, {0.9, 0.9}, true},
    {"recall 0.9, then 0.6, validated", 1500, 1000, 5, 0.1, 0.1, 0.05, 1, {0.9, 0.6}, true},
    {"recall 0.5, then 0.9, validated", 1500, 1000, 5, 0.1, 0.1, 0.05, 1, {0.5, 0.9}, true},
    {"recall 0.9, 0.6, rate 1.5, validated", 1500, 1000, 5, 0.1, 0.1, 0.05, 1.5, {0.9, 0.6}, true},
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

int main(int argc, char **argv)
{
    static struct board board;
    uint32_t runs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
    board.random = argc > 2 ? strtoull(argv[2], NULL, 10) : 1945;
    bool good = true;
    if (runs == 0) {
        fputs("null_shift [RUNS [SEED]]\n", stderr);
        return 2;
    }
    printf("seed %" PRIu64 ", %u runs each; percent of runs\n", board.random, runs);
    head("null");
    for (size_t i = 0; i < COUNT(nulls); i++)
        good &= tell(&board, &nulls[i], runs, true);
    head("power");
    for (size_t i = 0; i < COUNT(powers); i++)
        tell(&board, &powers[i], runs, false);
    head("drift");
    for (size_t i = 0; i < COUNT(drifts); i++)
        good &= tell(&board, &drifts[i], runs, drifts[i].validated && drifts[i].factor == 1);
    return good ? 0 : 1;
}
