/* selector.h - CSS-like selectors of profiles, compiled.
 *
 * tag, .class, #id, [attribute], [attribute=pattern], :not(...), :has(...), `*`, `&` (the element
 * that the search starts from), blank (inside), `>` (child), comma (either). */
#ifndef EXTRACT_SELECTOR_H
#define EXTRACT_SELECTOR_H

#include "daemon/extract/tree.h"

struct ek_selector;

/* NULL on failure: *fault says what is wrong, *at where in text. Names are added to names. */
struct ek_selector *ek_selector_compile(struct ek_names *names, struct ek_arena *arena,
                                        struct ek_slice text, size_t *at, const char **fault);

/* The first match in the scope after node `after` (which is not itself considered; give
 * EK_NO_NODE to start). The scope's own element matches only through `&`. EK_NO_NODE if none. */
uint32_t ek_select_next(struct ek_tree *tree, const struct ek_selector *selector,
                        struct ek_scope scope, uint32_t after);
uint32_t ek_select_first(struct ek_tree *tree, const struct ek_selector *selector,
                         struct ek_scope scope);
uint32_t ek_select_last(struct ek_tree *tree, const struct ek_selector *selector,
                        struct ek_scope scope);
/* Does this node match, seen from the scope? */
bool ek_select_is(struct ek_tree *tree, const struct ek_selector *selector, struct ek_scope scope,
                  uint32_t node);

#endif
