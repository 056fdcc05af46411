/* cmd_threads.c - `ekbom threads`: every thread with its board, its posts and its span. */
#include "cli.h"
#include "output.h"

enum { FORUM, ID, BOARD_ID, BOARD_TITLE, POSTS, FIRST, LAST, TITLE, URL, COLUMNS };
static const struct column columns[COLUMNS] = {
    [FORUM] = {"forum", NULL, COLUMN_HIDDEN},
    [ID] = {"thread_id", "thread", COLUMN_RIGHT},
    [BOARD_ID] = {"board_id", "board", COLUMN_RIGHT},
    [BOARD_TITLE] = {"board_title", NULL, COLUMN_HIDDEN},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [FIRST] = {"first_post", NULL, 0},
    [LAST] = {"last_post", NULL, 0},
    [TITLE] = {"thread_title", "title", COLUMN_WIDE},
    [URL] = {"url", NULL, COLUMN_HIDDEN},
};

static int visit(void *context, const struct ek_thread *thread, struct ek_err *err)
{
    char first[EK_TIME_TEXT], last[EK_TIME_TEXT], first_day[EK_TIME_TEXT], last_day[EK_TIME_TEXT];
    (void)err;
    ek_time_format(thread->first_post, EK_PRECISION_SECOND, first);
    ek_time_format(thread->last_post, EK_PRECISION_SECOND, last);
    const struct value values[COLUMNS] = {
        [FORUM] = text_value(thread->forum),
        [ID] = text_value(thread->id),
        [BOARD_ID] = text_value(thread->board_id),
        [BOARD_TITLE] = text_value(thread->board_title),
        [POSTS] = integer_value((long long)thread->posts),
        [FIRST] = shown_as(text_value(*first ? first : NULL),
                           ek_time_format(thread->first_post, EK_PRECISION_DAY, first_day)),
        [LAST] = shown_as(text_value(*last ? last : NULL),
                          ek_time_format(thread->last_post, EK_PRECISION_DAY, last_day)),
        [TITLE] = text_value(thread->title),
        [URL] = text_value(thread->url),
    };
    output_row(context, values);
    return 0;
}

int cmd_threads(struct cli *cli)
{
    struct ek_store *store = NULL;
    struct ek_err err;
    if (cli->argument_count)
        return wrong_use("threads takes no arguments");
    if (open_store(cli, EK_STORE_READ, &store, &err) != 0)
        return fail_with(&err);
    struct output *output = output_open(cli, columns, COLUMNS);
    int status = EXIT_WRONG;
    if (!output)
        wrong_use("out of memory");
    else {
        int failed = ek_store_each_thread(store, visit, output, &err);
        status = failed ? fail_with(&err) : output_rows(output) ? EXIT_DONE : EXIT_NOTHING;
        if (output_close(output) != 0)
            status = EXIT_WRONG;
    }
    ek_store_close(store);
    return status;
}
