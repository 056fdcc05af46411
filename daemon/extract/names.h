/* names.h - small numbers for the names that profiles speak of.
 *
 * Tags, attributes, class words and ids live in one table, told apart by a sign in front: '<'
 * tag, '@' attribute, '.' class word, '#' id. What no profile mentions has no number (0), and the
 * tree does not keep it. Filled while profiles are compiled, only read while pages are. */
#ifndef EXTRACT_NAMES_H
#define EXTRACT_NAMES_H

#include <stdint.h>

#include "daemon/extract/slice.h"

struct ek_arena;

#define EK_NAMES_MAX 4096u /* the profiles of some twenty softwares name about 1,500 */

struct ek_name {
    const char *text;
    uint32_t hash;
    uint16_t len;
    char sign;
    bool keyed; /* some selector looks elements up by it: the tree keeps an index */
};

struct ek_names {
    struct ek_arena *arena;
    uint16_t count; /* numbers in use: 1 to count */
    struct ek_name name[EK_NAMES_MAX + 1];
    uint16_t slots[2 * EK_NAMES_MAX];
};

/* The tags that the program itself knows come first, in the order of tags.h. NULL: no memory. */
struct ek_names *ek_names_new(struct ek_arena *arena);
/* 0 when full or out of memory. */
uint16_t ek_names_add(struct ek_names *names, char sign, struct ek_slice text);
uint16_t ek_names_find(const struct ek_names *names, char sign, struct ek_slice text);

#endif
