/* code_block.c - what stands below a theory or a treatment: its rules and its examples. */
#include "rules/statement.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"

#define WEIGHT_STRONG 2.0
#define WEIGHT_MATCH 1.0
#define WEIGHT_WEAK 0.5

static struct code *code_of(struct scanner *scanner)
{
    return &scanner->compiler->rules->codes.items[scanner->code];
}

void start_code(struct scanner *scanner, const struct lexeme *word)
{
    struct ek_rules *rules = scanner->compiler->rules;
    bool treatment = word->len == strlen("treatment");
    struct lexeme code = scan(scanner), name;
    uint32_t line = scanner->line;

    scanner->block = BLOCK_BAD;
    if (code.kind == LEXEME_BAD)
        return;
    if (!is_name(&code, true)) {
        report(scanner, EK_ERROR, code.text,
               "a %.*s has a code of small letters, digits and -, then its name: theory bid "
               "\"Brain iron deficiency\"",
               (int)word->len, word->text);
        return;
    }
    name = scan(scanner);
    if (name.kind != LEXEME_QUOTED || name.len == 0) {
        if (name.kind == LEXEME_WORD && scan(scanner).kind == LEXEME_QUOTED)
            report(scanner, EK_ERROR, name.text,
                   "the code is one word, before the name: %.*s %.*s-%.*s \"Its name\"",
                   (int)word->len, word->text, (int)code.len, code.text, (int)name.len, name.text);
        else if (name.kind != LEXEME_BAD)
            report(scanner, EK_ERROR, name.text,
                   "the name in quotation marks is missing: %.*s %.*s \"Its name\"", (int)word->len,
                   word->text, (int)code.len, code.text);
        return;
    }
    end_of_statement(scanner);
    for (size_t i = 0; i < rules->codes.count; i++) {
        const struct ek_code *there = &rules->codes.items[i].shown;
        if (strlen(there->code) == code.len && memcmp(there->code, code.text, code.len) == 0) {
            report(scanner, EK_ERROR, code.text,
                   "%s is defined already, in %s line %u; write these rules there, or choose "
                   "another code",
                   there->code, there->file, there->line);
            return;
        }
    }
    VECTOR_PUSH(&rules->codes,
                (struct code){.shown = {.code = copy_text(scanner, code.text, code.len),
                                        .name = copy_text(scanner, name.text, name.len),
                                        .treatment = treatment,
                                        .file = rules->files[scanner->file].name,
                                        .line = line},
                              .file = scanner->file,
                              .rules = (uint32_t)rules->rules.count,
                              .examples = (uint32_t)rules->examples.count,
                              .not_node = NO_NODE,
                              .unless_node = NO_NODE,
                              .threshold = WEIGHT_MATCH});
    if (rules->codes.failed) {
        scanner->compiler->no_memory = true;
        return;
    }
    scanner->block = BLOCK_CODE;
    scanner->code = (uint32_t)rules->codes.count - 1;
}

void parse_about(struct scanner *scanner, const struct lexeme *word)
{
    struct lexeme text = scan_rest(scanner);
    struct code *code = code_of(scanner);
    const char *before = code->shown.about;

    (void)word;
    if (text.len == 0)
        report(scanner, EK_ERROR, text.text, "the text is missing after about");
    code->shown.about = ek_printf(scanner->compiler->rules->arena, "%s%s%.*s", before ? before : "",
                                  before ? " " : "", (int)text.len, text.text);
}

void parse_ref(struct scanner *scanner, const struct lexeme *word)
{
    struct lexeme text = scan_rest(scanner);
    struct code *code = code_of(scanner);
    const char *before = code->shown.references;

    (void)word;
    if (text.len == 0)
        report(scanner, EK_ERROR, text.text, "the reference is missing after ref");
    code->shown.references =
        ek_printf(scanner->compiler->rules->arena, "%s%s%.*s", before ? before : "",
                  before ? "\n" : "", (int)text.len, text.text);
}

void parse_version(struct scanner *scanner, const struct lexeme *word)
{
    struct lexeme text = scan_rest(scanner);

    (void)word;
    if (text.len == 0)
        report(scanner, EK_ERROR, text.text, "the version is missing: version 1.0");
    code_of(scanner)->shown.version = copy_text(scanner, text.text, text.len);
}

void parse_rule(struct scanner *scanner, const struct lexeme *word)
{
    struct ek_rules *rules = scanner->compiler->rules;
    struct code *code = code_of(scanner);
    struct rule rule = {.code = scanner->code, .line = scanner->line, .weight = WEIGHT_MATCH};
    const char *at = scanner->at;
    size_t named = scanner->compiler->named.count;

    if (lexeme_is(word, "strong"))
        rule.weight = WEIGHT_STRONG;
    if (lexeme_is(word, "weak"))
        rule.weight = WEIGHT_WEAK;
    if (lexeme_is(word, "regex"))
        scanner->at = word->text;
    rule.node = parse_clause(scanner, &rule.flavour);
    if (rule.node == NO_NODE)
        return;
    if (code->shown.treatment && rule.flavour) {
        report(scanner, EK_ERROR, at, "a treatment has no stance; leave out as ...");
        return;
    }
    if ((rule.flavour & FLAVOUR_STANCES & ((rule.flavour & FLAVOUR_STANCES) - 1)) != 0) {
        report(scanner, EK_ERROR, at, "a rule gives one stance; as names two");
        return;
    }
    rule.id = ek_printf(rules->arena, "%s:%u", code->shown.code, rule.line);
    if (!rule.id)
        scanner->compiler->no_memory = true;
    VECTOR_PUSH(&rules->rules, rule);
    if (rules->rules.failed) {
        scanner->compiler->no_memory = true;
        return;
    }
    code->composite = code->composite || scanner->compiler->named.count > named;
    code->rule_count++;
}

/* Several lines of not or unless are alternatives. */
static void add_alternative(struct scanner *scanner, uint32_t *node, uint32_t *line)
{
    uint32_t number = scanner->line, more = parse_clause(scanner, NULL);

    if (more == NO_NODE)
        return;
    if (*node != NO_NODE) {
        uint32_t both[2] = {*node, more};
        more = node_many(&scanner->compiler->nodes, NODE_EITHER, both, 2);
    } else {
        *line = number;
    }
    *node = more;
}

void parse_not(struct scanner *scanner, const struct lexeme *word)
{
    struct code *code = code_of(scanner);

    (void)word;
    add_alternative(scanner, &code->not_node, &code->not_line);
}

static bool expect_words(struct scanner *scanner, const char *const *words, const char *usage)
{
    for (; *words; words++) {
        struct lexeme lexeme = scan(scanner);
        if (lexeme_is(&lexeme, *words))
            continue;
        if (lexeme.kind != LEXEME_BAD)
            report(scanner, EK_ERROR, lexeme.text, "%s is missing: write %s", *words, usage);
        return false;
    }
    return true;
}

void parse_unless(struct scanner *scanner, const struct lexeme *word)
{
    static const char *const words[] = {"post", "has", NULL};
    struct code *code = code_of(scanner);

    (void)word;
    if (expect_words(scanner, words, "unless post has steam iron"))
        add_alternative(scanner, &code->unless_node, &code->unless_line);
}

/* tag when score >= 1.5: signs that scan() refuses, so the line is read by hand. */
void parse_tag(struct scanner *scanner, const struct lexeme *word)
{
    static const char *const words[] = {"when", "score", NULL};
    struct lexeme number;
    char text[16], *end;
    double value;

    (void)word;
    if (!expect_words(scanner, words, "tag when score >= 1"))
        return;
    skip_blanks(scanner);
    if (scanner->end - scanner->at < 2 || memcmp(scanner->at, ">=", 2) != 0) {
        report(scanner, EK_ERROR, scanner->at, ">= is missing: write tag when score >= 1");
        return;
    }
    scanner->at += 2;
    number = scan(scanner);
    memset(text, 0, sizeof text);
    if (number.kind == LEXEME_WORD && number.len < sizeof text)
        memcpy(text, number.text, number.len);
    value = strtod(text, &end);
    if (number.kind != LEXEME_WORD || !text[0] || *end || !(value > 0 && value <= 1000)) {
        report(scanner, EK_ERROR, number.text,
               "a number above 0 is missing: write tag when "
               "score >= 1");
        return;
    }
    code_of(scanner)->threshold = value;
    end_of_statement(scanner);
}

void start_test(struct scanner *scanner, const struct lexeme *word)
{
    (void)word;
    end_of_statement(scanner);
    scanner->block = BLOCK_TEST;
}

#define EXPECTATIONS 7
static const struct {
    const char *name;
    enum ek_stance stance;
    unsigned flavour;
} expectations[EXPECTATIONS] = {
    {"supports", EK_SUPPORTS, 0},
    {"disputes", EK_DISPUTES, 0},
    {"asks", EK_ASKS, 0},
    {"neutral", EK_NEUTRAL, 0},
    {"hedged", EK_STANCES, FLAVOUR_HEDGED},
    {"experience", EK_STANCES, FLAVOUR_EXPERIENCE},
    {"cramps", EK_STANCES, FLAVOUR_CRAMPS},
};

/* "yes dispute  ...": a stance miswritten, which two blanks set off from the text. */
static void report_stance(struct scanner *scanner, const struct lexeme *word)
{
    const char *names[EXPECTATIONS], *near, *text = word->text + word->len;
    size_t blank = blank_at(text, scanner->end);
    char *name = word->len > 3 && word->len < 30 ? copy_text(scanner, word->text, word->len) : NULL;

    for (size_t i = 0; i < EXPECTATIONS; i++)
        names[i] = expectations[i].name;
    near = name ? ek_nearest(name, names, EXPECTATIONS) : NULL;
    if (near && blank && (*text == '\t' || blank_at(text + blank, scanner->end)))
        report(scanner, EK_ERROR, word->text,
               "%s is no stance; did you mean %s? If it is the first word of the text, write one "
               "blank "
               "behind it",
               name, near);
}

static bool parse_expectation(struct scanner *scanner, struct example *example)
{
    struct scanner ahead = *scanner;
    struct lexeme word = plain_word(&ahead);

    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++) {
        if (!lexeme_is(&word, expectations[i].name))
            continue;
        example->flavour |= expectations[i].flavour;
        if (expectations[i].stance != EK_STANCES)
            example->stance = expectations[i].stance;
        *scanner = ahead;
        return true;
    }
    report_stance(scanner, &word);
    return false;
}

/* yes [stance] [hedged] [experience] [cramps] TEXT; no TEXT; todo before either. */
void parse_example(struct scanner *scanner, const struct lexeme *word)
{
    struct ek_rules *rules = scanner->compiler->rules;
    struct example example = {.code = scanner->code, .line = scanner->line};
    const char *start = word->text, *end;
    struct lexeme first = *word, text;

    if (lexeme_is(word, "todo")) {
        example.todo = true;
        first = plain_word(scanner);
        start = first.text;
    }
    example.wanted = lexeme_is(&first, "yes");
    if (!example.wanted && !lexeme_is(&first, "no")) {
        report(scanner, EK_ERROR, first.text, "after todo write yes or no, then the example");
        return;
    }
    while (example.wanted && !code_of(scanner)->shown.treatment &&
           parse_expectation(scanner, &example))
        continue;
    end = scanner->at;
    text = scan_rest(scanner);
    if (text.len == 0) {
        report(scanner, EK_ERROR, end,
               "the example is missing: %s My ferritin was 12 and my legs "
               "were at their worst.",
               example.wanted ? "yes" : "no");
        return;
    }
    example.expected = copy_text(scanner, start, (size_t)(end - start));
    example.text = copy_text(scanner, text.text, text.len);
    VECTOR_PUSH(&rules->examples, example);
    if (rules->examples.failed) {
        scanner->compiler->no_memory = true;
        return;
    }
    code_of(scanner)->example_count++;
}
