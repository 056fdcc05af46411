/* cmd_rules_diff.c - `ekbom rules diff OLD NEW`: what a change of the rules would change.
 *
 * Both rule sets tag the posts of the store (or of a selection), nothing is written. For each code
 * that differs: posts gained, lost and given another stance; examples of them, drawn, with the
 * words that the rules saw; and how its counts move by year, quarter or month. */
#include <stdlib.h>
#include <string.h>

#include "cmd_rules.h"
#include "corpus.h"
#include "draw.h"
#include "ekbom/import.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "output.h"

#define USUAL_EXAMPLES 10u
enum { OLD, NEW };
enum change { GAINED, LOST, STANCE, CHANGES };
static const char *const change_names[CHANGES] = {"gained", "lost", "stance"};

struct moved { /* one code in one bucket */
    uint64_t posts[2];
};

struct code {
    const char *code;
    bool treatment;
    uint64_t posts[2], changes[CHANGES];
    struct moved *buckets; /* as many as the diff's */
};

struct diff {
    struct cli *cli;
    struct corpus corpus;
    struct ek_bundle rules[2];
    enum ek_bucket_size size;
    struct code *codes;
    size_t code_count;
    int *buckets; /* ascending: posts come oldest first */
    uint64_t *bucket_posts;
    size_t bucket_count, bucket_cap;
    uint64_t posts, changed;
    struct draw examples[CHANGES];
};

/* Codes and buckets --------------------------------------------------------------------------- */

static struct code *code_of(struct diff *diff, const char *name, bool treatment)
{
    for (size_t i = 0; i < diff->code_count; i++) {
        if (diff->codes[i].treatment == treatment && strcmp(diff->codes[i].code, name) == 0)
            return &diff->codes[i];
    }
    struct code *codes = realloc(diff->codes, (diff->code_count + 1) * sizeof *codes);
    if (!codes)
        return NULL;
    diff->codes = codes;
    struct code *code = &codes[diff->code_count];
    *code = (struct code){.code = ek_strdup(diff->cli->arena, name), .treatment = treatment};
    code->buckets = calloc(diff->bucket_cap + 1, sizeof *code->buckets);
    if (!code->code || !code->buckets)
        return NULL;
    diff->code_count++;
    return code;
}

static int grow_buckets(struct diff *diff)
{
    size_t cap = diff->bucket_cap ? 2 * diff->bucket_cap : 32;
    int *buckets = realloc(diff->buckets, cap * sizeof *buckets);
    if (buckets)
        diff->buckets = buckets;
    uint64_t *posts = realloc(diff->bucket_posts, cap * sizeof *posts);
    if (posts)
        diff->bucket_posts = posts;
    for (size_t i = 0; i < diff->code_count; i++) {
        struct code *code = &diff->codes[i];
        struct moved *moved = realloc(code->buckets, (cap + 1) * sizeof *moved);
        if (!moved)
            return -1;
        memset(moved + diff->bucket_cap + 1, 0, (cap - diff->bucket_cap) * sizeof *moved);
        code->buckets = moved;
    }
    if (!buckets || !posts)
        return -1;
    diff->bucket_cap = cap;
    return 0;
}

/* The bucket that a post is in: its place, `bucket_cap` for undated posts, SIZE_MAX on failure. */
static size_t bucket_of(struct diff *diff, ek_time time)
{
    if (time == EK_TIME_UNKNOWN)
        return diff->bucket_cap;
    int bucket = ek_bucket_of(time, diff->size);
    if (!diff->bucket_count || diff->buckets[diff->bucket_count - 1] != bucket) {
        if (diff->bucket_count == diff->bucket_cap && grow_buckets(diff))
            return SIZE_MAX;
        diff->buckets[diff->bucket_count] = bucket;
        diff->bucket_posts[diff->bucket_count++] = 0;
    }
    diff->bucket_posts[diff->bucket_count - 1]++;
    return diff->bucket_count - 1;
}

/* Comparing one post -------------------------------------------------------------------------- */

static const struct ek_tag *tags_of(const struct ek_tags *tags, bool treatment, size_t *count)
{
    *count = treatment ? tags->treatment_count : tags->theory_count;
    return treatment ? tags->treatments : tags->theories;
}

static void note(struct diff *diff, struct code *code, enum change change, uint64_t number)
{
    code->changes[change]++;
    draw_offer(&diff->examples[change], number, (uint64_t)(code - diff->codes));
}

/* Both lists are sorted by code, one a code. Returns how many codes differ, or -1. */
static int compare_lists(struct diff *diff, const struct corpus_post *post, bool treatment,
                         size_t bucket)
{
    size_t counts[2], at[2] = {0, 0};
    const struct ek_tag *lists[2] = {tags_of(post->tags[OLD], treatment, &counts[OLD]),
                                     tags_of(post->tags[NEW], treatment, &counts[NEW])};
    int differ = 0;
    while (at[OLD] < counts[OLD] || at[NEW] < counts[NEW]) {
        const struct ek_tag *old = at[OLD] < counts[OLD] ? &lists[OLD][at[OLD]] : NULL;
        const struct ek_tag *new = at[NEW] < counts[NEW] ? &lists[NEW][at[NEW]] : NULL;
        int order = !old ? 1 : !new ? -1 : strcmp(old->code, new->code);
        struct code *code = code_of(diff, order <= 0 ? old->code : new->code, treatment);
        if (!code)
            return -1;
        if (order <= 0) {
            code->posts[OLD]++;
            code->buckets[bucket].posts[OLD]++;
            at[OLD]++;
        }
        if (order >= 0) {
            code->posts[NEW]++;
            code->buckets[bucket].posts[NEW]++;
            at[NEW]++;
        }
        bool other_stance = order == 0 && !treatment && old->stance != new->stance;
        if (order != 0 || other_stance) {
            note(diff, code,
                 other_stance ? STANCE
                 : order < 0  ? LOST
                              : GAINED,
                 post->entry->number);
            differ++;
        }
    }
    return differ;
}

static int visit(void *context, const struct corpus_post *post, struct ek_err *err)
{
    struct diff *diff = context;
    size_t bucket = bucket_of(diff, post->entry->post.time);
    int theories = bucket == SIZE_MAX ? -1 : compare_lists(diff, post, false, bucket);
    int treatments = theories < 0 ? -1 : compare_lists(diff, post, true, bucket);
    if (treatments < 0)
        return ek_fail_memory(err);
    diff->posts++;
    diff->changed += theories + treatments > 0;
    return 0;
}

/* Printing ------------------------------------------------------------------------------------ */

static bool differs(const struct code *code)
{
    return code->changes[GAINED] || code->changes[LOST] || code->changes[STANCE];
}

static int by_name(const void *left, const void *right)
{
    const struct code *a = *(const struct code *const *)left,
                      *b = *(const struct code *const *)right;
    if (a->treatment != b->treatment)
        return a->treatment ? 1 : -1;
    return strcmp(a->code, b->code);
}

enum { CODE, KIND, BEFORE, AFTER, GAIN, LOSS, RESTANCED, COLUMNS };
static const struct column columns[COLUMNS] = {
    [CODE] = {"code", NULL, 0},
    [KIND] = {"kind", NULL, 0},
    [BEFORE] = {"posts_before", "before", COLUMN_RIGHT},
    [AFTER] = {"posts_after", "after", COLUMN_RIGHT},
    [GAIN] = {"gained", NULL, COLUMN_RIGHT},
    [LOSS] = {"lost", NULL, COLUMN_RIGHT},
    [RESTANCED] = {"stance_changed", "other stance", COLUMN_RIGHT},
};

static void print_code(struct output *output, const struct code *code)
{
    const struct value values[COLUMNS] = {
        [CODE] = text_value(code->code),
        [KIND] = text_value(code->treatment ? "treatment" : "theory"),
        [BEFORE] = integer_value((long long)code->posts[OLD]),
        [AFTER] = integer_value((long long)code->posts[NEW]),
        [GAIN] = integer_value((long long)code->changes[GAINED]),
        [LOSS] = integer_value((long long)code->changes[LOST]),
        [RESTANCED] = integer_value((long long)code->changes[STANCE]),
    };
    output_row(output, values);
}

static json_t *timeline_of(const struct diff *diff, const struct code *code)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < diff->bucket_count; i++) {
        char name[EK_BUCKET_TEXT];
        const struct moved *moved = &code->buckets[i];
        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:I, s:I, s:I}", "theory", code->code, "bucket",
                            ek_bucket_name(diff->buckets[i], diff->size, name), "posts",
                            (json_int_t)diff->bucket_posts[i], "before",
                            (json_int_t)moved->posts[OLD], "after", (json_int_t)moved->posts[NEW]));
    }
    return rows;
}

/* "2008 62 -> 65, 2009 ...": the buckets in which the count moves. */
static const char *timeline_line(const struct diff *diff, const struct code *code)
{
    const char *line = "";
    for (size_t i = 0; i < diff->bucket_count && line; i++) {
        char name[EK_BUCKET_TEXT];
        const struct moved *moved = &code->buckets[i];
        if (moved->posts[OLD] != moved->posts[NEW])
            line = ek_printf(diff->cli->arena, "%s%s%s %llu > %llu", line, *line ? ", " : "",
                             ek_bucket_name(diff->buckets[i], diff->size, name),
                             (unsigned long long)moved->posts[OLD],
                             (unsigned long long)moved->posts[NEW]);
    }
    return line && *line ? ek_printf(diff->cli->arena, "%s: %s", code->code, line) : NULL;
}

/* The words that a tag rests on, first hits first. */
static const char *words_of(struct ek_arena *arena, const struct ek_tags *tags, const char *code,
                            bool treatment)
{
    size_t count;
    const struct ek_tag *list = tags_of(tags, treatment, &count);
    const char *words = "";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].code, code) != 0)
            continue;
        for (size_t h = 0; h < list[i].hit_count && h < 3 && words; h++)
            words = ek_printf(arena, "%s%s\"%s\" (%s)", words, *words ? ", " : "",
                              list[i].hits[h].text, list[i].hits[h].rule);
        if (!treatment && words)
            words = ek_printf(arena, "%s: %s", ek_stance_names[list[i].stance], words);
    }
    return words ? words : "";
}

static const char *start_of(struct ek_arena *arena, const char *text)
{
    const char *start = ek_squeeze(arena, text, strlen(text));
    return start ? ek_strndup(arena, start, ek_utf8_offset(start, strlen(start), 200)) : "";
}

/* One drawn post, tagged once more under both, since only its number was kept. */
static int example(struct diff *diff, enum change change, const struct drawn *drawn, json_t *list,
                   struct output *output, struct ek_err *err)
{
    struct corpus *corpus = &diff->corpus;
    const struct code *code = &diff->codes[drawn->mark];
    struct ek_entry entry;
    struct ek_tags tags[2];
    ek_arena_reset(corpus->arena);
    if (ek_store_entry(corpus->store, drawn->number, true, corpus->arena, &entry, err) != 1)
        return -1;
    for (int set = 0; set < 2; set++) {
        if (ek_tag_entries(corpus->pools[set], &entry, 1, corpus->arena, &tags[set], err))
            return -1;
    }
    const char *before = words_of(corpus->arena, &tags[OLD], code->code, code->treatment);
    const char *after = words_of(corpus->arena, &tags[NEW], code->code, code->treatment);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "change",
                                          change_names[change], "code", code->code, "forum",
                                          entry.forum, "id", entry.post.id, "before", before,
                                          "after", after, "text", entry.post.text));
    if (format_is(diff->cli, "table"))
        output_beside(output, NULL, NULL,
                      ek_printf(diff->cli->arena, "  %-6s %s, post %s: %s\n    %s",
                                change_names[change], code->code, entry.post.id,
                                change == LOST ? before : after,
                                start_of(corpus->arena, entry.post.text)));
    return 0;
}

static int print_examples(struct diff *diff, struct output *output, struct ek_err *err)
{
    json_t *list = json_array();
    int result = 0;
    for (int change = 0; change < CHANGES && result == 0; change++) {
        draw_sort(&diff->examples[change]);
        for (size_t i = 0; i < diff->examples[change].count && result == 0; i++)
            result = example(diff, (enum change)change, &diff->examples[change].items[i], list,
                             output, err);
    }
    output_beside(output, "examples", list, NULL);
    return result;
}

static int print_diff(struct diff *diff)
{
    struct ek_err err;
    struct output *output = output_open(diff->cli, columns, COLUMNS);
    const struct code **sorted = calloc(diff->code_count + 1, sizeof *sorted);
    json_t *timeline = json_array();
    if (!output || !sorted) {
        free(sorted);
        return wrong_use("out of memory");
    }
    for (size_t i = 0; i < diff->code_count; i++)
        sorted[i] = &diff->codes[i];
    qsort(sorted, diff->code_count, sizeof *sorted, by_name);
    output_headline(output, "%llu posts under both rule sets; %llu differ",
                    (unsigned long long)diff->posts, (unsigned long long)diff->changed);
    for (size_t i = 0; i < diff->code_count; i++) {
        if (!differs(sorted[i]))
            continue;
        print_code(output, sorted[i]);
        json_t *rows = timeline_of(diff, sorted[i]);
        json_array_extend(timeline, rows);
        json_decref(rows);
    }
    output_beside(output, "posts", json_integer((json_int_t)diff->posts), NULL);
    output_beside(output, "changed", json_integer((json_int_t)diff->changed), NULL);
    output_beside(output, "ruleset_before", json_string(diff->rules[OLD].digest), NULL);
    output_beside(output, "ruleset_after", json_string(diff->rules[NEW].digest), NULL);
    for (size_t i = 0; i < diff->code_count; i++) {
        const char *line = timeline_line(diff, sorted[i]);
        if (line)
            output_beside(output, NULL, NULL, line);
    }
    output_beside(output, "timeline", timeline, NULL);
    free(sorted);
    int failed = print_examples(diff, output, &err);
    int status = failed ? fail_with(&err) : diff->changed ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) ? EXIT_WRONG : status;
}

/* Running ------------------------------------------------------------------------------------- */

static int load_both(struct diff *diff, struct ek_err *err)
{
    struct cli *cli = diff->cli;
    const char *old = cli->argument_count > 2 ? cli->arguments[1] : "current";
    return corpus_rules(cli, diff->corpus.store, old, &diff->rules[OLD], err) ||
                   corpus_rules(cli, diff->corpus.store, cli->arguments[cli->argument_count - 1],
                                &diff->rules[NEW], err)
               ? -1
               : 0;
}

static int run(struct diff *diff, const struct ek_selection *selection)
{
    struct ek_err err;
    if (open_store(diff->cli, EK_STORE_READ, &diff->corpus.store, &err) != 0 ||
        ek_selection_check(diff->corpus.store, selection, &err) != 0 ||
        load_both(diff, &err) != 0 ||
        corpus_open(&diff->corpus, diff->cli, diff->rules, 2, &err) != 0 ||
        corpus_each(&diff->corpus, selection, visit, diff, &err) != 0)
        return fail_with(&err);
    return print_diff(diff);
}

int rules_diff(struct cli *cli)
{
    struct diff diff = {.cli = cli, .size = bucket_size(cli)};
    struct ek_selection selection;
    size_t want;
    uint64_t seed;
    int status = read_selection(cli, &selection);
    if (status == 0)
        status = read_draw(cli, USUAL_EXAMPLES, &want, &seed);
    if (status != 0)
        return status;
    for (int i = 0; i < CHANGES && status == 0; i++)
        status = draw_open(&diff.examples[i], want, seed) ? wrong_use("out of memory") : 0;
    if (status == 0)
        status = run(&diff, &selection);
    corpus_close(&diff.corpus);
    for (int i = 0; i < CHANGES; i++)
        draw_close(&diff.examples[i]);
    for (size_t i = 0; i < diff.code_count; i++)
        free(diff.codes[i].buckets);
    free(diff.codes);
    free(diff.buckets);
    free(diff.bucket_posts);
    return status;
}
