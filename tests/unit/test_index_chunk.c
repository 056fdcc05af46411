/* A chunk gives back what was written, counts included, and says so when it is damaged. */
#include "store_fixture.h"

#include "store/handle.h"
#include "store/index/batch.h"
#include "store/index/postings.h"

#define ROWS 3000u

static const char *const tables[] = {"0", "1", "2", "3", "4", "5", "6", "7", NULL};

struct written {
    char folder[64];
    struct ek_env *env;
    struct ek_arena *arena;
    struct ek_batch batch;
    struct ek_err err;
};

static uint64_t random_state = 7;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(random_state >> 33) % below;
}

static int setup(void **state)
{
    struct written *w = calloc(1, sizeof *w);
    snprintf(w->folder, sizeof w->folder, "/tmp/ekbom-test-XXXXXX");
    if (!mkdtemp(w->folder) || ek_env_open(&w->env, w->folder, tables, true, &w->err))
        return -1;
    w->arena = ek_arena_new(512u << 20);
    ek_batch_init(&w->batch);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct written *w = *state;
    ek_batch_free(&w->batch);
    ek_arena_free(w->arena);
    ek_env_close(w->env);
    remove_folder(w->folder);
    free(w);
    return 0;
}

/* months: over how many the rows spread; 1 of 20 is undated, 1 of 30 hidden. */
static void fill(struct written *w, uint32_t rows, uint32_t months, uint32_t codes)
{
    size_t first = ek_batch_generation(&w->batch, 5), second = ek_batch_generation(&w->batch, 6);
    const uint32_t odd[] = {EK_WORD_TREATMENT, EK_WORD_QUOTED, EK_WORD_UNDETERMINED,
                            EK_WORD_CRAMPS | EK_WORD_HEDGED};
    for (uint32_t i = 0; i < rows; i++) {
        struct ek_mark marks[3];
        uint32_t count = draw(4);
        struct ek_row row = {.number = 1000 + (uint64_t)i * 3,
                             .forum = 1 + draw(2),
                             .board = draw(300),
                             .thread = draw(900),
                             .author = draw(70),
                             .language = draw(2),
                             .time = (ek_time)draw(months) * 2700000 - 500000000,
                             .precision = draw(EK_PRECISIONS),
                             .state = draw(30) ? EK_LIVE : EK_HIDDEN};
        if (draw(20) == 0)
            row.time = EK_TIME_UNKNOWN;
        size_t at = ek_batch_add(&w->batch, &row);
        for (uint32_t m = 0; m < count; m++)
            marks[m] = (struct ek_mark){1 + draw(codes), draw(4) ? draw(16) : odd[draw(4)]};
        ek_batch_tag(&w->batch, first, at, draw(10) > 0, marks, count);
        if (i % 2)
            ek_batch_tag(&w->batch, second, at, true, marks, count ? 1 : 0);
    }
    assert_int_equal(ek_batch_sort(&w->batch), 0);
}

static void write_chunk(struct written *w, uint64_t id)
{
    struct ek_txn *txn = ek_txn_begin(w->env, true, &w->err);
    ek_chunk_write(txn, id, &w->batch);
    if (ek_txn_commit(txn, &w->err))
        fail_msg("%s", w->err.message);
}

static int open_chunk(struct written *w, struct ek_txn *txn, uint64_t id, uint32_t generation,
                      struct ek_chunk *chunk, struct ek_postings *postings)
{
    unsigned char key[EK_CHUNK_KEY_BYTES];
    struct ek_bytes value;
    ek_chunk_key(id, EK_PART_ROWS, 0, key);
    assert_int_equal(ek_txn_get_plain(txn, EK_CHUNKS, key, sizeof key, &value), 1);
    if (ek_chunk_open(chunk, txn, id, &value, w->arena))
        return -1;
    ek_chunk_key(id, EK_PART_TAGS, generation, key);
    assert_true(ek_txn_get_plain(txn, EK_CHUNKS, key, sizeof key, &value) >= 0);
    return ek_postings_open(postings, chunk, generation, &value, w->arena);
}

/* The marks of a row, without those that repeat a class and code. */
static bool has_mark(const struct ek_row_marks *rows, uint32_t row, struct ek_mark mark)
{
    for (uint32_t i = rows->start[row]; i < rows->start[row + 1]; i++) {
        if (rows->marks[i].code == mark.code &&
            (rows->marks[i].word & EK_WORD_NOT_OWN) == (mark.word & EK_WORD_NOT_OWN))
            return true;
    }
    return false;
}

static void same_rows(struct written *w, struct ek_chunk *chunk, struct ek_postings *postings,
                      size_t which)
{
    const struct ek_batch *batch = &w->batch;
    struct ek_row_marks rows;
    const uint32_t *number = ek_chunk_section(chunk, EK_SECTION_NUMBER);
    const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
    const uint32_t *thread = ek_chunk_section(chunk, EK_SECTION_THREAD);
    const uint8_t *bits = ek_chunk_section(chunk, EK_SECTION_BITS);
    assert_non_null(ek_chunk_section(chunk, EK_SECTION_TIME));
    assert_non_null(ek_chunk_section(chunk, EK_SECTION_PLACE));
    assert_non_null(ek_chunk_section(chunk, EK_SECTION_PLACES));
    assert_int_equal(ek_postings_by_row(postings, w->arena, &rows), 0);
    assert_int_equal(chunk->rows, batch->count);
    for (uint32_t i = 0; i < chunk->rows; i++) {
        uint32_t row = batch->order[i];
        const struct ek_batch_span *span = &batch->generations[which].spans[row];
        assert_int_equal(number[i], batch->number[row]);
        assert_int_equal(author[i], batch->author[row]);
        assert_int_equal(thread[i], batch->thread[row]);
        assert_int_equal(bits[i], batch->bits[row]);
        assert_true(ek_chunk_time(chunk, i) == batch->time[row]);
        assert_memory_equal(ek_chunk_place(chunk, i), &batch->places[batch->place[row]],
                            sizeof(struct ek_chunk_place));
        assert_int_equal(rows.untagged[i / 64] >> i % 64 & 1, !span->tagged);
        for (uint32_t m = 0; m < span->count; m++) {
            struct ek_mark mark = batch->generations[which].marks[span->at + m];
            assert_true(has_mark(&rows, i, mark));
        }
    }
}

static void gives_back(void **state)
{
    static const struct {
        uint32_t rows, months, codes;
    } cases[] = {{1, 1, 3}, {70, 30, 5}, {ROWS, 240, 40}, {ROWS, 12, 8}, {ROWS, 12, 300}};
    struct written *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ek_chunk chunk;
        struct ek_postings postings;
        ek_batch_free(&w->batch);
        fill(w, cases[i].rows, cases[i].months, cases[i].codes);
        write_chunk(w, 10 + i);
        struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
        for (size_t which = 0; which < 2; which++) {
            assert_int_equal(open_chunk(w, txn, 10 + i, (uint32_t)(5 + which), &chunk, &postings),
                             0);
            same_rows(w, &chunk, &postings, which);
            assert_int_equal(ek_chunk_check(&chunk), 0);
            assert_int_equal(ek_postings_check(&postings), 0);
        }
        ek_txn_end(txn);
    }
}

static void without_tags_is_untagged(void **state)
{
    struct written *w = *state;
    struct ek_chunk chunk;
    struct ek_postings postings;
    struct ek_row_marks rows;
    fill(w, 100, 5, 3);
    write_chunk(w, 1);
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    assert_int_equal(open_chunk(w, txn, 1, 99, &chunk, &postings), 0);
    assert_int_equal(ek_postings_by_row(&postings, w->arena, &rows), 0);
    assert_true(rows.untagged[0] == UINT64_MAX && rows.untagged[1] == (1ull << 36) - 1);
    ek_txn_end(txn);
}

static void false_dates(void **state)
{
    struct written *w = *state;
    struct ek_chunk chunk;
    struct ek_postings postings;
    const ek_time times[] = {-62135596800, 253402300799, 0, EK_TIME_UNKNOWN, -1, 4102444800};
    ek_batch_generation(&w->batch, 5);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct ek_row row = {.number = 9 - i, .time = times[i]};
        ek_batch_add(&w->batch, &row);
    }
    assert_int_equal(ek_batch_sort(&w->batch), 0);
    write_chunk(w, 1);
    struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
    assert_int_equal(open_chunk(w, txn, 1, 5, &chunk, &postings), 0);
    assert_int_equal(ek_chunk_check(&chunk), 0);
    assert_int_equal(chunk.dated, 5);
    assert_true(chunk.first == times[0] && chunk.last == times[1] && chunk.wide_time);
    assert_int_equal(ek_chunk_seek(&chunk, 0), 2);
    ek_txn_end(txn);
}

/* Any byte of rows or tags: the check fails, or what is read is the same. */
static void flips_are_found(void **state)
{
    struct written *w = *state;
    struct ek_chunk chunk;
    struct ek_postings postings;
    fill(w, 400, 12, 5);
    write_chunk(w, 1);
    for (int part = 0; part < 2; part++) {
        unsigned char key[EK_CHUNK_KEY_BYTES];
        struct ek_bytes value;
        ek_chunk_key(1, part ? EK_PART_TAGS : EK_PART_ROWS, part ? 5 : 0, key);
        struct ek_txn *txn = ek_txn_begin(w->env, false, &w->err);
        assert_int_equal(ek_txn_get_plain(txn, EK_CHUNKS, key, sizeof key, &value), 1);
        unsigned char *copy = malloc(value.len), *good = malloc(value.len);
        memcpy(good, value.data, value.len);
        size_t len = value.len;
        ek_txn_end(txn);
        for (int i = 0; i < 3000; i++) {
            size_t at = draw((uint32_t)len);
            memcpy(copy, good, len);
            copy[at] ^= (unsigned char)(1u << draw(8));
            txn = ek_txn_begin(w->env, true, &w->err);
            ek_txn_put_plain(txn, EK_CHUNKS, key, sizeof key, copy, len);
            ek_arena_reset(w->arena);
            if (open_chunk(w, txn, 1, 5, &chunk, &postings) == 0 && ek_chunk_check(&chunk) == 0 &&
                ek_postings_check(&postings) == 0)
                same_rows(w, &chunk, &postings, 0);
            ek_txn_end(txn);
        }
        free(copy);
        free(good);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_back, setup, teardown),
        cmocka_unit_test_setup_teardown(without_tags_is_untagged, setup, teardown),
        cmocka_unit_test_setup_teardown(false_dates, setup, teardown),
        cmocka_unit_test_setup_teardown(flips_are_found, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
