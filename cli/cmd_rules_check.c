/* cmd_rules_check.c - `ekbom rules check`: mistakes with their place and what to write, and
 * warnings of rules that are never tried, needless or slow. */
#include <stdio.h>
#include <string.h>

#include "cmd_rules.h"
#include "ekbom/bundle.h"
#include "ekbom/limits.h"
#include "ekbom/rules_check.h"
#include "ekbom/text.h"
#include "output.h"

#define SHOWN_BEFORE 60u /* columns of a long line that stand before the caret, */
#define SHOWN_LINE 100u  /* and of the line */

/* The line itself under the message, and a caret below the place; tabs keep their width. Of a long
 * line the part around the place. */
static void print_source(const struct ek_diagnostic *d)
{
    if (!d->source)
        return;
    unsigned first = d->column > SHOWN_LINE - 20 ? d->column - SHOWN_BEFORE : 1;
    const char *at = d->source, *end = at + strlen(at);
    at += ek_utf8_offset(at, (size_t)(end - at), first - 1);
    size_t shown = ek_utf8_offset(at, (size_t)(end - at), SHOWN_LINE);
    char line[4 * SHOWN_LINE + 1];
    snprintf(line, sizeof line, "%.*s", (int)shown, at);
    printf("    %s", first > 1 ? "..." : "");
    put_safe(stdout, line, false);
    printf("%s\n    %s", at[shown] ? "..." : "", first > 1 ? "   " : "");
    for (unsigned column = first; column < d->column && at < end; column++) {
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
    if (diagnostics->errors > diagnostics->count)
        printf("... and %zu more\n", diagnostics->errors - diagnostics->count);
}

enum { FILE_NAME, LINE, COLUMN, SEVERITY, KIND, MESSAGE, SOURCE, COLUMNS };
static const struct column columns[COLUMNS] = {
    [FILE_NAME] = {"file", NULL, 0},
    [LINE] = {"line", NULL, COLUMN_RIGHT},
    [COLUMN] = {"column", NULL, COLUMN_RIGHT},
    [SEVERITY] = {"severity", NULL, 0},
    [KIND] = {"kind", NULL, 0},
    [MESSAGE] = {"message", NULL, COLUMN_WIDE},
    [SOURCE] = {"source", NULL, 0},
};

static void put_diagnostics(struct output *output, const struct ek_diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct ek_diagnostic *d = &diagnostics->items[i];
        const struct value values[COLUMNS] = {
            [FILE_NAME] = text_value(d->file),
            [LINE] = integer_value(d->line),
            [COLUMN] = integer_value(d->column),
            [SEVERITY] = text_value(d->severity == EK_ERROR ? "error" : "warning"),
            [KIND] = text_value(d->kind),
            [MESSAGE] = text_value(d->message),
            [SOURCE] = text_value(d->source),
        };
        output_row(output, values);
    }
}

/* For programs: what is wrong, and nothing else. */
static int print_errors(struct cli *cli, const struct ek_diagnostics *diagnostics)
{
    struct output *output = output_open(cli, columns, COLUMNS);
    if (!output)
        return wrong_use("out of memory");
    put_diagnostics(output, diagnostics);
    output_beside(output, "errors", json_integer((json_int_t)diagnostics->errors), NULL);
    return output_close(output) ? EXIT_WRONG : EXIT_DONE;
}

int compile_rules(struct cli *cli, struct ek_bundle *bundle, struct ek_rules **rules,
                  struct ek_diagnostics *diagnostics)
{
    struct ek_bundle own = {0};
    struct ek_err err;
    *rules = NULL;
    bundle = bundle ? bundle : &own;
    if (load_rules(cli, bundle, &err) != 0)
        return fail_with(&err);
    if (ek_rules_compile(rules, bundle, cli->arena, diagnostics, &err) == 0)
        return EXIT_DONE;
    if (!diagnostics->count)
        return fail_with(&err);
    if (format_is(cli, "table"))
        print_diagnostics(diagnostics);
    else if (print_errors(cli, diagnostics) != EXIT_DONE)
        return EXIT_WRONG;
    say("%zu error%s in %s", diagnostics->errors, diagnostics->errors == 1 ? "" : "s",
        rules_folder(cli));
    return EXIT_WRONG;
}

struct counts {
    size_t theories, treatments, rules, examples;
};

static struct counts count(const struct ek_rules *rules)
{
    const struct ek_code *codes;
    struct counts counts = {0};
    size_t code_count = ek_rules_codes(rules, &codes);
    for (size_t i = 0; i < code_count; i++) {
        counts.theories += !codes[i].treatment;
        counts.treatments += codes[i].treatment;
        counts.rules += codes[i].rules;
        counts.examples += codes[i].tests;
    }
    return counts;
}

static int print_table(const struct cli *cli, const struct ek_rules *rules,
                       const struct ek_rules_report *report)
{
    struct counts counts = count(rules);
    const struct ek_attack *worst = report->attacks;
    print_diagnostics(&report->warnings);
    printf("%zu theories, %zu treatments, %zu rules, %zu examples, %zu warnings\n", counts.theories,
           counts.treatments, counts.rules, counts.examples, report->warnings.count);
    const char *text = ek_squeeze(cli->arena, worst->text, strlen(worst->text));
    printf("longest that a text of %lu bytes holds a rule up: %.2f ms, %s, by \"", worst->bytes,
           worst->milliseconds, worst->rule);
    put_safe(stdout, text ? text : "", false);
    printf("...\"\n%s\n", ek_rules_digest(rules));
    return EXIT_DONE;
}

static json_t *attacks_json(const struct ek_rules_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->rule_count; i++) {
        const struct ek_attack *attack = &report->attacks[i];
        json_array_append_new(list, json_pack("{s:s, s:f, s:I, s:s, s:b}", "rule", attack->rule,
                                              "milliseconds", attack->milliseconds, "bytes",
                                              (json_int_t)attack->bytes, "text", attack->text,
                                              "undetermined", attack->undetermined));
    }
    return list;
}

static int print_rows(const struct cli *cli, const struct ek_rules *rules,
                      const struct ek_rules_report *report)
{
    struct counts counts = count(rules);
    struct output *output = output_open(cli, columns, COLUMNS);
    if (!output)
        return wrong_use("out of memory");
    put_diagnostics(output, &report->warnings);
    output_beside(output, "errors", json_integer(0), NULL);
    output_beside(output, "theories", json_integer((json_int_t)counts.theories), NULL);
    output_beside(output, "treatments", json_integer((json_int_t)counts.treatments), NULL);
    output_beside(output, "rules", json_integer((json_int_t)counts.rules), NULL);
    output_beside(output, "examples", json_integer((json_int_t)counts.examples), NULL);
    output_beside(output, "untested", json_integer((json_int_t)report->untested), NULL);
    output_beside(output, "attacks", attacks_json(report), NULL);
    output_beside(output, "ruleset", json_string(ek_rules_digest(rules)), NULL);
    return output_close(output) ? EXIT_WRONG : EXIT_DONE;
}

int rules_check(struct cli *cli)
{
    struct ek_rules *rules;
    struct ek_bundle bundle;
    struct ek_diagnostics diagnostics = {0};
    struct ek_rules_report report;
    struct ek_err err;
    int status = compile_rules(cli, &bundle, &rules, &diagnostics);
    if (status != EXIT_DONE)
        return status;
    if (ek_rules_check(rules, &bundle, &diagnostics, cli->arena, &report, &err) != 0)
        status = fail_with(&err);
    else if (format_is(cli, "table"))
        status = print_table(cli, rules, &report);
    else
        status = print_rows(cli, rules, &report);
    ek_rules_free(rules);
    return status;
}
