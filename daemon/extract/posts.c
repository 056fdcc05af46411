/* posts.c - the posts of a thread page. Declared in reading.h.
 *
 * An element that the profile calls a post counts only if its id is there; its part of the page
 * ends where the next post begins, so that a template which forgets to close an element does not
 * put one author's words into another's mouth. */
#include "daemon/extract/reading.h"
#include "ekbom/arena.h"
#include "ekbom/limits.h"

/* "Last edited by X on Wed Mar 04, 2020 6:12 pm, edited 2 times": after the date comes the count.
 * A note with a date and no number after it is no edit (a bump). Where no date is recognised the
 * note is kept whole. */
static void read_edit_note(struct ek_reading *r, struct ek_scope scope, struct ek_post *post)
{
    const char *note = ek_read_value(r, EK_FIELD_POST_EDITED, scope, NULL);
    if (!note)
        return;
    struct ek_shown_date date;
    post->edited = true;
    post->edit_time_text = note;
    if (!ek_calendar_find(r->profiles->calendar, ek_slice_of(note), r->order, &date))
        return;
    post->edit_time_text = ek_strndup(r->arena, date.span.at, date.span.len);
    r->no_memory |= !post->edit_time_text;
    const char *after = date.span.at + date.span.len;
    after += strcspn(after, "0123456789");
    post->edited = *after != '\0';
    for (; *after >= '0' && *after <= '9' && post->edit_count < 1000000; after++)
        post->edit_count = 10 * post->edit_count + (*after - '0');
    if (!post->edited)
        post->edit_time_text = NULL;
}

static void read_time(struct ek_reading *r, struct ek_scope scope, struct ek_post *post,
                      ek_time *doubled_day)
{
    struct ek_shown_time shown = ek_read_time(r, EK_FIELD_POST_TIME, scope);
    post->time = shown.time;
    post->precision = shown.precision;
    post->time_source = shown.source;
    const char *text = ek_read_value(r, EK_FIELD_POST_TIME_TEXT, scope, NULL);
    post->time_text = text ? text : shown.text;
    *doubled_day = shown.doubled_day;
}

static void read_post(struct ek_reading *r, struct ek_scope scope, struct ek_post *post,
                      ek_time *doubled_day)
{
    struct ek_body body = {.text = ""};
    post->author = ek_read_value(r, EK_FIELD_POST_AUTHOR, scope, NULL);
    post->author_id = ek_read_value(r, EK_FIELD_POST_AUTHOR_ID, scope, NULL);
    post->subject = ek_read_value(r, EK_FIELD_POST_SUBJECT, scope, NULL);
    if (!post->subject)
        post->subject = "";
    read_time(r, scope, post, doubled_day);
    read_edit_note(r, scope, post);
    uint32_t node = ek_read_node(r, EK_FIELD_POST_BODY, scope);
    if (node != EK_NO_NODE)
        r->no_memory |= ek_read_body(r, ek_within(&r->tree, node, scope), &body) != 0;
    post->text = body.text;
    post->quotes = body.quotes;
    post->quote_count = body.quote_count;
    post->links = body.links;
    post->link_count = body.link_count;
}

/* Dates like 04/05/2010 are settled by any other date of the page, or by its language. */
static enum ek_day_order find_order(struct ek_reading *r, const struct ek_page *page,
                                    const struct ek_scope *scopes, size_t count)
{
    if (ek_calendar_day_first(r->profiles->calendar, page->language))
        return EK_DAY_FIRST;
    for (size_t i = 0; i < count; i++) {
        struct ek_shown_time shown = ek_read_time(r, EK_FIELD_POST_TIME, scopes[i]);
        if (shown.source == EK_SOURCE_ATTRIBUTE || shown.source == EK_SOURCE_EPOCH)
            return EK_ORDER_UNKNOWN; /* machine times: nothing to settle */
        if (shown.evidence)
            return shown.evidence;
    }
    return EK_ORDER_UNKNOWN;
}

/* Where some authors have a profile link, those without one are visitors or deleted accounts. To
 * bots no links are shown at all: then nothing is known. */
static void find_guests(struct ek_post *posts, size_t count)
{
    bool links = false;
    for (size_t i = 0; i < count; i++)
        links |= posts[i].author_id != NULL;
    for (size_t i = 0; i < count; i++)
        posts[i].guest = links && !posts[i].author_id;
}

static size_t find_posts(struct ek_reading *r, struct ek_scope *scopes, const char **ids)
{
    struct ek_scope all = ek_whole(&r->tree, 0);
    const struct ek_selector *each = r->profile->parts[EK_PART_POST];
    size_t count = 0;
    if (!each)
        return 0;
    for (uint32_t node = ek_select_first(&r->tree, each, all);
         node != EK_NO_NODE && count < EK_MAX_PAGE_POSTS;
         node = ek_select_next(&r->tree, each, all, node)) {
        ids[count] = ek_read_value(r, EK_FIELD_POST_ID, ek_whole(&r->tree, node), NULL);
        if (!ids[count] || strlen(ids[count]) > EK_MAX_ID_BYTES)
            continue;
        if (count && scopes[count - 1].end > node)
            scopes[count - 1].end = node;
        scopes[count++] = ek_whole(&r->tree, node);
    }
    return count;
}

/* Leave out what the profile says is hidden. Asked last, since only then each post's own part of
 * the page is known. */
static size_t leave_out_hidden(struct ek_reading *r, struct ek_scope *scopes, const char **ids,
                               size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (ek_has_part(r, EK_PART_POST_SKIP, scopes[i]))
            continue;
        scopes[kept] = scopes[i];
        ids[kept++] = ids[i];
    }
    return kept;
}

void ek_read_posts(struct ek_reading *r, struct ek_page *page)
{
    struct ek_scope *scopes = EK_NEW_ARRAY(r->arena, struct ek_scope, EK_MAX_PAGE_POSTS);
    const char **ids = EK_NEW_ARRAY(r->arena, const char *, EK_MAX_PAGE_POSTS);
    if (!scopes || !ids) {
        r->no_memory = true;
        return;
    }
    size_t count = find_posts(r, scopes, ids);
    if (count == EK_MAX_PAGE_POSTS) {
        page->partial = true;
        page->reason = "more posts than a page may have";
    }
    /* A page that breaks off inside its last post has not shown all of it. */
    if (count && page->partial && r->tree.nodes[scopes[count - 1].node].cut)
        count--;
    count = leave_out_hidden(r, scopes, ids, count);
    struct ek_post *posts = EK_NEW_ARRAY(r->arena, struct ek_post, count + 1);
    ek_time *days = EK_NEW_ARRAY(r->arena, ek_time, count + 1);
    if (!posts || !days) {
        r->no_memory = true;
        return;
    }
    r->order = find_order(r, page, scopes, count);
    for (size_t i = 0; i < count && !r->no_memory; i++) {
        posts[i].id = ids[i];
        read_post(r, scopes[i], &posts[i], &days[i]);
    }
    ek_settle_doubled_hours(r, posts, days, count);
    find_guests(posts, count);
    page->posts = posts;
    page->post_count = count;
}
