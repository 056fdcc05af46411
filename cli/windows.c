/* windows.c - see windows.h.
 *
 * A period that is not over has fewer posts than it will have, and other ones: it is counted up to
 * the last month that was read to its end, and the heading says so. */
#include "windows.h"

bool bucket_starts(ek_time time, enum ek_bucket_size size)
{
    return ek_bucket_start(ek_bucket_of(time, size), size) == time;
}

static const char *bucket_range(struct ek_arena *arena, const struct ek_period *period,
                                enum ek_bucket_size size)
{
    char first[EK_BUCKET_TEXT], last[EK_BUCKET_TEXT];
    int from = ek_bucket_of(period->from, size), to = ek_bucket_of(period->until, size) - 1;
    ek_bucket_name(from, size, first);
    ek_bucket_name(to, size, last);
    return from == to ? ek_strdup(arena, first) : ek_printf(arena, "%s..%s", first, last);
}

const char *period_name(struct ek_arena *arena, const struct ek_period *period)
{
    char first[EK_TIME_TEXT], last[EK_TIME_TEXT];
    static const enum ek_bucket_size sizes[] = {EK_BY_YEAR, EK_BY_MONTH};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (bucket_starts(period->from, sizes[i]) && bucket_starts(period->until, sizes[i]))
            return bucket_range(arena, period, sizes[i]);
    ek_time_format(period->from, EK_PRECISION_DAY, first);
    ek_time_format(period->until - 1, EK_PRECISION_DAY, last);
    return ek_printf(arena, "%s..%s", first, last);
}

int windows_read(struct cli *cli, struct windows *windows, const char *before, const char *after,
                 const char *const what[EK_WINDOWS])
{
    const char *const given[EK_WINDOWS] = {before, after};
    struct ek_err err;
    *windows = (struct windows){.halves = !before && !after};
    if (windows->halves)
        return 0;
    for (int i = 0; i < EK_WINDOWS; i++) {
        if (!given[i])
            return wrong_use("%s is given without %s: give both periods, or none for the two "
                             "halves of the time",
                             what[!i], what[i]);
        if (ek_period_parse(given[i], &windows->period[i], &err) != 0)
            return wrong_use("%s: %s", what[i], err.message);
        windows->name[i] = period_name(cli->arena, &windows->period[i]);
    }
    if (windows->period[EK_AFTER].from < windows->period[EK_BEFORE].from)
        return wrong_use("%s %s is later than %s %s: the earlier period comes first",
                         what[EK_BEFORE], before, what[EK_AFTER], after);
    if (windows->period[EK_AFTER].from < windows->period[EK_BEFORE].until)
        return wrong_use("%s %s and %s %s have days in common: a post is of one period",
                         what[EK_BEFORE], before, what[EK_AFTER], after);
    return 0;
}

static struct ek_period months(int first, int end)
{
    return (struct ek_period){ek_bucket_start(first, EK_BY_MONTH),
                              ek_bucket_start(end, EK_BY_MONTH)};
}

/* The month that was not over when the forums were last read is in neither half. */
static int halve(struct cli *cli, struct windows *windows)
{
    const struct ek_span *span = &windows->span;
    int end = span->last + 1;
    if (span->read_until == EK_TIME_UNKNOWN)
        windows->partial = true;
    else if (ek_bucket_start(end, EK_BY_MONTH) > span->read_until)
        end = ek_bucket_of(span->read_until, EK_BY_MONTH);
    int count = end - span->first;
    if (count < 2)
        return wrong_use("the posts selected are of less than two whole months: give two periods "
                         "with --before and --after");
    windows->period[EK_BEFORE] = months(span->first, span->first + count / 2);
    windows->period[EK_AFTER] = months(span->first + count / 2, end);
    for (int i = 0; i < EK_WINDOWS; i++)
        windows->name[i] = period_name(cli->arena, &windows->period[i]);
    return 0;
}

static void cut(struct cli *cli, struct windows *windows)
{
    struct ek_period *after = &windows->period[EK_AFTER];
    ek_time read = windows->span.read_until;
    if (after->until <= read)
        return;
    ek_time end = read == EK_TIME_UNKNOWN
                      ? after->from
                      : ek_bucket_start(ek_bucket_of(read, EK_BY_MONTH), EK_BY_MONTH);
    windows->partial = end <= after->from;
    windows->cut = !windows->partial;
    if (windows->partial)
        return;
    after->until = end;
    windows->name[EK_AFTER] = period_name(cli->arena, after);
}

int windows_settle(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
                   enum ek_denominator denominator, struct windows *windows)
{
    struct ek_err err;
    if (ek_query_span(store, selection, denominator, &windows->span, &err) != 0)
        return fail_with(&err);
    if (windows->span.posts == 0) {
        say("no dated post is in this selection");
        return EXIT_NOTHING;
    }
    if (windows->halves)
        return halve(cli, windows);
    if (!windows->one)
        cut(cli, windows);
    return 0;
}
