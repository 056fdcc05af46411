/* flip_spots.c - see flip_spots.h.
 *
 * Pages of data.mdb are told apart by what stands in them, and their bytes by what they mean: a
 * flip in a number of LMDB's own is another matter than one in a text, and a store has a thousand
 * bytes of the one for each of the other. */
#include "flip_spots.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/btree_map.h"

enum kind {
    HEAD,
    TABLES,
    FREE_LIST,
    PAGE_HEAD,
    OFFSETS,
    NODE_HEAD,
    BRANCH_KEY,
    LEAF_KEY,
    VALUE,
    LONG_VALUE,
    GAP,
    FREE_PAGE,
    BEYOND, /* the hole behind the last page */
    WHOLE,  /* a file that is not data.mdb */
    KINDS
};
static const char *const kind_names[KINDS] = {
    "heads of the file", "list of tables", "list of free pages", "head of a page",
    "offsets of a page", "head of a node", "key of a branch",    "key of a leaf",
    "value in a leaf",   "long value",     "gap in a page",      "free page",
    "behind the end",    "bytes",
};

struct region {
    uint64_t offset, bytes;
};
struct group { /* regions of one kind in one file */
    char name[120];
    size_t file, count, room;
    struct region *regions;
};
struct file {
    char name[700];
    uint64_t bytes; /* without the hole behind the last page */
    bool matters;   /* it is no lock */
};
struct spots {
    struct file files[64];
    size_t file_count;
    struct group groups[200];
    size_t group_count;
};

static void stop(const char *what)
{
    perror(what);
    exit(2);
}

uint64_t draw(uint64_t *state, uint64_t below)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return below ? (z ^ z >> 31) % below : 0;
}

static void add(struct spots *spots, enum kind kind, uint64_t offset, uint64_t bytes)
{
    char name[120];
    size_t file = spots->file_count - 1, i = 0;
    if (bytes == 0)
        return;
    snprintf(name, sizeof name, "%.60s: %s", spots->files[file].name, kind_names[kind]);
    while (i < spots->group_count && strcmp(spots->groups[i].name, name) != 0)
        i++;
    if (i == sizeof spots->groups / sizeof *spots->groups)
        return;
    struct group *group = &spots->groups[i];
    if (i == spots->group_count) {
        spots->group_count++;
        snprintf(group->name, sizeof group->name, "%s", name);
        group->file = file;
    }
    if (group->count == group->room) {
        group->room = group->room * 2 + 16;
        group->regions = realloc(group->regions, group->room * sizeof *group->regions);
        if (!group->regions)
            stop("memory");
    }
    group->regions[group->count++] = (struct region){offset, bytes};
}

/* Pages --------------------------------------------------------------------------------------- */

static void add_nodes(struct spots *spots, const unsigned char *page, uint64_t at)
{
    const bool is_leaf = ek_number16(page + EK_PAGE_KIND) == EK_LEAF_PAGE;
    const unsigned lower = ek_number16(page + EK_PAGE_LOWER);
    add(spots, PAGE_HEAD, at, EK_PAGE_HEAD);
    add(spots, OFFSETS, at + EK_PAGE_HEAD, lower - EK_PAGE_HEAD);
    add(spots, GAP, at + lower, ek_number16(page + EK_PAGE_UPPER) - lower);
    for (unsigned i = 0; i < ek_page_nodes(page); i++) {
        struct ek_btree_node node = ek_page_node(page, i);
        uint64_t key = at + (uint64_t)(node.key - page);
        add(spots, NODE_HEAD, key - EK_NODE_HEAD, EK_NODE_HEAD);
        add(spots, is_leaf ? LEAF_KEY : BRANCH_KEY, key, node.key_len);
        if (is_leaf)
            add(spots, VALUE, key + node.key_len, node.flags & EK_NODE_LONG ? 8 : node.len);
    }
}

/* One page, or a long value with all its pages. Returns how many. */
static uint64_t add_page(struct spots *spots, struct ek_map *map,
                         const struct ek_snapshot *snapshot, const unsigned char *bytes,
                         uint64_t number, unsigned size)
{
    const unsigned char *page = bytes + number * size;
    const uint64_t at = number * size;
    const unsigned kind = ek_number16(page + EK_PAGE_KIND);
    if (ek_map_is_free(map, number)) {
        add(spots, FREE_PAGE, at, size);
    } else if (number == snapshot->names.root) {
        add(spots, TABLES, at, EK_PAGE_HEAD);
        add(spots, TABLES, at + ek_number16(page + EK_PAGE_UPPER),
            size - ek_number16(page + EK_PAGE_UPPER));
    } else if (number == snapshot->free.root) {
        add(spots, FREE_LIST, at, ek_number16(page + EK_PAGE_LOWER));
        add(spots, FREE_LIST, at + ek_number16(page + EK_PAGE_UPPER),
            size - ek_number16(page + EK_PAGE_UPPER));
    } else if (kind == EK_LONG_PAGE) {
        uint64_t pages = ek_number32(page + EK_PAGE_COUNT);
        add(spots, PAGE_HEAD, at, EK_PAGE_HEAD);
        add(spots, LONG_VALUE, at + EK_PAGE_HEAD, pages * size - EK_PAGE_HEAD);
        return pages ? pages : 1;
    } else if (kind == EK_LEAF_PAGE || kind == EK_BRANCH_PAGE) {
        add_nodes(spots, page, at);
    }
    return 1;
}

static void add_pages(struct spots *spots, const char *path, uint64_t size_of_file)
{
    static const char *const no_tables[] = {NULL};
    struct ek_map *map = NULL;
    struct ek_snapshot snapshot;
    struct ek_fault fault;
    struct ek_err err;
    int file = open(path, O_RDONLY);
    if (file < 0)
        stop(path);
    if (ek_map_open(&map, path, file, no_tables, false, &err) ||
        ek_map_look(map, &snapshot, &err) || ek_map_load_free(map, &snapshot, &fault)) {
        fprintf(stderr, "%s: %s\n", path, err.message);
        exit(2);
    }
    unsigned char head[EK_PAGE_HEAD + EK_HEAD_BYTES];
    if (pread(file, head, sizeof head, 0) != (ssize_t)sizeof head)
        stop(path);
    const unsigned size = ek_number32(head + EK_PAGE_HEAD + EK_HEAD_FREE);
    const uint64_t used = (snapshot.last_page + 1) * size;
    unsigned char *bytes = malloc(used);
    if (!bytes || pread(file, bytes, used, 0) != (ssize_t)used)
        stop(path);
    add(spots, HEAD, 0, sizeof head);
    add(spots, HEAD, size, sizeof head);
    for (uint64_t page = 2; page <= snapshot.last_page;)
        page += add_page(spots, map, &snapshot, bytes, page, size);
    if (size_of_file > used)
        add(spots, BEYOND, used, size_of_file - used);
    spots->files[spots->file_count - 1].bytes = used;
    free(bytes);
    ek_map_close(map);
    close(file);
}

/* Files --------------------------------------------------------------------------------------- */

static void add_file(struct spots *spots, const char *store, const char *name)
{
    char path[4600];
    struct stat of;
    snprintf(path, sizeof path, "%s/%s", store, name);
    if (stat(path, &of) || !S_ISREG(of.st_mode) ||
        spots->file_count == sizeof spots->files / sizeof *spots->files)
        return;
    struct file *file = &spots->files[spots->file_count++];
    snprintf(file->name, sizeof file->name, "%s", name);
    file->bytes = (uint64_t)of.st_size;
    file->matters = !strstr(name, "lock.mdb") && strcmp(name, "writer") != 0;
    size_t len = strlen(name);
    if (len > 8 && strcmp(name + len - 8, "data.mdb") == 0)
        add_pages(spots, path, file->bytes);
    else
        add(spots, WHOLE, 0, file->bytes);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_folder(struct spots *spots, const char *store, const char *below)
{
    char path[4600], name[700];
    struct dirent **items = NULL;
    snprintf(path, sizeof path, "%s/%s", store, below);
    int count = scandir(path, &items, NULL, by_name);
    if (count < 0)
        stop(path);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%s%.300s", below, *below ? "/" : "", items[i]->d_name);
        if (items[i]->d_name[0] != '.')
            add_file(spots, store, name);
        free(items[i]);
    }
    free(items);
}

struct spots *spots_of(const char *store)
{
    struct spots *spots = calloc(1, sizeof *spots);
    if (!spots)
        stop("memory");
    add_folder(spots, store, "");
    add_folder(spots, store, "records");
    add_folder(spots, store, "index");
    add_folder(spots, store, "archive");
    return spots;
}

void spots_free(struct spots *spots)
{
    for (size_t i = 0; i < spots->group_count; i++)
        free(spots->groups[i].regions);
    free(spots);
}

size_t spots_files(const struct spots *spots)
{
    return spots->file_count;
}

const char *spots_file(const struct spots *spots, size_t i, uint64_t *bytes)
{
    *bytes = spots->files[i].bytes;
    return spots->files[i].name;
}

static const char *kind_at(const struct spots *spots, size_t file, uint64_t offset)
{
    for (size_t g = 0; g < spots->group_count; g++) {
        const struct group *group = &spots->groups[g];
        for (size_t i = 0; group->file == file && i < group->count; i++) {
            const struct region *region = &group->regions[i];
            if (offset >= region->offset && offset - region->offset < region->bytes)
                return group->name;
        }
    }
    return "elsewhere";
}

void spots_draw(const struct spots *spots, uint64_t *state, uint64_t turn, struct spot *spot)
{
    size_t file;
    if (turn % 2) {
        const struct group *group = &spots->groups[turn / 2 % spots->group_count];
        const struct region *region = &group->regions[draw(state, group->count)];
        file = group->file;
        spot->offset = region->offset + draw(state, region->bytes);
        spot->kind = group->name;
    } else {
        /* The files that hold something more often than those that lock. */
        do
            file = draw(state, spots->file_count);
        while (spots->files[file].bytes == 0 || (!spots->files[file].matters && draw(state, 8)));
        spot->offset = draw(state, spots->files[file].bytes);
        spot->kind = kind_at(spots, file, spot->offset);
    }
    spot->file = spots->files[file].name;
    spot->mask = draw(state, 2) ? (unsigned char)(1u << draw(state, 8))
                                : (unsigned char)(1 + draw(state, 255));
}
