/* posts_kwic.c - the evidence of a list of posts: every place whose words made a tag that the
 * selection asks for, in its context, aligned.
 *
 * Words and spans are not stored: the posts are tagged again under the store's rules, a batch at a
 * time. So the tags of an earlier rule set (--rules-version) have no words to show. */
#include <stdio.h>
#include <string.h>

#include "ekbom/import.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "grep.h"
#include "named_selection.h"
#include "output.h"
#include "posts.h"

#define BATCH 100u
#define CODE_COLUMNS 17u /* of a line: code, stance sign, blank */

enum {
    FORUM,
    ID,
    TIME,
    AUTHOR,
    THREAD_ID,
    THEORY,
    TREATMENT,
    STANCE,
    START,
    END,
    LEFT,
    MATCH,
    RIGHT,
    RULE,
    URL,
    COLUMNS
};
static const struct column columns[COLUMNS] = {
    [FORUM] = {"forum", NULL, 0},
    [ID] = {"id", NULL, 0},
    [TIME] = {"time", NULL, 0},
    [AUTHOR] = {"author", NULL, 0},
    [THREAD_ID] = {"thread_id", NULL, 0},
    [THEORY] = {"theory", NULL, 0},
    [TREATMENT] = {"treatment", NULL, 0},
    [STANCE] = {"stance", NULL, 0},
    [START] = {"start", NULL, 0},
    [END] = {"end", NULL, 0},
    [LEFT] = {"left", NULL, 0},
    [MATCH] = {"match", NULL, 0},
    [RIGHT] = {"right", NULL, 0},
    [RULE] = {"rule", NULL, 0},
    [URL] = {"url", NULL, 0},
};

struct kwic {
    struct cli *cli;
    struct ek_store *store;
    struct ek_pool *pool;
    const struct ek_selection *selection;
    struct output *output; /* NULL: a table, printed as it comes */
    struct ek_arena *arena;
    uint64_t places;
};

static bool named(const char *const *names, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(names[i]);
        if (strcmp(names[i], "any") == 0 ||
            (strncmp(code, names[i], len) == 0 && (code[len] == 0 || code[len] == '/')))
            return true;
    }
    return false;
}

/* Is it one of the tags for which the post was selected? Without codes every tag is. */
static bool is_asked(const struct ek_selection *s, const struct ek_tag *tag, bool treatment)
{
    if (treatment)
        return s->treatment_count ? named(s->treatments, s->treatment_count, tag->code)
                                  : s->theory_count == 0;
    if (s->theory_count ? !named(s->theories, s->theory_count, tag->code) : s->treatment_count > 0)
        return false;
    return (!s->stances || s->stances >> tag->stance & 1) &&
           (s->both_targets || tag->cramps == s->cramps) &&
           (s->hedged == EK_ANY || (s->hedged == EK_YES) == tag->hedged) &&
           (s->experience == EK_ANY || (s->experience == EK_YES) == tag->experience);
}

static const char *part(struct kwic *k, const struct grep_row *row, size_t from, size_t to)
{
    return ek_strndup(k->arena, row->entry->post.text + from, to - from);
}

static void put_row(struct kwic *k, const struct grep_row *row, const struct ek_tag *tag,
                    const struct ek_hit *hit, bool treatment)
{
    const struct ek_entry *entry = row->entry;
    char time[EK_TIME_TEXT];
    ek_time_format(entry->post.time, entry->post.precision, time);
    const struct value values[COLUMNS] = {
        [FORUM] = text_value(entry->forum),
        [ID] = text_value(entry->post.id),
        [TIME] = text_value(*time ? time : NULL),
        [AUTHOR] = text_value(entry->post.author),
        [THREAD_ID] = text_value(entry->thread_id),
        [THEORY] = text_value(treatment ? NULL : tag->code),
        [TREATMENT] = text_value(treatment ? tag->code : NULL),
        [STANCE] = text_value(treatment ? NULL : ek_stance_names[tag->stance]),
        [START] = integer_value(hit->start),
        [END] = integer_value(hit->end),
        [LEFT] = text_value(part(k, row, row->left, row->from)),
        [MATCH] = text_value(part(k, row, row->from, row->to)),
        [RIGHT] = text_value(part(k, row, row->to, row->right)),
        [RULE] = text_value(hit->rule),
        [URL] = text_value(entry->url),
    };
    output_row(k->output, values);
}

static void put_line(struct kwic *k, const struct grep_row *row, const struct ek_tag *tag,
                     bool treatment)
{
    static const char signs[] = {'+', '-', '.', '?'};
    char code[CODE_COLUMNS + 1];
    snprintf(code, CODE_COLUMNS - 1, "%s", tag->code);
    printf("%s%c%*s", code, treatment ? '*' : signs[tag->stance],
           (int)(CODE_COLUMNS - 1 - strlen(code)), "");
    unsigned width = terminal_width();
    grep_show_kwic(k->arena, row, width > CODE_COLUMNS + 40 ? width - CODE_COLUMNS : 40,
                   color_wanted(k->cli));
}

/* Each place of a tag once, whatever rules hit there. */
static void show_tag(struct kwic *k, const struct ek_entry *entry, const struct ek_tag *tag,
                     bool treatment)
{
    if (!is_asked(k->selection, tag, treatment))
        return;
    for (size_t i = 0; i < tag->hit_count; i++) {
        const struct ek_hit *hit = &tag->hits[i];
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = tag->hits[j].start == hit->start && tag->hits[j].end == hit->end;
        if (seen)
            continue;
        struct grep_row row = {.entry = entry, .start = hit->start, .end = hit->end};
        grep_row_place(&row, 0, 0);
        k->places++;
        if (k->output)
            put_row(k, &row, tag, hit, treatment);
        else
            put_line(k, &row, tag, treatment);
    }
}

static int show_batch(struct kwic *k, const uint64_t *numbers, size_t count, struct ek_err *err)
{
    ek_arena_reset(k->arena);
    struct ek_entry *entries = EK_NEW_ARRAY(k->arena, struct ek_entry, count + 1);
    struct ek_tags *tags = EK_NEW_ARRAY(k->arena, struct ek_tags, count + 1);
    if (!entries || !tags)
        return ek_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        int got = ek_store_entry(k->store, numbers[i], true, k->arena, &entries[i], err);
        if (got != 1)
            return got < 0 ? -1
                           : ek_fail(err, EK_FORMAT,
                                     "post %llu of the index is not in the records: "
                                     "run `ekbom verify`",
                                     (unsigned long long)numbers[i]);
    }
    if (ek_tag_entries(k->pool, entries, count, k->arena, tags, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        for (size_t t = 0; t < tags[i].theory_count; t++)
            show_tag(k, &entries[i], &tags[i].theories[t], false);
        for (size_t t = 0; t < tags[i].treatment_count; t++)
            show_tag(k, &entries[i], &tags[i].treatments[t], true);
    }
    return 0;
}

static int show_all(struct kwic *k, const struct chosen_posts *posts)
{
    struct ek_err err;
    int failed = open_store_pool(k->cli, k->store, &k->pool, &err);
    bool sample = ek_store_is_sample(k->store);
    const char *summary = NULL;
    for (size_t done = 0; done < posts->count && !failed; done += BATCH) {
        size_t left = posts->count - done;
        failed = show_batch(k, posts->numbers + done, left < BATCH ? left : BATCH, &err);
    }
    if (!failed)
        summary = ek_printf(k->cli->arena, "%llu places in %s", (unsigned long long)k->places,
                            posts->summary);
    if (k->output) {
        output_beside(k->output, "matched", json_integer((json_int_t)posts->matched), NULL);
        output_beside(k->output, "places", json_integer((json_int_t)k->places), NULL);
        if (sample)
            output_beside(k->output, "note", json_string("sample data, not findings"), NULL);
    } else if (summary) {
        printf("%s%s\n", k->places ? "\n" : "", summary);
        named_selection_print(k->cli);
        fputs(sample ? "sample data, not findings\n" : "", stdout);
    }
    return failed ? fail_with(&err) : k->places ? EXIT_DONE : EXIT_NOTHING;
}

int posts_kwic(struct cli *cli, struct ek_store *store, const struct ek_selection *selection,
               const struct chosen_posts *posts)
{
    struct kwic k = {
        .cli = cli, .store = store, .selection = selection, .arena = ek_arena_new(EK_ARENA_BYTES)};
    bool table = format_is(cli, "table");
    if (table)
        start_pager(cli);
    else
        k.output = output_open(cli, columns, COLUMNS);
    int status = k.arena && (table || k.output) ? show_all(&k, posts) : wrong_use("out of memory");
    if (k.output && output_close(k.output) != 0)
        status = EXIT_WRONG;
    ek_pool_close(k.pool);
    ek_arena_free(k.arena);
    return status;
}
