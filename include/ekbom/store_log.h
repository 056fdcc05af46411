/* store_log.h - STORE/log: what was asked of a store, one line an answer. Part of store.h.
 *
 * A paper that shows one shift must be able to say how many were tried. Lines are written by
 * whoever asks, without the writer's lock, and are never changed. What a line says is its writer's
 * business; here it is text without a line end. */
#ifndef EKBOM_STORE_LOG_H
#define EKBOM_STORE_LOG_H

#include <stddef.h>
#include <stdint.h>

struct ek_err;
struct ek_store;

/* Add a line, in one write. 0, or -1: nothing that was there is lost. */
int ek_store_log_add(struct ek_store *store, const char *line, struct ek_err *err);
/* Every line, oldest first, numbered from 1; valid during the call. visit returns 0 to go on, -1
 * with err filled. No log yet: no line. */
int ek_store_log_each(struct ek_store *store,
                      int (*visit)(void *context, uint64_t number, const char *line,
                                   struct ek_err *err),
                      void *context, struct ek_err *err);

#endif
