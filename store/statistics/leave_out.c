/* leave_out.c - does one person make the difference?
 *
 * Without author a the shares are (K - k_a) / (N - n_a); from the sums of each author all of these
 * are had at once. */
#include <math.h>

#include "ekbom/contrast.h"
#include "store/statistics/groups.h"

static double difference_without(const struct ek_group *all, const struct ek_group *author)
{
    double share[EK_WINDOWS];
    for (int a = 0; a < EK_WINDOWS; a++)
        share[a] = (all->tagged[a] - author->tagged[a]) / (all->posts[a] - author->posts[a]);
    return share[EK_AFTER] - share[EK_BEFORE]; /* 0 / 0 where a window is empty: NAN */
}

static double tagged_of(const struct ek_group *author)
{
    return author->tagged[EK_BEFORE] + author->tagged[EK_AFTER];
}

int ek_leave_one_out(const struct ek_panel_posts *posts, const struct ek_tagged *tagged,
                     struct ek_arena *arena, struct ek_leave_one_out *out, struct ek_err *err)
{
    static const struct ek_group nobody;
    struct ek_groups authors;
    *out = (struct ek_leave_one_out){.low = NAN, .high = NAN, .without_most_active = NAN};
    if (ek_groups_make(&authors, posts, tagged, posts->author, arena, err))
        return -1;
    out->difference = difference_without(&authors.all, &nobody);
    double most = 0;
    for (uint32_t i = 0; i < authors.count; i++) {
        const struct ek_group *author = &authors.items[i];
        double difference = difference_without(&authors.all, author);
        if (isnan(difference) || author->posts[EK_BEFORE] + author->posts[EK_AFTER] == 0)
            continue;
        if (!(out->low <= difference)) {
            out->low = difference;
            out->low_author = i;
        }
        if (!(out->high >= difference)) {
            out->high = difference;
            out->high_author = i;
        }
        if (tagged_of(author) > most) {
            most = tagged_of(author);
            out->without_most_active = difference;
            out->most_active = i;
        }
    }
    return 0;
}
