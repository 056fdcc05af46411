/* matcher.h - a rule set at work on one text: which nodes are there, and where.
 *
 * matcher.c reads the text and finds the leaves, evaluate.c decides conditions when asked for,
 * naive.c finds the leaves in the plain way, tag.c and stance.c make tags of what was found. */
#ifndef RULES_MATCHER_H
#define RULES_MATCHER_H

#include "rules/pattern.h"
#include "rules/reading.h"
#include "rules/rule_set.h"

struct span {             /* a place: tokens and bytes of the plain view */
    uint32_t first, last; /* tokens, inclusive */
    uint32_t from, to;    /* bytes, half-open */
};

struct spans {             /* a node's places, sorted, each once */
    uint32_t start, count; /* in matcher->spans */
};

struct node_state {
    uint32_t epoch;  /* text that the rest speaks of */
    uint32_t have;   /* possible children */
    uint32_t offers; /* either: the last of its possible children, in matcher->offers */
    struct spans spans;
    const char *limit; /* the limit that was reached, or NULL */
    bool possible, decided;
};

struct offer {              /* a possible child of an either node */
    uint32_t child, before; /* the one offered before it, or NO_OFFER */
};
#define NO_OFFER UINT32_MAX

struct event {
    uint32_t node, token;
};

struct found { /* a hit while its code is judged */
    struct span span;
    uint32_t rule;
    enum ek_stance stance;
    bool hedged, experience, cramps;
    bool told;             /* the stance was said by the rule or a cue, not assumed */
    const struct cue *cue; /* that set the stance, or NULL */
    struct span cue_span;
};

struct cue_found {
    struct span span;
    const struct cue *cue;
    bool cancelled; /* by a pseudo cue */
};

struct cue_places {
    VECTOR(struct cue_found) items;
};

struct cues_found { /* of one text, by category, sorted by place; stance.c */
    uint32_t epoch; /* text that they were looked for in */
    size_t count;
    struct cue_places near[CUE_CATEGORIES];       /* that bear on a place */
    struct cue_places everywhere[CUE_CATEGORIES]; /* direction post */
    struct cue_places stops[CUE_CATEGORIES], pseudo[CUE_CATEGORIES];
};

struct judgement { /* of one theory on one text */
    enum ek_stance stance;
    bool hedged, experience, cramps;
};

struct naive;

struct ek_matcher {
    const struct ek_rules *rules;
    enum ek_engine engine;
    struct naive *naive; /* EK_ENGINE_NAIVE: a pattern for each literal */
    struct pattern_runner *runner;
    struct reading reading;
    struct node_state *states; /* one a node */
    uint32_t epoch;
    VECTOR(struct span) spans;
    VECTOR(struct event) events;
    VECTOR(struct offer) offers;
    VECTOR(uint32_t) touched;      /* leaves found in this text */
    VECTOR(struct span) partial;   /* a sequence while it is put together */
    VECTOR(struct found) found;    /* what the rules of one code found */
    VECTOR(struct span) cancelled; /* where its not clauses stand, merged */
    VECTOR(struct span) stated;    /* hits of its rules that are "as stated" */
    struct cues_found cues;
    bool limit_seen; /* some pattern reached a limit in this text */
    bool overflow;   /* spans are beyond the ceiling or memory */
};

/* Read a text and find its leaves. */
int matcher_read(struct ek_matcher *matcher, const char *text, size_t len, struct ek_err *err);

/* Where a node stands. Valid until the next text. */
struct spans matcher_decide(struct ek_matcher *matcher, uint32_t node);
static inline const struct span *span_at(const struct ek_matcher *matcher, struct spans spans,
                                         uint32_t index)
{
    return &matcher->spans.items[spans.start + index];
}
/* The limit that deciding this node met, or NULL. */
const char *matcher_limit(const struct ek_matcher *matcher, uint32_t node);

void push_span(struct ek_matcher *matcher, struct span span);
struct span token_span(const struct ek_matcher *matcher, uint32_t first, uint32_t last);
/* First of the spans that starts at this token or later. */
uint32_t spans_from(const struct ek_matcher *matcher, struct spans spans, uint32_t token);
uint32_t sentence_of(const struct ek_matcher *matcher, uint32_t token);

void cues_found_free(struct cues_found *cues);
/* Stance and the rest of a theory, from matcher->found (sorted by place), which is filled in. */
struct judgement judge(struct ek_matcher *matcher, const struct code *code);

struct naive *naive_new(const struct ek_rules *rules, struct ek_err *err);
void naive_free(struct naive *naive);
/* The places of a literal (a word, or a sequence of words), by its own pattern alone. False if
 * the node is no literal. */
bool naive_find(struct ek_matcher *matcher, uint32_t node, struct spans *spans, const char **limit);

#endif
