/* service.c - opening, reloading, answering. See service.h. */
#include "service.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "ekbom/control.h"
#include "ekbom/extract.h"
#include "ekbom/import.h"
#include "ekbom/places.h"
#include "ekbom/rules.h"

#define ARENA_BYTES (64u << 20)
#define DEFAULT_STORE "/var/lib/ekbom"

struct loaded { /* what a configuration leads to */
    struct ek_arena *arena;
    struct ek_config config;
    struct ek_bundle rules, profiles;
};

static const char *or_else(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

static int load(struct loaded *loaded, const char *file, struct ek_err *err)
{
    *loaded = (struct loaded){.arena = ek_arena_new(ARENA_BYTES)};
    struct ek_arena *arena = loaded->arena;
    if (!arena)
        return ek_fail_memory(err);
    if (ek_config_read(&loaded->config, file, arena, err) != 0)
        return -1;
    const char *rules = or_else(loaded->config.rules, ek_place(EK_PLACE_RULES, arena));
    const char *profiles = or_else(loaded->config.profiles, ek_place(EK_PLACE_PROFILES, arena));
    if (ek_bundle_load(&loaded->rules, arena, rules, ".rules", err) != 0)
        return ek_fail_in(err, "rules");
    if (ek_bundle_load(&loaded->profiles, arena, profiles, ".profile", err) != 0)
        return ek_fail_in(err, "forum profiles");
    return 0;
}

static int make_pool(const struct loaded *loaded, struct ek_pool **pool, struct ek_err *err)
{
    struct ek_pool_config config = {
        .program = or_else(loaded->config.reader, ek_place(EK_PLACE_READER, loaded->arena)),
        .readers = (unsigned)loaded->config.readers,
        .profiles = &loaded->profiles,
        .rules = &loaded->rules};
    return ek_pool_open(pool, &config, err);
}

/* A start or a reload that tags a large store takes as long as it takes, while it gets on. */
static void feed_watchdog(void *context, uint64_t tagged)
{
    (void)context;
    sd_notifyf(0, "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000\nSTATUS=tagged %llu posts",
               (unsigned long long)tagged);
}

/* The store under these rules: where they differ from its own, every post is tagged anew. */
static int tag_store(struct service *service, const struct loaded *loaded, struct ek_pool *pool,
                     struct ek_err *err)
{
    const char *digest = ek_store_rules_digest(service->store);
    bool change = !digest || strcmp(digest, loaded->rules.digest) != 0;
    struct ek_tagged tagged = {0};
    if (change && ek_put_rules(service->store, &loaded->rules, err) != 0)
        return -1;
    if (ek_tag_behind(service->store, pool, feed_watchdog, NULL, &tagged, err) != 0)
        return -1;
    if (tagged.posts)
        service_log(SD_NOTICE, "%llu posts tagged under %s", (unsigned long long)tagged.posts,
                    loaded->rules.digest);
    if (change && digest && ek_store_swap(service->store, err) != 0)
        return -1;
    return tagged.posts ? ek_store_settle(service->store, err) : 0;
}

static struct ek_crawl_source *make_sources(const struct loaded *loaded)
{
    const struct ek_config *config = &loaded->config;
    struct ek_crawl_source *sources =
        EK_NEW_ARRAY(loaded->arena, struct ek_crawl_source, config->source_count + 1);
    for (size_t i = 0; sources && i < config->source_count; i++) {
        const struct ek_config_source *from = &config->sources[i];
        struct ek_period since = {.from = EK_TIME_UNKNOWN};
        struct ek_err unused; /* it was parsed when it was read */
        if (from->since)
            ek_period_parse(from->since, &since, &unused);
        sources[i] = (struct ek_crawl_source){.address = from->address,
                                              .zone = from->time_zone,
                                              .since = since.from,
                                              .boards = from->boards,
                                              .board_count = from->board_count,
                                              .contact = from->contact,
                                              .permit = from->allow,
                                              .delay_ms = (int)(from->delay * 1000),
                                              .visit_seconds = (int)from->visit_every,
                                              .recheck_days = (int)from->recheck_days};
    }
    return sources;
}

static int configure(struct service *service, const struct loaded *loaded, struct ek_err *err)
{
    struct ek_crawl_source *sources = make_sources(loaded);
    if (!sources)
        return ek_fail_memory(err);
    return ek_crawl_configure(service->crawl, sources, loaded->config.source_count, err);
}

static void adopt(struct service *service, struct loaded *loaded)
{
    ek_arena_free(service->arena);
    service->arena = loaded->arena;
    service->config = loaded->config;
    service->rules = loaded->rules;
    service->profiles = loaded->profiles;
    loaded->arena = NULL;
}

static int make_crawl(struct service *service, const struct loaded *loaded, struct ek_err *err)
{
    struct ek_crawl_config config = {
        .store = service->store, .pool = service->pool, .say = service->say, .context = service};
    if (ek_crawl_new(&service->crawl, &config, err) != 0)
        return -1;
    return configure(service, loaded, err);
}

int service_open(struct service *service, void (*say)(void *context, const char *line),
                 struct ek_err *err)
{
    struct loaded loaded;
    service->say = say;
    int result = load(&loaded, service->config_file, err);
    const char *store = or_else(loaded.config.store, DEFAULT_STORE);
    if (result == 0)
        result = ek_store_open(&service->store, store, EK_STORE_WRITE, "ekbomd", err);
    if (result == 0 && loaded.config.sample_data)
        result = ek_store_mark_sample(service->store, err);
    if (result == 0)
        result = make_pool(&loaded, &service->pool, err);
    if (result == 0 && ek_pool_downgrade(service->pool))
        service_log(SD_WARNING, "%s", ek_pool_downgrade(service->pool));
    if (result == 0)
        result = tag_store(service, &loaded, service->pool, err);
    if (result == 0)
        result = make_crawl(service, &loaded, err);
    if (result == 0)
        result = ek_control_open(&service->control, store, err);
    if (result == 0)
        adopt(service, &loaded);
    ek_arena_free(loaded.arena);
    return result;
}

void service_close(struct service *service)
{
    ek_control_close(service->control);
    ek_crawl_free(service->crawl);
    ek_pool_close(service->pool);
    ek_store_close(service->store);
    ek_arena_free(service->arena);
    if (service->signals >= 0)
        close(service->signals);
}

static struct loaded in_force(const struct service *service)
{
    return (struct loaded){service->arena, service->config, service->rules, service->profiles};
}

int service_begin_again(struct service *service, struct ek_err *err)
{
    struct loaded loaded = in_force(service);
    ek_crawl_free(service->crawl);
    ek_pool_close(service->pool);
    service->crawl = NULL;
    service->pool = NULL;
    if (make_pool(&loaded, &service->pool, err) != 0)
        return -1;
    return make_crawl(service, &loaded, err);
}

int service_catch_up(struct service *service, struct ek_err *err)
{
    struct loaded loaded = in_force(service);
    return tag_store(service, &loaded, service->pool, err);
}

static int reload(struct service *service, struct ek_err *err)
{
    struct loaded loaded;
    struct ek_pool *pool = NULL, *old = service->pool;
    int result = load(&loaded, service->config_file, err);
    if (result == 0 && strcmp(or_else(loaded.config.store, DEFAULT_STORE),
                              or_else(service->config.store, DEFAULT_STORE)) != 0)
        result = ek_fail(err, EK_USAGE, "another store needs a restart");
    if (result == 0)
        result = make_pool(&loaded, &pool, err);
    /* From here on everything has compiled; the new readers are used whatever else happens. */
    if (result == 0)
        result = ek_crawl_use_pool(service->crawl, pool, err);
    if (result == 0) {
        service->pool = pool;
        pool = NULL;
        ek_pool_close(old);
        result = tag_store(service, &loaded, service->pool, err);
    }
    if (result == 0)
        result = configure(service, &loaded, err);
    if (result == 0)
        adopt(service, &loaded);
    ek_pool_close(pool);
    ek_arena_free(loaded.arena);
    return result;
}

int service_reload(struct service *service, struct ek_err *err)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
               (unsigned long long)now.tv_sec * 1000000ull +
                   (unsigned long long)now.tv_nsec / 1000);
    int result = reload(service, err);
    if (result == 0)
        service_log(SD_NOTICE, "reloaded %s", service->config_file);
    else
        service_log(SD_ERR, "not reloaded, the old remains in force: %s", err->message);
    sd_notifyf(0, "READY=1\nSTATUS=%zu sources", ek_crawl_sources(service->crawl));
    return result;
}

int service_check(struct service *service)
{
    struct loaded loaded;
    struct ek_rules *rules = NULL;
    struct ek_profiles *profiles = NULL;
    struct ek_diagnostics diagnostics;
    struct ek_err err;
    int result = load(&loaded, service->config_file, &err);
    if (result == 0)
        result = ek_rules_compile(&rules, &loaded.rules, loaded.arena, &diagnostics, &err);
    if (result == 0)
        result = ek_profiles_compile(&profiles, &loaded.profiles, &err);
    if (result == 0)
        printf("%s: %zu sources; rules %s\n", service->config_file, loaded.config.source_count,
               loaded.rules.digest);
    else
        service_log("", "%s", err.message);
    ek_rules_free(rules);
    ek_profiles_free(profiles);
    ek_arena_free(loaded.arena);
    return result == 0 ? 0 : 2;
}

/* Control ----------------------------------------------------------------------------------- */

static json_t *time_json(ek_time time)
{
    char text[EK_TIME_TEXT];
    return *ek_time_format(time, EK_PRECISION_SECOND, text) ? json_string(text) : json_null();
}

static const struct ek_config_source *find_config(const struct service *service,
                                                  const char *address)
{
    for (size_t i = 0; i < service->config.source_count; i++)
        if (strcmp(service->config.sources[i].address, address) == 0)
            return &service->config.sources[i];
    return NULL;
}

static json_t *source_json(struct service *service, size_t i)
{
    struct ek_crawl_status s;
    ek_crawl_status(service->crawl, i, &s);
    const struct ek_config_source *config = find_config(service, s.address);
    json_t *json = json_pack(
        "{s:s, s:s, s:s?, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:f}", "source",
        s.address, "state", ek_crawl_state_names[s.state], "trouble", s.trouble, "last_success",
        time_json(s.last_success), "next_visit", time_json(s.next_visit), "index_pages",
        (json_int_t)s.index_pages, "board_pages", (json_int_t)s.board_pages, "thread_pages",
        (json_int_t)s.thread_pages, "closed", (json_int_t)s.closed, "posts", (json_int_t)s.posts,
        "changed", (json_int_t)s.changed, "quarantined", (json_int_t)s.quarantined,
        "requests_today", (int)s.requests_today, "delay", s.delay_ms / 1000.0);
    if (json && config && config->basis)
        json_object_set_new(json, "basis", json_string(config->basis));
    if (json && config && config->approval)
        json_object_set_new(json, "approval", json_string(config->approval));
    return json;
}

static char *answer_status(struct service *service)
{
    json_t *sources = json_array();
    for (size_t i = 0; i < ek_crawl_sources(service->crawl); i++)
        json_array_append_new(sources, source_json(service, i));
    json_t *json =
        json_pack("{s:i, s:s, s:i, s:o, s:s?, s:o}", "schema_version", 1, "version", EKBOM_VERSION,
                  "pid", (int)getpid(), "sources", sources, "ruleset",
                  ek_store_rules_digest(service->store), "disk", service_disk_json(service));
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static char *answer_reload(struct service *service)
{
    struct ek_err err;
    json_t *json;
    if (service_reload(service, &err) == 0)
        json = json_pack("{s:b}", "reloaded", 1);
    else
        json = json_pack("{s:b, s:s}", "reloaded", 0, "error", err.message);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static char *answer_visit(struct service *service, const char *address)
{
    size_t visits = 0;
    for (size_t i = 0; i < ek_crawl_sources(service->crawl); i++) {
        struct ek_crawl_status s;
        ek_crawl_status(service->crawl, i, &s);
        if (address && strcmp(address, s.address) != 0)
            continue;
        ek_crawl_visit(service->crawl, i);
        visits++;
    }
    json_t *json = json_pack("{s:i}", "visits", (int)visits);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

char *service_answer(void *context, const char *word, const char *argument)
{
    struct service *service = context;
    if (strcmp(word, "status") == 0)
        return answer_status(service);
    if (strcmp(word, "reload") == 0)
        return answer_reload(service);
    return strcmp(word, "visit") == 0 ? answer_visit(service, argument) : NULL;
}
