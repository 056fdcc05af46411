/* statement.c - the keywords of the language, a table.
 *
 * A statement is known by its first word; blocks need no indentation and no end, the next block
 * ends them. */
#include "rules/statement.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"

char *copy_text(struct scanner *scanner, const char *text, size_t len)
{
    char *made = ek_strndup(scanner->compiler->rules->arena, text, len);

    if (!made)
        scanner->compiler->no_memory = true;
    return made;
}

void end_of_statement(struct scanner *scanner)
{
    struct lexeme lexeme = scan(scanner);

    if (lexeme.kind != LEXEME_END && lexeme.kind != LEXEME_BAD)
        report(scanner, EK_ERROR, lexeme.text, "nothing more belongs on this line");
}

static void parse_include(struct scanner *scanner, const struct lexeme *word)
{
    struct lexeme path = scan(scanner);

    (void)word;
    if (path.kind == LEXEME_BAD)
        return;
    if (path.kind != LEXEME_QUOTED || path.len == 0) {
        report(scanner, EK_ERROR, path.text,
               "include names a file in quotation marks: include \"common/stance.rules\"");
        return;
    }
    end_of_statement(scanner);
    read_included(scanner, &path);
}

bool is_name(const struct lexeme *lexeme, bool slash)
{
    unsigned slashes = 0;

    for (size_t i = 0; i < lexeme->len; i++) {
        char c = lexeme->text[i];
        slashes += c == '/';
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i && (c == '-' || c == '_')) ||
              (slash && i && c == '/' && slashes == 1 && i + 1 < lexeme->len)))
            return false;
    }
    return lexeme->kind == LEXEME_WORD && lexeme->len > 0 && lexeme->len <= 60;
}

static void parse_list(struct scanner *scanner, const struct lexeme *word)
{
    struct compiler *compiler = scanner->compiler;
    struct lexeme name = scan(scanner), equals;
    const struct list *there;
    struct list list = {.file = scanner->file, .line = scanner->line};

    (void)word;
    if (name.kind == LEXEME_BAD)
        return;
    if (!is_name(&name, false)) {
        report(scanner, EK_ERROR, name.text,
               "a list has a name of small letters, digits, - and _: list low_iron = low, poor");
        return;
    }
    equals = scan(scanner);
    if (equals.kind != LEXEME_EQUALS) {
        if (equals.kind != LEXEME_BAD)
            report(scanner, EK_ERROR, equals.text, "= is missing: list %.*s = one, another",
                   (int)name.len, name.text);
        return;
    }
    there = find_list(compiler, scanner->file, name.text, name.len);
    if (there) {
        report(scanner, EK_ERROR, name.text, "there is a list {%s} already, in %s line %u",
               there->name, compiler->rules->files[there->file].name, there->line);
        return;
    }
    list.name = copy_text(scanner, name.text, name.len);
    list.node = parse_clause(scanner, NULL);
    if (!list.name || list.node == NO_NODE)
        return;
    VECTOR_PUSH(&compiler->lists, list);
    VECTOR_PUSH(&compiler->rules->list_names, (struct list_name){list.name, list.node});
}

static void parse_language(struct scanner *scanner, const struct lexeme *word)
{
    struct ek_rules *rules = scanner->compiler->rules;
    struct lexeme language;

    (void)word;
    do {
        language = scan(scanner);
        if (!is_name(&language, false) || language.len < 2 || language.len > 3) {
            if (language.kind != LEXEME_BAD)
                report(scanner, EK_ERROR, language.text,
                       "a language is given by its code of two or three letters: language en, sv");
            return;
        }
        VECTOR_PUSH(&rules->languages, copy_text(scanner, language.text, language.len));
        language = scan(scanner);
    } while (language.kind == LEXEME_COMMA);
    if (language.kind != LEXEME_END && language.kind != LEXEME_BAD)
        report(scanner, EK_ERROR, language.text, "between languages write a comma");
}

struct lexeme plain_word(struct scanner *scanner)
{
    struct lexeme word = {.kind = LEXEME_WORD};

    skip_blanks(scanner);
    word.text = scanner->at;
    while (scanner->at<scanner->end && * scanner->at> ' ')
        scanner->at++;
    word.len = (size_t)(scanner->at - word.text);
    return word;
}

/* Where a keyword may stand. */
enum place { ANYWHERE, IN_CODE, IN_TEST, IN_CUE };

static const struct keyword {
    const char *name;
    enum place place;
    void (*parse)(struct scanner *scanner, const struct lexeme *word);
} keywords[] = {
    {"include", ANYWHERE, parse_include},
    {"list", ANYWHERE, parse_list},
    {"language", ANYWHERE, parse_language},
    {"theory", ANYWHERE, start_code},
    {"treatment", ANYWHERE, start_code},
    {"cue", ANYWHERE, start_cue},
    {"about", IN_CODE, parse_about},
    {"ref", IN_CODE, parse_ref},
    {"version", IN_CODE, parse_version},
    {"strong", IN_CODE, parse_rule},
    {"match", IN_CODE, parse_rule},
    {"weak", IN_CODE, parse_rule},
    {"regex", IN_CODE, parse_rule},
    {"not", IN_CODE, parse_not},
    {"unless", IN_CODE, parse_unless},
    {"tag", IN_CODE, parse_tag},
    {"test", IN_CODE, start_test},
    {"yes", IN_TEST, parse_example},
    {"no", IN_TEST, parse_example},
    {"todo", IN_TEST, parse_example},
    {"forward", IN_CUE, parse_cue},
    {"backward", IN_CUE, parse_cue},
    {"around", IN_CUE, parse_cue},
    {"sentence", IN_CUE, parse_cue},
    {"next", IN_CUE, parse_cue},
    {"previous", IN_CUE, parse_cue},
    {"post", IN_CUE, parse_cue},
    {"pseudo", IN_CUE, parse_cue},
    {"stop", IN_CUE, parse_cue},
};
#define KEYWORDS (sizeof keywords / sizeof *keywords)

static void report_unknown(struct scanner *scanner, const struct lexeme *word)
{
    const char *names[KEYWORDS], *near, *name = copy_text(scanner, word->text, word->len);

    for (size_t i = 0; i < KEYWORDS; i++)
        names[i] = keywords[i].name;
    if (!name)
        return;
    near = ek_nearest(name, names, KEYWORDS);
    if (near)
        report(scanner, EK_ERROR, word->text, "%s is no keyword; did you mean %s?", name, near);
    else
        report(scanner, EK_ERROR, word->text,
               "%.40s is no keyword; a line starts with theory, treatment, list, include, cue, "
               "match, weak, strong, regex, not, unless, tag, test, yes, no or #; if it goes on "
               "from the line above, that one must end in a comma",
               name);
}

static bool in_place(struct scanner *scanner, const struct keyword *keyword,
                     const struct lexeme *word)
{
    const char *where = NULL;

    if (keyword->place != ANYWHERE && scanner->block == BLOCK_BAD)
        return false;
    if (keyword->place == IN_CODE && scanner->block != BLOCK_CODE && scanner->block != BLOCK_TEST)
        where = "below a theory or treatment";
    if (keyword->place == IN_TEST && scanner->block != BLOCK_TEST)
        where = "below test, in a theory or treatment";
    if (keyword->place == IN_CUE && scanner->block != BLOCK_CUE)
        where = "below a cue";
    if (where)
        report(scanner, EK_ERROR, word->text, "%s has its place %s", keyword->name, where);
    else if (keyword->place == IN_CODE)
        scanner->block = BLOCK_CODE;
    return !where;
}

void parse_statement(struct scanner *scanner)
{
    struct lexeme word = plain_word(scanner);
    long number;

    for (size_t i = 0; i < KEYWORDS; i++) {
        bool found = keywords[i].place == IN_CUE
                         ? lexeme_with_number(&word, keywords[i].name, &number)
                         : lexeme_is(&word, keywords[i].name);
        if (!found)
            continue;
        if (in_place(scanner, &keywords[i], &word))
            keywords[i].parse(scanner, &word);
        return;
    }
    report_unknown(scanner, &word);
}
