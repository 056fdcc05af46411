/* attack.c - how long a rule can be held up.
 *
 * Texts are made of what the rule itself looks for, since only these words lead to it: all its
 * words over and over; one of them over and over, and the others at the end; and for a regular
 * expression long runs of the characters it repeats, between the words that it waits for. Each
 * fills a long post. The time is the processor's, for deciding this one rule by the fast engine;
 * reading the text is not counted, every post pays for it. It is no proof that nothing worse
 * exists, but what people write by mistake ("(\w+\s*)+") is found in one of these texts. */
#include <time.h>

#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"
#include "ekbom/text.h"
#include "rules/check.h"
#include "rules/matcher.h"

#include <string.h>

#define ATTACK_BYTES 8192u /* of a text: a very long post */
#define MOST_STRINGS 48u   /* words of one rule that its texts are made of */
#define MOST_BRANCHES 6u   /* of one list */
#define MOST_PATTERNS 8u
#define MOST_FILLERS 12u
#define SHORT_RUN 40u /* bytes: enough to try all ways to cut it */
#define SHOWN 60u     /* code points of a text */

struct attacker {
    const struct ek_rules *rules;
    struct ek_matcher *matcher;
    struct ek_arena *arena; /* what is found out */
    struct ek_arena *scratch;
    const char *strings[MOST_STRINGS];
    const struct pattern *patterns[MOST_PATTERNS];
    unsigned string_count, pattern_count;
    uint32_t rule;
    struct ek_attack *worst;
};

/* What the rule looks for -----------------------------------------------------------------------
 */

static void add_string(struct attacker *attacker, const char *string)
{
    if (string && *string && attacker->string_count < MOST_STRINGS)
        attacker->strings[attacker->string_count++] = string;
}

static void add_pattern(struct attacker *attacker, const struct pattern *pattern)
{
    if (attacker->pattern_count == MOST_PATTERNS)
        return;
    attacker->patterns[attacker->pattern_count++] = pattern;
    for (uint32_t n = 0; n < pattern->need_count; n++) {
        const struct literal *literal = &pattern->needs[n].literals[0];
        add_string(attacker, ek_strndup(attacker->scratch, literal->text, literal->len));
    }
}

/* The leaves of a condition; of a code that it names, those of its first rules. */
static void collect(struct attacker *attacker, uint32_t number)
{
    const struct ek_rules *rules = attacker->rules;
    const struct node *node = &rules->nodes.items[number];

    if (node->kind == NODE_WORD) {
        const struct word *word = &rules->words.items.items[node->item];
        add_string(attacker, ek_printf(attacker->scratch, "%s%s%s",
                                       word->spelling ? word->spelling : word->head,
                                       word->form == WORD_OPEN ? "x" : "", word->tail));
    } else if (node->kind == NODE_REGEX) {
        add_pattern(attacker, &rules->patterns.items.items[node->item]);
    } else if (node->kind == NODE_CODE) {
        const struct mention *mention = &rules->mentions.items[node->item];
        const struct code *code = &rules->codes.items[rules->mentioned.items[mention->codes]];
        for (uint32_t r = 0; r < code->rule_count && r < MOST_BRANCHES; r++)
            collect(attacker, rules->rules.items[code->rules + r].node);
    }
    for (uint32_t c = 0; c < node->child_count; c++)
        if (node->kind != NODE_EITHER || c < MOST_BRANCHES)
            collect(attacker, rules->children.items[node->children + c] & ~CHILD_OPTIONAL);
}

/* Runs of what the pattern may repeat: its own letters and digits, and one of each class. */
static unsigned fillers_of(const struct pattern *pattern, struct ek_arena *arena,
                           const char *fillers[MOST_FILLERS])
{
    static const char *const always[] = {" ", "a ", "1 ", "x", "1", "\n"};
    unsigned count = 0;
    char seen[128] = {0};

    for (; count < sizeof always / sizeof *always; count++) {
        fillers[count] = always[count];
        seen[(unsigned char)*always[count]] = 1;
    }
    for (size_t i = 0; i < pattern->source_len && count < MOST_FILLERS; i++) {
        unsigned char c = (unsigned char)pattern->source[i];
        bool escaped = i && pattern->source[i - 1] == '\\';
        if (c >= 128 || seen[c] || escaped || !strchr("+*{?", pattern->source[i + 1]) || c == ')' ||
            c == ']')
            continue;
        seen[c] = 1;
        fillers[count] = ek_printf(arena, "%c", c);
        if (fillers[count])
            count++;
    }
    return count;
}

/* Trying ----------------------------------------------------------------------------------------
 */

double processor_time(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static bool is_raised(const struct ek_matcher *matcher, uint32_t number)
{
    const struct code *code =
        &matcher->rules->codes.items[matcher->rules->rules.items[number].code];
    uint32_t rank = code->rank + number - code->rules;

    return matcher_raised(matcher, rank) == rank;
}

/* Milliseconds that deciding the rule takes on this text; negative on an error. */
static double time_of(struct attacker *attacker, const char *text, size_t len, bool *limited,
                      struct ek_err *err)
{
    struct ek_matcher *matcher = attacker->matcher;
    uint32_t node = attacker->rules->rules.items[attacker->rule].node;
    double start;

    if (matcher_read(matcher, text, len, err) < 0)
        return -1;
    start = processor_time();
    if (is_raised(matcher, attacker->rule))
        matcher_decide(matcher, node);
    *limited = matcher_limit(matcher, node);
    return processor_time() - start;
}

static int try_text(struct attacker *attacker, const char *text, size_t len, struct ek_err *err)
{
    struct ek_attack *worst = attacker->worst;
    bool limited = false, again = false;
    double took = time_of(attacker, text, len, &limited, err), once_more;

    if (took < 0)
        return -1;
    if (took > worst->milliseconds) { /* the first time may have been the machine's fault */
        once_more = time_of(attacker, text, len, &again, err);
        if (once_more < 0)
            return -1;
        took = once_more < took ? once_more : took;
    }
    worst->undetermined = worst->undetermined || limited;
    if (took <= worst->milliseconds)
        return 0;
    worst->milliseconds = took;
    worst->bytes = len;
    worst->text = ek_strndup(attacker->arena, text, ek_utf8_offset(text, len, SHOWN));
    return worst->text ? 0 : ek_fail_memory(err);
}

/* How a text is made: `start`, then `lead` and so many bytes of `filler` until it is long enough,
 * then `end`. */
struct shape {
    const char *start, *lead, *filler, *end;
    size_t stretch;
};

static int try_shape(struct attacker *attacker, struct shape shape, struct ek_err *err)
{
    struct ek_buf text;
    int result;

    ek_buf_init(&text, 2 * ATTACK_BYTES + strlen(shape.start) + strlen(shape.lead) +
                           strlen(shape.filler) + strlen(shape.end));
    ek_buf_adds(&text, shape.start);
    while (text.len < ATTACK_BYTES && !text.failed) {
        size_t from = text.len;
        ek_buf_adds(&text, shape.lead);
        while (text.len - from < shape.stretch && text.len < ATTACK_BYTES && !text.failed)
            ek_buf_adds(&text, shape.filler);
    }
    ek_buf_adds(&text, shape.end);
    result = text.failed ? ek_fail_memory(err) : try_text(attacker, text.data, text.len, err);
    ek_buf_free(&text);
    return result;
}

/* Where the repetition ends something has to be missing, and all the same to be there: the source
 * of the pattern holds every character that a match may need. */
static int attack_pattern(struct attacker *attacker, const struct pattern *pattern, const char *all,
                          struct ek_err *err)
{
    const char *fillers[MOST_FILLERS], *lead = "";
    const char *source = ek_printf(attacker->scratch, " %% %s", pattern->source);
    unsigned count = fillers_of(pattern, attacker->scratch, fillers);

    if (pattern->need_count) {
        const struct literal *literal = &pattern->needs[0].literals[0];
        lead = ek_strndup(attacker->scratch, literal->text, literal->len);
    }
    if (!lead || !source)
        return ek_fail_memory(err);
    for (unsigned i = 0; i < count; i++) {
        const struct shape shapes[] = {{"", lead, fillers[i], all, ATTACK_BYTES},
                                       {all, lead, fillers[i], source, ATTACK_BYTES},
                                       {all, lead, fillers[i], source, SHORT_RUN}};
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            if (try_shape(attacker, shapes[s], err) < 0)
                return -1;
    }
    return 0;
}

/* All strings with blanks between them and around, or NULL. */
static const char *all_strings(struct attacker *attacker)
{
    const char *all = " ";

    for (unsigned i = 0; i < attacker->string_count && all; i++)
        all = ek_printf(attacker->scratch, "%s%s ", all, attacker->strings[i]);
    return all;
}

static int attack(struct attacker *attacker, struct ek_err *err)
{
    const struct rule *rule = &attacker->rules->rules.items[attacker->rule];
    const char *all;
    int result;

    attacker->string_count = attacker->pattern_count = 0;
    ek_arena_reset(attacker->scratch);
    collect(attacker, rule->node);
    *attacker->worst = (struct ek_attack){.rule = rule->id, .text = ""};
    all = all_strings(attacker);
    if (!all)
        return ek_fail_memory(err);
    result = try_shape(attacker, (struct shape){"", all, "", "", 0}, err);
    for (unsigned i = 0; i < attacker->string_count && i < MOST_BRANCHES && result == 0; i++) {
        const char *one = ek_printf(attacker->scratch, "%s ", attacker->strings[i]);
        result = one ? try_shape(attacker, (struct shape){all, one, "", "", 0}, err)
                     : ek_fail_memory(err);
        if (result == 0)
            result = try_shape(attacker, (struct shape){"", one, "", all, 0}, err);
    }
    for (unsigned i = 0; i < attacker->pattern_count && result == 0; i++)
        result = attack_pattern(attacker, attacker->patterns[i], all, err);
    return result;
}

int attack_rules(const struct ek_rules *rules, struct ek_arena *arena, struct ek_attack *attacks,
                 struct ek_err *err)
{
    struct attacker attacker = {.rules = rules, .arena = arena};
    int result = -1;

    attacker.matcher = ek_matcher_new(rules, EK_ENGINE_FAST, err);
    attacker.scratch = attacker.matcher ? ek_arena_new(EK_ARENA_BYTES) : NULL;
    if (attacker.scratch)
        result = 0;
    else if (attacker.matcher)
        ek_fail_memory(err);
    for (uint32_t i = 0; i < rules->rules.count && result == 0; i++) {
        attacker.rule = i;
        attacker.worst = &attacks[i];
        result = attack(&attacker, err);
    }
    ek_matcher_free(attacker.matcher);
    ek_arena_free(attacker.scratch);
    return result;
}
