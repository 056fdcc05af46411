/* windows.h - the two periods that a shift is asked between. */
#ifndef EKBOM_CLI_WINDOWS_H
#define EKBOM_CLI_WINDOWS_H

#include "cli.h"
#include "ekbom/panel_rows.h"

struct windows {
    struct ek_period period[EK_WINDOWS];
    const char *name[EK_WINDOWS]; /* as JSON has them */
    bool one;                     /* groups within one period: nothing is settled but the span */
    bool halves;                  /* nobody named them: the two halves of the dated span */
    bool cut;                     /* the later one ends with the last whole month that was read */
    bool partial;                 /* ... and nothing would be left of it: it is not over */
    struct ek_span span;
};

/* From two periods as people write them (both NULL: halves). 0, or the exit status after a
 * message; `what` names them in it. */
int windows_read(struct cli *cli, struct windows *windows, const char *before, const char *after,
                 const char *const what[EK_WINDOWS]);
/* What only the store knows: the halves, and how far it was read. 0, or the exit status after a
 * message. */
int windows_settle(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
                   enum ek_denominator denominator, struct windows *windows);
/* Does a year, quarter or month begin at this moment? */
bool bucket_starts(ek_time time, enum ek_bucket_size size);
/* "2008..2011", "2008-03..2009-11" or days, whatever says it. */
const char *period_name(struct ek_arena *arena, const struct ek_period *period);

#endif
