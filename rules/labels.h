/* labels.h - the theories of one post as a person coded them, or as the rules tagged them, side by
 * side: one label a theory, bid/transport standing for bid where that is missing. */
#ifndef RULES_LABELS_H
#define RULES_LABELS_H

#include "ekbom/eval.h"
#include "rules/vector.h"

struct ek_tag;

struct label {
    const char *code, *stance;
    bool has_marks, hedged, experience;
    const struct ek_tag *tag; /* it comes from; NULL of coded ones */
};

struct labels {
    VECTOR(struct label) items;
};

/* Both may leave items.failed set: out of memory. */
void labels_of_gold(struct labels *labels, const struct ek_gold *gold);
void labels_of_tags(struct labels *labels, const struct ek_tags *tags);
void labels_free(struct labels *labels);
const struct label *find_label(const struct labels *labels, const char *code);
/* Is the code in a list of codes? */
bool labels_name(const char *const *list, size_t count, const char *code);

#endif
