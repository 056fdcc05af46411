/* texts.h - the texts of a store as they lie there, packed, for a search through many of them. */
#ifndef EKBOM_TEXTS_H
#define EKBOM_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "ekbom/packed.h"

struct ek_arena;
struct ek_err;
struct ek_store;

struct ek_stored_text { /* of a post's latest revision; valid during the visit */
    uint64_t number;    /* of the post */
    const void *packed; /* ekbom/packed.h: own text, then quotes and links; NULL: damaged */
    size_t len;
    const char *damaged; /* what is wrong with it, or NULL */
};

/* Visit the texts of these posts, whose numbers ascend, in one snapshot; a number without post is
 * passed over. Posts that lie beside one another are read in one sweep. visit returns 0 to go on,
 * -1 with err filled. */
int ek_store_texts(struct ek_store *store, const uint64_t *numbers, size_t count,
                   int (*visit)(void *context, const struct ek_stored_text *text,
                                struct ek_err *err),
                   void *context, struct ek_err *err);

/* The dictionaries that texts may name, copied into the arena. */
int ek_store_dictionaries(struct ek_store *store, struct ek_arena *arena,
                          struct ek_dictionary **dictionaries, size_t *count, struct ek_err *err);

#endif
