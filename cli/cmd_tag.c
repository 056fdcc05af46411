/* cmd_tag.c - `ekbom tag`: a filter over JSONL posts, in constant memory, order kept.
 *
 * Lines are read into batches, tagged by the readers, and written in the order they came; a line
 * that is not a post becomes an error object in its place. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ekbom/limits.h"
#include "ekbom/lines.h"
#include "ekbom/record_codec.h"
#include "output.h"

#define BATCH_LINES 1000u

struct batch {
    struct batch *next;
    json_t *lines[BATCH_LINES]; /* the post, or the error object */
    bool bad[BATCH_LINES];
    uint64_t numbers[BATCH_LINES];
    size_t count, texts, bytes;
};

struct filter {
    struct cli *cli;
    struct ek_pool *pool;
    struct ek_arena *arena;
    const char *ruleset;
    size_t flags;
    bool incomplete;
};

static json_t *error_object(uint64_t line, json_t *id, const char *error)
{
    return json_pack("{s:I, s:O, s:s}", "line", (json_int_t)line, "id", id ? id : json_null(),
                     "error", error);
}

/* One line as a post that has text or html; else why not. */
static const char *check_post(json_t *post)
{
    json_t *text = json_object_get(post, "text"), *html = json_object_get(post, "html");
    json_t *language = json_object_get(post, "language");
    if (!json_is_object(post))
        return "not a JSON object";
    if (!json_object_get(post, "id"))
        return "field 'id' is missing";
    if (!text && !html)
        return "field 'text' (or 'html') is missing";
    if (!json_is_string(text ? text : html))
        return text ? "field 'text' must be a string" : "field 'html' must be a string";
    if (json_string_length(text ? text : html) > EK_MAX_TEXT_BYTES)
        return "the post is longer than 16 MiB";
    if (language && !json_is_string(language) && !json_is_null(language))
        return "field 'language' must be a string";
    return NULL;
}

static void take_line(struct batch *batch, const char *line, size_t len, uint64_t number,
                      bool too_long)
{
    json_error_t where;
    char message[256];
    const char *wrong = too_long ? "the line is longer than 64 MiB" : NULL;
    json_t *post = too_long ? NULL : json_loadb(line, len, 0, &where);
    if (!post && !wrong) {
        snprintf(message, sizeof message, "column %d: %s", where.column, where.text);
        wrong = message;
    }
    if (post && !wrong)
        wrong = check_post(post);
    size_t i = batch->count++;
    batch->numbers[i] = number;
    batch->bad[i] = wrong != NULL;
    batch->bytes += len;
    if (!wrong) {
        batch->lines[i] = post;
        batch->texts++;
        return;
    }
    batch->lines[i] = error_object(number, json_object_get(post, "id"), wrong);
    json_decref(post);
}

static int submit(struct filter *filter, struct batch *batch, struct ek_err *err)
{
    struct ek_pool_text *texts = calloc(batch->texts + 1, sizeof *texts);
    size_t n = 0;
    if (!texts)
        return ek_fail_memory(err);
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->bad[i])
            continue;
        json_t *text = json_object_get(batch->lines[i], "text");
        json_t *body = text ? text : json_object_get(batch->lines[i], "html");
        texts[n++] = (struct ek_pool_text){
            .text = json_string_value(body),
            .len = json_string_length(body),
            .form = text ? EK_TEXT_PLAIN : EK_TEXT_HTML,
            .language = json_string_value(json_object_get(batch->lines[i], "language"))};
    }
    int result = ek_pool_submit_texts(filter->pool, texts, n, batch, err);
    free(texts);
    return result;
}

static void add_tags(struct filter *filter, struct batch *batch, size_t i,
                     const struct ek_pool_item *item)
{
    json_t *post = batch->lines[i];
    if (item->quarantined || item->failed) {
        batch->lines[i] =
            error_object(batch->numbers[i], json_object_get(post, "id"), item->reason);
        batch->bad[i] = true;
        json_decref(post);
        return;
    }
    if (!json_object_get(post, "text"))
        json_object_set_new(post, "text", json_string(item->own.text));
    ek_tags_add_json(post, &item->tags, true);
    json_object_set_new(post, "ruleset", json_string(filter->ruleset));
    if (!item->tags.assessable)
        json_object_set_new(post, "assessable", json_false());
}

static void print_batch(struct filter *filter, struct batch *batch,
                        const struct ek_pool_result *result)
{
    for (size_t i = 0, n = 0; i < batch->count; i++) {
        if (!batch->bad[i])
            add_tags(filter, batch, i, &result->items[n++]);
        filter->incomplete |= batch->bad[i];
        json_dumpf(batch->lines[i], stdout, filter->flags);
        putchar('\n');
        json_decref(batch->lines[i]);
    }
    free(batch);
}

/* Write what is finished; wait for one batch when the readers have all they can take, for all of
 * them at the end. */
static int drain(struct filter *filter, bool all, struct ek_err *err)
{
    for (;;) {
        struct ek_pool_result result;
        ek_arena_reset(filter->arena);
        int got = ek_pool_next(filter->pool, all || !ek_pool_room(filter->pool), filter->arena,
                               &result, err);
        if (got <= 0)
            return got;
        print_batch(filter, result.context, &result);
        if (ferror(stdout))
            return ek_fail(err, EK_IO, "standard output could not be written");
    }
}

static int read_batch(struct ek_lines *lines, struct batch *batch, struct ek_err *err)
{
    char *line;
    size_t len;
    bool too_long;
    while (batch->count < BATCH_LINES && batch->bytes < EK_MAX_BATCH_BYTES) {
        int got = ek_lines_next(lines, &line, &len, &too_long, err);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        if (len || too_long)
            take_line(batch, line, len, ek_lines_number(lines), too_long);
    }
    return 0;
}

static int run(struct filter *filter, struct ek_lines *lines, struct ek_err *err)
{
    for (;;) {
        struct batch *batch = calloc(1, sizeof *batch);
        if (!batch)
            return ek_fail_memory(err);
        int read = read_batch(lines, batch, err);
        if (read != 0 || batch->count == 0) {
            for (size_t i = 0; i < batch->count; i++)
                json_decref(batch->lines[i]);
            free(batch);
            return read != 0 ? -1 : drain(filter, true, err);
        }
        if (submit(filter, batch, err) != 0 || drain(filter, false, err) != 0)
            return -1;
    }
}

int cmd_tag(struct cli *cli)
{
    struct ek_bundle rules, profiles;
    struct filter filter = {.cli = cli, .arena = ek_arena_new(EK_ARENA_BYTES)};
    struct ek_lines *lines = ek_lines_new(STDIN_FILENO, EK_MAX_LINE_BYTES);
    struct ek_err err;
    int status = EXIT_WRONG;
    filter.flags = json_flags();
    if (cli->argument_count)
        wrong_use("tag reads standard input: ekbom tag < posts.jsonl");
    else if (!filter.arena || !lines)
        wrong_use("out of memory");
    else if (load_rules(cli, &rules, &err) != 0 || load_profiles(cli, &profiles, &err) != 0 ||
             open_pool(cli, &profiles, &rules, NULL, &filter.pool, &err) != 0)
        fail_with(&err);
    else {
        filter.ruleset = rules.digest;
        if (run(&filter, lines, &err) != 0)
            fail_with(&err);
        else
            status = filter.incomplete ? EXIT_INCOMPLETE : EXIT_DONE;
    }
    ek_pool_close(filter.pool);
    ek_lines_free(lines);
    ek_arena_free(filter.arena);
    return status;
}
