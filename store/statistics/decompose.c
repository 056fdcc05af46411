/* decompose.c - did the same people change, or did others come?
 *
 * Kitagawa (1955) splits the difference of two rates into that of the groups' own rates and that of
 * their parts in the whole, each at the mean of the other. Authors also come and go, and a group
 * that is not there has no rate; as in the decomposition of productivity by Griliches and Regev
 * (1995) it then counts by how far its rate is from the mean of the two shares. Every part in the
 * whole is measured from that mean; since parts add up to 1 in both windows, the sum is not
 * touched:
 *
 *     after - before = sum_both (w_a + w_b)/2 (r_a - r_b) + sum_both (w_a - w_b)((r_a + r_b)/2 - m)
 *                      + sum_came w_a (r_a - m) - sum_left w_b (r_b - m),  m = (after + before)/2
 */
#include <math.h>

#include "ekbom/contrast.h"
#include "store/statistics/groups.h"

static void add_group(const struct ek_groups *groups, const struct ek_group *group, double middle,
                      struct ek_decomposition *parts)
{
    double weight[EK_WINDOWS], rate[EK_WINDOWS];
    bool there[EK_WINDOWS];
    for (int a = 0; a < EK_WINDOWS; a++) {
        there[a] = group->posts[a] > 0;
        weight[a] = group->posts[a] / groups->all.posts[a];
        rate[a] = there[a] ? group->tagged[a] / group->posts[a] : 0;
    }
    if (there[EK_BEFORE] && there[EK_AFTER]) {
        parts->groups_both++;
        parts->changed +=
            (weight[EK_AFTER] + weight[EK_BEFORE]) / 2 * (rate[EK_AFTER] - rate[EK_BEFORE]);
        parts->mixed += (weight[EK_AFTER] - weight[EK_BEFORE]) *
                        ((rate[EK_AFTER] + rate[EK_BEFORE]) / 2 - middle);
    } else if (there[EK_AFTER]) {
        parts->groups_came++;
        parts->came += weight[EK_AFTER] * (rate[EK_AFTER] - middle);
    } else if (there[EK_BEFORE]) {
        parts->groups_left++;
        parts->left -= weight[EK_BEFORE] * (rate[EK_BEFORE] - middle);
    }
}

int ek_decompose(const struct ek_panel_posts *posts, const struct ek_tagged *tagged,
                 const uint32_t *group, struct ek_arena *arena,
                 struct ek_decomposition *decomposition, struct ek_err *err)
{
    struct ek_groups groups;
    *decomposition = (struct ek_decomposition){0};
    if (ek_groups_make(&groups, posts, tagged, group, arena, err))
        return -1;
    double before = groups.all.tagged[EK_BEFORE] / groups.all.posts[EK_BEFORE];
    double after = groups.all.tagged[EK_AFTER] / groups.all.posts[EK_AFTER];
    decomposition->difference = after - before;
    for (uint32_t i = 0; i < groups.count; i++)
        add_group(&groups, &groups.items[i], (after + before) / 2, decomposition);
    if (isnan(decomposition->difference))
        decomposition->changed = decomposition->mixed = decomposition->came = decomposition->left =
            NAN;
    return 0;
}
