/* panel_groups.h - which group a post belongs to: its forum, its language, its author's cohort. */
#ifndef EKBOM_STORE_PANEL_GROUPS_H
#define EKBOM_STORE_PANEL_GROUPS_H

#include "ekbom/panel_rows.h"
#include "store/query/counting.h"

struct ek_panel_groups {
    enum ek_grouping grouping;
    const char **names; /* in the caller's arena */
    size_t count;
    uint64_t *numbers;        /* forum or language of each group */
    const int32_t *first_day; /* by author */
    size_t author_count;
    int32_t cohort_day;
};
/* After the counting has met its chunks and forums. 0, -1. */
int ek_panel_groups_make(struct ek_panel_groups *groups, const struct ek_panel_question *question,
                         struct ek_counting *counting, struct ek_arena *arena);
/* Of these rows, into out[count]; the chunk's authors and places must have been asked for. 0, -1.
 */
int ek_panel_groups_fill(const struct ek_panel_groups *groups, struct ek_chunk *chunk,
                         const uint16_t *rows, uint32_t count, uint32_t *out);

#endif
