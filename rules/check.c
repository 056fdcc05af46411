/* check.c - what can be said against rules that compile: see ekbom/rules_check.h.
 *
 * Compiling warns of blocks without examples and of regular expressions that run over every post.
 * This looks at the rules at work: which of them the examples of their block hit, which another
 * rule makes needless (subsume.c), which wait for words that every third post has, and how long
 * each can be held up (attack.c). What is measured depends on the machine; the bound is beyond what
 * sound rules take. */
#include "rules/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "rules/compiler.h"
#include "rules/matcher.h"
#include "rules/rarity.h"

#define LONG_MILLISECONDS 5.0    /* on one attack: more than twice what any sound rule takes */
#define COMMON_IN_MILLION 2500.0 /* words: what every third post of a hundred words has */

struct checker {
    const struct ek_rules *rules;
    const struct ek_bundle *bundle;
    struct ek_arena *arena;
    VECTOR(struct ek_diagnostic) warnings;
    bool *tested;                     /* one a rule: an example of its block has it hit */
    bool *not_tested, *unless_tested; /* one a code: its not and unless are there in an example */
};

static void warn(struct checker *checker, const char *kind, const struct code *code, uint32_t line,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

static void warn(struct checker *checker, const char *kind, const struct code *code, uint32_t line,
                 const char *format, ...)
{
    struct ek_diagnostic warning =
        diagnostic_of_line(checker->bundle, checker->arena, code->shown.file, line);
    char message[600];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    warning.severity = EK_WARNING;
    warning.kind = kind;
    warning.message = ek_strdup(checker->arena, message);
    if (warning.message)
        VECTOR_PUSH(&checker->warnings, warning);
    checker->warnings.failed = checker->warnings.failed || !warning.message;
}

/* Examples --------------------------------------------------------------------------------------
 */

static bool is_there(struct ek_matcher *matcher, uint32_t node)
{
    return node != NO_NODE && matcher_decide(matcher, node).count > 0;
}

/* What of the example's own block stands in it. A rule counts though a `not` takes it back: that is
 * what the example is for. */
static void note_hits(struct checker *checker, struct ek_matcher *matcher,
                      const struct example *example)
{
    const struct ek_rules *rules = checker->rules;
    const struct code *code = &rules->codes.items[example->code];
    uint32_t end = code->rank + code->rule_count;

    for (uint32_t r = matcher_raised(matcher, code->rank); r < end;
         r = matcher_raised(matcher, r + 1))
        if (is_there(matcher, rules->rules.items[rules->ranked[r]].node))
            checker->tested[rules->ranked[r]] = true;
    if (matcher_raised(matcher, code->rank) >= end) /* the text may not be cut */
        return;
    checker->not_tested[example->code] =
        checker->not_tested[example->code] || is_there(matcher, code->not_node);
    checker->unless_tested[example->code] =
        checker->unless_tested[example->code] || is_there(matcher, code->unless_node);
}

static int try_examples(struct checker *checker, struct ek_err *err)
{
    const struct ek_rules *rules = checker->rules;
    struct ek_matcher *matcher = ek_matcher_new(rules, EK_ENGINE_FAST, err);
    int result = matcher ? 0 : -1;

    for (size_t i = 0; i < rules->examples.count && result == 0; i++) {
        struct ek_tag_input input = {0};
        if (example_post(rules->examples.items[i].text, checker->arena, &input) < 0)
            result = ek_fail_memory(err);
        else if ((result = matcher_read(matcher, input.text, input.len, err)) == 0)
            note_hits(checker, matcher, &rules->examples.items[i]);
    }
    ek_matcher_free(matcher);
    return result;
}

/* Warnings --------------------------------------------------------------------------------------
 */

/* About how often in a million words a literal stands: as its rarest word does. */
static double literal_frequency(const struct literal *literal)
{
    double least = 1e6, frequency;

    for (size_t at = 0; at < literal->len;) {
        size_t from = at;
        while (at < literal->len && is_word_code((unsigned char)literal->text[at]))
            at++;
        if (at > from) {
            bool open = at == literal->len && !(literal->flags & LITERAL_RIGHT);
            frequency = word_frequency(literal->text + from, at - from, open);
            least = frequency < least ? frequency : least;
        }
        at += at == from;
    }
    return least;
}

/* ... and about how often what leads to this regular expression. */
static double pattern_frequency(const struct pattern *pattern)
{
    double least = 1e6, all;

    for (uint32_t n = 0; n < pattern->need_count; n++) {
        all = 0;
        for (uint32_t l = 0; l < pattern->needs[n].count; l++)
            all += literal_frequency(&pattern->needs[n].literals[l]);
        least = all < least ? all : least;
    }
    return least;
}

/* The commonest regular expression that stands alone, or as an alternative. 0: there is none. */
static double regex_frequency(const struct ek_rules *rules, uint32_t number)
{
    const struct node *node = &rules->nodes.items[number];
    double most = 0, one;

    if (node->kind == NODE_REGEX) {
        const struct pattern *pattern = &rules->patterns.items.items[node->item];
        return pattern->need_count ? pattern_frequency(pattern) : 0;
    }
    for (uint32_t c = 0; node->kind == NODE_EITHER && c < node->child_count; c++) {
        one = regex_frequency(rules, rules->children.items[node->children + c]);
        most = one > most ? one : most;
    }
    return most;
}

static bool is_always_looked_at(const struct ek_rules *rules, uint32_t number)
{
    for (size_t i = 0; i < rules->always.count; i++)
        if (rules->always.items[i] == number)
            return true;
    return false;
}

/* A block without any examples was told so once, when it was compiled. */
static void warn_of_untested(struct checker *checker, const struct code *code, uint32_t number)
{
    const struct rule *rule = &checker->rules->rules.items[number];

    if (code->example_count && !checker->tested[number])
        warn(checker, "never-tested", code, rule->line,
             "no example of %s is hit by this rule; write below test: yes, and a sentence that it "
             "is for",
             code->shown.code);
}

static void warn_of_subsumed(struct checker *checker, const struct code *code, uint32_t number)
{
    const struct rule *rule = &checker->rules->rules.items[number];
    uint32_t other = subsuming_rule(checker->rules, number);

    if (other != NO_RULE)
        warn(checker, "subsumed", code, rule->line,
             "wherever this rule finds something line %u does too, and that is enough for %s; "
             "leave this line out",
             checker->rules->rules.items[other].line, code->shown.code);
}

static void warn_of_common(struct checker *checker, const struct code *code, uint32_t number)
{
    const struct rule *rule = &checker->rules->rules.items[number];

    double frequency = regex_frequency(checker->rules, rule->node);

    if (is_always_looked_at(checker->rules, number) &&
        checker->rules->nodes.items[rule->node].kind != NODE_REGEX)
        warn(checker, "no-literal", code, rule->line,
             "one of these phrases has no word of three letters or more, so every post is looked "
             "through for it; name a longer word that must be there");
    if (frequency > COMMON_IN_MILLION)
        warn(checker, "slow", code, rule->line,
             "the words that lead to this regular expression are very common (about %.0f in a "
             "thousand words), so it runs over many posts; name a rarer word that must be there",
             frequency / 1000);
}

static void warn_of_attack(struct checker *checker, const struct code *code, uint32_t number,
                           const struct ek_attack *attack)
{
    const struct rule *rule = &checker->rules->rules.items[number];
    const char *shown = ek_squeeze(checker->arena, attack->text, strlen(attack->text));

    if (attack->undetermined)
        warn(
            checker, "attack", code, rule->line,
            "posts can be written that this rule gives up on (undetermined), such as \"%.80s...\"; "
            "repeat nothing inside a repetition, and set a bound: .{0,40}",
            shown ? shown : "");
    else if (attack->milliseconds > LONG_MILLISECONDS)
        warn(checker, "attack", code, rule->line,
             "a post of %lu bytes can hold this rule up for %.1f milliseconds: \"%.80s...\"; set "
             "a bound to what it repeats: .{0,40}",
             attack->bytes, attack->milliseconds, shown ? shown : "");
}

static void warn_of_code(struct checker *checker, uint32_t number)
{
    const struct code *code = &checker->rules->codes.items[number];

    if (code->example_count && code->not_node != NO_NODE && !checker->not_tested[number])
        warn(checker, "never-tested", code, code->not_line,
             "no example of %s shows this not at work; write below test: no, and a sentence that "
             "a rule would find without it",
             code->shown.code);
    if (code->example_count && code->unless_node != NO_NODE && !checker->unless_tested[number])
        warn(checker, "never-tested", code, code->unless_line,
             "no example of %s shows this unless at work; write below test: no, and a sentence "
             "that a rule would find without it",
             code->shown.code);
}

static void warn_of_all(struct checker *checker, const struct ek_attack *attacks)
{
    const struct ek_rules *rules = checker->rules;

    for (uint32_t i = 0; i < rules->rules.count; i++) {
        const struct code *code = &rules->codes.items[rules->rules.items[i].code];
        warn_of_untested(checker, code, i);
        warn_of_subsumed(checker, code, i);
        warn_of_common(checker, code, i);
        warn_of_attack(checker, code, i, &attacks[i]);
    }
    for (uint32_t i = 0; i < rules->codes.count; i++)
        warn_of_code(checker, i);
}

/* The report ------------------------------------------------------------------------------------
 */

static int by_place(const void *left, const void *right)
{
    const struct ek_diagnostic *a = left, *b = right;
    int file = strcmp(a->file, b->file);

    if (file)
        return file;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(a->message, b->message);
}

static int slowest_first(const void *left, const void *right)
{
    const struct ek_attack *a = left, *b = right;

    return (a->milliseconds < b->milliseconds) - (a->milliseconds > b->milliseconds);
}

static int fill(struct checker *checker, struct ek_attack *attacks, struct ek_rules_report *report,
                struct ek_err *err)
{
    const struct ek_rules *rules = checker->rules;
    size_t count = checker->warnings.count;

    report->warnings.items = EK_NEW_ARRAY(checker->arena, struct ek_diagnostic, count + 1);
    if (checker->warnings.failed || !report->warnings.items)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        report->warnings.items[i] = checker->warnings.items[i];
    report->warnings.count = count;
    qsort(report->warnings.items, count, sizeof *report->warnings.items, by_place);
    qsort(attacks, rules->rules.count, sizeof *attacks, slowest_first);
    report->attacks = attacks;
    report->rule_count = rules->rules.count;
    for (size_t i = 0; i < rules->rules.count; i++)
        report->untested += !checker->tested[i];
    return 0;
}

int ek_rules_check(const struct ek_rules *rules, const struct ek_bundle *bundle,
                   const struct ek_diagnostics *compiled, struct ek_arena *arena,
                   struct ek_rules_report *report, struct ek_err *err)
{
    struct checker checker = {.rules = rules, .bundle = bundle, .arena = arena};
    struct ek_attack *attacks = EK_NEW_ARRAY(arena, struct ek_attack, rules->rules.count + 1);
    int result = -1;

    *report = (struct ek_rules_report){0};
    checker.tested = EK_NEW_ARRAY(arena, bool, rules->rules.count + 1);
    checker.not_tested = EK_NEW_ARRAY(arena, bool, rules->codes.count + 1);
    checker.unless_tested = EK_NEW_ARRAY(arena, bool, rules->codes.count + 1);
    if (!attacks || !checker.tested || !checker.not_tested || !checker.unless_tested)
        return ek_fail_memory(err);
    for (size_t i = 0; i < compiled->count; i++)
        VECTOR_PUSH(&checker.warnings, compiled->items[i]);
    if (try_examples(&checker, err) == 0 && attack_rules(rules, arena, attacks, err) == 0) {
        warn_of_all(&checker, attacks);
        result = fill(&checker, attacks, report, err);
    }
    VECTOR_FREE(&checker.warnings);
    return result;
}
