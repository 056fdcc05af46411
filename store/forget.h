/* forget.h - posts emptied, and others' posts rid of what they quote. Private to the store. */
#ifndef EKBOM_STORE_FORGET_H
#define EKBOM_STORE_FORGET_H

#include "ekbom/forget.h"
#include "store/records/forgotten.h"

struct ek_forgetting {
    struct ek_store *store;
    struct ek_forgotten marks;
    uint64_t forum;
    ek_time now;
    struct ek_arena *arena; /* of one post at a time */
    const struct ek_forget_watch *watch;
    struct ek_forget_report *report;
};

/* Mark a post, its thread's title where the post gave it, and (quotes) what is quoted of it in its
 * thread without its id. The posts' words must still be there. */
void ek_forget_mark(struct ek_forgetting *f, uint64_t post, bool quotes);
/* Take everything of a post away; an empty one stays in its place, hidden. */
void ek_forget_empty(struct ek_forgetting *f, uint64_t post);
/* Take what is marked out of all posts of the forum. */
void ek_forget_scrub(struct ek_forgetting *f);

#endif
