/* change_rows.c - see change_rows.h.
 *
 * Where one to four authors name a theory in a window, whatever its numbers could be worked out
 * from is withheld with them: the change, its interval and its p, which with its error would give
 * the change away. The verdict stays, and the smallest visible change, rounded up to one digit. */
#include "change_rows.h"

#include <math.h>

#define RIGHT_PERCENT (COLUMN_RIGHT | COLUMN_PERCENT | COLUMN_HIDDEN)

const struct column change_columns[CHANGE_COLUMNS] = {
    [CHANGE_THEORY] = {"theory", NULL, 0},
    [CHANGE_BEFORE] = {"before", NULL, COLUMN_HIDDEN},
    [CHANGE_AFTER] = {"after", NULL, COLUMN_HIDDEN},
    [CHANGE_POSTS_BEFORE] = {"posts_before", NULL, COLUMN_HIDDEN},
    [CHANGE_POSTS_AFTER] = {"posts_after", NULL, COLUMN_HIDDEN},
    [CHANGE_SHARE_BEFORE] = {"share_before", NULL, RIGHT_PERCENT},
    [CHANGE_SHARE_AFTER] = {"share_after", NULL, RIGHT_PERCENT},
    [CHANGE_SHARES] = {"shares", "share%", COLUMN_RIGHT | COLUMN_PICTURE},
    [CHANGE_INTERVAL] = {"interval", "change, 95 %", COLUMN_RIGHT | COLUMN_PICTURE},
    [CHANGE_DIFFERENCE] = {"difference", NULL, RIGHT_PERCENT},
    [CHANGE_RATIO] = {"ratio", NULL, COLUMN_HIDDEN},
    [CHANGE_LOW] = {"low", NULL, RIGHT_PERCENT},
    [CHANGE_HIGH] = {"high", NULL, RIGHT_PERCENT},
    [CHANGE_P] = {"p", NULL, COLUMN_HIDDEN},
    [CHANGE_P_CORRECTED] = {"p_corrected", "p*", COLUMN_RIGHT},
    [CHANGE_AUTHOR_SHARE_BEFORE] = {"author_share_before", NULL, RIGHT_PERCENT},
    [CHANGE_AUTHOR_SHARE_AFTER] = {"author_share_after", NULL, RIGHT_PERCENT},
    [CHANGE_AUTHOR_SHARES] = {"author_shares", "authors%", COLUMN_RIGHT | COLUMN_PICTURE},
    [CHANGE_VERDICT] = {"verdict", NULL, 0},
    [CHANGE_REASONS] = {"reasons", NULL, COLUMN_HIDDEN},
    [CHANGE_SMALLEST_VISIBLE] = {"smallest_visible", NULL, COLUMN_HIDDEN},
    [CHANGE_LARGER_THAN] = {"larger_than", NULL, COLUMN_HIDDEN},
    [CHANGE_TAGGED_BEFORE] = {"posts_tagged_before", NULL, COLUMN_HIDDEN},
    [CHANGE_TAGGED_AFTER] = {"posts_tagged_after", NULL, COLUMN_HIDDEN},
    [CHANGE_AUTHORS_BEFORE] = {"authors_before", NULL, COLUMN_HIDDEN},
    [CHANGE_AUTHORS_AFTER] = {"authors_after", NULL, COLUMN_HIDDEN},
    [CHANGE_AUTHORS_TAGGED_BEFORE] = {"authors_tagged_before", NULL, COLUMN_HIDDEN},
    [CHANGE_AUTHORS_TAGGED_AFTER] = {"authors_tagged_after", NULL, COLUMN_HIDDEN},
    [CHANGE_THREADS_BEFORE] = {"threads_before", NULL, COLUMN_HIDDEN},
    [CHANGE_THREADS_AFTER] = {"threads_after", NULL, COLUMN_HIDDEN},
    [CHANGE_DESIGN_EFFECT_BEFORE] = {"design_effect_before", NULL, COLUMN_HIDDEN},
    [CHANGE_DESIGN_EFFECT_AFTER] = {"design_effect_after", NULL, COLUMN_HIDDEN},
    [CHANGE_FETCHED_BEFORE] = {"fetched_before", NULL, COLUMN_HIDDEN},
    [CHANGE_FETCHED_AFTER] = {"fetched_after", NULL, COLUMN_HIDDEN},
    [CHANGE_ID_GAP_BEFORE] = {"id_gap_before", NULL, COLUMN_HIDDEN},
    [CHANGE_ID_GAP_AFTER] = {"id_gap_after", NULL, COLUMN_HIDDEN},
    [CHANGE_WITHHELD] = {"withheld", NULL, COLUMN_HIDDEN},
    [CHANGE_CORRECTED] = {"corrected", NULL, COLUMN_HIDDEN},
    [CHANGE_REFUSAL] = {"correction_refused", NULL, COLUMN_HIDDEN},
    [CHANGE_COUNTED_SHARE_BEFORE] = {"counted_share_before", NULL, COLUMN_HIDDEN},
    [CHANGE_COUNTED_SHARE_AFTER] = {"counted_share_after", NULL, COLUMN_HIDDEN},
    [CHANGE_PRECISION_BEFORE] = {"precision_before", NULL, COLUMN_HIDDEN},
    [CHANGE_PRECISION_AFTER] = {"precision_after", NULL, COLUMN_HIDDEN},
    [CHANGE_RECALL_BEFORE] = {"recall_before", NULL, COLUMN_HIDDEN},
    [CHANGE_RECALL_AFTER] = {"recall_after", NULL, COLUMN_HIDDEN},
    [CHANGE_EXPLANATION] = {"explanation", NULL, COLUMN_HIDDEN},
};

bool change_hidden(const struct change *change)
{
    return change->withheld[EK_BEFORE] || change->withheld[EK_AFTER];
}

double change_smallest_visible(const struct change *change)
{
    double smallest = change->smallest_visible;
    if (!change_hidden(change) || !(smallest > 0))
        return smallest;
    double unit = pow(10, floor(log10(smallest)));
    return ceil(smallest / unit) * unit;
}

/* Values ------------------------------------------------------------------------------------ */

static struct value unless(bool hide, struct value value)
{
    return hide ? null_value() : value;
}

static struct value count_value(uint64_t count)
{
    return integer_value((long long)count);
}

static const char *percent(struct cli *cli, double share, bool hide)
{
    if (hide)
        return "<5";
    return isnan(share) ? "-" : ek_printf(cli->arena, "%.1f", 100 * share);
}

static const char *both(struct cli *cli, const struct change *change, double before, double after)
{
    return ek_printf(cli->arena, "%s→%s", percent(cli, before, change->withheld[EK_BEFORE]),
                     percent(cli, after, change->withheld[EK_AFTER]));
}

static const char *interval(struct cli *cli, const struct change *change)
{
    const struct ek_estimate *difference = &change->difference;
    if (change_hidden(change))
        return "<5";
    if (isnan(difference->low))
        return isnan(difference->value) ? "-"
                                        : ek_printf(cli->arena, "%+.1f", 100 * difference->value);
    return ek_printf(cli->arena, "%+.1f to %+.1f", 100 * difference->low, 100 * difference->high);
}

const char *change_verdict(struct cli *cli, const struct change *change)
{
    const struct ek_judgement *judgement = &change->judgement;
    if (judgement->verdict == EK_CANNOT_TELL)
        return "cannot tell";
    if (judgement->verdict != EK_NO_CHANGE_LARGER_THAN)
        return ek_verdict_names[judgement->verdict];
    const char *words = ek_printf(cli->arena, "no change > %.1f", 100 * judgement->larger_than);
    return change_hidden(change) || !words ? "no change" : words;
}

static struct value reasons_value(const struct ek_judgement *judgement)
{
    json_t *reasons = json_array();
    for (int i = 0; i < EK_VERDICT_REASONS; i++)
        if (judgement->reasons >> i & 1)
            json_array_append_new(reasons, json_string(ek_verdict_reason_names[i]));
    return json_value(reasons);
}

static void add_window(const struct changes *changes, const struct change *change, int w,
                       struct value *values)
{
    const struct ek_shift *shift = &change->shift;
    const struct ek_correction *correction = &change->corrections[w];
    bool hide = change->withheld[w], corrected = change->corrected && !hide;
    values[CHANGE_BEFORE + w] = text_value(change->name[w]);
    values[CHANGE_POSTS_BEFORE + w] = count_value(shift->posts[w]);
    values[CHANGE_SHARE_BEFORE + w] = unless(hide, real_value(change->share[w]));
    values[CHANGE_AUTHOR_SHARE_BEFORE + w] = unless(hide, real_value(shift->author_share[w]));
    values[CHANGE_TAGGED_BEFORE + w] = unless(hide, count_value(shift->tagged[w]));
    values[CHANGE_AUTHORS_BEFORE + w] = count_value(shift->authors[w]);
    values[CHANGE_AUTHORS_TAGGED_BEFORE + w] = unless(hide, count_value(shift->authors_tagged[w]));
    values[CHANGE_THREADS_BEFORE + w] = count_value(shift->threads[w]);
    values[CHANGE_DESIGN_EFFECT_BEFORE + w] =
        unless(hide, real_value(shift->share[w].design_effect));
    values[CHANGE_FETCHED_BEFORE + w] = real_value(changes->fetched[w]);
    values[CHANGE_ID_GAP_BEFORE + w] = real_value(changes->id_gap[w]);
    values[CHANGE_COUNTED_SHARE_BEFORE + w] = unless(hide, real_value(shift->share[w].share));
    values[CHANGE_PRECISION_BEFORE + w] = unless(!corrected, real_value(correction->precision));
    values[CHANGE_RECALL_BEFORE + w] = unless(!corrected, real_value(correction->recall));
}

static const char *refusal(const struct changes *changes, const struct change *change)
{
    for (int w = 0; changes->coded && w < EK_WINDOWS; w++)
        if (change->corrections[w].refusal)
            return ek_refusal_names[change->corrections[w].refusal];
    return NULL;
}

const char *change_p(struct cli *cli, const struct change *change)
{
    double p = change->p_corrected;
    if (change_hidden(change) || isnan(p))
        return "";
    const char *words = p < 0.001 ? "<0.001" : ek_printf(cli->arena, "%.3f", p);
    return words ? words : "";
}

void change_values(struct cli *cli, const struct changes *changes, const struct change *change,
                   struct value values[CHANGE_COLUMNS])
{
    const struct ek_estimate *difference = &change->difference;
    const struct ek_shift *shift = &change->shift;
    bool hide = change_hidden(change);
    double before = change->share[EK_BEFORE], after = change->share[EK_AFTER];
    for (int w = 0; w < EK_WINDOWS; w++)
        add_window(changes, change, w, values);
    values[CHANGE_THEORY] = text_value(change->theory);
    values[CHANGE_SHARES] = text_value(both(cli, change, before, after));
    values[CHANGE_INTERVAL] = text_value(interval(cli, change));
    values[CHANGE_DIFFERENCE] = unless(hide, real_value(difference->value));
    values[CHANGE_RATIO] = unless(hide || !(before > 0 && after > 0), real_value(after / before));
    values[CHANGE_LOW] = unless(hide, real_value(difference->low));
    values[CHANGE_HIGH] = unless(hide, real_value(difference->high));
    values[CHANGE_P] = unless(hide, real_value(difference->p));
    values[CHANGE_P_CORRECTED] = unless(hide, real_value(change->p_corrected));
    if (*change_p(cli, change))
        values[CHANGE_P_CORRECTED].shown = change_p(cli, change);
    values[CHANGE_AUTHOR_SHARES] = text_value(
        both(cli, change, shift->author_share[EK_BEFORE], shift->author_share[EK_AFTER]));
    values[CHANGE_VERDICT] = shown_as(text_value(ek_verdict_names[change->judgement.verdict]),
                                      change_verdict(cli, change));
    values[CHANGE_REASONS] = reasons_value(&change->judgement);
    values[CHANGE_SMALLEST_VISIBLE] = real_value(change_smallest_visible(change));
    values[CHANGE_LARGER_THAN] =
        unless(hide || change->judgement.verdict != EK_NO_CHANGE_LARGER_THAN,
               real_value(change->judgement.larger_than));
    values[CHANGE_WITHHELD] = bool_value(hide);
    values[CHANGE_CORRECTED] = bool_value(change->corrected);
    values[CHANGE_REFUSAL] = text_value(refusal(changes, change));
}
