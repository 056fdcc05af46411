/* verify_index.c - the index checked against the records that it was derived from. */
#include <string.h>

#include "ekbom/arena.h"
#include "store/index/follow.h"
#include "store/index/generation.h"
#include "store/index/row.h"
#include "store/index/words.h"
#include "store/records/names.h"
#include "store/records/post.h"
#include "store/records/thread.h"
#include "store/records/verify.h"

#define REMEDY "remove %s/index, and the next writing command makes it anew"

struct check {
    struct ek_verifier *verifier;
    struct ek_txn *records, *index;
    struct ek_generation generation;
    struct ek_words words;
    uint64_t rows;
};

static void row_finding(struct check *check, uint64_t number, const char *what)
{
    ek_finding(check->verifier, "index: the row of post number %llu %s: " REMEDY,
               (unsigned long long)number, what, check->verifier->store->folder);
}

static void check_marks(struct check *check, const struct ek_row *row)
{
    for (size_t i = 0; i < row->mark_count; i++) {
        uint32_t code = row->marks[i].code;
        if (code == 0 || code >= check->words.count || !check->words.items[code].text ||
            check->words.items[code].kind == EK_WORD_LANGUAGE) {
            row_finding(check, row->number, "has a tag that is no code");
            return;
        }
    }
}

static void check_fields(struct check *check, const struct ek_row *row,
                         const struct ek_post_record *post)
{
    struct ek_thread_record thread = {0};
    ek_thread_get(check->records, check->verifier->arena, post->thread, &thread);
    const char *language = row->language && row->language < check->words.count
                               ? check->words.items[row->language].text
                               : NULL;
    bool same_language = language ? post->language.value && !strcmp(language, post->language.value)
                                  : row->language == 0;
    if (row->time != post->time || row->precision != post->precision)
        row_finding(check, row->number, "has another time than the post");
    if (row->forum != post->forum || row->thread != post->thread || row->board != thread.board)
        row_finding(check, row->number, "has another place than the post");
    if (row->author != post->author.number)
        row_finding(check, row->number, "has another author than the post");
    if (row->state != ek_post_state(post))
        row_finding(check, row->number, "has another state than the post");
    if (!same_language)
        row_finding(check, row->number, "has another language than the post");
}

static void check_row(struct check *check, const struct ek_bytes *key, const struct ek_bytes *value)
{
    struct ek_mark marks[EK_MAX_ROW_MARKS];
    struct ek_row row;
    struct ek_place place;
    struct ek_post_record post;
    ek_arena_reset(check->verifier->arena);
    check->rows++;
    if (ek_row_decode(&row, marks, key, value)) {
        ek_txn_damaged(check->index, ek_rows_of(&check->generation), key->data, key->len);
        return;
    }
    int placed = ek_place_get(check->index, &check->generation, row.number, &place);
    if (placed == 0 || (placed == 1 && place.time != row.time))
        row_finding(check, row.number, "cannot be found by the post");
    int found = ek_post_get(check->records, check->verifier->arena, row.number, &post);
    if (found == 0)
        row_finding(check, row.number, "is of a post that is not in the records");
    check_marks(check, &row);
    /* A row of an earlier change is behind, not wrong. */
    if (placed == 1 && found == 1 && place.change == post.change)
        check_fields(check, &row, &post);
}

/* Everything at or below the watermark has its row. */
static void check_watermark(struct check *check)
{
    struct ek_walk walk;
    struct ek_bytes key, value;
    ek_walk_begin(&walk, check->records, EK_CHANGES, NULL, 0);
    while (ek_verify_next(check->verifier, &walk, &key, &value) && key.len == 8 && value.len == 8) {
        struct ek_place place;
        uint64_t change = ek_get_be64(key.data), number = ek_get_be64(value.data);
        if (change > check->generation.watermark)
            break;
        int found = ek_place_get(check->index, &check->generation, number, &place);
        if (found == 0 || (found == 1 && place.change != change))
            row_finding(check, number, "is missing or out of date, below the watermark");
        ek_finding_latched(check->verifier, check->index);
    }
    ek_walk_end(&walk);
}

void ek_verify_index(struct ek_verifier *verifier)
{
    struct ek_store *store = verifier->store;
    struct check check = {
        .verifier = verifier, .records = ek_records(store), .index = store->reading_index};
    struct ek_walk walk;
    struct ek_bytes key, value;
    if (!store->index) {
        ek_finding(verifier, "%s", store->index_refused.message);
        return;
    }
    struct ek_arena *words = ek_arena_new(64u << 20);
    if (!words || ek_generation_get(check.index, EK_CURRENT, &check.generation) != 1 ||
        ek_words_load(check.index, &check.generation, words, &check.words)) {
        ek_arena_free(words);
        return; /* no rule set yet: no rows; an error is latched and reported by the caller */
    }
    ek_walk_begin(&walk, check.index, ek_rows_of(&check.generation), NULL, 0);
    while (ek_verify_next(verifier, &walk, &key, &value)) {
        check_row(&check, &key, &value);
        ek_finding_latched(verifier, check.index);
        ek_finding_latched(verifier, check.records);
    }
    ek_walk_end(&walk);
    uint64_t places = ek_txn_count(check.index, ek_places_of(&check.generation));
    if (places != check.rows)
        ek_finding(verifier, "index: %llu rows for %llu posts: " REMEDY,
                   (unsigned long long)check.rows, (unsigned long long)places, store->folder);
    check_watermark(&check);
    ek_arena_free(words);
}
