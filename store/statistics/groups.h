/* groups.h - posts and tagged posts of groups (authors, boards) in two windows. */
#ifndef EKBOM_STORE_GROUPS_H
#define EKBOM_STORE_GROUPS_H

#include "ekbom/statistics.h"

struct ek_group {
    double posts[EK_WINDOWS], tagged[EK_WINDOWS];
};
struct ek_groups {
    struct ek_group *items;
    size_t count; /* numbers are below; a group without posts is all 0 */
    struct ek_group all;
};
/* group: of each post. 0, -1: out of memory, not two windows, a tagged post that is none. */
int ek_groups_make(struct ek_groups *groups, const struct ek_panel_posts *posts,
                   const struct ek_tagged *tagged, const uint32_t *group, struct ek_arena *arena,
                   struct ek_err *err);

#endif
