/* selection.c - the selection options of the query commands, from words to struct ek_selection. */
#include <string.h>
#include <time.h>

#include "cli.h"
#include "ekbom/text.h"
#include "named_selection.h"

/* Bits for each value of an option that names members of a table. */
static int read_bits(const struct cli *cli, enum option which, const char *name,
                     const char *const *names, unsigned *bits)
{
    for (size_t i = 0; i < cli->value_count[which]; i++) {
        const char *value = cli->values[which][i];
        int index = ek_name_index(names, value);
        if (index < 0) {
            size_t count = 0;
            while (names[count])
                count++;
            const char *near = ek_nearest(value, names, count);
            return near ? wrong_use("--%s %s: did you mean %s?", name, value, near)
                        : wrong_use("--%s %s is not known: `ekbom help` lists the values", name,
                                    value);
        }
        *bits |= 1u << index;
    }
    return 0;
}

static int read_wanted(const struct cli *cli, enum option which, const char *name,
                       enum ek_wanted *wanted)
{
    const char *value = option(cli, which);
    if (!value)
        return 0;
    if (!ek_ascii_equal(value, "yes") && !ek_ascii_equal(value, "no"))
        return wrong_use("--%s %s: write yes or no", name, value);
    *wanted = ek_ascii_equal(value, "yes") ? EK_YES : EK_NO;
    return 0;
}

static int read_period(const struct cli *cli, struct ek_period *period)
{
    const char *since = option(cli, OPT_SINCE), *until = option(cli, OPT_UNTIL);
    struct ek_period from = {.from = INT64_MIN + 1}, to = {.until = INT64_MAX};
    struct ek_err err;
    if (since && ek_period_parse(since, &from, &err) != 0)
        return wrong_use("--since: %s", err.message);
    if (until && ek_period_parse(until, &to, &err) != 0)
        return wrong_use("--until: %s", err.message);
    if (!since && !until)
        return 0;
    if (to.until <= from.from)
        return wrong_use("--since %s is after --until %s", since, until);
    *period = (struct ek_period){from.from, to.until};
    return 0;
}

static int read_first_seen(const struct cli *cli, struct ek_period *before)
{
    const char *given = option(cli, OPT_AUTHOR_FIRST_SEEN_BEFORE);
    struct ek_err err;
    if (given && ek_period_parse(given, before, &err) != 0)
        return wrong_use("--author-first-seen-before: %s", err.message);
    return 0;
}

/* Posts that were first seen on that day are in. */
static int read_stored(const struct cli *cli, ek_time *until)
{
    const char *given = option(cli, OPT_AS_STORED_ON);
    struct ek_period day;
    struct ek_err err;
    if (!given)
        return 0;
    if (ek_period_parse(given, &day, &err) != 0)
        return wrong_use("--as-stored-on: %s", err.message);
    if (day.from > time(NULL))
        return wrong_use("--as-stored-on %s has not come yet", given);
    *until = day.until;
    return 0;
}

static int read_target(const struct cli *cli, struct ek_selection *selection)
{
    const char *target = option(cli, OPT_TARGET);
    if (!target || strcmp(target, "rls") == 0)
        return 0;
    selection->cramps = strcmp(target, "cramps") == 0;
    selection->both_targets = strcmp(target, "all") == 0;
    if (!selection->cramps && !selection->both_targets)
        return wrong_use("--target %s: write rls, cramps or all", target);
    return 0;
}

static int read_named(struct cli *cli, struct ek_selection *selection)
{
    const char *name = option(cli, OPT_IN);
    struct ek_err err;
    if (!name)
        return 0;
    if (cli->value_count[OPT_IN] > 1)
        return wrong_use("--in takes one selection file");
    cli->named = EK_NEW(cli->arena, struct named_selection);
    if (!cli->named)
        return wrong_use("out of memory");
    if (named_selection_read(cli, name, cli->named, &err) != 0)
        return fail_with(&err);
    selection->only = cli->named->only;
    selection->only_count = cli->named->only_count;
    selection->left_out = cli->named->left_out;
    selection->left_out_count = cli->named->left_out_count;
    return 0;
}

int read_selection(struct cli *cli, struct ek_selection *selection)
{
    *selection = (struct ek_selection){
        .theories = cli->values[OPT_THEORY],
        .theory_count = cli->value_count[OPT_THEORY],
        .treatments = cli->values[OPT_TREATMENT],
        .treatment_count = cli->value_count[OPT_TREATMENT],
        .forum = option(cli, OPT_FORUM),
        .board = option(cli, OPT_BOARD),
        .thread = option(cli, OPT_THREAD),
        .author = option(cli, OPT_AUTHOR),
        .language = option(cli, OPT_LANGUAGE),
        .undetermined = has(cli, OPT_UNDETERMINED),
        .not_assessable = has(cli, OPT_NOT_ASSESSABLE),
        .quoted = has(cli, OPT_QUOTED),
        .rules_version = option(cli, OPT_RULES_VERSION),
    };
    int status = read_bits(cli, OPT_STANCE, "stance", ek_stance_names, &selection->stances);
    if (status == 0)
        status = read_bits(cli, OPT_STATE, "state", ek_state_names, &selection->states);
    if (status == 0)
        status = read_wanted(cli, OPT_HEDGED, "hedged", &selection->hedged);
    if (status == 0)
        status = read_wanted(cli, OPT_EXPERIENCE, "experience", &selection->experience);
    if (status == 0)
        status = read_target(cli, selection);
    if (status == 0)
        status = read_period(cli, &selection->period);
    if (status == 0)
        status = read_first_seen(cli, &selection->author_first_seen_before);
    if (status == 0)
        status = read_stored(cli, &selection->stored_until);
    if (status == 0)
        status = read_named(cli, selection);
    return status;
}

int tell_stored(const struct cli *cli, struct ek_store *store, struct ek_err *err)
{
    struct ek_selection selection = {0};
    struct ek_stored_posts posts;
    if (read_stored(cli, &selection.stored_until) != 0)
        return ek_fail(err, EK_USAGE, "--as-stored-on is no day");
    if (ek_query_stored(store, &selection, &posts, err) != 0)
        return -1;
    say("as stored on %s: posts %llu, of them %llu with another text since, which count by its "
        "tags",
        option(cli, OPT_AS_STORED_ON), (unsigned long long)posts.held,
        (unsigned long long)posts.changed);
    return 0;
}

bool internal_tier(const struct cli *cli)
{
    const char *tier = option(cli, OPT_TIER);
    return tier && strcmp(tier, "internal") == 0;
}
