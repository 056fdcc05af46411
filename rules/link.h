/* link.h - what the parts of linking share: see link.c. */
#ifndef RULES_LINK_H
#define RULES_LINK_H

#include "rules/rule_set.h"

struct chosen {  /* the words without which a node cannot hold: those of this node or one below */
    double cost; /* times in a million words that one of them stands */
    uint32_t node;
};

struct linker {
    struct ek_rules *rules;
    struct chosen *chosen;   /* one a node */
    bool *whole;             /* one a node: all its places in a text may be asked for */
    uint32_t *stamps, stamp; /* nodes met while a set is collected */
    VECTOR(uint32_t) leaves; /* of the set just collected */
    VECTOR(struct literal) literals;
};

#define LINK_NEVER 1e12 /* cost of what cannot be waited for */

static inline uint32_t link_child(const struct ek_rules *rules, const struct node *node,
                                  uint32_t index)
{
    return rules->children.items[node->children + index] & ~CHILD_OPTIONAL;
}

/* The words and regular expressions that this node waits for, to linker->leaves. */
void link_collect(struct linker *linker, uint32_t node);
/* All places of this node, and so of what it is made of, may be asked for. */
void link_whole(struct linker *linker, uint32_t node);
/* Can the word be found by literals? They are in linker->literals then. */
bool link_findable(struct linker *linker, const struct word *word);

/* -1 out of memory. */
int link_tells(struct linker *linker);
int link_cues_collect(struct linker *linker);
int link_cues(struct linker *linker);

#endif
