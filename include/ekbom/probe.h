/* probe.h - a first look at a board: at most EK_PROBE_REQUESTS requests, nothing stored. */
#ifndef EKBOM_PROBE_H
#define EKBOM_PROBE_H

#include "ekbom/crawl.h"
#include "ekbom/record.h"

struct ek_arena;
struct ek_err;
struct ek_pool;

#define EK_PROBE_REQUESTS 5

struct ek_probe {        /* strings in the arena */
    const char *url;     /* asked last */
    int status;          /* HTTP; 0: no answer */
    const char *trouble; /* why nothing, or not all, could be seen; NULL */
    enum ek_page_kind kind;
    const char *software, *software_version, *forum_title, *language, *zone;
    bool login_wall;
    const char *robots;   /* "allowed", "disallowed", "unknown" */
    unsigned robots_line; /* of the rule that decides; 0: none does */
    const char *robots_rule;
    double crawl_delay;    /* seconds, of robots.txt; 0: none */
    size_t boards;         /* readable boards seen on the index */
    size_t threads_a_page; /* rows of the board page looked at; 0: none was */
    long threads, posts;   /* as the listings say; -1: they do not */
    long pages;            /* estimate of a full crawl; -1 */
    double days;           /* at the polite delay; NAN */
    unsigned requests;
};

/* source: address, contact, permit, delay. -1 for wrong use or a machine that refuses. */
int ek_probe(struct ek_probe *probe, const struct ek_crawl_source *source, struct ek_pool *pool,
             struct ek_arena *arena, struct ek_err *err);

#endif
