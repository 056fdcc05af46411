/* explain.h - why a post was tagged as it was, and why not otherwise. */
#ifndef EKBOM_EXPLAIN_H
#define EKBOM_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

struct ek_arena;
struct ek_code;
struct ek_err;
struct ek_matcher;
struct ek_tag;
struct ek_tag_input;
struct ek_tags;

enum ek_reason { /* what became of a rule, the nearest to a hit first */
                 EK_REASON_HIT,
                 EK_REASON_CANCELLED, /* a `not` of the code stands on the same words */
                 EK_REASON_FORBIDDEN, /* what `without` rules out is there */
                 EK_REASON_CONTEXT,   /* what `with` asks for is not in its scope */
                 EK_REASON_APART,     /* both parts of near or then are there, not within reach */
                 EK_REASON_MISSING,   /* one part is there, the other is not */
                 EK_REASON_LIMIT,     /* the rule reached a limit: undetermined */
                 EK_REASON_NONE,
                 EK_REASONS
};
extern const char *const ek_reason_names[]; /* ends with NULL */

struct ek_rule_story {
    const char *rule; /* "bid:14" */
    unsigned line;
    double weight;
    enum ek_reason reason;
    const char *words; /* found for it */
    const char *other; /* that cancelled it, or stood too far away; NULL */
    const char *need;  /* what failed: "near/6 (low | poor)"; NULL unless a condition did */
};

struct ek_code_story {
    const struct ek_code *code;
    const struct ek_tag *tag; /* as given; NULL: not given */
    double score, threshold;
    bool in_quote_only;
    const char *unless;          /* words of the post that `unless` names, or NULL */
    struct ek_rule_story *rules; /* that hit or came near, nearest first */
    size_t rule_count;
};

/* Stories of every code, in the order of their names; the tags beside them. Everything is in the
 * arena. The matcher should be of EK_ENGINE_NAIVE, which looks at every part of every rule. 0, -1
 * as ek_matcher_tag. */
int ek_matcher_explain(struct ek_matcher *matcher, const struct ek_tag_input *input,
                       struct ek_arena *arena, struct ek_tags *tags, struct ek_code_story **stories,
                       size_t *count, struct ek_err *err);

#endif
