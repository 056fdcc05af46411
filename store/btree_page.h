/* btree_page.h - one page of a data file judged alone, whatever its bytes are.
 *
 * The words that are returned say what is wrong with the page, NULL: nothing. They follow on "page
 * 17". After NULL the functions of btree_form.h are safe on it. */
#ifndef EKBOM_STORE_BTREE_PAGE_H
#define EKBOM_STORE_BTREE_PAGE_H

#include <stdbool.h>

#include "store/btree_form.h"

enum ek_btree_use { EK_OF_TABLE, EK_OF_NAMES, EK_OF_FREE };

struct ek_page_place { /* what is expected of a page */
    uint64_t number, last_page;
    unsigned page_size;
    enum ek_btree_page kind;
    enum ek_btree_use use;
};

/* A branch or leaf: its number and kind, nodes that fill it without gap, keys in order. */
const char *ek_page_wrong(const unsigned char *page, const struct ek_page_place *place);
/* The first page of a value of `len` bytes; *count: its pages. */
const char *ek_long_page_wrong(const unsigned char *page, const struct ek_page_place *place,
                               uint64_t len, uint64_t *count);

/* The description of a tree: depth, entries, pages and root agree with one another. */
void ek_btree_take(struct ek_btree *tree, const unsigned char *bytes);
const char *ek_btree_wrong(const struct ek_btree *tree, enum ek_btree_use use, uint64_t last_page);

struct ek_head {
    uint64_t number, last_page;
    struct ek_btree free, names;
};
bool ek_page_size_can_be(unsigned size);
/* Both heads (EK_PAGE_HEAD + EK_HEAD_BYTES each), read together, one by the other. *holds: the one
 * that holds. *foreign: they are of another version of LMDB. */
const char *ek_heads_wrong(const unsigned char *const heads[2], struct ek_head *holds,
                           bool *foreign);

#endif
