/* service.h - what ekbomd holds open, and how it comes, changes and goes. */
#ifndef EKBOM_SERVICE_H
#define EKBOM_SERVICE_H

#include <jansson.h>
#include <stdbool.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"
#include "ekbom/config.h"
#include "ekbom/crawl.h"
#include "ekbom/error.h"
#include "ekbom/pool.h"
#include "ekbom/store.h"
#include "ekbom/store_care.h"

struct ek_control;

struct service {
    const char *config_file;
    void (*say)(void *context, const char *line);
    struct ek_arena *arena; /* of what is in force */
    struct ek_config config;
    struct ek_bundle rules, profiles;
    struct ek_store *store;
    struct ek_pool *pool;
    struct ek_crawl *crawl;
    struct ek_control *control;
    int signals;
    bool reload, draining;
    struct ek_disk disk;  /* as it was found the last time */
    int64_t disk_checked; /* milliseconds */
};

/* One line to the journal or standard error; level is one of sd-daemon.h's. */
void service_log(const char *level, const char *format, ...) __attribute__((format(printf, 2, 3)));

int service_open(struct service *service, void (*say)(void *context, const char *line),
                 struct ek_err *err);
void service_close(struct service *service);
/* Configuration, rules and profiles anew; on -1 the old ones are in force. The log and the service
 * manager are told either way. */
int service_reload(struct service *service, struct ek_err *err);
/* Readers and crawl anew, from what the store has. */
int service_begin_again(struct service *service, struct ek_err *err);
/* Posts that are behind their tags are tagged. */
int service_catch_up(struct service *service, struct ek_err *err);
/* Look at the disk, at most once a second: warn, hold the crawl, let it go on (service_disk.c). */
int service_watch_disk(struct service *service, struct ek_err *err);
/* After a slice that did not fit on the disk (err says so): begin again, and hold the crawl until
 * there is room. -1 when that fails too. */
int service_survive_full(struct service *service, struct ek_err *err);
json_t *service_disk_json(const struct service *service); /* for the control socket */
/* Configuration, rules and profiles checked and nothing else; says what is wrong. Exit status. */
int service_check(struct service *service);
/* The control socket's answers. */
char *service_answer(void *context, const char *word, const char *argument);

#endif
