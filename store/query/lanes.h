/* lanes.h - the theories that a question is about, one lane each. */
#ifndef EKBOM_STORE_LANES_H
#define EKBOM_STORE_LANES_H

#include "store/query/choice.h"

struct ek_lanes {
    const char **theories;
    struct ek_codes *codes; /* that count for the lane */
    size_t count;
};

/* The theories listed, in their order; all of the rule set, sorted, if none are. Names point into
 * the selection and the words. 0, -1: out of memory. */
int ek_lanes_make(struct ek_lanes *lanes, const struct ek_choice *choice,
                  const struct ek_selection *selection, struct ek_arena *arena);

#endif
