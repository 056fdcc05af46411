/* searching.h - a reader that looks for a regular expression in packed texts. */
#ifndef EKBOM_SEARCHING_H
#define EKBOM_SEARCHING_H

#include "ekbom/codec.h"
#include "ekbom/error.h"

struct ek_arena;
struct ek_buf;
struct ek_packer;
struct searching;

/* From what is left of SETUP: the pattern, whether case matters. 0 and NULL if there is no search
 * to be done. The packer, which knows the dictionaries, stays the caller's. */
int searching_new(struct searching **searching, struct ek_cursor *setup, struct ek_packer *packer,
                  struct ek_arena *arena, struct ek_err *err);
bool searching_interpreted(const struct searching *searching);

struct searched { /* one text of a request */
    const char *text;
    size_t len;
    bool places;
    const char *reason; /* why it cannot be searched, or NULL; static */
};
/* The next text of a request, unpacked: valid until the next one. False if the request is bad. */
bool searching_take(struct searching *searching, struct ek_cursor *request, struct searched *text);
/* What is found in it, into the reply. */
void searching_answer(struct searching *searching, const struct searched *text,
                      struct ek_buf *reply);

#endif
