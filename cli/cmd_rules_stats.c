/* cmd_rules_stats.c - `ekbom rules stats`: what each rule does on the posts of the store.
 *
 * For each rule: the posts that it hits, its hits, the posts of its code that no other rule of the
 * code hits (what would be lost without it), and what it costs; rules that hit nothing stand there
 * with a nought. For each code: its posts, and the codes that stand in the same posts. With a code
 * named, drawn posts with the words that each rule found. */
#include <stdlib.h>
#include <string.h>

#include "cmd_rules.h"
#include "corpus.h"
#include "draw.h"
#include "ekbom/import.h"
#include "ekbom/rules.h"
#include "ekbom/rules_check.h"
#include "ekbom/text.h"
#include "output.h"

#define USUAL_EXAMPLES 20u
#define USUAL_SHOWN 3u /* of them, in a table */
#define COMPANIONS 6u  /* named beside a code in a table */
#define THOUSAND 1000.0

struct rule {
    const struct ek_rule_line *line;
    uint64_t posts, hits, only;
    uint64_t last; /* number of the post last counted */
    struct draw examples;
};

struct stats {
    struct cli *cli;
    struct corpus corpus;
    struct ek_bundle bundle;
    struct ek_rules *compiled;
    struct ek_matcher *matcher; /* for the cost: the readers do the tagging */
    const char *code;           /* only its rules; NULL: all */
    struct rule *rules;
    size_t rule_count;
    double *milliseconds; /* one a rule */
    const struct ek_code *codes;
    size_t code_count;
    uint64_t *together; /* posts with this code and that; with itself: its posts */
    uint64_t posts, tagged;
    size_t want;
    uint64_t seed;
};

/* Counting ------------------------------------------------------------------------------------ */

static struct rule *rule_of(struct stats *stats, const char *name)
{
    for (size_t i = 0; i < stats->rule_count; i++) {
        if (strcmp(stats->rules[i].line->rule, name) == 0)
            return &stats->rules[i];
    }
    return NULL;
}

static size_t code_of(const struct stats *stats, const char *name, bool treatment)
{
    size_t i = 0;
    while (i < stats->code_count &&
           (stats->codes[i].treatment != treatment || strcmp(stats->codes[i].code, name) != 0))
        i++;
    return i;
}

static void count_tag(struct stats *stats, const struct ek_tag *tag, uint64_t number)
{
    bool alone = true;
    for (size_t i = 1; i < tag->hit_count; i++)
        alone = alone && strcmp(tag->hits[i].rule, tag->hits[0].rule) == 0;
    for (size_t i = 0; i < tag->hit_count; i++) {
        struct rule *rule = rule_of(stats, tag->hits[i].rule);
        if (!rule)
            continue;
        rule->hits++;
        if (rule->last == number)
            continue;
        rule->last = number;
        rule->posts++;
        rule->only += alone;
        draw_offer(&rule->examples, number, 0);
    }
}

/* The code of the n-th tag, theories first. */
static size_t tagged_code(const struct stats *stats, const struct ek_tags *tags, size_t n)
{
    return n < tags->theory_count
               ? code_of(stats, tags->theories[n].code, false)
               : code_of(stats, tags->treatments[n - tags->theory_count].code, true);
}

static void count_together(struct stats *stats, const struct ek_tags *tags)
{
    size_t count = tags->theory_count + tags->treatment_count;
    for (size_t a = 0; a < count; a++) {
        size_t one = tagged_code(stats, tags, a);
        for (size_t b = 0; b < count && one < stats->code_count; b++) {
            size_t other = tagged_code(stats, tags, b);
            if (other < stats->code_count)
                stats->together[one * stats->code_count + other]++;
        }
    }
}

static int visit(void *context, const struct corpus_post *post, struct ek_err *err)
{
    struct stats *stats = context;
    const struct ek_tags *tags = post->tags[0];
    const struct ek_tag_input input = {.text = post->entry->post.text,
                                       .len = strlen(post->entry->post.text),
                                       .language = post->entry->language};
    stats->posts++;
    stats->tagged += tags->theory_count > 0;
    for (size_t i = 0; i < tags->theory_count; i++)
        count_tag(stats, &tags->theories[i], post->entry->number);
    for (size_t i = 0; i < tags->treatment_count; i++)
        count_tag(stats, &tags->treatments[i], post->entry->number);
    count_together(stats, tags);
    return ek_matcher_time(stats->matcher, &input, stats->milliseconds, err);
}

/* Printing: rules ----------------------------------------------------------------------------- */

enum { CODE, RULE, FILE_LINE, SOURCE, POSTS, SHARE, ONLY, HITS, COST, EXAMPLES, COLUMNS };
static const struct column columns[COLUMNS] = {
    [CODE] = {"code", NULL, COLUMN_GROUP},
    [RULE] = {"rule", NULL, 0},
    [FILE_LINE] = {"place", NULL, COLUMN_HIDDEN},
    [SOURCE] = {"source", NULL, COLUMN_WIDE},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [SHARE] = {"share", "%", COLUMN_RIGHT | COLUMN_PERCENT},
    [ONLY] = {"only", NULL, COLUMN_RIGHT},
    [HITS] = {"hits", NULL, COLUMN_RIGHT},
    [COST] = {"microseconds_a_post", "cost", COLUMN_RIGHT},
    [EXAMPLES] = {"examples", NULL, COLUMN_HIDDEN},
};

static bool asked_for(const struct stats *stats, const char *code)
{
    return !stats->code || strcmp(stats->code, code) == 0;
}

static json_t *examples_of(struct stats *stats, struct rule *rule)
{
    json_t *list = json_array();
    for (size_t i = 0; i < rule->examples.count; i++) {
        struct ek_entry entry;
        struct ek_err err;
        ek_arena_reset(stats->corpus.arena);
        if (ek_store_entry(stats->corpus.store, rule->examples.items[i].number, false,
                           stats->corpus.arena, &entry, &err) == 1)
            json_array_append_new(
                list, json_pack("{s:s, s:s}", "forum", entry.forum, "id", entry.post.id));
    }
    return list;
}

static void print_rule(struct stats *stats, struct output *output, size_t index)
{
    struct rule *rule = &stats->rules[index];
    struct ek_arena *arena = stats->cli->arena;
    double posts = (double)(stats->posts ? stats->posts : 1);
    double cost = THOUSAND * stats->milliseconds[index] / posts;
    draw_sort(&rule->examples);
    const struct value values[COLUMNS] = {
        [CODE] = text_value(rule->line->code),
        [RULE] = text_value(rule->line->rule),
        [FILE_LINE] = text_value(ek_printf(arena, "%s:%u", rule->line->file, rule->line->line)),
        [SOURCE] =
            text_value(rule_source(arena, &stats->bundle, rule->line->file, rule->line->line)),
        [POSTS] = integer_value((long long)rule->posts),
        [SHARE] = real_value((double)rule->posts / posts),
        [ONLY] = integer_value((long long)rule->only),
        [HITS] = integer_value((long long)rule->hits),
        [COST] = shown_as(real_value(cost), ek_printf(arena, "%.2f", cost)),
        [EXAMPLES] = json_value(examples_of(stats, rule)),
    };
    output_row(output, values);
}

/* Printing: codes ----------------------------------------------------------------------------- */

/* The code most often beside this one, of those not yet named; code_count if there is none. */
static size_t companion(const struct stats *stats, size_t code, const bool *named)
{
    size_t best = stats->code_count;
    uint64_t most = 0;
    for (size_t i = 0; i < stats->code_count; i++) {
        uint64_t together = stats->together[code * stats->code_count + i];
        if (i == code || named[i] || together <= most)
            continue;
        most = together;
        best = i;
    }
    return best;
}

static void print_code(struct stats *stats, struct output *output, json_t *list, size_t code)
{
    const uint64_t *row = stats->together + code * stats->code_count;
    struct ek_arena *arena = stats->cli->arena;
    bool *named = EK_NEW_ARRAY(arena, bool, stats->code_count + 1);
    json_t *with = json_object();
    double share = (double)row[code] / (double)(stats->posts ? stats->posts : 1);
    const char *line = ek_printf(arena, "%s: %llu posts, %.1f %%", stats->codes[code].code,
                                 (unsigned long long)row[code], 100 * share);
    for (size_t n = 0; named && n < stats->code_count; n++) {
        size_t other = companion(stats, code, named);
        if (other == stats->code_count)
            break;
        named[other] = true;
        json_object_set_new(with, stats->codes[other].code, json_integer((json_int_t)row[other]));
        if (n < COMPANIONS && line)
            line = ek_printf(arena, "%s%s %s %llu", line, n ? "," : "; beside it",
                             stats->codes[other].code, (unsigned long long)row[other]);
    }
    json_array_append_new(list,
                          json_pack("{s:s, s:I, s:f, s:o}", "code", stats->codes[code].code,
                                    "posts", (json_int_t)row[code], "share", share, "with", with));
    if (line)
        output_beside(output, NULL, NULL, line);
}

/* Printing: drawn posts ----------------------------------------------------------------------- */

/* What this rule found in a post, tagged once more, since only its number was kept. */
static const char *words_of(struct ek_arena *arena, const struct ek_tags *tags,
                            const struct rule *rule)
{
    for (size_t i = 0; i < tags->theory_count + tags->treatment_count; i++) {
        const struct ek_tag *tag =
            i < tags->theory_count ? &tags->theories[i] : &tags->treatments[i - tags->theory_count];
        for (size_t h = 0; h < tag->hit_count; h++) {
            if (strcmp(tag->hits[h].rule, rule->line->rule) == 0)
                return ek_squeeze(arena, tag->hits[h].text, strlen(tag->hits[h].text));
        }
    }
    return NULL;
}

static int print_drawn(struct stats *stats, struct output *output, const struct rule *rule,
                       struct ek_err *err)
{
    size_t shown = has(stats->cli, OPT_SAMPLE) ? stats->want : USUAL_SHOWN;
    for (size_t i = 0; i < rule->examples.count && i < shown; i++) {
        struct ek_entry entry;
        struct ek_tags tags;
        ek_arena_reset(stats->corpus.arena);
        if (ek_store_entry(stats->corpus.store, rule->examples.items[i].number, true,
                           stats->corpus.arena, &entry, err) != 1 ||
            ek_tag_entries(stats->corpus.pools[0], &entry, 1, stats->corpus.arena, &tags, err) != 0)
            return -1;
        const char *words = words_of(stats->corpus.arena, &tags, rule);
        output_beside(output, NULL, NULL,
                      ek_printf(stats->cli->arena, "  %s, post %s: \"%s\"", rule->line->rule,
                                entry.post.id, words ? words : ""));
    }
    return 0;
}

/* The whole ----------------------------------------------------------------------------------- */

static int print_stats(struct stats *stats)
{
    struct output *output = output_open(stats->cli, columns, COLUMNS);
    struct ek_err err;
    json_t *codes = json_array();
    int failed = 0;
    if (!output)
        return wrong_use("out of memory");
    output_headline(output,
                    "%llu posts, %llu with a theory. only: posts of the code that no other rule of "
                    "it hits;\ncost: microseconds a post",
                    (unsigned long long)stats->posts, (unsigned long long)stats->tagged);
    for (size_t i = 0; i < stats->rule_count; i++) {
        if (asked_for(stats, stats->rules[i].line->code))
            print_rule(stats, output, i);
    }
    output_beside(output, NULL, NULL, "");
    for (size_t i = 0; i < stats->code_count; i++) {
        if (asked_for(stats, stats->codes[i].code))
            print_code(stats, output, codes, i);
    }
    output_beside(output, "posts", json_integer((json_int_t)stats->posts), NULL);
    output_beside(output, "posts_with_theory", json_integer((json_int_t)stats->tagged), NULL);
    output_beside(output, "codes", codes, NULL);
    output_beside(output, "ruleset", json_string(stats->bundle.digest), NULL);
    for (size_t i = 0; i < stats->rule_count && stats->code && !failed; i++) {
        if (format_is(stats->cli, "table") && asked_for(stats, stats->rules[i].line->code))
            failed = print_drawn(stats, output, &stats->rules[i], &err);
    }
    int status = failed ? fail_with(&err) : stats->posts ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) ? EXIT_WRONG : status;
}

static int prepare(struct stats *stats, struct ek_err *err)
{
    const struct ek_rule_line *lines;
    struct ek_arena *arena = stats->cli->arena;
    struct ek_diagnostics diagnostics = {0};
    if (open_store(stats->cli, EK_STORE_READ, &stats->corpus.store, err) != 0 ||
        rules_in_force(stats->cli, stats->corpus.store, &stats->bundle, err) != 0 ||
        ek_rules_compile(&stats->compiled, &stats->bundle, arena, &diagnostics, err) != 0)
        return -1;
    stats->code_count = ek_rules_codes(stats->compiled, &stats->codes);
    size_t count = ek_rules_lines(stats->compiled, &lines);
    stats->together = EK_NEW_ARRAY(arena, uint64_t, stats->code_count * stats->code_count + 1);
    stats->milliseconds = EK_NEW_ARRAY(arena, double, count + 1);
    stats->rules = EK_NEW_ARRAY(arena, struct rule, count + 1);
    if (!stats->together || !stats->milliseconds || !stats->rules)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        stats->rules[i] = (struct rule){.line = &lines[i], .last = UINT64_MAX};
        if (draw_open(&stats->rules[i].examples, stats->want, stats->seed))
            return ek_fail_memory(err);
        stats->rule_count++;
    }
    stats->matcher = ek_matcher_new(stats->compiled, EK_ENGINE_FAST, err);
    return stats->matcher ? 0 : -1;
}

/* The code of the command line has to be one of the rules'. */
static int check_code(const struct stats *stats)
{
    const char **names = EK_NEW_ARRAY(stats->cli->arena, const char *, stats->code_count + 1);
    for (size_t i = 0; i < stats->code_count && names; i++) {
        names[i] = stats->codes[i].code;
        if (!stats->code || strcmp(stats->code, names[i]) == 0)
            return EXIT_DONE;
    }
    const char *near = names ? ek_nearest(stats->code, names, stats->code_count) : NULL;
    return near ? wrong_use("the rules define no %s; did you mean %s?", stats->code, near)
                : wrong_use("the rules define no %s; `ekbom rules list` has their codes",
                            stats->code);
}

static int run(struct stats *stats, const struct ek_selection *selection)
{
    struct ek_err err;
    if (prepare(stats, &err) != 0)
        return fail_with(&err);
    int status = check_code(stats);
    if (status != EXIT_DONE)
        return status;
    if (corpus_open(&stats->corpus, stats->cli, &stats->bundle, 1, &err) != 0 ||
        ek_selection_check(stats->corpus.store, selection, &err) != 0 ||
        corpus_each(&stats->corpus, selection, visit, stats, &err) != 0)
        return fail_with(&err);
    return print_stats(stats);
}

int rules_stats(struct cli *cli)
{
    struct stats stats = {.cli = cli, .code = cli->argument_count > 1 ? cli->arguments[1] : NULL};
    struct ek_selection selection;
    int status = read_selection(cli, &selection);
    if (status == 0)
        status = read_draw(cli, USUAL_EXAMPLES, &stats.want, &stats.seed);
    if (status == 0)
        status = run(&stats, &selection);
    corpus_close(&stats.corpus);
    for (size_t i = 0; i < stats.rule_count; i++)
        draw_close(&stats.rules[i].examples);
    ek_matcher_free(stats.matcher);
    ek_rules_free(stats.compiled);
    return status;
}
