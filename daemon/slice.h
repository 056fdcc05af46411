/* slice.h - one commit's worth of work: the archive is flushed, then the records, then the index.
 *
 * A slice ends after EK_SLICE_POSTS posts or EK_SLICE_PAGES pages, so that a kill costs little and
 * the fsyncs of a commit are shared by many pages; or when its owner says so. */
#ifndef EKBOM_SLICE_H
#define EKBOM_SLICE_H

#include <stdbool.h>
#include <stdint.h>

#include "ekbom/archive.h"
#include "ekbom/error.h"
#include "ekbom/store.h"

struct slice {
    struct ek_store *store;
    struct ek_archive *archive; /* NULL: nothing is archived */
    bool open;
    uint64_t posts, pages; /* in it so far: added by whoever files them */
};

int slice_begin(struct slice *slice, struct ek_err *err); /* unless one is open */
/* Commit when it is full, or `now`. *committed (may be NULL) tells whether it did. On -1 the slice
 * is undone. */
int slice_commit(struct slice *slice, bool now, bool *committed, struct ek_err *err);
void slice_abort(struct slice *slice);

#endif
