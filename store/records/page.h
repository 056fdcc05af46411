/* page.h - fetched pages: where each lies in the archive and what became of it. */
#ifndef EKBOM_STORE_PAGE_H
#define EKBOM_STORE_PAGE_H

#include "store/handle.h"

struct ek_page_record {
    const char *url;
    ek_time fetched;
    int status;
    struct ek_archive_ref archived;
    enum ek_page_kind kind;
    uint64_t forum; /* 0: quarantined or passed over */
    uint64_t posts;
    unsigned char digest[16]; /* of its posts' ids and words; zeros if it has none */
    const char *quarantined;  /* reason, or NULL */
};

int ek_page_get(struct ek_txn *txn, struct ek_arena *arena, const unsigned char key[16],
                struct ek_page_record *page);
int ek_page_decode(struct ek_page_record *page, struct ek_arena *arena, struct ek_bytes value);
/* In a slice. */
void ek_page_put(struct ek_store *store, const unsigned char key[16],
                 const struct ek_page_record *page);
void ek_quarantine_put(struct ek_store *store, const unsigned char key[16], const char *what,
                       const char *reason, ek_time when);
int ek_quarantine_decode(struct ek_quarantined *item, struct ek_arena *arena,
                         struct ek_bytes value);

/* The base of a page's forum: "https://example.org/" of one that does not say where it begins.
 * NULL: no memory. */
const char *ek_page_forum(struct ek_arena *arena, const struct ek_page *page, const char *url);
/* Its thread's own id; where it gives none, an address. */
const char *ek_page_thread(const struct ek_page *page);

/* The string itself, or a copy in NFC with invalid bytes replaced: addresses of other programs'
 * archives may hold any bytes, and what is stored must read back. */
const char *ek_clean(struct ek_arena *arena, const char *string);

#endif
