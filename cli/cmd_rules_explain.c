/* cmd_rules_explain.c - `ekbom rules explain POST|-`: the words, the rule and the cue behind every
 * tag of one post, and for what was not given, which rules came near and what they lacked. */
#include <stdio.h>
#include <string.h>

#include "cmd_rules.h"
#include "ekbom/buf.h"
#include "ekbom/explain.h"
#include "ekbom/limits.h"
#include "ekbom/rules.h"
#include "ekbom/text.h"
#include "output.h"

/* Behind the words that are there; what they lack, or what took them back, follows. */
static const char *const reason_words[EK_REASONS] = {
    [EK_REASON_HIT] = ": hit",
    [EK_REASON_CANCELLED] = ": cancelled by the not",
    [EK_REASON_FORBIDDEN] = ": ruled out",
    [EK_REASON_CONTEXT] = " is there, but not",
    [EK_REASON_APART] = " are there, but too far apart for",
    [EK_REASON_MISSING] = " is there, but not",
    [EK_REASON_LIMIT] = "reached a matching limit: undetermined",
};

struct explaining {
    struct cli *cli;
    struct ek_bundle bundle;
    struct ek_rules *rules;
    struct ek_store *store;
    struct ek_entry entry; /* of a POST */
    struct ek_tag_input input;
};

/* What is explained --------------------------------------------------------------------------- */

static int read_standard_input(struct explaining *e, struct ek_err *err)
{
    struct ek_buf buf;
    char piece[4096];
    size_t got;
    ek_buf_init(&buf, EK_MAX_TEXT_BYTES);
    while ((got = fread(piece, 1, sizeof piece, stdin)) > 0 && !buf.failed)
        ek_buf_add(&buf, piece, got);
    int result = buf.failed ? ek_fail(err, EK_LIMIT, "standard input: a post of more than %u bytes",
                                      EK_MAX_TEXT_BYTES)
                            : 0;
    if (ferror(stdin))
        result = ek_fail_errno(err, "standard input");
    size_t valid = result == 0 ? ek_utf8_valid(buf.data ? buf.data : "", buf.len) : buf.len;
    if (valid < buf.len)
        result = ek_fail(err, EK_FORMAT, "standard input: byte %zu is not UTF-8", valid + 1);
    if (result == 0) {
        e->input.text = ek_nfc(e->cli->arena, buf.data ? buf.data : "", buf.len);
        if (!e->input.text)
            result = ek_fail_memory(err);
    }
    ek_buf_free(&buf);
    return result;
}

/* 1 and the post, 0 (none, or several: said), -1. */
static int read_post(struct explaining *e, const char *post, struct ek_err *err)
{
    uint64_t *numbers;
    size_t count;
    if (open_store(e->cli, EK_STORE_READ, &e->store, err) != 0 ||
        ek_store_find_post(e->store, post, e->cli->arena, &numbers, &count, err) != 0)
        return -1;
    if (count > 1)
        return ek_fail(err, EK_USAGE,
                       "post %s stands in several forums: write FORUM#%s, as `ekbom show %s` lists "
                       "them",
                       post, post, post);
    if (count == 0)
        return ek_fail(err, EK_NOT_FOUND, "no post %s in this store", post);
    if (ek_store_entry(e->store, numbers[0], true, e->cli->arena, &e->entry, err) != 1)
        return -1;
    e->input.text = e->entry.post.text;
    e->input.language = e->entry.language;
    e->input.quotes = e->entry.post.quotes;
    e->input.quote_count = e->entry.post.quote_count;
    return 0;
}

static int choose_rules(struct explaining *e, struct ek_err *err)
{
    struct ek_diagnostics diagnostics = {0};
    if (rules_in_force(e->cli, e->store, &e->bundle, err) != 0)
        return -1;
    return ek_rules_compile(&e->rules, &e->bundle, e->cli->arena, &diagnostics, err);
}

/* Words for people ---------------------------------------------------------------------------- */

static const char *source_of(struct explaining *e, const char *file, unsigned line)
{
    return rule_source(e->cli->arena, &e->bundle, file, line);
}

#define SOURCE_SHOWN 110u /* code points of a rule's line that people see */

static const char *shown_source(struct explaining *e, const char *source)
{
    size_t cut = ek_utf8_offset(source, strlen(source), SOURCE_SHOWN);
    const char *shown =
        source[cut] ? ek_printf(e->cli->arena, "%.*s...", (int)cut, source) : source;
    return shown ? shown : "";
}

static void say_words(const char *before, const char *words)
{
    printf("%s\"", before);
    put_safe(stdout, words, false);
    putchar('"');
}

static void print_rule(struct explaining *e, const struct ek_code_story *story,
                       const struct ek_rule_story *rule)
{
    printf("  %s  ", rule->rule);
    put_safe(stdout, shown_source(e, source_of(e, story->code->file, rule->line)), false);
    printf("\n      ");
    bool apart = rule->reason == EK_REASON_APART;
    if (rule->words)
        say_words("", rule->words);
    if (apart && rule->other)
        say_words(" and ", rule->other);
    printf("%s", reason_words[rule->reason]);
    if (rule->other && !apart)
        say_words(": ", rule->other);
    if (rule->need) {
        printf(rule->reason == EK_REASON_FORBIDDEN ? ", by " : ": ");
        put_safe(stdout, rule->need, false);
    }
    putchar('\n');
}

/* The cues that set the stance, each once. */
static void print_cues(const struct ek_tag *tag)
{
    const char *last = NULL;
    for (size_t i = 0; i < tag->hit_count; i++) {
        const char *cue = tag->hits[i].cue;
        if (!cue || (last && strcmp(last, cue) == 0))
            continue;
        say_words("  cue  ", cue);
        say_words("  at  ", tag->hits[i].text);
        putchar('\n');
        last = cue;
    }
}

/* Asked for by --theory or --treatment, a code is told of whole; else what is given by its hits,
 * and what is not by the rules that had all their words. */
static bool asked_for(const struct explaining *e, const struct ek_code_story *story)
{
    enum option which = story->code->treatment ? OPT_TREATMENT : OPT_THEORY;
    for (size_t i = 0; i < e->cli->value_count[which]; i++) {
        if (strcmp(e->cli->values[which][i], story->code->code) == 0)
            return true;
    }
    return false;
}

static bool is_told(const struct explaining *e, const struct ek_code_story *story,
                    const struct ek_rule_story *rule)
{
    return asked_for(e, story) || rule->reason == EK_REASON_LIMIT ||
           rule->reason <= (story->tag ? EK_REASON_CANCELLED : EK_REASON_APART);
}

static bool is_story_told(const struct explaining *e, const struct ek_code_story *story)
{
    bool named = has(e->cli, OPT_THEORY) || has(e->cli, OPT_TREATMENT);
    bool told = asked_for(e, story) || (story->in_quote_only && !named);
    if (named)
        return told;
    for (size_t i = 0; i < story->rule_count && !told; i++)
        told = is_told(e, story, &story->rules[i]);
    return told;
}

static void print_story(struct explaining *e, const struct ek_code_story *story)
{
    const struct ek_tag *tag = story->tag;
    printf("\n%s", story->code->code);
    if (tag && !story->code->treatment)
        printf(": %s%s%s%s", ek_stance_names[tag->stance], tag->hedged ? ", hedged" : "",
               tag->experience ? ", experience" : "", tag->cramps ? ", of leg cramps" : "");
    printf("%s (score %g of %g)\n", tag ? "" : ": not given", story->score, story->threshold);
    if (story->in_quote_only)
        printf("  it stands in a quote only, which is not the writer's\n");
    if (story->unless)
        say_words("  taken back by unless: ", story->unless), putchar('\n');
    for (size_t i = 0; i < story->rule_count; i++) {
        if (is_told(e, story, &story->rules[i]))
            print_rule(e, story, &story->rules[i]);
    }
    if (story->rule_count == 0)
        printf("  no rule came near\n");
    if (tag)
        print_cues(tag);
}

static void print_stories(struct explaining *e, const struct ek_code_story *stories, size_t count,
                          const struct ek_tags *tags)
{
    put_safe(stdout, e->input.text, true);
    printf("\n\nunder %s\n", ek_rules_digest(e->rules));
    if (!tags->assessable)
        printf("\nnot assessable: the rules are not for the language \"%s\"\n", e->input.language);
    bool any = false;
    for (int given = 1; given >= 0; given--) {
        for (size_t i = 0; i < count; i++) {
            if ((stories[i].tag != NULL) != (given == 1) || !is_story_told(e, &stories[i]))
                continue;
            print_story(e, &stories[i]);
            any = true;
        }
    }
    if (tags->assessable && !any)
        printf("\nno rule came near\n");
    printf("\n`--theory CODE` tells all of one theory, rules that lack a word included\n");
}

/* For programs -------------------------------------------------------------------------------- */

static json_t *rules_json(struct explaining *e, const struct ek_code_story *story)
{
    json_t *list = json_array();
    for (size_t i = 0; i < story->rule_count; i++) {
        const struct ek_rule_story *rule = &story->rules[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:f, s:s, s:s?, s:s?, s:s?}", "rule", rule->rule, "source",
                            source_of(e, story->code->file, rule->line), "weight", rule->weight,
                            "reason", ek_reason_names[rule->reason], "words", rule->words, "other",
                            rule->other, "need", rule->need));
    }
    return list;
}

static json_t *story_json(struct explaining *e, const struct ek_code_story *story)
{
    const struct ek_tag *tag = story->tag;
    json_t *json =
        json_pack("{s:s, s:s, s:b, s:f, s:f, s:b, s:s?, s:o}", "code", story->code->code, "kind",
                  story->code->treatment ? "treatment" : "theory", "given", tag != NULL, "score",
                  story->score, "threshold", story->threshold, "quoted_only", story->in_quote_only,
                  "unless", story->unless, "rules", rules_json(e, story));
    if (tag && !story->code->treatment)
        json_object_set_new(json, "stance", json_string(ek_stance_names[tag->stance]));
    json_t *cues = json_array();
    for (size_t i = 0; tag && i < tag->hit_count; i++) {
        if (tag->hits[i].cue)
            json_array_append_new(cues,
                                  json_pack("{s:s, s:s, s:s}", "rule", tag->hits[i].rule, "words",
                                            tag->hits[i].text, "cue", tag->hits[i].cue));
    }
    json_object_set_new(json, "cues", cues);
    return json;
}

static int print_json_stories(struct explaining *e, const struct ek_code_story *stories,
                              size_t count, const struct ek_tags *tags)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, story_json(e, &stories[i]));
    return print_json(json_pack("{s:i, s:o, s:s, s:b, s:s}", "schema_version", 1, "rows", rows,
                                "text", e->input.text, "assessable", tags->assessable, "ruleset",
                                ek_rules_digest(e->rules)))
               ? EXIT_WRONG
               : EXIT_DONE;
}

/* Running ------------------------------------------------------------------------------------- */

static int explain(struct explaining *e, struct ek_matcher *matcher)
{
    struct ek_code_story *stories;
    struct ek_tags tags;
    struct ek_err err;
    size_t count;
    e->input.len = strlen(e->input.text);
    if (ek_matcher_explain(matcher, &e->input, e->cli->arena, &tags, &stories, &count, &err) != 0)
        return fail_with(&err);
    if (format_is(e->cli, "json"))
        return print_json_stories(e, stories, count, &tags);
    start_pager(e->cli);
    print_stories(e, stories, count, &tags);
    return EXIT_DONE;
}

int rules_explain(struct cli *cli)
{
    struct explaining e = {.cli = cli};
    struct ek_matcher *matcher = NULL;
    struct ek_err err;
    int status;
    if (!format_is(cli, "table") && !format_is(cli, "json"))
        return wrong_use("`ekbom rules explain` writes a table or json");
    const char *post = cli->arguments[1];
    int failed = strcmp(post, "-") == 0 ? read_standard_input(&e, &err) : read_post(&e, post, &err);
    if (failed == 0)
        failed = choose_rules(&e, &err);
    if (failed == 0)
        failed = (matcher = ek_matcher_new(e.rules, EK_ENGINE_NAIVE, &err)) ? 0 : -1;
    if (failed)
        status =
            err.kind == EK_NOT_FOUND ? (say("%s", err.message), EXIT_NOTHING) : fail_with(&err);
    else
        status = explain(&e, matcher);
    ek_matcher_free(matcher);
    ek_rules_free(e.rules);
    ek_store_close(e.store);
    return status;
}
