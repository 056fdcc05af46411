/* selector_parts.h - what a compiled selector is made of; for selector.c and match.c alone. */
#ifndef EXTRACT_SELECTOR_PARTS_H
#define EXTRACT_SELECTOR_PARTS_H

#include "daemon/extract/pattern.h"
#include "daemon/extract/selector.h"

enum ek_test_kind {
    EK_TEST_NAME,      /* carries the class word or id */
    EK_TEST_ATTRIBUTE, /* has the attribute */
    EK_TEST_PATTERN,   /* has it and its value matches */
    EK_TEST_HAS,
    EK_TEST_NOT
};

struct ek_test {
    enum ek_test_kind kind;
    uint16_t name;
    struct ek_pattern pattern;
    const struct ek_selector *inner;
};

/* "a.next[rel]": what one element must be. */
struct ek_compound {
    bool self;  /* `&` */
    bool any;   /* `*`, or no tag given */
    bool child; /* the compound before is its parent, not any ancestor */
    uint16_t tag;
    struct ek_test *tests;
    unsigned test_count;
};

/* "ul > li a": compounds from left to right. */
struct ek_chain {
    struct ek_compound *compounds;
    unsigned count;
    uint16_t key; /* a name that every match carries; 0 if there is none */
};

/* "a, b": either. */
struct ek_selector {
    struct ek_chain *chains;
    unsigned count;
};

#endif
