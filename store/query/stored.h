/* stored.h - which posts a store held on an earlier day, and in what state. */
#ifndef EKBOM_STORE_STORED_H
#define EKBOM_STORE_STORED_H

#include "ekbom/query.h"
#include "store/handle.h"

struct ek_choice;

/* The posts' states at the end of `until`, a bit each of those in one of the selection's states,
 * for a choice. Inside a snapshot that has the records. 0, -1. */
int ek_choice_stored(struct ek_choice *choice, struct ek_store *store,
                     const struct ek_selection *selection, struct ek_arena *arena,
                     struct ek_err *err);
/* What ek_choice_stored keeps of a store for the next question. */
void ek_stored_free(struct ek_store *store);

#endif
