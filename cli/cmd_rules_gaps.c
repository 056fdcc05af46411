/* cmd_rules_gaps.c - `ekbom rules gaps`: what the rules do not see.
 *
 * Drawn posts that name a cause but got no theory, and the words that rose among the posts without
 * a theory. What names a cause is the rule set's own list {cause}: a theory made of it alone goes
 * to the readers with the rules, so that it is matched as every rule is. */
#include <stdlib.h>
#include <string.h>

#include "cmd_rules.h"
#include "corpus.h"
#include "draw.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "output.h"
#include "words_seen.h"

#define USUAL_POSTS 20u
#define WORDS 20u
#define CODE "gaps-cause"
#define FILE_NAME "gaps-cause.rules"

struct gaps {
    struct cli *cli;
    struct corpus corpus;
    struct words_seen *words;
    struct draw posts;
    uint64_t read, untagged, with_cause;
};

/* The file in which a list stands, or NULL. */
static const char *file_of_list(const struct ek_bundle *bundle, const char *list)
{
    size_t len = strlen(list);
    for (size_t i = 0; i < bundle->count; i++) {
        for (const char *at = bundle->files[i].text; at; at = strchr(at, '\n')) {
            at += *at == '\n';
            if (strncmp(at, "list ", 5) == 0 && strncmp(at + 5, list, len) == 0 &&
                (at[5 + len] == ' ' || at[5 + len] == '='))
                return bundle->files[i].name;
        }
    }
    return NULL;
}

/* The rule set with one theory more: any word of {cause}. */
static int add_cause(struct gaps *gaps, const struct ek_bundle *rules, struct ek_bundle *out,
                     struct ek_err *err)
{
    const char *file = file_of_list(rules, "cause");
    if (!file)
        return ek_fail(err, EK_USAGE,
                       "%s has no list named cause: gaps looks for posts that name a cause by its "
                       "words",
                       rules->origin);
    *out = *rules;
    out->files = EK_NEW_ARRAY(gaps->cli->arena, struct ek_file, rules->count + 1);
    char *text = ek_printf(gaps->cli->arena,
                           "include \"%s\"\ntheory " CODE " \"names a cause\"\n  about  any word "
                           "of the list cause\n  match  {cause}\n  test\n    no  nothing\n",
                           file);
    if (!out->files || !text)
        return ek_fail_memory(err);
    memcpy(out->files, rules->files, rules->count * sizeof *out->files);
    out->files[out->count++] = (struct ek_file){FILE_NAME, text, strlen(text)};
    ek_bundle_seal(out);
    return 0;
}

static const struct ek_tag *cause_of(const struct ek_tags *tags)
{
    for (size_t i = 0; i < tags->theory_count; i++) {
        if (strcmp(tags->theories[i].code, CODE) == 0)
            return &tags->theories[i];
    }
    return NULL;
}

static int visit(void *context, const struct corpus_post *post, struct ek_err *err)
{
    struct gaps *gaps = context;
    const struct ek_tags *tags = post->tags[0];
    const struct ek_tag *cause = cause_of(tags);
    gaps->read++;
    if (!tags->assessable || tags->theory_count > (cause ? 1u : 0u))
        return 0;
    gaps->untagged++;
    if (cause) {
        gaps->with_cause++;
        draw_offer(&gaps->posts, post->entry->number, cause->hits ? cause->hits[0].start : 0);
    }
    if (post->entry->post.time != EK_TIME_UNKNOWN &&
        words_seen_add(gaps->words, post->entry->post.text, post->place >= post->total / 2))
        return ek_fail_memory(err);
    return 0;
}

/* Printing ------------------------------------------------------------------------------------ */

enum { FORUM, ID, TIME, THREAD_ID, TEXT, COLUMNS };
static const struct column columns[COLUMNS] = {
    [FORUM] = {"forum", NULL, COLUMN_HIDDEN},
    [ID] = {"id", "post", COLUMN_RIGHT},
    [TIME] = {"time", NULL, 0},
    [THREAD_ID] = {"thread_id", "thread", COLUMN_RIGHT},
    [TEXT] = {"text", NULL, COLUMN_WIDE},
};

#define SHOWN_BEFORE 30u /* code points, to the start of a word */

/* The text from a little before this code point. */
static const char *around(struct ek_arena *arena, const char *text, size_t mark)
{
    size_t from = ek_utf8_offset(text, strlen(text), mark > SHOWN_BEFORE ? mark - SHOWN_BEFORE : 0);
    const char *word = from ? strpbrk(text + from, " \n") : text;
    const char *shown = from && word ? ek_printf(arena, "… %s", word + 1) : text;
    return shown ? shown : text;
}

static int print_post(struct gaps *gaps, struct output *output, const struct drawn *drawn,
                      struct ek_err *err)
{
    struct ek_entry entry;
    char time[EK_TIME_TEXT];
    ek_arena_reset(gaps->corpus.arena);
    if (ek_store_entry(gaps->corpus.store, drawn->number, true, gaps->corpus.arena, &entry, err) !=
        1)
        return -1;
    ek_time_format(entry.post.time, entry.post.precision, time);
    /* People see the place where the cause is named; programs get the whole text. */
    const char *text = entry.post.text;
    const char *shown = around(gaps->corpus.arena, text, (size_t)drawn->mark);
    const struct value values[COLUMNS] = {
        [FORUM] = text_value(entry.forum),
        [ID] = text_value(entry.post.id),
        [TIME] =
            shown_as(text_value(*time ? time : NULL), ek_printf(gaps->corpus.arena, "%.10s", time)),
        [THREAD_ID] = text_value(entry.thread_id),
        [TEXT] = shown_as(text_value(text), shown),
    };
    output_row(output, values);
    return 0;
}

static void print_words(struct gaps *gaps, struct output *output)
{
    struct word_seen risen[WORDS];
    size_t count = words_seen_risen(gaps->words, risen, WORDS);
    json_t *list = json_array();
    const char *line = NULL;
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:f}", "word", risen[i].word,
                                              "posts_before", (int)risen[i].posts[0], "posts_after",
                                              (int)risen[i].posts[1], "z", risen[i].z));
        line = ek_printf(gaps->cli->arena, "%s%s %u>%u", line ? line : "", line ? "," : "",
                         risen[i].posts[0], risen[i].posts[1]);
        line = line ? ek_printf(gaps->cli->arena, "%s %s", line, risen[i].word) : NULL;
    }
    output_beside(
        output, "words", list,
        line ? ek_printf(gaps->cli->arena,
                         "\nWords that rose among posts without a theory, from the earlier "
                         "to the later half of the posts\n(posts before>after; "
                         "descriptive, no test):\n %s",
                         line)
             : NULL);
}

static int print_gaps(struct gaps *gaps, const char *ruleset)
{
    struct ek_err err;
    struct output *output = output_open(gaps->cli, columns, COLUMNS);
    int failed = 0;
    if (!output)
        return wrong_use("out of memory");
    output_headline(output, "%llu posts, %llu without a theory, %llu of these name a cause",
                    (unsigned long long)gaps->read, (unsigned long long)gaps->untagged,
                    (unsigned long long)gaps->with_cause);
    draw_sort(&gaps->posts);
    for (size_t i = 0; i < gaps->posts.count && !failed; i++)
        failed = print_post(gaps, output, &gaps->posts.items[i], &err);
    output_beside(output, "posts", json_integer((json_int_t)gaps->read), NULL);
    output_beside(output, "posts_without_theory", json_integer((json_int_t)gaps->untagged), NULL);
    output_beside(output, "posts_with_cause", json_integer((json_int_t)gaps->with_cause), NULL);
    output_beside(output, "ruleset", json_string(ruleset), NULL);
    print_words(gaps, output);
    int status = failed ? fail_with(&err) : gaps->untagged ? EXIT_DONE : EXIT_NOTHING;
    return output_close(output) ? EXIT_WRONG : status;
}

static int run(struct gaps *gaps, const struct ek_selection *selection)
{
    struct ek_bundle rules, extended;
    struct ek_err err;
    if (open_store(gaps->cli, EK_STORE_READ, &gaps->corpus.store, &err) != 0 ||
        rules_in_force(gaps->cli, gaps->corpus.store, &rules, &err) != 0 ||
        add_cause(gaps, &rules, &extended, &err) != 0 ||
        corpus_open(&gaps->corpus, gaps->cli, &extended, 1, &err) != 0 ||
        ek_selection_check(gaps->corpus.store, selection, &err) != 0 ||
        corpus_each(&gaps->corpus, selection, visit, gaps, &err) != 0)
        return fail_with(&err);
    return print_gaps(gaps, rules.digest);
}

int rules_gaps(struct cli *cli)
{
    struct gaps gaps = {.cli = cli};
    struct ek_selection selection;
    size_t want;
    uint64_t seed;
    int status = read_selection(cli, &selection);
    if (status == 0)
        status = read_draw(cli, USUAL_POSTS, &want, &seed);
    if (status != 0)
        return status;
    struct ek_arena *arena = ek_arena_new(EK_ARENA_BYTES);
    gaps.words = arena ? words_seen_new(arena) : NULL;
    if (!gaps.words || draw_open(&gaps.posts, want, seed))
        status = wrong_use("out of memory");
    else
        status = run(&gaps, &selection);
    corpus_close(&gaps.corpus);
    draw_close(&gaps.posts);
    words_seen_free(gaps.words);
    ek_arena_free(arena);
    return status;
}
