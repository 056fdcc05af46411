/* crawl_options.h - what `crawl` and `probe` take from the command line for an address. */
#ifndef EKBOM_CRAWL_OPTIONS_H
#define EKBOM_CRAWL_OPTIONS_H

#include "cli.h"
#include "ekbom/crawl.h"

/* Fill *source: 0, or the exit status after a message. A loopback address on the command line is
 * its own permission, with no delay; a public one needs a contact. */
int read_source(const struct cli *cli, const char *address, struct ek_crawl_source *source);

#endif
