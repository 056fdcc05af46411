/* slip.c - see slip.h.
 *
 * A message that names what stands there is right and of little use to someone who does not see
 * the difference: "near6" is a word like others, and a rule with it waits for ever. So what nobody
 * means as a word of a post is taken for a slip and refused; quotation marks are the way to look
 * for it all the same. */
#include "rules/slip.h"

#include <string.h>
#include <strings.h>

#include "ekbom/arena.h"
#include "ekbom/text.h"

/* "near6", "near-6", "Near/6", "naer/6": near or then and a number. */
static const char *operator_meant(const struct lexeme *word, const char **number)
{
    static const char *const names[] = {"near", "then"};
    char letters[8] = "";
    size_t len = 0, digits;
    const char *meant;

    while (len < word->len && len < sizeof letters - 1 && (word->text[len] | 32) >= 'a' &&
           (word->text[len] | 32) <= 'z') {
        letters[len] = word->text[len] | 32;
        len++;
    }
    meant = ek_nearest(letters, names, 2);
    digits = len + (len < word->len && strchr("/-:", word->text[len]));
    *number = word->text + digits;
    if (!meant || digits == word->len || word->len - digits > 3)
        return NULL;
    for (size_t i = digits; i < word->len; i++)
        if (word->text[i] < '0' || word->text[i] > '9')
            return NULL;
    return strcmp(letters, meant) == 0 || word->text[len] == '/' ? meant : NULL;
}

/* "WITH": the words of the language are small. */
static const char *small_letters_meant(const struct lexeme *word)
{
    static const char *const names[][2] = {
        {"NEAR", "near/6"}, {"THEN", "then/6"}, {"WITH", "with"}, {"WITHOUT", "without"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lexeme_is(word, names[i][0]))
            return names[i][1];
    return NULL;
}

bool report_slip(struct scanner *scanner, const struct lexeme *word)
{
    int len = (int)word->len;
    const char *number, *meant = operator_meant(word, &number);

    if (meant) {
        report(scanner, EK_ERROR, word->text,
               "%.*s is no word of the language; did you mean %s/%.*s? To look for it as it stands "
               "write \"%.*s\"",
               len, word->text, meant, (int)(word->text + len - number), number, len, word->text);
        return true;
    }
    meant = small_letters_meant(word);
    if (meant) {
        report(scanner, EK_ERROR, word->text,
               "words of the language are written in small letters: %s; to look for the word "
               "itself write \"%.*s\"",
               meant, len, word->text);
        return true;
    }
    if (!memchr(word->text, '_', word->len) ||
        !find_list(scanner->compiler, scanner->file, word->text, word->len))
        return false;
    report(scanner, EK_ERROR, word->text,
           "%.*s is the name of a list: write {%.*s}; to look for the word itself write \"%.*s\"",
           len, word->text, len, word->text, len, word->text);
    return true;
}

/* The line of a file where the list of this name is written; 0 if it is not. */
static uint32_t line_of_list(const struct ek_file *file, const struct lexeme *name)
{
    const char *end = file->text + file->len;
    uint32_t line = 1;

    for (const char *at = file->text; at && at < end; line++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        struct scanner scanner = {.at = at, .end = line_end ? line_end : end};
        skip_blanks(&scanner);
        if (scanner.end - scanner.at > 5 && memcmp(scanner.at, "list", 4) == 0 &&
            blank_at(scanner.at + 4, scanner.end)) {
            scanner.at += 4;
            skip_blanks(&scanner);
            if ((size_t)(scanner.end - scanner.at) > name->len &&
                memcmp(scanner.at, name->text, name->len) == 0) {
                scanner.at += name->len;
                skip_blanks(&scanner);
                if (scanner.at < scanner.end && *scanner.at == '=')
                    return line;
            }
        }
        at = line_end ? line_end + 1 : NULL;
    }
    return 0;
}

/* Is it written where this line does not see it? */
static bool report_unseen_list(struct scanner *scanner, const struct lexeme *name)
{
    const struct compiler *compiler = scanner->compiler;
    const char *brace = name->text - 1;
    int len = (int)name->len;

    for (uint32_t i = 0; i < compiler->bundle->count; i++) {
        const struct ek_file *file = &compiler->bundle->files[i];
        uint32_t line = line_of_list(file, name);
        if (line == 0)
            continue;
        if (i != scanner->file)
            report(scanner, EK_ERROR, brace,
                   "the list {%.*s} stands in another file; write at the top of this one: include "
                   "\"%s\"",
                   len, name->text, file->name);
        else if (line < scanner->line)
            return false; /* it was read, and is what the line says it is not */
        else if (line > scanner->line)
            report(scanner, EK_ERROR, brace,
                   "the list {%.*s} stands below, in line %u; move it above this line", len,
                   name->text, line);
        else
            report(scanner, EK_ERROR, brace,
                   "a list cannot hold itself; leave out {%.*s} here, or give one of them another "
                   "name",
                   len, name->text);
        return true;
    }
    return false;
}

void report_no_list(struct scanner *scanner, const struct lexeme *name)
{
    struct compiler *compiler = scanner->compiler;
    VECTOR(const char *) names = {0};
    const char *near = NULL, *wanted;

    /* What an include that failed would have brought is not known: it was reported itself. */
    if (scanner->incomplete || report_unseen_list(scanner, name))
        return;
    for (size_t i = 0; i < compiler->lists.count; i++)
        if (compiler->rules->files[scanner->file].visible[compiler->lists.items[i].file])
            VECTOR_PUSH(&names, compiler->lists.items[i].name);
    wanted = ek_strndup(compiler->arena, name->text, name->len < 60 ? name->len : 60);
    if (wanted && !names.failed)
        near = ek_nearest(wanted, names.items, names.count);
    if (!wanted || names.failed)
        compiler->no_memory = true;
    else if (near)
        report(scanner, EK_ERROR, name->text - 1,
               "there is no list {%s} above or in an included file; did you mean {%s}?", wanted,
               near);
    else
        report(scanner, EK_ERROR, name->text - 1,
               "there is no list {%s}; write it above, with the words that are meant: list %s = "
               "one, another",
               wanted, wanted);
    VECTOR_FREE(&names);
}

const char *unseen_character(const struct lexeme *word, uint32_t *code)
{
    const char *at = word->text, *end = word->text + word->len;

    while (at < end) {
        const char *here = at;
        *code = ek_utf8_next(&at, end);
        if (*code < ' ' || (*code >= 0x7f && *code <= 0xa0) || *code == 0xad ||
            (*code >= 0x2000 && *code <= 0x200f) || (*code >= 0x2028 && *code <= 0x202f) ||
            (*code >= 0x205f && *code <= 0x206f) || *code == 0x3000 || *code == 0xfeff)
            return here;
    }
    return NULL;
}

static bool word_before(const char *from, const char *at, const char *word)
{
    size_t len = strlen(word);

    return (size_t)(at - from) >= len && memcmp(at - len, word, len) == 0;
}

bool slash_follows(const struct scanner *scanner, const char *from)
{
    const char *line_end = memchr(from, '\n', (size_t)(scanner->end - from));
    const char *end = line_end ? line_end : scanner->end, *at = from;

    while ((at = memchr(at, '/', (size_t)(end - at))) != NULL) {
        if (word_before(from, at, "regex "))
            return false;
        if (!word_before(from, at, "near") && !word_before(from, at, "then"))
            return true;
        at++;
    }
    return false;
}

bool begins_statement(const struct scanner *scanner, const struct lexeme *word)
{
    static const struct {
        const char *name;
        char sign; /* that the line has; 0: any */
    } statements[] = {{"list", '='},    {"include", '"'}, {"theory", '"'}, {"treatment", '"'},
                      {"strong", '\0'}, {"match", '\0'},  {"weak", '\0'},  {"unless", '\0'}};
    const char *line_end = memchr(scanner->at, '\n', (size_t)(scanner->end - scanner->at));
    size_t len = (size_t)((line_end ? line_end : scanner->end) - scanner->at);
    struct scanner behind = *scanner;

    behind.at += word->len;
    if (behind.at < behind.end && *behind.at != '\n' && !blank_at(behind.at, behind.end))
        return false;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (lexeme_is(word, statements[i].name) &&
            (!statements[i].sign || memchr(scanner->at, statements[i].sign, len)))
            return true;
    return lexeme_is(word, "test") && at_line_end(&behind);
}
