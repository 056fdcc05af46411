/* rule_set.h - a compiled rule set: what compile.c builds and the matcher reads.
 *
 * Every clause is a tree of nodes. Equal nodes are one node (node.c), so a list used by thirty
 * rules is looked for once. Leaves are words and regular expressions. Each rule waits for a
 * trigger, and words tell the alternatives that they are in: link.c. All strings and arrays belong
 * to the rule set. */
#ifndef RULES_RULE_SET_H
#define RULES_RULE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ekbom/rules.h"
#include "rules/pattern.h"
#include "rules/trigger.h"
#include "rules/vector.h"
#include "rules/words.h"

#define NO_NODE UINT32_MAX
#define NO_WORD UINT32_MAX

enum node_kind {
    NODE_WORD, /* one token */
    NODE_REGEX,
    NODE_SEQUENCE, /* children one after another */
    NODE_EITHER,   /* any child */
    NODE_NEAR,     /* two children within `distance` words, either order */
    NODE_THEN,     /* the same, in this order */
    NODE_WITH,     /* the first child, where the second stands in scope */
    NODE_WITHOUT,  /* the first child, where the second does not */
    NODE_CODE,     /* a theory or treatment: the hits of its rules, where it is given */
    NODE_BOTH      /* either child, where the other stands in scope */
};

enum node_scope { SCOPE_SENTENCES, SCOPE_PARAGRAPH, SCOPE_POST };

#define CHILD_OPTIONAL 0x80000000u /* on an entry of `children`: a sequence may leave it out */

struct node {
    uint8_t kind, scope;
    uint16_t depth;    /* longest way down to a leaf */
    uint32_t distance; /* near, then: words; with, without in sentences: how many */
    uint32_t item; /* word, regex, either, mention: its number; sequence: its rarest child that is
                      needed */
    uint32_t children, child_count; /* in rules->children */
    uint32_t
        word;    /* of a word, or of the rarest word of a phrase, if it is looked for; or NO_WORD */
    bool phrase; /* sequence: decided around its rarest child; the others are words and the like */
    bool words;  /* ... and all are words that must be there */
};

struct either {                    /* how an either node is known to be possible */
    uint32_t silent, silent_count; /* children that no word tells of, in rules->silent */
    bool simple;                   /* its children are words, and phrases around a word */
    bool told;                     /* ... and words tell of them all: one that does is enough */
};

struct tell { /* a word makes a child of an either node possible */
    uint32_t either, child;
};

enum flavour { /* what a rule says of its own hits: "as disputes hedged" */
               FLAVOUR_SUPPORTS = 1,
               FLAVOUR_DISPUTES = 2,
               FLAVOUR_ASKS = 4,
               FLAVOUR_NEUTRAL = 8,
               FLAVOUR_HEDGED = 16,
               FLAVOUR_EXPERIENCE = 32,
               FLAVOUR_CRAMPS = 64,
               FLAVOUR_STATED = 128 /* a "not" among the words found is part of what is claimed */
};
#define FLAVOUR_STANCES (FLAVOUR_SUPPORTS | FLAVOUR_DISPUTES | FLAVOUR_ASKS | FLAVOUR_NEUTRAL)

struct rule {
    uint32_t node, code, line;
    bool regex; /* nothing but one regular expression, in a code that asks for no words */
    uint32_t wants, want_count; /* in rules->wants */
    bool wants_only;            /* with them there it is possible */
    double weight;
    unsigned flavour; /* bits of enum flavour */
    const char *id;   /* "bid:14" */
};

struct want { /* what must be there before a rule is looked at */
    uint32_t number;
    bool either; /* an either node, or a trigger */
};

struct example {
    uint32_t code, line;
    bool todo, wanted;     /* wanted: the code is to be given */
    enum ek_stance stance; /* theories: only if wanted */
    unsigned flavour;      /* hedged, experience, cramps: those that are asked for */
    const char *expected;  /* as written: "yes disputes" */
    const char *text;      /* as written */
};

struct code {
    struct ek_code shown;
    uint32_t file;
    uint32_t rules, rule_count, examples, example_count; /* stretches of rules->... */
    uint32_t rank;                                       /* of its first rule, in rules->ranked */
    uint32_t not_node, unless_node;                      /* NO_NODE if there is none */
    uint32_t not_line, unless_line;
    bool composite; /* it has rules that name other codes */
    double threshold;
};

struct list_name { /* for explaining what a rule lacks */
    const char *name;
    uint32_t node;
};

struct mention { /* a code that rules name, and those below it: ppi & bid (and bid/transport) */
    const char *name;
    uint32_t codes, count; /* in rules->mentioned */
};

enum cue_category {
    CUE_SUPPORTS,
    CUE_DISPUTES,
    CUE_ASKS,
    CUE_NEUTRAL,
    CUE_HEDGE,
    CUE_EXPERIENCE,
    CUE_OTHER_PERSON,
    CUE_CRAMPS,
    CUE_CATEGORIES
};
extern const char *const cue_category_names[]; /* ends with NULL */

enum cue_direction {
    CUE_FORWARD,  /* the hit follows the cue */
    CUE_BACKWARD, /* the hit stands before the cue */
    CUE_AROUND,
    CUE_SENTENCE, /* the hit stands in the cue's sentence */
    CUE_NEXT,     /* the cue comes in one of the next sentences */
    CUE_PREVIOUS, /* the cue comes in one of the sentences before */
    CUE_POST,
    CUE_PSEUDO, /* no cue: covers and cancels one */
    CUE_STOP,   /* ends the reach of a cue */
    CUE_DIRECTIONS
};
extern const char *const cue_direction_names[]; /* ends with NULL */

#define CUE_SENTENCES 4u /* next and previous reach no further, nor does anything else */

struct cue {
    uint8_t category, direction;
    uint32_t distance; /* words, or sentences for next and previous; 0 = all, or one */
    uint32_t node, file, line;
};

struct cue_phrase {   /* one of the words and phrases of a cue */
    uint32_t trigger; /* of its rarest word, in cue_triggers; NO_TRIGGER: asked for each time */
    uint32_t word;    /* the node of that word; NO_NODE: the phrase is decided as rules are */
    uint32_t node, cue;
    char before, behind; /* first bytes of the words beside it; 0: any, or none */
};

struct rule_file {
    const char *name;
    bool *visible; /* files whose lists and cues this one sees, itself included */
    enum { FILE_UNREAD, FILE_OPEN, FILE_READ } state;
};

struct ek_rules {
    struct ek_arena *arena;
    const char *digest;
    struct rule_file *files;
    size_t file_count;
    VECTOR(struct node) nodes;
    VECTOR(uint32_t) children;
    VECTOR(struct either) eithers;
    VECTOR(uint32_t) silent;
    uint32_t word_triggers; /* triggers of words, which come first; each has ... */
    struct tell *tells;     /* ... tells[tell_heads[trigger]] and on, */
    uint32_t *tell_heads;
    uint64_t *either_rows;   /* ... and a row of bits: the either nodes that it tells of */
    uint64_t *either_silent; /* those that have silent children */
    uint32_t either_words;   /* 64-bit words of a row */
    uint64_t *rule_rows;     /* of each rule: the either nodes that deciding it may ask for; */
    uint64_t *cue_row;       /* ... and deciding cues */
    struct triggers triggers;
    VECTOR(uint32_t) always; /* rules without a literal to wait for */
    VECTOR(struct want) wants;
    struct triggers cue_triggers;
    VECTOR(struct cue_phrase) cue_phrases; /* by trigger; those without one last */
    uint32_t *cue_heads;                   /* of each trigger the first of them, and the end */
    uint32_t cues_before, cues_after;      /* sentences from a hit that cues speak from */
    struct words words;
    struct patterns patterns;
    VECTOR(struct rule) rules;
    VECTOR(struct code) codes;
    VECTOR(struct cue) cues;
    VECTOR(struct example) examples;
    VECTOR(struct mention) mentions;
    VECTOR(uint32_t) mentioned; /* codes */
    VECTOR(struct list_name) list_names;
    VECTOR(const char *) languages;
    struct ek_code *shown; /* in the order of the files */
    struct ek_rule_line *lines;
    uint32_t *order;  /* codes in the order of their names */
    uint32_t *ranked; /* rules in the order of their codes' names, theories first */
};

/* node.c: build nodes; equal ones are made once. NO_NODE is latched out of memory or past a
 * ceiling (builder->failed says which). */
/* How large a node would be written out: the words to compare where it starts, and how many words
 * it may come to. */
struct extent {
    uint32_t tried, shortest, longest;
};

struct node_builder {
    struct ek_rules *rules;
    uint32_t *table; /* hash of nodes by content */
    size_t table_size;
    VECTOR(struct extent) extents; /* of each node */
    bool failed, too_many, too_deep, too_large;
};

uint32_t node_leaf(struct node_builder *builder, enum node_kind kind, uint32_t item);
/* Children of a sequence may carry CHILD_OPTIONAL. One child alone is returned as it is. */
uint32_t node_many(struct node_builder *builder, enum node_kind kind, const uint32_t *children,
                   uint32_t count);
uint32_t node_pair(struct node_builder *builder, enum node_kind kind, uint32_t first,
                   uint32_t second, enum node_scope scope, uint32_t distance);
void node_builder_free(struct node_builder *builder);

/* link.c, when all nodes and rules are there: what waits for what. -1 out of memory. */
int link_rules(struct ek_rules *rules);

#endif
