/* asking.c - see asking.h. */
#include "asking.h"

#include <stdlib.h>
#include <string.h>

#include "ekbom/limits.h"
#include "ekbom/text.h"

const char *const size_names[] = {"month", "quarter", "year", NULL};
const char *const denominator_names[] = {"all", "any-theory", "board", NULL};
const char *const denominator_words[] = {"all assessable dated posts", "posts that name any theory",
                                         "posts of boards where the theory is named"};

int read_theories(struct cli *cli, struct ek_selection *selection)
{
    int status = read_selection(cli, selection);
    if (status != 0)
        return status;
    if (selection->theory_count)
        return wrong_use("name the theories as arguments: ekbom %s %s", cli->command->name,
                         selection->theories[0]);
    for (size_t i = 0; i < cli->argument_count; i++) {
        for (size_t j = 0; j < i; j++)
            if (strcmp(cli->arguments[i], cli->arguments[j]) == 0)
                return wrong_use("%s is named twice", cli->arguments[i]);
    }
    selection->theories = cli->arguments;
    selection->theory_count = cli->argument_count;
    return 0;
}

int read_choice(const struct cli *cli, enum option which, const char *name,
                const char *const *names, int otherwise)
{
    const char *given = option(cli, which), *all = "";
    int choice = given ? ek_name_index(names, given) : otherwise;
    for (size_t i = 0; choice < 0 && names[i] && all; i++)
        all = ek_printf(cli->arena, "%s%s%s", all, i ? ", " : "", names[i]);
    if (choice < 0)
        wrong_use("--%s %s: `ekbom %s` takes %s", name, given, cli->command->name, all ? all : "");
    return choice;
}

int read_limit(const struct cli *cli, size_t usual, size_t *limit)
{
    const char *given = option(cli, OPT_LIMIT);
    char *end;
    *limit = format_is(cli, "table") ? usual : SIZE_MAX;
    if (!given)
        return 0;
    unsigned long long n = strtoull(given, &end, 10);
    if (*end || !*given || *given == '-')
        return wrong_use("--limit %s: give a number", given);
    *limit = (size_t)n;
    return 0;
}

const char *stance_words(struct cli *cli, const struct ek_selection *selection)
{
    const char *words = "";
    if (selection->quoted)
        return "in quotes only";
    for (int i = 0; i < EK_STANCES && words; i++)
        if (selection->stances >> i & 1)
            words = ek_printf(cli->arena, "%s%s%s", words, *words ? ", " : "", ek_stance_names[i]);
    return words && *words ? words : "every stance";
}

void mark_sample(struct cli *cli, struct output *output, struct ek_store *store)
{
    if (!ek_store_is_sample(store))
        return;
    output_beside(output, "note", json_string("sample data, not findings"),
                  "sample data, not findings");
    if (!format_is(cli, "table") && !format_is(cli, "json"))
        say("sample data, not findings");
}

void put_basis(struct cli *cli, struct output *output, const struct ek_selection *selection,
               const char *rules_digest)
{
    output_beside(output, "stances", json_string(stance_words(cli, selection)), NULL);
    output_beside(output, "ruleset", rules_digest ? json_string(rules_digest) : json_null(), NULL);
    output_beside(output, "corrected_for_tagging_error", json_false(),
                  "not corrected for tagging error");
}

struct value cell_value(uint64_t count, bool withheld)
{
    return withheld ? shown_as(null_value(), "<5") : integer_value((long long)count);
}

bool is_withheld(const struct cli *cli, uint64_t authors)
{
    return authors > 0 && authors < EK_WITHHELD_BELOW && !internal_tier(cli);
}
