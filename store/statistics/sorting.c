/* sorting.c - see sorting.h. */
#include "store/statistics/sorting.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

void ek_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
}

double ek_quantile(const double *sorted, size_t count, double at)
{
    if (count == 0)
        return NAN;
    double place = at * (double)(count - 1);
    size_t below = (size_t)place;
    double beyond = place - (double)below;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + beyond * (sorted[below + 1] - sorted[below]);
}
