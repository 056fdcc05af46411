/* scanner.c - lexemes of a rule file, and where mistakes stand.
 *
 * A statement is one line; it goes on in the next (lines of comment between them are passed over)
 * when it ends in a comma, a bar or an opening bracket. A comment starts at a # that opens the line
 * or follows a blank, outside quotation marks and slashes: "#1" inside a phrase, and # inside a
 * regular expression, stay. What stands between slashes is PCRE2's, with no second layer of
 * escapes. */
#include "rules/compiler.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "rules/slip.h"

#define SOURCE_BYTES 400u /* of a line, from its start to behind the place */

static void add_diagnostic(struct compiler *compiler, struct ek_diagnostic diagnostic)
{
    compiler->errors += diagnostic.severity == EK_ERROR;
    if (compiler->diagnostics.count >= EK_MAX_DIAGNOSTICS &&
        (diagnostic.severity == EK_WARNING || compiler->errors > EK_MAX_DIAGNOSTICS))
        return;
    if (!diagnostic.message)
        compiler->no_memory = true;
    VECTOR_PUSH(&compiler->diagnostics, diagnostic);
}

static char *format_message(struct compiler *compiler, const char *format, va_list arguments)
{
    char text[600];

    vsnprintf(text, sizeof text, format, arguments);
    return ek_printf(compiler->arena, "%.*s", (int)ek_utf8_valid(text, strlen(text)), text);
}

void report(const struct scanner *scanner, enum ek_severity severity, const char *at,
            const char *format, ...)
{
    struct compiler *compiler = scanner->compiler;
    const char *line_end =
        memchr(scanner->line_start, '\n', (size_t)(scanner->end - scanner->line_start));
    struct ek_diagnostic diagnostic = {.severity = severity,
                                       .file = compiler->rules->files[scanner->file].name,
                                       .line = scanner->line};
    va_list arguments;
    size_t len, shown;

    if (!at || at < scanner->line_start)
        for (at = scanner->line_start; at < scanner->end && (*at == ' ' || *at == '\t');)
            at++;
    if (!line_end)
        line_end = scanner->end;
    len = (size_t)(line_end - scanner->line_start);
    shown = (size_t)(at - scanner->line_start) + SOURCE_BYTES;
    len = len > shown ? ek_utf8_valid(scanner->line_start, shown) : len;
    if (len && scanner->line_start[len - 1] == '\r')
        len--;
    diagnostic.column =
        (unsigned)ek_utf8_count(scanner->line_start, (size_t)(at - scanner->line_start)) + 1;
    diagnostic.source = ek_strndup(compiler->arena, scanner->line_start, len);
    va_start(arguments, format);
    diagnostic.message = format_message(compiler, format, arguments);
    va_end(arguments);
    add_diagnostic(compiler, diagnostic);
}

struct ek_diagnostic diagnostic_of_line(const struct ek_bundle *bundle, struct ek_arena *arena,
                                        const char *file, uint32_t line)
{
    const struct ek_file *text = ek_bundle_find(bundle, file);
    struct ek_diagnostic diagnostic = {.file = file, .line = line, .column = 1};
    const char *at = text ? text->text : NULL, *end = text ? text->text + text->len : NULL;

    for (uint32_t n = 1; at && n < line; n++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    if (at) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((line_end ? line_end : end) - at);
        if (len && at[len - 1] == '\r')
            len--;
        diagnostic.source =
            ek_strndup(arena, at, len > SOURCE_BYTES ? ek_utf8_valid(at, SOURCE_BYTES) : len);
        diagnostic.column += (unsigned)strspn(at, " \t");
    }
    return diagnostic;
}

void report_line(struct compiler *compiler, const char *kind, uint32_t file, uint32_t line,
                 const char *format, ...)
{
    struct ek_diagnostic diagnostic = diagnostic_of_line(compiler->bundle, compiler->arena,
                                                         compiler->rules->files[file].name, line);
    va_list arguments;

    diagnostic.severity = kind ? EK_WARNING : EK_ERROR;
    diagnostic.kind = kind;
    va_start(arguments, format);
    diagnostic.message = format_message(compiler, format, arguments);
    va_end(arguments);
    add_diagnostic(compiler, diagnostic);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

size_t blank_at(const char *at, const char *end)
{
    if (at < end && is_blank(*at))
        return 1;
    return end - at > 1 && memcmp(at, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

void skip_blanks(struct scanner *scanner)
{
    size_t len;

    while ((len = blank_at(scanner->at, scanner->end)) > 0)
        scanner->at += len;
}

void skip_line(struct scanner *scanner)
{
    while (scanner->at < scanner->end && *scanner->at != '\n')
        scanner->at++;
    if (scanner->at < scanner->end) {
        scanner->at++;
        scanner->line++;
    }
    scanner->line_start = scanner->at;
    scanner->last = LEXEME_END;
}

bool at_line_end(struct scanner *scanner)
{
    bool after_blank = scanner->at == scanner->line_start || is_blank(scanner->at[-1]);
    const char *from = scanner->at;

    skip_blanks(scanner);
    after_blank = after_blank || scanner->at > from;
    return scanner->at >= scanner->end || *scanner->at == '\n' ||
           (*scanner->at == '#' && after_blank);
}

bool lexeme_is(const struct lexeme *lexeme, const char *word)
{
    return lexeme->kind == LEXEME_WORD && strlen(word) == lexeme->len &&
           memcmp(word, lexeme->text, lexeme->len) == 0;
}

bool lexeme_with_number(const struct lexeme *lexeme, const char *word, long *number)
{
    size_t len = strlen(word);

    *number = 0;
    if (lexeme->kind != LEXEME_WORD || lexeme->len < len || memcmp(lexeme->text, word, len) != 0)
        return false;
    if (lexeme->len == len)
        return true;
    if (lexeme->text[len] != '/')
        return false;
    for (size_t i = len + 1; i < lexeme->len; i++) {
        if (lexeme->text[i] < '0' || lexeme->text[i] > '9' || *number > 100000) {
            *number = -1;
            return true;
        }
        *number = *number * 10 + (lexeme->text[i] - '0');
    }
    if (*number == 0)
        *number = -1;
    return true;
}

struct lexeme scan_rest(struct scanner *scanner)
{
    struct lexeme rest = {.kind = LEXEME_QUOTED};
    const char *end;

    skip_blanks(scanner);
    rest.text = end = scanner->at;
    while (scanner->at < scanner->end && *scanner->at != '\n') {
        const char *at = scanner->at;
        if (*at == '#' && at - rest.text >= 2 && is_blank(at[-1]) && is_blank(at[-2]) &&
            (at + 1 == scanner->end || is_blank(at[1]) || at[1] == '\n'))
            break;
        scanner->at++;
        if (!is_blank(*at))
            end = scanner->at;
    }
    rest.len = (size_t)(end - rest.text);
    return rest;
}

static struct lexeme bad(const struct scanner *scanner, const char *at, const char *message)
{
    report(scanner, EK_ERROR, at, "%s", message);
    return (struct lexeme){.kind = LEXEME_BAD};
}

static struct lexeme scan_between(struct scanner *scanner, enum lexeme_kind kind, char close,
                                  const char *unclosed)
{
    const char *start = scanner->at++;
    const char *line_end = memchr(start, '\n', (size_t)(scanner->end - start));
    const char *stop = line_end ? line_end : scanner->end;
    const char *found = memchr(scanner->at, close, (size_t)(stop - scanner->at));

    if (!found)
        return bad(scanner, start, unclosed);
    struct lexeme lexeme = {
        .kind = kind, .text = scanner->at, .len = (size_t)(found - scanner->at)};
    scanner->at = found + 1;
    return lexeme;
}

const char slash_inside[] = "the regular expression ends at this slash; a slash inside it is "
                            "written \\/, and if it should end before, its closing slash is "
                            "missing there";

static bool are_flags(const char *at, const char *end)
{
    while (at < end && strchr("cxsi", *at))
        at++;
    return at == end;
}

struct lexeme scan_regex(struct scanner *scanner)
{
    const char *start = scanner->at, *at;
    struct lexeme lexeme = {.kind = LEXEME_REGEX, .text = start + 1};
    bool in_class = false;

    if (start >= scanner->end || *start != '/')
        return bad(scanner, start, "a regular expression stands between slashes: regex /.../");
    for (at = start + 1; at < scanner->end && *at != '\n' && (*at != '/' || in_class); at++) {
        if (*at == '\\' && at + 1 < scanner->end && at[1] != '\n')
            at++;
        else if (*at == '[' && !in_class)
            in_class = true;
        else if (*at == ']' && at[-1] != '[' && !(at[-1] == '^' && at[-2] == '['))
            in_class = false;
    }
    if (at >= scanner->end || *at != '/')
        return bad(scanner, start,
                   in_class ? "a [ is not closed: write ] where the set of characters ends, or \\[ "
                              "for the bracket itself"
                   : memmem(start, (size_t)(at - start), "\\/", 2)
                       ? "the closing slash is missing: \\/ is a slash inside, the last one has no "
                         "\\ before it"
                       : "the closing slash is missing: write regex /.../");
    lexeme.len = (size_t)(at - lexeme.text);
    lexeme.flags = ++at;
    while (at < scanner->end && *at >= 'a' && *at <= 'z')
        at++;
    lexeme.flags_len = (size_t)(at - lexeme.flags);
    if ((at < scanner->end && !blank_at(at, scanner->end) && !strchr("\n,|)?&", *at)) ||
        (!are_flags(lexeme.flags, at) && slash_follows(scanner, at)))
        return bad(scanner, lexeme.flags - 1, slash_inside);
    scanner->at = at;
    return lexeme;
}

/* Signs with no meaning in the language: someone wants to find them. */
static bool must_be_quoted(char c)
{
    return c && strchr(";:<>=@$^[]\\`", c);
}

/* U+201C to U+201F. */
static bool is_curly(const char *at, const char *end)
{
    return end - at > 2 && memcmp(at, "\xe2\x80", 2) == 0 && (at[2] & 0xfc) == 0x9c;
}

static struct lexeme bad_sign(const struct scanner *scanner)
{
    if (*scanner->at == '[')
        return bad(scanner, scanner->at,
                   "[ has no meaning here; a list stands in {}, and words of which one is there in "
                   "(): (one | another)");
    report(scanner, EK_ERROR, scanner->at,
           "%c has no meaning here; to find the sign itself put it in quotation marks: \"%c\"",
           *scanner->at, *scanner->at);
    return (struct lexeme){.kind = LEXEME_BAD};
}

static struct lexeme scan_word(struct scanner *scanner)
{
    struct lexeme lexeme = {.kind = LEXEME_WORD, .text = scanner->at};

    while (scanner->at < scanner->end && !blank_at(scanner->at, scanner->end) &&
           *scanner->at != '\n' && !strchr("()|,{}\"?&", *scanner->at)) {
        if (*lexeme.text == '/' && scanner->at > lexeme.text)
            return bad(scanner, lexeme.text,
                       "a regular expression has the word regex before it: regex /.../; for the "
                       "sign itself write \"/\"");
        if (must_be_quoted(*scanner->at))
            return bad_sign(scanner);
        if (is_curly(scanner->at, scanner->end))
            return bad(scanner, scanner->at,
                       "this is a curly quotation mark; write the straight one: \"");
        scanner->at++;
    }
    lexeme.len = (size_t)(scanner->at - lexeme.text);
    return lexeme;
}

/* The line ends in a sign that goes on in the next, and that one begins a statement. */
static struct lexeme bad_continuation(const struct scanner *scanner, const struct lexeme *word)
{
    const char *sign = scanner->at;

    while (is_blank(sign[-1]))
        sign--;
    report(
        scanner, EK_ERROR, sign - 1,
        "after %c at its end a line goes on in the next one, which begins with %.*s; take the %c "
        "away, or write \"%.*s\" if the word is meant",
        sign[-1], (int)word->len, word->text, sign[-1], (int)word->len, word->text);
    return (struct lexeme){.kind = LEXEME_BAD};
}

/* Move to the next line where the statement goes on there; false if nothing follows. */
static bool continue_line(struct scanner *scanner, struct lexeme *lexeme)
{
    if (scanner->last != LEXEME_COMMA && scanner->last != LEXEME_BAR &&
        scanner->last != LEXEME_OPEN)
        return false;
    struct lexeme word = {.kind = LEXEME_WORD};
    struct scanner ahead = *scanner;
    do {
        skip_line(&ahead);
        skip_blanks(&ahead);
    } while (ahead.at < ahead.end && *ahead.at == '#');
    if (ahead.at >= ahead.end || *ahead.at == '\n')
        return false;
    word.text = ahead.at;
    while (word.len < (size_t)(ahead.end - ahead.at) && word.text[word.len] >= 'a' &&
           word.text[word.len] <= 'z')
        word.len++;
    if (begins_statement(&ahead, &word)) {
        *lexeme = bad_continuation(scanner, &word);
        return false;
    }
    ahead.last = scanner->last;
    *scanner = ahead;
    return true;
}

struct lexeme scan(struct scanner *scanner)
{
    static const struct {
        char sign;
        enum lexeme_kind kind;
    } signs[] = {{'(', LEXEME_OPEN},  {')', LEXEME_CLOSE}, {'|', LEXEME_BAR},
                 {',', LEXEME_COMMA}, {'&', LEXEME_AND},   {'=', LEXEME_EQUALS}};
    struct lexeme lexeme = {.kind = LEXEME_END};

    lexeme.text = scanner->at;
    if (at_line_end(scanner)) {
        lexeme.text = scanner->at;
        if (!continue_line(scanner, &lexeme))
            return lexeme;
    }
    lexeme.text = scanner->at;
    lexeme.len = 1;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (*scanner->at == signs[i].sign)
            lexeme.kind = signs[i].kind;
    if (lexeme.kind != LEXEME_END)
        scanner->at++;
    else if (*scanner->at == '"')
        lexeme = scan_between(scanner, LEXEME_QUOTED, '"',
                              "the closing quotation mark is missing: write \"...\" on one line");
    else if (*scanner->at == '{')
        lexeme = scan_between(scanner, LEXEME_LIST, '}',
                              "the closing brace is missing: write {name of a list}");
    else if (*scanner->at == '}' || *scanner->at == '?')
        lexeme = bad(scanner, scanner->at,
                     *scanner->at == '}' ? "this brace closes nothing; write {name of a list}"
                                         : "a ? stands directly after the word that may be left "
                                           "out; for the sign itself write \"?\"");
    else
        lexeme = scan_word(scanner);
    if ((lexeme.kind == LEXEME_WORD || lexeme.kind == LEXEME_QUOTED || lexeme.kind == LEXEME_LIST ||
         lexeme.kind == LEXEME_CLOSE) &&
        scanner->at < scanner->end && *scanner->at == '?') {
        lexeme.optional = true;
        scanner->at++;
    }
    scanner->last = lexeme.kind;
    return lexeme;
}
