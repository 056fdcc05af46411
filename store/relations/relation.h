/* relation.h - what the questions of this folder share: their theories, and which a post has. */
#ifndef EKBOM_STORE_RELATION_H
#define EKBOM_STORE_RELATION_H

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/relations.h"
#include "store/handle.h"

#define EK_RELATION_LANES 512u /* of one post: EK_MAX_TAGS */

#define EK_RELATION_CODES 256u

struct ek_relation {
    struct ek_store *store;
    struct ek_selection selection; /* its theories are those asked about, or "any" */
    const char **theories;
    size_t count;
    /* Which of them take in a code, as bits: compared by name when the code is first met, and when
     * another has taken its slot since. */
    const char *codes[EK_RELATION_CODES];
    uint64_t *of_code; /* [slot * words] */
    size_t words;
    uint64_t *met;          /* by theory: the row at hand has it */
    enum ek_stance *stance; /* and how; by theory */
    const char *rules_digest;
    struct ek_arena *arena; /* the caller's */
    struct ek_err *err;
};

/* Inside a snapshot of the index. every_post: not only the tagged ones are to be visited. */
int ek_relation_begin(struct ek_relation *relation, const struct ek_selection *selection,
                      bool every_post);
/* The theories that a row is tagged with as the selection wants it, as places in `theories`, each
 * once; and, where stances is not NULL, the stance of the tag. Returns how many. */
uint32_t ek_relation_lanes(struct ek_relation *relation, const struct ek_index_row *row,
                           uint32_t lanes[EK_RELATION_LANES],
                           enum ek_stance stances[EK_RELATION_LANES]);

#endif
