/* service_disk.c - what the service does when the disk runs full.
 *
 * It warns while there is time, and at its limit it stops asking for pages, files those under way,
 * and looks every second whether there is room again: nobody has to start it anew. Should a slice
 * not fit all the same (somebody else filled the disk), it is undone, and the crawl begins again
 * from what the store has. */
#include "service.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "ekbom/limits.h"

#define CHECK_MS 1000

static const char *const state_names[] = {"ample", "low", "full"};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct ek_disk_limits limits_of(const struct ek_config *config)
{
    return (struct ek_disk_limits){.keep_free = (uint64_t)config->keep_free * 1000000,
                                   .most = (uint64_t)config->store_limit * 1000000};
}

static void tell(const struct service *service)
{
    static const struct {
        const char *level, *words;
    } of[] = {[EK_DISK_AMPLE] = {SD_NOTICE, "there is room again"},
              [EK_DISK_LOW] = {SD_WARNING, "the disk runs full"},
              [EK_DISK_FULL] = {SD_ERR, "nothing is fetched until there is room"}};
    const struct ek_disk *disk = &service->disk;
    char store[100] = "";
    if (service->config.store_limit)
        snprintf(store, sizeof store, "; the store takes %.0f MB of %ld (store_limit)",
                 (double)disk->taken / 1e6, service->config.store_limit);
    service_log(of[disk->state].level, "%s: %s: %.0f MB free, %ld are to be kept (keep_free)%s",
                ek_store_folder(service->store), of[disk->state].words, (double)disk->free / 1e6,
                service->config.keep_free, store);
}

int service_watch_disk(struct service *service, struct ek_err *err)
{
    const struct ek_disk_limits limits = limits_of(&service->config);
    const enum ek_disk_state before = service->disk.state;
    struct ek_err ignored; /* a disk that cannot be asked refuses to be written to soon enough */
    int64_t now = now_ms();
    if (service->disk_checked && now - service->disk_checked < CHECK_MS)
        return 0;
    service->disk_checked = now;
    if (ek_store_disk(ek_store_folder(service->store), &limits, before, &service->disk, &ignored) !=
            0 ||
        service->disk.state == before)
        return 0;
    tell(service);
    ek_crawl_hold(service->crawl, service->disk.state == EK_DISK_FULL);
    if (before != EK_DISK_FULL)
        return 0;
    /* The index may have been left behind when the disk was full. */
    return service_catch_up(service, err);
}

int service_survive_full(struct service *service, struct ek_err *err)
{
    service_log(SD_ERR, "%s", err->message);
    service->disk.state = EK_DISK_FULL;
    service->disk_checked = now_ms();
    if (service_begin_again(service, err) != 0)
        return -1;
    ek_crawl_hold(service->crawl, true);
    if (service->draining)
        ek_crawl_drain(service->crawl);
    return 0;
}

json_t *service_disk_json(const struct service *service)
{
    const struct ek_disk *disk = &service->disk;
    return json_pack("{s:s, s:I, s:I, s:I, s:I}", "state", state_names[disk->state], "free_bytes",
                     (json_int_t)disk->free, "keep_free",
                     (json_int_t)service->config.keep_free * 1000000, "store_bytes",
                     (json_int_t)disk->taken, "store_limit",
                     (json_int_t)service->config.store_limit * 1000000);
}
