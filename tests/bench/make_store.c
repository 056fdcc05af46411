/* make_store.c - a whole store for the queries of queries.sh: make_store FOLDER POSTS */
#include <inttypes.h>

#include "tests/bench/measure.h"
#include "tests/bench/whole.h"

int main(int argc, char **argv)
{
    if (argc != 3)
        give_up("usage: make_store FOLDER POSTS");
    const uint32_t total = (uint32_t)strtoul(argv[2], NULL, 10);
    struct whole *whole = whole_begin(argv[1], total);
    double begun = seconds();
    while (whole_commit(whole))
        ;
    whole_end(whole);
    fprintf(stderr, "a store of %" PRIu32 " posts was made in %.0f s\n", total, seconds() - begun);
    return 0;
}
