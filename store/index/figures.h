/* figures.h - what the rows of the index add up to under one generation. */
#ifndef EKBOM_STORE_FIGURES_H
#define EKBOM_STORE_FIGURES_H

#include "store/env.h"

struct ek_index_figures { /* living rows */
    uint64_t rows, tagged, not_assessable, undetermined;
};
/* 0, -1 (latched). */
int ek_index_figures(struct ek_txn *index, uint32_t generation, struct ek_index_figures *figures);

#endif
