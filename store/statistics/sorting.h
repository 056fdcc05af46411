/* sorting.h - values in order, and what lies between them. */
#ifndef EKBOM_STORE_SORTING_H
#define EKBOM_STORE_SORTING_H

#include <stddef.h>

void ek_sort(double *values, size_t count);
/* Of sorted values, between neighbours in proportion (as numpy and R's type 7); NAN of none. */
double ek_quantile(const double *sorted, size_t count, double at);

#endif
