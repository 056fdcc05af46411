/* matcher.h - a rule set at work on one text: which nodes are there, and where.
 *
 * matcher.c reads the text and raises the rules that may hit, evaluate.c decides their conditions,
 * places.c runs regular expressions, naive.c finds everything in the plain way, tag.c and stance.c
 * make tags of what was found. */
#ifndef RULES_MATCHER_H
#define RULES_MATCHER_H

#include "ekbom/limits.h"
#include "rules/pattern.h"
#include "rules/reading.h"
#include "rules/rule_set.h"
#include "rules/trigger.h"

struct span {             /* a place: tokens and bytes of the plain view */
    uint32_t first, last; /* tokens, inclusive */
    uint32_t from, to;    /* bytes, half-open */
};

struct spans {             /* a node's places, sorted, each once */
    uint32_t start, count; /* in matcher->spans */
};

struct node_state {
    uint32_t epoch; /* text in which it was decided */
    struct spans spans;
};

struct offer {              /* a child of an either node that a word of the text tells of */
    uint32_t child, before; /* the one before it of the same node, or NO_OFFER */
};
#define NO_OFFER UINT32_MAX

struct offers { /* of an either node, in the text of this epoch */
    uint32_t epoch, last;
};

struct limit { /* that was reached while a node was decided */
    uint32_t node;
    const char *reason;
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

struct cues_found { /* of one text, by category, sorted by place; cues.c */
    uint32_t epoch; /* text that they were looked for in */
    size_t count;
    struct cue_places near[CUE_CATEGORIES];       /* that bear on a place */
    struct cue_places everywhere[CUE_CATEGORIES]; /* direction post */
    struct cue_places stops[CUE_CATEGORIES], pseudo[CUE_CATEGORIES];
    struct cue_places fresh;                    /* of the sentences being looked through */
    VECTOR(bool) covered;                       /* one a sentence: it has been looked through */
    VECTOR(const struct cue_phrase *) possible; /* of those that are decided as rules are */
    struct literal_hits hits;
};

struct named { /* where a theory that is given is named; of every theory but the joined ones */
    uint32_t first, last; /* tokens */
    const struct code *code;
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
    struct watch watch;     /* triggers */
    uint64_t *eithers;      /* either nodes that a word of the text tells of, a bit each */
    uint64_t *wanted;       /* ... those that raised rules may ask for */
    uint32_t *asked;        /* one an either: twice the epoch in which it was asked, + the answer */
    struct offers *offered; /* one an either */
    uint64_t letters[2];    /* words of one ASCII letter in the text of letters_epoch */
    uint32_t letters_epoch;
    VECTOR(struct offer) offers;
    VECTOR(uint32_t) deep;     /* raised rules of which more has to be asked */
    uint64_t *raised;          /* a bit a rule, by its rank: it may hit */
    struct node_state *states; /* one a node */
    uint32_t epoch;

    bool cut; /* the text is cut into tokens */
    VECTOR(struct span) spans;
    uint32_t *seen_words;           /* those of its 64-bit words that are not zero, */
    uint32_t seen_count;            /* ... and how many they are */
    VECTOR(uint32_t) children;      /* of either nodes while they are decided */
    VECTOR(uint32_t) steps;         /* tokens on the way along a phrase */
    VECTOR(struct sighting) places; /* of one pattern */
    VECTOR(struct span) partial;    /* a sequence while it is put together */
    VECTOR(struct found) found;     /* what the rules of one code found */
    VECTOR(struct span) cancelled;  /* where its not clauses stand, merged */
    VECTOR(struct span) stated;     /* hits of its rules that are "as stated" */
    VECTOR(struct named) named;     /* by place; empty where a text has one theory */
    struct cues_found cues;
    VECTOR(struct limit) limits;
    bool overflow; /* spans are beyond the ceiling or memory */
};

/* Read a text and raise the rules that may hit. The text must outlive what is asked of it. */
int matcher_read(struct ek_matcher *matcher, const char *text, size_t len, struct ek_err *err);

/* The first raised rule of this rank or a later one, by its rank; the count of rules if none is. */
uint32_t matcher_raised(const struct ek_matcher *matcher, uint32_t rank);

/* possible.c: could this node stand in the text, as far as the words there tell? */
bool matcher_possible(struct ek_matcher *matcher, uint32_t node);
bool pattern_possible(const struct ek_matcher *matcher, const struct pattern *pattern);

/* Tell the either nodes in matcher->wanted what the words of the text make possible. */
void make_offers(struct ek_matcher *matcher);
/* The children of an either node that may be there, to matcher->children from its end on. */
void add_children(struct ek_matcher *matcher, const struct node *node);

/* leaves.c: the places of these kinds of node; a phrase is decided so by the fast engine alone. */
struct spans decide_word(struct ek_matcher *matcher, const struct node *node);
struct spans decide_phrase(struct ek_matcher *matcher, const struct node *node);
struct spans decide_either(struct ek_matcher *matcher, const struct node *node);

/* phrase.c: push the places of a phrase around one of its rarest part. */
void phrase_around(struct ek_matcher *matcher, const struct node *node, struct span part);

/* A match of a regular expression at these bytes of the text: its tokens and a span. False when
 * there is no room for more. */
bool matcher_found(void *matcher, size_t start, size_t end);
/* places.c: the matches of a pattern in the text, in order, until found returns false. */
void pattern_places(struct ek_matcher *matcher, const struct pattern *pattern,
                    bool (*found)(void *context, size_t start, size_t end), const char **limit);

/* Where a node stands. Valid until the next text. */
struct spans matcher_decide(struct ek_matcher *matcher, uint32_t node);
static inline const struct span *span_at(const struct ek_matcher *matcher, struct spans spans,
                                         uint32_t index)
{
    return &matcher->spans.items[spans.start + index];
}
/* The limit that deciding this node met, or NULL. */
const char *matcher_limit(const struct ek_matcher *matcher, uint32_t node);

static inline uint32_t child_at(const struct ek_matcher *matcher, const struct node *node,
                                uint32_t index)
{
    return matcher->rules->children.items[node->children + index] & ~CHILD_OPTIONAL;
}
static inline const struct node *node_at(const struct ek_matcher *matcher, uint32_t number)
{
    return &matcher->rules->nodes.items[number];
}
static inline void push_span(struct ek_matcher *matcher, struct span span)
{
    if (matcher->spans.count >= EK_MAX_SPANS)
        matcher->overflow = true;
    else
        VECTOR_PUSH(&matcher->spans, span);
    matcher->overflow = matcher->overflow || matcher->spans.failed;
}
static inline struct span token_span(const struct ek_matcher *matcher, uint32_t first,
                                     uint32_t last)
{
    const struct token *from = &matcher->reading.tokens.items[first];
    const struct token *to = &matcher->reading.tokens.items[last];

    return (struct span){first, last, from->plain, to->plain + to->plain_len};
}
/* spans.c: sort what was pushed since start and drop what is there twice. */
struct spans settle_spans(struct ek_matcher *matcher, size_t start);
/* First of the spans that starts at this token or later. */
uint32_t spans_from(const struct ek_matcher *matcher, struct spans spans, uint32_t token);
static inline uint32_t sentence_of(const struct ek_matcher *matcher, uint32_t token)
{
    return matcher->reading.tokens.items[token].sentence;
}

/* cues.c: the cues that can bear on matcher->found, into matcher->cues. */
void find_cues(struct ek_matcher *matcher);
/* The first token of a sentence of its text. */
uint32_t sentence_start(const struct ek_matcher *matcher, uint32_t sentence);
void cues_found_free(struct cues_found *cues);
/* The first place that starts at this token or later. */
size_t cue_places_from(const struct cue_places *places, uint32_t token);
/* Stance and the rest of a theory, from matcher->found (sorted by place), which is filled in. */
struct judgement judge(struct ek_matcher *matcher, const struct code *code);

/* tag.c: where the not clauses of a code stand, into matcher->cancelled; does one overlap a hit? */
void find_cancelled(struct ek_matcher *matcher, const struct code *code);
bool is_cancelled(const struct ek_matcher *matcher, struct span hit);

/* composite.c: the places of a code that rules name. They use matcher->cancelled. */
struct spans decide_code(struct ek_matcher *matcher, const struct node *node, const char **limit);
/* Was a rule raised that they could come from? */
bool code_raised(const struct ek_matcher *matcher, const struct node *node);

struct naive *naive_new(const struct ek_rules *rules, struct ek_err *err);
void naive_free(struct naive *naive);
/* The places of a literal (a word, or a sequence of words) or a regular expression, by its own
 * pattern alone. False if the node is neither. */
bool naive_find(struct ek_matcher *matcher, uint32_t node, struct spans *spans, const char **limit);

#endif
