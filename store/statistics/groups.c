/* groups.c - see groups.h. */
#include "store/statistics/groups.h"

#include "ekbom/arena.h"
#include "ekbom/error.h"

int ek_groups_make(struct ek_groups *groups, const struct ek_panel_posts *posts,
                   const struct ek_tagged *tagged, const uint32_t *group, struct ek_arena *arena,
                   struct ek_err *err)
{
    *groups = (struct ek_groups){0};
    if (posts->buckets != EK_WINDOWS)
        return ek_fail(err, EK_USAGE, "two windows are compared, not %u", posts->buckets);
    for (size_t i = 0; i < posts->count; i++) {
        if (posts->bucket[i] >= EK_WINDOWS)
            return ek_fail(err, EK_USAGE, "bucket %u of two", posts->bucket[i]);
        if (group[i] >= groups->count)
            groups->count = group[i] + (size_t)1;
    }
    groups->items = EK_NEW_ARRAY(arena, struct ek_group, groups->count + 1);
    if (!groups->items)
        return ek_fail_memory(err);
    for (size_t i = 0; i < posts->count; i++) {
        groups->items[group[i]].posts[posts->bucket[i]]++;
        groups->all.posts[posts->bucket[i]]++;
    }
    for (size_t i = 0; i < tagged->count; i++) {
        uint32_t post = tagged->posts[i];
        if (post >= posts->count)
            return ek_fail(err, EK_USAGE, "tagged post %u of %zu", post, posts->count);
        groups->items[group[post]].tagged[posts->bucket[post]]++;
        groups->all.tagged[posts->bucket[post]]++;
    }
    return 0;
}
