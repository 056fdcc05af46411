/* cmd_rules_stats.c - `ekbom rules stats`: what each rule does on the posts of the store.
 *
 * For each rule: posts that it hits, its hits, posts of its code that no other rule of the code
 * hits (what would be lost without it), and how often other codes stand in the same posts. */
#include <stdlib.h>
#include <string.h>

#include "cmd_rules.h"
#include "corpus.h"
#include "draw.h"
#include "ekbom/rules.h"
#include "ekbom/text.h"
#include "output.h"

struct rule {
    const char *name; /* "bid:14", as hits have it */
    const char *code;
    uint64_t posts, hits, only;
    uint64_t last; /* number of the post last counted */
    struct draw examples;
};

struct stats {
    struct cli *cli;
    struct corpus corpus;
    struct ek_bundle bundle;
    const char *theory; /* only its rules; NULL: all */
    struct rule *rules;
    size_t count, cap;
    uint64_t posts, tagged;
    size_t want;
    uint64_t seed;
};

static struct rule *rule_of(struct stats *stats, const char *name, const char *code)
{
    for (size_t i = 0; i < stats->count; i++) {
        if (strcmp(stats->rules[i].name, name) == 0)
            return &stats->rules[i];
    }
    if (stats->count == stats->cap) {
        size_t cap = stats->cap ? 2 * stats->cap : 256;
        struct rule *rules = realloc(stats->rules, cap * sizeof *rules);
        if (!rules)
            return NULL;
        stats->rules = rules;
        stats->cap = cap;
    }
    struct rule *rule = &stats->rules[stats->count];
    *rule = (struct rule){.name = ek_strdup(stats->cli->arena, name),
                          .code = ek_strdup(stats->cli->arena, code),
                          .last = UINT64_MAX};
    if (!rule->name || !rule->code || draw_open(&rule->examples, stats->want, stats->seed))
        return NULL;
    stats->count++;
    return rule;
}

static int count_tag(struct stats *stats, const struct ek_tag *tag, uint64_t number)
{
    bool alone = true;
    for (size_t i = 1; i < tag->hit_count; i++)
        alone = alone && strcmp(tag->hits[i].rule, tag->hits[0].rule) == 0;
    for (size_t i = 0; i < tag->hit_count; i++) {
        struct rule *rule = rule_of(stats, tag->hits[i].rule, tag->code);
        if (!rule)
            return -1;
        rule->hits++;
        if (rule->last == number)
            continue;
        rule->last = number;
        rule->posts++;
        rule->only += alone;
        draw_offer(&rule->examples, number, 0);
    }
    return 0;
}

static bool asked_for(const struct stats *stats, const char *code)
{
    return !stats->theory || strcmp(stats->theory, code) == 0;
}

static int visit(void *context, const struct corpus_post *post, struct ek_err *err)
{
    struct stats *stats = context;
    const struct ek_tags *tags = post->tags[0];
    stats->posts++;
    stats->tagged += tags->theory_count > 0;
    for (size_t i = 0; i < tags->theory_count; i++) {
        if (asked_for(stats, tags->theories[i].code) &&
            count_tag(stats, &tags->theories[i], post->entry->number))
            return ek_fail_memory(err);
    }
    for (size_t i = 0; i < tags->treatment_count; i++) {
        if (asked_for(stats, tags->treatments[i].code) &&
            count_tag(stats, &tags->treatments[i], post->entry->number))
            return ek_fail_memory(err);
    }
    return 0;
}

/* Printing ------------------------------------------------------------------------------------ */

enum { CODE, RULE, FILE_LINE, SOURCE, POSTS, SHARE, ONLY, HITS, EXAMPLES, COLUMNS };
static const struct column columns[COLUMNS] = {
    [CODE] = {"code", NULL, COLUMN_GROUP},
    [RULE] = {"rule", NULL, 0},
    [FILE_LINE] = {"place", NULL, COLUMN_HIDDEN},
    [SOURCE] = {"source", NULL, COLUMN_WIDE},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [SHARE] = {"share", "%", COLUMN_RIGHT | COLUMN_PERCENT},
    [ONLY] = {"only", NULL, COLUMN_RIGHT},
    [HITS] = {"hits", NULL, COLUMN_RIGHT},
    [EXAMPLES] = {"examples", NULL, COLUMN_HIDDEN},
};

static unsigned line_of(const char *rule)
{
    const char *colon = strrchr(rule, ':');
    return colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

static int by_place(const void *left, const void *right)
{
    const struct rule *a = left, *b = right;
    int code = strcmp(a->code, b->code);
    unsigned line_a = line_of(a->name), line_b = line_of(b->name);
    return code ? code : (line_a > line_b) - (line_a < line_b);
}

/* The file that defines a code, and one of its lines. */
static const char *file_of(const struct ek_code *codes, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(codes[i].code, code) == 0)
            return codes[i].file;
    }
    return NULL;
}

static const char *source_of(struct stats *stats, const char *file, unsigned line)
{
    const struct ek_file *found = file ? ek_bundle_find(&stats->bundle, file) : NULL;
    const char *at = found ? found->text : NULL;
    while (at && line-- > 1) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    return at ? ek_squeeze(stats->cli->arena, at, strcspn(at, "\n")) : NULL;
}

static json_t *examples_of(struct stats *stats, struct rule *rule)
{
    json_t *list = json_array();
    draw_sort(&rule->examples);
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

static void print_rule(struct stats *stats, struct output *output, const struct ek_code *codes,
                       size_t count, struct rule *rule)
{
    const char *file = file_of(codes, count, rule->code);
    unsigned line = line_of(rule->name);
    const struct value values[COLUMNS] = {
        [CODE] = text_value(rule->code),
        [RULE] = text_value(rule->name),
        [FILE_LINE] = text_value(ek_printf(stats->cli->arena, "%s:%u", file ? file : "", line)),
        [SOURCE] = text_value(source_of(stats, file, line)),
        [POSTS] = integer_value((long long)rule->posts),
        [SHARE] = real_value((double)rule->posts / (double)stats->posts),
        [ONLY] = integer_value((long long)rule->only),
        [HITS] = integer_value((long long)rule->hits),
        [EXAMPLES] = json_value(examples_of(stats, rule)),
    };
    output_row(output, values);
}

static int print_stats(struct stats *stats, const struct ek_rules *rules)
{
    const struct ek_code *codes;
    size_t count = ek_rules_codes(rules, &codes);
    struct output *output = output_open(stats->cli, columns, COLUMNS);
    if (!output)
        return wrong_use("out of memory");
    output_headline(output,
                    "%llu posts, %llu with a theory. only: posts of the code that no other rule of "
                    "it hits",
                    (unsigned long long)stats->posts, (unsigned long long)stats->tagged);
    if (stats->count)
        qsort(stats->rules, stats->count, sizeof *stats->rules, by_place);
    for (size_t i = 0; i < stats->count; i++)
        print_rule(stats, output, codes, count, &stats->rules[i]);
    output_beside(output, "posts", json_integer((json_int_t)stats->posts), NULL);
    output_beside(output, "posts_with_theory", json_integer((json_int_t)stats->tagged), NULL);
    output_beside(output, "ruleset", json_string(stats->bundle.digest), NULL);
    return output_close(output) ? EXIT_WRONG : stats->count ? EXIT_DONE : EXIT_NOTHING;
}

static int run(struct stats *stats, const struct ek_selection *selection)
{
    struct ek_err err;
    struct ek_rules *rules = NULL;
    struct ek_diagnostics diagnostics = {0};
    int status;
    if (load_rules(stats->cli, &stats->bundle, &err) != 0 ||
        ek_rules_compile(&rules, &stats->bundle, stats->cli->arena, &diagnostics, &err) != 0 ||
        corpus_open(&stats->corpus, stats->cli, &stats->bundle, 1, &err) != 0 ||
        ek_selection_check(stats->corpus.store, selection, &err) != 0 ||
        corpus_each(&stats->corpus, selection, visit, stats, &err) != 0)
        status = fail_with(&err);
    else
        status = print_stats(stats, rules);
    ek_rules_free(rules);
    return status;
}

int rules_stats(struct cli *cli)
{
    struct stats stats = {.cli = cli, .theory = cli->argument_count > 1 ? cli->arguments[1] : NULL};
    struct ek_selection selection;
    int status = read_selection(cli, &selection);
    if (status == 0)
        status = read_draw(cli, 20, &stats.want, &stats.seed);
    if (status == 0)
        status = run(&stats, &selection);
    corpus_close(&stats.corpus);
    for (size_t i = 0; i < stats.count; i++)
        draw_close(&stats.rules[i].examples);
    free(stats.rules);
    return status;
}
