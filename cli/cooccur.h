/* cooccur.h - which theories are named together: what `ekbom cooccur` and a report print. */
#ifndef EKBOM_CLI_COOCCUR_H
#define EKBOM_CLI_COOCCUR_H

#include "cli.h"
#include "ekbom/aggregate.h"

struct cooccurring {
    struct cli *cli;
    struct ek_store *store;
    struct ek_selection selection; /* with its theories: none, one beside all others, or some */
    struct ek_question question;   /* of that selection, with authors and all measured */
    int within;                    /* enum ek_within */
    /* cooccur_ask fills these. */
    const char *only; /* pairs with this theory; NULL: all */
    struct ek_pairs pairs;
};
int cooccur_ask(struct cooccurring *c, struct ek_err *err); /* 0, -1 */
/* The rows, most often named together first, and what stands beside; the exit status. */
int cooccur_print(struct cooccurring *c);

#endif
