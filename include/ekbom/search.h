/* search.h - one regular expression looked for in many texts. Shown by rules/.
 *
 * PCRE2's language, whole, over a text as it is stored (NFC, not folded): Unicode properties are
 * on, ^ and $ stand at the ends of lines, a match holds at least one character. */
#ifndef EKBOM_SEARCH_H
#define EKBOM_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

struct ek_err;
struct ek_search;

/* -1: EK_USAGE with what is wrong and, in *place, its byte in pattern; EK_MEMORY. */
int ek_search_new(struct ek_search **search, const char *pattern, bool match_case, size_t *place,
                  struct ek_err *err);
void ek_search_free(struct ek_search *search); /* NULL is allowed */
/* True if the system refuses memory for compiled code: slower, and the same matches. */
bool ek_search_interpreted(const struct ek_search *search);

/* Every match in a text of valid UTF-8, in order, as bytes [start, end), until found returns
 * false. 0; -1 when a limit was reached, and *reason (static) says which: more may be there. */
int ek_search_run(struct ek_search *search, const char *text, size_t len,
                  bool (*found)(void *context, size_t start, size_t end), void *context,
                  const char **reason);

#endif
