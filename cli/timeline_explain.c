/* timeline_explain.c - `ekbom timeline --explain`: how each figure came about, in the order of the
 * columns, with the figures of one period as the example, so that a reader can do the sum. */
#include <math.h>

#include "timeline_words.h"

#define SENTENCES 24

struct explanation {
    struct cli *cli;
    const struct timeline_view *view;
    const char **sentences;
    size_t count;
    const char *theory;                    /* of the example */
    const struct ek_series_bucket *bucket; /* NULL: no period can be shown */
    size_t number;                         /* of the bucket in its series */
};

static void add(struct explanation *e, const char *sentence)
{
    if (!sentence)
        out_of_memory();
    if (e->count < SENTENCES)
        e->sentences[e->count++] = sentence;
}

/* The newest period that has most to show. */
static void choose_example(struct explanation *e)
{
    for (size_t i = 0; i < e->view->timeline->count; i++) {
        const struct ek_series *series = &e->view->timeline->series[i];
        for (size_t j = 0; j < series->count; j++) {
            const struct ek_series_bucket *b = &series->buckets[j];
            if (is_hidden(e->view, b) || b->posts_tagged == 0 ||
                (e->bucket && isnan(b->low) && !isnan(e->bucket->low)))
                continue;
            e->theory = series->theory;
            e->bucket = b;
            e->number = j;
        }
    }
}

static void explain_counts(struct explanation *e)
{
    static const char *const counted[] = {
        "posts: every post of the selection with a known time and in a language that the rules "
        "know; its own words only, quotes left out; live, edited and gone posts unless --state "
        "says "
        "otherwise.",
        "posts: of the posts of the selection with a known time and in a language that the rules "
        "know, those that carry any theory.",
        "posts: every dated post, in a language that the rules know, of the boards (or the board "
        "of "
        "the thread) that the selection is in."};
    const struct ek_series_bucket *b = e->bucket;
    struct ek_arena *arena = e->cli->arena;
    add(e, counted[e->view->denominator]);
    add(e, "tagged: those in which a rule of the theory matched, with the stances and the target "
           "named in the head; `ekbom posts --theory CODE` lists them, `ekbom show POST` gives the "
           "words.");
    if (!b)
        return;
    add(e, ek_printf(arena, "share: tagged / posts. %s in %s: %llu / %llu = %.4f, that is %.1f %%.",
                     e->theory, timeline_bucket(e->cli, e->view, b->bucket),
                     (unsigned long long)b->posts_tagged, (unsigned long long)b->posts, b->share,
                     100 * b->share));
    if (!isnan(b->low))
        add(e,
            ek_printf(arena,
                      "low, high: 95 %% interval (Wilson's) of the share, %.1f to %.1f %% there. "
                      "Posts of one author or one thread resemble one another, so its variance is "
                      "clustered by both; it is %.2f times that of independent posts (the design "
                      "effect), so that %llu posts tell as much as %.0f independent ones.",
                      100 * b->low, 100 * b->high, b->design_effect, (unsigned long long)b->posts,
                      (double)b->posts / b->design_effect));
    add(e, ek_printf(arena,
                     "authors: %llu of the %llu people who wrote in %s named it, %.1f %%. One who "
                     "writes often counts once.",
                     (unsigned long long)b->authors_tagged, (unsigned long long)b->authors,
                     timeline_bucket(e->cli, e->view, b->bucket), 100 * b->author_share));
}

static void explain_coverage(struct explanation *e)
{
    const struct ek_coverage *coverage = e->view->coverage;
    struct ek_arena *arena = e->cli->arena;
    const char *reason = coverage->fetched_reason;
    if (reason)
        add(e, ek_printf(arena, "fetched: cannot be told: %s.", reason));
    else
        add(e, "fetched: of the threads that the boards list, dated by the id of their newest "
               "post, the share that was read to its end.");
    if (coverage->id_gap_reason)
        add(e, ek_printf(arena, "id_gap: cannot be told: %s.", coverage->id_gap_reason));
    else if (e->bucket && !isnan(coverage->id_gap[e->number]))
        add(e,
            ek_printf(arena,
                      "id_gap: a forum numbers its posts one after another; of the numbers given "
                      "out in %s, %.1f %% have no post here. At most so many were removed, "
                      "hidden or not fetched.",
                      timeline_bucket(e->cli, e->view, e->bucket->bucket),
                      100 * coverage->id_gap[e->number]));
}

static void explain_changes(struct explanation *e)
{
    add(e, "breaks: the series is cut where two levels explain it better than one, by the binomial "
           "likelihood divided by the mean design effect, a cut costing 2 ln(periods), no level "
           "shorter than three periods; periods that are not over are left out.");
    add(e, "trend: Theil and Sen's slope of the shares, and Mann and Kendall's p, corrected for "
           "periods that resemble their neighbours (Hamed and Rao).");
    add(e, ek_printf(e->cli->arena,
                     "rules: all periods were tagged under one rule set, %s, so no change of rules "
                     "lies within the series. No figure is corrected for tagging error.",
                     e->view->timeline->rules_digest ? e->view->timeline->rules_digest : "none"));
}

const char *const *timeline_explanation(struct cli *cli, const struct timeline_view *view)
{
    struct explanation e = {.cli = cli, .view = view};
    e.sentences = EK_NEW_ARRAY(cli->arena, const char *, SENTENCES + 1);
    if (!e.sentences)
        out_of_memory();
    choose_example(&e);
    explain_counts(&e);
    explain_coverage(&e);
    add(&e, "withheld: a cell of one to four authors could point at a person; its numbers are "
            "shown with --tier internal only.");
    add(&e, "*: a period that had not ended when a forum was last read is not complete.");
    explain_changes(&e);
    return e.sentences;
}
