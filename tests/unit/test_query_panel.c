/* test_query_panel.c - the posts of windows one by one, against the twin that knows them: every
 * post counted is there once, in its window, with its author, thread, board and group, and every
 * theory has its posts, by stance too. */
#include "ekbom/limits.h"
#include "ekbom/panel_rows.h"
#include "query_store.h"

#define MOST_WINDOWS 3u

static const char *const lanes[] = {"bid", "any", "ppi", "bid/transport", "rare"};

struct asked {
    struct ek_selection selection;
    struct ek_panel_question question;
    struct ek_period windows[MOST_WINDOWS];
    char thread[16], author[16];
};

/* Questions ----------------------------------------------------------------------------------- */

static ek_time draw_time(struct twin *twin)
{
    return ek_time_from_civil(&(struct ek_civil){2010, 1, 1, 0, 0, 0}) +
           (ek_time)twin_draw(twin, 900) * DAY + (twin_draw(twin, 2) ? twin_draw(twin, DAY) : 0);
}

static void draw_windows(struct twin *twin, struct asked *asked)
{
    ek_time from = twin_draw(twin, 4) ? draw_time(twin) : INT64_MIN + 1;
    size_t count = 1 + twin_draw(twin, MOST_WINDOWS);
    for (size_t i = 0; i < count; i++) {
        ek_time until = draw_time(twin);
        if (until <= from)
            until = from + (1 + (ek_time)twin_draw(twin, 200)) * DAY;
        asked->windows[i] = (struct ek_period){from, until};
        from = until + (twin_draw(twin, 2) ? (ek_time)twin_draw(twin, 100) * DAY : 0);
    }
    asked->question.windows = asked->windows;
    asked->question.window_count = count;
}

static void draw_question(struct twin *twin, struct asked *asked)
{
    const struct twin_post *post = &twin->posts[twin_draw(twin, (unsigned)twin->count)];
    struct ek_selection *s = &asked->selection;
    unsigned which = twin_draw(twin, 12);
    *asked = (struct asked){0};
    *s = (struct ek_selection){.theories = lanes, .theory_count = 1 + twin_draw(twin, 5)};
    snprintf(asked->thread, sizeof asked->thread, "%u", post->thread);
    snprintf(asked->author, sizeof asked->author, "a%u", post->author);
    if (which < 2)
        s->forum = which ? BASE : OTHER;
    if (which == 2)
        s->thread = asked->thread;
    if (which == 3 && post->author)
        s->author = asked->author;
    if (which == 4)
        s->states = 1 + twin_draw(twin, 15);
    if (which == 5)
        s->author_first_seen_before.from = draw_time(twin) / DAY * DAY;
    if (which == 6)
        s->rules_version = twin->digests[0];
    if (twin_draw(twin, 3) == 0)
        s->stances = 1 + twin_draw(twin, 15);
    else
        s->quoted = twin_draw(twin, 8) == 0;
    draw_windows(twin, asked);
    asked->question.selection = s;
    asked->question.denominator = twin_draw(twin, 3);
    asked->question.by_stance = twin_draw(twin, 2);
    asked->question.numbers = asked->question.boards = true;
    asked->question.grouping = twin_draw(twin, EK_GROUPINGS);
    asked->question.cohort_from = draw_time(twin) / DAY * DAY;
}

/* Answers ------------------------------------------------------------------------------------- */

static size_t window_of(const struct asked *asked, const struct twin_post *post)
{
    for (size_t i = 0; i < asked->question.window_count; i++)
        if (post->time >= asked->windows[i].from && post->time < asked->windows[i].until)
            return i;
    return MOST_WINDOWS;
}

static const char *group_of(const struct twin *twin, const struct asked *asked,
                            const struct twin_post *post, char text[48])
{
    struct ek_selection cohort = {.author_first_seen_before = {asked->question.cohort_from, 1}};
    char day[EK_TIME_TEXT];
    if (asked->question.grouping == EK_GROUP_FORUM)
        return twin_forum(post);
    if (asked->question.grouping == EK_GROUP_LANGUAGE)
        return post->language ? post->language : "unknown";
    ek_time_format(asked->question.cohort_from, EK_PRECISION_DAY, day);
    snprintf(text, 48, "authors %s %s", twin_of_cohort(twin, post, &cohort) ? "before" : "since",
             day);
    return text;
}

/* Two numbers are the same where the twin's are: seen[twin's] is what the answer called it. */
static void same_thing(uint32_t *seen, unsigned twins, uint32_t number)
{
    assert_true(seen[twins] == UINT32_MAX || seen[twins] == number);
    seen[twins] = number;
}

static void check_tagged(const struct ek_tagged *got, const bool *expected, const size_t *place_of,
                         size_t posts, size_t count)
{
    static bool found[TWIN_POSTS];
    memset(found, 0, sizeof found);
    for (size_t i = 0; i < got->count; i++) {
        assert_in_range(got->posts[i], 0, posts - 1);
        assert_false(found[got->posts[i]]);
        found[got->posts[i]] = true;
    }
    for (size_t i = 0; i < count; i++)
        if (place_of[i] != SIZE_MAX)
            assert_int_equal(found[place_of[i]], expected[i]);
}

static void check_stances(const struct twin *twin, const struct asked *asked,
                          const struct ek_panel_rows *rows, const struct twin_facts *facts,
                          const size_t *place_of)
{
    static bool expected[TWIN_POSTS];
    unsigned wanted = asked->selection.stances ? asked->selection.stances : 15;
    assert_true((rows->stances != NULL) == (asked->question.by_stance && !asked->selection.quoted));
    for (size_t lane = 0; rows->stances && lane < rows->theory_count; lane++) {
        for (unsigned stance = 0; stance < EK_STANCES; stance++) {
            struct ek_selection one = asked->selection;
            one.stances = 1u << stance;
            for (size_t i = 0; i < twin->count; i++)
                expected[i] = facts->tagged[lane][i] && wanted >> stance & 1 &&
                              twin_has(twin_tags(twin, &twin->posts[i], &one), &one, lanes[lane]);
            check_tagged(&rows->stances[lane * EK_STANCES + stance], expected, place_of,
                         rows->posts.count, twin->count);
        }
    }
}

static void check_post(const struct twin *twin, const struct asked *asked,
                       const struct ek_panel_rows *rows, const struct twin_facts *facts, size_t i,
                       size_t place)
{
    static uint32_t authors[3 * TWIN_AUTHORS], threads[TWIN_THREADS], boards[8];
    const struct twin_post *post = &twin->posts[i];
    char text[48];
    if (place == 0) {
        memset(authors, 255, sizeof authors);
        memset(threads, 255, sizeof threads);
        memset(boards, 255, sizeof boards);
    }
    assert_int_equal(rows->posts.bucket[place], window_of(asked, post));
    same_thing(authors, facts->author[i], rows->posts.author[place]);
    same_thing(threads, facts->thread[i], rows->posts.thread[place]);
    same_thing(boards, post->thread % 3 + 3 * (post->thread >= 100), rows->board[place]);
    if (rows->group)
        assert_string_equal(rows->group_names[rows->group[place]],
                            group_of(twin, asked, post, text));
}

static void check(struct store *store, const struct asked *asked)
{
    static struct twin_facts facts;
    static size_t place_of[TWIN_POSTS], post_at[TWIN_POSTS];
    const struct twin *twin = store->twin;
    struct fixture *f = store->f;
    struct ek_panel_rows rows;
    struct ek_selection whole = asked->selection;
    size_t last = asked->question.window_count - 1, counted = 0;
    whole.period = (struct ek_period){asked->windows[0].from, asked->windows[last].until};
    const struct ek_question question = {
        .selection = &whole, .denominator = asked->question.denominator, .whole = true};
    OK(f, ek_query_panel(f->store, &asked->question, f->arena, &rows, &f->err));
    twin_answer(twin, &question, lanes, whole.theory_count, &facts);
    memset(post_at, 255, sizeof post_at);
    for (size_t place = 0; place < rows.posts.count; place++)
        for (size_t i = 0; i < twin->count; i++)
            if (twin->posts[i].number == rows.number[place])
                post_at[place] = i;
    memset(place_of, 255, sizeof place_of);
    for (size_t place = 0; place < rows.posts.count; place++) {
        assert_true(post_at[place] != SIZE_MAX && place_of[post_at[place]] == SIZE_MAX);
        place_of[post_at[place]] = place;
        check_post(twin, asked, &rows, &facts, post_at[place], place);
    }
    for (size_t i = 0; i < twin->count; i++) {
        bool here = facts.counted[i] && window_of(asked, &twin->posts[i]) < MOST_WINDOWS;
        assert_true(here == (place_of[i] != SIZE_MAX));
        counted += here;
    }
    assert_int_equal(rows.posts.count, counted);
    assert_int_equal(rows.undated, facts.undated);
    for (size_t lane = 0; lane < rows.theory_count; lane++)
        check_tagged(&rows.tagged[lane], facts.tagged[lane], place_of, rows.posts.count,
                     twin->count);
    check_stances(twin, asked, &rows, &facts, place_of);
}

/* Tests --------------------------------------------------------------------------------------- */

static void posts_are_those_of_the_twin(void **state)
{
    struct store *store = *state;
    struct asked asked;
    for (int i = 0; i < 60; i++) {
        draw_question(store->twin, &asked);
        check(store, &asked);
    }
}

static void spans_are_those_of_the_twin(void **state)
{
    static struct twin_facts facts;
    struct store *store = *state;
    struct fixture *f = store->f;
    struct asked asked;
    for (int i = 0; i < 40; i++) {
        struct ek_span span;
        uint64_t posts = 0;
        draw_question(store->twin, &asked);
        asked.selection.period = asked.windows[0];
        const struct ek_question question = {.selection = &asked.selection,
                                             .denominator = asked.question.denominator,
                                             .size = EK_BY_MONTH};
        twin_answer(store->twin, &question, lanes, asked.selection.theory_count, &facts);
        for (size_t p = 0; p < store->twin->count; p++)
            posts += facts.counted[p];
        OK(f,
           ek_query_span(f->store, &asked.selection, asked.question.denominator, &span, &f->err));
        assert_int_equal(span.posts, posts);
        assert_true(!posts || (span.first == facts.first && span.last == facts.last));
        assert_true((span.read_until == INT64_MAX) == (posts == 0));
    }
}

static int clean(void **state)
{
    return build(state, &recipes[0]);
}
static int dirty(void **state)
{
    return build(state, &recipes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_are_those_of_the_twin),
        cmocka_unit_test(spans_are_those_of_the_twin),
    };
    return cmocka_run_group_tests(tests, clean, teardown) +
           cmocka_run_group_tests(tests, dirty, teardown);
}
