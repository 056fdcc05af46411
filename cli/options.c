/* options.c - the options of every command in one table: parsing, checks and help are made from it.
 *
 * Options may stand before or after the command's name and between arguments; "--" ends them. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "ekbom/text.h"

struct option_spec {
    enum option option;
    const char *name;
    bool value;
    unsigned groups; /* commands that take one of these groups take the option; 0: all */
    const char *metavar;
    const char *help;
    const char *choices; /* the values it takes, each followed by a blank; NULL: any */
};

static const struct option_spec specs[] = {
    {OPT_STORE, "store", true, 0, "DIR", "the store (default $EKBOM_STORE, then /var/lib/ekbom)",
     NULL},
    {OPT_FORMAT, "format", true, TAKES_FORMAT, "F",
     "table, csv, tsv, json or jsonl; timeline, shift: svg too", NULL},
    {OPT_COLOR, "color", true, 0, "WHEN", "auto, always or never", "auto always never "},
    {OPT_NO_PAGER, "no-pager", false, 0, NULL, "do not page on a terminal", NULL},
    {OPT_HELP, "help", false, 0, NULL, "this help", NULL},
    {OPT_THEORY, "theory", true, TAKES_SELECTION, "CODE",
     "posts tagged with this theory; may repeat", NULL},
    {OPT_TREATMENT, "treatment", true, TAKES_SELECTION, "CODE", "posts naming this treatment",
     NULL},
    {OPT_STANCE, "stance", true, TAKES_SELECTION, "S",
     "supports, disputes, neutral-mention or asks; may repeat",
     "supports disputes neutral-mention asks "},
    {OPT_TARGET, "target", true, TAKES_SELECTION, "T", "rls (default), cramps or all",
     "rls cramps all "},
    {OPT_FORUM, "forum", true, TAKES_SELECTION, "BASE", "base address of a forum, or a part of it",
     NULL},
    {OPT_BOARD, "board", true, TAKES_SELECTION, "ID", "the board's own id or its title", NULL},
    {OPT_THREAD, "thread", true, TAKES_SELECTION | TAKES_SHOW, "ID", "the thread's own id", NULL},
    {OPT_AUTHOR, "author", true, TAKES_SELECTION, "NAME", "name shown, or pseudonym", NULL},
    {OPT_AUTHOR_FIRST_SEEN_BEFORE, "author-first-seen-before", true, TAKES_SELECTION, "P",
     "authors whose first post is older than this period", NULL},
    {OPT_LANGUAGE, "language", true, TAKES_SELECTION, "TAG", "language of the post: en", NULL},
    {OPT_STATE, "state", true, TAKES_SELECTION, "S", "live, edited, gone or hidden; may repeat",
     "live edited gone hidden "},
    {OPT_SINCE, "since", true, TAKES_SELECTION, "P", "from this period on: 2008, 2008-Q1, 2008-03",
     NULL},
    {OPT_UNTIL, "until", true, TAKES_SELECTION, "P", "up to the end of this period", NULL},
    {OPT_HEDGED, "hedged", true, TAKES_SELECTION, "YES|NO", "only hedged tags, or only others",
     NULL},
    {OPT_EXPERIENCE, "experience", true, TAKES_SELECTION, "YES|NO",
     "only tags from own experience, or only others", NULL},
    {OPT_UNDETERMINED, "undetermined", false, TAKES_SELECTION, NULL,
     "only posts where a rule reached a limit", NULL},
    {OPT_NOT_ASSESSABLE, "not-assessable", false, TAKES_SELECTION, NULL,
     "only posts in languages that the rules do not cover", NULL},
    {OPT_QUOTED, "quoted", false, TAKES_SELECTION, NULL,
     "theories that stand in quotes only, instead of the author's own", NULL},
    {OPT_AS_STORED_ON, "as-stored-on", true, TAKES_SELECTION, "DATE",
     "as the store stood at the end of this day: posts first seen later do not count", NULL},
    {OPT_RULES_VERSION, "rules-version", true, TAKES_SELECTION, "DIGEST",
     "tags as this rule set made them, by the beginning of its digest", NULL},
    {OPT_SPLIT, "split", true, TAKES_SPLIT, "WHAT",
     "in parts: by stance, forum, language or author-cohort",
     "stance forum language author-cohort "},
    {OPT_IN, "in", true, TAKES_SELECTION | TAKES_EXPORT, "NAME",
     "a selection file: ekbom-selection(5)", NULL},
    {OPT_BY, "by", true, TAKES_TIMELINE | TAKES_BY, "SIZE",
     "month, quarter or year (default; watch: month)", "month quarter year "},
    {OPT_BEFORE, "before", true, TAKES_WINDOWS, "P",
     "the earlier period: 2008, 2008..2011 (default: the earlier half)", NULL},
    {OPT_AFTER, "after", true, TAKES_WINDOWS, "P", "the later one", NULL},
    {OPT_GROUPS, "groups", true, TAKES_GROUPS, "G",
     "compare forum, language or author-cohort in place of periods",
     "forum language author-cohort "},
    {OPT_SMALLEST_OF_INTEREST, "smallest-of-interest", true, TAKES_TESTS, "X",
     "a change of shares not to be missed: 2% or 0.02 (default: half the earlier share)", NULL},
    {OPT_VALIDATED, "validated", true, TAKES_VALIDATED, "FILE",
     "posts drawn and coded by hand: figures corrected for tagging error", NULL},
    {OPT_OF, "of", true, TAKES_TIMELINE | TAKES_TESTS, "WHAT",
     "denominator: all (default), any-theory or board", "all any-theory board "},
    {OPT_EXPLAIN, "explain", false, TAKES_EXPLAIN, NULL, "say how each figure came about", NULL},
    {OPT_TIER, "tier", true, TAKES_TIER | TAKES_EXPORT, "TIER",
     "open (default), internal; exports: review", "open review internal "},
    {OPT_LIMIT, "limit", true, TAKES_LIST | TAKES_LIMIT, "N", "at most N rows", NULL},
    {OPT_ORDER, "order", true, TAKES_LIST, "O", "oldest or newest (default) first",
     "oldest newest "},
    {OPT_SAMPLE, "sample", true, TAKES_DRAW, "N", "draw N posts at random", NULL},
    {OPT_SEED, "seed", true, TAKES_DRAW, "S", "another seed draws others (default 0)", NULL},
    {OPT_IGNORE_CASE, "ignore-case", false, TAKES_GREP, NULL, "case is ignored (default; -i)",
     NULL},
    {OPT_MATCH_CASE, "match-case", false, TAKES_GREP, NULL, "case matters", NULL},
    {OPT_KWIC, "kwic", false, TAKES_GREP | TAKES_KWIC, NULL,
     "keyword in context: one aligned line a match; of posts, a place of evidence", NULL},
    {OPT_COUNT, "count", false, TAKES_GREP, NULL, "only how many posts and matches", NULL},
    {OPT_WITHIN, "within", true, TAKES_WITHIN, "WHAT",
     "cooccur: post (default), thread or author; first: thread, board or forum", NULL},
    {OPT_NAMES, "names", false, TAKES_PEOPLE, NULL, "names of authors instead of pseudonyms", NULL},
    {OPT_AROUND, "around", true, TAKES_SHOW, "N", "with N posts of the thread before and after",
     NULL},
    {OPT_REASONS, "reasons", false, TAKES_SHOW, NULL,
     "of a thread: words, rules and cues below each post", NULL},
    {OPT_QUOTES, "quotes", false, TAKES_SHOW, NULL, "of a thread: quotes whole", NULL},
    {OPT_PAGE, "page", true, TAKES_SHOW, "POST", "the archived page of a post, as inert HTML",
     NULL},
    {OPT_OUTPUT, "output", true, TAKES_EXPORT | TAKES_OUTPUT, "PATH",
     "where to write; - is standard output (-o)", NULL},
    {OPT_URL, "url", true, TAKES_PAGE, "URL", "address that the page came from", NULL},
    {OPT_FETCHED, "fetched", true, TAKES_PAGE, "T", "when it was fetched, for relative dates",
     NULL},
    {OPT_CHARSET, "charset", true, TAKES_PAGE, "C", "character set, as the HTTP header had it",
     NULL},
    {OPT_RULES, "rules", true, TAKES_RULES, "DIR",
     "rule folder (default $EKBOM_RULES, then the installed pack)", NULL},
    {OPT_PROFILES, "profiles", true, TAKES_PAGE | TAKES_IMPORT | TAKES_CRAWL, "DIR",
     "forum profiles (default $EKBOM_PROFILES, then the installed ones)", NULL},
    {OPT_ERRORS, "errors", false, TAKES_RULES, NULL,
     "rules eval: every error, with the rules at fault", NULL},
    {OPT_ENGINE, "engine", true, TAKES_RULES, "E", "fast (default) or naive", "fast naive "},
    {OPT_READERS, "readers", true, TAKES_READERS, "N", "reader processes (default: one a core)",
     NULL},
    {OPT_RETRY, "retry", false, TAKES_IMPORT, NULL, "read pages in quarantine again", NULL},
    {OPT_SAMPLE_DATA, "sample-data", false, TAKES_IMPORT, NULL,
     "mark the store's figures as sample data, not findings", NULL},
    {OPT_AGENT, "agent", true, TAKES_ROBOTS, "NAME", "product token of the crawler (default ekbom)",
     NULL},
    {OPT_CONTACT, "contact", true, TAKES_CRAWL, "MAIL", "whom an administrator may write to", NULL},
    {OPT_DELAY, "delay", true, TAKES_CRAWL, "S",
     "seconds between requests (default 5; 0 on loopback)", NULL},
    {OPT_MAX_PAGES, "max-pages", true, TAKES_CRAWL, "N", "stop a source after N pages", NULL},
    {OPT_RECHECK, "recheck", false, TAKES_CRAWL, NULL, "read every known thread again", NULL},
    {OPT_REBUILD, "rebuild", false, TAKES_COMPACT, NULL,
     "make the index anew from the records; nothing else", NULL},
    {OPT_ARCHIVE, "archive", true, TAKES_LOAD, "DIR",
     "where the archive files lie that the dump names", NULL},
    {OPT_DRY_RUN, "dry-run", false, TAKES_FORGET, NULL, "say what would go, and leave it", NULL},
    {OPT_COMMANDS, "commands", false, TAKES_NAMES, NULL, "only the names, one a line", NULL},
};
#define SPEC_COUNT (sizeof specs / sizeof *specs)

static const struct option_spec *find_spec(const char *name, size_t len)
{
    for (size_t i = 0; i < SPEC_COUNT; i++)
        if (strlen(specs[i].name) == len && memcmp(specs[i].name, name, len) == 0)
            return &specs[i];
    return NULL;
}

static int unknown_option(const char *argument)
{
    const char *names[SPEC_COUNT];
    for (size_t i = 0; i < SPEC_COUNT; i++)
        names[i] = specs[i].name;
    const char *near = ek_nearest(argument + 2, names, SPEC_COUNT);
    return near ? wrong_use("unknown option '%s': did you mean --%s?", argument, near)
                : wrong_use("unknown option '%s': `ekbom help` lists them", argument);
}

static bool is_choice(const struct option_spec *spec, const char *value)
{
    size_t len = strlen(value);
    for (const char *at = spec->choices; at && *at; at = strchr(at, ' ') + 1)
        if (strncmp(at, value, len) == 0 && at[len] == ' ')
            return true;
    return !spec->choices;
}

static int take_option(struct cli *cli, const struct option_spec *spec, const char *value)
{
    if (!is_choice(spec, value))
        return wrong_use("--%s %s: choose from %s", spec->name, value, spec->choices);
    if (cli->value_count[spec->option] == MAX_VALUES)
        return wrong_use("--%s is given too often", spec->name);
    cli->values[spec->option][cli->value_count[spec->option]++] = value;
    return 0;
}

/* One option at argv[*i]; moves on past its value. */
static int parse_option(struct cli *cli, int argc, char **argv, int *i)
{
    const char *argument = argv[*i];
    if (strcmp(argument, "-h") == 0)
        argument = "--help";
    if (strcmp(argument, "-o") == 0)
        argument = "--output";
    if (strcmp(argument, "-i") == 0)
        argument = "--ignore-case";
    if (strncmp(argument, "--", 2) != 0)
        return unknown_option(argument[1] ? argument : "--");
    const char *equals = strchr(argument, '=');
    size_t len = equals ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;
    const struct option_spec *spec = find_spec(argument + 2, len);
    if (!spec)
        return unknown_option(argument);
    if (!spec->value) {
        if (equals)
            return wrong_use("--%s takes no value", spec->name);
        return take_option(cli, spec, "yes");
    }
    if (equals)
        return take_option(cli, spec, equals + 1);
    if (*i + 1 >= argc)
        return wrong_use("--%s needs a value", spec->name);
    return take_option(cli, spec, argv[++*i]);
}

static int take_argument(struct cli *cli, const char *argument)
{
    if (!cli->command) {
        cli->command = find_command(argument);
        if (cli->command)
            return 0;
        const char *names[64];
        size_t n = 0;
        for (const struct command *c = commands; c->name && n < 64; c++)
            names[n++] = c->name;
        const char *near = ek_nearest(argument, names, n);
        return near ? wrong_use("unknown command '%s': did you mean `ekbom %s`?", argument, near)
                    : wrong_use("unknown command '%s': `ekbom help` lists them", argument);
    }
    if (cli->argument_count == MAX_ARGUMENTS)
        return wrong_use("too many arguments");
    cli->arguments[cli->argument_count++] = argument;
    return 0;
}

/* Does the command take what was given? */
static int check_options(const struct cli *cli)
{
    for (size_t i = 0; i < SPEC_COUNT; i++)
        if (cli->value_count[specs[i].option] && specs[i].groups &&
            !(specs[i].groups & cli->command->options))
            return wrong_use("--%s is not an option of `ekbom %s`", specs[i].name,
                             cli->command->name);
    const char *format = option(cli, OPT_FORMAT);
    if (format) {
        size_t len = strlen(format);
        const char *at = cli->command->formats ? cli->command->formats : "";
        for (at = strstr(at, format); at; at = strstr(at + 1, format))
            if ((at == cli->command->formats || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
                break;
        if (!at || !len)
            return wrong_use("--format %s: `ekbom %s` writes %s", format, cli->command->name,
                             cli->command->formats);
    }
    return 0;
}

int parse_options(struct cli *cli, int argc, char **argv)
{
    bool ended = false;
    int status = 0;
    for (int i = 1; i < argc && status == 0; i++) {
        if (!ended && strcmp(argv[i], "--") == 0)
            ended = true;
        else if (!ended && argv[i][0] == '-' && argv[i][1])
            status = parse_option(cli, argc, argv, &i);
        else
            status = take_argument(cli, argv[i]);
    }
    if (status == 0 && cli->command && !has(cli, OPT_HELP))
        status = check_options(cli);
    return status;
}

const char *option(const struct cli *cli, enum option option)
{
    size_t n = cli->value_count[option];
    return n ? cli->values[option][n - 1] : NULL;
}

bool has(const struct cli *cli, enum option option)
{
    return cli->value_count[option] > 0;
}

const char *options_given(const struct cli *cli, unsigned groups)
{
    const char *given = "";
    for (size_t i = 0; i < SPEC_COUNT && given; i++)
        for (size_t j = 0; (specs[i].groups & groups) && j < cli->value_count[specs[i].option]; j++)
            given = ek_printf(cli->arena, "%s%s--%s%s%s", given, *given ? " " : "", specs[i].name,
                              specs[i].value ? " " : "",
                              specs[i].value ? cli->values[specs[i].option][j] : "");
    return given ? given : "";
}

void print_option_help(unsigned groups)
{
    for (size_t i = 0; i < SPEC_COUNT; i++) {
        if (specs[i].groups && !(specs[i].groups & groups))
            continue;
        char left[64];
        snprintf(left, sizeof left, "--%s %s", specs[i].name,
                 specs[i].metavar ? specs[i].metavar : "");
        printf("  %-24s %s\n", left, specs[i].help);
    }
}
