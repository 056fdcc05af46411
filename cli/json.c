/* json.c - JSON as every command writes it, and what happens when memory is short for it.
 *
 * The JSON library tells want of memory from a malformed line, or from a field that is missing, by
 * nothing: an import would leave a post out and call its line malformed. So the program ends there,
 * which it may at any time: what is committed stays. */
#include <stdlib.h>
#include <unistd.h>

#include "output.h"

static void *json_memory(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        out_of_memory();
    return memory;
}

void end_when_json_starves(void)
{
    json_set_alloc_funcs(json_memory, free);
}

size_t json_flags(void)
{
    /* 16 digits: 0.1 stays 0.1, and no double is off by more than its last place. */
    return JSON_COMPACT | JSON_REAL_PRECISION(16) | (isatty(STDOUT_FILENO) ? JSON_ENSURE_ASCII : 0);
}

int print_json(json_t *json)
{
    size_t flags = json_flags();
    if (isatty(STDOUT_FILENO))
        flags = (flags & ~(size_t)JSON_COMPACT) | JSON_INDENT(2);
    int bad = !json || json_dumpf(json, stdout, flags) != 0;
    putchar('\n');
    json_decref(json);
    if (bad || fflush(stdout) != 0) {
        say("standard output could not be written");
        return -1;
    }
    return 0;
}
