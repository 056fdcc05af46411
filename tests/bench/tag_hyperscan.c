/* tag_hyperscan.c - Hyperscan (Debian's libhyperscan-dev) as a filter before PCRE2: it says which
 * patterns may match. In bytes: with UTF-8 it compiles no \b, and what it calls a filter of such
 * patterns takes half a minute to compile. So hits are lost where a gap has signs beyond ASCII. */
#include <hs/hs.h>
#include <stdlib.h>

#include "tag_peers.h"

static hs_database_t *database;
static hs_scratch_t *scratch;
static uint32_t *out;
static size_t out_count;

static bool make(const char *const *patterns, size_t count)
{
    unsigned *flags = calloc(count, sizeof *flags), *ids = calloc(count, sizeof *ids);
    hs_compile_error_t *error = NULL;
    bool made = false;

    for (size_t i = 0; flags && ids && i < count; i++) {
        flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH;
        ids[i] = (unsigned)i;
    }
    if (flags && ids)
        made = hs_compile_multi(patterns, flags, ids, (unsigned)count, HS_MODE_BLOCK, NULL,
                                &database, &error) == HS_SUCCESS &&
               hs_alloc_scratch(database, &scratch) == HS_SUCCESS;
    hs_free_compile_error(error);
    free(flags);
    free(ids);
    return made;
}

static int note(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                void *context)
{
    (void)from;
    (void)to;
    (void)flags;
    (void)context;
    out[out_count++] = id;
    return 0;
}

static size_t match(const char *text, size_t len, uint32_t *matched)
{
    out = matched;
    out_count = 0;
    hs_scan(database, text, (unsigned)len, 0, scratch, note, NULL);
    return out_count;
}

static void drop(void)
{
    hs_free_scratch(scratch);
    hs_free_database(database);
    scratch = NULL;
    database = NULL;
}

const struct tag_peer tag_hyperscan = {"Hyperscan", make, match, drop};
