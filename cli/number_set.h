/* number_set.h - a set of the store's post numbers: a bit for each, since they are dense. */
#ifndef EKBOM_NUMBER_SET_H
#define EKBOM_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number_set { /* all zero: empty */
    uint64_t *words;
    size_t count; /* of words */
};

void number_set_free(struct number_set *set);
int number_set_add(struct number_set *set, uint64_t number); /* -1 out of memory */
bool number_set_has(const struct number_set *set, uint64_t number);
/* The least member that is at least `from`; UINT64_MAX: there is none. */
uint64_t number_set_next(const struct number_set *set, uint64_t from);

#endif
