/* status_disk.c - see status_disk.h. */
#include "status_disk.h"

#include <string.h>

#include "ekbom/limits.h"
#include "ekbom/store_care.h"

static const char *const state_names[] = {"ample", "low", "full"};

json_t *disk_json(struct cli *cli, json_t *disk, struct ek_err *err)
{
    const struct ek_disk_limits limits = {.keep_free = EK_KEEP_FREE_MB * 1000000ull};
    struct ek_disk found;
    if (json_is_object(disk))
        return disk;
    json_decref(disk);
    if (ek_store_disk(store_folder(cli), &limits, EK_DISK_AMPLE, &found, err) != 0)
        return NULL;
    disk = json_pack("{s:s, s:I}", "state", state_names[found.state], "free_bytes",
                     (json_int_t)found.free);
    if (!disk)
        ek_fail_memory(err);
    return disk;
}

double disk_free(const json_t *disk)
{
    return (double)json_integer_value(json_object_get(disk, "free_bytes"));
}

const char *disk_trouble(struct cli *cli, const json_t *disk)
{
    const char *state = json_string_value(json_object_get(disk, "state"));
    const json_t *limit = json_object_get(disk, "keep_free");
    if (!state || strcmp(state, state_names[EK_DISK_AMPLE]) == 0)
        return NULL;
    bool held = limit && strcmp(state, state_names[EK_DISK_FULL]) == 0;
    return ek_printf(
        cli->arena,
        "the disk runs full (%.0f MB free)%s: make room, or raise its limits in ekbomd.conf",
        disk_free(disk) / 1e6, held ? ", and the service fetches nothing" : "");
}
