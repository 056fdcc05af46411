/* page.c - one page from bytes to records. See ekbom/extract.h.
 *
 * UTF-8, tree, whose software, which kind, then what that kind holds. A page that is only partly
 * there (a ceiling, a parser that gave up, a missing end) is still read, and says so. */
#include "daemon/extract/reading.h"
#include "daemon/extract/tags.h"
#include "ekbom/arena.h"
#include "ekbom/buf.h"
#include "ekbom/error.h"
#include "ekbom/limits.h"

#define TAIL_BYTES 4096u /* scripts and comments may follow the end */

/* One sign of its own is proof enough (generator); of the others two different ones are wanted:
 * skins drop the credit and add-ons copy class names. */
static bool recognised(struct ek_reading *r, const struct ek_profile *profile)
{
    struct ek_scope all = ek_whole(&r->tree, 0);
    bool seen[EK_EVIDENCES] = {false};
    unsigned kinds = 0;
    for (const struct ek_mark *m = profile->marks[EK_MARK_RECOGNISE]; m; m = m->next) {
        if (seen[m->value] || !ek_mark_holds(r, m, all))
            continue;
        seen[m->value] = true;
        kinds += m->value == EK_GENERATOR ? 2 : 1;
        if (kinds >= 2)
            return true;
    }
    return false;
}

static void recognise(struct ek_reading *r)
{
    for (const struct ek_profile *p = r->profiles->first; p; p = p->next)
        if (recognised(r, p)) {
            r->profile = p;
            return;
        }
}

static void partial(struct ek_reading *r, struct ek_page *page, const char *why)
{
    page->partial = true;
    if (!page->reason)
        page->reason = ek_strdup(r->arena, why);
    r->no_memory |= !page->reason;
}

/* <base href> moves what relative addresses are relative to. */
static void find_base(struct ek_reading *r, const char *url)
{
    r->base = url;
    for (uint32_t i = 0; i < r->tree.count; i++) {
        const struct ek_node *node = &r->tree.nodes[i];
        if (node->tag == EK_TAG_BODY)
            return;
        if (node->tag != EK_TAG_BASE)
            continue;
        struct ek_slice href = ek_node_attr(&r->tree, i, r->profiles->href);
        const char *base = href.len ? ek_absolute(r, href) : NULL;
        if (base && strstr(base, "://"))
            r->base = base;
        return;
    }
}

/* The forum's base: the folder of what the profile's `forum` rules find, else what stands before
 * the known form of the page's address, else that address's folder. Where the page's own address is
 * not known, the rules may still find an absolute one. */
static void find_forum(struct ek_reading *r, struct ek_page *page)
{
    struct ek_scope all = ek_whole(&r->tree, 0);
    for (const struct ek_rule *rule = r->profile->fields[EK_FIELD_FORUM]; rule && !r->forum;
         rule = rule->next) {
        const char *value = ek_rule_value(r, rule, all);
        const char *address = value ? ek_absolute(r, ek_slice_of(value)) : NULL;
        r->forum = address ? ek_address_folder(r->arena, address) : NULL;
    }
    for (unsigned i = 0; r->base && !r->forum && i < r->profile->address_count; i++) {
        size_t len = ek_address_base(&r->profile->addresses[i], r->base);
        r->forum = len ? ek_strndup(r->arena, r->base, len) : NULL;
    }
    if (!r->forum && r->base)
        r->forum = ek_address_folder(r->arena, r->base);
    if (!r->base)
        r->base = r->forum;
    page->forum = r->forum;
}

static void find_zone(struct ek_reading *r, const char *otherwise, struct ek_page *page)
{
    struct ek_scope all = ek_whole(&r->tree, 0);
    for (const struct ek_rule *rule = r->profile->fields[EK_FIELD_ZONE]; rule; rule = rule->next) {
        const char *value = ek_rule_value(r, rule, all);
        if (!value)
            continue;
        bool named = strcmp(rule->as, "name") == 0;
        if (named && ek_zone_read_name(ek_calendar_zone(r->profiles->calendar, value), &r->zone))
            break;
        if (!named && ek_zone_read_offset(ek_slice_of(value), &r->zone.offset)) {
            r->zone.fixed = true;
            break;
        }
    }
    if (!r->zone.name && !r->zone.fixed && otherwise)
        ek_zone_read_name(otherwise, &r->zone);
    int minutes = (r->zone.offset < 0 ? -r->zone.offset : r->zone.offset) / 60;
    if (r->zone.name)
        page->zone = r->zone.name;
    else if (r->zone.fixed)
        page->zone = ek_printf(r->arena, "%c%02d:%02d", r->zone.offset < 0 ? '-' : '+',
                               minutes / 60, minutes % 60);
}

static const char *lower(struct ek_reading *r, const char *text)
{
    char *copy = ek_strdup(r->arena, text);
    for (char *c = copy; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c += 'a' - 'A';
    return copy;
}

static void read_head(struct ek_reading *r, const char *zone, struct ek_page *page)
{
    struct ek_scope all = ek_whole(&r->tree, 0);
    page->software = r->profile->software;
    page->layer = "profile";
    for (const struct ek_mark *m = r->profile->marks[EK_MARK_VERSION]; m; m = m->next)
        if (ek_mark_holds(r, m, all)) {
            page->software_version = m->text;
            break;
        }
    find_forum(r, page);
    find_zone(r, zone, page);
    page->language = ek_read_value(r, EK_FIELD_LANGUAGE, all, NULL);
    if (page->language)
        page->language = lower(r, page->language);
    page->forum_title = ek_read_value(r, EK_FIELD_FORUM_TITLE, all, NULL);
    page->next = ek_read_address(r, EK_FIELD_NEXT, all);
    page->board_id = ek_read_value(r, EK_FIELD_BOARD_ID, all, NULL);
    page->board_title = ek_read_value(r, EK_FIELD_BOARD_TITLE, all, NULL);
    page->board_parent = ek_read_value(r, EK_FIELD_BOARD_PARENT, all, NULL);
}

/* The first form of a thread's address that an id completes, below the forum's base. */
static const char *thread_address(struct ek_reading *r, const char *id)
{
    for (unsigned i = 0; r->forum && i < r->profile->address_count; i++) {
        const struct ek_address_form *form = &r->profile->addresses[i];
        const char *brace = memmem(form->text.at, form->text.len, "{id}", 4);
        if (form->kind != EK_TO_THREAD || !brace || memchr(form->text.at, '*', form->text.len))
            continue;
        return ek_printf(r->arena, "%s%.*s%s%s", r->forum, (int)(brace - form->text.at),
                         form->text.at, id, brace + 4);
    }
    return NULL;
}

static void read_thread(struct ek_reading *r, struct ek_page *page)
{
    struct ek_scope all = ek_whole(&r->tree, 0);
    page->thread_id = ek_read_value(r, EK_FIELD_THREAD_ID, all, NULL);
    page->thread_title = ek_read_value(r, EK_FIELD_THREAD_TITLE, all, NULL);
    page->thread_flags = ek_flags(r, EK_MARK_THREAD_FLAG, all);
    if (page->thread_id)
        page->thread_url = thread_address(r, page->thread_id);
    if (!page->thread_url)
        page->thread_url = ek_read_address(r, EK_FIELD_THREAD_URL, all);
    ek_read_posts(r, page);
    if (page->post_count && (page->thread_id || page->thread_title))
        return;
    page->kind = EK_PAGE_OTHER;
    page->post_count = 0;
    if (!page->reason)
        page->reason = "posts without an id, or without a thread that they belong to";
}

static void read_kind(struct ek_reading *r, struct ek_page *page)
{
    static const char *const reasons[EK_PAGE_KINDS] = {
        [EK_PAGE_LOGIN] = "the page asks for a login or a password",
        [EK_PAGE_ERROR] = "the forum answers with a message instead of the page",
        [EK_PAGE_OTHER] = "no page of posts, threads or boards"};
    struct ek_scope all = ek_whole(&r->tree, 0);
    const struct ek_mark *mark = r->profile->marks[EK_MARK_KIND];
    while (mark && !ek_mark_holds(r, mark, all))
        mark = mark->next;
    page->kind = mark ? (enum ek_page_kind)mark->value : EK_PAGE_OTHER;
    if (page->reason || !reasons[page->kind])
        return;
    page->reason = ek_read_value(r, EK_FIELD_MESSAGE, all, NULL);
    if (!page->reason)
        page->reason = mark && mark->text ? mark->text : reasons[page->kind];
}

/* True if the page's last bytes close its html element: what was cut short does not. */
static bool is_closed(const struct ek_fetched *fetched)
{
    static const char closing[] = "</html";
    const char *bytes = fetched->body;
    size_t from = fetched->len > TAIL_BYTES ? fetched->len - TAIL_BYTES : 0;
    for (size_t i = from; i + sizeof closing - 1 <= fetched->len; i++)
        if (strncasecmp(bytes + i, closing, sizeof closing - 1) == 0)
            return true;
    return false;
}

static void read_profile(struct ek_reading *r, const struct ek_fetched *fetched,
                         struct ek_page *page)
{
    read_head(r, fetched->zone, page);
    /* Styles drop the foot, and some pages are not closed: one of the two is enough. */
    if (r->profile->parts[EK_PART_COMPLETE] && !is_closed(fetched) &&
        !ek_has_part(r, EK_PART_COMPLETE, ek_whole(&r->tree, 0)))
        partial(r, page, "the page breaks off: its foot is missing");
    read_kind(r, page);
    if (page->kind == EK_PAGE_THREAD)
        read_thread(r, page);
    if (page->kind == EK_PAGE_THREAD || page->kind == EK_PAGE_BOARD || page->kind == EK_PAGE_INDEX)
        ek_read_listing(r, page);
}

static void read_page(struct ek_reading *r, const struct ek_fetched *fetched, struct ek_page *page)
{
    if (r->tree.fault)
        partial(r, page, r->tree.fault);
    recognise(r);
    if (!r->profile) {
        if (!page->reason)
            page->reason = fetched->len ? "no profile recognises the page" : "the page is empty";
        return;
    }
    if (fetched->url)
        page->url =
            ek_address_absolute(r->arena, NULL, ek_slice_of(fetched->url), r->profile->sessions);
    find_base(r, page->url);
    read_profile(r, fetched, page);
    if (r->tree.steps > 0)
        return;
    page->reason = NULL; /* whatever was found missing: this is why */
    partial(r, page, "the page's nesting costs more than a page may");
}

static const char *plain_url(struct ek_arena *arena, const char *url)
{
    return url ? ek_strdup(arena, url) : NULL;
}

int ek_extract_page(const struct ek_profiles *profiles, const struct ek_fetched *fetched,
                    struct ek_arena *arena, struct ek_page *page, struct ek_err *err)
{
    struct ek_reading reading = {.profiles = profiles, .arena = arena, .fetched = fetched->fetched};
    struct ek_slice html;
    struct ek_buf buf;
    size_t len = fetched->len < EK_MAX_PAGE_BYTES ? fetched->len : EK_MAX_PAGE_BYTES;
    *page = (struct ek_page){.kind = EK_PAGE_OTHER, .software = "unknown"};
    page->url = plain_url(arena, fetched->url);
    ek_buf_init(&buf, 4 * (size_t)EK_MAX_PAGE_BYTES);
    int result = ek_page_to_utf8(fetched->body, len, fetched->charset, &buf, &html, err);
    if (result == 0)
        result = ek_tree_parse(&reading.tree, profiles->names, html, arena, err);
    ek_buf_free(&buf);
    if (result != 0)
        return -1;
    if (len < fetched->len)
        partial(&reading, page, "only the first 8 MiB of the page were read");
    read_page(&reading, fetched, page);
    return reading.no_memory ? ek_fail_memory(err) : 0;
}

/* The profile whose quotes the body has, or the first. */
static void profile_of_body(struct ek_reading *r)
{
    for (const struct ek_profile *p = r->profiles->first; p; p = p->next) {
        r->profile = p;
        if (ek_has_part(r, EK_PART_QUOTE, ek_whole(&r->tree, 0)))
            return;
    }
    r->profile = r->profiles->first;
}

int ek_extract_body(const struct ek_profiles *profiles, const char *html, size_t len,
                    struct ek_arena *arena, struct ek_post *post, struct ek_err *err)
{
    /* Text directly in <body> would be wrapped into a paragraph by the parser. */
    static const char before[] = "<html><body><div>";
    struct ek_reading reading = {.profiles = profiles, .arena = arena, .fetched = EK_TIME_UNKNOWN};
    struct ek_body body;
    struct ek_slice text;
    struct ek_buf whole, buf;
    if (len > EK_MAX_PAGE_BYTES)
        return ek_fail(err, EK_LIMIT, "a post body of %zu bytes; %u is the most", len,
                       EK_MAX_PAGE_BYTES);
    ek_buf_init(&whole, EK_MAX_PAGE_BYTES + sizeof before);
    ek_buf_init(&buf, 4 * (size_t)EK_MAX_PAGE_BYTES);
    ek_buf_adds(&whole, before);
    ek_buf_add(&whole, html, len);
    int result = ek_buf_str(&whole) ? 0 : ek_fail_memory(err);
    if (result == 0)
        result = ek_page_to_utf8(whole.data, whole.len, "utf-8", &buf, &text, err);
    if (result == 0)
        result = ek_tree_parse(&reading.tree, profiles->names, text, arena, err);
    if (result == 0) {
        profile_of_body(&reading);
        if (ek_read_body(&reading, ek_whole(&reading.tree, 0), &body) != 0 || reading.no_memory)
            result = ek_fail_memory(err);
    }
    if (result == 0) {
        post->text = body.text;
        post->quotes = body.quotes;
        post->quote_count = body.quote_count;
        post->links = body.links;
        post->link_count = body.link_count;
    }
    ek_buf_free(&whole);
    ek_buf_free(&buf);
    return result;
}
