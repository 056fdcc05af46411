/* cue_block.c - what stands below a cue: words, and where the theory stands from them. */
#include "rules/statement.h"

#include "ekbom/limits.h"
#include "ekbom/text.h"

const char *const cue_category_names[] = {"supports",     "disputes", "asks",
                                          "neutral",      "hedge",    "experience",
                                          "other-person", "cramps",   NULL};
const char *const cue_direction_names[] = {"forward",  "backward", "around", "sentence", "next",
                                           "previous", "post",     "pseudo", "stop",     NULL};

static int index_of(const char *const *names, const struct lexeme *lexeme)
{
    for (int i = 0; names[i]; i++)
        if (lexeme_is(lexeme, names[i]))
            return i;
    return -1;
}

void start_cue(struct scanner *scanner, const struct lexeme *word)
{
    struct lexeme category = scan(scanner);
    int index = index_of(cue_category_names, &category);
    const char *near, *name;

    (void)word;
    scanner->block = BLOCK_BAD;
    if (category.kind == LEXEME_BAD)
        return;
    if (index < 0) {
        name = category.kind == LEXEME_WORD ? copy_text(scanner, category.text, category.len) : "";
        near = name && *name ? ek_nearest(name, cue_category_names, CUE_CATEGORIES) : NULL;
        report(scanner, EK_ERROR, category.text,
               "%s%s%sa cue is one of supports, disputes, asks, neutral, hedge, experience, "
               "other-person, cramps",
               near ? "did you mean " : "", near ? near : "", near ? "? " : "");
        return;
    }
    end_of_statement(scanner);
    scanner->block = BLOCK_CUE;
    scanner->category = (enum cue_category)index;
}

void parse_cue(struct scanner *scanner, const struct lexeme *word)
{
    struct ek_rules *rules = scanner->compiler->rules;
    struct cue cue = {
        .category = (uint8_t)scanner->category, .file = scanner->file, .line = scanner->line};
    long number = 0;
    bool counted;

    for (int i = 0; cue_direction_names[i]; i++)
        if (lexeme_with_number(word, cue_direction_names[i], &number)) {
            cue.direction = (uint8_t)i;
            break;
        }
    counted =
        cue.direction <= CUE_AROUND || cue.direction == CUE_NEXT || cue.direction == CUE_PREVIOUS;
    if (number < 0 || number > (long)EK_MAX_WITHIN || (number && !counted) ||
        (cue.direction > CUE_AROUND && number > (long)CUE_SENTENCES)) {
        report(scanner, EK_ERROR, word->text,
               counted ? "%.*s: the number goes from 1 to 200: words in forward/8; sentences in "
                         "next/2, to 4"
                       : "%.*s takes no number",
               (int)word->len, word->text);
        return;
    }
    cue.distance = (uint32_t)number;
    cue.node = parse_clause(scanner, NULL);
    if (cue.node != NO_NODE)
        VECTOR_PUSH(&rules->cues, cue);
    if (rules->cues.failed)
        scanner->compiler->no_memory = true;
}
