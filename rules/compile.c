/* compile.c - from a bundle of rule files to a rule set.
 *
 * All files of the bundle belong to the rule set; an include only makes the lists and cues of
 * another file visible. Files are read in the order of their includes, so that a list is known
 * before it is used and a circle is seen when it closes. */
#include "rules/compiler.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"

#define INCLUDE_DEPTH 32u         /* includes inside includes */
#define RULES_BYTES (256ul << 20) /* memory of one rule set */

static void read_file(struct compiler *compiler, uint32_t file);

static void check_text(struct scanner *scanner, const struct ek_file *text)
{
    const char *nul = memchr(text->text, 0, text->len);
    size_t valid = ek_utf8_valid(text->text, text->len);
    size_t stop = nul && (size_t)(nul - text->text) < valid ? (size_t)(nul - text->text) : valid;

    if (text->len > EK_MAX_RULE_FILE_BYTES) {
        report(scanner, EK_ERROR, NULL, "the file has %zu bytes; at most %u: split it", text->len,
               EK_MAX_RULE_FILE_BYTES);
        scanner->end = scanner->at;
        return;
    }
    if (stop == text->len) {
        if (memchr(text->text, '\r', text->len) && !memchr(text->text, '\n', text->len)) {
            scanner->end = memchr(text->text, '\r', text->len);
            report(scanner, EK_ERROR, scanner->end,
                   "the lines end in a sign of old Macintosh files (CR); save the file with the "
                   "line ends of Unix (LF) or Windows (CRLF)");
            scanner->at = scanner->end;
        }
        return;
    }
    /* Read up to the line with the fault, which is named, and no further. */
    for (const char *at = text->text; at < text->text + stop; at++)
        if (*at == '\n') {
            scanner->line++;
            scanner->line_start = at + 1;
        }
    scanner->end = text->text + stop;
    report(scanner, EK_ERROR, text->text + stop,
           stop < valid || nul == text->text + stop
               ? "the file holds a NUL byte here; is it a text file? Save it as UTF-8"
               : "this is not UTF-8; save the file as UTF-8");
    scanner->end = scanner->line_start;
    scanner->line = 1;
    scanner->line_start = text->text;
}

static void close_blocks(struct compiler *compiler, uint32_t file)
{
    struct ek_rules *rules = compiler->rules;

    for (size_t i = 0; i < rules->codes.count; i++) {
        struct code *code = &rules->codes.items[i];
        double most = 0;
        if (code->file != file)
            continue;
        for (uint32_t r = 0; r < code->rule_count; r++)
            most += rules->rules.items[code->rules + r].weight;
        code->shown.rules = code->rule_count;
        code->shown.tests = code->example_count;
        if (compiler->errors) /* its rules may be what was wrong */
            continue;
        if (code->rule_count == 0)
            report_line(compiler, NULL, file, code->shown.line,
                        "%s has no rule that finds a post; write below it: match some words",
                        code->shown.code);
        else if (most < code->threshold)
            report_line(compiler, NULL, file, code->shown.line,
                        "%s can never be given: its rules add up to %g, and it is given when the "
                        "score is %g or more",
                        code->shown.code, most, code->threshold);
        else if (code->example_count == 0)
            report_line(compiler, "no-examples", file, code->shown.line,
                        "%s has no examples; write below it: test, then lines of yes and no",
                        code->shown.code);
    }
}

static void read_file(struct compiler *compiler, uint32_t file)
{
    struct ek_rules *rules = compiler->rules;
    const struct ek_file *text = &compiler->bundle->files[file];
    struct scanner scanner = {.compiler = compiler,
                              .file = file,
                              .at = text->text,
                              .end = text->text + text->len,
                              .line_start = text->text,
                              .line = 1};

    rules->files[file].state = FILE_OPEN;
    rules->files[file].visible = EK_NEW_ARRAY(rules->arena, bool, rules->file_count);
    if (!rules->files[file].visible) {
        compiler->no_memory = true;
        return;
    }
    rules->files[file].visible[file] = true;
    check_text(&scanner, text);
    if (text->len >= 3 && memcmp(text->text, "\xef\xbb\xbf", 3) == 0)
        scanner.line_start = scanner.at += 3;
    while (scanner.at < scanner.end && !compiler->no_memory) {
        if (!at_line_end(&scanner))
            parse_statement(&scanner);
        skip_line(&scanner);
    }
    rules->files[file].state = FILE_READ;
    close_blocks(compiler, file);
}

static void report_no_file(struct scanner *scanner, const struct lexeme *path)
{
    struct ek_rules *rules = scanner->compiler->rules;
    VECTOR(const char *) names = {0};
    const char *wanted = ek_strndup(scanner->compiler->arena, path->text, path->len), *near = NULL;

    for (size_t i = 0; i < rules->file_count; i++)
        VECTOR_PUSH(&names, rules->files[i].name);
    if (wanted && !names.failed)
        near = ek_nearest(wanted, names.items, names.count);
    report(scanner, EK_ERROR, path->text,
           near ? "there is no file \"%.*s\" in the rules folder; did you mean \"%s\"?"
                : "there is no file \"%.*s\" in the rules folder; names start from that folder%s",
           (int)(path->len < 100 ? path->len : 100), path->text, near ? near : "");
    VECTOR_FREE(&names);
}

bool read_included(struct scanner *scanner, const struct lexeme *path)
{
    struct compiler *compiler = scanner->compiler;
    struct ek_rules *rules = compiler->rules;
    struct rule_file *from = &rules->files[scanner->file];
    uint32_t file = 0;

    while (file < rules->file_count &&
           (strlen(rules->files[file].name) != path->len ||
            memcmp(rules->files[file].name, path->text, path->len) != 0))
        file++;
    if (file == rules->file_count) {
        report_no_file(scanner, path);
        return false;
    }
    if (file == scanner->file) {
        report(scanner, EK_ERROR, path->text, "a file cannot include itself; leave out this line");
        return true;
    }
    if (rules->files[file].state == FILE_OPEN) {
        report(scanner, EK_ERROR, path->text,
               "this closes a circle: %s includes this file; move what both need to a third file",
               rules->files[file].name);
        return false;
    }
    if (rules->files[file].state == FILE_UNREAD) {
        if (++compiler->include_depth > INCLUDE_DEPTH) {
            report(scanner, EK_ERROR, path->text, "includes inside includes go too deep");
            compiler->include_depth--;
            return false;
        }
        read_file(compiler, file);
        compiler->include_depth--;
    }
    for (size_t i = 0; rules->files[file].visible && i < rules->file_count; i++)
        from->visible[i] = from->visible[i] || rules->files[file].visible[i];
    return true;
}

/* One such rule may halve the speed. */
static void warn_of_patterns(struct compiler *compiler)
{
    struct ek_rules *rules = compiler->rules;

    for (size_t i = 0; i < rules->always.count; i++) {
        const struct rule *rule = &rules->rules.items[rules->always.items[i]];
        if (rules->nodes.items[rule->node].kind == NODE_REGEX)
            report_line(compiler, "no-literal", rules->codes.items[rule->code].file, rule->line,
                        "this regular expression names no word or part of one, of three letters or "
                        "more, that must be there, so it runs over every post; name one");
    }
}

static int compare_codes(const void *left, const void *right, void *context)
{
    const struct ek_rules *rules = context;

    return strcmp(rules->codes.items[*(const uint32_t *)left].shown.code,
                  rules->codes.items[*(const uint32_t *)right].shown.code);
}

static int finish(struct compiler *compiler)
{
    struct ek_rules *rules = compiler->rules;

    rules->order = EK_NEW_ARRAY(rules->arena, uint32_t, rules->codes.count + 1);
    rules->shown = EK_NEW_ARRAY(rules->arena, struct ek_code, rules->codes.count + 1);
    rules->lines = EK_NEW_ARRAY(rules->arena, struct ek_rule_line, rules->rules.count + 1);
    if (!rules->shown || !rules->order || !rules->lines)
        return -1;
    for (uint32_t i = 0; i < rules->rules.count; i++) {
        const struct rule *rule = &rules->rules.items[i];
        const struct ek_code *code = &rules->codes.items[rule->code].shown;
        rules->lines[i] =
            (struct ek_rule_line){rule->id, code->code, code->file, rule->line, rule->weight};
    }
    for (uint32_t i = 0; i < rules->codes.count; i++) {
        rules->shown[i] = rules->codes.items[i].shown;
        rules->order[i] = i;
    }
    qsort_r(rules->order, rules->codes.count, sizeof *rules->order, compare_codes, rules);
    return link_rules(rules);
}

static int result(struct compiler *compiler, struct ek_diagnostics *diagnostics, struct ek_err *err)
{
    size_t count = compiler->diagnostics.count;

    diagnostics->items = EK_NEW_ARRAY(compiler->arena, struct ek_diagnostic, count + 1);
    if (!diagnostics->items || compiler->no_memory || compiler->diagnostics.failed)
        return ek_fail_memory(err);
    if (count)
        memcpy(diagnostics->items, compiler->diagnostics.items, count * sizeof *diagnostics->items);
    /* The names are the rule set's, which is freed when there are errors. */
    for (size_t i = 0; i < count; i++) {
        struct ek_diagnostic *item = &diagnostics->items[i];
        item->file = ek_strdup(compiler->arena, item->file);
    }
    diagnostics->count = count;
    diagnostics->errors = compiler->errors;
    for (size_t i = 0; i < count; i++) {
        const struct ek_diagnostic *first = &diagnostics->items[i];
        if (first->severity == EK_ERROR)
            return ek_fail(err, EK_FORMAT, "%s:%u:%u: %s", first->file, first->line, first->column,
                           first->message);
    }
    if (compiler->rules->codes.count == 0)
        return ek_fail(err, EK_FORMAT,
                       "%s defines no theory and no treatment; write theory bid \"Brain iron "
                       "deficiency\", and its rules below",
                       compiler->bundle->origin ? compiler->bundle->origin : "the rules folder");
    return 0;
}

static int start(struct compiler *compiler, struct ek_err *err)
{
    struct ek_rules *rules = compiler->rules;
    const struct ek_bundle *bundle = compiler->bundle;

    if (bundle->count == 0)
        return ek_fail(err, EK_NOT_FOUND, "%s holds no rule files (names ending in .rules)",
                       bundle->origin ? bundle->origin : "the rules folder");
    rules->arena = ek_arena_new(RULES_BYTES);
    rules->file_count = bundle->count;
    if (rules->arena) {
        rules->files = EK_NEW_ARRAY(rules->arena, struct rule_file, bundle->count);
        rules->digest = ek_strdup(rules->arena, bundle->digest);
    }
    if (!rules->files || !rules->digest)
        return ek_fail_memory(err);
    for (size_t i = 0; i < bundle->count; i++) {
        rules->files[i].name = ek_strdup(rules->arena, bundle->files[i].name);
        if (!rules->files[i].name)
            return ek_fail_memory(err);
    }
    return reading_init(&compiler->reading, err);
}

int ek_rules_compile(struct ek_rules **out, const struct ek_bundle *bundle, struct ek_arena *arena,
                     struct ek_diagnostics *diagnostics, struct ek_err *err)
{
    struct compiler compiler = {.bundle = bundle, .arena = arena};
    int status = -1;

    *out = NULL;
    *diagnostics = (struct ek_diagnostics){0};
    compiler.rules = calloc(1, sizeof *compiler.rules);
    if (!compiler.rules)
        return ek_fail_memory(err);
    compiler.nodes.rules = compiler.rules;
    if (start(&compiler, err) == 0) {
        for (uint32_t i = 0; i < bundle->count && !compiler.no_memory; i++)
            if (compiler.rules->files[i].state == FILE_UNREAD)
                read_file(&compiler, i);
        if (!compiler.no_memory)
            resolve_codes(&compiler);
        if (compiler.errors == 0 && !compiler.no_memory) {
            compiler.no_memory = finish(&compiler) < 0;
            if (!compiler.no_memory)
                warn_of_patterns(&compiler);
        }
        status = result(&compiler, diagnostics, err);
    }
    reading_free(&compiler.reading);
    node_builder_free(&compiler.nodes);
    VECTOR_FREE(&compiler.lists);
    VECTOR_FREE(&compiler.named);
    VECTOR_FREE(&compiler.diagnostics);
    free(compiler.word_table);
    if (status == 0)
        *out = compiler.rules;
    else
        ek_rules_free(compiler.rules);
    return status;
}

void ek_rules_free(struct ek_rules *rules)
{
    if (!rules)
        return;
    VECTOR_FREE(&rules->words.items);
    patterns_free(&rules->patterns);
    triggers_free(&rules->triggers);
    triggers_free(&rules->cue_triggers);
    VECTOR_FREE(&rules->cue_phrases);
    VECTOR_FREE(&rules->eithers);
    VECTOR_FREE(&rules->wants);
    VECTOR_FREE(&rules->nodes);
    VECTOR_FREE(&rules->children);
    VECTOR_FREE(&rules->silent);
    VECTOR_FREE(&rules->always);
    VECTOR_FREE(&rules->rules);
    VECTOR_FREE(&rules->codes);
    VECTOR_FREE(&rules->cues);
    VECTOR_FREE(&rules->examples);
    VECTOR_FREE(&rules->mentions);
    VECTOR_FREE(&rules->mentioned);
    VECTOR_FREE(&rules->list_names);
    VECTOR_FREE(&rules->languages);
    ek_arena_free(rules->arena);
    free(rules);
}

const char *ek_rules_digest(const struct ek_rules *rules)
{
    return rules->digest;
}

bool ek_rules_assess(const struct ek_rules *rules, const char *language)
{
    size_t primary = language ? strcspn(language, "-_") : 0;

    if (!language || rules->languages.count == 0)
        return true;
    for (size_t i = 0; i < rules->languages.count; i++)
        if (strlen(rules->languages.items[i]) == primary &&
            strncasecmp(rules->languages.items[i], language, primary) == 0)
            return true;
    return false;
}

size_t ek_rules_codes(const struct ek_rules *rules, const struct ek_code **codes)
{
    *codes = rules->shown;
    return rules->codes.count;
}

size_t ek_rules_languages(const struct ek_rules *rules, const char *const **languages)
{
    *languages = rules->languages.items;
    return rules->languages.count;
}

size_t ek_rules_lines(const struct ek_rules *rules, const struct ek_rule_line **lines)
{
    *lines = rules->lines;
    return rules->rules.count;
}

bool ek_rules_interpreted(const struct ek_rules *rules)
{
    return rules->patterns.interpreted;
}
