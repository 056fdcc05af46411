/* body.c - a post's body to its own text, quotes and links. Declared in reading.h.
 *
 * One walk over the body's nodes. Each quote level has a writer of its own, so that a level's text
 * is its own words only; where a quote stood, the level around it gets a paragraph break, so that
 * no rule can match across it. White space follows HTML: runs collapse, a line break is <br>, the
 * rest comes from the layout of the element (tags.h). The walk recurses with the nesting of
 * elements, which the parser has bounded by EK_MAX_PAGE_DEPTH. */
#include "daemon/extract/reading.h"
#include "daemon/extract/tags.h"
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

static const unsigned char layouts[EK_TAGS_KNOWN] = {
#define X(upper, lower, layout) [EK_TAG_##upper] = layout,
    EK_TAGS(X)
#undef X
};

struct writer {
    struct ek_buf buf;
    unsigned breaks; /* line breaks owed before the next word, at most two */
    bool blank;      /* a blank owed */
};

struct walk {
    struct ek_reading *reading;
    struct ek_scope scope;
    struct writer writers[EK_MAX_QUOTE_DEPTH + 1];
    struct ek_scope quote[EK_MAX_QUOTE_DEPTH + 1]; /* the quote of each level above 0 */
    struct ek_body *body;
    size_t quote_cap, link_cap;
    unsigned verbatim; /* inside this many <pre> */
    bool failed;
};

/* Writing ------------------------------------------------------------------------------------- */

static void owe_breaks(struct writer *w, unsigned breaks)
{
    if (w->breaks < breaks)
        w->breaks = breaks;
}

static void pay(struct writer *w)
{
    if (w->buf.len == 0)
        ; /* nothing before the first word */
    else if (w->breaks)
        ek_buf_add(&w->buf, "\n\n", w->breaks);
    else if (w->blank)
        ek_buf_addc(&w->buf, ' ');
    w->breaks = 0;
    w->blank = false;
}

static void write_verbatim(struct writer *w, struct ek_slice text)
{
    if (!text.len)
        return;
    pay(w);
    ek_buf_add(&w->buf, text.at, text.len);
}

static void write_words(struct writer *w, struct ek_slice text)
{
    const char *at = text.at, *end = at + text.len;
    while (at < end) {
        const char *start = at;
        while (at < end && !ek_html_space(*at))
            at++;
        if (at > start) {
            pay(w);
            ek_buf_add(&w->buf, start, (size_t)(at - start));
        }
        if (at < end)
            w->blank = true;
        while (at < end && ek_html_space(*at))
            at++;
    }
}

/* What a writer holds, trimmed and in NFC. */
static const char *finish(struct walk *walk, struct writer *w)
{
    const char *text = ek_buf_str(&w->buf);
    if (!text) {
        walk->failed = true;
        return "";
    }
    struct ek_slice trimmed = ek_slice_trim(ek_slice(text, w->buf.len));
    const char *made = ek_page_string(walk->reading->arena, trimmed.at, trimmed.len);
    if (!made)
        walk->failed = true;
    return made ? made : "";
}

/* Links --------------------------------------------------------------------------------------- */

static void *grow(struct walk *walk, void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return array;
    size_t more = *cap ? 2 * *cap : 4;
    void *bigger = ek_alloc(walk->reading->arena, more, size);
    if (!bigger) {
        walk->failed = true;
        return NULL;
    }
    if (count)
        memcpy(bigger, array, count * size);
    *cap = more;
    return bigger;
}

static void add_link(struct walk *walk, struct ek_slice href)
{
    struct ek_reading *r = walk->reading;
    struct ek_slice id;
    const char *url = ek_absolute(r, href);
    if (!url)
        return;
    bool own = strstr(url, "://") ? r->forum && ek_address_below(url, r->forum) : true;
    struct ek_link link = {
        .kind = EK_LINK_EXTERNAL, .url = url, .replies = -1, .last_post_time = EK_TIME_UNKNOWN};
    if (own && ek_address_id(r->profile, EK_TO_POST, ek_slice_of(url), &id))
        link.kind = EK_LINK_POST;
    else if (own && ek_address_id(r->profile, EK_TO_THREAD, ek_slice_of(url), &id))
        link.kind = EK_LINK_THREAD;
    if (link.kind != EK_LINK_EXTERNAL)
        link.id = ek_strndup(r->arena, id.at, id.len);
    struct ek_body *body = walk->body;
    struct ek_link *links =
        grow(walk, body->links, body->link_count, &walk->link_cap, sizeof *links);
    if (!links)
        return;
    body->links = links;
    links[body->link_count++] = link;
}

/* Is the link's text its address with the middle ("http://a.example/b ... 34") or the end left
 * out? Then the author wrote the address. */
static bool shortened(struct ek_slice text, struct ek_slice href)
{
    text = ek_slice_trim(text);
    for (size_t i = text.len; i-- > 4;) {
        size_t dots = text.len - i >= 3 && (memcmp(text.at + i, "...", 3) == 0 ||
                                            memcmp(text.at + i, "\u2026", 3) == 0)
                          ? 3
                          : 0;
        if (!dots)
            continue;
        struct ek_slice head = ek_slice_trim(ek_slice(text.at, i));
        struct ek_slice tail = ek_slice_trim(ek_slice(text.at + i + dots, text.len - i - dots));
        if (!head.len || head.len + tail.len >= href.len)
            return false;
        return memmem(href.at, href.len - tail.len, head.at, head.len) != NULL &&
               (!tail.len || memcmp(href.at + href.len - tail.len, tail.at, tail.len) == 0);
    }
    return false;
}

/* The text of an element that holds nothing but one text node. */
static struct ek_slice only_text(const struct ek_tree *tree, uint32_t node)
{
    if (tree->nodes[node].end != node + 2 || !tree->nodes[node + 1].is_text)
        return ek_slice(NULL, 0);
    return ek_node_text(tree, node + 1);
}

/* The walk ------------------------------------------------------------------------------------ */

static void walk_inside(struct walk *walk, uint32_t node, unsigned level);

static void walk_quote(struct walk *walk, uint32_t node, unsigned level)
{
    struct ek_reading *r = walk->reading;
    struct ek_scope scope = ek_within(&r->tree, node, walk->scope);
    struct ek_quote *quotes =
        grow(walk, walk->body->quotes, walk->body->quote_count, &walk->quote_cap, sizeof *quotes);
    if (!quotes)
        return;
    walk->body->quotes = quotes;
    size_t number = walk->body->quote_count++;
    struct ek_quote quote = {.depth = level + 1};
    quote.author = ek_read_value(r, EK_FIELD_QUOTE_AUTHOR, scope, NULL);
    quote.post_id = ek_read_value(r, EK_FIELD_QUOTE_POST, scope, NULL);
    struct writer *inner = &walk->writers[level + 1];
    walk->quote[level + 1] = scope;
    ek_buf_clear(&inner->buf);
    inner->breaks = 0;
    inner->blank = false;
    walk_inside(walk, node, level + 1);
    quote.text = finish(walk, inner);
    walk->body->quotes[number] = quote;
}

static void walk_link(struct walk *walk, uint32_t node, unsigned level)
{
    const struct ek_tree *tree = &walk->reading->tree;
    struct ek_slice href = ek_slice_trim(ek_node_attr(tree, node, walk->reading->profiles->href));
    if (href.len && level == 0 && href.at[0] != '#')
        add_link(walk, href);
    if (href.len && shortened(only_text(tree, node), href))
        write_words(&walk->writers[level], href);
    else
        walk_inside(walk, node, level);
}

static void walk_image(struct walk *walk, uint32_t node, struct ek_scope scope, unsigned level)
{
    struct ek_reading *r = walk->reading;
    if (ek_is_part(r, EK_PART_EMOJI, scope, node))
        write_verbatim(&walk->writers[level], ek_node_attr(&r->tree, node, r->profiles->alt));
}

static void walk_laid_out(struct walk *walk, uint32_t node, unsigned level)
{
    struct writer *w = &walk->writers[level];
    unsigned char layout = layouts[walk->reading->tree.nodes[node].tag < EK_TAGS_KNOWN
                                       ? walk->reading->tree.nodes[node].tag
                                       : EK_TAG_OTHER];
    unsigned breaks = layout == EK_PARAGRAPH ? 2 : layout == EK_BLOCK ? 1 : 0;
    if (layout == EK_UNSEEN)
        return;
    owe_breaks(w, breaks);
    w->blank |= layout == EK_CELL;
    walk_inside(walk, node, level);
    owe_breaks(w, breaks);
}

static void walk_element(struct walk *walk, uint32_t node, unsigned level)
{
    struct ek_reading *r = walk->reading;
    struct ek_scope scope = level ? walk->quote[level] : walk->scope;
    struct writer *w = &walk->writers[level];
    uint16_t tag = r->tree.nodes[node].tag;
    if (tag == EK_TAG_BR) {
        w->breaks += w->breaks < 2;
        return;
    }
    if (ek_is_part(r, EK_PART_DROP, scope, node) ||
        (level && ek_is_part(r, EK_PART_QUOTE_DROP, scope, node)))
        return;
    if (level < EK_MAX_QUOTE_DEPTH && ek_is_part(r, EK_PART_QUOTE, scope, node)) {
        owe_breaks(w, 2);
        walk_quote(walk, node, level);
        owe_breaks(w, 2);
    } else if (tag == EK_TAG_A) {
        walk_link(walk, node, level);
    } else if (tag == EK_TAG_IMG) {
        walk_image(walk, node, scope, level);
    } else {
        walk->verbatim += tag == EK_TAG_PRE;
        walk_laid_out(walk, node, level);
        walk->verbatim -= tag == EK_TAG_PRE;
    }
}

static void walk_inside(struct walk *walk, uint32_t node, unsigned level)
{
    const struct ek_tree *tree = &walk->reading->tree;
    uint32_t end =
        tree->nodes[node].end < walk->scope.end ? tree->nodes[node].end : walk->scope.end;
    for (uint32_t child = node + 1; child < end; child = tree->nodes[child].end) {
        if (!tree->nodes[child].is_text)
            walk_element(walk, child, level);
        else if (walk->verbatim)
            write_verbatim(&walk->writers[level], ek_node_text(tree, child));
        else
            write_words(&walk->writers[level], ek_node_text(tree, child));
    }
}

int ek_read_body(struct ek_reading *reading, struct ek_scope scope, struct ek_body *body)
{
    struct walk walk = {.reading = reading, .scope = scope, .body = body};
    memset(body, 0, sizeof *body);
    for (unsigned i = 0; i <= EK_MAX_QUOTE_DEPTH; i++)
        ek_buf_init(&walk.writers[i].buf, EK_MAX_TEXT_BYTES);
    walk_inside(&walk, scope.node, 0);
    body->text = finish(&walk, &walk.writers[0]);
    for (unsigned i = 0; i <= EK_MAX_QUOTE_DEPTH; i++)
        ek_buf_free(&walk.writers[i].buf);
    return walk.failed ? -1 : 0;
}
