/* sighting.h - one post as one page (or record) showed it, filed into the records. */
#ifndef EKBOM_STORE_SIGHTING_H
#define EKBOM_STORE_SIGHTING_H

#include "store/records/forgotten.h"

struct ek_sighting {
    const struct ek_post *post;
    uint64_t forum, thread;
    const char *thread_id;
    const char *language, *url; /* NULL: not said */
    const unsigned char *page;  /* key of the page; NULL for records */
    enum ek_state state;
    ek_time first, last;        /* seen; the same for a page */
    const struct ek_tags *tags; /* of this text; NULL: none yet */
    const struct ek_forgotten *forgotten;
};

/* In a slice. Returns 1 if the post is new or has a new text, else 0. What was forgotten is not
 * filed, and what others quote of it is left out. */
int ek_sighting_file(struct ek_store *store, const struct ek_sighting *sighting);

#endif
