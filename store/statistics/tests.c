/* tests.c - p corrected for the number of tests.
 *
 * Holm (1979) goes up from the smallest p: the i-th of m is multiplied by m - i + 1, and none
 * becomes smaller than the one before it. Benjamini and Hochberg (1995) go down from the largest:
 * the i-th is multiplied by m / i, and none becomes larger than the one after it. */
#include <math.h>
#include <stdlib.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/statistics.h"

struct test {
    double p;
    size_t place;
};

static int by_p(const void *left, const void *right)
{
    const struct test *a = left, *b = right;
    if (a->p != b->p)
        return a->p < b->p ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void holm(const struct test *tests, size_t count, double *corrected)
{
    double least = 0;
    for (size_t i = 0; i < count; i++) {
        least = fmax(least, tests[i].p * (double)(count - i));
        corrected[tests[i].place] = fmin(1, least);
    }
}

static void benjamini_hochberg(const struct test *tests, size_t count, double *corrected)
{
    double most = 1;
    for (size_t i = count; i-- > 0;) {
        most = fmin(most, tests[i].p * (double)count / (double)(i + 1));
        corrected[tests[i].place] = most;
    }
}

int ek_correct_tests(enum ek_correcting correcting, const double *p, size_t count,
                     struct ek_arena *arena, double *corrected, size_t *tests, struct ek_err *err)
{
    struct test *sorted = EK_NEW_ARRAY(arena, struct test, count + 1);
    size_t tested = 0;
    if (!sorted)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!isnan(p[i]))
            sorted[tested++] = (struct test){p[i], i};
        corrected[i] = NAN;
    }
    qsort(sorted, tested, sizeof *sorted, by_p);
    if (correcting == EK_HOLM)
        holm(sorted, tested, corrected);
    else
        benjamini_hochberg(sorted, tested, corrected);
    *tests = tested;
    return 0;
}
