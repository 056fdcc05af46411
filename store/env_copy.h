/* env_copy.h - an environment written anew, as one snapshot of another. */
#ifndef EKBOM_STORE_ENV_COPY_H
#define EKBOM_STORE_ENV_COPY_H

#include "store/env.h"

struct ek_copy_watch { /* may be NULL; told now and then how many bytes of pairs were copied */
    void (*copied)(void *context, uint64_t bytes);
    void *context;
};

/* Write every pair that a reading transaction sees into folder/data.mdb, which must not be there
 * yet and is on the disk when this returns 0 (the caller syncs the folder). checked: every value
 * carries a checksum, and a damaged one is an error that names it. -1: the file is worth nothing.
 */
int ek_env_copy(struct ek_txn *from, const char *folder, bool checked,
                const struct ek_copy_watch *watch, struct ek_err *err);
/* Has folder/data.mdb the very pairs that the transaction sees? 0, or -1 with what differs. */
int ek_env_compare(struct ek_txn *from, const char *folder, struct ek_err *err);
/* Bytes that its tables take; the rest of the file is free. */
uint64_t ek_txn_bytes(struct ek_txn *txn);

#endif
