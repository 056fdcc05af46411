/* show.h - what the parts of `ekbom show` share. */
#ifndef EKBOM_SHOW_H
#define EKBOM_SHOW_H

#include "cli.h"

/* --page: to standard output. The exit status. */
int show_page(struct cli *cli, struct ek_store *store, uint64_t number);

#endif
