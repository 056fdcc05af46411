/* test_query_posts.c - selections of every kind, against a plain recount over the same posts. */
#include "store_fixture.h"

#define OTHER "https://other.example/"
#define POSTS 600

/* The posts, in memory: what the store is asked about, recounted without it. */
struct model {
    char id[8], thread[8], author[8];
    const char *forum, *board, *language;
    ek_time time;
    enum ek_state state;
    bool assessable, undetermined;
    struct {
        const char *code;
        enum ek_stance stance;
        bool hedged, experience, cramps, treatment, quoted;
    } tags[8];
    size_t tag_count;
};
static struct model models[POSTS];

static const char *const codes[] = {"bid", "bid/transport", "bidet", "inflammation", "ppi"};
static const char *const treatments[] = {"iron-oral", "soap"};
static const char *const languages[] = {NULL, "en", "en-gb", "de", "english"};

static unsigned seed = 7;
static unsigned draw(unsigned below)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % below;
}

static void draw_model(struct model *m, unsigned number)
{
    snprintf(m->id, sizeof m->id, "%u", number);
    snprintf(m->thread, sizeof m->thread, "%u", draw(40));
    snprintf(m->author, sizeof m->author, "a%u", draw(50));
    m->forum = atoi(m->thread) < 30 ? BASE : OTHER;
    m->board = atoi(m->thread) % 3 == 0 ? "5" : atoi(m->thread) % 3 == 1 ? "6" : NULL;
    m->language = languages[draw(5)];
    m->time = draw(20) == 0 ? EK_TIME_UNKNOWN : (ek_time)draw(5000) * DAY - 1000 * DAY;
    m->state = draw(10) == 0 ? EK_HIDDEN : draw(10) == 0 ? EK_GONE : EK_LIVE;
    m->assessable = !m->language || strcmp(m->language, "de") != 0;
    m->undetermined = draw(15) == 0;
    for (size_t i = 0; i < 5; i++) {
        if (draw(4) == 0)
            m->tags[m->tag_count++] = (__typeof__(m->tags[0])){
                codes[i], draw(EK_STANCES), draw(2), draw(2), draw(5) == 0, false, draw(5) == 0};
    }
    for (size_t i = 0; i < 2; i++) {
        if (draw(5) == 0)
            m->tags[m->tag_count++] =
                (__typeof__(m->tags[0])){treatments[i], 0, false, false, false, true, false};
    }
}

static void put_model(struct fixture *f, const struct model *m)
{
    static struct ek_undetermined undetermined = {"ppi", "ppi:3", "match limit"};
    struct ek_tags *tags = tags_of(f, NULL);
    tags->quoted_only = ek_alloc(f->arena, 8, sizeof *tags->quoted_only);
    tags->assessable = m->assessable;
    for (size_t i = 0; i < m->tag_count; i++) {
        struct ek_tag tag = {.code = m->tags[i].code,
                             .stance = m->tags[i].stance,
                             .hedged = m->tags[i].hedged,
                             .experience = m->tags[i].experience,
                             .cramps = m->tags[i].cramps};
        if (m->tags[i].quoted)
            tags->quoted_only[tags->quoted_count++] = tag.code;
        else if (m->tags[i].treatment)
            tags->treatments[tags->treatment_count++] = tag;
        else
            tags->theories[tags->theory_count++] = tag;
    }
    if (m->undetermined) {
        tags->undetermined = &undetermined;
        tags->undetermined_count = 1;
    }
    struct ek_entry entry = entry_of(m->id, m->thread, m->author, m->time, "text");
    entry.forum = m->forum;
    entry.board_id = m->board;
    entry.board_title = m->board && *m->board == '5' ? "Theories" : "Chat";
    entry.language = m->language;
    entry.state = m->state;
    OK(f, ek_store_put_entry(f->store, &entry, 5000, tags, NULL, &f->err));
}

static int setup(void **state)
{
    if (fixture_setup(state))
        return -1;
    struct fixture *f = *state;
    fixture_set_rules(f);
    const struct ek_rule_code rules[] = {{"bid", false}, {"never-said", false}};
    OK(f, ek_store_put_codes(f->store, rules, 2, &f->err));
    OK(f, ek_store_begin(f->store, &f->err));
    memset(models, 0, sizeof models);
    for (unsigned i = 0; i < POSTS; i++) {
        draw_model(&models[i], i);
        put_model(f, &models[i]);
    }
    OK(f, ek_store_commit(f->store, &f->err));
    return 0;
}

/* The same conditions, written again from the interface's words ------------------------------ */

static bool tag_fits(const struct model *m, size_t i, const struct ek_selection *s)
{
    if (m->tags[i].treatment || m->tags[i].quoted)
        return false;
    if (s->stances && !(s->stances & 1u << m->tags[i].stance))
        return false;
    if (!s->both_targets && m->tags[i].cramps != s->cramps)
        return false;
    if (s->hedged != EK_ANY && (s->hedged == EK_YES) != m->tags[i].hedged)
        return false;
    if (s->experience != EK_ANY && (s->experience == EK_YES) != m->tags[i].experience)
        return false;
    bool named = s->theory_count == 0;
    for (size_t t = 0; t < s->theory_count; t++)
        named =
            named || strcmp(s->theories[t], "any") == 0 ||
            strcmp(s->theories[t], m->tags[i].code) == 0 ||
            (strcmp(s->theories[t], "bid") == 0 && strcmp(m->tags[i].code, "bid/transport") == 0);
    return named;
}

static bool fits(const struct model *m, const struct ek_selection *s)
{
    bool tag_asked = s->theory_count || s->stances || s->cramps || s->hedged || s->experience;
    bool tagged = !tag_asked, treated = s->treatment_count == 0;
    unsigned states = s->states ? s->states : 1u << EK_LIVE | 1u << EK_EDITED | 1u << EK_GONE;
    for (size_t i = 0; i < m->tag_count; i++) {
        tagged = tagged || tag_fits(m, i, s);
        for (size_t t = 0; t < s->treatment_count; t++)
            treated =
                treated || (m->tags[i].treatment && !strcmp(m->tags[i].code, s->treatments[t]));
    }
    if (!tagged || !treated || !(states & 1u << m->state))
        return false;
    if (s->forum && !strstr(m->forum, s->forum))
        return false;
    if (s->board && (!m->board || (strcmp(s->board, m->board) != 0 &&
                                   strcmp(s->board, *m->board == '5' ? "Theories" : "Chat"))))
        return false;
    if (s->thread && strcmp(s->thread, m->thread) != 0)
        return false;
    if (s->author && strcmp(s->author, m->author) != 0)
        return false;
    if (s->language &&
        (!m->language || (strcmp(s->language, m->language) != 0 &&
                          !(strcmp(s->language, "en") == 0 && strcmp(m->language, "en-gb") == 0))))
        return false;
    if (s->period.from || s->period.until) {
        if (m->time == EK_TIME_UNKNOWN || m->time < s->period.from || m->time >= s->period.until)
            return false;
    }
    return (!s->undetermined || m->undetermined) && (!s->not_assessable || !m->assessable);
}

struct collected {
    struct fixture *f;
    bool seen[POSTS];
    size_t count;
    ek_time last;
    enum ek_order order;
};

static int collect(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct collected *c = context;
    struct ek_entry entry;
    if (ek_store_entry(c->f->store, row->number, false, c->f->arena, &entry, err) != 1)
        return -1;
    const struct model *m = &models[atoi(entry.post.id)];
    assert_int_equal(row->time, m->time);
    assert_int_equal(row->state, m->state);
    assert_int_equal(row->assessable, m->assessable);
    assert_int_equal(row->tag_count, m->tag_count + m->undetermined);
    for (size_t i = 0; i < row->tag_count; i++) {
        const struct ek_index_tag *tag = &row->tags[i];
        for (size_t n = 0; n < m->tag_count && !tag->undetermined; n++) {
            if (strcmp(tag->code, m->tags[n].code) != 0)
                continue;
            assert_int_equal(tag->quoted, m->tags[n].quoted);
            assert_int_equal(tag->treatment, m->tags[n].treatment);
            if (!tag->quoted && !tag->treatment) {
                assert_int_equal(tag->stance, m->tags[n].stance);
                assert_int_equal(tag->hedged, m->tags[n].hedged);
                assert_int_equal(tag->experience, m->tags[n].experience);
                assert_int_equal(tag->cramps, m->tags[n].cramps);
            }
        }
    }
    if (c->count) { /* in order, undated last */
        if (c->last == EK_TIME_UNKNOWN)
            assert_int_equal(row->time, EK_TIME_UNKNOWN);
        else if (row->time != EK_TIME_UNKNOWN)
            assert_true(c->order == EK_OLDEST_FIRST ? row->time >= c->last : row->time <= c->last);
    }
    c->last = row->time;
    assert_false(c->seen[atoi(entry.post.id)]);
    c->seen[atoi(entry.post.id)] = true;
    c->count++;
    return 0;
}

static void check(struct fixture *f, const struct ek_selection *selection, bool some)
{
    size_t expected = 0;
    for (size_t i = 0; i < POSTS; i++)
        expected += fits(&models[i], selection);
    if (some)
        assert_true(expected > 0 && expected < POSTS);
    for (int order = 0; order < 2; order++) {
        struct collected collected = {.f = f, .order = (enum ek_order)order};
        OK(f, ek_query_posts(f->store, selection, order, collect, &collected, &f->err));
        assert_int_equal(collected.count, expected);
        for (size_t i = 0; i < POSTS; i++)
            assert_int_equal(collected.seen[i], fits(&models[i], selection));
    }
}

static void selections_of_every_kind(void **state)
{
    struct fixture *f = *state;
    const char *bid[] = {"bid"}, *two[] = {"bid/transport", "ppi"}, *any[] = {"any"};
    const char *soap[] = {"soap"}, *never[] = {"never-said"};
    const struct ek_selection selections[] = {
        {.theories = bid, .theory_count = 1},
        {.theories = two, .theory_count = 2},
        {.theories = any, .theory_count = 1},
        {.theories = bid, .theory_count = 1, .stances = 1u << EK_SUPPORTS},
        {.theories = bid,
         .theory_count = 1,
         .stances = 1u << EK_ASKS | 1u << EK_DISPUTES,
         .hedged = EK_YES},
        {.stances = 1u << EK_NEUTRAL},
        {.hedged = EK_NO, .experience = EK_YES},
        {.cramps = true},
        {.theories = bid, .theory_count = 1, .both_targets = true},
        {.treatments = soap, .treatment_count = 1},
        {.treatments = soap, .treatment_count = 1, .theories = bid, .theory_count = 1},
        {.forum = OTHER},
        {.forum = "board.example"},
        {.forum = BASE, .board = "5"},
        {.board = "Chat"},
        {.thread = "7"},
        {.author = "a3"},
        {.language = "en"},
        {.language = "en-gb"},
        {.states = 1u << EK_HIDDEN},
        {.states = 1u << EK_LIVE},
        {.period = {0, 1000 * DAY}},
        {.period = {-500 * DAY, 100 * DAY}, .theories = bid, .theory_count = 1},
        {.period = {INT64_MIN, 0}},
        {.period = {2000 * DAY, INT64_MAX}},
        {.undetermined = true},
        {.not_assessable = true},
    };
    for (size_t i = 0; i < sizeof selections / sizeof *selections; i++)
        check(f, &selections[i], true);
    check(f, &(struct ek_selection){0}, true);
    check(f, &(struct ek_selection){.theories = never, .theory_count = 1}, false);
    check(f, &(struct ek_selection){.language = "fr"}, false);
}

static int stop(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    (void)row;
    (void)err;
    return ++((struct collected *)context)->count == 3;
}

static void a_visit_can_stop(void **state)
{
    struct fixture *f = *state;
    struct ek_selection all = {0};
    struct collected c = {.f = f};
    OK(f, ek_query_posts(f->store, &all, EK_NEWEST_FIRST, stop, &c, &f->err));
    assert_int_equal(c.count, 3);
}

static void expect_unknown(struct fixture *f, const struct ek_selection *selection,
                           const char *words)
{
    assert_int_equal(ek_selection_check(f->store, selection, &f->err), -1);
    if (f->err.kind != EK_USAGE || !strstr(f->err.message, words))
        fail_msg("kind %d: %s", f->err.kind, f->err.message);
}

static void unknown_names_get_a_suggestion(void **state)
{
    struct fixture *f = *state;
    const char *theory[] = {"inflamation"}, *treatment[] = {"sopa"}, *odd[] = {"zzzzzzzz"};
    struct ek_selection ok = {.author = "a3", .board = "Chat", .forum = "board"};
    OK(f, ek_selection_check(f->store, &ok, &f->err));
    expect_unknown(f, &(struct ek_selection){.theories = theory, .theory_count = 1},
                   "did you mean \"inflammation\"?");
    expect_unknown(f, &(struct ek_selection){.treatments = treatment, .treatment_count = 1},
                   "did you mean \"soap\"?");
    expect_unknown(f, &(struct ek_selection){.theories = odd, .theory_count = 1}, "rules list");
    expect_unknown(f, &(struct ek_selection){.board = "Theoris"}, "did you mean \"Theories\"?");
    expect_unknown(f, &(struct ek_selection){.board = "5"}, "in 2 forums");
    expect_unknown(f, &(struct ek_selection){.forum = "example"}, "several forums");
    expect_unknown(f, &(struct ek_selection){.forum = "nowhere.example"}, "it holds: " BASE);
    expect_unknown(f, &(struct ek_selection){.thread = "4711"}, "no thread \"4711\"");
    expect_unknown(f, &(struct ek_selection){.author = "zz"}, "no author \"zz\"");
    expect_unknown(f, &(struct ek_selection){.forum = OTHER, .thread = "7"}, "no thread \"7\"");
}

static int count_one(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)context;
    return 0;
}

static void pseudonyms_select_authors(void **state)
{
    struct fixture *f = *state;
    char pseudonym[EK_PSEUDONYM_TEXT];
    OK(f, ek_store_pseudonym(f->store, "author", BASE, "a3", pseudonym, &f->err));
    struct collected collected = {.f = f};
    struct ek_selection selection = {.author = pseudonym};
    OK(f, ek_query_posts(f->store, &selection, EK_OLDEST_FIRST, collect, &collected, &f->err));
    size_t expected = 0;
    for (size_t i = 0; i < POSTS; i++)
        expected += strcmp(models[i].author, "a3") == 0 && strcmp(models[i].forum, BASE) == 0 &&
                    models[i].state != EK_HIDDEN;
    assert_true(expected > 0);
    assert_int_equal(collected.count, expected);
    struct ek_entry guest = entry_of("7777", "7", "Visitor", 1000, "text");
    guest.post.author_id = NULL;
    guest.post.guest = true;
    put_entry(f, &guest, 5000, tags_of(f, NULL));
    OK(f, ek_store_pseudonym(f->store, "author", BASE, "guest:Visitor", pseudonym, &f->err));
    size_t count = 0;
    OK(f, ek_query_posts(f->store, &selection, EK_OLDEST_FIRST, count_one, &count, &f->err));
    assert_int_equal(count, 1);
}

/* Walks in the records ------------------------------------------------------------------------ */

struct walked {
    struct fixture *f;
    char order[64 * POSTS];
    size_t posts, threads;
    int last_thread, last_post;
    char last_forum[64];
};

static int walk_post(void *context, uint64_t number, struct ek_err *err)
{
    struct walked *w = context;
    struct ek_entry entry;
    if (ek_store_entry(w->f->store, number, false, w->f->arena, &entry, err) != 1)
        return -1;
    int thread = atoi(entry.thread_id), post = atoi(entry.post.id);
    int forums = strcmp(w->last_forum, entry.forum);
    assert_true(forums <= 0);
    if (forums == 0)
        assert_true(thread > w->last_thread || (thread == w->last_thread && post > w->last_post));
    snprintf(w->last_forum, sizeof w->last_forum, "%s", entry.forum);
    w->last_thread = thread;
    w->last_post = post;
    w->posts++;
    return 0;
}

static int walk_thread(void *context, const struct ek_thread *thread, struct ek_err *err)
{
    struct walked *w = context;
    struct ek_thread expected = {.first_post = INT64_MAX, .last_post = EK_TIME_UNKNOWN};
    (void)err;
    for (size_t i = 0; i < POSTS; i++) {
        if (strcmp(models[i].thread, thread->id) != 0)
            continue;
        expected.posts++;
        if (models[i].time == EK_TIME_UNKNOWN)
            continue;
        expected.first_post =
            models[i].time < expected.first_post ? models[i].time : expected.first_post;
        expected.last_post =
            models[i].time > expected.last_post ? models[i].time : expected.last_post;
    }
    assert_int_equal(thread->posts, expected.posts);
    assert_int_equal(thread->first_post, expected.first_post);
    assert_int_equal(thread->last_post, expected.last_post);
    w->threads++;
    return 0;
}

static void walks_are_in_order(void **state)
{
    struct fixture *f = *state;
    struct walked w = {.f = f};
    OK(f, ek_store_each(f->store, walk_post, &w, &f->err));
    assert_int_equal(w.posts, POSTS);
    OK(f, ek_store_each_thread(f->store, walk_thread, &w, &f->err));
    assert_int_equal(w.threads, 40);
    uint64_t *numbers;
    size_t count;
    OK(f, ek_store_find_thread(f->store, "7", f->arena, &numbers, &count, &f->err));
    ek_time last = INT64_MIN;
    bool undated = false;
    for (size_t i = 0; i < count; i++) {
        struct ek_entry entry;
        OK(f, ek_store_entry(f->store, numbers[i], false, f->arena, &entry, &f->err));
        undated = undated || entry.post.time == EK_TIME_UNKNOWN;
        assert_true(undated ? entry.post.time == EK_TIME_UNKNOWN : entry.post.time >= last);
        last = entry.post.time;
    }
    OK(f, ek_store_find_thread(f->store, BASE "#7", f->arena, &numbers, &count, &f->err));
    assert_int_equal(
        ek_store_find_thread(f->store, OTHER "#7", f->arena, &numbers, &count, &f->err), -1);
    assert_int_equal(f->err.kind, EK_NOT_FOUND);
    struct ek_entry twin = entry_of("1", "7", "Ida", 1000, "text");
    twin.forum = OTHER;
    put_entry(f, &twin, 5000, tags_of(f, NULL));
    OK(f, ek_store_find_post(f->store, "1", f->arena, &numbers, &count, &f->err));
    assert_int_equal(count, 2);
    OK(f, ek_store_find_post(f->store, "other.example#1", f->arena, &numbers, &count, &f->err));
    assert_int_equal(count, 1);
    assert_int_equal(ek_store_find_thread(f->store, "7", f->arena, &numbers, &count, &f->err), -1);
    assert_int_equal(f->err.kind, EK_USAGE);
    assert_non_null(strstr(f->err.message, OTHER "#7"));
    expect_sound(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(selections_of_every_kind),
        TEST(a_visit_can_stop),
        TEST(unknown_names_get_a_suggestion),
        TEST(pseudonyms_select_authors),
        TEST(walks_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
