/* verify_rows.c - runs, chunks and rows of the index, each row against its post. */
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/codec.h"
#include "store/index/dead.h"
#include "store/index/firsts.h"
#include "store/index/row_tags.h"
#include "store/index/verify_index.h"
#include "store/records/post.h"
#include "store/records/thread.h"

struct checked_run {
    struct ek_index_check *check;
    const struct ek_run *run;
    uint64_t rows, dead;
    uint32_t least, most;
    ek_time last_time; /* of the chunk before; undated: EK_TIME_UNKNOWN */
    uint32_t last_number;
};

struct checked_chunk {
    struct ek_index_check *check;
    struct ek_chunk chunk;
    const uint32_t *number, *author, *thread;
    const uint8_t *bits;
    const uint16_t *dead;
    uint32_t dead_count;
    bool has_tags; /* of the current generation */
    struct ek_row_marks marks;
};

/* Rows ---------------------------------------------------------------------------------------- */

static void row_finding(struct ek_index_check *check, uint64_t number, const char *what)
{
    ek_index_finding(check, "the row of post number %llu %s", (unsigned long long)number, what);
}

static void check_fields(struct checked_chunk *checked, uint32_t row,
                         const struct ek_post_record *post)
{
    struct ek_index_check *check = checked->check;
    const struct ek_chunk_place *place = ek_chunk_place(&checked->chunk, row);
    struct ek_thread_record thread = {0};
    uint32_t number = checked->number[row];
    ek_thread_get(check->records, check->verifier->arena, post->thread, &thread);
    const char *language = place->language && place->language < check->words.count
                               ? check->words.items[place->language].text
                               : NULL;
    bool same_language = language ? post->language.value && !strcmp(language, post->language.value)
                                  : place->language == 0;
    if (ek_chunk_time(&checked->chunk, row) != post->time ||
        ek_bits_precision(checked->bits[row]) != post->precision)
        row_finding(check, number, "has another time than the post");
    if (place->forum != post->forum || checked->thread[row] != post->thread ||
        place->board != thread.board)
        row_finding(check, number, "has another place than the post");
    if (checked->author[row] != post->author.number)
        row_finding(check, number, "has another author than the post");
    if (ek_bits_state(checked->bits[row]) != ek_post_state(post))
        row_finding(check, number, "has another state than the post");
    if (!same_language)
        row_finding(check, number, "has another language than the post");
}

static void check_marks(struct checked_chunk *checked, uint32_t row)
{
    struct ek_index_check *check = checked->check;
    if (!checked->has_tags)
        return;
    for (uint32_t i = checked->marks.start[row]; i < checked->marks.start[row + 1]; i++) {
        uint32_t code = checked->marks.marks[i].code;
        if (code == 0 || code >= check->words.count || !check->words.items[code].text ||
            check->words.items[code].kind == EK_WORD_LANGUAGE) {
            row_finding(check, checked->number[row], "has a tag that is no code");
            return;
        }
    }
}

static void recount_first(struct ek_index_check *check, uint32_t author, ek_time time)
{
    int32_t day = time == EK_TIME_UNKNOWN ? EK_NO_DAY : ek_day_of(time);
    if (author < check->authors && day < check->first_days[author])
        check->first_days[author] = day;
}

static void check_row(struct checked_chunk *checked, uint32_t row)
{
    struct ek_index_check *check = checked->check;
    struct ek_post_record post;
    const uint32_t number = checked->number[row];
    ek_arena_reset(check->verifier->arena);
    int found = ek_post_get(check->records, check->verifier->arena, number, &post);
    if (found == 0 || number > check->posts) {
        row_finding(check, number, "is of a post that is not in the records");
        return;
    }
    if (ek_bit(check->seen, number))
        row_finding(check, number, "is there twice");
    check->seen[number / 64] |= 1ull << number % 64;
    if (checked->has_tags && !ek_bit(checked->marks.untagged, row))
        check->tagged[number / 64] |= 1ull << number % 64;
    recount_first(check, checked->author[row], ek_chunk_time(&checked->chunk, row));
    check_marks(checked, row);
    /* A row of an earlier change is behind, not wrong. */
    if (found == 1 && post.change <= check->watermark)
        check_fields(checked, row, &post);
}

static void check_rows(struct checked_chunk *checked)
{
    uint32_t at = 0;
    for (uint32_t row = 0; row < checked->chunk.rows; row++) {
        if (at < checked->dead_count && checked->dead[at] == row) {
            at++;
            continue;
        }
        check_row(checked, row);
        ek_finding_latched(checked->check->verifier, checked->check->records);
    }
}

/* Chunks -------------------------------------------------------------------------------------- */

/* The tags of every generation; those of the current one are kept, by row. */
static void check_tags(struct checked_chunk *checked)
{
    struct ek_index_check *check = checked->check;
    for (size_t i = 0; i < check->generation_count; i++) {
        struct ek_postings postings;
        uint32_t generation = check->generations[i].number;
        if (ek_postings_get(&postings, &checked->chunk, generation, check->scrap) == 0 &&
            postings.value && ek_postings_check(&postings) == 0 &&
            generation == check->current.number)
            checked->has_tags = ek_postings_by_row(&postings, check->scrap, &checked->marks) == 0;
        ek_finding_latched(check->verifier, check->index);
    }
}

static void check_order(struct checked_run *run, const struct checked_chunk *checked)
{
    const struct ek_chunk *chunk = &checked->chunk;
    ek_time first = ek_chunk_time(chunk, 0);
    bool undated = first == EK_TIME_UNKNOWN;
    bool after_undated = run->last_time == EK_TIME_UNKNOWN;
    bool in_order = run->rows == 0 || (undated && !after_undated) ||
                    (undated == after_undated && first > run->last_time) ||
                    (first == run->last_time && checked->number[0] > run->last_number);
    if (!in_order)
        ek_index_finding(run->check, "chunk %llu is not in the order of its run",
                         (unsigned long long)chunk->id);
    run->last_time = ek_chunk_time(chunk, chunk->rows - 1);
    run->last_number = checked->number[chunk->rows - 1];
}

static void add_figures(struct checked_run *run, const struct checked_chunk *checked)
{
    const struct ek_chunk *chunk = &checked->chunk;
    run->rows += chunk->rows;
    run->dead += checked->dead_count;
    run->least = chunk->least < run->least ? chunk->least : run->least;
    run->most = chunk->most > run->most ? chunk->most : run->most;
}

static int open_chunk(struct checked_chunk *checked, uint64_t id)
{
    struct ek_index_check *check = checked->check;
    unsigned char key[EK_CHUNK_KEY_BYTES];
    struct ek_bytes value;
    ek_chunk_key(id, EK_PART_ROWS, 0, key);
    int found = ek_txn_get_plain(check->index, EK_CHUNKS, key, sizeof key, &value);
    if (found != 1)
        return found < 0 ? -1 : ek_txn_damaged(check->index, EK_CHUNKS, key, sizeof key);
    if (ek_chunk_open(&checked->chunk, check->index, id, &value, check->scrap) ||
        ek_chunk_check(&checked->chunk) ||
        ek_dead_get(check->index, id, check->scrap, &checked->dead, &checked->dead_count) < 0)
        return -1;
    checked->number = ek_chunk_section(&checked->chunk, EK_SECTION_NUMBER);
    checked->author = ek_chunk_section(&checked->chunk, EK_SECTION_AUTHOR);
    checked->thread = ek_chunk_section(&checked->chunk, EK_SECTION_THREAD);
    checked->bits = ek_chunk_section(&checked->chunk, EK_SECTION_BITS);
    return 0;
}

static void check_chunk(struct checked_run *run, uint64_t id)
{
    struct ek_index_check *check = run->check;
    struct checked_chunk checked = {.check = check};
    ek_arena_reset(check->scrap);
    if (open_chunk(&checked, id)) {
        ek_finding_latched(check->verifier, check->index);
        return;
    }
    if (checked.chunk.rows == 0 ||
        (checked.dead_count && checked.dead[checked.dead_count - 1] >= checked.chunk.rows)) {
        ek_index_finding(check, "chunk %llu has no rows, or dead ones that it does not have",
                         (unsigned long long)id);
        return;
    }
    check_order(run, &checked);
    add_figures(run, &checked);
    check_tags(&checked);
    check_rows(&checked);
}

void ek_verify_runs(struct ek_index_check *check)
{
    for (size_t i = 0; i < check->runs.count; i++) {
        const struct ek_run *run = &check->runs.items[i];
        struct checked_run checked = {.check = check, .run = run, .least = UINT32_MAX};
        for (uint32_t n = 0; n < run->chunks; n++)
            check_chunk(&checked, run->chunk + n);
        if (checked.rows != run->rows || checked.dead != run->dead || checked.least != run->least ||
            checked.most != run->most)
            ek_index_finding(check, "run %llu has %llu rows, %llu of them dead, not %llu and %llu",
                             (unsigned long long)run->number, (unsigned long long)checked.rows,
                             (unsigned long long)checked.dead, (unsigned long long)run->rows,
                             (unsigned long long)run->dead);
    }
}
