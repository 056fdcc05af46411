/* cmd_rules_versions.c - `ekbom rules versions` and `ekbom rules drop VERSION`: the rule sets that
 * the store has tags of. --rules-version asks an older one; diff compares two. */
#include <stdio.h>
#include <string.h>

#include "cmd_rules.h"
#include "output.h"

#define SHORT_DIGEST 12u /* digits that people see of it: enough to name it */

enum { VERSION, MADE, POSTS, STATE, COLUMNS };
static const struct column columns[COLUMNS] = {
    [VERSION] = {"version", NULL, 0},
    [MADE] = {"made", NULL, 0},
    [POSTS] = {"posts", NULL, COLUMN_RIGHT},
    [STATE] = {"state", NULL, 0},
};

static const char *state_of(const struct ek_store_generation *generation)
{
    if (generation->building)
        return "begun";
    return generation->current ? "in use" : "kept";
}

static int print_versions(struct cli *cli, const struct ek_store_generation *generations,
                          size_t count)
{
    struct output *output = output_open(cli, columns, COLUMNS);
    if (!output)
        return wrong_use("out of memory");
    for (size_t i = 0; i < count; i++) {
        char made[EK_TIME_TEXT];
        const char *digest = generations[i].digest, *colon = strchr(digest, ':');
        ek_time_format(generations[i].made, EK_PRECISION_SECOND, made);
        const struct value values[COLUMNS] = {
            [VERSION] =
                shown_as(text_value(digest), ek_printf(cli->arena, "%.*s", (int)SHORT_DIGEST,
                                                       colon ? colon + 1 : digest)),
            [MADE] = shown_as(text_value(made), ek_printf(cli->arena, "%.10s", made)),
            [POSTS] = integer_value((long long)generations[i].tagged),
            [STATE] = text_value(state_of(&generations[i])),
        };
        output_row(output, values);
    }
    return output_close(output) ? EXIT_WRONG : count ? EXIT_DONE : EXIT_NOTHING;
}

int rules_versions(struct cli *cli)
{
    struct ek_store_generation *generations;
    struct ek_store *store = NULL;
    struct ek_err err;
    size_t count;
    int status;
    if (open_store(cli, EK_STORE_READ, &store, &err) != 0 ||
        ek_store_generations(store, cli->arena, &generations, &count, &err) != 0)
        status = fail_with(&err);
    else
        status = print_versions(cli, generations, count);
    ek_store_close(store);
    return status;
}

static bool begins_like(const char *digest, const char *given)
{
    const char *colon = strchr(digest, ':');
    return strncmp(digest, given, strlen(given)) == 0 ||
           (colon && strncmp(colon + 1, given, strlen(given)) == 0);
}

int rules_version(struct cli *cli, struct ek_store *store, const char *given, const char **digest,
                  struct ek_err *err)
{
    struct ek_store_generation *generations;
    size_t count, found = 0;
    if (ek_store_generations(store, cli->arena, &generations, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!*given || !begins_like(generations[i].digest, given))
            continue;
        *digest = ek_strdup(cli->arena, generations[i].digest);
        found++;
    }
    if (found == 1)
        return *digest ? 0 : ek_fail_memory(err);
    return ek_fail(err, EK_NOT_FOUND,
                   found ? "%s: several versions begin like this; `ekbom rules versions` lists them"
                         : "%s: no such folder, and no version of the rules in this store; `ekbom "
                           "rules versions` lists them",
                   given);
}

int rules_drop(struct cli *cli)
{
    struct ek_store *store = NULL;
    struct ek_err err;
    const char *digest = NULL;
    int status = EXIT_DONE;
    if (open_store(cli, EK_STORE_WRITE, &store, &err) != 0 ||
        rules_version(cli, store, cli->arguments[1], &digest, &err) != 0 ||
        ek_store_drop_generation(store, digest, &err) != 0 || ek_store_settle(store, &err) != 0)
        status = fail_with(&err);
    else
        say("the tags under %s are dropped; the text of the rules stays", digest);
    ek_store_close(store);
    return status;
}
