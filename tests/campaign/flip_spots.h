/* flip_spots.h - places in the files of a closed store, drawn so that every kind of byte is hit. */
#ifndef EKBOM_TESTS_FLIP_SPOTS_H
#define EKBOM_TESTS_FLIP_SPOTS_H

#include <stddef.h>
#include <stdint.h>

struct spot {
    const char *file; /* below the store */
    const char *kind; /* "records: key of a leaf", "archive", ... */
    uint64_t offset;
    unsigned char mask; /* the byte is changed by exclusive or */
};

struct spots;

/* All files of a store; ends the program where it cannot read them. */
struct spots *spots_of(const char *store);
void spots_free(struct spots *spots);
/* Every second spot is of the kind whose turn it is, the others lie anywhere in a file chosen among
 * all: the same state and turns give the same spots. */
void spots_draw(const struct spots *spots, uint64_t *state, uint64_t turn, struct spot *spot);
uint64_t draw(uint64_t *state, uint64_t below);

size_t spots_files(const struct spots *spots);
const char *spots_file(const struct spots *spots, size_t i, uint64_t *bytes);

#endif
