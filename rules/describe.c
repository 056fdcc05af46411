/* describe.c - a condition as its writer would put it, for people: "(had | has) in 2 sentences".
 *
 * Made from the compiled condition, since what matters is the part of it that failed, which may
 * come out of a list in another file. A list goes by its name, other alternatives are cut after a
 * few. */
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/limits.h"
#include "rules/describe.h"

#define MOST_SHOWN 5u   /* entries of a list */
#define MOST_BYTES 400u /* then it is left */

static void describe(struct ek_buf *out, const struct ek_rules *rules, uint32_t number);

static void describe_word(struct ek_buf *out, const struct word *word)
{
    ek_buf_adds(out, word->spelling ? word->spelling : word->head);
    if (word->form == WORD_OPEN)
        ek_buf_addf(out, "*%s", word->tail);
    ek_buf_adds(out, word->form == WORD_PLURAL ? "~" : word->spelling ? "!" : "");
}

static uint32_t child_of(const struct ek_rules *rules, const struct node *node, uint32_t index)
{
    return rules->children.items[node->children + index] & ~CHILD_OPTIONAL;
}

static const char *list_name(const struct ek_rules *rules, uint32_t number)
{
    for (size_t i = 0; i < rules->list_names.count; i++)
        if (rules->list_names.items[i].node == number)
            return rules->list_names.items[i].name;
    return NULL;
}

/* Alternatives, or words one after another. */
static void describe_children(struct ek_buf *out, const struct ek_rules *rules,
                              const struct node *node)
{
    bool either = node->kind == NODE_EITHER;
    uint32_t shown = either && node->child_count > MOST_SHOWN + 1 ? MOST_SHOWN : node->child_count;

    ek_buf_adds(out, either ? "(" : "");
    for (uint32_t c = 0; c < shown && out->len < MOST_BYTES; c++) {
        ek_buf_adds(out, c == 0 ? "" : either ? " | " : " ");
        describe(out, rules, child_of(rules, node, c));
        if (rules->children.items[node->children + c] & CHILD_OPTIONAL)
            ek_buf_adds(out, "?");
    }
    if (shown < node->child_count)
        ek_buf_addf(out, " | and %u more", node->child_count - shown);
    ek_buf_adds(out, either ? ")" : "");
}

/* near/6, with, ... */
static void describe_join(struct ek_buf *out, const struct node *node)
{
    static const char *const names[] = {[NODE_NEAR] = "near/",
                                        [NODE_THEN] = "then/",
                                        [NODE_WITH] = "with",
                                        [NODE_WITHOUT] = "without",
                                        [NODE_BOTH] = "&"};

    ek_buf_adds(out, names[node->kind]);
    if (node->kind == NODE_NEAR || node->kind == NODE_THEN)
        ek_buf_addf(out, "%u", node->distance);
}

/* in 2 sentences, within post, ...; nothing where nothing is meant. */
static void describe_scope(struct ek_buf *out, const struct node *node)
{
    bool measured = node->kind == NODE_NEAR || node->kind == NODE_THEN;

    if (measured) {
        ek_buf_adds(out, node->scope == SCOPE_POST ? " across sentences" : "");
        return;
    }
    ek_buf_adds(out, out->len ? " " : "");
    ek_buf_adds(out, node->kind == NODE_BOTH ? "within " : "in ");
    if (node->scope == SCOPE_POST)
        ek_buf_adds(out, "post");
    else if (node->scope == SCOPE_PARAGRAPH)
        ek_buf_adds(out, "paragraph");
    else if (node->distance == 1)
        ek_buf_adds(out, "sentence");
    else
        ek_buf_addf(out, "%u sentences", node->distance);
}

static void describe(struct ek_buf *out, const struct ek_rules *rules, uint32_t number)
{
    const struct node *node = &rules->nodes.items[number];

    if (out->len > MOST_BYTES)
        return;
    switch (node->kind) {
    case NODE_WORD:
        describe_word(out, &rules->words.items.items[node->item]);
        return;
    case NODE_REGEX:
        ek_buf_addf(out, "/%s/", rules->patterns.items.items[node->item].source);
        return;
    case NODE_CODE:
        ek_buf_adds(out, rules->mentions.items[node->item].name);
        return;
    case NODE_EITHER:
        if (list_name(rules, number)) {
            ek_buf_addf(out, "{%s}", list_name(rules, number));
            return;
        }
        describe_children(out, rules, node);
        return;
    case NODE_SEQUENCE:
        describe_children(out, rules, node);
        return;
    default:
        break;
    }
    describe(out, rules, child_of(rules, node, 0));
    ek_buf_adds(out, " ");
    describe_join(out, node);
    ek_buf_adds(out, " ");
    describe(out, rules, child_of(rules, node, 1));
    describe_scope(out, node);
}

const char *describe_need(const struct ek_rules *rules, uint32_t number, uint32_t child,
                          struct ek_arena *arena)
{
    const struct node *node = &rules->nodes.items[number];
    struct ek_buf out;
    const char *text;

    ek_buf_init(&out, 8 * MOST_BYTES + 2 * EK_MAX_PATTERN_BYTES);
    if (child == 0) {
        describe(&out, rules, child_of(rules, node, 0));
        ek_buf_adds(&out, " ");
    }
    if (node->kind != NODE_BOTH || child != NO_CHILD)
        describe_join(&out, node);
    if (child != NO_CHILD && child > 0) {
        ek_buf_adds(&out, " ");
        describe(&out, rules, child_of(rules, node, child));
    }
    describe_scope(&out, node);
    text = ek_buf_str(&out);
    text = ek_strdup(arena, text ? text : "");
    ek_buf_free(&out);
    return text;
}
