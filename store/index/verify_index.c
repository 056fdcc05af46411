/* verify_index.c - the index checked against the records that it was derived from.
 *
 * Recount = index: every living row says what its post says, no post has two, and every post whose
 * tags are not there is known to be behind. What stands in the manifest is there, what is there
 * stands in the manifest, and figures that are kept are those that the rows add up to. */
#include "store/index/verify_index.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "store/index/behind.h"
#include "store/index/chunk.h"
#include "store/index/firsts.h"
#include "store/index/marks.h"
#include "store/index/merge.h"

void ek_index_finding(struct ek_index_check *check, const char *format, ...)
{
    char what[600];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    ek_finding(check->verifier, "index: %s: " EK_INDEX_REMEDY, what,
               check->verifier->store->folder);
}

/* Chunks that stand in no run ------------------------------------------------------------------ */

static bool is_in_a_run(const struct ek_index_check *check, uint64_t id)
{
    for (size_t i = 0; i < check->runs.count; i++) {
        const struct ek_run *run = &check->runs.items[i];
        if (id >= run->chunk && id - run->chunk < run->chunks)
            return true;
    }
    return false;
}

static bool is_known_part(const struct ek_index_check *check, const unsigned char *key)
{
    uint32_t generation = ek_get_be32(key + 9);
    if (key[8] != EK_PART_TAGS)
        return (key[8] == EK_PART_ROWS || key[8] == EK_PART_DEAD) && generation == 0;
    for (size_t i = 0; i < check->generation_count; i++) {
        if (check->generations[i].number == generation)
            return true;
    }
    return false;
}

static void check_manifest(struct ek_index_check *check)
{
    struct ek_manifest manifest;
    uint64_t runs = 0, rows = 0;
    if (ek_manifest_get(check->index, &manifest))
        return;
    for (size_t i = 0; i < check->runs.count; i++) {
        const struct ek_run *run = &check->runs.items[i];
        runs += run->level == 0;
        rows += run->level == 0 ? run->rows : 0;
        if (run->number > manifest.run || run->chunk + run->chunks - 1 > manifest.chunk)
            ek_index_finding(check, "run %llu has a number that was never given out",
                             (unsigned long long)run->number);
    }
    if (runs != manifest.small_runs || rows != manifest.small_rows)
        ek_index_finding(check, "%llu small runs of %llu rows were counted, not %llu of %llu",
                         (unsigned long long)manifest.small_runs,
                         (unsigned long long)manifest.small_rows, (unsigned long long)runs,
                         (unsigned long long)rows);
}

static void check_keys(struct ek_index_check *check)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    struct ek_manifest manifest;
    if (ek_manifest_get(check->index, &manifest))
        return;
    ek_walk_begin(&walk, check->index, EK_CHUNKS, NULL, 0);
    while (ek_walk_next_plain(&walk, &key, &value) == 1) {
        bool whole = key.len == EK_CHUNK_KEY_BYTES;
        uint64_t id = whole ? ek_get_be64(key.data) : 0;
        if (whole && id >= manifest.merging && id - manifest.merging < manifest.merging_count)
            continue; /* of a merge that is under way */
        if (!whole || !is_in_a_run(check, id) || !is_known_part(check, key.data))
            ek_index_finding(check, "something of chunk %llu belongs to no run or generation",
                             (unsigned long long)id);
    }
    ek_walk_end(&walk);
    ek_finding_latched(check->verifier, check->index);
}

/* Posts --------------------------------------------------------------------------------------- */

static void check_post(struct ek_index_check *check, uint64_t number)
{
    bool behind = ek_behind_holds(check->index, check->current.number, number) == 1;
    bool expected = behind || ek_generation_to_come(&check->current, number);
    if (!ek_bit(check->tagged, number) && !expected)
        ek_index_finding(check, "post number %llu has %s, and is not known to be behind",
                         (unsigned long long)number,
                         ek_bit(check->seen, number) ? "no tags" : "no row");
    if (ek_bit(check->tagged, number) && behind)
        ek_index_finding(check, "post number %llu has tags, and is said to be behind",
                         (unsigned long long)number);
}

/* Each post as the records list it; changes that the index has not followed are no fault. */
static void check_posts(struct ek_index_check *check)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    ek_walk_begin(&walk, check->records, EK_CHANGES, NULL, 0);
    while (ek_verify_next(check->verifier, &walk, &key, &value) && key.len == 8 && value.len == 8) {
        uint64_t number = ek_get_be64(value.data);
        if (ek_get_be64(key.data) > check->watermark)
            break;
        if (number <= check->posts)
            check_post(check, number);
        ek_finding_latched(check->verifier, check->index);
    }
    ek_walk_end(&walk);
}

/* First days ---------------------------------------------------------------------------------- */

static void check_firsts(struct ek_index_check *check)
{
    struct ek_view view;
    struct ek_firsts firsts;
    ek_arena_reset(check->scrap);
    if (ek_view_open(&view, check->index, check->current.number, check->scrap) ||
        ek_firsts_load(&view, check->scrap, &firsts)) {
        ek_finding_latched(check->verifier, check->index);
        return;
    }
    for (size_t i = 1; i < check->authors || i < firsts.count; i++) {
        int32_t kept = i < firsts.count ? firsts.day[i] : EK_NO_DAY;
        int32_t counted = i < check->authors ? check->first_days[i] : EK_NO_DAY;
        if (kept != counted)
            ek_index_finding(check, "author number %zu has another first day than the rows say", i);
    }
}

/* All of it ----------------------------------------------------------------------------------- */

static int load(struct ek_index_check *check)
{
    struct ek_counters counters;
    ek_counters_load(check->records, &counters);
    check->posts = counters.post;
    check->authors = (size_t)counters.author + 1;
    check->watermark = ek_watermark_get(check->index);
    check->seen = EK_NEW_ARRAY(check->arena, uint64_t, counters.post / 64 + 1);
    check->tagged = EK_NEW_ARRAY(check->arena, uint64_t, counters.post / 64 + 1);
    check->first_days = EK_NEW_ARRAY(check->arena, int32_t, check->authors);
    if (!check->seen || !check->tagged || !check->first_days)
        return ek_txn_fail(check->index, EK_MEMORY, "out of memory");
    for (size_t i = 0; i < check->authors; i++)
        check->first_days[i] = EK_NO_DAY;
    if (check->watermark > counters.change)
        ek_index_finding(check, "it is ahead of the records");
    ek_generation_get(check->index, EK_BUILDING, &check->building);
    if (ek_generations_load(check->index, check->arena, &check->generations,
                            &check->generation_count) ||
        ek_words_load(check->index, &check->current, check->arena, &check->words))
        return -1;
    return ek_runs_load(check->index, check->arena, &check->runs);
}

static void check_all(struct ek_index_check *check)
{
    /* No rule set yet: no rows. An error is latched and reported by the caller. */
    if (ek_generation_get(check->index, EK_CURRENT, &check->current) != 1 || load(check))
        return;
    check_manifest(check);
    check_keys(check);
    ek_verify_runs(check);
    check_posts(check);
    check_firsts(check);
    ek_marks_check(check->index, check->building.number, check->building.progress);
}

void ek_verify_index(struct ek_verifier *verifier)
{
    struct ek_store *store = verifier->store;
    struct ek_index_check check = {
        .verifier = verifier, .records = ek_records(store), .index = store->reading_index};
    if (!store->index) {
        ek_finding(verifier, "%s", store->index_refused.message);
        return;
    }
    check.arena = ek_arena_new(EK_ARENA_BYTES);
    check.scrap = ek_arena_new(EK_ARENA_BYTES);
    if (check.arena && check.scrap)
        check_all(&check);
    else
        ek_txn_fail(check.index, EK_MEMORY, "out of memory");
    ek_arena_free(check.arena);
    ek_arena_free(check.scrap);
}
