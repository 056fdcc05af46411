/* revision.h - the words of a post: subject, own text, quotes, links.
 *
 * A revision is a content, kept once under (post, digest of its words) however often it is seen;
 * when it was first and last seen stands in the post. Sightings may thus come in any order: what
 * results is a set, and the revision seen last is the post's text. Everything but the subject is
 * packed (ekbom/packed.h), against the dictionary in use when it was written (dictionary.h). */
#ifndef EKBOM_STORE_REVISION_H
#define EKBOM_STORE_REVISION_H

#include "ekbom/packed.h"
#include "store/handle.h"

#define EK_CONTENT_DIGEST_BYTES 16u

struct ek_stamp {                                  /* one revision, as the post's record lists it */
    unsigned char digest[EK_CONTENT_DIGEST_BYTES]; /* of own text, subject and quoted texts */
    ek_time first, last;                           /* seen */
    uint64_t apparatus; /* digest of what may differ under the same words: links, attributions */
};

/* Digests of a post's words and apparatus. -1 when out of memory. */
int ek_stamp_make(struct ek_stamp *stamp, const struct ek_post *post, ek_time first, ek_time last,
                  struct ek_buf *scratch);

/* In a slice. */
void ek_revision_put(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp,
                     const struct ek_post *words);
void ek_revision_forget(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp);

/* Fills subject and, with_text, text, quotes and links of *words. 1, 0, -1 (latched). */
int ek_revision_get(struct ek_store *store, uint64_t post, const struct ek_stamp *stamp,
                    bool with_text, struct ek_arena *arena, struct ek_post *words);

/* Its value, packed as it is. 1, 0, -1 (latched). */
int ek_revision_value(struct ek_txn *txn, uint64_t post, const struct ek_stamp *stamp,
                      struct ek_bytes *value);
/* Where the packed part of a revision's value begins; bad if it is malformed. */
struct ek_cursor ek_revision_packed(const void *value, size_t len);
/* Unpack it; a dictionary that it needs is looked up in the records. Bad if it is malformed; -1
 * (latched) if the dictionary is missing. */
int ek_revision_unpack(struct ek_store *store, const struct ek_cursor *packed,
                       struct ek_cursor *raw);

#endif
