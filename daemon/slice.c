/* slice.c - see slice.h. */
#include "slice.h"

#include "ekbom/limits.h"
#include "ekbom/store_care.h"

/* Said before the disk is really full: what is stored so far is whole either way. */
static int has_room(const struct slice *slice, struct ek_err *err)
{
    static const struct ek_disk_limits limits = {.keep_free = EK_SLICE_ROOM_BYTES};
    const char *folder = ek_store_folder(slice->store);
    struct ek_disk disk;
    if (ek_store_disk(folder, &limits, EK_DISK_AMPLE, &disk, err) != 0 ||
        disk.state != EK_DISK_FULL)
        return 0;
    return ek_fail(err, EK_FULL,
                   "%s: the disk is nearly full (%.1f MB left): make room and run again; what was "
                   "stored so far is whole",
                   folder, (double)disk.free / 1e6);
}

int slice_begin(struct slice *slice, struct ek_err *err)
{
    if (slice->open)
        return 0;
    if (has_room(slice, err) != 0 || ek_store_begin(slice->store, err) != 0)
        return -1;
    slice->open = true;
    slice->posts = slice->pages = 0;
    return 0;
}

int slice_commit(struct slice *slice, bool now, bool *committed, struct ek_err *err)
{
    if (committed)
        *committed = false;
    if (!slice->open || (!now && slice->posts < EK_SLICE_POSTS && slice->pages < EK_SLICE_PAGES))
        return 0;
    if (slice->archive && ek_archive_flush(slice->archive, err) != 0) {
        slice_abort(slice);
        return -1;
    }
    slice->open = false;
    if (ek_store_commit(slice->store, err) != 0)
        return -1;
    if (committed)
        *committed = true;
    return 0;
}

void slice_abort(struct slice *slice)
{
    if (slice->open)
        ek_store_abort(slice->store);
    slice->open = false;
}
