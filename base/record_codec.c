/* record_codec.c - records as bytes. Fields stand in the order of record.h; there are no tags or
 * lengths between them, since both sides are always of one build (the store has its own version).
 * See ekbom/record_codec.h. */
#include "ekbom/record_codec.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"

/* A counted array of records in the arena; the count is held against the bytes that are left. */
static void *get_array(struct ek_cursor *cursor, struct ek_arena *arena, size_t size, size_t *count)
{
    *count = ek_get_count(cursor, 1);
    void *items = ek_alloc(arena, *count ? *count : 1, size);
    if (!items) {
        cursor->bad = true;
        *count = 0;
    }
    return items;
}

/* A string that must be there. */
static const char *get_text(struct ek_cursor *cursor, struct ek_arena *arena)
{
    const char *text = ek_get_str(cursor, arena);
    if (!text)
        cursor->bad = true;
    return text ? text : "";
}

void ek_put_quotes(struct ek_buf *buf, const struct ek_quote *quotes, size_t count)
{
    ek_put_uint(buf, count);
    for (size_t i = 0; i < count; i++) {
        ek_put_str(buf, quotes[i].author);
        ek_put_str(buf, quotes[i].post_id);
        ek_put_u8(buf, quotes[i].inferred);
        ek_put_uint(buf, quotes[i].depth);
        ek_put_str(buf, quotes[i].text);
    }
}

struct ek_quote *ek_get_quotes(struct ek_cursor *cursor, struct ek_arena *arena, size_t *count)
{
    struct ek_quote *quotes = get_array(cursor, arena, sizeof *quotes, count);
    for (size_t i = 0; i < *count && !cursor->bad; i++) {
        quotes[i].author = ek_get_str(cursor, arena);
        quotes[i].post_id = ek_get_str(cursor, arena);
        quotes[i].inferred = ek_get_u8(cursor) != 0;
        quotes[i].depth = (unsigned)ek_get_uint(cursor);
        quotes[i].text = get_text(cursor, arena);
    }
    return quotes;
}

void ek_put_links(struct ek_buf *buf, const struct ek_link *links, size_t count)
{
    ek_put_uint(buf, count);
    for (size_t i = 0; i < count; i++) {
        ek_put_u8(buf, links[i].kind);
        ek_put_str(buf, links[i].id);
        ek_put_str(buf, links[i].title);
        ek_put_str(buf, links[i].url);
        ek_put_str(buf, links[i].last_post_id);
        ek_put_int(buf, links[i].last_post_time);
        ek_put_int(buf, links[i].replies);
        ek_put_uint(buf, links[i].flags);
    }
}

struct ek_link *ek_get_links(struct ek_cursor *cursor, struct ek_arena *arena, size_t *count)
{
    struct ek_link *links = get_array(cursor, arena, sizeof *links, count);
    for (size_t i = 0; i < *count && !cursor->bad; i++) {
        links[i].kind = ek_get_enum(cursor, EK_LINK_KINDS);
        links[i].id = ek_get_str(cursor, arena);
        links[i].title = ek_get_str(cursor, arena);
        links[i].url = ek_get_str(cursor, arena);
        links[i].last_post_id = ek_get_str(cursor, arena);
        links[i].last_post_time = ek_get_int(cursor);
        links[i].replies = (long)ek_get_int(cursor);
        links[i].flags = (unsigned)ek_get_uint(cursor);
    }
    return links;
}

void ek_put_post(struct ek_buf *buf, const struct ek_post *post)
{
    ek_put_str(buf, post->id);
    ek_put_str(buf, post->author);
    ek_put_str(buf, post->author_id);
    ek_put_u8(buf, post->guest);
    ek_put_int(buf, post->time);
    ek_put_u8(buf, post->precision);
    ek_put_u8(buf, post->time_source);
    ek_put_str(buf, post->time_text);
    ek_put_str(buf, post->subject);
    ek_put_str(buf, post->text);
    ek_put_quotes(buf, post->quotes, post->quote_count);
    ek_put_links(buf, post->links, post->link_count);
    ek_put_u8(buf, post->edited);
    ek_put_int(buf, post->edit_count);
    ek_put_str(buf, post->edit_time_text);
}

void ek_get_post(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_post *post)
{
    post->id = ek_get_str(cursor, arena);
    post->author = ek_get_str(cursor, arena);
    post->author_id = ek_get_str(cursor, arena);
    post->guest = ek_get_u8(cursor) != 0;
    post->time = ek_get_int(cursor);
    post->precision = ek_get_enum(cursor, EK_PRECISIONS);
    post->time_source = ek_get_enum(cursor, EK_TIME_SOURCES);
    post->time_text = ek_get_str(cursor, arena);
    post->subject = ek_get_str(cursor, arena);
    post->text = get_text(cursor, arena);
    post->quotes = ek_get_quotes(cursor, arena, &post->quote_count);
    post->links = ek_get_links(cursor, arena, &post->link_count);
    post->edited = ek_get_u8(cursor) != 0;
    post->edit_count = (long)ek_get_int(cursor);
    post->edit_time_text = ek_get_str(cursor, arena);
}

void ek_put_page(struct ek_buf *buf, const struct ek_page *page)
{
    ek_put_u8(buf, page->kind);
    ek_put_str(buf, page->software);
    ek_put_str(buf, page->software_version);
    ek_put_str(buf, page->language);
    ek_put_str(buf, page->layer);
    ek_put_u8(buf, page->partial);
    ek_put_str(buf, page->reason);
    ek_put_str(buf, page->url);
    ek_put_str(buf, page->forum);
    ek_put_str(buf, page->forum_title);
    ek_put_str(buf, page->thread_id);
    ek_put_str(buf, page->thread_title);
    ek_put_str(buf, page->thread_url);
    ek_put_uint(buf, page->thread_flags);
    ek_put_str(buf, page->board_id);
    ek_put_str(buf, page->board_title);
    ek_put_str(buf, page->board_parent);
    ek_put_str(buf, page->zone);
    ek_put_uint(buf, page->post_count);
    for (size_t i = 0; i < page->post_count; i++)
        ek_put_post(buf, &page->posts[i]);
    ek_put_str(buf, page->next);
    ek_put_links(buf, page->links, page->link_count);
}

void ek_get_page(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_page *page)
{
    page->kind = ek_get_enum(cursor, EK_PAGE_KINDS);
    page->software = get_text(cursor, arena);
    page->software_version = ek_get_str(cursor, arena);
    page->language = ek_get_str(cursor, arena);
    page->layer = ek_get_str(cursor, arena);
    page->partial = ek_get_u8(cursor) != 0;
    page->reason = ek_get_str(cursor, arena);
    page->url = ek_get_str(cursor, arena);
    page->forum = ek_get_str(cursor, arena);
    page->forum_title = ek_get_str(cursor, arena);
    page->thread_id = ek_get_str(cursor, arena);
    page->thread_title = ek_get_str(cursor, arena);
    page->thread_url = ek_get_str(cursor, arena);
    page->thread_flags = (unsigned)ek_get_uint(cursor);
    page->board_id = ek_get_str(cursor, arena);
    page->board_title = ek_get_str(cursor, arena);
    page->board_parent = ek_get_str(cursor, arena);
    page->zone = ek_get_str(cursor, arena);
    page->posts = get_array(cursor, arena, sizeof *page->posts, &page->post_count);
    for (size_t i = 0; i < page->post_count && !cursor->bad; i++) {
        ek_get_post(cursor, arena, &page->posts[i]);
        if (!page->posts[i].id)
            cursor->bad = true;
    }
    page->next = ek_get_str(cursor, arena);
    page->links = ek_get_links(cursor, arena, &page->link_count);
}

static void put_tag_list(struct ek_buf *buf, const struct ek_tag *tags, size_t count)
{
    ek_put_uint(buf, count);
    for (size_t i = 0; i < count; i++) {
        const struct ek_tag *tag = &tags[i];
        ek_put_str(buf, tag->code);
        ek_put_u8(buf, tag->stance);
        ek_put_u8(buf, (unsigned)(tag->hedged | tag->experience << 1 | tag->cramps << 2));
        ek_put_double(buf, tag->weight);
        ek_put_uint(buf, tag->hit_count);
        for (size_t j = 0; j < tag->hit_count; j++) {
            ek_put_uint(buf, tag->hits[j].start);
            ek_put_uint(buf, tag->hits[j].end);
            ek_put_str(buf, tag->hits[j].text);
            ek_put_str(buf, tag->hits[j].rule);
            ek_put_str(buf, tag->hits[j].cue);
        }
    }
}

static struct ek_tag *get_tag_list(struct ek_cursor *cursor, struct ek_arena *arena, size_t *count)
{
    struct ek_tag *tags = get_array(cursor, arena, sizeof *tags, count);
    for (size_t i = 0; i < *count && !cursor->bad; i++) {
        struct ek_tag *tag = &tags[i];
        tag->code = get_text(cursor, arena);
        tag->stance = ek_get_enum(cursor, EK_STANCES);
        unsigned bits = ek_get_enum(cursor, 8);
        tag->hedged = bits & 1;
        tag->experience = bits & 2;
        tag->cramps = bits & 4;
        tag->weight = ek_get_double(cursor);
        tag->hits = get_array(cursor, arena, sizeof *tag->hits, &tag->hit_count);
        for (size_t j = 0; j < tag->hit_count && !cursor->bad; j++) {
            tag->hits[j].start = (uint32_t)ek_get_uint(cursor);
            tag->hits[j].end = (uint32_t)ek_get_uint(cursor);
            tag->hits[j].text = get_text(cursor, arena);
            tag->hits[j].rule = get_text(cursor, arena);
            tag->hits[j].cue = ek_get_str(cursor, arena);
        }
    }
    return tags;
}

void ek_put_tags(struct ek_buf *buf, const struct ek_tags *tags)
{
    ek_put_u8(buf, tags->assessable);
    put_tag_list(buf, tags->theories, tags->theory_count);
    put_tag_list(buf, tags->treatments, tags->treatment_count);
    ek_put_uint(buf, tags->quoted_count);
    for (size_t i = 0; i < tags->quoted_count; i++)
        ek_put_str(buf, tags->quoted_only[i]);
    ek_put_uint(buf, tags->undetermined_count);
    for (size_t i = 0; i < tags->undetermined_count; i++) {
        ek_put_str(buf, tags->undetermined[i].code);
        ek_put_str(buf, tags->undetermined[i].rule);
        ek_put_str(buf, tags->undetermined[i].reason);
    }
}

void ek_get_tags(struct ek_cursor *cursor, struct ek_arena *arena, struct ek_tags *tags)
{
    tags->assessable = ek_get_u8(cursor) != 0;
    tags->theories = get_tag_list(cursor, arena, &tags->theory_count);
    tags->treatments = get_tag_list(cursor, arena, &tags->treatment_count);
    tags->quoted_only = get_array(cursor, arena, sizeof *tags->quoted_only, &tags->quoted_count);
    for (size_t i = 0; i < tags->quoted_count; i++)
        tags->quoted_only[i] = get_text(cursor, arena);
    tags->undetermined =
        get_array(cursor, arena, sizeof *tags->undetermined, &tags->undetermined_count);
    for (size_t i = 0; i < tags->undetermined_count; i++) {
        tags->undetermined[i].code = get_text(cursor, arena);
        tags->undetermined[i].rule = get_text(cursor, arena);
        tags->undetermined[i].reason = get_text(cursor, arena);
    }
}
