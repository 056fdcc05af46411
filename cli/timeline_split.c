/* timeline_split.c - see timeline_split.h.
 *
 * A part is a selection of its own, counted like any other, so that a part's figures are those that
 * the narrower question would have given. By stance the posts counted are the same in every part;
 * by forum, language and cohort each part has its own. Cohorts are of five years by the author's
 * first dated post in the store; whoever has none, and nobody, is in no cohort. */
#include "timeline_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"

#define COHORT_YEARS 5

static const char *const splits[] = {"none", "stance", "forum", "language", "author-cohort", NULL};

struct part {
    const char *label;
    struct ek_selection selection;
    struct ek_timeline timeline;
};

struct parts {
    struct cli *cli;
    struct ek_store *store;
    const struct ek_selection *selection; /* of the whole */
    struct part *items;
    size_t count, room;
    struct ek_err *err;
};

int read_split(const struct cli *cli)
{
    int split = read_choice(cli, OPT_SPLIT, "split", splits, SPLIT_NONE);
    if (split == SPLIT_NONE && has(cli, OPT_SPLIT))
        split = -1;
    if ((split == SPLIT_FORUM && has(cli, OPT_FORUM)) ||
        (split == SPLIT_LANGUAGE && has(cli, OPT_LANGUAGE)))
        return wrong_use("--split %s makes a part of each: leave --%s out", splits[split],
                         splits[split]),
               -1;
    return split;
}

const char *split_words(enum split split)
{
    static const char *const words[] = {
        "", "split by stance, of the same posts", "split by forum, each of its own posts",
        "split by language, each of its own posts",
        "split by when the author first wrote, each of the cohort's own posts"};
    return words[split];
}

static struct part *add_part(struct parts *parts, const char *label)
{
    if (parts->count == parts->room || !label)
        return NULL;
    struct part *part = &parts->items[parts->count++];
    *part = (struct part){.label = label, .selection = *parts->selection};
    return part;
}

static int make_room(struct parts *parts, size_t count)
{
    parts->items = EK_NEW_ARRAY(parts->cli->arena, struct part, count + 1);
    parts->room = count;
    return parts->items ? 0 : ek_fail_memory(parts->err);
}

static int by_stance(struct parts *parts)
{
    unsigned stances = parts->selection->stances;
    if (make_room(parts, EK_STANCES) != 0)
        return -1;
    for (unsigned stance = 0; stance < EK_STANCES; stance++)
        if (!stances || stances >> stance & 1)
            add_part(parts, ek_stance_names[stance])->selection.stances = 1u << stance;
    return 0;
}

static int by_forum(struct parts *parts)
{
    struct ek_store_status status;
    if (ek_store_status(parts->store, parts->cli->arena, &status, parts->err) != 0 ||
        make_room(parts, status.forum_count) != 0)
        return -1;
    for (size_t i = 0; i < status.forum_count; i++)
        if (status.forums[i].base)
            add_part(parts, status.forums[i].base)->selection.forum = status.forums[i].base;
    return 0;
}

static int by_language(struct parts *parts)
{
    const char **languages;
    size_t count;
    if (ek_store_languages(parts->store, parts->cli->arena, &languages, &count, parts->err) != 0 ||
        make_room(parts, count) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        add_part(parts, languages[i])->selection.language = languages[i];
    return 0;
}

static int see_time(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    (void)err;
    *(ek_time *)context = row->time;
    return 1;
}

static int by_cohort(struct parts *parts)
{
    const struct ek_selection dated = {.states = (1u << EK_STATES) - 1,
                                       .period = {INT64_MIN + 1, INT64_MAX}};
    ek_time first = EK_TIME_UNKNOWN, last = EK_TIME_UNKNOWN;
    if (ek_query_posts(parts->store, &dated, EK_OLDEST_FIRST, see_time, &first, parts->err) != 0 ||
        ek_query_posts(parts->store, &dated, EK_NEWEST_FIRST, see_time, &last, parts->err) != 0)
        return -1;
    if (first == EK_TIME_UNKNOWN)
        return make_room(parts, 0);
    int from = ek_bucket_of(first, EK_BY_YEAR), to = ek_bucket_of(last, EK_BY_YEAR);
    from -= from % COHORT_YEARS;
    if (make_room(parts, (size_t)(to - from) / COHORT_YEARS + 1) != 0)
        return -1;
    for (int year = from; year <= to; year += COHORT_YEARS) {
        struct part *part = add_part(parts, ek_printf(parts->cli->arena, "first wrote %d to %d",
                                                      year, year + COHORT_YEARS - 1));
        if (!part)
            return ek_fail_memory(parts->err);
        part->selection.author_first_seen = (struct ek_period){
            ek_bucket_start(year, EK_BY_YEAR), ek_bucket_start(year + COHORT_YEARS, EK_BY_YEAR)};
    }
    return 0;
}

/* The series over the buckets of the whole; those that the part has not are empty. */
static int align(struct parts *parts, const struct ek_series *whole,
                 const struct ek_series *of_part, const char *label, struct ek_series *series)
{
    *series = (struct ek_series){.theory = whole->theory, .split = label, .count = whole->count};
    series->buckets = EK_NEW_ARRAY(parts->cli->arena, struct ek_series_bucket, whole->count + 1);
    if (!series->buckets)
        return ek_fail_memory(parts->err);
    for (size_t i = 0; i < whole->count; i++) {
        int bucket = whole->buckets[i].bucket;
        series->buckets[i] = (struct ek_series_bucket){.bucket = bucket,
                                                       .share = NAN,
                                                       .low = NAN,
                                                       .high = NAN,
                                                       .design_effect = NAN,
                                                       .author_share = NAN,
                                                       .partial = whole->buckets[i].partial};
        size_t at = of_part->count ? (size_t)(bucket - of_part->buckets[0].bucket) : 0;
        if (of_part->count && bucket >= of_part->buckets[0].bucket && at < of_part->count)
            series->buckets[i] = of_part->buckets[at];
    }
    return 0;
}

static int join(struct parts *parts, struct ek_timeline *timeline)
{
    const struct ek_series *whole = timeline->series;
    size_t count = timeline->count;
    timeline->series = EK_NEW_ARRAY(parts->cli->arena, struct ek_series, count * parts->count + 1);
    timeline->count = 0;
    if (!timeline->series)
        return ek_fail_memory(parts->err);
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < parts->count; p++) {
            const struct part *part = &parts->items[p];
            if (part->timeline.count != count || part->timeline.series[i].count == 0)
                continue;
            if (align(parts, &whole[i], &part->timeline.series[i], part->label,
                      &timeline->series[timeline->count++]) != 0)
                return -1;
        }
    }
    return 0;
}

int split_timeline(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
                   enum ek_bucket_size size, enum ek_denominator denominator, enum split split,
                   struct ek_timeline *timeline, struct ek_err *err)
{
    static int (*const makers[])(struct parts *) = {[SPLIT_STANCE] = by_stance,
                                                    [SPLIT_FORUM] = by_forum,
                                                    [SPLIT_LANGUAGE] = by_language,
                                                    [SPLIT_COHORT] = by_cohort};
    struct parts parts = {.cli = cli, .store = store, .selection = selection, .err = err};
    if (makers[split](&parts) != 0)
        return -1;
    for (size_t i = 0; i < parts.count; i++) {
        struct part *part = &parts.items[i];
        if (ek_query_timeline(store, &part->selection, size, denominator, cli->arena,
                              &part->timeline, err) != 0)
            return -1;
    }
    return join(&parts, timeline);
}
