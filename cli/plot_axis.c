/* plot_axis.c - where the marks of an axis stand: shares in steps of 1, 2 or 5, time at round
 * periods. See plot.h. */
#include <math.h>

#include "cli.h"
#include "ekbom/time.h"
#include "plot.h"

#define STEPS_MOST 5     /* marks of a scale above 0 */
#define YEAR_ROOM 40.0   /* px of a label "2008" with its distance */
#define PERIOD_ROOM 62.0 /* ... of "2008-Q1" */

struct plot_scale plot_scale_for(double largest)
{
    static const double rounds[] = {1, 2, 5, 10};
    struct plot_scale scale = {.top = 0.01, .step = 0.005};
    if (largest <= 0)
        return scale;
    double power = pow(10, floor(log10(largest)) - 1);
    for (int i = 0;; i++) {
        scale.step = rounds[i % 4] * power * (i < 4 ? 1 : 10);
        scale.top = ceil(largest / scale.step - 1e-9) * scale.step;
        if (scale.top / scale.step <= STEPS_MOST + 0.5 || i == 7)
            return scale;
    }
}

int plot_label_step(int bucket_size, size_t buckets, double width)
{
    static const int years[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    static const int a_year[] = {[EK_BY_MONTH] = 12, [EK_BY_QUARTER] = 4, [EK_BY_YEAR] = 1};
    static const int parts[] = {1, 3, 6};
    double bucket = width / (double)buckets;
    int year = a_year[bucket_size], step = year;
    for (int i = 0; i < 3 && parts[i] < year; i++)
        if (parts[i] * bucket >= PERIOD_ROOM && year % parts[i] == 0)
            return parts[i];
    for (size_t i = 0; i < sizeof years / sizeof *years && step * bucket < YEAR_ROOM; i++)
        step = years[i] * year;
    return step;
}

const char *plot_bucket_label(struct cli *cli, int bucket, int bucket_size, int step)
{
    static const int a_year[] = {[EK_BY_MONTH] = 12, [EK_BY_QUARTER] = 4, [EK_BY_YEAR] = 1};
    char name[EK_BUCKET_TEXT];
    const char *label =
        ek_printf(cli->arena, "%.*s", step % a_year[bucket_size] ? EK_BUCKET_TEXT : 4,
                  ek_bucket_name(bucket, (enum ek_bucket_size)bucket_size, name));
    return label ? label : "";
}
