/* statement.c - the keywords of the language, a table.
 *
 * A statement is known by its first word; blocks need no indentation and no end, the next block
 * ends them. */
#include "rules/statement.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"
#include "rules/slip.h"

#define PHRASE_OF_MANY 3u /* words */

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
    bool was_incomplete = scanner->incomplete;
    struct lexeme path = scan(scanner);

    (void)word;
    scanner->incomplete = true;
    if (path.kind != LEXEME_QUOTED || path.len == 0) {
        if (path.kind != LEXEME_BAD)
            report(scanner, EK_ERROR, path.text,
                   "include names a file in quotation marks: include \"common/stance.rules\"");
        return;
    }
    end_of_statement(scanner);
    scanner->incomplete = was_incomplete || !read_included(scanner, &path);
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

/* The name of a list, up to its = or what stands there instead. */
static struct lexeme list_name(struct scanner *scanner)
{
    struct lexeme name = {.kind = LEXEME_WORD};

    skip_blanks(scanner);
    name.text = scanner->at;
    while (scanner->at < scanner->end && !blank_at(scanner->at, scanner->end) &&
           !strchr("=:,;\n", *scanner->at))
        scanner->at++;
    name.len = (size_t)(scanner->at - name.text);
    return name;
}

/* One phrase of many words is more likely several without their commas. */
static void warn_of_one_phrase(struct compiler *compiler, const struct list *list)
{
    const struct node *node = &compiler->rules->nodes.items[list->node];

    if (node->kind == NODE_SEQUENCE && node->child_count >= PHRASE_OF_MANY)
        report_line(compiler, "one-phrase", list->file, list->line,
                    "this list holds one phrase, of %u words; if several are meant, write a comma "
                    "between them",
                    node->child_count);
}

/* A list that holds a mistake is known by its name all the same, without its words: the lines that
 * use it are right. */
static void parse_list(struct scanner *scanner, const struct lexeme *word)
{
    struct compiler *compiler = scanner->compiler;
    struct lexeme name = list_name(scanner);
    const struct list *there;
    struct list list = {.file = scanner->file, .line = scanner->line, .node = NO_NODE};

    (void)word;
    if (!is_name(&name, false)) {
        report(scanner, EK_ERROR, name.text,
               "a list has a name of small letters, digits, - and _: list low_iron = low, poor");
        return;
    }
    there = find_list(compiler, scanner->file, name.text, name.len);
    if (there) {
        report(scanner, EK_ERROR, name.text,
               "there is a list {%s} already, in %s line %u; add these words to it, or choose "
               "another name",
               there->name, compiler->rules->files[there->file].name, there->line);
        return;
    }
    list.name = copy_text(scanner, name.text, name.len);
    skip_blanks(scanner);
    if (scanner->at < scanner->end && *scanner->at == '=') {
        scanner->at++;
        list.node = parse_clause(scanner, NULL);
    } else {
        report(scanner, EK_ERROR, scanner->at, "= is missing: list %.*s = one, another",
               (int)name.len, name.text);
    }
    if (list.name)
        VECTOR_PUSH(&compiler->lists, list);
    compiler->no_memory = compiler->no_memory || compiler->lists.failed;
    if (!list.name || list.node == NO_NODE)
        return;
    VECTOR_PUSH(&compiler->rules->list_names, (struct list_name){list.name, list.node});
    warn_of_one_phrase(compiler, &list);
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
    while (scanner->at < scanner->end && !blank_at(scanner->at, scanner->end) &&
           *scanner->at != '\n')
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

/* What other lines hang on is read as it was meant, so that they are not blamed. */
static void read_as_meant(struct scanner *scanner, const char *meant)
{
    static const char *const needed[] = {"include", "list", "theory", "treatment", "cue", "test"};
    struct lexeme word = {.kind = LEXEME_WORD, .text = meant, .len = strlen(meant)};
    bool in_code = scanner->block == BLOCK_CODE || scanner->block == BLOCK_TEST;

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        for (size_t k = 0; k < KEYWORDS && lexeme_is(&word, needed[i]); k++)
            if (lexeme_is(&word, keywords[k].name) && (keywords[k].place == ANYWHERE || in_code))
                keywords[k].parse(scanner, &word);
}

static void report_unknown(struct scanner *scanner, const struct lexeme *word)
{
    const char *names[KEYWORDS], *near, *name, *unseen;
    uint32_t code;

    unseen = unseen_character(word, &code);
    if (unseen) {
        report(scanner, EK_ERROR, unseen,
               "a character stands here that cannot be seen (U+%04X); delete it", code);
        return;
    }
    for (size_t i = 0; i < KEYWORDS; i++)
        names[i] = keywords[i].name;
    name = copy_text(scanner, word->text, word->len < 60 ? word->len : 60);
    if (!name)
        return;
    near = ek_nearest(name, names, KEYWORDS);
    if (near) {
        report(scanner, EK_ERROR, word->text, "%s is no keyword; did you mean %s?", name, near);
        read_as_meant(scanner, near);
    } else {
        report(scanner, EK_ERROR, word->text,
               "%.40s is no keyword; a line starts with theory, treatment, list, include, cue, "
               "match, weak, strong, regex, not, unless, tag, test, yes, no or #; if it goes on "
               "from the line above, that one must end in a comma",
               name);
    }
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
