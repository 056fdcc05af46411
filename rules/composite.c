/* composite.c - rules that join theories: ppi & bid within 2 sentences.
 *
 * A claim that ties two theories together ("the acid drug took my iron") is a theory of its own,
 * and its words are theirs. Such a rule names codes; the places of a code are the hits of its rules
 * in a text in which it is given, so that its not, unless and score are obeyed. A code stands for
 * those below it too: bid for bid/transport. A rule names no code that is joined itself; that keeps
 * what rests on what one step deep and free of circles. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"
#include "rules/compiler.h"
#include "rules/matcher.h"
#include "rules/statement.h"

/* Names, while files are read ------------------------------------------------------------------ */

uint32_t code_node(struct scanner *scanner, const struct lexeme *name)
{
    struct compiler *compiler = scanner->compiler;
    struct ek_rules *rules = compiler->rules;
    struct named_code named = {*scanner, name->text, 0};

    if (!is_name(name, true)) {
        if (name->kind != LEXEME_BAD)
            report(scanner, EK_ERROR, name->text,
                   "& joins the codes of theories: ppi & bid; for the sign itself write \"&\"");
        return NO_NODE;
    }
    while (named.mention < rules->mentions.count &&
           (strlen(rules->mentions.items[named.mention].name) != name->len ||
            memcmp(rules->mentions.items[named.mention].name, name->text, name->len) != 0))
        named.mention++;
    if (named.mention == rules->mentions.count)
        VECTOR_PUSH(&rules->mentions,
                    (struct mention){.name = copy_text(scanner, name->text, name->len)});
    VECTOR_PUSH(&compiler->named, named);
    if (rules->mentions.failed || compiler->named.failed) {
        compiler->no_memory = true;
        return NO_NODE;
    }
    return node_leaf(&compiler->nodes, NODE_CODE, named.mention);
}

/* Is it this code, or one below it? */
static bool is_of(const struct code *code, const char *name)
{
    size_t len = strlen(name);

    return strncmp(code->shown.code, name, len) == 0 &&
           (code->shown.code[len] == '\0' || code->shown.code[len] == '/');
}

static void fill(struct compiler *compiler, struct mention *mention)
{
    struct ek_rules *rules = compiler->rules;

    mention->codes = (uint32_t)rules->mentioned.count;
    for (uint32_t i = 0; i < rules->codes.count; i++)
        if (!rules->codes.items[i].composite && is_of(&rules->codes.items[i], mention->name))
            VECTOR_PUSH(&rules->mentioned, i);
    mention->count = (uint32_t)rules->mentioned.count - mention->codes;
    compiler->no_memory = compiler->no_memory || rules->mentioned.failed;
}

static void report_no_code(struct compiler *compiler, const struct named_code *named,
                           const char *name)
{
    struct ek_rules *rules = compiler->rules;
    VECTOR(const char *) names = {0};
    const char *near = NULL;

    for (size_t i = 0; i < rules->codes.count; i++)
        VECTOR_PUSH(&names, rules->codes.items[i].shown.code);
    if (!names.failed)
        near = ek_nearest(name, names.items, names.count);
    report(&named->scanner, EK_ERROR, named->at,
           near ? "there is no theory or treatment %s; did you mean %s?"
                : "there is no theory or treatment %s; & joins the codes of theories%s",
           name, near ? near : "");
    VECTOR_FREE(&names);
}

void resolve_codes(struct compiler *compiler)
{
    struct ek_rules *rules = compiler->rules;

    for (size_t i = 0; i < rules->mentions.count; i++)
        fill(compiler, &rules->mentions.items[i]);
    for (size_t i = 0; i < compiler->named.count && !compiler->no_memory; i++) {
        const struct named_code *named = &compiler->named.items[i];
        const char *name = rules->mentions.items[named->mention].name;
        const struct code *there = NULL;
        for (size_t c = 0; c < rules->codes.count && !there; c++)
            if (strcmp(rules->codes.items[c].shown.code, name) == 0)
                there = &rules->codes.items[c];
        if (!there)
            report_no_code(compiler, named, name);
        else if (there->composite)
            report(&named->scanner, EK_ERROR, named->at,
                   "%s is joined of other theories itself; name those", name);
    }
}

/* Places in a text ------------------------------------------------------------------------------
 */

bool code_raised(const struct ek_matcher *matcher, const struct node *node)
{
    const struct ek_rules *rules = matcher->rules;
    const struct mention *mention = &rules->mentions.items[node->item];

    for (uint32_t i = 0; i < mention->count; i++) {
        const struct code *code = &rules->codes.items[rules->mentioned.items[mention->codes + i]];
        if (matcher_raised(matcher, code->rank) < code->rank + code->rule_count)
            return true;
    }
    return false;
}

/* Decide what a code rests on; false if it is not given in this text. */
static bool is_given(struct ek_matcher *matcher, const struct code *code, const char **limit)
{
    const struct ek_rules *rules = matcher->rules;
    uint32_t end = code->rank + code->rule_count;
    double score = 0;

    find_cancelled(matcher, code);
    for (uint32_t r = matcher_raised(matcher, code->rank); r < end;
         r = matcher_raised(matcher, r + 1)) {
        const struct rule *rule = &rules->rules.items[rules->ranked[r]];
        struct spans spans = matcher_decide(matcher, rule->node);
        uint32_t s = 0;
        if (!*limit)
            *limit = matcher_limit(matcher, rule->node);
        while (s < spans.count && is_cancelled(matcher, *span_at(matcher, spans, s)))
            s++;
        score += s < spans.count ? rule->weight : 0;
    }
    return score >= code->threshold &&
           (code->unless_node == NO_NODE || matcher_decide(matcher, code->unless_node).count == 0);
}

/* What is_given has decided, and its not clauses found. */
static void push_hits(struct ek_matcher *matcher, const struct code *code)
{
    const struct ek_rules *rules = matcher->rules;
    uint32_t end = code->rank + code->rule_count;

    for (uint32_t r = matcher_raised(matcher, code->rank); r < end;
         r = matcher_raised(matcher, r + 1)) {
        struct spans spans = matcher_decide(matcher, rules->rules.items[rules->ranked[r]].node);
        for (uint32_t s = 0; s < spans.count; s++) {
            struct span span = *span_at(matcher, spans, s);
            if (!is_cancelled(matcher, span))
                push_span(matcher, span);
        }
    }
}

struct spans decide_code(struct ek_matcher *matcher, const struct node *node, const char **limit)
{
    const struct ek_rules *rules = matcher->rules;
    const struct mention *mention = &rules->mentions.items[node->item];
    size_t start;

    /* All is decided before places are pushed: a node's places lie side by side. */
    for (uint32_t i = 0; i < mention->count; i++)
        is_given(matcher, &rules->codes.items[rules->mentioned.items[mention->codes + i]], limit);
    start = matcher->spans.count;
    for (uint32_t i = 0; i < mention->count; i++) {
        const struct code *code = &rules->codes.items[rules->mentioned.items[mention->codes + i]];
        if (is_given(matcher, code, limit))
            push_hits(matcher, code);
    }
    return settle_spans(matcher, start);
}
