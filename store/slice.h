/* slice.h - one commit's worth of writing. */
#ifndef EKBOM_STORE_SLICE_H
#define EKBOM_STORE_SLICE_H

#include "store/handle.h"

/* The error that the slice has latched, into err. It stays: the commit fails too. Returns -1. */
int ek_slice_failed(struct ek_store *store, struct ek_err *err);

#endif
