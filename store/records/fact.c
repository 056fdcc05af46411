/* fact.c - see fact.h. */
#include "store/records/fact.h"

#include <string.h>

bool ek_fact_learn(struct ek_fact *fact, const char *value, ek_time seen)
{
    if (!value)
        return false;
    int order = fact->value ? strcmp(value, fact->value) : 1;
    if (fact->value && (seen < fact->seen || (seen == fact->seen && order <= 0)))
        return false;
    fact->value = value;
    fact->seen = seen;
    return order != 0;
}

void ek_put_fact(struct ek_buf *buf, const struct ek_fact *fact)
{
    ek_put_str(buf, fact->value);
    if (fact->value)
        ek_put_int(buf, fact->seen);
}

struct ek_fact ek_get_fact(struct ek_cursor *cursor, struct ek_arena *arena)
{
    struct ek_fact fact = {ek_get_str(cursor, arena), EK_TIME_UNKNOWN};
    if (fact.value)
        fact.seen = ek_get_int(cursor);
    return fact;
}

ek_time ek_earlier(ek_time a, ek_time b)
{
    if (a == EK_TIME_UNKNOWN)
        return b;
    return b == EK_TIME_UNKNOWN || a < b ? a : b;
}

ek_time ek_later(ek_time a, ek_time b)
{
    return a > b ? a : b; /* unknown is the least of all */
}
