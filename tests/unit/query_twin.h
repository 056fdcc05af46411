/* query_twin.h - posts in memory, and what the query interface promises about them, counted by
 * plain loops: the twin that every query is compared with. Written from the words of ekbom/query.h
 * and ekbom/aggregate.h, with nothing of the store's code. */
#ifndef EKBOM_TESTS_QUERY_TWIN_H
#define EKBOM_TESTS_QUERY_TWIN_H

#include "store_fixture.h"

#include "ekbom/aggregate.h"

#define OTHER "https://other.example/"
#define TWIN_POSTS 3000
#define TWIN_AUTHORS 90u /* of each forum; 0 is nobody */
#define TWIN_THREADS 150u
#define TWIN_MARKS 8
#define TWIN_LANES 8

struct twin_mark {
    const char *code;
    enum ek_stance stance;
    bool hedged, experience, cramps, treatment, quoted;
};

struct twin_tags { /* under one rule set */
    bool tagged, assessable, undetermined;
    struct twin_mark marks[TWIN_MARKS];
    size_t count;
};

struct twin_post {
    char id[24];
    unsigned thread, author; /* numbers in both forums, nobody 0 */
    const char *language;
    ek_time time;
    enum ek_state state;
    struct twin_tags tags[2]; /* by rule set */
    uint64_t number;          /* the store's */
};

struct twin {
    struct twin_post posts[TWIN_POSTS];
    size_t count;
    char digests[2][80]; /* of the rule sets; the second is the current one */
    unsigned seed;
};

static const char *const twin_theories[] = {"bid",          "bid/transport", "bidet",
                                            "inflammation", "ppi",           "rare"};
static const char *const twin_treatments[] = {"iron-oral", "soap"};
#define TWIN_THEORIES (sizeof twin_theories / sizeof *twin_theories)

static inline unsigned twin_draw(struct twin *twin, unsigned below)
{
    twin->seed = twin->seed * 1103515245u + 12345u;
    return (twin->seed >> 16) % below;
}

static inline const char *twin_forum(const struct twin_post *post)
{
    return post->thread < 100 ? BASE : OTHER;
}
static inline const char *twin_board(const struct twin_post *post)
{
    return post->thread % 3 == 0 ? "5" : post->thread % 3 == 1 ? "6" : NULL;
}

/* One post and a selection -------------------------------------------------------------------- */

static inline const struct twin_tags *
twin_tags(const struct twin *twin, const struct twin_post *post, const struct ek_selection *s)
{
    bool first = s->rules_version && strcmp(s->rules_version, twin->digests[0]) == 0;
    return &post->tags[first ? 0 : 1];
}

static inline bool twin_named(const char *asked, const char *code)
{
    size_t len = strlen(asked);
    return strcmp(asked, "any") == 0 ||
           (strncmp(asked, code, len) == 0 && (code[len] == 0 || code[len] == '/'));
}

/* Does the post have this theory, as the selection wants it? */
static inline bool twin_has(const struct twin_tags *tags, const struct ek_selection *s,
                            const char *theory)
{
    for (size_t i = 0; i < tags->count; i++) {
        const struct twin_mark *mark = &tags->marks[i];
        if (mark->treatment || mark->quoted != s->quoted || !twin_named(theory, mark->code))
            continue;
        if (s->quoted)
            return true;
        bool fits = (!s->stances || s->stances >> mark->stance & 1) &&
                    (s->both_targets || mark->cramps == s->cramps) &&
                    (s->hedged == EK_ANY || (s->hedged == EK_YES) == mark->hedged) &&
                    (s->experience == EK_ANY || (s->experience == EK_YES) == mark->experience);
        if (fits)
            return true;
    }
    return false;
}

static inline bool twin_treated(const struct twin_tags *tags, const struct ek_selection *s)
{
    bool found = s->treatment_count == 0;
    for (size_t i = 0; i < tags->count; i++) {
        for (size_t t = 0; t < s->treatment_count; t++)
            found = found || (tags->marks[i].treatment &&
                              strcmp(tags->marks[i].code, s->treatments[t]) == 0);
    }
    return found;
}

static inline bool twin_of_cohort(const struct twin *twin, const struct twin_post *post,
                                  const struct ek_selection *s)
{
    const struct ek_period *before = &s->author_first_seen_before;
    if (!before->from && !before->until)
        return true;
    for (size_t i = 0; i < twin->count && post->author; i++) {
        const struct twin_post *other = &twin->posts[i];
        if (other->author == post->author && strcmp(twin_forum(other), twin_forum(post)) == 0 &&
            other->time != EK_TIME_UNKNOWN && other->time < before->from &&
            (other->tags[0].tagged || other->tags[1].tagged))
            return true;
    }
    return false;
}

static inline bool twin_same(const char *asked, const char *value)
{
    return !asked || (value && strcmp(asked, value) == 0);
}

/* Everything but the period and the theories; author and thread only if they are asked about. */
static inline bool twin_selects(const struct twin *twin, const struct twin_post *post,
                                const struct ek_selection *s, bool author_and_thread)
{
    const struct twin_tags *tags = twin_tags(twin, post, s);
    unsigned states = s->states ? s->states : 1u << EK_LIVE | 1u << EK_EDITED | 1u << EK_GONE;
    char thread[16], author[16];
    snprintf(thread, sizeof thread, "%u", post->thread);
    snprintf(author, sizeof author, "a%u", post->author);
    bool language =
        twin_same(s->language, post->language) ||
        (strcmp(s->language, "en") == 0 && post->language && strcmp(post->language, "en-gb") == 0);
    return tags->tagged && states >> post->state & 1 && twin_same(s->forum, twin_forum(post)) &&
           twin_same(s->board, twin_board(post)) && language &&
           (!author_and_thread ||
            (twin_same(s->thread, thread) && twin_same(s->author, post->author ? author : NULL))) &&
           twin_treated(tags, s) && (!s->undetermined || tags->undetermined) &&
           (!s->not_assessable || !tags->assessable) && twin_of_cohort(twin, post, s);
}

static inline bool twin_in_period(const struct twin_post *post, const struct ek_selection *s)
{
    if (!s->period.from && !s->period.until)
        return true;
    return post->time != EK_TIME_UNKNOWN && post->time >= s->period.from &&
           post->time < s->period.until;
}

/* Is the post listed? */
static inline bool twin_lists(const struct twin *twin, const struct twin_post *post,
                              const struct ek_selection *s)
{
    const struct twin_tags *tags = twin_tags(twin, post, s);
    bool asked =
        s->theory_count || s->stances || s->cramps || s->hedged || s->experience || s->quoted;
    bool has = !asked || (s->theory_count == 0 && twin_has(tags, s, "any"));
    for (size_t i = 0; i < s->theory_count; i++)
        has = has || twin_has(tags, s, s->theories[i]);
    return has && twin_in_period(post, s) && twin_selects(twin, post, s, true);
}

/* Answers ------------------------------------------------------------------------------------- */

struct twin_facts { /* of a question, by post */
    bool counted[TWIN_POSTS], tagged[TWIN_LANES][TWIN_POSTS];
    int bucket[TWIN_POSTS];
    unsigned author[TWIN_POSTS], thread[TWIN_POSTS]; /* cluster numbers over both forums */
    uint64_t undated, not_assessable;
    int first, last;
    bool any;
};

static inline bool twin_denominates(const struct twin *twin, const struct twin_post *post,
                                    const struct ek_question *q)
{
    const struct ek_selection *s = q->selection;
    const struct twin_tags *tags = twin_tags(twin, post, s);
    struct ek_selection board = *s; /* of a thread: the board that it stands in */
    char text[4];
    if (q->denominator != EK_OF_BOARD)
        return twin_selects(twin, post, s, true) &&
               (q->denominator == EK_OF_ALL || twin_has(tags, s, "any"));
    if (s->thread && !s->board) {
        struct twin_post asked = {.thread = (unsigned)atoi(s->thread)};
        if (strcmp(twin_forum(&asked), twin_forum(post)) != 0 ||
            (twin_board(&asked) != NULL) != (twin_board(post) != NULL))
            return false;
        if (twin_board(&asked))
            board.board = strcpy(text, twin_board(&asked));
    }
    return twin_selects(twin, post, &board, false);
}

static inline void twin_answer(const struct twin *twin, const struct ek_question *q,
                               const char *const *lanes, size_t lane_count,
                               struct twin_facts *facts)
{
    const struct ek_selection *s = q->selection;
    memset(facts, 0, sizeof *facts);
    for (size_t i = 0; i < twin->count; i++) {
        const struct twin_post *post = &twin->posts[i];
        const struct twin_tags *tags = twin_tags(twin, post, s);
        bool other = strcmp(twin_forum(post), BASE) != 0;
        facts->author[i] = post->author ? post->author + other * TWIN_AUTHORS : 0;
        facts->thread[i] = post->thread;
        struct ek_question all = *q;
        all.denominator = q->denominator == EK_OF_BOARD ? EK_OF_BOARD : EK_OF_ALL;
        bool selected = twin_denominates(twin, post, &all);
        facts->undated += selected && post->time == EK_TIME_UNKNOWN;
        facts->not_assessable += selected && !tags->assessable && twin_in_period(post, s);
        facts->counted[i] = selected && twin_denominates(twin, post, q) && tags->assessable &&
                            post->time != EK_TIME_UNKNOWN && twin_in_period(post, s);
        if (!facts->counted[i])
            continue;
        facts->bucket[i] = q->whole ? 0 : ek_bucket_of(post->time, q->size);
        bool narrow = twin_selects(twin, post, s, true), shown = !q->tagged_only;
        for (size_t lane = 0; lane < lane_count; lane++) {
            facts->tagged[lane][i] = narrow && twin_has(tags, s, lanes[lane]);
            shown = shown || facts->tagged[lane][i];
        }
        if (!shown)
            continue;
        facts->first =
            facts->any && facts->first < facts->bucket[i] ? facts->first : facts->bucket[i];
        facts->last = facts->any && facts->last > facts->bucket[i] ? facts->last : facts->bucket[i];
        facts->any = true;
    }
}

#endif
