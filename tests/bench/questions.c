/* questions.c - see questions.h. */
#include "tests/bench/questions.h"

#include <inttypes.h>

#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "tests/bench/fill.h"
#include "tests/bench/measure.h"

const struct question_names question_names[QUESTIONS] = {
    [ASK_MONTHS] = {"months", "share by month", ">= 50", "-"},
    [ASK_THEORIES] = {"theories", "30 theories by quarter", ">= 50", "-"},
    [ASK_BOTH] = {"both", "co-occurrence by quarter", ">= 50", "-"},
    [ASK_NEWEST] = {"newest", "newest 20", ">= 50", "-"},
    [ASK_COHORT] = {"cohort", "board and author cohort by month", ">= 2", ">= 2"},
    [ASK_AUTHORS] = {"authors", "distinct authors by quarter", ">= 4", ">= 4"},
};

#define ROWS_BYTES (8u << 20)

static int keep_number(void *context, const struct ek_index_row *row, struct ek_err *err)
{
    struct asking *asking = context;
    (void)err;
    asking->newest[asking->newest_count++] = row->number;
    return asking->newest_count == QUESTION_NEWEST;
}

void question_ask(struct asking *asking, enum question question)
{
    const char *theories[] = {fill_codes[QUESTION_THEORY], fill_codes[QUESTION_OTHER]};
    const bool months = question == ASK_MONTHS || question == ASK_COHORT;
    struct ek_selection selection = {.theories = theories, .theory_count = 1};
    /* Peers, too, count the posts beside the tagged ones for the share by month only. */
    struct ek_question asked = {.selection = &selection,
                                .size = months ? EK_BY_MONTH : EK_BY_QUARTER,
                                .tagged_only = question != ASK_MONTHS};
    struct ek_err err;
    int failed;
    char board[12];
    ek_arena_reset(asking->arena);
    asking->newest_count = 0;
    switch (question) {
    case ASK_BOTH:
        selection.theory_count = 2;
        failed = ek_query_pairs(asking->store, &asked, EK_WITHIN_POST, asking->arena,
                                &asking->pairs, &err);
        break;
    case ASK_NEWEST:
        failed =
            ek_query_posts(asking->store, &selection, EK_NEWEST_FIRST, keep_number, asking, &err);
        break;
    case ASK_COHORT:
        snprintf(board, sizeof board, "%u", QUESTION_BOARD);
        selection.board = board;
        selection.author_first_seen_before = (struct ek_period){QUESTION_CUT, QUESTION_CUT + 1};
        failed = ek_query_count(asking->store, &asked, asking->arena, &asking->count, &err);
        break;
    default:
        selection.theory_count = question == ASK_THEORIES ? 0 : 1;
        asked.measures = question == ASK_AUTHORS ? EK_MEASURE_AUTHORS : 0;
        failed = ek_query_count(asking->store, &asked, asking->arena, &asking->count, &err);
    }
    if (failed < 0)
        give_up(err.message);
}

/* "a b c\n" */
static void add_row(struct ek_buf *out, const uint64_t *numbers, size_t count)
{
    char text[24];
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%" PRIu64 "%c", numbers[i], i + 1 < count ? ' ' : '\n');
        ek_buf_add(out, text, strlen(text));
    }
}

static void rows_of_count(struct ek_buf *out, const struct ek_count *count, enum question question)
{
    for (size_t i = 0; i < count->theory_count * count->buckets; i++) {
        const uint64_t theory = i / count->buckets, bucket = i % count->buckets;
        const uint64_t number = (uint64_t)count->first + bucket;
        const struct ek_cell *cell = &count->tagged[i];
        const uint64_t all = count->counted[bucket].posts;
        if (question == ASK_MONTHS && all)
            add_row(out, (uint64_t[]){number, cell->posts, all}, 3);
        if (question == ASK_THEORIES && cell->posts)
            add_row(out, (uint64_t[]){theory, number, cell->posts}, 3);
        if (question == ASK_COHORT && cell->posts)
            add_row(out, (uint64_t[]){number, cell->posts}, 2);
        if (question == ASK_AUTHORS && cell->authors)
            add_row(out, (uint64_t[]){number, cell->authors}, 2);
    }
}

static void rows_of_pairs(struct ek_buf *out, const struct ek_pairs *pairs)
{
    for (size_t i = 0; i < pairs->buckets; i++) {
        uint64_t both = pairs->both[i * pairs->theory_count * pairs->theory_count + 1];
        if (both)
            add_row(out, (uint64_t[]){(uint64_t)pairs->first + i, both}, 2);
    }
}

char *question_rows(struct asking *asking, enum question question)
{
    struct ek_buf out;
    ek_buf_init(&out, ROWS_BYTES);
    if (question == ASK_BOTH)
        rows_of_pairs(&out, &asking->pairs);
    else if (question != ASK_NEWEST)
        rows_of_count(&out, &asking->count, question);
    else
        for (size_t i = 0; i < asking->newest_count; i++)
            add_row(&out, &asking->newest[i], 1);
    char *rows = ek_alloc(asking->arena, 1, out.len + 1);
    if (out.failed || !rows)
        give_up("out of memory");
    if (out.len)
        memcpy(rows, out.data, out.len);
    rows[out.len] = '\0';
    ek_buf_free(&out);
    return rows;
}
