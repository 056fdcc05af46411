/* power_check.h - is a store sound, and does it hold what was acknowledged? */
#ifndef EKBOM_TESTS_POWER_CHECK_H
#define EKBOM_TESTS_POWER_CHECK_H

#include "ekbom/store.h"
#include "tests/campaign/power_board.h"

struct power_acknowledged {
    unsigned revision[BOARD_POSTS]; /* 0: not acknowledged */
    unsigned posts;
    int rule_set;                      /* -1: none */
    char pseudonym[EK_PSEUDONYM_TEXT]; /* "": none */
};

enum power_verdict {
    POWER_SOUND,
    POWER_REFUSED,  /* it cannot be opened, read or written on */
    POWER_CORRUPT,  /* verify finds something, or a text is not what was written */
    POWER_LOST,     /* something acknowledged is not there */
    POWER_DANGLING, /* a page leads to nothing in the archive */
    POWER_COUNT,    /* the index answers otherwise than the records */
    POWER_DIED,     /* the check was ended by a signal */
    POWER_VERDICTS
};
extern const char *const power_verdict_names[POWER_VERDICTS];

/* In a process of its own: opens the store as the next writer would, takes the index along, looks
 * at everything, and writes on. `why` gets one line. */
enum power_verdict power_check(const char *folder, const struct power_acknowledged *acknowledged,
                               char why[1400]);

#endif
