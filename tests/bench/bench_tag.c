/* bench_tag.c - tagging: posts a second beside a loop of PCRE2 a rule, RE2::Set and Hyperscan; what
 * loading rules costs; how it grows with rules; where the time goes; and the shipped rules.
 *
 * 200,000 posts (english.h), 200 regular expressions (tag.rules) and 1,000 of the same shapes with
 * rare words of the prose in place of theirs. All engines take turns on the same slices of posts
 * and the ratio is the median over slices; the loop of PCRE2, being slow, gets the first posts of
 * each slice. The engines' hits are compared, place by place, on what the loop got: ours must be
 * equal, RE2 and Hyperscan tell rules only, and how many (post, rule) they lose or invent is
 * printed. The others get curly quotes made straight, which ours does itself. Ours is the public
 * interface, with hits and their words made; times are of the processor.
 *
 * RE2::Set stands here twice. As it comes it begins its states anew many times (9 x); with 1 GiB
 * for them, which no reader of ours is given, it is 4.4 x as slow as ours and not 7 x. It says
 * which rules match and not where, so that a user of it would have to run those rules again. */
#include <stdbool.h>
#include <stdint.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/rules.h"
#include "ekbom/text.h"
#include "english.h"
#include "measure.h"
#include "rules/matcher.h"
#include "tag_peers.h"
#include "tag_rules.h"

#define POSTS 200000u
#define SLICES 15u
#define SLICE_POSTS 4000u
#define PEERS 3u
#define LOOP_POSTS 500u /* of a slice, for the loop of PCRE2 */

static struct english posts, straight, invented; /* straight: posts, for the peers */

/* Engines ----------------------------------------------------------------------------------- */

struct answer { /* of an engine on some posts */
    double seconds;
    uint64_t bytes, hits;
};

static struct ek_arena *scratch;
static pcre2_match_data *match_data;
static pcre2_match_context *match_context;

static void make_pcre(void)
{
    pcre2_jit_stack *stack = pcre2_jit_stack_create(32 << 10, 1 << 20, NULL);

    match_data = pcre2_match_data_create(1, NULL);
    match_context = pcre2_match_context_create(NULL);
    pcre2_jit_stack_assign(match_context, NULL, stack);
}

static void tag(struct ek_matcher *matcher, const struct english *from, size_t post,
                struct ek_tags *tags)
{
    struct ek_tag_input input = {.text = from->bytes + from->starts[post],
                                 .len = english_len(from, post)};
    struct ek_err err;

    ek_arena_reset(scratch);
    if (ek_matcher_tag(matcher, &input, scratch, tags, &err) != 0)
        give_up(err.message);
}

static struct answer ours(struct ek_matcher *matcher, const struct english *from, size_t first,
                          size_t count)
{
    struct answer answer = {.seconds = processor_seconds()};
    struct ek_tags tags;

    for (size_t post = first; post < first + count; post++) {
        tag(matcher, from, post, &tags);
        for (size_t i = 0; i < tags.treatment_count; i++)
            answer.hits += tags.treatments[i].hit_count;
        for (size_t i = 0; i < tags.theory_count; i++)
            answer.hits += tags.theories[i].hit_count;
        answer.bytes += english_len(from, post);
    }
    answer.seconds = processor_seconds() - answer.seconds;
    return answer;
}

/* Every match of one rule in a text, in order. */
static uint64_t match_rule(const pcre2_code *code, const char *text, size_t len,
                           void (*found)(void *context, size_t start, size_t end), void *context)
{
    const size_t *ends = pcre2_get_ovector_pointer(match_data);
    uint64_t hits = 0;
    size_t at = 0;

    while (at < len &&
           pcre2_jit_match(code, (PCRE2_SPTR)text, len, at, 0, match_data, match_context) >= 0) {
        if (found)
            found(context, ends[0], ends[1]);
        hits++;
        at = ends[1];
    }
    return hits;
}

static struct answer loop(const struct bench_rules *rules, const struct english *from, size_t first,
                          size_t count)
{
    struct answer answer = {.seconds = processor_seconds()};

    for (size_t post = first; post < first + count; post++) {
        const char *text = from->bytes + from->starts[post];
        size_t len = english_len(from, post);
        for (size_t r = 0; r < rules->count; r++)
            answer.hits += match_rule(rules->codes[r], text, len, NULL, NULL);
        answer.bytes += len;
    }
    answer.seconds = processor_seconds() - answer.seconds;
    return answer;
}

/* confirm: PCRE2 on what the peer says, for the places. */
static struct answer theirs(const struct tag_peer *peer, const struct bench_rules *rules,
                            bool confirm, size_t first, size_t count)
{
    struct answer answer = {.seconds = processor_seconds()};
    uint32_t matched[RULES_MOST];

    for (size_t post = first; post < first + count; post++) {
        const char *text = straight.bytes + straight.starts[post];
        size_t len = english_len(&straight, post), found = peer->match(text, len, matched);
        for (size_t i = 0; i < found && confirm; i++)
            answer.hits += match_rule(rules->codes[matched[i]], text, len, NULL, NULL);
        answer.hits += confirm ? 0 : found;
        answer.bytes += len;
    }
    answer.seconds = processor_seconds() - answer.seconds;
    return answer;
}

/* Equal hits -------------------------------------------------------------------------------- */

struct checking {
    const char *text;
    size_t rule;
    uint64_t sum;
};

static uint64_t mix(uint64_t rule, uint64_t start, uint64_t end)
{
    uint64_t hash = (rule * 1000003 + start) * 1000003 + end;

    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static void add_match(void *context, size_t start, size_t end)
{
    struct checking *checking = context;

    checking->sum += mix(checking->rule, ek_utf8_count(checking->text, start),
                         ek_utf8_count(checking->text, end));
}

static uint64_t sum_of_tags(const struct ek_tags *tags)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < tags->treatment_count; i++)
        for (size_t h = 0; h < tags->treatments[i].hit_count; h++) {
            const struct ek_hit *hit = &tags->treatments[i].hits[h];
            size_t line = strtoul(strchr(hit->rule, ':') + 1, NULL, 10);
            sum += mix(line - 2, hit->start, hit->end);
        }
    return sum;
}

struct difference { /* (post, rule) pairs */
    uint64_t matched, lost, invented;
};

static void compare_peer(const struct tag_peer *peer, const bool *wanted, size_t count, size_t post,
                         struct difference *difference)
{
    uint32_t matched[RULES_MOST];
    bool told[RULES_MOST] = {false};
    size_t found =
        peer->match(straight.bytes + straight.starts[post], english_len(&straight, post), matched);

    for (size_t i = 0; i < found; i++)
        told[matched[i]] = true;
    for (size_t r = 0; r < count; r++) {
        difference->matched += wanted[r];
        difference->lost += wanted[r] && !told[r];
        difference->invented += told[r] && !wanted[r];
    }
}

/* Posts whose hits differ from those of the loop. */
static uint64_t compare(const struct bench_rules *rules, const struct tag_peer *const *peers,
                        size_t peer_count, struct difference *differences, size_t first)
{
    uint64_t different = 0;

    for (size_t post = first; post < first + LOOP_POSTS; post++) {
        struct checking checking = {.text = straight.bytes + straight.starts[post]};
        bool wanted[RULES_MOST];
        struct ek_tags tags;
        for (size_t r = 0; r < rules->count; r++) {
            checking.rule = r;
            wanted[r] = match_rule(rules->codes[r], checking.text, english_len(&straight, post),
                                   add_match, &checking) > 0;
        }
        tag(rules->matcher, &posts, post, &tags);
        different += sum_of_tags(&tags) != checking.sum;
        for (size_t p = 0; p < peer_count; p++)
            compare_peer(peers[p], wanted, rules->count, post, &differences[p]);
    }
    return different;
}

/* The race ---------------------------------------------------------------------------------- */

static double per_byte(struct answer answer)
{
    return answer.seconds / (double)answer.bytes;
}

static double mean_length(void)
{
    return (double)posts.starts[posts.count] / (double)posts.count - 1;
}

/* Microseconds a post of average length. */
static double us(double second_per_byte)
{
    return second_per_byte * mean_length() * 1e6;
}

static void print_ratio(const char *name, size_t rules, const char *peer, double *mine,
                        double *others, const char *target)
{
    double ratios[SLICES];

    for (size_t s = 0; s < SLICES; s++)
        ratios[s] = others[s] / mine[s];
    printf("tag, %zu rules (us a post; peer: %s%s)\t%.2f\t%.2f\t%.1f\t%s\n", rules, peer, name,
           us(median(mine, SLICES)), us(median(others, SLICES)), median(ratios, SLICES), target);
}

struct targets {
    const char *loop, *re2, *hyperscan;
};

static void race(const struct bench_rules *rules, struct targets targets)
{
    static const struct tag_peer *const known[PEERS] = {&tag_re2, &tag_re2_roomy, &tag_hyperscan};
    const struct tag_peer *peers[PEERS];
    double mine[SLICES], plain[SLICES], other[PEERS][SLICES];
    struct difference differences[PEERS] = {{0}};
    uint64_t different = 0, hits = 0, compared = 0;
    size_t peer_count = 0;

    for (size_t p = 0; p < PEERS; p++) {
        if (known[p]->make(rules->patterns, rules->count))
            peers[peer_count++] = known[p];
        else
            printf("tag, %zu rules (peer: %s)\t-\tnot there\t-\t-\n", rules->count, known[p]->name);
    }
    for (size_t s = 0; s < SLICES; s++) {
        size_t first = s * (POSTS / SLICES);
        struct answer got = ours(rules->matcher, &posts, first, SLICE_POSTS);
        mine[s] = per_byte(got);
        hits += got.hits;
        plain[s] = per_byte(loop(rules, &straight, first, LOOP_POSTS));
        for (size_t p = 0; p < peer_count; p++)
            other[p][s] =
                per_byte(theirs(peers[p], rules, peers[p] == &tag_hyperscan, first, SLICE_POSTS));
        different += compare(rules, peers, peer_count, differences, first);
        compared += LOOP_POSTS;
    }
    print_ratio("", rules->count, "a loop of pcre2_jit_match a rule", mine, plain, targets.loop);
    for (size_t p = 0; p < peer_count; p++) {
        bool re2 = peers[p] != &tag_hyperscan;
        print_ratio(re2 ? ", which rules only" : " in bytes, PCRE2 for the places", rules->count,
                    peers[p]->name, mine, other[p], re2 ? targets.re2 : targets.hyperscan);
        printf("tag, %zu rules, %s: of %llu (post, rule) lost, invented\t%llu\t%llu\t-\t-\n",
               rules->count, peers[p]->name, (unsigned long long)differences[p].matched,
               (unsigned long long)differences[p].lost,
               (unsigned long long)differences[p].invented);
        peers[p]->drop();
    }
    printf("tag, %zu rules, posts with other hits than the loop, of %llu\t%llu\t-\t-\t0\n",
           rules->count, (unsigned long long)compared, (unsigned long long)different);
    printf("tag, %zu rules, hits a post\t%.2f\t-\t-\t-\n", rules->count,
           (double)hits / (SLICES * SLICE_POSTS));
    if (different)
        give_up("hits differ");
}

/* On posts that all speak of the illness. */
static void race_invented(const struct bench_rules *rules)
{
    struct answer mine = ours(rules->matcher, &invented, 0, invented.count), plain;

    mine = ours(rules->matcher, &invented, 0, invented.count);
    plain = loop(rules, &invented, 0, invented.count);
    printf("tag, %zu rules, posts of the sample alone, %.2f hits each (us a post; peer: the loop)"
           "\t%.2f\t%.2f\t%.1f\t-\n",
           rules->count, (double)mine.hits / (double)invented.count,
           mine.seconds * 1e6 / (double)invented.count,
           plain.seconds * 1e6 / (double)invented.count, plain.seconds / mine.seconds);
}

/* The whole corpus, by number of rules. */
static void grow(void)
{
    static const size_t counts[] = {50, 100, 200, 500, 1000};

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct bench_rules *rules = calloc(1, sizeof *rules);
        bench_rules_make(rules, counts[i]);
        struct answer all = ours(rules->matcher, &posts, 0, posts.count);
        printf("tag, %zu rules, %zu posts (us a post, MB/s)\t%.2f\t%.0f\t-\t-\n", counts[i],
               posts.count, us(per_byte(all)), (double)all.bytes / all.seconds / 1e6);
        bench_rules_drop(rules);
        free(rules);
    }
}

/* Steps ------------------------------------------------------------------------------------- */

/* The steps of ek_matcher_tag up to this one, for every post. */
static double until(struct ek_matcher *matcher, unsigned step, const struct english *from)
{
    double begun = processor_seconds();
    struct ek_tags tags;

    for (size_t post = 0; post < from->count; post++) {
        const char *text = from->bytes + from->starts[post];
        size_t len = english_len(from, post);
        if (step == 3)
            tag(matcher, from, post, &tags);
        else if (step == 2)
            matcher_read(matcher, text, len, NULL);
        else
            reading_open(&matcher->reading, text, len, NULL);
        if (step == 1)
            watch_text(&matcher->watch, &matcher->rules->triggers, matcher->reading.engine,
                       &matcher->reading.lowered);
    }
    return (processor_seconds() - begun) * 1e6 / (double)from->count;
}

static void print_steps(const char *name, struct ek_matcher *matcher, const struct english *from)
{
    static const char *const steps[] = {"lower case and normal form", "literals",
                                        "rules raised, text cut where they ask for it",
                                        "places decided, hits made"};
    double before = 0;

    for (unsigned step = 0; step < 4; step++) {
        double now = until(matcher, step, from);
        printf("tag, %s, step: %s (us a post)\t%.2f\t-\t-\t-\n", name, steps[step], now - before);
        before = now;
    }
}

static void pack(void)
{
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    struct ek_diagnostics diagnostics;
    struct ek_bundle bundle;
    struct ek_rules *rules;
    struct ek_err err;
    double begun;

    if (ek_bundle_load(&bundle, arena, "rules/rls", ".rules", &err) != 0)
        give_up(err.message);
    begun = processor_seconds();
    if (ek_rules_compile(&rules, &bundle, arena, &diagnostics, &err) != 0)
        give_up(err.message);
    printf("load the shipped rules (ms)\t%.1f\t-\t-\t-\n", (processor_seconds() - begun) * 1e3);
    struct ek_matcher *matcher = ek_matcher_new(rules, EK_ENGINE_FAST, &err);
    if (!matcher)
        give_up(err.message);
    struct answer all = ours(matcher, &posts, 0, posts.count);
    printf("tag, shipped rules with stance (us a post, posts/s)\t%.2f\t%.0f\t-\t-\n",
           us(per_byte(all)), (double)posts.count / all.seconds);
    all = ours(matcher, &invented, 0, invented.count);
    printf("tag, shipped rules with stance, posts of the sample alone (us a post, posts/s)"
           "\t%.2f\t%.0f\t-\t-\n",
           all.seconds * 1e6 / (double)invented.count, (double)invented.count / all.seconds);
    print_steps("shipped rules", matcher, &posts);
    ek_matcher_free(matcher);
    ek_rules_free(rules);
    ek_arena_free(arena);
}

int main(void)
{
    static struct bench_rules few, many;

    scratch = ek_arena_new(EK_ARENA_BYTES);
    make_pcre();
    size_t base_count = bench_rules_read();
    english_make(&posts, POSTS);
    english_straighten(&straight, &posts);
    english_invented(&invented);
    printf("tag, corpus: posts, bytes a post\t%u\t%.0f\t-\t-\n", POSTS, mean_length());
    bench_rules_make(&few, base_count);
    bench_rules_drop(&few); /* the first one pays for the pages */
    bench_rules_make(&few, base_count);
    printf("load %zu rules (ms; peer: PCRE2 compiles them, with machine code)\t%.2f\t%.2f\t%.2f\t"
           "<= 5\n",
           few.count, few.load * 1e3, few.load_pcre * 1e3, few.load / few.load_pcre);
    race(&few, (struct targets){">= 120", ">= 7", "-"});
    race_invented(&few);
    print_steps("200 rules", few.matcher, &posts);
    bench_rules_make(&many, RULES_MOST);
    race(&many, (struct targets){">= 300", "-", "-"});
    grow();
    pack();
    bench_rules_drop(&few);
    bench_rules_drop(&many);
    return 0;
}
