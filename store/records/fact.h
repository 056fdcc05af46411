/* fact.h - a value and when it was last seen to hold.
 *
 * Pages arrive in any order: an archive of 2012 may be imported after one of 2024. Every fact of a
 * record therefore carries the time of the sighting it comes from; the newest wins, a missing
 * value never does, and of two values seen in the same second the greater one is taken, so that
 * the order of arrival cannot be told from the result. */
#ifndef EKBOM_STORE_FACT_H
#define EKBOM_STORE_FACT_H

#include "ekbom/codec.h"
#include "ekbom/time.h"

struct ek_fact {
    const char *value; /* NULL: never seen */
    ek_time seen;
};

/* Returns true if the value changed (not merely its time). */
bool ek_fact_learn(struct ek_fact *fact, const char *value, ek_time seen);
void ek_put_fact(struct ek_buf *buf, const struct ek_fact *fact);
struct ek_fact ek_get_fact(struct ek_cursor *cursor, struct ek_arena *arena);

/* Times, where EK_TIME_UNKNOWN is no bound. */
ek_time ek_earlier(ek_time a, ek_time b);
ek_time ek_later(ek_time a, ek_time b);

#endif
