/* measure.h - clocks, medians and the line that a bench prints. */
#ifndef EKBOM_TESTS_MEASURE_H
#define EKBOM_TESTS_MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double clock_seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double seconds(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

/* Of this process: what else the machine does is not counted. */
static inline double processor_seconds(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static inline int measure_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Sorts. share 0.5: the median; 0.99: ... The values' number must not be 0. */
static inline double quantile(double *values, size_t count, double share)
{
    qsort(values, count, sizeof *values, measure_compare);
    size_t at = (size_t)(share * (double)count);
    return values[at < count ? at : count - 1];
}

static inline double median(double *values, size_t count)
{
    return quantile(values, count, 0.5);
}

/* Bytes that this process handed to write() and its like. (`write_bytes` beside it counts whole
 * folios of the page cache, which may be eight times what goes to the disk.) */
static inline double written_bytes(void)
{
    char line[128];
    unsigned long long bytes = 0;
    FILE *io = fopen("/proc/self/io", "r");
    while (io && fgets(line, sizeof line, io))
        if (sscanf(line, "wchar: %llu", &bytes) == 1)
            break;
    if (io)
        fclose(io);
    return (double)bytes;
}

_Noreturn static inline void give_up(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(2);
}

#endif
