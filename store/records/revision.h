/* revision.h - the words of a post: subject, own text, quotes, links.
 *
 * A revision is a content, kept once under (post, digest of its words) however often it is seen;
 * when it was first and last seen stands in the post. Sightings may thus come in any order: what
 * results is a set, and the revision seen last is the post's text. Everything but the subject is
 * compressed with zstd where that is shorter. A frame names its dictionary itself, so trained
 * dictionaries need no new format. */
#ifndef EKBOM_STORE_REVISION_H
#define EKBOM_STORE_REVISION_H

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

/* Compression state, kept for the life of an open store. */
struct ek_packer *ek_packer_new(void); /* NULL when out of memory */
void ek_packer_free(struct ek_packer *packer);

#endif
