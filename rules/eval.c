/* eval.c - counting agreement with hand-coded posts.
 *
 * The interval of F1: of the posts where a theory was coded or tagged, the share where it was both
 * is a proportion J = tp / (tp + fp + fn), and F1 = 2J / (1 + J) rises with it; so the Wilson
 * interval of J gives that of F1. It needs no drawing of samples and no seed. With weights the
 * number of posts is Kish's effective one. Posts of one author are not independent, so the true
 * interval is somewhat wider. */
#include "ekbom/eval.h"

#include <math.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/record.h"
#include "rules/labels.h"
#include "rules/vector.h"

#define Z 1.959963984540054 /* 95 % of the normal distribution */

struct count { /* of one code in one period */
    const char *code;
    double gold, tp, fp, fn, from_quotes, stances, stances_right;
    double marked, hedged_right, experience_right; /* of the tp: those coded with these fields */
    double stance_pairs[EK_STANCES][EK_STANCES];   /* coded, tagged */
    double weights, weights_squared;               /* of the posts counted in tp, fp, fn */
};

struct counts {
    const char *period; /* NULL: all posts */
    size_t posts;
    VECTOR(struct count) theories;
    struct count treatments;
};

struct ek_evaluation {
    struct ek_arena *arena;        /* names */
    VECTOR(struct counts) periods; /* the first one counts all */
    bool weighted;
};

struct ek_evaluation *ek_evaluation_new(void)
{
    struct ek_evaluation *evaluation = calloc(1, sizeof *evaluation);

    if (!evaluation)
        return NULL;
    evaluation->arena = ek_arena_new(64ul << 20);
    VECTOR_PUSH(&evaluation->periods, (struct counts){0});
    if (!evaluation->arena || evaluation->periods.failed) {
        ek_evaluation_free(evaluation);
        return NULL;
    }
    return evaluation;
}

void ek_evaluation_free(struct ek_evaluation *evaluation)
{
    if (!evaluation)
        return;
    for (size_t i = 0; i < evaluation->periods.count; i++)
        VECTOR_FREE(&evaluation->periods.items[i].theories);
    VECTOR_FREE(&evaluation->periods);
    ek_arena_free(evaluation->arena);
    free(evaluation);
}

static struct counts *counts_of(struct ek_evaluation *evaluation, const char *period)
{
    for (size_t i = 1; i < evaluation->periods.count; i++)
        if (strcmp(evaluation->periods.items[i].period, period) == 0)
            return &evaluation->periods.items[i];
    period = ek_strdup(evaluation->arena, period);
    if (period)
        VECTOR_PUSH(&evaluation->periods, (struct counts){.period = period});
    return period && !evaluation->periods.failed
               ? &evaluation->periods.items[evaluation->periods.count - 1]
               : NULL;
}

static struct count *count_of(struct ek_evaluation *evaluation, struct counts *counts,
                              const char *code)
{
    for (size_t i = 0; i < counts->theories.count; i++)
        if (strcmp(counts->theories.items[i].code, code) == 0)
            return &counts->theories.items[i];
    code = ek_strdup(evaluation->arena, code);
    if (code)
        VECTOR_PUSH(&counts->theories, (struct count){.code = code});
    return code && !counts->theories.failed ? &counts->theories.items[counts->theories.count - 1]
                                            : NULL;
}

static void weigh(struct count *count, double cases, double weight)
{
    count->weights += cases * weight;
    count->weights_squared += cases * weight * weight;
}

/* Stance, hedge and experience of a theory that was both coded and tagged. */
static void compare_marks(struct count *count, const struct label *coded,
                          const struct label *tagged, double weight)
{
    int wanted = coded->stance ? ek_name_index(ek_stance_names, coded->stance) : -1;
    int got = ek_name_index(ek_stance_names, tagged->stance);

    if (wanted >= 0 && got >= 0)
        count->stance_pairs[wanted][got] += weight;
    if (wanted >= 0 && wanted == got)
        count->stances_right += weight;
    if (!coded->has_marks)
        return;
    count->marked += weight;
    count->hedged_right += coded->hedged == tagged->hedged ? weight : 0;
    count->experience_right += coded->experience == tagged->experience ? weight : 0;
}

/* One theory that was coded, or tagged, or both, on one post. */
static int count_theory(struct ek_evaluation *evaluation, struct counts *counts,
                        const struct ek_gold *gold, const char *code, const struct label *coded,
                        const struct label *tagged, double weight)
{
    struct count *count;

    if (!coded && labels_name(gold->context_only, gold->context_count, code))
        return 0;
    count = count_of(evaluation, counts, code);
    if (!count)
        return -1;
    weigh(count, 1, weight);
    if (coded)
        count->gold += weight;
    if (coded && tagged) {
        count->tp += weight;
        count->stances += weight;
        compare_marks(count, coded, tagged, weight);
    } else if (coded) {
        count->fn += weight;
    } else {
        count->fp += weight;
        if (labels_name(gold->quoted_only, gold->quoted_count, code))
            count->from_quotes += weight;
    }
    return 0;
}

static void count_treatments(struct count *count, const struct ek_gold *gold,
                             const struct ek_tags *tags, double weight)
{
    size_t both = 0, coded = 0;

    for (size_t i = 0; i < gold->treatment_count; i++) {
        if (labels_name(gold->treatments, i, gold->treatments[i]))
            continue; /* named twice */
        coded++;
        for (size_t t = 0; t < tags->treatment_count; t++)
            both += strcmp(tags->treatments[t].code, gold->treatments[i]) == 0;
    }
    count->gold += (double)coded * weight;
    count->tp += (double)both * weight;
    count->fn += (double)(coded - both) * weight;
    count->fp += (double)(tags->treatment_count - both) * weight;
    weigh(count, (double)(coded + tags->treatment_count - both), weight);
}

static int count_post(struct ek_evaluation *evaluation, struct counts *counts,
                      const struct ek_gold *gold, const struct ek_tags *tags,
                      const struct labels *coded, const struct labels *tagged)
{
    double weight = gold->weight > 0 ? gold->weight : 1;

    counts->posts++;
    for (size_t i = 0; i < coded->items.count; i++) {
        const struct label *label = &coded->items.items[i];
        if (count_theory(evaluation, counts, gold, label->code, label,
                         find_label(tagged, label->code), weight) < 0)
            return -1;
    }
    for (size_t i = 0; i < tagged->items.count; i++) {
        const struct label *label = &tagged->items.items[i];
        if (!find_label(coded, label->code) &&
            count_theory(evaluation, counts, gold, label->code, NULL, label, weight) < 0)
            return -1;
    }
    count_treatments(&counts->treatments, gold, tags, weight);
    return 0;
}

int ek_evaluation_add(struct ek_evaluation *evaluation, const struct ek_gold *gold,
                      const struct ek_tags *tags, struct ek_err *err)
{
    struct labels coded = {0}, tagged = {0};
    struct counts *period = NULL;
    int status = 0;

    labels_of_gold(&coded, gold);
    labels_of_tags(&tagged, tags);
    evaluation->weighted = evaluation->weighted || gold->weight > 0;
    if (coded.items.failed || tagged.items.failed)
        status = -1;
    if (status == 0)
        status = count_post(evaluation, &evaluation->periods.items[0], gold, tags, &coded, &tagged);
    if (status == 0 && gold->period) {
        period = counts_of(evaluation, gold->period);
        status = period ? count_post(evaluation, period, gold, tags, &coded, &tagged) : -1;
    }
    labels_free(&coded);
    labels_free(&tagged);
    return status < 0 ? ek_fail_memory(err) : 0;
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void set_interval(struct ek_score *score, const struct count *count)
{
    double n = share(count->weights * count->weights, count->weights_squared);
    double p = share(count->tp, count->tp + count->fp + count->fn);
    double centre, half;

    score->low = 0;
    score->high = 1;
    if (n <= 0)
        return;
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    centre = fmin(fmax(centre, half), 1 - half);
    score->low = 2 * (centre - half) / (1 + centre - half);
    score->high = 2 * (centre + half) / (1 + centre + half);
}

static struct ek_score score_of(const struct count *count, const char *code)
{
    struct ek_score score = {.code = code,
                             .gold = count->gold,
                             .tp = count->tp,
                             .fp = count->fp,
                             .fn = count->fn,
                             .from_quotes = count->from_quotes};

    score.precision = share(count->tp, count->tp + count->fp);
    score.recall = share(count->tp, count->tp + count->fn);
    score.f1 = share(2 * score.precision * score.recall, score.precision + score.recall);
    score.stance_accuracy = count->stances > 0 ? count->stances_right / count->stances : NAN;
    score.hedged_accuracy = count->marked > 0 ? count->hedged_right / count->marked : NAN;
    score.experience_accuracy = count->marked > 0 ? count->experience_right / count->marked : NAN;
    memcpy(score.stance_pairs, count->stance_pairs, sizeof score.stance_pairs);
    set_interval(&score, count);
    return score;
}

static int compare_scores(const void *left, const void *right)
{
    const struct ek_score *a = left, *b = right;

    if (a->gold != b->gold)
        return a->gold < b->gold ? 1 : -1;
    return strcmp(a->code, b->code);
}

static int fill_scores(const struct counts *counts, struct ek_arena *arena,
                       struct ek_scores *scores)
{
    struct count micro = {0};

    scores->period = counts->period ? ek_strdup(arena, counts->period) : NULL;
    scores->posts = counts->posts;
    scores->theory_count = counts->theories.count;
    scores->theories = EK_NEW_ARRAY(arena, struct ek_score, counts->theories.count + 1);
    if (!scores->theories || (counts->period && !scores->period))
        return -1;
    for (size_t i = 0; i < counts->theories.count; i++) {
        const struct count *count = &counts->theories.items[i];
        const char *code = ek_strdup(arena, count->code);
        if (!code)
            return -1;
        scores->theories[i] = score_of(count, code);
        micro.gold += count->gold;
        micro.tp += count->tp;
        micro.fp += count->fp;
        micro.fn += count->fn;
        micro.from_quotes += count->from_quotes;
        micro.stances += count->stances;
        micro.stances_right += count->stances_right;
        micro.marked += count->marked;
        micro.hedged_right += count->hedged_right;
        micro.experience_right += count->experience_right;
        for (int pair = 0; pair < EK_STANCES * EK_STANCES; pair++)
            micro.stance_pairs[pair / EK_STANCES][pair % EK_STANCES] +=
                count->stance_pairs[pair / EK_STANCES][pair % EK_STANCES];
        micro.weights += count->weights;
        micro.weights_squared += count->weights_squared;
    }
    qsort(scores->theories, scores->theory_count, sizeof *scores->theories, compare_scores);
    scores->micro = score_of(&micro, "micro");
    scores->treatments = score_of(&counts->treatments, "treatments");
    return 0;
}

static int compare_periods(const void *left, const void *right)
{
    const struct ek_scores *a = left, *b = right;

    return strcmp(a->period, b->period);
}

int ek_evaluation_report(const struct ek_evaluation *evaluation, struct ek_arena *arena,
                         struct ek_evaluation_report *report, struct ek_err *err)
{
    size_t count = evaluation->periods.count - 1;

    memset(report, 0, sizeof *report);
    report->weighted = evaluation->weighted;
    report->note = evaluation->weighted ? NULL : "tuning set, not validation";
    report->periods = EK_NEW_ARRAY(arena, struct ek_scores, count + 1);
    if (!report->periods || fill_scores(&evaluation->periods.items[0], arena, &report->all) < 0)
        return ek_fail_memory(err);
    if (!evaluation->weighted)
        return 0;
    report->period_count = count;
    for (size_t i = 0; i < count; i++)
        if (fill_scores(&evaluation->periods.items[i + 1], arena, &report->periods[i]) < 0)
            return ek_fail_memory(err);
    qsort(report->periods, count, sizeof *report->periods, compare_periods);
    return 0;
}
