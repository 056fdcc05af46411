/* cmd_posts.c - `ekbom posts`: the posts of a selection, newest first, all of them or a drawn
 * sample.
 *
 * A drawn post has a weight, one over the chance with which it was drawn: so many posts of the
 * selection it stands for. Coded by hand, drawn posts with their weights are what --validated
 * takes. */
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "corpus.h"
#include "draw.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "number_set.h"
#include "output.h"
#include "posts.h"

#define TABLE_ROWS 100 /* that a table shows unless --limit says otherwise */

enum {
    FORUM,
    ID,
    TIME,
    AUTHOR,
    THREAD_ID,
    THREAD_TITLE,
    BOARD_ID,
    STATE,
    THEORIES,
    TREATMENTS,
    SUBJECT,
    TEXT,
    URL,
    WEIGHT, /* the last: of drawn posts only */
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [FORUM] = {"forum", NULL, COLUMN_HIDDEN},
    [ID] = {"id", "post", COLUMN_RIGHT},
    [TIME] = {"time", NULL, 0},
    [AUTHOR] = {"author", NULL, 0},
    [THREAD_ID] = {"thread_id", "thread", COLUMN_RIGHT},
    [THREAD_TITLE] = {"thread_title", NULL, COLUMN_HIDDEN},
    [BOARD_ID] = {"board_id", NULL, COLUMN_HIDDEN},
    [STATE] = {"state", NULL, COLUMN_HIDDEN},
    [THEORIES] = {"theories", NULL, 0},
    [TREATMENTS] = {"treatments", NULL, COLUMN_HIDDEN},
    [SUBJECT] = {"subject", NULL, COLUMN_HIDDEN},
    [TEXT] = {"text", NULL, COLUMN_WIDE},
    [URL] = {"url", NULL, COLUMN_HIDDEN},
    [WEIGHT] = {"weight", NULL, COLUMN_HIDDEN},
};

struct listing {
    struct cli *cli;
    struct ek_store *store;
    struct output *output;
    struct ek_arena *arena;
    size_t limit;
    uint64_t matched;
    size_t sample; /* SIZE_MAX: no draw */
    uint64_t seed;
    struct number_set drawn;
    double weight;    /* of each drawn post */
    uint64_t *chosen; /* --kwic: the numbers of the posts that are shown */
    size_t chosen_count, chosen_room;
};

/* "bid:supports;ppi:asks" in a field, "bid+ ppi?" in a table. */
static const char *theories(struct listing *l, const struct ek_index_row *row, bool treatments,
                            bool shown)
{
    static const char marks[] = {'+', '-', '.', '?'};
    const char *list = "";
    for (size_t i = 0; i < row->tag_count && list; i++) {
        const struct ek_index_tag *tag = &row->tags[i];
        if (tag->treatment != treatments || tag->quoted || tag->undetermined)
            continue;
        if (treatments)
            list = ek_printf(l->arena, "%s%s%s", list, *list ? ";" : "", tag->code);
        else if (shown)
            list = ek_printf(l->arena, "%s%s%s%c", list, *list ? " " : "", tag->code,
                             marks[tag->stance]);
        else
            list = ek_printf(l->arena, "%s%s%s:%s", list, *list ? ";" : "", tag->code,
                             ek_stance_names[tag->stance]);
    }
    return list ? list : "";
}

static int visit(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct listing *l = context;
    struct ek_entry entry;
    char *time = NULL;
    if (output_rows(l->output) >= l->limit)
        return 1;
    if (l->sample != SIZE_MAX && !number_set_has(&l->drawn, row->number))
        return 0;
    ek_arena_reset(l->arena);
    int got = ek_store_entry(l->store, row->number, true, l->arena, &entry, err);
    if (got <= 0)
        return got < 0 ? -1
                       : ek_fail(err, EK_FORMAT,
                                 "post %llu of the index is not in the records: "
                                 "run `ekbom verify`",
                                 (unsigned long long)row->number);
    time = ek_alloc(l->arena, EK_TIME_TEXT, 1);
    if (!time)
        return ek_fail_memory(err);
    ek_time_format(entry.post.time, entry.post.precision, time);
    struct value values[COLUMNS] = {
        [FORUM] = text_value(entry.forum),
        [ID] = text_value(entry.post.id),
        [TIME] = text_value(*time ? time : NULL),
        [AUTHOR] = text_value(entry.post.author),
        [THREAD_ID] = text_value(entry.thread_id),
        [THREAD_TITLE] = text_value(entry.thread_title),
        [BOARD_ID] = text_value(entry.board_id),
        [STATE] = text_value(ek_state_names[entry.state]),
        [THEORIES] =
            shown_as(text_value(theories(l, row, false, false)), theories(l, row, false, true)),
        [TREATMENTS] = text_value(theories(l, row, true, false)),
        [SUBJECT] = text_value(entry.post.subject),
        [TEXT] = text_value(entry.post.text),
        [URL] = text_value(entry.url),
        [WEIGHT] = real_value(l->weight),
    };
    values[TIME].shown = ek_printf(l->arena, "%.10s", time);
    output_row(l->output, values);
    return 0;
}

/* --kwic: what is shown is read later, a batch at a time. */
static int choose(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct listing *l = context;
    if (l->chosen_count >= l->limit)
        return 1;
    if (l->sample != SIZE_MAX && !number_set_has(&l->drawn, row->number))
        return 0;
    if (l->chosen_count == l->chosen_room) {
        size_t room = l->chosen_room ? 2 * l->chosen_room : 256;
        uint64_t *chosen = realloc(l->chosen, room * sizeof *chosen);
        if (!chosen)
            return ek_fail_memory(err);
        l->chosen = chosen;
        l->chosen_room = room;
    }
    l->chosen[l->chosen_count++] = row->number;
    return 0;
}

static int read_order(const struct cli *cli, enum ek_order *order)
{
    const char *given = option(cli, OPT_ORDER);
    *order = given && strcmp(given, "oldest") == 0 ? EK_OLDEST_FIRST : EK_NEWEST_FIRST;
    if (given && strcmp(given, "oldest") != 0 && strcmp(given, "newest") != 0)
        return wrong_use("--order %s: write oldest or newest", given);
    return 0;
}

/* Drawing ----------------------------------------------------------------------------------- */

static int offer(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    (void)err;
    draw_offer(context, row->number, 0);
    return 0;
}

/* Which of the selected posts are shown. */
static int draw_posts(struct listing *l, const struct ek_selection *selection, struct ek_err *err)
{
    struct draw draw;
    if (draw_open(&draw, l->sample, l->seed) != 0)
        return ek_fail_memory(err);
    int result = ek_query_posts(l->store, selection, EK_OLDEST_FIRST, offer, &draw, err);
    for (size_t i = 0; i < draw.count && result == 0; i++) {
        if (number_set_add(&l->drawn, draw.items[i].number))
            result = ek_fail_memory(err);
    }
    l->limit = draw.count < l->limit ? draw.count : l->limit;
    l->weight = draw.count ? (double)l->matched / (double)draw.count : 0;
    draw_close(&draw);
    return result;
}

/* Listing ----------------------------------------------------------------------------------- */

static const char *summary(const struct listing *l, size_t shown)
{
    struct ek_arena *arena = l->cli->arena;
    if (l->sample != SIZE_MAX)
        return ek_printf(arena, "%zu of %llu posts, drawn with seed %llu", shown,
                         (unsigned long long)l->matched, (unsigned long long)l->seed);
    return ek_printf(arena, "%zu of %llu posts%s", shown, (unsigned long long)l->matched,
                     shown < l->matched ? "; --limit N shows more" : "");
}

static int list_evidence(struct listing *l, const struct ek_selection *selection,
                         enum ek_order order)
{
    struct ek_err err;
    if (ek_query_posts(l->store, selection, order, choose, l, &err) != 0)
        return fail_with(&err);
    const struct chosen_posts posts = {.numbers = l->chosen,
                                       .count = l->chosen_count,
                                       .matched = l->matched,
                                       .summary = summary(l, l->chosen_count)};
    return posts_kwic(l->cli, l->store, selection, &posts);
}

static int list_posts(struct listing *l, const struct ek_selection *selection, enum ek_order order)
{
    struct ek_err err;
    bool sample = ek_store_is_sample(l->store);
    if (ek_query_matched(l->store, selection, &l->matched, &err) != 0 ||
        (l->sample != SIZE_MAX && draw_posts(l, selection, &err) != 0))
        return fail_with(&err);
    if (has(l->cli, OPT_KWIC))
        return list_evidence(l, selection, order);
    l->output = output_open(l->cli, columns, l->sample != SIZE_MAX ? COLUMNS : WEIGHT);
    if (!l->output)
        return wrong_use("out of memory");
    if (sample)
        output_beside(l->output, "note", json_string("sample data, not findings"),
                      "sample data, not findings");
    int failed = ek_query_posts(l->store, selection, order, visit, l, &err);
    output_beside(l->output, "matched", json_integer((json_int_t)l->matched),
                  summary(l, output_rows(l->output)));
    if (l->sample != SIZE_MAX)
        output_beside(l->output, "seed", json_integer((json_int_t)l->seed),
                      ek_printf(l->cli->arena, "weight of each, for --validated: %.6g", l->weight));
    int status = failed ? fail_with(&err) : l->matched ? EXIT_DONE : EXIT_NOTHING;
    return output_close(l->output) != 0 ? EXIT_WRONG : status;
}

static int read_sample(const struct cli *cli, struct listing *l)
{
    l->sample = SIZE_MAX;
    if (has(cli, OPT_SAMPLE))
        return read_draw(cli, 0, &l->sample, &l->seed);
    return has(cli, OPT_SEED) ? wrong_use("--seed needs --sample N: how many posts to draw") : 0;
}

int cmd_posts(struct cli *cli)
{
    struct ek_selection selection;
    struct listing listing = {.cli = cli};
    struct ek_err err;
    enum ek_order order;
    int status = read_selection(cli, &selection);
    if (status == 0)
        status = read_limit(cli, has(cli, OPT_SAMPLE) ? SIZE_MAX : TABLE_ROWS, &listing.limit);
    if (status == 0)
        status = read_order(cli, &order);
    if (status == 0)
        status = read_sample(cli, &listing);
    if (status == 0 && cli->argument_count)
        status = wrong_use("posts takes options only, not '%s'", cli->arguments[0]);
    if (status == 0 && has(cli, OPT_KWIC) && (selection.quoted || selection.rules_version))
        status = wrong_use("--kwic shows the words of the store's own tags: leave out --quoted and "
                           "--rules-version");
    if (status != 0)
        return status;
    listing.arena = ek_arena_new(EK_ARENA_BYTES);
    if (!listing.arena || open_store(cli, EK_STORE_READ, &listing.store, &err) != 0 ||
        ek_selection_check(listing.store, &selection, &err) != 0)
        status = listing.arena ? fail_with(&err) : wrong_use("out of memory");
    else
        status = list_posts(&listing, &selection, order);
    ek_store_close(listing.store);
    number_set_free(&listing.drawn);
    free(listing.chosen);
    ek_arena_free(listing.arena);
    return status;
}
