/* crawl_source.c - see crawl_source.h. */
#include "crawl_source.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/fetch.h"
#include "ekbom/frontier.h"
#include "ekbom/limits.h"

void source_free(struct source *source)
{
    if (!source)
        return;
    source_free(source->successor);
    walk_free(source->walk);
    for (size_t i = 0; i < source->config.board_count; i++)
        free((char *)(uintptr_t)source->config.boards[i]);
    free((void *)(uintptr_t)source->config.boards);
    free((char *)(uintptr_t)source->config.address);
    free((char *)(uintptr_t)source->config.contact);
    free((char *)(uintptr_t)source->config.permit);
    free((char *)(uintptr_t)source->config.zone);
    free(source->etag);
    free(source->last_modified);
    free(source);
}

/* A copy of the configuration whose strings are ours. false: out of memory. */
static bool copy_config(struct ek_crawl_source *to, const struct ek_crawl_source *from)
{
    *to = *from;
    const char **boards = calloc(from->board_count + 1, sizeof *boards);
    to->boards = boards;
    to->address = NULL;
    to->contact = from->contact ? strdup(from->contact) : NULL;
    to->permit = from->permit ? strdup(from->permit) : NULL;
    to->zone = from->zone ? strdup(from->zone) : NULL;
    bool whole = boards && (!from->contact || to->contact) && (!from->permit || to->permit) &&
                 (!from->zone || to->zone);
    to->board_count = whole ? from->board_count : 0;
    for (size_t i = 0; i < to->board_count; i++)
        whole &= (boards[i] = strdup(from->boards[i])) != NULL;
    return whole;
}

/* When it is due: as the store remembers, else now. */
static int remember(struct source *source, struct ek_store *store, struct ek_err *err)
{
    struct ek_frontier index;
    struct ek_arena *arena = ek_arena_new(1u << 16);
    if (!arena)
        return ek_fail_memory(err);
    int got =
        ek_frontier_get(store, source->config.address, EK_FRONTIER_INDEX, "", arena, &index, err);
    source->due = time(NULL);
    source->last_success = EK_TIME_UNKNOWN;
    if (got == 1) {
        source->last_success = index.visited;
        if (source->config.visit_seconds && index.due != EK_TIME_UNKNOWN)
            source->due = index.due;
    }
    ek_arena_free(arena);
    return got < 0 ? -1 : 0;
}

static struct walk *make_walk(const struct source *source, struct ek_store *store)
{
    const struct ek_crawl_source *config = &source->config;
    struct walk_config walk = {.store = store,
                               .source = config->address,
                               .boards = config->boards,
                               .board_count = config->board_count,
                               .since = config->since,
                               .recheck = config->recheck,
                               .recheck_before = time(NULL) - (ek_time)config->recheck_days * 86400,
                               .recheck_limit = config->recheck_days ? EK_RECHECKS_A_ROUND : 0,
                               .max_pages = config->max_pages};
    return walk_new(&walk);
}

struct source *source_new(struct ek_crawl *crawl, struct ek_store *store,
                          const struct ek_crawl_source *config, struct ek_err *err)
{
    struct ek_buf address;
    struct source *source = calloc(1, sizeof *source);
    int result = -1;
    ek_buf_init(&address, EK_MAX_URL_BYTES);
    if (!source || !copy_config(&source->config, config)) {
        ek_fail_memory(err);
    } else if (ek_url_normalise(&address, NULL, config->address, err) == 0) {
        source->crawl = crawl;
        source->state = EK_CRAWL_RESTING;
        source->config.address = strdup(ek_buf_str(&address));
        source->walk = source->config.address ? make_walk(source, store) : NULL;
        result = source->walk ? remember(source, store, err) : ek_fail_memory(err);
    }
    ek_buf_free(&address);
    if (result != 0) {
        source_free(source);
        return NULL;
    }
    return source;
}

void source_succeed(struct source *source)
{
    struct source *successor = source->successor;
    struct ek_crawl_source config = source->config;
    struct walk *walk = source->walk;
    source->config = successor->config;
    source->walk = successor->walk;
    source->successor = NULL;
    successor->config = config;
    successor->walk = walk;
    source_free(successor);
}

bool ek_crawl_is_loopback(const char *address)
{
    struct ek_buf url;
    struct ek_err err;
    struct in_addr ip;
    char host[64] = "";
    ek_buf_init(&url, EK_MAX_URL_BYTES);
    if (ek_url_normalise(&url, NULL, address, &err) == 0) {
        const char *from = strstr(ek_buf_str(&url), "://") + 3;
        size_t len = *from == '[' ? strcspn(from, "]") + 1 : strcspn(from, ":/?#");
        if (len < sizeof host)
            memcpy(host, from, len);
    }
    ek_buf_free(&url);
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &ip) == 1 && ntohl(ip.s_addr) >> 24 == 127);
}
