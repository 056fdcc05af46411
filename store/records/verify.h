/* verify.h - the parts of `ekbom verify`, each checking one thing and reporting what it finds. */
#ifndef EKBOM_STORE_VERIFY_H
#define EKBOM_STORE_VERIFY_H

#include "store/handle.h"

#define EK_VERIFY_TOLD 8192u

struct ek_verifier {
    struct ek_store *store;
    struct ek_arena *arena; /* of one record */
    void (*report)(void *context, const char *finding);
    void *context;
    long findings;
    uint64_t told[EK_VERIFY_TOLD]; /* digests of findings, each in its place: they are told once */
    struct ek_err stopped;         /* why it cannot go on: EK_OK while it can */
};

void ek_finding(struct ek_verifier *verifier, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for an error, with a remedy. Want of memory is no finding: it ends the whole. */
void ek_finding_error(struct ek_verifier *verifier, const struct ek_err *err, const char *remedy);
/* Report the error that a transaction has latched, with what to do, and forget it. Returns true if
 * there was one. */
bool ek_finding_latched(struct ek_verifier *verifier, struct ek_txn *txn);

/* The next pair of a walk; damaged values are reported and passed over. */
bool ek_verify_next(struct ek_verifier *verifier, struct ek_walk *walk, struct ek_bytes *key,
                    struct ek_bytes *value);

#define EK_RECORDS_REMEDY "restore the records from a backup"
#define EK_INDEX_REMEDY "remove %s/index, and the next writing command makes it anew"

void ek_verify_files(struct ek_verifier *verifier);
void ek_verify_seals(struct ek_verifier *verifier);
void ek_verify_key(struct ek_verifier *verifier);
void ek_verify_names(struct ek_verifier *verifier);
void ek_verify_posts(struct ek_verifier *verifier);
void ek_verify_tables(struct ek_verifier *verifier);
void ek_verify_pages(struct ek_verifier *verifier);
void ek_verify_rule_sets(struct ek_verifier *verifier);
void ek_verify_archive(struct ek_verifier *verifier);
void ek_verify_index(struct ek_verifier *verifier);

#endif
