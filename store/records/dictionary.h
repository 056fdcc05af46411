/* dictionary.h - what the texts of a store have in common, for packing them. */
#ifndef EKBOM_STORE_DICTIONARY_H
#define EKBOM_STORE_DICTIONARY_H

#include "store/handle.h"

/* Before a slice: the dictionary in use is known to the packer; a first or a new one is trained and
 * committed if the store has grown to it. */
int ek_dictionary_renew(struct ek_store *store, struct ek_err *err);

/* Outside a slice: a new dictionary, trained on the texts that there are now, in the place of the
 * one in use; its id, 0 where none can be made. *had: there was one; where there was none, nothing
 * happens. */
int ek_dictionary_replace(struct ek_store *store, uint32_t *id, bool *had, struct ek_err *err);
/* In a slice: no text needs any other. */
void ek_dictionary_drop_others(struct ek_store *store, uint32_t id);

/* The packer knows the dictionary that a text names. -1 (latched) if the records lack it. */
int ek_dictionary_need(struct ek_store *store, uint32_t id);

/* Every dictionary of the store, in order of the ids: the bytes are valid in the snapshot. */
int ek_dictionary_each(struct ek_store *store,
                       int (*visit)(void *context, const struct ek_bytes *dictionary),
                       void *context);

#endif
