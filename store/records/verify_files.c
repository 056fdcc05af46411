/* verify_files.c - the files that hold records and index, page by page and pair by pair, and the
 * key.
 *
 * What the other checks read is read through pages that are checked on the way; here every page is
 * looked at, whether anything leads there or not. STORE/writer and the lock.mdb of each part hold
 * nothing that outlives the process which wrote it: their bytes are made anew by the next one. */
#include <stdio.h>
#include <string.h>

#include "store/page_check.h"
#include "ekbom/limits.h"
#include "store/records/verify.h"

struct part { /* of a store, as findings name it */
    struct ek_verifier *verifier;
    const char *name, *remedy;
};

static void report_page(void *context, const char *found)
{
    const struct part *part = context;
    ek_finding(part->verifier, "%s/%s: %s: %s", part->verifier->store->folder, part->name, found,
               part->remedy);
}

static void verify_part(struct part *part, struct ek_txn *txn, const struct ek_err *refused)
{
    if (!txn) {
        char remedy[4400] = "";
        if (refused->kind == EK_FORMAT)
            snprintf(remedy, sizeof remedy, ": %s", part->remedy);
        ek_finding_error(part->verifier, refused, remedy);
        return;
    }
    long found = ek_page_check(txn, report_page, part);
    if (found > EK_MAX_PAGE_FINDINGS)
        ek_finding(part->verifier, "%s/%s: %ld more of these: %s", part->verifier->store->folder,
                   part->name, found - EK_MAX_PAGE_FINDINGS, part->remedy);
    ek_finding_latched(part->verifier, txn);
}

void ek_verify_files(struct ek_verifier *verifier)
{
    const struct ek_store *store = verifier->store;
    char remedy[4300];
    struct part records = {verifier, "records", EK_RECORDS_REMEDY};
    struct part index = {verifier, "index", remedy};
    snprintf(remedy, sizeof remedy, EK_INDEX_REMEDY, store->folder);
    verify_part(&records, store->reading_records, &store->records_refused);
    verify_part(&index, store->reading_index, &store->index_refused);
}

static void verify_table(struct ek_verifier *verifier, struct ek_txn *txn, unsigned table)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    ek_walk_begin(&walk, txn, table, NULL, 0);
    while (ek_verify_next(verifier, &walk, &key, &value))
        ;
    ek_walk_end(&walk);
}

/* The seals of those tables of the records that no other check reads whole, and of the index but
 * for what carries checks of its own. */
void ek_verify_seals(struct ek_verifier *verifier)
{
    static const unsigned records[] = {EK_RECORDS_META, EK_FORUMS,     EK_BOARDS,   EK_THREADS,
                                       EK_AUTHORS,      EK_QUARANTINE, EK_FRONTIER, EK_ROBOTS};
    const struct ek_store *store = verifier->store;
    for (size_t i = 0; store->reading_records && i < sizeof records / sizeof *records; i++)
        verify_table(verifier, store->reading_records, records[i]);
    for (unsigned table = 0; store->reading_index && table < EK_INDEX_TABLES; table++) {
        if (table != EK_CHUNKS && table != EK_FIRSTS)
            verify_table(verifier, store->reading_index, table);
    }
}

void ek_verify_key(struct ek_verifier *verifier)
{
    unsigned char key[32];
    struct ek_err err = {0};
    if (ek_key_check(verifier->store, key, &err))
        ek_finding_error(verifier, &err, "");
    explicit_bzero(key, sizeof key);
}
