/* firsts_write.c - see firsts.h: writing.
 *
 * When a row dies, the day that the table has of its author may have been that row's. Mostly it is
 * not (an author has one first day and many posts), or the row that replaces it has the same
 * author and day (the post was edited, moved, hidden): then nothing is to be done. Otherwise the
 * authors' columns of all chunks are read once, some milliseconds for ten million posts, and the
 * authors concerned get entries of their own, until the next large merge takes them into the
 * table. */
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "store/index/chunk_form.h"
#include "store/index/dead.h"
#include "store/index/firsts_form.h"
#include "store/index/run.h"

static void add(struct ek_firsts_changes *changes, struct ek_first **list, size_t *count,
                size_t *cap, uint32_t author, ek_time time)
{
    if (author == 0 || time == EK_TIME_UNKNOWN)
        return;
    if (*count == *cap) {
        size_t more = *cap ? 2 * *cap : 256;
        struct ek_first *grown = reallocarray(*list, more, sizeof *grown);
        if (!grown) {
            changes->failed = true;
            return;
        }
        *list = grown;
        *cap = more;
    }
    (*list)[(*count)++] = (struct ek_first){author, ek_day_of(time)};
}

void ek_firsts_died(struct ek_firsts_changes *changes, uint32_t author, ek_time time)
{
    add(changes, &changes->died, &changes->died_count, &changes->died_cap, author, time);
}

void ek_firsts_born(struct ek_firsts_changes *changes, uint32_t author, ek_time time)
{
    add(changes, &changes->born, &changes->born_count, &changes->born_cap, author, time);
}

void ek_firsts_changes_free(struct ek_firsts_changes *changes)
{
    free(changes->died);
    free(changes->born);
    *changes = (struct ek_firsts_changes){0};
}

/* By author, each author's earliest day first. */
static int compare(const void *left, const void *right)
{
    const struct ek_first *a = left, *b = right;
    if (a->author != b->author)
        return a->author < b->author ? -1 : 1;
    return (a->day > b->day) - (a->day < b->day);
}

/* Keep of each author the earliest day. */
static size_t earliest(struct ek_first *list, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || list[kept - 1].author != list[i].author)
            list[kept++] = list[i];
    }
    return kept;
}

static const struct ek_first *find(const struct ek_first *list, size_t count, uint32_t author)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list[middle].author < author)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && list[low].author == author ? &list[low] : NULL;
}

/* What the table, or the author's own entry, has. */
static int32_t known_day(struct ek_txn *index, uint32_t author)
{
    unsigned char key[EK_FIRSTS_KEY_BYTES];
    struct ek_bytes value;
    struct ek_firsts_part part;
    uint32_t number = author / EK_FIRSTS_A_PART;
    int32_t day = EK_NO_DAY;
    ek_firsts_key(EK_FIRSTS_OWN, author, key);
    if (ek_txn_get_plain(index, EK_FIRSTS, key, sizeof key, &value) == 1) {
        if (ek_firsts_one_day(author, &value, &day))
            ek_txn_damaged(index, EK_FIRSTS, key, sizeof key);
        return day;
    }
    ek_firsts_key(EK_FIRSTS_PART, number, key);
    if (ek_txn_get_plain(index, EK_FIRSTS, key, sizeof key, &value) != 1)
        return EK_NO_DAY;
    if (value.len == sizeof part) {
        memcpy(&part, value.data, sizeof part);
        if (part.check == ek_form_check(number, part.day, sizeof part.day))
            return part.day[author % EK_FIRSTS_A_PART];
    }
    ek_txn_damaged(index, EK_FIRSTS, key, sizeof key);
    return EK_NO_DAY;
}

/* Authors whose known day may have died, in front of the list; returns how many. Their days become
 * EK_NO_DAY, to be lowered. */
static size_t in_doubt(struct ek_txn *index, struct ek_firsts_changes *changes)
{
    size_t count = 0;
    for (size_t i = 0; i < changes->died_count; i++) {
        const struct ek_first died = changes->died[i];
        const struct ek_first *born = find(changes->born, changes->born_count, died.author);
        int32_t known = known_day(index, died.author);
        if (known == EK_NO_DAY || died.day > known || (born && born->day <= died.day))
            continue;
        changes->died[count++] = (struct ek_first){died.author, EK_NO_DAY};
    }
    return count;
}

/* Chunks, one by one. ------------------------------------------------------------------------- */

typedef void each_chunk(void *context, struct ek_chunk *chunk, const uint16_t *dead,
                        uint32_t dead_count);

static void visit_run(struct ek_txn *index, const struct ek_run *run, struct ek_arena *arena,
                      each_chunk *visit, void *context)
{
    for (uint32_t i = 0; i < run->chunks && !ek_txn_failed(index); i++) {
        unsigned char key[EK_CHUNK_KEY_BYTES];
        struct ek_bytes value;
        struct ek_chunk chunk;
        const uint16_t *dead;
        uint32_t dead_count;
        ek_chunk_key(run->chunk + i, EK_PART_ROWS, 0, key);
        int found = ek_txn_get_plain(index, EK_CHUNKS, key, sizeof key, &value);
        if (found == 0)
            ek_txn_damaged(index, EK_CHUNKS, key, sizeof key);
        if (found == 1 && ek_chunk_open(&chunk, index, run->chunk + i, &value, arena) == 0 &&
            ek_dead_get(index, run->chunk + i, arena, &dead, &dead_count) >= 0)
            visit(context, &chunk, dead, dead_count);
    }
}

struct doubt {
    struct ek_first *authors;
    size_t count;
    uint64_t set[1024]; /* by the low bits of their numbers: most rows are passed over */
};

static void lower_doubtful(void *context, struct ek_chunk *chunk, const uint16_t *dead,
                           uint32_t dead_count)
{
    struct doubt *doubt = context;
    const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
    uint32_t at = 0;
    if (!author || !ek_chunk_section(chunk, EK_SECTION_TIME))
        return;
    for (uint32_t row = 0; row < chunk->dated; row++) {
        if (!(doubt->set[author[row] / 64 % 1024] >> author[row] % 64 & 1))
            continue;
        while (at < dead_count && dead[at] < row)
            at++;
        if (at < dead_count && dead[at] == row)
            continue;
        struct ek_first *first = (struct ek_first *)find(doubt->authors, doubt->count, author[row]);
        int32_t day = ek_day_of(ek_chunk_time(chunk, row));
        if (first && day < first->day)
            first->day = day;
    }
}

void ek_firsts_follow(struct ek_txn *index, struct ek_firsts_changes *changes,
                      struct ek_arena *arena)
{
    struct ek_runs runs;
    if (changes->failed)
        ek_txn_fail(index, EK_MEMORY, "out of memory");
    if (changes->died_count == 0 || ek_txn_failed(index))
        return;
    changes->died_count = earliest(changes->died, changes->died_count);
    changes->born_count = earliest(changes->born, changes->born_count);
    size_t count = in_doubt(index, changes);
    if (count == 0 || ek_runs_load(index, arena, &runs))
        return;
    struct doubt *doubt = EK_NEW(arena, struct doubt);
    if (!doubt) {
        ek_txn_fail(index, EK_MEMORY, "out of memory");
        return;
    }
    doubt->authors = changes->died;
    doubt->count = count;
    for (size_t i = 0; i < count; i++)
        doubt->set[changes->died[i].author / 64 % 1024] |= 1ull << changes->died[i].author % 64;
    for (size_t i = 0; i < runs.count; i++)
        visit_run(index, &runs.items[i], arena, lower_doubtful, doubt);
    for (size_t i = 0; i < count; i++) {
        const struct ek_first *first = &changes->died[i];
        struct ek_firsts_one one = {.day = first->day};
        unsigned char key[EK_FIRSTS_KEY_BYTES];
        one.check = ek_form_check(first->author, &one.day, sizeof one.day);
        ek_firsts_key(EK_FIRSTS_OWN, first->author, key);
        ek_txn_put_plain(index, EK_FIRSTS, key, sizeof key, &one, sizeof one);
    }
}

/* Covering a run ------------------------------------------------------------------------------ */

struct covering {
    uint32_t greatest;
    int32_t *days;
    size_t count;
};

static void cover_chunk(void *context, struct ek_chunk *chunk, const uint16_t *dead,
                        uint32_t dead_count)
{
    struct covering *covering = context;
    uint32_t here = ek_firsts_lower(chunk, dead, dead_count, covering->days, covering->count);
    covering->greatest = here > covering->greatest ? here : covering->greatest;
}

static void put_part(struct ek_txn *index, uint32_t number, const int32_t *days)
{
    unsigned char key[EK_FIRSTS_KEY_BYTES];
    struct ek_firsts_part part;
    struct ek_bytes old;
    memcpy(part.day, days, sizeof part.day);
    part.check = ek_form_check(number, part.day, sizeof part.day);
    ek_firsts_key(EK_FIRSTS_PART, number, key);
    if (ek_txn_get_plain(index, EK_FIRSTS, key, sizeof key, &old) == 1 && old.len == sizeof part &&
        memcmp(old.data, &part, sizeof part) == 0)
        return;
    ek_txn_put_plain(index, EK_FIRSTS, key, sizeof key, &part, sizeof part);
}

void ek_firsts_cover(struct ek_txn *index, const struct ek_run *run, struct ek_arena *arena)
{
    const unsigned char own[1] = {EK_FIRSTS_OWN}, past_own[1] = {EK_FIRSTS_OWN + 1};
    struct covering covering = {0};
    struct ek_firsts firsts;
    visit_run(index, run, arena, cover_chunk, &covering);
    /* Whole parts, so that the last one can be put as it is. */
    size_t parts = (size_t)covering.greatest / EK_FIRSTS_A_PART + 1;
    if (ek_txn_failed(index) ||
        ek_firsts_table(index, parts * EK_FIRSTS_A_PART, arena, &firsts, &covering.days))
        return;
    covering.count = firsts.count;
    visit_run(index, run, arena, cover_chunk, &covering);
    for (size_t i = 0; i < firsts.count / EK_FIRSTS_A_PART; i++)
        put_part(index, (uint32_t)i, covering.days + i * EK_FIRSTS_A_PART);
    ek_txn_delete_between(index, EK_FIRSTS, own, sizeof own, past_own, sizeof past_own);
}
