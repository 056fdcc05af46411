/* firsts.c - see firsts.h: reading.
 *
 * What holds at every commit: an author's first day is the earlier of the table's (his own entry's,
 * where he has one) and that of his living rows in runs that the table does not cover. */
#include "store/index/firsts_form.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/index/chunk_form.h"
#include "store/index/run.h"

void ek_firsts_key(unsigned kind, uint32_t number, unsigned char key[EK_FIRSTS_KEY_BYTES])
{
    key[0] = (unsigned char)kind;
    ek_put_be32(key + 1, number);
}

/* The table ----------------------------------------------------------------------------------- */

/* Authors that the table has, by its last part. */
static size_t table_count(struct ek_txn *index)
{
    const unsigned char end[1] = {EK_FIRSTS_PART + 1};
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t count = 0;
    ek_walk_from(&walk, index, EK_FIRSTS, end, sizeof end, true);
    if (ek_walk_next_plain(&walk, &key, &value) == 1 && key.len == EK_FIRSTS_KEY_BYTES &&
        *(const unsigned char *)key.data == EK_FIRSTS_PART)
        count = ((size_t)ek_get_be32((const unsigned char *)key.data + 1) + 1) * EK_FIRSTS_A_PART;
    ek_walk_end(&walk);
    return count;
}

static void take_part(const struct ek_bytes *key, const struct ek_bytes *value,
                      struct ek_txn *index, int32_t *days, size_t count)
{
    const unsigned char *bytes = key->data;
    uint32_t number = key->len == EK_FIRSTS_KEY_BYTES ? ek_get_be32(bytes + 1) : UINT32_MAX;
    struct ek_firsts_part part;
    if (bytes[0] == EK_FIRSTS_PART && value->len == sizeof part &&
        number < count / EK_FIRSTS_A_PART) {
        memcpy(&part, value->data, sizeof part);
        if (part.check == ek_form_check(number, part.day, sizeof part.day)) {
            memcpy(days + (size_t)number * EK_FIRSTS_A_PART, part.day, sizeof part.day);
            return;
        }
    }
    ek_txn_damaged(index, EK_FIRSTS, key->data, key->len);
}

int ek_firsts_one_day(uint32_t author, const struct ek_bytes *value, int32_t *day)
{
    struct ek_firsts_one one;
    if (value->len != sizeof one)
        return -1;
    memcpy(&one, value->data, sizeof one);
    if (one.check != ek_form_check(author, &one.day, sizeof one.day))
        return -1;
    *day = one.day;
    return 0;
}

static void take_own(const struct ek_bytes *key, const struct ek_bytes *value, struct ek_txn *index,
                     int32_t *days, size_t count)
{
    uint32_t author = key->len == EK_FIRSTS_KEY_BYTES
                          ? ek_get_be32((const unsigned char *)key->data + 1)
                          : UINT32_MAX;
    if (author >= count || ek_firsts_one_day(author, value, &days[author]))
        ek_txn_damaged(index, EK_FIRSTS, key->data, key->len);
}

int ek_firsts_table(struct ek_txn *index, size_t count, struct ek_arena *arena,
                    struct ek_firsts *firsts, int32_t **days)
{
    const unsigned char own[1] = {EK_FIRSTS_OWN}, parts[1] = {EK_FIRSTS_PART};
    struct ek_walk walk;
    struct ek_bytes key, value;
    size_t table = table_count(index);
    count = count > table ? count : table;
    *days = EK_NEW_ARRAY(arena, int32_t, count + 1);
    if (!*days)
        return ek_txn_fail(index, EK_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        (*days)[i] = EK_NO_DAY;
    ek_walk_begin(&walk, index, EK_FIRSTS, parts, sizeof parts);
    while (ek_walk_next_plain(&walk, &key, &value) == 1)
        take_part(&key, &value, index, *days, count);
    ek_walk_end(&walk);
    ek_walk_begin(&walk, index, EK_FIRSTS, own, sizeof own);
    while (ek_walk_next_plain(&walk, &key, &value) == 1)
        take_own(&key, &value, index, *days, count);
    ek_walk_end(&walk);
    *firsts = (struct ek_firsts){*days, count};
    return ek_txn_failed(index) ? -1 : 0;
}

/* Rows ---------------------------------------------------------------------------------------- */

uint32_t ek_firsts_lower(struct ek_chunk *chunk, const uint16_t *dead, uint32_t dead_count,
                         int32_t *days, size_t count)
{
    const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
    uint32_t greatest = 0, at = 0;
    if (!author || !ek_chunk_section(chunk, EK_SECTION_TIME))
        return 0;
    for (uint32_t row = 0; row < chunk->dated; row++) {
        if (at < dead_count && dead[at] == row) {
            at++;
            continue;
        }
        greatest = author[row] > greatest ? author[row] : greatest;
        if (!days || author[row] >= count)
            continue;
        int32_t day = ek_day_of(ek_chunk_time(chunk, row));
        if (day < days[author[row]])
            days[author[row]] = day;
    }
    return greatest;
}

/* Every chunk of the runs that the table does not cover. */
static uint32_t lower_uncovered(const struct ek_view *view, const struct ek_runs *runs,
                                int32_t *days, size_t count)
{
    uint32_t greatest = 0;
    size_t at = 0;
    for (size_t i = 0; i < runs->count; i++) {
        const struct ek_run *run = &runs->items[i];
        for (uint32_t n = 0; n < run->chunks && at < view->count; n++, at++) {
            struct ek_view_chunk *item = &view->chunks[at];
            if (run->covered)
                continue;
            uint32_t here =
                ek_firsts_lower(&item->chunk, item->dead, item->dead_count, days, count);
            greatest = here > greatest ? here : greatest;
        }
    }
    return greatest;
}

int ek_firsts_load(const struct ek_view *view, struct ek_arena *arena, struct ek_firsts *firsts)
{
    struct ek_runs runs;
    int32_t *days;
    *firsts = (struct ek_firsts){0};
    if (ek_runs_load(view->index, arena, &runs))
        return -1;
    size_t count = (size_t)lower_uncovered(view, &runs, NULL, 0) + 1;
    if (ek_txn_failed(view->index) || ek_firsts_table(view->index, count, arena, firsts, &days))
        return -1;
    lower_uncovered(view, &runs, days, firsts->count);
    return ek_txn_failed(view->index) ? -1 : 0;
}
