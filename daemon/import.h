/* import.h - what the two kinds of import share: the report, the slice, the words. */
#ifndef EKBOM_DAEMON_IMPORT_H
#define EKBOM_DAEMON_IMPORT_H

#include "ekbom/archive.h"
#include "ekbom/error.h"
#include "ekbom/import.h"
#include "ekbom/pool.h"
#include "ekbom/store.h"

struct importing {
    const struct ek_import *import;
    struct ek_import_report *report;
    const char *path;
    struct ek_archive *archive;     /* WARC only */
    bool in_slice;
    uint64_t slice_posts, slice_pages;
};

void importing_say(const struct importing *importing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Begin a slice unless one is open; commit it (archive first) when it is full or `now`. */
int importing_begin(struct importing *importing, struct ek_err *err);
int importing_commit(struct importing *importing, bool now, struct ek_err *err);

int import_warc(struct importing *importing, struct ek_err *err);
int import_jsonl(struct importing *importing, struct ek_err *err);

#endif
