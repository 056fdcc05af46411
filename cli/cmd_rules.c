/* cmd_rules.c - `ekbom rules`: looking after rule files. Test and list are here, the rest has files
 * of its own. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "cmd_rules.h"
#include "ekbom/bundle.h"
#include "ekbom/rules.h"
#include "ekbom/text.h"
#include "output.h"

int rules_in_force(struct cli *cli, struct ek_store *store, struct ek_bundle *bundle,
                   struct ek_err *err)
{
    int got = 0;
    if (store && !has(cli, OPT_RULES))
        got = ek_store_rules(store, cli->arena, bundle, err);
    if (got == 0)
        return load_rules(cli, bundle, err);
    return got < 0 ? -1 : 0;
}

/* Does a line go on in the next one? */
static bool goes_on(const char *line, size_t len)
{
    const char *comment = memmem(line, len, " #", 2);
    if (comment)
        len = (size_t)(comment - line);
    while (len && strchr(" \t\r", line[len - 1]))
        len--;
    return len && strchr(",|(", line[len - 1]);
}

const char *rule_source(struct ek_arena *arena, const struct ek_bundle *bundle, const char *file,
                        unsigned line)
{
    const struct ek_file *found = file ? ek_bundle_find(bundle, file) : NULL;
    const char *at = found ? found->text : NULL;
    while (at && line-- > 1)
        at = (at = strchr(at, '\n')) ? at + 1 : NULL;
    size_t len = at ? strcspn(at, "\n") : 0, all = len;
    while (len && goes_on(at + all - len, len) && at[all]) {
        len = strcspn(at + all + 1, "\n");
        all += len + 1;
    }
    const char *source = at ? ek_squeeze(arena, at, all) : NULL;
    return source ? source : "";
}

static void print_example(const struct ek_example_result *result)
{
    put_safe(stdout, result->file, false);
    printf(":%u: %s: %s", result->line, result->todo ? "known gap" : "failed", result->code);
    printf("\n    expected  %s\n    got       %s\n    ", result->expected, result->got);
    put_safe(stdout, result->text, false);
    putchar('\n');
}

static int rules_test(struct cli *cli)
{
    struct ek_rules *rules;
    struct ek_diagnostics diagnostics = {0};
    struct ek_example_result *results;
    size_t count, failed = 0, gaps = 0;
    struct ek_err err;
    int status = compile_rules(cli, NULL, &rules, &diagnostics);
    if (status != EXIT_DONE)
        return status;
    if (ek_rules_test(rules, cli->arena, &results, &count, &err) != 0) {
        ek_rules_free(rules);
        return fail_with(&err);
    }
    for (size_t i = 0; i < count; i++) {
        gaps += results[i].todo && !results[i].passed;
        failed += !results[i].todo && !results[i].passed;
        if (!results[i].passed)
            print_example(&results[i]);
        else if (results[i].todo)
            printf("%s:%u: closed gap: %s is seen now; drop the word todo\n", results[i].file,
                   results[i].line, results[i].code);
    }
    printf("%zu examples, %zu failed, %zu known gaps\n", count, failed, gaps);
    ek_rules_free(rules);
    return failed ? EXIT_NOTHING : EXIT_DONE;
}

static const struct column list_columns[] = {
    {"code", NULL, 0},
    {"kind", NULL, 0},
    {"name", NULL, COLUMN_WIDE},
    {"file", NULL, 0},
    {"line", NULL, COLUMN_RIGHT | COLUMN_HIDDEN},
    {"rules", NULL, COLUMN_RIGHT},
    {"examples", NULL, COLUMN_RIGHT},
    {"about", NULL, COLUMN_HIDDEN},
    {"version", NULL, COLUMN_HIDDEN},
    {"references", NULL, COLUMN_HIDDEN},
};
#define LIST_COLUMNS (sizeof list_columns / sizeof *list_columns)

static json_t *languages_json(const struct ek_rules *rules)
{
    const char *const *languages;
    size_t count = ek_rules_languages(rules, &languages);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(languages[i]));
    return list;
}

static int rules_list(struct cli *cli)
{
    struct ek_rules *rules;
    struct ek_diagnostics diagnostics = {0};
    const struct ek_code *codes;
    int status = compile_rules(cli, NULL, &rules, &diagnostics);
    if (status != EXIT_DONE)
        return status;
    struct output *output = output_open(cli, list_columns, LIST_COLUMNS);
    if (!output) {
        ek_rules_free(rules);
        return wrong_use("out of memory");
    }
    size_t count = ek_rules_codes(rules, &codes);
    for (size_t i = 0; i < count; i++) {
        const struct value values[LIST_COLUMNS] = {
            text_value(codes[i].code),     text_value(codes[i].treatment ? "treatment" : "theory"),
            text_value(codes[i].name),     text_value(codes[i].file),
            integer_value(codes[i].line),  integer_value(codes[i].rules),
            integer_value(codes[i].tests), text_value(codes[i].about),
            text_value(codes[i].version),  text_value(codes[i].references),
        };
        output_row(output, values);
    }
    output_beside(output, "languages", languages_json(rules), NULL);
    output_beside(output, "ruleset", json_string(ek_rules_digest(rules)), NULL);
    status = output_close(output) == 0 ? EXIT_DONE : EXIT_WRONG;
    ek_rules_free(rules);
    return status;
}

static const struct {
    const char *name;
    int (*run)(struct cli *cli);
    size_t least, most; /* arguments */
    const char *takes;
    bool table_only;
} parts[] = {
    {"check", rules_check, 0, 0, "no arguments", false},
    {"test", rules_test, 0, 0, "no arguments", true},
    {"list", rules_list, 0, 0, "no arguments", false},
    {"eval", rules_eval, 1, 1, "one file", false},
    {"stats", rules_stats, 0, 1, "no arguments, or one code", false},
    {"gaps", rules_gaps, 0, 0, "no arguments", false},
    {"diff", rules_diff, 1, 2, "one or two rule folders: [OLD] NEW", false},
    {"explain", rules_explain, 1, 1, "one post, or - for standard input", false},
    {"versions", rules_versions, 0, 0, "no arguments", false},
    {"drop", rules_drop, 1, 1, "one version, as `ekbom rules versions` lists them", true},
};
#define PARTS (sizeof parts / sizeof *parts)
#define PART_LIST                                                                                  \
    "check, test, list, eval FILE, explain POST, stats, gaps, diff [OLD] NEW, versions or drop "   \
    "VERSION"

int cmd_rules(struct cli *cli)
{
    const char *names[PARTS];
    if (cli->argument_count == 0)
        return wrong_use("rules what? " PART_LIST);
    const char *part = cli->arguments[0];
    for (size_t i = 0; i < PARTS; i++) {
        names[i] = parts[i].name;
        if (strcmp(part, parts[i].name) != 0)
            continue;
        if (parts[i].table_only && !format_is(cli, "table"))
            return wrong_use("`ekbom rules %s` writes for people: table only", part);
        if (cli->argument_count - 1 < parts[i].least || cli->argument_count - 1 > parts[i].most)
            return wrong_use("`ekbom rules %s` takes %s", part, parts[i].takes);
        return parts[i].run(cli);
    }
    const char *near = ek_nearest(part, names, PARTS);
    return near ? wrong_use("`ekbom rules %s`: did you mean %s?", part, near)
                : wrong_use("`ekbom rules %s`: write " PART_LIST, part);
}
