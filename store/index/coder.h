/* coder.h - codes and languages by name into numbers.
 *
 * A commit of a thousand posts names the same thirty codes again and again, and so does the next:
 * each is looked up in the words table once, noted as known to the generation that uses it, and
 * remembered while the store is open. */
#ifndef EKBOM_STORE_CODER_H
#define EKBOM_STORE_CODER_H

#include "store/index/row.h"
#include "store/index/words.h"

/* Of an open store. NULL when out of memory. */
struct ek_coder *ek_coder_new(void);
void ek_coder_free(struct ek_coder *coder); /* NULL is allowed */
/* For the tags of this generation, in this transaction; ek_coder_forget if it is not committed. */
void ek_coder_begin(struct ek_coder *coder, struct ek_txn *index, uint32_t generation);
void ek_coder_forget(struct ek_coder *coder);

/* 0 for no bytes. */
uint32_t ek_coder_language(struct ek_coder *coder, const char *text, size_t len);
/* The bytes of ek_marks_from_tags. marks has room for EK_MAX_ROW_MARKS; returns how many. */
size_t ek_coder_marks(struct ek_coder *coder, const void *bytes, size_t len, bool *assessed,
                      struct ek_mark *marks);

#endif
