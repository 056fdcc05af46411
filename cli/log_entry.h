/* log_entry.h - what was asked is left in STORE/log, so that a paper can say how many were. */
#ifndef EKBOM_CLI_LOG_ENTRY_H
#define EKBOM_CLI_LOG_ENTRY_H

#include <jansson.h>

#include "cli.h"
#include "windows.h"

struct log_entry {
    json_t *line;     /* an object; fields may be added until it is logged */
    json_t *verdicts; /* in it */
};

/* A line about this command: when, which, its theories, selection and digests. */
void log_entry_begin(struct log_entry *entry, struct cli *cli, const char *rules_digest);
/* The periods that were compared, or the one within which groups were. */
void log_entry_periods(struct log_entry *entry, const struct windows *windows);
/* What came out of one test. NULL names are left out. */
void log_entry_verdict(struct log_entry *entry, const char *theory, const char *group,
                       const char *verdict);
/* Write it. Where it cannot be written, standard error says so; -1. */
int log_entry_write(struct log_entry *entry, struct ek_store *store);
/* Digest of the selection options, the denominator and the file of --in among them: "sha256:...".
 */
const char *selection_digest(struct cli *cli);

#endif
