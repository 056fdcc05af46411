/* slice.c - see slice.h. */
#include "slice.h"

#include "ekbom/limits.h"

int slice_begin(struct slice *slice, struct ek_err *err)
{
    if (slice->open)
        return 0;
    if (ek_store_begin(slice->store, err) != 0)
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
