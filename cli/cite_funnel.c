/* cite_funnel.c - a selection taken step by step: how many posts each condition leaves.
 *
 * The order is that in which people explain a study: what there is, where, whom, what was left out
 * and why, language, time, and what the rules could judge. Each step is a count of its own, so that
 * the last one is what every other command counts. An author that a file leaves out is not named:
 * a paper prints this. See cite.h. */
#include <string.h>

#include "cite.h"
#include "ekbom/arena.h"
#include "named_selection.h"

#define MAX_STEPS 140u
#define MAX_LEFT_OUT 100u /* entries with a step of their own; the rest go in one */

struct funnel {
    struct citation *citation;
    struct ek_selection taken; /* the conditions so far */
    struct ek_err *err;
    int failed;
};

static void step(struct funnel *f, const char *what, const char *reason)
{
    struct citation *c = f->citation;
    struct cite_step *step = &c->steps[c->count];
    if (f->failed)
        return;
    if (!what || c->count == MAX_STEPS) {
        f->failed = ek_fail_memory(f->err);
        return;
    }
    *step = (struct cite_step){.what = what, .reason = reason};
    f->failed = ek_query_matched(c->store, &f->taken, &step->posts, f->err);
    c->count++;
}

static const char *states_words(struct citation *c)
{
    const char *words = "";
    if (!c->selection.states)
        return "live, edited or gone, not hidden";
    for (unsigned state = 0; state < EK_STATES && words; state++)
        if (c->selection.states >> state & 1)
            words = ek_printf(c->cli->arena, "%s%s%s", words, *words ? " or " : "",
                              ek_state_names[state]);
    return words;
}

static void take_options(struct funnel *f)
{
    struct citation *c = f->citation;
    const struct ek_selection *s = &c->selection;
    struct ek_arena *arena = c->cli->arena;
    f->taken.states = (1u << EK_STATES) - 1;
    step(f, "in the store, tagged under these rules", NULL);
    f->taken.stored_until = s->stored_until;
    if (s->stored_until)
        step(f, ek_printf(arena, "as stored on %s", option(c->cli, OPT_AS_STORED_ON)), NULL);
    f->taken.states = s->states;
    step(f, states_words(c), NULL);
    f->taken.forum = s->forum;
    if (s->forum)
        step(f, c->unnamed ? "in one forum" : ek_printf(arena, "in the forum %s", s->forum), NULL);
    f->taken.board = s->board;
    if (s->board)
        step(f, ek_printf(arena, "in the board %s", s->board), NULL);
    f->taken.thread = s->thread;
    if (s->thread)
        step(f, c->unnamed ? "in one thread" : ek_printf(arena, "in the thread %s", s->thread),
             NULL);
    f->taken.author = s->author;
    if (s->author)
        step(f, has(c->cli, OPT_NAMES) ? ek_printf(arena, "by %s", s->author) : "by one author",
             NULL);
    f->taken.author_first_seen_before = s->author_first_seen_before;
    if (s->author_first_seen_before.until)
        step(f,
             ek_printf(arena, "by authors who first wrote before %s",
                       option(c->cli, OPT_AUTHOR_FIRST_SEEN_BEFORE)),
             NULL);
}

/* Every value of one kind, joined. */
static const char *only_words(struct citation *c, size_t from, size_t to)
{
    enum ek_named_kind kind = c->selection.only[from].kind;
    if (c->unnamed && kind == EK_NAMED_FORUM)
        return ek_printf(c->cli->arena, "in %zu forum%s", to - from, to - from == 1 ? "" : "s");
    const char *words = ek_printf(c->cli->arena, "in the %ss ", named_kinds[kind]);
    for (size_t i = from; i < to && words; i++)
        words = ek_printf(c->cli->arena, "%s%s%s", words, i == from ? "" : ", ",
                          c->selection.only[i].value);
    return words;
}

static const char *left_out_words(struct citation *c, const struct ek_named *named)
{
    bool author = named->kind == EK_NAMED_AUTHOR;
    bool place = named->kind == EK_NAMED_BOARD || named->kind == EK_NAMED_LANGUAGE;
    if (author ? !has(c->cli, OPT_NAMES) : c->unnamed && !place)
        return ek_printf(c->cli->arena, "without %s %s", author ? "an" : "a",
                         named_kinds[named->kind]);
    bool of = named->forum && !c->unnamed;
    return ek_printf(c->cli->arena, "without %s %s%s%s", named_kinds[named->kind], named->value,
                     of ? " of " : "", of ? named->forum : "");
}

static void take_file(struct funnel *f)
{
    struct citation *c = f->citation;
    const struct ek_selection *s = &c->selection;
    f->taken.only = s->only;
    f->taken.left_out = s->left_out;
    for (size_t i = 0; i < s->only_count; i = f->taken.only_count) {
        size_t end = i;
        while (end < s->only_count && s->only[end].kind == s->only[i].kind)
            end++;
        f->taken.only_count = end;
        step(f, only_words(c, i, end), NULL);
    }
    for (size_t i = 0; i < s->left_out_count && i < MAX_LEFT_OUT; i++) {
        f->taken.left_out_count = i + 1;
        step(f, left_out_words(c, &s->left_out[i]), s->left_out[i].reason);
    }
    if (s->left_out_count <= MAX_LEFT_OUT)
        return;
    f->taken.left_out_count = s->left_out_count;
    step(f,
         ek_printf(c->cli->arena, "without %zu more that the file names",
                   s->left_out_count - MAX_LEFT_OUT),
         NULL);
}

static const char *period_words(struct citation *c)
{
    const char *since = option(c->cli, OPT_SINCE), *until = option(c->cli, OPT_UNTIL);
    return ek_printf(c->cli->arena, "%s%s%s%s%s", since ? "from " : "", since ? since : "",
                     since && until ? " " : "", until ? "to " : "", until ? until : "");
}

static void take_rest(struct funnel *f)
{
    struct citation *c = f->citation;
    const struct ek_selection *s = &c->selection;
    f->taken.language = s->language;
    if (s->language)
        step(f, ek_printf(c->cli->arena, "in the language %s", s->language), NULL);
    f->taken.treatments = s->treatments;
    f->taken.treatment_count = s->treatment_count;
    if (s->treatment_count)
        step(f, "that name one of the treatments asked for", NULL);
    f->taken.undetermined = s->undetermined;
    if (s->undetermined)
        step(f, "on which a rule reached a limit", NULL);
    f->taken.period = (struct ek_period){INT64_MIN + 1, INT64_MAX};
    step(f, "with a known time", NULL);
    f->taken.period = s->period;
    if (s->period.from || s->period.until)
        step(f, period_words(c), NULL);
}

/* Those that the rules can judge are what everything else counts. */
static void count_tagged(struct funnel *f)
{
    struct citation *c = f->citation;
    const struct ek_question question = {.selection = &c->selection,
                                         .denominator = c->denominator,
                                         .whole = true,
                                         .measures = EK_MEASURE_AUTHORS | EK_MEASURE_THREADS |
                                                     EK_MEASURE_ALL};
    static const char *const words[] = {
        "in a language that the rules cover", "of these, that name any theory",
        "in a language that the rules cover, in the boards in question"};
    if (f->failed)
        return;
    f->failed = ek_query_count(c->store, &question, c->cli->arena, &c->tagged, f->err);
    if (f->failed || c->count == MAX_STEPS)
        return;
    c->steps[c->count++] = (struct cite_step){
        .what = words[c->denominator], .posts = c->tagged.buckets ? c->tagged.counted[0].posts : 0};
}

static int see_time(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    (void)err;
    *(ek_time *)context = row->time;
    return 1;
}

/* The forums of the store, by address. */
static int read_forums(struct citation *c, struct ek_err *err)
{
    struct ek_store_status status;
    if (ek_store_status(c->store, c->cli->arena, &status, err) != 0)
        return -1;
    c->forums = "";
    c->forum_count = status.forum_count;
    for (size_t i = 0; i < status.forum_count && c->forums; i++)
        c->forums =
            ek_printf(c->cli->arena, "%s%s%s", c->forums, i ? ", " : "", status.forums[i].base);
    if (c->unnamed)
        c->forums = ek_printf(c->cli->arena, "%zu forum%s, not named here", c->forum_count,
                              c->forum_count == 1 ? "" : "s");
    return c->forums ? 0 : ek_fail_memory(err);
}

int cite_ask(struct citation *c, struct ek_err *err)
{
    c->sample = ek_store_is_sample(c->store);
    return ek_selection_check(c->store, &c->selection, err) != 0 || cite_funnel(c, err) != 0 ||
                   cite_read_log(c, err) != 0 || read_forums(c, err) != 0
               ? -1
               : 0;
}

int cite_funnel(struct citation *c, struct ek_err *err)
{
    struct funnel f = {.citation = c, .err = err};
    f.taken.rules_version = c->selection.rules_version;
    c->steps = EK_NEW_ARRAY(c->cli->arena, struct cite_step, MAX_STEPS + 1);
    if (!c->steps)
        return ek_fail_memory(err);
    take_options(&f);
    take_file(&f);
    take_rest(&f);
    count_tagged(&f);
    c->first = c->last = EK_TIME_UNKNOWN;
    struct ek_selection dated = f.taken;
    if (!dated.period.from && !dated.period.until)
        dated.period = (struct ek_period){INT64_MIN + 1, INT64_MAX};
    if (f.failed ||
        ek_query_posts(c->store, &dated, EK_OLDEST_FIRST, see_time, &c->first, err) != 0 ||
        ek_query_posts(c->store, &dated, EK_NEWEST_FIRST, see_time, &c->last, err) != 0)
        return -1;
    return 0;
}
