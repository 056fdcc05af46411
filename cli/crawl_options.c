/* crawl_options.c - see crawl_options.h. */
#include "crawl_options.h"

#include <stdlib.h>

#define DEFAULT_DELAY_MS 5000

static int read_numbers(const struct cli *cli, struct ek_crawl_source *source)
{
    const char *delay = option(cli, OPT_DELAY), *pages = option(cli, OPT_MAX_PAGES);
    char *end;
    if (delay) {
        double seconds = strtod(delay, &end);
        if (*end || !*delay || !(seconds >= 0 && seconds <= 86400))
            return wrong_use("--delay %s: give seconds", delay);
        source->delay_ms = (int)(seconds * 1000);
    }
    if (pages) {
        unsigned long long n = strtoull(pages, &end, 10);
        if (*end || !*pages || *pages == '-' || n == 0)
            return wrong_use("--max-pages %s: give a number", pages);
        source->max_pages = (size_t)n;
    }
    return 0;
}

int read_source(const struct cli *cli, const char *address, struct ek_crawl_source *source)
{
    bool loopback = ek_crawl_is_loopback(address);
    *source = (struct ek_crawl_source){.address = address,
                                       .contact = option(cli, OPT_CONTACT),
                                       .permit = loopback ? "loopback" : NULL,
                                       .since = EK_TIME_UNKNOWN,
                                       .delay_ms = loopback ? 0 : DEFAULT_DELAY_MS,
                                       .recheck = has(cli, OPT_RECHECK)};
    if (!loopback && !source->contact)
        return wrong_use("%s is a public address: --contact MAIL tells its administrator whom to "
                         "write to",
                         address);
    return read_numbers(cli, source);
}
