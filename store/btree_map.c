/* btree_map.c - see btree_map.h.
 *
 * The file is mapped a second time, for reading only. A larger file gets a larger map beside the
 * one that is there, which stays until the end: who holds a value holds an address. One bit a page
 * says that the page was checked in the snapshot at hand; another snapshot begins anew, since a
 * page may have been freed and written between the two. Checking costs about a microsecond a page,
 * once. */
#include "store/btree_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALLEST_MAP (64u << 20)

int ek_map_fail(const struct ek_map *map, const struct ek_fault *fault, struct ek_err *err)
{
    return ek_fault_fail(map->folder, fault, err);
}

/* Pages --------------------------------------------------------------------------------------- */

static const unsigned char *bytes_of(const struct ek_map *map, uint64_t page)
{
    return map->mapping->bytes + page * map->page_size;
}

static void begin_checking(struct ek_map *map, const struct ek_snapshot *snapshot)
{
    if (!map->writer)
        memset(map->checked, 0, map->bits / 8);
    map->checked_in = snapshot->number;
}

/* May the tree of this snapshot have this page? */
static int reachable(const struct ek_map *map, const struct ek_snapshot *snapshot, uint64_t number,
                     struct ek_fault *fault)
{
    if (number < 2 || number > snapshot->last_page)
        return ek_fault_at(fault, number, "is not there, and a tree names it");
    if (map->free_in == snapshot->number && ek_page_bit(map->free, number))
        return ek_fault_at(fault, number, "is free, and a tree names it");
    return 0;
}

const unsigned char *ek_map_page(struct ek_map *map, const struct ek_snapshot *snapshot,
                                 uint64_t number, enum ek_btree_page kind, enum ek_btree_use use,
                                 struct ek_fault *fault)
{
    if (reachable(map, snapshot, number, fault))
        return NULL;
    const unsigned char *page = bytes_of(map, number);
    const struct ek_page_place place = {number, snapshot->last_page, map->page_size, kind, use};
    if (map->checked_in != snapshot->number)
        begin_checking(map, snapshot);
    const char *wrong = NULL;
    if (!ek_page_bit(map->checked, number))
        wrong = ek_page_wrong(page, &place);
    else if (ek_number16(page + EK_PAGE_KIND) != kind)
        wrong = "is of another kind than its place in the tree";
    if (wrong) {
        ek_fault_at(fault, number, wrong);
        return NULL;
    }
    map->checked[number / 64] |= 1ull << number % 64;
    return page;
}

const unsigned char *ek_map_checked(const struct ek_map *map, const struct ek_snapshot *snapshot,
                                    uint64_t number, enum ek_btree_page kind)
{
    if (map->checked_in != snapshot->number || number > snapshot->last_page ||
        !ek_page_bit(map->checked, number))
        return NULL;
    const unsigned char *page = bytes_of(map, number);
    return ek_number16(page + EK_PAGE_KIND) == kind ? page : NULL;
}

const unsigned char *ek_map_long(struct ek_map *map, const struct ek_snapshot *snapshot,
                                 const struct ek_btree_node *node, uint64_t *pages,
                                 struct ek_fault *fault)
{
    const struct ek_page_place place = {ek_node_page(node), snapshot->last_page, map->page_size,
                                        EK_LONG_PAGE, EK_OF_TABLE};
    if (reachable(map, snapshot, place.number, fault))
        return NULL;
    const unsigned char *page = bytes_of(map, place.number);
    const char *wrong = ek_long_page_wrong(page, &place, node->len, pages);
    if (wrong) {
        ek_fault_at(fault, place.number, wrong);
        return NULL;
    }
    return page + EK_PAGE_HEAD;
}

/* Looking ------------------------------------------------------------------------------------- */

static int grow_bits(struct ek_map *map, uint64_t pages)
{
    if (pages <= map->bits)
        return 0;
    uint64_t bits = (pages + pages / 2 + 63) / 64 * 64, old = map->bits / 8;
    uint64_t *checked = realloc(map->checked, bits / 8);
    if (checked)
        map->checked = checked;
    uint64_t *free_pages = realloc(map->free, bits / 8);
    if (free_pages)
        map->free = free_pages;
    if (!checked || !free_pages)
        return -1;
    memset((unsigned char *)map->checked + old, 0, bits / 8 - old);
    memset((unsigned char *)map->free + old, 0, bits / 8 - old);
    map->bits = bits;
    return 0;
}

static int grow_map(struct ek_map *map, uint64_t bytes, struct ek_err *err)
{
    if (map->mapping && bytes <= map->mapping->len)
        return 0;
    uint64_t len = SMALLEST_MAP;
    while (len < bytes)
        len *= 2;
    struct ek_mapping *mapping = calloc(1, sizeof *mapping);
    if (!mapping)
        return ek_fail_memory(err);
    void *at = mmap(NULL, len, PROT_READ, MAP_SHARED, map->file, 0);
    if (at == MAP_FAILED && errno == ENOMEM) {
        len = bytes;
        at = mmap(NULL, len, PROT_READ, MAP_SHARED, map->file, 0);
    }
    if (at == MAP_FAILED && errno == ENOMEM) {
        free(mapping);
        return ek_fail(err, EK_FULL,
                       "%s: the address space is full: raise the limit on virtual memory (ulimit "
                       "-v) and run again",
                       map->folder);
    }
    if (at == MAP_FAILED) {
        free(mapping);
        return ek_fail_errno(err, "%s/data.mdb: mapping it", map->folder);
    }
    *mapping = (struct ek_mapping){at, len, map->mapping};
    map->mapping = mapping;
    return 0;
}

static int take_snapshot(struct ek_map *map, const struct ek_head *head, struct ek_err *err)
{
    struct stat file;
    uint64_t bytes = (head->last_page + 1) * map->page_size;
    if (fstat(map->file, &file))
        return ek_fail_errno(err, "%s/data.mdb", map->folder);
    if ((uint64_t)file.st_size < bytes)
        return ek_cut_short(map->folder, err);
    if (grow_bits(map, head->last_page + 1))
        return ek_fail_memory(err);
    if (grow_map(map, bytes, err))
        return -1;
    struct ek_fault fault;
    struct ek_snapshot *snapshot = &map->newest;
    bool first = snapshot->number == 0;
    *snapshot = (struct ek_snapshot){.number = head->number,
                                     .last_page = head->last_page,
                                     .free = head->free,
                                     .names = head->names};
    begin_checking(map, snapshot);
    /* A writer asks whether this worked; to a reader, what is not known as free is not free. */
    if (first)
        ek_map_load_free(map, snapshot, &fault);
    if (ek_map_load_tables(map, snapshot, &fault) == 0)
        return 0;
    snapshot->number = 0;
    return ek_map_fail(map, &fault, err);
}

/* The transaction number that holds, read in passing. */
static uint64_t number_now(const struct ek_map *map)
{
    uint64_t a = ek_number64(bytes_of(map, 0) + EK_PAGE_HEAD + EK_HEAD_NUMBER);
    uint64_t b = ek_number64(bytes_of(map, 1) + EK_PAGE_HEAD + EK_HEAD_NUMBER);
    return a > b ? a : b;
}

int ek_map_look(struct ek_map *map, struct ek_snapshot *snapshot, struct ek_err *err)
{
    struct ek_head head;
    unsigned page_size;
    if (map->newest.number == 0 || number_now(map) != map->newest.number) {
        if (ek_heads_read(map->file, map->folder, &head, &page_size, err))
            return -1;
        map->page_size = page_size;
        if (take_snapshot(map, &head, err))
            return -1;
    }
    *snapshot = map->newest;
    return 0;
}

/* Opening ------------------------------------------------------------------------------------- */

int ek_map_open(struct ek_map **out, const char *folder, int file, const char *const *tables,
                bool writer, struct ek_err *err)
{
    struct ek_map *map = calloc(1, sizeof *map);
    *out = NULL;
    if (!map || !(map->folder = strdup(folder))) {
        free(map);
        return ek_fail_memory(err);
    }
    map->tables = tables;
    map->writer = writer;
    map->file = fcntl(file, F_DUPFD_CLOEXEC, 0);
    if (map->file < 0) {
        ek_fail_errno(err, "%s/data.mdb", folder);
        ek_map_close(map);
        return -1;
    }
    *out = map;
    return 0;
}

void ek_map_close(struct ek_map *map)
{
    if (!map)
        return;
    while (map->mapping) {
        struct ek_mapping *older = map->mapping->older;
        munmap((void *)map->mapping->bytes, map->mapping->len);
        free(map->mapping);
        map->mapping = older;
    }
    if (map->file >= 0)
        close(map->file);
    free(map->checked);
    free(map->free);
    free(map->folder);
    free(map);
}
