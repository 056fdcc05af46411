/* format.h - the version of each part's format: checked before anything else is read. */
#ifndef EKBOM_STORE_FORMAT_H
#define EKBOM_STORE_FORMAT_H

#include "store/env.h"

/* 1, 0 if the part has none yet, -1: another than `known`, or not readable. */
int ek_format_check(struct ek_txn *txn, unsigned meta, unsigned known, const char *folder,
                    struct ek_err *err);
/* The same of an open environment that somebody else wrote: it must have one. 0, -1. */
int ek_format_require(struct ek_env *env, unsigned meta, unsigned known, const char *folder,
                      struct ek_err *err);
/* The format of the index here, looked at before its tables, which other formats have otherwise: 1
 * if it is an older one, 0 if not, -1 if it is newer. Anything else that may be wrong with it is
 * found when it is opened. */
int ek_index_is_old(const char *folder, unsigned *format, struct ek_err *err);
/* Take an old index away, so that it is made anew. Readers that have it open keep what they see. */
int ek_index_remove(const char *folder, struct ek_err *err);

#endif
