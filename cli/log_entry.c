/* log_entry.c - see log_entry.h.
 *
 * The answer comes first: a log that cannot be written is said, and is no error of the answer. */
#include "log_entry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ekbom/digest.h"
#include "ekbom/store_log.h"
#include "ekbom/time.h"
#include "named_selection.h"

/* The name of an author stands in no file but the records: the log may be read by more people. */
static const char *selection_words(const struct cli *cli)
{
    struct cli unnamed = *cli;
    for (size_t i = 0; i < unnamed.value_count[OPT_AUTHOR]; i++)
        unnamed.values[OPT_AUTHOR][i] = "(one)";
    return options_given(&unnamed, TAKES_SELECTION);
}

const char *selection_digest(struct cli *cli)
{
    unsigned char digest[EK_SHA256_BYTES];
    char hex[2 * EK_SHA256_BYTES + 1];
    const char *of = option(cli, OPT_OF);
    struct ek_hasher hasher;
    ek_hasher_begin(&hasher);
    ek_hasher_adds(&hasher, selection_words(cli));
    ek_hasher_adds(&hasher, of ? of : "all");
    ek_hasher_adds(&hasher, cli->named ? cli->named->digest : NULL);
    ek_hasher_finish(&hasher, digest);
    return ek_printf(cli->arena, "sha256:%s", ek_hex(digest, sizeof digest, hex));
}

void log_entry_begin(struct log_entry *entry, struct cli *cli, const char *rules_digest)
{
    char when[EK_TIME_TEXT];
    const char *of = option(cli, OPT_OF);
    ek_time_format((ek_time)time(NULL), EK_PRECISION_SECOND, when);
    entry->verdicts = json_array();
    entry->line = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s}", "when", when, "command",
                            cli->command->name, "selection", selection_words(cli), "of",
                            of ? of : "all", "selection_digest", selection_digest(cli), "ruleset",
                            rules_digest, "version", EKBOM_VERSION);
    json_object_set(entry->line, "verdicts", entry->verdicts);
    if (cli->named)
        json_object_set_new(entry->line, "in", named_selection_json(cli->named));
}

void log_entry_periods(struct log_entry *entry, const struct windows *windows)
{
    static const char *const fields[] = {"before", "after"};
    for (int w = 0; w < EK_WINDOWS && !windows->one; w++)
        json_object_set_new(entry->line, fields[w], json_string(windows->name[w]));
    if (windows->one)
        json_object_set_new(entry->line, "period", json_string(windows->name[EK_BEFORE]));
}

void log_entry_verdict(struct log_entry *entry, const char *theory, const char *group,
                       const char *verdict)
{
    json_t *item = json_pack("{s:s, s:s}", "theory", theory, "verdict", verdict);
    if (group)
        json_object_set_new(item, "group", json_string(group));
    json_array_append_new(entry->verdicts, item);
}

int log_entry_write(struct log_entry *entry, struct ek_store *store)
{
    struct ek_err err;
    char *line = entry->line ? json_dumps(entry->line, JSON_COMPACT) : NULL;
    int result = line ? ek_store_log_add(store, line, &err) : ek_fail_memory(&err);
    if (result != 0)
        say("this was not logged: %s", err.message);
    free(line);
    json_decref(entry->line);
    json_decref(entry->verdicts);
    *entry = (struct log_entry){0};
    return result;
}
