/* parse.c - the only file that calls libxml2: its HTML parser's events become our tree.
 *
 * libxml2 parses as browsers of its day did and never fails, which is what forum pages need; but
 * its document tree costs as much again as the parse (5.3 k against 10.7 k posts a second on a
 * phpBB 3.3 board) and XPath more than both. So: its SAX events, one array of 40-byte nodes, and
 * only what profiles name. The parser gets clean UTF-8 and no options that load or expand
 * anything. It reports a page that it gave up as success: `disableSAX` and a few error numbers
 * are what tells. Its name stack is searched for every end tag, so depth is stopped at
 * EK_MAX_PAGE_DEPTH rather than left to grow. */
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "daemon/extract/tags.h"
#include "daemon/extract/attributes.h"
#include "daemon/extract/tree.h"
#include "ekbom/arena.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

#define CACHE 256

struct use {
    uint32_t node;
    uint16_t name;
};

struct builder {
    struct ek_tree *tree;
    struct ek_arena *arena;
    xmlParserCtxtPtr parser;
    uint32_t node_cap;
    uint32_t attr_count, attr_cap;
    uint32_t word_count, word_cap;
    struct use *uses; /* which node carries which keyed name */
    uint32_t use_count, use_cap;
    char *text;
    size_t text_len, text_cap;
    uint32_t open, last_child; /* innermost open element; its last child so far */
    unsigned depth;
    bool no_memory;
    uint16_t class_name, id_name;
    /* libxml2 interns names: the same pointer is the same name. */
    struct {
        const xmlChar *pointer;
        uint16_t tag, attribute;
    } cache[CACHE];
};

/* Room for one more element in an array of the arena; the old array is left behind. */
static void *grow(struct builder *b, void *array, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap)
        return array;
    uint32_t more = *cap ? 2 * *cap : 1024;
    void *bigger = ek_alloc(b->arena, more, size);
    if (!bigger) {
        b->no_memory = true;
        xmlStopParser(b->parser);
        return NULL;
    }
    if (count)
        memcpy(bigger, array, count * size);
    *cap = more;
    return bigger;
}

static void give_up(struct builder *b, const char *why)
{
    if (!b->tree->fault)
        b->tree->fault = why;
    xmlStopParser(b->parser);
}

/* The text buffer is as long as the page: decoded text is never longer than its source. */
static bool keep_text(struct builder *b, const char *bytes, size_t len, uint32_t *at)
{
    if (len > b->text_cap - b->text_len) {
        give_up(b, "the parser gave more text than the page holds");
        return false;
    }
    memcpy(b->text + b->text_len, bytes, len);
    *at = (uint32_t)b->text_len;
    b->text_len += len;
    return true;
}

static struct ek_node *add_node(struct builder *b)
{
    struct ek_tree *tree = b->tree;
    if (tree->count >= EK_MAX_PAGE_NODES) {
        give_up(b, "more elements than a page may have");
        return NULL;
    }
    struct ek_node *nodes = grow(b, tree->nodes, tree->count, &b->node_cap, sizeof *nodes);
    if (!nodes)
        return NULL;
    tree->nodes = nodes;
    struct ek_node *node = &nodes[tree->count];
    *node = (struct ek_node){.parent = b->open, .previous = b->last_child, .end = tree->count + 1};
    b->last_child = tree->count++;
    return node;
}

static void use_name(struct builder *b, uint16_t name, uint32_t node)
{
    if (!name || !b->tree->names->name[name].keyed)
        return;
    struct use *uses = grow(b, b->uses, b->use_count, &b->use_cap, sizeof *uses);
    if (!uses)
        return;
    b->uses = uses;
    uses[b->use_count++] = (struct use){node, name};
}

static void names_of(struct builder *b, const xmlChar *pointer, uint16_t *tag, uint16_t *attribute)
{
    size_t slot = ((uintptr_t)pointer >> 2) % CACHE;
    if (b->cache[slot].pointer != pointer) {
        struct ek_slice name = ek_slice_of((const char *)pointer);
        b->cache[slot].pointer = pointer;
        b->cache[slot].tag = ek_names_find(b->tree->names, '<', name);
        b->cache[slot].attribute = ek_names_find(b->tree->names, '@', name);
    }
    *tag = b->cache[slot].tag;
    *attribute = b->cache[slot].attribute;
}

static void add_word(struct builder *b, uint16_t name, uint32_t number)
{
    if (!name)
        return;
    uint16_t *words = grow(b, b->tree->words, b->word_count, &b->word_cap, sizeof *words);
    if (!words)
        return;
    b->tree->words = words;
    words[b->word_count++] = name;
    if (b->tree->nodes[number].word_count < UINT16_MAX)
        b->tree->nodes[number].word_count++;
    use_name(b, name, number);
}

static void add_class_words(struct builder *b, struct ek_slice words, uint32_t node)
{
    size_t at = 0;
    while (at < words.len) {
        while (at < words.len && ek_html_space(words.at[at]))
            at++;
        size_t start = at;
        while (at < words.len && !ek_html_space(words.at[at]))
            at++;
        if (at > start)
            add_word(b, ek_names_find(b->tree->names, '.', ek_slice(words.at + start, at - start)),
                     node);
    }
}

static void add_attribute(struct builder *b, struct ek_node *node, uint32_t number, uint16_t name,
                          struct ek_slice value)
{
    struct ek_attr *attrs = grow(b, b->tree->attrs, b->attr_count, &b->attr_cap, sizeof *attrs);
    uint32_t at;
    if (!attrs || !keep_text(b, value.at, value.len, &at))
        return;
    b->tree->attrs = attrs;
    attrs[b->attr_count++] = (struct ek_attr){name, at, (uint32_t)value.len};
    node->attr_count++;
    use_name(b, name, number);
    if (name == b->class_name)
        add_class_words(b, value, number);
    else if (name == b->id_name)
        add_word(b, ek_names_find(b->tree->names, '#', value), number);
}

static void on_start(void *data, const xmlChar *name, const xmlChar **attributes)
{
    struct builder *b = data;
    if (b->depth >= EK_MAX_PAGE_DEPTH) {
        give_up(b, "elements nested deeper than a page may");
        return;
    }
    struct ek_node *node = add_node(b);
    if (!node)
        return;
    uint32_t number = b->tree->count - 1;
    uint16_t ignored;
    names_of(b, name, &node->tag, &ignored);
    node->attrs = b->attr_count;
    node->words = b->word_count;
    use_name(b, node->tag, number);
    for (; attributes && attributes[0] && node->attr_count < UINT16_MAX; attributes += 2) {
        uint16_t attribute, tag;
        names_of(b, attributes[0], &tag, &attribute);
        if (attribute)
            add_attribute(b, node, number, attribute,
                          ek_slice_of(attributes[1] ? (const char *)attributes[1] : ""));
    }
    b->open = number;
    b->last_child = EK_NO_NODE;
    b->depth++;
}

static void on_end(void *data, const xmlChar *name)
{
    struct builder *b = data;
    (void)name; /* libxml2 balances its events */
    if (b->depth == 0)
        return;
    struct ek_node *node = &b->tree->nodes[b->open];
    node->end = b->tree->count;
    node->cut = b->parser->input->cur >= b->parser->input->end;
    b->last_child = b->open;
    b->open = node->parent;
    b->depth--;
}

static void on_text(void *data, const xmlChar *bytes, int len)
{
    struct builder *b = data;
    uint32_t at;
    if (len <= 0 || !keep_text(b, (const char *)bytes, (size_t)len, &at))
        return;
    /* Pieces of one run of text come one after another: join them. */
    struct ek_node *last = &b->tree->nodes[b->tree->count - 1];
    if (last->is_text && b->last_child == b->tree->count - 1 && last->text + last->text_len == at) {
        last->text_len += (uint32_t)len;
        return;
    }
    struct ek_node *node = add_node(b);
    if (!node)
        return;
    node->is_text = true;
    node->text = at;
    node->text_len = (uint32_t)len;
}

/* Sort the uses by name, keeping document order: a counting sort. */
static int build_index(struct builder *b)
{
    struct ek_tree *tree = b->tree;
    size_t names = (size_t)tree->names->count + 2;
    tree->first = EK_NEW_ARRAY(b->arena, uint32_t, names);
    tree->index = EK_NEW_ARRAY(b->arena, uint32_t, b->use_count + 1);
    uint32_t *next = EK_NEW_ARRAY(b->arena, uint32_t, names);
    if (!tree->first || !tree->index || !next)
        return -1;
    for (uint32_t i = 0; i < b->use_count; i++)
        tree->first[b->uses[i].name + 1]++;
    for (size_t n = 1; n < names; n++)
        tree->first[n] += tree->first[n - 1];
    memcpy(next, tree->first, names * sizeof *next);
    for (uint32_t i = 0; i < b->use_count; i++)
        tree->index[next[b->uses[i].name]++] = b->uses[i].node;
    return 0;
}

/* Errors after which libxml2 leaves a part of the page out; all others it mends. */
static void on_error(void *data, xmlErrorPtr error)
{
    struct builder *b = data;
    if (error->code == XML_ERR_NO_MEMORY)
        b->no_memory = true;
    if (error->code == XML_ERR_INTERNAL_ERROR || error->code == XML_ERR_NAME_TOO_LONG)
        if (!b->tree->fault)
            b->tree->fault = "the parser reached one of its own limits";
}

static int run_parser(struct builder *b, struct ek_slice html)
{
    static const xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                                          .serror = on_error,
                                          .startElement = on_start,
                                          .endElement = on_end,
                                          .characters = on_text,
                                          .ignorableWhitespace = on_text};
    xmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(html.at, (int)html.len);
    if (!parser)
        return -1;
    b->parser = parser;
    *parser->sax = handler;
    parser->userData = b;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                   HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    htmlParseDocument(parser);
    if (!b->tree->fault && parser->disableSAX)
        b->tree->fault = "the parser gave the page up";
    xmlFreeDoc(parser->myDoc);
    parser->myDoc = NULL;
    htmlFreeParserCtxt(parser);
    return 0;
}

void ek_tree_prepare(void)
{
    xmlInitParser();
}

int ek_tree_parse(struct ek_tree *tree, const struct ek_names *names, struct ek_slice html,
                  struct ek_arena *arena, struct ek_err *err)
{
    *tree = (struct ek_tree){.names = names, .steps = EK_MAX_PAGE_STEPS};
    if (html.len && ek_attributes_too_many(html))
        return ek_fail(err, EK_LIMIT, "a tag in it has more than %u attributes",
                       EK_MAX_TAG_ATTRIBUTES);
    struct builder *b = EK_NEW(arena, struct builder);
    char *text = ek_alloc(arena, html.len + 1, 1);
    if (!b || !text)
        return ek_fail_memory(err);
    b->tree = tree;
    b->arena = arena;
    b->text = text;
    b->text_cap = html.len;
    b->class_name = ek_names_find(names, '@', ek_slice_of("class"));
    b->id_name = ek_names_find(names, '@', ek_slice_of("id"));
    b->node_cap = (uint32_t)(html.len / 20) + 64; /* a forum page has a node every 25 to 40 bytes */
    if (b->node_cap > EK_MAX_PAGE_NODES)
        b->node_cap = EK_MAX_PAGE_NODES;
    tree->text = text;
    tree->nodes = EK_NEW_ARRAY(arena, struct ek_node, b->node_cap);
    if (!tree->nodes)
        return ek_fail_memory(err);
    tree->nodes[0] = (struct ek_node){.parent = EK_NO_NODE, .previous = EK_NO_NODE};
    tree->count = 1;
    b->last_child = EK_NO_NODE;
    if (html.len && run_parser(b, html) != 0)
        return ek_fail_memory(err);
    tree->nodes[0].end = tree->count;
    /* What a stopped parser left open ends where the tree does. */
    for (uint32_t open = b->open; open; open = tree->nodes[open].parent) {
        tree->nodes[open].end = tree->count;
        tree->nodes[open].cut = true;
    }
    if (b->no_memory || build_index(b) != 0)
        return ek_fail_memory(err);
    return 0;
}
