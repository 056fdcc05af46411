/* main.c - the commands of `ekbom` in one table, from which dispatch, help and checks are made. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ekbom/limits.h"
#include "output.h"

#define ROWS "table csv tsv json jsonl"

const struct command commands[] = {
    {"import", cmd_import, TAKES_STORE | TAKES_IMPORT | TAKES_READERS | TAKES_RULES | TAKES_FORMAT,
     "FILE...", "bring in archives (WARC) or posts (JSONL), tagged at once", ROWS},
    {"probe", cmd_probe, TAKES_CRAWL | TAKES_FORMAT, "URL",
     "look at a board in at most 5 requests, nothing stored", "table json"},
    {"crawl", cmd_crawl, TAKES_STORE | TAKES_CRAWL | TAKES_READERS | TAKES_RULES | TAKES_FORMAT,
     "URL...", "fetch boards, forums or threads now", ROWS},
    {"extract", cmd_extract, TAKES_PAGE | TAKES_FORMAT, "FILE", "one saved page to JSON", "json"},
    {"tag", cmd_tag, TAKES_RULES | TAKES_READERS | TAKES_FORMAT, "< POSTS.jsonl",
     "tag posts on standard input, one JSON object a line", "jsonl"},
    {"rules", cmd_rules,
     TAKES_RULES | TAKES_READERS | TAKES_FORMAT | TAKES_PAGE | TAKES_STORE | TAKES_SELECTION |
         TAKES_TIMELINE | TAKES_DRAW,
     "check|test|list|eval FILE|explain POST|stats|gaps|diff [OLD] NEW", "look after rule files",
     ROWS},
    {"retag", cmd_retag, TAKES_STORE | TAKES_RULES | TAKES_READERS, "",
     "tag the whole store anew under a rule set", NULL},
    {"timeline", cmd_timeline,
     TAKES_STORE | TAKES_SELECTION | TAKES_TIMELINE | TAKES_SPLIT | TAKES_TIER | TAKES_EXPLAIN |
         TAKES_FORMAT,
     "THEORY...", "counts and shares of theories by period", ROWS " svg"},
    {"cooccur", cmd_cooccur,
     TAKES_STORE | TAKES_SELECTION | TAKES_TIMELINE | TAKES_TIER | TAKES_WITHIN | TAKES_FORMAT,
     "[THEORY...]", "theories named together", ROWS},
    {"shift", cmd_shift,
     TAKES_STORE | TAKES_SELECTION | TAKES_WINDOWS | TAKES_TESTS | TAKES_VALIDATED | TAKES_TIER |
         TAKES_EXPLAIN | TAKES_FORMAT,
     "THEORY...", "how much theories changed, and whether that is more than noise", ROWS " svg"},
    {"first", cmd_first,
     TAKES_STORE | TAKES_SELECTION | TAKES_WITHIN | TAKES_PEOPLE | TAKES_LIMIT | TAKES_FORMAT,
     "THEORY...", "who brought a theory into a thread, board or forum", ROWS},
    {"switching", cmd_switching,
     TAKES_STORE | TAKES_SELECTION | TAKES_BY | TAKES_TIER | TAKES_FORMAT, "[THEORY...]",
     "authors whose main theory changed", ROWS},
    {"replies", cmd_replies, TAKES_STORE | TAKES_SELECTION | TAKES_TIER | TAKES_FORMAT,
     "[THEORY...]", "which theory answers which, through quotes", ROWS},
    {"authors", cmd_authors,
     TAKES_STORE | TAKES_SELECTION | TAKES_PEOPLE | TAKES_LIMIT | TAKES_FORMAT, "",
     "who wrote how much, and about what", ROWS},
    {"compare", cmd_compare,
     TAKES_STORE | TAKES_SELECTION | TAKES_GROUPS | TAKES_TESTS | TAKES_VALIDATED | TAKES_TIER |
         TAKES_EXPLAIN | TAKES_FORMAT,
     "A..B C..D | --groups G [A..B]", "two periods or groups of posts, all theories", ROWS},
    {"watch", cmd_watch,
     TAKES_STORE | TAKES_SELECTION | TAKES_TIMELINE | TAKES_TESTS | TAKES_TIER | TAKES_EXPLAIN |
         TAKES_FORMAT,
     "THEORY...", "test each period once when it is over; to be run from a timer", ROWS},
    {"log", cmd_log, TAKES_STORE | TAKES_FORMAT, "", "what was asked of this store, and answered",
     ROWS},
    {"cite", cmd_cite,
     TAKES_STORE | TAKES_SELECTION | TAKES_TIMELINE | TAKES_TIER | TAKES_PEOPLE | TAKES_FORMAT,
     "[THEORY...]", "how to cite what was asked: digests, counts, methods, BibTeX", "table json"},
    {"posts", cmd_posts,
     TAKES_STORE | TAKES_SELECTION | TAKES_LIST | TAKES_DRAW | TAKES_KWIC | TAKES_READERS |
         TAKES_FORMAT,
     "", "list posts of a selection", ROWS},
    {"grep", cmd_grep,
     TAKES_STORE | TAKES_SELECTION | TAKES_LIST | TAKES_DRAW | TAKES_GREP | TAKES_READERS |
         TAKES_FORMAT,
     "REGEX", "look for a regular expression in the texts", ROWS},
    {"show", cmd_show, TAKES_STORE | TAKES_SHOW | TAKES_FORMAT | TAKES_READERS,
     "POST | --thread ID | --page POST", "read posts in context, evidence marked",
     "table json jsonl"},
    {"threads", cmd_threads, TAKES_STORE | TAKES_FORMAT, "", "list threads", ROWS},
    {"export", cmd_export, TAKES_STORE | TAKES_EXPORT | TAKES_FORMAT | TAKES_READERS,
     "[posts|quotes|threads|tags|links]", "write a tagged dataset", "jsonl csv tsv"},
    {"report", cmd_report,
     TAKES_STORE | TAKES_SELECTION | TAKES_TIMELINE | TAKES_WINDOWS | TAKES_TESTS |
         TAKES_VALIDATED | TAKES_TIER | TAKES_EXPLAIN | TAKES_OUTPUT,
     "-o FILE.html [THEORY...]", "timeline, changes, pairs and citation on one HTML page", "table"},
    {"robots", cmd_robots, TAKES_ROBOTS, "FILE URL...", "what a robots.txt allows", NULL},
    {"status", cmd_status, TAKES_STORE | TAKES_FORMAT, "", "what the store holds and how it is",
     "table json"},
    {"ctl", cmd_ctl, TAKES_STORE, "status|reload|visit [ADDRESS]", "a word to the service", NULL},
    {"verify", cmd_verify, TAKES_STORE, "", "check every reference, count and digest", NULL},
    {"backup", cmd_backup, TAKES_STORE, "DIR",
     "copy the store beside its writer; again: bring the copy up to date", NULL},
    {"compact", cmd_compact, TAKES_STORE | TAKES_COMPACT | TAKES_READERS, "",
     "give free space back; --rebuild makes the index anew", NULL},
    {"dump", cmd_dump, TAKES_STORE | TAKES_OUTPUT, "",
     "everything that is true, as text, for another machine or format", NULL},
    {"load", cmd_load, TAKES_STORE | TAKES_LOAD | TAKES_READERS, "FILE", "make a store of a dump",
     NULL},
    {"forget", cmd_forget, TAKES_STORE | TAKES_FORGET | TAKES_READERS, "AUTHOR|POST",
     "take a post, or all of an author, out of the store for good", NULL},
    {"help", cmd_help, TAKES_NAMES, "[COMMAND]", "this list, or one command's options", NULL},
    {0},
};

const struct command *find_command(const char *name)
{
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static int help_for(const struct command *command)
{
    printf("usage: ekbom [--store DIR] %s [OPTIONS] %s\n\n%s\n\n", command->name, command->usage,
           command->summary);
    print_option_help(command->options);
    return EXIT_DONE;
}

int cmd_help(struct cli *cli)
{
    if (has(cli, OPT_COMMANDS)) {
        for (const struct command *command = commands; command->name; command++)
            puts(command->name);
        return EXIT_DONE;
    }
    if (cli->argument_count > 1)
        return wrong_use("help takes one command");
    if (cli->argument_count == 1) {
        const struct command *command = find_command(cli->arguments[0]);
        return command ? help_for(command) : wrong_use("unknown command '%s'", cli->arguments[0]);
    }
    printf("ekbom %s: how people with restless legs syndrome explain their illness\n\n"
           "usage: ekbom [--store DIR] COMMAND [OPTIONS] [ARGUMENTS]\n\n",
           EKBOM_VERSION);
    for (const struct command *command = commands; command->name; command++)
        printf("  %-10s %s\n", command->name, command->summary);
    printf("\n`ekbom help COMMAND` shows its options; ekbom(1) is the manual.\n"
           "Exit status: 0 done, 1 nothing matched or a check failed, 2 wrong use or an error,\n"
           "3 done but incomplete.\n");
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    static struct cli cli;
    setlocale(LC_CTYPE, "C.UTF-8");
    end_when_json_starves();
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("ekbom %s\n", EKBOM_VERSION);
        return EXIT_DONE;
    }
    int status = parse_options(&cli, argc, argv);
    if (status != 0)
        return status;
    cli.arena = ek_arena_new(EK_ARENA_BYTES);
    if (!cli.arena)
        return wrong_use("out of memory");
    if (!cli.command && has(&cli, OPT_HELP))
        status = cmd_help(&cli);
    else if (!cli.command)
        status = wrong_use("no command given: `ekbom help` lists them");
    else if (has(&cli, OPT_HELP))
        status = help_for(cli.command);
    else {
        if (cli.command->options & TAKES_STORE)
            watch_for_damage();
        status = cli.command->run(&cli);
        if (status != EXIT_WRONG && ek_starved())
            status = wrong_use("out of memory: something may be missing; run it again");
    }
    ek_arena_free(cli.arena);
    if (fflush(stdout) != 0 || ferror(stdout))
        status = wrong_use("standard output could not be written");
    return status;
}
