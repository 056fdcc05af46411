/* page_check.h - every page of a data file accounted for. */
#ifndef EKBOM_STORE_PAGE_CHECK_H
#define EKBOM_STORE_PAGE_CHECK_H

#include "store/env.h"

/* Check all pages that a reading transaction sees, and those that it says are free: each belongs to
 * one tree, once, or is free; has what its parents say; and the figures of each tree add up. report
 * is told each finding, up to EK_MAX_PAGE_FINDINGS of them ("page 17 of records/data.mdb, a leaf of
 * table post, keys from 0a to 0b, has ..."). Returns how many there were, or -1 (latched; out of
 * memory). What a finding stands for cannot be read; everything else can. */
long ek_page_check(struct ek_txn *txn, void (*report)(void *context, const char *finding),
                   void *context);

#endif
