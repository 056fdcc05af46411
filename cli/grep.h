/* grep.h - what the parts of `ekbom grep` share: the search, its rows, their faces.
 *
 * First every selected text is searched, in the order in which texts lie in the store, and only
 * which posts match, and how often, is kept: a bit a post. Then the rows that are wanted are made,
 * in the order of time: their posts alone are read once more, with the places of the matches. So
 * memory is that of a few batches whatever the store and the pattern are, and `--limit 20` costs
 * twenty posts. */
#ifndef EKBOM_GREP_H
#define EKBOM_GREP_H

#include "cli.h"
#include "ekbom/packed.h"
#include "number_set.h"

struct unfinished { /* a post that could not be searched, or not to its end */
    uint64_t number;
    const char *reason;
};
#define UNFINISHED_NAMED 1000 /* of them; the rest are counted */

struct grep {
    struct cli *cli;
    struct ek_store *store;
    struct ek_pool *pool;
    struct ek_selection selection;
    struct ek_dictionary *dictionaries; /* that the readers know */
    size_t dictionary_count;
    const char *pattern;
    bool match_case, kwic, count;
    enum ek_order order;
    size_t limit, sample; /* sample SIZE_MAX: no draw */
    uint64_t seed;

    struct number_set matched;
    uint64_t searched, posts, matches; /* texts, those that match, matches in them */
    struct unfinished unfinished[UNFINISHED_NAMED];
    size_t unfinished_count;

    uint64_t *hits; /* posts to be shown, in their order; the caller's to free */
    size_t hit_count;
};

/* A post is named once. The reason is copied. */
void grep_unfinished(struct grep *grep, uint64_t number, const char *reason);

/* Search every selected text: fills what is above. */
int grep_search(struct grep *grep, struct ek_err *err);
/* The posts to be shown, drawn if wanted, in the order wanted. */
int grep_order(struct grep *grep, struct ek_err *err);

struct grep_row { /* a match, with what stands around it: bytes of entry->post.text */
    const struct ek_entry *entry;
    uint32_t start, end; /* code points */
    size_t left, from, to, right;
    bool first; /* of its post */
};
/* The bytes of a row whose entry, start and end are known. at, point: a place at or before start,
 * in bytes and in code points; 0, 0 where none is known. */
void grep_row_place(struct grep_row *row, size_t at, size_t point);
/* Every row, at most grep->limit. show returns -1 with err filled. */
int grep_rows(struct grep *grep,
              int (*show)(void *context, const struct grep_row *row, struct ek_err *err),
              void *context, struct ek_err *err);

/* A row as a line of a table, for people. `width` columns at most. */
void grep_show_heading(struct ek_arena *arena, const struct ek_entry *entry, unsigned width);
void grep_show_line(struct ek_arena *arena, const struct grep_row *row, unsigned width, bool color);
void grep_show_kwic(struct ek_arena *arena, const struct grep_row *row, unsigned width, bool color);

#endif
