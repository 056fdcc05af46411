/* cmd_rules.c - `ekbom rules`: looking after rule files. Check, test and list are here, the rest
 * has files of its own. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "cmd_rules.h"
#include "ekbom/rules.h"
#include "ekbom/text.h"
#include "output.h"

/* The line itself under the message, and a caret below the place; tabs keep their width. */
static void print_source(const struct ek_diagnostic *d)
{
    if (!d->source)
        return;
    printf("    ");
    put_safe(stdout, d->source, false);
    printf("\n    ");
    const char *at = d->source, *end = at + strlen(at);
    for (unsigned column = 1; column < d->column && at < end; column++) {
        uint32_t c = ek_utf8_next(&at, end);
        if (c == '\t')
            putchar('\t');
        else
            printf("%*s", ek_width(c), "");
    }
    printf("^\n");
}

static void print_diagnostics(const struct ek_diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct ek_diagnostic *d = &diagnostics->items[i];
        put_safe(stdout, d->file ? d->file : "", false);
        printf(":%u:%u: %s: ", d->line, d->column, d->severity == EK_ERROR ? "error" : "warning");
        put_safe(stdout, d->message, false);
        putchar('\n');
        print_source(d);
    }
}

/* Compile the rules of the command line; what is wrong with them is printed. */
static int compile(struct cli *cli, struct ek_rules **rules, struct ek_diagnostics *diagnostics)
{
    struct ek_bundle bundle;
    struct ek_err err;
    *rules = NULL;
    if (load_rules(cli, &bundle, &err) != 0)
        return fail_with(&err);
    if (ek_rules_compile(rules, &bundle, cli->arena, diagnostics, &err) == 0)
        return EXIT_DONE;
    if (!diagnostics->count)
        return fail_with(&err);
    print_diagnostics(diagnostics);
    say("%zu error%s in %s", diagnostics->errors, diagnostics->errors == 1 ? "" : "s",
        rules_folder(cli));
    return EXIT_WRONG;
}

static int rules_check(struct cli *cli)
{
    struct ek_rules *rules;
    struct ek_diagnostics diagnostics = {0};
    int status = compile(cli, &rules, &diagnostics);
    if (status != EXIT_DONE)
        return status;
    const struct ek_code *codes;
    size_t count = ek_rules_codes(rules, &codes), theories = 0, clauses = 0, tests = 0;
    for (size_t i = 0; i < count; i++) {
        theories += !codes[i].treatment;
        clauses += codes[i].rules;
        tests += codes[i].tests;
    }
    print_diagnostics(&diagnostics);
    printf("%zu theories, %zu treatments, %zu rules, %zu examples, %zu warnings\n%s\n", theories,
           count - theories, clauses, tests, diagnostics.count, ek_rules_digest(rules));
    ek_rules_free(rules);
    return EXIT_DONE;
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
    int status = compile(cli, &rules, &diagnostics);
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
};
#define LIST_COLUMNS (sizeof list_columns / sizeof *list_columns)

static int rules_list(struct cli *cli)
{
    struct ek_rules *rules;
    struct ek_diagnostics diagnostics = {0};
    const struct ek_code *codes;
    int status = compile(cli, &rules, &diagnostics);
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
        };
        output_row(output, values);
    }
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
    {"check", rules_check, 0, 0, "no arguments", true},
    {"test", rules_test, 0, 0, "no arguments", true},
    {"list", rules_list, 0, 0, "no arguments", false},
    {"eval", rules_eval, 1, 1, "one file", false},
    {"stats", rules_stats, 0, 1, "no arguments, or one code", false},
    {"gaps", rules_gaps, 0, 0, "no arguments", false},
    {"diff", rules_diff, 1, 2, "one or two rule folders: [OLD] NEW", false},
    {"explain", rules_explain, 1, 1, "one post, or - for standard input", false},
};
#define PARTS (sizeof parts / sizeof *parts)
#define PART_LIST "check, test, list, eval FILE, explain POST, stats, gaps or diff [OLD] NEW"

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
