/* tree.c - asking the tree. See tree.h. */
#include "daemon/extract/tree.h"

#include "daemon/extract/tags.h"
#include "ekbom/arena.h"
#include "ekbom/text.h"

struct ek_scope ek_whole(const struct ek_tree *tree, uint32_t node)
{
    return (struct ek_scope){node, tree->nodes[node].end};
}

struct ek_scope ek_within(const struct ek_tree *tree, uint32_t node, struct ek_scope scope)
{
    struct ek_scope part = ek_whole(tree, node);
    if (node >= scope.node && node < scope.end && part.end > scope.end)
        part.end = scope.end;
    return part;
}

struct ek_slice ek_node_text(const struct ek_tree *tree, uint32_t node)
{
    return ek_slice(tree->text + tree->nodes[node].text, tree->nodes[node].text_len);
}

struct ek_slice ek_node_attr(const struct ek_tree *tree, uint32_t node, uint16_t name)
{
    const struct ek_node *n = &tree->nodes[node];
    for (unsigned i = 0; i < n->attr_count; i++) {
        const struct ek_attr *attr = &tree->attrs[n->attrs + i];
        if (attr->name == name)
            return ek_slice(tree->text + attr->value, attr->len);
    }
    return ek_slice(NULL, 0);
}

bool ek_node_named(const struct ek_tree *tree, uint32_t node, uint16_t name)
{
    const struct ek_node *n = &tree->nodes[node];
    for (uint32_t i = n->words; i < n->words + n->word_count; i++)
        if (tree->words[i] == name)
            return true;
    return false;
}

/* Bytes 0x80 to 0x9F of windows-1252; 0 where that has none. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/* Where the next U+0080 to U+009F starts; end if there is none. */
static const char *find_control(const char *at, const char *end)
{
    while (at < end && (at = memchr(at, 0xC2, (size_t)(end - at))) != NULL) {
        if (at + 1 < end && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] < 0xA0)
            return at;
        at++;
    }
    return end;
}

char *ek_page_string(struct ek_arena *arena, const char *text, size_t len)
{
    const char *end = text + len;
    if (find_control(text, end) == end)
        return ek_nfc(arena, text, len);
    char *copy = ek_alloc(arena, len + len / 2 + 1, 1); /* two bytes become at most three */
    if (!copy)
        return NULL;
    size_t out = 0;
    while (text < end) {
        const char *control = find_control(text, end);
        memcpy(copy + out, text, (size_t)(control - text));
        out += (size_t)(control - text);
        if (control == end)
            break;
        uint16_t c = windows_1252[(unsigned char)control[1] - 0x80];
        if (c)
            out += ek_utf8_put(copy + out, c);
        text = control + 2;
    }
    return ek_nfc(arena, copy, out);
}

static bool unseen(const struct ek_node *node)
{
    return node->tag == EK_TAG_SCRIPT || node->tag == EK_TAG_STYLE;
}

char *ek_text_of(const struct ek_tree *tree, struct ek_scope scope, bool own,
                 struct ek_arena *arena)
{
    size_t total = 0;
    for (uint32_t i = scope.node; i < scope.end; i++)
        total += tree->nodes[i].is_text ? tree->nodes[i].text_len + 1 : 1;
    char *joined = ek_alloc(arena, total + 1, 1);
    if (!joined)
        return NULL;
    size_t len = 0;
    uint32_t i = tree->nodes[scope.node].is_text ? scope.node : scope.node + 1;
    while (i < scope.end) {
        const struct ek_node *node = &tree->nodes[i];
        if (node->is_text) {
            memcpy(joined + len, tree->text + node->text, node->text_len);
            len += node->text_len;
        } else if (node->tag == EK_TAG_BR) {
            joined[len++] = ' ';
        }
        i = !node->is_text && (own || unseen(node)) ? node->end : i + 1;
    }
    char *squeezed = ek_squeeze(arena, joined, len);
    return squeezed ? ek_page_string(arena, squeezed, strlen(squeezed)) : NULL;
}
