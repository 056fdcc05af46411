/* cli.h - what the commands of `ekbom` share: options, printing, places, opened things. */
#ifndef EKBOM_CLI_H
#define EKBOM_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/error.h"
#include "ekbom/pool.h"
#include "ekbom/query.h"
#include "ekbom/store.h"

/* Exit status, as the contract has it. */
enum { EXIT_DONE = 0, EXIT_NOTHING = 1, EXIT_WRONG = 2, EXIT_INCOMPLETE = 3 };

/* Options ------------------------------------------------------------------------------------ */

enum option {
    OPT_STORE,
    OPT_FORMAT,
    OPT_COLOR,
    OPT_NO_PAGER,
    OPT_HELP,
    OPT_THEORY,
    OPT_TREATMENT,
    OPT_STANCE,
    OPT_TARGET,
    OPT_FORUM,
    OPT_BOARD,
    OPT_THREAD,
    OPT_AUTHOR,
    OPT_LANGUAGE,
    OPT_STATE,
    OPT_SINCE,
    OPT_UNTIL,
    OPT_HEDGED,
    OPT_EXPERIENCE,
    OPT_UNDETERMINED,
    OPT_NOT_ASSESSABLE,
    OPT_AUTHOR_FIRST_SEEN_BEFORE,
    OPT_QUOTED,
    OPT_RULES_VERSION,
    OPT_BY,
    OPT_OF,
    OPT_BEFORE,
    OPT_AFTER,
    OPT_GROUPS,
    OPT_SMALLEST_OF_INTEREST,
    OPT_VALIDATED,
    OPT_EXPLAIN,
    OPT_TIER,
    OPT_LIMIT,
    OPT_ORDER,
    OPT_SAMPLE,
    OPT_SEED,
    OPT_IGNORE_CASE,
    OPT_MATCH_CASE,
    OPT_KWIC,
    OPT_COUNT,
    OPT_IN,
    OPT_SPLIT,
    OPT_WITHIN,
    OPT_NAMES,
    OPT_AROUND,
    OPT_THREAD_ID,
    OPT_REASONS,
    OPT_QUOTES,
    OPT_PAGE,
    OPT_OUTPUT,
    OPT_URL,
    OPT_FETCHED,
    OPT_CHARSET,
    OPT_RULES,
    OPT_PROFILES,
    OPT_ENGINE,
    OPT_ERRORS,
    OPT_READERS,
    OPT_SAMPLE_DATA,
    OPT_COMMANDS,
    OPT_AGENT,
    OPT_CONTACT,
    OPT_DELAY,
    OPT_MAX_PAGES,
    OPT_RECHECK,
    OPT_RETRY,
    OPT_REBUILD,
    OPT_ARCHIVE,
    OPT_DRY_RUN,
    OPT_AS_STORED_ON,
    OPTIONS
};

#define MAX_VALUES 64
#define MAX_ARGUMENTS 4096

struct cli {
    const struct command *command;
    const char *values[OPTIONS][MAX_VALUES];
    size_t value_count[OPTIONS];
    const char *arguments[MAX_ARGUMENTS];
    size_t argument_count;
    struct ek_arena *arena;        /* lives as long as the command */
    struct named_selection *named; /* --in; NULL: not given, or read_selection was not called yet */
    struct report *report;         /* that tables and pictures go to; NULL: to standard output */
};

/* Bits of struct command.options: which groups of options a command takes. */
enum {
    TAKES_STORE = 1,
    TAKES_FORMAT = 2,
    TAKES_SELECTION = 4,
    TAKES_TIER = 8,
    TAKES_TIMELINE = 16,
    TAKES_LIST = 32,
    TAKES_EXPORT = 64,
    TAKES_SHOW = 128,
    TAKES_PAGE = 256,
    TAKES_RULES = 512,
    TAKES_READERS = 1024,
    TAKES_IMPORT = 2048,
    TAKES_NAMES = 4096,
    TAKES_CRAWL = 8192,
    TAKES_ROBOTS = 16384,
    TAKES_DRAW = 32768,
    TAKES_GREP = 65536,
    TAKES_COMPACT = 131072,
    TAKES_OUTPUT = 262144,
    TAKES_LOAD = 524288,
    TAKES_WITHIN = 1048576,
    TAKES_PEOPLE = 2097152,
    TAKES_LIMIT = 4194304,
    TAKES_EXPLAIN = 8388608,
    TAKES_WINDOWS = 16777216,
    TAKES_GROUPS = 33554432,
    TAKES_TESTS = 67108864,
    TAKES_VALIDATED = 134217728,
    TAKES_BY = 268435456,
    TAKES_KWIC = 536870912,
    TAKES_SPLIT = 1073741824
};
#define TAKES_FORGET 0x80000000u /* the last bit, which an enumerator cannot have */

struct command {
    const char *name;
    int (*run)(struct cli *cli); /* returns the exit status */
    unsigned options;
    const char *usage;   /* arguments */
    const char *summary; /* one line for `ekbom help` */
    const char *formats; /* "table csv tsv json jsonl"; the first is the default */
};
extern const struct command commands[]; /* ends with a NULL name */
const struct command *find_command(const char *name);

/* Fill cli from the command line. 0, or the exit status after a message. */
int parse_options(struct cli *cli, int argc, char **argv);
const char *option(const struct cli *cli, enum option option); /* the last value, or NULL */
bool has(const struct cli *cli, enum option option);
void print_option_help(unsigned groups);
/* The options given of these groups, as they are written, in the table's order; in the arena. */
const char *options_given(const struct cli *cli, unsigned groups);

/* Talking ------------------------------------------------------------------------------------ */

/* "ekbom: ..." to standard error, hostile text made harmless. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Say the error and return the exit status for it. */
int fail_with(const struct ek_err *err);
/* The program ends, exit status 2: what is committed stays, and nothing half-made is shown as
 * whole.
 */
_Noreturn void out_of_memory(void);
/* The same from now on wherever memory is short for JSON. */
void end_when_json_starves(void);
/* From now on a crash in the data files of a store is called its damage (damage.c). */
void watch_for_damage(void);
int wrong_use(const char *format, ...) __attribute__((format(printf, 1, 2))); /* returns 2 */
/* A progress line on standard error, if that is a terminal and a second has passed. */
void progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void progress_end(void);
/* The same as what long work calls, whatever the context: "compacting: 12.0 MB" (ek_care_watch),
 * "tagged 12 posts" (ek_tag_behind). */
void progress_bytes(void *context, const char *doing, uint64_t bytes);
void progress_tagged(void *context, uint64_t posts);

/* Places ------------------------------------------------------------------------------------- */

const char *store_folder(const struct cli *cli);
const char *rules_folder(struct cli *cli);

/* Opened things: 0, or -1 with err filled. */
int open_store(struct cli *cli, enum ek_store_mode mode, struct ek_store **store,
               struct ek_err *err);
int load_rules(struct cli *cli, struct ek_bundle *bundle, struct ek_err *err);
int load_profiles(struct cli *cli, struct ek_bundle *bundle, struct ek_err *err);
/* A pool with the given bundles (either may be NULL), for the packed texts of a store (or NULL).
 * Says once what confinement lacks. */
int open_pool(struct cli *cli, const struct ek_bundle *profiles, const struct ek_bundle *rules,
              struct ek_store *store, struct ek_pool **pool, struct ek_err *err);
/* A pool that searches texts, packed against these dictionaries. */
int open_search_pool(struct cli *cli, const struct ek_pool_search *search,
                     const struct ek_dictionary *dictionaries, size_t count, struct ek_pool **pool,
                     struct ek_err *err);
/* A pool that tags as the store's current rule set does. */
int open_store_pool(struct cli *cli, struct ek_store *store, struct ek_pool **pool,
                    struct ek_err *err);
/* Readers with the profiles and the store's rules (a new store takes the installed ones), for
 * writing; what a cut-off run left untagged is tagged first. */
int open_writing_pool(struct cli *cli, struct ek_store *store, struct ek_pool **pool,
                      struct ek_err *err);
/* Of --as-stored-on: how many posts that were, and what they do not tell. */
int tell_stored(const struct cli *cli, struct ek_store *store, struct ek_err *err);
/* The selection options. 0, or the exit status after a message. */
int read_selection(struct cli *cli, struct ek_selection *selection);

/* Words and marks ---------------------------------------------------------------------------- */

bool internal_tier(const struct cli *cli);
const char *tag_summary(struct ek_arena *arena, const struct ek_tags *tags);

/* The commands, one a file. */
int cmd_authors(struct cli *cli);
int cmd_backup(struct cli *cli);
int cmd_cite(struct cli *cli);
int cmd_compact(struct cli *cli);
int cmd_compare(struct cli *cli);
int cmd_cooccur(struct cli *cli);
int cmd_crawl(struct cli *cli);
int cmd_ctl(struct cli *cli);
int cmd_dump(struct cli *cli);
int cmd_export(struct cli *cli);
int cmd_extract(struct cli *cli);
int cmd_first(struct cli *cli);
int cmd_forget(struct cli *cli);
int cmd_grep(struct cli *cli);
int cmd_help(struct cli *cli);
int cmd_import(struct cli *cli);
int cmd_load(struct cli *cli);
int cmd_log(struct cli *cli);
int cmd_posts(struct cli *cli);
int cmd_probe(struct cli *cli);
int cmd_replies(struct cli *cli);
int cmd_report(struct cli *cli);
int cmd_retag(struct cli *cli);
int cmd_robots(struct cli *cli);
int cmd_rules(struct cli *cli);
int cmd_shift(struct cli *cli);
int cmd_show(struct cli *cli);
int cmd_status(struct cli *cli);
int cmd_switching(struct cli *cli);
int cmd_tag(struct cli *cli);
int cmd_threads(struct cli *cli);
int cmd_timeline(struct cli *cli);
int cmd_verify(struct cli *cli);
int cmd_watch(struct cli *cli);

#endif
