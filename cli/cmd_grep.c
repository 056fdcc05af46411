/* cmd_grep.c - `ekbom grep`: a regular expression looked for in the texts of a selection. */
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "corpus.h"
#include "ekbom/limits.h"
#include "ekbom/search.h"
#include "ekbom/text.h"
#include "ekbom/texts.h"
#include "grep.h"
#include "named_selection.h"
#include "output.h"

#define TABLE_ROWS 100 /* that a table shows unless --limit says otherwise */
#define SAID 10        /* posts that could not be searched, named on standard error */

enum {
    FORUM,
    ID,
    TIME,
    AUTHOR,
    THREAD_ID,
    THREAD_TITLE,
    BOARD_ID,
    STATE,
    START,
    END,
    LEFT,
    MATCH,
    RIGHT,
    URL,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [FORUM] = {"forum", NULL, 0},         [ID] = {"id", NULL, 0},
    [TIME] = {"time", NULL, 0},           [AUTHOR] = {"author", NULL, 0},
    [THREAD_ID] = {"thread_id", NULL, 0}, [THREAD_TITLE] = {"thread_title", NULL, 0},
    [BOARD_ID] = {"board_id", NULL, 0},   [STATE] = {"state", NULL, 0},
    [START] = {"start", NULL, 0},         [END] = {"end", NULL, 0},
    [LEFT] = {"left", NULL, 0},           [MATCH] = {"match", NULL, 0},
    [RIGHT] = {"right", NULL, 0},         [URL] = {"url", NULL, 0},
};

enum { COUNT_SEARCHED, COUNT_POSTS, COUNT_MATCHES, COUNT_UNFINISHED, COUNT_COLUMNS };
static const struct column count_columns[COUNT_COLUMNS] = {
    [COUNT_SEARCHED] = {"searched", NULL, COLUMN_RIGHT},
    [COUNT_POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [COUNT_MATCHES] = {"matches", NULL, COLUMN_RIGHT},
    [COUNT_UNFINISHED] = {"unfinished", NULL, COLUMN_RIGHT},
};

struct showing {
    struct grep *grep;
    struct output *output;  /* NULL: a table, which is printed as it comes */
    struct ek_arena *arena; /* of one row */
    unsigned width;
    bool color;
    size_t rows;
};

/* What was asked --------------------------------------------------------------------------- */

/* What is wrong with the pattern, the pattern itself, and a caret below the place. */
static int refuse_pattern(struct cli *cli, const char *pattern, size_t place,
                          const struct ek_err *err)
{
    char *before = ek_strndup(cli->arena, pattern, place);
    const char *safe = before ? safe_text(cli->arena, before) : NULL;
    say("the regular expression is wrong at character %zu: %s", ek_utf8_count(pattern, place) + 1,
        err->message);
    fputs("    ", stderr);
    put_safe(stderr, pattern, false);
    fputs("\n    ", stderr);
    for (const char *at = safe ? safe : "", *end = at + strlen(at); at < end;)
        fprintf(stderr, "%*s", ek_width(ek_utf8_next(&at, end)), "");
    fputs("^\n", stderr);
    return EXIT_WRONG;
}

/* The pattern in NFC, as texts are, and compiled once to see that it is one. */
static int read_pattern(struct grep *grep)
{
    struct cli *cli = grep->cli;
    struct ek_search *search;
    struct ek_err err;
    size_t place;
    if (cli->argument_count != 1)
        return wrong_use(cli->argument_count ? "grep takes one regular expression: put it in quotes"
                                             : "grep needs a regular expression");
    const char *given = cli->arguments[0];
    if (ek_utf8_valid(given, strlen(given)) != strlen(given))
        return wrong_use("the regular expression is not UTF-8");
    if (!*given)
        return wrong_use("an empty regular expression finds nothing");
    grep->pattern = ek_nfc(cli->arena, given, strlen(given));
    if (!grep->pattern)
        return wrong_use("out of memory");
    if (ek_search_new(&search, grep->pattern, grep->match_case, &place, &err) != 0)
        return err.kind == EK_USAGE ? refuse_pattern(cli, grep->pattern, place, &err)
                                    : fail_with(&err);
    ek_search_free(search);
    return 0;
}

static int read_options(struct grep *grep)
{
    const struct cli *cli = grep->cli;
    const char *order = option(cli, OPT_ORDER);
    grep->order = order && strcmp(order, "oldest") == 0 ? EK_OLDEST_FIRST : EK_NEWEST_FIRST;
    grep->match_case = has(cli, OPT_MATCH_CASE);
    grep->kwic = has(cli, OPT_KWIC);
    grep->count = has(cli, OPT_COUNT);
    if (grep->match_case && has(cli, OPT_IGNORE_CASE))
        return wrong_use("--ignore-case and --match-case contradict each other");
    if (grep->kwic && !format_is(cli, "table"))
        return wrong_use("--kwic is a table; the other formats have left, match and right anyway");
    if (grep->count && (grep->kwic || has(cli, OPT_SAMPLE) || has(cli, OPT_LIMIT)))
        return wrong_use("--count shows no matches: leave --kwic, --sample and --limit out");
    int status = read_selection(grep->cli, &grep->selection);
    grep->sample = SIZE_MAX;
    if (status == 0 && has(cli, OPT_SAMPLE))
        status = read_draw(cli, 0, &grep->sample, &grep->seed);
    else if (status == 0 && has(cli, OPT_SEED))
        status = wrong_use("--seed needs --sample N: how many posts to draw");
    if (status == 0)
        status = read_limit(cli, TABLE_ROWS, &grep->limit);
    return status ? status : read_pattern(grep);
}

/* What is shown ---------------------------------------------------------------------------- */

static const char *part(struct showing *showing, const struct grep_row *row, size_t from, size_t to)
{
    return ek_strndup(showing->arena, row->entry->post.text + from, to - from);
}

static void put_row(struct showing *showing, const struct grep_row *row)
{
    const struct ek_entry *entry = row->entry;
    char time[EK_TIME_TEXT];
    ek_time_format(entry->post.time, entry->post.precision, time);
    struct value values[COLUMNS] = {
        [FORUM] = text_value(entry->forum),
        [ID] = text_value(entry->post.id),
        [TIME] = text_value(*time ? time : NULL),
        [AUTHOR] = text_value(entry->post.author),
        [THREAD_ID] = text_value(entry->thread_id),
        [THREAD_TITLE] = text_value(entry->thread_title),
        [BOARD_ID] = text_value(entry->board_id),
        [STATE] = text_value(ek_state_names[entry->state]),
        [START] = integer_value(row->start),
        [END] = integer_value(row->end),
        [LEFT] = text_value(part(showing, row, row->left, row->from)),
        [MATCH] = text_value(part(showing, row, row->from, row->to)),
        [RIGHT] = text_value(part(showing, row, row->to, row->right)),
        [URL] = text_value(entry->url),
    };
    output_row(showing->output, values);
}

static int show_row(void *context, const struct grep_row *row, struct ek_err *err)
{
    struct showing *showing = context;
    (void)err;
    ek_arena_reset(showing->arena);
    showing->rows++;
    if (showing->output)
        put_row(showing, row);
    else if (showing->grep->kwic)
        grep_show_kwic(showing->arena, row, showing->width, showing->color);
    else {
        if (row->first && showing->rows > 1)
            putchar('\n');
        if (row->first)
            grep_show_heading(showing->arena, row->entry, showing->width);
        grep_show_line(showing->arena, row, showing->width, showing->color);
    }
    return 0;
}

static json_t *unfinished_json(struct grep *grep)
{
    json_t *list = json_array();
    for (size_t i = 0; i < grep->unfinished_count && i < UNFINISHED_NAMED; i++) {
        struct ek_entry entry;
        if (ek_store_entry(grep->store, grep->unfinished[i].number, false, grep->cli->arena, &entry,
                           NULL) != 1)
            continue;
        json_t *post = json_object();
        json_object_set_new(post, "forum", json_string(entry.forum));
        json_object_set_new(post, "id", json_string(entry.post.id));
        json_object_set_new(post, "reason", json_string(grep->unfinished[i].reason));
        json_array_append_new(list, post);
    }
    return list;
}

static const char *summary(const struct grep *grep, size_t rows)
{
    struct ek_arena *arena = grep->cli->arena;
    const char *drawn = "", *more = "", *how = grep->match_case ? "matters" : "is ignored";
    if (!grep->matches)
        return ek_printf(arena, "no match in %llu posts; case %s",
                         (unsigned long long)grep->searched, how);
    if (grep->sample != SIZE_MAX)
        drawn = ek_printf(arena, "; %zu posts drawn with seed %llu", grep->hit_count,
                          (unsigned long long)grep->seed);
    if (rows < grep->matches && rows == grep->limit)
        more = "; --limit N shows more";
    return ek_printf(arena, "%zu of %llu matches in %llu of %llu posts; case %s%s%s", rows,
                     (unsigned long long)grep->matches, (unsigned long long)grep->posts,
                     (unsigned long long)grep->searched, how, drawn, more);
}

static void put_beside(struct showing *showing)
{
    struct grep *grep = showing->grep;
    struct output *output = showing->output;
    output_beside(output, "searched", json_integer((json_int_t)grep->searched), NULL);
    output_beside(output, "posts", json_integer((json_int_t)grep->posts), NULL);
    output_beside(output, "matches", json_integer((json_int_t)grep->matches), NULL);
    output_beside(output, "match_case", json_boolean(grep->match_case), NULL);
    output_beside(output, "unfinished", unfinished_json(grep), NULL);
    if (ek_store_is_sample(grep->store))
        output_beside(output, "note", json_string("sample data, not findings"),
                      "sample data, not findings");
}

static int show_matches(struct showing *showing, struct ek_err *err)
{
    struct grep *grep = showing->grep;
    bool table = format_is(grep->cli, "table");
    showing->color = color_wanted(grep->cli);
    showing->width = terminal_width();
    if (grep_order(grep, err) != 0)
        return -1;
    if (table)
        start_pager(grep->cli);
    else if (!(showing->output = output_open(grep->cli, columns, COLUMNS)))
        return ek_fail_memory(err);
    if (grep_rows(grep, show_row, showing, err) != 0)
        return -1;
    if (!table) {
        put_beside(showing);
        return 0;
    }
    const char *line = summary(grep, showing->rows);
    printf("%s%s\n", showing->rows ? "\n" : "", line ? line : "");
    named_selection_print(grep->cli);
    if (ek_store_is_sample(grep->store))
        puts("sample data, not findings");
    return 0;
}

static int show_count(struct showing *showing, struct ek_err *err)
{
    struct grep *grep = showing->grep;
    showing->output = output_open(grep->cli, count_columns, COUNT_COLUMNS);
    if (!showing->output)
        return ek_fail_memory(err);
    struct value values[COUNT_COLUMNS] = {
        [COUNT_SEARCHED] = integer_value((long long)grep->searched),
        [COUNT_POSTS] = integer_value((long long)grep->posts),
        [COUNT_MATCHES] = integer_value((long long)grep->matches),
        [COUNT_UNFINISHED] = integer_value((long long)grep->unfinished_count),
    };
    output_row(showing->output, values);
    put_beside(showing);
    return 0;
}

static void say_unfinished(struct grep *grep)
{
    for (size_t i = 0; i < grep->unfinished_count && i < SAID; i++) {
        struct ek_entry entry;
        const struct unfinished *post = &grep->unfinished[i];
        if (ek_store_entry(grep->store, post->number, false, grep->cli->arena, &entry, NULL) == 1)
            say("post %s#%s: %s", entry.forum, entry.post.id, post->reason);
        else
            say("post number %llu: %s", (unsigned long long)post->number, post->reason);
    }
    if (grep->unfinished_count)
        say("%zu post%s could not be searched to the end: more matches may be there",
            grep->unfinished_count, grep->unfinished_count == 1 ? "" : "s");
}

/* The command ------------------------------------------------------------------------------ */

static int prepare(struct grep *grep, struct ek_err *err)
{
    struct cli *cli = grep->cli;
    if (open_store(cli, EK_STORE_READ, &grep->store, err) != 0 ||
        ek_selection_check(grep->store, &grep->selection, err) != 0 ||
        ek_store_dictionaries(grep->store, cli->arena, &grep->dictionaries, &grep->dictionary_count,
                              err) != 0)
        return -1;
    struct ek_pool_search search = {grep->pattern, grep->match_case};
    return open_search_pool(cli, &search, grep->dictionaries, grep->dictionary_count, &grep->pool,
                            err);
}

static int run(struct grep *grep, struct showing *showing)
{
    struct ek_err err;
    int failed = prepare(grep, &err) != 0 || grep_search(grep, &err) != 0;
    progress_end();
    if (!failed)
        failed = (grep->count ? show_count(showing, &err) : show_matches(showing, &err)) != 0;
    int status = failed ? fail_with(&err) : grep->matches ? EXIT_DONE : EXIT_NOTHING;
    if (showing->output && output_close(showing->output) != 0)
        return EXIT_WRONG;
    if (!failed && grep->unfinished_count) {
        say_unfinished(grep);
        status = EXIT_INCOMPLETE;
    }
    return status;
}

int cmd_grep(struct cli *cli)
{
    static struct grep grep;
    struct showing showing = {.grep = &grep, .arena = ek_arena_new(EK_ARENA_BYTES)};
    grep.cli = cli;
    int status = showing.arena ? read_options(&grep) : wrong_use("out of memory");
    if (status == 0)
        status = run(&grep, &showing);
    ek_pool_close(grep.pool);
    ek_store_close(grep.store);
    number_set_free(&grep.matched);
    free(grep.hits);
    ek_arena_free(showing.arena);
    return status;
}
