/* cmd_log.c - `ekbom log`: every shift, compare and watch that was asked of this store.
 *
 * A line that is no JSON (a disk was full, somebody edited the file) is named and passed over: the
 * others are what a paper must count. */
#include <string.h>

#include "ekbom/limits.h"
#include "ekbom/store_log.h"
#include "output.h"

enum {
    WHEN,
    COMMAND,
    BEFORE,
    AFTER,
    GROUPS,
    SELECTION,
    IN,
    OF,
    TESTS,
    CORRECTION,
    VALIDATED,
    VERDICTS,
    SELECTION_DIGEST,
    RULESET,
    VERSION,
    PERIOD,
    BY,
    TEST,
    ALPHA,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [WHEN] = {"when", NULL, 0},
    [COMMAND] = {"command", NULL, 0},
    [BEFORE] = {"before", NULL, 0},
    [AFTER] = {"after", NULL, 0},
    [GROUPS] = {"groups", NULL, COLUMN_HIDDEN},
    [SELECTION] = {"selection", NULL, COLUMN_HIDDEN},
    [IN] = {"in", NULL, COLUMN_HIDDEN},
    [OF] = {"of", NULL, COLUMN_HIDDEN},
    [TESTS] = {"tests", NULL, COLUMN_RIGHT},
    [CORRECTION] = {"correction", NULL, COLUMN_HIDDEN},
    [VALIDATED] = {"validated", NULL, COLUMN_HIDDEN},
    [VERDICTS] = {"verdicts", NULL, COLUMN_WIDE},
    [SELECTION_DIGEST] = {"selection_digest", NULL, COLUMN_HIDDEN},
    [RULESET] = {"ruleset", NULL, COLUMN_HIDDEN},
    [VERSION] = {"version", NULL, COLUMN_HIDDEN},
    [PERIOD] = {"period", NULL, COLUMN_HIDDEN},
    [BY] = {"by", NULL, COLUMN_HIDDEN},
    [TEST] = {"test", NULL, COLUMN_HIDDEN},
    [ALPHA] = {"alpha", NULL, COLUMN_HIDDEN},
};

struct listing {
    struct cli *cli;
    struct output *output;
    struct ek_arena *arena; /* of one line */
    size_t unreadable;
    long long tests;
};

static struct value field(json_t *line, const char *name)
{
    json_t *item = json_object_get(line, name);
    if (json_is_string(item))
        return text_value(json_string_value(item));
    if (json_is_integer(item))
        return integer_value(json_integer_value(item));
    if (json_is_real(item))
        return real_value(json_real_value(item));
    if (json_is_object(item))
        return json_value(json_incref(item));
    return json_is_boolean(item) ? bool_value(json_is_true(item)) : null_value();
}

/* "dopamine fell, bid rose" */
static const char *verdict_words(struct listing *l, const json_t *verdicts)
{
    const char *words = "";
    for (size_t i = 0; i < json_array_size(verdicts) && words; i++) {
        const json_t *item = json_array_get(verdicts, i);
        const char *theory = json_string_value(json_object_get(item, "theory"));
        const char *verdict = json_string_value(json_object_get(item, "verdict"));
        if (theory && verdict)
            words = ek_printf(l->arena, "%s%s%s %s", words, *words ? ", " : "", theory, verdict);
    }
    return words ? words : "";
}

static void print_line(struct listing *l, json_t *line)
{
    struct value values[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        values[i] = field(line, columns[i].name);
    json_t *verdicts = json_object_get(line, "verdicts");
    values[VERDICTS] = json_value(json_incref(verdicts ? verdicts : json_null()));
    values[VERDICTS].shown = verdict_words(l, verdicts);
    if (values[WHEN].kind == VALUE_TEXT)
        values[WHEN].shown = ek_printf(l->arena, "%.10s", values[WHEN].text);
    if (values[BEFORE].kind == VALUE_NULL)
        values[BEFORE].shown = values[PERIOD].kind == VALUE_TEXT ? values[PERIOD].text : "";
    if (values[AFTER].kind == VALUE_NULL && values[GROUPS].kind == VALUE_TEXT)
        values[AFTER].shown = ek_printf(l->arena, "by %s", values[GROUPS].text);
    if (values[TESTS].kind == VALUE_INTEGER)
        l->tests += values[TESTS].integer;
    output_row(l->output, values);
}

static int visit(void *context, uint64_t number, const char *text, struct ek_err *err)
{
    struct listing *l = context;
    json_t *line = json_loads(text, 0, NULL);
    (void)err;
    if (json_is_object(line) && json_is_string(json_object_get(line, "command"))) {
        ek_arena_reset(l->arena);
        print_line(l, line);
    } else if (*text) {
        say("line %llu of the log cannot be read", (unsigned long long)number);
        l->unreadable++;
    }
    json_decref(line);
    return 0;
}

static int list(struct listing *l, struct ek_store *store)
{
    struct ek_err err;
    l->output = output_open(l->cli, columns, COLUMNS);
    if (!l->output)
        return wrong_use("out of memory");
    int failed = ek_store_log_each(store, visit, l, &err);
    size_t rows = output_rows(l->output);
    const char *sum = "nothing was asked of this store yet";
    if (rows)
        sum = ek_printf(l->cli->arena, "\n%zu questions, %lld tests in all", rows, l->tests);
    output_beside(l->output, "tests", json_integer(l->tests), failed ? NULL : sum);
    int status = failed ? fail_with(&err) : rows ? EXIT_DONE : EXIT_NOTHING;
    if (status != EXIT_WRONG && l->unreadable)
        status = EXIT_INCOMPLETE;
    return output_close(l->output) != 0 ? EXIT_WRONG : status;
}

int cmd_log(struct cli *cli)
{
    struct listing listing = {.cli = cli};
    struct ek_store *store = NULL;
    struct ek_err err;
    if (cli->argument_count)
        return wrong_use("log takes no arguments");
    listing.arena = ek_arena_new(EK_ARENA_BYTES);
    if (!listing.arena)
        out_of_memory();
    int status =
        open_store(cli, EK_STORE_READ, &store, &err) != 0 ? fail_with(&err) : list(&listing, store);
    ek_store_close(store);
    ek_arena_free(listing.arena);
    return status;
}
