/* status_sources.h - the sources of a store, for `ekbom status`. */
#ifndef EKBOM_STATUS_SOURCES_H
#define EKBOM_STATUS_SOURCES_H

#include <jansson.h>

#include "cli.h"

/* One object a source: what the frontier knows, and, where the service runs, what it is doing. A
 * new reference; NULL with err filled. *disk: what the service says of the disk, a new reference,
 * or NULL. */
json_t *sources_json(struct cli *cli, struct ek_store *store, json_t **disk, struct ek_err *err);
void print_sources(const json_t *sources);
/* The first source that is in trouble, or NULL. */
const char *sources_trouble(struct cli *cli, const json_t *sources);

#endif
