/* value.c - the values of a row's columns. See output.h. */
#include <math.h>

#include "output.h"

struct value text_value(const char *text)
{
    return (struct value){.kind = text ? VALUE_TEXT : VALUE_NULL, .text = text};
}

struct value integer_value(long long integer)
{
    return (struct value){.kind = VALUE_INTEGER, .integer = integer};
}

struct value real_value(double real)
{
    return (struct value){.kind = isnan(real) ? VALUE_NULL : VALUE_REAL, .real = real};
}

struct value bool_value(bool yes)
{
    return (struct value){.kind = VALUE_BOOL, .yes = yes};
}

struct value json_value(json_t *json)
{
    return (struct value){.kind = VALUE_JSON, .json = json};
}

struct value null_value(void)
{
    return (struct value){.kind = VALUE_NULL};
}

struct value shown_as(struct value value, const char *shown)
{
    value.shown = shown;
    return value;
}

const char *p_words(struct cli *cli, double p)
{
    const char *words = p < 0.001 ? "p < 0.001" : ek_printf(cli->arena, "p = %.3f", p);
    return words ? words : "";
}
