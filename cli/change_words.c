/* change_words.c - what became of a theory, said to people. See change_rows.h.
 *
 * Every sentence has its counts: a share without its k and n is not to be quoted. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "change_rows.h"
#include "ekbom/limits.h"

struct words { /* a text being put together; NULL when memory is short */
    struct cli *cli;
    const char *text;
};

#define ADD(words, ...)                                                                            \
    ((words)->text = (words)->text ? ek_printf((words)->cli->arena, "%s%s", (words)->text,         \
                                               plain((words)->cli, __VA_ARGS__))                   \
                                   : NULL)

static const char *plain(struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *plain(struct cli *cli, const char *format, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    const char *copy = ek_strdup(cli->arena, line);
    return copy ? copy : "";
}

/* The sentence ------------------------------------------------------------------------------ */

static void add_window(struct words *words, const struct change *change, int w)
{
    const struct ek_shift *shift = &change->shift;
    ADD(words, "%s: ", change->name[w]);
    if (shift->posts[w] == 0)
        ADD(words, "no posts");
    else if (change->withheld[w])
        ADD(words, "withheld (fewer than five of %llu authors)",
            (unsigned long long)shift->authors[w]);
    else
        ADD(words, "%.1f %% (%llu of %llu posts, %llu of %llu authors)",
            100 * shift->share[w].share, (unsigned long long)shift->tagged[w],
            (unsigned long long)shift->posts[w], (unsigned long long)shift->authors_tagged[w],
            (unsigned long long)shift->authors[w]);
}

static void add_corrected(struct words *words, const struct change *change)
{
    if (change->corrected && !change_hidden(change))
        ADD(words, " Corrected for tagging error: %.1f %% and %.1f %%.",
            100 * change->share[EK_BEFORE], 100 * change->share[EK_AFTER]);
    enum ek_refusal before = change->corrections[EK_BEFORE].refusal;
    enum ek_refusal after = change->corrections[EK_AFTER].refusal;
    if (before)
        ADD(words, " Not corrected for tagging error, because of %s%s: %s.",
            change->name[EK_BEFORE], before == after ? " and the other period" : "",
            ek_refusal_words[before]);
    if (after && after != before)
        ADD(words, " Not corrected for tagging error, because of %s: %s.", change->name[EK_AFTER],
            ek_refusal_words[after]);
}

static void add_reasons(struct words *words, const struct changes *changes,
                        const struct change *change)
{
    const struct ek_judgement *judgement = &change->judgement;
    double smallest = change_smallest_visible(change);
    for (int i = 0; i < EK_VERDICT_REASONS; i++)
        if (judgement->reasons >> i & 1)
            ADD(words, " Why: %s.", ek_verdict_reason_words[i]);
    if (judgement->verdict == EK_CANNOT_TELL && smallest > 0)
        ADD(words,
            " The smallest change that would have been seen four times in five%s: %.1f points.",
            changes->tests > 1 ? " with so many tests" : "", 100 * smallest);
}

const char *change_sentence(struct cli *cli, const struct changes *changes,
                            const struct change *change)
{
    static const char *const openings[] = {
        [EK_ROSE] = "rose",
        [EK_FELL] = "fell",
        [EK_NO_CHANGE_LARGER_THAN] = "did not change by more than",
        [EK_CANNOT_TELL] = "cannot tell",
    };
    const struct ek_judgement *judgement = &change->judgement;
    struct words words = {
        cli, ek_printf(cli->arena, "%s: %s", change->theory, openings[judgement->verdict])};
    if (judgement->verdict == EK_NO_CHANGE_LARGER_THAN)
        ADD(&words, " %s",
            change_hidden(change) ? "what is of interest"
                                  : plain(cli, "%.1f points", 100 * judgement->larger_than));
    ADD(&words, ". ");
    add_window(&words, change, EK_BEFORE);
    ADD(&words, ", ");
    add_window(&words, change, EK_AFTER);
    ADD(&words, ".");
    add_corrected(&words, change);
    add_reasons(&words, changes, change);
    return words.text ? words.text : "";
}

/* The explanation --------------------------------------------------------------------------- */

static void explain_shares(struct words *words, const struct change *change)
{
    const struct ek_shift *shift = &change->shift;
    ADD(words,
        "Share: posts tagged %s, of the posts counted. What an author quotes is not the "
        "author's. Author share: authors with one such post at least, of those who wrote.",
        change->theory);
    if (shift->few_clusters) {
        ADD(words,
            "\nInterval: none. A period has fewer than %u authors or threads, too few to "
            "tell how far chance reaches.",
            EK_MIN_CLUSTERS);
        return;
    }
    if (change_hidden(change)) {
        ADD(words, "\nInterval and p: withheld with the share of a period in which one to four "
                   "authors name it; --tier internal shows them.");
        return;
    }
    ADD(words,
        "\nInterval: posts of one author are alike, and so are posts of one thread, so that "
        "neither counts as many. The posts before weigh like %.0f independent ones (design effect "
        "%.1f), those after like %.0f (%.1f); who wrote in both periods counts once. The change is "
        "%+.2f points, 95 %% of such intervals hold the true one: %+.2f to %+.2f.",
        (double)shift->posts[EK_BEFORE] / shift->share[EK_BEFORE].design_effect,
        shift->share[EK_BEFORE].design_effect,
        (double)shift->posts[EK_AFTER] / shift->share[EK_AFTER].design_effect,
        shift->share[EK_AFTER].design_effect, 100 * change->difference.value,
        100 * change->difference.low, 100 * change->difference.high);
}

static void explain_tests(struct words *words, const struct changes *changes,
                          const struct change *change, enum ek_correcting correcting)
{
    struct cli *cli = words->cli;
    if (change_hidden(change) || isnan(change->difference.p))
        return;
    ADD(words, "\nTest of no change: %s; ", p_words(cli, change->difference.p));
    if (isnan(change->p_corrected))
        ADD(words, "not counted as a test, for fewer than five authors name it in either period.");
    else if (changes->tests < 2)
        ADD(words, "the only test that was run.");
    else
        ADD(words, "%s, corrected for the %zu tests that were run (%s).",
            p_words(cli, change->p_corrected), changes->tests,
            correcting == EK_HOLM ? "Holm: the chance of any false claim among them is 5 %"
                                  : "Benjamini-Hochberg: 5 % of the claims made may be false");
    ADD(words, " A test that takes every post as independent, which they are not, would say %s.",
        p_words(cli, change->shift.naive_p));
}

static void explain_stances(struct words *words, const struct change *change)
{
    const char *between = "\nStances: ";
    for (int i = 0; i < EK_STANCES && !change_hidden(change); i++) {
        if (isnan(change->stances[i].p))
            continue;
        ADD(words, "%s%s %+.2f points (%s)", between, ek_stance_names[i],
            100 * change->stances[i].difference, p_words(words->cli, change->stances[i].p));
        between = ", ";
    }
    if (*between == ',')
        ADD(words, ". They went different ways if two differ in sign below 0.05.");
}

static void explain_parts(struct words *words, const char *who, const char *one,
                          const struct ek_decomposition *parts)
{
    if (isnan(parts->difference))
        return;
    ADD(words,
        "\nBy %s: %+.2f points because %s of both periods name it more or less often, %+.2f "
        "because "
        "of how much of the posts they write, %+.2f by %s that came (%zu), %+.2f by those that "
        "left (%zu).",
        one, 100 * parts->changed, who, 100 * parts->mixed, 100 * parts->came, who,
        parts->groups_came, 100 * parts->left, parts->groups_left);
}

static void explain_why(struct words *words, const struct change *change)
{
    const struct ek_leave_one_out *out = &change->leave_one_out;
    if (change_hidden(change))
        return;
    explain_parts(words, "authors", "author", &change->by_author);
    explain_parts(words, "boards", "board", &change->by_board);
    if (!isnan(out->without_most_active))
        ADD(words,
            "\nOne person? Without the author who names it most the change is %+.2f points; "
            "whoever is left out, it is %+.2f to %+.2f.",
            100 * out->without_most_active, 100 * out->low, 100 * out->high);
}

static void explain_verdict(struct words *words, const struct changes *changes,
                            const struct change *change)
{
    const struct ek_judgement *judgement = &change->judgement;
    ADD(words, "\nVerdict: %s.", ek_verdict_names[judgement->verdict]);
    ADD(words, " \"rose\" and \"fell\" need a corrected p below 0.05, a share of authors that went "
               "the same way, stances that did not part, and an archive that holds as much of both "
               "periods.");
    if (!change_hidden(change) && !isnan(judgement->p_equivalent))
        ADD(words, " That the change is within %.2f points (%s): %s.", 100 * judgement->larger_than,
            changes->smallest_of_interest > 0 ? "--smallest-of-interest" : "half the earlier share",
            p_words(words->cli, judgement->p_equivalent));
}

const char *change_explanation(struct cli *cli, const struct changes *changes,
                               const struct change *change, enum ek_correcting correcting)
{
    struct words words = {cli, ""};
    explain_shares(&words, change);
    explain_tests(&words, changes, change, correcting);
    explain_stances(&words, change);
    explain_why(&words, change);
    explain_verdict(&words, changes, change);
    return words.text ? words.text : "";
}
