/* import.h - what the two kinds of import share: the report, the words. */
#ifndef EKBOM_DAEMON_IMPORT_H
#define EKBOM_DAEMON_IMPORT_H

#include "ekbom/import.h"
#include "ekbom/pool.h"
#include "slice.h"

struct importing {
    const struct ek_import *import;
    struct ek_import_report *report;
    const char *path;
    struct slice slice;
};

void importing_say(const struct importing *importing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* slice_commit, and the progress is told. */
int importing_commit(struct importing *importing, bool now, struct ek_err *err);

int import_warc(struct importing *importing, struct ek_err *err);
int import_jsonl(struct importing *importing, struct ek_err *err);

#endif
