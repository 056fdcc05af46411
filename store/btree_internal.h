/* btree_internal.h - what the files that read a data file without LMDB share. */
#ifndef EKBOM_STORE_BTREE_INTERNAL_H
#define EKBOM_STORE_BTREE_INTERNAL_H

#include "store/btree_map.h"

struct ek_mapping {
    const unsigned char *bytes;
    size_t len;
    struct ek_mapping *older;
};

struct ek_map {
    char *folder;
    const char *const *tables;
    int file;
    bool writer;
    unsigned page_size;
    struct ek_mapping *mapping;
    struct ek_snapshot newest;
    uint64_t *checked, checked_in; /* bits, and of which snapshot */
    uint64_t *free, free_in;
    uint64_t bits; /* room in both */
};

static inline int ek_fault_at(struct ek_fault *fault, uint64_t page, const char *what)
{
    *fault = (struct ek_fault){page, what};
    return -1;
}

static inline bool ek_page_bit(const uint64_t *bits, uint64_t page)
{
    return bits[page / 64] >> page % 64 & 1;
}

/* btree_heads.c. Both heads, as they are when nobody writes them. 0, -1. */
int ek_heads_read(int file, const char *folder, struct ek_head *holds, unsigned *page_size,
                  struct ek_err *err);
int ek_fault_fail(const char *folder, const struct ek_fault *fault, struct ek_err *err);
int ek_cut_short(const char *folder, struct ek_err *err);

/* btree_own.c. Where the tables stand, into the snapshot. 0, -1. */
int ek_map_load_tables(struct ek_map *map, struct ek_snapshot *snapshot, struct ek_fault *fault);

#endif
