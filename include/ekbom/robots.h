/* robots.h - what a robots.txt allows, by RFC 9309.
 *
 * Pure: bytes in, verdicts out; who fetches the file, and what an answer of 404 or 503 means, is
 * the fetcher's business (fetch.h). The RFC alone is followed, no search engine's own ways: a rule
 * needs its colon, and an encoded letter is the letter. Beyond the RFC only Crawl-delay is read. */
#ifndef EKBOM_ROBOTS_H
#define EKBOM_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>

struct ek_err;
struct ek_robots;

/* Any bytes are a robots.txt: lines that say nothing are passed over, and so is what lies beyond
 * EK_MAX_ROBOTS_BYTES. The bytes are copied. -1 only when out of memory. */
int ek_robots_parse(struct ek_robots **robots, const void *bytes, size_t len, struct ek_err *err);
void ek_robots_free(struct ek_robots *robots); /* NULL is allowed */

struct ek_robots_verdict {
    bool allowed;
    unsigned line;    /* of the rule that decides, from 1; 0 where no rule applies */
    const char *rule; /* "Disallow: /x" as the file has it; NULL; belongs to the robots */
};

/* agent: a product token ("ekbom"), compared whole and without case; where no group names it, the
 * groups for "*" apply. url: a whole address, or a path beginning with "/"; "" is "/". A fragment
 * is ignored; /robots.txt is always allowed. */
void ek_robots_check(const struct ek_robots *robots, const char *agent, const char *url,
                     struct ek_robots_verdict *verdict);

/* Seconds of the longest Crawl-delay of the groups that apply to the agent, at most
 * EK_MAX_CRAWL_DELAY_SECONDS; 0 if there is none. */
double ek_robots_crawl_delay(const struct ek_robots *robots, const char *agent);

/* Letters, "-" and "_" only, at least one: what a group can name. */
bool ek_robots_is_agent(const char *agent);

#endif
