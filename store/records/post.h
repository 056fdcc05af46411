/* post.h - a post without its words: place, author, times, state, and the list of revisions. */
#ifndef EKBOM_STORE_POST_H
#define EKBOM_STORE_POST_H

#include "store/handle.h"
#include "store/records/author.h"
#include "store/records/fact.h"
#include "store/records/revision.h"

struct ek_post_record {
    const char *id;
    uint64_t forum, thread;
    ek_time thread_seen;
    struct ek_author_claim author;
    ek_time time; /* with the greatest precision seen */
    enum ek_precision precision;
    enum ek_time_source source;
    const char *time_text;
    ek_time time_seen;
    struct ek_fact language, url; /* url: of posts that came as records; else the page's */
    bool guest;
    ek_time guest_seen;
    bool edited; /* some sighting said so */
    long edit_count;
    struct ek_fact edit_time_text;
    enum ek_state state; /* as last said; edited follows from the rest, see ek_post_state */
    ek_time state_seen;
    ek_time first_seen, last_seen;
    unsigned char page[16];
    ek_time page_seen;
    uint64_t change;         /* in the changes table */
    struct ek_stamp *stamps; /* ordered by last seen; the last one is the post's text */
    size_t stamp_count;
};

int ek_post_get(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                struct ek_post_record *post);
/* From the bytes of its record. 1, -1 (latched). */
int ek_post_decode(struct ek_txn *txn, struct ek_arena *arena, uint64_t number,
                   const struct ek_bytes *value, struct ek_post_record *post);
/* The bytes of a post's record, appended. */
void ek_post_encode(struct ek_buf *value, const struct ek_post_record *post);
enum ek_state ek_post_state(const struct ek_post_record *post);

/* In a slice. */
void ek_post_put(struct ek_store *store, uint64_t number, const struct ek_post_record *post);
/* Give the post a new change number (the caller puts the record): the index follows. tags: what
 * holds for its text now; NULL and kept: the tags in the index do; NULL: none yet. */
void ek_post_changed(struct ek_store *store, uint64_t number, struct ek_post_record *post,
                     const struct ek_tags *tags, bool kept);
/* The post's place changed, not its text: the index writes its row again. */
void ek_post_touch(struct ek_store *store, uint64_t number);
/* The post is another author's. */
void ek_post_give(struct ek_store *store, uint64_t number, uint64_t author);

#endif
